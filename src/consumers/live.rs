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

use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::base::metrics::Metrics;
use crate::presence::Presence;
use crate::store::Store;
use crate::store::log;
use crate::store::log::LogEntry;

/// Maximum number of events held in memory.
const MAX_RECENT: usize = 4_096;
/// Number of these that are read from the log when the process starts: clients that were connected before return a few
/// events behind.
const RECENT_AT_START: i64 = 1_024;
/// Number of events read from the log at a time.
const BATCH: u64 = 256;
/// Polling interval, which makes up for lost wake-ups.
const POLL_INTERVAL: Duration = Duration::from_secs(2);
/// How long to wait before a retry after a malfunction.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// The newest events of the log, as this process has read them.
#[derive(Clone, Debug)]
pub struct LiveEvents {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    store: Store,
    recent: RwLock<VecDeque<Arc<LogEntry>>>,
    /// The position up to which events were read.
    head: watch::Sender<i64>,
    /// Notified when a person's rights change.
    watchers: Mutex<HashMap<PersonId, Vec<Weak<AccessWatcher>>>>,
    metrics: Arc<Metrics>,
    presence: Presence,
    stop: CancellationToken,
}

/// Notifies a connection that the rights of its person may have changed. This happens before any follower passes the event
/// of that change.
#[derive(Debug)]
pub struct AccessWatcher {
    live: Weak<Inner>,
    person: PersonId,
    access_changed: AtomicBool,
    waker: Arc<Notify>,
}

impl AccessWatcher {
    /// Whether rights may have changed since the last call.
    pub fn take_access_changed(&self) -> bool {
        self.access_changed.load(Ordering::Acquire)
            && self.access_changed.swap(false, Ordering::AcqRel)
    }
}

impl Drop for AccessWatcher {
    fn drop(&mut self) {
        let Some(live) = self.live.upgrade() else {
            return;
        };
        let mut watchers = live.watchers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(watchers_of_person) = watchers.get_mut(&self.person) {
            watchers_of_person.retain(|watcher| watcher.strong_count() > 0);
            if watchers_of_person.is_empty() {
                watchers.remove(&self.person);
            }
        }
    }
}

/// The progress of a follower, for the code that drives it.
#[derive(Debug)]
pub struct Progress {
    /// Everything up to this position has been handled; negative before the start.
    handled: AtomicI64,
    /// The position of the event delivered last, and when it was committed.
    delivered: AtomicI64,
    delivered_at: AtomicI64,
    /// The position of the newest event that took something away: events before it must not be resent from a cache.
    last_removal: AtomicI64,
}

impl Default for Progress {
    fn default() -> Progress {
        Progress {
            handled: AtomicI64::new(-1),
            delivered: AtomicI64::new(-1),
            delivered_at: AtomicI64::new(0),
            last_removal: AtomicI64::new(-1),
        }
    }
}

impl Progress {
    /// The position up to which everything has been handled; `None` before the start.
    pub fn handled(&self) -> Option<i64> {
        Some(self.handled.load(Ordering::Acquire)).filter(|position| *position >= 0)
    }

    /// The position of the event delivered last.
    pub fn delivered(&self) -> i64 {
        self.delivered.load(Ordering::Acquire)
    }

    /// When the event delivered last was committed.
    pub fn delivered_at(&self) -> Moment {
        Moment(self.delivered_at.load(Ordering::Acquire))
    }

    /// The position of the newest event that took something away; negative if there was none.
    pub fn last_removal(&self) -> i64 {
        self.last_removal.load(Ordering::Acquire)
    }
}

/// What a follower receives.
#[derive(Clone, Debug)]
pub enum LogItem {
    Event(Arc<LogEntry>),
    /// The events between the follower's cursor and this position are no longer in the log, or never existed.
    Gap(i64),
}

impl LiveEvents {
    /// Starts at the current end of the log.
    pub async fn open(
        store: Store,
        presence: Presence,
        metrics: Arc<Metrics>,
        stop: CancellationToken,
    ) -> Result<LiveEvents> {
        let snapshot = store.snapshot();
        let head = snapshot.head().await?;
        let newest = log::read_after(
            snapshot.rows().await?,
            head - RECENT_AT_START,
            RECENT_AT_START.unsigned_abs(),
        )
        .await?;
        drop(snapshot);
        let (head, _) = watch::channel(head);
        Ok(LiveEvents {
            inner: Arc::new(Inner {
                store,
                recent: RwLock::new(newest.into_iter().map(Arc::new).collect()),
                head,
                watchers: Mutex::default(),
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
                    if let Error::Unavailable(_) = error {
                        // No fault of the program.
                        tracing::warn!(%error, "the log is waiting for the database");
                    } else {
                        tracing::error!(%error, "the log could not be read; trying again");
                    }
                    tokio::time::sleep(RETRY_DELAY).await;
                    continue;
                }
                tokio::select! {
                    _ = wakes.changed() => {}
                    () = tokio::time::sleep(POLL_INTERVAL) => {}
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
            let events = found.iter().map(|logged| &logged.event);
            self.inner.store.note_content(events);
            // The log was pruned past the last event read.
            let has_gap = found
                .first()
                .is_some_and(|first| first.position != head + 1);
            if has_gap {
                self.inner.store.note_all_content();
            }
            self.notify_access_changed(&found);
            self.inner.presence.apply_events(&found);
            {
                let mut recent = self
                    .inner
                    .recent
                    .write()
                    .unwrap_or_else(PoisonError::into_inner);
                // The events in memory must be contiguous.
                if has_gap {
                    recent.clear();
                }
                recent.extend(found.into_iter().map(Arc::new));
                let surplus = recent.len().saturating_sub(MAX_RECENT);
                recent.drain(..surplus);
            }
            self.inner.head.send_replace(last);
        }
    }

    /// Wakes the connections of all people whose rights these events change.
    fn notify_access_changed(&self, events: &[LogEntry]) {
        for person in events
            .iter()
            .filter_map(|logged| logged.event.concerns().rights_of)
        {
            let watchers = self
                .inner
                .watchers
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            for watcher in watchers.get(&person).into_iter().flatten() {
                if let Some(watcher) = watcher.upgrade() {
                    watcher.access_changed.store(true, Ordering::Release);
                    watcher.waker.notify_one();
                }
            }
        }
    }

    /// Notifies the waker whenever a person's rights may have changed, until the returned value is dropped.
    pub fn watch_access(&self, person: PersonId, waker: Arc<Notify>) -> Arc<AccessWatcher> {
        let watcher = Arc::new(AccessWatcher {
            live: Arc::downgrade(&self.inner),
            person,
            access_changed: AtomicBool::new(false),
            waker,
        });
        self.inner
            .watchers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(person)
            .or_default()
            .push(Arc::downgrade(&watcher));
        watcher
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
    pub async fn wait_for(&self, position: i64) -> bool {
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
    pub fn recent_after(&self, position: i64) -> Option<Vec<Arc<LogEntry>>> {
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
    live: LiveEvents,
    cursor: i64,
    checked: bool,
    ready: VecDeque<Arc<LogEntry>>,
    head: watch::Receiver<i64>,
    progress: Arc<Progress>,
}

impl Follower {
    /// Waits for the next event and returns it. `None` when the server stops. A call means that the previous event has
    /// been handled.
    pub async fn next(&mut self) -> Result<Option<LogItem>> {
        if !self.checked {
            let gap = self.gap().await?;
            self.checked = true;
            if let Some(position) = gap {
                return Ok(Some(self.deliver(LogItem::Gap(position))));
            }
        }
        self.progress.handled.store(self.cursor, Ordering::Release);
        loop {
            if let Some(logged) = self.ready.pop_front() {
                return Ok(Some(self.deliver(LogItem::Event(logged))));
            }
            self.head.mark_unchanged();
            self.ready = match self.live.recent_after(self.cursor) {
                Some(recent) => recent.into(),
                None => self.read_log().await?,
            };
            match self.ready.front() {
                Some(first) if first.position == self.cursor + 1 => continue,
                // The log was pruned in the meantime.
                Some(_) => {
                    self.ready.clear();
                    let newest = self.live.inner.store.snapshot().head().await?;
                    return Ok(Some(self.deliver(LogItem::Gap(newest))));
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

    fn deliver(&mut self, item: LogItem) -> LogItem {
        let progress = &self.progress;
        let at;
        (self.cursor, at) = match &item {
            LogItem::Gap(position) => {
                self.live.inner.metrics.gaps.inc();
                (*position, self.live.inner.store.clock().now())
            }
            LogItem::Event(logged) => (logged.position, logged.at),
        };
        if let LogItem::Event(logged) = &item
            && logged.event.concerns().takes_away
        {
            progress.last_removal.store(self.cursor, Ordering::Release);
        }
        progress.delivered_at.store(at.0, Ordering::Release);
        progress.delivered.store(self.cursor, Ordering::Release);
        item
    }

    async fn read_log(&self) -> Result<VecDeque<Arc<LogEntry>>> {
        let found = log::read_after(self.live.inner.store.reader(), self.cursor, BATCH).await?;
        Ok(found.into_iter().map(Arc::new).collect())
    }

    /// Returns the newest position if the cursor is outside the log.
    async fn gap(&self) -> Result<Option<i64>> {
        let snapshot = self.live.inner.store.snapshot();
        let newest = snapshot.head().await?;
        let oldest = log::oldest(snapshot.rows().await?).await?;
        let is_in_log = self.cursor <= newest && self.cursor >= oldest - 1;
        Ok((!is_in_log).then_some(newest))
    }
}
