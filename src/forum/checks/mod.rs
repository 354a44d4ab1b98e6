//! Checks of a whole database, for operators: that it is sound, that the log has no gaps, that the ledger is valid, and
//! that every stored derived value agrees with its source. They only read, from one state of the database.

mod counters;
mod ledger;
mod log;

use sea_orm::DatabaseTransaction;
use sea_orm::TransactionTrait;

use crate::base::error::Result;
use crate::store::integrity;
use crate::store::integrity::Found;

/// A check and its result.
#[derive(Clone, Debug)]
pub struct Checked {
    pub name: &'static str,
    pub found: Found,
}

impl Checked {
    /// Whether the check found no faults.
    pub fn holds(&self) -> bool {
        self.found.faults == 0
    }
}

/// Runs a check separately from the others, so that a database broken in one place still yields results for the rest.
macro_rules! check {
    ($rows:expr, $tell:expr, $name:expr, $check:expr) => {{
        let apart = $rows.begin().await?;
        let found = $check(&apart).await.unwrap_or_else(|error| {
            let mut found = Found::default();
            found.add(format!("it could not be read: {error:?}"));
            found
        });
        // Nothing was written; a rollback is the only way to end a transaction after a failed check.
        drop(apart.rollback().await);
        let checked = Checked { name: $name, found };
        $tell(&checked);
        checked.holds()
    }};
}

/// Runs all checks on one state of a database that has this program's schema; calls `tell` with each check as it ends.
/// With a `key` (64 hexadecimal digits), that key must have signed every entry of the ledger. Returns how many checks
/// found faults.
///
/// # Errors
/// When the database cannot be reached. Faults in its contents are passed to `tell`, not returned.
pub async fn run(
    rows: &DatabaseTransaction,
    key: Option<&str>,
    mut tell: impl FnMut(&Checked),
) -> Result<usize> {
    let mut broken = 0;
    broken += usize::from(!check!(rows, tell, "database", integrity::pages));
    broken += usize::from(!check!(rows, tell, "foreign keys", integrity::foreign_keys));
    broken += usize::from(!check!(rows, tell, "log", log::check));
    let ledger = async |rows: &DatabaseTransaction| ledger::check(rows, key).await;
    broken += usize::from(!check!(rows, tell, "ledger", ledger));
    broken += usize::from(!check!(rows, tell, "ledger guards", integrity::guards));
    for counter in &counters::ALL {
        let compare = async |rows: &DatabaseTransaction| counters::check(rows, counter).await;
        broken += usize::from(!check!(rows, tell, counter.name, compare));
    }
    broken += usize::from(!check!(rows, tell, "decisions named", counters::named));
    broken += usize::from(!check!(rows, tell, "vocabulary", counters::closure));
    Ok(broken)
}
