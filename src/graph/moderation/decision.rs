//! Decisions in the API.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;
use uuid::Uuid;

use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::moderation::appeal::lodge;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::target;
use crate::forum::moderation::notice;
use crate::forum::moderation::policy;
use crate::forum::moderation::undo;
use crate::graph::address;
use crate::graph::cases::Appeal;
use crate::graph::connection::connection;
use crate::graph::context::ReadView;
use crate::graph::context::read_view;
use crate::graph::context::request;
use crate::graph::context::viewer_part_id;
use crate::graph::moderation::ledger::ledger_row;
use crate::graph::moderation::loaders::Appeals;
use crate::graph::moderation::loaders::Decisions;
use crate::graph::moderation::loaders::ReadableExplanations;
use crate::graph::moderation::loaders::Targets;
use crate::graph::moderation::loaders::Undoing;
use crate::graph::person;
use crate::graph::person::Person;
use crate::graph::person::PersonConnection;
use crate::graph::post;
use crate::graph::post::PostConnection;
use crate::graph::post::loaders::Posts;
use crate::graph::scalar::Act;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Language;
use crate::graph::scalar::Office;
use crate::graph::scalar::Reason;
use crate::graph::scalar::Refusal;
use crate::graph::thread;
use crate::graph::thread::Thread;
use crate::graph::thread::loaders::Threads;
use graph_macros::connections;

/// A moderation decision, as recorded in the public ledger. Everybody sees every decision; a caller who cannot see its
/// subject sees only that the decision exists.
pub struct Decision(pub decision::Model);

connection!("decisions", Decision, DecisionEdge, DecisionConnection);

connection!(
    "threads that a decision was taken on",
    Thread,
    DecidedThreadEdge,
    DecidedThreadConnection
);

/// A moderation decision, as recorded in the public ledger. Everybody sees every decision; a caller who cannot see its
/// subject sees only that the decision exists.
#[connections]
#[Object]
impl Decision {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Decision, self.0.id))
    }

    /// Its position in the ledger, which also contains appeals.
    async fn position(&self) -> i64 {
        self.0.position
    }

    /// The address of its entry on the ledger's page.
    async fn url(&self, ctx: &Context<'_>) -> String {
        address::decision(ctx, self.0.position)
    }

    /// When it was taken.
    async fn at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Until when it holds; null if permanent.
    async fn until(&self) -> Option<DateTime> {
        self.0.until_at.map(DateTime)
    }

    /// The thread into which it moved posts; null for other acts, and for callers who do not see that thread.
    async fn into(&self, ctx: &Context<'_>) -> Result<Option<Thread>> {
        match self.0.into_id {
            Some(id) => thread::load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// Whether it required a second person, who confirmed it.
    async fn confirmed(&self) -> bool {
        self.0.second_id.is_some()
    }

    /// The appeal against it; null when there is none.
    async fn appeal(&self, ctx: &Context<'_>) -> Result<Option<Appeal>> {
        let view = read_view(ctx);
        Ok(view.get::<Appeals>(self.0.id).await?.map(Appeal))
    }

    /// What it does.
    async fn act(&self) -> Act {
        self.0.act.into()
    }

    /// The office in which it was taken.
    async fn office(&self) -> Office {
        self.0.office.into()
    }

    /// The reason, as a keyword.
    async fn reason(&self) -> Reason {
        self.0.reason.into()
    }

    /// The full explanation; null when it is withheld, and for callers who do not see the subject of the decision.
    async fn explanation(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let view = read_view(ctx);
        Ok(is_explained(&view, &self.0)
            .await?
            .then(|| self.0.explanation.clone()))
    }

    /// Whether the explanation is withheld from the public, because it would reveal what was hidden.
    async fn explanation_withheld(&self) -> bool {
        self.0.is_withheld
    }

    /// The language of the explanation.
    async fn language(&self) -> Language {
        self.0.language.into()
    }

    /// The decision that it undoes.
    async fn undoes(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.undoes_id {
            Some(id) => load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The decision that undid it.
    async fn undone_by(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        let view = read_view(ctx);
        Ok(view.get::<Undoing>(self.0.id).await?.map(Decision))
    }

    /// The posts that it was taken on, if the caller sees them; none when it was taken on threads.
    async fn posts(&self, ctx: &Context<'_>, window: Window) -> Result<PostConnection> {
        let view = read_view(ctx);
        let ids: Vec<PostId> = targets(&view, self.0.id)
            .await?
            .iter()
            .filter_map(|target| target.post_id)
            .collect();
        view.prefetch::<Posts>(ids.iter().copied());
        let mut list = Vec::new();
        for id in ids {
            list.extend(
                post::load(&view, id)
                    .await?
                    .map(|post| (id.to_string(), post)),
            );
        }
        Ok(PostConnection::of(Page::of_whole(list, &window)?))
    }

    /// The threads that it was taken on, or the threads of its posts, if the caller sees them.
    async fn threads(&self, ctx: &Context<'_>, window: Window) -> Result<DecidedThreadConnection> {
        let view = read_view(ctx);
        let mut ids: Vec<ThreadId> = Vec::new();
        for target in targets(&view, self.0.id).await? {
            if let Some(thread) = target.thread_id
                && !ids.contains(&thread)
            {
                ids.push(thread);
            }
        }
        view.prefetch::<Threads>(ids.iter().copied());
        let mut list = Vec::new();
        for id in ids {
            list.extend(
                thread::load(&view, id)
                    .await?
                    .map(|thread| (id.to_string(), thread)),
            );
        }
        Ok(DecidedThreadConnection::of(Page::of_whole(list, &window)?))
    }

    /// The exact text sealed in the ledger: JSON, without the explanation but with a salted commitment to it.
    async fn entry(&self, ctx: &Context<'_>) -> Result<String> {
        ledger_row(&read_view(ctx), self.0.position)
            .await
            .map(|row| row.entry)
    }

    /// The SHA-256 hash of `entry` in hexadecimal, which the next entry contains as `previous`.
    async fn hash(&self, ctx: &Context<'_>) -> Result<String> {
        ledger_row(&read_view(ctx), self.0.position)
            .await
            .map(|row| row.hash)
    }

    /// The data of this decision that depends on the caller.
    async fn viewer(&self) -> DecisionViewer {
        DecisionViewer(self.0.clone())
    }
}

/// The data of a decision that depends on the caller.
pub struct DecisionViewer(decision::Model);

/// The data of a decision that depends on the caller.
#[connections]
#[Object]
impl DecisionViewer {
    /// Its id, for clients that cache objects by id: a different one for each caller. `node` does not find it.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        viewer_part_id(ctx, &ID(id::of_uuid(Kind::Decision, self.0.id)))
    }

    /// The person who took the decision: for the Secretariat; null for others.
    async fn moderator(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let view = read_view(ctx);
        if policy::sees_moderator(&view.actor) {
            person::require(&view, self.0.moderator_id).await.map(Some)
        } else {
            Ok(None)
        }
    }

    /// The person who confirmed it: for the Secretariat; null for others.
    async fn second(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let view = read_view(ctx);
        match self.0.second_id {
            Some(second) if policy::sees_moderator(&view.actor) => {
                person::require(&view, second).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The people it was taken on: for these people, the person who decided, and the Secretariat; none for others. The
    /// ledger does not name them.
    async fn people(&self, ctx: &Context<'_>, window: Window) -> Result<PersonConnection> {
        let view = read_view(ctx);
        let own = view.actor.person_id();
        let sees_all = policy::sees_moderator(&view.actor) || own == Some(self.0.moderator_id);
        let ids = targets(&view, self.0.id).await?;
        let ids = ids.iter().filter_map(|target| target.person_id);
        let mut list = Vec::new();
        for id in ids.filter(|id| sees_all || own == Some(*id)) {
            list.push((id.to_string(), person::require(&view, id).await?));
        }
        Ok(PersonConnection::of(Page::of_whole(list, &window)?))
    }

    /// Whether appealDecision would be allowed.
    async fn can_appeal(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(appeal_refusal(ctx, &self.0).await?.is_none())
    }

    /// Why appealDecision would be denied; null when it would not.
    async fn appeal_refusal(&self, ctx: &Context<'_>) -> Result<Option<Refusal>> {
        Ok(appeal_refusal(ctx, &self.0).await?.map(Into::into))
    }

    /// The explanation, even when it is withheld from the public: for those who received a notice, the Secretariat, and
    /// the person who decided; null for others.
    async fn explanation(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let view = read_view(ctx);
        let is_readable = policy::sees_moderator(&view.actor)
            || view.actor.person_id() == Some(self.0.moderator_id)
            || notice::exists_for(view.rows().await?, &view.actor, self.0.id).await?
            || is_explained(&view, &self.0).await?;
        Ok(is_readable.then(|| self.0.explanation.clone()))
    }

    /// Whether undoDecision would be allowed.
    async fn can_undo(&self, ctx: &Context<'_>) -> Result<bool> {
        let view = read_view(ctx);
        let refusal = undo::refusal(view.rows().await?, &view.actor, view.now(), &self.0).await?;
        Ok(refusal.is_none())
    }

    /// Why undoDecision would be denied; null when it would not.
    async fn undo_refusal(&self, ctx: &Context<'_>) -> Result<Option<Refusal>> {
        let view = read_view(ctx);
        let refusal = undo::refusal(view.rows().await?, &view.actor, view.now(), &self.0).await?;
        Ok(refusal.map(Into::into))
    }
}

async fn appeal_refusal(
    ctx: &Context<'_>,
    decision: &decision::Model,
) -> Result<Option<crate::base::error::Refusal>> {
    let view = read_view(ctx);
    let rows = view.rows().await?;
    lodge::refusal(&request(ctx).forum, rows, &view.actor, view.now(), decision).await
}

/// The decision with this id, loaded together with all prefetched ones.
pub async fn load(view: &ReadView, id: Uuid) -> Result<Option<Decision>> {
    Ok(view.get::<Decisions>(id).await?.map(Decision))
}

async fn is_explained(view: &ReadView, decision: &decision::Model) -> Result<bool> {
    Ok(view
        .get::<ReadableExplanations>(decision.id)
        .await?
        .unwrap_or(false))
}

async fn targets(view: &ReadView, id: Uuid) -> Result<Vec<target::Model>> {
    Ok(view.get::<Targets>(id).await?.unwrap_or_default())
}
