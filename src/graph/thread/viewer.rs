//! The data of a thread that depends on the caller.

use async_graphql::Context;
use async_graphql::Description;
use async_graphql::ID;
use async_graphql::Object;

use crate::base::actor::Capacity as ActorCapacity;
use crate::base::error::Result;
use crate::base::id::ThreadId;
use crate::forum::discussion::policy;
use crate::forum::discussion::reply;
use crate::forum::discussion::thread;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::hidden;
use crate::graph::cases;
use crate::graph::cases::Report;
use crate::graph::context::ReadView;
use crate::graph::context::read_view;
use crate::graph::context::viewer_part_id;
use crate::graph::moderation;
use crate::graph::moderation::SubjectRow;
use crate::graph::scalar::Act as ModerationAct;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Refusal;
use crate::graph::thread::loaders::FollowedThreads;
use crate::graph::thread::loaders::LastRead;
use crate::graph::thread::loaders::NotShownCounts;
use crate::graph::thread::loaders::SharedThreads;
use crate::graph::thread::loaders::Threads;

/// The data of a thread that depends on the caller.
#[derive(Description)]
pub struct ThreadViewer(pub thread::Model);

#[Object(use_type_description)]
impl ThreadViewer {
    /// Its id, for clients that cache objects by id: a different one for each caller. `node` does not find it.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        viewer_part_id(ctx, &ID(self.0.id.global()))
    }

    /// The number of shown posts that the caller has not read; 0 for visitors.
    async fn unread(&self, ctx: &Context<'_>) -> Result<i32> {
        let view = read_view(ctx);
        if view.actor.person_id().is_none() {
            return Ok(0);
        }
        let beyond = self.0.last_number - last_read(&view, self.0.id).await?;
        if beyond <= 0 {
            return Ok(0);
        }
        let not_shown = view.get::<NotShownCounts>(self.0.id).await?.unwrap_or(0);
        Ok((beyond - not_shown).max(0))
    }

    /// The number of the last post that the caller has read; 0 when the caller has read none, and for visitors.
    async fn last_read_number(&self, ctx: &Context<'_>) -> Result<i32> {
        last_read(&read_view(ctx), self.0.id).await
    }

    /// Whether the caller follows it, because they chose to, or because they wrote in it and did not choose otherwise;
    /// false for visitors.
    async fn follows(&self, ctx: &Context<'_>) -> Result<bool> {
        let view = read_view(ctx);
        Ok(view
            .get::<FollowedThreads>(self.0.id)
            .await?
            .unwrap_or(false))
    }

    /// Whether reply would be allowed, in a personal capacity.
    async fn can_reply(&self, ctx: &Context<'_>) -> bool {
        reply_refusal(&read_view(ctx), &self.0).is_none()
    }

    /// Why reply would be denied; null when it would not.
    async fn reply_refusal(&self, ctx: &Context<'_>) -> Option<Refusal> {
        reply_refusal(&read_view(ctx), &self.0)
    }

    /// When the caller may reply again, in a thread slowed by a decision; null when the caller may reply now.
    async fn next_reply_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>> {
        let view = read_view(ctx);
        if view.actor.person_id().is_none() {
            return Ok(None);
        }
        let next_at = reply::next_at(view.rows().await?, &view.actor, &self.0).await?;
        let later = next_at.filter(|next_at| view.now() < *next_at);
        Ok(later.map(DateTime))
    }

    /// The title while its opening text waits for approval or is rejected: for its author, the Secretariat, and a
    /// moderator within their assigned regions; null for others, and when the title is shown.
    async fn hidden_title(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let view = read_view(ctx);
        let in_scope = async || moderation::moderates(&view, self.0.id).await;
        let title = hidden::title(&view.actor, &self.0, in_scope).await?;
        Ok(title.map(str::to_string))
    }

    /// Whether what the caller writes in it waits for approval before others can read it, because of a decision on the
    /// thread or on the caller.
    async fn waits_for_approval(&self, ctx: &Context<'_>) -> bool {
        policy::is_reviewed(&read_view(ctx).actor, Some(&self.0))
    }

    /// Whether retagThread would be allowed.
    async fn can_retag(&self, ctx: &Context<'_>) -> bool {
        let view = read_view(ctx);
        policy::retag(&view.actor, view.now(), &self.0).is_ok()
    }

    /// Whether changeThread would be allowed.
    async fn can_change(&self, ctx: &Context<'_>) -> bool {
        let view = read_view(ctx);
        policy::change(&view.actor, view.now(), &self.0).is_ok()
    }

    /// Why changeThread to PUBLIC would be denied; null when it would not. Only the Secretariat may make public what
    /// others wrote for members.
    async fn publish_refusal(&self, ctx: &Context<'_>) -> Result<Option<Refusal>> {
        let view = read_view(ctx);
        view.prefetch::<SharedThreads>(view.map_loaded::<Threads, _>(|id, _| *id).await);
        let is_shared = view.get::<SharedThreads>(self.0.id).await?.unwrap_or(false);
        let may = policy::publish(&view.actor, view.now(), &self.0, is_shared);
        Ok(may.err().map(Into::into))
    }

    /// Whether decide with LOCK_THREAD would be allowed.
    async fn can_lock(&self, ctx: &Context<'_>) -> Result<bool> {
        let refusal = moderation::refusal(
            &read_view(ctx),
            Act::LockThread,
            SubjectRow::Thread(&self.0),
        )
        .await?;
        Ok(refusal.is_none())
    }

    /// Why decide with LOCK_THREAD would be denied; null when it would not.
    async fn lock_refusal(&self, ctx: &Context<'_>) -> Result<Option<Refusal>> {
        moderation::refusal(
            &read_view(ctx),
            Act::LockThread,
            SubjectRow::Thread(&self.0),
        )
        .await
    }

    /// Whether decide with UNLOCK_THREAD would be allowed.
    async fn can_unlock(&self, ctx: &Context<'_>) -> Result<bool> {
        let refusal = moderation::refusal(
            &read_view(ctx),
            Act::UnlockThread,
            SubjectRow::Thread(&self.0),
        )
        .await?;
        Ok(refusal.is_none())
    }

    /// Why decide with UNLOCK_THREAD would be denied; null when it would not.
    async fn unlock_refusal(&self, ctx: &Context<'_>) -> Result<Option<Refusal>> {
        moderation::refusal(
            &read_view(ctx),
            Act::UnlockThread,
            SubjectRow::Thread(&self.0),
        )
        .await
    }

    /// The acts that decide would allow on it now.
    async fn acts(&self, ctx: &Context<'_>) -> Result<Vec<ModerationAct>> {
        moderation::acts(&read_view(ctx), SubjectRow::Thread(&self.0)).await
    }

    /// The acts that proposeDecision would allow on it now, because they require a second person.
    async fn acts_to_propose(&self, ctx: &Context<'_>) -> Result<Vec<ModerationAct>> {
        moderation::acts_to_propose(&read_view(ctx), SubjectRow::Thread(&self.0)).await
    }

    /// Why decide with this act would be denied; null when it would not. INVALID for an act that does not apply to
    /// threads.
    async fn decide_refusal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The act.")] act: ModerationAct,
    ) -> Result<Option<Refusal>> {
        moderation::refusal(&read_view(ctx), act.into(), SubjectRow::Thread(&self.0)).await
    }

    /// Whether report would be allowed.
    async fn can_report(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(report_refusal(&read_view(ctx), &self.0).await?.is_none())
    }

    /// Why report would be denied; null when it would not.
    async fn report_refusal(&self, ctx: &Context<'_>) -> Result<Option<Refusal>> {
        report_refusal(&read_view(ctx), &self.0).await
    }

    /// The caller's own report of it; null when there is none.
    async fn report(&self, ctx: &Context<'_>) -> Result<Option<Report>> {
        let found = moderation::own_report(&read_view(ctx), self.0.id.0).await?;
        Ok(found.map(Report))
    }
}

async fn report_refusal(view: &ReadView, thread: &thread::Model) -> Result<Option<Refusal>> {
    let refusal = cases::report_refusal(view, thread.id.0).await?;
    let merged = thread.merged_into.map(|_| Refusal::ThreadMerged);
    Ok(refusal.or(merged))
}

fn reply_refusal(view: &ReadView, thread: &thread::Model) -> Option<Refusal> {
    let personal = ActorCapacity::Personal;
    policy::reply(&view.actor, view.now(), thread, None, personal)
        .err()
        .map(Into::into)
}

async fn last_read(view: &ReadView, thread_id: ThreadId) -> Result<i32> {
    Ok(view.get::<LastRead>(thread_id).await?.unwrap_or(0))
}
