//! Counts the statements that are run on the database.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

#[cfg(debug_assertions)]
use crate::store::cut;

/// Counts the statements run on the database.
#[derive(Debug, Default)]
pub(crate) struct Statements {
    count: AtomicU64,
    microseconds: AtomicU64,
}

impl Statements {
    /// The number of statements.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// Their total time.
    pub fn microseconds(&self) -> u64 {
        self.microseconds.load(Ordering::Relaxed)
    }

    /// Counts one more statement.
    pub fn add(&self, sql: &str, took: Duration) {
        #[cfg(debug_assertions)]
        cut::after(sql);
        #[cfg(not(debug_assertions))]
        let _ = sql;
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.count.fetch_add(1, Ordering::Relaxed);
        self.microseconds.fetch_add(micros, Ordering::Relaxed);
    }
}
