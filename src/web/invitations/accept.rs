//! Coming in by an invitation.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;

use crate::base::error::Fault;
use crate::base::offices;
use crate::web::account::session;
use crate::web::client::ask;
use crate::web::client::document;
use crate::web::client::payload;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::trouble::Trouble;
use crate::web::frame::Frame;
use crate::web::refusal;
use crate::web::request::Asked;
use crate::web::request::Sent;
use crate::web::response;
use crate::web::response::Standing;
use crate::web::words::InvitationState;
use crate::web::words::Language;
use crate::web::words::Role;

document!(InvitationQuery, "src/web/invitations/invitation.graphql");
document!(
    InvitationStateQuery,
    "src/web/invitations/invitation.graphql"
);
document!(AcceptMutation, "src/web/invitations/accept.graphql");

#[derive(Template)]
#[template(path = "invitations/accept.html")]
struct Page {
    frame: Frame,
    trouble: Option<Trouble>,
    token: String,
    invitation: invitation_query::InvitationQueryInvitation,
    name: String,
    email: String,
    language: Language,
}

/// Shows the form, or why the invitation does not work.
pub async fn show(asked: Asked, Path(token): Path<String>) -> PageResult {
    page(&asked, token, &Fields::default(), None, StatusCode::OK).await
}

async fn page(
    asked: &Asked,
    token: String,
    fields: &Fields,
    trouble: Option<Trouble>,
    status: impl Into<Standing>,
) -> PageResult {
    let variables = invitation_query::Variables {
        token: token.clone(),
    };
    let found = ask::<InvitationQuery>(&asked.web, &asked.caller, variables).await?;
    let Some(invitation) = found.invitation else {
        return closed(asked, token).await;
    };
    let template = Page {
        frame: Frame::load(asked).await,
        trouble,
        token,
        invitation,
        name: fields.one("name"),
        email: fields.one("email"),
        language: Language::read(&fields.one("language"))
            .unwrap_or(Language::of(asked.caller.language)),
    };
    Ok(response::page(&template, status))
}

/// Why an invitation does not work, and whom to contact. A user who accepted it is redirected to the forum.
async fn closed(asked: &Asked, token: String) -> PageResult {
    let state = state(asked, token).await?;
    let why = match state {
        Some(InvitationState::Accepted) if asked.caller.actor.member().is_some() => {
            return Ok(response::see_other("/"));
        }
        Some(InvitationState::Accepted) => "closed-invitation-accepted",
        Some(InvitationState::Revoked) => "closed-invitation-revoked",
        Some(InvitationState::Expired | InvitationState::Open) => "closed-invitation-expired",
        None => "closed-unknown",
    };
    Ok(refusal::closed(asked, state.is_some(), why, "closed-invitation-whom").await)
}

async fn state(asked: &Asked, token: String) -> Result<Option<InvitationState>, PageError> {
    let variables = invitation_state_query::Variables { token };
    let found = ask::<InvitationStateQuery>(&asked.web, &asked.caller, variables).await?;
    Ok(found.invitation_state)
}

/// The form was sent before: its sender signs in with its contents.
async fn accepted_before(asked: &Asked, token: String, fields: &Fields) -> PageResult {
    if state(asked, token.clone()).await? != Some(InvitationState::Accepted) {
        return closed(asked, token).await;
    }
    let email = fields.given("email").unwrap_or(fields.one("username"));
    match session::enter(asked, email, fields.one("password"), None, "/").await {
        Ok(entered) => Ok(entered),
        Err(_) => Ok(response::see_other("/sign-in?accepted=true")),
    }
}

/// Accepts the invitation, and signs in.
pub async fn send(asked: Asked, Path(token): Path<String>, fields: Sent) -> PageResult {
    match come_in(&asked, &token, &fields).await {
        Ok(done) => {
            let opened = session::Opened {
                token: &done.token,
                device_token: &done.device_token,
            };
            Ok(session::signed_in(&asked, &opened, "/"))
        }
        Err(PageError::NotFound) => accepted_before(&asked, token, &fields).await,
        Err(error) => {
            let (status, trouble) = Trouble::from_error(error)?;
            page(&asked, token, &fields, Some(trouble), status).await
        }
    }
}

async fn come_in(
    asked: &Asked,
    token: &str,
    fields: &Fields,
) -> Result<accept_mutation::AcceptMutationAcceptInvitation, PageError> {
    let is_own = !passes_for_office(asked, token, &fields.one("name")).await?;
    let mut check = Check::of(asked, fields)
        .name("name")
        .unless(is_own, "name", Fault::NameOfOffice)
        .password("password", asked.web.config.limits.password_length)
        .choice_called("language", "ownLanguage", Language::read);
    if fields.given("email").is_some() {
        check = check.email("email");
    }
    check.done()?;
    let variables = accept_mutation::Variables {
        input: accept_mutation::AcceptInvitationInput {
            token: token.to_string(),
            name: fields.one("name"),
            password: fields.one("password"),
            language: check::chosen(asked, fields, "language", Language::read)?,
            email: fields.given("email"),
        },
    };
    let done = ask::<AcceptMutation>(&asked.web, &asked.caller, variables).await?;
    payload(done.accept_invitation, &asked.caller)
}

/// Whether a name could be taken for an office that the invitation does not confer.
async fn passes_for_office(asked: &Asked, token: &str, name: &str) -> Result<bool, PageError> {
    let variables = invitation_query::Variables {
        token: token.to_string(),
    };
    let found = ask::<InvitationQuery>(&asked.web, &asked.caller, variables).await?;
    let role = found.invitation.ok_or(PageError::NotFound)?.role;
    Ok(offices::is_passed_for(name, role.inner()))
}
