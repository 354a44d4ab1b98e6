//! The user's own sessions and password.

use askama::Template;
use axum::http::StatusCode;

use crate::web::account::device;
use crate::web::api_types::PasswordLinkState;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::form_errors::FormErrors;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::response;
use crate::web::response::PageStatus;

document!(SessionsQuery, "src/web/account/sessions.graphql");
document!(RevokeMutation, "src/web/account/revoke.graphql");
document!(PasswordMutation, "src/web/account/password.graphql");

#[derive(Template)]
#[template(path = "account/sessions.html")]
struct SessionsPage {
    frame: Frame,
    form_errors: Option<FormErrors>,
    viewer: sessions_query::SessionsQueryViewer,
}

/// Shows the sessions.
pub async fn show(request: PageRequest) -> PageResult {
    page(&request, None, StatusCode::OK).await
}

async fn page(
    request: &PageRequest,
    form_errors: Option<FormErrors>,
    status: impl Into<PageStatus>,
) -> PageResult {
    let variables = sessions_query::Variables {};
    let viewer = execute::<SessionsQuery>(&request.web, &request.caller, variables)
        .await?
        .viewer;
    if viewer.person.is_none() {
        return Ok(response::redirect("/sign-in?next=/sessions"));
    }
    let template = SessionsPage {
        frame: Frame::load(request).await,
        form_errors,
        viewer,
    };
    Ok(response::page(&template, status))
}

/// Ends a session.
pub async fn revoke(request: PageRequest, fields: SubmittedForm) -> PageResult {
    let variables = revoke_mutation::Variables {
        id: fields.one("sessionId"),
    };
    execute::<RevokeMutation>(&request.web, &request.caller, variables).await?;
    Ok(response::redirect("/sessions"))
}

/// Changes the password.
pub async fn change_password(request: PageRequest, fields: SubmittedForm) -> PageResult {
    match put_password(&request, &fields).await {
        Ok(()) => Ok(response::redirect("/sessions")),
        Err(error) => {
            let (status, form_errors) = FormErrors::from_error(error)?;
            page(&request, Some(form_errors), status).await
        }
    }
}

async fn put_password(request: &PageRequest, fields: &Fields) -> Result<(), PageError> {
    let current = fields.one("currentPassword");
    let is_given = !current.is_empty();
    // Only the API knows the current password. It changes nothing if either of the two is refused.
    let changed = match is_given {
        true => change(request, current, fields.one("newPassword")).await,
        false => Ok(()),
    };
    Check::of(request, fields)
        .needs("currentPassword", is_given)
        .accepted("currentPassword", &changed)
        .password("newPassword", request.web.config.limits.password_length)
        .finish()?;
    changed
}

async fn change(request: &PageRequest, current: String, new: String) -> Result<(), PageError> {
    let variables = password_mutation::Variables { current, new };
    let done = execute::<PasswordMutation>(&request.web, &request.caller, variables).await;
    done.map(drop)
}
