//! Which errors of a database pass by themselves, or when an operator has acted: it is away, full, busy or read-only. All
//! others are malfunctions of this program.

use sea_orm::DbErr;
use sea_orm::RuntimeErr;
use sea_orm::sqlx;

/// SQLite's primary result codes (<https://www.sqlite.org/rescode.html>): BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL,
/// CANTOPEN, PROTOCOL.
const SQLITE: [u32; 8] = [5, 6, 7, 8, 10, 13, 14, 15];
/// PostgreSQL's classes of errors: connection, insufficient resources, operator intervention, system error; and single
/// ones: a transaction that is read-only, serialization failure, deadlock.
const POSTGRES: [&str; 7] = ["08", "53", "57", "58", "25006", "40001", "40P01"];

/// Whether the same change can succeed later.
pub fn is_passing(error: &DbErr) -> bool {
    let inner = match error {
        DbErr::ConnectionAcquire(_) => return true,
        DbErr::Conn(inner) | DbErr::Exec(inner) | DbErr::Query(inner) => inner,
        _ => return false,
    };
    match inner {
        RuntimeErr::SqlxError(error) => is_passing_in_sqlx(error),
        _ => matches!(error, DbErr::Conn(_)),
    }
}

/// The same for an error of the driver.
pub fn is_passing_in_sqlx(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            if error
                .try_downcast_ref::<sqlx::sqlite::SqliteError>()
                .is_some()
            {
                // An extended code has the primary one in its lowest byte.
                let code = code.parse::<u32>().unwrap_or_default();
                SQLITE.contains(&(code & 0xff))
            } else {
                POSTGRES.iter().any(|class| code.starts_with(class))
            }
        }
        _ => false,
    }
}
