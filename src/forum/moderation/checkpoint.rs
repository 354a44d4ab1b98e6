//! Signed checkpoints: the server signs every entry of the ledger with a key that is not in the database. Whoever can
//! write to the database can then neither rewrite the ledger nor cut off its end unseen.

use std::collections::HashMap;

use ed25519_dalek::Signature;
use ed25519_dalek::Signer;
use ed25519_dalek::SigningKey;
use ed25519_dalek::Verifier;
use ed25519_dalek::VerifyingKey;
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
use crate::base::secret;
use crate::forum::moderation::ledger;
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

/// The key that signs. Its private half is never shown.
#[derive(Clone)]
pub struct Key(SigningKey);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({})", self.public())
    }
}

impl Key {
    /// A new key from the operating system's chance.
    pub fn generate() -> Result<Key> {
        Ok(Key(SigningKey::from_bytes(&secret::random()?)))
    }

    /// Reads [`Self::private`]; nothing for anything else.
    pub fn read(text: &str) -> Option<Key> {
        let bytes: [u8; 32] = bytes(text.trim())?.try_into().ok()?;
        Some(Key(SigningKey::from_bytes(&bytes)))
    }

    /// The private half: 64 hexadecimal digits, for the file that only the server reads.
    pub fn private(&self) -> String {
        ledger::hexadecimal(&self.0.to_bytes())
    }

    /// The public half: 64 hexadecimal digits, by which everybody checks.
    pub fn public(&self) -> String {
        ledger::hexadecimal(self.0.verifying_key().as_bytes())
    }
}

/// A checkpoint as the published file has it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Checkpoint {
    at: String,
    key: String,
    signature: String,
}

impl Checkpoint {
    /// Checks the signature under an entry, and that it was made with this key if one is given.
    pub fn check(
        &self,
        position: i64,
        hash: &str,
        key: Option<&str>,
    ) -> std::result::Result<(), &'static str> {
        let broken = "its signature is not good";
        if key.is_some_and(|key| !key.eq_ignore_ascii_case(&self.key)) {
            return Err("it is signed with another key");
        }
        let public: [u8; 32] = bytes(&self.key)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(broken)?;
        let signature: [u8; 64] = bytes(&self.signature)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(broken)?;
        VerifyingKey::from_bytes(&public)
            .map_err(|_| broken)?
            .verify(
                signed_text(position, hash, &self.at).as_bytes(),
                &Signature::from_bytes(&signature),
            )
            .map_err(|_| broken)
    }
}

/// What is signed.
fn signed_text(position: i64, hash: &str, at: &str) -> String {
    format!("partage ledger\n{position}\n{hash}\n{at}\n")
}

/// Signs an entry within its own change.
pub(crate) async fn sign(tx: &Tx, key: &Key, entry: &ledger::Model) -> Result<()> {
    let text = signed_text(entry.position, &entry.hash, &tx.now().to_rfc3339());
    let row = Model {
        position: entry.position,
        signed_at: tx.now(),
        public_key: key.public(),
        signature: ledger::hexadecimal(&key.0.sign(text.as_bytes()).to_bytes()),
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

/// The bytes behind hexadecimal digits; nothing for anything else.
fn bytes(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}

/// A key as a file holds it.
pub fn read_file(path: &std::path::Path) -> Result<Key> {
    let named = |cause: &dyn std::fmt::Display| {
        Error::Internal(format!(
            "reading the ledger's key {}: {cause}",
            path.display()
        ))
    };
    private::warn_if_shared(path);
    let text = std::fs::read_to_string(path).map_err(|error| named(&error))?;
    Key::read(&text).ok_or_else(|| named(&"it is not 64 hexadecimal digits"))
}
