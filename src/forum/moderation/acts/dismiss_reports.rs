//! Dismissing reports: what was reported stays unchanged, and its case is closed.

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

/// Closes the case about posts or threads that were reported, without changing them.
#[derive(Debug)]
pub struct DismissReports;

#[async_trait]
impl Action for DismissReports {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::DismissReports,
            on: On::PostsOrThreads,
            reasons: Reason::ALL,
            inverse: Some(Act::ReopenReports),
            was: "reported",
            becomes: "kept",
        }
    }

    fn refuse(&self, _: Moment, on: &Concerned<'_>) -> May {
        policy::not_gone(on)?;
        policy::unless_already(!on.waiting.is_reported)
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

    fn is_seen(&self) -> bool {
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
            on: On::PostsOrThreads,
            reasons: &Reason::OF_UNDOING,
            inverse: Some(Act::DismissReports),
            was: "kept",
            becomes: "reported",
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
