//! Reads the values of a row according to its columns.

use sea_orm::sqlx;
use sqlx::Row;
use sqlx::TypeInfo;
use sqlx::ValueRef;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::store::copy::row::Cell;
use crate::store::copy::row::Table;
use crate::store::copy::row::Type;
use crate::store::copy::row::names;
use crate::store::copy::row::quoted;

/// Returns the statement that reads every row of a table.
pub(super) fn select(table: &Table) -> String {
    format!("select {} from {}", names(table), quoted(&table.name))
}

/// SQLite stores values of any type, so each value is checked against its column.
pub(super) fn of_sqlite(row: &SqliteRow, table: &Table) -> Result<Vec<Cell>> {
    let mut cells = Vec::with_capacity(table.columns.len());
    for (at, column) in table.columns.iter().enumerate() {
        let value = row.try_get_raw(at).map_err(failed)?;
        if value.is_null() {
            cells.push(Cell::Null);
            continue;
        }
        let other = || {
            Error::Internal(format!(
                "{}.{} contains a value that is not of type {:?}",
                table.name, column.name, column.data_type
            ))
        };
        let kind = value.type_info().name().to_string();
        let cell = match (column.data_type, kind.as_str()) {
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

pub(super) fn of_postgres(row: &PgRow, table: &Table) -> Result<Vec<Cell>> {
    let mut cells = Vec::with_capacity(table.columns.len());
    for (at, column) in table.columns.iter().enumerate() {
        let value = row.try_get_raw(at).map_err(failed)?;
        if value.is_null() {
            cells.push(Cell::Null);
            continue;
        }
        let kind = value.type_info().name().to_string();
        let cell = match column.data_type {
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

/// Converts an error of a driver during a copy.
pub(super) fn failed(error: sqlx::Error) -> Error {
    Error::Internal(format!("copying: {error}"))
}
