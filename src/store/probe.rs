//! Conditions that are checked row by row.

use sea_orm::sea_query::Expr;
use sea_orm::sea_query::SelectStatement;

/// Whether there is such a row, checked for each row of the outer statement. Without the offset, PostgreSQL may list all such
/// rows of the table first, if it expects few.
pub fn exists(select: SelectStatement) -> Expr {
    let mut select = select;
    select.limit(1).offset(0);
    Expr::exists(select)
}
