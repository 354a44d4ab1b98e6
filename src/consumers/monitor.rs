//! How the consumers fare, for whoever operates the forum.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::base::error::Result;
use crate::store::Store;
use crate::store::cursor;
use crate::store::log;

/// A consumer that has still to handle an older event than this is degraded.
const LATE: Duration = Duration::from_secs(60);

/// The consumers of this process, as it and the database know them.
#[derive(Clone, Debug)]
pub struct Monitor {
    store: Store,
    each: Arc<[Each]>,
}

#[derive(Debug)]
struct Each {
    name: &'static str,
    /// Whether it failed in this process when it was run last.
    failing: AtomicBool,
}

/// How a consumer fares.
#[derive(Clone, Debug)]
pub struct Status {
    pub name: &'static str,
    /// Events of the log that it has still to handle.
    pub lag: i64,
    /// Whether it fails in this process, or has been behind for more than a minute, whichever process runs it.
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

    /// All consumers, in one state of the database.
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
