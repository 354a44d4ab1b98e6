//! Who may do what with accounts: one function per act, one line per refusal.

use crate::base::actor::Actor;
use crate::base::actor::Capacity;
use crate::base::actor::Mandate;
use crate::base::actor::Restriction;
use crate::base::actor::Role;
use crate::base::clock::Moment;
use crate::base::error::Refusal;
use crate::base::id::PersonId;

type PolicyResult = std::result::Result<(), Refusal>;

/// Refuses visitors.
pub fn signed_in(actor: &Actor) -> PolicyResult {
    match actor {
        Actor::Visitor | Actor::Audience(_) => Err(Refusal::SignInRequired),
        Actor::Person(_) | Actor::System => Ok(()),
    }
}

/// Refuses a person whom a decision prevents from writing and deciding.
pub fn unrestricted(actor: &Actor) -> PolicyResult {
    match actor.restriction() {
        None => Ok(()),
        Some(Restriction::Muted) => Err(Refusal::Muted),
        Some(Restriction::Suspended) => Err(Refusal::Suspended),
    }
}

/// Refuses a person whom a decision has suspended.
pub fn not_suspended(actor: &Actor) -> PolicyResult {
    match actor.restriction() {
        Some(Restriction::Suspended) => Err(Refusal::Suspended),
        Some(Restriction::Muted) | None => Ok(()),
    }
}

/// Lists people: anyone who may invite, and moderators.
pub fn list_people(actor: &Actor, now: Moment) -> PolicyResult {
    match actor.role() {
        Role::Moderator => holds_mandate(actor, now),
        Role::Visitor | Role::Delegate | Role::FocalPoint | Role::Secretariat => {
            invite_anyone(actor, now)
        }
    }
}

/// Whether the actor may invite at all.
pub fn invite_anyone(actor: &Actor, now: Moment) -> PolicyResult {
    signed_in(actor)?;
    match actor.role() {
        Role::Secretariat => holds_mandate(actor, now),
        Role::FocalPoint => holds_mandate(actor, now),
        Role::Visitor | Role::Delegate | Role::Moderator => Err(Refusal::RoleMayNot),
    }
}

/// The Secretariat invites anyone; a focal point invites delegates and focal points into their own delegation.
pub fn invite(actor: &Actor, now: Moment, role: Role, delegation_id: &str) -> PolicyResult {
    invite_anyone(actor, now)?;
    if actor.role() == Role::Secretariat {
        return Ok(());
    }
    match role {
        Role::Delegate | Role::FocalPoint => own_delegation(actor, now, delegation_id),
        Role::Visitor | Role::Moderator | Role::Secretariat => Err(Refusal::RoleMayNot),
    }
}

/// The roles that the actor may assign in an invitation.
pub fn assignable_roles(actor: &Actor, now: Moment) -> Vec<Role> {
    let all = [
        Role::Visitor,
        Role::Delegate,
        Role::FocalPoint,
        Role::Moderator,
        Role::Secretariat,
    ];
    let somewhere = |role: &Role| {
        let mut own = actor.current_mandates(now);
        actor.role() == Role::Secretariat && invite(actor, now, *role, "").is_ok()
            || own.any(|mandate| invite(actor, now, *role, &mandate.delegation_id).is_ok())
    };
    all.into_iter().filter(somewhere).collect()
}

/// Makes a link with which a person chooses a new password: anyone who may invite them with their role and with every
/// mandate that has not ended. Not for oneself: use the password change.
pub fn renew_password(
    actor: &Actor,
    now: Moment,
    person: (PersonId, Role),
    mandates: &[Mandate],
) -> PolicyResult {
    invite_anyone(actor, now)?;
    let (id, role) = person;
    if actor.person_id() == Some(id) {
        return Err(Refusal::RoleMayNot);
    }
    if actor.role() == Role::Secretariat {
        return Ok(());
    }
    if !matches!(role, Role::Delegate | Role::FocalPoint) {
        return Err(Refusal::RoleMayNot);
    }
    let mut remaining = mandates
        .iter()
        .filter(|mandate| mandate.until.is_none_or(|until| now < until))
        .peekable();
    if remaining.peek().is_none() {
        return Err(Refusal::OtherDelegation);
    }
    remaining.try_for_each(|mandate| {
        invite(actor, now, role, &mandate.delegation_id)?;
        grant_capacity(actor, now, &mandate.delegation_id, mandate.capacity)
    })
}

/// Grants or ends a mandate: the Secretariat for everyone; a focal point within their own delegation, up to their own
/// capacity.
pub fn manage_mandate(actor: &Actor, now: Moment, delegation_id: &str) -> PolicyResult {
    invite_anyone(actor, now)?;
    if actor.role() == Role::Secretariat {
        return Ok(());
    }
    own_delegation(actor, now, delegation_id)
}

/// Only the Secretariat changes roles.
pub fn change_role(actor: &Actor, now: Moment) -> PolicyResult {
    secretariat(actor, now)
}

/// Acts reserved to the Secretariat, such as maintaining the vocabulary.
pub fn secretariat(actor: &Actor, now: Moment) -> PolicyResult {
    signed_in(actor)?;
    match actor.role() {
        Role::Secretariat => holds_mandate(actor, now),
        Role::Visitor | Role::Delegate | Role::FocalPoint | Role::Moderator => {
            Err(Refusal::RoleMayNot)
        }
    }
}

/// Sees a person's e-mail address: that person, the Secretariat, and the focal point of the person's delegation.
pub fn sees_email(actor: &Actor, now: Moment, person_id: PersonId, delegations: &[String]) -> bool {
    if actor.person_id() == Some(person_id) || actor.role() == Role::Secretariat {
        return true;
    }
    actor.role() == Role::FocalPoint
        && delegations
            .iter()
            .any(|delegation| own_delegation(actor, now, delegation).is_ok())
}

/// The mandate under which the actor writes now: the given one, otherwise the latest. It must be current and cover the
/// capacity.
pub fn writing_mandate(
    actor: &Actor,
    now: Moment,
    named: Option<uuid::Uuid>,
    capacity: Capacity,
) -> std::result::Result<&Mandate, Refusal> {
    signed_in(actor)?;
    if !actor.role().is_member() {
        return Err(Refusal::RoleMayNot);
    }
    unrestricted(actor)?;
    let mandate = actor
        .current_mandates(now)
        .find(|mandate| named.is_none_or(|id| mandate.id == id))
        .ok_or(Refusal::NoCurrentMandate)?;
    if capacity > mandate.capacity {
        return Err(Refusal::CapacityExceedsMandate);
    }
    Ok(mandate)
}

/// Whether the actor may let a person speak for a delegation in this capacity: the Secretariat in any, a focal point in
/// those that their own mandate for that delegation covers.
pub fn grant_capacity(
    actor: &Actor,
    now: Moment,
    delegation_id: &str,
    capacity: Capacity,
) -> PolicyResult {
    if actor.role() == Role::Secretariat {
        return Ok(());
    }
    let covers = actor
        .current_mandates(now)
        .filter(|mandate| mandate.delegation_id == delegation_id)
        .any(|mandate| capacity <= mandate.capacity);
    if covers {
        Ok(())
    } else {
        Err(Refusal::CapacityExceedsMandate)
    }
}

fn holds_mandate(actor: &Actor, now: Moment) -> PolicyResult {
    unrestricted(actor)?;
    if matches!(actor, Actor::System) || actor.current_mandates(now).next().is_some() {
        Ok(())
    } else {
        Err(Refusal::NoCurrentMandate)
    }
}

fn own_delegation(actor: &Actor, now: Moment, delegation_id: &str) -> PolicyResult {
    if actor
        .current_mandates(now)
        .any(|mandate| mandate.delegation_id == delegation_id)
    {
        Ok(())
    } else {
        Err(Refusal::OtherDelegation)
    }
}
