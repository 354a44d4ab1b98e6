//! A WebSocket with the protocol `graphql-transport-ws`. One task reads and writes it.

use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use axum::extract::ws::CloseFrame;
use axum::extract::ws::Message;
use axum::extract::ws::WebSocket;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;
use prometheus::IntGauge;
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::base::caller::Caller;
use crate::base::clock;
use crate::base::message as base_message;
use crate::edge::admission::Admitted;
use crate::edge::answer;
use crate::edge::carrier::Carrier;
use crate::edge::carrier::Ending;
use crate::edge::carrier::Output;
use crate::edge::carrier::PeerGone;
use crate::edge::holder::Holder;
use crate::edge::holder::Standing;
use crate::edge::message;
use crate::edge::message::Closing;
use crate::edge::message::Incoming;
use crate::edge::operations;
use crate::edge::operations::Operations;
use crate::edge::operations::TURNS;
use crate::edge::request::Asking;
use crate::edge::state::Edge;

const SUBPROTOCOL: &str = "graphql-transport-ws";
/// How long a closed socket is held so that its peer can read the reason.
const LINGER: Duration = Duration::from_secs(1);
/// A socket's read buffer: clients send little, and ten thousand sockets must fit.
const READ_BUFFER: usize = 2 * 1024;

/// Accepts the upgrade.
pub fn accept(edge: Edge, caller: Caller, upgrade: WebSocketUpgrade) -> Response {
    let bytes = edge.config.limits.socket_message_bytes;
    let tracked = edge.sockets.token();
    let bell = Arc::new(Notify::new());
    let admitted = edge
        .admission
        .admit(caller.address, &bell, &edge.config.limits);
    let open = edge.metrics.sockets.with_label_values(&["websocket"]);
    let delivery = edge.delivery.clone();
    upgrade
        .protocols([SUBPROTOCOL])
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(bytes)
        .max_frame_size(bytes)
        .on_upgrade(async move |socket| {
            let served = serve(edge, caller, socket, admitted, bell, open, tracked);
            drop(delivery.spawn(served));
        })
}

/// Serves a socket to its end.
async fn serve(
    edge: Edge,
    caller: Caller,
    socket: WebSocket,
    admitted: Option<Admitted>,
    bell: Arc<Notify>,
    open: IntGauge,
    tracked: TaskTrackerToken,
) {
    open.inc();
    let has_subprotocol = socket.protocol().is_some();
    match admitted {
        Some(admitted) => {
            let mut connection =
                Connection::new(edge, Frames(socket), Holder::new(caller, admitted, bell));
            let closing = if has_subprotocol {
                connection.run().await
            } else {
                Some(Closing::NoSubprotocol)
            };
            connection.end(closing).await;
        }
        None => close(socket, &Closing::TryAgainLater).await,
    }
    open.dec();
    drop(tracked);
}

/// Frames the output of operations as messages of the protocol.
struct Frames(WebSocket);

impl Carrier for Frames {
    const READY: usize = 16;
    const HOLDER_UNKNOWN: &'static str = "the rights of a socket's person could not be read";

    async fn send(&mut self, id: &str, output: Output<'_>) -> Result<(), PeerGone> {
        let message = match output {
            Output::Event(told) => told.message(id),
            Output::Answer { body, .. } => Message::from(message::next(id, body)),
            Output::Error(errors) => Message::from(message::error(id, errors)),
            Output::Complete => Message::from(message::complete(id)),
        };
        self.0.send(message).await.map_err(|_| PeerGone)
    }
}

struct Connection {
    operations: Operations<Frames>,
    initialised: bool,
    /// When the last message arrived.
    heard: Instant,
    /// The start of the current second of counting, and the number of messages since.
    counted: (Instant, u32),
}

/// Why a socket is closed. `None` if the peer is gone, so that no reason can be sent.
type Reason = Option<Closing>;

/// Returns the close reason for the end of a connection.
fn reason_of(ending: Ending) -> Reason {
    match ending {
        Ending::PeerGone => None,
        Ending::Stopping => Some(Closing::GoingAway),
        Ending::SessionEnded => Some(Closing::Forbidden),
        Ending::Failed => Some(Closing::TryAgainLater),
    }
}

impl Connection {
    fn new(edge: Edge, frames: Frames, holder: Holder) -> Connection {
        let now = clock::instant();
        Connection {
            operations: Operations::new(edge, holder, frames),
            initialised: false,
            heard: now,
            counted: (now, 0),
        }
    }

    /// Serves until the peer is gone or there is a reason to close.
    async fn run(&mut self) -> Reason {
        let limits = &self.operations.edge.config.limits;
        let init = Duration::from_secs(limits.socket_init_seconds);
        let ping = Duration::from_secs(limits.socket_ping_seconds);
        let rest = ping.min(Duration::from_secs(limits.socket_idle_seconds));
        let bell = self.operations.bell();
        let timer = tokio::time::sleep(init);
        tokio::pin!(timer);
        let mut pinged = clock::instant();
        let mut turn = 0;
        loop {
            let more = match self.go_on().await {
                Ok(more) => more,
                Err(ending) => return reason_of(ending),
            };
            // Sending comes first, so that a delivery polls the connection only once. The peer is still read from time to
            // time.
            turn = (turn + 1) % TURNS;
            tokio::select! {
                biased;
                () = bell.notified(), if turn != 0 => {}
                message = self.operations.carrier.0.recv() => {
                    self.heard = clock::instant();
                    let taken = match message {
                        Some(Ok(message)) => Box::pin(self.take(message)).await,
                        Some(Err(error)) => Err(closing_of(error)),
                        None => Err(None),
                    };
                    if let Err(reason) = taken {
                        return reason;
                    }
                }
                () = std::future::ready(()), if more || turn == 0 => {}
                () = &mut timer => {
                    if let Err(reason) = self.tick(&mut pinged, ping).await {
                        return reason;
                    }
                    timer.set(tokio::time::sleep(rest));
                }
            }
        }
    }

    async fn go_on(&mut self) -> Result<bool, Ending> {
        self.operations.check().await?;
        self.operations.deliver().await
    }

    /// Handles timeouts and pings.
    async fn tick(&mut self, pinged: &mut Instant, ping: Duration) -> Result<(), Reason> {
        if !self.initialised {
            return Err(Some(Closing::InitTimeout));
        }
        if self.heard.elapsed() > 2 * ping {
            return Err(None);
        }
        let most = self.operations.edge.config.limits.socket_idle_seconds;
        let idle = self.operations.idle();
        if idle.is_some_and(|idle| idle >= Duration::from_secs(most)) {
            return Err(Some(Closing::Idle));
        }
        if pinged.elapsed() >= ping {
            *pinged = clock::instant();
            self.send(Message::Ping(Vec::new().into())).await?;
        }
        Ok(())
    }

    /// Handles one frame.
    async fn take(&mut self, message: Message) -> Result<(), Reason> {
        self.count()?;
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => return Err(Some(Closing::BadMessage)),
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Close(_) => {
                self.answer_close().await;
                return Err(None);
            }
        };
        match message::read(&text).ok_or(Some(Closing::BadMessage))? {
            Incoming::Init { .. } if self.initialised => Err(Some(Closing::SecondInit)),
            Incoming::Init { token } => match token {
                Ok(token) => self.init(token).await,
                Err(_) => Err(Some(Closing::Forbidden)),
            },
            Incoming::Ping { payload } => self.send(Message::from(message::pong(payload))).await,
            Incoming::Pong => Ok(()),
            Incoming::Subscribe { .. } if !self.initialised => Err(Some(Closing::Unauthorized)),
            Incoming::Subscribe { id, asking } => self.subscribe(id, *asking).await,
            Incoming::Complete { id } => {
                self.operations.cancel(&id);
                Ok(())
            }
        }
    }

    /// Answers the peer's close with the same code. Reading on sends the response.
    async fn answer_close(&mut self) {
        let answered = async { while let Some(Ok(_)) = self.operations.carrier.0.recv().await {} };
        // A connection that accepts no more data is abandoned after a short time.
        let _ = tokio::time::timeout(LINGER, answered).await;
    }

    /// Refuses a peer that sends more than it may.
    fn count(&mut self) -> Result<(), Reason> {
        let (since, count) = &mut self.counted;
        if since.elapsed() >= Duration::from_secs(1) {
            *since = clock::instant();
            *count = 0;
        }
        *count += 1;
        if *count
            > self
                .operations
                .edge
                .config
                .limits
                .socket_messages_per_second
        {
            return Err(Some(Closing::TooFast));
        }
        Ok(())
    }

    async fn init(&mut self, token: Option<String>) -> Result<(), Reason> {
        let operations = &mut self.operations;
        let (edge, holder) = (operations.edge.clone(), &mut operations.holder);
        let standing = async {
            if let Some(token) = token
                && holder.become_bearer(&edge, &token).await? == Standing::Gone
            {
                return Ok(Standing::Gone);
            }
            holder.watch(&edge).await
        };
        match standing.await {
            Ok(Standing::Same | Standing::Moved) => {}
            Ok(Standing::Gone) => return Err(Some(Closing::Forbidden)),
            Ok(Standing::TooMany) => return Err(Some(Closing::TryAgainLater)),
            Err(error) => return Err(reason_of(self.operations.failed(&error))),
        }
        self.initialised = true;
        self.operations.start_idling();
        self.send(Message::from(message::ack())).await
    }

    async fn subscribe(&mut self, id: String, asking: Asking) -> Result<(), Reason> {
        let operations = &mut self.operations;
        if operations.has(&id) {
            return Err(Some(Closing::IdInUse(id)));
        }
        let (edge, caller) = (&operations.edge, &operations.holder.caller);
        let (limits, documents) = (&edge.config.limits, edge.graph.documents());
        let prepared = if operations.count() >= limits.socket_operations {
            let message = base_message::text(caller.language, "limit-exceeded");
            let errors = answer::errors("LIMIT_EXCEEDED", &message, &caller.request_id);
            Err(errors)
        } else {
            asking.prepare(limits, documents, caller)
        };
        match prepared {
            Ok(prepared) => {
                operations.begin(id, prepared, None);
                Ok(())
            }
            Err(errors) => {
                let sent = operations.send(&id, Output::Error(&errors)).await;
                sent.map_err(reason_of)
            }
        }
    }

    /// Sends a message that does not belong to an operation.
    async fn send(&mut self, message: Message) -> Result<(), Reason> {
        let operations = &mut self.operations;
        let socket = &mut operations.carrier.0;
        let sending = async { socket.send(message).await.map_err(|_| PeerGone) };
        let sent = operations::in_time(&operations.edge, sending).await;
        sent.map_err(reason_of)
    }

    /// Ends the operations in progress and sends the reason.
    async fn end(mut self, reason: Reason) {
        let is_heard = matches!(reason, Some(Closing::GoingAway | Closing::Forbidden));
        self.operations.finish(is_heard).await;
        if let Some(closing) = reason {
            close(self.operations.carrier.0, &closing).await;
        }
    }
}

/// Sends the reason, and holds the socket until the peer has read it.
async fn close(mut socket: WebSocket, closing: &Closing) {
    let frame = CloseFrame {
        code: closing.code(),
        reason: closing.reason().into(),
    };
    let said = tokio::time::timeout(LINGER, socket.send(Message::Close(Some(frame)))).await;
    if !matches!(said, Ok(Ok(()))) {
        return;
    }
    if closing.is_of_frame() {
        // Nothing more can be read from it; if it were closed now, unread bytes would make the peer's kernel drop the
        // reason.
        tokio::time::sleep(LINGER).await;
        return;
    }
    let drained = async { while let Some(Ok(_)) = socket.recv().await {} };
    // A peer that never responds to the close is abandoned after a short time.
    let _ = tokio::time::timeout(LINGER, drained).await;
}

/// Returns the close code for an invalid frame; `None` if the connection is cut.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library's errors, of which most mean that the line is cut"
)]
fn closing_of(error: axum::Error) -> Reason {
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
