//! Locking threads: nobody replies in them.

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

/// Locks threads.
#[derive(Debug)]
pub struct LockThread;

#[async_trait]
impl Action for LockThread {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::LockThread,
            on: On::Threads,
            reasons: &Reason::OF_THREADS,
            inverse: Some(Act::UnlockThread),
            was: "open",
            becomes: "locked",
        }
    }

    fn refuse(&self, _: Moment, on: &Concerned<'_>) -> May {
        policy::unmerged(on)?;
        policy::unless_already(on.is_thread(|thread| thread.locked_by.is_some()))
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
        Ok(vec![Event::ThreadLocked { thread, decision }])
    }
}

/// Opens locked threads again.
#[derive(Debug)]
pub struct UnlockThread;

#[async_trait]
impl Action for UnlockThread {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::UnlockThread,
            on: On::Threads,
            reasons: &Reason::OF_UNDOING,
            inverse: Some(Act::LockThread),
            was: "locked",
            becomes: "open",
        }
    }

    fn refuse(&self, _: Moment, on: &Concerned<'_>) -> May {
        policy::unmerged(on)?;
        policy::unless_already(on.is_thread(|thread| thread.locked_by.is_none()))
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
        Ok(vec![Event::ThreadUnlocked { thread, decision }])
    }
}

fn before(found: &Found) -> Result<Standing> {
    Ok(Standing::by(found.thread()?.locked_by))
}

async fn put(tx: &Tx, found: &Found, wanted: &Standing) -> Result<Uuid> {
    let mut change = found.thread()?.clone().into_active_model();
    change.locked_by = Set(wanted.by);
    Ok(change.update(tx.rows()).await?.id)
}
