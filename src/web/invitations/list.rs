//! The own invitations: making, listing and revoking them.

use askama::Template;
use axum::http::StatusCode;

use crate::base::limit;
use crate::web::client::ask;
use crate::web::client::document;
use crate::web::client::payload;
use crate::web::concepts;
use crate::web::concepts::Choice;
use crate::web::days;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check;
use crate::web::forms::check::Check;
use crate::web::forms::fields;
use crate::web::forms::fields::Fields;
use crate::web::forms::trouble::Trouble;
use crate::web::frame::Frame;
use crate::web::request::Asked;
use crate::web::request::Sent;
use crate::web::response;
use crate::web::response::Standing;
use crate::web::words::Capacity;
use crate::web::words::InvitationState;
use crate::web::words::Role;

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
    trouble: Option<Trouble>,
    found: invitations_query::InvitationsQueryViewerInvitations,
    /// What the user may assign.
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
    /// The link of the invitation just made, shown only once.
    link: Option<String>,
}

/// Shows the list and the form.
pub async fn show(asked: Asked) -> PageResult {
    page(&asked, &Fields::default(), None, None, StatusCode::OK).await
}

async fn page(
    asked: &Asked,
    fields: &Fields,
    trouble: Option<Trouble>,
    link: Option<String>,
    status: impl Into<Standing>,
) -> PageResult {
    let template = load(asked, fields, trouble, link).await?;
    Ok(response::page(&template, status))
}

async fn load(
    asked: &Asked,
    fields: &Fields,
    trouble: Option<Trouble>,
    link: Option<String>,
) -> Result<Page, PageError> {
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
    let is_secretariat = found.viewer.role == Role::Secretariat;
    let (delegations, capacities) = match is_secretariat {
        true => (concepts::delegations(asked).await?, Capacity::ALL.to_vec()),
        false => (own(mandates()), within(mandates())),
    };
    Ok(Page {
        frame: Frame::load(asked).await,
        trouble,
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
        role: Role::read(&fields.one("role")).unwrap_or(Role::Delegate),
        capacity: Capacity::read(&fields.one("capacity")).unwrap_or(Capacity::Personal),
        delegation: fields.one("delegationId"),
        mandate_until: fields.plain("mandateUntil").unwrap_or_default(),
        link,
    })
}

type Held = invitations_query::InvitationsQueryViewerMandatesEdgesNode;

/// The delegations of a person's mandates.
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

/// The capacities that a person's mandates cover, from the least binding.
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

/// Makes an invitation, and shows its link.
pub async fn invite(asked: Asked, fields: Sent) -> PageResult {
    match make(&asked, &fields).await {
        Ok(link) => page(&asked, &Fields::default(), None, Some(link), StatusCode::OK).await,
        Err(error) => {
            let (status, trouble) = Trouble::from_error_or_denied(error)?;
            page(&asked, &fields, Some(trouble), None, status).await
        }
    }
}

/// Makes an invitation; returns its link.
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
            role: check::chosen(asked, fields, "role", Role::read)?,
            delegation_id: fields.one("delegationId"),
            capacity: check::chosen(asked, fields, "capacity", Capacity::read)?,
            title: fields.one("title"),
            // That day is included.
            mandate_until: fields
                .plain("mandateUntil")
                .and_then(|day| days::ends(&day).ok()),
        },
    };
    let done = ask::<InviteMutation>(&asked.web, &asked.caller, variables).await?;
    Ok(payload(done.invite, &asked.caller)?.link)
}

/// Revokes an invitation.
pub async fn revoke(asked: Asked, fields: Sent) -> PageResult {
    let variables = revoke_invitation_mutation::Variables {
        id: fields.one("invitationId"),
    };
    ask::<RevokeInvitationMutation>(&asked.web, &asked.caller, variables).await?;
    Ok(response::see_other("/invitations"))
}
