//! A consistent view of the database for everything in one response.

use std::sync::Arc;

use sea_orm::DatabaseTransaction;
use tokio::sync::OnceCell;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::store::database::Store;
use crate::store::log;

/// The type from which rows are read, for callers that only pass it on.
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
}

impl Snapshot {
    fn new(store: Store) -> Snapshot {
        Snapshot {
            inner: Arc::new(Inner {
                store,
                transaction: OnceCell::new(),
                head: OnceCell::new(),
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

    /// The current time.
    pub fn now(&self) -> Moment {
        self.inner.store.clock().now()
    }
}

impl Store {
    /// Returns a view of the database that does not change while it is read.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::new(self.clone())
    }
}
