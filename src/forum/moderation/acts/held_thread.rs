//! Pairs of acts of which one only sets a flag on a thread, in a column of its own that names the decision, and the
//! other clears it.

use std::marker::PhantomData;

use async_trait::async_trait;
use sea_orm::ActiveModelTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::IntoActiveModel;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::forum::discussion::thread;
use crate::forum::moderation::acts::action::Action;
use crate::forum::moderation::acts::action::Definition;
use crate::forum::moderation::decision;
use crate::forum::moderation::found::Found;
use crate::forum::moderation::policy;
use crate::forum::moderation::policy::Concerned;
use crate::forum::moderation::policy::May;
use crate::forum::moderation::standing::Standing;
use crate::store::tx::Tx;

/// A flag that one decision sets on a thread and another one clears.
pub trait Hold: std::fmt::Debug + Send + Sync + 'static {
    /// The act that sets the flag.
    const SETS: Definition;
    /// The act that clears the flag.
    const LIFTS: Definition;

    /// The decision that set the flag, if it is set.
    fn of(thread: &thread::Model) -> Option<Uuid>;

    /// Writes the decision that sets the flag; `None` clears it.
    fn put(change: &mut thread::ActiveModel, by: Option<Uuid>);

    /// The event that records the change.
    fn event(thread: Uuid, decision: Uuid, _is_set: bool) -> Event {
        Event::ThreadDecided { thread, decision }
    }
}

/// One act of the pair.
#[derive(Debug)]
pub struct Held<H> {
    sets: bool,
    hold: PhantomData<H>,
}

impl<H: Hold> Held<H> {
    /// The act that sets the flag.
    pub fn set() -> Held<H> {
        Held {
            sets: true,
            hold: PhantomData,
        }
    }

    /// The act that clears the flag.
    pub fn lift() -> Held<H> {
        Held {
            sets: false,
            hold: PhantomData,
        }
    }
}

#[async_trait]
impl<H: Hold> Action for Held<H> {
    fn definition(&self) -> Definition {
        match self.sets {
            true => H::SETS,
            false => H::LIFTS,
        }
    }

    fn refuse(&self, _: Moment, on: &Concerned<'_>) -> May {
        policy::unmerged(on)?;
        policy::unless_already(on.is_thread(|thread| H::of(thread).is_some() == self.sets))
    }

    async fn before(&self, _: &DatabaseTransaction, found: &Found) -> Result<Standing> {
        Ok(Standing::by(H::of(found.thread()?)))
    }

    async fn after(
        &self,
        _: &Tx,
        decision: Uuid,
        _: &Found,
        before: &Standing,
    ) -> Result<Standing> {
        Ok(before.held_by(self.sets.then_some(decision)))
    }

    async fn put(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &Found,
        wanted: &Standing,
    ) -> Result<Vec<Event>> {
        let mut change = found.thread()?.clone().into_active_model();
        H::put(&mut change, wanted.by);
        let thread = change.update(tx.rows()).await?.id;
        Ok(vec![H::event(thread, decision.id, self.sets)])
    }
}
