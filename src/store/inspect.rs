//! Inspects a database without being its server, with one read-only connection while others may use it. It runs no migration,
//! takes no lock that a server waits for, and leaves nothing behind.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use migrations::Migrator;
use migrations::MigratorTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DatabaseConnection;
use sea_orm::DatabaseTransaction;
use sea_orm::DbBackend;
use sea_orm::Statement;
use sea_orm::TransactionTrait;
use sea_orm::sqlx;
use sqlx::postgres::PgConnectOptions;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::sqlite::SqlitePoolOptions;

use crate::base::error::Error;
use crate::base::error::Result;

/// How the schema of a database compares with this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaState {
    Current,
    /// Empty or older: this many migrations are pending.
    Older(usize),
    /// Contains migrations that this program does not know.
    Newer(String),
}

/// A database under inspection, for callers that only pass it on.
pub type Inspected = DatabaseConnection;

const WAIT: Duration = Duration::from_secs(30);

/// Opens an existing database for reading.
///
/// # Errors
/// If it does not exist or cannot be reached.
pub async fn open(url: &str) -> Result<DatabaseConnection> {
    if is_sqlite(url) {
        return open_sqlite(sqlite(url)?).await;
    }
    let options = postgres(url)?.application_name("partage").options([
        ("default_transaction_isolation", "repeatable read"),
        ("default_transaction_read_only", "on"),
    ]);
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(WAIT)
        .connect_with(options)
        .await
        .map_err(|error| Error::Internal(format!("opening PostgreSQL: {error}")))?;
    Ok(DatabaseConnection::from(pool))
}

/// Opens a backup of an embedded database. No process writes to it, and no file is created beside it.
///
/// # Errors
/// If it cannot be read.
pub async fn open_backup(file: &Path) -> Result<DatabaseConnection> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .read_only(true)
        .immutable(true);
    open_sqlite(options).await
}

async fn open_sqlite(options: SqliteConnectOptions) -> Result<DatabaseConnection> {
    let file = options.get_filename().display().to_string();
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(WAIT)
        .connect_with(options)
        .await
        .map_err(|error| Error::Internal(format!("opening {file}: {error}")))?;
    Ok(DatabaseConnection::from(pool))
}

/// Counts the other connections of this program to a PostgreSQL database.
pub(crate) const COUNT_OTHER_CONNECTIONS: &str = "select count(*) from pg_stat_activity where datname = current_database() \
     and pid <> pg_backend_pid() and application_name = 'partage'";

/// Returns the options for connecting to a PostgreSQL database.
///
/// # Errors
/// If the URL is invalid.
pub(crate) fn postgres(url: &str) -> Result<PgConnectOptions> {
    PgConnectOptions::from_str(url)
        .map_err(|error| Error::Internal(format!("database URL: {error}")))
}

/// Returns the kind of database that a URL names.
///
/// # Errors
/// If it names neither kind.
pub(crate) fn kind(url: &str) -> Result<DbBackend> {
    if url.starts_with("sqlite:") {
        return Ok(DbBackend::Sqlite);
    }
    if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        return Ok(DbBackend::Postgres);
    }
    Err(Error::internal(
        "the database URL must begin with sqlite: or postgres:",
    ))
}

pub(crate) fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

/// Returns the options for opening an existing embedded database for inspection. This is not `mode=ro`: after a crash of its
/// server, acknowledged data is in its write-ahead log, and only a connection that may write can read that.
pub(crate) fn sqlite(url: &str) -> Result<SqliteConnectOptions> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|error| Error::Internal(format!("database URL: {error}")))?
        .create_if_missing(false)
        .busy_timeout(WAIT);
    if !options.get_filename().exists() {
        return Err(Error::Internal(format!(
            "there is no database {}",
            options.get_filename().display()
        )));
    }
    Ok(options)
}

/// Begins to read one consistent state of the database.
///
/// # Errors
/// Those of the database.
pub async fn snapshot(connection: &DatabaseConnection) -> Result<DatabaseTransaction> {
    let rows = connection.begin().await?;
    if rows.get_database_backend() == DbBackend::Sqlite {
        rows.execute_unprepared("pragma query_only = on").await?;
    }
    // The state is fixed at the first read.
    rows.query_one_raw(Statement::from_string(
        rows.get_database_backend(),
        match rows.get_database_backend() == DbBackend::Sqlite {
            true => "select count(*) as one from sqlite_master",
            false => "select count(*) as one from pg_class where false",
        },
    ))
    .await?;
    Ok(rows)
}

/// Returns the names of the migrations that have run, in order. Empty for a database without a schema.
///
/// # Errors
/// Those of the database.
pub async fn migrations(rows: &impl ConnectionTrait) -> Result<Vec<String>> {
    let there = match rows.get_database_backend() == DbBackend::Sqlite {
        true => "select 1 as one from sqlite_master where name = 'seaql_migrations'",
        false => "select 1 as one where to_regclass('seaql_migrations') is not null",
    };
    if texts(rows, there).await?.is_empty() {
        return Ok(Vec::new());
    }
    let rows = texts(
        rows,
        "select version from seaql_migrations order by version",
    )
    .await?;
    rows.iter()
        .map(|row| row.try_get("", "version").map_err(Error::from))
        .collect()
}

async fn texts(rows: &impl ConnectionTrait, sql: &str) -> Result<Vec<sea_orm::QueryResult>> {
    Ok(rows
        .query_all_raw(Statement::from_string(rows.get_database_backend(), sql))
        .await?)
}

/// Compares the migrations that have run with those that this program knows.
pub fn state(applied: &[String]) -> SchemaState {
    let known: Vec<String> = Migrator::migrations()
        .iter()
        .map(|migration| migration.name().to_string())
        .collect();
    let unknown: Vec<&str> = applied
        .iter()
        .filter(|name| !known.contains(name))
        .map(String::as_str)
        .collect();
    if !unknown.is_empty() {
        return SchemaState::Newer(unknown.join(", "));
    }
    match known.len() - applied.len() {
        0 => SchemaState::Current,
        pending => SchemaState::Older(pending),
    }
}
