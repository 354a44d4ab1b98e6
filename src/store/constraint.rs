//! Unique constraints, each declared once, and which of them an error of either database comes from.

use sea_orm::DbErr;
use sea_orm::RuntimeErr;
use sea_orm::sqlx::error::DatabaseError;

/// A unique constraint of a table: no two rows have the same values in these columns.
#[derive(Clone, Copy, Debug)]
pub struct Unique {
    pub table: &'static str,
    pub columns: &'static [&'static str],
}

impl Unique {
    /// Creates the constraint that the schema declares as `unique (columns)` in this table, without its own name.
    pub const fn new(table: &'static str, columns: &'static [&'static str]) -> Unique {
        Unique { table, columns }
    }

    /// Whether an error is a violation of exactly this constraint.
    pub fn is_violated_by(&self, error: &DbErr) -> bool {
        database_error(error).is_some_and(|error| self.is_named_by(error))
    }

    fn is_named_by(&self, error: &dyn DatabaseError) -> bool {
        if !error.is_unique_violation() {
            return false;
        }
        match error.constraint() {
            Some(name) => name == self.name(),
            // SQLite names only the columns, and only in its message.
            None => error.message() == self.message(),
        }
    }

    /// The name that PostgreSQL gives the constraint.
    pub fn name(&self) -> String {
        format!("{}_{}_key", self.table, self.columns.join("_"))
    }

    /// SQLite's message for a violation.
    fn message(&self) -> String {
        let columns = self.columns.iter();
        let columns = columns.map(|column| format!("{}.{column}", self.table));
        let columns = columns.collect::<Vec<_>>().join(", ");
        format!("UNIQUE constraint failed: {columns}")
    }
}

fn database_error(error: &DbErr) -> Option<&dyn DatabaseError> {
    if let DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) =
        error
    {
        return error.as_database_error();
    }
    None
}
