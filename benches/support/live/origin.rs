//! The sources of messages: replies by GraphQL mutation, or the bare broadcaster's control connection.

use std::collections::VecDeque;
use std::io::Read;
use std::io::Write;
use std::net::SocketAddr;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::mpsc;
use std::time::Instant;

use crate::support::http::PATIENCE;
use crate::support::member::Member;
use crate::support::member::reply_request;

/// Something that can send a message to all.
pub trait Origin {
    /// Sends one, and waits for the acknowledgement.
    fn say(&mut self) -> Said;

    /// Sends one without waiting.
    fn fire(&mut self);
}

/// When a message was sent, and when it was acknowledged.
pub struct Said {
    pub sent: Instant,
    pub acknowledged: Instant,
}

/// Replies to a thread.
pub struct Replies {
    member: Member,
    thread: String,
    hands: mpsc::Sender<()>,
}

impl Replies {
    /// By a member with so many concurrent requests.
    pub fn new(member: Member, thread: &str, in_flight: usize) -> Replies {
        let (hands, work) = mpsc::channel();
        let work = Arc::new(Mutex::new(work));
        for _ in 0..in_flight {
            let work = Arc::clone(&work);
            let mut member = member.again();
            let thread = thread.to_string();
            std::thread::spawn(move || {
                while next(&work).is_some() {
                    member.send(&reply_request(&thread));
                }
            });
        }
        Replies {
            member,
            thread: thread.to_string(),
            hands,
        }
    }
}

fn next(work: &Mutex<mpsc::Receiver<()>>) -> Option<()> {
    work.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .recv()
        .ok()
}

impl Origin for Replies {
    fn say(&mut self) -> Said {
        let request = reply_request(&self.thread);
        let sent = Instant::now();
        self.member.send(&request);
        Said {
            sent,
            acknowledged: Instant::now(),
        }
    }

    fn fire(&mut self) {
        self.hands.send(()).expect("somebody who writes");
    }
}

/// The forum's messages, sent again by the bare broadcaster.
pub struct Echoes {
    control: TcpStream,
    messages: VecDeque<Vec<u8>>,
    /// Acknowledgements that were not read yet.
    owed: usize,
}

impl Echoes {
    /// Of these messages.
    pub fn new(control: SocketAddr, messages: impl IntoIterator<Item = Vec<u8>>) -> Echoes {
        let control = TcpStream::connect_timeout(&control, PATIENCE).expect("the control");
        control.set_nodelay(true).expect("an option of a socket");
        control
            .set_read_timeout(Some(PATIENCE))
            .expect("an option of a socket");
        Echoes {
            control,
            messages: messages.into_iter().collect(),
            owed: 0,
        }
    }
}

impl Origin for Echoes {
    fn say(&mut self) -> Said {
        let sent = Instant::now();
        self.fire();
        let mut answers = vec![0; self.owed];
        self.control.read_exact(&mut answers).expect("an answer");
        self.owed = 0;
        Said {
            sent,
            acknowledged: Instant::now(),
        }
    }

    fn fire(&mut self) {
        let text = self.messages.pop_front().expect("a message of the forum");
        let length = u32::try_from(text.len()).expect("a short message");
        let message = [&length.to_be_bytes()[..], &text].concat();
        self.control
            .write_all(&message)
            .expect("the control to listen");
        self.owed += 1;
    }
}
