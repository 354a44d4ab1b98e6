//! One step of a consumer: its rows for some events and its cursor, in one transaction.

use sea_orm::DatabaseTransaction;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::store::cursor::Lease;

/// A write transaction of a consumer. It is the only way to write without an event, because its rows follow from events that are
/// already in the log. Only the runner of the consumers commits it.
pub struct Step {
    transaction: DatabaseTransaction,
    lease: Lease,
    now: Moment,
}

impl Step {
    /// Opens a step at the position of the lease.
    pub(crate) async fn begin(lease: Lease) -> Result<Step> {
        let backend = lease.store().backend();
        let transaction = backend.begin_step(lease.length()).await?;
        Ok(Step::of(lease, transaction))
    }

    /// Same, for a step that reads one consistent state of the whole database.
    pub(crate) async fn begin_rebuild(lease: Lease) -> Result<Step> {
        let backend = lease.store().backend();
        let transaction = backend.begin_rebuild(lease.length()).await?;
        Ok(Step::of(lease, transaction))
    }

    fn of(lease: Lease, transaction: DatabaseTransaction) -> Step {
        Step {
            now: lease.store().clock().now(),
            transaction,
            lease,
        }
    }

    /// Returns the transaction in which rows are read and written.
    pub fn rows(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    /// The time of the step, the same for all its rows.
    pub fn now(&self) -> Moment {
        self.now
    }

    /// Commits the step: its rows become visible, and everything up to `position` counts as handled. `false` if the process has
    /// lost its lease. The step is then rolled back.
    pub(crate) async fn commit(self, position: i64) -> Result<bool> {
        if !self.lease.advance(&self.transaction, position).await? {
            self.transaction.rollback().await?;
            return Ok(false);
        }
        self.transaction.commit().await?;
        self.lease.store().note_success();
        Ok(true)
    }
}
