//! Upholding a decision that was appealed: its subjects stay unchanged.

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

/// Leaves a decision that was appealed unchanged.
#[derive(Debug)]
pub struct UpholdDecision;

#[async_trait]
impl Action for UpholdDecision {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::UpholdDecision,
            subjects: SubjectKind::PostsOrThreads,
            reasons: Reason::ALL,
            inverse: None,
            was: "appealed",
            becomes: "upheld",
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
