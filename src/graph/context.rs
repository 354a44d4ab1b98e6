//! The context of one operation: the caller, the snapshot of the database that the operation reads, and the rows already
//! loaded from it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
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
use crate::consumers::live::LiveEvents;
use crate::consumers::live::Progress;
use crate::forum::Forum;
use crate::graph::loader::TypeMap;
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

/// A snapshot of the database, the actor that reads it, and the rows loaded from it by [`crate::graph::loader::Loader`]s.
pub struct ReadView {
    pub snapshot: Snapshot,
    pub actor: Actor,
    pub caches: TypeMap,
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
    ) -> RequestContext {
        let actor = caller.actor.clone();
        RequestContext {
            view: RwLock::new(Arc::new(ReadView::new(
                forum.store.snapshot(),
                actor.clone(),
            ))),
            actor: RwLock::new(actor),
            forum,
            live,
            caller,
            instance,
            base_url,
            progress: Arc::default(),
            from: None,
            views,
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
        let view = ReadView::new(self.forum.store.snapshot(), self.actor());
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
            ReadView::new(self.forum.store.snapshot(), actor)
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
    fn new(snapshot: Snapshot, actor: Actor) -> ReadView {
        ReadView {
            snapshot,
            actor,
            caches: TypeMap::default(),
        }
    }

    /// The rows of the snapshot.
    pub async fn rows(&self) -> Result<&Rows> {
        self.snapshot.rows().await
    }

    /// The current time.
    pub fn now(&self) -> Moment {
        self.snapshot.now()
    }
}
