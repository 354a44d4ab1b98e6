//! A consistent view of the database for everything in one response.

use std::sync::Arc;

use sea_orm::DatabaseTransaction;
use tokio::sync::OnceCell;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::store::database::Store;
use crate::store::kept::Kept;
use crate::store::kept::Looked;
use crate::store::kept::Topic;
use crate::store::log;

/// How many events are read to see whether the tables that are kept in memory have changed; after more than these, they are read
/// again.
const LOOKED_AT: u64 = 500;

/// The type from which rows are read, for callers that pass it on.
pub type Rows = DatabaseTransaction;

/// A consistent view. The first read opens it, and dropping it closes it.
#[derive(Clone)]
pub struct Snapshot {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    transaction: OnceCell<DatabaseTransaction>,
    head: OnceCell<i64>,
    vocabulary: OnceCell<i64>,
    listed: OnceCell<i64>,
}

impl Snapshot {
    fn new(store: Store) -> Snapshot {
        Snapshot {
            inner: Arc::new(Inner {
                store,
                transaction: OnceCell::new(),
                head: OnceCell::new(),
                vocabulary: OnceCell::new(),
                listed: OnceCell::new(),
            }),
        }
    }

    /// Returns the transaction from which rows are read.
    pub async fn rows(&self) -> Result<&DatabaseTransaction> {
        self.inner
            .transaction
            .get_or_try_init(|| self.inner.store.backend().begin_read())
            .await
    }

    /// Returns the position of the newest event that this view contains.
    pub async fn head(&self) -> Result<i64> {
        self.inner
            .head
            .get_or_try_init(async || log::head(self.rows().await?).await)
            .await
            .copied()
    }

    /// Returns rows that are kept in memory, as this view shows them.
    pub async fn kept<T: Kept>(&self) -> Result<Arc<T>> {
        let state = self.state_of(Topic::Vocabulary).await?;
        self.inner
            .store
            .keeping()
            .get(self.rows().await?, state)
            .await
    }

    /// Names the state of the tables of a topic: views with the same name show the same rows.
    pub async fn state_of(&self, topic: Topic) -> Result<i64> {
        let state = match topic {
            Topic::Vocabulary => &self.inner.vocabulary,
            Topic::Listed => &self.inner.listed,
        };
        let state = state.get_or_try_init(|| self.name_state(topic));
        state.await.copied()
    }

    async fn name_state(&self, topic: Topic) -> Result<i64> {
        let spans = self.inner.store.keeping().spans(topic);
        let head = self.head().await?;
        let before = match spans.look_up(head) {
            Looked::Known(state) => return Ok(state),
            Looked::After(before) => before,
        };
        let changes = match before {
            Some(span) => changes(self.rows().await?, topic, span.to, head).await,
            None => None,
        };
        Ok(spans.name(head, before, changes.as_deref()))
    }

    /// The current time, for what depends on it.
    pub fn now(&self) -> Moment {
        self.inner.store.clock().now()
    }
}

/// The positions after `from`, up to `head`, at which the tables of a topic changed; nothing when that is not
/// known: there are too many events between, some are no longer kept, or one is of a later version of the program.
async fn changes(
    rows: &DatabaseTransaction,
    topic: Topic,
    from: i64,
    head: i64,
) -> Option<Vec<i64>> {
    let between = u64::try_from(head - from).ok()?;
    if between > LOOKED_AT {
        return None;
    }
    let events = log::read_after(rows, from, between).await.ok()?;
    let is_whole = u64::try_from(events.len()).is_ok_and(|count| count == between);
    let changed = events.iter().filter(|each| topic.changes_with(&each.event));
    is_whole.then(|| changed.map(|each| each.position).collect())
}

impl Store {
    /// Returns a view of the database that does not change while it is read.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::new(self.clone())
    }
}
