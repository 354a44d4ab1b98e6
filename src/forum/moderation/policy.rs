//! Who may decide on what: one function per act, one line per refusal.

use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::actor::Capacity;
use crate::base::actor::Role;
use crate::base::clock::Moment;
use crate::base::error::Refusal;
use crate::forum::accounts::person;
use crate::forum::accounts::policy::not_suspended;
use crate::forum::accounts::policy::secretariat;
use crate::forum::accounts::policy::signed_in;
use crate::forum::accounts::policy::unrestricted;
use crate::forum::cases::case;
use crate::forum::discussion::post;
use crate::forum::discussion::thread;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Office;

type May<T = ()> = std::result::Result<T, Refusal>;

/// What a decision would be about, as the rules look at it.
#[derive(Clone, Debug)]
pub struct Concerned<'a> {
    /// The thread, or that of the post; nothing when it is about a person.
    pub thread: Option<&'a thread::Model>,
    pub post: Option<&'a post::Model>,
    /// A person, with every delegation that they have spoken for.
    pub person: Option<(&'a person::Model, &'a [String])>,
    /// Whether it lies within the regions given to whom decides.
    pub in_scope: bool,
    /// Whether whoever decides has reported it.
    pub reported_by_actor: bool,
    /// What of it waits for a decision.
    pub waiting: case::Waiting,
}

/// In which office the actor decides on this, whatever the act: a moderator within the regions given to them, the
/// Secretariat everywhere; nobody on themselves, on what they or their delegation wrote, or in a thread that they or it
/// opened, or on what they reported.
pub fn decide(actor: &Actor, now: Moment, on: &Concerned<'_>) -> May<Office> {
    let office = office(actor, now)?;
    if office == Office::Moderator && !on.in_scope {
        return Err(Refusal::OutOfScope);
    }
    let concerned = [
        on.thread.map(|thread| thread.author_id),
        on.post.map(|post| post.author_id),
        on.person.map(|(person, _)| person.id),
    ];
    if actor.person_id().is_some() && concerned.contains(&actor.person_id()) {
        return Err(Refusal::OwnCase);
    }
    let of_thread = on.thread.and_then(|thread| thread.delegation_id.as_ref());
    let of_post = on.post.and_then(|post| post.delegation_id.as_ref());
    let of_person = on.person.map_or(&[][..], |(_, delegations)| delegations);
    let mut delegations = of_thread.into_iter().chain(of_post).chain(of_person);
    if delegations.any(|delegation| speaks_for(actor, now, delegation)) {
        return Err(Refusal::OwnDelegation);
    }
    if on.reported_by_actor {
        return Err(Refusal::OwnReport);
    }
    Ok(office)
}

/// Takes an act alone: as [`decide`]; it is not one that takes two; and the target is not so already.
pub fn act(actor: &Actor, now: Moment, act: Act, on: &Concerned<'_>) -> May<Office> {
    let office = decide(actor, now, on)?;
    if takes_two(act, on) {
        return Err(Refusal::SecondPersonRequired);
    }
    standing(now, act, on)?;
    unclaimed(act, on)?;
    Ok(office)
}

/// Shows to the public what was written for members, by whatever decision: the Secretariat.
pub fn publish(office: Office) -> May {
    match office {
        Office::Secretariat => Ok(()),
        Office::Moderator => Err(Refusal::OthersHaveWritten),
    }
}

/// Proposes an act that takes two: as [`decide`], and the target is not so already.
pub fn propose(actor: &Actor, now: Moment, act: Act, on: &Concerned<'_>) -> May<Office> {
    let office = decide(actor, now, on)?;
    standing(now, act, on)?;
    unclaimed(act, on)?;
    Ok(office)
}

/// Confirms or declines what somebody else proposed: as [`propose`].
pub fn confirm(
    actor: &Actor,
    now: Moment,
    proposer: Uuid,
    act: Act,
    on: &Concerned<'_>,
) -> May<Office> {
    let office = decide(actor, now, on)?;
    if actor.person_id() == Some(proposer) {
        return Err(Refusal::OwnProposal);
    }
    standing(now, act, on)?;
    Ok(office)
}

/// Whether one person alone does not take the act: erasing, suspending, and taking away or changing what was said on
/// behalf of a delegation.
pub fn takes_two(act: Act, on: &Concerned<'_>) -> bool {
    let is_statement = on
        .post
        .is_some_and(|post| post.capacity == Capacity::Delegation);
    act.takes_two()
        || (is_statement && matches!(act, Act::HidePost | Act::EditPost | Act::RejectPost))
}

/// Leaves alone a case that the act would resolve and somebody else works on.
fn unclaimed(act: Act, on: &Concerned<'_>) -> May {
    let of_approval = act.ends_review() && on.waiting.is_approval_claimed;
    if on.waiting.is_report_claimed || of_approval {
        return Err(Refusal::CaseClaimed);
    }
    Ok(())
}

/// Refuses what the target is already, or cannot become as it stands.
fn standing(now: Moment, act: Act, on: &Concerned<'_>) -> May {
    if let Some(post) = on.post {
        post_standing(act, post)?;
    }
    let is_merged = on.thread.is_some_and(|thread| thread.merged_into.is_some());
    if is_merged && act != Act::DismissReports {
        return Err(Refusal::ThreadMerged);
    }
    if act == Act::MergeThreads && on.thread.is_some_and(|thread| thread.review.is_some()) {
        return Err(Refusal::AwaitsApproval);
    }
    let already = match act {
        Act::HidePost => on.post.is_some_and(|post| post.hidden_by.is_some()),
        Act::RestorePost => on.post.is_some_and(|post| post.hidden_by.is_none()),
        Act::LockThread => on.thread.is_some_and(|thread| thread.locked_by.is_some()),
        Act::UnlockThread => on.thread.is_some_and(|thread| thread.locked_by.is_none()),
        Act::PinThread => on.thread.is_some_and(|thread| thread.is_pinned(now)),
        Act::UnpinThread => on.thread.is_some_and(|thread| !thread.is_pinned(now)),
        Act::ArchiveThread => on.thread.is_some_and(|thread| thread.archived_by.is_some()),
        Act::UnarchiveThread => on.thread.is_some_and(|thread| thread.archived_by.is_none()),
        Act::MutePerson | Act::SuspendPerson => restricted(on, now),
        Act::ReinstatePerson => !restricted(on, now),
        Act::DismissReports => !on.waiting.is_reported,
        Act::ReviewThread => on.thread.is_some_and(|thread| thread.reviewed_by.is_some()),
        Act::TrustThread => on.thread.is_some_and(|thread| thread.reviewed_by.is_none()),
        Act::ReviewPerson => on
            .person
            .is_some_and(|(person, _)| person.reviewed_by.is_some()),
        Act::TrustPerson => on
            .person
            .is_some_and(|(person, _)| person.reviewed_by.is_none()),
        Act::ApprovePost | Act::RejectPost => on
            .post
            .is_some_and(|post| post.review != Some(thread::Review::Waiting)),
        Act::ErasePost
        | Act::EditPost
        | Act::ChangeThread
        | Act::SlowThread
        | Act::WarnPerson
        | Act::WithdrawWarning
        | Act::ReopenReports
        | Act::SplitPosts
        | Act::JoinPosts
        | Act::MergeThreads
        | Act::PartThreads
        | Act::HoldPost
        | Act::UpholdDecision => false,
    };
    if already {
        return Err(Refusal::AlreadyDecided);
    }
    Ok(())
}

fn post_standing(act: Act, post: &post::Model) -> May {
    let ends_review = matches!(act, Act::ApprovePost | Act::RejectPost);
    let on_its_text = matches!(act, Act::HidePost | Act::RestorePost | Act::EditPost);
    match post.shown_as() {
        post::State::Moved => Err(Refusal::PostMoved),
        post::State::Erased => Err(Refusal::PostErased),
        post::State::Withdrawn if on_its_text || ends_review => Err(Refusal::PostWithdrawn),
        post::State::Waiting | post::State::Rejected if on_its_text => Err(Refusal::AwaitsApproval),
        post::State::Hidden if act == Act::EditPost => Err(Refusal::PostHidden),
        post::State::Published
        | post::State::Withdrawn
        | post::State::Waiting
        | post::State::Rejected
        | post::State::Hidden => match act {
            Act::SplitPosts if post.number == 1 => Err(Refusal::OpeningText),
            _ => Ok(()),
        },
    }
}

fn restricted(on: &Concerned<'_>, now: Moment) -> bool {
    on.person
        .is_some_and(|(person, _)| person.restricted(now).is_some())
}

/// The office in which the actor decides at all.
pub fn office(actor: &Actor, now: Moment) -> May<Office> {
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

/// Works on a case: whoever holds it, anybody while nobody does.
pub fn hold(actor: &Actor, holder: Option<Uuid>) -> May {
    match holder {
        Some(holder) if actor.person_id() != Some(holder) => Err(Refusal::CaseClaimed),
        Some(_) | None => Ok(()),
    }
}

/// Gives a case to somebody: the Secretariat always, others as [`hold`].
pub fn assign(actor: &Actor, holder: Option<Uuid>) -> May {
    match actor.role() {
        Role::Secretariat => Ok(()),
        _ => hold(actor, holder),
    }
}

/// Reports a post or thread: anybody who has signed in, once.
pub fn report(actor: &Actor, has_reported: bool) -> May {
    signed_in(actor)?;
    not_suspended(actor)?;
    if has_reported {
        return Err(Refusal::AlreadyReported);
    }
    Ok(())
}

/// A decision that is appealed, as the rules look at it.
#[derive(Clone, Debug)]
pub struct Appealed<'a> {
    /// Who was given notice of the decision as one that it concerns.
    pub concerned: &'a [Uuid],
    /// The delegations for which those wrote, or have spoken.
    pub delegations: &'a [String],
    /// Whether it can be undone at all, and does not itself undo another.
    pub can_be: bool,
    pub has_been: bool,
    /// The first moment at which it is too late.
    pub until: Moment,
}

/// Appeals a decision, once and in time: those whom it concerns, also while they are muted or suspended, and the focal
/// point of their delegation.
pub fn appeal(actor: &Actor, now: Moment, of: &Appealed<'_>) -> May {
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
    if !of.can_be {
        return Err(Refusal::CannotBeUndone);
    }
    if of.has_been {
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
    deciders: &[Uuid],
    office: Office,
) -> May {
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

/// Gives regions to a moderator: the Secretariat.
pub fn give_scope(actor: &Actor, now: Moment) -> May {
    secretariat(actor, now)
}

/// Sees who in person decided or reported: the Secretariat. Others see the office.
pub fn sees_moderator(actor: &Actor) -> bool {
    actor.person_id().is_some() && actor.role() == Role::Secretariat && not_suspended(actor).is_ok()
}

/// Reads a text that a decision hides: its author, the Secretariat, and a moderator within the regions given to them.
pub fn reads_hidden(actor: &Actor, author: Uuid, in_scope: bool) -> bool {
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
