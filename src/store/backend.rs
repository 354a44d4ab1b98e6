//! All differences between SQLite and PostgreSQL.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::ConnectionTrait;
use sea_orm::DatabaseConnection;
use sea_orm::DatabaseTransaction;
use sea_orm::DbBackend;
use sea_orm::DbErr;
use sea_orm::IsolationLevel;
use sea_orm::SqliteTransactionMode;
use sea_orm::Statement;
use sea_orm::TransactionOptions;
use sea_orm::TransactionTrait;
use sea_orm::Value;
use sea_orm::sqlx;
use sqlx::Connection;
use sqlx::Executor;
use sqlx::SqliteConnection;
use sqlx::postgres::PgConnectOptions;
use sqlx::postgres::PgListener;
use sqlx::postgres::PgPool;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::sqlite::SqliteJournalMode;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::sqlite::SqliteSynchronous;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::base::clock;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::error::Trouble;
use crate::base::id;
use crate::store::fault;
use crate::store::lock::read_only;
use crate::store::private;
use crate::store::statements::Statements;

/// The channel on which PostgreSQL notifies other processes that the log has grown.
const LOG_CHANNEL: &str = "partage_log";
/// The channel for messages between processes that are not stored.
const MESSAGE_CHANNEL: &str = "partage_neighbours";
/// Identifies the lock that orders commits by their positions. Any number that no other program uses.
const COMMIT_LOCK: i64 = 0x5061_7274_6167_6521;
/// Identifies the lock for changes that are made one at a time.
const SERIALIZED_LOCK: i64 = 0x5061_7274_6167_6522;
/// Identifies the lock between changes of the vocabulary's closure and changes of what is derived from it.
const CLOSURE_LOCK: i64 = 0x5061_7274_6167_6523;
/// Appends an event: time, actor, thread and facts. On SQLite there is only one writer.
const APPEND_ON_SQLITE: &str = "insert into event (position, at, actor_id, thread_id, facts) \
    select coalesce(max(position), 0) + 1, ?, ?, ?, ? from event returning position";
const APPEND_ON_POSTGRES: &str = "select pg_temp.append_event($1, $2, $3, $4) as position";
/// Does the same in a single statement, because every commit waits for it. It takes the lock, which is released only when the
/// commit is visible, so that positions become visible in order. Then it inserts the row with a fresh view of the table. The
/// function exists as long as its connection. It is created even if the database is read-only by default: later statements
/// report that.
const MAKE_APPEND: &str = "begin read write; create or replace function pg_temp.append_event(bigint, uuid, uuid, text) returns bigint \
    language plpgsql as $$ declare appended bigint; begin \
    perform pg_advisory_xact_lock(LOCK); \
    insert into event (position, at, actor_id, thread_id, facts) \
    select coalesce(max(position), 0) + 1, $1, $2, $3, $4 from event returning position into appended; \
    return appended; end $$; commit";
/// PostgreSQL accepts a logical message even in a read-only transaction, so this is checked first.
const WRITE_NOTHING_ON_POSTGRES: &str = "do $$ begin \
    if current_setting('transaction_read_only')::boolean then \
    raise exception 'the transaction is read-only' using errcode = 'read_only_sql_transaction'; end if; end $$; \
    select pg_logical_emit_message(true, 'partage', 'a write')";
/// 256 KiB in a table that exists only during the transaction.
const WRITE_MUCH_ON_SQLITE: &str = "create table partage_trial (filler blob); \
    insert into partage_trial values (zeroblob(262144)); drop table partage_trial";
/// The same in a table's file and in the write-ahead log. A row of less than 2 kB is neither compressed nor stored out of line.
const WRITE_MUCH_ON_POSTGRES: &str = "create temp table partage_trial on commit drop as \
    select repeat('x', 1900) as filler from generate_series(1, 140); \
    select pg_logical_emit_message(true, 'partage', repeat('x', 262144))";
/// Number of readers of an embedded database: more than the cores of a small machine brings no benefit.
const SQLITE_READERS: u32 = 4;
/// Instructions of SQLite between two looks at the time that a read has taken: well under a millisecond.
const STEPS: i32 = 4_000;
/// More than these instructions take, unless the disk is slow.
const PAUSE: Duration = Duration::from_millis(200);
const POSTGRES_CONNECTIONS: u32 = 10;
/// How long an idle connection is assumed to be alive without a check.
const ASSUMED_ALIVE: Duration = Duration::from_secs(1);
const WAIT_FOR_CONNECTION: Duration = Duration::from_secs(30);

/// The connections to one database.
#[derive(Debug)]
pub struct Backend {
    engine: Engine,
    process_id: Uuid,
    /// Locked during a commit.
    commit_turn: Mutex<()>,
    writer: DatabaseConnection,
    reader: DatabaseConnection,
}

#[derive(Debug)]
enum Engine {
    Sqlite,
    Postgres(PgPool),
}

impl Backend {
    /// Opens the connections; each statement increments `statements`. A read that takes longer than `limit` fails as busy.
    pub(crate) async fn open(
        url: &str,
        statements: &Arc<Statements>,
        limit: Option<Duration>,
    ) -> Result<Backend> {
        let mut backend = if url.starts_with("sqlite:") {
            open_sqlite(url, limit).await?
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            open_postgres(url, limit).await?
        } else {
            return Err(Error::internal(
                "the database URL must begin with sqlite: or postgres:",
            ));
        };
        for connection in [&mut backend.writer, &mut backend.reader] {
            let statements = Arc::clone(statements);
            connection
                .set_metric_callback(move |info| statements.add(&info.statement.sql, info.elapsed));
        }
        Ok(backend)
    }

    /// The connections for changes.
    pub fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Opens a transaction that will write. SQLite takes the write lock at once, so that it cannot be refused later.
    pub async fn begin_write(&self) -> Result<DatabaseTransaction> {
        let options = TransactionOptions {
            sqlite_transaction_mode: match self.engine {
                Engine::Sqlite => Some(SqliteTransactionMode::Immediate),
                Engine::Postgres(_) => None,
            },
            ..TransactionOptions::default()
        };
        self.begin_uninterrupted(&self.writer, options).await
    }

    /// Opens a transaction that sees one state of the database. (The isolation level and read-only mode are set for each reading
    /// connection.)
    pub async fn begin_read(&self) -> Result<DatabaseTransaction> {
        self.begin_uninterrupted(&self.reader, TransactionOptions::default())
            .await
    }

    /// Opens the transaction of a consumer's step. On PostgreSQL it ends by itself after being idle for `limit`, so that a process
    /// that hangs does not block the process that replaces it.
    pub async fn begin_step(&self, limit: Duration) -> Result<DatabaseTransaction> {
        let transaction = self.begin_write().await?;
        self.limit(&transaction, limit).await?;
        Ok(transaction)
    }

    /// Same, for a step that reads one consistent state of the whole database.
    pub async fn begin_rebuild(&self, limit: Duration) -> Result<DatabaseTransaction> {
        let transaction = match self.engine {
            // There is only one writer.
            Engine::Sqlite => self.begin_write().await?,
            Engine::Postgres(_) => {
                let options = TransactionOptions {
                    isolation_level: Some(IsolationLevel::RepeatableRead),
                    ..TransactionOptions::default()
                };
                self.begin_uninterrupted(&self.writer, options).await?
            }
        };
        self.limit(&transaction, limit).await?;
        Ok(transaction)
    }

    async fn limit(&self, transaction: &DatabaseTransaction, limit: Duration) -> Result<()> {
        match self.engine {
            Engine::Sqlite => Ok(()),
            Engine::Postgres(_) => {
                let limit = limit.as_millis();
                let sql = format!("set local idle_in_transaction_session_timeout = {limit}");
                transaction.execute_unprepared(&sql).await?;
                Ok(())
            }
        }
    }

    /// Identifies this process among all that use the same database.
    pub fn process_id(&self) -> Uuid {
        self.process_id
    }

    /// Whether other processes may serve the same database.
    pub fn is_shared(&self) -> bool {
        match self.engine {
            Engine::Sqlite => false,
            Engine::Postgres(_) => true,
        }
    }

    /// The SQL expression for the current time of the database's clock, which is the same for all processes.
    pub fn present_moment(&self) -> &'static str {
        match self.engine {
            Engine::Sqlite => "cast(unixepoch('subsec') * 1000000 as integer)",
            Engine::Postgres(_) => {
                "cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)"
            }
        }
    }

    /// Begins a transaction even if the caller is cancelled meanwhile. With PostgreSQL, if a `BEGIN` is abandoned, SQLx 0.9.0
    /// returns the connection to the pool with the transaction open, and the next user sees an old state
    /// (transact-rs/sqlx#4385). A transaction that has begun ends when its value is dropped.
    async fn begin_uninterrupted(
        &self,
        connections: &DatabaseConnection,
        options: TransactionOptions,
    ) -> Result<DatabaseTransaction> {
        let begun = match self.engine {
            Engine::Sqlite => connections.begin_with_options(options).await,
            Engine::Postgres(_) => {
                let connections = connections.clone();
                let begin = async move { connections.begin_with_options(options).await };
                tokio::spawn(begin).await.map_err(Error::internal)?
            }
        };
        Ok(begun?)
    }

    /// Checks whether a change can begin.
    pub async fn check_writer(&self) -> Result<()> {
        let begun = self.begin_write().await?;
        Ok(begun.rollback().await?)
    }

    /// Returns the single number that a statement produces.
    pub async fn number(&self, sql: &str) -> Result<i64> {
        let statement = Statement::from_string(self.writer.get_database_backend(), sql);
        Ok(self
            .writer
            .query_one_raw(statement)
            .await?
            .ok_or_else(|| Error::internal("a count without a row"))?
            .try_get_by_index(0)?)
    }

    /// Writes to the disk without changing any data.
    pub async fn write_nothing(&self) -> Result<()> {
        self.write(match self.engine {
            // This writes the header page, and so the write-ahead log.
            Engine::Sqlite => "pragma user_version = 0",
            Engine::Postgres(_) => WRITE_NOTHING_ON_POSTGRES,
        })
        .await
    }

    /// Writes more than the longest text needs to the disk, and leaves nothing of it. On a nearly full disk, a small change can
    /// still fit where a text does not.
    pub async fn write_much(&self) -> Result<()> {
        self.write(match self.engine {
            // Dropped data is overwritten (`secure_delete`): its pages are part of the commit, and free afterwards.
            Engine::Sqlite => WRITE_MUCH_ON_SQLITE,
            Engine::Postgres(_) => WRITE_MUCH_ON_POSTGRES,
        })
        .await
    }

    async fn write(&self, sql: &str) -> Result<()> {
        let begun = self.begin_write().await?;
        begun.execute_unprepared(sql).await?;
        Ok(begun.commit().await?)
    }

    /// The connections for reading, for a single statement.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Blocks other transactions that call this until this transaction ends. SQLite has only one writer anyway.
    pub async fn lock_exclusively(&self, tx: &DatabaseTransaction) -> Result<()> {
        match self.engine {
            Engine::Sqlite => Ok(()),
            Engine::Postgres(_) => tx
                .execute_unprepared(&format!("select pg_advisory_xact_lock({SERIALIZED_LOCK})"))
                .await
                .map(drop)
                .map_err(Error::from),
        }
    }

    /// Runs changes that do not read each other's writes. On PostgreSQL they are sent as one statement to save round trips. SQLite
    /// runs in process.
    pub async fn execute_together(
        &self,
        tx: &DatabaseTransaction,
        changes: Vec<Statement>,
    ) -> std::result::Result<(), DbErr> {
        match self.engine {
            Engine::Sqlite => {
                for change in changes {
                    tx.execute_raw(change).await?;
                }
            }
            Engine::Postgres(_) => {
                tx.execute_raw(combined(changes)).await?;
            }
        }
        Ok(())
    }

    /// Appends rows to the log within the change's own transaction, at the next positions, and commits. Returns the
    /// last position. No other commit can append in between.
    pub async fn append_and_commit(
        &self,
        tx: DatabaseTransaction,
        rows: Vec<[Value; 4]>,
    ) -> Result<i64> {
        // Queue in this process: a contended lock in the database is slower.
        let _commit_turn = self.commit_turn.lock().await;
        let mut position = 0;
        for row in rows {
            position = self.append(&tx, row).await?;
        }
        tx.commit().await?;
        Ok(position)
    }

    async fn append(&self, tx: &DatabaseTransaction, row: [Value; 4]) -> Result<i64> {
        let sql = match self.engine {
            Engine::Sqlite => APPEND_ON_SQLITE,
            Engine::Postgres(_) => APPEND_ON_POSTGRES,
        };
        let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, row);
        Ok(tx
            .query_one_raw(statement)
            .await?
            .ok_or_else(|| Error::internal("an event was not appended"))?
            .try_get("", "position")?)
    }

    /// Notifies other processes that the log has grown. This is separate from the change, because a notification within a
    /// transaction makes all commits of the server wait for each other.
    pub async fn announce(&self) -> Result<()> {
        self.notify(LOG_CHANNEL, &self.process_id.to_string()).await
    }

    /// Sends a message of less than 8,000 bytes to the other processes. It is not stored. On SQLite there are no other processes.
    pub async fn broadcast(&self, message: &str) -> Result<()> {
        self.notify(MESSAGE_CHANNEL, message).await
    }

    async fn notify(&self, channel: &str, message: &str) -> Result<()> {
        match &self.engine {
            Engine::Sqlite => Ok(()),
            Engine::Postgres(pool) => sqlx::query("select pg_notify($1, $2)")
                .bind(channel)
                .bind(message)
                .execute(pool)
                .await
                .map(drop)
                .map_err(|error| Error::Internal(format!("notifying other processes: {error}"))),
        }
    }

    /// Removes deleted data from the database's files: SQLite's write-ahead log is checkpointed and truncated, PostgreSQL's tables
    /// are vacuumed in the background. A failure is only logged, because the data is deleted in any case.
    pub async fn scrub(&self, tables: &'static str) {
        let failed =
            |error: DbErr| tracing::warn!(%error, "erased data is still in the database's files");
        match self.engine {
            Engine::Sqlite => {
                let folded = self
                    .writer
                    .execute_unprepared("pragma wal_checkpoint(truncate)");
                if let Err(error) = folded.await {
                    failed(error);
                }
            }
            Engine::Postgres(_) => {
                let writer = self.writer.clone();
                tokio::spawn(async move {
                    let sweep = format!("vacuum {tables}");
                    if let Err(error) = writer.execute_unprepared(&sweep).await {
                        failed(error);
                    }
                });
            }
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

/// Keeps the vocabulary's closure as it is until this transaction ends, together with others who do so, or alone in order to
/// change it. SQLite has only one writer anyway.
pub async fn hold_closure(rows: &DatabaseTransaction, alone: bool) -> Result<()> {
    if rows.get_database_backend() == DbBackend::Postgres {
        let shared = if alone { "" } else { "_shared" };
        let sql = format!("select pg_advisory_xact_lock{shared}({CLOSURE_LOCK})");
        rows.execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// Combines several changes into one PostgreSQL statement: `with c0 as (…), c1 as (…) select 1`.
fn combined(changes: Vec<Statement>) -> Statement {
    let mut sql = String::from("with ");
    let mut values = Vec::new();
    for (number, change) in changes.into_iter().enumerate() {
        if number > 0 {
            sql.push_str(", ");
        }
        sql.push_str(&format!("c{number} as ("));
        // Every value is a parameter, so a dollar sign occurs only before the number of one.
        let mut parts = change.sql.split('$');
        sql.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let end = part
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(part.len());
            let (digits, rest) = part.split_at(end);
            let parameter = digits.parse::<usize>().unwrap_or_default() + values.len();
            sql.push_str(&format!("${parameter}{rest}"));
        }
        sql.push(')');
        values.extend(change.values.into_iter().flatten());
    }
    sql.push_str(" select 1");
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

/// A notification from another process.
#[derive(Debug)]
pub enum Notification<'a> {
    /// The log may have grown.
    LogGrew,
    /// A message that is not stored.
    Message(&'a str),
}

/// Passes on the notifications of other processes. Messages of this process come back too. Returns if the connection fails, and
/// never on SQLite.
pub async fn listen(backend: &Backend, on_notification: impl Fn(Notification<'_>)) -> Result<()> {
    let Engine::Postgres(pool) = &backend.engine else {
        return std::future::pending().await;
    };
    let lost = |error: sqlx::Error| Error::Internal(format!("listening: {error}"));
    // This process already knows of its own commits.
    let own = backend.process_id.to_string();
    let mut listener = PgListener::connect_with(pool).await.map_err(lost)?;
    listener
        .listen_all([LOG_CHANNEL, MESSAGE_CHANNEL])
        .await
        .map_err(lost)?;
    on_notification(Notification::LogGrew);
    loop {
        let notified = listener.recv().await.map_err(lost)?;
        if notified.channel() == MESSAGE_CHANNEL {
            on_notification(Notification::Message(notified.payload()));
        } else if notified.payload() != own {
            on_notification(Notification::LogGrew);
        }
    }
}

/// Whether a connection has no open transaction, so that it may be used again. After a failed COMMIT, SQLite may have rolled back
/// by itself. SQLx's own ROLLBACK then fails and leaves its count of transactions at 1. A new transaction would be a savepoint
/// within one that is never committed, so the connection is closed instead.
async fn has_no_transaction(
    connection: &mut SqliteConnection,
) -> std::result::Result<bool, sqlx::Error> {
    // The rollback of a dropped transaction runs before the ping returns.
    connection.ping().await?;
    let at_rest = !connection.is_in_transaction();
    if !at_rest {
        tracing::warn!("a connection with an open transaction is closed");
    }
    Ok(at_rest)
}

/// Ends what one holder of this connection reads once it has taken longer than the limit. Only statements of more than a few
/// thousand instructions are timed; a pause between them counts for at most 200 ms.
async fn limit_reads(
    connection: &mut SqliteConnection,
    limit: Option<Duration>,
) -> std::result::Result<(), sqlx::Error> {
    let Some(limit) = limit else {
        return Ok(());
    };
    let (mut spent, mut last) = (Duration::ZERO, None);
    let goes_on = move || {
        let now = clock::instant();
        if let Some(last) = last.replace(now) {
            // Longer pauses are those between statements.
            spent += now.duration_since(last).min(PAUSE);
        }
        spent < limit
    };
    let mut handle = connection.lock_handle().await?;
    handle.set_progress_handler(STEPS, goes_on);
    Ok(())
}

async fn open_sqlite(url: &str, limit: Option<Duration>) -> Result<Backend> {
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
        // Deleted data is overwritten, so that an erased text is no longer in any file.
        .pragma("secure_delete", "on")
        // In KiB, for each connection.
        .pragma("cache_size", "-8192")
        .busy_timeout(WAIT_FOR_CONNECTION);
    private::database(options.get_filename(), url.contains("mode=rwc"))?;
    let is_there = options.get_filename().exists();
    let opened = |error: sqlx::Error| match fault::trouble_in_sqlx(&error) {
        // This also happens if its `-wal` and `-shm` files cannot be created or written.
        Some(Trouble::ReadOnly | Trouble::Disk) if is_there => {
            tracing::warn!(%error, "the database could not be opened to be written");
            read_only(url)
        }
        _ => Error::Internal(format!("opening {url}: {error}")),
    };
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(WAIT_FOR_CONNECTION)
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(has_no_transaction(connection)))
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options.clone())
        .await
        .map_err(opened)?;
    let reader = SqlitePoolOptions::new()
        .max_connections(SQLITE_READERS)
        .acquire_timeout(WAIT_FOR_CONNECTION)
        .test_before_acquire(false)
        .after_connect(move |connection, _| Box::pin(limit_reads(connection, limit)))
        .after_release(move |connection, _| {
            Box::pin(async move {
                limit_reads(connection, limit).await?;
                has_no_transaction(connection).await
            })
        })
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options.pragma("query_only", "on"))
        .await
        .map_err(opened)?;
    Ok(Backend {
        engine: Engine::Sqlite,
        process_id: id::random(),
        commit_turn: Mutex::default(),
        writer: DatabaseConnection::from(writer),
        reader: DatabaseConnection::from(reader),
    })
}

async fn open_postgres(url: &str, limit: Option<Duration>) -> Result<Backend> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| Error::Internal(format!("database URL: {error}")))?
        .application_name("partage");
    // The URL may contain a password, so it is not repeated.
    let opened = |error: sqlx::Error| match fault::trouble_in_sqlx(&error) {
        // A standby.
        Some(Trouble::ReadOnly) => read_only(url),
        _ => Error::Internal(format!("opening PostgreSQL: {error}")),
    };
    // Two pools: a request that holds a read connection never waits for a free one in order to write.
    let connect = |options: PgConnectOptions, made: Option<Arc<str>>| {
        PgPoolOptions::new()
            .after_connect(move |connection, _| {
                let made = made.clone();
                Box::pin(async move {
                    if let Some(made) = made {
                        connection
                            .execute(sqlx::AssertSqlSafe(made.as_ref()))
                            .await?;
                    }
                    Ok(())
                })
            })
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(WAIT_FOR_CONNECTION)
            .test_before_acquire(false)
            .before_acquire(|connection, known| {
                Box::pin(async move {
                    // A recently used connection is assumed to be alive; checking each time would double the cost of a
                    // short query.
                    if known.idle_for >= ASSUMED_ALIVE {
                        connection.ping().await?;
                    }
                    // A connection with an open transaction sees an old state and commits nothing.
                    Ok(!connection.is_in_transaction())
                })
            })
            .connect_with(options)
    };
    let append = MAKE_APPEND.replace("LOCK", &COMMIT_LOCK.to_string());
    let writer = connect(options.clone(), Some(append.into()))
        .await
        .map_err(opened)?;
    // Set for the connection, not for each transaction: this saves two statements per response.
    let reading = options.options([
        ("default_transaction_isolation", "repeatable read"),
        ("default_transaction_read_only", "on"),
    ]);
    let reading = match limit {
        Some(limit) => reading.options([("statement_timeout", limit.as_millis().to_string())]),
        None => reading,
    };
    let reader = connect(reading, None).await.map_err(opened)?;
    Ok(Backend {
        engine: Engine::Postgres(writer.clone()),
        process_id: id::random(),
        commit_turn: Mutex::default(),
        writer: DatabaseConnection::from(writer),
        reader: DatabaseConnection::from(reader),
    })
}
