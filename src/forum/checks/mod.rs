//! Checks of a whole database, for operators: that it is sound, that the log has no gaps, that the ledger is valid, and
//! that every stored derived value agrees with its source. They only read, from one state of the database.

mod counters;
mod ledger;
mod log;

use sea_orm::DatabaseTransaction;
use sea_orm::TransactionTrait;

use crate::base::error::Result;
use crate::store::integrity;
use crate::store::integrity::CheckResult;

/// A check and its result.
#[derive(Clone, Debug)]
pub struct CheckReport {
    pub name: &'static str,
    pub found: CheckResult,
}

impl CheckReport {
    /// Whether the check found no faults.
    pub fn passed(&self) -> bool {
        self.found.faults == 0
    }
}

/// Runs a check separately from the others, so that a database broken in one place still yields results for the rest.
macro_rules! check {
    ($rows:expr, $report:expr, $name:expr, $check:expr) => {{
        let apart = $rows.begin().await?;
        let found = $check(&apart).await.unwrap_or_else(|error| {
            let mut found = CheckResult::default();
            found.add(format!("it could not be read: {error:?}"));
            found
        });
        // Nothing was written; a rollback is the only way to end a transaction after a failed check.
        drop(apart.rollback().await);
        let checked = CheckReport { name: $name, found };
        $report(&checked);
        checked.passed()
    }};
}

/// Runs all checks on one state of a database that has this program's schema; calls `report` with each check as it ends.
/// With a `key` (64 hexadecimal digits), that key must have signed every entry of the ledger. Returns how many checks
/// found faults.
///
/// # Errors
/// When the database cannot be reached. Faults in its contents are passed to `report`, not returned.
pub async fn run(
    rows: &DatabaseTransaction,
    key: Option<&str>,
    mut report: impl FnMut(&CheckReport),
) -> Result<usize> {
    let mut broken = 0;
    broken += usize::from(!check!(rows, report, "database", integrity::pages));
    broken += usize::from(!check!(
        rows,
        report,
        "foreign keys",
        integrity::foreign_keys
    ));
    broken += usize::from(!check!(rows, report, "log", log::check));
    let ledger = async |rows: &DatabaseTransaction| ledger::check(rows, key).await;
    broken += usize::from(!check!(rows, report, "ledger", ledger));
    broken += usize::from(!check!(rows, report, "ledger guards", integrity::guards));
    for counter in &counters::ALL {
        let compare = async |rows: &DatabaseTransaction| counters::check(rows, counter).await;
        broken += usize::from(!check!(rows, report, counter.name, compare));
    }
    broken += usize::from(!check!(
        rows,
        report,
        "decisions named",
        counters::references
    ));
    broken += usize::from(!check!(rows, report, "vocabulary", counters::closure));
    broken += usize::from(!check!(
        rows,
        report,
        "numbers of threads",
        counters::tallies
    ));
    Ok(broken)
}
