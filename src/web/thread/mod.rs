//! One thread with its posts, and the form to reply.

mod acknowledge;
mod answer;
mod follow;
mod form;
mod reply;
mod script_texts;
mod show;

use axum::Router;
use axum::routing::get;

use crate::web::refusal::form_on;
use crate::web::request::Web;

/// The routes of a thread's page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/threads/{id}", get(show::show).post(reply::reply))
        .route(
            "/threads/{id}/follow",
            form_on("/threads/{id}", follow::follow),
        )
        .route(
            "/threads/{id}/answer",
            form_on("/threads/{id}", answer::mark),
        )
        .route(
            "/threads/{id}/acknowledge",
            form_on("/threads/{id}", acknowledge::acknowledge),
        )
}
