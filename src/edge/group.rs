//! One distinct subscription of an audience. It is executed once for each event, and each subscriber reads the results at its
//! own pace.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::RwLock;
use std::sync::RwLockReadGuard;
use std::sync::Weak;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use futures_util::FutureExt;
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::base::actor::Actor;
use crate::base::actor::Audience;
use crate::base::caller::Caller;
use crate::base::metrics::Metrics;
use crate::base::sync;
use crate::edge::answer;
use crate::edge::history::EventMessage;
use crate::edge::history::History;
use crate::edge::sharing::Subscription;
use crate::graph::Graph;
use crate::graph::subscription::SubscriptionRun;
use crate::graph::subscription::SubscriptionStep;

/// For subscribers at most this many events behind what is held, past events are executed once for all of them. For
/// subscribers further behind, they are executed individually.
const MAX_SHARED_REPLAY: i64 = 1_024;

/// What every group needs from the process.
#[derive(Clone)]
pub struct Environment {
    pub graph: Graph,
    pub metrics: Arc<Metrics>,
    /// The runtime on which the subscribers are woken.
    pub delivery: Handle,
}

/// One distinct subscription of an audience, and its subscribers.
pub struct Group {
    env: Environment,
    subscription: Arc<Subscription>,
    /// Represents the audience, not a particular person.
    caller: Caller,
    history: RwLock<History>,
    /// The position of the newest event that was sent.
    newest: AtomicI64,
    ended: AtomicBool,
    wakers: Mutex<HashMap<u64, Arc<Notify>>>,
    /// Locked while past events are executed for all subscribers, so that this happens once.
    replaying: tokio::sync::Mutex<()>,
    /// The number of the last subscriber.
    last_subscriber: AtomicU64,
    task: Mutex<Option<AbortHandle>>,
    /// Called when the last reference to the group is dropped.
    on_empty: Box<dyn Fn() + Send + Sync>,
}

/// A subscriber of a group, with its position.
pub struct Subscriber {
    group: Arc<Group>,
    number: u64,
    /// Everything up to here has been sent to this subscriber.
    pub cursor: i64,
}

/// What a subscriber can read next.
pub enum Next {
    Message(EventMessage),
    /// Nothing for now. The subscriber is woken when there is something.
    Nothing,
    /// The next event is older than what is held, so it must be executed again.
    Behind,
    /// The subscription has ended.
    Ended,
}

impl Subscriber {
    /// Returns what comes next, without waiting. Returns the same message until `advance` is called.
    pub fn peek(&self) -> Next {
        let ended = self.group.ended.load(Ordering::Acquire);
        if !ended && self.group.newest.load(Ordering::Acquire) <= self.cursor {
            return Next::Nothing;
        }
        let history = self.group.history();
        if self.cursor < history.after() {
            return Next::Behind;
        }
        match history.next(self.cursor) {
            Some(message) => Next::Message(message.clone()),
            None if ended => Next::Ended,
            None => Next::Nothing,
        }
    }

    /// Marks everything up to a position as sent.
    pub fn advance(&mut self, position: i64) {
        self.cursor = position;
    }

    /// The group of this subscriber.
    pub fn group(&self) -> &Arc<Group> {
        &self.group
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        sync::lock(&self.group.wakers).remove(&self.number);
        self.group.env.metrics.subscribers.dec();
    }
}

impl Group {
    /// Starts a group at a position of the log. `on_empty` is called when the last reference to it is dropped.
    ///
    /// # Errors
    /// The list of errors with which the subscription is refused.
    pub async fn begin(
        env: Environment,
        subscription: &Arc<Subscription>,
        audience: Audience,
        caller: &Caller,
        at: i64,
        on_empty: impl Fn() + Send + Sync + 'static,
    ) -> Result<Arc<Group>, Value> {
        let caller = Caller {
            actor: Actor::Audience(audience),
            ..caller.clone()
        };
        let live = env.graph.live();
        // A subscriber far behind replays past events by itself. The group begins where most subscribers are.
        let at = at.clamp((live.head() - MAX_SHARED_REPLAY).max(0), live.head().max(0));
        let document = subscription.document.clone();
        let mut following = env.graph.subscribe(document, caller.clone(), Some(at));
        let first = following.step().await;
        if let Some(SubscriptionStep::Response(position, _, response)) = &first
            && *position < 0
            && answer::is_refusal(response)
        {
            return Err(answer::errors_of(response));
        }
        let group = Arc::new(Group {
            env,
            subscription: Arc::clone(subscription),
            caller,
            history: RwLock::new(History::new(at)),
            newest: AtomicI64::new(at),
            ended: AtomicBool::new(false),
            wakers: Mutex::default(),
            replaying: tokio::sync::Mutex::default(),
            last_subscriber: AtomicU64::new(0),
            task: Mutex::default(),
            on_empty: Box::new(on_empty),
        });
        let running = run(Arc::downgrade(&group), following, first);
        let ending = Arc::downgrade(&group);
        let task = tokio::spawn(async move {
            // If the task panics, subscribers must not wait for the group.
            if AssertUnwindSafe(running).catch_unwind().await.is_err() {
                tracing::error!("a shared subscription panicked");
                if let Some(group) = ending.upgrade() {
                    group.end();
                }
            }
        });
        *sync::lock(&group.task) = Some(task.abort_handle());
        Ok(group)
    }

    /// Whether the subscription has ended.
    pub fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Adds a subscriber after a position.
    pub fn subscribe(self: &Arc<Group>, cursor: i64, waker: Arc<Notify>) -> Subscriber {
        let number = self.last_subscriber.fetch_add(1, Ordering::Relaxed);
        self.env.metrics.subscribers.inc();
        sync::lock(&self.wakers).insert(number, waker);
        Subscriber {
            group: Arc::clone(self),
            number,
            cursor,
        }
    }

    /// Whether everything after this position is held or still to come.
    pub fn holds(&self, cursor: i64) -> bool {
        cursor >= self.history().after()
    }

    /// Executes the events from a position up to what is held, once for all subscribers, and holds the results too. Does nothing
    /// if they are too many to hold. Subscribers that need them then use [`Group::replay`].
    pub async fn backfill(&self, cursor: i64) {
        let _alone = self.replaying.lock().await;
        let (upto, bytes) = {
            let history = self.history();
            (history.after(), history.bytes())
        };
        if cursor >= upto || upto - cursor > MAX_SHARED_REPLAY {
            return;
        }
        let mut following = self.replay(cursor);
        let (mut earlier, mut size) = (Vec::new(), bytes);
        let mut reached = cursor;
        while reached < upto {
            match following.step().await {
                Some(SubscriptionStep::Response(position, at, response)) => {
                    if position > upto {
                        break;
                    }
                    if answer::is_refusal(&response) {
                        return;
                    }
                    let body: Arc<str> = Arc::from(answer::body_of(&response));
                    size += body.len();
                    earlier.push(EventMessage::new(position, at, body));
                    if !History::fits(earlier.len(), size) {
                        return;
                    }
                    reached = position;
                }
                Some(SubscriptionStep::CaughtUp(position)) => reached = position,
                None => return,
            }
        }
        sync::write(&self.history).prepend(cursor, upto, earlier);
    }

    /// Executes the group's document from a position on, for a subscriber that is far behind.
    pub fn replay(&self, cursor: i64) -> SubscriptionRun {
        let document = self.subscription.document.clone();
        let graph = &self.env.graph;
        graph.subscribe(document, self.caller.clone(), Some(cursor))
    }

    /// The subscription, for use with another audience.
    pub fn subscription(&self) -> &Arc<Subscription> {
        &self.subscription
    }

    /// The audience that receives it.
    pub fn audience(&self) -> Audience {
        self.caller.actor.audience()
    }

    fn history(&self) -> RwLockReadGuard<'_, History> {
        sync::read(&self.history)
    }

    fn publish(self: &Arc<Group>, message: EventMessage, taken_away: i64) {
        let position = message.position;
        {
            let mut history = sync::write(&self.history);
            history.push(message);
            history.forget_before(taken_away);
        }
        self.newest.store(position, Ordering::Release);
        self.wake_subscribers();
    }

    fn forget(&self, taken_away: i64) {
        if self.history().after() < taken_away - 1 {
            let mut history = sync::write(&self.history);
            history.forget_before(taken_away);
        }
    }

    fn end(self: &Arc<Group>) {
        self.ended.store(true, Ordering::Release);
        self.wake_subscribers();
    }

    /// Wakes all subscribers on the runtime that serves them, where waking is cheapest.
    fn wake_subscribers(self: &Arc<Group>) {
        let group = Arc::clone(self);
        let waking = async move {
            for waker in sync::lock(&group.wakers).values() {
                waker.notify_one();
            }
        };
        drop(self.env.delivery.spawn(waking));
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(task) = sync::lock(&self.task).take() {
            task.abort();
        }
        (self.on_empty)();
    }
}

/// Executes for a group until it has no subscribers or there is nothing more to send.
async fn run(group: Weak<Group>, mut following: SubscriptionRun, first: Option<SubscriptionStep>) {
    let mut step = first;
    loop {
        let Some(group) = group.upgrade() else {
            return;
        };
        match step {
            // Not an event: after a malfunction, the subject can no longer be read.
            Some(SubscriptionStep::Response(position, ..))
                if position <= group.newest.load(Ordering::Acquire) =>
            {
                return group.end();
            }
            Some(SubscriptionStep::Response(position, at, response)) => {
                let body = Arc::from(answer::body_of(&response));
                let message = EventMessage::new(position, at, body);
                group.publish(message, following.last_removal());
            }
            Some(SubscriptionStep::CaughtUp(_)) => group.forget(following.last_removal()),
            None => return group.end(),
        }
        drop(group);
        step = following.step().await;
    }
}
