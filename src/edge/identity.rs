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
use crate::base::id::Kind;
use crate::base::language::Language;
use crate::base::message;
use crate::edge::answer;
use crate::edge::cors;
use crate::edge::credential;
use crate::edge::credential::Handed;
use crate::edge::credential::Unfit;
use crate::edge::origin;
use crate::edge::peer;
use crate::edge::protection;
use crate::edge::state::Edge;
use crate::forum::accounts::session;

/// The global id of the person on whose behalf a client acts.
const PERSON: HeaderName = HeaderName::from_static("partage-person");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Paths for the operator's machines. No caller is looked up for them.
const OPERATORS: [&str; 3] = ["/healthz", "/metrics", "/readyz"];

/// Identifies the caller, refuses foreign sites, and writes one log line per request. Paths are logged as their
/// pattern, because an invitation's address is a secret.
pub async fn identify(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let started = clock::instant();
    let request_id: Arc<str> = Arc::from(id::random().simple().to_string());
    let method = request.method().clone();
    let chosen = chosen_language(&request);
    let is_ahead = is_ahead(&request);
    let path = request.uri().path().to_string();
    let opened = cors::allowed(&edge.config, &path, request.headers());

    let circumstances = Circumstances {
        opened: opened.is_some(),
        is_api: cors::is_api(&path),
        language: language_of(request.headers(), chosen),
        chosen,
        is_ahead,
        request_id: Arc::clone(&request_id),
    };
    let (mut parts, body) = request.into_parts();
    let mut response = match admit(&edge, &parts, circumstances).await {
        Ok(caller) => {
            parts.extensions.insert(caller);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(response) => *response,
    };
    let headers = response.headers_mut();
    protection::protect(headers, edge.config.is_secure());
    cors::open(&edge.config, &path, opened, headers);
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        headers.insert(REQUEST_ID, id);
    }
    if let Some(language) = chosen.filter(|_| !is_ahead) {
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
struct Circumstances {
    /// It comes from an allowed page of another origin.
    opened: bool,
    is_api: bool,
    language: Language,
    chosen: Option<Language>,
    is_ahead: bool,
    request_id: Arc<str>,
}

/// Returns the caller of a request that may go on; otherwise the response.
async fn admit(edge: &Edge, parts: &Parts, of: Circumstances) -> Result<Caller, Box<Response>> {
    let headers = &parts.headers;
    if !origin::has_one_host(parts) {
        return Err(of.refuse(StatusCode::BAD_REQUEST));
    }
    if of.opened
        && let Some(answer) = cors::preflight(&parts.method, headers)
    {
        return Err(Box::new(answer));
    }
    let is_foreign = headers
        .get(header::ORIGIN)
        .is_some_and(|named| !origin::is_own(edge, named, headers));
    if !of.opened && origin::is_refused_as_foreign(&parts.method, headers, is_foreign) {
        return Err(of.refuse(StatusCode::FORBIDDEN));
    }
    let handed = match handed(edge, parts, &of, is_foreign) {
        Ok(handed) => handed,
        Err(unfit) => return Err(of.refuse_credential(unfit)),
    };
    let actor = match handed {
        Handed::Nothing => Ok(Actor::Visitor),
        Handed::Bearer(token) => {
            match session::actor_of_token(&edge.graph.forum().store, &token).await {
                Ok(actor) if actor.member().is_none() => {
                    return Err(of.refuse_credential(Unfit::Unauthenticated));
                }
                found => found,
            }
        }
        // A cookie outlives its session: pages continue as for a visitor, who can sign in again.
        Handed::Cookie(token) => session::actor_of_token(&edge.graph.forum().store, &token).await,
    };
    let actor = actor.map_err(|error| {
        let what = "the caller could not be looked up";
        edge.outages.note(what, &of.request_id, &error);
        Box::new(failed(of.is_api, &error, of.language, &of.request_id))
    })?;
    if of.is_api && !is_meant(&actor, headers) {
        return Err(of.refuse(StatusCode::PRECONDITION_FAILED));
    }
    Ok(caller(edge, parts, actor, &of))
}

/// Returns the credential that a request presents. A cookie counts only on the forum's own pages.
fn handed(
    edge: &Edge,
    parts: &Parts,
    of: &Circumstances,
    is_foreign: bool,
) -> Result<Handed, Unfit> {
    let headers = &parts.headers;
    if OPERATORS.contains(&parts.uri.path()) {
        return Ok(Handed::Nothing);
    }
    if of.is_api {
        credential::check_places(headers, &parts.uri)?;
    }
    let session = SecretCookie::Session.name(edge.config.is_secure());
    Ok(match credential::of_headers(headers)? {
        Handed::Nothing if !is_foreign => {
            cookie(headers, session).map_or(Handed::Nothing, Handed::Cookie)
        }
        handed @ (Handed::Nothing | Handed::Bearer(_) | Handed::Cookie(_)) => handed,
    })
}

impl Circumstances {
    fn refuse(&self, status: StatusCode) -> Box<Response> {
        let code = match status {
            StatusCode::BAD_REQUEST => "BAD_REQUEST",
            _ => "DENIED",
        };
        let message = message::text(self.language, "request-refused");
        Box::new(self.answer(status, code, &message))
    }

    fn refuse_credential(&self, unfit: Unfit) -> Box<Response> {
        Box::new(match unfit {
            Unfit::Misplaced(message) => {
                self.answer(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
            }
            Unfit::Unauthenticated => {
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
fn is_meant(actor: &Actor, headers: &HeaderMap) -> bool {
    let Some(meant) = headers.get(PERSON) else {
        return true;
    };
    let person = actor.person_id();
    person.is_some_and(|person| id::of_uuid(Kind::Person, person).as_bytes() == meant.as_bytes())
}

fn caller(edge: &Edge, parts: &Parts, actor: Actor, of: &Circumstances) -> Caller {
    let headers = &parts.headers;
    let language = language_chosen(headers, of.chosen)
        .or_else(|| actor.member().map(|member| member.language))
        .unwrap_or(of.language);
    Caller {
        actor,
        language,
        address: Address::of(peer::address(parts, edge.config.behind_proxy)),
        user_agent: headers
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok())
            .map(|text| Arc::from(text.chars().take(200).collect::<String>())),
        request_id: Arc::clone(&of.request_id),
        is_ahead: of.is_ahead,
    }
}

/// Returns the value of a cookie in the headers of a request.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let values = headers.get_all(header::COOKIE).iter();
    caller::cookie(values.filter_map(|value| value.to_str().ok()), name)
}

/// Whether no person opened the resource: a browser prefetches it, according to one of the usual headers, or only the headers
/// are requested.
fn is_ahead(request: &Request) -> bool {
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
