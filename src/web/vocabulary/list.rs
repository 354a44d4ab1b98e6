//! The published list of the vocabulary.

use askama::Template;
use axum::http::StatusCode;

use crate::web::concepts;
use crate::web::concepts::Choice;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::frame::Frame;
use crate::web::request::Asked;
use crate::web::response;
use crate::web::words::Scheme;

#[derive(Template)]
#[template(path = "vocabulary/list.html")]
struct Page {
    frame: Frame,
    schemes: Vec<(&'static str, Vec<Choice>)>,
}

/// Shows the list.
pub async fn show(asked: Asked) -> PageResult {
    Ok(response::page(&load(&asked).await?, StatusCode::OK))
}

async fn load(asked: &Asked) -> Result<Page, PageError> {
    let mut schemes = Vec::new();
    for (name, scheme) in [
        ("tools", Scheme::Tool),
        ("methods", Scheme::Method),
        ("regions", Scheme::Region),
    ] {
        schemes.push((name, concepts::all(asked, scheme).await?));
    }
    Ok(Page {
        frame: Frame::load(asked).await,
        schemes,
    })
}
