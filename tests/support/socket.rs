//! A client of the forum's WebSocket with graphql-transport-ws.

use std::net::SocketAddr;

use futures_util::SinkExt;
use futures_util::StreamExt;
use serde_json::Value;
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::MaybeTlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderName;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use crate::support::json::at;
use crate::support::wait::within;

/// The subprotocol's name.
pub const PROTOCOL: &str = "graphql-transport-ws";

/// An open socket.
#[derive(Debug)]
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// What arrives on a socket.
#[derive(Clone, Debug, PartialEq)]
pub enum Received {
    Message(Value),
    Closed(u16),
    /// The connection ended without a close frame.
    Cut,
}

impl Socket {
    /// Opens a socket with a session.
    pub async fn open(address: SocketAddr, token: Option<&str>) -> Socket {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut headers = vec![("sec-websocket-protocol", PROTOCOL)];
        if let Some(bearer) = &bearer {
            headers.push(("authorization", bearer));
        }
        Socket::try_open(address, &headers)
            .await
            .unwrap_or_else(|status| panic!("the upgrade was refused with {status}"))
    }

    /// The same; `None` if the connection is cut or refused.
    pub async fn try_connect(address: SocketAddr, token: Option<&str>) -> Option<Socket> {
        let mut request = format!("ws://{address}/graphql")
            .into_client_request()
            .expect("an upgrade request");
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", HeaderValue::from_static(PROTOCOL));
        if let Some(token) = token {
            let bearer = format!("Bearer {token}").parse().expect("a header's value");
            headers.insert("authorization", bearer);
        }
        let (stream, _) = within("the upgrade", connect_async(request)).await.ok()?;
        Some(Socket { stream })
    }

    /// The next event of an operation; `None` if the connection or the operation has ended.
    pub async fn next_event(&mut self, id: &str) -> Option<Value> {
        let Received::Message(message) = self.receive().await else {
            return None;
        };
        if message["type"] != "next" || message["id"] != id {
            return None;
        }
        message["payload"]["data"]
            .as_object()?
            .values()
            .next()
            .cloned()
    }

    /// Opens a socket with these headers, or returns the status of the refusal.
    pub async fn try_open(address: SocketAddr, headers: &[(&str, &str)]) -> Result<Socket, u16> {
        let mut request = format!("ws://{address}/graphql")
            .into_client_request()
            .expect("an upgrade request");
        for (name, value) in headers {
            let name: HeaderName = name.parse().expect("a header's name");
            let value: HeaderValue = value.parse().expect("a header's value");
            request.headers_mut().insert(name, value);
        }
        match within("the upgrade", connect_async(request)).await {
            Ok((stream, _)) => Ok(Socket { stream }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("no upgrade: {error}"),
        }
    }

    /// Sends the credentials and waits for the acknowledgement.
    pub async fn init(&mut self) {
        self.send(json!({ "type": "connection_init" })).await;
        let received = self.receive().await;
        assert_eq!(kind(&received), "connection_ack", "{received:?}");
    }

    /// Sends the credentials; returns whether they are acknowledged.
    pub async fn try_init(&mut self) -> bool {
        let init = json!({ "type": "connection_init" });
        self.try_send(Message::text(init.to_string())).await
            && kind(&self.receive().await) == "connection_ack"
    }

    /// Starts an operation.
    pub async fn subscribe(&mut self, id: &str, document: &str, variables: Value) {
        let payload = json!({ "query": document, "variables": variables });
        self.send(json!({ "type": "subscribe", "id": id, "payload": payload }))
            .await;
    }

    /// Starts an operation on a connection that may have been cut; returns whether it was sent.
    pub async fn try_subscribe(&mut self, id: &str, document: &str, variables: &Value) -> bool {
        let payload = json!({ "query": document, "variables": variables });
        let message = json!({ "type": "subscribe", "id": id, "payload": payload });
        self.try_send(Message::text(message.to_string())).await
    }

    /// Sends a message of the subprotocol.
    pub async fn send(&mut self, message: Value) {
        self.send_frame(Message::text(message.to_string())).await;
    }

    /// Sends any frame.
    pub async fn send_frame(&mut self, frame: Message) {
        self.stream
            .send(frame)
            .await
            .expect("sending on the socket");
    }

    /// Sends a frame that may come too late; returns whether it was sent.
    pub async fn try_send(&mut self, frame: Message) -> bool {
        within("sending on the socket", self.stream.send(frame))
            .await
            .is_ok()
    }

    /// The next message; pings of the transport are answered by the library, those of the subprotocol here.
    pub async fn receive(&mut self) -> Received {
        loop {
            let received = self.receive_any().await;
            if kind(&received) != "ping" {
                return received;
            }
            self.send(json!({ "type": "pong" })).await;
        }
    }

    /// The next message of any kind.
    pub async fn receive_any(&mut self) -> Received {
        loop {
            let Some(frame) = within("a message on the socket", self.stream.next()).await else {
                return Received::Cut;
            };
            match frame {
                Ok(Message::Text(text)) => {
                    let message = serde_json::from_str(&text).expect("JSON on the socket");
                    return Received::Message(message);
                }
                Ok(Message::Close(close)) => {
                    return Received::Closed(close.map_or(1005, |frame| frame.code.into()));
                }
                Ok(Message::Binary(_) | Message::Frame(_)) => panic!("a frame that is no text"),
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                Err(_) => return Received::Cut,
            }
        }
    }

    /// Closes the connection properly.
    pub async fn close(mut self) {
        let _ = within("closing the socket", self.stream.close(None)).await;
    }

    /// The close code that the server sends; other messages are skipped.
    pub async fn close_code(&mut self) -> u16 {
        loop {
            match self.receive().await {
                Received::Closed(code) => return code,
                Received::Cut => panic!("cut without a close code"),
                Received::Message(_) => {}
            }
        }
    }
}

/// The `type` of a message; `None` at the end of a socket.
pub fn kind(received: &Received) -> &str {
    match received {
        Received::Message(message) => message["type"].as_str().unwrap_or_default(),
        Received::Closed(_) | Received::Cut => "",
    }
}

/// One operation on a socket of its own.
#[derive(Debug)]
pub struct Subscription {
    socket: Socket,
    id: String,
}

impl Subscription {
    /// Follows an operation that was started.
    pub fn of(socket: Socket, id: &str) -> Subscription {
        Subscription {
            socket,
            id: id.to_string(),
        }
    }

    /// The next message of any kind.
    pub async fn receive(&mut self) -> Received {
        self.socket.receive().await
    }

    /// The next event: the one field of the payload's data.
    pub async fn event(&mut self) -> Value {
        let received = self.receive().await;
        self.read(&received)
            .unwrap_or_else(|| panic!("not an event: {received:?}"))
    }

    /// The next event, or `None` if the connection has ended.
    pub async fn event_or_end(&mut self) -> Option<Value> {
        match self.receive().await {
            Received::Closed(_) | Received::Cut => None,
            message => Some(
                self.read(&message)
                    .unwrap_or_else(|| panic!("not an event: {message:?}")),
            ),
        }
    }

    fn read(&self, received: &Received) -> Option<Value> {
        let Received::Message(message) = received else {
            return None;
        };
        if message["type"] != "next" || message["id"] != self.id.as_str() {
            return None;
        }
        let data = at(message, "payload.data").as_object()?;
        data.values()
            .next()
            .cloned()
            .filter(|event| !event.is_null())
    }
}
