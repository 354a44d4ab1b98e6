//! Taking a decision: the act, its entry in the ledger and the notices to those concerned, in one change.

use std::collections::HashMap;
use std::collections::HashSet;

use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::Set;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::actor::Audience;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::language::Language;
use crate::base::limit;
use crate::base::secret;
use crate::forum::Forum;
use crate::forum::discussion::post;
use crate::forum::discussion::thread;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Office;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::decision::target;
use crate::forum::moderation::ledger;
use crate::forum::moderation::notice;
use crate::forum::moderation::policy;
use crate::forum::moderation::policy::Concerned;
use crate::forum::moderation::scope;
use crate::store::failed;
use crate::store::tx::Tx;

/// Targets of one decision, at most.
pub const MOST: usize = 50;
/// Characters of an explanation, at most.
pub const EXPLANATION: usize = 2_000;

/// A decision to be taken.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Made by the client: sent twice, it answers twice with the same decision.
    pub key: Uuid,
    pub act: Act,
    /// Posts or threads, as the act has them.
    pub targets: Vec<Uuid>,
    pub why: Why,
}

/// Why a decision is taken.
#[derive(Clone, Debug)]
pub struct Why {
    pub reason: Reason,
    pub explanation: String,
    pub language: Language,
    /// Keep the explanation from the public, because it would tell what was hidden.
    pub withhold: bool,
}

/// Something that a decision is taken on, as it stands and locked for the change.
pub(crate) struct Found {
    thread: thread::Model,
    post: Option<post::Model>,
}

impl Found {
    pub(crate) fn author(&self) -> Uuid {
        match &self.post {
            Some(post) => post.author_id,
            None => self.thread.author_id,
        }
    }

    /// The decision that holds it in its state, if one does.
    pub(crate) fn held_by(&self) -> Option<Uuid> {
        match &self.post {
            Some(post) => post.hidden_by,
            None => self.thread.locked_by,
        }
    }

    pub(crate) fn concerned<'a>(&'a self, within: &HashSet<Uuid>) -> Concerned<'a> {
        Concerned {
            in_scope: within.contains(&self.thread.id),
            thread: &self.thread,
            post: self.post.as_ref(),
        }
    }
}

/// Takes a decision. Refused: what the policy refuses, of any of the targets; no target or too many; a target that the
/// actor does not see; an explanation that is empty or too long. All targets or none.
pub async fn decide(forum: &Forum, actor: &Actor, wanted: Wanted) -> Result<decision::Model> {
    let explanation = limit::text("explanation", &wanted.why.explanation, EXPLANATION)?;
    let mut seen = HashSet::new();
    let targets: Vec<Uuid> = wanted
        .targets
        .iter()
        .copied()
        .filter(|target| seen.insert(*target))
        .collect();
    if targets.is_empty() {
        return Err(Error::invalid("targetIds", Fault::Empty));
    }
    if targets.len() > MOST {
        return Err(Error::invalid("targetIds", Fault::TooMany { most: MOST }));
    }
    let tx = forum.store.begin_alone(actor).await?;
    let moderator = office_holder(actor, &tx)?;
    if let Some(earlier) = with_key(tx.rows(), moderator, wanted.key).await? {
        return resent(tx.rows(), earlier, wanted.act, None, &targets).await;
    }
    let found = find_all(&tx, wanted.act, &targets).await?;
    let within = within(tx.rows(), moderator, &found).await?;
    let mut office = Office::Moderator;
    for each in &found {
        let on = each.concerned(&within);
        office = policy::act(actor, tx.now(), wanted.act, &on).map_err(Error::Denied)?;
    }
    let new = New {
        key: wanted.key,
        act: wanted.act,
        office,
        moderator,
        why: Why {
            explanation,
            ..wanted.why
        },
        undoes: None,
        after: Vec::new(),
    };
    carry_out(tx, new, found).await
}

/// What [`carry_out`] writes.
pub(crate) struct New {
    pub key: Uuid,
    pub act: Act,
    pub office: Office,
    pub moderator: Uuid,
    pub why: Why,
    pub undoes: Option<Uuid>,
    /// What holds each target afterwards; by the act when empty.
    pub after: Vec<Option<Uuid>>,
}

/// Writes the decision, what it changes, its entry in the ledger and its notices, and commits.
pub(crate) async fn carry_out(tx: Tx, new: New, found: Vec<Found>) -> Result<decision::Model> {
    let id = Uuid::now_v7();
    let (position, previous) = ledger::end(tx.rows()).await?;
    let decision = decision::Model {
        id,
        position,
        act: new.act,
        moderator_id: new.moderator,
        office: new.office,
        reason: new.why.reason,
        language: new.why.language,
        explanation: new.why.explanation,
        salt: secret::token()?,
        is_withheld: new.why.withhold,
        undoes_id: new.undoes,
        created_at: tx.now(),
        key: new.key,
    };
    decision::Entity::insert(decision.clone().into_active_model())
        .exec_without_returning(tx.rows())
        .await
        .map_err(failed)?;
    let by_act = match new.act {
        Act::HidePost | Act::LockThread => Some(id),
        Act::RestorePost | Act::UnlockThread => None,
    };
    let (mut targets, mut events, mut concerned) = (Vec::new(), Vec::new(), HashSet::new());
    for (at, each) in found.into_iter().enumerate() {
        let after = new.after.get(at).copied().unwrap_or(by_act);
        let row = target::Model {
            decision_id: id,
            place: i32::try_from(at + 1).unwrap_or(i32::MAX),
            thread_id: each.thread.id,
            post_id: each.post.as_ref().map(|post| post.id),
            before_id: each.held_by(),
            after_id: after,
        };
        concerned.insert(each.author());
        events.push(event(new.act, id, &each));
        target::Entity::insert(row.clone().into_active_model())
            .exec_without_returning(tx.rows())
            .await
            .map_err(failed)?;
        targets.push(row);
        hold(tx.rows(), each, after).await?;
    }
    ledger::append(&tx, &decision, &targets, &previous).await?;
    notice::give(&tx, id, concerned).await?;
    tx.commit_all(&events).await?;
    Ok(decision)
}

async fn hold(rows: &DatabaseTransaction, each: Found, by: Option<Uuid>) -> Result<()> {
    match each.post {
        Some(post) => {
            let mut change = post.into_active_model();
            change.hidden_by = Set(by);
            change.update(rows).await.map(drop).map_err(failed)
        }
        None => {
            let mut change = each.thread.into_active_model();
            change.locked_by = Set(by);
            change.update(rows).await.map(drop).map_err(failed)
        }
    }
}

fn event(act: Act, decision: Uuid, each: &Found) -> Event {
    let thread = each.thread.id;
    let (post, number) = match &each.post {
        Some(post) => (post.id, post.number),
        None => (Uuid::nil(), 0),
    };
    match act {
        Act::HidePost => Event::PostHidden {
            thread,
            post,
            number,
            decision,
        },
        Act::RestorePost => Event::PostRestored {
            thread,
            post,
            number,
            decision,
        },
        Act::LockThread => Event::ThreadLocked { thread, decision },
        Act::UnlockThread => Event::ThreadUnlocked { thread, decision },
    }
}

/// Who decides, if the actor holds an office at all.
pub(crate) fn office_holder(actor: &Actor, tx: &Tx) -> Result<Uuid> {
    policy::office(actor, tx.now()).map_err(Error::Denied)?;
    actor
        .person_id()
        .ok_or(Error::Denied(Refusal::SignInRequired))
}

/// The targets as they stand, in the order asked for, kept from changing until the end.
pub(crate) async fn find_all(tx: &Tx, act: Act, targets: &[Uuid]) -> Result<Vec<Found>> {
    let audience = tx.actor().audience();
    // Locked in one order, so that nobody waits for somebody who waits for them.
    let mut ordered = targets.to_vec();
    ordered.sort();
    let mut found = HashMap::new();
    for id in ordered {
        let each = if act.is_on_posts() {
            let post = post::find_to_change(tx.rows(), audience, id).await?;
            let thread = thread::find(tx.rows(), audience, post.thread_id).await?;
            Found {
                thread,
                post: Some(post),
            }
        } else {
            Found {
                thread: thread::find_to_change(tx.rows(), audience, id).await?,
                post: None,
            }
        };
        found.insert(id, each);
    }
    Ok(targets.iter().filter_map(|id| found.remove(id)).collect())
}

/// The targets of a decision as they stand, for who only looks.
pub(crate) async fn look_at(
    rows: &DatabaseTransaction,
    audience: Audience,
    targets: &[target::Model],
) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for target in targets {
        let thread = thread::find(rows, audience, target.thread_id).await?;
        let post = match target.post_id {
            Some(id) => post::find_many(rows, audience, &[id]).await?.pop(),
            None => None,
        };
        found.push(Found { thread, post });
    }
    Ok(found)
}

/// Which threads of the targets lie within the regions given to whom decides.
pub(crate) async fn within(
    rows: &DatabaseTransaction,
    moderator: Uuid,
    found: &[Found],
) -> Result<HashSet<Uuid>> {
    let threads: Vec<Uuid> = found.iter().map(|each| each.thread.id).collect();
    scope::within(rows, moderator, &threads).await
}

/// The decision that was taken with this key before.
pub(crate) async fn with_key(
    rows: &DatabaseTransaction,
    moderator: Uuid,
    key: Uuid,
) -> Result<Option<decision::Model>> {
    decision::Entity::find()
        .filter(decision::Column::ModeratorId.eq(moderator))
        .filter(decision::Column::Key.eq(key))
        .one(rows)
        .await
        .map_err(failed)
}

/// The earlier decision, if the resend asks for the same.
pub(crate) async fn resent(
    rows: &DatabaseTransaction,
    earlier: decision::Model,
    act: Act,
    undoes: Option<Uuid>,
    targets: &[Uuid],
) -> Result<decision::Model> {
    let rows = decision::targets(rows, &[earlier.id]).await?;
    let before: Vec<Uuid> = rows
        .get(&earlier.id)
        .into_iter()
        .flatten()
        .map(|target| target.post_id.unwrap_or(target.thread_id))
        .collect();
    if earlier.act == act && earlier.undoes_id == undoes && before == targets {
        Ok(earlier)
    } else {
        Err(Error::invalid("key", Fault::KeyReused))
    }
}
