//! The sign-in form.

use askama::Template;
use axum::http::HeaderMap;
use axum::http::StatusCode;

use crate::web::account::session;
use crate::web::address;
use crate::web::error::PageResult;
use crate::web::forms::check::Check;
use crate::web::forms::form_errors::FormErrors;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::response;

#[derive(Template)]
#[template(path = "account/sign_in.html")]
struct SignInPage {
    frame: Frame,
    form_errors: Option<FormErrors>,
    email: String,
    next: String,
    /// Whether the user comes from an invitation that they have already accepted.
    accepted: bool,
}

/// Shows the form.
pub async fn show(request: PageRequest) -> PageResult {
    let template = SignInPage {
        frame: Frame::load(&request).await,
        form_errors: None,
        email: String::new(),
        next: address::local(&request.query().one("next")),
        accepted: request.query().given("accepted").is_some(),
    };
    Ok(response::page(&template, StatusCode::OK))
}

/// Signs in and redirects.
pub async fn send(request: PageRequest, headers: HeaderMap, fields: SubmittedForm) -> PageResult {
    let next = address::local(&fields.one("next"));
    let checked = Check::of(&request, &fields)
        .given("email")
        .given("password")
        .finish();
    let entered = match checked {
        Ok(()) => {
            let (email, password) = (fields.one("email"), fields.one("password"));
            let device = session::device_of(&request, &headers);
            session::sign_in_and_redirect(&request, email, password, device, &next).await
        }
        Err(error) => Err(error),
    };
    let (status, form_errors) = match entered {
        Ok(entered) => return Ok(entered),
        Err(error) => FormErrors::from_error(error)?,
    };
    let template = SignInPage {
        frame: Frame::load(&request).await,
        form_errors: Some(form_errors),
        email: fields.one("email"),
        next,
        accepted: false,
    };
    Ok(response::page(&template, status))
}
