//! The lock of an embedded database. Only one process at a time serves, migrates or replaces it: the one that holds a lock on the
//! file `FILE.lock` beside it. The lock is not on the database file itself, because SQLite's own locks on a file are lost when the
//! process closes any handle of it. The system releases the lock when the process ends for any reason. The empty lock file stays.
//!
//! On PostgreSQL several servers share a database, and none holds a lock. A migration checks whether others are connected.

use std::fs::File;
use std::fs::OpenOptions;
use std::fs::TryLockError;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use sea_orm::sqlx;
use sqlx::ConnectOptions;
use sqlx::Connection;
use sqlx::sqlite::SqliteConnectOptions;

use crate::base::clock;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::store::inspect;
use crate::store::private;

/// How long the connections of ended processes may take to disappear.
const WAIT: Duration = Duration::from_secs(2);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// The right to write; released when it is dropped.
#[derive(Debug)]
pub struct Lock {
    /// `None` on PostgreSQL.
    _file: Option<File>,
}

/// Takes the lock of the database that the URL names. `used` is the purpose for the error message (served, migrated, replaced).
///
/// # Errors
/// If another process holds it, or if the file cannot be created because the folder is read-only or belongs to another user.
pub fn take(url: &str, used: &str) -> Result<Lock> {
    try_take(url)?.ok_or_else(|| {
        Error::Internal(format!(
            "{} cannot be {used}: another process uses it, most likely its server. Stop it first",
            name(url)
        ))
    })
}

/// Same, but returns nothing if another process holds it.
///
/// # Errors
/// If the file cannot be created.
pub fn try_take(url: &str) -> Result<Option<Lock>> {
    let Some(database) = embedded(url)? else {
        return Ok(Some(Lock { _file: None }));
    };
    let path = beside(&database);
    let failed = |error: &std::io::Error| Error::Internal(format!("{}: {error}", path.display()));
    let opened = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(private::OWNER_ONLY)
        .open(&path);
    let is_forbidden = |error: &std::io::Error| {
        matches!(
            error.kind(),
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied
        )
    };
    let file = opened.map_err(|error| match is_forbidden(&error) {
        true => read_only(url),
        false => failed(&error),
    })?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock { _file: Some(file) })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed(&error)),
    }
}

/// Returns the name of the database for messages. The URL of PostgreSQL may contain a password.
pub fn name(url: &str) -> String {
    match embedded(url) {
        Ok(Some(path)) => format!("the database {}", path.display()),
        _ => "the PostgreSQL database".to_string(),
    }
}

/// Returns the file of an embedded database, with links resolved: processes that reach it by different links share a
/// lock.
fn embedded(url: &str) -> Result<Option<PathBuf>> {
    if !inspect::is_sqlite(url) || url.contains(":memory:") {
        return Ok(None);
    }
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|error| Error::Internal(format!("database URL: {error}")))?;
    let path = options.get_filename();
    Ok(Some(
        std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf()),
    ))
}

fn beside(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

/// Waits briefly until no process of this program is connected to a PostgreSQL database; ignores an embedded one.
///
/// # Errors
/// If some are connected, or the database cannot be reached.
pub async fn require_no_server(url: &str, used: &str) -> Result<()> {
    if inspect::is_sqlite(url) {
        return Ok(());
    }
    let failed = |error: sqlx::Error| Error::Internal(format!("opening PostgreSQL: {error}"));
    let mut connection = inspect::postgres(url)?.connect().await.map_err(failed)?;
    let begun = clock::instant();
    loop {
        let others: i64 = sqlx::query_scalar(inspect::COUNT_OTHER_CONNECTIONS)
            .fetch_one(&mut connection)
            .await
            .map_err(failed)?;
        if others == 0 {
            return connection.close().await.map_err(failed);
        }
        if begun.elapsed() > WAIT {
            return Err(Error::Internal(format!(
                "{} cannot be {used}: {others} connections of servers use it. Stop them first",
                name(url)
            )));
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

/// Returns the refusal to use a database that cannot be written.
pub(crate) fn read_only(url: &str) -> Error {
    let look = match inspect::is_sqlite(url) {
        true => {
            "Check the owner and mode of its files and of their folder, and whether the disk is mounted read-only"
        }
        false => "Is it a standby, or is default_transaction_read_only set?",
    };
    let name = name(url);
    Error::Internal(format!(
        "{name} is read-only, but the forum must write. {look}"
    ))
}
