//! Responses: the body, which is the same for HTTP, WebSocket and server-sent events, and the status and headers for HTTP.

use async_graphql::Response;
use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response as HttpResponse;
use serde_json::Value;
use serde_json::json;

use crate::base::caller::Caller;
use crate::base::error::Error;
use crate::base::error::RETRY_SECONDS;
use crate::base::message;
use crate::edge::negotiate::Media;

/// Returns the list of errors for a request that is refused before execution.
pub fn errors(code: &str, message: &str, request_id: &str) -> Value {
    json!([error(code, message, request_id)])
}

/// Returns one error of such a list.
pub fn error(code: &str, message: &str, request_id: &str) -> Value {
    json!({"message": message, "extensions": {"code": code, "requestId": request_id}})
}

/// Returns the list of errors for a request that failed outside of any execution.
pub fn failure(error: &Error, caller: &Caller) -> Value {
    let message = message::of(error, caller.language);
    let mut errors = errors(error.code(), &message, &caller.request_id);
    if matches!(error, Error::Unavailable(_)) {
        errors[0]["extensions"]["retryAfter"] = Value::from(RETRY_SECONDS);
    }
    errors
}

/// Returns the status for a request that failed outside of any execution. The fault is ours, so the client can send the same
/// request again.
pub fn status_of(error: &Error) -> StatusCode {
    if matches!(error, Error::Unavailable(_)) {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    StatusCode::INTERNAL_SERVER_ERROR
}

/// Returns the number of seconds after which to retry: the longest time in a list of errors.
pub fn retry_after(errors: &Value) -> Option<u64> {
    let errors = errors.as_array()?.iter();
    let seconds = |error: &Value| error.pointer("/extensions/retryAfter")?.as_u64();
    errors.filter_map(seconds).max()
}

/// Whether a list of errors says only that the database is unavailable.
pub fn are_unavailable(errors: &Value) -> bool {
    let is = |error: &Value| {
        error.pointer("/extensions/code").and_then(Value::as_str) == Some("UNAVAILABLE")
    };
    errors
        .as_array()
        .is_some_and(|errors| !errors.is_empty() && errors.iter().all(is))
}

/// Returns the list of errors of a response.
pub fn errors_of(response: &Response) -> Value {
    serde_json::to_value(&response.errors).unwrap_or(Value::Null)
}

/// Returns the body with a list of errors and nothing else.
pub fn refusal(errors: &Value) -> String {
    json!({"errors": errors}).to_string()
}

/// Whether nothing was executed: there is no data, and no error has a path.
pub fn is_request_error(response: &Response) -> bool {
    is_refusal(response) && response.errors.iter().all(|error| error.path.is_empty())
}

/// Whether an execution produced nothing because the database is unavailable.
pub fn is_unavailable(response: &Response) -> bool {
    let unavailable = async_graphql::Value::from("UNAVAILABLE");
    let is_all = response.errors.iter().all(|error| {
        let extensions = error.extensions.as_ref();
        extensions.and_then(|all| all.get("code")) == Some(&unavailable)
    });
    let is_null = |value: &async_graphql::Value| *value == async_graphql::Value::Null;
    let is_empty = if let async_graphql::Value::Object(fields) = &response.data {
        fields.values().all(is_null)
    } else {
        is_null(&response.data)
    };
    !response.errors.is_empty() && is_all && is_empty
}

/// Whether there are only errors. As the first response to a subscription, this means that it is refused.
pub fn is_refusal(response: &Response) -> bool {
    response.data == async_graphql::Value::Null && !response.errors.is_empty()
}

/// Returns the body of a response, without `data` if nothing was executed.
pub fn body_of(response: &Response) -> String {
    if is_request_error(response) {
        return refusal(&errors_of(response));
    }
    // GraphQL values can always be written as JSON.
    serde_json::to_string(response).unwrap_or_default()
}

/// Returns a refusal outside of any operation, in the form of a GraphQL response.
pub fn refuse(status: StatusCode, code: &str, message: &str, request_id: &str) -> HttpResponse {
    let mut errors = errors(code, message, request_id);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        errors[0]["extensions"]["retryAfter"] = Value::from(RETRY_SECONDS);
    }
    refuse_with(status, &errors)
}

/// Same, for a list of errors.
pub fn refuse_with(status: StatusCode, errors: &Value) -> HttpResponse {
    let response = http_response(Media::Json, status, refusal(errors));
    with_retry_after(response, retry_after(errors))
}

/// Returns the HTTP response with this body. It must not be cached.
pub fn http_response(media: Media, status: StatusCode, body: impl Into<Body>) -> HttpResponse {
    let headers = [
        (header::CONTENT_TYPE, media.content_type()),
        (header::VARY, "accept"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, body.into()).into_response()
}

/// Adds the header that says after how many seconds to retry, if there is a number.
pub fn with_retry_after(mut response: HttpResponse, seconds: Option<u64>) -> HttpResponse {
    if let Some(seconds) = seconds {
        let seconds = HeaderValue::from(seconds);
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}
