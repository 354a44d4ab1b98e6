//! Who may follow: one function per act, one line per refusal.

use crate::base::actor::Actor;
use crate::base::error::Refusal;
use crate::forum::accounts::policy::signed_in;

/// Starts or stops following a visible thread or concept: anyone who has an account. It changes nothing for others.
pub fn follow(actor: &Actor) -> Result<(), Refusal> {
    signed_in(actor)
}
