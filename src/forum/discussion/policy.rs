//! Who may do what with threads and posts: one function per act, one line per refusal.

use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::actor::Capacity;
use crate::base::actor::DelegationKind;
use crate::base::actor::Mandate;
use crate::base::actor::Role;
use crate::base::clock::Moment;
use crate::base::error::Refusal;
use crate::base::id::PersonId;
use crate::forum::accounts::policy::secretariat;
use crate::forum::accounts::policy::signed_in;
use crate::forum::accounts::policy::writing_mandate;
use crate::forum::discussion::post;
use crate::forum::discussion::thread;
use crate::forum::discussion::thread::Kind;
use crate::forum::discussion::thread::Visibility;
use crate::forum::discussion::translation;

type PolicyResult<T = ()> = std::result::Result<T, Refusal>;

/// Opens a thread in a capacity, under a mandate (the latest if none is given).
pub fn open_thread(
    actor: &Actor,
    now: Moment,
    mandate: Option<Uuid>,
    capacity: Capacity,
) -> PolicyResult<&Mandate> {
    let mandate = writing_mandate(actor, now, mandate, capacity)?;
    match mandate.delegation_kind {
        DelegationKind::MemberState | DelegationKind::Secretariat => Ok(mandate),
        DelegationKind::Observer => Err(Refusal::ObserverMayNot),
    }
}

/// Replies in a thread that the actor sees.
pub fn reply<'a>(
    actor: &'a Actor,
    now: Moment,
    thread: &thread::Model,
    mandate: Option<Uuid>,
    capacity: Capacity,
) -> PolicyResult<&'a Mandate> {
    let mandate = writing_mandate(actor, now, mandate, capacity)?;
    if thread.merged_into.is_some() {
        return Err(Refusal::ThreadMerged);
    }
    if thread.review.is_some() {
        return Err(Refusal::AwaitsApproval);
    }
    if thread.locked_by.is_some() {
        return Err(Refusal::ThreadLocked);
    }
    if thread.archived_by.is_some() {
        return Err(Refusal::ThreadArchived);
    }
    Ok(mandate)
}

/// Edits a post: its author, while its text is shown and they have a current mandate.
pub fn edit(actor: &Actor, now: Moment, post: &post::Model) -> PolicyResult {
    signed_in(actor)?;
    own(actor, post.author_id)?;
    writing_mandate(actor, now, None, Capacity::Personal)?;
    post.shown_as().refusal().map_or(Ok(()), Err)
}

/// Withdraws a post: its author, even after the mandate has ended, because authors may always withdraw their own words.
pub fn withdraw(actor: &Actor, post: &post::Model) -> PolicyResult {
    signed_in(actor)?;
    own(actor, post.author_id)?;
    match post.moved_to {
        Some(_) => Err(Refusal::PostMoved),
        None => Ok(()),
    }
}

/// Translates a post whose text is shown: its author, a member of the delegation for which it was written, and the
/// Secretariat, with a current mandate. Not a person whose own texts need approval, because others can read a
/// translation at once.
pub fn translate<'a>(
    actor: &'a Actor,
    now: Moment,
    post: &post::Model,
) -> PolicyResult<&'a Mandate> {
    let latest = writing_mandate(actor, now, None, Capacity::Personal)?;
    let of_delegation = actor
        .current_mandates(now)
        .find(|mandate| Some(&mandate.delegation_id) == post.delegation_id.as_ref());
    let is_author = actor.person_id() == Some(post.author_id);
    let is_secretariat = actor.role() == Role::Secretariat;
    let mandate = match of_delegation {
        Some(mandate) => mandate,
        None if is_author || is_secretariat => latest,
        None => return Err(Refusal::OtherDelegation),
    };
    if is_reviewed(actor, None) {
        return Err(Refusal::RoleMayNot);
    }
    post.shown_as().refusal().map_or(Ok(mandate), Err)
}

/// Withdraws a translation: its translator, the author of the post, and the Secretariat with a current mandate.
pub fn withdraw_translation(
    actor: &Actor,
    now: Moment,
    post: &post::Model,
    translation: &translation::Model,
) -> PolicyResult {
    signed_in(actor)?;
    let person = actor.person_id();
    if person == Some(translation.translator_id) || person == Some(post.author_id) {
        return Ok(());
    }
    match actor.role() {
        Role::Secretariat => secretariat(actor, now),
        Role::Visitor | Role::Delegate | Role::FocalPoint | Role::Moderator => {
            Err(Refusal::NotYours)
        }
    }
}

/// Whether decisions require that what the actor writes in a thread wait for approval; moderators and the Secretariat
/// are exempt.
pub fn is_reviewed(actor: &Actor, thread: Option<&thread::Model>) -> bool {
    let by_thread = thread.is_some_and(|thread| thread.reviewed_by.is_some());
    let by_person = actor.member().is_some_and(|member| member.is_reviewed);
    !actor.role().is_staff() && (by_thread || by_person)
}

/// Changes the tags of a thread: its author, with a current mandate and if no decision has changed the thread.
/// Moderators do so by decision, with a reason.
pub fn retag(actor: &Actor, now: Moment, thread: &thread::Model) -> PolicyResult {
    signed_in(actor)?;
    own(actor, thread.author_id)?;
    writing_mandate(actor, now, None, Capacity::Personal)?;
    if thread.merged_into.is_some() {
        return Err(Refusal::ThreadMerged);
    }
    match thread.changed_by {
        Some(_) => Err(Refusal::ThreadDecided),
        None => Ok(()),
    }
}

/// Changes the title, kind or visibility of a thread: as [`retag`].
pub fn change(actor: &Actor, now: Moment, thread: &thread::Model) -> PolicyResult {
    retag(actor, now, thread)
}

/// Shows a thread for members to the public: as [`change`], while nobody else has written in it. The author may not
/// publish what others wrote for members.
pub fn publish(
    actor: &Actor,
    now: Moment,
    thread: &thread::Model,
    is_shared: bool,
) -> PolicyResult {
    change(actor, now, thread)?;
    if thread.visibility == Visibility::Members && is_shared {
        return Err(Refusal::OthersHaveWritten);
    }
    Ok(())
}

/// Marks a post as the answer to a question: the person who asked, with a current mandate. Others do so by decision.
pub fn accept_answer(
    actor: &Actor,
    now: Moment,
    thread: &thread::Model,
    post: &post::Model,
) -> PolicyResult {
    withdraw_answer(actor, now, thread)?;
    possible_answer(thread, post)
}

/// Removes the mark: the person who asked, with a current mandate.
pub fn withdraw_answer(actor: &Actor, now: Moment, thread: &thread::Model) -> PolicyResult {
    signed_in(actor)?;
    own(actor, thread.author_id)?;
    writing_mandate(actor, now, None, Capacity::Personal)?;
    match thread.merged_into {
        Some(_) => Err(Refusal::ThreadMerged),
        None => Ok(()),
    }
}

/// Refuses a post that cannot be the answer, whoever marks it.
pub fn possible_answer(thread: &thread::Model, post: &post::Model) -> PolicyResult {
    post.shown_as().refusal().map_or(Ok(()), Err)?;
    if thread.merged_into.is_some() {
        return Err(Refusal::ThreadMerged);
    }
    if post.number == 1 {
        return Err(Refusal::OpeningText);
    }
    match thread.kind {
        Kind::Question => Ok(()),
        Kind::Experience | Kind::Practice | Kind::Proposal => Err(Refusal::NotAQuestion),
    }
}

/// Acknowledges a post whose text is shown, on behalf of a delegation that did not write it. Nobody acknowledges their own text
/// for another delegation either.
pub fn acknowledge<'a>(
    actor: &'a Actor,
    now: Moment,
    post: &post::Model,
    mandate: Option<Uuid>,
) -> PolicyResult<&'a Mandate> {
    let mandate = writing_mandate(actor, now, mandate, Capacity::Delegation)?;
    post.shown_as().refusal().map_or(Ok(()), Err)?;
    let is_own = post.delegation_id.as_ref() == Some(&mandate.delegation_id);
    if is_own || actor.person_id() == Some(post.author_id) {
        return Err(Refusal::OwnText);
    }
    Ok(mandate)
}

/// Withdraws what a delegation has said of a post: any of its members, in any capacity.
pub fn withdraw_acknowledgement(
    actor: &Actor,
    now: Moment,
    mandate: Option<Uuid>,
) -> PolicyResult<&Mandate> {
    writing_mandate(actor, now, mandate, Capacity::Personal)
}

fn own(actor: &Actor, author: PersonId) -> PolicyResult {
    if actor.person_id() == Some(author) {
        Ok(())
    } else {
        Err(Refusal::NotYours)
    }
}
