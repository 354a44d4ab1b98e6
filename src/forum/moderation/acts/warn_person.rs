//! Warning people: a warning restricts nothing, but is recorded.

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
use crate::forum::moderation::policy::PolicyResult;
use crate::forum::moderation::policy::SubjectContext;
use crate::forum::moderation::subject_state::SubjectState;
use crate::store::tx::Tx;

/// Warns people.
#[derive(Debug)]
pub struct WarnPerson;

#[async_trait]
impl Action for WarnPerson {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::WarnPerson,
            subjects: SubjectKind::People,
            reasons: &Reason::OF_TEXTS,
            inverse: Some(Act::WithdrawWarning),
            was: "not warned",
            becomes: "warned",
        }
    }

    fn refuse(&self, _: Moment, _: &SubjectContext<'_>) -> PolicyResult {
        Ok(())
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
        decision: &decision::Model,
        found: &LoadedSubject,
        _: &SubjectState,
    ) -> Result<Vec<Event>> {
        let person = found.person()?.id;
        let decision = decision.id;
        Ok(vec![Event::PersonDecided { person, decision }])
    }
}

/// Withdraws a warning.
#[derive(Debug)]
pub struct WithdrawWarning;

#[async_trait]
impl Action for WithdrawWarning {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::WithdrawWarning,
            subjects: SubjectKind::People,
            reasons: &Reason::OF_UNDOING,
            inverse: Some(Act::WarnPerson),
            was: "warned",
            becomes: "not warned",
        }
    }

    fn refuse(&self, _: Moment, _: &SubjectContext<'_>) -> PolicyResult {
        Ok(())
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
        decision: &decision::Model,
        found: &LoadedSubject,
        _: &SubjectState,
    ) -> Result<Vec<Event>> {
        let person = found.person()?.id;
        let decision = decision.id;
        Ok(vec![Event::PersonDecided { person, decision }])
    }

    fn is_response_only(&self) -> bool {
        true
    }
}
