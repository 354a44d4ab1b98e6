//! The presence at one thread.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::collections::HashSet;
use std::time::Duration;
use std::time::Instant;

use tokio::sync::watch;
use uuid::Uuid;

use crate::base::id::PersonId;
use crate::base::id::ThreadId;
use crate::presence::message::ThreadState;

/// How long the state of another process counts: a process that was killed does not revoke it.
const REMOTE_TTL: Duration = Duration::from_secs(60);
/// Maximum numbers of readers and writers of a thread whose ids are sent to other processes. Further readers are only counted.
const MAX_NAMED_READERS: usize = 100;
const MAX_NAMED_WRITERS: usize = 30;

/// The presence at one thread.
#[derive(Debug)]
pub(super) struct Occupancy {
    /// People who read here, each with the number of their visits.
    pub shown: HashMap<PersonId, usize>,
    /// Same, for people who do not want to be seen.
    pub hidden: HashMap<PersonId, usize>,
    pub visitors: usize,
    /// People who write here, and until when this counts.
    pub writing: HashMap<PersonId, Instant>,
    pub remote: HashMap<Uuid, RemoteState>,
    pub changed: watch::Sender<u64>,
    /// Whether other processes still have to be notified.
    pub needs_sending: bool,
}

/// Who is at the thread according to another process.
#[derive(Debug)]
pub(super) struct RemoteState {
    pub at: Instant,
    pub state: ThreadState,
}

/// Who is at a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresenceSummary {
    /// People, each counted once, and visitors, counted once per visit.
    pub readers: usize,
    pub writers: Vec<PersonId>,
}

impl Occupancy {
    pub fn new() -> Occupancy {
        let (changed, _) = watch::channel(0);
        Occupancy {
            shown: HashMap::new(),
            hidden: HashMap::new(),
            visitors: 0,
            writing: HashMap::new(),
            remote: HashMap::new(),
            changed,
            needs_sending: false,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
            && self.hidden.is_empty()
            && self.visitors == 0
            && self.writing.is_empty()
            && self.remote.is_empty()
            && !self.needs_sending
    }

    /// Notifies the subscribers of this process and, at the next tick, the other processes.
    pub fn notify_everywhere(&mut self) {
        self.needs_sending = true;
        self.notify_local();
    }

    pub fn notify_local(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    pub fn state(&self, thread: ThreadId) -> ThreadState {
        let readers: Vec<PersonId> = self.shown.keys().take(MAX_NAMED_READERS).copied().collect();
        let writers = self.writing.keys().take(MAX_NAMED_WRITERS);
        ThreadState {
            thread,
            others: self.shown.len() - readers.len() + self.visitors,
            readers,
            writers: writers.copied().collect(),
        }
    }

    pub fn present(&self, thread: ThreadId) -> PresenceSummary {
        let here = self.state(thread);
        let states = || std::iter::once(&here).chain(self.remote.values().map(|e| &e.state));
        let people: HashSet<&PersonId> = self
            .shown
            .keys()
            .chain(states().flat_map(|state| &state.readers))
            .collect();
        let others: usize = self.remote.values().map(|remote| remote.state.others).sum();
        let writers: BTreeSet<PersonId> = states()
            .flat_map(|state| state.writers.iter().copied())
            .collect();
        PresenceSummary {
            readers: people.len() + self.visitors + others,
            writers: writers.into_iter().collect(),
        }
    }

    /// Removes expired writers, and processes that have not sent anything for too long.
    pub fn expire(&mut self, now: Instant) {
        let (writing, remote) = (self.writing.len(), self.remote.len());
        self.writing.retain(|_, until| now < *until);
        self.remote
            .retain(|_, remote| now.duration_since(remote.at) < REMOTE_TTL);
        if self.writing.len() < writing {
            self.notify_everywhere();
        }
        if self.remote.len() < remote {
            self.notify_local();
        }
    }
}
