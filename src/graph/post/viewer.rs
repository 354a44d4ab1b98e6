//! The data of a post that depends on the caller.

use async_graphql::Context;
use async_graphql::Description;
use async_graphql::ID;
use async_graphql::Object;

use crate::base::error::Result;
use crate::base::limit;
use crate::forum::discussion::policy;
use crate::forum::discussion::post;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::report;
use crate::graph::acknowledgement;
use crate::graph::answer;
use crate::graph::cases;
use crate::graph::cases::Report;
use crate::graph::context::ReadView;
use crate::graph::context::read_view;
use crate::graph::context::viewer_part_id;
use crate::graph::moderation;
use crate::graph::moderation::SubjectRow;
use crate::graph::post::hidden_text;
use crate::graph::post::source;
use crate::graph::scalar::AcknowledgementKind;
use crate::graph::scalar::Act as ModerationAct;
use crate::graph::scalar::Refusal;

/// The data of a post that depends on the caller.
#[derive(Description)]
pub struct PostViewer(pub post::Model);

#[Object(use_type_description)]
impl PostViewer {
    /// Its id, for clients that cache objects by id: a different one for each caller. `node` does not find it.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        viewer_part_id(ctx, &ID(self.0.id.global()))
    }

    /// Whether editPost would be allowed.
    async fn can_edit(&self, ctx: &Context<'_>) -> bool {
        let view = read_view(ctx);
        policy::edit(&view.actor, view.now(), &self.0).is_ok()
    }

    /// Whether translatePost would be allowed.
    async fn can_translate(&self, ctx: &Context<'_>) -> bool {
        let view = read_view(ctx);
        policy::translate(&view.actor, view.now(), &self.0).is_ok()
    }

    /// Why translatePost would be denied; null when it would not.
    async fn translate_refusal(&self, ctx: &Context<'_>) -> Option<Refusal> {
        let view = read_view(ctx);
        let may = policy::translate(&view.actor, view.now(), &self.0);
        may.err().map(Into::into)
    }

    /// Whether withdrawPost would be allowed and would change anything.
    async fn can_withdraw(&self, ctx: &Context<'_>) -> bool {
        let view = read_view(ctx);
        self.0.state == post::State::Published && policy::withdraw(&view.actor, &self.0).is_ok()
    }

    /// Whether acknowledge would be allowed under the caller's latest mandate.
    async fn can_acknowledge(&self, ctx: &Context<'_>) -> bool {
        acknowledgement::refusal(&read_view(ctx), &self.0).is_none()
    }

    /// Why acknowledge would be denied; null when it would not.
    async fn acknowledge_refusal(&self, ctx: &Context<'_>) -> Option<Refusal> {
        acknowledgement::refusal(&read_view(ctx), &self.0)
    }

    /// What the delegations for which the caller speaks have said of it, and the caller can therefore withdraw.
    async fn acknowledged(&self, ctx: &Context<'_>) -> Result<Vec<AcknowledgementKind>> {
        acknowledgement::by_caller(&read_view(ctx), &self.0).await
    }

    /// Whether acceptAnswer would be allowed and would change anything.
    async fn can_accept_answer(&self, ctx: &Context<'_>) -> Result<bool> {
        answer::may_accept(&read_view(ctx), &self.0).await
    }

    /// Whether withdrawAnswer would be allowed and would change anything.
    async fn can_withdraw_answer(&self, ctx: &Context<'_>) -> Result<bool> {
        answer::may_withdraw(&read_view(ctx), &self.0).await
    }

    /// Whether decide with HIDE_POST would be allowed.
    async fn can_hide(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(decision_refusal(&read_view(ctx), Act::HidePost, &self.0)
            .await?
            .is_none())
    }

    /// Why decide with HIDE_POST would be denied; null when it would not.
    async fn hide_refusal(&self, ctx: &Context<'_>) -> Result<Option<Refusal>> {
        decision_refusal(&read_view(ctx), Act::HidePost, &self.0).await
    }

    /// Whether decide with RESTORE_POST would be allowed.
    async fn can_restore(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(decision_refusal(&read_view(ctx), Act::RestorePost, &self.0)
            .await?
            .is_none())
    }

    /// Why decide with RESTORE_POST would be denied; null when it would not.
    async fn restore_refusal(&self, ctx: &Context<'_>) -> Result<Option<Refusal>> {
        decision_refusal(&read_view(ctx), Act::RestorePost, &self.0).await
    }

    /// The text in Markdown while the post is not shown. A text that a decision hides, that waits for approval or that
    /// was rejected is shown to its author, the Secretariat, and a moderator within their assigned regions. A text that
    /// its author has withdrawn is shown to those who could decide on a report of it or an appeal about it, until they
    /// have decided. Null for others, and while the post is shown.
    async fn hidden_body(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let view = read_view(ctx);
        match hidden_text(&view, &self.0).await? {
            Some(text) => source(&view, text).await,
            None => Ok(None),
        }
    }

    /// The same text as HTML without active content.
    async fn hidden_body_html(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let view = read_view(ctx);
        let Some(text) = hidden_text(&view, &self.0).await? else {
            return Ok(None);
        };
        if let Some(html) = text.html() {
            return Ok(Some(html.to_string()));
        }
        match source(&view, text).await? {
            Some(body) => limit::render_stored(body).await.map(Some),
            None => Ok(None),
        }
    }

    /// The acts that decide would allow on it now.
    async fn acts(&self, ctx: &Context<'_>) -> Result<Vec<ModerationAct>> {
        moderation::acts(&read_view(ctx), SubjectRow::Post(&self.0)).await
    }

    /// The acts that proposeDecision would allow on it now, because they require a second person.
    async fn acts_to_propose(&self, ctx: &Context<'_>) -> Result<Vec<ModerationAct>> {
        moderation::acts_to_propose(&read_view(ctx), SubjectRow::Post(&self.0)).await
    }

    /// Why decide with this act would be denied; null when it would not. INVALID for an act that does not apply to
    /// posts.
    async fn decide_refusal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The act.")] act: ModerationAct,
    ) -> Result<Option<Refusal>> {
        moderation::refusal(&read_view(ctx), act.into(), SubjectRow::Post(&self.0)).await
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

async fn report_refusal(view: &ReadView, post: &post::Model) -> Result<Option<Refusal>> {
    let refusal = cases::report_refusal(view, post.id.0).await?;
    let is_reported = moderation::waiting(view, post.id.0).await?.is_reported;
    let not_shown = report::not_reportable(post, is_reported);
    Ok(refusal.or(not_shown.map(Into::into)))
}

async fn decision_refusal(
    view: &ReadView,
    act: Act,
    post: &post::Model,
) -> Result<Option<Refusal>> {
    moderation::refusal(view, act, SubjectRow::Post(post)).await
}
