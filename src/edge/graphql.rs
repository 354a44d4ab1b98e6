//! GraphQL over HTTP, following the draft of that name: POST with JSON, GET for queries, and the upgrade to WebSocket.

use std::time::Duration;

use apollo_compiler::ast::OperationType;
use axum::Extension;
use axum::RequestExt;
use axum::body::Bytes;
use axum::extract::Query;
use axum::extract::Request;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use axum::response::Response;
use serde_json::Value;

use crate::base::actor::Actor;
use crate::base::caller::Caller;
use crate::base::json;
use crate::base::json::JsonError;
use crate::base::sources::Sources;
use crate::edge::answer;
use crate::edge::answer_cache;
use crate::edge::answer_cache::Answer as Kept;
use crate::edge::cost::Cost;
use crate::edge::events;
use crate::edge::negotiate;
use crate::edge::negotiate::Accepted;
use crate::edge::negotiate::Media;
use crate::edge::request::DUPLICATE_KEY;
use crate::edge::request::HttpError;
use crate::edge::request::OperationRequest;
use crate::edge::request::Parameters;
use crate::edge::socket;
use crate::edge::state::Edge;
use crate::edge::tag;

/// Handles POST.
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
        Err(error) => return refused(error, accepted.media, &caller),
    };
    let resume = events::last_event_id(&headers);
    if let Value::Array(batch) = body {
        if accepted.media == Media::Events {
            let error = HttpError::bad_request("An event stream answers one operation.");
            return refused(error, accepted.media, &caller);
        }
        return answer_batch(&edge, &caller, accepted.media, batch).await;
    }
    let operation = match OperationRequest::read(body) {
        Ok(operation) => operation,
        Err(error) => return refused(error, accepted.media, &caller),
    };
    match media(&edge, accepted, &operation) {
        Media::Events => stream(&edge, &caller, operation, false, resume).await,
        media @ (Media::GraphqlResponse | Media::Json) => {
            answer(&edge, &caller, operation, false).await.send(media)
        }
    }
}

/// Handles GET: a query, or the upgrade to a WebSocket.
pub async fn get(
    State(edge): State<Edge>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let upgrade = is_upgrade(&parts);
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
            HttpError::bad_request("The parameters cannot be read."),
            accepted.media,
            &caller,
        );
    };
    let resume = events::last_event_id(request.headers());
    let given = request.headers();
    match OperationRequest::of_parameters(parameters) {
        Ok(operation) => match media(&edge, accepted, &operation) {
            Media::Events => stream(&edge, &caller, operation, true, resume).await,
            media @ (Media::GraphqlResponse | Media::Json) => {
                answer_get(&edge, &caller, media, operation, given).await
            }
        },
        Err(error) => refused(error, accepted.media, &caller),
    }
}

/// Returns the form of the response. The kind of operation matters only if the client accepts several forms.
fn media(edge: &Edge, accepted: Accepted, operation: &OperationRequest) -> Media {
    let decides = accepted.events && accepted.media != Media::Events;
    let (limits, documents) = (&edge.config.limits, edge.graph.documents());
    accepted.for_operation(decides && operation.is_subscription(limits, documents))
}

/// Whether a request is for an upgrade to a WebSocket.
fn is_upgrade(parts: &Parts) -> bool {
    parts
        .headers
        .get(header::UPGRADE)
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

async fn answer_get(
    edge: &Edge,
    caller: &Caller,
    media: Media,
    operation: OperationRequest,
    given: &HeaderMap,
) -> Response {
    let answer = answer(edge, caller, operation, true).await;
    let is_cacheable = answer.outcome == Outcome::Executed && answer.retry_after.is_none();
    if answer.is_for_audience && is_cacheable {
        return tagged(media, given, answer.body);
    }
    let is_refused = answer.outcome == Outcome::NotAllowedByGet;
    let mut response = answer.send(media);
    if is_refused {
        allow(&mut response, "POST");
    }
    response
}

/// Returns a response that is the same for a whole audience, with a tag of its content. `NOT_MODIFIED` if the client already
/// has it.
fn tagged(media: Media, given: &HeaderMap, body: Bytes) -> Response {
    let tag = tag::of(&body);
    let given = given.get_all(header::IF_NONE_MATCH).iter().cloned();
    let has_it = tag::is_among(&given.collect::<Vec<_>>(), &tag);
    let mut response = match has_it {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => answer::http_response(media, StatusCode::OK, body),
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tag);
    // It may be cached but must be revalidated each time, because what a caller may see can change with every request.
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    headers.insert(header::VARY, answer_cache::VARY);
    response
}

/// Handles every other method.
pub async fn other_method(Extension(caller): Extension<Caller>) -> Response {
    let error = HttpError {
        status: StatusCode::METHOD_NOT_ALLOWED,
        code: "BAD_REQUEST",
        message: "GraphQL is asked by POST or GET.",
    };
    let mut response = refused(error, Media::Json, &caller);
    allow(&mut response, "GET, POST");
    response
}

/// How far a request got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Executed,
    /// It was executed, and produced nothing because the database is unavailable.
    Unavailable,
    /// It could not be executed: no `data`.
    RequestError,
    NotAllowedByGet,
}

struct Answer {
    outcome: Outcome,
    /// JSON.
    body: Bytes,
    /// After how many seconds to retry, if an error says so.
    retry_after: Option<u64>,
    /// Whether it was executed without an error.
    is_whole: bool,
    /// Whether it was executed and depends on the caller's audience alone.
    is_for_audience: bool,
}

impl Answer {
    fn refused(outcome: Outcome, errors: &Value) -> Answer {
        Answer {
            outcome,
            body: answer::refusal(errors).into(),
            retry_after: answer::retry_after(errors),
            is_whole: false,
            is_for_audience: false,
        }
    }

    /// An answer that was kept.
    fn kept(kept: Kept) -> Answer {
        Answer {
            outcome: Outcome::Executed,
            body: kept.body,
            retry_after: None,
            is_whole: true,
            is_for_audience: true,
        }
    }

    fn send(self, media: Media) -> Response {
        let status = status(media, &self);
        answer::with_retry_after(
            answer::http_response(media, status, self.body),
            self.retry_after,
        )
    }
}

/// Answers one request. A visitor who asks for what every visitor is shown gets the answer that is kept, if there is one.
async fn answer(edge: &Edge, caller: &Caller, operation: OperationRequest, by_get: bool) -> Answer {
    let documents = edge.graph.documents();
    let key = (caller.actor == Actor::Visitor)
        .then(|| operation.cache_key(documents, caller.language))
        .flatten();
    let Some(key) = key else {
        return respond(edge, caller, operation, by_get, &mut Cost::default()).await;
    };
    let sources = Sources::default();
    let (mut recording, caller) = (edge.clone(), caller.clone());
    recording.graph = edge.graph.for_answer(sources.clone());
    let make = async move {
        let mut spent = Cost::default();
        let answer = respond(&recording, &caller, operation, by_get, &mut spent).await;
        let kept = answer.is_whole.then(|| Kept::of_json(&answer.body));
        (answer, kept)
    };
    let answers = &edge.answers;
    answers.get_or_make(key, sources, Answer::kept, make).await
}

async fn respond(
    edge: &Edge,
    caller: &Caller,
    operation: OperationRequest,
    by_get: bool,
    spent: &mut Cost,
) -> Answer {
    let (limits, documents) = (&edge.config.limits, edge.graph.documents());
    let prepared = match operation.prepare_in_batch(limits, documents, caller, spent) {
        Ok(prepared) => prepared,
        Err(errors) => return Answer::refused(Outcome::RequestError, &errors),
    };
    let not_allowed = match prepared.kind {
        OperationType::Query => None,
        OperationType::Mutation if by_get => Some((
            Outcome::NotAllowedByGet,
            "Only queries can be asked by GET.",
        )),
        OperationType::Mutation => None,
        OperationType::Subscription if by_get => Some((
            Outcome::NotAllowedByGet,
            "Only queries can be asked by GET.",
        )),
        OperationType::Subscription => Some((
            Outcome::RequestError,
            "Subscriptions are followed by WebSocket or server-sent events.",
        )),
    };
    if let Some((outcome, message)) = not_allowed {
        let errors = answer::errors("BAD_REQUEST", message, &caller.request_id);
        return Answer::refused(outcome, &errors);
    }
    let mut response = edge.graph.execute(&prepared.document, caller).await;
    if let Some(cost) = prepared.cost {
        let report = cost.report(limits);
        response.extensions.insert("cost".to_string(), report);
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
        body: answer::body_of(&response).into(),
        retry_after,
        is_whole: response.errors.is_empty(),
        is_for_audience: !prepared.document.depends_on_caller(),
    }
}

/// Responds with server-sent events. A GET changes nothing.
async fn stream(
    edge: &Edge,
    caller: &Caller,
    operation: OperationRequest,
    by_get: bool,
    resume: Option<String>,
) -> Response {
    let (limits, documents) = (&edge.config.limits, edge.graph.documents());
    let prepared = match operation.prepare(limits, documents, caller) {
        Ok(prepared) => prepared,
        Err(errors) => return events::refusal(&errors),
    };
    if by_get && prepared.kind == OperationType::Mutation {
        let message = "Mutations cannot be asked by GET.";
        let errors = answer::errors("BAD_REQUEST", message, &caller.request_id);
        let mut response = answer::http_response(
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
        return refused(HttpError::bad_request("The batch is empty."), media, caller);
    }
    if batch.len() > edge.config.limits.batch {
        let error = HttpError {
            status: StatusCode::BAD_REQUEST,
            code: "LIMIT_EXCEEDED",
            message: "The batch has too many requests.",
        };
        return refused(error, media, caller);
    }
    let mut answers = Vec::with_capacity(batch.len());
    let mut spent = Cost::default();
    let mut longest = None;
    for each in batch {
        answers.push(match OperationRequest::read(each) {
            Ok(operation) => {
                let answer = respond(edge, caller, operation, false, &mut spent).await;
                longest = longest.max(answer.retry_after);
                answer.body
            }
            Err(error) => error.body(caller).into(),
        });
    }
    let body = [b"[", answers.join(&b","[..]).as_slice(), b"]"].concat();
    answer::with_retry_after(answer::http_response(media, StatusCode::OK, body), longest)
}

fn status(media: Media, answer: &Answer) -> StatusCode {
    match (answer.outcome, media) {
        (Outcome::NotAllowedByGet, _) => StatusCode::METHOD_NOT_ALLOWED,
        (Outcome::Unavailable, _) => StatusCode::SERVICE_UNAVAILABLE,
        (Outcome::RequestError, Media::GraphqlResponse) => StatusCode::BAD_REQUEST,
        (Outcome::RequestError, Media::Json | Media::Events) | (Outcome::Executed, _) => {
            StatusCode::OK
        }
    }
}

fn refused(error: HttpError, media: Media, caller: &Caller) -> Response {
    answer::http_response(media, error.status, error.body(caller))
}

fn not_acceptable(caller: &Caller) -> Response {
    let error = HttpError {
        status: StatusCode::NOT_ACCEPTABLE,
        code: "BAD_REQUEST",
        message: "Answers are application/json or application/graphql-response+json.",
    };
    refused(error, Media::Json, caller)
}

async fn read_json(edge: &Edge, request: Request) -> Result<Value, HttpError> {
    let limits = &edge.config.limits;
    if !negotiate::sends_json(request.headers()) {
        return Err(HttpError {
            status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
            code: "BAD_REQUEST",
            message: "The body must be application/json in UTF-8.",
        });
    }
    let too_large = || HttpError {
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
        .map_err(|_| HttpError {
            status: StatusCode::REQUEST_TIMEOUT,
            code: "BAD_REQUEST",
            message: "The body did not arrive in time.",
        })?
        .map_err(|_| too_large())?;
    json::read(&bytes).map_err(|error| match error {
        JsonError::Malformed => HttpError::bad_request("The body is not JSON."),
        JsonError::DuplicateKey => HttpError::bad_request(DUPLICATE_KEY),
    })
}
