//! GraphQL over HTTP, after the draft of that name: POST with JSON, GET for queries, and the door to the WebSocket.

use std::time::Duration;

use async_graphql::Request as GraphqlRequest;
use async_graphql::Response as GraphqlResponse;
use async_graphql::Variables;
use async_graphql::parser::types::OperationType;
use axum::Extension;
use axum::RequestExt;
use axum::body::Body;
use axum::extract::Query;
use axum::extract::Request;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;
use serde_json::json;

use crate::base::caller::Caller;
use crate::base::message;
use crate::edge::Edge;
use crate::edge::document;
use crate::edge::document::Unfit;
use crate::edge::identity;
use crate::edge::negotiate;
use crate::edge::negotiate::Media;
use crate::edge::socket;

/// One request of GraphQL, checked to have the form of one.
pub struct Asking {
    query: String,
    operation_name: Option<String>,
    variables: Value,
    extensions: Value,
}

/// Why something is not a request.
struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: &'static str,
}

impl Refusal {
    fn bad(message: &'static str) -> Refusal {
        Refusal {
            status: StatusCode::BAD_REQUEST,
            code: "BAD_REQUEST",
            message,
        }
    }
}

/// Answers POST.
pub async fn post(
    State(edge): State<Edge>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Response {
    let Some(media) = negotiate::accepted(request.headers()) else {
        return not_acceptable(&caller);
    };
    let body = match read_json(&edge, request).await {
        Ok(body) => body,
        Err(refusal) => return refused(refusal, media, &caller),
    };
    match body {
        Value::Array(batch) => answer_batch(&edge, &caller, media, batch).await,
        single => match Asking::read(single) {
            Ok(asking) => {
                let answer = answer(&edge, &caller, asking, false).await;
                send(media, status(media, &answer), answer.body)
            }
            Err(refusal) => refused(refusal, media, &caller),
        },
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

/// Answers GET: a query, or the upgrade to a WebSocket.
pub async fn get(
    State(edge): State<Edge>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let upgrade = identity::is_upgrade(&parts);
    let request = Request::from_parts(parts, body);
    if upgrade {
        return match request.extract::<WebSocketUpgrade, _>().await {
            Ok(upgrade) => socket::accept(edge, caller, upgrade),
            Err(rejection) => rejection.into_response(),
        };
    }
    let Some(media) = negotiate::accepted(request.headers()) else {
        return not_acceptable(&caller);
    };
    let Ok(Query(parameters)) = Query::<Parameters>::try_from_uri(request.uri()) else {
        return refused(
            Refusal::bad("The parameters cannot be read."),
            media,
            &caller,
        );
    };
    match Asking::of_parameters(parameters) {
        Ok(asking) => {
            let answer = answer(&edge, &caller, asking, true).await;
            let mut response = send(media, status(media, &answer), answer.body);
            if answer.outcome == Outcome::NotByGet {
                response
                    .headers_mut()
                    .insert(header::ALLOW, HeaderValue::from_static("POST"));
            }
            response
        }
        Err(refusal) => refused(refusal, media, &caller),
    }
}

/// Answers every other method.
pub async fn other_method(Extension(caller): Extension<Caller>) -> Response {
    let refusal = Refusal {
        status: StatusCode::METHOD_NOT_ALLOWED,
        code: "BAD_REQUEST",
        message: "GraphQL is asked by POST or GET.",
    };
    let mut response = refused(refusal, Media::Json, &caller);
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
    response
}

/// A refusal outside of any operation, in the form of a GraphQL answer.
pub fn refusal(status: StatusCode, code: &str, message: &str, request_id: &str) -> Response {
    send(Media::Json, status, errors(code, message, request_id))
}

/// The body of a refusal.
pub fn errors(code: &str, message: &str, request_id: &str) -> Value {
    json!({"errors": [{"message": message, "extensions": {"code": code, "requestId": request_id}}]})
}

impl Asking {
    /// Reads the form of a request: an object with a `query`, and the other three of their types.
    fn read(body: Value) -> Result<Asking, Refusal> {
        let Value::Object(mut body) = body else {
            return Err(Refusal::bad("The request must be a JSON object."));
        };
        let Some(Value::String(query)) = body.remove("query") else {
            return Err(Refusal::bad("The request must have a string `query`."));
        };
        let operation_name = match body.remove("operationName") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name),
            Some(_) => return Err(Refusal::bad("`operationName` must be a string.")),
        };
        let mut object = |name, message| match body.remove(name) {
            None | Some(Value::Null) => Ok(json!({})),
            Some(Value::Object(object)) => Ok(Value::Object(object)),
            Some(_) => Err(Refusal::bad(message)),
        };
        Ok(Asking {
            query,
            operation_name,
            variables: object("variables", "`variables` must be an object.")?,
            extensions: object("extensions", "`extensions` must be an object.")?,
        })
    }

    fn of_parameters(parameters: Parameters) -> Result<Asking, Refusal> {
        let json = |text: Option<String>| {
            text.filter(|text| !text.is_empty())
                .map_or(Ok(Value::Null), |text| serde_json::from_str(&text))
                .map_err(|_| Refusal::bad("`variables` and `extensions` must be JSON."))
        };
        let mut body = serde_json::Map::new();
        if let Some(query) = parameters.query {
            body.insert("query".to_string(), Value::String(query));
        }
        if let Some(name) = parameters.operation_name.filter(|name| !name.is_empty()) {
            body.insert("operationName".to_string(), Value::String(name));
        }
        body.insert("variables".to_string(), json(parameters.variables)?);
        body.insert("extensions".to_string(), json(parameters.extensions)?);
        Asking::read(Value::Object(body))
    }

    /// Reads the payload of a socket's `subscribe`; `None` when it has not the form of a request.
    pub fn of_message(payload: Value) -> Option<Asking> {
        Asking::read(payload).ok()
    }

    /// The request for the executor, and the kind of its operation; or the body of a refusal.
    pub fn prepare(
        self,
        edge: &Edge,
        caller: &Caller,
    ) -> Result<(GraphqlRequest, OperationType), Value> {
        let variables = Variables::from_json(self.variables);
        let limits = &edge.config.limits;
        let name = self.operation_name.as_deref();
        let parsed = document::parse(&self.query, name, &variables, limits).map_err(|unfit| {
            let (code, message) = match unfit {
                Unfit::Malformed(message) => ("BAD_REQUEST", message),
                Unfit::Exceeds(limit) => {
                    let message = message::text(caller.language, "limit-exceeded");
                    ("LIMIT_EXCEEDED", format!("{message} ({limit})"))
                }
            };
            errors(code, &message, &caller.request_id)
        })?;
        let mut request = GraphqlRequest::new(self.query).variables(variables);
        if let Some(name) = self.operation_name {
            request = request.operation_name(name);
        }
        let extensions = serde_json::from_value(self.extensions).unwrap_or_default();
        request.extensions = extensions;
        request.set_parsed_query(parsed.document);
        Ok((request, parsed.operation))
    }
}

/// How far a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Executed,
    /// It could not be executed: no `data`.
    RequestError,
    NotByGet,
}

struct Answer {
    outcome: Outcome,
    body: Value,
}

async fn answer(edge: &Edge, caller: &Caller, asking: Asking, by_get: bool) -> Answer {
    let (request, operation) = match asking.prepare(edge, caller) {
        Ok(prepared) => prepared,
        Err(body) => {
            return Answer {
                outcome: Outcome::RequestError,
                body,
            };
        }
    };
    let not_here = match operation {
        OperationType::Query => None,
        OperationType::Mutation if by_get => {
            Some((Outcome::NotByGet, "Only queries can be asked by GET."))
        }
        OperationType::Mutation => None,
        OperationType::Subscription if by_get => {
            Some((Outcome::NotByGet, "Only queries can be asked by GET."))
        }
        OperationType::Subscription => Some((
            Outcome::RequestError,
            "Subscriptions are followed by WebSocket.",
        )),
    };
    if let Some((outcome, message)) = not_here {
        let body = errors("BAD_REQUEST", message, &caller.request_id);
        return Answer { outcome, body };
    }
    let response = edge.graph.execute(request, caller).await;
    let outcome = if is_request_error(&response) {
        Outcome::RequestError
    } else {
        Outcome::Executed
    };
    Answer {
        outcome,
        body: body_of(response),
    }
}

/// Whether nothing was executed: no data, and no error has a path.
pub fn is_request_error(response: &GraphqlResponse) -> bool {
    response.data == async_graphql::Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

/// The body of a response: without `data` when nothing was executed.
pub fn body_of(response: GraphqlResponse) -> Value {
    let drop_data = is_request_error(&response);
    let mut body = serde_json::to_value(&response).unwrap_or(Value::Null);
    if drop_data && let Value::Object(fields) = &mut body {
        fields.remove("data");
    }
    body
}

async fn answer_batch(edge: &Edge, caller: &Caller, media: Media, batch: Vec<Value>) -> Response {
    if batch.is_empty() {
        return refused(Refusal::bad("The batch is empty."), media, caller);
    }
    if batch.len() > edge.config.limits.batch {
        let refusal = Refusal {
            status: StatusCode::BAD_REQUEST,
            code: "LIMIT_EXCEEDED",
            message: "The batch has too many requests.",
        };
        return refused(refusal, media, caller);
    }
    let mut answers = Vec::with_capacity(batch.len());
    for each in batch {
        answers.push(match Asking::read(each) {
            Ok(asking) => answer(edge, caller, asking, false).await.body,
            Err(refusal) => errors(refusal.code, refusal.message, &caller.request_id),
        });
    }
    send(media, StatusCode::OK, Value::Array(answers))
}

async fn read_json(edge: &Edge, request: Request) -> Result<Value, Refusal> {
    let limits = &edge.config.limits;
    if !negotiate::sends_json(request.headers()) {
        return Err(Refusal {
            status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
            code: "BAD_REQUEST",
            message: "The body must be application/json in UTF-8.",
        });
    }
    let too_large = || Refusal {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        code: "LIMIT_EXCEEDED",
        message: "The body is too large.",
    };
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > limits.body_bytes) {
        return Err(too_large());
    }
    let read = axum::body::to_bytes(request.into_body(), limits.body_bytes);
    let bytes = tokio::time::timeout(Duration::from_secs(limits.read_seconds), read)
        .await
        .map_err(|_| Refusal {
            status: StatusCode::REQUEST_TIMEOUT,
            code: "BAD_REQUEST",
            message: "The body did not arrive in time.",
        })?
        .map_err(|_| too_large())?;
    serde_json::from_slice(&bytes).map_err(|_| Refusal::bad("The body is not JSON."))
}

fn status(media: Media, answer: &Answer) -> StatusCode {
    match (answer.outcome, media) {
        (Outcome::NotByGet, _) => StatusCode::METHOD_NOT_ALLOWED,
        (Outcome::RequestError, Media::GraphqlResponse) => StatusCode::BAD_REQUEST,
        (Outcome::RequestError, Media::Json) | (Outcome::Executed, _) => StatusCode::OK,
    }
}

fn refused(refusal: Refusal, media: Media, caller: &Caller) -> Response {
    let body = errors(refusal.code, refusal.message, &caller.request_id);
    send(media, refusal.status, body)
}

fn not_acceptable(caller: &Caller) -> Response {
    let refusal = Refusal {
        status: StatusCode::NOT_ACCEPTABLE,
        code: "BAD_REQUEST",
        message: "Answers are application/json or application/graphql-response+json.",
    };
    refused(refusal, Media::Json, caller)
}

fn send(media: Media, status: StatusCode, body: Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media.content_type()),
        (header::VARY, "accept"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, Body::from(body.to_string())).into_response()
}
