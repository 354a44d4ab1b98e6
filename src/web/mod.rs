//! The forum client: pages rendered here that ask and act through the API, as any other client does. They work without
//! JavaScript; with it they become live.

pub mod about;
pub mod account;
pub mod assets;
pub mod client;
pub mod composing;
pub mod concepts;
mod days;
pub mod delegations;
pub mod explorer;
pub mod forms;
pub mod frame;
pub mod home;
pub mod invitations;
pub mod moderation;
pub mod settings;
pub mod text;
pub mod thread;
pub mod threads;
pub mod vocabulary;
pub mod words;
pub mod writing;

use std::convert::Infallible;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::Form;
use axum::Router;
use axum::body::Body;
use axum::extract::FromRequest;
use axum::extract::FromRequestParts;
use axum::extract::OriginalUri;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::Request;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::Method;
use axum::http::StatusCode;
use axum::http::Uri;
use axum::http::header;
use axum::http::request::Parts;
use axum::middleware;
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;

use crate::base::caller::Caller;
use crate::base::config::Config;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::language::Language;
use crate::base::message;
use crate::graph::Graph;
use crate::web::client::PageError;
use crate::web::forms::Fields;

/// What every page needs.
#[derive(Clone)]
pub struct Web {
    pub graph: Graph,
    pub config: Arc<Config>,
    pub base_url: Arc<str>,
}

/// One request for a page: who asks for what.
pub struct Asked {
    pub web: Web,
    pub caller: Caller,
    pub uri: Uri,
    /// The fields of the form that was sent, so that a refusal can give them back.
    pub sent: Option<Arc<Fields>>,
}

impl FromRequestParts<Web> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Asked, Infallible> {
        let caller = Extension::<Caller>::from_request_parts(parts, web).await;
        let uri = OriginalUri::from_request_parts(parts, web)
            .await
            .map_or_else(|never| match never {}, |uri| uri.0);
        Ok(Asked {
            web: web.clone(),
            caller: caller.map_or_else(|_| Caller::visitor(), |caller| caller.0),
            uri,
            sent: parts.extensions.get::<Arc<Fields>>().cloned(),
        })
    }
}

/// The fields of the form that was sent; none where there was no form.
pub struct Sent {
    fields: Arc<Fields>,
}

impl Deref for Sent {
    type Target = Fields;

    fn deref(&self) -> &Fields {
        &self.fields
    }
}

impl FromRequestParts<Web> for Sent {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Sent, Infallible> {
        let fields = parts.extensions.get::<Arc<Fields>>().cloned();
        let fields = fields.unwrap_or_default();
        Ok(Sent { fields })
    }
}

/// A post's place in an address: its thread, and its number there. Any other is an address of nothing.
pub struct Place {
    pub thread: String,
    pub number: i64,
}

impl FromRequestParts<Web> for Place {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Place, Response> {
        if let Ok(Path((thread, number))) = Path::from_request_parts(parts, web).await {
            return Ok(Place { thread, number });
        }
        match Asked::from_request_parts(parts, web).await {
            Ok(asked) => Err(absent(asked).await),
            Err(never) => match never {},
        }
    }
}

/// Nothing runs, loads or frames here but what is the forum's own.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The routes of all pages.
pub fn router(web: Web) -> Router {
    Router::new()
        .merge(home::routes())
        .merge(threads::routes())
        .merge(thread::routes())
        .merge(writing::routes())
        .merge(composing::routes())
        .merge(delegations::routes())
        .merge(settings::routes())
        .merge(account::routes())
        .merge(invitations::routes())
        .merge(vocabulary::routes())
        .merge(moderation::routes())
        .merge(about::routes())
        .route("/assets/{version}/{name}", get(assets::serve))
        .route("/worker.js", get(assets::worker))
        .fallback(absent)
        .layer(middleware::from_fn_with_state(web.clone(), take_form))
        .layer(middleware::from_fn(secure))
        .with_state(web)
}

async fn absent(asked: Asked) -> Response {
    forms::refuse(&asked, PageError::NotFound).await
}

/// Reads and parses a form, within the configured size and time, before anything is done with it.
async fn take_form(State(web): State<Web>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let limits = &web.config.limits;
    let (mut parts, body) = request.into_parts();
    let read = axum::body::to_bytes(body, limits.body_bytes);
    let patience = Duration::from_secs(limits.read_seconds);
    let refused = match tokio::time::timeout(patience, read).await {
        Ok(Ok(bytes)) => {
            let form = Request::from_parts(parts.clone(), Body::from(bytes));
            if let Ok(Form(fields)) = Form::from_request(form, &()).await {
                parts.extensions.insert(Arc::new(Fields(fields)));
                return next.run(Request::from_parts(parts, Body::empty())).await;
            }
            StatusCode::BAD_REQUEST
        }
        Ok(Err(_)) => StatusCode::PAYLOAD_TOO_LARGE,
        Err(_) => StatusCode::REQUEST_TIMEOUT,
    };
    let caller = parts.extensions.get::<Caller>();
    let language = caller.map_or(Language::En, |caller| caller.language);
    (refused, message::text(language, "limit-exceeded")).into_response()
}

async fn secure(request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>();
    let person = caller.and_then(|caller| caller.actor.person_id());
    let person = person.map(|person| id::of_uuid(Kind::Person, person));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // The worker keeps pages for nobody else than whom the forum has answered last.
    let media = headers.get(header::CONTENT_TYPE);
    let is_page = media.is_some_and(|media| media.as_bytes().starts_with(b"text/html"));
    if is_page && let Ok(person) = HeaderValue::from_str(&person.unwrap_or_default()) {
        headers.insert("partage-person", person);
    }
    let set = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    for (name, value) in set {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private, no-store"));
    response
}

impl Asked {
    /// What the address carries after its question mark.
    pub fn query(&self) -> forms::Fields {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&self.uri);
        forms::Fields(pairs.map(|pairs| pairs.0).unwrap_or_default())
    }
}

/// Pairs as an address carries them.
pub fn encode(pairs: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                text.push(char::from(byte));
            } else {
                text.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    text
}
