//! The state of the consumers, for operators.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::base::error::Result;
use crate::store::Store;
use crate::store::cursor;
use crate::store::log;

/// A consumer with an unhandled event older than this is degraded.
const MAX_EVENT_AGE: Duration = Duration::from_secs(60);

/// The consumers of this process, with their state in this process and in the database.
#[derive(Clone, Debug)]
pub struct Monitor {
    store: Store,
    consumers: Arc<[ConsumerState]>,
}

#[derive(Debug)]
struct ConsumerState {
    name: &'static str,
    /// Whether its last run in this process failed.
    failing: AtomicBool,
}

/// The state of a consumer.
#[derive(Clone, Debug)]
pub struct Status {
    pub name: &'static str,
    /// The number of events that it has not handled yet.
    pub lag: i64,
    /// Whether it fails in this process, or lags by more than a minute in any process.
    pub degraded: bool,
}

impl Monitor {
    pub(crate) fn new(store: Store, names: &[&'static str]) -> Monitor {
        let consumers = names.iter().map(|name| ConsumerState {
            name,
            failing: AtomicBool::new(false),
        });
        Monitor {
            store,
            consumers: consumers.collect(),
        }
    }

    pub(crate) fn record(&self, name: &str, failing: bool) {
        if let Some(consumer) = self.consumers.iter().find(|consumer| consumer.name == name) {
            consumer.failing.store(failing, Ordering::Relaxed);
        }
    }

    /// The state of all consumers, read in one snapshot of the database.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn statuses(&self) -> Result<Vec<Status>> {
        if self.consumers.is_empty() {
            return Ok(Vec::new());
        }
        let names: Vec<&str> = self
            .consumers
            .iter()
            .map(|consumer| consumer.name)
            .collect();
        let snapshot = self.store.snapshot();
        let (head, rows) = (snapshot.head().await?, snapshot.rows().await?);
        let cursors = cursor::of(rows, &names).await?;
        let late_before = self.store.clock().now().minus(MAX_EVENT_AGE);
        let mut statuses = Vec::new();
        for consumer in self.consumers.iter() {
            let cursor = cursors.iter().find(|cursor| cursor.name == consumer.name);
            let position = cursor.and_then(|cursor| cursor.position);
            let next = match position {
                Some(position) if position < head => {
                    log::read_after(rows, position, 1).await?.pop()
                }
                Some(_) | None => None,
            };
            let is_late = next.is_some_and(|next| next.at < late_before);
            statuses.push(Status {
                name: consumer.name,
                lag: (head - position.unwrap_or(0)).max(0),
                degraded: is_late || consumer.failing.load(Ordering::Relaxed),
            });
        }
        Ok(statuses)
    }
}
