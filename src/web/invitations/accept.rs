//! Coming in by an invitation.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;

use crate::base::error::Fault;
use crate::base::offices;
use crate::web::account::session;
use crate::web::api_types::InvitationState;
use crate::web::api_types::Language;
use crate::web::api_types::Role;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::client::payload;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::form_errors::FormErrors;
use crate::web::frame::Frame;
use crate::web::refusal;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::response;
use crate::web::response::PageStatus;

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
    form_errors: Option<FormErrors>,
    token: String,
    invitation: invitation_query::InvitationQueryInvitation,
    name: String,
    email: String,
    language: Language,
}

/// Shows the form, or why the invitation does not work.
pub async fn show(request: PageRequest, Path(token): Path<String>) -> PageResult {
    page(&request, token, &Fields::default(), None, StatusCode::OK).await
}

async fn page(
    request: &PageRequest,
    token: String,
    fields: &Fields,
    form_errors: Option<FormErrors>,
    status: impl Into<PageStatus>,
) -> PageResult {
    let variables = invitation_query::Variables {
        token: token.clone(),
    };
    let found = execute::<InvitationQuery>(&request.web, &request.caller, variables).await?;
    let Some(invitation) = found.invitation else {
        return closed(request, token).await;
    };
    let template = Page {
        frame: Frame::load(request).await,
        form_errors,
        token,
        invitation,
        name: fields.one("name"),
        email: fields.one("email"),
        language: Language::parse(&fields.one("language"))
            .unwrap_or(Language::of(request.caller.language)),
    };
    Ok(response::page(&template, status))
}

/// Why an invitation does not work, and whom to contact. A user who accepted it is redirected to the forum.
async fn closed(request: &PageRequest, token: String) -> PageResult {
    let state = state(request, token).await?;
    let explanation = match state {
        Some(InvitationState::Accepted) if request.caller.actor.member().is_some() => {
            return Ok(response::redirect("/"));
        }
        Some(InvitationState::Accepted) => "closed-invitation-accepted",
        Some(InvitationState::Revoked) => "closed-invitation-revoked",
        Some(InvitationState::Expired | InvitationState::Open) => "closed-invitation-expired",
        None => "closed-unknown",
    };
    Ok(refusal::closed(
        request,
        state.is_some(),
        explanation,
        "closed-invitation-whom",
    )
    .await)
}

async fn state(request: &PageRequest, token: String) -> Result<Option<InvitationState>, PageError> {
    let variables = invitation_state_query::Variables { token };
    let found = execute::<InvitationStateQuery>(&request.web, &request.caller, variables).await?;
    Ok(found.invitation_state)
}

/// The form was sent before: its sender signs in with its contents.
async fn accepted_before(request: &PageRequest, token: String, fields: &Fields) -> PageResult {
    if state(request, token.clone()).await? != Some(InvitationState::Accepted) {
        return closed(request, token).await;
    }
    let email = fields.given("email").unwrap_or(fields.one("username"));
    match session::sign_in_and_redirect(request, email, fields.one("password"), None, "/").await {
        Ok(entered) => Ok(entered),
        Err(_) => Ok(response::redirect("/sign-in?accepted=true")),
    }
}

/// Accepts the invitation, and signs in.
pub async fn send(
    request: PageRequest,
    Path(token): Path<String>,
    fields: SubmittedForm,
) -> PageResult {
    match accept_invitation(&request, &token, &fields).await {
        Ok(done) => {
            let opened = session::NewSession {
                token: &done.token,
                device_token: &done.device_token,
            };
            Ok(session::signed_in(&request, &opened, "/"))
        }
        Err(PageError::NotFound) => accepted_before(&request, token, &fields).await,
        Err(error) => {
            let (status, form_errors) = FormErrors::from_error(error)?;
            page(&request, token, &fields, Some(form_errors), status).await
        }
    }
}

async fn accept_invitation(
    request: &PageRequest,
    token: &str,
    fields: &Fields,
) -> Result<accept_mutation::AcceptMutationAcceptInvitation, PageError> {
    let is_own = !passes_for_office(request, token, &fields.one("name")).await?;
    let mut check = Check::of(request, fields)
        .name("name")
        .unless(is_own, "name", Fault::NameOfOffice)
        .password("password", request.web.config.limits.password_length)
        .choice_labelled("language", "ownLanguage", Language::parse);
    if fields.given("email").is_some() {
        check = check.email("email");
    }
    check.finish()?;
    let variables = accept_mutation::Variables {
        input: accept_mutation::AcceptInvitationInput {
            token: token.to_string(),
            name: fields.one("name"),
            password: fields.one("password"),
            language: check::require_choice(request, fields, "language", Language::parse)?,
            email: fields.given("email"),
        },
    };
    let done = execute::<AcceptMutation>(&request.web, &request.caller, variables).await?;
    payload(done.accept_invitation, &request.caller)
}

/// Whether a name could be taken for an office that the invitation does not confer.
async fn passes_for_office(
    request: &PageRequest,
    token: &str,
    name: &str,
) -> Result<bool, PageError> {
    let variables = invitation_query::Variables {
        token: token.to_string(),
    };
    let found = execute::<InvitationQuery>(&request.web, &request.caller, variables).await?;
    let role = found.invitation.ok_or(PageError::NotFound)?.role;
    Ok(offices::impersonates_office(name, role.inner()))
}
