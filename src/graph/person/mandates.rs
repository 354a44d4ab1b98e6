//! Mandates in the API.

use async_graphql::Context;
use async_graphql::Description;
use async_graphql::ID;
use async_graphql::Object;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::forum::accounts::mandate;
use crate::graph::connection::connection;
use crate::graph::context::read_view;
use crate::graph::delegation;
use crate::graph::delegation::Delegation;
use crate::graph::scalar::Capacity;
use crate::graph::scalar::DateTime;

connection!("mandates", Mandate, MandateEdge, MandateConnection);

/// A person's mandate to speak for a delegation, in a capacity, for a period.
#[derive(Description)]
pub struct Mandate(pub mandate::Model);

#[Object(use_type_description)]
impl Mandate {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Mandate, self.0.id))
    }

    /// The delegation that the person speaks for.
    async fn delegation(&self, ctx: &Context<'_>) -> Result<Delegation> {
        delegation::load(&read_view(ctx), &self.0.delegation_id)
            .await?
            .ok_or(Error::NotFound)
    }

    /// The most binding capacity in which its holder may speak.
    async fn capacity(&self) -> Capacity {
        self.0.capacity.into()
    }

    /// The holder's title or function, as shown with posts.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// When it starts.
    async fn from(&self) -> DateTime {
        DateTime(self.0.from_at)
    }

    /// When it ends, which is the first time at which it is no longer valid; null while no end is set. After it ends,
    /// its holder can read but not write.
    async fn until(&self) -> Option<DateTime> {
        self.0.until_at.map(DateTime)
    }

    /// Whether it is valid now.
    async fn current(&self, ctx: &Context<'_>) -> bool {
        self.0.is_current(read_view(ctx).now())
    }
}
