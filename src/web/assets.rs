//! Style sheet and scripts, under addresses that change with their content, so that they can be kept for ever.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;

use crate::base::secret;

const FILES: [(&str, &str, &str); 5] = [
    (
        "site.css",
        "text/css; charset=utf-8",
        include_str!("assets/site.css"),
    ),
    ("socket.js", SCRIPT, include_str!("modules/socket.js")),
    (
        "thread-live.js",
        SCRIPT,
        include_str!("modules/thread-live.js"),
    ),
    ("list-live.js", SCRIPT, include_str!("modules/list-live.js")),
    ("draft.js", SCRIPT, include_str!("modules/draft.js")),
];
const SCRIPT: &str = "text/javascript; charset=utf-8";

static PREFIX: LazyLock<String> = LazyLock::new(|| {
    let all: String = FILES.iter().map(|(_, _, content)| *content).collect();
    let version: String = secret::digest(&all)
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("/assets/{version}")
});

/// The address under which the files lie.
pub fn prefix() -> &'static str {
    &PREFIX
}

/// Serves a file under the present version's address.
pub async fn serve(Path((version, name)): Path<(String, String)>) -> Response {
    let known = PREFIX.strip_prefix("/assets/") == Some(version.as_str());
    match FILES.iter().find(|(file, ..)| known && *file == name) {
        Some((_, media, content)) => {
            let headers = [
                (header::CONTENT_TYPE, *media),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ];
            (headers, *content).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
