//! The source and the target of a copy: one connection each, with one transaction.

use std::str::FromStr;

use futures_util::TryStreamExt;
use sea_orm::DbBackend;
use sea_orm::sqlx;
use sqlx::AssertSqlSafe;
use sqlx::ConnectOptions;
use sqlx::Connection;
use sqlx::PgConnection;
use sqlx::Row;
use sqlx::SqliteConnection;
use sqlx::postgres::PgConnectOptions;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::store::copy::read::failed;
use crate::store::copy::read::of_postgres;
use crate::store::copy::read::of_sqlite;
use crate::store::copy::read::select;
use crate::store::copy::row::Column;
use crate::store::copy::row::Digest;
use crate::store::copy::row::Table;
use crate::store::copy::row::Type;
use crate::store::copy::row::quoted;
use crate::store::inspect;

/// A database that is read from or written to.
pub(super) enum Endpoint {
    Sqlite(SqliteConnection),
    Postgres(PgConnection, Vec<String>),
}

impl Endpoint {
    /// Begins to read one consistent state.
    pub async fn read(url: &str) -> Result<Endpoint> {
        let mut end = Endpoint::connect(url).await?;
        match &mut end {
            Endpoint::Sqlite(connection) => {
                run(
                    connection,
                    "pragma query_only = on; begin; select 1 from sqlite_master",
                )
                .await?;
            }
            Endpoint::Postgres(connection, _) => {
                let begin = "begin isolation level repeatable read read only; select 1";
                sqlx::raw_sql(begin)
                    .execute(connection)
                    .await
                    .map_err(failed)?;
            }
        }
        Ok(end)
    }

    /// Begins to write, exclusively.
    pub async fn write(url: &str) -> Result<Endpoint> {
        let mut end = Endpoint::connect(url).await?;
        match &mut end {
            Endpoint::Sqlite(connection) => {
                run(
                    connection,
                    "pragma synchronous = full; pragma foreign_keys = off; begin immediate",
                )
                .await?;
            }
            Endpoint::Postgres(connection, _) => {
                sqlx::raw_sql("begin")
                    .execute(connection)
                    .await
                    .map_err(failed)?;
            }
        }
        Ok(end)
    }

    async fn connect(url: &str) -> Result<Endpoint> {
        if inspect::kind(url)? == DbBackend::Sqlite {
            let connection = inspect::sqlite(url)?.connect().await.map_err(failed)?;
            return Ok(Endpoint::Sqlite(connection));
        }
        let options = PgConnectOptions::from_str(url)
            .map_err(|error| Error::Internal(format!("database URL: {error}")))?
            .application_name("partage");
        let connection = options.connect().await.map_err(failed)?;
        Ok(Endpoint::Postgres(connection, Vec::new()))
    }

    /// Returns the names of the migrations that have run.
    pub async fn migrations(&mut self) -> Result<Vec<String>> {
        let there = match self {
            Endpoint::Sqlite(_) => "select name from sqlite_master where name = 'seaql_migrations'",
            Endpoint::Postgres(..) => {
                "select 'there' where to_regclass('seaql_migrations') is not null"
            }
        };
        if self.texts(there).await?.is_empty() {
            return Ok(Vec::new());
        }
        self.texts("select version from seaql_migrations order by version")
            .await
    }

    /// Returns the newest position of the log.
    pub async fn head(&mut self) -> Result<i64> {
        self.number("select coalesce(max(position), 0) from event")
            .await
    }

    pub async fn count(&mut self, table: &Table) -> Result<i64> {
        let sql = format!("select count(*) from {}", quoted(&table.name));
        self.number(&sql).await
    }

    /// Returns every table except the migrations' own, by name.
    pub async fn tables(&mut self) -> Result<Vec<Table>> {
        let list = match self {
            Endpoint::Sqlite(_) => {
                "select m.name || char(10) || c.name || char(10) || c.type from sqlite_master m, pragma_table_info(m.name) c \
                 where m.type = 'table' and m.name not like 'sqlite\\_%' escape '\\' and m.name <> 'seaql_migrations'"
            }
            Endpoint::Postgres(..) => {
                "select c.table_name || chr(10) || c.column_name || chr(10) || c.data_type from information_schema.columns c \
                 join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name \
                 where c.table_schema = current_schema() and t.table_type = 'BASE TABLE' and c.table_name <> 'seaql_migrations'"
            }
        };
        let mut columns = self.texts(list).await?;
        columns.sort();
        let mut tables: Vec<Table> = Vec::new();
        for column in &columns {
            let mut parts = column.split('\n');
            let mut part = || parts.next().unwrap_or_default();
            let (table, name, data_type) = (part(), part(), part());
            let column = Column {
                name: name.to_string(),
                data_type: Type::of(data_type, table, name)?,
            };
            match tables.last_mut().filter(|last| last.name == table) {
                Some(last) => last.columns.push(column),
                None => tables.push(Table {
                    name: table.to_string(),
                    columns: vec![column],
                }),
            }
        }
        for table in &mut tables {
            table.columns.sort_by(|a, b| a.name.cmp(&b.name));
        }
        Ok(tables)
    }

    /// Drops the foreign keys within the transaction, so that rows can arrive in any order.
    pub async fn drop_foreign_keys(&mut self) -> Result<()> {
        let Endpoint::Postgres(connection, kept) = self else {
            return Ok(());
        };
        let keys = sqlx::query(
            "select conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(pg_constraint.oid) from pg_constraint \
             join pg_namespace on pg_namespace.oid = connamespace where nspname = current_schema() and contype = 'f'",
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(failed)?;
        for key in keys {
            let text = |at: usize| key.try_get::<String, _>(at).map_err(failed);
            let (table, name, says) = (text(0)?, text(1)?, text(2)?);
            kept.push(format!("alter table {table} add constraint {name} {says}"));
            let drop = format!("alter table {table} drop constraint {name}");
            sqlx::raw_sql(AssertSqlSafe(drop))
                .execute(&mut *connection)
                .await
                .map_err(failed)?;
        }
        Ok(())
    }

    /// Restores the foreign keys, which checks every row, and makes sequences continue after the copied values.
    pub async fn restore_foreign_keys(&mut self) -> Result<()> {
        let (connection, kept) = match self {
            Endpoint::Sqlite(connection) => {
                let broken = sqlx::query("pragma foreign_key_check")
                    .fetch_optional(connection)
                    .await
                    .map_err(failed)?;
                return match broken {
                    None => Ok(()),
                    Some(_) => Err(Error::internal(
                        "the source has rows that refer to missing rows: `partage check` lists them",
                    )),
                };
            }
            Endpoint::Postgres(connection, kept) => (connection, kept),
        };
        for add in kept.drain(..) {
            sqlx::raw_sql(AssertSqlSafe(add))
                .execute(&mut *connection)
                .await
                .map_err(failed)?;
        }
        let sequences = sqlx::query(
            "select format('select setval(%L, coalesce(max(%I), 0) + 1, false) from %I', sequence, column_name, table_name) \
             from (select table_name, column_name, pg_get_serial_sequence(quote_ident(table_name), column_name) as sequence \
             from information_schema.columns where table_schema = current_schema()) columns where sequence is not null",
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(failed)?;
        for sequence in sequences {
            let set: String = sequence.try_get(0).map_err(failed)?;
            sqlx::raw_sql(AssertSqlSafe(set))
                .execute(&mut *connection)
                .await
                .map_err(failed)?;
        }
        Ok(())
    }

    /// Reads a whole table and returns its digest.
    pub async fn digest(&mut self, table: &Table) -> Result<Digest> {
        let mut digest = Digest::default();
        let sql = select(table);
        match self {
            Endpoint::Sqlite(connection) => {
                let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(connection);
                while let Some(row) = rows.try_next().await.map_err(failed)? {
                    digest.add(&of_sqlite(&row, table)?);
                }
            }
            Endpoint::Postgres(connection, _) => {
                let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(connection);
                while let Some(row) = rows.try_next().await.map_err(failed)? {
                    digest.add(&of_postgres(&row, table)?);
                }
            }
        }
        Ok(digest)
    }

    pub async fn commit(mut self) -> Result<()> {
        match &mut self {
            Endpoint::Sqlite(connection) => run(connection, "commit").await?,
            Endpoint::Postgres(connection, _) => {
                sqlx::raw_sql("commit")
                    .execute(connection)
                    .await
                    .map_err(failed)?;
            }
        }
        self.close().await
    }

    pub async fn close(self) -> Result<()> {
        match self {
            Endpoint::Sqlite(connection) => connection.close().await.map_err(failed),
            Endpoint::Postgres(connection, _) => connection.close().await.map_err(failed),
        }
    }

    async fn texts(&mut self, sql: &'static str) -> Result<Vec<String>> {
        match self {
            Endpoint::Sqlite(connection) => sqlx::query_scalar(sql).fetch_all(connection).await,
            Endpoint::Postgres(connection, _) => {
                sqlx::query_scalar(sql).fetch_all(connection).await
            }
        }
        .map_err(failed)
    }

    async fn number(&mut self, sql: &str) -> Result<i64> {
        let sql = AssertSqlSafe(sql.to_string());
        match self {
            Endpoint::Sqlite(connection) => sqlx::query_scalar(sql).fetch_one(connection).await,
            Endpoint::Postgres(connection, _) => {
                sqlx::query_scalar(sql).fetch_one(connection).await
            }
        }
        .map_err(failed)
    }
}

async fn run(connection: &mut SqliteConnection, sql: &'static str) -> Result<()> {
    sqlx::raw_sql(sql)
        .execute(connection)
        .await
        .map(drop)
        .map_err(failed)
}
