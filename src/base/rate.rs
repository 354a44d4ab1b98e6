//! Rate limits for actions that cost the server something but leave no row to count.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use crate::base::address::Address;
use crate::base::caller::Caller;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::base::sync;

const MINUTE: Duration = Duration::from_secs(60);
/// Maximum number of callers counted separately per minute; those beyond share one count.
const MAX_KEYS: usize = 65_536;

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum RateKey {
    Person(PersonId),
    Network(Address),
    Others,
}

impl RateKey {
    fn of(caller: &Caller) -> RateKey {
        match caller.actor.person_id() {
            Some(person) => RateKey::Person(person),
            None => RateKey::Network(caller.address),
        }
    }
}

/// Counts within a minute that starts with the first one.
#[derive(Debug, Default)]
pub struct Rate {
    counted: Mutex<MinuteCounts>,
}

#[derive(Debug, Default)]
struct MinuteCounts {
    until: Option<Moment>,
    counts: HashMap<RateKey, u32>,
}

impl Rate {
    /// Adds one to the count of the person who calls, or of a visitor's network address.
    ///
    /// # Errors
    /// TOO_MANY if there are already `max` in this minute.
    pub fn count(&self, caller: &Caller, max: u32, now: Moment) -> Result<()> {
        let mut counted = sync::lock(&self.counted);
        let until = match counted.until {
            Some(until) if now < until => until,
            _ => {
                counted.counts = HashMap::new();
                now.plus(MINUTE)
            }
        };
        counted.until = Some(until);
        let mut key = RateKey::of(caller);
        if counted.counts.len() >= MAX_KEYS && !counted.counts.contains_key(&key) {
            key = RateKey::Others;
        }
        let count = counted.counts.entry(key).or_default();
        if *count >= max {
            return Err(Error::TooMany { retry_at: until });
        }
        *count += 1;
        Ok(())
    }
}
