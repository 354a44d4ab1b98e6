//! Choosing a new password by a link that somebody else made.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use graphql_client::GraphQLQuery;

use crate::web::Asked;
use crate::web::Sent;
use crate::web::account;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::client::payload;
use crate::web::forms;
use crate::web::forms::Check;
use crate::web::forms::Trouble;
use crate::web::frame::Frame;
use crate::web::words::PasswordLinkState;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/account/password_link.graphql",
    response_derives = "Debug, Clone",
    extern_enums("PasswordLinkState")
)]
struct PasswordLinkQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/account/password_link.graphql",
    response_derives = "Debug, Clone"
)]
struct ChoosePasswordMutation;

#[derive(Template)]
#[template(path = "account/password.html")]
struct Page {
    frame: Frame,
    trouble: Option<Trouble>,
    token: String,
    email: String,
}

/// Shows the form, or why the link does not work.
pub async fn show(asked: Asked, Path(token): Path<String>) -> Response {
    answer(&asked, token, None, StatusCode::OK).await
}

async fn answer(
    asked: &Asked,
    token: String,
    trouble: Option<Trouble>,
    status: impl Into<forms::Standing>,
) -> Response {
    let variables = password_link_query::Variables {
        token: token.clone(),
    };
    let link = match ask::<PasswordLinkQuery>(&asked.web, &asked.caller, variables).await {
        Ok(found) => found.password_link,
        Err(error) => return forms::refuse(asked, error).await,
    };
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
            forms::page(&template, status)
        }
        None => closed(asked, state).await,
    }
}

async fn closed(asked: &Asked, state: Option<PasswordLinkState>) -> Response {
    let why = match state {
        Some(PasswordLinkState::Used) => "closed-password-used",
        Some(PasswordLinkState::Revoked) => "closed-password-revoked",
        Some(PasswordLinkState::Expired | PasswordLinkState::Open) => "closed-password-expired",
        None => "closed-unknown",
    };
    forms::closed(asked, state.is_some(), why, "closed-password-whom").await
}

/// Keeps the new password and signs in.
pub async fn choose(asked: Asked, Path(token): Path<String>, fields: Sent) -> Response {
    let variables = choose_password_mutation::Variables {
        token: token.clone(),
        password: fields.one("password"),
    };
    let least = asked.web.config.limits.password_length;
    let check = Check::of(&asked, &fields).password("password", least);
    let done = match check.done() {
        Ok(()) => ask::<ChoosePasswordMutation>(&asked.web, &asked.caller, variables).await,
        Err(error) => Err(error),
    };
    match done.and_then(|done| payload(done.choose_password, &asked.caller)) {
        Ok(done) => {
            let opened = account::Opened {
                token: &done.token,
                device_token: &done.device_token,
            };
            account::signed_in(&asked, &opened, "/sessions")
        }
        // Sent twice, it leads to where it led; else it was used before or is too late, and the page says so.
        Err(PageError::NotFound) => {
            let (email, password) = (fields.one("username"), fields.one("password"));
            match account::enter(&asked, email, password, None, "/sessions").await {
                Ok(entered) => entered,
                Err(_) => answer(&asked, token, None, StatusCode::OK).await,
            }
        }
        Err(error) => match forms::trouble(error) {
            Ok((status, trouble)) => answer(&asked, token, Some(trouble), status).await,
            Err(error) => forms::refuse(&asked, error).await,
        },
    }
}
