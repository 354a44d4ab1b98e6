//! Hiding posts: only their authors and the people who decide can read them.

use async_trait::async_trait;
use sea_orm::ActiveModelTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::IntoActiveModel;
use sea_orm::Set;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::forum::discussion::post;
use crate::forum::moderation::acts::action::Action;
use crate::forum::moderation::acts::action::Definition;
use crate::forum::moderation::acts::action::On;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::found::Found;
use crate::forum::moderation::policy;
use crate::forum::moderation::policy::Concerned;
use crate::forum::moderation::policy::May;
use crate::forum::moderation::standing::Standing;
use crate::store::tx::Tx;

/// Hides posts.
#[derive(Debug)]
pub struct HidePost;

#[async_trait]
impl Action for HidePost {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::HidePost,
            on: On::Posts,
            reasons: &Reason::OF_TEXTS,
            inverse: Some(Act::RestorePost),
            was: "shown",
            becomes: "hidden",
        }
    }

    fn refuse(&self, _: Moment, on: &Concerned<'_>) -> May {
        policy::published(on)?;
        policy::unmerged(on)?;
        policy::unless_already(on.is_post(|post| post.hidden_by.is_some()))
    }

    async fn before(&self, _: &DatabaseTransaction, found: &Found) -> Result<Standing> {
        before(found)
    }

    async fn after(
        &self,
        _: &Tx,
        decision: Uuid,
        _: &Found,
        before: &Standing,
    ) -> Result<Standing> {
        Ok(before.held_by(Some(decision)))
    }

    async fn put(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &Found,
        wanted: &Standing,
    ) -> Result<Vec<Event>> {
        let post = put(tx, found, wanted).await?;
        Ok(vec![Event::PostHidden {
            thread: post.thread_id,
            post: post.id,
            number: post.number,
            decision: decision.id,
        }])
    }

    fn takes_two(&self, on: &Concerned<'_>) -> bool {
        on.is_statement()
    }
}

/// Shows hidden posts again.
#[derive(Debug)]
pub struct RestorePost;

#[async_trait]
impl Action for RestorePost {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::RestorePost,
            on: On::Posts,
            reasons: &Reason::OF_UNDOING,
            inverse: Some(Act::HidePost),
            was: "hidden",
            becomes: "shown",
        }
    }

    fn refuse(&self, _: Moment, on: &Concerned<'_>) -> May {
        policy::published(on)?;
        policy::unmerged(on)?;
        policy::unless_already(on.is_post(|post| post.hidden_by.is_none()))
    }

    async fn before(&self, _: &DatabaseTransaction, found: &Found) -> Result<Standing> {
        before(found)
    }

    async fn after(&self, _: &Tx, _: Uuid, _: &Found, before: &Standing) -> Result<Standing> {
        Ok(before.held_by(None))
    }

    async fn put(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &Found,
        wanted: &Standing,
    ) -> Result<Vec<Event>> {
        let post = put(tx, found, wanted).await?;
        Ok(vec![Event::PostRestored {
            thread: post.thread_id,
            post: post.id,
            number: post.number,
            decision: decision.id,
        }])
    }
}

fn before(found: &Found) -> Result<Standing> {
    Ok(Standing::by(found.post()?.hidden_by))
}

async fn put(tx: &Tx, found: &Found, wanted: &Standing) -> Result<post::Model> {
    let mut change = found.post()?.clone().into_active_model();
    change.hidden_by = Set(wanted.by);
    Ok(change.update(tx.rows()).await?)
}
