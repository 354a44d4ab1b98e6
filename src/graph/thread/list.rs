//! Lists of threads and their filter.

use async_graphql::ComplexObject;
use async_graphql::Context;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use async_graphql::OneofObject;
use async_graphql::SimpleObject;
use graph_macros::connections;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::language;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::discussion::list;
use crate::forum::discussion::thread;
use crate::forum::vocabulary::headings;
use crate::forum::watching::own;
use crate::graph::concept;
use crate::graph::connection::PageInfo;
use crate::graph::connection::edges;
use crate::graph::context::ReadView;
use crate::graph::context::read_view;
use crate::graph::delegation;
use crate::graph::delegation::Delegations;
use crate::graph::ids::ThreadId;
use crate::graph::live;
use crate::graph::person::loaders::People;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Language;
use crate::graph::scalar::ThreadKind;
use crate::graph::scalar::ThreadOrder;
use crate::graph::thread::Thread;
use crate::graph::thread::load;
use crate::graph::thread::loaders::HeadingCounts;
use crate::graph::thread::loaders::OwnedThreads;
use crate::graph::thread::loaders::ThreadTotals;
use crate::graph::thread::loaders::TitledThreads;
use crate::graph::thread::loaders::prefetch_for_threads;

/// An entry in a list of threads.
#[derive(SimpleObject)]
pub struct ThreadEdge {
    /// The cursor of this entry; pass it as `after` or `before`.
    cursor: String,
    /// The thread.
    node: Thread,
}

/// A page of a list of threads.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ThreadConnection {
    /// The entries of this page, in the order of the list, each with its cursor.
    edges: Vec<ThreadEdge>,
    /// The position of this page in the list.
    page_info: PageInfo,
    #[graphql(skip)]
    thread_set: ThreadSet,
}

/// The set of threads that a list shows.
enum ThreadSet {
    Filtered(Box<list::Filter>),
    Owned(list::Owner),
}

#[ComplexObject]
impl ThreadConnection {
    /// The threads of this page, for clients that need no cursors.
    async fn nodes(&self) -> Vec<&Thread> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// The position in the log at which this list was read; pass it as `after` to a subscription, and no event is
    /// missed or repeated.
    async fn cursor(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(live::encode_cursor(read_view(ctx).head().await?))
    }

    /// The number of threads on all pages.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64> {
        let view = read_view(ctx);
        match &self.thread_set {
            ThreadSet::Filtered(filter) => {
                let rows = view.rows().await?;
                let count = list::count(rows, &view.actor, view.now(), filter).await?;
                i64::try_from(count).map_err(Error::internal)
            }
            ThreadSet::Owned(owner) => total_of(&view, owner).await,
        }
    }
}

/// A page of the threads of a person or delegation, read together with those of the other owners in the response.
pub async fn of_owner(
    view: &ReadView,
    owner: list::Owner,
    window: Window,
) -> Result<ThreadConnection> {
    let owners = owners_in_response(view, &owner).await.into_iter();
    view.prefetch::<OwnedThreads>(owners.map(|owner| (owner, window.clone())));
    let found = view.get::<OwnedThreads>((owner.clone(), window.clone()));
    let found = found.await?;
    let page = found.unwrap_or_else(|| Page::of_rows(Vec::new(), &window));
    let (edges, page_info) = edges(page.map(Thread), |cursor, node| ThreadEdge { cursor, node });
    Ok(ThreadConnection {
        edges,
        page_info,
        thread_set: ThreadSet::Owned(owner),
    })
}

/// The number of threads of a person or delegation, read together with those of the other owners in the response.
pub async fn total_of(view: &ReadView, owner: &list::Owner) -> Result<i64> {
    view.prefetch::<ThreadTotals>(owners_in_response(view, owner).await);
    let found = view.get::<ThreadTotals>(owner.clone()).await?;
    Ok(found.unwrap_or(0))
}

/// All owners of the same kind in the response: what is needed for one is needed for all.
async fn owners_in_response(view: &ReadView, owner: &list::Owner) -> Vec<list::Owner> {
    match owner {
        list::Owner::Person(_) => {
            view.map_loaded::<People, _>(|id, _| list::Owner::Person(*id))
                .await
        }
        list::Owner::Delegation(_) => {
            let owner = |slug: &String| list::Owner::Delegation(slug.clone());
            view.map_loaded::<Delegations, _>(|slug, _| owner(slug))
                .await
        }
    }
}

/// Selects threads: within a facet, they match any of the concepts or anything below them; across facets, they must
/// match all. A field that is left out or empty filters nothing. At most 50 entries each.
#[derive(InputObject, Default)]
pub struct ThreadFilter {
    /// Ids or slugs of tools.
    tools: Option<Vec<ID>>,
    /// Ids or slugs of methods.
    methods: Option<Vec<ID>>,
    /// Ids or slugs of regions: a country is also found under its region and its groupings.
    regions: Option<Vec<ID>>,
    /// The kind of the threads.
    kinds: Option<Vec<ThreadKind>>,
    /// The threads' languages.
    languages: Option<Vec<Language>>,
    /// Ids or slugs of the delegations for which the threads were opened.
    delegations: Option<Vec<ID>>,
    /// Only threads with posts that the caller has not read. DENIED for visitors.
    unread: Option<bool>,
    /// Only archived threads (true), or only threads that are not archived (false, also when left out).
    archived: Option<bool>,
    /// Only pinned threads (true), or only threads that are not pinned (false).
    pinned: Option<bool>,
    /// Only questions with an accepted answer (true), or only questions without one (false). Subscriptions ignore this field.
    answered: Option<bool>,
    /// Only threads opened at this time or later.
    opened_from: Option<DateTime>,
    /// Only threads opened before this time.
    opened_until: Option<DateTime>,
    /// Only threads whose title contains each of these words, or parts of words, whatever their case and marks; 100 characters at
    /// most. A list looks among the 2,000 most recently active threads that the caller sees, or, with `archived`, among as many
    /// archived ones.
    title: Option<String>,
    /// Only threads that the caller follows. DENIED for visitors. Subscriptions ignore this field.
    followed: Option<bool>,
    /// Only threads under a concept that the caller follows. DENIED for visitors. Subscriptions ignore this field.
    under_followed: Option<bool>,
}

impl ThreadFilter {
    /// The filter in the form that the rules use, without the part that depends on the caller.
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
            answered: self.answered,
            opened_from: self.opened_from.map(|at| at.0),
            opened_until: self.opened_until.map(|at| at.0),
            title: match self.title.unwrap_or_default().trim() {
                "" => list::Titled::Any,
                words => list::Titled::With(words.to_string()),
            },
            under: None,
            own: None,
        }
    }
}

/// The threads to count, by exactly one of these.
#[derive(OneofObject)]
pub enum ThreadCountBy {
    /// Their kind.
    Kind(ThreadKind),
    /// Their language.
    Language(Language),
    /// The id or slug of the delegation for which they were opened.
    Delegation(ID),
    /// The id or slug of a tool, method or region, or of something above it.
    Concept(ID),
    /// Whether they are questions with an accepted answer (true), or questions without one (false).
    Answered(bool),
}

impl ThreadCountBy {
    fn heading(self) -> String {
        match self {
            ThreadCountBy::Kind(kind) => headings::kind(thread::Kind::from(kind).as_str()),
            ThreadCountBy::Language(language) => {
                headings::language(language::Language::from(language).code())
            }
            ThreadCountBy::Delegation(id) => headings::delegation(&delegation::slug_of(&id)),
            ThreadCountBy::Concept(id) => concept::slug_of(&id),
            ThreadCountBy::Answered(answered) => headings::answered(answered),
        }
    }
}

#[derive(Default)]
pub struct ThreadQuery;

#[connections]
#[Object]
impl ThreadQuery {
    /// Returns the threads that the caller sees.
    async fn threads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what matches this filter.")] filter: Option<ThreadFilter>,
        #[graphql(
            desc = "The order of the list.",
            default_with = "ThreadOrder::LatestActivity"
        )]
        order_by: ThreadOrder,
        window: Window,
    ) -> Result<ThreadConnection> {
        let view = read_view(ctx);
        let filter = filter.unwrap_or_default();
        let (rows, now) = (view.rows().await?, view.now());
        let own = match filter.followed {
            Some(true) => Some(own::followed(&view.actor)?),
            Some(false) | None => None,
        };
        let under = match filter.under_followed {
            Some(true) => Some(own::concepts(rows, &view.actor).await?),
            Some(false) | None => None,
        };
        let mut filter = list::Filter {
            own,
            under,
            ..filter.read()
        };
        if let list::Titled::With(words) = filter.title {
            let found = view.get::<TitledThreads>((words, filter.archived)).await?;
            filter.title = list::Titled::Found(found.unwrap_or_default());
        }
        let order = order_by.into();
        let page = list::list(rows, &view.actor, now, &filter, order, &window).await?;
        prefetch_for_threads(&view, page.entries.iter().map(|(_, row)| row));
        let (edges, page_info) =
            edges(page.map(Thread), |cursor, node| ThreadEdge { cursor, node });
        Ok(ThreadConnection {
            edges,
            page_info,
            thread_set: ThreadSet::Filtered(Box::new(filter)),
        })
    }

    /// Returns how many threads the caller's audience sees in lists, all or those of one value of a facet, whatever else is filtered.
    /// A document that asks for many of these numbers reads them at once.
    async fn thread_count(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which threads; all when left out.")] by: Option<ThreadCountBy>,
        #[graphql(
            desc = "Whether to count the archived threads instead of the others.",
            default = false
        )]
        archived: bool,
    ) -> Result<i64> {
        let heading = by.map_or_else(|| headings::ALL.to_string(), ThreadCountBy::heading);
        let view = read_view(ctx);
        let count = view.get::<HeadingCounts>((heading, archived)).await?;
        Ok(count.unwrap_or(0))
    }

    /// Returns one thread; null when there is none with this id, or none that the caller sees.
    async fn thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its global id.")] id: ThreadId,
    ) -> Result<Option<Thread>> {
        match id.found() {
            Some(id) => load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }
}
