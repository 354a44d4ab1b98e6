//! Undoing a decision, by a decision that refers to it: everything is as it was before.

use std::collections::HashSet;

use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::limit;
use crate::forum::Forum;
use crate::forum::moderation::decide;
use crate::forum::moderation::decide::EXPLANATION;
use crate::forum::moderation::decide::Found;
use crate::forum::moderation::decide::New;
use crate::forum::moderation::decide::Why;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Office;
use crate::forum::moderation::decision::target;
use crate::forum::moderation::policy;

/// A decision to be undone.
#[derive(Clone, Debug)]
pub struct Undoing {
    /// Made by the client: sent twice, it answers twice with the same decision.
    pub key: Uuid,
    pub decision_id: Uuid,
    pub why: Why,
}

/// Undoes a decision. Refused: a decision that does not exist; whoever may not decide on its targets; one whose targets
/// have been decided on anew, or that has been undone.
pub async fn undo(forum: &Forum, actor: &Actor, undoing: Undoing) -> Result<decision::Model> {
    let explanation = limit::text("explanation", &undoing.why.explanation, EXPLANATION)?;
    let tx = forum.store.begin_alone(actor).await?;
    let moderator = decide::office_holder(actor, &tx)?;
    let undone = decision::find(tx.rows(), undoing.decision_id)
        .await?
        .ok_or(Error::NotFound)?;
    let mut all = decision::targets(tx.rows(), &[undone.id]).await?;
    let targets = all.remove(&undone.id).unwrap_or_default();
    let ids: Vec<Uuid> = targets
        .iter()
        .map(|target| target.post_id.unwrap_or(target.thread_id))
        .collect();
    let act = undone.act.inverse();
    if let Some(earlier) = decide::with_key(tx.rows(), moderator, undoing.key).await? {
        return decide::resent(tx.rows(), earlier, act, Some(undone.id), &ids).await;
    }
    let found = decide::find_all(&tx, act, &ids).await?;
    let within = decide::within(tx.rows(), moderator, &found).await?;
    let office = may(actor, tx.now(), &found, &targets, &within).map_err(Error::Denied)?;
    let new = New {
        key: undoing.key,
        act,
        office,
        moderator,
        why: Why {
            explanation,
            ..undoing.why
        },
        undoes: Some(undone.id),
        after: targets.iter().map(|target| target.before_id).collect(),
    };
    decide::carry_out(tx, new, found).await
}

/// In which office the actor may undo what was decided on these targets, as they stand now.
fn may(
    actor: &Actor,
    now: Moment,
    found: &[Found],
    targets: &[target::Model],
    within: &HashSet<Uuid>,
) -> std::result::Result<Office, Refusal> {
    let mut office = policy::office(actor, now)?;
    for (each, target) in found.iter().zip(targets) {
        office = policy::decide(actor, now, &each.concerned(within))?;
        // Decided on anew since, or undone.
        if each.held_by() != target.after_id {
            return Err(Refusal::AlreadyDecided);
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
    let mut all = decision::targets(rows, &[undone.id]).await?;
    let targets = all.remove(&undone.id).unwrap_or_default();
    let found = decide::look_at(rows, actor.audience(), &targets).await?;
    let within = decide::within(rows, moderator, &found).await?;
    Ok(may(actor, now, &found, &targets, &within).err())
}
