//! A relay to a server that replaces one word by another of the same length, for as long as that is wanted: in responses the server's word
//! becomes the other one, in requests the other way around.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use tokio::io::AsyncRead;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWrite;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// The server's word and its replacement.
type Words = Arc<Vec<(Vec<u8>, Vec<u8>)>>;

/// Such a relay.
pub struct Renaming {
    /// The address at which the server is reached through it.
    pub address: SocketAddr,
    wanted: Arc<AtomicBool>,
    _lines: JoinSet<()>,
}

impl Renaming {
    /// Starts a relay that replaces the server's word.
    pub async fn before(server: SocketAddr, own: &str, other: &str) -> Renaming {
        assert_eq!(own.len(), other.len());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let wanted = Arc::new(AtomicBool::new(true));
        let bytes = |from: &str, to: &str| (from.as_bytes().to_vec(), to.as_bytes().to_vec());
        let back: Words = Arc::new(vec![bytes(own, other)]);
        // Compressed content cannot be searched for words.
        let there: Words = Arc::new(vec![
            bytes(other, own),
            bytes("Accept-Encoding:", "Xccept-Encoding:"),
        ]);
        let is_wanted = Arc::clone(&wanted);
        let mut lines = JoinSet::new();
        lines.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                let Ok(far) = TcpStream::connect(server).await else {
                    continue;
                };
                let (near_in, near_out) = near.into_split();
                let (far_in, far_out) = far.into_split();
                open.spawn(carry(
                    near_in,
                    far_out,
                    Arc::clone(&there),
                    Arc::clone(&is_wanted),
                ));
                open.spawn(carry(
                    far_in,
                    near_out,
                    Arc::clone(&back),
                    Arc::clone(&is_wanted),
                ));
            }
        });
        Renaming {
            address,
            wanted,
            _lines: lines,
        }
    }

    /// From now on everything passes unchanged.
    pub fn end(&self) {
        self.wanted.store(false, Ordering::SeqCst);
    }
}

async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    words: Words,
    wanted: Arc<AtomicBool>,
) {
    let mut read = vec![0; 64 * 1024];
    let mut held: Vec<u8> = Vec::new();
    while let Ok(count @ 1..) = from.read(&mut read).await {
        held.extend_from_slice(&read[..count]);
        let mut rest = 0;
        if wanted.load(Ordering::SeqCst) {
            for (word, other) in words.iter() {
                replace(&mut held, word, other);
                rest = rest.max(begun(&held, word));
            }
        }
        let sent = held.len() - rest;
        if to.write_all(&held[..sent]).await.is_err() {
            return;
        }
        held.drain(..sent);
    }
}

fn replace(text: &mut [u8], word: &[u8], other: &[u8]) {
    let mut at = 0;
    while at + word.len() <= text.len() {
        if text[at..].starts_with(word) {
            text[at..at + word.len()].copy_from_slice(other);
        }
        at += 1;
    }
}

/// How many bytes of a word are at the end of a text, so that it is not split.
fn begun(text: &[u8], word: &[u8]) -> usize {
    (1..word.len())
        .rev()
        .find(|length| text.ends_with(&word[..*length]))
        .unwrap_or(0)
}
