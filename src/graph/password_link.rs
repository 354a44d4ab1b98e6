//! Links to choose a new password, in the API.

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
use crate::graph::asked::asked;
use crate::graph::asked::mutate;
use crate::graph::asked::view;
use crate::graph::connection::connection;
use crate::graph::ids::PersonId;
use crate::graph::person;
use crate::graph::person::Person;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::PasswordLinkState;
use crate::graph::viewer;
use crate::graph::viewer::Viewer;

/// That somebody was given a link to choose a new password. Seen by that person, and by who holds the link.
#[derive(Description)]
pub struct PasswordLink(pub password_link::Model);

connection!(
    "links to choose a new password",
    PasswordLink,
    PasswordLinkEdge,
    PasswordLinkConnection
);

#[Object(use_type_description)]
impl PasswordLink {
    /// Its global id, by which its person finds it.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::PasswordLink, self.0.id))
    }

    /// Where it stands.
    async fn state(&self, ctx: &Context<'_>) -> PasswordLinkState {
        self.0.state(view(ctx).now()).into()
    }

    /// The e-mail address of the account, while it is open; null afterwards.
    async fn email(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let view = view(ctx);
        if self.0.state(view.now()) != password_link::State::Open {
            return Ok(None);
        }
        let person = person::require(&view, self.0.person_id).await?;
        Ok(Some(person.0.email))
    }

    /// Who made it; null when the operator did, from the command line.
    async fn made_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        match self.0.made_by {
            Some(id) => person::load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Until when it works.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }

    /// When a password was chosen by it; null when none was.
    async fn used_at(&self) -> Option<DateTime> {
        self.0.used_at.map(DateTime)
    }
}

#[derive(Default)]
pub struct PasswordLinkQuery;

#[Object]
impl PasswordLinkQuery {
    /// Where a link to choose a new password stands, for whoever holds it; null when it is unknown.
    async fn password_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The secret part of the link.")] token: String,
    ) -> Result<Option<PasswordLink>> {
        let view = view(ctx);
        let found = password_link::with_token(view.rows().await?, &token).await?;
        Ok(found.map(PasswordLink))
    }
}

/// For whom to make a link.
#[derive(InputObject)]
pub struct MakePasswordLinkInput {
    /// Made by the client, unique for this link. Sent twice, it answers twice with the same link.
    key: Uuid,
    /// Who has forgotten their password.
    person_id: PersonId,
}

/// The link just made.
#[derive(SimpleObject)]
pub struct MakePasswordLinkPayload {
    /// What its person sees of it.
    password_link: PasswordLink,
    /// The link to hand over. It works once, for 24 hours unless configured otherwise, and is not shown again.
    link: String,
}

/// A new password, and the link that allows it.
#[derive(InputObject)]
pub struct ChoosePasswordInput {
    /// The secret part of the link.
    token: String,
    /// The password from now on: at least 10 characters unless configured otherwise, at most 200.
    password: String,
}

/// The session that was opened with the new password; all others of the person have ended.
#[derive(SimpleObject)]
pub struct ChoosePasswordPayload {
    /// The session's secret, shown this once. Send it as `Authorization: Bearer …`.
    token: String,
    /// When the session ends by itself.
    expires_at: DateTime,
    /// The mark of this device, as `signIn` gives it.
    device_token: String,
    /// Who asks from now on.
    viewer: Viewer,
}

#[derive(Default)]
pub struct PasswordLinkMutation;

#[Object]
impl PasswordLinkMutation {
    /// Makes a link by which somebody who has forgotten their password chooses another, in place of any made before. The
    /// Secretariat makes one for anyone; a focal point for delegates and focal points who speak for the own delegation only, up
    /// to the own capacity (else DENIED); nobody for themselves. The person sees who made it, and when.
    async fn make_password_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For whom.")] input: MakePasswordLinkInput,
    ) -> Result<Option<MakePasswordLinkPayload>> {
        let asked = asked(ctx);
        let person = input.person_id.uuid_of("personId")?;
        let actor = asked.actor();
        let make = password_link::make(&asked.forum, &actor, input.key, person);
        let made = mutate(asked, make).await?;
        Ok(Some(MakePasswordLinkPayload {
            link: format!("{}/password/{}", asked.base_url, made.token),
            password_link: PasswordLink(made.link),
        }))
    }

    /// Chooses a new password by a link, ends all sessions of the person and forgets their devices, and signs in. A link that is
    /// used, revoked, expired or unknown is NOT_FOUND.
    async fn choose_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link's secret, and the new password.")] input: ChoosePasswordInput,
    ) -> Result<Option<ChoosePasswordPayload>> {
        let asked = asked(ctx);
        let (token, password) = (&input.token, &input.password);
        let choose = password_link::choose(&asked.forum, &asked.caller, token, password);
        let opened = mutate(asked, choose).await?;
        let device_token = opened.device_token.clone();
        let (token, expires_at) = viewer::mutations::enter(asked, opened).await?;
        Ok(Some(ChoosePasswordPayload {
            token,
            expires_at,
            device_token,
            viewer: Viewer,
        }))
    }
}
