//! Whether the process is alive, whether it can serve, and its metrics.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;

use crate::base::error::Result;
use crate::base::error::Trouble;
use crate::consumers::monitor::Status;
use crate::edge::state::Edge;

/// The Prometheus text format.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Responds as long as the process is alive.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// How long the database may take to respond.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(3);

/// Ready means that the database can be read and written, and that this process keeps up with the log. A consumer that fails or
/// is behind is only named: people can still read and write.
pub async fn ready(State(edge): State<Edge>) -> (StatusCode, String) {
    match tokio::time::timeout(DATABASE_TIMEOUT, keeps_up(&edge)).await {
        Ok(Ok(true)) => {
            let degraded = degraded(&edge).await;
            return (StatusCode::OK, format!("ready\n{degraded}"));
        }
        Ok(Ok(false)) | Err(_) => tracing::warn!("not ready: behind the log, or no answer"),
        Ok(Err(error)) => tracing::warn!(%error, "not ready"),
    }
    (StatusCode::SERVICE_UNAVAILABLE, "not ready\n".to_string())
}

/// A line for each degraded consumer.
async fn degraded(edge: &Edge) -> String {
    let statuses = consumers(edge).await;
    let degraded = statuses.iter().filter(|status| status.degraded);
    degraded
        .map(|status| {
            let Status { name, lag, .. } = status;
            format!("degraded: {name}, {lag} events behind\n")
        })
        .collect()
}

/// Returns the status of the consumers. Empty if the database does not respond, which is reported elsewhere.
async fn consumers(edge: &Edge) -> Vec<Status> {
    let looked = tokio::time::timeout(DATABASE_TIMEOUT, edge.consumers.statuses()).await;
    looked
        .unwrap_or_else(|_| Ok(Vec::new()))
        .unwrap_or_default()
}

/// Whether changes can be written. Waits until this process has read the events that are now in the log.
async fn keeps_up(edge: &Edge) -> Result<bool> {
    edge.graph.forum().store.check_writable().await?;
    let written = edge.graph.forum().store.snapshot().head().await?;
    Ok(edge.graph.live().wait_for(written).await)
}

/// The metrics of this process, for Prometheus.
pub async fn metrics(State(edge): State<Edge>) -> Response {
    let store = &edge.graph.forum().store;
    let read = edge.graph.live().head();
    let metrics = &edge.metrics;
    metrics.log_position.set(read);
    if let Ok(Ok(written)) = tokio::time::timeout(DATABASE_TIMEOUT, store.snapshot().head()).await {
        let lag = metrics.log_lag.with_label_values(&["live"]);
        lag.set((written - read).max(0));
    }
    for status in consumers(&edge).await {
        let name = [status.name];
        metrics.log_lag.with_label_values(&name).set(status.lag);
        let degraded = metrics.consumer_degraded.with_label_values(&name);
        degraded.set(i64::from(status.degraded));
    }
    let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    for trouble in Trouble::ALL {
        let failed = metrics
            .failed_changes
            .with_label_values(&[trouble.as_str()]);
        failed.set(whole(store.failed_changes(trouble)));
    }
    metrics.writable.set(i64::from(!store.is_failing()));
    metrics.database_statements.set(whole(store.statements()));
    metrics
        .database_microseconds
        .set(whole(store.statement_microseconds()));
    let distinct = u64::try_from(edge.shared.distinct()).unwrap_or(u64::MAX);
    let present = u64::try_from(edge.graph.live().presence().thread_count()).unwrap_or(u64::MAX);
    metrics.present_threads.set(whole(present));
    metrics.distinct_subscriptions.set(whole(distinct));
    match metrics.text() {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
