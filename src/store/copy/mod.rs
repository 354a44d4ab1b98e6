//! Copies a forum from one database into another, of the same kind or the other one, exactly.
//!
//! The databases define what is copied: every table of the schema with every column, so that the tables of later migrations are
//! copied without a change here. One consistent state of the source is read row by row. Everything is written in one transaction
//! of the target. It commits only after its tables were read again and match the source in the number of rows and a digest.

mod endpoint;
mod read;
mod row;
mod transfer;

use std::time::Duration;

use crate::base::clock;
use crate::base::clock::Clock;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::store::copy::endpoint::Endpoint;
use crate::store::copy::row::Digest;
use crate::store::copy::row::Table;
use crate::store::database::Store;
use crate::store::inspect;
use crate::store::inspect::SchemaState;
use crate::store::lock;

/// A table that was copied.
#[derive(Clone, Debug)]
pub struct CopiedTable {
    pub table: String,
    pub rows: u64,
}

/// The result of a copy.
#[derive(Clone, Debug)]
pub struct CopyReport {
    /// The copied tables, ordered by name.
    pub tables: Vec<CopiedTable>,
    /// Number of events added to the source's log since its state was read: these, and the changes they report, are not
    /// in the copy.
    pub missed: u64,
    pub took: Duration,
}

/// Copies `from` into `to`, and calls `on_table` after each table. An empty target is migrated first.
///
/// # Errors
/// If the source's schema is not this program's, the target has content or another schema, a value does not fit (PostgreSQL accepts
/// no NUL in a text), or the copy differs from the source. The target is then empty.
pub async fn copy(
    from: &str,
    to: &str,
    mut on_table: impl FnMut(&CopiedTable),
) -> Result<CopyReport> {
    let begun = clock::instant();
    let mut source = Endpoint::read(from).await?;
    let applied = source.migrations().await?;
    require_current(&applied, "the source")?;
    let _lock = lock::take(to, "written")?;
    prepare(to).await?;
    let mut target = Endpoint::write(to).await?;
    if target.migrations().await? != applied {
        return Err(Error::internal(
            "the source and the target have different schemas: run `partage migrate` on both",
        ));
    }
    let tables = same_tables(&source.tables().await?, &target.tables().await?)?;
    for table in &tables {
        if target.count(table).await? > 0 {
            return Err(Error::Internal(format!(
                "the target has content (in the table {}) and was not changed: choose an empty database",
                table.name
            )));
        }
    }
    let head = source.head().await?;
    let mut copied = Vec::new();
    let mut digests: Vec<Digest> = Vec::new();
    target.drop_foreign_keys().await?;
    for table in &tables {
        let digest = transfer::transfer(&mut source, &mut target, table).await?;
        let each = CopiedTable {
            table: table.name.clone(),
            rows: digest.rows,
        };
        on_table(&each);
        copied.push(each);
        digests.push(digest);
    }
    target.restore_foreign_keys().await?;
    for (table, wanted) in tables.iter().zip(&digests) {
        let found = target.digest(table).await?;
        if found != *wanted {
            return Err(Error::Internal(format!(
                "the copy of the table {} differs from the source: {} rows of {}; nothing was copied",
                table.name, found.rows, wanted.rows
            )));
        }
    }
    target.commit().await?;
    source.close().await?;
    let mut now = Endpoint::read(from).await?;
    let missed = now.head().await?.saturating_sub(head);
    now.close().await?;
    Ok(CopyReport {
        tables: copied,
        missed: u64::try_from(missed).unwrap_or(0),
        took: begun.elapsed(),
    })
}

fn require_current(applied: &[String], whose: &str) -> Result<()> {
    match inspect::state(applied) {
        SchemaState::Current => Ok(()),
        SchemaState::Older(pending) => Err(Error::Internal(format!(
            "{whose} lacks {pending} migrations: run `partage migrate` on it first"
        ))),
        SchemaState::Newer(unknown) => Err(Error::Internal(format!(
            "{whose} is newer than this program and was not changed: {unknown}"
        ))),
    }
}

/// Creates the schema in an empty target.
async fn prepare(to: &str) -> Result<()> {
    let store = Store::open(to, Clock::default()).await?;
    let mut target = Endpoint::read(to).await?;
    let applied = target.migrations().await?;
    let is_empty = target.tables().await?.is_empty();
    target.close().await?;
    let prepared = if applied.is_empty() && is_empty {
        store.migrate().await
    } else {
        require_current(&applied, "the target")
    };
    store.close().await;
    prepared
}

/// Returns the tables, if both databases have the same ones with the same columns.
fn same_tables(source: &[Table], target: &[Table]) -> Result<Vec<Table>> {
    for table in source {
        let other = target.iter().find(|other| other.name == table.name);
        let Some(other) = other else {
            return Err(Error::Internal(format!(
                "the target has no table {}",
                table.name
            )));
        };
        if other.columns != table.columns {
            return Err(Error::Internal(format!(
                "the table {} has other columns in the target: {:?}, {:?}",
                table.name, table.columns, other.columns
            )));
        }
    }
    if let Some(more) = target
        .iter()
        .find(|other| !source.iter().any(|table| table.name == other.name))
    {
        return Err(Error::Internal(format!(
            "the source has no table {}",
            more.name
        )));
    }
    Ok(source.to_vec())
}
