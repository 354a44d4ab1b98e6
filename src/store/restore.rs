//! Restores a backup: verifies it first, restores all or nothing, and only into an empty database unless requested otherwise.

use std::io::Read;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use sea_orm::DbBackend;
use sea_orm::sqlx;
use sqlx::ConnectOptions;
use sqlx::Connection;
use sqlx::PgConnection;
use sqlx::sqlite::SqliteConnectOptions;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::store::backup::POSTGRES;
use crate::store::backup::SQLITE;
use crate::store::dump;
use crate::store::inspect;
use crate::store::lock;
use crate::store::partial_file::PartialFile;
use crate::store::private;
use crate::store::seal;
use crate::store::seal::Seal;

/// How long others may take to release a database that is being replaced.
const WAIT: Duration = Duration::from_secs(2);

/// Restores a backup into the database that the URL names. A database with tables is only replaced with `replace`, and only if no
/// process uses it.
///
/// # Errors
/// If the backup was changed since it was made or is of the other kind of database, if the database has content or is in use, and
/// errors of the disk. The database is then unchanged.
pub async fn restore(file: &Path, url: &str, replace: bool) -> Result<Seal> {
    let kind = if inspect::kind(url)? == DbBackend::Sqlite {
        SQLITE
    } else {
        POSTGRES
    };
    let seal = seal::check(file, |_| Ok(()))?;
    if seal.kind != kind {
        return Err(Error::Internal(format!(
            "{} is a backup of the kind {}: restore it into a database of that kind, then `partage copy` it",
            file.display(),
            seal.kind
        )));
    }
    if kind == SQLITE {
        into_file(file, url, replace).await?;
    } else {
        into_postgres(file, url, replace).await?;
    }
    Ok(seal)
}

async fn into_file(file: &Path, url: &str, replace: bool) -> Result<()> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|error| Error::Internal(format!("database URL: {error}")))?;
    let target: PathBuf = options.get_filename().to_path_buf();
    let _lock = lock::take(url, "replaced")?;
    let is_there = target.exists();
    if is_there {
        if !replace && has_tables(url).await? {
            return Err(Error::Internal(format!(
                "{} has content and was not changed; --replace replaces it",
                target.display()
            )));
        }
    } else if let Some(left) = private::beside(&target).iter().find(|name| name.exists()) {
        // SQLite would replay the other database's log into this one.
        return Err(Error::Internal(format!(
            "{} remains from another database: move it away first",
            left.display()
        )));
    }
    let mut part = PartialFile::create(&target)?;
    // Verified again, because the written copy is what counts.
    let to = part.file();
    seal::check(file, |bytes| to.write_all(bytes))?;
    if is_there {
        fold_in_wal(options, &target).await?;
    }
    part.publish(is_there)
}

async fn has_tables(url: &str) -> Result<bool> {
    let mut connection = inspect::sqlite(url)?
        .connect()
        .await
        .map_err(Error::internal)?;
    let count: i64 = sqlx::query_scalar("select count(*) from sqlite_master")
        .fetch_one(&mut connection)
        .await
        .map_err(Error::internal)?;
    connection.close().await.map_err(Error::internal)?;
    Ok(count > 0)
}

/// Folds the write-ahead log of the replaced database into its file, which SQLite does only for its sole user. A
/// remaining log would be replayed into the new database.
async fn fold_in_wal(options: SqliteConnectOptions, target: &Path) -> Result<()> {
    let in_use = |cause: String| {
        Error::Internal(format!(
            "{} cannot be replaced: {cause}. Is its server still running? Stop it first",
            target.display()
        ))
    };
    let options = options.create_if_missing(false).busy_timeout(WAIT);
    let mut connection = options
        .connect()
        .await
        .map_err(|error| in_use(error.to_string()))?;
    let mode: String = sqlx::query_scalar("pragma journal_mode = delete")
        .fetch_one(&mut connection)
        .await
        .map_err(|error| in_use(error.to_string()))?;
    connection
        .close()
        .await
        .map_err(|error| in_use(error.to_string()))?;
    if mode != "delete" {
        return Err(in_use("others use it".to_string()));
    }
    if let Some(left) = private::beside(target).iter().find(|name| name.exists()) {
        return Err(in_use(format!("{} is still there", left.display())));
    }
    Ok(())
}

async fn into_postgres(file: &Path, url: &str, replace: bool) -> Result<()> {
    let failed = |error: sqlx::Error| Error::Internal(format!("PostgreSQL: {error}"));
    let mut connection = inspect::postgres(url)?.connect().await.map_err(failed)?;
    let aside = set_aside(&mut connection, replace).await?;
    let restored = feed(file, url);
    if let Some(aside) = aside {
        let ending = match &restored {
            Ok(()) => format!("drop schema {aside} cascade"),
            Err(_) => {
                format!(
                    "drop schema if exists public cascade; alter schema {aside} rename to public"
                )
            }
        };
        sqlx::raw_sql(sqlx::AssertSqlSafe(ending))
            .execute(&mut connection)
            .await
            .map_err(failed)?;
    }
    connection.close().await.map_err(failed)?;
    restored
}

/// Makes room: does nothing in an empty database. Otherwise renames the existing schema, so that it is kept until the backup is
/// restored, and returns its new name.
async fn set_aside(connection: &mut PgConnection, replace: bool) -> Result<Option<String>> {
    let failed = |error: sqlx::Error| Error::Internal(format!("PostgreSQL: {error}"));
    let tables: i64 = sqlx::query_scalar(
        "select count(*) from pg_class join pg_namespace on pg_namespace.oid = relnamespace \
         where nspname = 'public' and relkind in ('r', 'p', 'v', 'm', 'f', 'S')",
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(failed)?;
    if tables == 0 {
        return Ok(None);
    }
    if !replace {
        return Err(Error::internal(
            "the database has content and was not changed; --replace replaces it",
        ));
    }
    let others: i64 = sqlx::query_scalar(inspect::COUNT_OTHER_CONNECTIONS)
        .fetch_one(&mut *connection)
        .await
        .map_err(failed)?;
    if others > 0 {
        return Err(Error::internal(
            "the database cannot be replaced while servers use it: stop them first",
        ));
    }
    let aside = format!("partage_before_{}", id::random().simple());
    let make_room = format!("alter schema public rename to {aside}; create schema public");
    sqlx::raw_sql(sqlx::AssertSqlSafe(make_room))
        .execute(connection)
        .await
        .map_err(failed)?;
    Ok(Some(aside))
}

/// Sends the archive without its seal to `pg_restore`.
fn feed(file: &Path, url: &str) -> Result<()> {
    let mut child = dump::restore(url)?;
    let words = child.stderr.take().map(|mut stderr| {
        std::thread::spawn(move || {
            let mut words = String::new();
            drop(stderr.read_to_string(&mut words));
            words
        })
    });
    let mut stdin = child.stdin.take();
    let fed = seal::check(file, |bytes| match &mut stdin {
        Some(stdin) => stdin.write_all(bytes),
        None => Ok(()),
    });
    if fed.is_err() {
        // It has not received the end, so it has not committed.
        drop(child.kill());
    }
    drop(stdin);
    let status = child.wait().map_err(Error::internal)?;
    let words = words
        .and_then(|words| words.join().ok())
        .unwrap_or_default();
    if !status.success() && !words.trim().is_empty() {
        return Err(Error::Internal(format!(
            "pg_restore failed, and the database is unchanged: {}",
            words.trim()
        )));
    }
    fed?;
    if status.success() {
        return Ok(());
    }
    Err(Error::Internal(format!(
        "pg_restore ended with {status}, and the database is unchanged"
    )))
}
