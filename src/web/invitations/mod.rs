//! Invitations: making, listing and revoking them, and coming in by one.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::routing::post;
use graphql_client::GraphQLQuery;

use crate::base::error::Fault;
use crate::base::limit;
use crate::base::offices;
use crate::web::Asked;
use crate::web::Sent;
use crate::web::Web;
use crate::web::account;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::client::payload;
use crate::web::concepts;
use crate::web::concepts::Choice;
use crate::web::days;
use crate::web::forms;
use crate::web::forms::Check;
use crate::web::forms::Fields;
use crate::web::forms::Trouble;
use crate::web::frame::Frame;
use crate::web::words::Capacity;
use crate::web::words::InvitationState;
use crate::web::words::Language;
use crate::web::words::Role;
use crate::web::words::UUID;

type DateTime = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/invitations/list.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Capacity", "Role", "InvitationState")
)]
struct InvitationsQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/invitations/invite.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Role", "Capacity")
)]
struct InviteMutation;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/invitations/revoke.graphql",
    response_derives = "Debug, Clone"
)]
struct RevokeInvitationMutation;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/invitations/invitation.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Role")
)]
struct InvitationQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/invitations/invitation.graphql",
    response_derives = "Debug, Clone",
    extern_enums("InvitationState")
)]
struct InvitationStateQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/invitations/accept.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Language")
)]
struct AcceptMutation;

/// The routes of invitations.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/invitations", get(show).post(invite))
        .route("/invitations/revoke", post(revoke))
        .route("/invitations/{token}", get(show_accept).post(accept))
}

#[derive(Template)]
#[template(path = "invitations/list.html")]
struct ListPage {
    frame: Frame,
    trouble: Option<Trouble>,
    found: invitations_query::InvitationsQueryViewerInvitations,
    /// What whoever asks may give.
    roles: Vec<Role>,
    delegations: Vec<Choice>,
    capacities: Vec<Capacity>,
    key: String,
    email: String,
    title: String,
    role: Role,
    capacity: Capacity,
    delegation: String,
    mandate_until: String,
    /// The link of the invitation just made, shown this once.
    link: Option<String>,
}

async fn show(asked: Asked) -> Response {
    let empty = Fields(Vec::new());
    list(&asked, &empty, None, None, StatusCode::OK).await
}

async fn list(
    asked: &Asked,
    fields: &Fields,
    trouble: Option<Trouble>,
    link: Option<String>,
    status: impl Into<forms::Standing>,
) -> Response {
    match load(asked, fields, trouble, link).await {
        Ok(template) => forms::page(&template, status),
        Err(error) => forms::refuse(asked, error).await,
    }
}

async fn load(
    asked: &Asked,
    fields: &Fields,
    trouble: Option<Trouble>,
    link: Option<String>,
) -> Result<ListPage, PageError> {
    let variables = invitations_query::Variables {
        after: asked.query().given("after"),
    };
    let found = ask::<InvitationsQuery>(&asked.web, &asked.caller, variables).await?;
    if !found.viewer.can_invite {
        let reason = if found.viewer.person.is_none() {
            "SIGN_IN_REQUIRED"
        } else {
            "ROLE_MAY_NOT"
        };
        return Err(PageError::Denied {
            reason: reason.to_string(),
            message: crate::base::message::text(asked.caller.language, "denied-role-may-not"),
        });
    }
    let next_key = fields.next_key(trouble.as_ref());
    let mandates = || found.viewer.mandates.edges.iter().map(|edge| &edge.node);
    let (delegations, capacities) = match found.viewer.role {
        Role::Secretariat => (concepts::delegations(asked).await?, Capacity::ALL.to_vec()),
        _ => (own(mandates()), within(mandates())),
    };
    Ok(ListPage {
        frame: Frame::load(asked).await,
        trouble,
        roles: found.viewer.roles_to_give.clone(),
        delegations,
        capacities,
        found: found.viewer.invitations,
        key: match link {
            Some(_) => forms::new_key(),
            None => next_key,
        },
        email: fields.one("email"),
        title: fields.one("title"),
        role: Role::read(&fields.one("role")).unwrap_or(Role::Delegate),
        capacity: Capacity::read(&fields.one("capacity")).unwrap_or(Capacity::Personal),
        delegation: fields.one("delegationId"),
        mandate_until: fields.plain("mandateUntil").unwrap_or_default(),
        link,
    })
}

type Held = invitations_query::InvitationsQueryViewerMandatesEdgesNode;

/// The delegations of somebody's mandates.
fn own<'a>(mandates: impl Iterator<Item = &'a Held>) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    for mandate in mandates {
        let slug = &mandate.delegation.slug;
        if choices.iter().all(|choice| choice.slug != *slug) {
            choices.push(Choice::of(slug.clone(), mandate.delegation.name.clone()));
        }
    }
    choices
}

/// The capacities that somebody's mandates cover, from the least binding.
fn within<'a>(mandates: impl Iterator<Item = &'a Held>) -> Vec<Capacity> {
    let place = |capacity: &Capacity| {
        let mut all = Capacity::ALL.iter();
        all.position(|each| each.name() == capacity.name())
    };
    let most = mandates
        .filter_map(|mandate| place(&mandate.capacity))
        .max();
    let covered = most.map_or(0, |most| most + 1);
    Capacity::ALL.iter().copied().take(covered).collect()
}

async fn invite(asked: Asked, fields: Sent) -> Response {
    match make(&asked, &fields).await {
        Ok(link) => {
            let empty = Fields(Vec::new());
            list(&asked, &empty, None, Some(link), StatusCode::OK).await
        }
        Err(error) => match forms::trouble_or_denied(error) {
            Ok((status, trouble)) => list(&asked, &fields, Some(trouble), None, status).await,
            Err(error) => forms::refuse(&asked, error).await,
        },
    }
}

/// Makes an invitation; its link.
async fn make(asked: &Asked, fields: &Fields) -> Result<String, PageError> {
    Check::of(asked, fields)
        .email("email")
        .choice("role", Role::read)
        .given("delegationId")
        .line_called("title", "personTitle", limit::PERSON_TITLE)
        .choice("capacity", Capacity::read)
        .day("mandateUntil", "mandateUntil")
        .until("mandateUntil")
        .done()?;
    let variables = invite_mutation::Variables {
        input: invite_mutation::InviteInput {
            key: fields.key(),
            email: fields.one("email"),
            role: forms::chosen(asked, fields, "role", Role::read)?,
            delegation_id: fields.one("delegationId"),
            capacity: forms::chosen(asked, fields, "capacity", Capacity::read)?,
            title: fields.one("title"),
            // Through that day.
            mandate_until: fields
                .plain("mandateUntil")
                .and_then(|day| days::ends(&day).ok()),
        },
    };
    let done = ask::<InviteMutation>(&asked.web, &asked.caller, variables).await?;
    Ok(payload(done.invite, &asked.caller)?.link)
}

async fn revoke(asked: Asked, fields: Sent) -> Response {
    let variables = revoke_invitation_mutation::Variables {
        id: fields.one("invitationId"),
    };
    match ask::<RevokeInvitationMutation>(&asked.web, &asked.caller, variables).await {
        Ok(_) => forms::see_other("/invitations"),
        Err(error) => forms::refuse(&asked, error).await,
    }
}

#[derive(Template)]
#[template(path = "invitations/accept.html")]
struct AcceptPage {
    frame: Frame,
    trouble: Option<Trouble>,
    token: String,
    invitation: invitation_query::InvitationQueryInvitation,
    name: String,
    email: String,
    language: Language,
}

async fn show_accept(asked: Asked, Path(token): Path<String>) -> Response {
    let empty = Fields(Vec::new());
    accept_page(&asked, token, &empty, None, StatusCode::OK).await
}

async fn accept_page(
    asked: &Asked,
    token: String,
    fields: &Fields,
    trouble: Option<Trouble>,
    status: impl Into<forms::Standing>,
) -> Response {
    let variables = invitation_query::Variables {
        token: token.clone(),
    };
    let invitation = match ask::<InvitationQuery>(&asked.web, &asked.caller, variables).await {
        Ok(found) => found.invitation,
        Err(error) => return forms::refuse(asked, error).await,
    };
    let Some(invitation) = invitation else {
        return closed(asked, token).await;
    };
    let template = AcceptPage {
        frame: Frame::load(asked).await,
        trouble,
        token,
        invitation,
        name: fields.one("name"),
        email: fields.one("email"),
        language: Language::read(&fields.one("language"))
            .unwrap_or(Language::of(asked.caller.language)),
    };
    forms::page(&template, status)
}

/// Why an invitation does not work, and whom to ask. Who has come in by it goes on to the forum.
async fn closed(asked: &Asked, token: String) -> Response {
    let state = match state(asked, token).await {
        Ok(state) => state,
        Err(error) => return forms::refuse(asked, error).await,
    };
    let why = match state {
        Some(InvitationState::Accepted) if asked.caller.actor.member().is_some() => {
            return forms::see_other("/");
        }
        Some(InvitationState::Accepted) => "closed-invitation-accepted",
        Some(InvitationState::Revoked) => "closed-invitation-revoked",
        Some(InvitationState::Expired | InvitationState::Open) => "closed-invitation-expired",
        None => "closed-unknown",
    };
    forms::closed(asked, state.is_some(), why, "closed-invitation-whom").await
}

async fn state(asked: &Asked, token: String) -> Result<Option<InvitationState>, PageError> {
    let variables = invitation_state_query::Variables { token };
    let found = ask::<InvitationStateQuery>(&asked.web, &asked.caller, variables).await?;
    Ok(found.invitation_state)
}

/// The form was sent before: whoever sent it signs in by what it says.
async fn accepted_before(asked: &Asked, token: String, fields: &Fields) -> Response {
    match state(asked, token.clone()).await {
        Ok(Some(InvitationState::Accepted)) => {}
        Ok(_) => return closed(asked, token).await,
        Err(error) => return forms::refuse(asked, error).await,
    }
    let email = fields.given("email").unwrap_or(fields.one("username"));
    match account::enter(asked, email, fields.one("password"), None, "/").await {
        Ok(entered) => entered,
        Err(_) => forms::see_other("/sign-in?accepted=true"),
    }
}

async fn accept(asked: Asked, Path(token): Path<String>, fields: Sent) -> Response {
    match come_in(&asked, &token, &fields).await {
        Ok(done) => {
            let opened = account::Opened {
                token: &done.token,
                device_token: &done.device_token,
            };
            account::signed_in(&asked, &opened, "/")
        }
        Err(PageError::NotFound) => accepted_before(&asked, token, &fields).await,
        Err(error) => match forms::trouble(error) {
            Ok((status, trouble)) => {
                accept_page(&asked, token, &fields, Some(trouble), status).await
            }
            Err(error) => forms::refuse(&asked, error).await,
        },
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
            language: forms::chosen(asked, fields, "language", Language::read)?,
            email: fields.given("email"),
        },
    };
    let done = ask::<AcceptMutation>(&asked.web, &asked.caller, variables).await?;
    payload(done.accept_invitation, &asked.caller)
}

/// Whether a name could be taken for an office that the invitation does not give.
async fn passes_for_office(asked: &Asked, token: &str, name: &str) -> Result<bool, PageError> {
    let variables = invitation_query::Variables {
        token: token.to_string(),
    };
    let found = ask::<InvitationQuery>(&asked.web, &asked.caller, variables).await?;
    let role = found.invitation.ok_or(PageError::NotFound)?.role;
    Ok(offices::is_passed_for(name, role.inner()))
}
