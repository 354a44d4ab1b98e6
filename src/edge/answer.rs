//! The body of an answer, the same for HTTP, WebSocket and server-sent events.

use async_graphql::Response;
use serde_json::Value;
use serde_json::json;

/// The list of errors of a refusal outside of any execution.
pub fn errors(code: &str, message: &str, request_id: &str) -> Value {
    json!([error(code, message, request_id)])
}

/// One error of a refusal.
pub fn error(code: &str, message: &str, request_id: &str) -> Value {
    json!({"message": message, "extensions": {"code": code, "requestId": request_id}})
}

/// The list of errors of a response.
pub fn errors_of(response: &Response) -> Value {
    serde_json::to_value(&response.errors).unwrap_or(Value::Null)
}

/// The body that carries a list of errors and nothing else.
pub fn refusal(errors: &Value) -> String {
    json!({"errors": errors}).to_string()
}

/// Whether nothing was executed: no data, and no error has a path.
pub fn is_request_error(response: &Response) -> bool {
    is_refusal(response) && response.errors.iter().all(|error| error.path.is_empty())
}

/// Whether nothing came of an execution because the database is unavailable.
pub fn is_unavailable(response: &Response) -> bool {
    let unavailable = async_graphql::Value::from("UNAVAILABLE");
    let is_all = response.errors.iter().all(|error| {
        let extensions = error.extensions.as_ref();
        extensions.and_then(|all| all.get("code")) == Some(&unavailable)
    });
    let is_empty = match &response.data {
        async_graphql::Value::Object(fields) => fields
            .values()
            .all(|value| *value == async_graphql::Value::Null),
        data => *data == async_graphql::Value::Null,
    };
    !response.errors.is_empty() && is_all && is_empty
}

/// Whether there is nothing but errors: as the first answer to a subscription, its refusal.
pub fn is_refusal(response: &Response) -> bool {
    response.data == async_graphql::Value::Null && !response.errors.is_empty()
}

/// The body of a response: without `data` when nothing was executed.
pub fn body_of(response: &Response) -> String {
    if is_request_error(response) {
        return refusal(&errors_of(response));
    }
    // What GraphQL values are made of is always JSON.
    serde_json::to_string(response).unwrap_or_default()
}
