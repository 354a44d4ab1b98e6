//! Style sheet and scripts, under addresses that change with their content, so that they can be kept for ever.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;

use crate::base::secret;

const FILES: [(&str, &str, &str); 9] = [
    ("icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
    (
        "site.css",
        "text/css; charset=utf-8",
        include_str!("assets/site.css"),
    ),
    ("forum.js", SCRIPT, include_str!("modules/forum.js")),
    ("line.js", SCRIPT, include_str!("modules/line.js")),
    ("thread.js", SCRIPT, include_str!("modules/thread.js")),
    ("list.js", SCRIPT, include_str!("modules/list.js")),
    ("compose.js", SCRIPT, include_str!("modules/compose.js")),
    ("drafts.js", SCRIPT, include_str!("modules/drafts.js")),
    ("outbox.js", SCRIPT, include_str!("modules/outbox.js")),
];
/// The script between the pages and the line: it answers for the whole site, so its address never changes.
const WORKER: &str = include_str!("modules/worker.js");
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

/// Serves the script that keeps visited threads readable without a line.
pub async fn worker() -> Response {
    let headers = [
        (header::CONTENT_TYPE, SCRIPT),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    let script = WORKER.replace(
        "CONTENT_SECURITY_POLICY",
        crate::web::CONTENT_SECURITY_POLICY,
    );
    (headers, script).into_response()
}
