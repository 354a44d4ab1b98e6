//! The WebSocket of `graphql-transport-ws`. One task reads and writes the socket; each operation runs in its own and waits
//! when the reader is slow, so that nothing is buffered without end: a subscription simply goes on from its own cursor.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_graphql::Request;
use async_graphql::parser::types::OperationType;
use axum::extract::ws::CloseFrame;
use axum::extract::ws::Message;
use axum::extract::ws::WebSocket;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;
use futures_util::StreamExt;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite;

use crate::base::actor::Actor;
use crate::base::caller::Caller;
use crate::base::message as base_message;
use crate::edge::Edge;
use crate::edge::graphql;
use crate::edge::graphql::Asking;
use crate::edge::identity;
use crate::edge::message;
use crate::edge::message::Closing;
use crate::edge::message::Incoming;
use crate::forum::accounts::session;

const SUBPROTOCOL: &str = "graphql-transport-ws";
/// Messages that operations may have ready for one socket; beyond it they wait.
const READY: usize = 32;
/// How long a closed socket is held for its peer to read why.
const LINGER: Duration = Duration::from_secs(1);

/// Takes the upgrade.
pub fn accept(edge: Edge, caller: Caller, upgrade: WebSocketUpgrade) -> Response {
    let bytes = edge.config.limits.body_bytes;
    let tracked = edge.sockets.token();
    upgrade
        .protocols([SUBPROTOCOL])
        .max_message_size(bytes)
        .max_frame_size(bytes)
        .on_upgrade(async move |socket| {
            let open = Arc::clone(&edge.open_sockets);
            let before = open.fetch_add(1, Ordering::SeqCst);
            let full = before >= edge.config.limits.sockets;
            serve(edge, caller, socket, full).await;
            open.fetch_sub(1, Ordering::SeqCst);
            drop(tracked);
        })
}

async fn serve(edge: Edge, caller: Caller, socket: WebSocket, full: bool) {
    let has_subprotocol = socket.protocol().is_some();
    let (ready, outgoing) = mpsc::channel(READY);
    let mut connection = Connection {
        seen: edge.graph.live().head(),
        edge,
        caller,
        socket,
        initialised: false,
        operations: HashMap::new(),
        ready,
        heard: Instant::now(),
    };
    let closing = if !has_subprotocol {
        Some(Closing::NoSubprotocol)
    } else if full {
        Some(Closing::TryAgainLater)
    } else {
        connection.run(outgoing).await
    };
    for (_, operation) in connection.operations.drain() {
        operation.abort();
    }
    if let Some(closing) = closing {
        connection.close(&closing).await;
    }
}

struct Connection {
    edge: Edge,
    caller: Caller,
    socket: WebSocket,
    initialised: bool,
    operations: HashMap<String, JoinHandle<()>>,
    ready: mpsc::Sender<Ready>,
    /// When the peer was last heard.
    heard: Instant,
    /// The position up to which changes of rights were looked for.
    seen: i64,
}

/// What an operation has to say.
struct Ready {
    id: String,
    text: String,
    /// The operation is over.
    last: bool,
}

impl Connection {
    /// Serves until the peer goes (`None`) or there is a reason to close.
    async fn run(&mut self, mut outgoing: mpsc::Receiver<Ready>) -> Option<Closing> {
        let limits = self.edge.config.limits.clone();
        let stop = self.edge.stop.clone();
        let ping_every = Duration::from_secs(limits.socket_ping_seconds.max(1));
        let init = tokio::time::sleep(Duration::from_secs(limits.socket_init_seconds));
        tokio::pin!(init);
        let mut ping = tokio::time::interval_at(Instant::now() + ping_every, ping_every);
        let mut changes = self.edge.graph.live().changes();
        loop {
            tokio::select! {
                () = stop.cancelled() => return Some(Closing::GoingAway),
                () = &mut init, if !self.initialised => return Some(Closing::InitTimeout),
                message = self.socket.recv() => {
                    self.heard = Instant::now();
                    match message? {
                        Ok(message) => match self.take(message).await {
                            Ok(true) => {}
                            Ok(false) => return None,
                            Err(closing) => return Some(closing),
                        },
                        Err(error) => return closing_of(error),
                    }
                }
                Some(ready) = outgoing.recv() => {
                    if ready.last {
                        self.operations.remove(&ready.id);
                    }
                    if !self.send(Message::from(ready.text)).await {
                        return None;
                    }
                }
                changed = changes.changed(), if self.caller.actor.member().is_some() => {
                    if changed.is_err() {
                        return Some(Closing::GoingAway);
                    }
                    if !self.still_there().await {
                        return Some(Closing::Forbidden);
                    }
                }
                _ = ping.tick() => {
                    if self.heard.elapsed() > 2 * ping_every
                        || !self.send(Message::Ping(Vec::new().into())).await
                    {
                        return None;
                    }
                    if !self.still_there().await {
                        return Some(Closing::Forbidden);
                    }
                }
            }
        }
    }

    /// Takes one frame. `false` when the peer has closed.
    async fn take(&mut self, message: Message) -> Result<bool, Closing> {
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => return Err(Closing::BadMessage),
            Message::Ping(_) | Message::Pong(_) => return Ok(true),
            Message::Close(_) => return Ok(false),
        };
        match message::read(&text).ok_or(Closing::BadMessage)? {
            Incoming::Init { .. } if self.initialised => Err(Closing::SecondInit),
            Incoming::Init { token } => self.init(token).await,
            Incoming::Ping { payload } => {
                Ok(self.send(Message::from(message::pong(payload))).await)
            }
            Incoming::Pong => Ok(true),
            Incoming::Subscribe { .. } if !self.initialised => Err(Closing::Unauthorized),
            Incoming::Subscribe { id, asking } => self.subscribe(id, *asking).await,
            Incoming::Complete { id } => {
                if let Some(operation) = self.operations.remove(&id) {
                    operation.abort();
                }
                Ok(true)
            }
        }
    }

    async fn init(&mut self, token: Option<String>) -> Result<bool, Closing> {
        if let Some(token) = token {
            let actor = identity::actor_of_token(&self.edge.graph, &token).await;
            match actor {
                Ok(actor) if actor.member().is_some() => self.caller.actor = actor,
                Ok(_) => return Err(Closing::Forbidden),
                Err(error) => {
                    tracing::error!(request_id = %self.caller.request_id, %error, "a socket's token could not be read");
                    return Err(Closing::Forbidden);
                }
            }
        }
        self.initialised = true;
        Ok(self.send(Message::from(message::ack())).await)
    }

    async fn subscribe(&mut self, id: String, asking: Asking) -> Result<bool, Closing> {
        if self.operations.contains_key(&id) {
            return Err(Closing::IdInUse(id));
        }
        if self.operations.len() >= self.edge.config.limits.socket_operations {
            let message = base_message::text(self.caller.language, "limit-exceeded");
            let body = graphql::errors("LIMIT_EXCEEDED", &message, &self.caller.request_id);
            return Ok(self.send(Message::from(message::error(&id, &body))).await);
        }
        let (request, kind) = match asking.prepare(&self.edge, &self.caller) {
            Ok(prepared) => prepared,
            Err(body) => return Ok(self.send(Message::from(message::error(&id, &body))).await),
        };
        let operation = Operation {
            id: id.clone(),
            edge: self.edge.clone(),
            caller: self.caller.clone(),
            ready: self.ready.clone(),
        };
        let task = tokio::spawn(operation.run(request, kind));
        self.operations.insert(id, task);
        Ok(true)
    }

    /// Looks whether the rights of who holds this socket have changed. `false` when the session has ended.
    async fn still_there(&mut self) -> bool {
        let Some(person) = self.caller.actor.person_id() else {
            return true;
        };
        let live = self.edge.graph.live();
        let head = live.head();
        let touched = live.held_after(self.seen).is_none_or(|events| {
            events
                .iter()
                .any(|logged| logged.event.changes_rights_of() == Some(person))
        });
        self.seen = head;
        if !touched {
            return true;
        }
        let snapshot = self.edge.graph.forum().store.snapshot();
        let refreshed = async {
            session::refresh(snapshot.rows().await?, &self.caller.actor, snapshot.now()).await
        };
        match refreshed.await {
            Ok(actor) => {
                self.caller.actor = actor;
                self.caller.actor != Actor::Visitor
            }
            Err(error) => {
                tracing::error!(request_id = %self.caller.request_id, %error, "a session could not be looked up");
                false
            }
        }
    }

    /// Sends; `false` when the peer does not take it.
    async fn send(&mut self, message: Message) -> bool {
        let patience = Duration::from_secs(2 * self.edge.config.limits.socket_ping_seconds.max(1));
        matches!(
            tokio::time::timeout(patience, self.socket.send(message)).await,
            Ok(Ok(()))
        )
    }

    /// Says why, and holds the socket until the peer has read it.
    async fn close(&mut self, closing: &Closing) {
        let frame = CloseFrame {
            code: closing.code(),
            reason: closing.reason().into(),
        };
        if !self.send(Message::Close(Some(frame))).await {
            return;
        }
        let drained = async { while let Some(Ok(_)) = self.socket.recv().await {} };
        // A peer that never answers the close is left after a moment.
        let _ = tokio::time::timeout(LINGER, drained).await;
    }
}

struct Operation {
    id: String,
    edge: Edge,
    caller: Caller,
    ready: mpsc::Sender<Ready>,
}

impl Operation {
    async fn run(self, request: Request, kind: OperationType) {
        let responses = self.edge.graph.execute_stream(request, &self.caller);
        tokio::pin!(responses);
        let mut first = true;
        while let Some(response) = responses.next().await {
            let refused = first && !response.errors.is_empty() && {
                let is_stream = kind == OperationType::Subscription;
                graphql::is_request_error(&response)
                    || (is_stream && response.data == async_graphql::Value::Null)
            };
            first = false;
            let body = graphql::body_of(response);
            if refused {
                return self.say(message::error(&self.id, &body), true).await;
            }
            self.say(message::next(&self.id, body), false).await;
        }
        self.say(message::complete(&self.id), true).await;
    }

    async fn say(&self, text: String, last: bool) {
        let ready = Ready {
            id: self.id.clone(),
            text,
            last,
        };
        // Nobody takes it when the socket is gone; then this operation is about to be ended.
        let _ = self.ready.send(ready).await;
    }
}

/// The close code that a frame deserves that is none; `None` when the line is cut.
fn closing_of(error: axum::Error) -> Option<Closing> {
    let inner = error.into_inner();
    match inner.downcast_ref::<tungstenite::Error>()? {
        tungstenite::Error::Capacity(_) => Some(Closing::TooBig),
        tungstenite::Error::Utf8(_) => Some(Closing::NotUtf8),
        tungstenite::Error::Protocol(
            tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
        ) => None,
        tungstenite::Error::Protocol(_) => Some(Closing::ProtocolError),
        _ => None,
    }
}
