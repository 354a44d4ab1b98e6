//! Writing and changing: new threads, edits, revisions, withdrawal, tags.

mod change;
mod edit;
mod new;
mod post;
mod revisions;
mod translate;
mod withdraw;

use axum::Router;
use axum::routing::get;

use crate::web::request::Web;

/// The routes of the forms.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/threads/new", get(new::show).post(new::send))
        .route(
            "/threads/{id}/tags",
            get(change::show_tags).post(change::send_tags),
        )
        .route(
            "/threads/{id}/change",
            get(change::show_change).post(change::send_change),
        )
        .route(
            "/threads/{id}/posts/{number}/edit",
            get(edit::show).post(edit::send),
        )
        .route(
            "/threads/{id}/posts/{number}/revisions",
            get(revisions::show),
        )
        .route(
            "/threads/{id}/posts/{number}/translate",
            get(translate::show).post(translate::send),
        )
        .route(
            "/threads/{id}/posts/{number}/withdraw",
            get(withdraw::show).post(withdraw::send),
        )
}
