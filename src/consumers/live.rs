//! Live events: one reader of the log for the whole process, from which every subscription takes at its own pace. A
//! subscription that falls behind what is held in memory reads the log itself. Nobody is sent anything that was not
//! committed, and nobody misses an event or receives it twice, because each follows its own cursor.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::RwLock;
use std::sync::Weak;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::base::metrics::Metrics;
use crate::presence::Presence;
use crate::store::Store;
use crate::store::log;
use crate::store::log::Logged;

/// Maximum number of events held in memory.
const HELD: usize = 4_096;
/// Number of these that are read from the log when the process starts: clients that were connected before return a few
/// events behind.
const HELD_AT_START: i64 = 1_024;
/// Number of events read from the log at a time.
const BATCH: u64 = 256;
/// Polling interval, which makes up for lost wake-ups.
const SLOW_POLL: Duration = Duration::from_secs(2);
/// How long to wait before a retry after a malfunction.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The newest events of the log, as this process has read them.
#[derive(Clone, Debug)]
pub struct Live {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    store: Store,
    recent: RwLock<VecDeque<Arc<Logged>>>,
    /// The position up to which events were read.
    head: watch::Sender<i64>,
    /// Notified when a person's rights change.
    guards: Mutex<HashMap<Uuid, Vec<Weak<Guard>>>>,
    metrics: Arc<Metrics>,
    presence: Presence,
    stop: CancellationToken,
}

/// Notifies a connection that the rights of its person may have changed. This happens before any follower passes the event
/// of that change.
#[derive(Debug)]
pub struct Guard {
    live: Weak<Inner>,
    person: Uuid,
    alarmed: AtomicBool,
    bell: Arc<Notify>,
}

impl Guard {
    /// Whether rights may have changed since the last call.
    pub fn take_alarm(&self) -> bool {
        self.alarmed.load(Ordering::Acquire) && self.alarmed.swap(false, Ordering::AcqRel)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let Some(live) = self.live.upgrade() else {
            return;
        };
        let mut guards = live.guards.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(of_person) = guards.get_mut(&self.person) {
            of_person.retain(|guard| guard.strong_count() > 0);
            if of_person.is_empty() {
                guards.remove(&self.person);
            }
        }
    }
}

/// The progress of a follower, for the code that drives it.
#[derive(Debug)]
pub struct Progress {
    /// Everything up to this position has been handled; negative before the start.
    passed: AtomicI64,
    /// The position of the event delivered last, and when it was committed.
    told: AtomicI64,
    told_at: AtomicI64,
    /// The position of the newest event that took something away: events before it must not be resent from a cache.
    taken_away: AtomicI64,
}

impl Default for Progress {
    fn default() -> Progress {
        Progress {
            passed: AtomicI64::new(-1),
            told: AtomicI64::new(-1),
            told_at: AtomicI64::new(0),
            taken_away: AtomicI64::new(-1),
        }
    }
}

impl Progress {
    /// The position up to which everything has been handled; `None` before the start.
    pub fn passed(&self) -> Option<i64> {
        Some(self.passed.load(Ordering::Acquire)).filter(|position| *position >= 0)
    }

    /// The position of the event delivered last.
    pub fn told(&self) -> i64 {
        self.told.load(Ordering::Acquire)
    }

    /// When the event delivered last was committed.
    pub fn told_at(&self) -> Moment {
        Moment(self.told_at.load(Ordering::Acquire))
    }

    /// The position of the newest event that took something away; negative if there was none.
    pub fn taken_away(&self) -> i64 {
        self.taken_away.load(Ordering::Acquire)
    }
}

/// What a follower receives.
#[derive(Clone, Debug)]
pub enum Followed {
    Event(Arc<Logged>),
    /// The events between the follower's cursor and this position are no longer in the log, or never existed.
    Gap(i64),
}

impl Live {
    /// Starts at the current end of the log.
    pub async fn open(
        store: Store,
        presence: Presence,
        metrics: Arc<Metrics>,
        stop: CancellationToken,
    ) -> Result<Live> {
        let snapshot = store.snapshot();
        let head = snapshot.head().await?;
        let newest = log::read_after(
            snapshot.rows().await?,
            head - HELD_AT_START,
            HELD_AT_START.unsigned_abs(),
        )
        .await?;
        drop(snapshot);
        let (head, _) = watch::channel(head);
        Ok(Live {
            inner: Arc::new(Inner {
                store,
                recent: RwLock::new(newest.into_iter().map(Arc::new).collect()),
                head,
                guards: Mutex::default(),
                metrics,
                presence,
                stop,
            }),
        })
    }

    /// Reads new events from the log until the server stops.
    pub fn run(&self) -> JoinHandle<()> {
        let live = self.clone();
        tokio::spawn(async move {
            let stop = live.inner.stop.clone();
            let mut wakes = live.inner.store.wakes();
            while !stop.is_cancelled() {
                wakes.mark_unchanged();
                if let Err(error) = live.catch_up().await {
                    tracing::error!(%error, "the log could not be read; trying again");
                    tokio::time::sleep(RETRY_AFTER).await;
                    continue;
                }
                tokio::select! {
                    _ = wakes.changed() => {}
                    () = tokio::time::sleep(SLOW_POLL) => {}
                    () = stop.cancelled() => {}
                }
            }
        })
    }

    async fn catch_up(&self) -> Result<()> {
        loop {
            let head = self.head();
            let found = log::read_after(self.inner.store.reader(), head, BATCH).await?;
            let Some(last) = found.last().map(|logged| logged.position) else {
                return Ok(());
            };
            self.inner
                .metrics
                .events
                .inc_by(u64::try_from(found.len()).unwrap_or(0));
            self.alarm(&found);
            self.inner.presence.take(&found);
            {
                let mut recent = self
                    .inner
                    .recent
                    .write()
                    .unwrap_or_else(PoisonError::into_inner);
                // The log was pruned past the last event read: the events in memory must be contiguous.
                if found
                    .first()
                    .is_some_and(|first| first.position != head + 1)
                {
                    recent.clear();
                }
                recent.extend(found.into_iter().map(Arc::new));
                let surplus = recent.len().saturating_sub(HELD);
                recent.drain(..surplus);
            }
            self.inner.head.send_replace(last);
        }
    }

    /// Wakes the connections of all people whose rights these events change.
    fn alarm(&self, events: &[Logged]) {
        for person in events
            .iter()
            .filter_map(|logged| logged.event.concerns().rights_of)
        {
            let guards = self
                .inner
                .guards
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            for guard in guards.get(&person).into_iter().flatten() {
                if let Some(guard) = guard.upgrade() {
                    guard.alarmed.store(true, Ordering::Release);
                    guard.bell.notify_one();
                }
            }
        }
    }

    /// Notifies the waker whenever a person's rights may have changed, until the returned value is dropped.
    pub fn guard(&self, person: Uuid, bell: Arc<Notify>) -> Arc<Guard> {
        let guard = Arc::new(Guard {
            live: Arc::downgrade(&self.inner),
            person,
            alarmed: AtomicBool::new(false),
            bell,
        });
        self.inner
            .guards
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(person)
            .or_default()
            .push(Arc::downgrade(&guard));
        guard
    }

    /// Who is present at which thread.
    pub fn presence(&self) -> &Presence {
        &self.inner.presence
    }

    /// Waits until the server stops.
    pub async fn stopped(&self) {
        self.inner.stop.cancelled().await;
    }

    /// The position up to which this process has read.
    pub fn head(&self) -> i64 {
        *self.inner.head.borrow()
    }

    /// Waits until this process has read up to a position. `false` if the server stops before.
    pub async fn reached(&self, position: i64) -> bool {
        let mut head = self.inner.head.subscribe();
        head.wait_for(|head| *head >= position).await.is_ok()
    }

    /// Follows the log from a position. The position must have been read from the log.
    pub fn follow(&self, after: i64, progress: Arc<Progress>) -> Follower {
        Follower {
            live: self.clone(),
            cursor: after,
            checked: false,
            ready: VecDeque::new(),
            head: self.inner.head.subscribe(),
            progress,
        }
    }

    /// Returns the held events after a position, oldest first; `None` if the position is before what is held.
    pub fn held_after(&self, position: i64) -> Option<Vec<Arc<Logged>>> {
        let recent = self
            .inner
            .recent
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if position >= self.head() {
            return Some(Vec::new());
        }
        let first = recent.front()?.position;
        let skip = usize::try_from(position + 1 - first).ok()?;
        Some(recent.iter().skip(skip).cloned().collect())
    }
}

/// One reader's position in the log.
#[derive(Debug)]
pub struct Follower {
    live: Live,
    cursor: i64,
    checked: bool,
    ready: VecDeque<Arc<Logged>>,
    head: watch::Receiver<i64>,
    progress: Arc<Progress>,
}

impl Follower {
    /// Waits for the next event and returns it. `None` when the server stops. A call means that the previous event has
    /// been handled.
    pub async fn next(&mut self) -> Result<Option<Followed>> {
        if !self.checked {
            let gap = self.gap().await?;
            self.checked = true;
            if let Some(position) = gap {
                return Ok(Some(self.hand_out(Followed::Gap(position))));
            }
        }
        self.progress.passed.store(self.cursor, Ordering::Release);
        loop {
            if let Some(logged) = self.ready.pop_front() {
                return Ok(Some(self.hand_out(Followed::Event(logged))));
            }
            self.head.mark_unchanged();
            self.ready = match self.live.held_after(self.cursor) {
                Some(held) => held.into(),
                None => self.read_log().await?,
            };
            match self.ready.front() {
                Some(first) if first.position == self.cursor + 1 => continue,
                // The log was pruned in the meantime.
                Some(_) => {
                    self.ready.clear();
                    let newest = self.live.inner.store.snapshot().head().await?;
                    return Ok(Some(self.hand_out(Followed::Gap(newest))));
                }
                None => {}
            }
            tokio::select! {
                changed = self.head.changed() => {
                    if changed.is_err() {
                        return Ok(None);
                    }
                }
                () = self.live.inner.stop.cancelled() => return Ok(None),
            }
        }
    }

    fn hand_out(&mut self, followed: Followed) -> Followed {
        let progress = &self.progress;
        let at;
        (self.cursor, at) = match &followed {
            Followed::Gap(position) => {
                self.live.inner.metrics.gaps.inc();
                (*position, self.live.inner.store.clock().now())
            }
            Followed::Event(logged) => (logged.position, logged.at),
        };
        if let Followed::Event(logged) = &followed
            && logged.event.concerns().takes_away
        {
            progress.taken_away.store(self.cursor, Ordering::Release);
        }
        progress.told_at.store(at.0, Ordering::Release);
        progress.told.store(self.cursor, Ordering::Release);
        followed
    }

    async fn read_log(&self) -> Result<VecDeque<Arc<Logged>>> {
        let found = log::read_after(self.live.inner.store.reader(), self.cursor, BATCH).await?;
        Ok(found.into_iter().map(Arc::new).collect())
    }

    /// Returns the newest position if the cursor is outside the log.
    async fn gap(&self) -> Result<Option<i64>> {
        let snapshot = self.live.inner.store.snapshot();
        let newest = snapshot.head().await?;
        let oldest = log::oldest(snapshot.rows().await?).await?;
        let kept = self.cursor <= newest && self.cursor >= oldest - 1;
        Ok((!kept).then_some(newest))
    }
}
