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
            on: On::People,
            reasons: &Reason::OF_TEXTS,
            inverse: Some(Act::ReinstatePerson),
            was: "free",
            becomes: "muted",
        }
    }

    fn refuse(&self, now: Moment, on: &Concerned<'_>) -> May {
        policy::unless_already(on.is_person(|person| person.restricted(now).is_some()))
    }

    async fn before(&self, _: &DatabaseTransaction, found: &Found) -> Result<Standing> {
        before(found)
    }

    async fn after(&self, _: &Tx, decision: Uuid, _: &Found, _: &Standing) -> Result<Standing> {
        Ok(restricted(
            Some(decision),
            Some(Restriction::Muted),
            self.until,
        ))
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
        check(self.until, tx)
    }

    fn kept(&self) -> Kept {
        Kept {
            until: self.until,
            ..Kept::default()
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
            on: On::People,
            reasons: &Reason::OF_TEXTS,
            inverse: Some(Act::ReinstatePerson),
            was: "free",
            becomes: "suspended",
        }
    }

    fn refuse(&self, now: Moment, on: &Concerned<'_>) -> May {
        policy::unless_already(on.is_person(|person| person.restricted(now).is_some()))
    }

    async fn before(&self, _: &DatabaseTransaction, found: &Found) -> Result<Standing> {
        before(found)
    }

    async fn after(&self, _: &Tx, decision: Uuid, _: &Found, _: &Standing) -> Result<Standing> {
        Ok(restricted(
            Some(decision),
            Some(Restriction::Suspended),
            self.until,
        ))
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

    fn takes_two(&self, _: &Concerned<'_>) -> bool {
        true
    }

    async fn check(&mut self, _: &Forum, tx: &Tx) -> Result<()> {
        check(self.until, tx)
    }

    fn kept(&self) -> Kept {
        Kept {
            until: self.until,
            ..Kept::default()
        }
    }

    fn recall(&mut self, kept: Kept) {
        self.until = kept.until;
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
            on: On::People,
            reasons: &Reason::OF_UNDOING,
            inverse: Some(Act::MutePerson),
            was: "restricted",
            becomes: "free",
        }
    }

    fn refuse(&self, now: Moment, on: &Concerned<'_>) -> May {
        policy::unless_already(!on.is_person(|person| person.restricted(now).is_some()))
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

    fn inverse(&self, before: &Facts) -> Option<Act> {
        let restriction = before.restriction.as_deref();
        match restriction.and_then(Restriction::from_name) {
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
    by: Option<Uuid>,
    restriction: Option<Restriction>,
    until: Option<Moment>,
) -> Standing {
    let facts = Facts {
        until: until.map(|until| until.0),
        restriction: restriction.map(|each| each.name().to_string()),
        ..Facts::default()
    };
    Standing { by, facts }
}

fn before(found: &Found) -> Result<Standing> {
    let person = found.person()?;
    let until = person.restricted_until;
    Ok(restricted(person.restricted_by, person.restriction, until))
}

async fn put(
    tx: &Tx,
    decision: &decision::Model,
    found: &Found,
    wanted: &Standing,
) -> Result<Vec<Event>> {
    let restriction = wanted.facts.restriction.as_deref();
    let mut change = found.person()?.clone().into_active_model();
    change.restricted_by = Set(wanted.by);
    change.restriction = Set(restriction.and_then(Restriction::from_name));
    change.restricted_until = Set(wanted.facts.until.map(Moment));
    let person = change.update(tx.rows()).await?.id;
    let decision = decision.id;
    Ok(vec![Event::PersonDecided { person, decision }])
}
