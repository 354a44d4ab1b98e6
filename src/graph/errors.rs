//! The only place where an error becomes a response error: stable codes in `extensions`, a message in the caller's
//! language, the request's id, and no internal details.

use async_graphql::ErrorExtensionValues;
use async_graphql::Response;
use async_graphql::ServerError;
use async_graphql::Value;
use async_graphql::indexmap::IndexMap;

use crate::base::caller::Caller;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::RETRY_SECONDS;
use crate::base::error::Refusal;
use crate::base::error::Version;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::message;

/// Gives every error of a response its final form.
pub fn finish(mut response: Response, caller: &Caller, now: Moment) -> Response {
    for error in &mut response.errors {
        finish_error(error, caller, now);
    }
    response
}

fn finish_error(error: &mut ServerError, caller: &Caller, now: Moment) {
    // Errors found before execution already have their code.
    if let Some(extensions) = &mut error.extensions
        && extensions.get("code").is_some()
    {
        extensions.set("requestId", caller.request_id.as_ref());
        return;
    }
    let mut extensions = ErrorExtensionValues::default();
    let own = error
        .source
        .take()
        .and_then(|source| source.downcast::<Error>().ok());
    match own.as_deref() {
        Some(own) => {
            match own {
                Error::Internal(cause) => {
                    tracing::error!(request_id = %caller.request_id, cause, "a request failed");
                }
                Error::Unavailable(outage) => {
                    let (cause, trouble) = (&outage.cause, outage.trouble.as_str());
                    tracing::warn!(request_id = %caller.request_id, cause, trouble, "the database is unavailable");
                }
                Error::NotFound
                | Error::Denied(_)
                | Error::Overtaken { .. }
                | Error::Invalid { .. }
                | Error::TooMany { .. }
                | Error::Conflict { .. } => {}
            }
            error.message = message::of(own, caller.language);
            describe(own, &mut extensions, now);
        }
        None if is_request_error(error) => extensions.set("code", "BAD_REQUEST"),
        None => {
            let cause = &error.message;
            tracing::error!(request_id = %caller.request_id, cause, "a request failed");
            error.message = message::of(&Error::Internal(String::new()), caller.language);
            extensions.set("code", "INTERNAL");
        }
    }
    extensions.set("requestId", caller.request_id.as_ref());
    error.extensions = Some(extensions);
}

/// The start of the executor's message for an input value that is not of its type. The error has no type, source or code to
/// recognise it by, only these words; a test checks them against the library.
pub const UNREADABLE_INPUT: &str = "Failed to parse";

/// Whether the request is at fault: an error without a path comes from validation, one with a path from an unreadable input.
fn is_request_error(error: &ServerError) -> bool {
    error.path.is_empty() || error.message.starts_with(UNREADABLE_INPUT)
}

fn describe(error: &Error, extensions: &mut ErrorExtensionValues, now: Moment) {
    extensions.set("code", error.code());
    match error {
        Error::Denied(refusal) => extensions.set("reason", refusal.code()),
        Error::Overtaken { decision } => {
            extensions.set("reason", Refusal::AlreadyDecided.code());
            extensions.set("decisionId", id::of_uuid(Kind::Decision, *decision));
        }
        Error::Invalid { field, .. } => extensions.set("field", field.as_ref()),
        Error::TooMany { retry_at } => {
            extensions.set("retryAfter", retry_at.seconds_since(now).max(1));
        }
        Error::Conflict { current, yours } => {
            extensions.set("current", version(current));
            extensions.set("yours", version(yours));
        }
        Error::Unavailable(_) => extensions.set("retryAfter", RETRY_SECONDS),
        Error::NotFound | Error::Internal(_) => {}
    }
}

fn version(version: &Version) -> Value {
    Value::Object(IndexMap::from_iter([
        (
            async_graphql::Name::new("revision"),
            Value::from(version.revision),
        ),
        (
            async_graphql::Name::new("body"),
            Value::from(version.body.clone()),
        ),
    ]))
}
