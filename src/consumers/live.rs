//! Live events: one reader of the log for the whole process, from which every subscription takes at its own pace. Who
//! falls behind what is held in memory reads the log itself; nobody is sent anything that was not committed, and nobody
//! misses or doubles anything, because each goes by its own cursor.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::RwLock;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::base::error::Result;
use crate::store::Store;
use crate::store::log;
use crate::store::log::Logged;

/// Events held in memory.
const HELD: usize = 4_096;
/// Events read from the log at a time.
const BATCH: u64 = 256;

/// The newest events of the log, as this process has read them.
#[derive(Clone, Debug)]
pub struct Live {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    store: Store,
    recent: RwLock<VecDeque<Arc<Logged>>>,
    /// The position up to which events have been taken over.
    head: watch::Sender<i64>,
    stop: CancellationToken,
}

/// What a follower is given.
#[derive(Clone, Debug)]
pub enum Followed {
    Event(Arc<Logged>),
    /// What lies between the follower's cursor and this position is no longer kept, or never was.
    Gap(i64),
}

impl Live {
    /// Starts at the present end of the log.
    pub async fn open(store: Store, stop: CancellationToken) -> Result<Live> {
        let head = store.snapshot().head().await?;
        let (head, _) = watch::channel(head);
        Ok(Live {
            inner: Arc::new(Inner {
                store,
                recent: RwLock::new(VecDeque::new()),
                head,
                stop,
            }),
        })
    }

    /// Takes over what the log has gained. Called by the runner.
    pub async fn catch_up(&self) -> Result<()> {
        loop {
            let head = self.head();
            let snapshot = self.inner.store.snapshot();
            let found = log::read_after(snapshot.rows().await?, head, BATCH).await?;
            drop(snapshot);
            let Some(last) = found.last().map(|logged| logged.position) else {
                return Ok(());
            };
            {
                let mut recent = self
                    .inner
                    .recent
                    .write()
                    .unwrap_or_else(PoisonError::into_inner);
                recent.extend(found.into_iter().map(Arc::new));
                let surplus = recent.len().saturating_sub(HELD);
                recent.drain(..surplus);
            }
            self.inner.head.send_replace(last);
        }
    }

    /// The position up to which this process has read.
    pub fn head(&self) -> i64 {
        *self.inner.head.borrow()
    }

    /// Follows the log from a position. The position must have been read from the log.
    pub fn follow(&self, after: i64) -> Follower {
        Follower {
            live: self.clone(),
            cursor: after,
            checked: false,
            ready: VecDeque::new(),
            head: self.inner.head.subscribe(),
        }
    }

    /// Changes when there is something new; for those who only want to know that.
    pub fn changes(&self) -> watch::Receiver<i64> {
        self.inner.head.subscribe()
    }

    /// The held events after a position, oldest first; `None` when the position lies before what is held.
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

/// One reader's place in the log.
#[derive(Debug)]
pub struct Follower {
    live: Live,
    cursor: i64,
    checked: bool,
    ready: VecDeque<Arc<Logged>>,
    head: watch::Receiver<i64>,
}

impl Follower {
    /// The next event; waits for it. `None` when the server stops.
    pub async fn next(&mut self) -> Result<Option<Followed>> {
        if !self.checked {
            self.checked = true;
            if let Some(position) = self.gap().await? {
                self.cursor = position;
                return Ok(Some(Followed::Gap(position)));
            }
        }
        loop {
            if let Some(logged) = self.ready.pop_front() {
                self.cursor = logged.position;
                return Ok(Some(Followed::Event(logged)));
            }
            self.head.mark_unchanged();
            self.ready = match self.live.held_after(self.cursor) {
                Some(held) => held.into(),
                None => self.read_log().await?,
            };
            if !self.ready.is_empty() {
                continue;
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

    async fn read_log(&self) -> Result<VecDeque<Arc<Logged>>> {
        let snapshot = self.live.inner.store.snapshot();
        let found = log::read_after(snapshot.rows().await?, self.cursor, BATCH).await?;
        Ok(found.into_iter().map(Arc::new).collect())
    }

    /// The newest position, if the cursor lies outside what the log keeps.
    async fn gap(&self) -> Result<Option<i64>> {
        let snapshot = self.live.inner.store.snapshot();
        let newest = snapshot.head().await?;
        let oldest = log::oldest(snapshot.rows().await?).await?;
        let kept = self.cursor <= newest && self.cursor >= oldest - 1;
        Ok((!kept).then_some(newest))
    }
}
