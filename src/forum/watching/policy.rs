//! Who may follow: one function per act, one line per refusal.

use crate::base::actor::Actor;
use crate::base::error::Refusal;
use crate::forum::accounts::policy::signed_in;

/// Follows, or no longer follows, a thread or concept that one sees: whoever has an account. It changes nothing for others.
pub fn follow(actor: &Actor) -> Result<(), Refusal> {
    signed_in(actor)
}
