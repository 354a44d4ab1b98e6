//! The targets of a decision.

use std::collections::HashMap;

use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use uuid::Uuid;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::forum::cases::subject::Columns;
use crate::forum::cases::subject::Subject;

/// A target's row: which decision applied to it before and after, and what else changed, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decision_target")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub decision_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: i32,
    /// `None` for a person.
    pub thread_id: Option<ThreadId>,
    pub post_id: Option<PostId>,
    pub person_id: Option<PersonId>,
    pub before_id: Option<Uuid>,
    pub after_id: Option<Uuid>,
    pub before_facts: String,
    pub after_facts: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The subject that was decided on, as the row's columns store it.
    pub fn columns(&self) -> Columns {
        Columns {
            thread_id: self.thread_id,
            post_id: self.post_id,
            person_id: self.person_id,
        }
    }

    /// The subject that was decided on.
    pub fn subject(&self) -> Result<Subject> {
        let subject = self.columns().subject();
        subject.ok_or_else(|| Error::internal("a decision without a subject"))
    }
}

/// The targets of these decisions, in order, grouped by decision.
pub async fn of_decisions(
    rows: &DatabaseTransaction,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Model>>> {
    let found = Entity::find()
        .filter(Column::DecisionId.is_in(ids.iter().copied()))
        .order_by_asc(Column::Place)
        .all(rows)
        .await?;
    let mut by_decision: HashMap<Uuid, Vec<Model>> = HashMap::new();
    for row in found {
        by_decision.entry(row.decision_id).or_default().push(row);
    }
    Ok(by_decision)
}

/// The targets of one decision, in their order.
pub async fn of(rows: &DatabaseTransaction, id: Uuid) -> Result<Vec<Model>> {
    let mut all = of_decisions(rows, &[id]).await?;
    Ok(all.remove(&id).unwrap_or_default())
}

/// Moves earlier decisions on posts along with them to another thread: readers who see the posts there see what was
/// decided on them.
pub(crate) async fn move_to_thread(
    rows: &DatabaseTransaction,
    posts: &[PostId],
    thread_id: ThreadId,
    but: Uuid,
) -> Result<()> {
    Ok(Entity::update_many()
        .col_expr(Column::ThreadId, Expr::value(thread_id))
        .filter(Column::PostId.is_in(posts.iter().copied()))
        .filter(Column::DecisionId.ne(but))
        .exec(rows)
        .await
        .map(drop)?)
}
