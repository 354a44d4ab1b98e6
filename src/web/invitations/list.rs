//! The own invitations: making, listing and revoking them.

use askama::Template;
use axum::http::StatusCode;

use crate::base::limit;
use crate::web::api_types::Capacity;
use crate::web::api_types::InvitationState;
use crate::web::api_types::Role;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::client::payload;
use crate::web::concepts;
use crate::web::concepts::SelectOption;
use crate::web::days;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check;
use crate::web::forms::check::Check;
use crate::web::forms::fields;
use crate::web::forms::fields::Fields;
use crate::web::forms::form_errors::FormErrors;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::response;
use crate::web::response::PageStatus;

document!(InvitationsQuery, "src/web/invitations/list.graphql");
document!(InviteMutation, "src/web/invitations/invite.graphql");
document!(
    RevokeInvitationMutation,
    "src/web/invitations/revoke.graphql"
);

#[derive(Template)]
#[template(path = "invitations/list.html")]
struct Page {
    frame: Frame,
    form_errors: Option<FormErrors>,
    found: invitations_query::InvitationsQueryViewerInvitations,
    /// What the user may assign.
    roles: Vec<Role>,
    delegations: Vec<SelectOption>,
    capacities: Vec<Capacity>,
    key: String,
    email: String,
    title: String,
    role: Role,
    capacity: Capacity,
    delegation: String,
    mandate_until: String,
    /// The link of the invitation just made, shown only once.
    link: Option<String>,
}

/// Shows the list and the form.
pub async fn show(request: PageRequest) -> PageResult {
    page(&request, &Fields::default(), None, None, StatusCode::OK).await
}

async fn page(
    request: &PageRequest,
    fields: &Fields,
    form_errors: Option<FormErrors>,
    link: Option<String>,
    status: impl Into<PageStatus>,
) -> PageResult {
    let template = load(request, fields, form_errors, link).await?;
    Ok(response::page(&template, status))
}

async fn load(
    request: &PageRequest,
    fields: &Fields,
    form_errors: Option<FormErrors>,
    link: Option<String>,
) -> Result<Page, PageError> {
    let variables = invitations_query::Variables {
        after: request.query().given("after"),
    };
    let found = execute::<InvitationsQuery>(&request.web, &request.caller, variables).await?;
    if !found.viewer.can_invite {
        let reason = if found.viewer.person.is_none() {
            "SIGN_IN_REQUIRED"
        } else {
            "ROLE_MAY_NOT"
        };
        return Err(PageError::Denied {
            reason: reason.to_string(),
            message: crate::base::message::text(request.caller.language, "denied-role-may-not"),
        });
    }
    let next_key = fields.next_key(form_errors.as_ref());
    let mandates = || found.viewer.mandates.edges.iter().map(|edge| &edge.node);
    let is_secretariat = found.viewer.role == Role::Secretariat;
    let (delegations, capacities) = match is_secretariat {
        true => (
            concepts::delegations(request).await?,
            Capacity::ALL.to_vec(),
        ),
        false => (own(mandates()), within(mandates())),
    };
    Ok(Page {
        frame: Frame::load(request).await,
        form_errors,
        roles: found.viewer.roles_to_give.clone(),
        delegations,
        capacities,
        found: found.viewer.invitations,
        key: match link {
            Some(_) => fields::new_key(),
            None => next_key,
        },
        email: fields.one("email"),
        title: fields.one("title"),
        role: Role::parse(&fields.one("role")).unwrap_or(Role::Delegate),
        capacity: Capacity::parse(&fields.one("capacity")).unwrap_or(Capacity::Personal),
        delegation: fields.one("delegationId"),
        mandate_until: fields.plain("mandateUntil").unwrap_or_default(),
        link,
    })
}

type OwnMandate = invitations_query::InvitationsQueryViewerMandatesEdgesNode;

/// The delegations of a person's mandates.
fn own<'a>(mandates: impl Iterator<Item = &'a OwnMandate>) -> Vec<SelectOption> {
    let mut choices: Vec<SelectOption> = Vec::new();
    for mandate in mandates {
        let slug = &mandate.delegation.slug;
        if choices.iter().all(|choice| choice.slug != *slug) {
            choices.push(SelectOption::of(
                slug.clone(),
                mandate.delegation.name.clone(),
            ));
        }
    }
    choices
}

/// The capacities that a person's mandates cover, from the least binding.
fn within<'a>(mandates: impl Iterator<Item = &'a OwnMandate>) -> Vec<Capacity> {
    let place = |capacity: &Capacity| {
        let mut all = Capacity::ALL.iter();
        all.position(|each| each.as_str() == capacity.as_str())
    };
    let max = mandates
        .filter_map(|mandate| place(&mandate.capacity))
        .max();
    let covered = max.map_or(0, |max| max + 1);
    Capacity::ALL.iter().copied().take(covered).collect()
}

/// Makes an invitation, and shows its link.
pub async fn invite(request: PageRequest, fields: SubmittedForm) -> PageResult {
    match make(&request, &fields).await {
        Ok(link) => {
            page(
                &request,
                &Fields::default(),
                None,
                Some(link),
                StatusCode::OK,
            )
            .await
        }
        Err(error) => {
            let (status, form_errors) = FormErrors::from_error_or_denied(error)?;
            page(&request, &fields, Some(form_errors), None, status).await
        }
    }
}

/// Makes an invitation; returns its link.
async fn make(request: &PageRequest, fields: &Fields) -> Result<String, PageError> {
    Check::of(request, fields)
        .email("email")
        .choice("role", Role::parse)
        .given("delegationId")
        .line_labelled("title", "personTitle", limit::MAX_PERSON_TITLE)
        .choice("capacity", Capacity::parse)
        .day("mandateUntil", "mandateUntil")
        .until("mandateUntil")
        .finish()?;
    let variables = invite_mutation::Variables {
        input: invite_mutation::InviteInput {
            key: fields.key(),
            email: fields.one("email"),
            role: check::require_choice(request, fields, "role", Role::parse)?,
            delegation_id: fields.one("delegationId"),
            capacity: check::require_choice(request, fields, "capacity", Capacity::parse)?,
            title: fields.one("title"),
            // That day is included.
            mandate_until: fields
                .plain("mandateUntil")
                .and_then(|day| days::ends(&day).ok()),
        },
    };
    let done = execute::<InviteMutation>(&request.web, &request.caller, variables).await?;
    Ok(payload(done.invite, &request.caller)?.link)
}

/// Revokes an invitation.
pub async fn revoke(request: PageRequest, fields: SubmittedForm) -> PageResult {
    let variables = revoke_invitation_mutation::Variables {
        id: fields.one("invitationId"),
    };
    execute::<RevokeInvitationMutation>(&request.web, &request.caller, variables).await?;
    Ok(response::redirect("/invitations"))
}
