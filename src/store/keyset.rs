//! Keyset pagination: the rows after (or before) a key in an order of one or two columns.

use std::collections::HashMap;
use std::hash::Hash;

use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::Order;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::QueryTrait;
use sea_orm::Select;
use sea_orm::Value;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::ExprTrait;
use sea_orm::sea_query::Query;
use sea_orm::sea_query::WindowStatement;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::page::Page;
use crate::base::page::Window;

/// Maximum number of ranges in one statement: SQLite limits the depth of a condition.
pub const RANGES: usize = 300;

/// Minimum number of rows in one statement. For fewer, SQLite sorts the whole table instead of following an index.
const MIN_ROWS: u64 = 10;

/// Selects the rows of each owner from one number to another.
pub fn in_ranges<C: ColumnTrait, K: Copy + Into<Value>>(
    owner: C,
    number: C,
    ranges: &[(K, i32, i32)],
) -> Condition {
    ranges.iter().fold(Condition::any(), |any, (id, from, to)| {
        let of_owner = Condition::all().add(owner.eq(*id));
        any.add(of_owner.add(number.between(*from, *to)))
    })
}

/// The order of a list: by `first`, then by `second`, both ascending or both descending.
pub struct Keyset<C> {
    pub first: C,
    pub second: C,
    pub descending: bool,
}

impl<C: ColumnTrait> Keyset<C> {
    /// Adds the order, the bounds of the window and at least one row more than its size (which shows whether there are more).
    /// `read` parses a key.
    ///
    /// # Errors
    /// INVALID for a cursor from another list.
    pub fn apply<E: EntityTrait>(
        &self,
        select: Select<E>,
        window: &Window,
        read: impl Fn(&str) -> Option<(Value, Value)>,
    ) -> Result<Select<E>> {
        let order = self.order(window);
        Ok(self
            .within(select, window, read)?
            .order_by(self.first, order.clone())
            .order_by(self.second, order)
            .limit(Ord::max(u64::from(window.size), MIN_ROWS) + 1))
    }

    /// The order in which rows are read.
    fn order(&self, window: &Window) -> Order {
        match self.descending == window.from_end {
            true => Order::Asc,
            false => Order::Desc,
        }
    }

    /// Adds the bounds of the window.
    fn within<E: EntityTrait>(
        &self,
        select: Select<E>,
        window: &Window,
        read: impl Fn(&str) -> Option<(Value, Value)>,
    ) -> Result<Select<E>> {
        let mut select = select;
        let read =
            |field, key: &str| read(key).ok_or_else(|| Error::invalid(field, Fault::Malformed));
        if let Some(key) = &window.after {
            let (first, second) = read("after", key)?;
            select = select.filter(self.beyond(first, second, !self.descending));
        }
        if let Some(key) = &window.before {
            let (first, second) = read("before", key)?;
            select = select.filter(self.beyond(first, second, self.descending));
        }
        Ok(select)
    }

    /// Returns a page of rows ordered by a time and an id, which are their keys.
    ///
    /// # Errors
    /// INVALID for a cursor from another list.
    pub async fn page<E: EntityTrait>(
        &self,
        rows: &DatabaseTransaction,
        select: Select<E>,
        window: &Window,
        key: impl Fn(&E::Model) -> (Moment, Uuid),
    ) -> Result<Page<E::Model>> {
        let select = self.apply(select, window, moment_and_id)?;
        let found = select.all(rows).await?;
        let entries = found.into_iter().map(|row| (written(key(&row)), row));
        Ok(Page::of_rows(entries.collect(), window))
    }

    /// Same, for several lists at once, which are the rows of each owner: one statement for the same page of all.
    /// Owners without rows are left out.
    ///
    /// # Errors
    /// As for [`Self::page`].
    pub async fn page_of_each<E: EntityTrait, O: Eq + Hash>(
        &self,
        rows: &DatabaseTransaction,
        select: Select<E>,
        window: &Window,
        key: impl Fn(&E::Model) -> (Moment, Uuid),
        owners: (C, impl Fn(&E::Model) -> O),
    ) -> Result<HashMap<O, Page<E::Model>>> {
        let (owner, owner_of) = owners;
        let order = self.order(window);
        let over = WindowStatement::partition_by(owner.as_column_ref())
            .order_by(self.first.as_column_ref(), order.clone())
            .order_by(self.second.as_column_ref(), order.clone())
            .take();
        let mut ranked = self
            .within(select, window, moment_and_id)?
            .select_only()
            .column(self.second)
            .into_query();
        ranked.expr_window_as(Expr::cust("row_number()"), over, "place");
        let first = Query::select()
            .column(self.second)
            .from_subquery(ranked, "ranked")
            .and_where(Expr::col("place").lte(i64::from(window.size) + 1))
            .to_owned();
        let found = E::find()
            .filter(self.second.in_subquery(first))
            .order_by(self.first, order.clone())
            .order_by(self.second, order)
            .all(rows)
            .await?;
        let mut entries: HashMap<O, Vec<_>> = HashMap::new();
        for row in found {
            let of_owner = entries.entry(owner_of(&row)).or_default();
            of_owner.push((written(key(&row)), row));
        }
        let pages = entries.into_iter();
        let pages = pages.map(|(owner, entries)| (owner, Page::of_rows(entries, window)));
        Ok(pages.collect())
    }

    fn beyond(&self, first: Value, second: Value, greater: bool) -> Condition {
        let past = |column: &C, value: Value| {
            if greater {
                column.gt(value)
            } else {
                column.lt(value)
            }
        };
        let beyond = Condition::any().add(past(&self.first, first.clone())).add(
            Condition::all()
                .add(self.first.eq(first.clone()))
                .add(past(&self.second, second)),
        );
        // An index is entered by one bound, not by alternatives.
        let bound = if greater {
            self.first.gte(first)
        } else {
            self.first.lte(first)
        };
        Condition::all().add(bound).add(beyond)
    }
}

/// Returns the key of a row, from a time and an id.
fn written((at, id): (Moment, Uuid)) -> String {
    format!("{} {id}", at.0)
}

/// Parses [`written`].
fn moment_and_id(key: &str) -> Option<(Value, Value)> {
    let (at, id) = key.split_once(' ')?;
    let at: i64 = at.parse().ok()?;
    Some((Value::from(at), Value::from(Uuid::parse_str(id).ok()?)))
}
