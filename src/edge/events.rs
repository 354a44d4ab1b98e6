//! Server-sent events: one operation per request, for networks that break WebSockets. The id of an event is its cursor,
//! so that a browser's `Last-Event-ID` continues from there. (The "distinct connections" mode of the protocol named
//! GraphQL over Server-Sent Events.)

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

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
use tokio_util::sync::CancellationToken;

use crate::base::caller::Caller;
use crate::base::error::Error;
use crate::base::message;
use crate::edge::answer;
use crate::edge::carrier::Carrier;
use crate::edge::carrier::Ending;
use crate::edge::carrier::Output;
use crate::edge::carrier::PeerGone;
use crate::edge::connection_session::Access;
use crate::edge::connection_session::ConnectionSession;
use crate::edge::operations;
use crate::edge::operations::Operations;
use crate::edge::request::Prepared;
use crate::edge::state::Edge;
use crate::graph::live;

/// The media type.
pub const MEDIA_TYPE: &str = "text/event-stream";
const LOOKUP_FAILED: &str = "the rights of an event stream's person could not be read";
/// The header with which a browser resumes a stream.
const LAST_EVENT_ID: &str = "last-event-id";

/// Returns the cursor from which the caller resumes, if given.
pub fn last_event_id(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(LAST_EVENT_ID)?.to_str().ok()?;
    Some(value.to_string()).filter(|id| !id.is_empty())
}

/// Responds to an operation with a stream of events.
pub async fn answer(
    edge: &Edge,
    caller: &Caller,
    prepared: Prepared,
    resume: Option<String>,
) -> Response {
    let waker = Arc::new(Notify::new());
    let limits = &edge.config.limits;
    let Some(permit) = edge.admission.admit(caller.address, &waker, limits) else {
        return too_many(caller);
    };
    let mut session = ConnectionSession::new(caller.clone(), permit, waker);
    match session.watch_rights(edge).await {
        Ok(Access::Unchanged | Access::AudienceChanged) => {}
        Ok(Access::TooMany) => return too_many(caller),
        // The session has just ended.
        Ok(Access::SessionEnded) => {
            let message = message::text(caller.language, "unauthenticated");
            let errors = answer::errors("UNAUTHENTICATED", &message, &caller.request_id);
            return answer::refuse_with(StatusCode::UNAUTHORIZED, &errors);
        }
        Err(error) => {
            edge.outages.note(LOOKUP_FAILED, &caller.request_id, &error);
            return failed(&error, caller);
        }
    }
    let (peer, events) = mpsc::channel(EventFrames::MAX_READY);
    let carrier = EventFrames {
        peer,
        stop: edge.stop.clone(),
    };
    let mut operations = Operations::new(edge.clone(), session, carrier);
    let after = resume.and_then(|cursor| live::decode_cursor(&cursor).ok());
    operations.begin(String::new(), prepared, after);
    let mut stream = EventStream::new(operations);
    if let Some(errors) = stream.operations.refusal().await {
        // Nothing was sent yet, so the status can still tell the client to retry.
        return match answer::are_unavailable(&errors) {
            true => answer::refuse_with(StatusCode::SERVICE_UNAVAILABLE, &errors),
            false => refusal(&errors),
        };
    }
    edge.sockets.spawn(stream.run());
    let body = stream::unfold(events, async |mut events: mpsc::Receiver<Bytes>| {
        let bytes = events.recv().await?;
        Some((Ok::<_, Infallible>(bytes), events))
    });
    event_stream(Body::from_stream(body))
}

/// Returns a stream with the errors that refuse an operation. It then ends.
pub fn refusal(errors: &Value) -> Response {
    event_stream(Body::from(format!(
        "{}{COMPLETE}",
        next_frame("", &answer::refusal(errors))
    )))
}

const COMPLETE: &str = "event: complete\ndata:\n\n";

/// Formats a response as an event, with its id line if it has one. JSON contains no line ends of its own.
fn next_frame(id: &str, body: &str) -> String {
    format!("event: next\n{id}data: {body}\n\n")
}

fn event_stream(body: Body) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE.as_str(),
            "text/event-stream; charset=utf-8",
        ),
        (header::CACHE_CONTROL.as_str(), "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS.as_str(), "nosniff"),
        // Without this, proxies that buffer responses would delay events.
        ("x-accel-buffering", "no"),
    ];
    (headers, body).into_response()
}

fn too_many(caller: &Caller) -> Response {
    let message = "Too many event streams are open.";
    let status = StatusCode::SERVICE_UNAVAILABLE;
    answer::refuse(status, "LIMIT_EXCEEDED", message, &caller.request_id)
}

fn failed(error: &Error, caller: &Caller) -> Response {
    let status = answer::status_of(error);
    answer::refuse_with(status, &answer::failure(error, caller))
}

/// Frames the output of an operation as events.
struct EventFrames {
    peer: mpsc::Sender<Bytes>,
    stop: CancellationToken,
}

impl EventFrames {
    async fn write(&self, bytes: Bytes) -> Result<(), PeerGone> {
        self.peer.send(bytes).await.map_err(|_| PeerGone)
    }

    async fn event(&self, body: &str, position: Option<i64>) -> Result<(), PeerGone> {
        let id = position.map_or_else(String::new, |position| {
            format!("id: {}\n", live::encode_cursor(position))
        });
        self.write(Bytes::from(next_frame(&id, body))).await
    }

    /// Sends the end. When the server stops, it sends nothing, so that the peer reconnects.
    async fn complete(&self) -> Result<(), PeerGone> {
        if self.stop.is_cancelled() {
            return Ok(());
        }
        let complete = Bytes::from_static(COMPLETE.as_bytes());
        self.write(complete).await
    }
}

impl Carrier for EventFrames {
    const MAX_READY: usize = 4;
    const LOOKUP_FAILED: &'static str = LOOKUP_FAILED;

    async fn send(&mut self, _: &str, output: Output<'_>) -> Result<(), PeerGone> {
        match output {
            Output::Event(message) => self.event(&message.body, Some(message.position)).await,
            Output::Answer { body, position } => self.event(body, position).await,
            Output::Error(errors) => {
                self.event(&answer::refusal(errors), None).await?;
                self.complete().await
            }
            Output::Complete => self.complete().await,
        }
    }
}

/// An open event stream with its single operation.
struct EventStream {
    operations: Operations<EventFrames>,
}

impl EventStream {
    fn new(operations: Operations<EventFrames>) -> EventStream {
        let sockets = &operations.edge.metrics.sockets;
        sockets.with_label_values(&["events"]).inc();
        EventStream { operations }
    }

    /// Sends until the operation has ended, the peer is gone or the server stops. Then releases everything.
    async fn run(mut self) {
        if let Err(ending) = self.serve().await {
            let peer_listens = matches!(ending, Ending::Stopping | Ending::SessionEnded);
            self.operations.finish(peer_listens).await;
        }
    }

    async fn serve(&mut self) -> Result<(), Ending> {
        let ping = Duration::from_secs(self.operations.edge.config.limits.socket_ping_seconds);
        let waker = self.operations.waker();
        let mut timer = tokio::time::interval(ping);
        loop {
            self.operations.check().await?;
            let more = self.operations.deliver().await?;
            if self.operations.count() == 0 {
                return Ok(());
            }
            tokio::select! {
                biased;
                () = self.operations.carrier.peer.closed() => return Err(Ending::PeerGone),
                () = waker.notified() => {}
                () = std::future::ready(()), if more => {}
                _ = timer.tick() => {
                    // A comment keeps proxies from dropping the connection, and shows whether the peer is gone.
                    let comment = Bytes::from_static(b":\n\n");
                    let operations = &self.operations;
                    let sending = operations.carrier.write(comment);
                    operations::in_time(&operations.edge, sending).await?;
                }
            }
        }
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        let sockets = &self.operations.edge.metrics.sockets;
        sockets.with_label_values(&["events"]).dec();
    }
}
