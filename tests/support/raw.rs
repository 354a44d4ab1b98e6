//! A WebSocket at byte level, for what no client library would send.

use std::net::SocketAddr;

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::socket::PROTOCOL;
use crate::support::wait::within;

/// A connection on which the upgrade is complete.
pub struct Raw {
    stream: TcpStream,
}

impl Raw {
    /// Opens a connection and upgrades it.
    pub async fn open(address: SocketAddr) -> Raw {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        let request = format!(
            "GET /graphql HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Protocol: {PROTOCOL}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.expect("asking");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let byte = within("the answer to the upgrade", stream.read_u8()).await;
            head.push(byte.expect("the answer to the upgrade"));
        }
        assert!(head.starts_with(b"HTTP/1.1 101"));
        Raw { stream }
    }

    /// Sends bytes as they are.
    pub async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("sending");
    }

    /// Sends a frame with this first byte (FIN, reserved bits, opcode), masked with zeros.
    pub async fn send_frame(&mut self, first: u8, payload: &[u8]) {
        let length = u8::try_from(payload.len()).expect("a short payload");
        assert!(length < 126, "a short payload");
        let mut frame = vec![first, 0x80 | length, 0, 0, 0, 0];
        frame.extend_from_slice(payload);
        self.send(&frame).await;
    }

    /// The close code that the server sends.
    pub async fn close_code(&mut self) -> u16 {
        loop {
            let (first, payload) = self.frame().await;
            if first & 0x0f == 8 {
                return u16::from_be_bytes([payload[0], payload[1]]);
            }
        }
    }

    async fn frame(&mut self) -> (u8, Vec<u8>) {
        let read = async {
            let first = self.stream.read_u8().await?;
            let length = match self.stream.read_u8().await? {
                126 => usize::from(self.stream.read_u16().await?),
                short => usize::from(short),
            };
            let mut payload = vec![0; length];
            self.stream.read_exact(&mut payload).await?;
            std::io::Result::Ok((first, payload))
        };
        within("a frame", read)
            .await
            .expect("cut without a close code")
    }
}
