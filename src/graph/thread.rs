//! Threads in the API.

use std::collections::HashMap;
use std::collections::HashSet;

use async_graphql::ComplexObject;
use async_graphql::Context;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use async_graphql::SimpleObject;
use graph_macros::connections;
use uuid::Uuid;

use crate::base::actor::Capacity as ActorCapacity;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::page::Numbers;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::discussion::change;
use crate::forum::discussion::list;
use crate::forum::discussion::people;
use crate::forum::discussion::place;
use crate::forum::discussion::policy;
use crate::forum::discussion::post;
use crate::forum::discussion::read;
use crate::forum::discussion::reply;
use crate::forum::discussion::retag;
use crate::forum::discussion::start;
use crate::forum::discussion::tag;
use crate::forum::discussion::text;
use crate::forum::discussion::thread;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::hidden;
use crate::forum::moderation::updated;
use crate::forum::vocabulary::concept::Scheme;
use crate::forum::watching::follow;
use crate::forum::watching::own;
use crate::graph::address;
use crate::graph::asked::Asked;
use crate::graph::asked::View;
use crate::graph::asked::asked;
use crate::graph::asked::mutate;
use crate::graph::asked::view;
use crate::graph::asked::viewed;
use crate::graph::cases;
use crate::graph::cases::Report;
use crate::graph::concept;
use crate::graph::concept::ConceptConnection;
use crate::graph::concept::Concepts;
use crate::graph::connection::PageInfo;
use crate::graph::connection::edges;
use crate::graph::delegation;
use crate::graph::delegation::Delegation;
use crate::graph::delegation::Delegations;
use crate::graph::ids::MandateId;
use crate::graph::ids::ThreadId;
use crate::graph::live;
use crate::graph::loader::Loader;
use crate::graph::moderation;
use crate::graph::moderation::Decision;
use crate::graph::moderation::Subject;
use crate::graph::moderation::loaders::Decisions;
use crate::graph::moderation::loaders::Moderated;
use crate::graph::moderation::loaders::OwnReports;
use crate::graph::moderation::loaders::Waiting;
use crate::graph::payload::payload;
use crate::graph::person;
use crate::graph::person::FormerNames;
use crate::graph::person::Mandates;
use crate::graph::person::People;
use crate::graph::person::Person;
use crate::graph::person::PersonConnection;
use crate::graph::post::Bodies;
use crate::graph::post::Post;
use crate::graph::post::PostConnection;
use crate::graph::post::Posts;
use crate::graph::post::load as post_by_id;
use crate::graph::scalar::Act as ModerationAct;
use crate::graph::scalar::Capacity;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Language;
use crate::graph::scalar::Refusal;
use crate::graph::scalar::ThreadKind;
use crate::graph::scalar::ThreadOrder;
use crate::graph::scalar::Visibility;
use crate::graph::translation;
use crate::graph::translation::Translations;

/// A thread: a title, tags, and posts numbered from 1, of which the first is the opening text.
#[derive(Clone)]
pub struct Thread(pub thread::Model);

/// A place in a list of threads.
#[derive(SimpleObject)]
pub struct ThreadEdge {
    /// Names this place; give it as `after` or `before`.
    cursor: String,
    /// The thread.
    node: Thread,
}

/// A page of a list of threads.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ThreadConnection {
    /// The entries of this page in the list's order.
    edges: Vec<ThreadEdge>,
    /// Where this page lies in the list.
    page_info: PageInfo,
    #[graphql(skip)]
    counted: Counted,
}

/// What of all threads a list shows.
enum Counted {
    Filtered(Box<list::Filter>),
    Owned(list::Owner),
}

#[ComplexObject]
impl ThreadConnection {
    /// The threads on this page, for who needs no cursors.
    async fn nodes(&self) -> Vec<&Thread> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Where in the log this list was read: subscribe with it as `after` and nothing is missed or told twice.
    async fn cursor(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(live::cursor_of(view(ctx).snapshot.head().await?))
    }

    /// How many threads there are on all pages.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64> {
        let view = view(ctx);
        match &self.counted {
            Counted::Filtered(filter) => {
                let rows = view.rows().await?;
                let count = list::count(rows, &view.actor, view.now(), filter).await?;
                i64::try_from(count).map_err(Error::internal)
            }
            Counted::Owned(owner) => total_of(&view, owner).await,
        }
    }
}

/// A thread: a title, tags, and posts numbered from 1, of which the first is the opening text.
#[connections]
#[Object]
impl Thread {
    /// Its global id; it stands in the address of its page too.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Thread, self.0.id))
    }

    /// The address of its page.
    async fn url(&self, ctx: &Context<'_>) -> String {
        address::thread(ctx, self.0.id)
    }

    /// Its title, in its language; empty while its opening text waits for approval, and when that was rejected.
    async fn title(&self) -> &str {
        text::title(&self.0).unwrap_or_default()
    }

    /// What it is for.
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

    /// Who opened it.
    async fn author(&self, ctx: &Context<'_>) -> Result<Person> {
        person::require(&view(ctx), self.0.author_id).await
    }

    /// The name of its author as it was then; `author` has the present one.
    async fn author_name(&self, ctx: &Context<'_>) -> Result<String> {
        person::name_at(&view(ctx), self.0.author_id, self.0.created_at).await
    }

    /// The delegation for which its author wrote the opening text, as it was then.
    async fn delegation(&self, ctx: &Context<'_>) -> Result<Option<Delegation>> {
        match &self.0.delegation_id {
            Some(id) => delegation::load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// In which capacity the opening text was written.
    async fn capacity(&self) -> Capacity {
        self.0.capacity.into()
    }

    /// When it was opened.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When its latest post that is shown was written.
    async fn last_activity_at(&self) -> DateTime {
        DateTime(self.0.last_activity_at)
    }

    /// When it last changed for its readers: a post was written, edited, withdrawn or translated, the thread was given
    /// another title, kind, visibility or tags, or something was decided on it or its posts.
    async fn updated_at(&self, ctx: &Context<'_>) -> Result<DateTime> {
        let view = view(ctx);
        view.expect::<UpdatedAt>(view.each::<Threads, _>(|id, _| *id).await);
        let found = view.get::<UpdatedAt>(self.0.id).await?;
        let own = [Some(self.0.last_activity_at), self.0.changed_at];
        let latest = own.into_iter().chain([found]).flatten().max();
        Ok(DateTime(latest.unwrap_or(self.0.created_at)))
    }

    /// The tools that it is about, as they stand in the vocabulary today.
    async fn tools(&self, ctx: &Context<'_>, window: Window) -> Result<ConceptConnection> {
        tags(&view(ctx), self.0.id, Scheme::Tool, &window).await
    }

    /// The methods that it is about, as they stand in the vocabulary today.
    async fn methods(&self, ctx: &Context<'_>, window: Window) -> Result<ConceptConnection> {
        tags(&view(ctx), self.0.id, Scheme::Method, &window).await
    }

    /// The regions that it is about, as they stand in the vocabulary today.
    async fn regions(&self, ctx: &Context<'_>, window: Window) -> Result<ConceptConnection> {
        tags(&view(ctx), self.0.id, Scheme::Region, &window).await
    }

    /// Its posts by number, the opening text first.
    async fn posts(&self, ctx: &Context<'_>, window: Window) -> Result<PostConnection> {
        let numbers = window.numbers(self.0.last_number)?;
        let of = |ends: Ends| window.numbers(ends.last);
        let found = posts_of(&view(ctx), &self.0, numbers, of).await?;
        let found = found.into_iter().map(|row| (row.number, Post(row)));
        let page = Page::of_numbers(found.collect(), numbers, self.0.last_number, &window);
        Ok(PostConnection::of(page))
    }

    /// Its opening text, or to where that has gone since; null when the caller does not see it there.
    async fn first_post(&self, ctx: &Context<'_>) -> Result<Option<Post>> {
        end_of(&view(ctx), &self.0, |_| 1).await
    }

    /// Its latest post that is shown; its newest one while none is, or to where that has gone when all have; null when the
    /// caller does not see it there.
    async fn last_post(&self, ctx: &Context<'_>) -> Result<Option<Post>> {
        end_of(&view(ctx), &self.0, |latest| latest).await
    }

    /// The people whose texts are shown in it, in the order in which they came in.
    async fn participants(&self, ctx: &Context<'_>, window: Window) -> Result<PersonConnection> {
        let view = view(ctx);
        let found = participants_of(&view, self.0.id, &window).await?;
        let list = found.into_iter().map(|id| (id.to_string(), id));
        person::page(&view, Page::of_whole(list.collect(), &window)?).await
    }

    /// The post with this number, or to which it leads since that post went to another thread; null when there is none.
    async fn post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The post's number in the thread, from 1.")] number: i32,
    ) -> Result<Option<Post>> {
        let numbers = Numbers {
            from: number,
            to: number,
        };
        let view = view(ctx);
        let found = posts_of(&view, &self.0, numbers, |_| Ok(numbers)).await?;
        led_to(&view, self.0.id, number, found).await
    }

    /// The number of its newest post, of those that were moved away too. Numbers have no holes: there are as many posts, one of
    /// them the opening text; but for the former places of posts that the caller does not see where they stand.
    async fn last_number(&self) -> i32 {
        self.0.last_number
    }

    /// How many of its posts are shown, are in another language, and have no translation into this one.
    async fn untranslated(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language that somebody reads.")] language: Language,
    ) -> Result<i32> {
        translation::missing(&view(ctx), self.0.id, language.into()).await
    }

    /// Where in the log this thread was read: subscribe with it as `after` and nothing is missed or told twice.
    async fn cursor(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(live::cursor_of(view(ctx).snapshot.head().await?))
    }

    /// Whether nobody can reply in it, by decision.
    async fn locked(&self) -> bool {
        self.0.locked_by.is_some()
    }

    /// The decision that locks it; null when it is open.
    async fn locked_by(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.locked_by {
            Some(id) => moderation::load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// Whether it is shown before others, by decision.
    async fn pinned(&self, ctx: &Context<'_>) -> bool {
        self.0.is_pinned(view(ctx).now())
    }

    /// Until when it is shown before others; null for good, and when it is not.
    async fn pinned_until(&self) -> Option<DateTime> {
        self.0.pinned_until.map(DateTime)
    }

    /// Whether it was taken out of the lists, by decision; nobody can reply in it.
    async fn archived(&self) -> bool {
        self.0.archived_by.is_some()
    }

    /// The decision that took it out of the lists; null when none did.
    async fn archived_by(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.archived_by {
            Some(id) => moderation::load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The last decision that changed its title, kind, visibility or tags; null when none did.
    async fn changed_by(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.changed_by {
            Some(id) => moderation::load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// Seconds that a person waits between two replies in it, by decision; null when they need not.
    async fn slow_seconds(&self) -> Option<i32> {
        self.0.slow_seconds
    }

    /// Whether replies wait for approval before others read them, by decision.
    async fn reviewed(&self) -> bool {
        self.0.reviewed_by.is_some()
    }

    /// The thread into which its posts went; null when it stands for itself, and for whoever does not see that thread.
    async fn merged_into(&self, ctx: &Context<'_>) -> Result<Option<Thread>> {
        match self.0.merged_into {
            Some(id) => load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The decision that merged it into another thread; null when it stands for itself.
    async fn merged_by(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.merged_by {
            Some(id) => moderation::load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// What of this thread depends on who asks.
    async fn viewer(&self) -> ThreadViewer {
        ThreadViewer(self.0.clone())
    }
}

/// What of a thread depends on who asks.
pub struct ThreadViewer(thread::Model);

/// What of a thread depends on who asks.
#[Object]
impl ThreadViewer {
    /// Its id, for clients that keep objects by their ids: another for each who asks. `node` does not find it.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        viewed(ctx, &ID(id::of_uuid(Kind::Thread, self.0.id)))
    }

    /// How many posts that are shown the caller has not read; 0 for visitors.
    async fn unread(&self, ctx: &Context<'_>) -> Result<i32> {
        let view = view(ctx);
        if view.actor.person_id().is_none() {
            return Ok(0);
        }
        let beyond = self.0.last_number - last_read(&view, self.0.id).await?;
        if beyond <= 0 {
            return Ok(0);
        }
        let kept_back = view.get::<KeptBack>(self.0.id).await?.unwrap_or(0);
        Ok((beyond - kept_back).max(0))
    }

    /// The number of the last post that the caller has read; 0 for none, and for visitors.
    async fn last_read_number(&self, ctx: &Context<'_>) -> Result<i32> {
        last_read(&view(ctx), self.0.id).await
    }

    /// Whether the caller follows it: because they said so, or because they wrote in it and did not say otherwise; false for
    /// visitors.
    async fn follows(&self, ctx: &Context<'_>) -> Result<bool> {
        let view = view(ctx);
        Ok(view.get::<Followed>(self.0.id).await?.unwrap_or(false))
    }

    /// Whether reply would be allowed, in a personal capacity.
    async fn can_reply(&self, ctx: &Context<'_>) -> bool {
        reply_refusal(&view(ctx), &self.0).is_none()
    }

    /// Why reply would be denied; null when it would not.
    async fn reply_refusal(&self, ctx: &Context<'_>) -> Option<Refusal> {
        reply_refusal(&view(ctx), &self.0)
    }

    /// When the caller may reply again, in a thread that a decision has slowed; null when that is at once.
    async fn next_reply_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>> {
        let view = view(ctx);
        let next_at = reply::next_at(view.rows().await?, &view.actor, &self.0).await?;
        let later = next_at.filter(|next_at| view.now() < *next_at);
        Ok(later.map(DateTime))
    }

    /// The title while its opening text waits for approval or was rejected: for its author, the Secretariat, and a moderator
    /// within the regions given to them; null for others, and when the title is shown.
    async fn hidden_title(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let view = view(ctx);
        let in_scope = async || moderation::moderates(&view, self.0.id).await;
        let title = hidden::title(&view.actor, &self.0, in_scope).await?;
        Ok(title.map(str::to_string))
    }

    /// Whether what the caller writes in it waits for approval before others read it, by decision on the thread or on the
    /// caller.
    async fn waits_for_approval(&self, ctx: &Context<'_>) -> bool {
        policy::is_reviewed(&view(ctx).actor, Some(&self.0))
    }

    /// Whether retagThread would be allowed.
    async fn can_retag(&self, ctx: &Context<'_>) -> bool {
        let view = view(ctx);
        policy::retag(&view.actor, view.now(), &self.0).is_ok()
    }

    /// Whether changeThread would be allowed.
    async fn can_change(&self, ctx: &Context<'_>) -> bool {
        let view = view(ctx);
        policy::change(&view.actor, view.now(), &self.0).is_ok()
    }

    /// Why changeThread to PUBLIC would be denied; null when it would not. Of what others wrote for members, only the
    /// Secretariat decides.
    async fn publish_refusal(&self, ctx: &Context<'_>) -> Result<Option<Refusal>> {
        let view = view(ctx);
        view.expect::<Shared>(view.each::<Threads, _>(|id, _| *id).await);
        let is_shared = view.get::<Shared>(self.0.id).await?.unwrap_or(false);
        let may = policy::publish(&view.actor, view.now(), &self.0, is_shared);
        Ok(may.err().map(Into::into))
    }

    /// Whether decide with LOCK_THREAD would be allowed.
    async fn can_lock(&self, ctx: &Context<'_>) -> Result<bool> {
        let refusal =
            moderation::refusal(&view(ctx), Act::LockThread, Subject::Thread(&self.0)).await?;
        Ok(refusal.is_none())
    }

    /// Why decide with LOCK_THREAD would be denied; null when it would not.
    async fn lock_refusal(&self, ctx: &Context<'_>) -> Result<Option<Refusal>> {
        moderation::refusal(&view(ctx), Act::LockThread, Subject::Thread(&self.0)).await
    }

    /// Whether decide with UNLOCK_THREAD would be allowed.
    async fn can_unlock(&self, ctx: &Context<'_>) -> Result<bool> {
        let refusal =
            moderation::refusal(&view(ctx), Act::UnlockThread, Subject::Thread(&self.0)).await?;
        Ok(refusal.is_none())
    }

    /// Why decide with UNLOCK_THREAD would be denied; null when it would not.
    async fn unlock_refusal(&self, ctx: &Context<'_>) -> Result<Option<Refusal>> {
        moderation::refusal(&view(ctx), Act::UnlockThread, Subject::Thread(&self.0)).await
    }

    /// The acts that decide would take on it now.
    async fn acts(&self, ctx: &Context<'_>) -> Result<Vec<ModerationAct>> {
        moderation::acts(&view(ctx), Subject::Thread(&self.0)).await
    }

    /// The acts that proposeDecision would take on it now, because one person alone does not.
    async fn acts_to_propose(&self, ctx: &Context<'_>) -> Result<Vec<ModerationAct>> {
        moderation::acts_to_propose(&view(ctx), Subject::Thread(&self.0)).await
    }

    /// Why decide with this act would be denied; null when it would not. INVALID for an act that is not taken on threads.
    async fn decide_refusal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which act.")] act: ModerationAct,
    ) -> Result<Option<Refusal>> {
        moderation::refusal(&view(ctx), act.into(), Subject::Thread(&self.0)).await
    }

    /// Whether report would be allowed.
    async fn can_report(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(report_refusal(&view(ctx), &self.0).await?.is_none())
    }

    /// Why report would be denied; null when it would not.
    async fn report_refusal(&self, ctx: &Context<'_>) -> Result<Option<Refusal>> {
        report_refusal(&view(ctx), &self.0).await
    }

    /// The caller's own report of it; null when there is none.
    async fn report(&self, ctx: &Context<'_>) -> Result<Option<Report>> {
        let found = moderation::own_report(&view(ctx), self.0.id).await?;
        Ok(found.map(Report))
    }
}

/// The numbers of the last post of a thread that is answered, and of the post with which it ends for its readers.
#[derive(Clone, Copy)]
pub struct Ends {
    pub last: i32,
    pub latest: i32,
}

/// Threads by id, of those that the asker sees.
pub struct Threads;

impl Loader for Threads {
    type Key = Uuid;
    type Value = thread::Model;

    async fn load(view: &View, ids: Vec<Uuid>) -> Result<HashMap<Uuid, thread::Model>> {
        let found = thread::find_many(view.rows().await?, view.actor.audience(), &ids).await?;
        Ok(found.into_iter().map(|each| (each.id, each)).collect())
    }
}

/// The tags of threads, by their words.
pub struct Tags;

impl Loader for Tags {
    type Key = Uuid;
    type Value = Vec<String>;

    async fn load(view: &View, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<String>>> {
        let tags = tag::of_threads(view.rows().await?, &ids).await?;
        view.expect::<Concepts>(tags.values().flatten().cloned());
        Ok(tags)
    }
}

/// The number of the last post of a thread that the asker has read.
pub struct LastRead;

impl Loader for LastRead {
    type Key = Uuid;
    type Value = i32;

    async fn load(view: &View, ids: Vec<Uuid>) -> Result<HashMap<Uuid, i32>> {
        let Some(person) = view.actor.person_id() else {
            return Ok(HashMap::new());
        };
        read::of_person(view.rows().await?, person, &ids).await
    }
}

/// How many posts of a thread the asker has not read that are not shown.
pub struct KeptBack;

impl Loader for KeptBack {
    type Key = Uuid;
    type Value = i32;

    async fn load(view: &View, ids: Vec<Uuid>) -> Result<HashMap<Uuid, i32>> {
        let Some(person) = view.actor.person_id() else {
            return Ok(HashMap::new());
        };
        read::kept_back(view.rows().await?, person, &ids).await
    }
}

/// Which threads the asker follows.
pub struct Followed;

impl Loader for Followed {
    type Key = Uuid;
    type Value = bool;

    async fn load(view: &View, ids: Vec<Uuid>) -> Result<HashMap<Uuid, bool>> {
        let Some(person) = view.actor.person_id() else {
            return Ok(HashMap::new());
        };
        let found = follow::of_threads(view.rows().await?, person, &ids).await?;
        Ok(found.into_iter().map(|id| (id, true)).collect())
    }
}

/// In which threads others than the author wrote.
pub struct Shared;

impl Loader for Shared {
    type Key = Uuid;
    type Value = bool;

    async fn load(view: &View, ids: Vec<Uuid>) -> Result<HashMap<Uuid, bool>> {
        let found = people::shared(view.rows().await?, &ids).await?;
        Ok(found.into_iter().map(|id| (id, true)).collect())
    }
}

/// When threads last changed for their readers, beside what their rows say.
pub struct UpdatedAt;

impl Loader for UpdatedAt {
    type Key = Uuid;
    type Value = Moment;

    async fn load(view: &View, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Moment>> {
        updated::of_threads(view.rows().await?, &ids).await
    }
}

/// Who wrote in a thread; those within the window are read together too.
pub struct Participants;

impl Loader for Participants {
    type Key = (Uuid, Window);
    type Value = Vec<Uuid>;

    async fn load(
        view: &View,
        wanted: Vec<(Uuid, Window)>,
    ) -> Result<HashMap<(Uuid, Window), Vec<Uuid>>> {
        let ids: HashSet<Uuid> = wanted.iter().map(|(id, _)| *id).collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let found = people::of_threads(view.rows().await?, &ids).await?;
        let found = wanted.into_iter().filter_map(|(id, window)| {
            let people = found.get(&id)?.clone();
            Some(((id, window), people))
        });
        let found: HashMap<_, _> = found.collect();
        let shown = found.iter().flat_map(|((_, window), people)| {
            let size = usize::try_from(window.size).unwrap_or(usize::MAX);
            match window.from_end {
                true => &people[people.len().saturating_sub(size)..],
                false => &people[..people.len().min(size)],
            }
        });
        view.expect::<People>(shown.copied());
        Ok(found)
    }
}

/// The posts of a thread from one number to another.
pub struct NumberedPosts;

impl Loader for NumberedPosts {
    type Key = (Uuid, i32, i32);
    type Value = Vec<post::Model>;

    async fn load(
        view: &View,
        ranges: Vec<(Uuid, i32, i32)>,
    ) -> Result<HashMap<(Uuid, i32, i32), Vec<post::Model>>> {
        let audience = view.actor.audience();
        let found = post::numbered(view.rows().await?, audience, &ranges).await?;
        expect_of_posts(view, found.iter());
        Ok(by_range(&ranges, &found, |row| (row.thread_id, row.number)))
    }
}

/// Pages of the threads of people and delegations.
pub struct OwnedThreads;

impl Loader for OwnedThreads {
    type Key = (list::Owner, Window);
    type Value = Page<thread::Model>;

    async fn load(
        view: &View,
        wanted: Vec<(list::Owner, Window)>,
    ) -> Result<HashMap<(list::Owner, Window), Page<thread::Model>>> {
        let mut by_window: HashMap<Window, Vec<list::Owner>> = HashMap::new();
        for (owner, window) in wanted {
            by_window.entry(window).or_default().push(owner);
        }
        let (rows, now) = (view.rows().await?, view.now());
        let mut all = HashMap::new();
        for (window, owners) in by_window {
            let pages = list::of_each(rows, &view.actor, now, &owners, &window).await?;
            for (owner, page) in pages {
                expect_of_threads(view, page.entries.iter().map(|(_, row)| row));
                all.insert((owner, window.clone()), page);
            }
        }
        Ok(all)
    }
}

/// How many threads people and delegations have on all pages.
pub struct ThreadTotals;

impl Loader for ThreadTotals {
    type Key = list::Owner;
    type Value = i64;

    async fn load(view: &View, owners: Vec<list::Owner>) -> Result<HashMap<list::Owner, i64>> {
        let rows = view.rows().await?;
        list::count_of_each(rows, &view.actor, view.now(), &owners).await
    }
}

/// The post that a number of a thread leads to: the one that was found there, or where that stands since.
async fn led_to(
    view: &View,
    thread: Uuid,
    number: i32,
    found: Vec<post::Model>,
) -> Result<Option<Post>> {
    let Some(found) = found.into_iter().next() else {
        let (rows, audience) = (view.rows().await?, view.actor.audience());
        let former = place::follow(rows, audience, thread, number).await?;
        return Ok(former.map(Post));
    };
    match found.moved_to {
        Some(id) => Ok(post_by_id(view, id).await?.or(Some(Post(found)))),
        None => Ok(Some(Post(found))),
    }
}

/// The first or last post of a thread, read together with that of the other threads that are answered.
async fn end_of(
    view: &View,
    thread: &thread::Model,
    end: impl Fn(i32) -> i32,
) -> Result<Option<Post>> {
    let only = |latest| {
        let number = end(latest);
        Numbers {
            from: number,
            to: number,
        }
    };
    let known = view
        .each::<Threads, _>(|id, row| (*id, only(row.latest_number())))
        .await;
    let keys = known
        .into_iter()
        .map(|(id, numbers)| (id, numbers.from, numbers.to));
    view.expect::<NumberedPosts>(keys);
    let numbers = only(thread.latest_number());
    let found = posts_of(view, thread, numbers, |ends| Ok(only(ends.latest))).await?;
    led_to(view, thread.id, numbers.from, found).await
}

/// Who wrote in a thread, read together with those of the other threads that are answered.
async fn participants_of(view: &View, thread: Uuid, window: &Window) -> Result<Vec<Uuid>> {
    let mut alike = view.each::<Threads, _>(|id, _| *id).await;
    alike.extend(view.answered::<Ends>().into_iter().map(|(id, _)| id));
    view.expect::<Participants>(alike.into_iter().map(|id| (id, window.clone())));
    let found = view.get::<Participants>((thread, window.clone())).await?;
    Ok(found.unwrap_or_default())
}

/// A page of the threads of a person or delegation, read together with those of the others that are answered.
pub async fn of_owner(view: &View, owner: list::Owner, window: Window) -> Result<ThreadConnection> {
    let alike = alike(view, &owner).await.into_iter();
    view.expect::<OwnedThreads>(alike.map(|owner| (owner, window.clone())));
    let found = view.get::<OwnedThreads>((owner.clone(), window.clone()));
    let found = found.await?;
    let page = found.unwrap_or_else(|| Page::of_rows(Vec::new(), &window));
    let (edges, page_info) = edges(page.map(Thread), |cursor, node| ThreadEdge { cursor, node });
    Ok(ThreadConnection {
        edges,
        page_info,
        counted: Counted::Owned(owner),
    })
}

async fn total_of(view: &View, owner: &list::Owner) -> Result<i64> {
    view.expect::<ThreadTotals>(alike(view, owner).await);
    let found = view.get::<ThreadTotals>(owner.clone()).await?;
    Ok(found.unwrap_or(0))
}

/// The owners of threads of the same kind that are answered: what is asked of one is asked of all.
async fn alike(view: &View, owner: &list::Owner) -> Vec<list::Owner> {
    match owner {
        list::Owner::Person(_) => {
            view.each::<People, _>(|id, _| list::Owner::Person(*id))
                .await
        }
        list::Owner::Delegation(_) => {
            let owner = |slug: &String| list::Owner::Delegation(slug.clone());
            view.each::<Delegations, _>(|slug, _| owner(slug)).await
        }
    }
}

async fn report_refusal(view: &View, thread: &thread::Model) -> Result<Option<Refusal>> {
    let refusal = cases::report_refusal(view, thread.id).await?;
    let merged = thread.merged_into.map(|_| Refusal::ThreadMerged);
    Ok(refusal.or(merged))
}

fn reply_refusal(view: &View, thread: &thread::Model) -> Option<Refusal> {
    let personal = ActorCapacity::Personal;
    policy::reply(&view.actor, view.now(), thread, None, personal)
        .err()
        .map(Into::into)
}

async fn last_read(view: &View, thread_id: Uuid) -> Result<i32> {
    Ok(view.get::<LastRead>(thread_id).await?.unwrap_or(0))
}

async fn tags(
    view: &View,
    thread_id: Uuid,
    scheme: Scheme,
    window: &Window,
) -> Result<ConceptConnection> {
    let ids = view.get::<Tags>(thread_id).await?.unwrap_or_default();
    let mut list = concept::load_many(view, ids).await?;
    list.retain(|concept| concept.0.row.scheme == scheme);
    Ok(ConceptConnection::of(concept::page(view, list, window)?))
}

/// Says what will be asked of these threads.
pub fn expect_of_threads<'a>(view: &View, rows: impl Iterator<Item = &'a thread::Model> + Clone) {
    view.note(rows.clone().map(|row| {
        let (last, latest) = (row.last_number, row.latest_number());
        (row.id, Ends { last, latest })
    }));
    let ids = || rows.clone().map(|row| row.id);
    let authors = || rows.clone().map(|row| row.author_id);
    view.expect::<People>(authors());
    view.expect::<FormerNames>(authors());
    view.expect::<Mandates>(authors());
    view.expect::<Delegations>(rows.clone().filter_map(|row| row.delegation_id.clone()));
    view.expect::<Tags>(ids());
    view.expect::<LastRead>(ids());
    view.expect::<KeptBack>(ids());
    view.expect::<UpdatedAt>(ids());
    view.expect::<Followed>(ids());
    view.expect::<Moderated>(ids());
    view.expect::<Decisions>(rows.clone().filter_map(|row| row.locked_by));
    view.expect::<OwnReports>(ids());
    view.expect::<Waiting>(ids());
}

/// The posts of a thread with these numbers, read together with those that `of` says of the other threads answered here.
async fn posts_of(
    view: &View,
    thread: &thread::Model,
    numbers: Numbers,
    of: impl Fn(Ends) -> Result<Numbers>,
) -> Result<Vec<post::Model>> {
    let key = |id: Uuid, numbers: Numbers| (id, numbers.from, numbers.to);
    let listed = view.answered::<Ends>().into_iter();
    let keys = listed.map(|(id, ends)| of(ends).map(|numbers| key(id, numbers)));
    view.expect::<NumberedPosts>(keys.collect::<Result<Vec<_>>>()?);
    let found = view.get::<NumberedPosts>(key(thread.id, numbers)).await?;
    Ok(found.unwrap_or_default())
}

/// Sorts rows to the ranges that they were asked for.
pub fn by_range<T: Clone>(
    ranges: &[(Uuid, i32, i32)],
    rows: &[T],
    place: impl Fn(&T) -> (Uuid, i32),
) -> HashMap<(Uuid, i32, i32), Vec<T>> {
    let mut by_owner: HashMap<Uuid, Vec<&T>> = HashMap::new();
    for row in rows {
        by_owner.entry(place(row).0).or_default().push(row);
    }
    let of_range = |range: &(Uuid, i32, i32)| {
        let (owner, from, to) = *range;
        let rows = by_owner.get(&owner).into_iter().flatten();
        let within = rows.filter(|row| (from..=to).contains(&place(row).1));
        (*range, within.map(|row| T::clone(row)).collect())
    };
    ranges.iter().map(of_range).collect()
}

/// Says what will be asked of these posts.
pub fn expect_of_posts<'a>(view: &View, rows: impl Iterator<Item = &'a post::Model> + Clone) {
    let ids = || rows.clone().map(|row| row.id);
    let authors = || rows.clone().map(|row| row.author_id);
    let threads = || rows.clone().map(|row| row.thread_id);
    view.expect::<People>(authors());
    view.expect::<FormerNames>(authors());
    view.expect::<Mandates>(authors());
    view.expect::<Delegations>(rows.clone().filter_map(|row| row.delegation_id.clone()));
    view.expect::<Posts>(
        rows.clone()
            .flat_map(|row| row.in_reply_to_id.into_iter().chain(row.moved_to)),
    );
    view.expect::<Threads>(threads());
    view.expect::<Moderated>(threads());
    view.expect::<Decisions>(
        rows.clone()
            .flat_map(|row| row.hidden_by.into_iter().chain(row.erased_by)),
    );
    view.expect::<OwnReports>(ids());
    view.expect::<Waiting>(ids());
    let shown = || {
        rows.clone()
            .filter_map(|row| Some((row.id, text::of(row).ok()?)))
    };
    view.expect::<Bodies>(shown().map(|(_, text)| text.key()));
    view.expect::<Translations>(shown().map(|(id, _)| id));
    view.note(shown().map(|(id, text)| (id, text.all())));
}

/// The thread with this id, if the caller sees it, read together with the others that are expected.
pub async fn load(view: &View, id: Uuid) -> Result<Option<Thread>> {
    Ok(view.get::<Threads>(id).await?.map(Thread))
}

/// Which threads: within one facet any of the concepts or what lies under it, across the facets all. What is left out
/// or empty filters nothing. At most 50 entries each.
#[derive(InputObject, Default)]
pub struct ThreadFilter {
    /// Ids or slugs of tools.
    tools: Option<Vec<ID>>,
    /// Ids or slugs of methods.
    methods: Option<Vec<ID>>,
    /// Ids or slugs of regions: a country is found under its region and its groupings.
    regions: Option<Vec<ID>>,
    /// What the threads are for.
    kinds: Option<Vec<ThreadKind>>,
    /// The threads' languages.
    languages: Option<Vec<Language>>,
    /// Ids or slugs of the delegations for which the threads were opened.
    delegations: Option<Vec<ID>>,
    /// Only threads with posts that the caller has not read. DENIED to visitors.
    unread: Option<bool>,
    /// Only threads that a decision took out of the lists (true), or only others (false, also when left out).
    archived: Option<bool>,
    /// Only threads that a decision shows before others (true), or only those that it does not (false).
    pinned: Option<bool>,
    /// Only threads that were opened at this moment or later.
    opened_from: Option<DateTime>,
    /// Only threads that were opened before this moment.
    opened_until: Option<DateTime>,
    /// Only threads that the caller follows. DENIED to visitors. Subscriptions pass over it.
    followed: Option<bool>,
    /// Only threads under a concept that the caller follows. DENIED to visitors. Subscriptions pass over it.
    under_followed: Option<bool>,
}

impl ThreadFilter {
    /// Which of the caller's own threads it means.
    fn own(&self) -> own::Own {
        own::Own {
            followed: self.followed.unwrap_or(false),
            under_followed: self.under_followed.unwrap_or(false),
        }
    }

    /// The filter as the rules know it, but for what is the caller's own.
    pub fn read(self) -> list::Filter {
        list::Filter {
            tools: concept::slugs_of(self.tools.unwrap_or_default()),
            methods: concept::slugs_of(self.methods.unwrap_or_default()),
            regions: concept::slugs_of(self.regions.unwrap_or_default()),
            kinds: self
                .kinds
                .unwrap_or_default()
                .into_iter()
                .map(Into::into)
                .collect(),
            languages: self
                .languages
                .unwrap_or_default()
                .into_iter()
                .map(Into::into)
                .collect(),
            delegations: self
                .delegations
                .unwrap_or_default()
                .iter()
                .map(|id| delegation::slug_of(id))
                .collect(),
            unread: self.unread.unwrap_or(false),
            archived: self.archived.unwrap_or(false),
            pinned: self.pinned,
            opened_from: self.opened_from.map(|at| at.0),
            opened_until: self.opened_until.map(|at| at.0),
            own: None,
        }
    }
}

#[derive(Default)]
pub struct ThreadQuery;

#[connections]
#[Object]
impl ThreadQuery {
    /// The threads that the caller sees.
    async fn threads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<ThreadFilter>,
        #[graphql(desc = "In this order.", default_with = "ThreadOrder::LatestActivity")] order_by: ThreadOrder,
        window: Window,
    ) -> Result<ThreadConnection> {
        let view = view(ctx);
        let filter = filter.unwrap_or_default();
        let own = own::condition(&view.actor, filter.own())?;
        let filter = list::Filter {
            own,
            ..filter.read()
        };
        let order = order_by.into();
        let (rows, now) = (view.rows().await?, view.now());
        let page = list::list(rows, &view.actor, now, &filter, order, &window).await?;
        expect_of_threads(&view, page.entries.iter().map(|(_, row)| row));
        let (edges, page_info) =
            edges(page.map(Thread), |cursor, node| ThreadEdge { cursor, node });
        Ok(ThreadConnection {
            edges,
            page_info,
            counted: Counted::Filtered(Box::new(filter)),
        })
    }

    /// One thread; null when there is none, or none that the caller sees.
    async fn thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its global id.")] id: ThreadId,
    ) -> Result<Option<Thread>> {
        match id.found() {
            Some(id) => load(&view(ctx), id).await,
            None => Ok(None),
        }
    }
}

/// A thread to be opened.
#[derive(InputObject)]
pub struct OpenThreadInput {
    /// Made by the client, unique for this thread. Sent twice, it answers twice with the same thread.
    key: Uuid,
    /// Its title: one line of 1 to 200 characters (configured).
    title: String,
    /// Its opening text in Markdown, 1 to 20,000 characters (configured).
    body: String,
    /// What it is for.
    kind: ThreadKind,
    /// The language of title and text.
    language: Language,
    /// Who sees it.
    #[graphql(default_with = "Visibility::Public")]
    visibility: Visibility,
    /// Ids or slugs of tools; at least one tool or method, at most 10 (configured).
    #[graphql(default)]
    tools: Vec<ID>,
    /// Ids or slugs of methods; at least one tool or method, at most 10 (configured).
    #[graphql(default)]
    methods: Vec<ID>,
    /// Ids or slugs of regions; 1 to 10 (configured).
    regions: Vec<ID>,
    /// In which capacity the caller writes.
    #[graphql(default_with = "Capacity::Personal")]
    capacity: Capacity,
    /// Under which of the caller's mandates; the latest that holds when left out.
    mandate_id: Option<MandateId>,
}

payload!(OpenThreadPayload, "The opened thread.", thread: Thread, "The thread.");

/// Other tags for a thread.
#[derive(InputObject)]
pub struct RetagThreadInput {
    /// Which thread.
    thread_id: ThreadId,
    /// Ids or slugs of tools; at least one tool or method, at most 10 (configured).
    tools: Vec<ID>,
    /// Ids or slugs of methods; at least one tool or method, at most 10 (configured).
    methods: Vec<ID>,
    /// Ids or slugs of regions; 1 to 10 (configured).
    regions: Vec<ID>,
}

payload!(RetagThreadPayload, "The retagged thread.", thread: Thread, "The thread.");

/// Changes of a thread; what is left out stays.
#[derive(InputObject)]
pub struct ChangeThreadInput {
    /// Which thread.
    thread_id: ThreadId,
    /// Its title: one line of 1 to 200 characters (configured).
    title: Option<String>,
    /// What it is for.
    kind: Option<ThreadKind>,
    /// Who sees it. From PUBLIC to MEMBERS, it disappears for everybody else at once; from MEMBERS to PUBLIC while nobody but
    /// its author has written in it.
    visibility: Option<Visibility>,
}

payload!(ChangeThreadPayload, "The changed thread.", thread: Thread, "The thread.");

/// How far a thread has been read.
#[derive(InputObject)]
pub struct MarkReadInput {
    /// Which thread.
    thread_id: ThreadId,
    /// Up to which post, from 1 to the thread's last number. It never goes back.
    number: i32,
}

payload!(MarkReadPayload, "The thread that was read.", thread: Thread, "The thread.");

#[derive(Default)]
pub struct ThreadMutation;

#[Object]
impl ThreadMutation {
    /// Opens a thread with its first post. DENIED without a current mandate, in a capacity that it does not cover, and to
    /// observers; INVALID with the field for a missing tag, an unknown one, an empty or too long text; TOO_MANY beyond the
    /// configured rate.
    async fn open_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread.")] input: OpenThreadInput,
    ) -> Result<Option<OpenThreadPayload>> {
        let asked = asked(ctx);
        let mandate = input.mandate_id.map(|id| id.uuid_of("mandateId"));
        let new = start::NewThread {
            key: input.key,
            title: input.title,
            body: input.body,
            kind: input.kind.into(),
            language: input.language.into(),
            visibility: input.visibility.into(),
            tags: tag_input(input.tools, input.methods, input.regions),
            capacity: input.capacity.into(),
            mandate_id: mandate.transpose()?,
        };
        let thread = mutate(asked, start::open_thread(&asked.forum, &asked.actor(), new)).await?;
        Ok(Some(OpenThreadPayload {
            thread: as_it_is(asked, thread).await?,
        }))
    }

    /// Gives a thread other tags. Its author (else DENIED), while a mandate holds; others by a decision.
    async fn retag_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which thread, and its tags.")] input: RetagThreadInput,
    ) -> Result<Option<RetagThreadPayload>> {
        let asked = asked(ctx);
        let id = input.thread_id.uuid()?;
        let tags = tag_input(input.tools, input.methods, input.regions);
        let thread = mutate(asked, retag::retag(&asked.forum, &asked.actor(), id, &tags)).await?;
        Ok(Some(RetagThreadPayload {
            thread: as_it_is(asked, thread).await?,
        }))
    }

    /// Changes title, kind or visibility of a thread. Its author (else DENIED), while a mandate holds; others by a decision. What
    /// others wrote for members is DENIED to be made public (OTHERS_HAVE_WRITTEN): the Secretariat decides on that.
    async fn change_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which thread, and what.")] input: ChangeThreadInput,
    ) -> Result<Option<ChangeThreadPayload>> {
        let asked = asked(ctx);
        let wanted = change::Change {
            thread_id: input.thread_id.uuid()?,
            title: input.title,
            kind: input.kind.map(Into::into),
            visibility: input.visibility.map(Into::into),
        };
        let thread = mutate(asked, change::change(&asked.forum, &asked.actor(), wanted)).await?;
        Ok(Some(ChangeThreadPayload {
            thread: as_it_is(asked, thread).await?,
        }))
    }

    /// Notes how far the caller has read a thread. DENIED to visitors.
    async fn mark_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which thread, and how far.")] input: MarkReadInput,
    ) -> Result<Option<MarkReadPayload>> {
        let asked = asked(ctx);
        let id = input.thread_id.uuid()?;
        let thread = mutate(
            asked,
            read::mark(&asked.forum, &asked.actor(), id, input.number),
        )
        .await?;
        Ok(Some(MarkReadPayload {
            thread: as_it_is(asked, thread).await?,
        }))
    }
}

/// A thread that was changed, as the view of the answer has it: its `cursor` and its rows are of one state.
async fn as_it_is(asked: &Asked, changed: thread::Model) -> Result<Thread> {
    let found = load(&asked.view(), changed.id).await?;
    Ok(found.unwrap_or(Thread(changed)))
}

fn tag_input(tools: Vec<ID>, methods: Vec<ID>, regions: Vec<ID>) -> tag::Tags {
    tag::Tags {
        tools: concept::slugs_of(tools),
        methods: concept::slugs_of(methods),
        regions: concept::slugs_of(regions),
    }
}
