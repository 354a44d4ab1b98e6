//! What the forms for writing share: previews, drafts stored by the server, and mandates.

pub mod draft;
pub mod keep;
mod list;
pub mod mandates;
pub mod preview;
pub mod words;

use axum::Router;
use axum::routing::get;

use crate::web::refusal::form_on;
use crate::web::request::Web;

/// The routes of the list of drafts.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/drafts", get(list::show))
        .route("/drafts/discard", form_on("/drafts", keep::discard))
        .route("/drafts/keep", form_on("/drafts", keep::keep))
}
