//! The forum client: pages rendered here that read and write through the API, as any other client does. They work
//! without JavaScript; with it they update live.

pub mod about;
pub mod account;
mod address;
pub mod api_types;
pub mod assets;
pub mod client;
pub mod composing;
pub mod concepts;
mod days;
pub mod delegations;
mod denial;
pub mod error;
pub mod explorer;
pub mod forms;
pub mod frame;
pub mod help;
pub mod home;
pub mod invitations;
pub mod moderation;
pub mod post;
mod refusal;
pub mod request;
mod response;
mod security;
pub mod settings;
pub mod text;
pub mod thread;
pub mod threads;
pub mod vocabulary;
pub mod writing;

use std::sync::Arc;
use std::time::Duration;

use axum::Form;
use axum::Router;
use axum::body::Body;
use axum::extract::FromRequest;
use axum::extract::Request;
use axum::extract::State;
use axum::http::Method;
use axum::http::StatusCode;
use axum::middleware;
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;

use crate::base::caller::Caller;
use crate::base::language::Language;
use crate::base::message;
use crate::web::assets::serve;
use crate::web::error::PageError;
use crate::web::forms::fields::Fields;

pub use crate::web::request::Web;

/// The routes of all pages.
pub fn router(web: Web) -> Router {
    // What every visitor is shown alike.
    let public = Router::new()
        .merge(home::routes())
        .merge(threads::routes())
        .merge(thread::routes())
        .merge(delegations::routes())
        .merge(vocabulary::routes())
        .merge(moderation::routes())
        .merge(about::routes())
        .merge(help::routes())
        .layer(middleware::from_fn(response::share));
    Router::new()
        .merge(public)
        .merge(writing::routes())
        .merge(composing::routes())
        .merge(settings::routes())
        .merge(account::routes())
        .merge(invitations::routes())
        .route("/assets/{version}/{name}", get(serve::file))
        .route("/worker.js", get(serve::worker))
        .fallback(not_found)
        .layer(middleware::from_fn_with_state(web.clone(), refusal::render))
        .layer(middleware::from_fn_with_state(web.clone(), parse_form))
        .layer(middleware::from_fn(security::secure))
        .with_state(web)
}

async fn not_found() -> PageError {
    PageError::NotFound
}

/// Reads and parses a form, within the configured size and time, before anything is done with it.
async fn parse_form(State(web): State<Web>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let limits = &web.config.limits;
    let (mut parts, body) = request.into_parts();
    let read = axum::body::to_bytes(body, limits.body_bytes);
    let timeout = Duration::from_secs(limits.read_seconds);
    let status = match tokio::time::timeout(timeout, read).await {
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
    (status, message::text(language, "limit-exceeded")).into_response()
}
