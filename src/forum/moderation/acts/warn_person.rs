//! Warning people: a warning restricts nothing, but is recorded.

use async_trait::async_trait;
use sea_orm::DatabaseTransaction;
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
use crate::forum::moderation::policy::Concerned;
use crate::forum::moderation::policy::May;
use crate::forum::moderation::standing::Standing;
use crate::store::tx::Tx;

/// Warns people.
#[derive(Debug)]
pub struct WarnPerson;

#[async_trait]
impl Action for WarnPerson {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::WarnPerson,
            on: On::People,
            reasons: &Reason::OF_TEXTS,
            inverse: Some(Act::WithdrawWarning),
            was: "not warned",
            becomes: "warned",
        }
    }

    fn refuse(&self, _: Moment, _: &Concerned<'_>) -> May {
        Ok(())
    }

    async fn before(&self, _: &DatabaseTransaction, _: &Found) -> Result<Standing> {
        Ok(Standing::default())
    }

    async fn after(&self, _: &Tx, _: Uuid, _: &Found, before: &Standing) -> Result<Standing> {
        Ok(before.clone())
    }

    async fn put(
        &self,
        _: &Tx,
        decision: &decision::Model,
        found: &Found,
        _: &Standing,
    ) -> Result<Vec<Event>> {
        let person = found.id();
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
            on: On::People,
            reasons: &Reason::OF_UNDOING,
            inverse: Some(Act::WarnPerson),
            was: "warned",
            becomes: "not warned",
        }
    }

    fn refuse(&self, _: Moment, _: &Concerned<'_>) -> May {
        Ok(())
    }

    async fn before(&self, _: &DatabaseTransaction, _: &Found) -> Result<Standing> {
        Ok(Standing::default())
    }

    async fn after(&self, _: &Tx, _: Uuid, _: &Found, before: &Standing) -> Result<Standing> {
        Ok(before.clone())
    }

    async fn put(
        &self,
        _: &Tx,
        decision: &decision::Model,
        found: &Found,
        _: &Standing,
    ) -> Result<Vec<Event>> {
        let person = found.id();
        let decision = decision.id;
        Ok(vec![Event::PersonDecided { person, decision }])
    }

    fn only_answers(&self) -> bool {
        true
    }
}
