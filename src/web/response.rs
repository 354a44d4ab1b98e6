//! The responses of pages and forms.

use askama::Template;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;

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
