//! Invitations: making, listing and revoking them, and coming in by one.

use askama::Template;
use axum::Form;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::routing::post;
use graphql_client::GraphQLQuery;

use crate::web::Asked;
use crate::web::Web;
use crate::web::account;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::client::payload;
use crate::web::concepts;
use crate::web::concepts::Choice;
use crate::web::days;
use crate::web::forms;
use crate::web::forms::Fields;
use crate::web::forms::Trouble;
use crate::web::frame::Frame;
use crate::web::text::Text;
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
    extern_enums("Role", "InvitationState")
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
    delegations: Vec<Choice>,
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
    Ok(ListPage {
        frame: Frame::load(asked).await,
        trouble,
        found: found.viewer.invitations,
        delegations: concepts::delegations(asked).await?,
        key: if link.is_some() {
            forms::new_key()
        } else {
            fields.key()
        },
        email: fields.one("email"),
        title: fields.one("title"),
        role: Role::read(&fields.one("role")).unwrap_or(Role::Delegate),
        capacity: Capacity::read(&fields.one("capacity")).unwrap_or(Capacity::Personal),
        delegation: fields.one("delegationId"),
        mandate_until: fields.one("mandateUntil"),
        link,
    })
}

async fn invite(asked: Asked, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let fields = Fields(fields);
    let variables = invite_mutation::Variables {
        input: invite_mutation::InviteInput {
            key: fields.key(),
            email: fields.one("email"),
            role: Role::read(&fields.one("role")).unwrap_or(Role::Delegate),
            delegation_id: fields.one("delegationId"),
            capacity: Capacity::read(&fields.one("capacity")).unwrap_or(Capacity::Personal),
            title: fields.one("title"),
            // Through that day.
            mandate_until: fields
                .given("mandateUntil")
                .and_then(|day| days::ends(&day)),
        },
    };
    if fields
        .given("mandateUntil")
        .is_some_and(|day| !is_day(&day))
    {
        let message = Text {
            language: asked.caller.language,
            time_zone: None,
        }
        .t("field-date-malformed");
        let trouble = Trouble::of("mandateUntil", message);
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return list(&asked, &fields, Some(trouble), None, status).await;
    }
    let done = ask::<InviteMutation>(&asked.web, &asked.caller, variables).await;
    match done.and_then(|done| payload(done.invite, &asked.caller)) {
        Ok(done) => {
            let empty = Fields(Vec::new());
            let link = Some(done.link);
            list(&asked, &empty, None, link, StatusCode::OK).await
        }
        Err(error) => match forms::trouble(error) {
            Ok((status, trouble)) => list(&asked, &fields, Some(trouble), None, status).await,
            Err(error) => forms::refuse(&asked, error).await,
        },
    }
}

/// Whether a day is written as browsers write it; one without a date field sends whatever was typed.
fn is_day(text: &str) -> bool {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    time::Date::parse(text, &format).is_ok()
}

async fn revoke(asked: Asked, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let variables = revoke_invitation_mutation::Variables {
        id: Fields(fields).one("invitationId"),
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
        return forms::refuse(asked, PageError::NotFound).await;
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

async fn accept(
    asked: Asked,
    Path(token): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let fields = Fields(fields);
    let variables = accept_mutation::Variables {
        input: accept_mutation::AcceptInvitationInput {
            token: token.clone(),
            name: fields.one("name"),
            password: fields.one("password"),
            language: Language::read(&fields.one("language")).unwrap_or(Language::En),
            email: fields.given("email"),
        },
    };
    let done = ask::<AcceptMutation>(&asked.web, &asked.caller, variables).await;
    match done.and_then(|done| payload(done.accept_invitation, &asked.caller)) {
        Ok(done) => {
            let opened = account::Opened {
                token: &done.token,
                device_token: &done.device_token,
            };
            account::signed_in(&asked, &opened, "/")
        }
        Err(error) => match forms::trouble(error) {
            Ok((status, trouble)) => {
                accept_page(&asked, token, &fields, Some(trouble), status).await
            }
            Err(error) => forms::refuse(&asked, error).await,
        },
    }
}
