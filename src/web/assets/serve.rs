//! Serving the files.

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
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
use crate::web::assets::STYLE;
use crate::web::assets::theme;
use crate::web::frame::Frame;
use crate::web::request::Web;

/// Cache indefinitely: changed content has another address.
const CACHED_FOREVER: &str = "public, max-age=31536000, immutable";

/// Serves a file at the current version's address.
pub async fn file(
    State(web): State<Web>,
    Path((version, name)): Path<(String, String)>,
    given: HeaderMap,
) -> Response {
    let is_known = assets::prefix().strip_prefix("/assets/") == Some(version.as_str());
    if is_known && let Some(html) = offline(&web, &name) {
        let headers = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, CACHED_FOREVER),
        ];
        return (headers, html).into_response();
    }
    if is_known && let Some(response) = of_operator(&web, &name) {
        return response;
    }
    let Some(asset) = Asset::find(&name).filter(|_| is_known) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, asset.media()),
        (header::CACHE_CONTROL, CACHED_FOREVER),
        (header::VARY, "accept-encoding"),
    ];
    if !accepts_brotli(&given) {
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

/// The page that a browser shows in a language when it is offline and has no stored page: `offline-fr.html`. It belongs
/// to no person.
fn offline(web: &Web, name: &str) -> Option<String> {
    let code = name.strip_prefix("offline-")?.strip_suffix(".html")?;
    let language = Language::ALL.into_iter().find(|each| each.code() == code)?;
    let frame = Frame::anonymous(web, language, "/");
    Offline { frame }.render().ok()
}

/// A file that the operator gave, or that is made of a setting.
fn of_operator(web: &Web, name: &str) -> Option<Response> {
    let instance = &web.config.instance;
    let colour = instance
        .colour
        .filter(|colour| theme::name(*colour) == name);
    let logo = instance.logo.as_ref().filter(|logo| logo.name == name);
    let (media, content) = match (colour, logo) {
        (Some(colour), _) => (STYLE, Bytes::from(theme::sheet(colour))),
        (None, Some(logo)) => (logo.media, Bytes::from_owner(Arc::clone(&logo.bytes))),
        (None, None) => return None,
    };
    let headers = [
        (header::CONTENT_TYPE, media),
        (header::CACHE_CONTROL, CACHED_FOREVER),
    ];
    Some((headers, content).into_response())
}

fn accepts_brotli(given: &HeaderMap) -> bool {
    let accepted = given.get(header::ACCEPT_ENCODING);
    let accepted = accepted.and_then(|accepted| accepted.to_str().ok());
    let mut codings = accepted.unwrap_or_default().split(',').map(str::trim);
    // An encoding with a weight may be an unwanted one; the layer that compresses pages evaluates weights.
    codings.any(|coding| coding == "br")
}

/// Serves the script that keeps visited threads readable offline.
pub async fn worker() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, assets::worker()).into_response()
}
