//! Subscribers on real sockets, read by as little as possible: they share the machine with what is measured.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// What stands before the number of a post in a message.
const MARK: &[u8] = b"\"number\":";
/// Sockets being opened at the same time.
const OPENING: usize = 64;

/// What the subscribers have heard.
#[derive(Default)]
pub struct Heard {
    /// For each post number, when each subscriber heard it.
    arrivals: Mutex<Vec<Vec<Instant>>>,
    count: AtomicUsize,
    wrong: AtomicUsize,
    changed: Notify,
    /// A message as it came, for the bare server to send.
    sample: Mutex<Option<String>>,
}

/// Many subscribers of one thread.
pub struct Subscribers {
    tasks: JoinSet<()>,
    heard: Arc<Heard>,
}

impl Subscribers {
    /// Opens sockets and subscribes on each with the document that `document` gives for its number.
    pub async fn open(
        address: SocketAddr,
        count: usize,
        document: impl Fn(usize) -> String,
        variables: &serde_json::Value,
    ) -> Subscribers {
        let heard = Arc::new(Heard::default());
        let opening = Arc::new(Semaphore::new(OPENING));
        let ready = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        for number in 0..count {
            let payload = json!({ "query": document(number), "variables": variables });
            let subscribe = json!({ "type": "subscribe", "id": "1", "payload": payload });
            let (heard, opening, ready) = (heard.clone(), opening.clone(), ready.clone());
            tasks.spawn(async move {
                let permit = opening.acquire().await;
                let stream = connect(address, &subscribe.to_string()).await;
                ready.fetch_add(1, Ordering::Relaxed);
                drop(permit);
                listen(stream, &heard).await;
            });
        }
        let begun = Instant::now();
        while ready.load(Ordering::Relaxed) < count {
            assert!(
                begun.elapsed() < Duration::from_secs(120),
                "the sockets did not open"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Subscribers { tasks, heard }
    }

    /// Waits until this many messages have been heard in all; `false` when nothing more came for ten seconds.
    pub async fn hear(&self, count: usize) -> bool {
        loop {
            let before = self.heard.count.load(Ordering::Acquire);
            if before >= count {
                return true;
            }
            let changed = self.heard.changed.notified();
            let waited = tokio::time::timeout(Duration::from_secs(10), changed).await;
            if waited.is_err() && self.heard.count.load(Ordering::Acquire) == before {
                return false;
            }
        }
    }

    /// Messages heard so far.
    pub fn count(&self) -> usize {
        self.heard.count.load(Ordering::Acquire)
    }

    /// Messages that were not the next of their subscriber: lost before, or doubled.
    pub fn wrong(&self) -> usize {
        self.heard.wrong.load(Ordering::Acquire)
    }

    /// When each subscriber heard the post of that number.
    pub fn arrivals(&self, number: usize) -> Vec<Instant> {
        let arrivals = self.heard.arrivals.lock().expect("the arrivals");
        arrivals.get(number).cloned().unwrap_or_default()
    }

    /// A message as it came.
    pub fn sample(&self) -> String {
        let sample = self.heard.sample.lock().expect("the sample");
        sample.clone().expect("a message")
    }

    /// Cuts all lines.
    pub async fn close(mut self) {
        self.tasks.shutdown().await;
    }
}

async fn connect(address: SocketAddr, subscribe: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("a setting");
    let request = format!(
        "GET /graphql HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("asking");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("the answer"));
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "no upgrade");
    send(&mut stream, r#"{"type":"connection_init"}"#).await;
    let ack = frame(&mut stream, &mut Vec::new()).await;
    assert!(ack.is_some(), "no acknowledgement");
    send(&mut stream, subscribe).await;
    stream
}

/// Sends a text, masked with zeros.
async fn send(stream: &mut TcpStream, text: &str) {
    let length = u16::try_from(text.len()).expect("a short message");
    let mut frame = vec![0x81];
    if length < 126 {
        frame.push(0x80 | length.to_le_bytes()[0]);
    } else {
        frame.push(0x80 | 126);
        frame.extend_from_slice(&length.to_be_bytes());
    }
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(text.as_bytes());
    stream.write_all(&frame).await.expect("sending");
}

/// Reads one frame; `None` when the line is closed.
async fn frame(stream: &mut TcpStream, read: &mut Vec<u8>) -> Option<Vec<u8>> {
    loop {
        if let Some((payload, length)) = whole(read) {
            let taken = read[payload..payload + length].to_vec();
            read.drain(..payload + length);
            return Some(taken);
        }
        let mut bytes = [0; 4096];
        match stream.read(&mut bytes).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => read.extend_from_slice(&bytes[..count]),
        }
    }
}

/// Where the payload of a whole frame begins, and its length.
fn whole(read: &[u8]) -> Option<(usize, usize)> {
    let (start, length) = match *read.get(1)? {
        126 => (
            4,
            usize::from(u16::from_be_bytes([*read.get(2)?, *read.get(3)?])),
        ),
        127 => {
            let bytes: [u8; 8] = read.get(2..10)?.try_into().ok()?;
            (10, usize::try_from(u64::from_be_bytes(bytes)).ok()?)
        }
        short => (2, usize::from(short)),
    };
    (read.len() >= start + length).then_some((start, length))
}

async fn listen(mut stream: TcpStream, heard: &Heard) {
    let mut read = Vec::new();
    let mut last: Option<usize> = None;
    while let Some(payload) = frame(&mut stream, &mut read).await {
        let now = Instant::now();
        let Some(number) = number(&payload) else {
            continue;
        };
        if last.is_some_and(|last| number != last + 1) {
            heard.wrong.fetch_add(1, Ordering::AcqRel);
        }
        if last.is_none() {
            let mut sample = heard.sample.lock().expect("the sample");
            sample.get_or_insert_with(|| String::from_utf8_lossy(&payload).into_owned());
        }
        last = Some(number);
        {
            let mut arrivals = heard.arrivals.lock().expect("the arrivals");
            if arrivals.len() <= number {
                arrivals.resize(number + 1, Vec::new());
            }
            arrivals[number].push(now);
        }
        heard.count.fetch_add(1, Ordering::AcqRel);
        heard.changed.notify_waiters();
    }
}

fn number(payload: &[u8]) -> Option<usize> {
    let at = payload
        .windows(MARK.len())
        .position(|window| window == MARK)?;
    let digits: Vec<u8> = payload[at + MARK.len()..]
        .iter()
        .copied()
        .take_while(u8::is_ascii_digit)
        .collect();
    std::str::from_utf8(&digits).ok()?.parse().ok()
}
