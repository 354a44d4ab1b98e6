//! Which other origins' pages may call the API: the configured ones, with a bearer token and never with a cookie. No
//! response allows credentials, so a browser neither sends nor reveals its own.

use axum::http::HeaderMap;
use axum::http::HeaderName;
use axum::http::HeaderValue;
use axum::http::Method;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;

use crate::base::config::Config;

/// The addresses of the API; pages belong to the forum alone.
const PATHS: [&str; 3] = ["/graphql", "/schema.graphql", "/ledger.jsonl"];
const METHODS: &str = "GET, POST";
/// The headers that clients of the API send. Other headers that a browser requests are allowed too: client libraries
/// identify themselves and trace requests in their own headers, and none of these grants access.
const REQUEST_HEADERS: &str = "accept, accept-language, authorization, content-type, if-none-match, last-event-id, partage-person";
/// The response headers that they read, in addition to those that every page may read.
const RESPONSE_HEADERS: &str = "allow, etag, retry-after, www-authenticate, x-request-id";
/// How long a browser may cache a preflight response, in seconds. No browser caches it longer.
const MAX_AGE: &str = "7200";

/// Whether an address belongs to the API.
pub fn is_api(path: &str) -> bool {
    PATHS.contains(&path)
}

/// Returns the origin of a page from elsewhere that may call the API at this address.
pub fn allowed(config: &Config, path: &str, headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(header::ORIGIN).filter(|_| is_api(path))?;
    let named = origin.to_str().ok()?;
    let mut all = config.cors_origins.iter();
    all.any(|each| each.eq_ignore_ascii_case(named))
        .then(|| origin.clone())
}

/// Returns the response to a browser's preflight request for an allowed page; `None` for other requests.
pub fn preflight(method: &Method, headers: &HeaderMap) -> Option<Response> {
    if *method != Method::OPTIONS || !headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
        return None;
    }
    let requested = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS);
    let sent = match requested.and_then(|requested| requested.to_str().ok()) {
        Some(requested) => format!("{REQUEST_HEADERS}, {requested}"),
        None => REQUEST_HEADERS.to_string(),
    };
    let response_headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, sent.as_str()),
        (header::ACCESS_CONTROL_MAX_AGE, MAX_AGE),
        (
            header::VARY,
            "access-control-request-method, access-control-request-headers",
        ),
    ];
    Some((StatusCode::NO_CONTENT, response_headers).into_response())
}

/// Lets an allowed page read a response. The API's responses vary by origin as soon as any origin is allowed.
pub fn add_headers(
    config: &Config,
    path: &str,
    origin: Option<HeaderValue>,
    headers: &mut HeaderMap,
) {
    if config.cors_origins.is_empty() || !is_api(path) {
        return;
    }
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        set(
            headers,
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            RESPONSE_HEADERS,
        );
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}
