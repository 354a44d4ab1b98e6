//! The ledger: every decision once, each entry sealed by the one before. The database refuses to change or delete a row.
//! Texts do not stand in it, but salted commitments to them: a text can be taken away, and the chain holds.

use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::Digest;
use sha2::Sha256;

use crate::base::actor::Audience;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::target;
use crate::store::failed;
use crate::store::tx::Tx;

/// What the first entry names as the hash of the one before.
const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// An entry's row: the exact text that was sealed, and the SHA-256 of its bytes in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    pub entry: String,
    pub hash: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What is sealed of a decision.
#[derive(Serialize)]
struct Entry<'a> {
    position: i64,
    at: String,
    decision: String,
    act: &'static str,
    office: &'static str,
    reason: &'static str,
    /// The commitment to the explanation.
    explanation: String,
    withheld: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    undoes: Option<String>,
    targets: Vec<Target>,
    /// The hash of the entry before.
    previous: &'a str,
}

#[derive(Serialize)]
struct Target {
    thread: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    post: Option<String>,
    before: &'static str,
    after: &'static str,
}

/// Where the next entry stands, and which hash it names. Decisions are made one at a time.
pub(crate) async fn end(rows: &DatabaseTransaction) -> Result<(i64, String)> {
    let last = Entity::find()
        .order_by_desc(Column::Position)
        .limit(1)
        .one(rows)
        .await
        .map_err(failed)?;
    Ok(match last {
        Some(last) => (last.position + 1, last.hash),
        None => (1, BEGINNING.to_string()),
    })
}

/// Seals a decision within its own change, after the entry with that hash.
pub(crate) async fn append(
    tx: &Tx,
    decision: &decision::Model,
    targets: &[target::Model],
    previous: &str,
) -> Result<()> {
    let entry = Entry {
        position: decision.position,
        at: decision.created_at.to_rfc3339(),
        decision: id::of_uuid(Kind::Decision, decision.id),
        act: decision.act.name(),
        office: decision.office.name(),
        reason: decision.reason.name(),
        explanation: commitment(
            &decision.salt,
            decision.language.code(),
            &decision.explanation,
        ),
        withheld: decision.is_withheld,
        undoes: decision
            .undoes_id
            .map(|undone| id::of_uuid(Kind::Decision, undone)),
        targets: targets
            .iter()
            .map(|target| Target {
                thread: id::of_uuid(Kind::Thread, target.thread_id),
                post: target.post_id.map(|post| id::of_uuid(Kind::Post, post)),
                before: decision.act.inverse().outcome(),
                after: decision.act.outcome(),
            })
            .collect(),
        previous,
    };
    let entry = serde_json::to_string(&entry).map_err(Error::internal)?;
    let row = Model {
        position: decision.position,
        hash: hash(&entry),
        entry,
    };
    Entity::insert(row.into_active_model())
        .exec_without_returning(tx.rows())
        .await
        .map(drop)
        .map_err(failed)
}

/// The entries at these positions.
pub async fn find_many(rows: &DatabaseTransaction, positions: &[i64]) -> Result<Vec<Model>> {
    Entity::find()
        .filter(Column::Position.is_in(positions.iter().copied()))
        .all(rows)
        .await
        .map_err(failed)
}

/// A line of the published file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    /// The exact text that was sealed.
    #[serde(borrow)]
    entry: &'a RawValue,
    hash: String,
    /// What opens the commitment; left out where it is not for everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Explanation>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Explanation {
    text: String,
    language: String,
    salt: String,
}

/// What of an entry its followers must agree with.
#[derive(Deserialize)]
struct Sealed {
    position: i64,
    explanation: String,
    withheld: bool,
    previous: String,
}

/// Entries of the published file at a time.
const BATCH: u64 = 500;

/// The next lines of the published file after a position, each ended by a line end, with the last position; nothing at
/// the end.
pub async fn lines_after(
    rows: &DatabaseTransaction,
    position: i64,
) -> Result<Option<(String, i64)>> {
    let found = Entity::find()
        .filter(Column::Position.gt(position))
        .order_by_asc(Column::Position)
        .limit(BATCH)
        .find_also_related(decision::Entity)
        .all(rows)
        .await
        .map_err(failed)?;
    let Some(last) = found.last().map(|(row, _)| row.position) else {
        return Ok(None);
    };
    let mut lines = String::new();
    let decisions: Vec<decision::Model> = found
        .iter()
        .filter_map(|(_, decision)| decision.clone())
        .collect();
    let told = decision::explained_to(rows, Audience::Public, &decisions).await?;
    for (row, decision) in found {
        let explanation = decision
            .filter(|decision| told.contains(&decision.id))
            .map(|decision| Explanation {
                text: decision.explanation,
                language: decision.language.code().to_string(),
                salt: decision.salt,
            });
        let entry = serde_json::from_str(&row.entry).map_err(Error::internal)?;
        let line = Line {
            entry,
            hash: row.hash,
            explanation,
        };
        lines.push_str(&serde_json::to_string(&line).map_err(Error::internal)?);
        lines.push('\n');
    }
    Ok(Some((lines, last)))
}

impl Related<decision::Entity> for Entity {
    fn to() -> RelationDef {
        Entity::belongs_to(decision::Entity)
            .from(Column::Position)
            .to(decision::Column::Position)
            .into()
    }
}

/// What checking a copy found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verified {
    /// Every entry holds: how many there are, and the hash of the last.
    Holds { entries: i64, last: String },
    /// The first entry that does not hold, counted from 1, and why.
    Broken { entry: i64, why: &'static str },
}

/// Checks the lines of a published file: that entries follow each other without holes, that each names the hash of the
/// one before and has its own, and that every explanation is the one that was sealed.
pub fn verify<'a>(lines: impl Iterator<Item = &'a str>) -> Verified {
    let (mut entries, mut last) = (0, BEGINNING.to_string());
    for line in lines.filter(|line| !line.is_empty()) {
        let entry = entries + 1;
        match check(line, entry, &last) {
            Ok(hash) => (entries, last) = (entry, hash),
            Err(why) => return Verified::Broken { entry, why },
        }
    }
    Verified::Holds { entries, last }
}

fn check(line: &str, entry: i64, previous: &str) -> std::result::Result<String, &'static str> {
    let line: Line = serde_json::from_str(line).map_err(|_| "it is no line of a ledger")?;
    let text = line.entry.get();
    if hash(text) != line.hash {
        return Err("its text is not the one that was sealed");
    }
    let sealed: Sealed = serde_json::from_str(text).map_err(|_| "it is no entry of a ledger")?;
    if sealed.position != entry {
        return Err("its position does not follow the one before");
    }
    if sealed.previous != previous {
        return Err("it does not follow the entry before");
    }
    match line.explanation {
        Some(_) if sealed.withheld => Err("it shows an explanation that was withheld"),
        Some(given)
            if commitment(&given.salt, &given.language, &given.text) != sealed.explanation =>
        {
            Err("its explanation is not the one that was sealed")
        }
        Some(_) | None => Ok(line.hash),
    }
}

fn hash(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

/// What stands for a text in the ledger: without the salt nobody can find the text by guessing.
fn commitment(salt: &str, language: &str, text: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(salt.as_bytes());
    digest.update([0]);
    digest.update(language.as_bytes());
    digest.update([0]);
    digest.update(text.as_bytes());
    hexadecimal(&digest.finalize())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
