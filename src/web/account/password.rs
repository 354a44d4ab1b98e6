//! Choosing a new password with a link that another person made.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use crate::web::account::session;
use crate::web::client::ask;
use crate::web::client::document;
use crate::web::client::payload;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::trouble::Trouble;
use crate::web::frame::Frame;
use crate::web::refusal;
use crate::web::request::Asked;
use crate::web::request::Sent;
use crate::web::response;
use crate::web::response::Standing;
use crate::web::words::PasswordLinkState;

document!(PasswordLinkQuery, "src/web/account/password_link.graphql");
document!(
    ChoosePasswordMutation,
    "src/web/account/password_link.graphql"
);

#[derive(Template)]
#[template(path = "account/password.html")]
struct Page {
    frame: Frame,
    trouble: Option<Trouble>,
    token: String,
    email: String,
}

/// Shows the form, or why the link does not work.
pub async fn show(asked: Asked, Path(token): Path<String>) -> PageResult {
    answer(&asked, token, None, StatusCode::OK).await
}

async fn answer(
    asked: &Asked,
    token: String,
    trouble: Option<Trouble>,
    status: impl Into<Standing>,
) -> PageResult {
    let variables = password_link_query::Variables {
        token: token.clone(),
    };
    let found = ask::<PasswordLinkQuery>(&asked.web, &asked.caller, variables).await?;
    let link = found.password_link;
    let state = link.as_ref().map(|link| link.state);
    let email = link.and_then(|link| link.email);
    match email {
        Some(email) => {
            let template = Page {
                frame: Frame::load(asked).await,
                trouble,
                token,
                email,
            };
            Ok(response::page(&template, status))
        }
        None => Ok(closed(asked, state).await),
    }
}

async fn closed(asked: &Asked, state: Option<PasswordLinkState>) -> Response {
    let why = match state {
        Some(PasswordLinkState::Used) => "closed-password-used",
        Some(PasswordLinkState::Revoked) => "closed-password-revoked",
        Some(PasswordLinkState::Expired | PasswordLinkState::Open) => "closed-password-expired",
        None => "closed-unknown",
    };
    refusal::closed(asked, state.is_some(), why, "closed-password-whom").await
}

/// Saves the new password and signs in.
pub async fn choose(asked: Asked, Path(token): Path<String>, fields: Sent) -> PageResult {
    match put(&asked, &token, &fields).await {
        Ok(done) => {
            let opened = session::Opened {
                token: &done.token,
                device_token: &done.device_token,
            };
            Ok(session::signed_in(&asked, &opened, "/sessions"))
        }
        // Sent twice, it redirects as before; otherwise it was used earlier or is too late, and the page states this.
        Err(PageError::NotFound) => {
            let (email, password) = (fields.one("username"), fields.one("password"));
            match session::enter(&asked, email, password, None, "/sessions").await {
                Ok(entered) => Ok(entered),
                Err(_) => answer(&asked, token, None, StatusCode::OK).await,
            }
        }
        Err(error) => {
            let (status, trouble) = Trouble::from_error(error)?;
            answer(&asked, token, Some(trouble), status).await
        }
    }
}

type Chosen = choose_password_mutation::ChoosePasswordMutationChoosePassword;

async fn put(asked: &Asked, token: &str, fields: &Fields) -> Result<Chosen, PageError> {
    let least = asked.web.config.limits.password_length;
    Check::of(asked, fields)
        .password("password", least)
        .done()?;
    let variables = choose_password_mutation::Variables {
        token: token.to_string(),
        password: fields.one("password"),
    };
    let done = ask::<ChoosePasswordMutation>(&asked.web, &asked.caller, variables).await?;
    payload(done.choose_password, &asked.caller)
}
