//! Limits how many sockets and event streams are open: in total, from one address, for one person.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use tokio::sync::Notify;

use crate::base::address::Address;
use crate::base::config::Limits;
use crate::base::id::PersonId;
use crate::base::sync;

/// Counts the open sockets and event streams.
#[derive(Clone, Debug, Default)]
pub struct Admission {
    counts: Arc<Mutex<Counts>>,
    closed: Arc<AtomicBool>,
}

#[derive(Debug, Default)]
struct Counts {
    /// Wakes each open connection, by its number.
    wakers: HashMap<u64, Arc<Notify>>,
    last: u64,
    by_address: HashMap<Address, usize>,
    by_person: HashMap<PersonId, usize>,
}

/// The permission for one open socket or event stream. It counts until it is dropped.
#[derive(Debug)]
pub struct ConnectionPermit {
    counts: Arc<Mutex<Counts>>,
    number: u64,
    address: Address,
    person: Option<PersonId>,
}

impl Admission {
    /// Counts one more connection from an address, to be woken by `waker`. `None` if a limit is reached or the server is closing.
    pub fn admit(
        &self,
        address: Address,
        waker: &Arc<Notify>,
        limits: &Limits,
    ) -> Option<ConnectionPermit> {
        let mut counts = sync::lock(&self.counts);
        if counts.wakers.len() >= limits.sockets || self.is_closed() {
            return None;
        }
        if !add(&mut counts.by_address, address, limits.sockets_per_address) {
            return None;
        }
        counts.last += 1;
        let number = counts.last;
        counts.wakers.insert(number, Arc::clone(waker));
        Some(ConnectionPermit {
            counts: Arc::clone(&self.counts),
            number,
            address,
            person: None,
        })
    }

    /// Accepts no more connections, and wakes the open ones so that they end.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        let counts = sync::lock(&self.counts);
        for waker in counts.wakers.values() {
            waker.notify_one();
        }
    }

    /// Whether no more connections are accepted.
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Returns the numbers of open connections, of different addresses and of different people.
    pub fn open(&self) -> (usize, usize, usize) {
        let counts = sync::lock(&self.counts);
        (
            counts.wakers.len(),
            counts.by_address.len(),
            counts.by_person.len(),
        )
    }
}

impl ConnectionPermit {
    /// Counts the connection for a person from now on. `false` if that person has reached the limit.
    pub fn count_for(&mut self, person: Option<PersonId>, limits: &Limits) -> bool {
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

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let mut counts = sync::lock(&self.counts);
        counts.wakers.remove(&self.number);
        remove(&mut counts.by_address, &self.address);
        if let Some(person) = &self.person {
            remove(&mut counts.by_person, person);
        }
    }
}

fn add<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: K, max: usize) -> bool {
    if counts.get(&key).copied().unwrap_or(0) >= max {
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
