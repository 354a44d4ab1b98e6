//! The messages about presence between processes.

use serde::Deserialize;
use serde::Serialize;
use uuid::Uuid;

use crate::base::id::PersonId;
use crate::base::id::ThreadId;

/// Maximum size of one message, in bytes: PostgreSQL passes on less than 8,000.
const MAX_MESSAGE_BYTES: usize = 7_500;

/// A message from one process to the others.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PresenceMessage {
    pub node: Uuid,
    /// The process has just started, and asks for the full state.
    #[serde(default)]
    pub hello: bool,
    /// The process stops: nobody is present through it from now on.
    #[serde(default)]
    pub bye: bool,
    #[serde(default)]
    pub threads: Vec<ThreadState>,
}

/// Who is at a thread according to one process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ThreadState {
    pub thread: ThreadId,
    pub readers: Vec<PersonId>,
    /// The number of further readers.
    pub others: usize,
    pub writers: Vec<PersonId>,
}

impl PresenceMessage {
    /// A message without threads.
    pub fn of(node: Uuid, hello: bool, bye: bool) -> PresenceMessage {
        PresenceMessage {
            node,
            hello,
            bye,
            threads: Vec::new(),
        }
    }
}

impl ThreadState {
    /// Whether nobody is there.
    pub fn is_empty(&self) -> bool {
        self.others == 0 && self.readers.is_empty() && self.writers.is_empty()
    }
}

/// Packs states into messages below the maximum size; none when there is nothing to send.
pub(super) fn pack(node: Uuid, hello: bool, states: Vec<ThreadState>) -> Vec<String> {
    let mut messages = Vec::new();
    let mut message = PresenceMessage::of(node, hello, false);
    let mut size = 0;
    for state in states {
        // Generous estimates of the lengths of the parts in JSON.
        let length = 150 + 40 * (state.readers.len() + state.writers.len());
        if size + length > MAX_MESSAGE_BYTES {
            messages.push(std::mem::replace(
                &mut message,
                PresenceMessage::of(node, false, false),
            ));
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
