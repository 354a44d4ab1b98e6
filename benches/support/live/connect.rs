//! Many sockets, opened a few at a time.

use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::net::SocketAddr;
use std::net::TcpStream;

use serde_json::Value;

use crate::support::frame;
use crate::support::frame::Opcode;
use crate::support::http::PATIENCE;
use crate::support::http::read_head;

/// Sockets that are opened at the same time.
const OPENERS: usize = 16;

/// Opens so many sockets; `subscribe`, if given, returns the payload of the subscription for the socket of that number.
pub fn open(
    address: SocketAddr,
    count: usize,
    subscribe: Option<&(dyn Fn(usize) -> Value + Sync)>,
) -> Vec<TcpStream> {
    let numbers: Vec<usize> = (0..count).collect();
    let share = count.div_ceil(OPENERS).max(1);
    std::thread::scope(|scope| {
        let openers: Vec<_> = numbers
            .chunks(share)
            .map(|numbers| {
                scope.spawn(move || -> std::io::Result<Vec<TcpStream>> {
                    numbers
                        .iter()
                        .map(|number| open_one(address, subscribe.map(|of| of(*number))))
                        .collect()
                })
            })
            .collect();
        openers
            .into_iter()
            .flat_map(|opener| opener.join().expect("an opener").expect("a socket"))
            .collect()
    })
}

fn open_one(address: SocketAddr, subscribe: Option<Value>) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    write!(
        stream,
        "GET /graphql HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    )?;
    // The server sends nothing after the headers until the client does: no bytes are left in the reader.
    let head = read_head(&mut BufReader::with_capacity(1024, &mut stream))?;
    if !head.starts_with("HTTP/1.1 101") {
        return Err(std::io::Error::other(head));
    }
    if let Some(payload) = subscribe {
        say(&mut stream, r#"{"type":"connection_init"}"#)?;
        let answer = hear(&mut stream)?;
        if !answer.contains("connection_ack") {
            return Err(std::io::Error::other(answer));
        }
        // The same id on all sockets: the frames of one document are the same bytes.
        let message = serde_json::json!({ "type": "subscribe", "id": "1", "payload": payload });
        say(&mut stream, &message.to_string())?;
    }
    stream.set_nonblocking(true)?;
    Ok(stream)
}

fn say(stream: &mut TcpStream, text: &str) -> std::io::Result<()> {
    stream.write_all(&frame::masked(Opcode::Text, text.as_bytes()))
}

/// The next message of less than 126 bytes.
fn hear(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut head = [0; 2];
    stream.read_exact(&mut head)?;
    let mut payload = vec![0; usize::from(head[1])];
    stream.read_exact(&mut payload)?;
    Ok(String::from_utf8_lossy(&payload).into_owned())
}
