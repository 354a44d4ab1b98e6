//! Choosing a new password with a link that another person made.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use crate::web::account::session;
use crate::web::api_types::PasswordLinkState;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::client::payload;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::form_errors::FormErrors;
use crate::web::frame::Frame;
use crate::web::refusal;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::response;
use crate::web::response::PageStatus;

document!(PasswordLinkQuery, "src/web/account/password_link.graphql");
document!(
    ChoosePasswordMutation,
    "src/web/account/password_link.graphql"
);

#[derive(Template)]
#[template(path = "account/password.html")]
struct Page {
    frame: Frame,
    form_errors: Option<FormErrors>,
    token: String,
    email: String,
}

/// Shows the form, or why the link does not work.
pub async fn show(request: PageRequest, Path(token): Path<String>) -> PageResult {
    answer(&request, token, None, StatusCode::OK).await
}

async fn answer(
    request: &PageRequest,
    token: String,
    form_errors: Option<FormErrors>,
    status: impl Into<PageStatus>,
) -> PageResult {
    let variables = password_link_query::Variables {
        token: token.clone(),
    };
    let found = execute::<PasswordLinkQuery>(&request.web, &request.caller, variables).await?;
    let link = found.password_link;
    let state = link.as_ref().map(|link| link.state);
    let email = link.and_then(|link| link.email);
    match email {
        Some(email) => {
            let template = Page {
                frame: Frame::load(request).await,
                form_errors,
                token,
                email,
            };
            Ok(response::page(&template, status))
        }
        None => Ok(closed(request, state).await),
    }
}

async fn closed(request: &PageRequest, state: Option<PasswordLinkState>) -> Response {
    let explanation = match state {
        Some(PasswordLinkState::Used) => "closed-password-used",
        Some(PasswordLinkState::Revoked) => "closed-password-revoked",
        Some(PasswordLinkState::Expired | PasswordLinkState::Open) => "closed-password-expired",
        None => "closed-unknown",
    };
    refusal::closed(
        request,
        state.is_some(),
        explanation,
        "closed-password-whom",
    )
    .await
}

/// Saves the new password and signs in.
pub async fn choose(
    request: PageRequest,
    Path(token): Path<String>,
    fields: SubmittedForm,
) -> PageResult {
    match put(&request, &token, &fields).await {
        Ok(done) => {
            let opened = session::NewSession {
                token: &done.token,
                device_token: &done.device_token,
            };
            Ok(session::signed_in(&request, &opened, "/sessions"))
        }
        // Sent twice, it redirects as before; otherwise it was used earlier or is too late, and the page states this.
        Err(PageError::NotFound) => {
            let (email, password) = (fields.one("username"), fields.one("password"));
            match session::sign_in_and_redirect(&request, email, password, None, "/sessions").await
            {
                Ok(entered) => Ok(entered),
                Err(_) => answer(&request, token, None, StatusCode::OK).await,
            }
        }
        Err(error) => {
            let (status, form_errors) = FormErrors::from_error(error)?;
            answer(&request, token, Some(form_errors), status).await
        }
    }
}

type Chosen = choose_password_mutation::ChoosePasswordMutationChoosePassword;

async fn put(request: &PageRequest, token: &str, fields: &Fields) -> Result<Chosen, PageError> {
    let min = request.web.config.limits.password_length;
    Check::of(request, fields)
        .password("password", min)
        .finish()?;
    let variables = choose_password_mutation::Variables {
        token: token.to_string(),
        password: fields.one("password"),
    };
    let done = execute::<ChoosePasswordMutation>(&request.web, &request.caller, variables).await?;
    payload(done.choose_password, &request.caller)
}
