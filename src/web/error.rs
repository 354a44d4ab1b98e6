//! Why a page cannot be shown as requested.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;

use crate::web::forms::field_error::FieldError;

/// What a handler answers: a page or a redirect, or a refusal, which [`crate::web::refusal`] renders.
pub type PageResult = Result<Response, PageError>;

/// Why a request failed.
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
    /// All errors of a form that was not sent to the API.
    InvalidForm(Vec<FieldError>),
    /// The text was changed meanwhile: its current revision and text.
    Conflict {
        message: String,
        revision: i64,
        body: String,
    },
    TooMany {
        message: String,
        retry_after: i64,
    },
    /// The database is temporarily unavailable.
    Unavailable {
        message: String,
        retry_after: i64,
    },
    Internal {
        request_id: String,
    },
}

impl IntoResponse for PageError {
    /// Passes the error on to the layer that renders it, which has the request.
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The refusal of what requires an account.
pub fn sign_in_first() -> PageError {
    PageError::Denied {
        reason: "SIGN_IN_REQUIRED".to_string(),
        message: String::new(),
    }
}
