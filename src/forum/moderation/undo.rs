//! Undoing a decision, by a decision that refers to it: everything is as it was before.

use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::actor::Restriction;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::limit;
use crate::forum::Forum;
use crate::forum::discussion::post;
use crate::forum::discussion::thread::Review;
use crate::forum::moderation::decide;
use crate::forum::moderation::decide::New;
use crate::forum::moderation::decide::Why;
use crate::forum::moderation::decide::With;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Office;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::decision::target;
use crate::forum::moderation::found;
use crate::forum::moderation::found::Around;
use crate::forum::moderation::found::Found;
use crate::forum::moderation::moving;
use crate::forum::moderation::policy;
use crate::forum::moderation::standing;
use crate::forum::moderation::standing::Facts;
use crate::forum::moderation::standing::Standing;
use crate::forum::moderation::widening;
use crate::store::tx::Tx;

/// A decision to be undone.
#[derive(Clone, Debug)]
pub struct Undoing {
    /// Made by the client: sent twice, it answers twice with the same decision.
    pub key: Uuid,
    pub decision_id: Uuid,
    pub why: Why,
}

/// Undoes a decision. Refused: a decision that does not exist; whoever may not decide on its targets, and one that takes
/// two to take; one whose targets have been decided on anew, or that has been undone; an erasure.
pub async fn undo(forum: &Forum, actor: &Actor, undoing: Undoing) -> Result<decision::Model> {
    let most = forum.limits.explanation_length;
    let explanation = limit::text("explanation", &undoing.why.explanation, most)?;
    let tx = forum.store.begin_alone(actor).await?;
    let moderator = decide::office_holder(actor, &tx)?;
    let undone = decision::find(tx.rows(), undoing.decision_id)
        .await?
        .ok_or(Error::NotFound)?;
    let targets = targets_of(tx.rows(), undone.id).await?;
    let ids: Vec<Uuid> = targets.iter().map(target::Model::subject).collect();
    let act = inverse(&undone, &targets)?.ok_or(Error::Denied(Refusal::CannotBeUndone))?;
    if let Some(earlier) = decide::with_key(tx.rows(), moderator, undoing.key).await? {
        return decide::resent(tx.rows(), earlier, act, Some(undone.id), &ids).await;
    }
    decide::fits(&Reason::OF_UNDOING, undoing.why.reason)?;
    decide::slow_down(forum, &tx, moderator).await?;
    let found = find_targets(&tx, &undone, &targets).await?;
    let around = Around::of(tx.rows(), moderator, &found).await?;
    let mut office = Office::Moderator;
    for each in &found {
        let may = may(actor, tx.now(), act, &undone, each, &around);
        office = decide::overtaken(tx.rows(), each.id(), may).await?;
    }
    let by = By {
        key: undoing.key,
        moderator,
        office,
        why: Why {
            explanation,
            ..undoing.why
        },
    };
    carry_out(forum, tx, by, &undone, found).await
}

/// Who undoes, and why.
pub(crate) struct By {
    pub key: Uuid,
    pub moderator: Uuid,
    pub office: Office,
    pub why: Why,
}

/// Undoes what the actor has been found to be free to undo.
pub(crate) async fn carry_out(
    forum: &Forum,
    tx: Tx,
    by: By,
    undone: &decision::Model,
    found: Vec<Found>,
) -> Result<decision::Model> {
    let targets = targets_of(tx.rows(), undone.id).await?;
    let act = inverse(undone, &targets)?.ok_or(Error::Denied(Refusal::CannotBeUndone))?;
    let mut before = Vec::new();
    for (each, target) in found.iter().zip(&targets) {
        let now = standing::of(tx.rows(), act, each).await?;
        let after = Standing {
            by: target.after_id,
            facts: Facts::read(&target.after_facts)?,
        };
        let was_undone = decision::undoing(tx.rows(), undone.id).await?.is_some();
        if now.by != after.by || !is_same(&now.facts, &after.facts) || was_undone {
            return match decision::latest_on(tx.rows(), each.id()).await? {
                Some(first) if first.id != undone.id => {
                    Err(Error::Overtaken { decision: first.id })
                }
                _ => Err(Error::Denied(Refusal::AlreadyDecided)),
            };
        }
        before.push(Standing {
            by: target.before_id,
            facts: Facts::read(&target.before_facts)?,
        });
    }
    let new = New {
        key: by.key,
        act,
        office: by.office,
        moderator: by.moderator,
        second: None,
        why: by.why,
        with: With::default(),
        case_id: None,
        undone: Some((undone.id, before)),
        upheld: None,
        told: Vec::new(),
        proposal: None,
    };
    decide::carry_out(forum, tx, new, found).await
}

/// Whether a target stands as a decision left it; what rows before the facts were kept do not say counts as the same.
fn is_same(now: &Facts, after: &Facts) -> bool {
    *after == Facts::default() || now == after
}

/// The act that undoes a decision; nothing when none does.
pub(crate) fn inverse(undone: &decision::Model, targets: &[target::Model]) -> Result<Option<Act>> {
    let before = targets
        .first()
        .map(|target| Facts::read(&target.before_facts));
    let before = before.transpose()?.unwrap_or_default();
    let restriction = before.restriction.as_deref();
    let review = before.review.as_deref();
    Ok(match undone.act {
        Act::ReinstatePerson if restriction == Some(Restriction::Suspended.name()) => {
            Some(Act::SuspendPerson)
        }
        Act::HoldPost if review == Some(Review::Rejected.name()) => Some(Act::RejectPost),
        act => act.inverse(),
    })
}

pub(crate) async fn targets_of(rows: &DatabaseTransaction, id: Uuid) -> Result<Vec<target::Model>> {
    let mut all = decision::targets(rows, &[id]).await?;
    Ok(all.remove(&id).unwrap_or_default())
}

/// The targets of a decision as they stand, kept from changing until the end.
pub(crate) async fn find_targets(
    tx: &Tx,
    undone: &decision::Model,
    targets: &[target::Model],
) -> Result<Vec<Found>> {
    let on = targets
        .first()
        .map_or(undone.act.on(), |target| decide::on_of(undone.act, target));
    let ids: Vec<Uuid> = targets.iter().map(target::Model::subject).collect();
    let others = moving::threads(targets)?;
    moving::lock(tx, undone.act, &ids, &others).await?;
    found::find_all(tx, on, &ids).await
}

/// In which office the actor may undo what was decided on this target.
fn may(
    actor: &Actor,
    now: Moment,
    act: Act,
    undone: &decision::Model,
    found: &Found,
    around: &Around,
) -> std::result::Result<Office, Refusal> {
    let on = around.concerned(found);
    let office = policy::decide(actor, now, &on)?;
    if policy::takes_two(act, &on) {
        return Err(Refusal::SecondPersonRequired);
    }
    if let Some(post) = on.post {
        if post.erased_by.is_some() {
            return Err(Refusal::PostErased);
        }
        let is_withdrawn = post.state == post::State::Withdrawn;
        if undone.act == Act::EditPost && is_withdrawn {
            return Err(Refusal::PostWithdrawn);
        }
    }
    Ok(office)
}

/// Why undoing a decision would be denied to the actor now; nothing when it would not.
pub async fn refusal(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    undone: &decision::Model,
) -> Result<Option<Refusal>> {
    let moderator = match (policy::office(actor, now), actor.person_id()) {
        (Ok(_), Some(moderator)) => moderator,
        (Ok(_), None) => return Ok(Some(Refusal::SignInRequired)),
        (Err(refusal), _) => return Ok(Some(refusal)),
    };
    let targets = targets_of(rows, undone.id).await?;
    let Some(act) = inverse(undone, &targets)? else {
        return Ok(Some(Refusal::CannotBeUndone));
    };
    let found = found::look_at(rows, actor.audience(), &targets).await?;
    let around = Around::of(rows, moderator, &found).await?;
    for each in &found {
        if let Err(refusal) = may(actor, now, act, undone, each, &around) {
            return Ok(Some(refusal));
        }
    }
    let undone_already = decision::undoing(rows, undone.id).await?.is_some();
    if act == Act::JoinPosts && !undone_already && moving::is_continued(rows, &found).await? {
        return Ok(Some(Refusal::ContinuedSince));
    }
    let office = policy::office(actor, now);
    for (each, target) in found.iter().zip(&targets) {
        let now = standing::of(rows, act, each).await?;
        let facts = Facts::read(&target.after_facts)?;
        let former = Facts::read(&target.before_facts)?;
        if widening::of(rows, act, each, &former).await?.is_some()
            && let Err(refusal) = office.and_then(policy::publish)
        {
            return Ok(Some(refusal));
        }
        if undone_already || now.by != target.after_id || !is_same(&now.facts, &facts) {
            return Ok(Some(Refusal::AlreadyDecided));
        }
    }
    Ok(None)
}
