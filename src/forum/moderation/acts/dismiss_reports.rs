//! Dismissing reports: what was reported stays unchanged, and its case is closed.

use async_trait::async_trait;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::base::event::Event;
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
use crate::forum::moderation::subject_state::SubjectState;
use crate::store::tx::Tx;

/// Closes the case about posts or threads that were reported, without changing them.
#[derive(Debug)]
pub struct DismissReports;

#[async_trait]
impl Action for DismissReports {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::DismissReports,
            subjects: SubjectKind::PostsOrThreads,
            reasons: Reason::ALL,
            inverse: Some(Act::ReopenReports),
            was: "reported",
            becomes: "kept",
        }
    }

    fn refuse(&self, _: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::not_gone(on)?;
        policy::refuse_if_already(!on.waiting.is_reported)
    }

    async fn current_state(
        &self,
        _: &DatabaseTransaction,
        _: &LoadedSubject,
    ) -> Result<SubjectState> {
        Ok(SubjectState::default())
    }

    async fn next_state(
        &self,
        _: &Tx,
        _: Uuid,
        _: &LoadedSubject,
        before: &SubjectState,
    ) -> Result<SubjectState> {
        Ok(before.clone())
    }

    async fn write_state(
        &self,
        _: &Tx,
        _: &decision::Model,
        _: &LoadedSubject,
        _: &SubjectState,
    ) -> Result<Vec<Event>> {
        Ok(Vec::new())
    }

    fn changes_what_is_shown(&self) -> bool {
        false
    }
}

/// Reopens a dismissed case.
#[derive(Debug)]
pub struct ReopenReports;

#[async_trait]
impl Action for ReopenReports {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::ReopenReports,
            subjects: SubjectKind::PostsOrThreads,
            reasons: &Reason::OF_UNDOING,
            inverse: Some(Act::DismissReports),
            was: "kept",
            becomes: "reported",
        }
    }

    fn refuse(&self, _: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::not_gone(on)?;
        policy::unmerged(on)
    }

    async fn current_state(
        &self,
        _: &DatabaseTransaction,
        _: &LoadedSubject,
    ) -> Result<SubjectState> {
        Ok(SubjectState::default())
    }

    async fn next_state(
        &self,
        _: &Tx,
        _: Uuid,
        _: &LoadedSubject,
        before: &SubjectState,
    ) -> Result<SubjectState> {
        Ok(before.clone())
    }

    async fn write_state(
        &self,
        _: &Tx,
        _: &decision::Model,
        _: &LoadedSubject,
        _: &SubjectState,
    ) -> Result<Vec<Event>> {
        Ok(Vec::new())
    }

    fn is_response_only(&self) -> bool {
        true
    }

    fn changes_what_is_shown(&self) -> bool {
        false
    }
}
