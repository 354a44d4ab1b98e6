//! Who may take, propose and confirm an act, one line per refusal, and the context of its subjects that the rules use.

use std::collections::HashMap;
use std::collections::HashSet;

use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::base::id::ThreadId;
use crate::forum::cases::case;
use crate::forum::moderation::acts::action::Action;
use crate::forum::moderation::decision::Office;
use crate::forum::moderation::loaded_subject::LoadedSubject;
use crate::forum::moderation::policy;
use crate::forum::moderation::policy::PolicyResult;
use crate::forum::moderation::policy::SubjectContext;
use crate::forum::moderation::report;
use crate::forum::moderation::scope;

/// The moderator's scope, their own reports and the waiting cases, read at once for several subjects.
pub(crate) struct SubjectContexts {
    within: HashSet<Uuid>,
    reported: HashSet<Uuid>,
    waiting: HashMap<Uuid, case::PendingCases>,
}

impl SubjectContexts {
    /// Reads them for this person.
    pub async fn load(
        rows: &DatabaseTransaction,
        moderator: PersonId,
        found: &[LoadedSubject],
    ) -> Result<SubjectContexts> {
        let threads = found.iter().filter_map(LoadedSubject::containing_thread);
        let threads: Vec<ThreadId> = threads.map(|thread| thread.id).collect();
        let threads = scope::within(rows, moderator, &threads).await?;
        let mut within: HashSet<Uuid> = threads.into_iter().map(Uuid::from).collect();
        for each in found {
            if let LoadedSubject::Person {
                person,
                delegations,
            } = each
                && scope::covers(rows, moderator, delegations).await?
            {
                within.insert(person.id.0);
            }
        }
        let ids: Vec<Uuid> = found.iter().map(LoadedSubject::id).collect();
        Ok(SubjectContexts {
            within,
            reported: report::reported_by(rows, moderator, &ids).await?,
            waiting: case::pending(rows, moderator, &ids).await?,
        })
    }

    /// The context of one of these subjects.
    pub fn of<'a>(&self, found: &'a LoadedSubject) -> SubjectContext<'a> {
        let id = found
            .containing_thread()
            .map_or(found.id(), |thread| thread.id.0);
        SubjectContext {
            subject: found,
            in_scope: self.within.contains(&id),
            reported_by_actor: self.reported.contains(&found.id()),
            waiting: self.waiting.get(&found.id()).copied().unwrap_or_default(),
        }
    }
}

/// Takes an act alone: as [`policy::decide`], if the act does not require a second person, the subject is not already
/// in the resulting state, and nobody else works on a case that the act would resolve.
pub fn take(
    actor: &Actor,
    now: Moment,
    action: &dyn Action,
    on: &SubjectContext<'_>,
) -> PolicyResult<Office> {
    let office = policy::decide(actor, now, on)?;
    if action.needs_second_person(on) {
        return Err(Refusal::SecondPersonRequired);
    }
    action.refuse(now, on)?;
    require_unclaimed(action, on)?;
    Ok(office)
}

/// Proposes an act that requires a second person: otherwise as [`take`].
pub fn propose(
    actor: &Actor,
    now: Moment,
    action: &dyn Action,
    on: &SubjectContext<'_>,
) -> PolicyResult<Office> {
    let office = policy::decide(actor, now, on)?;
    action.refuse(now, on)?;
    require_unclaimed(action, on)?;
    Ok(office)
}

/// Confirms or declines another person's proposal. The proposer may be working on the case.
pub fn confirm(
    actor: &Actor,
    now: Moment,
    proposer: PersonId,
    action: &dyn Action,
    on: &SubjectContext<'_>,
) -> PolicyResult<Office> {
    let office = policy::decide(actor, now, on)?;
    if actor.person_id() == Some(proposer) {
        return Err(Refusal::OwnProposal);
    }
    action.refuse(now, on)?;
    Ok(office)
}

/// Refuses when another person works on a case that the act would resolve.
fn require_unclaimed(action: &dyn Action, on: &SubjectContext<'_>) -> PolicyResult {
    if !action.settles_cases() {
        return Ok(());
    }
    let of_approval = action.ends_review() && on.waiting.is_approval_claimed;
    if on.waiting.is_report_claimed || of_approval {
        return Err(Refusal::CaseClaimed);
    }
    Ok(())
}
