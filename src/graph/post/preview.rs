//! Previews of texts.

use async_graphql::Context;
use async_graphql::Object;

use crate::base::error::Result;
use crate::base::limit;
use crate::base::markdown::RenderedMarkdown;
use crate::graph::context::RequestContext;
use crate::graph::context::request;
use crate::graph::scalar::PreviewNote;

#[derive(Default)]
pub struct PostQuery;

#[Object]
impl PostQuery {
    /// Returns a text as it would be shown: HTML without active content. INVALID for an empty or too long text, and for
    /// one that would become far larger when shown. A document, or a batch of documents, has at most one preview;
    /// TOO_MANY beyond 60 a minute (configured) for a person, or from one network address.
    async fn preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The text in Markdown, 1 to 20,000 characters (configured).")]
        body: String,
    ) -> Result<String> {
        previewed(ctx, body).await.map(|shown| shown.html)
    }

    /// Returns the differences between how a text is shown and what its writer may expect, each kind once. It is
    /// refused and limited like `preview`, and counts towards the same limits.
    async fn preview_notes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The text in Markdown, 1 to 20,000 characters (configured).")]
        body: String,
    ) -> Result<Vec<PreviewNote>> {
        let shown = previewed(ctx, body).await?;
        Ok(shown.notes.into_iter().map(PreviewNote::from).collect())
    }
}

async fn previewed(ctx: &Context<'_>, body: String) -> Result<RenderedMarkdown> {
    let RequestContext { forum, caller, .. } = request(ctx);
    let now = forum.store.clock().now();
    forum
        .previews
        .count(caller, forum.limits.previews_per_minute, now)?;
    limit::preview("body", body, forum.limits.body_length).await
}
