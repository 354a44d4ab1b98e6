//! The caller of an open socket or event stream, whose rights can change while it is open.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::base::actor::Actor;
use crate::base::caller::Caller;
use crate::base::error::Result;
use crate::consumers::live::Guard;
use crate::edge::admission::Admitted;
use crate::edge::state::Edge;
use crate::forum::accounts::session;

/// The caller of an open connection.
pub struct Holder {
    pub caller: Caller,
    /// Notified when there is something to check or to send.
    pub bell: Arc<Notify>,
    admitted: Admitted,
    guard: Option<Arc<Guard>>,
}

/// The result of checking the caller's rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The caller can see the same as before.
    Same,
    /// The caller now belongs to a different audience.
    Moved,
    /// The session has ended.
    Gone,
    /// The person has too many connections open.
    TooMany,
}

impl Holder {
    /// Creates the session of a new connection. The rights of its caller are not watched yet.
    pub fn new(caller: Caller, admitted: Admitted, bell: Arc<Notify>) -> Holder {
        Holder {
            caller,
            bell,
            admitted,
            guard: None,
        }
    }

    /// Signs the connection in with a token. A token that does not identify anyone counts as a session that has ended.
    pub async fn become_bearer(&mut self, edge: &Edge, token: &str) -> Result<Standing> {
        let actor = session::actor_of_token(&edge.graph.forum().store, token).await?;
        if actor.member().is_none() {
            return Ok(Standing::Gone);
        }
        self.caller.actor = actor;
        Ok(Standing::Same)
    }

    /// Watches the caller's rights from now on, and checks them once.
    pub async fn watch(&mut self, edge: &Edge) -> Result<Standing> {
        let person = self.caller.actor.person_id();
        if !self.admitted.belongs_to(person, &edge.config.limits) {
            return Ok(Standing::TooMany);
        }
        let Some(person) = person else {
            return Ok(Standing::Same);
        };
        let guard = edge.graph.live().guard(person, Arc::clone(&self.bell));
        self.guard = Some(guard);
        self.look_again(edge).await
    }

    /// Whether the caller's rights may have changed since they were last checked.
    pub fn is_alarmed(&self) -> bool {
        self.guard.as_ref().is_some_and(|guard| guard.take_alarm())
    }

    /// Whether the session has expired.
    pub fn has_expired(&self, edge: &Edge) -> bool {
        let clock = edge.graph.forum().store.clock();
        self.guard.is_some() && self.caller.actor.has_expired(clock.now())
    }

    /// Reads the caller's current rights.
    pub async fn look_again(&mut self, edge: &Edge) -> Result<Standing> {
        let snapshot = edge.graph.forum().store.snapshot();
        let before = self.caller.actor.audience();
        let rows = snapshot.rows().await?;
        let actor = session::refresh(rows, &self.caller.actor, snapshot.now()).await?;
        if actor == Actor::Visitor && self.caller.actor != Actor::Visitor {
            return Ok(Standing::Gone);
        }
        self.caller.actor = actor;
        if self.caller.actor.audience() == before {
            Ok(Standing::Same)
        } else {
            Ok(Standing::Moved)
        }
    }
}
