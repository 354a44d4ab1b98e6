//! The log: positions have no gaps, every event can be read, and each row belongs to the thread that its facts name.

use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;

use crate::base::error::Result;
use crate::base::event::Event;
use crate::store::integrity::CheckResult;
use crate::store::log;

/// Rows read at a time.
const BATCH: u64 = 1_000;

pub(super) async fn check(rows: &DatabaseTransaction) -> Result<CheckResult> {
    let oldest = log::oldest(rows).await?;
    let mut found = CheckResult::default();
    let mut next = oldest;
    let mut count: u64 = 0;
    loop {
        let batch = log::Entity::find()
            .filter(log::Column::Position.gte(next))
            .order_by_asc(log::Column::Position)
            .limit(BATCH)
            .all(rows)
            .await?;
        let Some(last) = batch.last() else {
            break;
        };
        let after = last.position + 1;
        for row in batch {
            if row.position != next {
                found.add(format!(
                    "positions {next} to {} are missing",
                    row.position - 1
                ));
            }
            next = row.position + 1;
            count += 1;
            match serde_json::from_str::<Event>(&row.facts) {
                Ok(event) if event.concerns().thread != row.thread_id => {
                    found.add(format!(
                        "event {} is stored under the wrong thread",
                        row.position
                    ));
                }
                Ok(_) => {}
                Err(error) => found.add(format!("event {}: {error}", row.position)),
            }
        }
        next = after;
    }
    found.seen = format!("{count} events, positions {oldest} to {}", next - 1);
    if count == 0 {
        found.seen = "no event".to_string();
    }
    Ok(found)
}
