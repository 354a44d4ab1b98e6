//! Help: short pages by task, in the reader's language.

pub mod texts;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;

use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::frame::Frame;
use crate::web::help::texts::Entry;
use crate::web::help::texts::HelpText;
use crate::web::request::PageRequest;
use crate::web::request::Web;
use crate::web::response;

/// The routes of the pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/help", get(list))
        .route("/help/{page}", get(show))
}

#[derive(Template)]
#[template(path = "help/list.html")]
struct List {
    frame: Frame,
    entries: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "help/page.html")]
struct Page {
    frame: Frame,
    /// The name of this page in its address.
    name: String,
    help: HelpText,
    entries: Vec<Entry>,
}

/// Shows the list of all pages.
async fn list(request: PageRequest) -> PageResult {
    let frame = Frame::load(&request).await;
    let template = List {
        entries: texts::entries(&frame.text, &request.web.config.limits),
        frame,
    };
    Ok(response::page(&template, StatusCode::OK))
}

/// Shows a page.
async fn show(request: PageRequest, Path(name): Path<String>) -> PageResult {
    let frame = Frame::load(&request).await;
    let limits = &request.web.config.limits;
    let template = Page {
        help: texts::page(&name, &frame.text, limits).ok_or(PageError::NotFound)?,
        entries: texts::entries(&frame.text, limits),
        name,
        frame,
    };
    Ok(response::page(&template, StatusCode::OK))
}
