//! Whose forum this is, and under which terms.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use graphql_client::GraphQLQuery;

use crate::base::config::UNNAMED_OPERATOR;
use crate::web::Asked;
use crate::web::Web;
use crate::web::client::ask;
use crate::web::forms;
use crate::web::frame::Frame;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/about/about.graphql",
    response_derives = "Debug, Clone"
)]
struct AboutQuery;

/// The route of the page.
pub fn routes() -> Router<Web> {
    Router::new().route("/about", get(show))
}

#[derive(Template)]
#[template(path = "about/about.html")]
struct Page {
    frame: Frame,
    instance: about_query::AboutQueryInstance,
    /// Whether a browser finds the explorer at the API's address.
    explorer: bool,
}

async fn show(asked: Asked) -> Response {
    match ask::<AboutQuery>(&asked.web, &asked.caller, about_query::Variables {}).await {
        Ok(found) => {
            let template = Page {
                frame: Frame::load(&asked).await,
                instance: found.instance,
                explorer: asked.web.config.explorer,
            };
            forms::page(&template, StatusCode::OK)
        }
        Err(error) => forms::refuse(&asked, error).await,
    }
}
