//! The revisions of a post.

use async_graphql::Context;
use async_graphql::Description;
use async_graphql::ID;
use async_graphql::Object;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::id::PostId;
use crate::base::page::Numbers;
use crate::base::page::Window;
use crate::base::plain;
use crate::forum::discussion::text;
use crate::forum::discussion::text::Readable;
use crate::graph::address;
use crate::graph::connection::connection;
use crate::graph::context::ReadView;
use crate::graph::context::read_view;
use crate::graph::moderation;
use crate::graph::moderation::Decision;
use crate::graph::person;
use crate::graph::person::Person;
use crate::graph::post::load;
use crate::graph::post::loaders::NumberedRevisions;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Language;

connection!("revisions", Revision, RevisionEdge, RevisionConnection);

/// A version of a post's text.
#[derive(Description)]
pub struct Revision(pub text::Revision);

#[Object(use_type_description)]
impl Revision {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Revision, self.0.id))
    }

    /// Its number within the post: 1 is the text as first sent.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// The language of the text. Texts older than this field have the language that their post had when the field was
    /// introduced.
    async fn language(&self) -> Language {
        self.0.language.into()
    }

    /// The text in Markdown.
    async fn body(&self) -> &str {
        self.0.body()
    }

    /// The text as HTML without active content.
    async fn body_html(&self) -> Result<String> {
        self.0.html().await
    }

    /// The text without markup, for previews. INVALID for a length below 1.
    async fn body_text(
        &self,
        #[graphql(
            desc = "The maximum number of characters; a text that was cut ends in an ellipsis, which counts among them. The whole text when left out."
        )]
        length: Option<i32>,
    ) -> Result<String> {
        plain::preview(&self.0.html().await?, length)
    }

    /// The address of its position on the page of all revisions of its post.
    async fn url(&self, ctx: &Context<'_>) -> Result<String> {
        let post = load(&read_view(ctx), self.0.post_id).await?;
        let post = post.ok_or_else(|| Error::internal("the post of a revision is missing"))?;
        let (thread, number) = (post.0.thread_id, post.0.number);
        Ok(address::revision(ctx, thread, number, self.0.number))
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// The person who wrote it; null when a decision gave the post this text, because those who decide are shown only
    /// by office.
    async fn editor(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        match self.0.decision_id {
            Some(_) => Ok(None),
            None => person::require(&read_view(ctx), self.0.editor_id)
                .await
                .map(Some),
        }
    }

    /// The decision that gave the post this text; null when its author wrote it.
    async fn decision(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.decision_id {
            Some(id) => moderation::load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// Why the text was changed, if a reason was given.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }
}

/// The revisions of a post with these numbers, read together with those in the same window of the other posts in the
/// response.
pub async fn revisions_of(
    view: &ReadView,
    text: Readable<'_>,
    numbers: Numbers,
    window: &Window,
) -> Result<Vec<text::Revision>> {
    let keys = view
        .registered_rows::<PostId, text::Range>()
        .into_iter()
        .map(|(_, range)| {
            let (first, last) = range.numbers();
            let numbers = window.numbers_from(first, last)?;
            Ok(range.narrowed(numbers.from, numbers.to))
        });
    view.prefetch::<NumberedRevisions>(keys.collect::<Result<Vec<_>>>()?);
    let range = text.all().narrowed(numbers.from, numbers.to);
    let found = view.get::<NumberedRevisions>(range).await?;
    Ok(found.unwrap_or_default())
}
