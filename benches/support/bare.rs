//! The bare reference: a tokio-tungstenite server with one task for each socket and one channel to all, that knows nothing
//! and sends what it is told to. It runs in a process of its own: the bench calls itself.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::net::SocketAddr;
use std::process::Child;
use std::process::ChildStdin;
use std::process::Command;
use std::process::Stdio;

use futures_util::SinkExt;
use futures_util::StreamExt;
use tokio::io::AsyncBufReadExt;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::sync::broadcast;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_tungstenite::tungstenite::handshake::server::Request;
use tokio_tungstenite::tungstenite::handshake::server::Response;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// The argument with which the bench calls itself as the bare server.
pub const ARGUMENT: &str = "--bare-server";

/// A running bare server.
pub struct Bare {
    child: Child,
    stdin: ChildStdin,
    pub address: SocketAddr,
}

impl Bare {
    /// Starts one.
    pub fn start() -> Bare {
        let program = std::env::current_exe().expect("this program");
        let mut child = Command::new(program)
            .arg(ARGUMENT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the bare server");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("its address");
        let stdin = child.stdin.take().expect("its input");
        Bare {
            child,
            stdin,
            address: line.trim().parse().expect("its address"),
        }
    }

    /// The id of its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Has it send a message to all.
    pub fn send(&mut self, message: &str) {
        writeln!(self.stdin, "{message}").expect("the bare server");
        self.stdin.flush().expect("the bare server");
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Serves until its input ends.
#[expect(clippy::print_stdout, reason = "tells the bench where it listens")]
pub async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("{}", listener.local_addr().expect("its address"));
    let (say, _) = broadcast::channel::<Utf8Bytes>(64);
    let to_all = say.clone();
    let accepting = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(one(stream, to_all.subscribe()));
        }
    });
    let mut lines = tokio::io::BufReader::new(tokio::io::stdin()).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        // Nobody listens yet.
        let _ = say.send(Utf8Bytes::from(line));
    }
    accepting.abort();
}

async fn one(stream: TcpStream, mut hear: broadcast::Receiver<Utf8Bytes>) {
    stream.set_nodelay(true).expect("a setting");
    let mut config = WebSocketConfig::default();
    config.read_buffer_size = 2048;
    config.write_buffer_size = 0;
    #[expect(clippy::result_large_err, reason = "the library's type")]
    let subprotocol = |_: &Request, mut response: Response| {
        let name = HeaderValue::from_static("graphql-transport-ws");
        response
            .headers_mut()
            .insert("sec-websocket-protocol", name);
        Ok(response)
    };
    let accepted =
        tokio_tungstenite::accept_hdr_async_with_config(stream, subprotocol, Some(config)).await;
    let Ok(mut socket) = accepted else {
        return;
    };
    loop {
        tokio::select! {
            said = hear.recv() => match said {
                Ok(text) => {
                    if socket.send(Message::Text(text)).await.is_err() {
                        return;
                    }
                }
                Err(_) => return,
            },
            message = socket.next() => {
                if !answered(&mut socket, message).await {
                    return;
                }
            }
        }
    }
}

/// Acknowledges what a subscriber says first; everything else is passed over.
async fn answered(
    socket: &mut WebSocketStream<TcpStream>,
    message: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>,
) -> bool {
    match message {
        Some(Ok(Message::Text(text))) if text.contains("connection_init") => socket
            .send(Message::text(r#"{"type":"connection_ack"}"#))
            .await
            .is_ok(),
        Some(Ok(_)) => true,
        Some(Err(_)) | None => false,
    }
}
