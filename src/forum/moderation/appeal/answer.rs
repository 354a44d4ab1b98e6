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
use crate::base::limit;
use crate::forum::Forum;
use crate::forum::cases::case;
use crate::forum::moderation::acts::action::Action;
use crate::forum::moderation::acts::may::Around;
use crate::forum::moderation::acts::uphold_decision::UpholdDecision;
use crate::forum::moderation::appeal;
use crate::forum::moderation::appeal::Entity;
use crate::forum::moderation::appeal::Model;
use crate::forum::moderation::carry;
use crate::forum::moderation::carry::By;
use crate::forum::moderation::carry::Carried;
use crate::forum::moderation::carry::Cause;
use crate::forum::moderation::carry::New;
use crate::forum::moderation::decide;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Office;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::decision::Why;
use crate::forum::moderation::decision::target;
use crate::forum::moderation::found;
use crate::forum::moderation::found::Found;
use crate::forum::moderation::policy;
use crate::forum::moderation::policy::May;
use crate::forum::moderation::queue;
use crate::forum::moderation::undo;
use crate::store::tx::Tx;

/// A decision on an appeal.
#[derive(Clone, Debug)]
pub struct Deciding {
    /// Idempotency key made by the client: sending it twice returns the same decision twice.
    pub key: Uuid,
    pub appeal_id: Uuid,
    /// Whether to undo the appealed decision; otherwise it is upheld.
    pub overturn: bool,
    pub why: Why,
}

/// Decides on an appeal. Refuses an actor who could not decide on its targets or who took the decision; a moderator
/// after the deadline; a case that another person holds; an appeal that has been decided; and overturning a decision
/// whose targets have been decided on again since.
pub async fn decide(forum: &Forum, actor: &Actor, deciding: Deciding) -> Result<decision::Model> {
    let most = forum.limits.explanation_length;
    let explanation = limit::text("explanation", &deciding.why.explanation, most)?;
    let reasons = match deciding.overturn {
        true => &Reason::OF_UNDOING[..],
        false => UpholdDecision.definition().reasons,
    };
    let why = Why {
        explanation,
        ..deciding.why
    };
    let tx = forum.store.begin_alone(actor).await?;
    let moderator = decide::office_holder(actor, &tx)?;
    let appeal = Entity::find_by_id(deciding.appeal_id)
        .one(tx.rows())
        .await?
        .ok_or(Error::NotFound)?;
    let case = case::Entity::find_by_id(appeal.case_id)
        .lock_exclusive()
        .one(tx.rows())
        .await?
        .ok_or_else(|| Error::internal("an appeal without a case"))?;
    if let Some(earlier) = decide::with_key(tx.rows(), moderator, deciding.key).await? {
        return if appeal.outcome_id == Some(earlier.id) {
            Ok(earlier)
        } else {
            Err(Error::invalid("key", Fault::KeyReused))
        };
    }
    decide::fits(reasons, why.reason)?;
    decide::slow_down(forum, &tx, moderator).await?;
    let appealed = decision::find(tx.rows(), appeal.decision_id)
        .await?
        .ok_or_else(|| Error::internal("an appeal without its decision"))?;
    let targets = target::of(tx.rows(), appealed.id).await?;
    let found = undo::find_targets(&tx, &appealed, &targets).await?;
    let around = Around::of(tx.rows(), moderator, &found).await?;
    let office =
        may(actor, tx.now(), &appealed, &appeal, &found, &around).map_err(Error::Denied)?;
    policy::hold(actor, case.holder_id).map_err(Error::Denied)?;
    if let Some(decision) = appeal.outcome_id {
        return Err(Error::Overtaken { decision });
    }
    let by = By {
        moderator,
        office,
        second: None,
    };
    let key = deciding.key;
    let carried = match deciding.overturn {
        true => undo::carry(forum, &tx, key, by, why, &appealed, &found).await?,
        false => uphold(forum, &tx, key, by, why, &appeal, &found).await?,
    };
    carried.commit(forum, tx).await
}

/// Upholds the decision that was appealed.
async fn uphold(
    forum: &Forum,
    tx: &Tx,
    key: Uuid,
    by: By,
    why: Why,
    appeal: &Model,
    found: &[Found],
) -> Result<Carried> {
    let upheld = appeal.decision_id;
    let new = New {
        key,
        action: Box::new(UpholdDecision),
        cause: Cause::Upholding(upheld),
        by,
        why,
        told: vec![appeal.person_id],
    };
    let mut carried = carry::carry(forum, tx, new, found).await?;
    let decision = carried.decision.id;
    let case = appeal::settle(tx, upheld, appeal::Outcome::Upheld, decision).await?;
    let changed = case.map(|case| Event::CaseChanged { case });
    carried.events.extend(changed);
    Ok(carried)
}

fn may(
    actor: &Actor,
    now: Moment,
    appealed: &decision::Model,
    appeal: &Model,
    found: &[Found],
    around: &Around,
) -> May<Office> {
    let mut office = policy::office(actor, now)?;
    for each in found {
        office = policy::decide(actor, now, &around.concerned(each))?;
    }
    let deciders: Vec<Uuid> = [Some(appealed.moderator_id), appealed.second_id]
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
    let found = found::look_at(rows, actor.audience(), &subjects).await?;
    let around = Around::of(rows, moderator, &found).await?;
    if let Err(refusal) = may(actor, now, &appealed, appeal, &found, &around) {
        return Ok(Some(refusal));
    }
    let cases = queue::find_many(rows, actor, now, &[appeal.case_id]).await?;
    let held = cases.first().and_then(|case| case.holder_id);
    if let Err(refusal) = policy::hold(actor, held) {
        return Ok(Some(refusal));
    }
    Ok(appeal.outcome.map(|_| Refusal::AlreadyDecided))
}
