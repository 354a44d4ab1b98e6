//! One thread that reads all sockets, records when each message reached each, and checks that none is lost or duplicated.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::io::ErrorKind;
use std::io::Read;
use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Instant;

use mio::Events;
use mio::Interest;
use mio::Poll;
use mio::Token;
use mio::Waker;

use crate::support::frame;
use crate::support::frame::Opcode;
use crate::support::http::PATIENCE;

const BUFFER: usize = 64 * 1024;
const EVENTS: usize = 1024;
/// The field that identifies a message: the post's number, one more with each reply.
const NUMBER: &[u8] = br#""number":"#;

/// The sockets' reader.
pub struct Receiver {
    delivered: mpsc::Receiver<Delivered>,
    stop: Arc<AtomicBool>,
    waker: Waker,
    thread: JoinHandle<Reader>,
}

/// A message that has reached every socket, and when it reached each.
pub struct Delivered {
    pub number: u32,
    pub at: Vec<Instant>,
}

/// The totals.
#[derive(Debug, Default)]
pub struct Tally {
    /// Messages that a socket never received.
    pub lost: u64,
    /// Messages that a socket received twice, or after a later one.
    pub doubled: u64,
    /// Sockets that the server closed.
    pub cut: u64,
    /// The first unexpected message.
    pub odd: Option<String>,
    /// The payloads that the first socket received, by their numbers.
    pub payloads: BTreeMap<u32, Vec<u8>>,
}

struct Line {
    stream: mio::net::TcpStream,
    /// The start of an incomplete frame.
    rest: Vec<u8>,
    /// The next expected number.
    next: u32,
}

struct Reader {
    lines: Vec<Line>,
    open: HashMap<u32, Vec<Instant>>,
    /// The last payload and its number: most sockets receive the same bytes.
    known: (Vec<u8>, u32),
    tally: Tally,
    tell: mpsc::Sender<Delivered>,
}

impl Receiver {
    /// Reads these sockets; the first message of each must have that number.
    pub fn start(streams: Vec<TcpStream>, first: u32) -> Receiver {
        let poll = Poll::new().expect("an epoll");
        let waker = Waker::new(poll.registry(), Token(usize::MAX)).expect("a waker");
        let (tell, delivered) = mpsc::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let reader = Reader {
            lines: streams
                .into_iter()
                .map(|stream| Line {
                    stream: mio::net::TcpStream::from_std(stream),
                    rest: Vec::new(),
                    next: first,
                })
                .collect(),
            open: HashMap::new(),
            known: (Vec::new(), 0),
            tally: Tally::default(),
            tell,
        };
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || reader.run(poll, &stopped));
        Receiver {
            delivered,
            stop,
            waker,
            thread,
        }
    }

    /// The next message that has reached every socket; `None` if that takes too long.
    pub fn next(&self) -> Option<Delivered> {
        self.delivered.recv_timeout(PATIENCE).ok()
    }

    /// Stops reading. All messages before `end` must have reached every socket.
    pub fn finish(self, end: u32) -> Tally {
        self.stop.store(true, Ordering::Release);
        self.waker.wake().expect("waking the reader");
        let reader = self.thread.join().expect("the reader");
        let mut tally = reader.tally;
        for line in &reader.lines {
            tally.lost += u64::from(end.saturating_sub(line.next));
        }
        tally
    }
}

impl Reader {
    fn run(mut self, mut poll: Poll, stop: &AtomicBool) -> Reader {
        for (at, line) in self.lines.iter_mut().enumerate() {
            poll.registry()
                .register(&mut line.stream, Token(at), Interest::READABLE)
                .expect("a place in the epoll");
        }
        let mut events = Events::with_capacity(EVENTS);
        let mut buffer = vec![0; BUFFER];
        while !stop.load(Ordering::Acquire) {
            if let Err(error) = poll.poll(&mut events, None) {
                assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}");
            }
            for event in &events {
                self.read(event.token().0, &mut buffer);
            }
        }
        self
    }

    /// Reads everything available on one socket; epoll reports it once.
    fn read(&mut self, at: usize, buffer: &mut [u8]) {
        while let Some(line) = self.lines.get_mut(at) {
            match line.stream.read(buffer) {
                Ok(0) => {
                    self.tally.cut += 1;
                    return;
                }
                Ok(count) => {
                    self.take(at, &buffer[..count]);
                    // Less than there was room for: nothing is left.
                    if count < buffer.len() {
                        return;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => {
                    self.tally.cut += 1;
                    return;
                }
            }
        }
    }

    fn take(&mut self, at: usize, read: &[u8]) {
        let now = Instant::now();
        let mut kept = std::mem::take(&mut self.lines[at].rest);
        let mut left = if kept.is_empty() {
            read
        } else {
            kept.extend_from_slice(read);
            &kept[..]
        };
        while let Some(frame) = frame::first(left) {
            match frame.opcode {
                Opcode::Text => self.text(at, frame.payload, now),
                Opcode::Ping => {
                    let pong = frame::masked(Opcode::Pong, frame.payload);
                    // A few bytes on a socket that writes nothing else: they fit, or the server will close it.
                    drop(self.lines[at].stream.write(&pong));
                }
                Opcode::Close | Opcode::Pong | Opcode::Other => {}
            }
            left = &left[frame.length..];
        }
        self.lines[at].rest = left.to_vec();
    }

    fn text(&mut self, at: usize, payload: &[u8], now: Instant) {
        if self.known.0 != payload {
            let Some(number) = number_in(payload) else {
                let text = String::from_utf8_lossy(payload).into_owned();
                self.tally.odd.get_or_insert(text);
                return;
            };
            self.known = (payload.to_vec(), number);
        }
        let number = self.known.1;
        let line = &mut self.lines[at];
        if number < line.next {
            self.tally.doubled += 1;
            return;
        }
        self.tally.lost += u64::from(number - line.next);
        line.next = number + 1;
        if at == 0 {
            self.tally.payloads.insert(number, payload.to_vec());
        }
        let all = self.lines.len();
        let times = self
            .open
            .entry(number)
            .or_insert_with(|| Vec::with_capacity(all));
        times.push(now);
        if times.len() == all
            && let Some(at) = self.open.remove(&number)
        {
            // Nobody waits for it any more when the bench is finishing.
            drop(self.tell.send(Delivered { number, at }));
        }
    }
}

fn number_in(payload: &[u8]) -> Option<u32> {
    let begin = payload
        .windows(NUMBER.len())
        .position(|window| window == NUMBER)?;
    let digits = payload.get(begin + NUMBER.len()..)?;
    let end = digits.iter().position(|byte| !byte.is_ascii_digit())?;
    std::str::from_utf8(&digits[..end]).ok()?.parse().ok()
}
