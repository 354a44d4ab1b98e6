//! Who is at a thread now: the number of readers, and who is writing. Presence is held in memory only and sent to the other
//! processes when it changes; it is never written to the log and ends with the process.

mod message;
pub mod place;
pub mod spread;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use tokio::sync::watch;
use uuid::Uuid;

use crate::base::clock;
use crate::base::event::Event;
use crate::base::id;
use crate::presence::message::Message;
use crate::presence::place::Elsewhere;
use crate::presence::place::Place;
use crate::presence::place::Present;
use crate::store::log::Logged;

/// How long an announcement of writing counts. A client that continues repeats it before then.
pub const WRITING: Duration = Duration::from_secs(15);
/// How often a process resends its full state.
const RETOLD: Duration = Duration::from_secs(20);

/// Who is present at which threads, as known to this process.
#[derive(Clone, Debug)]
pub struct Presence {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// Identifies this process to the others.
    node: Uuid,
    threads: Mutex<HashMap<Uuid, Place>>,
    /// Increases when a person's rights or a thread's visibility change.
    rights: AtomicU64,
    told: Mutex<Told>,
}

/// What was sent to the other processes.
#[derive(Debug, Default)]
struct Told {
    greeted: bool,
    everything_at: Option<Instant>,
}

/// The presence of a person or a visitor, until it is dropped.
#[derive(Debug)]
pub struct Visit {
    presence: Presence,
    thread: Uuid,
    person: Option<Uuid>,
    changed: watch::Receiver<u64>,
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
    /// Records that somebody starts to read a thread: a person, visible to others or not, or a visitor.
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

    /// Records that a person is writing in a thread, for [`WRITING`].
    pub fn write(&self, thread: Uuid, person: Uuid) {
        let mut threads = self.threads();
        let place = threads.entry(thread).or_insert_with(Place::new);
        let before = place.writing.insert(person, clock::instant() + WRITING);
        if before.is_none() {
            place.tell_all();
        }
    }

    /// Records that a person has stopped writing in a thread.
    pub fn rest(&self, thread: Uuid, person: Uuid) {
        let mut threads = self.threads();
        if let Some(place) = threads.get_mut(&thread)
            && place.writing.remove(&person).is_some()
        {
            place.tell_all();
        }
    }

    /// A number that increases when rights have changed, so that subscribers to presence are checked again.
    pub fn rights(&self) -> u64 {
        self.inner.rights.load(Ordering::Acquire)
    }

    /// Applies the events from the log that affect presence.
    pub fn take(&self, events: &[Logged]) {
        for logged in events {
            if logged.event.concerns().rights_of.is_some() {
                self.inner.rights.fetch_add(1, Ordering::AcqRel);
            }
            if let (Event::PostCreated { thread, .. }, Some(person)) =
                (&logged.event, logged.actor_id)
            {
                self.rest(*thread, person);
            }
            if let Event::PresenceChosen { person, shown } = &logged.event {
                self.choose(*person, *shown);
            }
            if let Event::ThreadChanged { thread, .. } = &logged.event {
                self.inner.rights.fetch_add(1, Ordering::AcqRel);
                if let Some(place) = self.threads().get(thread) {
                    place.tell_here();
                }
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

    /// Removes what has expired; returns the messages to send to the other processes now.
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
            if untold || (everything && !state.is_empty()) {
                states.push(state);
            }
            !place.is_left()
        });
        message::pack(self.inner.node, hello, states)
    }

    /// Returns the message to the other processes when this one stops.
    pub fn farewell(&self) -> Option<String> {
        serde_json::to_string(&Message::of(self.inner.node, false, true)).ok()
    }

    /// Receives a message from another process. An unreadable message comes from another version and is ignored.
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
            let before = if state.is_empty() {
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

    /// Returns the number of threads with a state in memory.
    pub fn places(&self) -> usize {
        self.threads().len()
    }

    fn threads(&self) -> MutexGuard<'_, HashMap<Uuid, Place>> {
        lock(&self.inner.threads)
    }
}

impl Visit {
    /// Returns who is present now.
    pub fn present(&mut self) -> Present {
        self.changed.mark_unchanged();
        let threads = self.presence.threads();
        // The entry exists as long as somebody visits the thread.
        threads.get(&self.thread).map_or(
            Present {
                readers: 0,
                writers: Vec::new(),
            },
            |place| place.present(self.thread),
        )
    }

    /// Waits until that may have changed.
    pub async fn changed(&mut self) {
        if self.changed.changed().await.is_err() {
            std::future::pending().await
        }
    }

    /// Returns a number that increases whenever the people who may see others' presence may have changed.
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
