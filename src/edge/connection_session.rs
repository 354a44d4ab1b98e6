//! The caller of an open socket or event stream, whose rights can change while it is open.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::base::actor::Actor;
use crate::base::caller::Caller;
use crate::base::error::Result;
use crate::consumers::live::AccessWatcher;
use crate::edge::admission::ConnectionPermit;
use crate::edge::state::Edge;
use crate::forum::accounts::session;

/// The caller of an open connection.
pub struct ConnectionSession {
    pub caller: Caller,
    /// Notified when there is something to check or to send.
    pub waker: Arc<Notify>,
    permit: ConnectionPermit,
    guard: Option<Arc<AccessWatcher>>,
}

/// The result of checking the caller's rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The caller can see the same as before.
    Unchanged,
    /// The caller now belongs to a different audience.
    AudienceChanged,
    /// The session has ended.
    SessionEnded,
    /// The person has too many connections open.
    TooMany,
}

impl ConnectionSession {
    /// Creates the session of a new connection. The rights of its caller are not watched yet.
    pub fn new(caller: Caller, permit: ConnectionPermit, waker: Arc<Notify>) -> ConnectionSession {
        ConnectionSession {
            caller,
            waker,
            permit,
            guard: None,
        }
    }

    /// Signs the connection in with a token. A token that does not identify anyone counts as a session that has ended.
    pub async fn authenticate(&mut self, edge: &Edge, token: &str) -> Result<Access> {
        let actor = session::actor_of_token(&edge.graph.forum().store, token).await?;
        if actor.member().is_none() {
            return Ok(Access::SessionEnded);
        }
        self.caller.actor = actor;
        Ok(Access::Unchanged)
    }

    /// Watches the caller's rights from now on, and checks them once.
    pub async fn watch_rights(&mut self, edge: &Edge) -> Result<Access> {
        let person = self.caller.actor.person_id();
        if !self.permit.count_for(person, &edge.config.limits) {
            return Ok(Access::TooMany);
        }
        let Some(person) = person else {
            return Ok(Access::Unchanged);
        };
        let guard = edge
            .graph
            .live()
            .watch_access(person, Arc::clone(&self.waker));
        self.guard = Some(guard);
        self.recheck_rights(edge).await
    }

    /// Whether the caller's rights may have changed since they were last checked.
    pub fn has_changed_rights(&self) -> bool {
        self.guard
            .as_ref()
            .is_some_and(|guard| guard.take_access_changed())
    }

    /// Whether the session has expired.
    pub fn has_expired(&self, edge: &Edge) -> bool {
        let clock = edge.graph.forum().store.clock();
        self.guard.is_some() && self.caller.actor.has_expired(clock.now())
    }

    /// Reads the caller's current rights.
    pub async fn recheck_rights(&mut self, edge: &Edge) -> Result<Access> {
        let snapshot = edge.graph.forum().store.snapshot();
        let before = self.caller.actor.audience();
        let rows = snapshot.rows().await?;
        let actor = session::refresh(rows, &self.caller.actor, snapshot.now()).await?;
        if actor == Actor::Visitor && self.caller.actor != Actor::Visitor {
            return Ok(Access::SessionEnded);
        }
        self.caller.actor = actor;
        if self.caller.actor.audience() == before {
            Ok(Access::Unchanged)
        } else {
            Ok(Access::AudienceChanged)
        }
    }
}
