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
use crate::edge::admission::ConnectionPermit;
use crate::edge::answer;
use crate::edge::carrier::Carrier;
use crate::edge::carrier::Ending;
use crate::edge::carrier::Output;
use crate::edge::carrier::PeerGone;
use crate::edge::connection_session::Access;
use crate::edge::connection_session::ConnectionSession;
use crate::edge::message;
use crate::edge::message::CloseReason;
use crate::edge::message::Incoming;
use crate::edge::operations;
use crate::edge::operations::Operations;
use crate::edge::operations::ROUNDS;
use crate::edge::request::OperationRequest;
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
    let waker = Arc::new(Notify::new());
    let permit = edge
        .admission
        .admit(caller.address, &waker, &edge.config.limits);
    let open = edge.metrics.sockets.with_label_values(&["websocket"]);
    let delivery = edge.delivery.clone();
    upgrade
        .protocols([SUBPROTOCOL])
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(bytes)
        .max_frame_size(bytes)
        .on_upgrade(async move |socket| {
            let served = serve(edge, caller, socket, permit, waker, open, tracked);
            drop(delivery.spawn(served));
        })
}

/// Serves a socket to its end.
async fn serve(
    edge: Edge,
    caller: Caller,
    socket: WebSocket,
    permit: Option<ConnectionPermit>,
    waker: Arc<Notify>,
    open: IntGauge,
    tracked: TaskTrackerToken,
) {
    open.inc();
    let has_subprotocol = socket.protocol().is_some();
    match permit {
        Some(permit) => {
            let mut connection = Connection::new(
                edge,
                SocketFrames(socket),
                ConnectionSession::new(caller, permit, waker),
            );
            let closing = if has_subprotocol {
                connection.run().await
            } else {
                Some(CloseReason::NoSubprotocol)
            };
            connection.end(closing).await;
        }
        None => close(socket, &CloseReason::TryAgainLater).await,
    }
    open.dec();
    drop(tracked);
}

/// Frames the output of operations as messages of the protocol.
struct SocketFrames(WebSocket);

impl Carrier for SocketFrames {
    const MAX_READY: usize = 16;
    const LOOKUP_FAILED: &'static str = "the rights of a socket's person could not be read";

    async fn send(&mut self, id: &str, output: Output<'_>) -> Result<(), PeerGone> {
        let message = match output {
            Output::Event(message) => message.socket_frame(id),
            Output::Answer { body, .. } => Message::from(message::next(id, body)),
            Output::Error(errors) => Message::from(message::error(id, errors)),
            Output::Complete => Message::from(message::complete(id)),
        };
        self.0.send(message).await.map_err(|_| PeerGone)
    }
}

struct Connection {
    operations: Operations<SocketFrames>,
    initialised: bool,
    /// When the last message arrived.
    last_received: Instant,
    /// The start of the current second of counting, and the number of messages since.
    message_count: (Instant, u32),
}

/// Why a socket is closed. `None` if the peer is gone, so that no reason can be sent.
type CloseOutcome = Option<CloseReason>;

/// Returns the close reason for the end of a connection.
fn close_outcome(ending: Ending) -> CloseOutcome {
    match ending {
        Ending::PeerGone => None,
        Ending::Stopping => Some(CloseReason::GoingAway),
        Ending::SessionEnded => Some(CloseReason::Forbidden),
        Ending::Failed => Some(CloseReason::TryAgainLater),
    }
}

impl Connection {
    fn new(edge: Edge, frames: SocketFrames, session: ConnectionSession) -> Connection {
        let now = clock::instant();
        Connection {
            operations: Operations::new(edge, session, frames),
            initialised: false,
            last_received: now,
            message_count: (now, 0),
        }
    }

    /// Serves until the peer is gone or there is a reason to close.
    async fn run(&mut self) -> CloseOutcome {
        let limits = &self.operations.edge.config.limits;
        let init = Duration::from_secs(limits.socket_init_seconds);
        let ping = Duration::from_secs(limits.socket_ping_seconds);
        let rest = ping.min(Duration::from_secs(limits.socket_idle_seconds));
        let waker = self.operations.waker();
        let timer = tokio::time::sleep(init);
        tokio::pin!(timer);
        let mut pinged = clock::instant();
        let mut round = 0;
        loop {
            let more = match self.deliver().await {
                Ok(more) => more,
                Err(ending) => return close_outcome(ending),
            };
            // Sending comes first, so that a delivery polls the connection only once. The peer is still read from time to
            // time.
            round = (round + 1) % ROUNDS;
            tokio::select! {
                biased;
                () = waker.notified(), if round != 0 => {}
                message = self.operations.carrier.0.recv() => {
                    self.last_received = clock::instant();
                    let taken = match message {
                        Some(Ok(message)) => Box::pin(self.handle(message)).await,
                        Some(Err(error)) => Err(close_reason(error)),
                        None => Err(None),
                    };
                    if let Err(reason) = taken {
                        return reason;
                    }
                }
                () = std::future::ready(()), if more || round == 0 => {}
                () = &mut timer => {
                    if let Err(reason) = self.tick(&mut pinged, ping).await {
                        return reason;
                    }
                    timer.set(tokio::time::sleep(rest));
                }
            }
        }
    }

    async fn deliver(&mut self) -> Result<bool, Ending> {
        self.operations.check().await?;
        self.operations.deliver().await
    }

    /// Handles timeouts and pings.
    async fn tick(&mut self, pinged: &mut Instant, ping: Duration) -> Result<(), CloseOutcome> {
        if !self.initialised {
            return Err(Some(CloseReason::InitTimeout));
        }
        if self.last_received.elapsed() > 2 * ping {
            return Err(None);
        }
        let max = self.operations.edge.config.limits.socket_idle_seconds;
        let idle = self.operations.idle();
        if idle.is_some_and(|idle| idle >= Duration::from_secs(max)) {
            return Err(Some(CloseReason::Idle));
        }
        if pinged.elapsed() >= ping {
            *pinged = clock::instant();
            self.send(Message::Ping(Vec::new().into())).await?;
        }
        Ok(())
    }

    /// Handles one frame.
    async fn handle(&mut self, message: Message) -> Result<(), CloseOutcome> {
        self.count()?;
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => return Err(Some(CloseReason::BadMessage)),
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Close(_) => {
                self.answer_close().await;
                return Err(None);
            }
        };
        match message::read(&text).ok_or(Some(CloseReason::BadMessage))? {
            Incoming::Init { .. } if self.initialised => Err(Some(CloseReason::SecondInit)),
            Incoming::Init { token } => match token {
                Ok(token) => self.init(token).await,
                Err(_) => Err(Some(CloseReason::Forbidden)),
            },
            Incoming::Ping { payload } => self.send(Message::from(message::pong(payload))).await,
            Incoming::Pong => Ok(()),
            Incoming::Subscribe { .. } if !self.initialised => Err(Some(CloseReason::Unauthorized)),
            Incoming::Subscribe { id, operation } => self.subscribe(id, *operation).await,
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
    fn count(&mut self) -> Result<(), CloseOutcome> {
        let (since, count) = &mut self.message_count;
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
            return Err(Some(CloseReason::TooFast));
        }
        Ok(())
    }

    async fn init(&mut self, token: Option<String>) -> Result<(), CloseOutcome> {
        let operations = &mut self.operations;
        let (edge, session) = (operations.edge.clone(), &mut operations.session);
        let access = async {
            if let Some(token) = token
                && session.authenticate(&edge, &token).await? == Access::SessionEnded
            {
                return Ok(Access::SessionEnded);
            }
            session.watch_rights(&edge).await
        };
        match access.await {
            Ok(Access::Unchanged | Access::AudienceChanged) => {}
            Ok(Access::SessionEnded) => return Err(Some(CloseReason::Forbidden)),
            Ok(Access::TooMany) => return Err(Some(CloseReason::TryAgainLater)),
            Err(error) => return Err(close_outcome(self.operations.failed(&error))),
        }
        self.initialised = true;
        self.operations.start_idling();
        self.send(Message::from(message::ack())).await
    }

    async fn subscribe(
        &mut self,
        id: String,
        operation: OperationRequest,
    ) -> Result<(), CloseOutcome> {
        let operations = &mut self.operations;
        if operations.has(&id) {
            return Err(Some(CloseReason::IdInUse(id)));
        }
        let (edge, caller) = (&operations.edge, &operations.session.caller);
        let (limits, documents) = (&edge.config.limits, edge.graph.documents());
        let prepared = if operations.count() >= limits.socket_operations {
            let message = base_message::text(caller.language, "limit-exceeded");
            let errors = answer::errors("LIMIT_EXCEEDED", &message, &caller.request_id);
            Err(errors)
        } else {
            operation.prepare(limits, documents, caller)
        };
        match prepared {
            Ok(prepared) => {
                operations.begin(id, prepared, None);
                Ok(())
            }
            Err(errors) => {
                let sent = operations.send(&id, Output::Error(&errors)).await;
                sent.map_err(close_outcome)
            }
        }
    }

    /// Sends a message that does not belong to an operation.
    async fn send(&mut self, message: Message) -> Result<(), CloseOutcome> {
        let operations = &mut self.operations;
        let socket = &mut operations.carrier.0;
        let sending = async { socket.send(message).await.map_err(|_| PeerGone) };
        let sent = operations::in_time(&operations.edge, sending).await;
        sent.map_err(close_outcome)
    }

    /// Ends the operations in progress and sends the reason.
    async fn end(mut self, reason: CloseOutcome) {
        let peer_listens = matches!(
            reason,
            Some(CloseReason::GoingAway | CloseReason::Forbidden)
        );
        self.operations.finish(peer_listens).await;
        if let Some(closing) = reason {
            close(self.operations.carrier.0, &closing).await;
        }
    }
}

/// Sends the reason, and holds the socket until the peer has read it.
async fn close(mut socket: WebSocket, closing: &CloseReason) {
    let frame = CloseFrame {
        code: closing.code(),
        reason: closing.reason().into(),
    };
    let sent = tokio::time::timeout(LINGER, socket.send(Message::Close(Some(frame)))).await;
    if !matches!(sent, Ok(Ok(()))) {
        return;
    }
    if closing.is_frame_error() {
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
fn close_reason(error: axum::Error) -> CloseOutcome {
    let inner = error.into_inner();
    match inner.downcast_ref::<tungstenite::Error>()? {
        tungstenite::Error::Capacity(_) => Some(CloseReason::TooBig),
        tungstenite::Error::Utf8(_) => Some(CloseReason::NotUtf8),
        tungstenite::Error::Protocol(
            tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
        ) => None,
        tungstenite::Error::Protocol(_) => Some(CloseReason::ProtocolError),
        _ => None,
    }
}
