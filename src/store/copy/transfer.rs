//! Transfers the rows of a table from source to target, in parts of limited size.

use futures_util::Stream;
use futures_util::TryStreamExt;
use sea_orm::sqlx;
use sqlx::AssertSqlSafe;
use sqlx::SqliteConnection;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::store::copy::endpoint::Endpoint;
use crate::store::copy::read::failed;
use crate::store::copy::read::of_postgres;
use crate::store::copy::read::of_sqlite;
use crate::store::copy::read::select;
use crate::store::copy::row::Cell;
use crate::store::copy::row::Digest;
use crate::store::copy::row::Table;
use crate::store::copy::row::Type;
use crate::store::copy::row::names;
use crate::store::copy::row::quoted;

/// Number of bytes of rows sent to PostgreSQL at once.
const SENT_AT_ONCE: usize = 256 * 1_024;
/// Maximum number of values in one INSERT of SQLite, which accepts 32,766.
const VALUES: usize = 2_000;

/// Transfers every row of a table, and returns the digest of these rows.
pub(super) async fn transfer(
    source: &mut Endpoint,
    target: &mut Endpoint,
    table: &Table,
) -> Result<Digest> {
    let sql = AssertSqlSafe(select(table));
    match source {
        Endpoint::Sqlite(connection) => {
            let rows = sqlx::query(sql).fetch(connection);
            let rows = rows
                .map_err(failed)
                .and_then(async |row| of_sqlite(&row, table));
            write(Box::pin(rows), target, table).await
        }
        Endpoint::Postgres(connection, _) => {
            let rows = sqlx::query(sql).fetch(connection);
            let rows = rows
                .map_err(failed)
                .and_then(async |row| of_postgres(&row, table));
            write(Box::pin(rows), target, table).await
        }
    }
}

async fn write<S>(mut rows: S, target: &mut Endpoint, table: &Table) -> Result<Digest>
where
    S: Stream<Item = Result<Vec<Cell>>> + Unpin,
{
    let mut digest = Digest::default();
    let write_failed =
        |error: sqlx::Error| Error::Internal(format!("writing {}: {error}", table.name));
    match target {
        Endpoint::Postgres(connection, _) => {
            let statement = format!("copy {} ({}) from stdin", quoted(&table.name), names(table));
            let mut to = connection
                .copy_in_raw(&statement)
                .await
                .map_err(write_failed)?;
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
                    to.send(sent.as_slice()).await.map_err(write_failed)?;
                    sent.clear();
                }
            }
            to.send(sent.as_slice()).await.map_err(write_failed)?;
            to.finish().await.map_err(write_failed)?;
        }
        Endpoint::Sqlite(connection) => {
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
                        .map_err(write_failed)?;
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
            Cell::Null => match column.data_type {
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
