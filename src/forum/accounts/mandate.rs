//! Mandates: who speaks for which delegation, in which capacity, and for which period.

use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use uuid::Uuid;

use crate::base::actor;
use crate::base::actor::Capacity;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::forum::accounts::delegation;
use crate::store::columns::padded;

/// A mandate's row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mandate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: PersonId,
    pub delegation_id: String,
    /// The most binding capacity in which its holder may speak.
    pub capacity: Capacity,
    pub title: String,
    pub from_at: Moment,
    /// The first time at which it has ended.
    pub until_at: Option<Moment>,
    pub granted_by: Option<PersonId>,
    pub key: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "delegation::Entity",
        from = "Column::DelegationId",
        to = "delegation::Column::Id"
    )]
    Delegation,
}

impl Related<delegation::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Delegation.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether the mandate is current at that time.
    pub fn is_current(&self, now: Moment) -> bool {
        self.from_at <= now && self.until_at.is_none_or(|until| now < until)
    }
}

/// Finds the mandates of these people, latest start first. Mandates are public: they state who speaks for whom.
pub async fn of_people(rows: &DatabaseTransaction, people: &[PersonId]) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::PersonId.is_in(padded(people)))
        .order_by_desc(Column::FromAt)
        .order_by_desc(Column::Id)
        .all(rows)
        .await?)
}

/// Finds the mandate with this id.
pub async fn find(rows: &DatabaseTransaction, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(rows).await?)
}

/// The mandates of one person in the form that the rules take, latest start first.
pub async fn of_person(
    rows: &DatabaseTransaction,
    person: PersonId,
) -> Result<Vec<actor::Mandate>> {
    let found = Entity::find()
        .filter(Column::PersonId.eq(person))
        .find_also_related(delegation::Entity)
        .order_by_desc(Column::FromAt)
        .order_by_desc(Column::Id)
        .all(rows)
        .await?;
    found
        .into_iter()
        .map(|(row, delegation)| {
            let delegation =
                delegation.ok_or_else(|| Error::internal("a mandate without its delegation"))?;
            Ok(actor::Mandate {
                id: row.id,
                delegation_id: row.delegation_id,
                delegation_kind: delegation.kind,
                capacity: row.capacity,
                title: row.title,
                from: row.from_at,
                until: row.until_at,
            })
        })
        .collect()
}
