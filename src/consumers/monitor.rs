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
const LATE: Duration = Duration::from_secs(60);

/// The consumers of this process, with their state in this process and in the database.
#[derive(Clone, Debug)]
pub struct Monitor {
    store: Store,
    each: Arc<[Each]>,
}

#[derive(Debug)]
struct Each {
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
        let each = names.iter().map(|name| Each {
            name,
            failing: AtomicBool::new(false),
        });
        Monitor {
            store,
            each: each.collect(),
        }
    }

    pub(crate) fn note(&self, name: &str, failing: bool) {
        if let Some(each) = self.each.iter().find(|each| each.name == name) {
            each.failing.store(failing, Ordering::Relaxed);
        }
    }

    /// The state of all consumers, read in one snapshot of the database.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn look(&self) -> Result<Vec<Status>> {
        if self.each.is_empty() {
            return Ok(Vec::new());
        }
        let names: Vec<&str> = self.each.iter().map(|each| each.name).collect();
        let snapshot = self.store.snapshot();
        let (head, rows) = (snapshot.head().await?, snapshot.rows().await?);
        let cursors = cursor::of(rows, &names).await?;
        let late = self.store.clock().now().minus(LATE);
        let mut statuses = Vec::new();
        for each in self.each.iter() {
            let cursor = cursors.iter().find(|cursor| cursor.name == each.name);
            let position = cursor.and_then(|cursor| cursor.position);
            let next = match position {
                Some(position) if position < head => {
                    log::read_after(rows, position, 1).await?.pop()
                }
                Some(_) | None => None,
            };
            let is_late = next.is_some_and(|next| next.at < late);
            statuses.push(Status {
                name: each.name,
                lag: (head - position.unwrap_or(0)).max(0),
                degraded: is_late || each.failing.load(Ordering::Relaxed),
            });
        }
        Ok(statuses)
    }
}
