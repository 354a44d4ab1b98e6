//! Who may decide on what, one line per refusal. Further conditions of an act are in its own file, under `acts/`.

use crate::base::actor::Actor;
use crate::base::actor::Capacity;
use crate::base::actor::Role;
use crate::base::clock::Moment;
use crate::base::error::Refusal;
use crate::base::id::PersonId;
use crate::forum::accounts::person;
use crate::forum::accounts::policy::not_suspended;
use crate::forum::accounts::policy::secretariat;
use crate::forum::accounts::policy::signed_in;
use crate::forum::accounts::policy::unrestricted;
use crate::forum::cases::case;
use crate::forum::discussion::post;
use crate::forum::discussion::thread;
use crate::forum::moderation::decision::Office;
use crate::forum::moderation::loaded_subject::LoadedSubject;

/// A permission, with a value that follows from it such as the office, or the refusal.
pub type PolicyResult<T = ()> = std::result::Result<T, Refusal>;

/// A subject with the context that the rules use.
#[derive(Clone, Debug)]
pub struct SubjectContext<'a> {
    pub subject: &'a LoadedSubject,
    /// Whether it is within the regions assigned to the person who decides.
    pub in_scope: bool,
    /// Whether the person who decides has reported it.
    pub reported_by_actor: bool,
    /// The cases about it that wait for a decision.
    pub waiting: case::PendingCases,
}

impl SubjectContext<'_> {
    /// Whether it is a post for which the predicate holds.
    pub fn is_post(&self, holds: impl FnOnce(&post::Model) -> bool) -> bool {
        self.subject.post().is_ok_and(holds)
    }

    /// Whether it is a thread for which the predicate holds.
    pub fn is_thread(&self, holds: impl FnOnce(&thread::Model) -> bool) -> bool {
        self.subject.thread().is_ok_and(holds)
    }

    /// Whether it is a person for whom the predicate holds.
    pub fn is_person(&self, holds: impl FnOnce(&person::Model) -> bool) -> bool {
        self.subject.person().is_ok_and(holds)
    }

    /// Whether it is a post on behalf of a delegation.
    pub fn is_statement(&self) -> bool {
        self.is_post(|post| post.capacity == Capacity::Delegation)
    }
}

/// The office in which the actor may decide on this, whatever the act: moderators within the regions assigned to them,
/// the Secretariat everywhere. Nobody decides on themselves, on what they or their delegation wrote, in a thread that
/// they or their delegation opened, or on what they reported.
pub fn decide(actor: &Actor, now: Moment, on: &SubjectContext<'_>) -> PolicyResult<Office> {
    let office = office(actor, now)?;
    if office == Office::Moderator && !on.in_scope {
        return Err(Refusal::OutOfScope);
    }
    let opener = on
        .subject
        .containing_thread()
        .map(|thread| thread.author_id);
    let concerned = [opener, Some(on.subject.affected_person())];
    if actor.person_id().is_some() && concerned.contains(&actor.person_id()) {
        return Err(Refusal::OwnCase);
    }
    let mut delegations = on.subject.delegations().into_iter();
    if delegations.any(|delegation| speaks_for(actor, now, delegation)) {
        return Err(Refusal::OwnDelegation);
    }
    if on.reported_by_actor {
        return Err(Refusal::OwnReport);
    }
    Ok(office)
}

/// Shows to the public what was written for members, by any decision: only the Secretariat.
pub fn publish(office: Office) -> PolicyResult {
    match office {
        Office::Secretariat => Ok(()),
        Office::Moderator => Err(Refusal::OthersHaveWritten),
    }
}

/// Refuses a subject that is already in the resulting state.
pub fn refuse_if_already(is_so: bool) -> PolicyResult {
    match is_so {
        true => Err(Refusal::AlreadyDecided),
        false => Ok(()),
    }
}

/// Refuses a post that was moved or erased.
pub fn not_gone(on: &SubjectContext<'_>) -> PolicyResult {
    match on.subject.post().map(post::Model::shown_as) {
        Ok(post::State::Moved) => Err(Refusal::PostMoved),
        Ok(post::State::Erased) => Err(Refusal::PostErased),
        Ok(
            post::State::Published
            | post::State::Withdrawn
            | post::State::Waiting
            | post::State::Rejected
            | post::State::Hidden,
        )
        | Err(_) => Ok(()),
    }
}

/// Refuses a post that is gone, or that its author withdrew.
pub fn not_withdrawn(on: &SubjectContext<'_>) -> PolicyResult {
    not_gone(on)?;
    match on.is_post(|post| post.shown_as() == post::State::Withdrawn) {
        true => Err(Refusal::PostWithdrawn),
        false => Ok(()),
    }
}

/// Refuses a post that is gone, that its author withdrew, or that was not approved.
pub fn published(on: &SubjectContext<'_>) -> PolicyResult {
    let unapproved = [post::State::Waiting, post::State::Rejected];
    not_withdrawn(on)?;
    match on.is_post(|post| unapproved.contains(&post.shown_as())) {
        true => Err(Refusal::AwaitsApproval),
        false => Ok(()),
    }
}

/// Refuses a thread that is merged into another one, and a post in it.
pub fn unmerged(on: &SubjectContext<'_>) -> PolicyResult {
    match on
        .subject
        .containing_thread()
        .and_then(|thread| thread.merged_into)
    {
        Some(_) => Err(Refusal::ThreadMerged),
        None => Ok(()),
    }
}

/// The office in which the actor decides, if any.
pub fn office(actor: &Actor, now: Moment) -> PolicyResult<Office> {
    signed_in(actor)?;
    let office = match actor.role() {
        Role::Moderator => Office::Moderator,
        Role::Secretariat => Office::Secretariat,
        Role::Visitor | Role::Delegate | Role::FocalPoint => return Err(Refusal::RoleMayNot),
    };
    unrestricted(actor)?;
    if actor.current_mandates(now).next().is_none() {
        return Err(Refusal::NoCurrentMandate);
    }
    Ok(office)
}

/// Works on a case: the person who has claimed it, or anyone while nobody has.
pub fn work_on_case(actor: &Actor, holder: Option<PersonId>) -> PolicyResult {
    match holder {
        Some(holder) if actor.person_id() != Some(holder) => Err(Refusal::CaseClaimed),
        Some(_) | None => Ok(()),
    }
}

/// Assigns a case to a person: the Secretariat always, others as [`work_on_case`].
pub fn assign(actor: &Actor, holder: Option<PersonId>) -> PolicyResult {
    match actor.role() {
        Role::Secretariat => Ok(()),
        Role::Visitor | Role::Delegate | Role::FocalPoint | Role::Moderator => {
            work_on_case(actor, holder)
        }
    }
}

/// Reports a post or thread: anyone who is signed in, once.
pub fn report(actor: &Actor, has_reported: bool) -> PolicyResult {
    signed_in(actor)?;
    not_suspended(actor)?;
    if has_reported {
        return Err(Refusal::AlreadyReported);
    }
    Ok(())
}

/// A decision that is appealed, with the context that the rules use.
#[derive(Clone, Debug)]
pub struct AppealContext<'a> {
    /// The people who got a notice of the decision because it concerns them.
    pub concerned: &'a [PersonId],
    /// The delegations for which those people wrote, or have spoken.
    pub delegations: &'a [String],
    /// Whether it can be undone at all, and does not itself undo another decision.
    pub can_be_undone: bool,
    pub is_appealed: bool,
    /// The first time at which it is too late.
    pub until: Moment,
}

/// Appeals a decision, once and in time: the people whom it concerns, even while they are muted or suspended, and the
/// focal point of their delegation.
pub fn appeal(actor: &Actor, now: Moment, of: &AppealContext<'_>) -> PolicyResult {
    signed_in(actor)?;
    let is_theirs = actor
        .person_id()
        .is_some_and(|person| of.concerned.contains(&person));
    let as_focal_point = actor.role() == Role::FocalPoint
        && of
            .delegations
            .iter()
            .any(|delegation| speaks_for(actor, now, delegation));
    if !is_theirs && !as_focal_point {
        return Err(Refusal::NotConcerned);
    }
    if !of.can_be_undone {
        return Err(Refusal::CannotBeUndone);
    }
    if of.is_appealed {
        return Err(Refusal::AlreadyAppealed);
    }
    if of.until <= now {
        return Err(Refusal::TooLateToAppeal);
    }
    Ok(())
}

/// Decides on an appeal: as [`decide`], but nobody who took the decision; after the deadline only the Secretariat.
pub fn decide_appeal(
    actor: &Actor,
    now: Moment,
    due: Moment,
    deciders: &[PersonId],
    office: Office,
) -> PolicyResult {
    if actor
        .person_id()
        .is_some_and(|person| deciders.contains(&person))
    {
        return Err(Refusal::SameModerator);
    }
    if due <= now && office == Office::Moderator {
        return Err(Refusal::SecretariatOnly);
    }
    Ok(())
}

/// Assigns regions to a moderator: the Secretariat.
pub fn assign_scope(actor: &Actor, now: Moment) -> PolicyResult {
    secretariat(actor, now)
}

/// Sees which person decided or reported: the Secretariat. Others see only the office.
pub fn sees_moderator(actor: &Actor) -> bool {
    actor.person_id().is_some() && actor.role() == Role::Secretariat && not_suspended(actor).is_ok()
}

/// Reads a text that a decision hides: its author, the Secretariat, and a moderator within the regions assigned to
/// them.
pub fn reads_hidden(actor: &Actor, author: PersonId, in_scope: bool) -> bool {
    actor.person_id() == Some(author)
        || match actor.role() {
            Role::Moderator => in_scope && not_suspended(actor).is_ok(),
            Role::Secretariat => not_suspended(actor).is_ok(),
            Role::Visitor | Role::Delegate | Role::FocalPoint => false,
        }
}

/// Whether the actor speaks for a delegation now.
pub fn speaks_for(actor: &Actor, now: Moment, delegation: &str) -> bool {
    actor
        .current_mandates(now)
        .any(|mandate| mandate.delegation_id == delegation)
}
