//! What a group of subscribers was told lately: held, without holes, for those who come a little later.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::OnceLock;

use axum::extract::ws::Message;
use axum::extract::ws::Utf8Bytes;

use crate::base::clock::Moment;
use crate::edge::message;

/// Maximum number of sent events that are held for subscribers that come a little later, and their maximum total size
/// in bytes.
const HELD: usize = 64;
const HELD_BYTES: usize = 128 * 1024;
/// A sent event, ready for every socket.
#[derive(Clone, Debug)]
pub struct Told {
    /// The position of its event, and when that was committed.
    pub position: i64,
    pub at: Moment,
    /// The response in JSON.
    pub body: Arc<str>,
    /// The message for the first subscriber, with its name for the operation: most clients use the same one.
    framed: Arc<OnceLock<(Box<str>, Utf8Bytes)>>,
}

impl Told {
    /// What was told of the event at a position of the log.
    pub fn new(position: i64, at: Moment, body: Arc<str>) -> Told {
        Told {
            position,
            at,
            body,
            framed: Arc::default(),
        }
    }

    /// Returns the message for a socket that uses this name for the operation.
    pub fn message(&self, id: &str) -> Message {
        let make = || Utf8Bytes::from(message::next(id, &self.body));
        let (name, framed) = self.framed.get_or_init(|| (id.into(), make()));
        Message::Text(if name.as_ref() == id {
            framed.clone()
        } else {
            make()
        })
    }
}

/// What was sent after a position, without holes.
pub struct History {
    after: i64,
    told: VecDeque<Told>,
    bytes: usize,
}

impl History {
    /// Nothing yet, after a position.
    pub fn new(after: i64) -> History {
        History {
            after,
            told: VecDeque::new(),
            bytes: 0,
        }
    }

    /// The position after which everything is held.
    pub fn after(&self) -> i64 {
        self.after
    }

    /// How many bytes are held.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether so many of so many bytes together can be held.
    pub fn fits(count: usize, bytes: usize) -> bool {
        count <= HELD && bytes <= HELD_BYTES
    }

    /// The first that was told after a position.
    pub fn next(&self, position: i64) -> Option<&Told> {
        let next = self.told.partition_point(|told| told.position <= position);
        self.told.get(next)
    }

    /// Adds the newest; the oldest go when there are too many.
    pub fn push(&mut self, told: Told) {
        self.bytes += told.body.len();
        self.told.push_back(told);
        while self.told.len() > HELD || (self.bytes > HELD_BYTES && self.told.len() > 1) {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        if let Some(dropped) = self.told.pop_front() {
            self.bytes -= dropped.body.len();
            self.after = dropped.position;
        }
    }

    /// Forgets what was sent before something was taken away, so that it is not sent again as it was.
    pub fn forget_before(&mut self, position: i64) {
        while self
            .told
            .front()
            .is_some_and(|told| told.position < position)
        {
            self.drop_oldest();
        }
        self.after = self.after.max(position - 1);
    }

    /// Puts earlier events in front, if they reach the beginning of this one and there is room.
    pub fn prepend(&mut self, after: i64, upto: i64, earlier: Vec<Told>) {
        let bytes: usize = earlier.iter().map(|told| told.body.len()).sum();
        let fits = History::fits(earlier.len() + self.told.len(), bytes + self.bytes);
        if upto == self.after && fits {
            self.after = after;
            self.bytes += bytes;
            for told in earlier.into_iter().rev() {
                self.told.push_front(told);
            }
        }
    }
}
