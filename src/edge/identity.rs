//! Who calls: the session behind a cookie or bearer token, the network address, the language, the request's id. What a
//! foreign site's page sends is refused before anything is looked at.

use std::net::IpAddr;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::MatchedPath;
use axum::extract::Request;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::HeaderName;
use axum::http::HeaderValue;
use axum::http::Method;
use axum::http::StatusCode;
use axum::http::header;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum::response::Response;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::caller::Caller;
use crate::base::caller::LANGUAGE_COOKIE;
use crate::base::caller::SESSION_COOKIE;
use crate::base::caller::language_cookie;
use crate::base::error::Error;
use crate::base::error::RETRY_SECONDS;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::language::Language;
use crate::base::message;
use crate::edge::Edge;
use crate::edge::graphql;
use crate::forum::accounts::session;
use crate::graph::Graph;

/// The peer of the connection, put into each request by the server.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// The global id of the person for whom a client speaks.
const PERSON: HeaderName = HeaderName::from_static("partage-person");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Finds out who calls, refuses foreign sites, and writes one log line for each request. Paths are logged as their
/// pattern: an invitation's address is a secret.
pub async fn identify(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let request_id: Arc<str> = Arc::from(Uuid::new_v4().simple().to_string());
    let method = request.method().clone();
    let chosen = chosen_language(&request);
    let is_api = request.uri().path() == "/graphql";

    let mut response = if is_foreign(&edge, request.method(), request.headers()) {
        refuse(is_api, StatusCode::FORBIDDEN, &request_id)
    } else {
        let address = address(&edge, &request);
        let headers = request.headers().clone();
        match caller(&edge, &headers, address, chosen, Arc::clone(&request_id)).await {
            Ok(caller) if is_api && !is_meant(&caller, &headers) => {
                refuse(is_api, StatusCode::PRECONDITION_FAILED, &request_id)
            }
            Ok(caller) => {
                request.extensions_mut().insert(caller);
                next.run(request).await
            }
            Err(error) => {
                tracing::warn!(%request_id, %error, "the caller could not be looked up");
                let language = language_of(&headers, chosen);
                failed(is_api, &error, language, &request_id)
            }
        }
    };
    let headers = response.headers_mut();
    // Pages bring their own; nothing else that is answered here may run or be framed either.
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(
            "default-src 'none'; frame-ancestors 'none'",
        ));
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        headers.insert(REQUEST_ID, id);
    }
    if let Some(language) = chosen {
        let cookie = language_cookie(language, edge.config.is_secure());
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
    let status = response.status().as_u16();
    let micros = started.elapsed().as_micros();
    let route = response
        .extensions_mut()
        .remove::<Route>()
        .map_or_else(String::new, |route| route.0);
    tracing::info!(%request_id, %method, route, status, micros, "answered");
    response
}

/// The pattern of the route that answered.
#[derive(Clone)]
struct Route(String);

/// Notes which route answered; a layer on the routes themselves, where that is known.
pub async fn note_route(request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_string());
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(Route(route));
    }
    response
}

/// Who holds a token now; a visitor when nobody does.
pub async fn actor_of_token(graph: &Graph, token: &str) -> Result<Actor> {
    session::actor_of_token(&graph.forum().store, token).await
}

/// Whether a browser says that another site's page makes this request. Reading is open to all; what could act is not.
fn is_foreign(edge: &Edge, method: &Method, headers: &HeaderMap) -> bool {
    let upgrade = headers.contains_key(header::UPGRADE);
    let safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) && !upgrade;
    if safe {
        return false;
    }
    if let Some(origin) = headers.get(header::ORIGIN) {
        return !is_own(edge, origin, headers.get(header::HOST));
    }
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    !matches!(site, None | Some(b"same-origin" | b"none"))
}

fn is_own(edge: &Edge, origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    if origin.eq_ignore_ascii_case(&edge.base_url) {
        return true;
    }
    // Without a configured address the host that was asked is the own one.
    let asked = host.and_then(|host| host.to_str().ok());
    let named = origin.split_once("://").map(|(_, host)| host);
    edge.config.public_url.is_none() && asked.is_some() && asked == named
}

/// Whether the person who calls is the one for whom a client says that it speaks, where it says so: a page that was loaded
/// before another person signed in does nothing in that one's name.
fn is_meant(caller: &Caller, headers: &HeaderMap) -> bool {
    let Some(meant) = headers.get(PERSON) else {
        return true;
    };
    let person = caller.actor.person_id();
    person.is_some_and(|person| id::of_uuid(Kind::Person, person).as_bytes() == meant.as_bytes())
}

async fn caller(
    edge: &Edge,
    headers: &HeaderMap,
    address: IpAddr,
    chosen: Option<Language>,
    request_id: Arc<str>,
) -> Result<Caller> {
    let actor = match token(headers) {
        Some(token) => actor_of_token(&edge.graph, &token).await?,
        None => Actor::Visitor,
    };
    let language = chosen
        .or_else(|| cookie(headers, LANGUAGE_COOKIE).and_then(|code| Language::from_code(&code)))
        .or_else(|| actor.member().map(|member| member.language))
        .or_else(|| {
            let accepted = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
            Language::accepted(accepted)
        })
        .unwrap_or(Language::En);
    Ok(Caller {
        actor,
        language,
        address,
        user_agent: headers
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok())
            .map(|text| Arc::from(text.chars().take(200).collect::<String>())),
        request_id,
    })
}

/// The token of a request: the bearer's, else the cookie's.
fn token(headers: &HeaderMap) -> Option<String> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(bearer);
    bearer.or_else(|| cookie(headers, SESSION_COOKIE))
}

/// The token of an `Authorization` value.
pub fn bearer(value: &str) -> Option<String> {
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_string())
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_string())
}

fn address(edge: &Edge, request: &Request) -> IpAddr {
    let forwarded = || {
        let value = request
            .headers()
            .get_all("x-forwarded-for")
            .iter()
            .next_back()?;
        let last = value.to_str().ok()?.rsplit(',').next()?.trim();
        // Some proxies add the port.
        let with_port = || last.parse::<SocketAddr>().ok().map(|peer| peer.ip());
        last.parse().ok().or_else(with_port)
    };
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
    let named = if edge.config.behind_proxy {
        forwarded()
    } else {
        None
    };
    named.or(peer).unwrap_or(IpAddr::from([0, 0, 0, 0]))
}

fn chosen_language(request: &Request) -> Option<Language> {
    let query = request.uri().query()?;
    let code = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("lang="))?;
    Language::from_code(code)
}

/// The answer to a request whose caller could not be looked up: a fault of ours, after which the same can be sent again.
fn failed(is_api: bool, error: &Error, language: Language, request_id: &str) -> Response {
    let status = match error {
        Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let message = message::of(error, language);
    if is_api {
        return graphql::refusal(status, error.code(), &message, request_id);
    }
    let mut response = (status, format!("{message} ({request_id})\n")).into_response();
    if matches!(error, Error::Unavailable(_)) {
        let seconds = HeaderValue::from(RETRY_SECONDS);
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

fn language_of(headers: &HeaderMap, chosen: Option<Language>) -> Language {
    chosen
        .or_else(|| cookie(headers, LANGUAGE_COOKIE).and_then(|code| Language::from_code(&code)))
        .or_else(|| Language::accepted(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?))
        .unwrap_or(Language::En)
}

fn refuse(is_api: bool, status: StatusCode, request_id: &str) -> Response {
    if is_api {
        let code = match status {
            StatusCode::FORBIDDEN | StatusCode::PRECONDITION_FAILED => "DENIED",
            _ => "INTERNAL",
        };
        return graphql::refusal(status, code, "This request is refused.", request_id);
    }
    (status, "This request is refused.").into_response()
}

/// Whether a request asks for a WebSocket.
pub fn is_upgrade(parts: &Parts) -> bool {
    parts
        .headers
        .get(header::UPGRADE)
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

const WENT_WRONG: &str = "Something went wrong on our side.";

/// The answer to a panic: it is logged, the connection goes on.
pub fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> axum::http::Response<Body> {
    let request_id = note_panic();
    graphql::refusal(
        StatusCode::INTERNAL_SERVER_ERROR,
        "INTERNAL",
        WENT_WRONG,
        &request_id,
    )
}

/// The same where a person reads it.
pub fn panicked_on_a_page(
    _: Box<dyn std::any::Any + Send + 'static>,
) -> axum::http::Response<Body> {
    let request_id = note_panic();
    let text = format!("{WENT_WRONG} ({request_id})\n");
    (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
}

fn note_panic() -> String {
    let request_id = Uuid::new_v4().simple().to_string();
    tracing::error!(%request_id, "a request panicked");
    request_id
}
