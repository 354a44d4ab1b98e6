//! The vocabulary: the published list of tools and methods, and the regions, each with its threads; and the forms with
//! which the Secretariat maintains it.

mod concept;
mod list;
mod maintain;

use axum::Router;
use axum::routing::get;

use crate::web::refusal::form_on;
use crate::web::request::Web;

/// The routes of the vocabulary.
pub fn routes() -> Router<Web> {
    let form = "/vocabulary/{slug}";
    Router::new()
        .route("/vocabulary", get(list::show))
        .route("/vocabulary/{slug}", get(concept::show))
        .route("/vocabulary/{slug}/follow", form_on(form, concept::follow))
        .route("/vocabulary/{slug}/change", form_on(form, maintain::change))
        .route("/vocabulary/{slug}/add", form_on(form, maintain::add))
        .route(
            "/vocabulary/{slug}/deprecate",
            form_on(form, maintain::deprecate),
        )
        .route(
            "/vocabulary/{slug}/restore",
            form_on(form, maintain::restore),
        )
}
