//! The schema as a file, for the tools of client authors.

use std::sync::LazyLock;

use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;

use crate::edge::tag;
use crate::graph::sdl;

/// The text and its tag.
static SCHEMA: LazyLock<(String, HeaderValue)> = LazyLock::new(|| {
    let text = sdl::text();
    let tag = tag::of(text.as_bytes());
    (text, tag)
});

/// Serves the same text as `partage schema` prints.
pub async fn file(given: HeaderMap) -> Response {
    let (text, tag) = &*SCHEMA;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, no-cache"),
        ),
        (header::ETAG, tag.clone()),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    let given = given.get_all(header::IF_NONE_MATCH).iter().cloned();
    match tag::is_among(&given.collect::<Vec<_>>(), tag) {
        true => (StatusCode::NOT_MODIFIED, headers).into_response(),
        false => (headers, text.as_str()).into_response(),
    }
}
