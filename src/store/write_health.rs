//! Records whether changes succeed or fail, and checks whether the next one can be written.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use tokio::sync::Mutex;

use crate::base::clock;
use crate::base::error::Result;
use crate::base::error::Trouble;
use crate::store::backend::Backend;

/// How long a result is valid. More frequent checks cost nothing.
const VALID_FOR: Duration = Duration::from_secs(1);

/// The recorded failures and the last check.
#[derive(Debug, Default)]
pub(super) struct WriteHealth {
    /// Changes that failed, by trouble.
    failed: [AtomicU64; Trouble::ALL.len()],
    /// Whether the last change failed.
    failing: AtomicBool,
    /// Whether a change has failed since a large write last succeeded. On a nearly full disk, a small write may still succeed.
    needs_large_write: AtomicBool,
    /// The last check. Locked while the database is checked.
    last: Mutex<Option<LastCheck>>,
}

#[derive(Debug)]
struct LastCheck {
    at: Instant,
    /// Number of failed changes at that time.
    failures: u64,
    answer: Result<()>,
}

impl WriteHealth {
    pub fn failed(&self, trouble: Trouble) -> u64 {
        self.failed[trouble as usize].load(Ordering::Relaxed)
    }

    pub fn is_failing(&self) -> bool {
        self.failing.load(Ordering::Relaxed)
    }

    pub fn note_failure(&self, trouble: Trouble) {
        self.failed[trouble as usize].fetch_add(1, Ordering::Relaxed);
        self.failing.store(true, Ordering::Relaxed);
        self.needs_large_write.store(true, Ordering::Relaxed);
    }

    pub fn note_success(&self) {
        self.failing.store(false, Ordering::Relaxed);
    }

    /// Checks the database, or returns a recent result. A positive result is not reused if a change has failed since.
    pub async fn check(&self, backend: &Backend) -> Result<()> {
        let mut last = self.last.lock().await;
        let failures = self.failures();
        if let Some(last_check) = last.as_ref() {
            let is_true = last_check.answer.is_err() || last_check.failures == failures;
            if is_true && last_check.at.elapsed() < VALID_FOR {
                return last_check.answer.clone();
            }
        }
        let answer = self.run_check(backend).await;
        *last = Some(LastCheck {
            at: clock::instant(),
            failures,
            answer: answer.clone(),
        });
        answer
    }

    async fn run_check(&self, backend: &Backend) -> Result<()> {
        if !self.needs_large_write.load(Ordering::Relaxed) {
            return backend.check_writer().await;
        }
        let failures = self.failures();
        backend.write_much().await?;
        // If a change has failed in the meantime, the next check writes again.
        if self.failures() == failures {
            self.needs_large_write.store(false, Ordering::Relaxed);
            self.note_success();
        }
        Ok(())
    }

    fn failures(&self) -> u64 {
        let counts = self.failed.iter();
        counts.map(|count| count.load(Ordering::Relaxed)).sum()
    }
}
