//! Who asks: the own account, sessions, and signing in and out.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use async_graphql::SimpleObject;

use crate::base::actor::Actor;
use crate::base::actor::Capacity;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::locale;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::accounts::invitation;
use crate::forum::accounts::password_link;
use crate::forum::accounts::policy;
use crate::forum::accounts::profile;
use crate::forum::accounts::session;
use crate::forum::accounts::session::Opened;
use crate::forum::accounts::sign_in;
use crate::forum::discussion;
use crate::forum::discussion::draft;
use crate::forum::discussion::post;
use crate::forum::moderation::appeal;
use crate::forum::moderation::notice;
use crate::forum::moderation::policy as moderated;
use crate::forum::moderation::proposal::list;
use crate::forum::watching::follow;
use crate::graph::asked::Asked;
use crate::graph::asked::View;
use crate::graph::asked::asked;
use crate::graph::asked::view;
use crate::graph::cases;
use crate::graph::cases::Appeal;
use crate::graph::cases::AppealConnection;
use crate::graph::cases::CaseConnection;
use crate::graph::cases::CaseFilter;
use crate::graph::cases::Proposal;
use crate::graph::cases::ProposalConnection;
use crate::graph::concept;
use crate::graph::concept::ConceptConnection;
use crate::graph::connection::connection;
use crate::graph::draft::Draft;
use crate::graph::draft::DraftConnection;
use crate::graph::draft::DraftPlaceInput;
use crate::graph::invitation::Invitation;
use crate::graph::invitation::InvitationConnection;
use crate::graph::moderation::Notice;
use crate::graph::moderation::NoticeConnection;
use crate::graph::password_link::PasswordLink;
use crate::graph::password_link::PasswordLinkConnection;
use crate::graph::person;
use crate::graph::person::Mandate;
use crate::graph::person::MandateConnection;
use crate::graph::person::Person;
use crate::graph::post::Post;
use crate::graph::post::PostConnection;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Language;
use crate::graph::scalar::Refusal;
use crate::graph::scalar::Restriction;
use crate::graph::scalar::Role;

/// Who asks.
pub struct Viewer;

connection!("sessions", Session, SessionEdge, SessionConnection);

/// Who asks.
#[Object]
impl Viewer {
    /// Its id, for clients that keep objects by their ids; that of visitors is one for all. `node` does not find it.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        let person = view(ctx).actor.person_id().unwrap_or_default();
        ID(id::of_uuid(Kind::Viewer, person))
    }

    /// The signed-in person; null for a visitor.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let view = view(ctx);
        match view.actor.person_id() {
            Some(id) => person::load(&view, id).await,
            None => Ok(None),
        }
    }

    /// The own e-mail address; null for a visitor.
    async fn email(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let view = view(ctx);
        match view.actor.person_id() {
            Some(id) => Ok(person::load(&view, id).await?.map(|person| person.0.email)),
            None => Ok(None),
        }
    }

    /// Whether others may see that the caller reads and writes; null for a visitor, who is only counted.
    async fn shows_presence(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        let view = view(ctx);
        match view.actor.person_id() {
            Some(id) => Ok(person::load(&view, id)
                .await?
                .map(|person| person.0.shows_presence)),
            None => Ok(None),
        }
    }

    /// The IANA name of the time zone in which the caller wants moments to be shown; null for UTC, for one that is no longer
    /// known, and for a visitor.
    async fn time_zone(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let own = own(&view(ctx)).await?;
        let zone = own.and_then(|person| person.0.time_zone);
        Ok(zone.and_then(|zone| locale::time_zone(&zone)))
    }

    /// The language in which the caller last wrote a post, to preset in forms; null when there is none.
    async fn last_language(&self, ctx: &Context<'_>) -> Result<Option<Language>> {
        let view = view(ctx);
        let Some(author) = view.actor.person_id() else {
            return Ok(None);
        };
        let found = post::last_language(view.rows().await?, author).await?;
        Ok(found.map(Into::into))
    }

    /// Whether the caller wants pages without scripts and ornament; false for a visitor.
    async fn text_only(&self, ctx: &Context<'_>) -> Result<bool> {
        let own = own(&view(ctx)).await?;
        Ok(own.is_some_and(|person| person.0.text_only))
    }

    /// Whether the caller wants pages to announce to screen readers what arrives; true for a visitor.
    async fn announces(&self, ctx: &Context<'_>) -> Result<bool> {
        let own = own(&view(ctx)).await?;
        Ok(own.is_none_or(|person| person.0.announces))
    }

    /// The caller's mandates that hold now, the latest start first; none for a visitor.
    async fn mandates(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "This many from the start: 0 to 100, 25 when neither `first` nor `last` is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "This many from the end: 0 to 100; not together with `first`.")]
        last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<MandateConnection> {
        let window = Window::read(first, after, last, before)?;
        let view = view(ctx);
        let Some(id) = view.actor.person_id() else {
            return Ok(MandateConnection::of(Page::of_whole(Vec::new(), &window)?));
        };
        let now = view.now();
        let mut mandates = person::mandates_of(&view, id).await?;
        mandates.retain(|mandate| mandate.is_current(now));
        view.delegations
            .expect(mandates.iter().map(|mandate| mandate.delegation_id.clone()));
        let list = mandates.into_iter().map(|each| (each.id.to_string(), each));
        let page = Page::of_whole(list.collect(), &window)?;
        Ok(MandateConnection::of(page.map(Mandate)))
    }

    /// The concepts that the caller follows, in the order in which that began; none for visitors.
    async fn followed_concepts(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "This many from the start: 0 to 100, 25 when neither `first` nor `last` is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "This many from the end: 0 to 100; not together with `first`.")]
        last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<ConceptConnection> {
        let window = Window::read(first, after, last, before)?;
        let view = view(ctx);
        let ids = follow::concepts(view.rows().await?, &view.actor).await?;
        let list = concept::load_many(&view, ids).await?;
        Ok(ConceptConnection::of(concept::page(&view, list, &window)?))
    }

    /// The caller's own drafts, the one that was kept last first; none for visitors.
    async fn drafts(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "This many from the start: 0 to 100, 25 when neither `first` nor `last` is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "This many from the end: 0 to 100; not together with `first`.")]
        last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<DraftConnection> {
        let window = Window::read(first, after, last, before)?;
        let view = view(ctx);
        let page = draft::list(view.rows().await?, &view.actor, &window).await?;
        Ok(DraftConnection::of(page.map(Draft)))
    }

    /// The caller's own draft in a place; null when there is none.
    async fn draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where it belongs.")] place: DraftPlaceInput,
    ) -> Result<Option<Draft>> {
        let view = view(ctx);
        match place.read() {
            Ok(place) => {
                let found = draft::at(view.rows().await?, &view.actor, place).await?;
                Ok(found.map(Draft))
            }
            // What is no place holds nothing.
            Err(_) => Ok(None),
        }
    }

    /// The role in force.
    async fn role(&self, ctx: &Context<'_>) -> Role {
        view(ctx).actor.role().into()
    }

    /// The language of messages for this request.
    async fn language(&self, ctx: &Context<'_>) -> Language {
        asked(ctx).caller.language.into()
    }

    /// The own open sessions, the newest first.
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "This many from the start: 0 to 100, 25 when neither `first` nor `last` is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "This many from the end: 0 to 100; not together with `first`.")]
        last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<SessionConnection> {
        let window = Window::read(first, after, last, before)?;
        let view = view(ctx);
        let list = session::list(view.rows().await?, &view.actor, view.now()).await?;
        let list = list
            .into_iter()
            .map(|each| (each.id.to_string(), each))
            .collect();
        Ok(SessionConnection::of(
            Page::of_whole(list, &window)?.map(Session),
        ))
    }

    /// Invitations, the newest first: all for the Secretariat, the own delegation's and the own for a focal point, none for others.
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "This many from the start: 0 to 100, 25 when neither `first` nor `last` is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "This many from the end: 0 to 100; not together with `first`.")]
        last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<InvitationConnection> {
        let window = Window::read(first, after, last, before)?;
        let view = view(ctx);
        let page = invitation::list(view.rows().await?, &view.actor, view.now(), &window).await?;
        let rows = || page.entries.iter().map(|(_, row)| row);
        view.delegations
            .expect(rows().map(|row| row.delegation_id.clone()));
        view.people.expect(rows().filter_map(|row| row.invited_by));
        Ok(InvitationConnection::of(page.map(Invitation)))
    }

    /// Notices to the caller that something of theirs was decided on, the newest first; none for visitors.
    async fn notices(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "This many from the start: 0 to 100, 25 when neither `first` nor `last` is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "This many from the end: 0 to 100; not together with `first`.")]
        last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<NoticeConnection> {
        let window = Window::read(first, after, last, before)?;
        let view = view(ctx);
        let page = notice::list(view.rows().await?, &view.actor, &window).await?;
        view.decisions
            .expect(page.entries.iter().map(|(_, row)| row.decision_id));
        Ok(NoticeConnection::of(page.map(Notice)))
    }

    /// The queue of cases on which the caller could decide: the open ones that wait longest first, the resolved ones with
    /// the newest first; none for whoever does not decide.
    async fn cases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<CaseFilter>,
        #[graphql(
            desc = "This many from the start: 0 to 100, 25 when neither `first` nor `last` is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "This many from the end: 0 to 100; not together with `first`.")]
        last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<CaseConnection> {
        let window = Window::read(first, after, last, before)?;
        cases::queue_of(&view(ctx), filter, &window).await
    }

    /// The decisions that wait for a second person and that the caller sees, the one waiting longest first.
    async fn proposals(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "This many from the start: 0 to 100, 25 when neither `first` nor `last` is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "This many from the end: 0 to 100; not together with `first`.")]
        last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<ProposalConnection> {
        let window = Window::read(first, after, last, before)?;
        let view = view(ctx);
        let rows = view.rows().await?;
        let page = list::list(rows, &view.actor, view.now(), &window).await?;
        Ok(ProposalConnection::of(page.map(Proposal)))
    }

    /// The caller's own appeals, the newest first; none for visitors.
    async fn appeals(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "This many from the start: 0 to 100, 25 when neither `first` nor `last` is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "This many from the end: 0 to 100; not together with `first`.")]
        last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<AppealConnection> {
        let window = Window::read(first, after, last, before)?;
        let view = view(ctx);
        let page = appeal::list(view.rows().await?, &view.actor, &window).await?;
        view.decisions
            .expect(page.entries.iter().map(|(_, row)| row.decision_id));
        Ok(AppealConnection::of(page.map(Appeal)))
    }

    /// The caller's own texts that wait for approval or were not approved, the newest first, at most 100.
    async fn waiting(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "This many from the start: 0 to 100, 25 when neither `first` nor `last` is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "This many from the end: 0 to 100; not together with `first`.")]
        last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<PostConnection> {
        let window = Window::read(first, after, last, before)?;
        let view = view(ctx);
        let found = post::waiting(view.rows().await?, &view.actor).await?;
        let list = found.into_iter().map(|row| (row.id.to_string(), row));
        let page = Page::of_whole(list.collect(), &window)?;
        Ok(PostConnection::of(page.map(Post)))
    }

    /// What a decision keeps the caller from at present; null when nothing.
    async fn restriction(&self, ctx: &Context<'_>) -> Option<Restriction> {
        view(ctx).actor.restriction().map(Into::into)
    }

    /// How many notices the caller has not read.
    async fn unread_notices(&self, ctx: &Context<'_>) -> Result<u64> {
        let view = view(ctx);
        notice::unread(view.rows().await?, &view.actor).await
    }

    /// Whether the caller decides at all; on what, `viewer` of posts and threads tells.
    async fn can_moderate(&self, ctx: &Context<'_>) -> bool {
        let view = view(ctx);
        moderated::office(&view.actor, view.now()).is_ok()
    }

    /// Whether openThread would be allowed, in a personal capacity.
    async fn can_open_thread(&self, ctx: &Context<'_>) -> bool {
        open_thread_refusal(ctx).is_none()
    }

    /// Why openThread would be denied; null when it would not.
    async fn open_thread_refusal(&self, ctx: &Context<'_>) -> Option<Refusal> {
        open_thread_refusal(ctx)
    }

    /// Whether invite would be allowed at all.
    async fn can_invite(&self, ctx: &Context<'_>) -> bool {
        let view = view(ctx);
        policy::invite_anyone(&view.actor, view.now()).is_ok()
    }

    /// The roles that the caller may give by an invitation; none for who does not invite. For which delegations, in which
    /// capacities, say the caller's `mandates`; the Secretariat gives all.
    async fn roles_to_give(&self, ctx: &Context<'_>) -> Vec<Role> {
        let view = view(ctx);
        let roles = policy::roles_to_give(&view.actor, view.now());
        roles.into_iter().map(Into::into).collect()
    }

    /// The links to choose a new password that were made for the caller, by whom and when, the newest first; none for
    /// visitors.
    async fn password_links(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "This many from the start: 0 to 100, 25 when neither `first` nor `last` is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "This many from the end: 0 to 100; not together with `first`.")]
        last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<PasswordLinkConnection> {
        let window = Window::read(first, after, last, before)?;
        let view = view(ctx);
        let page = password_link::own(view.rows().await?, &view.actor, &window).await?;
        let rows = page.entries.iter().map(|(_, row)| row);
        view.people.expect(rows.filter_map(|row| row.made_by));
        Ok(PasswordLinkConnection::of(page.map(PasswordLink)))
    }

    /// Whether the vocabulary may be changed.
    async fn can_edit_vocabulary(&self, ctx: &Context<'_>) -> bool {
        let view = view(ctx);
        policy::secretariat(&view.actor, view.now()).is_ok()
    }
}

async fn own(view: &View) -> Result<Option<Person>> {
    match view.actor.person_id() {
        Some(id) => person::load(view, id).await,
        None => Ok(None),
    }
}

fn open_thread_refusal(ctx: &Context<'_>) -> Option<Refusal> {
    let view = view(ctx);
    discussion::policy::open_thread(&view.actor, view.now(), None, Capacity::Personal)
        .err()
        .map(Into::into)
}

/// A place where somebody has signed in. Only its owner sees it.
pub struct Session(pub session::Model);

/// A place where somebody has signed in. Only its owner sees it.
#[Object]
impl Session {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Session, self.0.id))
    }

    /// When it was opened.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it ends by itself.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }

    /// What the program that signed in called itself, at most 200 characters.
    async fn user_agent(&self) -> Option<&str> {
        self.0.user_agent.as_deref()
    }

    /// Whether it is the one that asks.
    async fn current(&self, ctx: &Context<'_>) -> bool {
        let own = view(ctx)
            .actor
            .member()
            .and_then(|member| member.session_id);
        own == Some(self.0.id)
    }
}

#[derive(Default)]
pub struct ViewerQuery;

#[Object]
impl ViewerQuery {
    /// Who asks, and what is theirs.
    async fn viewer(&self) -> Viewer {
        Viewer
    }
}

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

/// What is left after signing out.
#[derive(SimpleObject)]
pub struct SignOutPayload {
    /// Who asks from now on: a visitor.
    viewer: Viewer,
}

/// A session to be ended.
#[derive(InputObject)]
pub struct RevokeSessionInput {
    /// Which of the own sessions.
    session_id: ID,
}

/// The ended session.
#[derive(SimpleObject)]
pub struct RevokeSessionPayload {
    /// The session.
    session: Session,
}

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

/// The changed account.
#[derive(SimpleObject)]
pub struct ChangeProfilePayload {
    /// The person as they are now.
    person: Person,
}

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
        asked.renew();
        let attempt = sign_in::Attempt {
            email: &input.email,
            password: &input.password,
            device_token: input.device_token.as_deref(),
        };
        let opened = sign_in::sign_in(&asked.forum, &asked.caller, attempt).await?;
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
        let actor = asked.begin_change();
        if let Some(id) = actor.member().and_then(|member| member.session_id) {
            session::end(&asked.forum, &actor, id).await?;
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
        let id = id::to_uuid(Kind::Session, &input.session_id).ok_or(Error::NotFound)?;
        let ended = session::revoke(&asked.forum, &asked.begin_change(), id).await?;
        asked.renew();
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
        asked.renew();
        let opened = invitation::accept(&asked.forum, &asked.caller, acceptance).await?;
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
        let changed = profile::change(&asked.forum, &asked.begin_change(), wanted).await?;
        asked.renew();
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
        profile::change_password(
            &asked.forum,
            &asked.begin_change(),
            &input.current_password,
            &input.new_password,
        )
        .await?;
        asked.renew();
        Ok(Some(ChangePasswordPayload { viewer: Viewer }))
    }
}

/// Lets the owner of a session just opened ask from here on.
pub(super) async fn enter(asked: &Asked, opened: Opened) -> Result<(String, DateTime)> {
    let actor = session::actor_of_token(&asked.forum.store, &opened.token).await?;
    asked.become_actor(actor);
    Ok((opened.token, DateTime(opened.session.expires_at)))
}
