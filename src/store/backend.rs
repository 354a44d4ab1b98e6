//! All differences between SQLite and PostgreSQL.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::AccessMode;
use sea_orm::ConnectionTrait;
use sea_orm::DatabaseConnection;
use sea_orm::DatabaseTransaction;
use sea_orm::DbErr;
use sea_orm::IsolationLevel;
use sea_orm::SqliteTransactionMode;
use sea_orm::TransactionOptions;
use sea_orm::TransactionTrait;
use sea_orm::sqlx;
use sqlx::postgres::PgConnectOptions;
use sqlx::postgres::PgListener;
use sqlx::postgres::PgPool;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::sqlite::SqliteJournalMode;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::sqlite::SqliteSynchronous;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::store::Statements;
use crate::store::failed;

/// The channel on which PostgreSQL tells other processes that the log has grown.
const CHANNEL: &str = "partage_log";
/// The channel on which processes tell each other what no row holds.
const NEIGHBOURS: &str = "partage_neighbours";
/// Names the lock that puts commits in the order of their positions. Any number that no other program uses.
const COMMIT_LOCK: i64 = 0x5061_7274_6167_6521;
/// Readers of an embedded database: more than the cores of a small machine brings nothing.
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 10;
const WAIT_FOR_CONNECTION: Duration = Duration::from_secs(30);

/// The connections to one database.
#[derive(Debug)]
pub struct Backend {
    kind: Kind,
    writer: DatabaseConnection,
    reader: DatabaseConnection,
}

#[derive(Debug)]
enum Kind {
    Sqlite,
    Postgres(PgPool),
}

impl Backend {
    /// Opens the connections; `statements` is counted up by each statement.
    pub(crate) async fn open(url: &str, statements: &Arc<Statements>) -> Result<Backend> {
        let mut backend = if url.starts_with("sqlite:") {
            open_sqlite(url).await?
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            open_postgres(url).await?
        } else {
            return Err(Error::internal(
                "the database URL must begin with sqlite: or postgres:",
            ));
        };
        for connection in [&mut backend.writer, &mut backend.reader] {
            let statements = Arc::clone(statements);
            connection.set_metric_callback(move |info| statements.add(info.elapsed));
        }
        Ok(backend)
    }

    /// The connections that change.
    pub fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Opens a transaction that will write. SQLite takes the write lock at once, so that it can never be refused later.
    pub async fn begin_write(&self) -> Result<DatabaseTransaction> {
        let options = TransactionOptions {
            sqlite_transaction_mode: match self.kind {
                Kind::Sqlite => Some(SqliteTransactionMode::Immediate),
                Kind::Postgres(_) => None,
            },
            ..TransactionOptions::default()
        };
        self.writer
            .begin_with_options(options)
            .await
            .map_err(failed)
    }

    /// Opens a transaction that sees one state of the database. (SQLite's readers cannot write by their setting.)
    pub async fn begin_read(&self) -> Result<DatabaseTransaction> {
        let options = match self.kind {
            Kind::Sqlite => TransactionOptions::default(),
            Kind::Postgres(_) => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            },
        };
        self.reader
            .begin_with_options(options)
            .await
            .map_err(failed)
    }

    /// From here to the end of the transaction nobody else can append to the log. On SQLite the writer is alone anyway;
    /// on PostgreSQL the lock is given back only when the commit is visible, so that positions become visible in order.
    pub async fn order_commit(&self, tx: &DatabaseTransaction) -> Result<()> {
        match self.kind {
            Kind::Sqlite => Ok(()),
            Kind::Postgres(_) => tx
                .execute_unprepared(&format!("select pg_advisory_xact_lock({COMMIT_LOCK})"))
                .await
                .map(drop)
                .map_err(failed),
        }
    }

    /// Tells other processes, once the transaction has committed, that the log has grown.
    pub async fn announce(&self, tx: &DatabaseTransaction) -> Result<()> {
        match self.kind {
            Kind::Sqlite => Ok(()),
            Kind::Postgres(_) => tx
                .execute_unprepared(&format!("select pg_notify('{CHANNEL}', '')"))
                .await
                .map(drop)
                .map_err(failed),
        }
    }

    /// Says something to the other processes that is kept nowhere, under 8,000 bytes. On SQLite there are none.
    pub async fn say(&self, message: &str) -> Result<()> {
        match &self.kind {
            Kind::Sqlite => Ok(()),
            Kind::Postgres(pool) => sqlx::query("select pg_notify($1, $2)")
                .bind(NEIGHBOURS)
                .bind(message)
                .execute(pool)
                .await
                .map(drop)
                .map_err(|error| Error::Internal(format!("telling other processes: {error}"))),
        }
    }

    /// Closes the connections.
    pub async fn close(&self) {
        for connection in [&self.writer, &self.reader] {
            if let Err(error) = connection.close_by_ref().await {
                tracing::warn!(%error, "a database connection did not close");
            }
        }
    }
}

/// What another process says.
#[derive(Debug)]
pub enum Heard<'a> {
    /// The log may have grown.
    LogGrew,
    /// A message that is kept nowhere.
    Said(&'a str),
}

/// Tells what other processes say, this one among them. Returns when the connection fails; on SQLite never.
pub async fn listen(backend: &Backend, heard: impl Fn(Heard<'_>)) -> Result<()> {
    let Kind::Postgres(pool) = &backend.kind else {
        return std::future::pending().await;
    };
    let lost = |error: sqlx::Error| Error::Internal(format!("listening: {error}"));
    let mut listener = PgListener::connect_with(pool).await.map_err(lost)?;
    listener
        .listen_all([CHANNEL, NEIGHBOURS])
        .await
        .map_err(lost)?;
    heard(Heard::LogGrew);
    loop {
        let notified = listener.recv().await.map_err(lost)?;
        if notified.channel() == NEIGHBOURS {
            heard(Heard::Said(notified.payload()));
        } else {
            heard(Heard::LogGrew);
        }
    }
}

/// Whether the error is the database's refusal of a second row where one may be.
pub fn is_unique_violation(error: &DbErr) -> bool {
    matches!(
        error.sql_err(),
        Some(sea_orm::SqlErr::UniqueConstraintViolation(_))
    )
}

async fn open_sqlite(url: &str) -> Result<Backend> {
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Err(Error::internal(
            "the embedded database needs a file: sqlite://partage.db?mode=rwc",
        ));
    }
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|error| Error::Internal(format!("database URL: {error}")))?
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(WAIT_FOR_CONNECTION);
    let opened = |error: sqlx::Error| Error::Internal(format!("opening {url}: {error}"));
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(WAIT_FOR_CONNECTION)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options.clone())
        .await
        .map_err(opened)?;
    let reader = SqlitePoolOptions::new()
        .max_connections(SQLITE_READERS)
        .acquire_timeout(WAIT_FOR_CONNECTION)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options.pragma("query_only", "on"))
        .await
        .map_err(opened)?;
    Ok(Backend {
        kind: Kind::Sqlite,
        writer: DatabaseConnection::from(writer),
        reader: DatabaseConnection::from(reader),
    })
}

async fn open_postgres(url: &str) -> Result<Backend> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| Error::Internal(format!("database URL: {error}")))?
        .application_name("partage");
    // The URL may hold a password: it is not repeated.
    let opened = |error: sqlx::Error| Error::Internal(format!("opening PostgreSQL: {error}"));
    // Two pools: a request that reads never waits for its own reading connection in order to write.
    let connect = |options: PgConnectOptions| {
        PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(WAIT_FOR_CONNECTION)
            .connect_with(options)
    };
    let writer = connect(options.clone()).await.map_err(opened)?;
    let reader = connect(options).await.map_err(opened)?;
    Ok(Backend {
        kind: Kind::Postgres(reader.clone()),
        writer: DatabaseConnection::from(writer),
        reader: DatabaseConnection::from(reader),
    })
}
