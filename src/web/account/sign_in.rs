//! The sign-in form.

use askama::Template;
use axum::http::HeaderMap;
use axum::http::StatusCode;

use crate::web::account::session;
use crate::web::address;
use crate::web::error::PageResult;
use crate::web::forms::check::Check;
use crate::web::forms::trouble::Trouble;
use crate::web::frame::Frame;
use crate::web::request::Asked;
use crate::web::request::Sent;
use crate::web::response;

#[derive(Template)]
#[template(path = "account/sign_in.html")]
struct SignInPage {
    frame: Frame,
    trouble: Option<Trouble>,
    email: String,
    next: String,
    /// Whether the user comes from an invitation that they have already accepted.
    accepted: bool,
}

/// Shows the form.
pub async fn show(asked: Asked) -> PageResult {
    let template = SignInPage {
        frame: Frame::load(&asked).await,
        trouble: None,
        email: String::new(),
        next: address::local(&asked.query().one("next")),
        accepted: asked.query().given("accepted").is_some(),
    };
    Ok(response::page(&template, StatusCode::OK))
}

/// Signs in and redirects.
pub async fn send(asked: Asked, headers: HeaderMap, fields: Sent) -> PageResult {
    let next = address::local(&fields.one("next"));
    let checked = Check::of(&asked, &fields)
        .given("email")
        .given("password")
        .done();
    let entered = match checked {
        Ok(()) => {
            let (email, password) = (fields.one("email"), fields.one("password"));
            let device = session::device_of(&asked, &headers);
            session::enter(&asked, email, password, device, &next).await
        }
        Err(error) => Err(error),
    };
    let (status, trouble) = match entered {
        Ok(entered) => return Ok(entered),
        Err(error) => Trouble::from_error(error)?,
    };
    let template = SignInPage {
        frame: Frame::load(&asked).await,
        trouble: Some(trouble),
        email: fields.one("email"),
        next,
        accepted: false,
    };
    Ok(response::page(&template, status))
}
