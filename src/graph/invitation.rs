//! Invitations in the API.

use async_graphql::Context;
use async_graphql::Description;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use async_graphql::SimpleObject;
use uuid::Uuid;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::forum::accounts::invitation;
use crate::forum::accounts::invite;
use crate::graph::connection::connection;
use crate::graph::context::mutate;
use crate::graph::context::read_view;
use crate::graph::context::request;
use crate::graph::delegation;
use crate::graph::delegation::Delegation;
use crate::graph::ids::InvitationId;
use crate::graph::payload::payload;
use crate::graph::person;
use crate::graph::person::Person;
use crate::graph::scalar::Capacity;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::InvitationState;
use crate::graph::scalar::Role;

/// An invitation to join with an account and a mandate. Visible to the holder of its link, the Secretariat, and focal
/// points of its delegation.
#[derive(Description)]
pub struct Invitation(pub invitation::Model);

connection!(
    "invitations",
    Invitation,
    InvitationEdge,
    InvitationConnection
);

#[Object(use_type_description)]
impl Invitation {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Invitation, self.0.id))
    }

    /// The e-mail address of the account that it creates.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// The role that it grants.
    async fn role(&self) -> Role {
        self.0.role.into()
    }

    /// The delegation of the mandate that it grants.
    async fn delegation(&self, ctx: &Context<'_>) -> Result<Delegation> {
        delegation::load(&read_view(ctx), &self.0.delegation_id)
            .await?
            .ok_or(Error::NotFound)
    }

    /// The capacity of the mandate that it grants.
    async fn capacity(&self) -> Capacity {
        self.0.capacity.into()
    }

    /// The title of the mandate that it grants.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// When the mandate that it grants ends; null for no end.
    async fn mandate_until(&self) -> Option<DateTime> {
        self.0.mandate_until.map(DateTime)
    }

    /// The person who made it; null when the program made it, at its first start or from the command line.
    async fn invited_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        match self.0.invited_by {
            Some(id) => person::load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When its link expires.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }

    /// Its current state.
    async fn state(&self, ctx: &Context<'_>) -> InvitationState {
        self.0.state(read_view(ctx).now()).into()
    }
}

#[derive(Default)]
pub struct InvitationQuery;

#[Object]
impl InvitationQuery {
    /// Returns the open invitation behind a link, for the holder of the link; null when the invitation is used,
    /// revoked, expired or unknown.
    async fn invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The secret part of the link.")] token: String,
    ) -> Result<Option<Invitation>> {
        let view = read_view(ctx);
        let found = invitation::find_by_token(view.rows().await?, &token, view.now()).await?;
        Ok(found.map(Invitation))
    }

    /// Returns the state of the invitation behind a link, for the holder of the link; null when it is unknown. It
    /// explains why `invitation` returns null.
    async fn invitation_state(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The secret part of the link.")] token: String,
    ) -> Result<Option<InvitationState>> {
        let view = read_view(ctx);
        let found = invitation::state_of_token(view.rows().await?, &token, view.now()).await?;
        Ok(found.map(Into::into))
    }
}

/// The person to invite, and the mandate to grant.
#[derive(InputObject)]
pub struct InviteInput {
    /// Idempotency key, made by the client for this invitation. Sending it again returns the same invitation and link.
    key: Uuid,
    /// The e-mail address of the account to create; it must not have an account yet.
    email: String,
    /// The role of the account.
    role: Role,
    /// The delegation of its mandate: a global id or slug.
    delegation_id: ID,
    /// The most binding capacity in which its holder may speak.
    capacity: Capacity,
    /// The holder's title or function, 1 to 120 characters.
    title: String,
    /// When the mandate ends; no end when left out.
    mandate_until: Option<DateTime>,
}

/// The new invitation.
#[derive(SimpleObject)]
pub struct InvitePayload {
    /// The invitation.
    invitation: Invitation,
    /// The link to pass on. It works once, until the invitation expires or is revoked, and is not shown in lists.
    link: String,
}

/// An invitation to revoke.
#[derive(InputObject)]
pub struct RevokeInvitationInput {
    /// The invitation.
    invitation_id: InvitationId,
}

payload!(RevokeInvitationPayload, "The revoked invitation.", invitation: Invitation, "The invitation.");

#[derive(Default)]
pub struct InvitationMutation;

#[Object]
impl InvitationMutation {
    /// Invites a person. The Secretariat invites anyone; a focal point invites delegates and focal points into their
    /// own delegation (else DENIED). INVALID for an address that already has an account.
    async fn invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person to invite, and the mandate to grant.")] input: InviteInput,
    ) -> Result<Option<InvitePayload>> {
        let request = request(ctx);
        let wanted = invite::Invite {
            key: input.key,
            email: input.email,
            role: input.role.into(),
            delegation_id: delegation::slug_of(&input.delegation_id),
            capacity: input.capacity.into(),
            title: input.title,
            mandate_until: input.mandate_until.map(|until| until.0),
        };
        let invited = mutate(
            request,
            invite::invite(&request.forum, &request.actor(), wanted),
        )
        .await?;
        Ok(Some(InvitePayload {
            link: format!("{}/invitations/{}", request.base_url, invited.token),
            invitation: Invitation(invited.invitation),
        }))
    }

    /// Revokes an invitation that has not been accepted. Anyone who may list the invitation may do so.
    async fn revoke_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation.")] input: RevokeInvitationInput,
    ) -> Result<Option<RevokeInvitationPayload>> {
        let request = request(ctx);
        let id = input.invitation_id.uuid()?;
        let revoked = mutate(
            request,
            invitation::revoke(&request.forum, &request.actor(), id),
        )
        .await?;
        Ok(Some(RevokeInvitationPayload {
            invitation: Invitation(revoked),
        }))
    }
}
