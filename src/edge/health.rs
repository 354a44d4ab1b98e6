//! Whether the process lives, and whether it can serve.

use axum::extract::State;
use axum::http::StatusCode;

use crate::edge::Edge;

/// The process answers.
pub async fn process() -> &'static str {
    "ok\n"
}

/// The database can be read, and the live events keep up with the log.
pub async fn ready(State(edge): State<Edge>) -> (StatusCode, &'static str) {
    let head = edge.graph.forum().store.snapshot().head().await;
    match head {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
        }
    }
}
