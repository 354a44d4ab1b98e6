//! Identifies the caller of a request: session (from a cookie or bearer token), network address, language and request id.
//! Requests from pages of foreign sites are refused before anything is read from the database.

use std::sync::Arc;

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

use crate::base::actor::Actor;
use crate::base::address::Address;
use crate::base::caller;
use crate::base::caller::Caller;
use crate::base::caller::LANGUAGE_COOKIE;
use crate::base::caller::SecretCookie;
use crate::base::caller::language_cookie;
use crate::base::clock;
use crate::base::error::Error;
use crate::base::error::RETRY_SECONDS;
use crate::base::error::Result;
use crate::base::id;
use crate::base::language::Language;
use crate::base::message;
use crate::edge::answer;
use crate::edge::cors;
use crate::edge::credential;
use crate::edge::credential::Credential;
use crate::edge::credential::CredentialError;
use crate::edge::origin;
use crate::edge::peer;
use crate::edge::protection;
use crate::edge::state::Edge;
use crate::forum::accounts::session;

/// The global id of the person on whose behalf a client acts.
const PERSON_HEADER: HeaderName = HeaderName::from_static("partage-person");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Paths for the operator's machines. No caller is looked up for them.
const OPERATOR_PATHS: [&str; 3] = ["/healthz", "/metrics", "/readyz"];

/// Identifies the caller, refuses foreign sites, and writes one log line per request. Paths are logged as their
/// pattern, because an invitation's address is a secret.
pub async fn identify(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let started = clock::instant();
    let request_id: Arc<str> = Arc::from(id::random().simple().to_string());
    let method = request.method().clone();
    let chosen = chosen_language(&request);
    let is_prefetch = is_prefetch(&request);
    let path = request.uri().path().to_string();
    let allowed_origin = cors::allowed(&edge.config, &path, request.headers());

    let info = RequestInfo {
        is_allowed_origin: allowed_origin.is_some(),
        is_api: cors::is_api(&path),
        language: language_of(request.headers(), chosen),
        chosen,
        is_prefetch,
        request_id: Arc::clone(&request_id),
    };
    let (mut parts, body) = request.into_parts();
    let mut response = match admit(&edge, &parts, info).await {
        Ok(caller) => {
            parts.extensions.insert(caller);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(response) => *response,
    };
    let headers = response.headers_mut();
    protection::protect(headers, edge.config.is_secure());
    cors::add_headers(&edge.config, &path, allowed_origin, headers);
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        headers.insert(REQUEST_ID, id);
    }
    if let Some(language) = chosen.filter(|_| !is_prefetch) {
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

/// What is known about a request before the caller is looked up.
struct RequestInfo {
    /// It comes from an allowed page of another origin.
    is_allowed_origin: bool,
    is_api: bool,
    language: Language,
    chosen: Option<Language>,
    is_prefetch: bool,
    request_id: Arc<str>,
}

/// Returns the caller of a request that may go on; otherwise the response.
async fn admit(edge: &Edge, parts: &Parts, info: RequestInfo) -> Result<Caller, Box<Response>> {
    let headers = &parts.headers;
    if !origin::has_one_host(parts) {
        return Err(info.refuse(StatusCode::BAD_REQUEST));
    }
    if info.is_allowed_origin
        && let Some(answer) = cors::preflight(&parts.method, headers)
    {
        return Err(Box::new(answer));
    }
    let is_foreign = headers
        .get(header::ORIGIN)
        .is_some_and(|named| !origin::is_own(edge, named, headers));
    if !info.is_allowed_origin && origin::is_refused_as_foreign(&parts.method, headers, is_foreign)
    {
        return Err(info.refuse(StatusCode::FORBIDDEN));
    }
    let presented = match presented_credential(edge, parts, &info, is_foreign) {
        Ok(presented) => presented,
        Err(error) => return Err(info.refuse_credential(error)),
    };
    let actor = match presented {
        Credential::None => Ok(Actor::Visitor),
        Credential::Bearer(token) => {
            match session::actor_of_token(&edge.graph.forum().store, &token).await {
                Ok(actor) if actor.member().is_none() => {
                    return Err(info.refuse_credential(CredentialError::Unauthenticated));
                }
                found => found,
            }
        }
        // A cookie outlives its session: pages continue as for a visitor, who can sign in again.
        Credential::Cookie(token) => {
            session::actor_of_token(&edge.graph.forum().store, &token).await
        }
    };
    let actor = actor.map_err(|error| {
        let what = "the caller could not be looked up";
        edge.outages.note(what, &info.request_id, &error);
        Box::new(failed(info.is_api, &error, info.language, &info.request_id))
    })?;
    if info.is_api && !is_intended_person(&actor, headers) {
        return Err(info.refuse(StatusCode::PRECONDITION_FAILED));
    }
    Ok(caller(edge, parts, actor, &info))
}

/// Returns the credential that a request presents. A cookie counts only on the forum's own pages.
fn presented_credential(
    edge: &Edge,
    parts: &Parts,
    info: &RequestInfo,
    is_foreign: bool,
) -> Result<Credential, CredentialError> {
    let headers = &parts.headers;
    if OPERATOR_PATHS.contains(&parts.uri.path()) {
        return Ok(Credential::None);
    }
    if info.is_api {
        credential::check_location(headers, &parts.uri)?;
    }
    let session = SecretCookie::Session.name(edge.config.is_secure());
    Ok(match credential::of_headers(headers)? {
        Credential::None if !is_foreign => {
            cookie(headers, session).map_or(Credential::None, Credential::Cookie)
        }
        presented @ (Credential::None | Credential::Bearer(_) | Credential::Cookie(_)) => presented,
    })
}

impl RequestInfo {
    fn refuse(&self, status: StatusCode) -> Box<Response> {
        let code = match status {
            StatusCode::BAD_REQUEST => "BAD_REQUEST",
            _ => "DENIED",
        };
        let message = message::text(self.language, "request-refused");
        Box::new(self.answer(status, code, &message))
    }

    fn refuse_credential(&self, error: CredentialError) -> Box<Response> {
        Box::new(match error {
            CredentialError::Misplaced(message) => {
                self.answer(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
            }
            CredentialError::Unauthenticated => {
                let message = message::text(self.language, "unauthenticated");
                let status = StatusCode::UNAUTHORIZED;
                let mut response = self.answer(status, "UNAUTHENTICATED", &message);
                let challenge = HeaderValue::from_static("Bearer");
                response
                    .headers_mut()
                    .insert(header::WWW_AUTHENTICATE, challenge);
                response
            }
        })
    }

    fn answer(&self, status: StatusCode, code: &str, message: &str) -> Response {
        match self.is_api {
            true => answer::refuse(status, code, message, &self.request_id),
            false => (status, format!("{message}\n")).into_response(),
        }
    }
}

/// The pattern of the route that responded.
#[derive(Clone)]
struct Route(String);

/// Records which route responded. This is a layer on the routes themselves, because the matched route is known only there.
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

/// Whether the caller is the person whom the client names, if it names one. A page that was loaded before another person signed
/// in must not act in that person's name.
fn is_intended_person(actor: &Actor, headers: &HeaderMap) -> bool {
    let Some(intended) = headers.get(PERSON_HEADER) else {
        return true;
    };
    let person = actor.person_id();
    person.is_some_and(|person| person.global().as_bytes() == intended.as_bytes())
}

fn caller(edge: &Edge, parts: &Parts, actor: Actor, info: &RequestInfo) -> Caller {
    let headers = &parts.headers;
    let language = language_chosen(headers, info.chosen)
        .or_else(|| actor.member().map(|member| member.language))
        .unwrap_or(info.language);
    Caller {
        actor,
        language,
        address: Address::of(peer::address(parts, edge.config.behind_proxy)),
        user_agent: headers
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok())
            .map(|text| Arc::from(text.chars().take(200).collect::<String>())),
        request_id: Arc::clone(&info.request_id),
        is_prefetch: info.is_prefetch,
    }
}

/// Returns the value of a cookie in the headers of a request.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let values = headers.get_all(header::COOKIE).iter();
    caller::cookie(values.filter_map(|value| value.to_str().ok()), name)
}

/// Whether no person opened the resource: a browser prefetches it, according to one of the usual headers, or only the headers
/// are requested.
fn is_prefetch(request: &Request) -> bool {
    let headers = request.headers();
    let says = ["sec-purpose", "purpose", "x-purpose", "x-moz"]
        .iter()
        .flat_map(|name| headers.get_all(*name))
        .filter_map(|value| value.to_str().ok())
        .any(|value| {
            let value = value.to_ascii_lowercase();
            ["prefetch", "prerender", "preview"]
                .iter()
                .any(|word| value.contains(word))
        });
    request.method() == Method::HEAD || says
}

fn chosen_language(request: &Request) -> Option<Language> {
    let query = request.uri().query()?;
    let code = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("lang="))?;
    Language::from_code(code)
}

/// Returns the response to a request whose caller could not be looked up: a fault of ours, after which the same request
/// can be sent again.
fn failed(is_api: bool, error: &Error, language: Language, request_id: &str) -> Response {
    let status = answer::status_of(error);
    let message = message::of(error, language);
    if is_api {
        return answer::refuse(status, error.code(), &message, request_id);
    }
    let mut response = (status, format!("{message} ({request_id})\n")).into_response();
    if matches!(error, Error::Unavailable(_)) {
        let seconds = HeaderValue::from(RETRY_SECONDS);
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

/// Returns the language of messages before the caller is known.
fn language_of(headers: &HeaderMap, chosen: Option<Language>) -> Language {
    language_chosen(headers, chosen)
        .or_else(|| Language::accepted(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?))
        .unwrap_or(Language::En)
}

/// Returns the language chosen in this browser, regardless of who is signed in.
fn language_chosen(headers: &HeaderMap, chosen: Option<Language>) -> Option<Language> {
    chosen.or_else(|| cookie(headers, LANGUAGE_COOKIE).and_then(|code| Language::from_code(&code)))
}
