//! Muting and suspending people until a given time, and reinstating them.

use async_trait::async_trait;
use sea_orm::ActiveModelTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::IntoActiveModel;
use sea_orm::Set;
use uuid::Uuid;

use crate::base::actor::Restriction;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
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

/// Prevents people from writing.
#[derive(Debug)]
pub struct MutePerson {
    /// Until when; required.
    pub until: Option<Moment>,
}

#[async_trait]
impl Action for MutePerson {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::MutePerson,
            subjects: SubjectKind::People,
            reasons: &Reason::OF_TEXTS,
            inverse: Some(Act::ReinstatePerson),
            was: "free",
            becomes: "muted",
        }
    }

    fn refuse(&self, now: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::refuse_if_already(on.is_person(|person| person.restricted(now).is_some()))
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
        Ok(restricted(
            Some(decision),
            Some(Restriction::Muted),
            self.until,
        ))
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
        check(self.until, tx)
    }

    fn stored_input(&self) -> StoredInput {
        StoredInput {
            until: self.until,
            ..StoredInput::default()
        }
    }
}

/// Prevents people from writing, and from seeing what is for members.
#[derive(Debug)]
pub struct SuspendPerson {
    /// Until when; required.
    pub until: Option<Moment>,
}

#[async_trait]
impl Action for SuspendPerson {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::SuspendPerson,
            subjects: SubjectKind::People,
            reasons: &Reason::OF_TEXTS,
            inverse: Some(Act::ReinstatePerson),
            was: "free",
            becomes: "suspended",
        }
    }

    fn refuse(&self, now: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::refuse_if_already(on.is_person(|person| person.restricted(now).is_some()))
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
        Ok(restricted(
            Some(decision),
            Some(Restriction::Suspended),
            self.until,
        ))
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

    fn needs_second_person(&self, _: &SubjectContext<'_>) -> bool {
        true
    }

    async fn check(&mut self, _: &Forum, tx: &Tx) -> Result<()> {
        check(self.until, tx)
    }

    fn stored_input(&self) -> StoredInput {
        StoredInput {
            until: self.until,
            ..StoredInput::default()
        }
    }

    fn restore_input(&mut self, stored: StoredInput) {
        self.until = stored.until;
    }
}

/// Lifts a mute or suspension.
#[derive(Debug)]
pub struct ReinstatePerson;

#[async_trait]
impl Action for ReinstatePerson {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::ReinstatePerson,
            subjects: SubjectKind::People,
            reasons: &Reason::OF_UNDOING,
            inverse: Some(Act::MutePerson),
            was: "restricted",
            becomes: "free",
        }
    }

    fn refuse(&self, now: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::refuse_if_already(!on.is_person(|person| person.restricted(now).is_some()))
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

    fn inverse(&self, before: &StateDetails) -> Option<Act> {
        let restriction = before.restriction.as_deref();
        match restriction.and_then(Restriction::parse) {
            Some(Restriction::Suspended) => Some(Act::SuspendPerson),
            Some(Restriction::Muted) | None => Some(Act::MutePerson),
        }
    }
}

fn check(until: Option<Moment>, tx: &Tx) -> Result<()> {
    let missing = || Error::invalid("until", Fault::Empty);
    limit::end("until", until.ok_or_else(missing)?, tx.now()).map(drop)
}

fn restricted(
    decision_id: Option<Uuid>,
    restriction: Option<Restriction>,
    until: Option<Moment>,
) -> SubjectState {
    let details = StateDetails {
        until: until.map(|until| until.0),
        restriction: restriction.map(|each| each.as_str().to_string()),
        ..StateDetails::default()
    };
    SubjectState {
        decision_id,
        details,
    }
}

fn current_state(found: &LoadedSubject) -> Result<SubjectState> {
    let person = found.person()?;
    let until = person.restricted_until;
    Ok(restricted(person.restricted_by, person.restriction, until))
}

async fn write_state(
    tx: &Tx,
    decision: &decision::Model,
    found: &LoadedSubject,
    wanted: &SubjectState,
) -> Result<Vec<Event>> {
    let restriction = wanted.details.restriction.as_deref();
    let mut change = found.person()?.clone().into_active_model();
    change.restricted_by = Set(wanted.decision_id);
    change.restriction = Set(restriction.and_then(Restriction::parse));
    change.restricted_until = Set(wanted.details.until.map(Moment));
    let person = change.update(tx.rows()).await?.id;
    let decision = decision.id;
    Ok(vec![Event::PersonDecided { person, decision }])
}
