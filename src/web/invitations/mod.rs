//! Invitations: making, listing and revoking them, and joining with one.

mod accept;
mod list;

use axum::Router;
use axum::routing::get;

use crate::web::refusal::form_on;
use crate::web::request::Web;

/// The routes of invitations.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/invitations", get(list::show).post(list::invite))
        .route("/invitations/revoke", form_on("/invitations", list::revoke))
        .route("/invitations/{token}", get(accept::show).post(accept::send))
}
