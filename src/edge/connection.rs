//! HTTP/1.1 connections: accepts each, serves it within limits, and closes it so that the last response arrives.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::task::Context;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::body::Bytes;
use axum::http::HeaderValue;
use axum::http::header;
use hyper::body::Body as _;
use hyper::body::Frame;
use hyper::body::Incoming;
use hyper::body::SizeHint;
use hyper_util::rt::TokioIo;
use hyper_util::rt::TokioTimer;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::edge::peer::Peer;
use crate::edge::state::Edge;

/// How long, and for how many bytes, a peer that was refused in the middle of a request may continue before it is cut
/// off.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: u64 = 16 * 1024 * 1024;
/// Maximum number of headers in one request.
const MAX_HEADERS: usize = 100;
/// Maximum size of one request's head, in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// Accepts connections until the server stops.
pub async fn accept(listener: TcpListener, router: Router, edge: &Edge, connections: &TaskTracker) {
    let read = Duration::from_secs(edge.config.limits.read_seconds);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = edge.stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = serve(stream, peer, router.clone(), read, edge.stop.clone());
                connections.spawn(connection);
            }
            Err(error) => {
                // Most likely there are no free file descriptors: give those in use time to be closed.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// Serves one connection. When the server stops, the current request is still answered.
async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    read: Duration,
    stop: CancellationToken,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "small packets are delayed");
    }
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let unread = Arc::new(AtomicBool::new(!request.body().is_end_stream()));
        let body = |incoming| Body::new(TrackedBody::new(incoming, unread.clone()));
        let mut request = request.map(body);
        request.extensions_mut().insert(Peer(peer));
        let answer = router.clone().oneshot(request);
        async move {
            let mut response = answer.await?;
            // The rest of the body is not awaited: without this header, the client would send its next request on a
            // connection that is closing.
            if unread.load(Ordering::Relaxed) {
                let headers = response.headers_mut();
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(response)
        }
    });
    let mut connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(read)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = stop.cancelled() => {
            Pin::new(&mut connection).graceful_shutdown();
            (&mut connection).await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
    if let Some(parts) = connection.into_parts()
        && !stop.is_cancelled()
    {
        linger(parts.io.into_inner()).await;
    }
}

/// The body of a request, which records when it ends.
struct TrackedBody {
    body: Incoming,
    unread: Arc<AtomicBool>,
}

impl TrackedBody {
    fn new(body: Incoming, unread: Arc<AtomicBool>) -> TrackedBody {
        TrackedBody { body, unread }
    }
}

impl hyper::body::Body for TrackedBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if matches!(frame, Poll::Ready(None)) || self.body.is_end_stream() {
            self.unread.store(false, Ordering::Relaxed);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Reads on after the last response: if the connection were closed with a part of the request unread, the peer's kernel
/// would drop the response that says why.
async fn linger(mut stream: TcpStream) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let (mut rest, mut nowhere) = (stream.take(LINGER_BYTES), tokio::io::sink());
    let reading = tokio::io::copy(&mut rest, &mut nowhere);
    // The connection ends in any case.
    let _ = tokio::time::timeout(LINGER, reading).await;
}
