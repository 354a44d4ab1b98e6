//! The user's own sessions and password.

use askama::Template;
use axum::http::StatusCode;

use crate::web::account::device;
use crate::web::client::ask;
use crate::web::client::document;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::trouble::Trouble;
use crate::web::frame::Frame;
use crate::web::request::Asked;
use crate::web::request::Sent;
use crate::web::response;
use crate::web::response::Standing;
use crate::web::words::PasswordLinkState;

document!(SessionsQuery, "src/web/account/sessions.graphql");
document!(RevokeMutation, "src/web/account/revoke.graphql");
document!(PasswordMutation, "src/web/account/password.graphql");

#[derive(Template)]
#[template(path = "account/sessions.html")]
struct SessionsPage {
    frame: Frame,
    trouble: Option<Trouble>,
    viewer: sessions_query::SessionsQueryViewer,
}

/// Shows the sessions.
pub async fn show(asked: Asked) -> PageResult {
    page(&asked, None, StatusCode::OK).await
}

async fn page(asked: &Asked, trouble: Option<Trouble>, status: impl Into<Standing>) -> PageResult {
    let variables = sessions_query::Variables {};
    let viewer = ask::<SessionsQuery>(&asked.web, &asked.caller, variables)
        .await?
        .viewer;
    if viewer.person.is_none() {
        return Ok(response::see_other("/sign-in?next=/sessions"));
    }
    let template = SessionsPage {
        frame: Frame::load(asked).await,
        trouble,
        viewer,
    };
    Ok(response::page(&template, status))
}

/// Ends a session.
pub async fn revoke(asked: Asked, fields: Sent) -> PageResult {
    let variables = revoke_mutation::Variables {
        id: fields.one("sessionId"),
    };
    ask::<RevokeMutation>(&asked.web, &asked.caller, variables).await?;
    Ok(response::see_other("/sessions"))
}

/// Changes the password.
pub async fn change_password(asked: Asked, fields: Sent) -> PageResult {
    match put_password(&asked, &fields).await {
        Ok(()) => Ok(response::see_other("/sessions")),
        Err(error) => {
            let (status, trouble) = Trouble::from_error(error)?;
            page(&asked, Some(trouble), status).await
        }
    }
}

async fn put_password(asked: &Asked, fields: &Fields) -> Result<(), PageError> {
    Check::of(asked, fields)
        .given("currentPassword")
        .password("newPassword", asked.web.config.limits.password_length)
        .done()?;
    let variables = password_mutation::Variables {
        current: fields.one("currentPassword"),
        new: fields.one("newPassword"),
    };
    ask::<PasswordMutation>(&asked.web, &asked.caller, variables).await?;
    Ok(())
}
