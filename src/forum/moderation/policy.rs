//! Who may decide on what: one function per act, one line per refusal.

use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::actor::Capacity;
use crate::base::actor::Role;
use crate::base::clock::Moment;
use crate::base::error::Refusal;
use crate::forum::accounts::policy::secretariat;
use crate::forum::accounts::policy::signed_in;
use crate::forum::discussion::post;
use crate::forum::discussion::thread;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Office;

type May<T = ()> = std::result::Result<T, Refusal>;

/// What a decision would be about, as the rules look at it.
#[derive(Clone, Debug)]
pub struct Concerned<'a> {
    pub thread: &'a thread::Model,
    /// Nothing when it is about the thread as a whole.
    pub post: Option<&'a post::Model>,
    /// Whether the thread lies within the regions given to whom decides.
    pub in_scope: bool,
}

/// In which office the actor decides on this, whatever the act: a moderator within the regions given to them, the
/// Secretariat everywhere; nobody on what they or their delegation wrote, or in a thread that they or it opened.
pub fn decide(actor: &Actor, now: Moment, on: &Concerned<'_>) -> May<Office> {
    let office = office(actor, now)?;
    if office == Office::Moderator && !on.in_scope {
        return Err(Refusal::OutOfScope);
    }
    let authors = [
        Some(on.thread.author_id),
        on.post.map(|post| post.author_id),
    ];
    if authors.contains(&actor.person_id()) {
        return Err(Refusal::OwnCase);
    }
    if speaks_for(actor, now, &on.thread.delegation_id)
        || on
            .post
            .is_some_and(|post| speaks_for(actor, now, &post.delegation_id))
    {
        return Err(Refusal::OwnDelegation);
    }
    Ok(office)
}

/// Takes an act: as [`decide`]; what was said on behalf of a delegation is not hidden by one person alone; and it is not
/// in that state already.
pub fn act(actor: &Actor, now: Moment, act: Act, on: &Concerned<'_>) -> May<Office> {
    let office = decide(actor, now, on)?;
    let (hidden, locked) = (on.post.and_then(|post| post.hidden_by), on.thread.locked_by);
    if act == Act::HidePost
        && on
            .post
            .is_some_and(|post| post.capacity == Capacity::Delegation)
    {
        return Err(Refusal::SecondPersonRequired);
    }
    if on
        .post
        .is_some_and(|post| post.state == post::State::Withdrawn)
    {
        return Err(Refusal::PostWithdrawn);
    }
    let is_so_already = match act {
        Act::HidePost => hidden.is_some(),
        Act::RestorePost => hidden.is_none(),
        Act::LockThread => locked.is_some(),
        Act::UnlockThread => locked.is_none(),
    };
    if is_so_already {
        return Err(Refusal::AlreadyDecided);
    }
    Ok(office)
}

/// The office in which the actor decides at all.
pub fn office(actor: &Actor, now: Moment) -> May<Office> {
    signed_in(actor)?;
    let office = match actor.role() {
        Role::Moderator => Office::Moderator,
        Role::Secretariat => Office::Secretariat,
        Role::Visitor | Role::Delegate | Role::FocalPoint => return Err(Refusal::RoleMayNot),
    };
    if actor.current_mandates(now).next().is_none() {
        return Err(Refusal::NoCurrentMandate);
    }
    Ok(office)
}

/// Gives regions to a moderator: the Secretariat.
pub fn give_scope(actor: &Actor, now: Moment) -> May {
    secretariat(actor, now)
}

/// Sees who in person decided: the Secretariat. Others see the office.
pub fn sees_moderator(actor: &Actor) -> bool {
    actor.person_id().is_some() && actor.role() == Role::Secretariat
}

/// Reads a text that a decision hides: its author, the Secretariat, and a moderator within the regions given to them.
pub fn reads_hidden(actor: &Actor, author: Uuid, in_scope: bool) -> bool {
    actor.person_id() == Some(author)
        || match actor.role() {
            Role::Moderator => in_scope,
            Role::Secretariat => true,
            Role::Visitor | Role::Delegate | Role::FocalPoint => false,
        }
}

fn speaks_for(actor: &Actor, now: Moment, delegation: &Option<String>) -> bool {
    actor
        .current_mandates(now)
        .any(|mandate| delegation.as_ref() == Some(&mandate.delegation_id))
}
