//! Appeals: the people whom a decision concerns may ask once that another person review it.

pub mod answer;
pub mod lodge;

use std::collections::HashMap;

use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::base::language::Language;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::cases::case;
use crate::forum::moderation::notice;
use crate::forum::moderation::queue;
use crate::store::columns::text_enum;
use crate::store::keyset::Keyset;
use crate::store::tx::Tx;

text_enum!(
    /// The outcome of an appeal.
    Outcome {
        /// The decision was upheld.
        Upheld = "upheld",
        /// The decision was undone.
        Overturned = "overturned",
    }
);

/// An appeal's row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "appeal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its position in the ledger.
    pub position: i64,
    pub decision_id: Uuid,
    pub case_id: Uuid,
    pub person_id: PersonId,
    /// Why the decision should be undone; for the people who decide.
    pub body: String,
    pub language: Language,
    /// Opens the commitment in the ledger, together with the text.
    pub salt: String,
    pub created_at: Moment,
    /// When it passes to the Secretariat.
    pub due_at: Moment,
    pub outcome: Option<Outcome>,
    /// The decision that undid or upheld the appealed one.
    pub outcome_id: Option<Uuid>,
    pub decided_at: Option<Moment>,
    pub key: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Appeal({})", self.id)
    }
}

/// The appeal against a decision, if there is one. Its existence is public; its text is not.
pub async fn of_decision(rows: &DatabaseTransaction, decision_id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find()
        .filter(Column::DecisionId.eq(decision_id))
        .one(rows)
        .await?)
}

/// The appeals against these decisions, by decision.
pub async fn of_decisions(
    rows: &DatabaseTransaction,
    decisions: &[Uuid],
) -> Result<HashMap<Uuid, Model>> {
    let found = Entity::find()
        .filter(Column::DecisionId.is_in(decisions.iter().copied()))
        .all(rows)
        .await?;
    Ok(found
        .into_iter()
        .map(|row| (row.decision_id, row))
        .collect())
}

/// Finds the appeals with these ids.
pub async fn find_many(rows: &DatabaseTransaction, ids: &[Uuid]) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .all(rows)
        .await?)
}

/// Whether the actor may read the text of an appeal: the person who made it, the people whom the decision concerns, and
/// those who see its case.
pub async fn is_read_by(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    appeal: &Model,
) -> Result<bool> {
    let Some(person) = actor.person_id() else {
        return Ok(false);
    };
    if appeal.person_id == person
        || notice::concerned_people(rows, appeal.decision_id)
            .await?
            .contains(&person)
    {
        return Ok(true);
    }
    let seen = queue::find_many(rows, actor, now, &[appeal.case_id]).await?;
    Ok(!seen.is_empty())
}

/// Lists the actor's own appeals, newest first.
pub async fn list(
    rows: &DatabaseTransaction,
    actor: &Actor,
    window: &Window,
) -> Result<Page<Model>> {
    let keyset = Keyset {
        first: Column::CreatedAt,
        second: Column::Id,
        descending: true,
    };
    // A visitor has none: no row has the nil id.
    let own = Entity::find().filter(Column::PersonId.eq(actor.person_id().unwrap_or_default()));
    let key = |row: &Model| (row.created_at, row.id);
    keyset.page(rows, own, window, key).await
}

/// Records the outcome of the appeal against a decision, if one is waiting. Returns its case.
pub(crate) async fn settle(
    tx: &Tx,
    decision_id: Uuid,
    outcome: Outcome,
    by: Uuid,
) -> Result<Option<Uuid>> {
    let Some(appeal) = of_decision(tx.rows(), decision_id).await? else {
        return Ok(None);
    };
    if appeal.outcome.is_some() {
        return Ok(None);
    }
    let case = case::Entity::find_by_id(appeal.case_id)
        .one(tx.rows())
        .await?
        .ok_or_else(|| Error::internal("an appeal without a case"))?;
    let id = case.id;
    case::resolve(tx, case, Some(by)).await?;
    let mut change = appeal.into_active_model();
    change.outcome = Set(Some(outcome));
    change.outcome_id = Set(Some(by));
    change.decided_at = Set(Some(tx.now()));
    change.update(tx.rows()).await?;
    Ok(Some(id))
}
