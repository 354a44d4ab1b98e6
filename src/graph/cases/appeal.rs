//! Appeals in the API.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;
use uuid::Uuid;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::forum::moderation::appeal;
use crate::forum::moderation::appeal::answer;
use crate::graph::connection::connection;
use crate::graph::context::ReadView;
use crate::graph::context::read_view;
use crate::graph::context::viewer_part_id;
use crate::graph::moderation;
use crate::graph::moderation::Decision;
use crate::graph::moderation::ledger;
use crate::graph::scalar::AppealOutcome;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Refusal;

/// The appeal with this id. Its existence is public.
pub async fn find_appeal(view: &ReadView, id: Uuid) -> Result<Option<Appeal>> {
    let found = appeal::find_many(view.rows().await?, &[id]).await?.pop();
    Ok(found.map(Appeal))
}

/// An appeal against a decision. Its existence is public; its text is not.
pub struct Appeal(pub appeal::Model);

connection!("appeals", Appeal, AppealEdge, AppealConnection);

/// An appeal against a decision. Its existence is public; its text is not.
#[Object]
impl Appeal {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Appeal, self.0.id))
    }

    /// Its position in the ledger.
    async fn position(&self) -> i64 {
        self.0.position
    }

    /// The SHA-256 hash of its ledger entry, in hexadecimal, which the next entry contains as `previous`.
    async fn hash(&self, ctx: &Context<'_>) -> Result<String> {
        let sealed = ledger::ledger_row(&read_view(ctx), self.0.position).await?;
        Ok(sealed.hash)
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it passes to the Secretariat, if nobody has decided on it by then.
    async fn due_at(&self) -> DateTime {
        DateTime(self.0.due_at)
    }

    /// The appealed decision.
    async fn decision(&self, ctx: &Context<'_>) -> Result<Decision> {
        moderation::load(&read_view(ctx), self.0.decision_id)
            .await?
            .ok_or_else(|| Error::internal("the decision of an appeal is missing"))
    }

    /// Its outcome; null while it waits.
    async fn outcome(&self) -> Option<AppealOutcome> {
        self.0.outcome.map(Into::into)
    }

    /// The decision that upheld the appealed decision or undid it; null while the appeal waits.
    async fn outcome_decision(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.outcome_id {
            Some(id) => moderation::load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The data of this appeal that depends on the caller.
    async fn viewer(&self) -> AppealViewer {
        AppealViewer(self.0.clone())
    }
}

/// The data of an appeal that depends on the caller.
pub struct AppealViewer(appeal::Model);

/// The data of an appeal that depends on the caller.
#[Object]
impl AppealViewer {
    /// Its id, for clients that cache objects by id: a different one for each caller. `node` does not find it.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        viewer_part_id(ctx, &ID(id::of_uuid(Kind::Appeal, self.0.id)))
    }

    /// Why the decision should be undone: for the person who made the appeal, those whom the decision concerns, and
    /// those who could decide on it; null for others.
    async fn body(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let view = read_view(ctx);
        let rows = view.rows().await?;
        let is_readable = appeal::is_read_by(rows, &view.actor, view.now(), &self.0).await?;
        Ok(is_readable.then(|| self.0.body.clone()))
    }

    /// Whether decideAppeal would be allowed.
    async fn can_decide(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.refusal(&read_view(ctx)).await?.is_none())
    }

    /// Why decideAppeal would be denied; null when it would not.
    async fn decide_refusal(&self, ctx: &Context<'_>) -> Result<Option<Refusal>> {
        self.refusal(&read_view(ctx)).await
    }
}

impl AppealViewer {
    async fn refusal(&self, view: &ReadView) -> Result<Option<Refusal>> {
        let rows = view.rows().await?;
        let refusal = answer::decide_refusal(rows, &view.actor, view.now(), &self.0).await?;
        Ok(refusal.map(Into::into))
    }
}
