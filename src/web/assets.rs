//! Style sheet and scripts, under addresses that change with their content, so that they can be kept for ever.

use std::sync::LazyLock;
use std::sync::OnceLock;

use askama::Template;
use axum::extract::Path;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use brotli::enc::BrotliEncoderParams;

use crate::base::language::Language;
use crate::base::secret;
use crate::web::Web;
use crate::web::frame::Frame;

const FILES: [(&str, &str, &str); 14] = [
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
    ("tags.js", SCRIPT, include_str!("modules/tags.js")),
    ("trouble.js", SCRIPT, include_str!("modules/trouble.js")),
    (
        "explorer.css",
        "text/css; charset=utf-8",
        include_str!("assets/explorer.css"),
    ),
    ("explorer.js", SCRIPT, include_str!("modules/explorer.js")),
    (
        "documentation.js",
        SCRIPT,
        include_str!("modules/documentation.js"),
    ),
];
/// The script between the pages and the line: it answers for the whole site, so its address never changes.
const WORKER: &str = include_str!("modules/worker.js");
/// For how long: the address of anything else is another.
const KEPT: &str = "public, max-age=31536000, immutable";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// What is sent of each file.
static SENT: LazyLock<Vec<String>> = LazyLock::new(|| {
    let files = FILES.iter();
    files
        .map(|(_, media, content)| match *media {
            SCRIPT => lean(content),
            _ => (*content).to_string(),
        })
        .collect()
});

/// A script without what only its readers need: lines of comment, and what indents a line. Texts of several lines are
/// documents for the API, to which indentation is nothing.
fn lean(script: &str) -> String {
    let is_said = |line: &&str| !["//", "/*", "*"].iter().any(|mark| line.starts_with(mark));
    let lines = script.lines().map(str::trim_start);
    let said: Vec<&str> = lines
        .filter(|line| !line.is_empty())
        .filter(is_said)
        .collect();
    said.join("\n")
}

static PREFIX: LazyLock<String> = LazyLock::new(|| {
    let all: String = SENT.concat();
    let version: String = secret::digest(&all)
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("/assets/{version}")
});

/// The files compressed as far as it goes, once: what is sent to everybody is worth the second that it takes.
static COMPRESSED: [OnceLock<Vec<u8>>; FILES.len()] = [const { OnceLock::new() }; FILES.len()];

/// The address under which the files lie.
pub fn prefix() -> &'static str {
    &PREFIX
}

/// Serves a file under the present version's address.
pub async fn serve(
    State(web): State<Web>,
    Path((version, name)): Path<(String, String)>,
    given: HeaderMap,
) -> Response {
    let is_known = PREFIX.strip_prefix("/assets/") == Some(version.as_str());
    if is_known && let Some(html) = offline(&web, &name) {
        let headers = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, KEPT),
        ];
        return (headers, html).into_response();
    }
    let place = FILES.iter().position(|(file, ..)| *file == name);
    let Some(place) = place.filter(|_| is_known) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let ((_, media, _), content) = (&FILES[place], SENT[place].as_str());
    let headers = [
        (header::CONTENT_TYPE, *media),
        (header::CACHE_CONTROL, KEPT),
        (header::VARY, "accept-encoding"),
    ];
    if !takes_brotli(&given) {
        return (headers, content).into_response();
    }
    let compressed = COMPRESSED[place]
        .get_or_init(|| compress(content))
        .as_slice();
    let coding = [(header::CONTENT_ENCODING, "br")];
    (headers, coding, compressed).into_response()
}

#[derive(Template)]
#[template(path = "frame/offline.html")]
struct Offline {
    frame: Frame,
}

/// What a browser shows in a language where it keeps no page and the line is down: `offline-fr.html`. It is nobody's.
fn offline(web: &Web, name: &str) -> Option<String> {
    let code = name.strip_prefix("offline-")?.strip_suffix(".html")?;
    let language = Language::ALL.into_iter().find(|each| each.code() == code)?;
    let frame = Frame::of_nobody(web, language, "/");
    Offline { frame }.render().ok()
}

fn takes_brotli(given: &HeaderMap) -> bool {
    let accepted = given.get(header::ACCEPT_ENCODING);
    let accepted = accepted.and_then(|accepted| accepted.to_str().ok());
    let mut codings = accepted.unwrap_or_default().split(',').map(str::trim);
    // A coding with a weight may be one that is not wanted; the layer that compresses pages weighs it.
    codings.any(|coding| coding == "br")
}

fn compress(content: &str) -> Vec<u8> {
    let parameters = BrotliEncoderParams {
        quality: 11,
        ..BrotliEncoderParams::default()
    };
    let mut compressed = Vec::new();
    // Writing into memory does not fail.
    let _ = brotli::BrotliCompress(&mut content.as_bytes(), &mut compressed, &parameters);
    compressed
}

/// Serves the script that keeps visited threads readable without a line.
pub async fn worker() -> Response {
    let headers = [
        (header::CONTENT_TYPE, SCRIPT),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    static SENT: LazyLock<String> = LazyLock::new(|| {
        let policy = crate::web::CONTENT_SECURITY_POLICY;
        lean(WORKER).replace("CONTENT_SECURITY_POLICY", policy)
    });
    (headers, SENT.as_str()).into_response()
}
