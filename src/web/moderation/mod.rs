//! Moderation: the form of a decision, the public ledger, and one's own notices.

mod decide;
mod ledger;
mod notices;

use axum::Router;
use axum::routing::get;

use crate::web::Web;

/// The routes of moderation.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/ledger", get(ledger::show))
        .route("/notices", get(notices::show).post(notices::send))
        .route(
            "/threads/{id}/decide",
            get(decide::show_thread).post(decide::send_thread),
        )
        .route(
            "/threads/{id}/posts/{number}/decide",
            get(decide::show_post).post(decide::send_post),
        )
        .route(
            "/decisions/{id}/undo",
            get(decide::show_undo).post(decide::send_undo),
        )
}
