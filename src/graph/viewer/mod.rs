//! The caller: their account and sessions, and signing in and out.

pub mod mutations;
pub mod sessions;

use async_graphql::Context;
use async_graphql::Description;
use async_graphql::ID;
use async_graphql::Object;
use graph_macros::connections;

use crate::base::actor::Capacity;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::locale;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::accounts::invitation;
use crate::forum::accounts::password_link;
use crate::forum::accounts::policy;
use crate::forum::accounts::session;
use crate::forum::discussion;
use crate::forum::discussion::draft;
use crate::forum::discussion::post;
use crate::forum::moderation::appeal;
use crate::forum::moderation::notice;
use crate::forum::moderation::policy as moderated;
use crate::forum::moderation::proposal::list;
use crate::forum::watching::follow;
use crate::graph::cases;
use crate::graph::cases::Appeal;
use crate::graph::cases::AppealConnection;
use crate::graph::cases::CaseConnection;
use crate::graph::cases::CaseFilter;
use crate::graph::cases::Proposal;
use crate::graph::cases::ProposalConnection;
use crate::graph::concept;
use crate::graph::concept::ConceptConnection;
use crate::graph::context::ReadView;
use crate::graph::context::read_view;
use crate::graph::context::request;
use crate::graph::delegation::Delegations;
use crate::graph::draft::Draft;
use crate::graph::draft::DraftConnection;
use crate::graph::draft::DraftPlaceInput;
use crate::graph::invitation::Invitation;
use crate::graph::invitation::InvitationConnection;
use crate::graph::moderation::Notice;
use crate::graph::moderation::NoticeConnection;
use crate::graph::moderation::loaders::Decisions;
use crate::graph::password_link::PasswordLink;
use crate::graph::password_link::PasswordLinkConnection;
use crate::graph::person;
use crate::graph::person::Person;
use crate::graph::person::loaders::People;
use crate::graph::person::mandates::Mandate;
use crate::graph::person::mandates::MandateConnection;
use crate::graph::post::Post;
use crate::graph::post::PostConnection;
use crate::graph::scalar::Language;
use crate::graph::scalar::Refusal;
use crate::graph::scalar::Restriction;
use crate::graph::scalar::Role;
use crate::graph::viewer::sessions::Session;
use crate::graph::viewer::sessions::SessionConnection;

/// The caller.
#[derive(Description)]
pub struct Viewer;

#[connections]
#[Object(use_type_description)]
impl Viewer {
    /// Its id, for clients that cache objects by id; all visitors share one. `node` does not find it.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        let person = read_view(ctx).actor.person_id().unwrap_or_default();
        ID(id::of_uuid(Kind::Viewer, person.0))
    }

    /// The signed-in person; null for a visitor.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let view = read_view(ctx);
        match view.actor.person_id() {
            Some(id) => person::load(&view, id).await,
            None => Ok(None),
        }
    }

    /// The caller's e-mail address; null for a visitor.
    async fn email(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let view = read_view(ctx);
        match view.actor.person_id() {
            Some(id) => Ok(person::load(&view, id).await?.map(|person| person.0.email)),
            None => Ok(None),
        }
    }

    /// Whether others may see that the caller is reading and writing; null for a visitor, who is only counted.
    async fn shows_presence(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        let view = read_view(ctx);
        match view.actor.person_id() {
            Some(id) => Ok(person::load(&view, id)
                .await?
                .map(|person| person.0.shows_presence)),
            None => Ok(None),
        }
    }

    /// The IANA name of the time zone in which times are shown to the caller; null for UTC, for a time zone that is no
    /// longer known, and for a visitor.
    async fn time_zone(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let own = own(&read_view(ctx)).await?;
        let zone = own.and_then(|person| person.0.time_zone);
        Ok(zone.and_then(|zone| locale::time_zone(&zone)))
    }

    /// The language in which the caller last wrote a post, as a default for forms; null when there is none.
    async fn last_language(&self, ctx: &Context<'_>) -> Result<Option<Language>> {
        let view = read_view(ctx);
        let Some(author) = view.actor.person_id() else {
            return Ok(None);
        };
        let found = post::last_language(view.rows().await?, author).await?;
        Ok(found.map(Into::into))
    }

    /// Whether the caller wants pages without scripts and decoration; false for a visitor.
    async fn text_only(&self, ctx: &Context<'_>) -> Result<bool> {
        let own = own(&read_view(ctx)).await?;
        Ok(own.is_some_and(|person| person.0.text_only))
    }

    /// Whether the caller wants pages to announce new content to screen readers; true for a visitor.
    async fn announces(&self, ctx: &Context<'_>) -> Result<bool> {
        let own = own(&read_view(ctx)).await?;
        Ok(own.is_none_or(|person| person.0.announces))
    }

    /// The caller's current mandates, latest start first; none for a visitor.
    async fn mandates(&self, ctx: &Context<'_>, window: Window) -> Result<MandateConnection> {
        let view = read_view(ctx);
        let Some(id) = view.actor.person_id() else {
            return Ok(MandateConnection::of(Page::of_whole(Vec::new(), &window)?));
        };
        let now = view.now();
        let mut mandates = person::mandates_of(&view, id).await?;
        mandates.retain(|mandate| mandate.is_current(now));
        view.prefetch::<Delegations>(mandates.iter().map(|mandate| mandate.delegation_id.clone()));
        let list = mandates.into_iter().map(|each| (each.id.to_string(), each));
        let page = Page::of_whole(list.collect(), &window)?;
        Ok(MandateConnection::of(page.map(Mandate)))
    }

    /// The concepts that the caller follows, in the order in which the caller began to follow them; none for visitors.
    async fn followed_concepts(
        &self,
        ctx: &Context<'_>,
        window: Window,
    ) -> Result<ConceptConnection> {
        let view = read_view(ctx);
        let ids = follow::concepts(view.rows().await?, &view.actor).await?;
        let list = concept::load_many(&view, ids).await?;
        Ok(ConceptConnection::of(concept::page(&view, list, &window)?))
    }

    /// The caller's drafts, most recently saved first; none for visitors.
    async fn drafts(&self, ctx: &Context<'_>, window: Window) -> Result<DraftConnection> {
        let view = read_view(ctx);
        let page = draft::list(view.rows().await?, &view.actor, &window).await?;
        Ok(DraftConnection::of(page.map(Draft)))
    }

    /// The caller's draft in a location; null when there is none.
    async fn draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The location of the draft.")] place: DraftPlaceInput,
    ) -> Result<Option<Draft>> {
        let view = read_view(ctx);
        if view.actor.person_id().is_none() {
            return Ok(None);
        }
        match place.read() {
            Ok(place) => {
                let found = draft::at(view.rows().await?, &view.actor, place).await?;
                Ok(found.map(Draft))
            }
            // An invalid location contains no draft.
            Err(_) => Ok(None),
        }
    }

    /// The caller's effective role.
    async fn role(&self, ctx: &Context<'_>) -> Role {
        read_view(ctx).actor.role().into()
    }

    /// The language of messages for this request.
    async fn language(&self, ctx: &Context<'_>) -> Language {
        request(ctx).caller.language.into()
    }

    /// The caller's open sessions, newest first.
    async fn sessions(&self, ctx: &Context<'_>, window: Window) -> Result<SessionConnection> {
        let view = read_view(ctx);
        let list = session::list(view.rows().await?, &view.actor, view.now()).await?;
        let list = list
            .into_iter()
            .map(|each| (each.id.to_string(), each))
            .collect();
        Ok(SessionConnection::of(
            Page::of_whole(list, &window)?.map(Session),
        ))
    }

    /// Invitations, newest first: all for the Secretariat; for a focal point, those of their own delegation and those
    /// that they made; none for others.
    async fn invitations(&self, ctx: &Context<'_>, window: Window) -> Result<InvitationConnection> {
        let view = read_view(ctx);
        let page = invitation::list(view.rows().await?, &view.actor, view.now(), &window).await?;
        let rows = || page.entries.iter().map(|(_, row)| row);
        view.prefetch::<Delegations>(rows().map(|row| row.delegation_id.clone()));
        view.prefetch::<People>(rows().filter_map(|row| row.invited_by));
        Ok(InvitationConnection::of(page.map(Invitation)))
    }

    /// Notices to the caller that decisions were taken on something of theirs, newest first; none for visitors.
    async fn notices(&self, ctx: &Context<'_>, window: Window) -> Result<NoticeConnection> {
        let view = read_view(ctx);
        let page = notice::list(view.rows().await?, &view.actor, &window).await?;
        view.prefetch::<Decisions>(page.entries.iter().map(|(_, row)| row.decision_id));
        Ok(NoticeConnection::of(page.map(Notice)))
    }

    /// The queue of cases on which the caller could decide: open cases with the longest waiting first, resolved cases
    /// with the newest first; none for callers who do not decide.
    async fn cases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what matches this filter.")] filter: Option<CaseFilter>,
        window: Window,
    ) -> Result<CaseConnection> {
        cases::case_queue(&read_view(ctx), filter, &window).await
    }

    /// The decisions that wait for a second person and that the caller sees, longest waiting first.
    async fn proposals(&self, ctx: &Context<'_>, window: Window) -> Result<ProposalConnection> {
        let view = read_view(ctx);
        let rows = view.rows().await?;
        let page = list::list(rows, &view.actor, view.now(), &window).await?;
        Ok(ProposalConnection::of(page.map(Proposal)))
    }

    /// The caller's appeals, newest first; none for visitors.
    async fn appeals(&self, ctx: &Context<'_>, window: Window) -> Result<AppealConnection> {
        let view = read_view(ctx);
        let page = appeal::list(view.rows().await?, &view.actor, &window).await?;
        view.prefetch::<Decisions>(page.entries.iter().map(|(_, row)| row.decision_id));
        Ok(AppealConnection::of(page.map(Appeal)))
    }

    /// The caller's texts that wait for approval or were rejected, newest first, at most 100.
    async fn waiting(&self, ctx: &Context<'_>, window: Window) -> Result<PostConnection> {
        let view = read_view(ctx);
        let found = post::own_in_review(view.rows().await?, &view.actor).await?;
        let list = found.into_iter().map(|row| (row.id.to_string(), row));
        let page = Page::of_whole(list.collect(), &window)?;
        Ok(PostConnection::of(page.map(Post)))
    }

    /// What a decision currently prevents the caller from doing; null when there is no restriction.
    async fn restriction(&self, ctx: &Context<'_>) -> Option<Restriction> {
        read_view(ctx).actor.restriction().map(Into::into)
    }

    /// The number of notices that the caller has not read.
    async fn unread_notices(&self, ctx: &Context<'_>) -> Result<u64> {
        let view = read_view(ctx);
        notice::unread(view.rows().await?, &view.actor).await
    }

    /// Whether the caller decides on anything at all; `viewer` of posts and threads says on what.
    async fn can_moderate(&self, ctx: &Context<'_>) -> bool {
        let view = read_view(ctx);
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

    /// Whether invite would be allowed in any form.
    async fn can_invite(&self, ctx: &Context<'_>) -> bool {
        let view = read_view(ctx);
        policy::invite_anyone(&view.actor, view.now()).is_ok()
    }

    /// The roles that the caller may grant by an invitation; none for callers who may not invite. The caller's
    /// `mandates` say for which delegations and in which capacities; the Secretariat may grant all.
    async fn roles_to_give(&self, ctx: &Context<'_>) -> Vec<Role> {
        let view = read_view(ctx);
        let roles = policy::assignable_roles(&view.actor, view.now());
        roles.into_iter().map(Into::into).collect()
    }

    /// The links to set a new password that were made for the caller, with who made them and when, newest first; none
    /// for visitors.
    async fn password_links(
        &self,
        ctx: &Context<'_>,
        window: Window,
    ) -> Result<PasswordLinkConnection> {
        let view = read_view(ctx);
        let page = password_link::own(view.rows().await?, &view.actor, &window).await?;
        let rows = page.entries.iter().map(|(_, row)| row);
        view.prefetch::<People>(rows.filter_map(|row| row.made_by));
        Ok(PasswordLinkConnection::of(page.map(PasswordLink)))
    }

    /// Whether the caller may change the vocabulary.
    async fn can_edit_vocabulary(&self, ctx: &Context<'_>) -> bool {
        let view = read_view(ctx);
        policy::secretariat(&view.actor, view.now()).is_ok()
    }
}

async fn own(view: &ReadView) -> Result<Option<Person>> {
    match view.actor.person_id() {
        Some(id) => person::load(view, id).await,
        None => Ok(None),
    }
}

fn open_thread_refusal(ctx: &Context<'_>) -> Option<Refusal> {
    let view = read_view(ctx);
    discussion::policy::open_thread(&view.actor, view.now(), None, Capacity::Personal)
        .err()
        .map(Into::into)
}

#[derive(Default)]
pub struct ViewerQuery;

#[Object]
impl ViewerQuery {
    /// Returns the caller, and what belongs to the caller.
    async fn viewer(&self) -> Viewer {
        Viewer
    }
}
