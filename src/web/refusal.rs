//! The pages of refusals and errors, and where a user who has to sign in first returns to.

use askama::Template;
use axum::extract::FromRequestParts;
use axum::extract::Request;
use axum::extract::State;
use axum::handler::Handler;
use axum::http::StatusCode;
use axum::middleware;
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::MethodRouter;
use axum::routing::post;

use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::request::Web;
use crate::web::response;
use crate::web::response::PageStatus;
use crate::web::text::Text;

const SIGN_IN_REQUIRED: &str = "SIGN_IN_REQUIRED";

#[derive(Template)]
#[template(path = "frame/error.html")]
struct ErrorPage {
    frame: Frame,
    title: String,
    message: String,
    request_id: Option<String>,
    /// Where the form was submitted, and its contents, so that nothing that was written is lost.
    path: String,
    submitted: Vec<(String, String)>,
    /// Whether it can be submitted again after signing in.
    sign_in: bool,
}

#[derive(Template)]
#[template(path = "frame/closed.html")]
struct ClosedPage {
    frame: Frame,
    explanation: String,
    contact: String,
}

/// The page that contains the form of a route, as the pattern of the page's route.
#[derive(Clone, Copy)]
struct FormPage(&'static str);

impl FormPage {
    /// The address of the page for a form that was sent to a path below it.
    fn address(self, path: &str) -> String {
        let parts = self.0.split('/').zip(path.split('/'));
        let parts = parts.map(|(part, given)| match part.starts_with('{') {
            true => given,
            false => part,
        });
        parts.collect::<Vec<_>>().join("/")
    }
}

/// A route that accepts a form of another page: a user who has to sign in first returns to that page.
pub fn form_on<H, T>(page: &'static str, handler: H) -> MethodRouter<Web>
where
    H: Handler<T, Web>,
    T: 'static,
{
    let declare = move |mut response: Response| async move {
        response.extensions_mut().insert(FormPage(page));
        response
    };
    post(handler).layer(middleware::map_response(declare))
}

/// Renders the error of a handler.
pub async fn render(State(web): State<Web>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(request) = PageRequest::from_request_parts(&mut parts, &web).await;
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let form = response.extensions_mut().remove::<FormPage>();
    match response.extensions_mut().remove::<PageError>() {
        Some(error) => refuse(&request, form, error).await,
        None => response,
    }
}

/// The page for a link that does not work, or no longer works: why, and whom to contact. The texts are given by their
/// keys.
pub async fn closed(
    request: &PageRequest,
    was_there: bool,
    explanation: &str,
    contact: &str,
) -> Response {
    let frame = Frame::load(request).await;
    let template = ClosedPage {
        explanation: frame.t(explanation),
        contact: frame.t(contact),
        frame,
    };
    match was_there {
        true => response::page(&template, StatusCode::GONE),
        false => response::page(&template, StatusCode::NOT_FOUND),
    }
}

async fn refuse(request: &PageRequest, form: Option<FormPage>, error: PageError) -> Response {
    let sign_in = matches!(&error, PageError::Denied { reason, .. } if reason == SIGN_IN_REQUIRED);
    let submitted = fields_to_return(request);
    let path = request.uri.path();
    if sign_in && submitted.is_empty() {
        let page = form.map_or_else(|| path.to_string(), |form| form.address(path));
        return response::redirect(&format!("/sign-in?next={page}"));
    }
    let frame = Frame::load(request).await;
    let (retry_after, request_id) = match &error {
        PageError::Unavailable { retry_after, .. } | PageError::TooMany { retry_after, .. } => {
            (Some(*retry_after), None)
        }
        PageError::Internal { request_id } => (None, Some(request_id.clone())),
        PageError::NotFound
        | PageError::Denied { .. }
        | PageError::Invalid { .. }
        | PageError::InvalidForm(_)
        | PageError::Conflict { .. } => (None, None),
    };
    let (status, title, message) = describe(error, &frame.text);
    let template = ErrorPage {
        frame,
        title,
        message,
        request_id,
        path: path.to_string(),
        submitted,
        sign_in,
    };
    let page_status = PageStatus {
        status,
        retry_after,
    };
    response::page(&template, page_status)
}

/// The status of an error, and the title and text of its page.
fn describe(error: PageError, text: &Text) -> (StatusCode, String, String) {
    let (status, title, message) = match error {
        PageError::NotFound => (
            StatusCode::NOT_FOUND,
            "error-not-found",
            text.t("error-not-found-text"),
        ),
        PageError::Denied { reason, message } if reason == SIGN_IN_REQUIRED => {
            (StatusCode::UNAUTHORIZED, "error-denied", message)
        }
        PageError::Denied { message, .. } => (StatusCode::FORBIDDEN, "error-denied", message),
        PageError::Invalid { message, .. } | PageError::Conflict { message, .. } => {
            (StatusCode::UNPROCESSABLE_ENTITY, "error-invalid", message)
        }
        PageError::InvalidForm(field_errors) => {
            let field_errors = field_errors
                .iter()
                .map(|field_error| field_error.labelled(text));
            let message = field_errors.collect::<Vec<_>>().join(" ");
            (StatusCode::UNPROCESSABLE_ENTITY, "error-invalid", message)
        }
        PageError::TooMany { message, .. } => {
            (StatusCode::TOO_MANY_REQUESTS, "error-too-many", message)
        }
        PageError::Unavailable { message, .. } => (
            StatusCode::SERVICE_UNAVAILABLE,
            "error-unavailable",
            message,
        ),
        PageError::Internal { .. } => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "error-internal",
            text.t("error-internal-text"),
        ),
    };
    (status, text.t(title), message)
}

/// The contents of a submitted form, if a person wrote in it and it contains no secret.
fn fields_to_return(request: &PageRequest) -> Vec<(String, String)> {
    let Some(form) = &request.form else {
        return Vec::new();
    };
    let is_secret = |name: &str| name.to_ascii_lowercase().contains("password");
    let texts = ["body", "title", "explanation", "note"];
    let was_written = texts.into_iter().any(|name| form.given(name).is_some());
    if was_written && !form.0.iter().any(|(name, _)| is_secret(name)) {
        form.0.clone()
    } else {
        Vec::new()
    }
}
