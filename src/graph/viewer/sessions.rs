//! The caller's sessions.

use async_graphql::Context;
use async_graphql::Description;
use async_graphql::ID;
use async_graphql::Object;

use crate::base::id;
use crate::base::id::Kind;
use crate::forum::accounts::session;
use crate::graph::connection::connection;
use crate::graph::context::read_view;
use crate::graph::scalar::DateTime;

connection!("sessions", Session, SessionEdge, SessionConnection);

/// A sign-in of a person on one device. Visible only to its owner.
#[derive(Description)]
pub struct Session(pub session::Model);

#[Object(use_type_description)]
impl Session {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Session, self.0.id))
    }

    /// When it was opened.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it expires.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }

    /// The name that the client program gave itself when signing in, at most 200 characters.
    async fn user_agent(&self) -> Option<&str> {
        self.0.user_agent.as_deref()
    }

    /// Whether it is the session of this request.
    async fn current(&self, ctx: &Context<'_>) -> bool {
        let own = read_view(ctx)
            .actor
            .member()
            .and_then(|member| member.session_id);
        own == Some(self.0.id)
    }
}
