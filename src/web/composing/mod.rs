//! What the forms for writing share: previews, drafts stored by the server, and mandates.

pub mod draft;
mod list;
pub mod mandates;
pub mod preview;
pub mod save;
pub mod script_texts;

use axum::Router;
use axum::routing::get;

use crate::web::refusal::form_on;
use crate::web::request::Web;

/// The routes of the list of drafts.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/drafts", get(list::show))
        .route("/drafts/discard", form_on("/drafts", save::discard))
        .route(
            "/drafts/keep",
            form_on("/drafts", save::save_after_conflict),
        )
}
