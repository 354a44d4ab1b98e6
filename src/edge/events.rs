//! Server-sent events: one operation for each request, for networks that break WebSockets. The id of an event is its
//! cursor, so that a browser's `Last-Event-ID` goes on from there. (The "distinct connections" mode of the protocol named
//! GraphQL over Server-Sent Events.)

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use apollo_compiler::ast::OperationType;
use axum::body::Body;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use futures_util::stream;
use serde_json::Value;
use tokio::sync::Notify;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use crate::base::caller::Caller;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::message;
use crate::edge::Edge;
use crate::edge::answer;
use crate::edge::graphql;
use crate::edge::graphql::Prepared;
use crate::edge::holder::Holder;
use crate::edge::holder::Standing;
use crate::edge::operation::Operation;
use crate::edge::operation::Ready;
use crate::edge::operation::Said;
use crate::edge::running::Running;
use crate::edge::running::State;
use crate::edge::shared::Look;
use crate::edge::sharing::Subscription;
use crate::graph::live;

/// The media type.
pub const MEDIA_TYPE: &str = "text/event-stream";
/// Events that may be ready for one peer; beyond it they wait.
const READY: usize = 4;
/// The header with which a browser goes on.
const LAST_EVENT_ID: &str = "last-event-id";

/// The cursor from which the caller goes on, if it says one.
pub fn last_event_id(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(LAST_EVENT_ID)?.to_str().ok()?;
    Some(value.to_string()).filter(|id| !id.is_empty())
}

/// Answers an operation as a stream of events.
pub async fn answer(
    edge: &Edge,
    caller: &Caller,
    prepared: Prepared,
    resume: Option<String>,
) -> Response {
    let bell = Arc::new(Notify::new());
    let limits = &edge.config.limits;
    let Some(admitted) = edge.admission.admit(caller.address, &bell, limits) else {
        return too_many(caller);
    };
    let mut holder = Holder::new(caller.clone(), admitted, bell);
    match holder.watch(edge).await {
        Ok(Standing::Same | Standing::Moved) => {}
        Ok(Standing::TooMany) => return too_many(caller),
        // It ended just now.
        Ok(Standing::Gone) => {
            let message = message::text(caller.language, "unauthenticated");
            let errors = answer::errors("UNAUTHENTICATED", &message, &caller.request_id);
            return graphql::refusal_of(StatusCode::UNAUTHORIZED, &errors);
        }
        Err(error) => {
            let what = "the holder of an event stream could not be looked up";
            edge.outages.note(what, &caller.request_id, &error);
            return failed(&error, caller);
        }
    }
    let (peer, events) = mpsc::channel(READY);
    let mut stream = Stream::begin(edge.clone(), holder, peer, prepared, resume);
    if let Some(errors) = stream.refusal().await {
        // As long as nothing was told, the status can say that it is worth coming again.
        return match answer::are_unavailable(&errors) {
            true => graphql::refusal_of(StatusCode::SERVICE_UNAVAILABLE, &errors),
            false => refusal(&errors),
        };
    }
    edge.sockets.spawn(stream.run());
    let body = stream::unfold(events, async |mut events: mpsc::Receiver<Bytes>| {
        let bytes = events.recv().await?;
        Some((Ok::<_, Infallible>(bytes), events))
    });
    told(Body::from_stream(body))
}

/// A stream that tells why an operation is refused, and is over.
pub fn refusal(errors: &Value) -> Response {
    told(Body::from(format!(
        "{}{COMPLETE}",
        next("", &answer::refusal(errors))
    )))
}

const COMPLETE: &str = "event: complete\ndata:\n\n";

/// An answer as an event, with the line of its id where it has one. JSON has no line ends of its own.
fn next(id: &str, body: &str) -> String {
    format!("event: next\n{id}data: {body}\n\n")
}

fn told(body: Body) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE.as_str(),
            "text/event-stream; charset=utf-8",
        ),
        (header::CACHE_CONTROL.as_str(), "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS.as_str(), "nosniff"),
        // Proxies that gather answers would hold events back.
        ("x-accel-buffering", "no"),
    ];
    (headers, body).into_response()
}

fn too_many(caller: &Caller) -> Response {
    let message = "Too many event streams are open.";
    let status = StatusCode::SERVICE_UNAVAILABLE;
    graphql::refusal(status, "LIMIT_EXCEEDED", message, &caller.request_id)
}

fn failed(error: &Error, caller: &Caller) -> Response {
    let status = match error {
        Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    graphql::refusal_of(status, &answer::failure(error, caller))
}

/// One event stream under way.
struct Stream {
    edge: Edge,
    holder: Holder,
    peer: mpsc::Sender<Bytes>,
    ready: (mpsc::Sender<Ready>, mpsc::Receiver<Ready>),
    /// What was said before it was known to be accepted.
    early: Option<Said>,
    running: Running,
}

/// The stream is over.
struct Over;

impl Stream {
    fn begin(
        edge: Edge,
        holder: Holder,
        peer: mpsc::Sender<Bytes>,
        prepared: Prepared,
        resume: Option<String>,
    ) -> Stream {
        let ready = mpsc::channel(READY);
        let operation = Operation {
            number: 0,
            edge: edge.clone(),
            caller: holder.caller.clone(),
            ready: ready.0.clone(),
            bell: Arc::clone(&holder.bell),
        };
        let cursor = resume.and_then(|cursor| live::position_of(&cursor).ok());
        let shared = prepared.shareable.clone().map(|shareable| {
            Arc::new(Subscription {
                document: prepared.document.clone(),
                shareable,
            })
        });
        let is_mutation = prepared.kind == OperationType::Mutation;
        let task = edge.sockets.spawn(operation.run_from(prepared, cursor));
        // A mutation goes on when its stream does not, and the server waits for it.
        let state = if is_mutation {
            State::Writing
        } else {
            State::Working {
                shared,
                task: AbortOnDropHandle::new(task),
            }
        };
        let running = Running::new(String::new(), 0, state, &edge.metrics);
        edge.metrics.sockets.with_label_values(&["events"]).inc();
        Stream {
            edge,
            holder,
            peer,
            ready,
            early: None,
            running,
        }
    }

    /// Waits until the operation is accepted; the errors if it is not.
    async fn refusal(&mut self) -> Option<Value> {
        match self.ready.1.recv().await?.said {
            Said::Error(errors) => Some(errors),
            said => {
                self.early = Some(said);
                None
            }
        }
    }

    /// Tells until it is over, the peer goes or the server stops; then everything of it is let go.
    async fn run(mut self) {
        let ping = Duration::from_secs(self.edge.config.limits.socket_ping_seconds);
        let bell = Arc::clone(&self.holder.bell);
        let mut timer = tokio::time::interval(ping);
        while self.tell().await.is_ok() {
            tokio::select! {
                biased;
                () = self.peer.closed() => return,
                () = bell.notified() => {}
                _ = timer.tick() => {
                    // A comment keeps proxies from taking the line for dead, and finds out whether it is.
                    if self.send(Bytes::from_static(b":\n\n")).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    /// Tells what there is.
    async fn tell(&mut self) -> Result<(), Over> {
        loop {
            // A mutation is told that it was done, also when it ended its own session.
            if !matches!(self.running.state, State::Writing) {
                if self.edge.admission.is_closed() || self.holder.has_expired(&self.edge) {
                    return Err(Over);
                }
                if self.holder.is_alarmed() {
                    self.look_again().await?;
                }
            }
            let said = self.early.take();
            if let Some(said) = said.or_else(|| self.next_ready()) {
                self.say(said).await?;
                continue;
            }
            let Some(seat) = self.running.seat() else {
                return Ok(());
            };
            match seat.look() {
                Look::Nothing => return Ok(()),
                Look::Told(told) => {
                    // Rights that have changed are looked at before anything that follows the change is told.
                    if self.holder.is_alarmed() {
                        self.look_again().await?;
                        continue;
                    }
                    seat.take(told.position);
                    self.event(&told.body, Some(told.position)).await?;
                    self.delivered(told.at);
                }
                Look::Behind => {
                    let operation = self.operation();
                    self.running.go_back(operation);
                }
                Look::Over => return self.complete().await,
            }
        }
    }

    fn next_ready(&mut self) -> Option<Said> {
        loop {
            let ready = self.ready.1.try_recv().ok()?;
            if ready.number == self.running.number {
                return Some(ready.said);
            }
        }
    }

    async fn say(&mut self, said: Said) -> Result<(), Over> {
        match said {
            Said::Accepted => {}
            Said::Seated(seat) => self.running.state = State::Seated(seat),
            Said::Next(body, event) => {
                let position = event.map(|(position, _)| position);
                self.event(&body, position).await?;
                if let Some((position, at)) = event {
                    self.running.cursor = Some(position);
                    self.delivered(at);
                }
            }
            Said::Error(errors) => {
                self.event(&answer::refusal(&errors), None).await?;
                return self.complete().await;
            }
            Said::Complete => return self.complete().await,
        }
        Ok(())
    }

    fn operation(&mut self) -> Operation {
        Operation {
            number: self.running.number + 1,
            edge: self.edge.clone(),
            caller: self.holder.caller.clone(),
            ready: self.ready.0.clone(),
            bell: Arc::clone(&self.holder.bell),
        }
    }

    async fn look_again(&mut self) -> Result<(), Over> {
        let edge = self.edge.clone();
        match self.holder.look_again(&edge).await {
            Ok(Standing::Same) => Ok(()),
            Ok(Standing::Moved) => {
                let operation = self.operation();
                self.running.move_on(operation);
                Ok(())
            }
            Ok(Standing::Gone | Standing::TooMany) => Err(Over),
            Err(error) => {
                let request_id = &self.holder.caller.request_id;
                let what = "the holder of an event stream could not be looked up";
                edge.outages.note(what, request_id, &error);
                Err(Over)
            }
        }
    }

    async fn event(&mut self, body: &str, position: Option<i64>) -> Result<(), Over> {
        let id = position.map_or_else(String::new, |position| {
            format!("id: {}\n", live::cursor_of(position))
        });
        self.send(Bytes::from(next(&id, body))).await
    }

    async fn complete(&mut self) -> Result<(), Over> {
        if !self.edge.stop.is_cancelled() {
            self.send(Bytes::from_static(COMPLETE.as_bytes())).await?;
        }
        Err(Over)
    }

    /// Hands over, as long as the peer takes it in time and the server goes on.
    async fn send(&mut self, bytes: Bytes) -> Result<(), Over> {
        let patience = Duration::from_secs(2 * self.edge.config.limits.socket_ping_seconds);
        tokio::select! {
            biased;
            sent = self.peer.send(bytes) => sent.map_err(|_| Over),
            () = self.edge.stop.cancelled() => Err(Over),
            () = tokio::time::sleep(patience) => Err(Over),
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
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.edge
            .metrics
            .sockets
            .with_label_values(&["events"])
            .dec();
    }
}
