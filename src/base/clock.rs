//! The only place that reads the machine's time, so that tests can set it.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A point in time: microseconds since 1970-01-01T00:00:00Z, the same integer in both databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

impl Moment {
    /// Returns the time this much later.
    pub fn plus(self, duration: Duration) -> Moment {
        Moment(self.0.saturating_add(micros(duration)))
    }

    /// Returns the time this much earlier.
    pub fn minus(self, duration: Duration) -> Moment {
        Moment(self.0.saturating_sub(micros(duration)))
    }

    /// Returns the whole seconds from `earlier` to this time; 0 if `earlier` is later.
    pub fn seconds_since(self, earlier: Moment) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0) / 1_000_000).unwrap_or(0)
    }

    /// Returns the seconds from `earlier` to this time with their fraction; 0 if `earlier` is later.
    pub fn fraction_since(self, earlier: Moment) -> f64 {
        let micros = u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0);
        Duration::from_micros(micros).as_secs_f64()
    }

    /// Formats the time as RFC 3339 in UTC, to the microsecond.
    pub fn to_rfc3339(self) -> String {
        let nanos = i128::from(self.0) * 1_000;
        OffsetDateTime::from_unix_timestamp_nanos(nanos)
            .ok()
            .and_then(|at| at.format(&Rfc3339).ok())
            .unwrap_or_default()
    }

    /// Parses RFC 3339; `None` if the text is malformed, or outside the years 1 to 9999.
    pub fn from_rfc3339(text: &str) -> Option<Moment> {
        let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        i64::try_from(at.unix_timestamp_nanos() / 1_000)
            .ok()
            .map(Moment)
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// Returns the current instant, to measure how long something takes in this process. It is unrelated to stored times.
#[expect(
    clippy::disallowed_methods,
    reason = "the only place that reads the time"
)]
pub fn instant() -> Instant {
    Instant::now()
}

/// A clock: the machine's, or one that a test has set.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    manual: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// Returns a clock that stays at the given time until [`Clock::advance`].
    pub fn manual(at: Moment) -> Clock {
        Clock {
            manual: Some(Arc::new(AtomicI64::new(at.0))),
        }
    }

    /// The current time.
    #[expect(
        clippy::disallowed_methods,
        reason = "the only place that reads the time"
    )]
    pub fn now(&self) -> Moment {
        match &self.manual {
            Some(at) => Moment(at.load(Ordering::SeqCst)),
            None => {
                let nanos = OffsetDateTime::now_utc().unix_timestamp_nanos();
                Moment(i64::try_from(nanos / 1_000).unwrap_or(i64::MAX))
            }
        }
    }

    /// Advances a clock that a test has set; the machine's clock is not affected.
    pub fn advance(&self, by: Duration) {
        if let Some(at) = &self.manual {
            at.fetch_add(micros(by), Ordering::SeqCst);
        }
    }
}
