//! The security headers of pages.

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;

use crate::base::caller::Caller;
use crate::base::id::PersonId;

/// Only the forum's own content may run, load or be framed here.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Sets the headers of a response: its content security policy, and that shared caches must not store it.
pub async fn secure(request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>();
    let person = caller.and_then(|caller| caller.actor.person_id());
    let person = person.map(PersonId::global);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // The service worker stores pages only for the person to whom the forum last responded.
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
