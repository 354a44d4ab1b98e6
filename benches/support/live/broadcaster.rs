//! The bare reference: a tokio-tungstenite server that only sends each message that it receives to every socket. One task per socket, one
//! broadcast channel for all. It runs in a process of its own.

use std::io::Write;
use std::net::SocketAddr;

use futures_util::SinkExt;
use futures_util::StreamExt;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::sync::broadcast;
use tokio_tungstenite::accept_async_with_config;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use crate::support::child::Child;
use crate::support::child::end_with_owner;

/// The argument that starts this program as the broadcaster.
pub const PART: &str = "bare-broadcaster";

/// Messages that the channel buffers for a slow task.
const CHANNEL: usize = 1024;

/// A running broadcaster.
pub struct Broadcaster {
    pub child: Child,
    /// Where sockets connect.
    pub address: SocketAddr,
    /// Where it receives messages: a length of four bytes, then the text; it answers with one byte.
    pub control: SocketAddr,
}

impl Broadcaster {
    /// Starts one.
    pub fn start() -> Broadcaster {
        let mut child = Child::again(&[PART]);
        let mut address = || {
            let line = child.line().expect("the broadcaster to listen");
            line.parse().expect("an address")
        };
        let (sockets, control) = (address(), address());
        Broadcaster {
            child,
            address: sockets,
            control,
        }
    }
}

/// The main function of the broadcaster, until the owner exits.
pub fn run() {
    end_with_owner();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let sockets = bind().await;
        let control = bind().await;
        let (tell, _) = broadcast::channel(CHANNEL);
        tokio::spawn(accept(sockets, tell.clone()));
        loop {
            let (stream, _) = control.accept().await.expect("a connection");
            tokio::spawn(obey(stream, tell.clone()));
        }
    });
}

async fn bind() -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    writeln!(std::io::stdout(), "{address}").expect("the owner");
    listener
}

async fn accept(listener: TcpListener, tell: broadcast::Sender<Utf8Bytes>) {
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        tokio::spawn(send(stream, tell.subscribe()));
    }
}

/// One socket: broadcast messages are sent, incoming ones ignored.
async fn send(stream: TcpStream, mut told: broadcast::Receiver<Utf8Bytes>) {
    stream.set_nodelay(true).expect("an option of a socket");
    // As small as the forum's: the default of 128 KiB for each socket would distort the comparison.
    let config = WebSocketConfig::default()
        .read_buffer_size(2 * 1024)
        .write_buffer_size(0);
    let Ok(mut socket) = accept_async_with_config(stream, Some(config)).await else {
        return;
    };
    loop {
        tokio::select! {
            text = told.recv() => {
                let Ok(text) = text else { return };
                if socket.send(Message::Text(text)).await.is_err() {
                    return;
                }
            }
            said = socket.next() => {
                if !matches!(said, Some(Ok(_))) {
                    return;
                }
            }
        }
    }
}

async fn obey(mut stream: TcpStream, tell: broadcast::Sender<Utf8Bytes>) {
    while let Ok(length) = stream.read_u32().await {
        let mut text = vec![0; usize::try_from(length).expect("a length")];
        stream.read_exact(&mut text).await.expect("a message");
        let text = Utf8Bytes::try_from(text).expect("a text");
        tell.send(text).expect("sockets");
        stream.write_all(b"!").await.expect("the owner");
    }
}
