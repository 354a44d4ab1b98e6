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
use crate::base::id::ThreadId;
use crate::forum::discussion::thread;
use crate::forum::moderation::acts::action::Action;
use crate::forum::moderation::acts::action::Definition;
use crate::forum::moderation::decision;
use crate::forum::moderation::loaded_subject::LoadedSubject;
use crate::forum::moderation::policy;
use crate::forum::moderation::policy::PolicyResult;
use crate::forum::moderation::policy::SubjectContext;
use crate::forum::moderation::subject_state::SubjectState;
use crate::store::tx::Tx;

/// A flag that one decision sets on a thread and another one clears.
pub trait ThreadFlag: std::fmt::Debug + Send + Sync + 'static {
    /// The act that sets the flag.
    const SET: Definition;
    /// The act that clears the flag.
    const CLEAR: Definition;

    /// The decision that set the flag, if it is set.
    fn decision_on(thread: &thread::Model) -> Option<Uuid>;

    /// Writes the decision that sets the flag; `None` clears it.
    fn set_decision(change: &mut thread::ActiveModel, decision_id: Option<Uuid>);

    /// The event that records the change.
    fn event(thread: ThreadId, decision: Uuid, _is_set: bool) -> Event {
        Event::ThreadDecided { thread, decision }
    }
}

/// One act of the pair.
#[derive(Debug)]
pub struct FlagAct<F> {
    sets: bool,
    flag: PhantomData<F>,
}

impl<F: ThreadFlag> FlagAct<F> {
    /// The act that sets the flag.
    pub fn set() -> FlagAct<F> {
        FlagAct {
            sets: true,
            flag: PhantomData,
        }
    }

    /// The act that clears the flag.
    pub fn clear() -> FlagAct<F> {
        FlagAct {
            sets: false,
            flag: PhantomData,
        }
    }
}

#[async_trait]
impl<F: ThreadFlag> Action for FlagAct<F> {
    fn definition(&self) -> Definition {
        match self.sets {
            true => F::SET,
            false => F::CLEAR,
        }
    }

    fn refuse(&self, _: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::unmerged(on)?;
        policy::refuse_if_already(
            on.is_thread(|thread| F::decision_on(thread).is_some() == self.sets),
        )
    }

    async fn current_state(
        &self,
        _: &DatabaseTransaction,
        found: &LoadedSubject,
    ) -> Result<SubjectState> {
        Ok(SubjectState::set_by(F::decision_on(found.thread()?)))
    }

    async fn next_state(
        &self,
        _: &Tx,
        decision: Uuid,
        _: &LoadedSubject,
        before: &SubjectState,
    ) -> Result<SubjectState> {
        Ok(before.with_decision(self.sets.then_some(decision)))
    }

    async fn write_state(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &LoadedSubject,
        wanted: &SubjectState,
    ) -> Result<Vec<Event>> {
        let mut change = found.thread()?.clone().into_active_model();
        F::set_decision(&mut change, wanted.decision_id);
        let thread = change.update(tx.rows()).await?.id;
        Ok(vec![F::event(thread, decision.id, self.sets)])
    }
}
