//! The two ends of a copy: one connection each, with one transaction.

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
use sqlx::TypeInfo;
use sqlx::ValueRef;
use sqlx::postgres::PgConnectOptions;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::store::copy::row::Cell;
use crate::store::copy::row::Column;
use crate::store::copy::row::Digest;
use crate::store::copy::row::Table;
use crate::store::copy::row::Type;
use crate::store::copy::row::names;
use crate::store::copy::row::quoted;
use crate::store::inspect;

/// Bytes of rows that are sent to PostgreSQL at once.
const SENT_AT_ONCE: usize = 256 * 1_024;
/// Values in one INSERT of SQLite, at most, which takes 32,766.
const VALUES: usize = 2_000;

/// A database from which is read or to which is written.
pub(super) enum End {
    Sqlite(SqliteConnection),
    Postgres(PgConnection, Vec<String>),
}

fn failed(error: sqlx::Error) -> Error {
    Error::Internal(format!("copying: {error}"))
}

impl End {
    /// Begins to read one state.
    pub async fn read(url: &str) -> Result<End> {
        let mut end = End::connect(url).await?;
        match &mut end {
            End::Sqlite(connection) => {
                run(
                    connection,
                    "pragma query_only = on; begin; select 1 from sqlite_master",
                )
                .await?;
            }
            End::Postgres(connection, _) => {
                let begin = "begin isolation level repeatable read read only; select 1";
                sqlx::raw_sql(begin)
                    .execute(connection)
                    .await
                    .map_err(failed)?;
            }
        }
        Ok(end)
    }

    /// Begins to write, alone.
    pub async fn write(url: &str) -> Result<End> {
        let mut end = End::connect(url).await?;
        match &mut end {
            End::Sqlite(connection) => {
                run(
                    connection,
                    "pragma synchronous = full; pragma foreign_keys = off; begin immediate",
                )
                .await?;
            }
            End::Postgres(connection, _) => {
                sqlx::raw_sql("begin")
                    .execute(connection)
                    .await
                    .map_err(failed)?;
            }
        }
        Ok(end)
    }

    async fn connect(url: &str) -> Result<End> {
        Ok(match inspect::kind(url)? {
            DbBackend::Sqlite => {
                End::Sqlite(inspect::sqlite(url)?.connect().await.map_err(failed)?)
            }
            _ => {
                let options = PgConnectOptions::from_str(url)
                    .map_err(|error| Error::Internal(format!("database URL: {error}")))?
                    .application_name("partage");
                End::Postgres(options.connect().await.map_err(failed)?, Vec::new())
            }
        })
    }

    /// The migrations that have run.
    pub async fn migrations(&mut self) -> Result<Vec<String>> {
        let there = match self {
            End::Sqlite(_) => "select name from sqlite_master where name = 'seaql_migrations'",
            End::Postgres(..) => "select 'there' where to_regclass('seaql_migrations') is not null",
        };
        if self.texts(there).await?.is_empty() {
            return Ok(Vec::new());
        }
        self.texts("select version from seaql_migrations order by version")
            .await
    }

    /// The newest position of the log.
    pub async fn head(&mut self) -> Result<i64> {
        self.number("select coalesce(max(position), 0) from event")
            .await
    }

    pub async fn count(&mut self, table: &Table) -> Result<i64> {
        let sql = format!("select count(*) from {}", quoted(&table.name));
        self.number(&sql).await
    }

    /// Every table but the migrations' own, by name.
    pub async fn tables(&mut self) -> Result<Vec<Table>> {
        let list = match self {
            End::Sqlite(_) => {
                "select m.name || char(10) || c.name || char(10) || c.type from sqlite_master m, pragma_table_info(m.name) c \
                 where m.type = 'table' and m.name not like 'sqlite\\_%' escape '\\' and m.name <> 'seaql_migrations'"
            }
            End::Postgres(..) => {
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
            let (table, name, holds) = (part(), part(), part());
            let column = Column {
                name: name.to_string(),
                holds: Type::of(holds, table, name)?,
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

    /// Takes the foreign keys away within the transaction, so that rows can come in any order.
    pub async fn rest_keys(&mut self) -> Result<()> {
        let End::Postgres(connection, kept) = self else {
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

    /// Has them back, which checks every row; and lets sequences go on after what was copied.
    pub async fn restore_keys(&mut self) -> Result<()> {
        let (connection, kept) = match self {
            End::Sqlite(connection) => {
                let broken = sqlx::query("pragma foreign_key_check")
                    .fetch_optional(connection)
                    .await
                    .map_err(failed)?;
                return match broken {
                    None => Ok(()),
                    Some(_) => Err(Error::internal(
                        "the source has rows that name others which are not there: `partage check` names them",
                    )),
                };
            }
            End::Postgres(connection, kept) => (connection, kept),
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

    /// Reads a table through.
    pub async fn digest(&mut self, table: &Table) -> Result<Digest> {
        let mut digest = Digest::default();
        let sql = select(table);
        match self {
            End::Sqlite(connection) => {
                let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(connection);
                while let Some(row) = rows.try_next().await.map_err(failed)? {
                    digest.add(&of_sqlite(&row, table)?);
                }
            }
            End::Postgres(connection, _) => {
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
            End::Sqlite(connection) => run(connection, "commit").await?,
            End::Postgres(connection, _) => {
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
            End::Sqlite(connection) => connection.close().await.map_err(failed),
            End::Postgres(connection, _) => connection.close().await.map_err(failed),
        }
    }

    async fn texts(&mut self, sql: &'static str) -> Result<Vec<String>> {
        match self {
            End::Sqlite(connection) => sqlx::query_scalar(sql).fetch_all(connection).await,
            End::Postgres(connection, _) => sqlx::query_scalar(sql).fetch_all(connection).await,
        }
        .map_err(failed)
    }

    async fn number(&mut self, sql: &str) -> Result<i64> {
        let sql = AssertSqlSafe(sql.to_string());
        match self {
            End::Sqlite(connection) => sqlx::query_scalar(sql).fetch_one(connection).await,
            End::Postgres(connection, _) => sqlx::query_scalar(sql).fetch_one(connection).await,
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

/// Has every row of a table go from one end to the other; answers what went.
pub(super) async fn pour(source: &mut End, target: &mut End, table: &Table) -> Result<Digest> {
    let sql = AssertSqlSafe(select(table));
    match source {
        End::Sqlite(connection) => {
            let rows = sqlx::query(sql).fetch(connection);
            let rows = rows
                .map_err(failed)
                .and_then(async |row| of_sqlite(&row, table));
            write(Box::pin(rows), target, table).await
        }
        End::Postgres(connection, _) => {
            let rows = sqlx::query(sql).fetch(connection);
            let rows = rows
                .map_err(failed)
                .and_then(async |row| of_postgres(&row, table));
            write(Box::pin(rows), target, table).await
        }
    }
}

async fn write<S>(mut rows: S, target: &mut End, table: &Table) -> Result<Digest>
where
    S: futures_util::Stream<Item = Result<Vec<Cell>>> + Unpin,
{
    let mut digest = Digest::default();
    let told = |error: sqlx::Error| Error::Internal(format!("writing {}: {error}", table.name));
    match target {
        End::Postgres(connection, _) => {
            let statement = format!("copy {} ({}) from stdin", quoted(&table.name), names(table));
            let mut to = connection.copy_in_raw(&statement).await.map_err(told)?;
            let mut sent = Vec::with_capacity(SENT_AT_ONCE * 2);
            while let Some(row) = rows.try_next().await? {
                digest.add(&row);
                for (at, cell) in row.iter().enumerate() {
                    if at > 0 {
                        sent.push(b'\t');
                    }
                    cell.write_copy(&mut sent);
                }
                sent.push(b'\n');
                if sent.len() >= SENT_AT_ONCE {
                    to.send(sent.as_slice()).await.map_err(told)?;
                    sent.clear();
                }
            }
            to.send(sent.as_slice()).await.map_err(told)?;
            to.finish().await.map_err(told)?;
        }
        End::Sqlite(connection) => {
            let at_once = (VALUES / table.columns.len().max(1)).max(1);
            let mut waiting = Vec::with_capacity(at_once);
            loop {
                let row = rows.try_next().await?;
                let is_last = row.is_none();
                if let Some(row) = row {
                    digest.add(&row);
                    waiting.push(row);
                }
                if waiting.len() >= at_once || (is_last && !waiting.is_empty()) {
                    insert(connection, table, std::mem::take(&mut waiting))
                        .await
                        .map_err(told)?;
                }
                if is_last {
                    break;
                }
            }
        }
    }
    Ok(digest)
}

async fn insert(
    connection: &mut SqliteConnection,
    table: &Table,
    rows: Vec<Vec<Cell>>,
) -> std::result::Result<(), sqlx::Error> {
    let one = format!("({})", vec!["?"; table.columns.len()].join(", "));
    let sql = format!(
        "insert into {} ({}) values {}",
        quoted(&table.name),
        names(table),
        vec![one; rows.len()].join(", ")
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (cell, column) in rows
        .into_iter()
        .flat_map(|row| row.into_iter().zip(&table.columns))
    {
        query = match cell {
            Cell::Null => match column.holds {
                Type::Text => query.bind(None::<String>),
                Type::Integer => query.bind(None::<i64>),
                Type::Boolean => query.bind(None::<bool>),
                Type::Float => query.bind(None::<f64>),
                Type::Uuid | Type::Bytes => query.bind(None::<Vec<u8>>),
            },
            Cell::Uuid(bytes) => query.bind(bytes.to_vec()),
            Cell::Bytes(bytes) => query.bind(bytes),
            Cell::Text(text) => query.bind(text),
            Cell::Integer(number) => query.bind(number),
            Cell::Boolean(is) => query.bind(is),
            Cell::Float(number) => query.bind(number),
        };
    }
    query.execute(connection).await.map(drop)
}

fn select(table: &Table) -> String {
    format!("select {} from {}", names(table), quoted(&table.name))
}

/// SQLite keeps what it is given: each value is asked whether it is what its column says.
fn of_sqlite(row: &SqliteRow, table: &Table) -> Result<Vec<Cell>> {
    let mut cells = Vec::with_capacity(table.columns.len());
    for (at, column) in table.columns.iter().enumerate() {
        let value = row.try_get_raw(at).map_err(failed)?;
        if value.is_null() {
            cells.push(Cell::Null);
            continue;
        }
        let other = || {
            Error::Internal(format!(
                "{}.{} holds a value that is no {:?}",
                table.name, column.name, column.holds
            ))
        };
        let kind = value.type_info().name().to_string();
        let cell = match (column.holds, kind.as_str()) {
            (Type::Uuid, "BLOB") => {
                let bytes: Vec<u8> = row.try_get_unchecked(at).map_err(failed)?;
                Cell::Uuid(bytes.try_into().map_err(|_| other())?)
            }
            (Type::Bytes, "BLOB") => Cell::Bytes(row.try_get_unchecked(at).map_err(failed)?),
            (Type::Text, "TEXT") => Cell::Text(row.try_get_unchecked(at).map_err(failed)?),
            (Type::Integer, "INTEGER") => Cell::Integer(row.try_get_unchecked(at).map_err(failed)?),
            (Type::Boolean, "INTEGER" | "BOOLEAN") => {
                match row.try_get_unchecked::<i64, _>(at).map_err(failed)? {
                    0 => Cell::Boolean(false),
                    1 => Cell::Boolean(true),
                    _ => return Err(other()),
                }
            }
            (Type::Float, "REAL") => Cell::Float(row.try_get_unchecked(at).map_err(failed)?),
            _ => return Err(other()),
        };
        cells.push(cell);
    }
    Ok(cells)
}

fn of_postgres(row: &PgRow, table: &Table) -> Result<Vec<Cell>> {
    let mut cells = Vec::with_capacity(table.columns.len());
    for (at, column) in table.columns.iter().enumerate() {
        let value = row.try_get_raw(at).map_err(failed)?;
        if value.is_null() {
            cells.push(Cell::Null);
            continue;
        }
        let kind = value.type_info().name().to_string();
        let cell = match column.holds {
            Type::Uuid => {
                let id: uuid::Uuid = row.try_get(at).map_err(failed)?;
                Cell::Uuid(id.into_bytes())
            }
            Type::Bytes => Cell::Bytes(row.try_get(at).map_err(failed)?),
            Type::Text => Cell::Text(row.try_get(at).map_err(failed)?),
            Type::Integer => Cell::Integer(match kind.as_str() {
                "INT2" => i64::from(row.try_get::<i16, _>(at).map_err(failed)?),
                "INT4" => i64::from(row.try_get::<i32, _>(at).map_err(failed)?),
                _ => row.try_get(at).map_err(failed)?,
            }),
            Type::Boolean => Cell::Boolean(row.try_get(at).map_err(failed)?),
            Type::Float => Cell::Float(row.try_get(at).map_err(failed)?),
        };
        cells.push(cell);
    }
    Ok(cells)
}
