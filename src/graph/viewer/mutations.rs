//! Mutations: signing in and out, and changes of the caller's account.

use async_graphql::Context;
use async_graphql::InputObject;
use async_graphql::Object;
use async_graphql::SimpleObject;

use crate::base::actor::Actor;
use crate::base::error::Result;
use crate::forum::accounts::invitation;
use crate::forum::accounts::profile;
use crate::forum::accounts::session;
use crate::forum::accounts::session::NewSession;
use crate::forum::accounts::sign_in;
use crate::graph::context::RequestContext;
use crate::graph::context::mutate;
use crate::graph::context::request;
use crate::graph::ids::SessionId;
use crate::graph::payload::payload;
use crate::graph::person::Person;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Language;
use crate::graph::viewer::Viewer;
use crate::graph::viewer::sessions::Session;

/// The credentials for signing in.
#[derive(InputObject)]
pub struct SignInInput {
    /// The e-mail address of the account.
    email: String,
    /// Its password.
    password: String,
    /// The `deviceToken` of an earlier sign-in to this account on the same device, so that wrong passwords tried
    /// elsewhere do not block this device. A token that is no longer known is ignored.
    device_token: Option<String>,
}

/// The new session.
#[derive(SimpleObject)]
pub struct SignInPayload {
    /// The session's secret, shown only this once. Send it as `Authorization: Bearer …`.
    token: String,
    /// When the session expires.
    expires_at: DateTime,
    /// A secret that identifies this device, shown only this once: keep it for the next `signIn` to the same account.
    /// It gives no access by itself. It ends when the session is revoked, when the password is changed elsewhere, or
    /// half a year after its last use unless configured otherwise.
    device_token: String,
    /// The caller from now on.
    viewer: Viewer,
}

payload!(SignOutPayload, "The result of signing out.", viewer: Viewer, "The caller from now on: a visitor.");

/// A session to end.
#[derive(InputObject)]
pub struct RevokeSessionInput {
    /// The caller's session to end.
    session_id: SessionId,
}

payload!(RevokeSessionPayload, "The ended session.", session: Session, "The session.");

/// The details of a person who accepts an invitation.
#[derive(InputObject)]
pub struct AcceptInvitationInput {
    /// The secret part of the link.
    token: String,
    /// The person's name, 1 to 120 characters. INVALID if it could be mistaken for an office of the forum or for
    /// another member.
    name: String,
    /// The password for signing in: at least 10 characters unless configured otherwise, at most 200.
    password: String,
    /// The language of messages.
    language: Language,
    /// The e-mail address for signing in, for the first account only; other invitations already contain it.
    email: Option<String>,
}

/// The new account, signed in.
#[derive(SimpleObject)]
pub struct AcceptInvitationPayload {
    /// The session's secret, shown only this once. Send it as `Authorization: Bearer …`.
    token: String,
    /// When the session expires.
    expires_at: DateTime,
    /// A secret that identifies this device, shown only this once: keep it for the next `signIn` to the same account.
    /// It gives no access by itself. It ends when the session is revoked, when the password is changed elsewhere, or
    /// half a year after its last use unless configured otherwise.
    device_token: String,
    /// The caller from now on.
    viewer: Viewer,
}

/// Changes to the caller's account; fields that are left out stay unchanged.
#[derive(InputObject)]
pub struct ChangeProfileInput {
    /// The new name, 1 to 120 characters. DENIED while the caller is muted or suspended; INVALID if it could be
    /// mistaken for an office of the forum or for another member; TOO_MANY beyond 10 changes in 30 days unless
    /// configured otherwise.
    name: Option<String>,
    /// The language of messages.
    language: Option<Language>,
    /// The IANA name of the time zone in which times are shown; empty for UTC. INVALID if there is no such zone.
    time_zone: Option<String>,
    /// Whether pages are served without scripts and decoration.
    text_only: Option<bool>,
    /// Whether pages announce new content to screen readers.
    announces: Option<bool>,
}

payload!(ChangeProfilePayload, "The changed account.", person: Person, "The person in their current state.");

/// A change of the caller's password.
#[derive(InputObject)]
pub struct ChangePasswordInput {
    /// The current password.
    current_password: String,
    /// The new password: at least 10 characters unless configured otherwise, at most 200.
    new_password: String,
}

/// The result of the change: this session remains; all others have ended.
#[derive(SimpleObject)]
pub struct ChangePasswordPayload {
    /// The caller.
    viewer: Viewer,
}

#[derive(Default)]
pub struct ViewerMutation;

#[Object]
impl ViewerMutation {
    /// Opens a session. A wrong address and a wrong password get the same error (INVALID, field `password`); after too
    /// many failures in 15 minutes, TOO_MANY says when to try again. The failures of a device that is known by its
    /// `deviceToken` are counted separately.
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The address and password.")] input: SignInInput,
    ) -> Result<Option<SignInPayload>> {
        let request = request(ctx);
        let attempt = sign_in::Attempt {
            email: &input.email,
            password: &input.password,
            device_token: input.device_token.as_deref(),
        };
        let sign_in = sign_in::sign_in(&request.forum, &request.caller, attempt);
        let opened = mutate(request, sign_in).await?;
        let device_token = opened.device_token.clone();
        let (token, expires_at) = sign_in_as(request, opened).await?;
        Ok(Some(SignInPayload {
            token,
            expires_at,
            device_token,
            viewer: Viewer,
        }))
    }

    /// Ends the caller's current session, including its open sockets.
    async fn sign_out(&self, ctx: &Context<'_>) -> Result<Option<SignOutPayload>> {
        let request = request(ctx);
        let actor = request.actor();
        if let Some(id) = actor.member().and_then(|member| member.session_id) {
            mutate(request, session::end(&request.forum, &actor, id)).await?;
        }
        request.set_actor(Actor::Visitor);
        Ok(Some(SignOutPayload { viewer: Viewer }))
    }

    /// Ends one of the caller's sessions, including its open sockets, and forgets the device that opened it. NOT_FOUND
    /// for another person's session.
    async fn revoke_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session.")] input: RevokeSessionInput,
    ) -> Result<Option<RevokeSessionPayload>> {
        let request = request(ctx);
        let id = input.session_id.uuid()?;
        let ended = mutate(
            request,
            session::revoke(&request.forum, &request.actor(), id),
        )
        .await?;
        Ok(Some(RevokeSessionPayload {
            session: Session(ended),
        }))
    }

    /// Creates an account from an invitation, and signs the person in. NOT_FOUND for a link that is used, revoked,
    /// expired or unknown.
    async fn accept_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link's secret, and the details of the person.")]
        input: AcceptInvitationInput,
    ) -> Result<Option<AcceptInvitationPayload>> {
        let request = request(ctx);
        let acceptance = invitation::Acceptance {
            token: &input.token,
            name: &input.name,
            password: &input.password,
            language: input.language.into(),
            email: input.email.as_deref(),
        };
        let accept = invitation::accept(&request.forum, &request.caller, acceptance);
        let opened = mutate(request, accept).await?;
        let device_token = opened.device_token.clone();
        let (token, expires_at) = sign_in_as(request, opened).await?;
        Ok(Some(AcceptInvitationPayload {
            token,
            expires_at,
            device_token,
            viewer: Viewer,
        }))
    }

    /// Changes the caller's name, language, time zone, or how pages are served.
    async fn change_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: ChangeProfileInput,
    ) -> Result<Option<ChangeProfilePayload>> {
        let request = request(ctx);
        let wanted = profile::Profile {
            name: input.name,
            language: input.language.map(Into::into),
            time_zone: input.time_zone,
            text_only: input.text_only,
            announces: input.announces,
        };
        let changed = mutate(
            request,
            profile::change(&request.forum, &request.actor(), wanted),
        )
        .await?;
        Ok(Some(ChangeProfilePayload {
            person: Person(changed),
        }))
    }

    /// Changes the caller's password, ends all other sessions and forgets their devices. INVALID for a wrong current
    /// password.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The current password and the new one.")] input: ChangePasswordInput,
    ) -> Result<Option<ChangePasswordPayload>> {
        let request = request(ctx);
        mutate(
            request,
            profile::change_password(
                &request.forum,
                &request.actor(),
                &input.current_password,
                &input.new_password,
            ),
        )
        .await?;
        Ok(Some(ChangePasswordPayload { viewer: Viewer }))
    }
}

/// Makes the owner of a new session the actor of this operation.
pub async fn sign_in_as(
    request: &RequestContext,
    opened: NewSession,
) -> Result<(String, DateTime)> {
    let actor = session::actor_of_token(&request.forum.store, &opened.token).await?;
    request.set_actor(actor);
    Ok((opened.token, DateTime(opened.session.expires_at)))
}
