//! The presence at one thread.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::collections::HashSet;
use std::time::Duration;
use std::time::Instant;

use tokio::sync::watch;
use uuid::Uuid;

use crate::presence::message::State;

/// How long the state of another process counts: a process that was killed does not revoke it.
const BELIEVED: Duration = Duration::from_secs(60);
/// Maximum numbers of readers and writers of a thread whose ids are sent to other processes. Further readers are only counted.
const NAMED_READERS: usize = 100;
const NAMED_WRITERS: usize = 30;

/// The presence at one thread.
#[derive(Debug)]
pub(super) struct Place {
    /// People who read here, each with the number of their visits.
    pub shown: HashMap<Uuid, usize>,
    /// Same, for people who do not want to be seen.
    pub hidden: HashMap<Uuid, usize>,
    pub visitors: usize,
    /// People who write here, and until when this counts.
    pub writing: HashMap<Uuid, Instant>,
    pub elsewhere: HashMap<Uuid, Elsewhere>,
    pub changed: watch::Sender<u64>,
    /// Whether other processes still have to be notified.
    pub untold: bool,
}

/// Who is at the thread according to another process.
#[derive(Debug)]
pub(super) struct Elsewhere {
    pub at: Instant,
    pub state: State,
}

/// Who is at a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// People, each counted once, and visitors, counted once per visit.
    pub readers: usize,
    pub writers: Vec<Uuid>,
}

impl Place {
    pub fn new() -> Place {
        let (changed, _) = watch::channel(0);
        Place {
            shown: HashMap::new(),
            hidden: HashMap::new(),
            visitors: 0,
            writing: HashMap::new(),
            elsewhere: HashMap::new(),
            changed,
            untold: false,
        }
    }

    pub fn is_left(&self) -> bool {
        self.shown.is_empty()
            && self.hidden.is_empty()
            && self.visitors == 0
            && self.writing.is_empty()
            && self.elsewhere.is_empty()
            && !self.untold
    }

    /// Notifies the subscribers of this process and, at the next tick, the other processes.
    pub fn tell_all(&mut self) {
        self.untold = true;
        self.tell_here();
    }

    pub fn tell_here(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    pub fn state(&self, thread: Uuid) -> State {
        let readers: Vec<Uuid> = self.shown.keys().take(NAMED_READERS).copied().collect();
        let writers = self.writing.keys().take(NAMED_WRITERS);
        State {
            thread,
            others: self.shown.len() - readers.len() + self.visitors,
            readers,
            writers: writers.copied().collect(),
        }
    }

    pub fn present(&self, thread: Uuid) -> Present {
        let here = self.state(thread);
        let states = || std::iter::once(&here).chain(self.elsewhere.values().map(|e| &e.state));
        let people: HashSet<&Uuid> = self
            .shown
            .keys()
            .chain(states().flat_map(|state| &state.readers))
            .collect();
        let others: usize = self
            .elsewhere
            .values()
            .map(|elsewhere| elsewhere.state.others)
            .sum();
        let writers: BTreeSet<Uuid> = states()
            .flat_map(|state| state.writers.iter().copied())
            .collect();
        Present {
            readers: people.len() + self.visitors + others,
            writers: writers.into_iter().collect(),
        }
    }

    /// Removes expired writers, and processes that have not sent anything for too long.
    pub fn forget(&mut self, now: Instant) {
        let (writing, elsewhere) = (self.writing.len(), self.elsewhere.len());
        self.writing.retain(|_, until| now < *until);
        self.elsewhere
            .retain(|_, told| now.duration_since(told.at) < BELIEVED);
        if self.writing.len() < writing {
            self.tell_all();
        }
        if self.elsewhere.len() < elsewhere {
            self.tell_here();
        }
    }
}
