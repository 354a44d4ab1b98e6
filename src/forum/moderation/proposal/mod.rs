//! Proposals: decisions that require two people. One person proposes, another confirms or declines.

pub mod confirm;
pub mod list;
pub mod propose;

use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QuerySelect;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use serde::Serialize;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::base::language::Language;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Office;
use crate::forum::moderation::decision::Reason;
use crate::store::columns::text_enum;
use crate::store::tx::Tx;

text_enum!(
    /// The state of a proposal.
    State {
        Open = "open",
        Confirmed = "confirmed",
        Declined = "declined",
    }
);

/// A proposal's row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "proposal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub act: Act,
    /// The ids of its subjects, separated by spaces.
    pub targets: String,
    /// Further parameters of the act, as JSON.
    pub facts: String,
    pub proposer_id: PersonId,
    pub office: Office,
    pub reason: Reason,
    pub language: Language,
    pub explanation: String,
    pub is_withheld: bool,
    pub state: State,
    pub settled_by: Option<PersonId>,
    pub settled_at: Option<Moment>,
    /// The decision that resulted from it.
    pub decision_id: Option<Uuid>,
    pub created_at: Moment,
    pub key: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Proposal({})", self.id)
    }
}

impl Model {
    /// The ids of the subjects that would be decided on.
    pub fn target_ids(&self) -> Vec<Uuid> {
        self.targets
            .split(' ')
            .filter_map(|id| Uuid::parse_str(id).ok())
            .collect()
    }

    /// Until when it would apply.
    pub fn until(&self) -> Result<Option<Moment>> {
        Ok(ProposalInput::read(&self.facts)?.until.map(Moment))
    }

    /// The text that it would give to a post.
    pub fn body(&self) -> Result<Option<String>> {
        Ok(ProposalInput::read(&self.facts)?.body)
    }
}

/// The stored input of an act that requires a second person, as JSON.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ProposalInput {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<Uuid>,
}

impl ProposalInput {
    pub fn write(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }

    pub fn read(text: &str) -> Result<ProposalInput> {
        serde_json::from_str(text).map_err(Error::internal)
    }
}

/// Finds the proposals with these ids.
pub async fn find_many(rows: &DatabaseTransaction, ids: &[Uuid]) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .all(rows)
        .await?)
}

/// Finds the proposal with this id, and locks it until the transaction ends.
pub(crate) async fn find_to_change(tx: &Tx, id: Uuid) -> Result<Model> {
    Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx.rows())
        .await?
        .ok_or(Error::NotFound)
}

/// Writes the outcome of a proposal.
pub(crate) async fn settle(
    tx: &Tx,
    proposal: Model,
    state: State,
    by: PersonId,
    decision_id: Option<Uuid>,
) -> Result<Model> {
    let mut change = proposal.into_active_model();
    change.state = Set(state);
    change.settled_by = Set(Some(by));
    change.settled_at = Set(Some(tx.now()));
    change.decision_id = Set(decision_id);
    Ok(change.update(tx.rows()).await?)
}

/// Deletes the texts of proposals about a post.
pub(crate) async fn forget_texts(rows: &DatabaseTransaction, post_id: PostId) -> Result<()> {
    Ok(Entity::update_many()
        .col_expr(Column::Facts, Expr::value("{}"))
        .filter(Column::Act.eq(Act::EditPost))
        .filter(Column::Targets.eq(post_id.to_string()))
        .exec(rows)
        .await
        .map(drop)?)
}
