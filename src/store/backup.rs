//! Backups: one consistent state of the database in one file, taken while servers continue to write.
//!
//! - SQLite: `VACUUM INTO`, in one read transaction. Writers in other processes do not wait for it, and it ends however much they
//!   write, whereas the online backup API starts again after each write by another process. Only the content of tables is
//!   copied, so the free pages of the backup contain no erased data. Meanwhile the write-ahead log grows, because it cannot be
//!   checkpointed beyond what the backup still reads.
//! - PostgreSQL: `pg_dump` in the custom format, from a snapshot that this program exports.
//!
//! A file is created under another name, sealed ([`seal`]) and flushed to the disk. Only then it gets its name. Its mode is 0600.

use std::path::Path;

use sea_orm::ConnectionTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::DbBackend;
use sea_orm::Statement;
use sea_orm::sqlx;
use sqlx::ConnectOptions;
use sqlx::Connection;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::store::dump;
use crate::store::inspect;
use crate::store::log;
use crate::store::partial_file::PartialFile;
use crate::store::partial_file::exists;
use crate::store::seal;
use crate::store::seal::Seal;

pub(crate) const SQLITE: &str = "sqlite";
pub(crate) const POSTGRES: &str = "postgres";

/// Backs up a database into a file; `made_at` is the current time in RFC 3339. An existing file is overwritten only
/// with `overwrite`.
///
/// # Errors
/// If the file exists, the database contains no forum, `pg_dump` is missing, or a disk is full. No file is left behind then.
pub async fn take(url: &str, file: &Path, overwrite: bool, made_at: String) -> Result<Seal> {
    if !overwrite && file.exists() {
        return Err(exists(file));
    }
    let mut part = PartialFile::create(file)?;
    let mut seal = Seal {
        kind: String::new(),
        schema: String::new(),
        position: None,
        made_at,
        bytes: 0,
    };
    if inspect::kind(url)? == DbBackend::Sqlite {
        vacuum(url, part.path(), &mut seal).await?;
    } else {
        dump(url, part.path(), &mut seal).await?;
    }
    seal::add(part.file(), &mut seal)
        .map_err(|error| Error::Internal(format!("{}: {error}", file.display())))?;
    part.publish(overwrite)?;
    Ok(seal)
}

async fn vacuum(url: &str, into: &Path, seal: &mut Seal) -> Result<()> {
    let options = inspect::sqlite(url)?;
    let opened = |error: sqlx::Error| Error::Internal(format!("backing up: {error}"));
    let name = into
        .to_str()
        .ok_or_else(|| Error::internal("the name of the backup must be UTF-8"))?;
    let mut connection = options.connect().await.map_err(opened)?;
    sqlx::query("vacuum into ?")
        .bind(name)
        .execute(&mut connection)
        .await
        .map_err(opened)?;
    connection.close().await.map_err(opened)?;
    // The description is read from the backup itself.
    let made = inspect::open_backup(into).await?;
    let rows = inspect::snapshot(&made).await?;
    describe(&rows, SQLITE, seal).await?;
    drop(rows);
    Ok(made.close().await?)
}

async fn dump(url: &str, into: &Path, seal: &mut Seal) -> Result<()> {
    let database = inspect::open(url).await?;
    let rows = inspect::snapshot(&database).await?;
    describe(&rows, POSTGRES, seal).await?;
    let export = Statement::from_string(DbBackend::Postgres, "select pg_export_snapshot() as id");
    let exported = rows.query_one_raw(export).await?;
    let snapshot: String = exported
        .ok_or_else(|| Error::internal("no snapshot was exported"))?
        .try_get("", "id")?;
    // The snapshot lasts as long as its transaction.
    dump::dump(url, &snapshot, into)?;
    rows.rollback().await?;
    Ok(database.close().await?)
}

async fn describe(rows: &DatabaseTransaction, kind: &str, seal: &mut Seal) -> Result<()> {
    let migrations = inspect::migrations(rows).await?;
    let last = migrations
        .last()
        .ok_or_else(|| Error::internal("the database contains no forum"))?;
    seal.kind = kind.to_string();
    seal.schema = last.clone();
    seal.position = Some(log::head(rows).await?);
    Ok(())
}
