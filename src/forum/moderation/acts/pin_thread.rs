//! Pinning threads: they are listed before others, until a given time or permanently.

use async_trait::async_trait;
use sea_orm::ActiveModelTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::IntoActiveModel;
use sea_orm::Set;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::limit;
use crate::forum::Forum;
use crate::forum::moderation::acts::action::Action;
use crate::forum::moderation::acts::action::Definition;
use crate::forum::moderation::acts::action::Kept;
use crate::forum::moderation::acts::action::On;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::found::Found;
use crate::forum::moderation::policy;
use crate::forum::moderation::policy::Concerned;
use crate::forum::moderation::policy::May;
use crate::forum::moderation::standing::Facts;
use crate::forum::moderation::standing::Standing;
use crate::store::tx::Tx;

/// Pins threads.
#[derive(Debug)]
pub struct PinThread {
    /// Until when; `None` if permanent.
    pub until: Option<Moment>,
}

#[async_trait]
impl Action for PinThread {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::PinThread,
            on: On::Threads,
            reasons: &Reason::OF_PINNING,
            inverse: Some(Act::UnpinThread),
            was: "in its place",
            becomes: "pinned",
        }
    }

    fn refuse(&self, now: Moment, on: &Concerned<'_>) -> May {
        policy::unmerged(on)?;
        policy::unless_already(on.is_thread(|thread| thread.is_pinned(now)))
    }

    async fn before(&self, _: &DatabaseTransaction, found: &Found) -> Result<Standing> {
        before(found)
    }

    async fn after(&self, _: &Tx, decision: Uuid, _: &Found, _: &Standing) -> Result<Standing> {
        Ok(pinned(Some(decision), self.until))
    }

    async fn put(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &Found,
        wanted: &Standing,
    ) -> Result<Vec<Event>> {
        put(tx, decision, found, wanted).await
    }

    async fn check(&mut self, _: &Forum, tx: &Tx) -> Result<()> {
        match self.until {
            Some(until) => limit::end("until", until, tx.now()).map(drop),
            None => Ok(()),
        }
    }

    fn kept(&self) -> Kept {
        Kept {
            until: self.until,
            ..Kept::default()
        }
    }
}

/// Returns pinned threads to their normal position.
#[derive(Debug)]
pub struct UnpinThread;

#[async_trait]
impl Action for UnpinThread {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::UnpinThread,
            on: On::Threads,
            reasons: &Reason::OF_UNDOING,
            inverse: Some(Act::PinThread),
            was: "pinned",
            becomes: "in its place",
        }
    }

    fn refuse(&self, now: Moment, on: &Concerned<'_>) -> May {
        policy::unmerged(on)?;
        policy::unless_already(on.is_thread(|thread| !thread.is_pinned(now)))
    }

    async fn before(&self, _: &DatabaseTransaction, found: &Found) -> Result<Standing> {
        before(found)
    }

    async fn after(&self, _: &Tx, _: Uuid, _: &Found, _: &Standing) -> Result<Standing> {
        Ok(Standing::default())
    }

    async fn put(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &Found,
        wanted: &Standing,
    ) -> Result<Vec<Event>> {
        put(tx, decision, found, wanted).await
    }
}

fn pinned(by: Option<Uuid>, until: Option<Moment>) -> Standing {
    let facts = Facts {
        until: until.map(|until| until.0),
        ..Facts::default()
    };
    Standing { by, facts }
}

fn before(found: &Found) -> Result<Standing> {
    let thread = found.thread()?;
    Ok(pinned(thread.pinned_by, thread.pinned_until))
}

async fn put(
    tx: &Tx,
    decision: &decision::Model,
    found: &Found,
    wanted: &Standing,
) -> Result<Vec<Event>> {
    let mut change = found.thread()?.clone().into_active_model();
    change.pinned_by = Set(wanted.by);
    change.pinned_until = Set(wanted.facts.until.map(Moment));
    let thread = change.update(tx.rows()).await?.id;
    let decision = decision.id;
    Ok(vec![Event::ThreadDecided { thread, decision }])
}
