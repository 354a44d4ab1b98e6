//! HTTP that is not a page: who calls, how much is taken, GraphQL over HTTP and WebSocket, health.

pub mod admission;
pub mod answer;
pub mod cors;
pub mod credential;
pub mod document;
pub mod events;
pub mod figures;
pub mod graphql;
pub mod health;
pub mod holder;
pub mod identity;
pub mod ledger;
pub mod message;
pub mod negotiate;
pub mod notices;
pub mod operation;
pub mod outages;
pub mod protection;
pub mod running;
pub mod schema;
pub mod shared;
pub mod sharing;
pub mod socket;
pub mod tag;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::base::config::Config;
use crate::base::metrics::Metrics;
use crate::consumers::monitor::Monitor;
use crate::edge::admission::Admission;
use crate::edge::outages::Outages;
use crate::edge::shared::Shared;
use crate::graph::Graph;

/// What the edge needs to answer.
#[derive(Clone)]
pub struct Edge {
    pub graph: Graph,
    pub config: Arc<Config>,
    pub base_url: Arc<str>,
    /// Ends the sockets.
    pub stop: CancellationToken,
    /// Counts the sockets, so that the server can wait for them.
    pub sockets: TaskTracker,
    /// Where requests and operations are worked on.
    pub work: Handle,
    /// Where sockets are written: ten thousand of them must not stand before the next statement of a reply.
    pub delivery: Handle,
    pub admission: Admission,
    pub shared: Shared,
    pub metrics: Arc<Metrics>,
    pub consumers: Monitor,
    pub outages: Outages,
}

/// The routes of the API and of health.
pub fn router(edge: Edge) -> Router {
    Router::new()
        .route(
            "/graphql",
            get(graphql::get)
                .post(graphql::post)
                .fallback(graphql::other_method),
        )
        .route("/schema.graphql", get(schema::file))
        .route("/ledger.jsonl", get(ledger::file))
        .route("/healthz", get(health::process))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(figures::beside_the_forum))
        .route("/robots.txt", get(notices::robots))
        .route("/.well-known/security.txt", get(notices::security))
        .with_state(edge)
}
