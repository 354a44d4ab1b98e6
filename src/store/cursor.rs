//! The cursor of each consumer of the log: the position up to which it has handled everything, and the process that runs it.
//!
//! The position moves in the same transaction as the consumer's rows, so each event takes effect once. A process runs a consumer
//! under a lease that expires, so that another process continues if it dies. A step commits only if its process still holds the
//! lease and the position is where the step began, so a process that has lost the lease changes nothing.

use std::time::Duration;

use sea_orm::ConnectionTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::QuerySelect;
use sea_orm::Statement;
use sea_orm::entity::prelude::*;

use crate::base::error::Result;
use crate::store::Store;

/// A consumer's row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consumer_cursor")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// Everything up to here has been handled. `None` before the consumer has begun.
    pub position: Option<i64>,
    /// The process that runs it, or ran it last.
    pub holder_id: Option<Uuid>,
    /// Until when no other process may run it, by the clock of the database.
    pub leased_until: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Adds a row without a position for each consumer that is new to the database.
pub async fn register(store: &Store, names: &[&str]) -> Result<()> {
    let sql = "insert into consumer_cursor (name) values ($1) on conflict (name) do nothing";
    let writer = store.writer();
    for name in names {
        let values = [(*name).into()];
        let insert = Statement::from_sql_and_values(writer.get_database_backend(), sql, values);
        writer.execute_raw(insert).await?;
    }
    Ok(())
}

/// Returns the cursors of these consumers.
pub async fn of(rows: &DatabaseTransaction, names: &[&str]) -> Result<Vec<Model>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let named = Column::Name.is_in(names.iter().copied());
    Ok(Entity::find().filter(named).all(rows).await?)
}

/// Returns the lowest position of these consumers. `None` if none has begun.
pub async fn slowest(rows: &DatabaseTransaction, names: &[&str]) -> Result<Option<i64>> {
    let cursors = of(rows, names).await?;
    Ok(cursors.iter().filter_map(|cursor| cursor.position).min())
}

/// Returns the position of a registered consumer. `None` before it has begun.
pub async fn position(store: &Store, name: &str) -> Result<Option<i64>> {
    let found: Option<Option<i64>> = Entity::find_by_id(name)
        .select_only()
        .column(Column::Position)
        .into_tuple()
        .one(store.reader())
        .await?;
    Ok(found.flatten())
}

/// The right of a process to run a consumer from a position on.
#[derive(Debug)]
pub struct Lease {
    store: Store,
    name: &'static str,
    position: Option<i64>,
    length: Duration,
}

/// Takes or renews the lease of a registered consumer for `length`. `None` if another process holds it, or the consumer is no
/// longer at this position.
pub async fn lease(
    store: &Store,
    name: &'static str,
    position: Option<i64>,
    length: Duration,
) -> Result<Option<Lease>> {
    let lease = Lease {
        store: store.clone(),
        name,
        position,
        length,
    };
    let backend = store.backend();
    // An embedded database has only one server, because of the lock on its file.
    if !backend.is_shared() {
        return Ok(Some(lease));
    }
    let now = backend.present_moment();
    let sql = format!(
        "update consumer_cursor set holder_id = $1, leased_until = {now} + $2 \
         where name = $3 and position is not distinct from $4 \
         and (holder_id is null or holder_id = $1 or leased_until is null or leased_until < {now})"
    );
    let values = [
        backend.process_id().into(),
        micros(length).into(),
        name.into(),
        position.into(),
    ];
    let writer = store.writer();
    let claim = Statement::from_sql_and_values(writer.get_database_backend(), sql, values);
    let claimed = writer.execute_raw(claim).await?.rows_affected() == 1;
    Ok(claimed.then_some(lease))
}

/// Releases the lease of a consumer, if this process holds it, so that another process can run it at once.
pub async fn release(store: &Store, name: &str) -> Result<()> {
    if !store.backend().is_shared() {
        return Ok(());
    }
    Entity::update_many()
        .col_expr(Column::HolderId, Expr::value(None::<Uuid>))
        .filter(Column::Name.eq(name))
        .filter(Column::HolderId.eq(store.backend().process_id()))
        .exec(store.writer())
        .await?;
    Ok(())
}

fn micros(length: Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}

impl Lease {
    /// The store of the cursor.
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// The duration of the lease.
    pub(super) fn length(&self) -> Duration {
        self.length
    }

    /// Moves the cursor and renews the lease, within the transaction of a step. `false` if the process no longer holds the lease,
    /// or the position has moved since the step began.
    pub(super) async fn advance(
        &self,
        transaction: &DatabaseTransaction,
        position: i64,
    ) -> Result<bool> {
        let backend = self.store.backend();
        let now = backend.present_moment();
        let held = match backend.is_shared() {
            true => " and holder_id = $4",
            // The lock on the file replaces the lease.
            false => "",
        };
        let sql = format!(
            "update consumer_cursor set position = $1, leased_until = {now} + $2, holder_id = $4 \
             where name = $3 and position is not distinct from $5{held}"
        );
        let values = [
            position.into(),
            micros(self.length).into(),
            self.name.into(),
            backend.process_id().into(),
            self.position.into(),
        ];
        let kind = transaction.get_database_backend();
        let advance = Statement::from_sql_and_values(kind, sql, values);
        Ok(transaction.execute_raw(advance).await?.rows_affected() == 1)
    }
}
