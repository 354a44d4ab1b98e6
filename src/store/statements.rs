//! Counts the statements that are run on the database.

#[cfg(debug_assertions)]
use std::collections::BTreeSet;
#[cfg(debug_assertions)]
use std::sync::Mutex;
#[cfg(debug_assertions)]
use std::sync::PoisonError;
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
    #[cfg(debug_assertions)]
    seen: Mutex<Option<BTreeSet<String>>>,
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

    /// Records the text of each statement from now on. Tests look at their plans; a release does not contain it.
    #[cfg(debug_assertions)]
    pub fn watch(&self) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        *seen = Some(BTreeSet::new());
    }

    /// The texts that were recorded.
    #[cfg(debug_assertions)]
    pub fn seen(&self) -> BTreeSet<String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.clone().unwrap_or_default()
    }

    /// Counts one more statement.
    pub fn add(&self, sql: &str, took: Duration) {
        #[cfg(debug_assertions)]
        {
            cut::after(sql);
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(seen) = seen.as_mut() {
                seen.insert(sql.to_string());
            }
        }
        #[cfg(not(debug_assertions))]
        let _ = sql;
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.count.fetch_add(1, Ordering::Relaxed);
        self.microseconds.fetch_add(micros, Ordering::Relaxed);
    }
}
