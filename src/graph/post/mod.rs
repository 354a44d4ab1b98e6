//! Posts and their revisions in the API.

pub mod loaders;
pub mod mutations;
pub mod preview;
pub mod revisions;
pub mod viewer;

use async_graphql::Context;
use async_graphql::Description;
use async_graphql::ID;
use async_graphql::Object;
use graph_macros::connections;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id::PostId;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::base::plain;
use crate::forum::discussion::post;
use crate::forum::discussion::text;
use crate::forum::discussion::text::Readable;
use crate::forum::moderation::hidden;
use crate::graph::acknowledgement;
use crate::graph::acknowledgement::AcknowledgementConnection;
use crate::graph::address;
use crate::graph::answer;
use crate::graph::connection::connection;
use crate::graph::context::ReadView;
use crate::graph::context::read_view;
use crate::graph::delegation;
use crate::graph::delegation::Delegation;
use crate::graph::moderation;
use crate::graph::moderation::Decision;
use crate::graph::person;
use crate::graph::person::Person;
use crate::graph::post::loaders::Bodies;
use crate::graph::post::loaders::Posts;
use crate::graph::post::revisions::Revision;
use crate::graph::post::revisions::RevisionConnection;
use crate::graph::post::revisions::revisions_of;
use crate::graph::post::viewer::PostViewer;
use crate::graph::scalar::AcknowledgementKind;
use crate::graph::scalar::Capacity;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Language;
use crate::graph::scalar::PostState;
use crate::graph::thread;
use crate::graph::thread::Thread;
use crate::graph::translation;
use crate::graph::translation::Translation;
use crate::graph::translation::TranslationConnection;

/// A post: a text in a thread, with the delegation, title and capacity that its author had when it was written.
#[derive(Description)]
pub struct Post(pub post::Model);

connection!("posts", Post, PostEdge, PostConnection);

#[connections]
#[Object(use_type_description)]
impl Post {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// The address for citing it, as printed on its page. It still leads to the post after the post has been moved.
    async fn url(&self, ctx: &Context<'_>) -> String {
        address::post(ctx, self.0.thread_id, self.0.number)
    }

    /// Its number in the thread, starting at 1. It changes only when a decision moves the post to another thread; the
    /// former number still leads to it.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// The thread that it belongs to.
    async fn thread(&self, ctx: &Context<'_>) -> Result<Thread> {
        thread::load(&read_view(ctx), self.0.thread_id)
            .await?
            .ok_or(Error::NotFound)
    }

    /// Who wrote it.
    async fn author(&self, ctx: &Context<'_>) -> Result<Person> {
        person::require(&read_view(ctx), self.0.author_id).await
    }

    /// The name of its author when it was written; `author` has the current one.
    async fn author_name(&self, ctx: &Context<'_>) -> Result<String> {
        person::name_at(&read_view(ctx), self.0.author_id, self.0.created_at).await
    }

    /// The delegation for which its author wrote, at the time of writing.
    async fn delegation(&self, ctx: &Context<'_>) -> Result<Option<Delegation>> {
        match &self.0.delegation_id {
            Some(id) => delegation::load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The title of its author when it was written.
    async fn author_title(&self) -> &str {
        &self.0.author_title
    }

    /// The capacity in which it was written.
    async fn capacity(&self) -> Capacity {
        self.0.capacity.into()
    }

    /// The language of its text.
    async fn language(&self) -> Language {
        self.0.language.into()
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Its state: whether its text can be read.
    async fn state(&self) -> PostState {
        self.0.shown_as().into()
    }

    /// When its author withdrew it; null when it is not withdrawn.
    async fn withdrawn_at(&self) -> Option<DateTime> {
        self.0.withdrawn_at.map(DateTime)
    }

    /// Why its author withdrew it, if a reason was given.
    async fn withdrawal_reason(&self) -> Option<&str> {
        self.0.withdrawal_reason.as_deref()
    }

    /// Its text in Markdown, as it was sent; null when its `state` is not PUBLISHED.
    async fn body(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        match text::of(&self.0) {
            Ok(text) => source(&read_view(ctx), text).await,
            Err(_) => Ok(None),
        }
    }

    /// Its text as HTML without active content: links, lists, tables, quotes, emphasis and code; null when its `state`
    /// is not PUBLISHED.
    async fn body_html(&self) -> Option<&str> {
        text::of(&self.0).ok()?.html()
    }

    /// Its text without markup, for previews; null when its `state` is not PUBLISHED. INVALID for a length below 1.
    async fn body_text(
        &self,
        #[graphql(
            desc = "The maximum number of characters; a text that was cut ends in an ellipsis, which counts among them. The whole text when left out."
        )]
        length: Option<i32>,
    ) -> Result<Option<String>> {
        let text = text::of(&self.0).ok().and_then(Readable::html);
        text.map(|html| plain::preview(html, length)).transpose()
    }

    /// The post that it replies to; null when it replies to the thread.
    async fn in_reply_to(&self, ctx: &Context<'_>) -> Result<Option<Post>> {
        match self.0.in_reply_to_id {
            Some(id) => load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The number of the current revision; 1 until it is edited.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// When it was last edited; null when it never was.
    async fn edited_at(&self) -> Option<DateTime> {
        self.0.edited_at.map(DateTime)
    }

    /// All revisions of its text, oldest first; none when its `state` is not PUBLISHED, and none from before an edit by
    /// decision.
    async fn revisions(&self, ctx: &Context<'_>, window: Window) -> Result<RevisionConnection> {
        let text = text::of(&self.0).ok();
        let (first, count) = text.map_or((self.0.shown_from, 0), |text| text.all().numbers());
        let numbers = window.numbers_from(first, count)?;
        let found = match text {
            Some(text) => revisions_of(&read_view(ctx), text, numbers, &window).await?,
            None => Vec::new(),
        };
        let found = found.into_iter().map(|row| (row.number, Revision(row)));
        let page = Page::of_numbers(found.collect(), numbers, count, &window);
        Ok(RevisionConnection::of(page))
    }

    /// Its translations by people, one for each language; none when its `state` is not PUBLISHED.
    async fn translations(
        &self,
        ctx: &Context<'_>,
        window: Window,
    ) -> Result<TranslationConnection> {
        let found = translation::of_post(&read_view(ctx), &self.0).await?;
        let list = found.into_iter();
        let list = list.map(|each| (each.row.language.code().to_string(), each));
        let page = Page::of_whole(list.collect(), &window)?;
        Ok(TranslationConnection::of(page))
    }

    /// Its translation into a language; null when there is none, and when its `state` is not PUBLISHED.
    async fn translation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language of the translation.")] language: Language,
    ) -> Result<Option<Translation>> {
        let found = translation::of_post(&read_view(ctx), &self.0).await?;
        let language = language.into();
        Ok(found.into_iter().find(|each| each.row.language == language))
    }

    /// The decision that hides it; null when it is not hidden.
    async fn hidden_by(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.hidden_by {
            Some(id) => moderation::load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The decision that set its current text; null while the text is its author's.
    async fn edited_by(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.edited_by {
            Some(id) => moderation::load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The decision that permanently erased its text; null when none did.
    async fn erased_by(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.erased_by {
            Some(id) => moderation::load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The decision that approved or rejected it; null when none did.
    async fn reviewed_by(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.review_by {
            Some(id) => moderation::load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The post that had this position and is now in another thread; null when this is the post itself, and for callers
    /// who do not see it there.
    async fn moved_to(&self, ctx: &Context<'_>) -> Result<Option<Post>> {
        match self.0.moved_to {
            Some(id) => load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The decision that moved it away; null when this is the post itself.
    async fn moved_by(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.moved_by {
            Some(id) => moderation::load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// What other delegations say of it: at most one entry of each kind by each of them, by kind and then by the delegations' names
    /// in the order of the caller's language; none when its `state` is not PUBLISHED.
    async fn acknowledgements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this kind.")] kind: Option<AcknowledgementKind>,
        window: Window,
    ) -> Result<AcknowledgementConnection> {
        acknowledgement::page_of_post(ctx, &self.0, kind, &window).await
    }

    /// The number of delegations that say this of it; 0 when its `state` is not PUBLISHED.
    async fn acknowledgement_count(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What they say.")] kind: AcknowledgementKind,
    ) -> Result<i32> {
        let found = acknowledgement::of_post(&read_view(ctx), &self.0, Some(kind)).await?;
        i32::try_from(found.len()).map_err(Error::internal)
    }

    /// Whether it is the accepted answer to the question of its thread.
    async fn is_accepted_answer(&self, ctx: &Context<'_>) -> Result<bool> {
        answer::is_answer(&read_view(ctx), &self.0).await
    }

    /// The data of this post that depends on the caller.
    async fn viewer(&self) -> PostViewer {
        PostViewer(self.0.clone())
    }
}

/// The post with this id, if the caller sees it, loaded together with all prefetched ones.
pub async fn load(view: &ReadView, id: PostId) -> Result<Option<Post>> {
    Ok(view.get::<Posts>(id).await?.map(Post))
}

/// A text in Markdown, loaded together with all prefetched ones.
async fn source(view: &ReadView, text: Readable<'_>) -> Result<Option<String>> {
    view.get::<Bodies>(text.key()).await
}

/// The text of a post that is not shown to others, if the caller may read it.
async fn hidden_text<'a>(view: &ReadView, post: &'a post::Model) -> Result<Option<Readable<'a>>> {
    if view.actor.person_id().is_none() {
        return Ok(None);
    }
    let rows = view.rows().await?;
    let in_scope = async || moderation::moderates(view, post.thread_id).await;
    hidden::of_post(rows, &view.actor, view.now(), post, in_scope).await
}
