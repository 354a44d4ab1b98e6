//! The WebSocket of `graphql-transport-ws`. One task reads and writes the socket. Shared subscriptions are seats from which
//! it takes as fast as its peer reads; everything else runs in a task of its own and waits when the peer is slow. So nothing
//! is buffered without end: who falls behind goes on from their own cursor.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use apollo_compiler::ast::OperationType;
use axum::extract::ws::CloseFrame;
use axum::extract::ws::Message;
use axum::extract::ws::WebSocket;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;
use prometheus::IntGauge;
use tokio::sync::Notify;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::base::caller::Caller;
use crate::base::clock::Moment;
use crate::base::message as base_message;
use crate::edge::Edge;
use crate::edge::admission::Admitted;
use crate::edge::answer;
use crate::edge::graphql::Asking;
use crate::edge::graphql::Prepared;
use crate::edge::holder::Holder;
use crate::edge::holder::Standing;
use crate::edge::message;
use crate::edge::message::Closing;
use crate::edge::message::Incoming;
use crate::edge::operation::Operation;
use crate::edge::operation::Ready;
use crate::edge::operation::Said;
use crate::edge::running::Running;
use crate::edge::running::State;
use crate::edge::shared::Look;
use crate::edge::sharing::Subscription;

const SUBPROTOCOL: &str = "graphql-transport-ws";
/// Answers that operations may have ready for one socket; beyond it they wait.
const READY: usize = 16;
/// How long a closed socket is held for its peer to read why.
const LINGER: Duration = Duration::from_secs(1);
/// How long mutations under way may take when the server stops or their session has ended.
const FINISHING: Duration = Duration::from_secs(5);
/// How often what is told comes before what the peer says, and how many of a subscription are told in one go.
const TURNS: u32 = 8;
/// A socket's read buffer: clients say little, and ten thousand of them are to fit.
const READ_BUFFER: usize = 2 * 1024;

/// Takes the upgrade.
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
            let mut connection = Connection::new(edge, socket, Holder::new(caller, admitted, bell));
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

struct Connection {
    edge: Edge,
    socket: WebSocket,
    holder: Holder,
    initialised: bool,
    operations: Vec<Running>,
    /// Where operations say what they have to say; there is one only while one of them works.
    channel: Option<(mpsc::Sender<Ready>, mpsc::Receiver<Ready>)>,
    /// The number of the last operation.
    number: u64,
    /// When the peer was last heard.
    heard: Instant,
    /// When the last operation ended.
    idle: Instant,
    /// Since when messages are counted, and how many came.
    counted: (Instant, u32),
}

/// Why the loop ends: the peer is gone (`None`), or there is a reason to close.
type Ending = Option<Closing>;

impl Connection {
    fn new(edge: Edge, socket: WebSocket, holder: Holder) -> Connection {
        let now = Instant::now();
        Connection {
            edge,
            socket,
            holder,
            initialised: false,
            operations: Vec::new(),
            channel: None,
            number: 0,
            heard: now,
            idle: now,
            counted: (now, 0),
        }
    }

    /// Serves until the peer goes or there is a reason to close.
    async fn run(&mut self) -> Ending {
        let limits = &self.edge.config.limits;
        let init = Duration::from_secs(limits.socket_init_seconds);
        let ping = Duration::from_secs(limits.socket_ping_seconds);
        let rest = ping.min(Duration::from_secs(limits.socket_idle_seconds));
        let bell = Arc::clone(&self.holder.bell);
        let timer = tokio::time::sleep(init);
        tokio::pin!(timer);
        let mut pinged = Instant::now();
        let mut turn = 0;
        loop {
            if self.edge.admission.is_closed() {
                return Some(Closing::GoingAway);
            }
            if self.holder.is_alarmed()
                && let Err(ending) = Box::pin(self.look_again()).await
            {
                return ending;
            }
            if self.holder.has_expired(&self.edge) {
                return Some(Closing::Forbidden);
            }
            let more = match self.deliver().await {
                Ok(more) => more,
                Err(ending) => return ending,
            };
            // What is told comes first, so that a delivery costs one look at the line; but the peer is heard now and then.
            turn = (turn + 1) % TURNS;
            tokio::select! {
                biased;
                () = bell.notified(), if turn != 0 => {}
                message = self.socket.recv() => {
                    self.heard = Instant::now();
                    let taken = match message {
                        Some(Ok(message)) => Box::pin(self.take(message)).await,
                        Some(Err(error)) => Err(closing_of(error)),
                        None => Err(None),
                    };
                    if let Err(ending) = taken {
                        return ending;
                    }
                }
                () = std::future::ready(()), if more || turn == 0 => {}
                () = &mut timer => {
                    if let Err(ending) = self.tick(&mut pinged, ping).await {
                        return ending;
                    }
                    timer.as_mut().reset(Instant::now() + rest);
                }
            }
        }
    }

    /// What the passing of time asks for.
    async fn tick(&mut self, pinged: &mut Instant, ping: Duration) -> Result<(), Ending> {
        if !self.initialised {
            return Err(Some(Closing::InitTimeout));
        }
        if self.heard.elapsed() > 2 * ping {
            return Err(None);
        }
        let idle = Duration::from_secs(self.edge.config.limits.socket_idle_seconds);
        if self.operations.is_empty() && self.idle.elapsed() >= idle {
            return Err(Some(Closing::Idle));
        }
        if pinged.elapsed() >= ping {
            *pinged = Instant::now();
            self.send(Message::Ping(Vec::new().into())).await?;
        }
        Ok(())
    }

    /// Takes one frame.
    async fn take(&mut self, message: Message) -> Result<(), Ending> {
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
                self.operations.retain(|running| running.id != id);
                self.rest();
                Ok(())
            }
        }
    }

    /// Says goodbye as the peer did, with its code: the answer is sent by reading on.
    async fn answer_close(&mut self) {
        let answered = async { while let Some(Ok(_)) = self.socket.recv().await {} };
        // A line that takes nothing any more is left after a moment.
        let _ = tokio::time::timeout(LINGER, answered).await;
    }

    /// Refuses a peer that says more than it may.
    fn count(&mut self) -> Result<(), Ending> {
        let (since, count) = &mut self.counted;
        if since.elapsed() >= Duration::from_secs(1) {
            *since = Instant::now();
            *count = 0;
        }
        *count += 1;
        if *count > self.edge.config.limits.socket_messages_per_second {
            return Err(Some(Closing::TooFast));
        }
        Ok(())
    }

    async fn init(&mut self, token: Option<String>) -> Result<(), Ending> {
        let edge = self.edge.clone();
        let standing = async {
            if let Some(token) = token
                && self.holder.become_bearer(&edge, &token).await? == Standing::Gone
            {
                return Ok(Standing::Gone);
            }
            self.holder.watch(&edge).await
        };
        match standing.await {
            Ok(Standing::Same | Standing::Moved) => {}
            Ok(Standing::Gone) => return Err(Some(Closing::Forbidden)),
            Ok(Standing::TooMany) => return Err(Some(Closing::TryAgainLater)),
            Err(error) => return Err(self.failed(&error)),
        }
        self.initialised = true;
        self.idle = Instant::now();
        self.send(Message::from(message::ack())).await
    }

    async fn subscribe(&mut self, id: String, asking: Asking) -> Result<(), Ending> {
        if self.operations.iter().any(|running| running.id == id) {
            return Err(Some(Closing::IdInUse(id)));
        }
        let caller = &self.holder.caller;
        if self.operations.len() >= self.edge.config.limits.socket_operations {
            let message = base_message::text(caller.language, "limit-exceeded");
            let errors = answer::errors("LIMIT_EXCEEDED", &message, &caller.request_id);
            return self.send(Message::from(message::error(&id, &errors))).await;
        }
        match asking.prepare(&self.edge, caller) {
            Ok(prepared) => self.begin(id, prepared),
            Err(errors) => return self.send(Message::from(message::error(&id, &errors))).await,
        }
        Ok(())
    }

    fn begin(&mut self, id: String, prepared: Prepared) {
        let operation = self.operation();
        let number = operation.number;
        let shared = prepared.shareable.clone().map(|shareable| {
            Arc::new(Subscription {
                document: prepared.document.clone(),
                shareable,
            })
        });
        let is_mutation = prepared.kind == OperationType::Mutation;
        // A mutation goes on when its socket does not, and the server waits for it.
        let task = self
            .edge
            .sockets
            .spawn_on(operation.run(prepared), &self.edge.work);
        let state = if is_mutation {
            State::Writing
        } else {
            State::Working {
                shared,
                task: tokio_util::task::AbortOnDropHandle::new(task),
            }
        };
        let open = Running::new(id, number, state, &self.edge.metrics);
        self.operations.push(open);
    }

    /// What a new operation needs.
    fn operation(&mut self) -> Operation {
        self.number += 1;
        let (ready, _) = self.channel.get_or_insert_with(|| mpsc::channel(READY));
        Operation {
            number: self.number,
            edge: self.edge.clone(),
            caller: self.holder.caller.clone(),
            ready: ready.clone(),
            bell: Arc::clone(&self.holder.bell),
        }
    }

    /// Sends what there is. `true` when there may be more.
    async fn deliver(&mut self) -> Result<bool, Ending> {
        let mut said = VecDeque::new();
        if let Some((_, ready)) = &mut self.channel {
            while let Ok(one) = ready.try_recv() {
                said.push_back(one);
            }
        }
        for ready in said {
            Box::pin(self.say(ready)).await?;
        }
        for _ in 0..TURNS {
            if !self.deliver_round().await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Sends one of each subscription. `true` when there may be more.
    async fn deliver_round(&mut self) -> Result<bool, Ending> {
        let mut more = false;
        let mut at = 0;
        while at < self.operations.len() {
            let Some(seat) = self.operations[at].seat() else {
                at += 1;
                continue;
            };
            match seat.look() {
                Look::Nothing => {}
                Look::Told(told) => {
                    // Rights that have changed are looked at before anything that follows the change is told.
                    if self.holder.is_alarmed() {
                        Box::pin(self.look_again()).await?;
                        return Ok(true);
                    }
                    seat.take(told.position);
                    let message = told.message(&self.operations[at].id);
                    self.send(message).await?;
                    self.delivered(told.at);
                    more = true;
                }
                Look::Behind => self.go_back(at),
                Look::Over if self.edge.stop.is_cancelled() => {
                    return Err(Some(Closing::GoingAway));
                }
                Look::Over => {
                    let over = self.operations.remove(at);
                    self.send(Message::from(message::complete(&over.id)))
                        .await?;
                    self.rest();
                    continue;
                }
            }
            at += 1;
        }
        Ok(more)
    }

    /// Has told what a seat's group no longer holds.
    fn go_back(&mut self, at: usize) {
        let operation = self.operation();
        if let Some(running) = self.operations.get_mut(at) {
            running.go_back(operation);
        }
    }

    async fn say(&mut self, ready: Ready) -> Result<(), Ending> {
        let found = self
            .operations
            .iter()
            .position(|running| running.number == ready.number);
        // Completed by the peer meanwhile.
        let Some(at) = found else {
            return Ok(());
        };
        let running = &mut self.operations[at];
        match ready.said {
            Said::Accepted => return Ok(()),
            Said::Seated(seat) => {
                running.state = State::Seated(seat);
                self.rest();
                return Ok(());
            }
            Said::Next(body, event) => {
                let text = message::next(&running.id, &body);
                running.cursor = event.map(|(position, _)| position).or(running.cursor);
                self.send(Message::from(text)).await?;
                if let Some((_, moment)) = event {
                    self.delivered(moment);
                }
                return Ok(());
            }
            Said::Error(errors) => {
                let text = message::error(&running.id, &errors);
                self.operations.remove(at);
                self.send(Message::from(text)).await?;
            }
            Said::Complete => {
                let text = message::complete(&running.id);
                self.operations.remove(at);
                self.send(Message::from(text)).await?;
            }
        }
        self.rest();
        Ok(())
    }

    /// Lets go of what only working operations need.
    fn rest(&mut self) {
        if self.operations.is_empty() {
            self.idle = Instant::now();
        }
        if self.operations.iter().all(Running::is_seated) {
            self.channel = None;
        }
    }

    fn delivered(&self, at: Moment) {
        let now = self.edge.graph.forum().store.clock().now();
        self.edge.metrics.deliveries.inc();
        self.edge
            .metrics
            .delivery_seconds
            .observe(now.fraction_since(at));
    }

    /// Looks at the rights of who holds this socket as they are now.
    async fn look_again(&mut self) -> Result<(), Ending> {
        let edge = self.edge.clone();
        match self.holder.look_again(&edge).await {
            Ok(Standing::Same) => Ok(()),
            Ok(Standing::Moved) => {
                self.move_to_audience();
                Ok(())
            }
            Ok(Standing::Gone | Standing::TooMany) => Err(Some(Closing::Forbidden)),
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// Has every shared subscription go on, from its cursor, in the holder's new audience.
    fn move_to_audience(&mut self) {
        for at in 0..self.operations.len() {
            if self.operations[at].is_shared() {
                let operation = self.operation();
                self.operations[at].move_on(operation);
            }
        }
    }

    /// A malfunction is no refusal: the peer is to come again.
    fn failed(&self, error: &crate::base::error::Error) -> Ending {
        let request_id = &self.holder.caller.request_id;
        let what = "the holder of a socket could not be looked up";
        self.edge.outages.note(what, request_id, error);
        Some(Closing::TryAgainLater)
    }

    /// Sends, as long as the peer takes it in time and the server goes on.
    async fn send(&mut self, message: Message) -> Result<(), Ending> {
        let patience = Duration::from_secs(2 * self.edge.config.limits.socket_ping_seconds);
        let sending = self.socket.send(message);
        tokio::pin!(sending);
        // Almost always the line takes it at once.
        if let Poll::Ready(sent) = futures_util::poll!(sending.as_mut()) {
            return sent.map_err(|_| None);
        }
        tokio::select! {
            biased;
            sent = sending => sent.map_err(|_| None),
            () = self.edge.stop.cancelled() => Err(Some(Closing::GoingAway)),
            () = tokio::time::sleep(patience) => Err(None),
        }
    }

    /// Ends what is under way, and says why.
    async fn end(mut self, closing: Ending) {
        let writing = |running: &Running| matches!(running.state, State::Writing);
        self.operations.retain(writing);
        // Who signs out by a mutation is told that it was done.
        if matches!(closing, Some(Closing::GoingAway | Closing::Forbidden)) {
            let finished = async {
                while !self.operations.is_empty() {
                    let Some((_, ready)) = &mut self.channel else {
                        return;
                    };
                    let Some(ready) = ready.recv().await else {
                        return;
                    };
                    if self.say_last(ready).await.is_err() {
                        return;
                    }
                }
            };
            // What takes longer is committed or not; its key tells when it is sent again.
            let _ = tokio::time::timeout(FINISHING, finished).await;
        }
        if let Some(closing) = closing {
            close(self.socket, &closing).await;
        }
    }

    /// Says what a mutation has to say before the socket is closed.
    async fn say_last(&mut self, ready: Ready) -> Result<(), axum::Error> {
        let Some(at) = self
            .operations
            .iter()
            .position(|running| running.number == ready.number)
        else {
            return Ok(());
        };
        let id = self.operations[at].id.clone();
        let text = match ready.said {
            Said::Next(body, _) => message::next(&id, &body),
            Said::Error(errors) => {
                self.operations.remove(at);
                message::error(&id, &errors)
            }
            Said::Complete => {
                self.operations.remove(at);
                message::complete(&id)
            }
            Said::Accepted | Said::Seated(_) => return Ok(()),
        };
        self.socket.send(Message::from(text)).await
    }
}

/// Says why, and holds the socket until the peer has read it.
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
        // Nothing more can be read of it; cut now, unread bytes would make the peer's kernel drop the reason.
        tokio::time::sleep(LINGER).await;
        return;
    }
    let drained = async { while let Some(Ok(_)) = socket.recv().await {} };
    // A peer that never answers the close is left after a moment.
    let _ = tokio::time::timeout(LINGER, drained).await;
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
