//! Deciding on an appeal.

use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QuerySelect;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id::PersonId;
use crate::base::limit;
use crate::forum::Forum;
use crate::forum::cases::case;
use crate::forum::moderation::acts::action::Action;
use crate::forum::moderation::acts::permission::SubjectContexts;
use crate::forum::moderation::acts::uphold_decision::UpholdDecision;
use crate::forum::moderation::appeal;
use crate::forum::moderation::appeal::Entity;
use crate::forum::moderation::appeal::Model;
use crate::forum::moderation::decide;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Justification;
use crate::forum::moderation::decision::Office;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::decision::target;
use crate::forum::moderation::execute;
use crate::forum::moderation::execute::Cause;
use crate::forum::moderation::execute::Decider;
use crate::forum::moderation::execute::Executed;
use crate::forum::moderation::execute::NewDecision;
use crate::forum::moderation::loaded_subject;
use crate::forum::moderation::loaded_subject::LoadedSubject;
use crate::forum::moderation::policy;
use crate::forum::moderation::policy::PolicyResult;
use crate::forum::moderation::queue;
use crate::forum::moderation::undo;
use crate::store::tx::Tx;

/// A decision on an appeal.
#[derive(Clone, Debug)]
pub struct AppealAnswer {
    /// Idempotency key made by the client: sending it twice returns the same decision twice.
    pub key: Uuid,
    pub appeal_id: Uuid,
    /// Whether to undo the appealed decision; otherwise it is upheld.
    pub overturn: bool,
    pub justification: Justification,
}

/// Decides on an appeal. Refuses an actor who could not decide on its targets or who took the decision; a moderator
/// after the deadline; a case that another person holds; an appeal that has been decided; and overturning a decision
/// whose targets have been decided on again since.
pub async fn decide(forum: &Forum, actor: &Actor, answer: AppealAnswer) -> Result<decision::Model> {
    let max = forum.limits.explanation_length;
    let explanation = limit::text("explanation", &answer.justification.explanation, max)?;
    let reasons = match answer.overturn {
        true => &Reason::OF_UNDOING[..],
        false => UpholdDecision.definition().reasons,
    };
    let justification = Justification {
        explanation,
        ..answer.justification
    };
    let tx = forum.store.begin_serialized(actor).await?;
    let moderator = decide::office_holder(actor, &tx)?;
    let appeal = Entity::find_by_id(answer.appeal_id)
        .one(tx.rows())
        .await?
        .ok_or(Error::NotFound)?;
    let case = case::Entity::find_by_id(appeal.case_id)
        .lock_exclusive()
        .one(tx.rows())
        .await?
        .ok_or_else(|| Error::internal("an appeal without a case"))?;
    if let Some(earlier) = decide::with_key(tx.rows(), moderator, answer.key).await? {
        return if appeal.outcome_id == Some(earlier.id) {
            Ok(earlier)
        } else {
            Err(Error::invalid("key", Fault::KeyReused))
        };
    }
    decide::require_reason(reasons, justification.reason)?;
    decide::enforce_rate_limit(forum, &tx, moderator).await?;
    let appealed = decision::find(tx.rows(), appeal.decision_id)
        .await?
        .ok_or_else(|| Error::internal("an appeal without its decision"))?;
    let targets = target::of(tx.rows(), appealed.id).await?;
    let found = undo::find_targets(&tx, &appealed, &targets).await?;
    let contexts = SubjectContexts::load(tx.rows(), moderator, &found).await?;
    let office = deciding_office(actor, tx.now(), &appealed, &appeal, &found, &contexts)
        .map_err(Error::Denied)?;
    policy::work_on_case(actor, case.holder_id).map_err(Error::Denied)?;
    if let Some(decision) = appeal.outcome_id {
        return Err(Error::Overtaken { decision });
    }
    let decider = Decider {
        moderator,
        office,
        second: None,
    };
    let key = answer.key;
    let executed = match answer.overturn {
        true => undo::execute(forum, &tx, key, decider, justification, &appealed, &found).await?,
        false => uphold(forum, &tx, key, decider, justification, &appeal, &found).await?,
    };
    executed.commit(forum, tx).await
}

/// Upholds the decision that was appealed.
async fn uphold(
    forum: &Forum,
    tx: &Tx,
    key: Uuid,
    decider: Decider,
    justification: Justification,
    appeal: &Model,
    found: &[LoadedSubject],
) -> Result<Executed> {
    let upheld = appeal.decision_id;
    let new = NewDecision {
        key,
        action: Box::new(UpholdDecision),
        cause: Cause::Upholding(upheld),
        decider,
        justification,
        also_notified: vec![appeal.person_id],
    };
    let mut executed = execute::execute(forum, tx, new, found).await?;
    let decision = executed.decision.id;
    let case = appeal::settle(tx, upheld, appeal::Outcome::Upheld, decision).await?;
    let changed = case.map(|case| Event::CaseChanged { case });
    executed.events.extend(changed);
    Ok(executed)
}

fn deciding_office(
    actor: &Actor,
    now: Moment,
    appealed: &decision::Model,
    appeal: &Model,
    found: &[LoadedSubject],
    contexts: &SubjectContexts,
) -> PolicyResult<Office> {
    let mut office = policy::office(actor, now)?;
    for each in found {
        office = policy::decide(actor, now, &contexts.of(each))?;
    }
    let deciders: Vec<PersonId> = [Some(appealed.moderator_id), appealed.second_id]
        .into_iter()
        .flatten()
        .collect();
    policy::decide_appeal(actor, now, appeal.due_at, &deciders, office)?;
    Ok(office)
}

/// Why deciding on an appeal would be denied to the actor now; `None` if it would not.
pub async fn decide_refusal(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    appeal: &Model,
) -> Result<Option<Refusal>> {
    let moderator = match (policy::office(actor, now), actor.person_id()) {
        (Ok(_), Some(moderator)) => moderator,
        (Ok(_), None) => return Ok(Some(Refusal::SignInRequired)),
        (Err(refusal), _) => return Ok(Some(refusal)),
    };
    let appealed = decision::find(rows, appeal.decision_id)
        .await?
        .ok_or_else(|| Error::internal("an appeal without its decision"))?;
    let targets = target::of(rows, appealed.id).await?;
    let subjects = undo::subjects(&targets)?;
    let found = loaded_subject::find_visible(rows, actor.audience(), &subjects).await?;
    let contexts = SubjectContexts::load(rows, moderator, &found).await?;
    if let Err(refusal) = deciding_office(actor, now, &appealed, appeal, &found, &contexts) {
        return Ok(Some(refusal));
    }
    let cases = queue::find_many(rows, actor, now, &[appeal.case_id]).await?;
    let held = cases.first().and_then(|case| case.holder_id);
    if let Err(refusal) = policy::work_on_case(actor, held) {
        return Ok(Some(refusal));
    }
    Ok(appeal.outcome.map(|_| Refusal::AlreadyDecided))
}
