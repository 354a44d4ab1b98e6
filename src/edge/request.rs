//! One GraphQL request: parsed from the body of a POST, the parameters of a GET or a message on a socket, and prepared for
//! execution.

use apollo_compiler::ast::OperationType;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Map;
use serde_json::Value;

use crate::base::caller::Caller;
use crate::base::config::Limits;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::json;
use crate::base::json::JsonError;
use crate::base::language::Language;
use crate::base::message;
use crate::edge::answer;
use crate::edge::cost;
use crate::edge::cost::Cost;
use crate::edge::credential;
use crate::edge::document;
use crate::edge::document::DocumentError;
use crate::edge::key::Key;
use crate::edge::sharing;
use crate::edge::sharing::Shareable;
use crate::graph::document as graphql_document;
use crate::graph::document::Document;
use crate::graph::document::DocumentCache;
use crate::graph::document::error::DocumentErrors;
use crate::graph::document::variables;

/// A well-formed GraphQL request.
pub struct OperationRequest {
    query: String,
    operation_name: Option<String>,
    variables: Map<String, Value>,
    /// Whether the response must report its cost.
    reports_cost: bool,
    /// The code and message if the request is well-formed but must not be executed.
    refused: Option<(&'static str, &'static str)>,
}

/// Clients that send only a document's digest send the document after this error.
const DIGEST_NOT_SUPPORTED: (&str, &str) = (
    "PERSISTED_QUERY_NOT_SUPPORTED",
    "PersistedQueryNotSupported",
);
const CREDENTIAL_IN_EXTENSIONS: (&str, &str) = (
    "BAD_REQUEST",
    "A token is handed over as `Authorization: Bearer`, not in `extensions`.",
);
/// The message for JSON with a duplicate key.
pub const DUPLICATE_KEY: &str = "A key is given twice in one object.";

/// An HTTP error for something that is not a valid request.
pub struct HttpError {
    pub status: StatusCode,
    pub code: &'static str,
    pub message: &'static str,
}

impl HttpError {
    /// A malformed request.
    pub fn bad_request(message: &'static str) -> HttpError {
        HttpError {
            status: StatusCode::BAD_REQUEST,
            code: "BAD_REQUEST",
            message,
        }
    }

    /// The body of the response.
    pub fn body(&self, caller: &Caller) -> String {
        let errors = answer::errors(self.code, self.message, &caller.request_id);
        answer::refusal(&errors)
    }
}

/// The parameters of a GET.
#[derive(Deserialize)]
pub struct Parameters {
    query: Option<String>,
    #[serde(rename = "operationName")]
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

impl OperationRequest {
    /// Parses a request: an object with a `query`, and three optional members of the right types.
    ///
    /// # Errors
    /// What is missing or has the wrong type.
    pub fn read(body: Value) -> Result<OperationRequest, HttpError> {
        let Value::Object(mut body) = body else {
            return Err(HttpError::bad_request("The request must be a JSON object."));
        };
        let query = match body.remove("query") {
            None | Some(Value::Null) => None,
            Some(Value::String(query)) => Some(query),
            Some(_) => {
                return Err(HttpError::bad_request(
                    "The request must have a string `query`.",
                ));
            }
        };
        let operation_name = match body.remove("operationName") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name),
            Some(_) => return Err(HttpError::bad_request("`operationName` must be a string.")),
        };
        let mut object = |name, message| match body.remove(name) {
            None | Some(Value::Null) => Ok(Map::new()),
            Some(Value::Object(object)) => Ok(object),
            Some(_) => Err(HttpError::bad_request(message)),
        };
        let variables = object("variables", "`variables` must be an object.")?;
        let extensions = object("extensions", "`extensions` must be an object.")?;
        let has_digest = extensions
            .get("persistedQuery")
            .is_some_and(|digest| !digest.is_null());
        let refused = match &query {
            _ if credential::is_in_extensions(&extensions) => Some(CREDENTIAL_IN_EXTENSIONS),
            None if has_digest => Some(DIGEST_NOT_SUPPORTED),
            None => {
                return Err(HttpError::bad_request(
                    "The request must have a string `query`.",
                ));
            }
            // Some clients send an empty text instead of none.
            Some(query) if has_digest && query.is_empty() => Some(DIGEST_NOT_SUPPORTED),
            Some(_) => None,
        };
        Ok(OperationRequest {
            query: query.unwrap_or_default(),
            operation_name,
            variables,
            reports_cost: extensions.get("cost") == Some(&Value::Bool(true)),
            refused,
        })
    }

    /// Parses the parameters of a GET.
    ///
    /// # Errors
    /// As [`OperationRequest::read`].
    pub fn of_parameters(parameters: Parameters) -> Result<OperationRequest, HttpError> {
        let read = |text: Option<String>| {
            text.filter(|text| !text.is_empty())
                .map_or(Ok(Value::Null), |text| json::read(text.as_bytes()))
                .map_err(|error| match error {
                    JsonError::Malformed => {
                        HttpError::bad_request("`variables` and `extensions` must be JSON.")
                    }
                    JsonError::DuplicateKey => HttpError::bad_request(DUPLICATE_KEY),
                })
        };
        let mut body = serde_json::Map::new();
        if let Some(query) = parameters.query {
            body.insert("query".to_string(), Value::String(query));
        }
        if let Some(name) = parameters.operation_name.filter(|name| !name.is_empty()) {
            body.insert("operationName".to_string(), Value::String(name));
        }
        body.insert("variables".to_string(), read(parameters.variables)?);
        body.insert("extensions".to_string(), read(parameters.extensions)?);
        OperationRequest::read(Value::Object(body))
    }

    /// Parses the payload of a socket's `subscribe`; `None` if it does not have the form of a request.
    pub fn of_message(payload: Value) -> Option<OperationRequest> {
        OperationRequest::read(payload).ok()
    }

    /// Whether the operation is a subscription. `false` if the document cannot be parsed.
    pub fn is_subscription(&self, limits: &Limits, documents: &DocumentCache) -> bool {
        if document::check_text(&self.query, limits).is_err() {
            return false;
        }
        let name = self.operation_name.as_deref();
        match documents.get(&self.query) {
            Some(checked) => document::is_subscription(&checked.syntax, name),
            None => graphql_document::parse(&self.query)
                .is_ok_and(|parsed| document::is_subscription(&parsed.syntax, name)),
        }
    }

    /// The key of the answer that every visitor gets in this language; `None` if there may be no such answer, or the
    /// document was not sent before.
    pub fn cache_key(&self, documents: &DocumentCache, language: Language) -> Option<Key> {
        if self.reports_cost || self.refused.is_some() {
            return None;
        }
        let checked = documents.get(&self.query)?;
        let operation = checked.operation(self.operation_name.as_deref()).ok()?;
        if !checked.is_for_every_visitor() {
            return None;
        }
        let variables = variables::declared(operation, &self.variables, None);
        let name = operation.name.as_deref().unwrap_or_default();
        let parts = [self.query.as_str(), name, &variables, language.code()];
        Some(Key::of(parts.map(str::as_bytes)))
    }

    /// Parses and checks the document.
    ///
    /// # Errors
    /// The list of errors, if it is refused.
    pub fn prepare(
        self,
        limits: &Limits,
        documents: &DocumentCache,
        caller: &Caller,
    ) -> Result<Prepared, Value> {
        self.prepare_in_batch(limits, documents, caller, &mut Cost::default())
    }

    /// Same, within a batch that has already cost `spent`. A whole batch may cost no more than one document.
    ///
    /// # Errors
    /// The list of errors, if it is refused.
    pub fn prepare_in_batch(
        self,
        limits: &Limits,
        documents: &DocumentCache,
        caller: &Caller,
        spent: &mut Cost,
    ) -> Result<Prepared, Value> {
        if let Some((code, message)) = self.refused {
            return Err(answer::errors(code, message, &caller.request_id));
        }
        let refuse = |error| document_errors(error, caller);
        let invalid = |faults: DocumentErrors| fault_errors(&faults, caller);
        document::check_text(&self.query, limits).map_err(refuse)?;
        let (checked, cost) = match documents.get(&self.query) {
            Some(checked) => {
                let cost = cost::of(&checked.syntax, &self.variables, limits);
                (checked, cost.map_err(refuse)?)
            }
            None => {
                let parsed = graphql_document::parse(&self.query).map_err(invalid)?;
                let cost = cost::of(&parsed.syntax, &self.variables, limits);
                let cost = cost.map_err(refuse)?;
                (documents.validate(parsed).map_err(invalid)?, cost)
            }
        };
        *spent = spent.and(cost);
        cost::check_batch(spent, limits).map_err(refuse)?;
        let name = self.operation_name.as_deref();
        let document = documents
            .plan(checked, name, self.variables)
            .map_err(invalid)?;
        Ok(Prepared {
            kind: document.kind,
            shareable: match document.kind {
                OperationType::Subscription => sharing::shareable(&document),
                OperationType::Query | OperationType::Mutation => None,
            },
            cost: self.reports_cost.then_some(cost),
            document,
        })
    }
}

fn document_errors(error: DocumentError, caller: &Caller) -> Value {
    let (code, message) = match error {
        DocumentError::Malformed(message) => ("BAD_REQUEST", message),
        DocumentError::Exceeds(limit) => {
            let message = message::text(caller.language, "limit-exceeded");
            ("LIMIT_EXCEEDED", format!("{message} ({limit})"))
        }
    };
    answer::errors(code, &message, &caller.request_id)
}

fn fault_errors(faults: &DocumentErrors, caller: &Caller) -> Value {
    let errors = faults.0.iter().map(|fault| {
        let id = &caller.request_id;
        let mut error = match &fault.field {
            Some(field) => {
                let message = message::of(&Error::invalid("", Fault::Malformed), caller.language);
                let mut error = answer::error("INVALID", &message, id);
                error["extensions"]["field"] = Value::from(field.as_str());
                error
            }
            None => answer::error("BAD_REQUEST", &fault.message, id),
        };
        if let Some((line, column)) = fault.at {
            error["locations"] = serde_json::json!([{"line": line, "column": column}]);
        }
        error
    });
    Value::Array(errors.collect())
}

/// A request that is ready to be executed.
pub struct Prepared {
    pub document: Document,
    pub kind: OperationType,
    /// Set if it is a subscription that can be executed once for many callers.
    pub shareable: Option<Shareable>,
    /// The cost, if the response must report it.
    pub cost: Option<Cost>,
}
