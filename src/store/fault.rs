//! Classifies database errors. Some pass by themselves or after an operator has acted: the database is unreachable, full, busy or
//! read-only. All others are malfunctions of this program.

use sea_orm::DbErr;
use sea_orm::RuntimeErr;
use sea_orm::sqlx;

use crate::base::error::Error;
use crate::base::error::Outage;
use crate::base::error::Trouble;

/// A database error is either a temporary outage or a malfunction.
impl From<DbErr> for Error {
    fn from(error: DbErr) -> Error {
        let cause = format!("database: {error}");
        match trouble(&error) {
            Some(trouble) => Error::Unavailable(Outage { trouble, cause }),
            None => Error::Internal(cause),
        }
    }
}

/// Returns what prevents the database from serving, if the same change can succeed later.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library's errors, of which most are malfunctions"
)]
pub fn trouble(error: &DbErr) -> Option<Trouble> {
    let inner = match error {
        DbErr::ConnectionAcquire(_) => return Some(Trouble::Away),
        DbErr::Conn(inner) | DbErr::Exec(inner) | DbErr::Query(inner) => inner,
        _ => return None,
    };
    match inner {
        RuntimeErr::SqlxError(error) => trouble_in_sqlx(error),
        _ if matches!(error, DbErr::Conn(_)) => Some(Trouble::Away),
        _ => None,
    }
}

/// Same, for an error of the driver.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library's errors, of which most are malfunctions"
)]
pub fn trouble_in_sqlx(error: &sqlx::Error) -> Option<Trouble> {
    match error {
        sqlx::Error::PoolTimedOut => Some(Trouble::Busy),
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => Some(Trouble::Away),
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            match error.try_downcast_ref::<sqlx::sqlite::SqliteError>() {
                Some(_) => in_sqlite(code.parse().unwrap_or_default()),
                None => in_postgres(&code),
            }
        }
        _ => None,
    }
}

/// Classifies by SQLite's result codes (<https://www.sqlite.org/rescode.html>). The lowest byte of an extended code is
/// the primary code.
fn in_sqlite(code: u32) -> Option<Trouble> {
    match code & 0xff {
        // BUSY, LOCKED, INTERRUPT, PROTOCOL.
        5 | 6 | 9 | 15 => Some(Trouble::Busy),
        // NOMEM, FULL.
        7 | 13 => Some(Trouble::Full),
        // READONLY.
        8 => Some(Trouble::ReadOnly),
        // IOERR, CANTOPEN.
        10 | 14 => Some(Trouble::Disk),
        _ => None,
    }
}

/// Classifies by PostgreSQL's codes: by class, and for some errors by single code.
fn in_postgres(code: &str) -> Option<Trouble> {
    match code {
        // Read-only transaction.
        "25006" => Some(Trouble::ReadOnly),
        // Serialization failure, deadlock, too many connections, a statement that took too long and those after it in the same
        // transaction.
        "40001" | "40P01" | "53300" | "57014" | "25P02" => Some(Trouble::Busy),
        // Connection, operator intervention.
        _ if code.starts_with("08") || code.starts_with("57") => Some(Trouble::Away),
        // Insufficient resources.
        _ if code.starts_with("53") => Some(Trouble::Full),
        // System error.
        _ if code.starts_with("58") => Some(Trouble::Disk),
        _ => None,
    }
}
