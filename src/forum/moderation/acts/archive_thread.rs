//! Archiving threads: they leave the lists, and nobody replies in them.

use async_trait::async_trait;
use sea_orm::ActiveModelTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::IntoActiveModel;
use sea_orm::Set;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::base::event::Event;
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

/// Archives threads.
#[derive(Debug)]
pub struct ArchiveThread;

#[async_trait]
impl Action for ArchiveThread {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::ArchiveThread,
            on: On::Threads,
            reasons: &Reason::OF_THREADS,
            inverse: Some(Act::UnarchiveThread),
            was: "current",
            becomes: "archived",
        }
    }

    fn refuse(&self, _: Moment, on: &Concerned<'_>) -> May {
        policy::unmerged(on)?;
        policy::unless_already(on.is_thread(|thread| thread.archived_by.is_some()))
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
        let thread = put(tx, found, wanted).await?;
        let decision = decision.id;
        Ok(vec![Event::ThreadDecided { thread, decision }])
    }
}

/// Shows archived threads in lists again.
#[derive(Debug)]
pub struct UnarchiveThread;

#[async_trait]
impl Action for UnarchiveThread {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::UnarchiveThread,
            on: On::Threads,
            reasons: &Reason::OF_UNDOING,
            inverse: Some(Act::ArchiveThread),
            was: "archived",
            becomes: "current",
        }
    }

    fn refuse(&self, _: Moment, on: &Concerned<'_>) -> May {
        policy::unmerged(on)?;
        policy::unless_already(on.is_thread(|thread| thread.archived_by.is_none()))
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
        let thread = put(tx, found, wanted).await?;
        let decision = decision.id;
        Ok(vec![Event::ThreadDecided { thread, decision }])
    }
}

fn before(found: &Found) -> Result<Standing> {
    Ok(Standing::by(found.thread()?.archived_by))
}

async fn put(tx: &Tx, found: &Found, wanted: &Standing) -> Result<Uuid> {
    let mut change = found.thread()?.clone().into_active_model();
    change.archived_by = Set(wanted.by);
    Ok(change.update(tx.rows()).await?.id)
}
