//! The schema as a file, for the tools of client authors.

use std::sync::LazyLock;

use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;

use crate::edge::tag;
use crate::graph::sdl;

/// The text and its tag.
static SCHEMA: LazyLock<(String, String)> = LazyLock::new(|| {
    let text = sdl::text();
    let tag = tag::of(&text);
    (text, tag)
});

/// Serves the same text as `partage schema` prints.
pub async fn file(given: HeaderMap) -> Response {
    let (text, tag) = &*SCHEMA;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "public, no-cache"),
        (header::ETAG, tag),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    match tag::is_known(&given, tag) {
        true => (StatusCode::NOT_MODIFIED, headers).into_response(),
        false => (headers, text.as_str()).into_response(),
    }
}
