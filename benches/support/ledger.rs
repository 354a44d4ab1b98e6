//! The bare reference for writing: one insert and its commit, as durable as the forum's.

use std::str::FromStr;

use sea_orm::sqlx;
use sqlx::PgPool;
use sqlx::SqlitePool;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::sqlite::SqliteJournalMode;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::sqlite::SqliteSynchronous;
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::support::database::Database;
use crate::support::http::PATIENCE;

const TABLE: &str = "create table post (id uuid primary key, thread_id uuid not null, number bigint not null, \
    author_id uuid not null, created_at bigint not null, body text not null, body_html text not null)";
const INSERT: &str = "insert into post (id, thread_id, number, author_id, created_at, body, body_html) \
    values ($1, $2, $3, $4, $5, $6, $7)";

/// A database with one table.
pub struct Ledger {
    runtime: Runtime,
    pool: Pool,
    thread: Uuid,
    author: Uuid,
}

enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Ledger {
    /// Creates the table. PostgreSQL has a connection for each writer; SQLite has one, since it allows one writer at a time.
    pub fn open(database: &Database, writers: usize) -> Ledger {
        let runtime = Runtime::new().expect("a runtime");
        let writers = u32::try_from(writers).expect("a few writers");
        let pool = runtime.block_on(async {
            if database.is_postgres() {
                let pool = PgPoolOptions::new()
                    .max_connections(writers)
                    .acquire_timeout(PATIENCE)
                    .connect(database.url())
                    .await
                    .expect("the database");
                sqlx::query(TABLE).execute(&pool).await.expect("the table");
                return Pool::Postgres(pool);
            }
            let options = SqliteConnectOptions::from_str(database.url())
                .expect("the address of a database")
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full);
            let pool = SqlitePoolOptions::new()
                .max_connections(1)
                .acquire_timeout(PATIENCE)
                .connect_with(options)
                .await
                .expect("the database");
            sqlx::query(TABLE).execute(&pool).await.expect("the table");
            Pool::Sqlite(pool)
        });
        Ledger {
            runtime,
            pool,
            thread: Uuid::now_v7(),
            author: Uuid::now_v7(),
        }
    }

    /// Inserts a row and commits it.
    pub fn insert(&self, body: &str, html: &str) {
        macro_rules! insert {
            ($pool:expr) => {
                sqlx::query(INSERT)
                    .bind(Uuid::now_v7())
                    .bind(self.thread)
                    .bind(1_i64)
                    .bind(self.author)
                    .bind(1_i64)
                    .bind(body)
                    .bind(html)
                    .execute($pool)
                    .await
                    .expect("a row")
                    .rows_affected()
            };
        }
        let rows = self.runtime.block_on(async {
            match &self.pool {
                Pool::Sqlite(pool) => insert!(pool),
                Pool::Postgres(pool) => insert!(pool),
            }
        });
        assert_eq!(rows, 1);
    }
}
