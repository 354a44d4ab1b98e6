//! Pages by key: the rows after (or before) a key in an order of one or two columns.

use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::Order;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::Select;
use sea_orm::Value;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::store::failed;

/// How many ranges one statement asks for: the embedded database bounds the depth of a condition.
pub const RANGES: usize = 300;

/// The rows of each owner from one number to another.
pub fn in_ranges<C: ColumnTrait>(owner: C, number: C, ranges: &[(Uuid, i32, i32)]) -> Condition {
    ranges.iter().fold(Condition::any(), |any, (id, from, to)| {
        let of_owner = Condition::all().add(owner.eq(*id));
        any.add(of_owner.add(number.between(*from, *to)))
    })
}

/// The order of a list: by `first`, then by `second` where that is equal; both ascending or both descending.
pub struct Keyset<C> {
    pub first: C,
    pub second: C,
    pub descending: bool,
}

impl<C: ColumnTrait> Keyset<C> {
    /// Adds the order, the bounds of the window and one row more than its size (which tells whether there are more).
    /// A key is read by `read`.
    ///
    /// # Errors
    /// INVALID for a cursor of another list.
    pub fn apply<E: EntityTrait>(
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
        let order = if self.descending != window.from_end {
            Order::Desc
        } else {
            Order::Asc
        };
        Ok(select
            .order_by(self.first, order.clone())
            .order_by(self.second, order)
            .limit(u64::from(window.size) + 1))
    }

    /// A page of rows in the order of a moment and an id, which are their keys.
    ///
    /// # Errors
    /// INVALID for a cursor of another list.
    pub async fn page<E: EntityTrait>(
        &self,
        rows: &DatabaseTransaction,
        select: Select<E>,
        window: &Window,
        key: impl Fn(&E::Model) -> (Moment, Uuid),
    ) -> Result<Page<E::Model>> {
        let read = |key: &str| {
            let (at, id) = key.split_once(' ')?;
            let at: i64 = at.parse().ok()?;
            Some((Value::from(at), Value::from(Uuid::parse_str(id).ok()?)))
        };
        let select = self.apply(select, window, read)?;
        let found = select.all(rows).await.map_err(failed)?;
        let entries = found.into_iter().map(|row| {
            let (at, id) = key(&row);
            (format!("{} {id}", at.0), row)
        });
        Ok(Page::of_rows(entries.collect(), window))
    }

    fn beyond(&self, first: Value, second: Value, greater: bool) -> Condition {
        let past = |column: &C, value: Value| {
            if greater {
                column.gt(value)
            } else {
                column.lt(value)
            }
        };
        Condition::any().add(past(&self.first, first.clone())).add(
            Condition::all()
                .add(self.first.eq(first))
                .add(past(&self.second, second)),
        )
    }
}
