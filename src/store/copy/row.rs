//! Rows exchanged between two kinds of databases: the types of columns, values independent of a database, and digests
//! of tables.

use sha2::Digest as _;
use sha2::Sha256;

use crate::base::error::Error;
use crate::base::error::Result;

/// A table with its columns, ordered by name, so that both databases give the same order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub name: String,
    pub columns: Vec<Column>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub name: String,
    pub data_type: Type,
}

/// The type of a column. The schema uses the same type names for SQLite as for PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Uuid,
    Bytes,
    Text,
    Integer,
    Boolean,
    Float,
}

impl Type {
    /// Returns the type for the name that either database uses.
    ///
    /// # Errors
    /// For a type that is not listed here. A migration that uses a new type must add it.
    pub fn of(name: &str, table: &str, column: &str) -> Result<Type> {
        match name.to_ascii_lowercase().as_str() {
            "uuid" => Ok(Type::Uuid),
            "bytea" | "blob" => Ok(Type::Bytes),
            "text" | "varchar" | "character varying" => Ok(Type::Text),
            "bigint" | "integer" | "smallint" => Ok(Type::Integer),
            "boolean" => Ok(Type::Boolean),
            "double precision" => Ok(Type::Float),
            other => Err(Error::Internal(format!(
                "{table}.{column} has the type {other}, which is not copied"
            ))),
        }
    }
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Null,
    Uuid([u8; 16]),
    Bytes(Vec<u8>),
    Text(String),
    Integer(i64),
    Boolean(bool),
    Float(f64),
}

impl Cell {
    fn digest(&self, digest: &mut Sha256) {
        let (tag, bytes): (u8, &[u8]) = match self {
            Cell::Null => (0, &[]),
            Cell::Uuid(bytes) => (1, bytes),
            Cell::Bytes(bytes) => (2, bytes),
            Cell::Text(text) => (3, text.as_bytes()),
            Cell::Integer(number) => (4, &number.to_be_bytes()),
            Cell::Boolean(is) => (5, &[u8::from(*is)]),
            Cell::Float(number) => (6, &number.to_bits().to_be_bytes()),
        };
        digest.update([tag]);
        digest.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(bytes);
    }

    /// Appends the value in the format of PostgreSQL's COPY.
    pub fn write_copy(&self, line: &mut Vec<u8>) {
        match self {
            Cell::Null => line.extend(b"\\N"),
            Cell::Uuid(bytes) => line.extend(uuid::Uuid::from_bytes(*bytes).to_string().bytes()),
            Cell::Bytes(bytes) => {
                line.extend(b"\\\\x");
                for byte in bytes {
                    line.extend(format!("{byte:02x}").bytes());
                }
            }
            Cell::Text(text) => {
                for byte in text.bytes() {
                    match byte {
                        b'\\' => line.extend(b"\\\\"),
                        b'\n' => line.extend(b"\\n"),
                        b'\r' => line.extend(b"\\r"),
                        b'\t' => line.extend(b"\\t"),
                        other => line.push(other),
                    }
                }
            }
            Cell::Integer(number) => line.extend(number.to_string().bytes()),
            Cell::Boolean(is) => line.push(if *is { b't' } else { b'f' }),
            Cell::Float(number) => line.extend(number.to_string().bytes()),
        }
    }
}

/// The number of rows in a table, and the sum of their SHA-256 (four numbers, each modulo 2⁶⁴). It does not depend on the order
/// of the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Digest {
    pub rows: u64,
    sum: [u64; 4],
}

impl Digest {
    pub fn add(&mut self, row: &[Cell]) {
        let mut digest = Sha256::new();
        for cell in row {
            cell.digest(&mut digest);
        }
        let bytes = digest.finalize();
        for (sum, part) in self.sum.iter_mut().zip(bytes.chunks_exact(8)) {
            let part = part.try_into().map_or(0, u64::from_be_bytes);
            *sum = sum.wrapping_add(part);
        }
        self.rows += 1;
    }
}

/// Returns a name in quotation marks, as both databases accept it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Returns the names of the columns, separated by commas.
pub(super) fn names(table: &Table) -> String {
    let names: Vec<String> = table
        .columns
        .iter()
        .map(|column| quoted(&column.name))
        .collect();
    names.join(", ")
}
