//! The responses of pages and forms.

use askama::Template;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::Method;
use axum::http::StatusCode;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;

use crate::base::actor::Actor;
use crate::base::caller::Caller;

/// The status of a page, and after how many seconds a retry makes sense, if it does.
#[derive(Clone, Copy, Debug)]
pub struct PageStatus {
    pub status: StatusCode,
    pub retry_after: Option<i64>,
}

impl From<StatusCode> for PageStatus {
    fn from(status: StatusCode) -> PageStatus {
        PageStatus {
            status,
            retry_after: None,
        }
    }
}

/// Renders a page as a response.
pub fn page(template: &impl Template, page_status: impl Into<PageStatus>) -> Response {
    let page_status = page_status.into();
    match template.render() {
        Ok(html) => {
            let mut response = (page_status.status, Html(html)).into_response();
            if let Some(seconds) = page_status.retry_after {
                let seconds = HeaderValue::from(seconds);
                response.headers_mut().insert(header::RETRY_AFTER, seconds);
            }
            response
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Marks the pages that every visitor is shown alike in the same language: the forum may keep them, and clients may too, as
/// long as they ask each time whether their copy is current.
pub async fn share(request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>();
    let is_shared = caller.is_some_and(|caller| {
        let is_opened = request.method() == Method::GET && !caller.is_prefetch;
        caller.actor == Actor::Visitor && (is_opened || request.method() == Method::HEAD)
    });
    let mut response = next.run(request).await;
    if is_shared && response.status() == StatusCode::OK {
        let value = HeaderValue::from_static("private, no-cache");
        response.headers_mut().insert(header::CACHE_CONTROL, value);
    }
    response
}

/// Redirects after a form was accepted.
pub fn redirect(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// Redirects, and notifies the script that stores drafts that this text has arrived.
pub fn redirect_sent(path: &str, key: &str) -> Response {
    let mut response = redirect(path);
    let cookie = format!("partage_sent={key}; Path=/; Max-Age=60; SameSite=Lax");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
