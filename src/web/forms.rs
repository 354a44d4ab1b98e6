//! What pages have in common: answers, refusals, and the fields of a form.

use askama::Template;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use uuid::Uuid;

use crate::web::Asked;
use crate::web::client::PageError;
use crate::web::frame::Frame;

/// The fields of a sent form, as often as they were sent.
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The first value of a field; empty when it was not sent.
    pub fn one(&self, name: &str) -> String {
        self.given(name).unwrap_or_default()
    }

    /// The first value of a field that is not empty.
    pub fn given(&self, name: &str) -> Option<String> {
        self.0
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.clone())
    }

    /// All values of a field.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.clone())
            .collect()
    }

    /// The key that the form was given, or a new one.
    pub fn key(&self) -> String {
        self.given("key").unwrap_or_else(new_key)
    }

    /// The key with which the form is shown again: a new one when the old one has been used for another text.
    pub fn next_key(&self, trouble: Option<&Trouble>) -> String {
        match trouble {
            Some(trouble) if trouble.is_sent_before => new_key(),
            _ => self.key(),
        }
    }
}

/// A key for a form that creates something.
pub fn new_key() -> String {
    Uuid::new_v4().to_string()
}

/// What is wrong with a form, told in its summary and beside the field.
#[derive(Clone, Debug)]
pub struct Trouble {
    pub field: String,
    pub message: String,
    /// Another version of the text arrived before with the same key.
    pub is_sent_before: bool,
}

impl Trouble {
    /// Whether it is about that field.
    pub fn is(&self, field: &str) -> bool {
        self.field == field
    }
}

/// How a page answers: its status, and after how many seconds it is worth trying again, where it is.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    status: StatusCode,
    retry_after: Option<i64>,
}

impl From<StatusCode> for Standing {
    fn from(status: StatusCode) -> Standing {
        Standing {
            status,
            retry_after: None,
        }
    }
}

/// A page as an answer.
pub fn page(template: &impl Template, standing: impl Into<Standing>) -> Response {
    let standing = standing.into();
    match template.render() {
        Ok(html) => {
            let mut response = (standing.status, Html(html)).into_response();
            if let Some(seconds) = standing.retry_after {
                let seconds = HeaderValue::from(seconds);
                response.headers_mut().insert(header::RETRY_AFTER, seconds);
            }
            response
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Leads on after a form was taken.
pub fn see_other(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// Leads on, and tells the script that keeps drafts that this one has arrived.
pub fn sent(path: &str, key: &str) -> Response {
    let mut response = see_other(path);
    let cookie = format!("partage_sent={key}; Path=/; Max-Age=60; SameSite=Lax");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The refusal of what only people with an account have.
pub fn sign_in_first() -> PageError {
    PageError::Denied {
        reason: "SIGN_IN_REQUIRED".to_string(),
        message: String::new(),
    }
}

/// What a form can show of a refusal; the others are pages of their own.
pub fn trouble(error: PageError) -> Result<(Standing, Trouble), PageError> {
    let retry_after = match &error {
        PageError::TooMany { retry_after, .. } => Some(*retry_after),
        _ => None,
    };
    let (status, field, message) = match error {
        PageError::Invalid { field, message } => (StatusCode::UNPROCESSABLE_ENTITY, field, message),
        PageError::TooMany { message, .. } => {
            (StatusCode::TOO_MANY_REQUESTS, String::new(), message)
        }
        // Another capacity can be chosen; any other refusal is no matter of what the form says.
        PageError::Denied { reason, message } if reason == "CAPACITY_EXCEEDS_MANDATE" => {
            (StatusCode::FORBIDDEN, String::new(), message)
        }
        other => return Err(other),
    };
    let is_sent_before = field == "key";
    let trouble = Trouble {
        // No field of the form that anybody could correct.
        field: match is_sent_before {
            true => String::new(),
            false => named(&field).to_string(),
        },
        message,
        is_sent_before,
    };
    let standing = Standing {
        status,
        retry_after,
    };
    Ok((standing, trouble))
}

/// The field of a form behind the path of an input: its last name, for forms have no fields within fields.
fn named(path: &str) -> &str {
    let mut names = path.rsplit('.');
    let name = names.find(|part| part.parse::<usize>().is_err());
    name.unwrap_or_default()
}

#[derive(Template)]
#[template(path = "frame/error.html")]
struct ErrorPage {
    frame: Frame,
    title: String,
    message: String,
    request_id: Option<String>,
    /// Where the form was sent, and what it said: nothing that was written is lost.
    path: String,
    kept: Vec<(String, String)>,
    /// Whether it can be sent again once its writer has signed in.
    sign_in: bool,
}

/// The page of a refusal or malfunction.
pub async fn refuse(asked: &Asked, error: PageError) -> Response {
    let sign_in =
        matches!(&error, PageError::Denied { reason, .. } if reason == "SIGN_IN_REQUIRED");
    let kept = kept(asked);
    if sign_in && kept.is_empty() {
        return see_other(&format!("/sign-in?next={}", form_of(asked.uri.path())));
    }
    let frame = Frame::load(asked).await;
    let text = frame.text.clone();
    let retry_after = match &error {
        PageError::Unavailable { retry_after, .. } | PageError::TooMany { retry_after, .. } => {
            Some(*retry_after)
        }
        _ => None,
    };
    let (status, title, message, request_id) = match error {
        PageError::NotFound => (
            StatusCode::NOT_FOUND,
            text.t("error-not-found"),
            text.t("error-not-found-text"),
            None,
        ),
        PageError::Denied { message, .. } if sign_in => (
            StatusCode::UNAUTHORIZED,
            text.t("error-denied"),
            message,
            None,
        ),
        PageError::Denied { message, .. } => {
            (StatusCode::FORBIDDEN, text.t("error-denied"), message, None)
        }
        PageError::Invalid { message, .. } | PageError::Conflict { message, .. } => (
            StatusCode::UNPROCESSABLE_ENTITY,
            text.t("error-invalid"),
            message,
            None,
        ),
        PageError::TooMany { message, .. } => (
            StatusCode::TOO_MANY_REQUESTS,
            text.t("error-too-many"),
            message,
            None,
        ),
        PageError::Unavailable { message, .. } => (
            StatusCode::SERVICE_UNAVAILABLE,
            text.t("error-unavailable"),
            message,
            None,
        ),
        PageError::Internal { request_id } => (
            StatusCode::INTERNAL_SERVER_ERROR,
            text.t("error-internal"),
            text.t("error-internal-text"),
            Some(request_id),
        ),
    };
    let template = ErrorPage {
        frame,
        title,
        message,
        request_id,
        path: asked.uri.path().to_string(),
        kept,
        sign_in,
    };
    let standing = Standing {
        status,
        retry_after,
    };
    page(&template, standing)
}

/// The page with the form that is sent to an address.
fn form_of(path: &str) -> &str {
    let acts: &[&str] = match path.split('/').nth(1) {
        Some("sign-out") => return "/",
        Some("sessions") => &["password"],
        Some("invitations") => &["revoke"],
        Some("vocabulary") => &["change", "add", "deprecate"],
        Some("moderation") => &[
            "claim", "release", "assign", "note", "answer", "confirm", "decline",
        ],
        Some("people") => &["scope"],
        _ => &[],
    };
    match path.rsplit_once('/') {
        Some((page, act)) if acts.contains(&act) => page,
        _ => path,
    }
}

/// What a sent form said, if it was written by a person and holds no secret.
fn kept(asked: &Asked) -> Vec<(String, String)> {
    let Some(sent) = &asked.sent else {
        return Vec::new();
    };
    let is_secret = |name: &str| name.to_ascii_lowercase().contains("password");
    let texts = ["body", "title", "explanation", "note"];
    let was_written = texts.into_iter().any(|name| sent.given(name).is_some());
    if was_written && !sent.0.iter().any(|(name, _)| is_secret(name)) {
        sent.0.clone()
    } else {
        Vec::new()
    }
}
