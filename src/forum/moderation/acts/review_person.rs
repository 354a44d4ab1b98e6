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
use crate::forum::moderation::acts::action::Action;
use crate::forum::moderation::acts::action::Definition;
use crate::forum::moderation::acts::action::On;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::found::Found;
use crate::forum::moderation::policy;
use crate::forum::moderation::policy::Concerned;
use crate::forum::moderation::policy::May;
use crate::forum::moderation::standing::Standing;
use crate::store::tx::Tx;

/// Makes what people write wait for approval.
#[derive(Debug)]
pub struct ReviewPerson;

#[async_trait]
impl Action for ReviewPerson {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::ReviewPerson,
            on: On::People,
            reasons: &Reason::OF_TEXTS,
            inverse: Some(Act::TrustPerson),
            was: "free",
            becomes: "reviewed",
        }
    }

    fn refuse(&self, _: Moment, on: &Concerned<'_>) -> May {
        policy::unless_already(on.is_person(|person| person.reviewed_by.is_some()))
    }

    async fn before(&self, _: &DatabaseTransaction, found: &Found) -> Result<Standing> {
        before(found)
    }

    async fn after(
        &self,
        _: &Tx,
        decision: Uuid,
        _: &Found,
        before: &Standing,
    ) -> Result<Standing> {
        Ok(before.held_by(Some(decision)))
    }

    async fn put(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &Found,
        wanted: &Standing,
    ) -> Result<Vec<Event>> {
        let person = put(tx, found, wanted).await?;
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
            on: On::People,
            reasons: &Reason::OF_UNDOING,
            inverse: Some(Act::ReviewPerson),
            was: "reviewed",
            becomes: "free",
        }
    }

    fn refuse(&self, _: Moment, on: &Concerned<'_>) -> May {
        policy::unless_already(on.is_person(|person| person.reviewed_by.is_none()))
    }

    async fn before(&self, _: &DatabaseTransaction, found: &Found) -> Result<Standing> {
        before(found)
    }

    async fn after(&self, _: &Tx, _: Uuid, _: &Found, before: &Standing) -> Result<Standing> {
        Ok(before.held_by(None))
    }

    async fn put(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &Found,
        wanted: &Standing,
    ) -> Result<Vec<Event>> {
        let person = put(tx, found, wanted).await?;
        let decision = decision.id;
        Ok(vec![Event::PersonDecided { person, decision }])
    }
}

fn before(found: &Found) -> Result<Standing> {
    Ok(Standing::by(found.person()?.reviewed_by))
}

async fn put(tx: &Tx, found: &Found, wanted: &Standing) -> Result<Uuid> {
    let mut change = found.person()?.clone().into_active_model();
    change.reviewed_by = Set(wanted.by);
    Ok(change.update(tx.rows()).await?.id)
}
