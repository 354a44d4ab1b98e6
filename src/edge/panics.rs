//! Responses to requests whose handler panicked. Each panic is logged, and the connection stays open.

use std::any::Any;

use axum::body::Body;
use axum::http::Response;
use axum::http::StatusCode;
use axum::response::IntoResponse;

use crate::base::id;
use crate::edge::answer;

const WENT_WRONG: &str = "Something went wrong on our side.";

/// The response in the API's format.
pub fn of_api(_: Box<dyn Any + Send + 'static>) -> Response<Body> {
    let request_id = note_panic();
    answer::refuse(
        StatusCode::INTERNAL_SERVER_ERROR,
        "INTERNAL",
        WENT_WRONG,
        &request_id,
    )
}

/// The response for a person.
pub fn of_page(_: Box<dyn Any + Send + 'static>) -> Response<Body> {
    let request_id = note_panic();
    let text = format!("{WENT_WRONG} ({request_id})\n");
    (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
}

fn note_panic() -> String {
    let request_id = id::random().simple().to_string();
    tracing::error!(%request_id, "a request panicked");
    request_id
}
