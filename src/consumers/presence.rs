//! Who is at a thread now: how many read it, and who writes in it. It is held in memory, told to the other processes as it
//! changes, and gone with the process: nothing of it is ever in the log.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use serde::Deserialize;
use serde::Serialize;
use tokio::sync::watch;
use uuid::Uuid;

use crate::base::clock;
use crate::base::event::Event;
use crate::base::id;
use crate::store::log::Logged;

/// How long somebody is taken to be writing after saying so. Who goes on says it again before.
pub const WRITING: Duration = Duration::from_secs(15);
/// How long what another process told counts: a process that was killed takes nothing back.
const BELIEVED: Duration = Duration::from_secs(60);
/// How often a process tells again what has not changed.
const RETOLD: Duration = Duration::from_secs(20);
/// Readers and writers of a thread who are told to other processes by their ids; of further readers only the number is.
const NAMED_READERS: usize = 100;
const NAMED_WRITERS: usize = 30;
/// Bytes of one message, at most: PostgreSQL passes on less than 8,000.
const MESSAGE: usize = 7_500;

/// Who is where, as this process knows it.
#[derive(Clone, Debug)]
pub struct Presence {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// Names this process to the others.
    node: Uuid,
    threads: Mutex<HashMap<Uuid, Place>>,
    /// Grows when somebody's rights or a thread's visibility change.
    rights: AtomicU64,
    told: Mutex<Told>,
}

/// What was told to the other processes.
#[derive(Debug, Default)]
struct Told {
    greeted: bool,
    everything_at: Option<Instant>,
}

/// A thread where somebody is.
#[derive(Debug)]
struct Place {
    /// People who read here, each with the number of their visits.
    shown: HashMap<Uuid, usize>,
    /// The same of those who do not want to be seen.
    hidden: HashMap<Uuid, usize>,
    visitors: usize,
    /// People who write here, and until when that is believed.
    writing: HashMap<Uuid, Instant>,
    elsewhere: HashMap<Uuid, Elsewhere>,
    changed: watch::Sender<u64>,
    /// Whether other processes have still to be told.
    untold: bool,
}

/// Who is there by another process.
#[derive(Debug)]
struct Elsewhere {
    at: Instant,
    state: State,
}

/// What processes tell each other.
#[derive(Debug, Serialize, Deserialize)]
struct Message {
    node: Uuid,
    /// It has just started, and wants to be told everything.
    #[serde(default)]
    hello: bool,
    /// It stops: nobody is there by it any more.
    #[serde(default)]
    bye: bool,
    #[serde(default)]
    threads: Vec<State>,
}

/// Who is at a thread by one process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct State {
    thread: Uuid,
    readers: Vec<Uuid>,
    /// Readers besides.
    others: usize,
    writers: Vec<Uuid>,
}

/// Who is at a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// People, each counted once, and visitors, each line of theirs counted.
    pub readers: usize,
    pub writers: Vec<Uuid>,
}

/// Somebody's being there, until it is dropped.
#[derive(Debug)]
pub struct Visit {
    presence: Presence,
    thread: Uuid,
    person: Option<Uuid>,
    changed: watch::Receiver<u64>,
}

impl Place {
    fn new() -> Place {
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

    fn is_left(&self) -> bool {
        self.shown.is_empty()
            && self.hidden.is_empty()
            && self.visitors == 0
            && self.writing.is_empty()
            && self.elsewhere.is_empty()
            && !self.untold
    }

    /// Something of this process changed: everybody is to know.
    fn tell_all(&mut self) {
        self.untold = true;
        self.tell_here();
    }

    fn tell_here(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    fn state(&self, thread: Uuid) -> State {
        let readers: Vec<Uuid> = self.shown.keys().take(NAMED_READERS).copied().collect();
        let writers = self.writing.keys().take(NAMED_WRITERS);
        State {
            thread,
            others: self.shown.len() - readers.len() + self.visitors,
            readers,
            writers: writers.copied().collect(),
        }
    }

    fn present(&self, thread: Uuid) -> Present {
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

    /// Lets go of writers who have not said so again, and of processes that are no longer heard.
    fn forget(&mut self, now: Instant) {
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

impl Default for Presence {
    fn default() -> Presence {
        Presence {
            inner: Arc::new(Inner {
                node: id::random(),
                threads: Mutex::default(),
                rights: AtomicU64::new(0),
                told: Mutex::default(),
            }),
        }
    }
}

impl Presence {
    /// Somebody reads a thread from here on: a person, seen by others or not, or a visitor.
    pub fn enter(&self, thread: Uuid, person: Option<Uuid>, shown: bool) -> Visit {
        let mut threads = self.threads();
        let place = threads.entry(thread).or_insert_with(Place::new);
        match person {
            Some(person) if shown => *place.shown.entry(person).or_default() += 1,
            Some(person) => *place.hidden.entry(person).or_default() += 1,
            None => place.visitors += 1,
        }
        place.tell_all();
        Visit {
            presence: self.clone(),
            thread,
            person,
            changed: place.changed.subscribe(),
        }
    }

    /// Somebody writes in a thread, for as long as [`WRITING`].
    pub fn write(&self, thread: Uuid, person: Uuid) {
        let mut threads = self.threads();
        let place = threads.entry(thread).or_insert_with(Place::new);
        let before = place.writing.insert(person, clock::instant() + WRITING);
        if before.is_none() {
            place.tell_all();
        }
    }

    /// Somebody has stopped writing in a thread.
    pub fn rest(&self, thread: Uuid, person: Uuid) {
        let mut threads = self.threads();
        if let Some(place) = threads.get_mut(&thread)
            && place.writing.remove(&person).is_some()
        {
            place.tell_all();
        }
    }

    /// Grows when rights have changed: who is told of presence looks at them again.
    pub fn rights(&self) -> u64 {
        self.inner.rights.load(Ordering::Acquire)
    }

    /// Takes from the log what bears on presence.
    pub fn take(&self, events: &[Logged]) {
        for logged in events {
            if logged.event.changes_rights_of().is_some() {
                self.inner.rights.fetch_add(1, Ordering::AcqRel);
            }
            match (&logged.event, logged.actor_id) {
                (Event::PostCreated { thread, .. }, Some(person)) => self.rest(*thread, person),
                (Event::PresenceChosen { person, shown }, _) => self.choose(*person, *shown),
                (Event::ThreadChanged { thread, .. }, _) => {
                    self.inner.rights.fetch_add(1, Ordering::AcqRel);
                    if let Some(place) = self.threads().get(thread) {
                        place.tell_here();
                    }
                }
                _ => {}
            }
        }
    }

    fn choose(&self, person: Uuid, shown: bool) {
        for place in self.threads().values_mut() {
            let (from, to) = if shown {
                (&mut place.hidden, &mut place.shown)
            } else {
                (&mut place.shown, &mut place.hidden)
            };
            let moved = from.remove(&person);
            if let Some(visits) = moved {
                *to.entry(person).or_default() += visits;
            }
            let silenced = !shown && place.writing.remove(&person).is_some();
            if moved.is_some() || silenced {
                place.tell_all();
            }
        }
    }

    /// Forgets who is no longer there; what the other processes are to be told now.
    pub fn tick(&self) -> Vec<String> {
        let now = clock::instant();
        let (hello, everything) = {
            let mut told = lock(&self.inner.told);
            let hello = !std::mem::replace(&mut told.greeted, true);
            let due = told
                .everything_at
                .is_none_or(|at| now.duration_since(at) >= RETOLD);
            if due {
                told.everything_at = Some(now);
            }
            (hello, due)
        };
        let mut states = Vec::new();
        self.threads().retain(|thread, place| {
            place.forget(now);
            let untold = std::mem::take(&mut place.untold);
            let state = place.state(*thread);
            let is_empty =
                state.others == 0 && state.readers.is_empty() && state.writers.is_empty();
            if untold || (everything && !is_empty) {
                states.push(state);
            }
            !place.is_left()
        });
        self.messages(hello, states)
    }

    fn messages(&self, hello: bool, states: Vec<State>) -> Vec<String> {
        let mut messages = Vec::new();
        let mut message = self.message(hello, false);
        let mut size = 0;
        for state in states {
            // Lengths of the parts in JSON, generously.
            let length = 150 + 40 * (state.readers.len() + state.writers.len());
            if size + length > MESSAGE {
                messages.push(std::mem::replace(&mut message, self.message(false, false)));
                size = 0;
            }
            size += length;
            message.threads.push(state);
        }
        if message.hello || !message.threads.is_empty() {
            messages.push(message);
        }
        messages
            .iter()
            .filter_map(|message| serde_json::to_string(message).ok())
            .collect()
    }

    fn message(&self, hello: bool, bye: bool) -> Message {
        Message {
            node: self.inner.node,
            hello,
            bye,
            threads: Vec::new(),
        }
    }

    /// What the other processes are told when this one stops.
    pub fn farewell(&self) -> Option<String> {
        serde_json::to_string(&self.message(false, true)).ok()
    }

    /// Takes what another process told. What cannot be read comes from another version and is passed over.
    pub fn hear(&self, message: &str) {
        let Ok(message) = serde_json::from_str::<Message>(message) else {
            return;
        };
        let node = message.node;
        if node == self.inner.node {
            return;
        }
        if message.hello {
            lock(&self.inner.told).everything_at = None;
        }
        let mut threads = self.threads();
        if message.hello || message.bye {
            for place in threads.values_mut() {
                if place.elsewhere.remove(&node).is_some() {
                    place.tell_here();
                }
            }
        }
        let at = clock::instant();
        for state in message.threads {
            let place = threads.entry(state.thread).or_insert_with(Place::new);
            let is_empty =
                state.others == 0 && state.readers.is_empty() && state.writers.is_empty();
            let before = if is_empty {
                place.elsewhere.remove(&node)
            } else {
                let told = Elsewhere {
                    at,
                    state: state.clone(),
                };
                place.elsewhere.insert(node, told)
            };
            if before.is_none_or(|before| before.state != state) {
                place.tell_here();
            }
        }
    }

    /// Threads of which something is held.
    pub fn places(&self) -> usize {
        self.threads().len()
    }

    fn threads(&self) -> MutexGuard<'_, HashMap<Uuid, Place>> {
        lock(&self.inner.threads)
    }
}

impl Visit {
    /// Who is there now.
    pub fn present(&mut self) -> Present {
        self.changed.mark_unchanged();
        let threads = self.presence.threads();
        // The place is there as long as somebody visits it.
        threads.get(&self.thread).map_or(
            Present {
                readers: 0,
                writers: Vec::new(),
            },
            |place| place.present(self.thread),
        )
    }

    /// Waits until that may be different.
    pub async fn changed(&mut self) {
        if self.changed.changed().await.is_err() {
            std::future::pending().await
        }
    }

    /// Who is told of whose presence may have changed since this number.
    pub fn rights(&self) -> u64 {
        self.presence.rights()
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        let mut threads = self.presence.threads();
        let Some(place) = threads.get_mut(&self.thread) else {
            return;
        };
        match self.person {
            None => place.visitors = place.visitors.saturating_sub(1),
            Some(person) => {
                for people in [&mut place.shown, &mut place.hidden] {
                    if let Some(visits) = people.get_mut(&person) {
                        *visits -= 1;
                        if *visits == 0 {
                            people.remove(&person);
                        }
                        break;
                    }
                }
            }
        }
        place.tell_all();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
