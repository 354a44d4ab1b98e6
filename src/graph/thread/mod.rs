//! Threads in the API.

pub mod list;
pub mod loaders;
pub mod mutations;
pub mod posts;
pub mod viewer;

use async_graphql::Context;
use async_graphql::Description;
use async_graphql::ID;
use async_graphql::Object;
use graph_macros::connections;

use crate::base::error::Result;
use crate::base::id::ThreadId;
use crate::base::page::Numbers;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::discussion::text;
use crate::forum::discussion::thread;
use crate::forum::vocabulary::concept::Scheme;
use crate::graph::address;
use crate::graph::answer;
use crate::graph::concept;
use crate::graph::concept::ConceptConnection;
use crate::graph::context::ReadView;
use crate::graph::context::read_view;
use crate::graph::delegation;
use crate::graph::delegation::Delegation;
use crate::graph::live;
use crate::graph::moderation;
use crate::graph::moderation::Decision;
use crate::graph::person;
use crate::graph::person::Person;
use crate::graph::person::PersonConnection;
use crate::graph::post::Post;
use crate::graph::post::PostConnection;
use crate::graph::scalar::Capacity;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Language;
use crate::graph::scalar::ThreadKind;
use crate::graph::scalar::Visibility;
use crate::graph::thread::loaders::ChangeTimes;
use crate::graph::thread::loaders::LastNumbers;
use crate::graph::thread::loaders::ThreadTags;
use crate::graph::thread::loaders::Threads;
use crate::graph::thread::posts::first_or_last;
use crate::graph::thread::posts::participants_of;
use crate::graph::thread::posts::posts_of;
use crate::graph::thread::posts::resolve_number;
use crate::graph::thread::viewer::ThreadViewer;
use crate::graph::translation;

/// A thread: a title, tags, and posts numbered from 1, the first of which is the opening text.
#[derive(Clone, Description)]
pub struct Thread(pub thread::Model);

#[connections]
#[Object(use_type_description)]
impl Thread {
    /// Its global id, which is also part of the address of its page.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// The address of its page.
    async fn url(&self, ctx: &Context<'_>) -> String {
        address::thread(ctx, self.0.id)
    }

    /// Its title, in its language; empty while its opening text waits for approval, and when that text was rejected.
    async fn title(&self) -> &str {
        text::title(&self.0).unwrap_or_default()
    }

    /// The kind of the thread.
    async fn kind(&self) -> ThreadKind {
        self.0.kind.into()
    }

    /// The language of its title and opening text.
    async fn language(&self) -> Language {
        self.0.language.into()
    }

    /// Who sees it.
    async fn visibility(&self) -> Visibility {
        self.0.visibility.into()
    }

    /// The person who opened it.
    async fn author(&self, ctx: &Context<'_>) -> Result<Person> {
        person::require(&read_view(ctx), self.0.author_id).await
    }

    /// The name of its author when it was written; `author` has the current one.
    async fn author_name(&self, ctx: &Context<'_>) -> Result<String> {
        person::name_at(&read_view(ctx), self.0.author_id, self.0.created_at).await
    }

    /// The delegation for which its author wrote the opening text, at the time of writing.
    async fn delegation(&self, ctx: &Context<'_>) -> Result<Option<Delegation>> {
        match &self.0.delegation_id {
            Some(id) => delegation::load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The capacity in which the opening text was written.
    async fn capacity(&self) -> Capacity {
        self.0.capacity.into()
    }

    /// When it was opened.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When the latest of its posts that are shown was written.
    async fn last_activity_at(&self) -> DateTime {
        DateTime(self.0.last_activity_at)
    }

    /// When it last changed for its readers: a post was written, edited, withdrawn or translated, the title, kind,
    /// visibility, tags or answer of the thread changed, or a decision was taken on the thread or its posts.
    async fn updated_at(&self, ctx: &Context<'_>) -> Result<DateTime> {
        let view = read_view(ctx);
        view.prefetch::<ChangeTimes>(view.map_loaded::<Threads, _>(|id, _| *id).await);
        let found = view.get::<ChangeTimes>(self.0.id).await?;
        let own = [Some(self.0.last_activity_at), self.0.changed_at];
        let latest = own.into_iter().chain([found]).flatten().max();
        Ok(DateTime(latest.unwrap_or(self.0.created_at)))
    }

    /// The tools that it is about, as the vocabulary describes them now.
    async fn tools(&self, ctx: &Context<'_>, window: Window) -> Result<ConceptConnection> {
        tags(&read_view(ctx), self.0.id, Scheme::Tool, &window).await
    }

    /// The methods that it is about, as the vocabulary describes them now.
    async fn methods(&self, ctx: &Context<'_>, window: Window) -> Result<ConceptConnection> {
        tags(&read_view(ctx), self.0.id, Scheme::Method, &window).await
    }

    /// The regions that it is about, as the vocabulary describes them now.
    async fn regions(&self, ctx: &Context<'_>, window: Window) -> Result<ConceptConnection> {
        tags(&read_view(ctx), self.0.id, Scheme::Region, &window).await
    }

    /// Its posts by number, starting with the opening text.
    async fn posts(&self, ctx: &Context<'_>, window: Window) -> Result<PostConnection> {
        let numbers = window.numbers(self.0.last_number)?;
        let of = |ends: LastNumbers| window.numbers(ends.last);
        let found = posts_of(&read_view(ctx), &self.0, numbers, of).await?;
        let found = found.into_iter().map(|row| (row.number, Post(row)));
        let page = Page::of_numbers(found.collect(), numbers, self.0.last_number, &window);
        Ok(PostConnection::of(page))
    }

    /// Its opening text, or the post at its new location if it was moved; null when the caller does not see it there.
    async fn first_post(&self, ctx: &Context<'_>) -> Result<Option<Post>> {
        first_or_last(&read_view(ctx), &self.0, |_| 1).await
    }

    /// Its latest post that is shown; its newest post when none is shown, or the post at its new location when all were
    /// moved; null when the caller does not see it there.
    async fn last_post(&self, ctx: &Context<'_>) -> Result<Option<Post>> {
        first_or_last(&read_view(ctx), &self.0, |latest| latest).await
    }

    /// The people whose texts are shown in it, in the order in which they joined.
    async fn participants(&self, ctx: &Context<'_>, window: Window) -> Result<PersonConnection> {
        let view = read_view(ctx);
        let found = participants_of(&view, self.0.id, &window).await?;
        let list = found.into_iter().map(|id| (id.to_string(), id));
        person::page(&view, Page::of_whole(list.collect(), &window)?).await
    }

    /// The post with this number, or the post that the number leads to if it was moved to another thread; null when
    /// there is none.
    async fn post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The post's number in the thread, starting at 1.")] number: i32,
    ) -> Result<Option<Post>> {
        let numbers = Numbers {
            from: number,
            to: number,
        };
        let view = read_view(ctx);
        let found = posts_of(&view, &self.0, numbers, |_| Ok(numbers)).await?;
        resolve_number(&view, self.0.id, number, found).await
    }

    /// The number of its newest post, including posts that were moved away. Numbers are consecutive: this is also the
    /// number of posts, including the opening text, except for the former positions of posts that the caller does not
    /// see at their new location.
    async fn last_number(&self) -> i32 {
        self.0.last_number
    }

    /// The number of its posts that are shown, are in another language, and have no translation into this one.
    async fn untranslated(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language of the reader.")] language: Language,
    ) -> Result<i32> {
        translation::missing(&read_view(ctx), self.0.id, language.into()).await
    }

    /// The position in the log at which this thread was read; pass it as `after` to a subscription, and no event is
    /// missed or repeated.
    async fn cursor(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(live::encode_cursor(read_view(ctx).head().await?))
    }

    /// Whether a decision has locked it, so that nobody can reply in it.
    async fn locked(&self) -> bool {
        self.0.locked_by.is_some()
    }

    /// The decision that locks it; null when it is not locked.
    async fn locked_by(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.locked_by {
            Some(id) => moderation::load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// Whether a decision has pinned it, so that it is shown before others.
    async fn pinned(&self, ctx: &Context<'_>) -> bool {
        self.0.is_pinned(read_view(ctx).now())
    }

    /// Until when it is pinned; null if permanent, and when it is not pinned.
    async fn pinned_until(&self) -> Option<DateTime> {
        self.0.pinned_until.map(DateTime)
    }

    /// Whether a decision has archived it, so that it is hidden from lists and nobody can reply in it.
    async fn archived(&self) -> bool {
        self.0.archived_by.is_some()
    }

    /// The decision that archived it; null when it is not archived.
    async fn archived_by(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.archived_by {
            Some(id) => moderation::load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The last decision that changed its title, kind, visibility or tags; null when none did.
    async fn changed_by(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.changed_by {
            Some(id) => moderation::load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The seconds that a person must wait between two replies in it, by decision; null when there is no limit.
    async fn slow_seconds(&self) -> Option<i32> {
        self.0.slow_seconds
    }

    /// Whether a decision makes replies wait for approval before others can read them.
    async fn reviewed(&self) -> bool {
        self.0.reviewed_by.is_some()
    }

    /// The post that is marked as the answer, for questions; null when there is none, while it is not shown, and when it is in
    /// another thread now.
    async fn accepted_answer(&self, ctx: &Context<'_>) -> Result<Option<Post>> {
        answer::of_thread(&read_view(ctx), &self.0).await
    }

    /// Whether it is a question with an accepted answer.
    async fn is_answered(&self, ctx: &Context<'_>) -> Result<bool> {
        let found = answer::of_thread(&read_view(ctx), &self.0).await?;
        Ok(found.is_some())
    }

    /// The thread into which it was merged; null when it was not merged, and for callers who do not see that thread.
    async fn merged_into(&self, ctx: &Context<'_>) -> Result<Option<Thread>> {
        match self.0.merged_into {
            Some(id) => load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The decision that merged it into another thread; null when it was not merged.
    async fn merged_by(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.merged_by {
            Some(id) => moderation::load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The data of this thread that depends on the caller.
    async fn viewer(&self) -> ThreadViewer {
        ThreadViewer(self.0.clone())
    }
}

async fn tags(
    view: &ReadView,
    thread_id: ThreadId,
    scheme: Scheme,
    window: &Window,
) -> Result<ConceptConnection> {
    let ids = view.get::<ThreadTags>(thread_id).await?.unwrap_or_default();
    let mut list = concept::load_many(view, ids).await?;
    list.retain(|concept| concept.0.row.scheme == scheme);
    Ok(ConceptConnection::of(concept::page(view, list, window)?))
}

/// The thread with this id, if the caller sees it, loaded together with all prefetched ones.
pub async fn load(view: &ReadView, id: ThreadId) -> Result<Option<Thread>> {
    Ok(view.get::<Threads>(id).await?.map(Thread))
}
