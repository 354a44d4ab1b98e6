//! Refusals that the API announces in advance.

use serde::Serialize;

use crate::base::message;
use crate::web::error::PageError;
use crate::web::request::PageRequest;

/// The text of a refusal, by its name in the API.
pub fn refusal_text(request: &PageRequest, refusal: impl Serialize) -> String {
    let name = serde_json::to_value(refusal).unwrap_or_default();
    let name = name.as_str().unwrap_or("ALREADY_DECIDED");
    let key = format!("denied-{}", name.to_lowercase().replace('_', "-"));
    message::text(request.caller.language, &key)
}

/// The refusal that a field of the API announced in advance.
pub fn denied(request: &PageRequest, refusal: Option<impl Serialize>) -> PageError {
    let reason = serde_json::to_value(&refusal).unwrap_or_default();
    let reason = reason.as_str().unwrap_or("ALREADY_DECIDED").to_string();
    PageError::Denied {
        message: refusal_text(request, &reason),
        reason,
    }
}
