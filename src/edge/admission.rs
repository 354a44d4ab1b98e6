//! How many sockets and event streams are open: in total, from one address, for one person.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use tokio::sync::Notify;
use uuid::Uuid;

use crate::base::address::Address;
use crate::base::config::Limits;
use crate::base::sync;

/// Counts what is open.
#[derive(Clone, Debug, Default)]
pub struct Admission {
    counts: Arc<Mutex<Counts>>,
    closed: Arc<AtomicBool>,
}

#[derive(Debug, Default)]
struct Counts {
    /// The bells that wake each of them.
    bells: HashMap<u64, Arc<Notify>>,
    last: u64,
    by_address: HashMap<Address, usize>,
    by_person: HashMap<Uuid, usize>,
}

/// One open socket or event stream; when dropped, it no longer counts.
#[derive(Debug)]
pub struct Admitted {
    counts: Arc<Mutex<Counts>>,
    number: u64,
    address: Address,
    person: Option<Uuid>,
}

impl Admission {
    /// Counts one more from an address, which the bell wakes; `None` if there are enough, or no more are accepted.
    pub fn admit(&self, address: Address, bell: &Arc<Notify>, limits: &Limits) -> Option<Admitted> {
        let mut counts = sync::lock(&self.counts);
        if counts.bells.len() >= limits.sockets || self.is_closed() {
            return None;
        }
        if !add(&mut counts.by_address, address, limits.sockets_per_address) {
            return None;
        }
        counts.last += 1;
        let number = counts.last;
        counts.bells.insert(number, Arc::clone(bell));
        Some(Admitted {
            counts: Arc::clone(&self.counts),
            number,
            address,
            person: None,
        })
    }

    /// Accepts no more, and wakes open connections so that they end.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        let counts = sync::lock(&self.counts);
        for bell in counts.bells.values() {
            bell.notify_one();
        }
    }

    /// Whether no more are accepted.
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Returns what is open: in total, different addresses, different people.
    pub fn open(&self) -> (usize, usize, usize) {
        let counts = sync::lock(&self.counts);
        (
            counts.bells.len(),
            counts.by_address.len(),
            counts.by_person.len(),
        )
    }
}

impl Admitted {
    /// Counts it for a person from now on; `false` if that person has enough.
    pub fn belongs_to(&mut self, person: Option<Uuid>, limits: &Limits) -> bool {
        if self.person == person {
            return true;
        }
        let mut counts = sync::lock(&self.counts);
        if let Some(before) = self.person.take() {
            remove(&mut counts.by_person, &before);
        }
        let fits = person
            .is_none_or(|person| add(&mut counts.by_person, person, limits.sockets_per_person));
        if fits {
            self.person = person;
        }
        fits
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut counts = sync::lock(&self.counts);
        counts.bells.remove(&self.number);
        remove(&mut counts.by_address, &self.address);
        if let Some(person) = &self.person {
            remove(&mut counts.by_person, person);
        }
    }
}

fn add<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: K, most: usize) -> bool {
    if counts.get(&key).copied().unwrap_or(0) >= most {
        return false;
    }
    *counts.entry(key).or_default() += 1;
    true
}

fn remove<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}
