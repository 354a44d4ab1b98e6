//! HTTP except pages: caller identification, limits, GraphQL over HTTP and WebSocket, health, metrics.

pub mod admission;
pub mod answer;
pub mod answer_cache;
pub mod carrier;
pub mod connection;
pub mod connection_session;
pub mod cors;
pub mod cost;
pub mod credential;
pub mod document;
pub mod events;
pub mod graphql;
pub mod group;
pub mod health;
pub mod history;
pub mod identity;
pub mod key;
pub mod ledger;
pub mod message;
pub mod metrics;
pub mod negotiate;
pub mod operation;
pub mod operations;
pub mod origin;
pub mod outages;
pub mod panics;
pub mod peer;
pub mod protection;
pub mod request;
pub mod running;
pub mod schema;
pub mod shared;
pub mod sharing;
pub mod socket;
pub mod state;
pub mod tag;
pub mod well_known;

use axum::Router;
use axum::routing::get;

use crate::edge::state::Edge;

/// The routes of the API, health and metrics.
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
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::on_forum_address))
        .route("/robots.txt", get(well_known::robots))
        .route("/.well-known/security.txt", get(well_known::security))
        .with_state(edge)
}
