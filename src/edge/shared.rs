//! Subscriptions that many clients request identically. Each is executed once for each event and audience, and all subscribers
//! get the same bytes. Each subscriber has its own position and reads at its own pace. One that falls too far behind reads the
//! log again. No subscriber waits for another.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::Weak;

use serde_json::Value;
use tokio::runtime::Handle;

use crate::base::actor::Audience;
use crate::base::caller::Caller;
use crate::base::metrics::Metrics;
use crate::base::sync;
use crate::edge::group::Environment;
use crate::edge::group::Group;
use crate::edge::key::Key;
use crate::edge::sharing::Subscription;
use crate::graph::Graph;

/// All shared subscriptions of this process.
#[derive(Clone)]
pub struct SharedSubscriptions {
    inner: Arc<Inner>,
}

struct Inner {
    env: Environment,
    groups: Mutex<HashMap<Key, Slot>>,
}

/// Holds one group. Locked while the group is created, so that this happens once.
type Slot = Arc<tokio::sync::Mutex<Weak<Group>>>;

impl SharedSubscriptions {
    /// Creates the set for an API. The subscribers are woken on the given runtime.
    pub fn new(graph: Graph, metrics: Arc<Metrics>, delivery: Handle) -> SharedSubscriptions {
        SharedSubscriptions {
            inner: Arc::new(Inner {
                env: Environment {
                    graph,
                    metrics,
                    delivery,
                },
                groups: Mutex::default(),
            }),
        }
    }

    /// Returns the number of distinct subscriptions.
    pub fn distinct(&self) -> usize {
        sync::lock(&self.inner.groups).len()
    }

    /// Returns the group that executes a subscription for this audience. Creates it at a position of the log if there is none.
    ///
    /// # Errors
    /// The list of errors with which the subscription is refused.
    pub async fn join(
        &self,
        subscription: &Arc<Subscription>,
        audience: Audience,
        caller: &Caller,
        at: i64,
    ) -> Result<Arc<Group>, Value> {
        let key = subscription.key(audience, caller.language);
        let pending = PendingGroup::new(&self.inner, key);
        let mut slot = pending.slot.lock().await;
        if let Some(group) = slot.upgrade()
            && !group.has_ended()
        {
            return Ok(group);
        }
        let inner = Arc::downgrade(&self.inner);
        let on_empty = move || {
            if let Some(inner) = inner.upgrade() {
                inner.remove_unused(key, 1);
            }
        };
        let env = self.inner.env.clone();
        let group = Group::begin(env, subscription, audience, caller, at, on_empty).await?;
        *slot = Arc::downgrade(&group);
        Ok(group)
    }
}

/// A slot in use by a task that joins or creates a group. If the task is cancelled or refused, an unused slot is removed.
struct PendingGroup<'a> {
    inner: &'a Inner,
    key: Key,
    slot: Slot,
}

impl PendingGroup<'_> {
    fn new(inner: &Inner, key: Key) -> PendingGroup<'_> {
        let slot = Arc::clone(sync::lock(&inner.groups).entry(key).or_default());
        PendingGroup { inner, key, slot }
    }
}

impl Drop for PendingGroup<'_> {
    fn drop(&mut self) {
        // One reference in the map, one here.
        self.inner.remove_unused(self.key, 2);
    }
}

impl Inner {
    /// Removes a slot if it holds no group and has at most `max_references` references.
    fn remove_unused(&self, key: Key, max_references: usize) {
        let mut groups = sync::lock(&self.groups);
        let unused = groups.get(&key).is_some_and(|slot| {
            Arc::strong_count(slot) <= max_references
                && slot.try_lock().is_ok_and(|group| group.strong_count() == 0)
        });
        if unused {
            groups.remove(&key);
        }
    }
}
