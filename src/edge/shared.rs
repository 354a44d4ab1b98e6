//! Subscriptions that many clients request alike: executed once for each event and audience, and sent to all as the
//! same bytes. Each subscriber has its own position in what was sent and reads at its own pace. One that falls too far
//! behind goes back to the log; nobody waits for anybody.

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
use crate::edge::sharing::Key;
use crate::edge::sharing::Subscription;
use crate::graph::Graph;

/// All shared subscriptions of this process.
#[derive(Clone)]
pub struct Shared {
    inner: Arc<Inner>,
}

struct Inner {
    env: Environment,
    groups: Mutex<HashMap<Key, Slot>>,
}

/// Where one group is kept or being made; held while it is being made, so that this happens once.
type Slot = Arc<tokio::sync::Mutex<Weak<Group>>>;

impl Shared {
    /// Creates them over an API, for subscribers that are served by this runtime.
    pub fn new(graph: Graph, metrics: Arc<Metrics>, delivery: Handle) -> Shared {
        Shared {
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

    /// Returns the group that executes a subscription for this audience; makes it at a position of the log if there is
    /// none.
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
        let making = Making::new(&self.inner, key);
        let mut place = making.slot.lock().await;
        if let Some(group) = place.upgrade()
            && !group.is_over()
        {
            return Ok(group);
        }
        let inner = Arc::downgrade(&self.inner);
        let left = move || {
            if let Some(inner) = inner.upgrade() {
                inner.tidy(key, 1);
            }
        };
        let env = self.inner.env.clone();
        let group = Group::begin(env, subscription, audience, caller, at, left).await?;
        *place = Arc::downgrade(&group);
        Ok(group)
    }
}

/// A task that may be making a group. If it is cancelled or refused, nothing of it remains.
struct Making<'a> {
    inner: &'a Inner,
    key: Key,
    slot: Slot,
}

impl Making<'_> {
    fn new(inner: &Inner, key: Key) -> Making<'_> {
        let slot = Arc::clone(sync::lock(&inner.groups).entry(key).or_default());
        Making { inner, key, slot }
    }
}

impl Drop for Making<'_> {
    fn drop(&mut self) {
        // One reference in the map, one here.
        self.inner.tidy(self.key, 2);
    }
}

impl Inner {
    /// Removes the slot of a group if no group is in it and it has no more references than `holders`.
    fn tidy(&self, key: Key, holders: usize) {
        let mut groups = sync::lock(&self.groups);
        let unused = groups.get(&key).is_some_and(|slot| {
            Arc::strong_count(slot) <= holders
                && slot.try_lock().is_ok_and(|group| group.strong_count() == 0)
        });
        if unused {
            groups.remove(&key);
        }
    }
}
