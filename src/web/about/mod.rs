//! Who runs this forum, and under which terms; and of which parts its pages are made.

mod design;

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;

use crate::base::config::UNNAMED_OPERATOR;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::error::PageResult;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::request::Web;
use crate::web::response;

document!(AboutQuery, "src/web/about/about.graphql");

/// The routes of the pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/about", get(show))
        .route("/about/design", get(design::show))
}

#[derive(Template)]
#[template(path = "about/about.html")]
struct Page {
    frame: Frame,
    instance: about_query::AboutQueryInstance,
    /// Whether browsers find the explorer at the API's address.
    explorer: bool,
}

async fn show(request: PageRequest) -> PageResult {
    let found =
        execute::<AboutQuery>(&request.web, &request.caller, about_query::Variables {}).await?;
    let template = Page {
        frame: Frame::load(&request).await,
        instance: found.instance,
        explorer: request.web.config.explorer,
    };
    Ok(response::page(&template, StatusCode::OK))
}
