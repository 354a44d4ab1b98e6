//! The context of one operation: the caller, the snapshot of the database that the operation reads, and the rows already
//! loaded from it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::RwLock;
use std::sync::Weak;

use async_graphql::Context;
use async_graphql::ID;

use crate::base::actor::Actor;
use crate::base::actor::Audience;
use crate::base::caller::Caller;
use crate::base::clock::Moment;
use crate::base::config::Instance;
use crate::base::error::Result;
use crate::base::id;
use crate::base::sources::Source;
use crate::base::sources::Sources;
use crate::consumers::live::LiveEvents;
use crate::consumers::live::Progress;
use crate::forum::Forum;
use crate::forum::accounts::delegation::Delegations;
use crate::forum::vocabulary::whole::Vocabulary;
use crate::graph::loader::TypeMap;
use crate::store::kept::Topic;
use crate::store::snapshot::Rows;
use crate::store::snapshot::Snapshot;

/// The context of one operation. Resolvers take it from the executor's context.
pub struct RequestContext {
    pub forum: Forum,
    pub live: LiveEvents,
    pub caller: Caller,
    pub instance: Arc<Instance>,
    pub base_url: Arc<str>,
    /// For a subscription: its progress.
    pub progress: Arc<Progress>,
    /// For a subscription: the position where it starts, instead of at its `after`.
    pub from: Option<i64>,
    /// Records what the operation reads.
    sources: Sources,
    views: SharedReadViews,
    actor: RwLock<Actor>,
    view: RwLock<Arc<ReadView>>,
}

/// The read views shared by subscribers that receive the same event for the same audience: a row loaded for one is
/// available to all.
#[derive(Clone, Default)]
pub struct SharedReadViews {
    current: Arc<Mutex<HashMap<Audience, PositionedView>>>,
}

/// The position of the event, and the read view made for it.
type PositionedView = (i64, Weak<ReadView>);

impl SharedReadViews {
    fn at(
        &self,
        position: i64,
        audience: Audience,
        make: impl FnOnce() -> ReadView,
    ) -> Arc<ReadView> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = current
            .get(&audience)
            .filter(|(at, _)| *at == position)
            .and_then(|(_, view)| view.upgrade());
        shared.unwrap_or_else(|| {
            let view = Arc::new(make());
            current.insert(audience, (position, Arc::downgrade(&view)));
            view
        })
    }
}

/// The view that the documents of one page share: a page shows one state of the database, and what one document has read is
/// available to the next. A change ends it.
#[derive(Clone, Default)]
pub struct PageView {
    view: Arc<Mutex<Option<Arc<ReadView>>>>,
}

impl PageView {
    fn held(&self) -> MutexGuard<'_, Option<Arc<ReadView>>> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the next document read a fresh view.
    pub fn end(&self) {
        *self.held() = None;
    }
}

/// A state of the database with what has been read of it; `Loader` says how. It records what is read, for answers that are
/// kept.
pub struct ReadView {
    snapshot: Snapshot,
    pub actor: Actor,
    pub caches: TypeMap,
    sources: Sources,
}

/// The context of the operation that is being resolved.
pub fn request<'a>(ctx: &Context<'a>) -> &'a RequestContext {
    ctx.data_unchecked::<Arc<RequestContext>>()
}

/// The read view of the operation that is being resolved.
pub fn read_view(ctx: &Context<'_>) -> Arc<ReadView> {
    request(ctx).read_view()
}

/// The id of the part of an object that depends on the caller (its `viewer` field).
pub fn viewer_part_id(ctx: &Context<'_>, object: &ID) -> ID {
    ID(id::viewed(object, read_view(ctx).actor.person_id()))
}

/// Makes a change and renews the read view, so that the response shows the change. The view is also renewed before the
/// change: a change must not hold one connection to the database and wait for another.
///
/// # Errors
/// Those of the change.
pub async fn mutate<T>(
    request: &RequestContext,
    change: impl Future<Output = Result<T>>,
) -> Result<T> {
    request.renew();
    let changed = change.await?;
    request.renew();
    Ok(changed)
}

impl RequestContext {
    /// Creates the context of a new operation.
    pub fn new(
        forum: Forum,
        live: LiveEvents,
        caller: Caller,
        instance: Arc<Instance>,
        base_url: Arc<str>,
        views: SharedReadViews,
        sources: Sources,
    ) -> RequestContext {
        let actor = caller.actor.clone();
        RequestContext {
            view: RwLock::new(Arc::new(ReadView::new(
                forum.store.snapshot(),
                actor.clone(),
                sources.clone(),
            ))),
            actor: RwLock::new(actor),
            forum,
            live,
            caller,
            instance,
            base_url,
            progress: Arc::default(),
            from: None,
            sources,
            views,
        }
    }

    /// Takes the view of a page if the caller is the same, or makes its own view that of the page.
    pub fn share(&self, page: &PageView) {
        let mut held = page.held();
        let own = self.read_view();
        match held.as_ref().filter(|view| view.actor == own.actor) {
            Some(view) => {
                *self.view.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(view);
            }
            None => *held = Some(own),
        }
    }

    /// The caller.
    pub fn actor(&self) -> Actor {
        self.actor
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The current read view.
    pub fn read_view(&self) -> Arc<ReadView> {
        Arc::clone(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Starts a fresh read view: after a change, and before each live event.
    pub fn renew(&self) {
        let sources = self.sources.clone();
        let view = ReadView::new(self.forum.store.snapshot(), self.actor(), sources);
        *self.view.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(view);
    }

    /// Takes the read view for an event at this position, shared with all subscribers that receive it for the same
    /// audience.
    pub fn renew_at(&self, position: i64) {
        let actor = self.actor();
        let Actor::Audience(audience) = actor else {
            return self.renew();
        };
        let shared = self.views.at(position, audience, || {
            ReadView::new(self.forum.store.snapshot(), actor, Sources::default())
        });
        *self.view.write().unwrap_or_else(PoisonError::into_inner) = shared;
    }

    /// Changes the actor from here on: after signing in or out.
    pub fn set_actor(&self, actor: Actor) {
        *self.actor.write().unwrap_or_else(PoisonError::into_inner) = actor;
        self.renew();
    }
}

impl ReadView {
    fn new(snapshot: Snapshot, actor: Actor, sources: Sources) -> ReadView {
        ReadView {
            snapshot,
            actor,
            caches: TypeMap::default(),
            sources,
        }
    }

    /// The rows of the snapshot, to read anything.
    pub async fn rows(&self) -> Result<&Rows> {
        self.sources.add_everything();
        self.snapshot.rows().await
    }

    /// The rows, to read what changes only with these sources.
    pub async fn rows_of(&self, sources: impl IntoIterator<Item = Source>) -> Result<&Rows> {
        self.sources.add(sources);
        self.snapshot.rows().await
    }

    /// The rows, to read what belongs to rows that were read before and changes with the same sources, or what never changes.
    pub async fn rows_of_known(&self) -> Result<&Rows> {
        self.snapshot.rows().await
    }

    /// Records that what was read may change with anything.
    pub fn note_everything(&self) {
        self.sources.add_everything();
    }

    /// Records what was read.
    pub fn note(&self, sources: impl IntoIterator<Item = Source>) {
        self.sources.add(sources);
    }

    /// The position of the newest event that the view contains. It is not a part of what the view shows: events after an earlier
    /// position have not changed what is still true.
    pub async fn head(&self) -> Result<i64> {
        self.snapshot.head().await
    }

    /// Names the state of the vocabulary and the delegations that this view shows.
    pub async fn vocabulary_state(&self) -> Result<i64> {
        self.sources.add([Source::Vocabulary]);
        self.snapshot.state_of(Topic::Vocabulary).await
    }

    /// Names the state of the numbers of threads under headings that this view shows.
    pub async fn listed_state(&self) -> Result<i64> {
        self.sources.add_everything();
        self.snapshot.state_of(Topic::Listed).await
    }

    /// The vocabulary that this view shows.
    pub async fn vocabulary(&self) -> Result<Arc<Vocabulary>> {
        self.sources.add([Source::Vocabulary]);
        self.snapshot.kept().await
    }

    /// The delegations that this view shows.
    pub async fn delegations(&self) -> Result<Arc<Delegations>> {
        self.sources.add([Source::Vocabulary]);
        self.snapshot.kept().await
    }

    /// The current time.
    pub fn now(&self) -> Moment {
        self.snapshot.now()
    }
}
