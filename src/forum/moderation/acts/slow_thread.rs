//! Slowing threads: each person can reply once in a given number of seconds.

use async_trait::async_trait;
use sea_orm::ActiveModelTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::IntoActiveModel;
use sea_orm::Set;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::limit;
use crate::forum::Forum;
use crate::forum::moderation::acts::action::Action;
use crate::forum::moderation::acts::action::Definition;
use crate::forum::moderation::acts::action::SubjectKind;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::loaded_subject::LoadedSubject;
use crate::forum::moderation::policy;
use crate::forum::moderation::policy::PolicyResult;
use crate::forum::moderation::policy::SubjectContext;
use crate::forum::moderation::subject_state::StateDetails;
use crate::forum::moderation::subject_state::SubjectState;
use crate::store::tx::Tx;

/// Slows threads.
#[derive(Debug)]
pub struct SlowThread {
    /// Seconds between two replies of one person; 0 removes the limit.
    pub seconds: Option<i32>,
}

#[async_trait]
impl Action for SlowThread {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::SlowThread,
            subjects: SubjectKind::Threads,
            reasons: &Reason::OF_THREADS,
            inverse: Some(Act::SlowThread),
            was: "at its pace",
            becomes: "slowed",
        }
    }

    fn refuse(&self, _: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::unmerged(on)
    }

    async fn current_state(
        &self,
        _: &DatabaseTransaction,
        found: &LoadedSubject,
    ) -> Result<SubjectState> {
        let thread = found.thread()?;
        Ok(slowed(thread.slowed_by, thread.slow_seconds))
    }

    async fn next_state(
        &self,
        _: &Tx,
        decision: Uuid,
        _: &LoadedSubject,
        _: &SubjectState,
    ) -> Result<SubjectState> {
        let seconds = self.seconds.filter(|seconds| *seconds > 0);
        Ok(slowed(seconds.map(|_| decision), seconds))
    }

    async fn write_state(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &LoadedSubject,
        wanted: &SubjectState,
    ) -> Result<Vec<Event>> {
        let mut change = found.thread()?.clone().into_active_model();
        change.slowed_by = Set(wanted.decision_id);
        change.slow_seconds = Set(wanted.details.seconds);
        let thread = change.update(tx.rows()).await?.id;
        let decision = decision.id;
        Ok(vec![Event::ThreadDecided { thread, decision }])
    }

    async fn check(&mut self, _: &Forum, _: &Tx) -> Result<()> {
        let missing = || Error::invalid("seconds", Fault::Empty);
        let seconds = self.seconds.ok_or_else(missing)?;
        self.seconds = Some(limit::pause("seconds", seconds)?);
        Ok(())
    }
}

fn slowed(decision_id: Option<Uuid>, seconds: Option<i32>) -> SubjectState {
    let details = StateDetails {
        seconds,
        ..StateDetails::default()
    };
    SubjectState {
        decision_id,
        details,
    }
}
