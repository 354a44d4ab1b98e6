//! Checks of a whole database, for operators: that it is sound, that the log has no holes, that the ledger holds, and that
//! everything which is kept beside what it is derived from agrees with it. They only read, one state of the database.

mod counters;
mod ledger;
mod log;

use sea_orm::DatabaseTransaction;
use sea_orm::TransactionTrait;

use crate::base::error::Result;
use crate::store::integrity;
use crate::store::integrity::Found;

/// A check and what it found.
#[derive(Clone, Debug)]
pub struct Checked {
    pub name: &'static str,
    pub found: Found,
}

impl Checked {
    /// Whether everything holds.
    pub fn holds(&self) -> bool {
        self.found.faults == 0
    }
}

/// Runs a check apart from the others: a database that is broken in one place answers about the rest.
macro_rules! check {
    ($rows:expr, $tell:expr, $name:expr, $check:expr) => {{
        let apart = $rows.begin().await?;
        let found = $check(&apart).await.unwrap_or_else(|error| {
            let mut found = Found::default();
            found.add(format!("it could not be read: {error:?}"));
            found
        });
        // Nothing was written; a failed check leaves a transaction that only ends so.
        drop(apart.rollback().await);
        let checked = Checked { name: $name, found };
        $tell(&checked);
        checked.holds()
    }};
}

/// Runs all checks on one state of a database whose schema is this program's; `tell` is called with each as it ends. With a
/// `key` (64 hexadecimal digits) every entry of the ledger has to be signed with it. Answers how many checks found faults.
///
/// # Errors
/// When the database cannot be reached. What is wrong in it is told, not returned.
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
