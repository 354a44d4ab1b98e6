//! Notices in the API.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::forum::moderation::notice;
use crate::graph::connection::connection;
use crate::graph::context::read_view;
use crate::graph::moderation::decision::Decision;
use crate::graph::moderation::decision::load;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::NoticeAbout;

/// A notice to a person that a decision was taken on something of theirs, or on something that they reported. Only that
/// person sees it.
pub struct Notice(pub notice::Model);

connection!("notices", Notice, NoticeEdge, NoticeConnection);

/// A notice to a person that a decision was taken on something of theirs, or on something that they reported. Only that
/// person sees it.
#[Object]
impl Notice {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Notice, self.0.id))
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was read; null while it is unread.
    async fn read_at(&self) -> Option<DateTime> {
        self.0.read_at.map(DateTime)
    }

    /// Why the person receives it.
    async fn about(&self) -> NoticeAbout {
        self.0.about.into()
    }

    /// The decision; its `viewer { explanation }` gives the full explanation, even when that is withheld from the
    /// public.
    async fn decision(&self, ctx: &Context<'_>) -> Result<Decision> {
        load(&read_view(ctx), self.0.decision_id)
            .await?
            .ok_or_else(|| Error::internal("the decision of a notice is missing"))
    }
}
