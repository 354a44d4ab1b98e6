//! Signing in and out, and the user's own account: sessions and password.

mod device;
mod password;
pub mod session;
mod sessions;
mod sign_in;

use axum::Router;
use axum::routing::get;

use crate::web::refusal::form_on;
use crate::web::request::Web;

/// The routes of the account.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/sign-in", get(sign_in::show).post(sign_in::send))
        .route("/sign-out", form_on("/", session::sign_out))
        .route("/sessions", get(sessions::show).post(sessions::revoke))
        .route(
            "/sessions/password",
            form_on("/sessions", sessions::change_password),
        )
        .route(
            "/password/{token}",
            get(password::show).post(password::choose),
        )
}
