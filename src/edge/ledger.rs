//! The ledger as a file: one line for each decision, for anyone who wants to check it.

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use futures_util::stream;

use crate::base::error::Error;
use crate::edge::state::Edge;
use crate::forum::moderation::ledger;

/// JSON Lines.
const CONTENT_TYPE: &str = "application/jsonl; charset=utf-8";

/// Sends all entries in order, one part at a time, so that a slow reader does not hold a database connection. Entries never
/// change once written, so the parts are consistent.
pub async fn file(State(edge): State<Edge>) -> Response {
    let store = edge.graph.forum().store.clone();
    let parts = stream::try_unfold((store, 0), async |(store, position)| {
        let snapshot = store.snapshot();
        let part = ledger::lines_after(snapshot.rows().await?, position).await?;
        drop(snapshot);
        Ok::<_, Error>(part.map(|(lines, last)| (lines, (store, last))))
    });
    let headers = [
        (header::CONTENT_TYPE, CONTENT_TYPE),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, Body::from_stream(parts)).into_response()
}
