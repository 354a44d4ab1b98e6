//! Why a page is not what was asked for.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;

use crate::web::forms::flaw::Flaw;

/// What a handler answers: a page or a redirect, or a refusal, which [`crate::web::refusal`] renders.
pub type PageResult = Result<Response, PageError>;

/// Why an answer is not what was asked for.
#[derive(Clone, Debug)]
pub enum PageError {
    NotFound,
    Denied {
        reason: String,
        message: String,
    },
    Invalid {
        field: String,
        message: String,
    },
    /// All that is wrong with a form that was not sent on.
    Flawed(Vec<Flaw>),
    /// The text changed meanwhile: its revision and text now.
    Conflict {
        message: String,
        revision: i64,
        body: String,
    },
    TooMany {
        message: String,
        retry_after: i64,
    },
    /// The database cannot serve for now.
    Unavailable {
        message: String,
        retry_after: i64,
    },
    Internal {
        request_id: String,
    },
}

impl IntoResponse for PageError {
    /// Carries the error to the layer that renders it with the request at hand.
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The refusal of what only people with an account have.
pub fn sign_in_first() -> PageError {
    PageError::Denied {
        reason: "SIGN_IN_REQUIRED".to_string(),
        message: String::new(),
    }
}
