//! One step of a consumer: what it writes for some events, and its cursor, together.

use sea_orm::DatabaseTransaction;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::store::cursor::Lease;

/// A write transaction of a consumer. It is the one way to write without an event: what it writes follows from events that
/// are in the log already. Only the runner of the consumers ends it.
pub struct Step {
    transaction: DatabaseTransaction,
    lease: Lease,
    now: Moment,
}

impl Step {
    /// Opens a step from where the lease stands.
    pub(crate) async fn begin(lease: Lease) -> Result<Step> {
        let backend = lease.store().backend();
        let transaction = backend.begin_step(lease.length()).await?;
        Ok(Step::of(lease, transaction))
    }

    /// The same for a step that reads one state of the whole database.
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

    /// The moment of the step, the same for all its rows.
    pub fn now(&self) -> Moment {
        self.now
    }

    /// Ends the step: what it has written becomes visible, and everything up to `position` is handled. `false` when the
    /// process has lost its lease; then nothing has happened.
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
