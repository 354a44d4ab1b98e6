//! Pages by key: the rows after (or before) a key in an order of one or two columns.

use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::EntityTrait;
use sea_orm::Order;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::Select;
use sea_orm::Value;

use crate::base::page::Window;

/// The order of a list: by `first`, then by `second` where that is equal; both ascending or both descending.
pub struct Keyset<C> {
    pub first: C,
    pub second: C,
    pub descending: bool,
}

impl<C: ColumnTrait> Keyset<C> {
    /// Adds the order, the bounds of the window and one row more than its size (which tells whether there are more).
    /// A key is read by `read`; one that cannot be read bounds nothing.
    pub fn apply<E: EntityTrait>(
        &self,
        select: Select<E>,
        window: &Window,
        read: impl Fn(&str) -> Option<(Value, Value)>,
    ) -> Select<E> {
        let mut select = select;
        if let Some((first, second)) = window.after.as_deref().and_then(&read) {
            select = select.filter(self.beyond(first, second, !self.descending));
        }
        if let Some((first, second)) = window.before.as_deref().and_then(&read) {
            select = select.filter(self.beyond(first, second, self.descending));
        }
        let order = if self.descending != window.from_end {
            Order::Desc
        } else {
            Order::Asc
        };
        select
            .order_by(self.first, order.clone())
            .order_by(self.second, order)
            .limit(u64::from(window.size) + 1)
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
