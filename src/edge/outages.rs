//! Limits how often a failure that affects everyone, such as an unreachable database, is logged: not once for each of ten
//! thousand sockets.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;
use std::time::Instant;

use crate::base::clock;
use crate::base::error::Error;
use crate::base::sync;

/// How long the same problem is not logged again.
const QUIET_PERIOD: Duration = Duration::from_secs(30);

/// The failures that were logged recently.
#[derive(Clone, Debug, Default)]
pub struct Outages {
    logged: Arc<Mutex<HashMap<OutageKey, LoggedOutage>>>,
}

/// What failed, and the error's code.
type OutageKey = (&'static str, &'static str);

#[derive(Debug)]
struct LoggedOutage {
    at: Instant,
    /// How often it has happened since then.
    since: u64,
}

impl Outages {
    /// Logs a failure, unless it was logged recently: as an error if it is a malfunction, otherwise as a warning.
    pub fn note(&self, what: &'static str, request_id: &str, error: &Error) {
        let Some(before) = self.count((what, error.code())) else {
            return;
        };
        match error {
            Error::Internal(_) => tracing::error!(%request_id, %error, before, "{what}"),
            Error::NotFound
            | Error::Denied(_)
            | Error::Overtaken { .. }
            | Error::Invalid { .. }
            | Error::TooMany { .. }
            | Error::Conflict { .. }
            | Error::Unavailable(_) => tracing::warn!(%request_id, %error, before, "{what}"),
        }
    }

    /// Returns how often it happened without being logged, if it is to be logged now.
    fn count(&self, key: OutageKey) -> Option<u64> {
        let now = clock::instant();
        let mut logged = sync::lock(&self.logged);
        let Some(last) = logged.get_mut(&key) else {
            logged.insert(key, LoggedOutage { at: now, since: 0 });
            return Some(0);
        };
        if now.duration_since(last.at) < QUIET_PERIOD {
            last.since += 1;
            return None;
        }
        last.at = now;
        Some(std::mem::take(&mut last.since))
    }
}
