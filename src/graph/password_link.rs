//! Links to set a new password, in the API.

use async_graphql::Context;
use async_graphql::Description;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use async_graphql::SimpleObject;
use uuid::Uuid;

use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::forum::accounts::password_link;
use crate::graph::connection::connection;
use crate::graph::context::mutate;
use crate::graph::context::read_view;
use crate::graph::context::request;
use crate::graph::ids::PersonId;
use crate::graph::person;
use crate::graph::person::Person;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::PasswordLinkState;
use crate::graph::viewer;
use crate::graph::viewer::Viewer;

/// The record that a person was given a link to set a new password. Visible to that person, and to the holder of the
/// link.
#[derive(Description)]
pub struct PasswordLink(pub password_link::Model);

connection!(
    "links to set a new password",
    PasswordLink,
    PasswordLinkEdge,
    PasswordLinkConnection
);

#[Object(use_type_description)]
impl PasswordLink {
    /// Its global id, with which its person can find it.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::PasswordLink, self.0.id))
    }

    /// Its current state.
    async fn state(&self, ctx: &Context<'_>) -> PasswordLinkState {
        self.0.state(read_view(ctx).now()).into()
    }

    /// The e-mail address of the account, while it is open; null afterwards.
    async fn email(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let view = read_view(ctx);
        if self.0.state(view.now()) != password_link::State::Open {
            return Ok(None);
        }
        let person = person::require(&view, self.0.person_id).await?;
        Ok(Some(person.0.email))
    }

    /// The person who made it; null when the operator made it, from the command line.
    async fn made_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        match self.0.made_by {
            Some(id) => person::load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it expires.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }

    /// When a password was set with it; null when none was.
    async fn used_at(&self) -> Option<DateTime> {
        self.0.used_at.map(DateTime)
    }
}

#[derive(Default)]
pub struct PasswordLinkQuery;

#[Object]
impl PasswordLinkQuery {
    /// Returns the state of a link to set a new password, for the holder of the link; null when the link is unknown.
    async fn password_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The secret part of the link.")] token: String,
    ) -> Result<Option<PasswordLink>> {
        let view = read_view(ctx);
        let found = password_link::with_token(view.rows().await?, &token).await?;
        Ok(found.map(PasswordLink))
    }
}

/// The person for whom to make a link.
#[derive(InputObject)]
pub struct MakePasswordLinkInput {
    /// Idempotency key, made by the client for this link. Sending it again returns the same link.
    key: Uuid,
    /// The person who has forgotten their password.
    person_id: PersonId,
}

/// The new link.
#[derive(SimpleObject)]
pub struct MakePasswordLinkPayload {
    /// The link as its person sees it.
    password_link: PasswordLink,
    /// The link to pass on. It works once, for 24 hours unless configured otherwise, and is not shown again.
    link: String,
}

/// A new password, and the link that allows the caller to set it.
#[derive(InputObject)]
pub struct ChoosePasswordInput {
    /// The secret part of the link.
    token: String,
    /// The new password: at least 10 characters unless configured otherwise, at most 200.
    password: String,
}

/// The session that was opened with the new password; all other sessions of the person have ended.
#[derive(SimpleObject)]
pub struct ChoosePasswordPayload {
    /// The session's secret, shown only this once. Send it as `Authorization: Bearer …`.
    token: String,
    /// When the session expires.
    expires_at: DateTime,
    /// The secret that identifies this device, as returned by `signIn`.
    device_token: String,
    /// The caller from now on.
    viewer: Viewer,
}

#[derive(Default)]
pub struct PasswordLinkMutation;

#[Object]
impl PasswordLinkMutation {
    /// Makes a link with which a person who has forgotten their password sets a new one; it replaces any earlier link.
    /// The Secretariat makes one for anyone; a focal point for delegates and focal points who speak only for the focal
    /// point's own delegation, up to the focal point's own capacity (else DENIED); nobody for themselves. The person
    /// sees who made it, and when.
    async fn make_password_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person for whom to make the link.")] input: MakePasswordLinkInput,
    ) -> Result<Option<MakePasswordLinkPayload>> {
        let request = request(ctx);
        let person = input.person_id.uuid_of("personId")?;
        let actor = request.actor();
        let make = password_link::make(&request.forum, &actor, input.key, person);
        let made = mutate(request, make).await?;
        Ok(Some(MakePasswordLinkPayload {
            link: format!("{}/password/{}", request.base_url, made.token),
            password_link: PasswordLink(made.link),
        }))
    }

    /// Sets a new password with a link, ends all sessions of the person, forgets their devices, and signs in. NOT_FOUND
    /// for a link that is used, revoked, expired or unknown.
    async fn choose_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link's secret, and the new password.")] input: ChoosePasswordInput,
    ) -> Result<Option<ChoosePasswordPayload>> {
        let request = request(ctx);
        let (token, password) = (&input.token, &input.password);
        let choose = password_link::choose(&request.forum, &request.caller, token, password);
        let opened = mutate(request, choose).await?;
        let device_token = opened.device_token.clone();
        let (token, expires_at) = viewer::mutations::sign_in_as(request, opened).await?;
        Ok(Some(ChoosePasswordPayload {
            token,
            expires_at,
            device_token,
            viewer: Viewer,
        }))
    }
}
