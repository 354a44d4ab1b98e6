//! The files as they are asked for.

use askama::Template;
use axum::extract::Path;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;

use crate::base::language::Language;
use crate::web::assets;
use crate::web::assets::Asset;
use crate::web::frame::Frame;
use crate::web::request::Web;

/// For how long: the address of anything else is another.
const KEPT: &str = "public, max-age=31536000, immutable";

/// Serves a file under the present version's address.
pub async fn file(
    State(web): State<Web>,
    Path((version, name)): Path<(String, String)>,
    given: HeaderMap,
) -> Response {
    let is_known = assets::prefix().strip_prefix("/assets/") == Some(version.as_str());
    if is_known && let Some(html) = offline(&web, &name) {
        let headers = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, KEPT),
        ];
        return (headers, html).into_response();
    }
    let Some(asset) = Asset::find(&name).filter(|_| is_known) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, asset.media()),
        (header::CACHE_CONTROL, KEPT),
        (header::VARY, "accept-encoding"),
    ];
    if !takes_brotli(&given) {
        return (headers, asset.content()).into_response();
    }
    let coding = [(header::CONTENT_ENCODING, "br")];
    (headers, coding, asset.compressed()).into_response()
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

/// Serves the script that keeps visited threads readable without a line.
pub async fn worker() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, assets::worker()).into_response()
}
