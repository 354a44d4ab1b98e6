//! Signed checkpoints: the server signs every entry of the ledger with a key that is not in the database. A person who
//! can write to the database can then neither rewrite the ledger nor cut off its end unnoticed.

use std::collections::HashMap;

use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use serde::Serialize;

use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::signature;
use crate::base::signature::LedgerKey;
use crate::store::private;
use crate::store::tx::Tx;

/// A checkpoint's row: key and signature in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_checkpoint")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    pub signed_at: Moment,
    pub public_key: String,
    pub signature: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A checkpoint as it appears in the published file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Checkpoint {
    at: String,
    key: String,
    signature: String,
}

impl Checkpoint {
    /// Verifies the signature of an entry and, if a key is given, that this key made it.
    pub fn check(
        &self,
        position: i64,
        hash: &str,
        key: Option<&str>,
    ) -> std::result::Result<(), &'static str> {
        if key.is_some_and(|key| !key.eq_ignore_ascii_case(&self.key)) {
            return Err("it is signed with another key");
        }
        let text = signed_text(position, hash, &self.at);
        match signature::is_valid(&self.key, text.as_bytes(), &self.signature) {
            true => Ok(()),
            false => Err("its signature is not valid"),
        }
    }
}

/// The text that is signed.
fn signed_text(position: i64, hash: &str, at: &str) -> String {
    format!("partage ledger\n{position}\n{hash}\n{at}\n")
}

/// Signs the entry at a position, with that hash, within its own change.
pub(crate) async fn sign(tx: &Tx, key: &LedgerKey, position: i64, hash: &str) -> Result<()> {
    let text = signed_text(position, hash, &tx.now().to_rfc3339());
    let row = Model {
        position,
        signed_at: tx.now(),
        public_key: key.public(),
        signature: key.sign(text.as_bytes()),
    };
    Ok(Entity::insert(row.into_active_model())
        .exec_without_returning(tx.rows())
        .await
        .map(drop)?)
}

/// The checkpoints after one position up to another, by position.
pub(crate) async fn between(
    rows: &DatabaseTransaction,
    after: i64,
    to: i64,
) -> Result<HashMap<i64, Checkpoint>> {
    let found = Entity::find()
        .filter(Column::Position.gt(after))
        .filter(Column::Position.lte(to))
        .all(rows)
        .await?;
    let checkpoint = |row: Model| Checkpoint {
        at: row.signed_at.to_rfc3339(),
        key: row.public_key,
        signature: row.signature,
    };
    Ok(found
        .into_iter()
        .map(|row| (row.position, checkpoint(row)))
        .collect())
}

/// Reads a key from a file.
pub fn read_file(path: &std::path::Path) -> Result<LedgerKey> {
    let named = |cause: &dyn std::fmt::Display| {
        Error::Internal(format!(
            "reading the ledger's key {}: {cause}",
            path.display()
        ))
    };
    private::warn_if_shared(path);
    let text = std::fs::read_to_string(path).map_err(|error| named(&error))?;
    LedgerKey::read(&text).ok_or_else(|| named(&"it is not 64 hexadecimal digits"))
}
