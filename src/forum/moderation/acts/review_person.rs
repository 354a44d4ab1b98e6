//! Reviewing people: what they write needs approval.

use async_trait::async_trait;
use sea_orm::ActiveModelTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::IntoActiveModel;
use sea_orm::Set;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id::PersonId;
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

/// Makes what people write wait for approval.
#[derive(Debug)]
pub struct ReviewPerson;

#[async_trait]
impl Action for ReviewPerson {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::ReviewPerson,
            subjects: SubjectKind::People,
            reasons: &Reason::OF_TEXTS,
            inverse: Some(Act::TrustPerson),
            was: "free",
            becomes: "reviewed",
        }
    }

    fn refuse(&self, _: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::refuse_if_already(on.is_person(|person| person.reviewed_by.is_some()))
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
        before: &SubjectState,
    ) -> Result<SubjectState> {
        Ok(before.with_decision(Some(decision)))
    }

    async fn write_state(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &LoadedSubject,
        wanted: &SubjectState,
    ) -> Result<Vec<Event>> {
        let person = write_state(tx, found, wanted).await?;
        let decision = decision.id;
        Ok(vec![Event::PersonDecided { person, decision }])
    }
}

/// Ends the review of people: what they write is shown at once again.
#[derive(Debug)]
pub struct TrustPerson;

#[async_trait]
impl Action for TrustPerson {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::TrustPerson,
            subjects: SubjectKind::People,
            reasons: &Reason::OF_UNDOING,
            inverse: Some(Act::ReviewPerson),
            was: "reviewed",
            becomes: "free",
        }
    }

    fn refuse(&self, _: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::refuse_if_already(on.is_person(|person| person.reviewed_by.is_none()))
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
        before: &SubjectState,
    ) -> Result<SubjectState> {
        Ok(before.with_decision(None))
    }

    async fn write_state(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &LoadedSubject,
        wanted: &SubjectState,
    ) -> Result<Vec<Event>> {
        let person = write_state(tx, found, wanted).await?;
        let decision = decision.id;
        Ok(vec![Event::PersonDecided { person, decision }])
    }
}

fn current_state(found: &LoadedSubject) -> Result<SubjectState> {
    Ok(SubjectState::set_by(found.person()?.reviewed_by))
}

async fn write_state(tx: &Tx, found: &LoadedSubject, wanted: &SubjectState) -> Result<PersonId> {
    let mut change = found.person()?.clone().into_active_model();
    change.reviewed_by = Set(wanted.decision_id);
    Ok(change.update(tx.rows()).await?.id)
}
