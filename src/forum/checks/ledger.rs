//! The ledger in the database: the chain, the signatures, and that each entry agrees with the row of its decision or
//! appeal.

use std::collections::HashMap;

use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use serde_json::Value;

use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::forum::moderation::appeal;
use crate::forum::moderation::checkpoint;
use crate::forum::moderation::decision;
use crate::forum::moderation::ledger;
use crate::forum::moderation::ledger::GENESIS_HASH;
use crate::forum::moderation::ledger::commitment;
use crate::forum::moderation::verify;
use crate::store::integrity::CheckResult;
use crate::store::integrity::count;

/// Entries read at a time.
const BATCH: u64 = 500;

pub(super) async fn check(rows: &DatabaseTransaction, key: Option<&str>) -> Result<CheckResult> {
    let mut found = CheckResult::default();
    let (mut at, mut entries, mut signed, mut last_signed) = (0, 0, 0, 0);
    let mut previous = GENESIS_HASH.to_string();
    loop {
        let batch = ledger::Entity::find()
            .filter(ledger::Column::Position.gt(at))
            .order_by_asc(ledger::Column::Position)
            .limit(BATCH)
            .all(rows)
            .await?;
        let Some(last) = batch.last().map(|row| row.position) else {
            break;
        };
        let mut checkpoints = checkpoint::between(rows, at, last).await?;
        let sealed = sealed(rows, at, last).await?;
        for row in batch {
            entries += 1;
            let position = row.position;
            let entry = verify::check_entry(&row.entry, &row.hash, entries, &previous);
            if let Err(why) = entry {
                found.add(format!("entry {position} does not hold: {why}"));
                // The entries after a gap are checked against their own neighbours.
                entries = position;
            }
            if let Some(checkpoint) = checkpoints.remove(&position) {
                signed += 1;
                last_signed = position;
                if let Err(why) = checkpoint.check(position, &row.hash, key) {
                    found.add(format!("entry {position} does not hold: {why}"));
                }
            }
            if !matches_row(&row.entry, sealed.get(&position)) {
                found.add(format!(
                    "entry {position} differs from the decision or appeal in the database"
                ));
            }
            previous = row.hash;
        }
        at = last;
    }
    for (what, sql) in ROWS_WITHOUT_ENTRY {
        let lost = count(rows, sql).await?;
        if lost > 0 {
            found.add(format!("{lost} {what}"));
        }
    }
    if key.is_some() && last_signed < at {
        found.add(format!(
            "nothing from entry {} on is signed with the key",
            last_signed + 1
        ));
    }
    found.seen = format!("{entries} entries, {signed} of them signed");
    Ok(found)
}

/// Rows that have no entry in the ledger.
const ROWS_WITHOUT_ENTRY: [(&str, &str); 3] = [
    (
        "decisions have no entry",
        "select count(*) from decision where not exists (select 1 from ledger where ledger.position = decision.position)",
    ),
    (
        "appeals have no entry",
        "select count(*) from appeal where not exists (select 1 from ledger where ledger.position = appeal.position)",
    ),
    (
        "signatures have no entry",
        "select count(*) from ledger_checkpoint where not exists \
         (select 1 from ledger where ledger.position = ledger_checkpoint.position)",
    ),
];

/// The values of decision and appeal rows, under the names that their ledger entries use.
async fn sealed(
    rows: &DatabaseTransaction,
    after: i64,
    to: i64,
) -> Result<HashMap<i64, Vec<(&'static str, Value)>>> {
    let mut sealed = HashMap::new();
    let decisions = decision::Entity::find()
        .filter(decision::Column::Position.gt(after))
        .filter(decision::Column::Position.lte(to))
        .all(rows)
        .await?;
    for row in decisions {
        let explanation = commitment(&row.salt, row.language.code(), &row.explanation);
        let facts = vec![
            ("decision", id::of_uuid(Kind::Decision, row.id).into()),
            ("at", row.created_at.to_rfc3339().into()),
            ("act", row.act.as_str().into()),
            ("office", row.office.as_str().into()),
            ("reason", row.reason.as_str().into()),
            ("withheld", row.is_withheld.into()),
            ("explanation", explanation.into()),
        ];
        sealed.insert(row.position, facts);
    }
    let appeals = appeal::Entity::find()
        .filter(appeal::Column::Position.gt(after))
        .filter(appeal::Column::Position.lte(to))
        .all(rows)
        .await?;
    for row in appeals {
        let text = commitment(&row.salt, row.language.code(), &row.body);
        let facts = vec![
            ("appeal", id::of_uuid(Kind::Appeal, row.id).into()),
            (
                "decision",
                id::of_uuid(Kind::Decision, row.decision_id).into(),
            ),
            ("at", row.created_at.to_rfc3339().into()),
            ("explanation", text.into()),
        ];
        sealed.insert(row.position, facts);
    }
    Ok(sealed)
}

fn matches_row(entry: &str, facts: Option<&Vec<(&'static str, Value)>>) -> bool {
    let entry: Value = serde_json::from_str(entry).unwrap_or_default();
    facts.is_some_and(|facts| {
        facts
            .iter()
            .all(|(name, value)| entry.get(name) == Some(value))
    })
}
