//! The single row that represents this forum: a secret that never leaves the database.

use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::Set;
use sea_orm::entity::prelude::*;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::secret;

/// The instance's row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "instance")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    pub secret: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Instance")
    }
}

/// Creates the secret at the first start.
pub async fn ensure(rows: &DatabaseTransaction) -> Result<()> {
    if Entity::find_by_id(1).one(rows).await?.is_none() {
        let row = ActiveModel {
            id: Set(1),
            secret: Set(secret::random()?.to_vec()),
        };
        Entity::insert(row).exec_without_returning(rows).await?;
    }
    Ok(())
}

/// The secret from which invitation links are derived.
pub async fn secret(rows: &DatabaseTransaction) -> Result<Vec<u8>> {
    Entity::find_by_id(1)
        .one(rows)
        .await?
        .map(|row| row.secret)
        .ok_or_else(|| Error::internal("the instance has no secret"))
}
