//! Upholding a decision that was appealed: its subjects stay unchanged.

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
use crate::forum::moderation::policy;
use crate::forum::moderation::policy::Concerned;
use crate::forum::moderation::policy::May;
use crate::forum::moderation::standing::Standing;
use crate::store::tx::Tx;

/// Leaves a decision that was appealed unchanged.
#[derive(Debug)]
pub struct UpholdDecision;

#[async_trait]
impl Action for UpholdDecision {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::UpholdDecision,
            on: On::PostsOrThreads,
            reasons: Reason::ALL,
            inverse: None,
            was: "appealed",
            becomes: "upheld",
        }
    }

    fn refuse(&self, _: Moment, on: &Concerned<'_>) -> May {
        policy::not_gone(on)?;
        policy::unmerged(on)
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
        _: &decision::Model,
        _: &Found,
        _: &Standing,
    ) -> Result<Vec<Event>> {
        Ok(Vec::new())
    }

    fn only_answers(&self) -> bool {
        true
    }

    fn is_seen(&self) -> bool {
        false
    }
}
