//! Calling the API in process: a page reads and writes through the same schema as every other client.

use graphql_client::GraphQLQuery;
use serde_json::Map;
use serde_json::Value;

use crate::base::caller::Caller;
use crate::web::error::PageError;
use crate::web::request::Web;

/// Declares a document of the pages, which the compiler checks against the schema. `variables_derives` and `response_derives` add derives
/// to the types of the request and the response.
macro_rules! document {
    ($visibility:vis $name:ident, $path:tt $(, $option:ident = $derives:tt)*) => {
        #[derive(graphql_client::GraphQLQuery)]
        #[graphql(
            schema_path = "schema.graphql",
            query_path = $path,
            $($option = $derives,)*
            response_derives = "Debug, Clone",
            custom_scalars_module = "crate::web::api_types",
            // The enums of `api_types`, which templates use.
            extern_enums(
                "AcknowledgementKind",
                "Act",
                "AppealOutcome",
                "Capacity",
                "CaseHeld",
                "CaseKind",
                "CaseState",
                "ConceptState",
                "DelegationKind",
                "DraftPurpose",
                "InvitationState",
                "Language",
                "NoticeAbout",
                "Office",
                "PasswordLinkState",
                "PostState",
                "PreviewNote",
                "Reason",
                "Restriction",
                "Role",
                "Scheme",
                "ThreadKind",
                "ThreadOrder",
                "Visibility",
            )
        )]
        $visibility struct $name;
    };
}

pub(crate) use document;

/// Executes a page's document.
pub async fn execute<Q: GraphQLQuery>(
    web: &Web,
    caller: &Caller,
    variables: Q::Variables,
) -> Result<Q::ResponseData, PageError> {
    let broken = |cause: &dyn std::fmt::Display| {
        tracing::error!(request_id = %caller.request_id, %cause, "a page could not call the API");
        PageError::Internal {
            request_id: caller.request_id.to_string(),
        }
    };
    let query = Q::build_query(variables);
    let variables = match serde_json::to_value(&query.variables) {
        Ok(Value::Object(variables)) => variables,
        Ok(_) => Map::new(),
        Err(error) => return Err(broken(&error)),
    };
    let name = Some(query.operation_name);
    let document = match web.graph.prepare(query.query, name, variables) {
        Ok(document) => document,
        // A hand-written address contains a value that does not have the form of its type.
        Err(faults) if faults.0.iter().all(|fault| fault.field.is_some()) => {
            return Err(PageError::NotFound);
        }
        Err(faults) => return Err(broken(&format!("{faults:?}"))),
    };
    let response = web.graph.execute(&document, caller).await;
    if let Some(error) = response.errors.first() {
        let error = serde_json::to_value(error).map_err(|error| broken(&error))?;
        return Err(read(&error, caller));
    }
    let data = response.data.into_json().map_err(|error| broken(&error))?;
    serde_json::from_value(data).map_err(|error| broken(&error))
}

/// Returns the payload of a mutation.
///
/// # Errors
/// INTERNAL if there is none although the mutation reported no error.
pub fn payload<T>(payload: Option<T>, caller: &Caller) -> Result<T, PageError> {
    payload.ok_or_else(|| {
        tracing::error!(request_id = %caller.request_id, "a mutation returned no payload");
        PageError::Internal {
            request_id: caller.request_id.to_string(),
        }
    })
}

fn read(error: &Value, caller: &Caller) -> PageError {
    let text = |path: &str| {
        let found = error.pointer(path).and_then(Value::as_str);
        found.unwrap_or_default().to_string()
    };
    let number = |path: &str| error.pointer(path).and_then(Value::as_i64).unwrap_or(0);
    let message = text("/message");
    match text("/extensions/code").as_str() {
        "NOT_FOUND" => PageError::NotFound,
        "DENIED" => PageError::Denied {
            reason: text("/extensions/reason"),
            message,
        },
        "INVALID" => PageError::Invalid {
            field: text("/extensions/field"),
            message,
        },
        "CONFLICT" => PageError::Conflict {
            message,
            revision: number("/extensions/current/revision"),
            body: text("/extensions/current/body"),
        },
        "TOO_MANY" => PageError::TooMany {
            message,
            retry_after: number("/extensions/retryAfter"),
        },
        "UNAVAILABLE" => PageError::Unavailable {
            message,
            retry_after: number("/extensions/retryAfter"),
        },
        // A hand-written address contains a value that is not an id or cursor.
        "BAD_REQUEST" => PageError::NotFound,
        _ => PageError::Internal {
            request_id: caller.request_id.to_string(),
        },
    }
}
