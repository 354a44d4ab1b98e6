//! Well-known files for machines: where to report vulnerabilities, and what not to index.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;

use crate::edge::state::Edge;

const CONTENT_TYPE: &str = "text/plain; charset=utf-8";
/// How long the contact information is valid; less than a year, as RFC 9116 recommends.
const VALID_FOR: Duration = Duration::from_secs(180 * 86_400);
/// Public pages may be indexed. Paths for machines or for a single person are excluded.
const ROBOTS: &str = "User-agent: *\nDisallow: /graphql\nDisallow: /invitations/\nDisallow: /ledger.jsonl\n\
    Disallow: /moderation\nDisallow: /sessions\nDisallow: /settings\nDisallow: /sign-in\n";

/// `robots.txt`.
pub async fn robots() -> Response {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], ROBOTS).into_response()
}

/// `security.txt` (RFC 9116). 404 if no contact is configured.
pub async fn security(State(edge): State<Edge>) -> Response {
    let Some(contact) = &edge.config.security_contact else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let expires = edge.graph.forum().store.clock().now().plus(VALID_FOR);
    let text = format!(
        "Contact: {contact}\nExpires: {}\nCanonical: {}/.well-known/security.txt\n",
        expires.to_rfc3339(),
        edge.base_url
    );
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response()
}
