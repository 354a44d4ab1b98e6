//! Signing in and out, and changes of the own account.

use async_graphql::Context;
use async_graphql::InputObject;
use async_graphql::Object;
use async_graphql::SimpleObject;

use crate::base::actor::Actor;
use crate::base::error::Result;
use crate::forum::accounts::invitation;
use crate::forum::accounts::profile;
use crate::forum::accounts::session;
use crate::forum::accounts::session::Opened;
use crate::forum::accounts::sign_in;
use crate::graph::asked::Asked;
use crate::graph::asked::asked;
use crate::graph::asked::mutate;
use crate::graph::ids::SessionId;
use crate::graph::payload::payload;
use crate::graph::person::Person;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Language;
use crate::graph::viewer::Viewer;
use crate::graph::viewer::sessions::Session;

/// What signs somebody in.
#[derive(InputObject)]
pub struct SignInInput {
    /// The e-mail address of the account.
    email: String,
    /// Its password.
    password: String,
    /// The `deviceToken` of an earlier sign-in to this account on the same device, so that wrong passwords tried elsewhere do
    /// not keep it out. One that is not known any more counts as none.
    device_token: Option<String>,
}

/// The session just opened.
#[derive(SimpleObject)]
pub struct SignInPayload {
    /// The session's secret, shown this once. Send it as `Authorization: Bearer …`.
    token: String,
    /// When the session ends by itself.
    expires_at: DateTime,
    /// The mark of this device, a secret shown this once: keep it for the next `signIn` to the same account. It opens nothing by
    /// itself, and ends when the session is revoked or the password is changed elsewhere, or half a year after its last use unless
    /// configured otherwise.
    device_token: String,
    /// Who asks from now on.
    viewer: Viewer,
}

payload!(SignOutPayload, "What is left after signing out.", viewer: Viewer, "Who asks from now on: a visitor.");

/// A session to be ended.
#[derive(InputObject)]
pub struct RevokeSessionInput {
    /// Which of the own sessions.
    session_id: SessionId,
}

payload!(RevokeSessionPayload, "The ended session.", session: Session, "The session.");

/// A person's words on coming in.
#[derive(InputObject)]
pub struct AcceptInvitationInput {
    /// The secret part of the link.
    token: String,
    /// The name to go by, 1 to 120 characters. INVALID for one that passes for an office of the forum or another member.
    name: String,
    /// The password to sign in with: at least 10 characters unless configured otherwise, at most 200.
    password: String,
    /// The language of messages.
    language: Language,
    /// The address to sign in with, for the first account only; other invitations name it.
    email: Option<String>,
}

/// The account just made, signed in.
#[derive(SimpleObject)]
pub struct AcceptInvitationPayload {
    /// The session's secret, shown this once. Send it as `Authorization: Bearer …`.
    token: String,
    /// When the session ends by itself.
    expires_at: DateTime,
    /// The mark of this device, a secret shown this once: keep it for the next `signIn` to the same account. It opens nothing by
    /// itself, and ends when the session is revoked or the password is changed elsewhere, or half a year after its last use unless
    /// configured otherwise.
    device_token: String,
    /// Who asks from now on.
    viewer: Viewer,
}

/// Changes of the own account; what is left out stays.
#[derive(InputObject)]
pub struct ChangeProfileInput {
    /// The name to go by, 1 to 120 characters. DENIED for who is muted or suspended; INVALID for one that passes for an office of
    /// the forum or another member; TOO_MANY beyond 10 changes in 30 days unless configured otherwise.
    name: Option<String>,
    /// The language of messages.
    language: Option<Language>,
    /// The IANA name of the time zone in which moments are shown; empty for UTC. INVALID for one that does not exist.
    time_zone: Option<String>,
    /// Whether pages come without scripts and ornament.
    text_only: Option<bool>,
    /// Whether pages announce to screen readers what arrives.
    announces: Option<bool>,
}

payload!(ChangeProfilePayload, "The changed account.", person: Person, "The person as they are now.");

/// A change of the own password.
#[derive(InputObject)]
pub struct ChangePasswordInput {
    /// The password until now.
    current_password: String,
    /// The password from now on: at least 10 characters unless configured otherwise, at most 200.
    new_password: String,
}

/// What is left after the change: this session; all others have ended.
#[derive(SimpleObject)]
pub struct ChangePasswordPayload {
    /// Who asks.
    viewer: Viewer,
}

#[derive(Default)]
pub struct ViewerMutation;

#[Object]
impl ViewerMutation {
    /// Opens a session. A wrong address and a wrong password get the same answer (INVALID, field `password`); after too
    /// many failures in 15 minutes TOO_MANY says when to try again. A device that is known by its `deviceToken` is counted by
    /// itself.
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Address and password.")] input: SignInInput,
    ) -> Result<Option<SignInPayload>> {
        let asked = asked(ctx);
        let attempt = sign_in::Attempt {
            email: &input.email,
            password: &input.password,
            device_token: input.device_token.as_deref(),
        };
        let sign_in = sign_in::sign_in(&asked.forum, &asked.caller, attempt);
        let opened = mutate(asked, sign_in).await?;
        let device_token = opened.device_token.clone();
        let (token, expires_at) = enter(asked, opened).await?;
        Ok(Some(SignInPayload {
            token,
            expires_at,
            device_token,
            viewer: Viewer,
        }))
    }

    /// Ends the session that asks, here and on its open sockets.
    async fn sign_out(&self, ctx: &Context<'_>) -> Result<Option<SignOutPayload>> {
        let asked = asked(ctx);
        let actor = asked.actor();
        if let Some(id) = actor.member().and_then(|member| member.session_id) {
            mutate(asked, session::end(&asked.forum, &actor, id)).await?;
        }
        asked.become_actor(Actor::Visitor);
        Ok(Some(SignOutPayload { viewer: Viewer }))
    }

    /// Ends one of the own sessions, also on its open sockets, and forgets the device from which it was opened. Another
    /// person's is NOT_FOUND.
    async fn revoke_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session.")] input: RevokeSessionInput,
    ) -> Result<Option<RevokeSessionPayload>> {
        let asked = asked(ctx);
        let id = input.session_id.uuid()?;
        let ended = mutate(asked, session::revoke(&asked.forum, &asked.actor(), id)).await?;
        Ok(Some(RevokeSessionPayload {
            session: Session(ended),
        }))
    }

    /// Makes an account by an invitation, and signs it in. A link that is used, revoked, expired or unknown is NOT_FOUND.
    async fn accept_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link's secret, and who comes in.")] input: AcceptInvitationInput,
    ) -> Result<Option<AcceptInvitationPayload>> {
        let asked = asked(ctx);
        let acceptance = invitation::Acceptance {
            token: &input.token,
            name: &input.name,
            password: &input.password,
            language: input.language.into(),
            email: input.email.as_deref(),
        };
        let accept = invitation::accept(&asked.forum, &asked.caller, acceptance);
        let opened = mutate(asked, accept).await?;
        let device_token = opened.device_token.clone();
        let (token, expires_at) = enter(asked, opened).await?;
        Ok(Some(AcceptInvitationPayload {
            token,
            expires_at,
            device_token,
            viewer: Viewer,
        }))
    }

    /// Changes the own name, language, time zone, or how pages come.
    async fn change_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be changed.")] input: ChangeProfileInput,
    ) -> Result<Option<ChangeProfilePayload>> {
        let asked = asked(ctx);
        let wanted = profile::Profile {
            name: input.name,
            language: input.language.map(Into::into),
            time_zone: input.time_zone,
            text_only: input.text_only,
            announces: input.announces,
        };
        let changed = mutate(asked, profile::change(&asked.forum, &asked.actor(), wanted)).await?;
        Ok(Some(ChangeProfilePayload {
            person: Person(changed),
        }))
    }

    /// Changes the own password, ends all other sessions and forgets their devices. A wrong current password is INVALID.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The passwords until now and from now on.")] input: ChangePasswordInput,
    ) -> Result<Option<ChangePasswordPayload>> {
        let asked = asked(ctx);
        mutate(
            asked,
            profile::change_password(
                &asked.forum,
                &asked.actor(),
                &input.current_password,
                &input.new_password,
            ),
        )
        .await?;
        Ok(Some(ChangePasswordPayload { viewer: Viewer }))
    }
}

/// Lets the owner of a session just opened ask from here on.
pub async fn enter(asked: &Asked, opened: Opened) -> Result<(String, DateTime)> {
    let actor = session::actor_of_token(&asked.forum.store, &opened.token).await?;
    asked.become_actor(actor);
    Ok((opened.token, DateTime(opened.session.expires_at)))
}
