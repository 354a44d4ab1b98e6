//! The parts of which pages are made, with their states, for those who write and check pages.

use askama::Template;
use axum::http::StatusCode;

use crate::web::api_types::Capacity;
use crate::web::api_types::Language;
use crate::web::api_types::Role;
use crate::web::api_types::ThreadKind;
use crate::web::api_types::Visibility;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::frame::Frame;
use crate::web::frame::parts::Icon;
use crate::web::frame::parts::Mark;
use crate::web::request::PageRequest;
use crate::web::response;
use crate::web::threads::row;
use crate::web::threads::row::Row;

document!(DesignQuery, "src/web/about/design.graphql");

row::row!(design_query::ThreadRow);

#[derive(Template)]
#[template(path = "about/design.html")]
struct Page {
    frame: Frame,
    found: design_query::ResponseData,
    icons: Vec<Icon>,
    marks: Vec<Mark>,
}

const COLOURS: [&str; 16] = [
    "ground", "paper", "soft", "line", "edge", "text", "quiet", "link", "visited", "brand", "gilt",
    "focus", "chosen", "good", "warn", "bad",
];

const ICONS: [&str; 52] = [
    "logo",
    "search",
    "bell",
    "menu",
    "globe",
    "person",
    "people",
    "reply",
    "quote",
    "cite",
    "translate",
    "more",
    "check",
    "answered",
    "lock",
    "pin",
    "link",
    "pen",
    "draft",
    "offline",
    "filter",
    "flag",
    "close",
    "down",
    "next",
    "plus",
    "follow",
    "also",
    "useful",
    "question",
    "experience",
    "practice",
    "proposal",
    "shield",
    "scale",
    "tool",
    "method",
    "calendar",
    "download",
    "print",
    "copy",
    "bold",
    "italic",
    "list",
    "clip",
    "clock",
    "info",
    "warn",
    "rows",
    "dense",
    "sort",
    "eye",
];

const MARKS: [(&str, Option<&str>); 8] = [
    ("ke", None),
    ("cn", None),
    ("fr", None),
    ("br", None),
    ("ws", None),
    ("jo", None),
    ("secretariat", None),
    ("aripo", Some("ARIPO")),
];

/// Shows the page to those who run the forum.
pub async fn show(request: PageRequest) -> PageResult {
    let variables = design_query::Variables {
        reader: Language::of(request.caller.language),
    };
    let found = execute::<DesignQuery>(&request.web, &request.caller, variables).await?;
    if !matches!(found.viewer.role, Role::Moderator | Role::Secretariat) {
        return Err(PageError::NotFound);
    }
    let frame = Frame::load(&request).await;
    let template = Page {
        icons: ICONS.map(|name| frame.icon(name)).into(),
        marks: MARKS.map(|(slug, acronym)| Mark::of(slug, acronym)).into(),
        frame,
        found,
    };
    Ok(response::page(&template, StatusCode::OK))
}
