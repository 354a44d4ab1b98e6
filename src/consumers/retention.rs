//! Keeps the log short.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::store::Store;
use crate::store::log;

/// How often the log is pruned.
const BETWEEN_PRUNINGS: Duration = Duration::from_secs(60);

/// How much of the log is kept.
#[derive(Clone, Debug)]
pub struct Retention {
    /// Events, at most.
    pub events: u64,
    /// How old an event may be.
    pub age: Duration,
}

/// Removes now and then what the log no longer keeps, until `stop`.
pub fn run(store: Store, retention: Retention, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        while !stop.is_cancelled() {
            let since = store.clock().now().minus(retention.age);
            if let Err(error) = log::prune(&store, retention.events, since).await {
                tracing::warn!(%error, "the log could not be pruned; trying again later");
            }
            tokio::select! {
                () = tokio::time::sleep(BETWEEN_PRUNINGS) => {}
                () = stop.cancelled() => {}
            }
        }
    })
}
