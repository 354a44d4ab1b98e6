//! Who may read the metrics: anyone who reaches their own address, anyone with their token, or, if neither is configured, only
//! this machine.

use axum::Router;
use axum::extract::Request;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;

use crate::edge::health;
use crate::edge::peer::Peer;
use crate::edge::state::Edge;

/// Headers that proxies add to the requests that they forward.
const PROXY_HEADERS: [&str; 6] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
];

/// The routes at the metrics' own address.
pub fn router(edge: Edge) -> Router {
    Router::new()
        .route("/metrics", get(on_own_address))
        .with_state(edge)
}

async fn on_own_address(State(edge): State<Edge>, request: Request) -> Response {
    match has_token(&edge, request.headers()) {
        Some(false) => unauthenticated(),
        Some(true) | None => health::metrics(State(edge)).await,
    }
}

/// Serves the metrics at the forum's own address.
pub async fn on_forum_address(State(edge): State<Edge>, request: Request) -> Response {
    if edge.config.metrics_listen.is_some() {
        return StatusCode::NOT_FOUND.into_response();
    }
    match has_token(&edge, request.headers()) {
        Some(false) => unauthenticated(),
        None if !is_local(&request) => StatusCode::NOT_FOUND.into_response(),
        Some(true) | None => health::metrics(State(edge)).await,
    }
}

/// Whether a request has the right token. `None` if none is configured.
fn has_token(edge: &Edge, headers: &HeaderMap) -> Option<bool> {
    let token = edge.config.metrics_token.as_ref()?;
    let value = match headers.get_all(header::AUTHORIZATION).iter().count() {
        1 => headers.get(header::AUTHORIZATION),
        _ => None,
    };
    let value = value.and_then(|value| value.to_str().ok());
    let given = value.and_then(|value| value.split_once(' '));
    Some(given.is_some_and(|(scheme, given)| {
        scheme.eq_ignore_ascii_case("bearer") && token.matches(given.trim())
    }))
}

/// Whether the request comes from this machine and not through a proxy on it.
fn is_local(request: &Request) -> bool {
    let peer = request.extensions().get::<Peer>();
    let is_loopback = peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback());
    is_loopback
        && !PROXY_HEADERS
            .iter()
            .any(|name| request.headers().contains_key(*name))
}

fn unauthenticated() -> Response {
    let challenge = [(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))];
    (StatusCode::UNAUTHORIZED, challenge).into_response()
}
