//! The latest messages of a group, without holes, held for subscribers that are a little behind.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::OnceLock;

use axum::extract::ws::Message;
use axum::extract::ws::Utf8Bytes;

use crate::base::clock::Moment;
use crate::edge::message;

/// Maximum number of messages that are held for subscribers that are behind.
const MAX_MESSAGES: usize = 64;
/// Maximum total size of these, in bytes.
const MAX_BYTES: usize = 128 * 1024;

/// The result of a subscription for one event, ready to be sent to every subscriber.
#[derive(Clone, Debug)]
pub struct EventMessage {
    /// The position of its event in the log.
    pub position: i64,
    /// When the event was committed.
    pub at: Moment,
    /// The response in JSON.
    pub body: Arc<str>,
    /// The first subscriber's id of the operation and its frame. Most clients use the same id, so most frames are shared.
    framed: Arc<OnceLock<(Box<str>, Utf8Bytes)>>,
}

impl EventMessage {
    /// Creates the message for the event at a position of the log.
    pub fn new(position: i64, at: Moment, body: Arc<str>) -> EventMessage {
        EventMessage {
            position,
            at,
            body,
            framed: Arc::default(),
        }
    }

    /// Returns the frame for a socket that uses this id for the operation.
    pub fn socket_frame(&self, id: &str) -> Message {
        let make = || Utf8Bytes::from(message::next(id, &self.body));
        let (name, framed) = self.framed.get_or_init(|| (id.into(), make()));
        Message::Text(if name.as_ref() == id {
            framed.clone()
        } else {
            make()
        })
    }
}

/// The messages after a position, without holes.
pub struct History {
    after: i64,
    messages: VecDeque<EventMessage>,
    bytes: usize,
}

impl History {
    /// Creates an empty history that starts after a position.
    pub fn new(after: i64) -> History {
        History {
            after,
            messages: VecDeque::new(),
            bytes: 0,
        }
    }

    /// The position after which everything is held.
    pub fn after(&self) -> i64 {
        self.after
    }

    /// The total size of the messages, in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether this many messages of this total size can be held.
    pub fn fits(count: usize, bytes: usize) -> bool {
        count <= MAX_MESSAGES && bytes <= MAX_BYTES
    }

    /// Returns the first message after a position.
    pub fn next(&self, position: i64) -> Option<&EventMessage> {
        let next = self
            .messages
            .partition_point(|message| message.position <= position);
        self.messages.get(next)
    }

    /// Adds the newest message, and drops the oldest ones if there are too many.
    pub fn push(&mut self, message: EventMessage) {
        self.bytes += message.body.len();
        self.messages.push_back(message);
        while self.messages.len() > MAX_MESSAGES
            || (self.bytes > MAX_BYTES && self.messages.len() > 1)
        {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        if let Some(dropped) = self.messages.pop_front() {
            self.bytes -= dropped.body.len();
            self.after = dropped.position;
        }
    }

    /// Drops the messages from before something was hidden or removed, so that its old content is not sent again.
    pub fn forget_before(&mut self, position: i64) {
        while self
            .messages
            .front()
            .is_some_and(|message| message.position < position)
        {
            self.drop_oldest();
        }
        self.after = self.after.max(position - 1);
    }

    /// Adds earlier messages in front, if they end where this history begins and there is room.
    pub fn prepend(&mut self, after: i64, upto: i64, earlier: Vec<EventMessage>) {
        let bytes: usize = earlier.iter().map(|message| message.body.len()).sum();
        let fits = History::fits(earlier.len() + self.messages.len(), bytes + self.bytes);
        if upto == self.after && fits {
            self.after = after;
            self.bytes += bytes;
            for message in earlier.into_iter().rev() {
                self.messages.push_front(message);
            }
        }
    }
}
