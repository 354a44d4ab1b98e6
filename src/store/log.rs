//! The log: every change once, in the order in which it became visible. A reader that has seen a position never sees a new event
//! with a smaller one. Positions have no holes.

use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::Select;
use sea_orm::Value;
use sea_orm::entity::prelude::*;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id::PersonId;
use crate::base::id::ThreadId;
use crate::store::database::Store;

/// A row of the log.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    pub at: Moment,
    pub actor_id: Option<PersonId>,
    pub thread_id: Option<ThreadId>,
    #[sea_orm(column_type = "Text")]
    pub facts: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// An event with its position in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    pub position: i64,
    /// When it was committed, by the clock of the process that committed it.
    pub at: Moment,
    pub actor_id: Option<PersonId>,
    pub event: Event,
}

/// Returns the log row of an event: time, actor, thread and facts.
pub(crate) fn row(at: Moment, actor: &Actor, event: &Event) -> Result<[Value; 4]> {
    let facts = serde_json::to_string(event).map_err(Error::internal)?;
    Ok([
        at.into(),
        actor.person_id().into(),
        event.concerns().thread.into(),
        facts.into(),
    ])
}

/// Returns the newest position. 0 if the log is empty.
pub async fn head(rows: &DatabaseTransaction) -> Result<i64> {
    extreme_position(rows, Column::Position.max()).await
}

/// Returns the oldest position that is kept. 0 if the log is empty.
pub async fn oldest(rows: &DatabaseTransaction) -> Result<i64> {
    extreme_position(rows, Column::Position.min()).await
}

async fn newest_of(rows: &DatabaseTransaction, events: Select<Entity>) -> Result<i64> {
    let found: Option<Option<i64>> = events
        .select_only()
        .column_as(Column::Position.max(), "edge")
        .into_tuple()
        .one(rows)
        .await?;
    Ok(found.flatten().unwrap_or(0))
}

async fn extreme_position(
    rows: &DatabaseTransaction,
    expression: sea_orm::sea_query::SimpleExpr,
) -> Result<i64> {
    let found: Option<Option<i64>> = Entity::find()
        .select_only()
        .column_as(expression, "edge")
        .into_tuple()
        .one(rows)
        .await?;
    Ok(found.flatten().unwrap_or(0))
}

/// Returns up to `max` events after a position, oldest first.
pub async fn read_after(
    rows: &impl ConnectionTrait,
    position: i64,
    max: u64,
) -> Result<Vec<LogEntry>> {
    Entity::find()
        .filter(Column::Position.gt(position))
        .order_by_asc(Column::Position)
        .limit(max)
        .all(rows)
        .await?
        .into_iter()
        .map(read)
        .collect()
}

/// Number of rows removed in one statement, so that writers wait only briefly.
const REMOVED_AT_ONCE: i64 = 5_000;

/// Removes old events: all but the newest `max`, and all before `since`. The newest event always stays, and so do events after
/// `handled`, which consumers have not handled yet. Returns the oldest position that is kept.
pub async fn prune(store: &Store, max: u64, since: Moment, handled: Option<i64>) -> Result<i64> {
    let snapshot = store.snapshot();
    let rows = snapshot.rows().await?;
    let (first, head) = (oldest(rows).await?, head(rows).await?);
    let max = i64::try_from(max).unwrap_or(i64::MAX).max(1);
    let is_old = read_after(rows, first - 1, 1)
        .await?
        .first()
        .is_some_and(|oldest| oldest.at < since);
    let too_old = if is_old {
        let before = Entity::find().filter(Column::At.lt(since));
        newest_of(rows, before).await?
    } else {
        0
    };
    drop(snapshot);
    let surplus = head.saturating_sub(max).max(too_old);
    let kept = surplus.min(head - 1).min(handled.unwrap_or(head)) + 1;
    let mut from = first;
    while from < kept {
        let upto = kept.min(from + REMOVED_AT_ONCE);
        Entity::delete_many()
            .filter(Column::Position.lt(upto))
            .exec(store.writer())
            .await?;
        from = upto;
    }
    Ok(kept.max(first))
}

fn read(row: Model) -> Result<LogEntry> {
    Ok(LogEntry {
        position: row.position,
        at: row.at,
        actor_id: row.actor_id,
        event: serde_json::from_str(&row.facts)
            .map_err(|error| Error::Internal(format!("event {}: {error}", row.position)))?,
    })
}
