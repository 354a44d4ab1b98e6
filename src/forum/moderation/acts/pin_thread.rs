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
use crate::forum::moderation::acts::action::StoredInput;
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
            subjects: SubjectKind::Threads,
            reasons: &Reason::OF_PINNING,
            inverse: Some(Act::UnpinThread),
            was: "in its place",
            becomes: "pinned",
        }
    }

    fn refuse(&self, now: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::unmerged(on)?;
        policy::refuse_if_already(on.is_thread(|thread| thread.is_pinned(now)))
    }

    async fn current_state(
        &self,
        _: &DatabaseTransaction,
        found: &LoadedSubject,
    ) -> Result<SubjectState> {
        current_state(found)
    }

    async fn next_state(
        &self,
        _: &Tx,
        decision: Uuid,
        _: &LoadedSubject,
        _: &SubjectState,
    ) -> Result<SubjectState> {
        Ok(pinned(Some(decision), self.until))
    }

    async fn write_state(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &LoadedSubject,
        wanted: &SubjectState,
    ) -> Result<Vec<Event>> {
        write_state(tx, decision, found, wanted).await
    }

    async fn check(&mut self, _: &Forum, tx: &Tx) -> Result<()> {
        match self.until {
            Some(until) => limit::end("until", until, tx.now()).map(drop),
            None => Ok(()),
        }
    }

    fn stored_input(&self) -> StoredInput {
        StoredInput {
            until: self.until,
            ..StoredInput::default()
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
            subjects: SubjectKind::Threads,
            reasons: &Reason::OF_UNDOING,
            inverse: Some(Act::PinThread),
            was: "pinned",
            becomes: "in its place",
        }
    }

    fn refuse(&self, now: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::unmerged(on)?;
        policy::refuse_if_already(on.is_thread(|thread| !thread.is_pinned(now)))
    }

    async fn current_state(
        &self,
        _: &DatabaseTransaction,
        found: &LoadedSubject,
    ) -> Result<SubjectState> {
        current_state(found)
    }

    async fn next_state(
        &self,
        _: &Tx,
        _: Uuid,
        _: &LoadedSubject,
        _: &SubjectState,
    ) -> Result<SubjectState> {
        Ok(SubjectState::default())
    }

    async fn write_state(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &LoadedSubject,
        wanted: &SubjectState,
    ) -> Result<Vec<Event>> {
        write_state(tx, decision, found, wanted).await
    }
}

fn pinned(decision_id: Option<Uuid>, until: Option<Moment>) -> SubjectState {
    let details = StateDetails {
        until: until.map(|until| until.0),
        ..StateDetails::default()
    };
    SubjectState {
        decision_id,
        details,
    }
}

fn current_state(found: &LoadedSubject) -> Result<SubjectState> {
    let thread = found.thread()?;
    Ok(pinned(thread.pinned_by, thread.pinned_until))
}

async fn write_state(
    tx: &Tx,
    decision: &decision::Model,
    found: &LoadedSubject,
    wanted: &SubjectState,
) -> Result<Vec<Event>> {
    let mut change = found.thread()?.clone().into_active_model();
    change.pinned_by = Set(wanted.decision_id);
    change.pinned_until = Set(wanted.details.until.map(Moment));
    let thread = change.update(tx.rows()).await?.id;
    let decision = decision.id;
    Ok(vec![Event::ThreadDecided { thread, decision }])
}
