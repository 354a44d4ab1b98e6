//! Who is at a thread now: the number of readers, and who is writing. Presence is held in memory only and sent to the other
//! processes when it changes; it is never written to the log and ends with the process.

pub mod broadcast;
mod message;
pub mod occupancy;

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
use crate::base::id::PersonId;
use crate::base::id::ThreadId;
use crate::presence::message::PresenceMessage;
use crate::presence::occupancy::Occupancy;
use crate::presence::occupancy::PresenceSummary;
use crate::presence::occupancy::RemoteState;
use crate::store::log::LogEntry;

/// How long an announcement of writing counts. A client that continues repeats it before then.
pub const WRITING_TTL: Duration = Duration::from_secs(15);
/// How often a process resends its full state.
const RESEND_INTERVAL: Duration = Duration::from_secs(20);

/// Who is present at which threads, as known to this process.
#[derive(Clone, Debug)]
pub struct Presence {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// Identifies this process to the others.
    node: Uuid,
    threads: Mutex<HashMap<ThreadId, Occupancy>>,
    /// Increases when a person's rights or a thread's visibility change.
    rights: AtomicU64,
    sent: Mutex<SendState>,
}

/// What was sent to the other processes.
#[derive(Debug, Default)]
struct SendState {
    hello_sent: bool,
    full_state_sent_at: Option<Instant>,
}

/// The presence of a person or a visitor, until it is dropped.
#[derive(Debug)]
pub struct Visit {
    presence: Presence,
    thread: ThreadId,
    person: Option<PersonId>,
    changed: watch::Receiver<u64>,
}

impl Default for Presence {
    fn default() -> Presence {
        Presence {
            inner: Arc::new(Inner {
                node: id::random(),
                threads: Mutex::default(),
                rights: AtomicU64::new(0),
                sent: Mutex::default(),
            }),
        }
    }
}

impl Presence {
    /// Records that somebody starts to read a thread: a person, visible to others or not, or a visitor.
    pub fn enter(&self, thread: ThreadId, person: Option<PersonId>, shown: bool) -> Visit {
        let mut threads = self.threads();
        let occupancy = threads.entry(thread).or_insert_with(Occupancy::new);
        match person {
            Some(person) if shown => *occupancy.shown.entry(person).or_default() += 1,
            Some(person) => *occupancy.hidden.entry(person).or_default() += 1,
            None => occupancy.visitors += 1,
        }
        occupancy.notify_everywhere();
        Visit {
            presence: self.clone(),
            thread,
            person,
            changed: occupancy.changed.subscribe(),
        }
    }

    /// Records that a person is writing in a thread, for [`WRITING_TTL`].
    pub fn start_writing(&self, thread: ThreadId, person: PersonId) {
        let mut threads = self.threads();
        let occupancy = threads.entry(thread).or_insert_with(Occupancy::new);
        let before = occupancy
            .writing
            .insert(person, clock::instant() + WRITING_TTL);
        if before.is_none() {
            occupancy.notify_everywhere();
        }
    }

    /// Records that a person has stopped writing in a thread.
    pub fn stop_writing(&self, thread: ThreadId, person: PersonId) {
        let mut threads = self.threads();
        if let Some(occupancy) = threads.get_mut(&thread)
            && occupancy.writing.remove(&person).is_some()
        {
            occupancy.notify_everywhere();
        }
    }

    /// A number that increases when rights have changed, so that subscribers to presence are checked again.
    pub fn rights(&self) -> u64 {
        self.inner.rights.load(Ordering::Acquire)
    }

    /// Applies the events from the log that affect presence.
    pub fn apply_events(&self, events: &[LogEntry]) {
        for logged in events {
            if logged.event.concerns().rights_of.is_some() {
                self.inner.rights.fetch_add(1, Ordering::AcqRel);
            }
            if let (Event::PostCreated { thread, .. }, Some(person)) =
                (&logged.event, logged.actor_id)
            {
                self.stop_writing(*thread, person);
            }
            if let Event::PresenceChosen { person, shown } = &logged.event {
                self.set_shown(*person, *shown);
            }
            if let Event::ThreadChanged { thread, .. } = &logged.event {
                self.inner.rights.fetch_add(1, Ordering::AcqRel);
                if let Some(occupancy) = self.threads().get(thread) {
                    occupancy.notify_local();
                }
            }
        }
    }

    fn set_shown(&self, person: PersonId, shown: bool) {
        for occupancy in self.threads().values_mut() {
            let (from, to) = if shown {
                (&mut occupancy.hidden, &mut occupancy.shown)
            } else {
                (&mut occupancy.shown, &mut occupancy.hidden)
            };
            let moved = from.remove(&person);
            if let Some(visits) = moved {
                *to.entry(person).or_default() += visits;
            }
            let stopped_writing = !shown && occupancy.writing.remove(&person).is_some();
            if moved.is_some() || stopped_writing {
                occupancy.notify_everywhere();
            }
        }
    }

    /// Removes what has expired; returns the messages to send to the other processes now.
    pub fn tick(&self) -> Vec<String> {
        let now = clock::instant();
        let (hello, everything) = {
            let mut sent = lock(&self.inner.sent);
            let hello = !std::mem::replace(&mut sent.hello_sent, true);
            let due = sent
                .full_state_sent_at
                .is_none_or(|at| now.duration_since(at) >= RESEND_INTERVAL);
            if due {
                sent.full_state_sent_at = Some(now);
            }
            (hello, due)
        };
        let mut states = Vec::new();
        self.threads().retain(|thread, occupancy| {
            occupancy.expire(now);
            let needs_sending = std::mem::take(&mut occupancy.needs_sending);
            let state = occupancy.state(*thread);
            if needs_sending || (everything && !state.is_empty()) {
                states.push(state);
            }
            !occupancy.is_empty()
        });
        message::pack(self.inner.node, hello, states)
    }

    /// Returns the message to the other processes when this one stops.
    pub fn goodbye(&self) -> Option<String> {
        serde_json::to_string(&PresenceMessage::of(self.inner.node, false, true)).ok()
    }

    /// Receives a message from another process. An unreadable message comes from another version and is ignored.
    pub fn receive(&self, message: &str) {
        let Ok(message) = serde_json::from_str::<PresenceMessage>(message) else {
            return;
        };
        let node = message.node;
        if node == self.inner.node {
            return;
        }
        if message.hello {
            lock(&self.inner.sent).full_state_sent_at = None;
        }
        let mut threads = self.threads();
        if message.hello || message.bye {
            for occupancy in threads.values_mut() {
                if occupancy.remote.remove(&node).is_some() {
                    occupancy.notify_local();
                }
            }
        }
        let at = clock::instant();
        for state in message.threads {
            let occupancy = threads.entry(state.thread).or_insert_with(Occupancy::new);
            let before = if state.is_empty() {
                occupancy.remote.remove(&node)
            } else {
                let remote = RemoteState {
                    at,
                    state: state.clone(),
                };
                occupancy.remote.insert(node, remote)
            };
            if before.is_none_or(|before| before.state != state) {
                occupancy.notify_local();
            }
        }
    }

    /// Returns the number of threads with a state in memory.
    pub fn thread_count(&self) -> usize {
        self.threads().len()
    }

    fn threads(&self) -> MutexGuard<'_, HashMap<ThreadId, Occupancy>> {
        lock(&self.inner.threads)
    }
}

impl Visit {
    /// Returns who is present now.
    pub fn present(&mut self) -> PresenceSummary {
        self.changed.mark_unchanged();
        let threads = self.presence.threads();
        // The entry exists as long as somebody visits the thread.
        threads.get(&self.thread).map_or(
            PresenceSummary {
                readers: 0,
                writers: Vec::new(),
            },
            |occupancy| occupancy.present(self.thread),
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
        let Some(occupancy) = threads.get_mut(&self.thread) else {
            return;
        };
        match self.person {
            None => occupancy.visitors = occupancy.visitors.saturating_sub(1),
            Some(person) => {
                for people in [&mut occupancy.shown, &mut occupancy.hidden] {
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
        occupancy.notify_everywhere();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
