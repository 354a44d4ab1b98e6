//! Subscriptions that many ask alike: executed once for each event and audience, handed to all as the same bytes. Each
//! subscriber has a place of their own in what was told, takes at their own pace, and who falls out of it goes back to the
//! log; nobody waits for anybody.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::OnceLock;
use std::sync::PoisonError;
use std::sync::RwLock;
use std::sync::Weak;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use axum::extract::ws::Message;
use axum::extract::ws::Utf8Bytes;
use futures_util::FutureExt;
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::base::actor::Actor;
use crate::base::actor::Audience;
use crate::base::caller::Caller;
use crate::base::clock::Moment;
use crate::base::metrics::Metrics;
use crate::edge::answer;
use crate::edge::message;
use crate::edge::sharing::Key;
use crate::edge::sharing::Subscription;
use crate::graph::Graph;
use crate::graph::following::Following;
use crate::graph::following::Step;

/// What was told and is held for those who come a little later, at most: this many, of this many bytes together.
const HELD: usize = 64;
const HELD_BYTES: usize = 128 * 1024;
/// Who is this many events behind what is held has them executed for all who are as far behind; who is further, alone.
const NEAR: i64 = 1_024;

/// Something that was told, ready for every socket.
#[derive(Clone, Debug)]
pub struct Told {
    /// Of which event, and when that was committed.
    pub position: i64,
    pub at: Moment,
    /// The response in JSON.
    pub body: Arc<str>,
    /// The message for the first who asked, with their name for the operation: most clients use the same.
    framed: Arc<OnceLock<(Box<str>, Utf8Bytes)>>,
}

impl Told {
    fn new(position: i64, at: Moment, body: Arc<str>) -> Told {
        Told {
            position,
            at,
            body,
            framed: Arc::default(),
        }
    }

    /// The message to a socket that has this name for the operation.
    pub fn message(&self, id: &str) -> Message {
        let make = || Utf8Bytes::from(message::next(id, &self.body));
        let (name, framed) = self.framed.get_or_init(|| (id.into(), make()));
        Message::Text(if name.as_ref() == id {
            framed.clone()
        } else {
            make()
        })
    }
}

/// All shared subscriptions of this process.
#[derive(Clone)]
pub struct Shared {
    inner: Arc<Inner>,
}

struct Inner {
    graph: Graph,
    metrics: Arc<Metrics>,
    /// Where the subscribers are woken.
    delivery: Handle,
    groups: Mutex<HashMap<Key, Slot>>,
    seats: AtomicU64,
}

/// Where one group is or is being made; held while it is, so that it is made once.
type Slot = Arc<tokio::sync::Mutex<Weak<Group>>>;

/// One distinct subscription of an audience, and who follows it.
pub struct Group {
    key: Key,
    shared: Weak<Inner>,
    subscription: Arc<Subscription>,
    /// Nobody in particular of the audience.
    caller: Caller,
    told: RwLock<History>,
    /// The position of the newest that was told.
    newest: AtomicI64,
    over: AtomicBool,
    bells: Mutex<HashMap<u64, Arc<Notify>>>,
    /// Held by who executes past events for all, so that it is done once.
    replaying: tokio::sync::Mutex<()>,
    task: Mutex<Option<AbortHandle>>,
}

/// What was told after a position, without holes.
struct History {
    after: i64,
    told: VecDeque<Told>,
    bytes: usize,
}

impl History {
    fn push(&mut self, told: Told) {
        self.bytes += told.body.len();
        self.told.push_back(told);
        while self.told.len() > HELD || (self.bytes > HELD_BYTES && self.told.len() > 1) {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        if let Some(dropped) = self.told.pop_front() {
            self.bytes -= dropped.body.len();
            self.after = dropped.position;
        }
    }

    /// What was told before something was taken away is not told again as it was.
    fn forget_before(&mut self, position: i64) {
        while self
            .told
            .front()
            .is_some_and(|told| told.position < position)
        {
            self.drop_oldest();
        }
        self.after = self.after.max(position - 1);
    }

    /// Puts what was told before in front, if it goes up to where this begins and there is room.
    fn prepend(&mut self, after: i64, upto: i64, earlier: Vec<Told>) {
        let bytes: usize = earlier.iter().map(|told| told.body.len()).sum();
        let fits = earlier.len() + self.told.len() <= HELD && bytes + self.bytes <= HELD_BYTES;
        if upto == self.after && fits {
            self.after = after;
            self.bytes += bytes;
            for told in earlier.into_iter().rev() {
                self.told.push_front(told);
            }
        }
    }
}

/// A subscriber's place in a group.
pub struct Seat {
    group: Arc<Group>,
    number: u64,
    /// Everything up to here has been taken.
    pub cursor: i64,
}

/// What there is at a seat.
pub enum Look {
    Told(Told),
    /// Nothing for now; the bell rings when there is.
    Nothing,
    /// The next lies before what is held: it has to be executed anew.
    Behind,
    /// There will be no more.
    Over,
}

impl Seat {
    /// What comes next, without waiting; it comes again until it is taken.
    pub fn look(&self) -> Look {
        let over = self.group.over.load(Ordering::Acquire);
        if !over && self.group.newest.load(Ordering::Acquire) <= self.cursor {
            return Look::Nothing;
        }
        let history = self.group.history();
        if self.cursor < history.after {
            return Look::Behind;
        }
        let next = history
            .told
            .partition_point(|told| told.position <= self.cursor);
        match history.told.get(next) {
            Some(told) => Look::Told(told.clone()),
            None if over => Look::Over,
            None => Look::Nothing,
        }
    }

    /// Takes what was told up to a position.
    pub fn take(&mut self, position: i64) {
        self.cursor = position;
    }

    /// The group that it is in.
    pub fn group(&self) -> &Arc<Group> {
        &self.group
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        lock(&self.group.bells).remove(&self.number);
        if let Some(shared) = self.group.shared.upgrade() {
            shared.metrics.subscribers.dec();
        }
    }
}

impl Shared {
    /// Over an API, for subscribers that are served by this runtime.
    pub fn new(graph: Graph, metrics: Arc<Metrics>, delivery: Handle) -> Shared {
        Shared {
            inner: Arc::new(Inner {
                graph,
                metrics,
                delivery,
                groups: Mutex::default(),
                seats: AtomicU64::new(0),
            }),
        }
    }

    /// How many distinct subscriptions there are.
    pub fn distinct(&self) -> usize {
        lock(&self.inner.groups).len()
    }

    /// The group that executes a subscription for this audience, made at a position of the log if there is none.
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
            && !group.over.load(Ordering::Acquire)
        {
            return Ok(group);
        }
        let group = self.make(key, subscription, audience, caller, at).await?;
        *place = Arc::downgrade(&group);
        Ok(group)
    }

    async fn make(
        &self,
        key: Key,
        subscription: &Arc<Subscription>,
        audience: Audience,
        caller: &Caller,
        at: i64,
    ) -> Result<Arc<Group>, Value> {
        let caller = Caller {
            actor: Actor::Audience(audience),
            ..caller.clone()
        };
        let live = self.inner.graph.live();
        // Who is far behind replays alone; the group begins where the others are.
        let at = at.clamp((live.head() - NEAR).max(0), live.head().max(0));
        let graph = &self.inner.graph;
        let document = subscription.document.clone();
        let mut following = graph.follow(document, caller.clone(), Some(at));
        let first = following.step().await;
        if let Some(Step::Told(position, _, response)) = &first
            && *position < 0
            && answer::is_refusal(response)
        {
            return Err(answer::errors_of(response));
        }
        let group = Arc::new(Group {
            key,
            shared: Arc::downgrade(&self.inner),
            subscription: Arc::clone(subscription),
            caller,
            told: RwLock::new(History {
                after: at,
                told: VecDeque::new(),
                bytes: 0,
            }),
            newest: AtomicI64::new(at),
            over: AtomicBool::new(false),
            bells: Mutex::default(),
            replaying: tokio::sync::Mutex::default(),
            task: Mutex::default(),
        });
        let running = run(Arc::downgrade(&group), following, first);
        let ending = Arc::downgrade(&group);
        let task = tokio::spawn(async move {
            // Nobody waits for a group that will tell nothing more.
            if AssertUnwindSafe(running).catch_unwind().await.is_err() {
                tracing::error!("a shared subscription panicked");
                if let Some(group) = ending.upgrade() {
                    group.end();
                }
            }
        });
        *lock(&group.task) = Some(task.abort_handle());
        Ok(group)
    }
}

/// Somebody who may be making a group. Given up or refused, nothing of it stays behind.
struct Making<'a> {
    inner: &'a Inner,
    key: Key,
    slot: Slot,
}

impl Making<'_> {
    fn new(inner: &Inner, key: Key) -> Making<'_> {
        let slot = Arc::clone(lock(&inner.groups).entry(key).or_default());
        Making { inner, key, slot }
    }
}

impl Drop for Making<'_> {
    fn drop(&mut self) {
        // One in the map, one here.
        self.inner.tidy(self.key, 2);
    }
}

impl Inner {
    /// Takes the place of a group away when no group is in it and nobody but the holders named is about to make one.
    fn tidy(&self, key: Key, holders: usize) {
        let mut groups = lock(&self.groups);
        let unused = groups.get(&key).is_some_and(|slot| {
            Arc::strong_count(slot) <= holders
                && slot.try_lock().is_ok_and(|group| group.strong_count() == 0)
        });
        if unused {
            groups.remove(&key);
        }
    }
}

/// Executes for a group until nobody is in it or there is no more to tell.
async fn run(group: Weak<Group>, mut following: Following, first: Option<Step>) {
    let mut step = first;
    loop {
        let Some(group) = group.upgrade() else {
            return;
        };
        match step {
            // What is no event any more, after a malfunction: the subject cannot be seen now.
            Some(Step::Told(position, ..)) if position <= group.newest.load(Ordering::Acquire) => {
                return group.end();
            }
            Some(Step::Told(position, at, response)) => {
                let body = Arc::from(answer::body_of(&response));
                let told = Told::new(position, at, body);
                group.tell(told, following.taken_away());
            }
            Some(Step::Passed(_)) => group.forget(following.taken_away()),
            None => return group.end(),
        }
        drop(group);
        step = following.step().await;
    }
}

impl Group {
    /// Takes a seat after a position.
    pub fn sit(self: &Arc<Group>, cursor: i64, bell: Arc<Notify>) -> Seat {
        let mut number = 0;
        if let Some(shared) = self.shared.upgrade() {
            number = shared.seats.fetch_add(1, Ordering::Relaxed);
            shared.metrics.subscribers.inc();
        }
        lock(&self.bells).insert(number, bell);
        Seat {
            group: Arc::clone(self),
            number,
            cursor,
        }
    }

    /// Whether what follows this position is held, or will be told.
    pub fn holds(&self, cursor: i64) -> bool {
        cursor >= self.history().after
    }

    /// Executes what follows a position up to what is held, once for all who need it, and holds it too. Does nothing when it
    /// is too much to be held: then who needs it follows [`Group::replay`].
    pub async fn reach_back(&self, cursor: i64) {
        let _alone = self.replaying.lock().await;
        let (upto, bytes) = {
            let history = self.history();
            (history.after, history.bytes)
        };
        if cursor >= upto || upto - cursor > NEAR {
            return;
        }
        let Some(mut following) = self.replay(cursor) else {
            return;
        };
        let (mut earlier, mut size) = (Vec::new(), bytes);
        let mut reached = cursor;
        while reached < upto {
            match following.step().await {
                Some(Step::Told(position, at, response)) => {
                    if position > upto {
                        break;
                    }
                    if answer::is_refusal(&response) {
                        return;
                    }
                    let body: Arc<str> = Arc::from(answer::body_of(&response));
                    size += body.len();
                    earlier.push(Told::new(position, at, body));
                    if earlier.len() > HELD || size > HELD_BYTES {
                        return;
                    }
                    reached = position;
                }
                Some(Step::Passed(position)) => reached = position,
                None => return,
            }
        }
        self.told
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .prepend(cursor, upto, earlier);
    }

    /// Executes the group's document for one who is far behind, from a position on.
    pub fn replay(&self, cursor: i64) -> Option<Following> {
        let shared = self.shared.upgrade()?;
        let document = self.subscription.document.clone();
        Some(
            shared
                .graph
                .follow(document, self.caller.clone(), Some(cursor)),
        )
    }

    /// What is subscribed to, to ask it of another audience.
    pub fn subscription(&self) -> &Arc<Subscription> {
        &self.subscription
    }

    /// To whom it is told.
    pub fn audience(&self) -> Audience {
        self.caller.actor.audience()
    }

    fn history(&self) -> std::sync::RwLockReadGuard<'_, History> {
        self.told.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(self: &Arc<Group>, told: Told, taken_away: i64) {
        let position = told.position;
        {
            let mut history = self.told.write().unwrap_or_else(PoisonError::into_inner);
            history.push(told);
            history.forget_before(taken_away);
        }
        self.newest.store(position, Ordering::Release);
        self.ring();
    }

    fn forget(&self, taken_away: i64) {
        if self.history().after < taken_away - 1 {
            let mut history = self.told.write().unwrap_or_else(PoisonError::into_inner);
            history.forget_before(taken_away);
        }
    }

    fn end(self: &Arc<Group>) {
        self.over.store(true, Ordering::Release);
        self.ring();
    }

    /// Wakes all, from where they are served: there waking is cheapest.
    fn ring(self: &Arc<Group>) {
        let Some(shared) = self.shared.upgrade() else {
            return;
        };
        let group = Arc::clone(self);
        let ringing = async move {
            for bell in lock(&group.bells).values() {
                bell.notify_one();
            }
        };
        drop(shared.delivery.spawn(ringing));
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(task) = lock(&self.task).take() {
            task.abort();
        }
        if let Some(shared) = self.shared.upgrade() {
            shared.tidy(self.key, 1);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
