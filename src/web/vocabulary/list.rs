//! The published list of the vocabulary.

use askama::Template;
use axum::http::StatusCode;

use crate::web::concepts;
use crate::web::concepts::SelectOption;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::response;

#[derive(Template)]
#[template(path = "vocabulary/list.html")]
struct Page {
    frame: Frame,
    schemes: Vec<(&'static str, Vec<SelectOption>)>,
}

/// Shows the list.
pub async fn show(request: PageRequest) -> PageResult {
    Ok(response::page(&load(&request).await?, StatusCode::OK))
}

async fn load(request: &PageRequest) -> Result<Page, PageError> {
    let mut schemes = Vec::new();
    for (name, scheme) in concepts::FACETS {
        schemes.push((name, concepts::all(request, scheme).await?));
    }
    let choices = schemes.iter_mut().flat_map(|(_, choices)| choices);
    concepts::count(request, choices, false).await?;
    Ok(Page {
        frame: Frame::load(request).await,
        schemes,
    })
}
