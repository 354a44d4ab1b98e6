//! Prunes the log.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::base::error::Result;
use crate::store::Store;
use crate::store::cursor;
use crate::store::log;

/// How often the log is pruned.
const PRUNE_INTERVAL: Duration = Duration::from_secs(60);

/// How much of the log is kept.
#[derive(Clone, Debug)]
pub struct Retention {
    /// The maximum number of events.
    pub events: u64,
    /// The maximum age of an event.
    pub age: Duration,
    /// Consumers whose unhandled events are all kept, regardless of number and age: a missed event cannot always be made up
    /// for.
    pub consumers: Vec<&'static str>,
}

/// Prunes the log regularly until `stop`.
pub fn run(store: Store, retention: Retention, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        while !stop.is_cancelled() {
            if let Err(error) = prune(&store, &retention).await {
                tracing::warn!(%error, "the log could not be pruned; trying again later");
            }
            tokio::select! {
                () = tokio::time::sleep(PRUNE_INTERVAL) => {}
                () = stop.cancelled() => {}
            }
        }
    })
}

async fn prune(store: &Store, retention: &Retention) -> Result<()> {
    let snapshot = store.snapshot();
    let handled = cursor::slowest(snapshot.rows().await?, &retention.consumers).await?;
    drop(snapshot);
    let since = store.clock().now().minus(retention.age);
    log::prune(store, retention.events, since, handled).await?;
    Ok(())
}
