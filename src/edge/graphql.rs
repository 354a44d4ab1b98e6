//! GraphQL over HTTP, after the draft of that name: POST with JSON, GET for queries, and the door to the WebSocket.

use std::time::Duration;

use apollo_compiler::ast::OperationType;
use axum::Extension;
use axum::RequestExt;
use axum::body::Body;
use axum::extract::Query;
use axum::extract::Request;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Map;
use serde_json::Value;

use crate::base::caller::Caller;
use crate::base::error::Error;
use crate::base::error::RETRY_SECONDS;
use crate::base::json;
use crate::base::json::Unread;
use crate::base::message;
use crate::edge::Edge;
use crate::edge::answer;
use crate::edge::credential;
use crate::edge::document;
use crate::edge::document::Cost;
use crate::edge::document::Unfit;
use crate::edge::events;
use crate::edge::identity;
use crate::edge::negotiate;
use crate::edge::negotiate::Accepted;
use crate::edge::negotiate::Media;
use crate::edge::sharing;
use crate::edge::sharing::Shareable;
use crate::edge::socket;
use crate::edge::tag;
use crate::graph::document as graphql_document;
use crate::graph::document::Document;
use crate::graph::document::fault::Faults;

/// One request of GraphQL, checked to have the form of one.
pub struct Asking {
    query: String,
    operation_name: Option<String>,
    variables: Map<String, Value>,
    /// Whether the answer is to say what it cost.
    tells_cost: bool,
    /// Why it is not executed, although it has the form of a request.
    refused: Option<(&'static str, &'static str)>,
}

/// Clients that send a document's digest alone send the document when they are told so, in these words.
const NOT_KEPT: (&str, &str) = (
    "PERSISTED_QUERY_NOT_SUPPORTED",
    "PersistedQueryNotSupported",
);
const CREDENTIAL_IN_EXTENSIONS: (&str, &str) = (
    "BAD_REQUEST",
    "A token is handed over as `Authorization: Bearer`, not in `extensions`.",
);
const DOUBLED_KEY: &str = "A key is given twice in one object.";

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

    fn body(&self, caller: &Caller) -> String {
        let errors = answer::errors(self.code, self.message, &caller.request_id);
        answer::refusal(&errors)
    }
}

/// Answers POST.
pub async fn post(
    State(edge): State<Edge>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Response {
    let Some(accepted) = negotiate::accepted(request.headers()) else {
        return not_acceptable(&caller);
    };
    let headers = request.headers().clone();
    let body = match read_json(&edge, request).await {
        Ok(body) => body,
        Err(refusal) => return refused(refusal, accepted.media, &caller),
    };
    let resume = events::last_event_id(&headers);
    match body {
        Value::Array(_) if accepted.media == Media::Events => {
            let refusal = Refusal::bad("An event stream answers one operation.");
            refused(refusal, accepted.media, &caller)
        }
        Value::Array(batch) => answer_batch(&edge, &caller, accepted.media, batch).await,
        single => match Asking::read(single) {
            Ok(asking) => match asking.media(&edge, accepted) {
                Media::Events => stream(&edge, &caller, asking, false, resume).await,
                media => {
                    let answer = respond(&edge, &caller, asking, false, &mut Cost::default()).await;
                    answer.send(media)
                }
            },
            Err(refusal) => refused(refusal, accepted.media, &caller),
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
    let Some(accepted) = negotiate::accepted(request.headers()) else {
        return not_acceptable(&caller);
    };
    let Ok(Query(parameters)) = Query::<Parameters>::try_from_uri(request.uri()) else {
        return refused(
            Refusal::bad("The parameters cannot be read."),
            accepted.media,
            &caller,
        );
    };
    let resume = events::last_event_id(request.headers());
    let given = request.headers();
    match Asking::of_parameters(parameters) {
        Ok(asking) => match asking.media(&edge, accepted) {
            Media::Events => stream(&edge, &caller, asking, true, resume).await,
            media => answer_get(&edge, &caller, media, asking, given).await,
        },
        Err(refusal) => refused(refusal, accepted.media, &caller),
    }
}

async fn answer_get(
    edge: &Edge,
    caller: &Caller,
    media: Media,
    asking: Asking,
    given: &HeaderMap,
) -> Response {
    let is_for_all = !depends_on_viewer(&asking.query);
    let answer = respond(edge, caller, asking, true, &mut Cost::default()).await;
    let is_to_be_kept = answer.outcome == Outcome::Executed && answer.retry_after.is_none();
    if is_for_all && is_to_be_kept {
        return tagged(media, given, answer.body);
    }
    let is_refused = answer.outcome == Outcome::NotByGet;
    let mut response = answer.send(media);
    if is_refused {
        allow(&mut response, "POST");
    }
    response
}

/// Whether a document may ask for what depends on who asks: the word alone is enough to assume it.
fn depends_on_viewer(query: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    query.split(|c| !is_name(c)).any(|word| word == "viewer")
}

/// An answer that is the same for all of an audience, under a tag of its content: who has it already is told so.
fn tagged(media: Media, given: &HeaderMap, body: String) -> Response {
    let tag = tag::of(&body);
    let has_it = tag::is_known(given, &tag);
    let mut response = match has_it {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => send(media, StatusCode::OK, body),
    };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    // It may be kept, and is asked for each time: what one may see can change with every request.
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    headers.insert(
        header::VARY,
        HeaderValue::from_static("accept, accept-encoding, accept-language, authorization, cookie"),
    );
    response
}

/// Answers every other method.
pub async fn other_method(Extension(caller): Extension<Caller>) -> Response {
    let refusal = Refusal {
        status: StatusCode::METHOD_NOT_ALLOWED,
        code: "BAD_REQUEST",
        message: "GraphQL is asked by POST or GET.",
    };
    let mut response = refused(refusal, Media::Json, &caller);
    allow(&mut response, "GET, POST");
    response
}

/// A refusal outside of any operation, in the form of a GraphQL answer.
pub fn refusal(status: StatusCode, code: &str, message: &str, request_id: &str) -> Response {
    let mut errors = answer::errors(code, message, request_id);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        errors[0]["extensions"]["retryAfter"] = Value::from(RETRY_SECONDS);
    }
    refusal_of(status, &errors)
}

/// The same for a list of errors.
pub fn refusal_of(status: StatusCode, errors: &Value) -> Response {
    let response = send(Media::Json, status, answer::refusal(errors));
    after(response, answer::retry_after(errors))
}

impl Asking {
    /// Reads the form of a request: an object with a `query`, and the other three of their types.
    fn read(body: Value) -> Result<Asking, Refusal> {
        let Value::Object(mut body) = body else {
            return Err(Refusal::bad("The request must be a JSON object."));
        };
        let query = match body.remove("query") {
            None | Some(Value::Null) => None,
            Some(Value::String(query)) => Some(query),
            Some(_) => return Err(Refusal::bad("The request must have a string `query`.")),
        };
        let operation_name = match body.remove("operationName") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name),
            Some(_) => return Err(Refusal::bad("`operationName` must be a string.")),
        };
        let mut object = |name, message| match body.remove(name) {
            None | Some(Value::Null) => Ok(Map::new()),
            Some(Value::Object(object)) => Ok(object),
            Some(_) => Err(Refusal::bad(message)),
        };
        let variables = object("variables", "`variables` must be an object.")?;
        let extensions = object("extensions", "`extensions` must be an object.")?;
        let is_of_digest = extensions
            .get("persistedQuery")
            .is_some_and(|digest| !digest.is_null());
        let refused = match &query {
            _ if credential::is_in_extensions(&extensions) => Some(CREDENTIAL_IN_EXTENSIONS),
            None if is_of_digest => Some(NOT_KEPT),
            None => return Err(Refusal::bad("The request must have a string `query`.")),
            // Some clients leave out the text, not the key.
            Some(query) if is_of_digest && query.is_empty() => Some(NOT_KEPT),
            Some(_) => None,
        };
        Ok(Asking {
            query: query.unwrap_or_default(),
            operation_name,
            variables,
            tells_cost: extensions.get("cost") == Some(&Value::Bool(true)),
            refused,
        })
    }

    fn of_parameters(parameters: Parameters) -> Result<Asking, Refusal> {
        let read = |text: Option<String>| {
            text.filter(|text| !text.is_empty())
                .map_or(Ok(Value::Null), |text| json::read(text.as_bytes()))
                .map_err(|unread| match unread {
                    Unread::Malformed => Refusal::bad("`variables` and `extensions` must be JSON."),
                    Unread::DoubledKey => Refusal::bad(DOUBLED_KEY),
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
        Asking::read(Value::Object(body))
    }

    /// Reads the payload of a socket's `subscribe`; `None` when it has not the form of a request.
    pub fn of_message(payload: Value) -> Option<Asking> {
        Asking::read(payload).ok()
    }

    /// The form of the answer: what the operation is counts only where the client takes several.
    fn media(&self, edge: &Edge, accepted: Accepted) -> Media {
        let decides = accepted.events && accepted.media != Media::Events;
        accepted.for_operation(decides && self.is_subscription(edge))
    }

    /// Whether the operation is a subscription, as far as that can be read.
    fn is_subscription(&self, edge: &Edge) -> bool {
        if document::check_text(&self.query, &edge.config.limits).is_err() {
            return false;
        }
        let name = self.operation_name.as_deref();
        match edge.graph.documents().known(&self.query) {
            Some(checked) => document::is_subscription(&checked.syntax, name),
            None => graphql_document::parse(&self.query)
                .is_ok_and(|parsed| document::is_subscription(&parsed.syntax, name)),
        }
    }

    /// Parses and checks the document; or the list of errors of a refusal.
    pub fn prepare(self, edge: &Edge, caller: &Caller) -> Result<Prepared, Value> {
        self.prepare_after(edge, caller, &mut Cost::default())
    }

    /// The same within a batch that has cost so much already: together they cost no more than one document may.
    fn prepare_after(
        self,
        edge: &Edge,
        caller: &Caller,
        spent: &mut Cost,
    ) -> Result<Prepared, Value> {
        if let Some((code, message)) = self.refused {
            return Err(answer::errors(code, message, &caller.request_id));
        }
        let limits = &edge.config.limits;
        let unfit = |unfit| unfit_errors(unfit, caller);
        let faulty = |faults: Faults| fault_errors(&faults, caller);
        document::check_text(&self.query, limits).map_err(unfit)?;
        let documents = edge.graph.documents();
        let (checked, cost) = match documents.known(&self.query) {
            Some(checked) => {
                let cost = document::cost(&checked.syntax, &self.variables, limits);
                (checked, cost.map_err(unfit)?)
            }
            None => {
                let parsed = graphql_document::parse(&self.query).map_err(faulty)?;
                let cost = document::cost(&parsed.syntax, &self.variables, limits);
                let cost = cost.map_err(unfit)?;
                (documents.check(parsed).map_err(faulty)?, cost)
            }
        };
        *spent = spent.and(cost);
        document::check_batch(spent, limits).map_err(unfit)?;
        let name = self.operation_name.as_deref();
        let document = Document::new(checked, name, self.variables).map_err(faulty)?;
        Ok(Prepared {
            kind: document.kind,
            shareable: match document.kind {
                OperationType::Subscription => sharing::shareable(&document),
                OperationType::Query | OperationType::Mutation => None,
            },
            cost: self.tells_cost.then_some(cost),
            document,
        })
    }
}

fn unfit_errors(unfit: Unfit, caller: &Caller) -> Value {
    let (code, message) = match unfit {
        Unfit::Malformed(message) => ("BAD_REQUEST", message),
        Unfit::Exceeds(limit) => {
            let message = message::text(caller.language, "limit-exceeded");
            ("LIMIT_EXCEEDED", format!("{message} ({limit})"))
        }
    };
    answer::errors(code, &message, &caller.request_id)
}

fn fault_errors(faults: &Faults, caller: &Caller) -> Value {
    let errors = faults.0.iter().map(|fault| {
        let id = &caller.request_id;
        let mut error = match &fault.field {
            Some(field) => {
                let message = message::of(
                    &Error::invalid("", crate::base::error::Fault::Malformed),
                    caller.language,
                );
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

/// A request that may be executed.
pub struct Prepared {
    pub document: Document,
    pub kind: OperationType,
    /// Whether it is a subscription that can be executed once for many.
    pub shareable: Option<Shareable>,
    /// What it costs, if the answer is to say so.
    pub cost: Option<Cost>,
}

/// How far a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Executed,
    /// It was executed, and nothing came of it because the database is unavailable.
    Unavailable,
    /// It could not be executed: no `data`.
    RequestError,
    NotByGet,
}

struct Answer {
    outcome: Outcome,
    /// JSON.
    body: String,
    /// After how many seconds it is worth asking again, where an error says so.
    retry_after: Option<u64>,
}

impl Answer {
    fn refused(outcome: Outcome, errors: &Value) -> Answer {
        Answer {
            outcome,
            body: answer::refusal(errors),
            retry_after: answer::retry_after(errors),
        }
    }

    fn send(self, media: Media) -> Response {
        let status = status(media, &self);
        after(send(media, status, self.body), self.retry_after)
    }
}

async fn respond(
    edge: &Edge,
    caller: &Caller,
    asking: Asking,
    by_get: bool,
    spent: &mut Cost,
) -> Answer {
    let prepared = match asking.prepare_after(edge, caller, spent) {
        Ok(prepared) => prepared,
        Err(errors) => return Answer::refused(Outcome::RequestError, &errors),
    };
    let not_here = match prepared.kind {
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
            "Subscriptions are followed by WebSocket or server-sent events.",
        )),
    };
    if let Some((outcome, message)) = not_here {
        let errors = answer::errors("BAD_REQUEST", message, &caller.request_id);
        return Answer::refused(outcome, &errors);
    }
    let mut response = edge.graph.execute(&prepared.document, caller).await;
    if let Some(cost) = prepared.cost {
        let told = cost.tell(&edge.config.limits);
        response.extensions.insert("cost".to_string(), told);
    }
    let outcome = if answer::is_request_error(&response) {
        Outcome::RequestError
    } else if answer::is_unavailable(&response) {
        Outcome::Unavailable
    } else {
        Outcome::Executed
    };
    let retry_after = match response.errors.is_empty() {
        true => None,
        false => answer::retry_after(&answer::errors_of(&response)),
    };
    Answer {
        outcome,
        body: answer::body_of(&response),
        retry_after,
    }
}

/// Answers by server-sent events. By GET nothing is changed.
async fn stream(
    edge: &Edge,
    caller: &Caller,
    asking: Asking,
    by_get: bool,
    resume: Option<String>,
) -> Response {
    let prepared = match asking.prepare(edge, caller) {
        Ok(prepared) => prepared,
        Err(errors) => return events::refusal(&errors),
    };
    if by_get && prepared.kind == OperationType::Mutation {
        let message = "Mutations cannot be asked by GET.";
        let errors = answer::errors("BAD_REQUEST", message, &caller.request_id);
        let mut response = send(
            Media::Json,
            StatusCode::METHOD_NOT_ALLOWED,
            answer::refusal(&errors),
        );
        allow(&mut response, "POST");
        return response;
    }
    events::answer(edge, caller, prepared, resume).await
}

fn allow(response: &mut Response, methods: &'static str) {
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static(methods));
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
    let mut spent = Cost::default();
    let mut longest = None;
    for each in batch {
        answers.push(match Asking::read(each) {
            Ok(asking) => {
                let answer = respond(edge, caller, asking, false, &mut spent).await;
                longest = longest.max(answer.retry_after);
                answer.body
            }
            Err(refusal) => refusal.body(caller),
        });
    }
    let body = format!("[{}]", answers.join(","));
    after(send(media, StatusCode::OK, body), longest)
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
    json::read(&bytes).map_err(|unread| match unread {
        Unread::Malformed => Refusal::bad("The body is not JSON."),
        Unread::DoubledKey => Refusal::bad(DOUBLED_KEY),
    })
}

fn status(media: Media, answer: &Answer) -> StatusCode {
    match (answer.outcome, media) {
        (Outcome::NotByGet, _) => StatusCode::METHOD_NOT_ALLOWED,
        (Outcome::Unavailable, _) => StatusCode::SERVICE_UNAVAILABLE,
        (Outcome::RequestError, Media::GraphqlResponse) => StatusCode::BAD_REQUEST,
        (Outcome::RequestError, Media::Json | Media::Events) | (Outcome::Executed, _) => {
            StatusCode::OK
        }
    }
}

fn refused(refusal: Refusal, media: Media, caller: &Caller) -> Response {
    send(media, refusal.status, refusal.body(caller))
}

fn not_acceptable(caller: &Caller) -> Response {
    let refusal = Refusal {
        status: StatusCode::NOT_ACCEPTABLE,
        code: "BAD_REQUEST",
        message: "Answers are application/json or application/graphql-response+json.",
    };
    refused(refusal, Media::Json, caller)
}

fn send(media: Media, status: StatusCode, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media.content_type()),
        (header::VARY, "accept"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, Body::from(body)).into_response()
}

/// Says in the header too after how many seconds it is worth asking again.
fn after(mut response: Response, seconds: Option<u64>) -> Response {
    if let Some(seconds) = seconds {
        let seconds = HeaderValue::from(seconds);
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}
