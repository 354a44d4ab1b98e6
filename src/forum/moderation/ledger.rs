//! The ledger: every decision and every appeal once, each entry sealed by the one before. The database refuses to change or delete a row.
//! Texts do not stand in it, but salted commitments to them: a text can be taken away, and the chain holds.

use std::collections::HashMap;

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
use uuid::Uuid;

use crate::base::actor::Audience;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::base::signature::hexadecimal;
use crate::forum::Forum;
use crate::forum::moderation::appeal;
use crate::forum::moderation::checkpoint;
use crate::forum::moderation::checkpoint::Checkpoint;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Office;
use crate::forum::moderation::decision::target;
use crate::store::tx::Tx;

/// What the first entry names as the hash of the one before.
pub(crate) const BEGINNING: &str =
    "0000000000000000000000000000000000000000000000000000000000000000";

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
struct DecisionEntry<'a> {
    position: i64,
    at: String,
    decision: String,
    act: &'static str,
    office: &'static str,
    /// The office of who confirmed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    second: Option<&'static str>,
    reason: &'static str,
    /// The commitment to the explanation.
    explanation: String,
    withheld: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    undoes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upholds: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// The thread into which posts went.
    #[serde(skip_serializing_if = "Option::is_none")]
    into: Option<String>,
    targets: Vec<Target>,
    /// The hash of the entry before.
    previous: &'a str,
}

#[derive(Serialize)]
struct Target {
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    post: Option<String>,
    /// The commitment to who was decided on: people are not named here.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    before: &'static str,
    after: &'static str,
    /// The commitment to the text that was erased, with a salt that was destroyed.
    #[serde(skip_serializing_if = "Option::is_none")]
    erased: Option<String>,
}

/// What is sealed of an appeal.
#[derive(Serialize)]
struct AppealEntry<'a> {
    position: i64,
    at: String,
    appeal: String,
    /// The decision that is appealed.
    decision: String,
    /// The commitment to the text, which is for those who decide.
    explanation: String,
    withheld: bool,
    previous: &'a str,
}

/// Where the next entry stands, and which hash it names. Entries are made one at a time.
pub(crate) async fn end(rows: &DatabaseTransaction) -> Result<(i64, String)> {
    let last = Entity::find()
        .order_by_desc(Column::Position)
        .limit(1)
        .one(rows)
        .await?;
    Ok(match last {
        Some(last) => (last.position + 1, last.hash),
        None => (1, BEGINNING.to_string()),
    })
}

/// A decision to be sealed.
pub(crate) struct Sealing<'a> {
    pub decision: &'a decision::Model,
    /// The office of who confirmed it.
    pub second: Option<Office>,
    /// What its targets were, and what it makes of them.
    pub was: &'static str,
    pub becomes: &'static str,
    pub targets: &'a [target::Model],
    /// The commitments to erased texts, by post.
    pub erased: &'a HashMap<Uuid, String>,
    /// The decision that it leaves as it is.
    pub upheld: Option<Uuid>,
}

/// Seals a decision within its own change, after the entry with that hash.
pub(crate) async fn append_decision(
    forum: &Forum,
    tx: &Tx,
    sealing: Sealing<'_>,
    previous: &str,
) -> Result<()> {
    let decision = sealing.decision;
    let target = |target: &target::Model| Target {
        thread: target
            .thread_id
            .map(|thread| id::of_uuid(Kind::Thread, thread)),
        post: target.post_id.map(|post| id::of_uuid(Kind::Post, post)),
        person: target
            .person_id
            .map(|person| commitment(&decision.salt, "person", &person.to_string())),
        before: sealing.was,
        after: sealing.becomes,
        erased: target
            .post_id
            .and_then(|post| sealing.erased.get(&post).cloned()),
    };
    let of_decision = |id| id::of_uuid(Kind::Decision, id);
    let entry = DecisionEntry {
        position: decision.position,
        at: decision.created_at.to_rfc3339(),
        decision: of_decision(decision.id),
        act: decision.act.name(),
        office: decision.office.name(),
        second: sealing.second.map(Office::name),
        reason: decision.reason.name(),
        explanation: commitment(
            &decision.salt,
            decision.language.code(),
            &decision.explanation,
        ),
        withheld: decision.is_withheld,
        undoes: decision.undoes_id.map(of_decision),
        upholds: sealing.upheld.map(of_decision),
        until: decision.until_at.map(|until| until.to_rfc3339()),
        into: decision
            .into_id
            .map(|thread| id::of_uuid(Kind::Thread, thread)),
        targets: sealing.targets.iter().map(target).collect(),
        previous,
    };
    let entry = serde_json::to_string(&entry).map_err(Error::internal)?;
    append(forum, tx, decision.position, entry).await
}

/// Seals an appeal within its own change, after the entry with that hash.
pub(crate) async fn append_appeal(
    forum: &Forum,
    tx: &Tx,
    appeal: &appeal::Model,
    previous: &str,
) -> Result<()> {
    let entry = AppealEntry {
        position: appeal.position,
        at: appeal.created_at.to_rfc3339(),
        appeal: id::of_uuid(Kind::Appeal, appeal.id),
        decision: id::of_uuid(Kind::Decision, appeal.decision_id),
        explanation: commitment(&appeal.salt, appeal.language.code(), &appeal.body),
        withheld: true,
        previous,
    };
    let entry = serde_json::to_string(&entry).map_err(Error::internal)?;
    append(forum, tx, appeal.position, entry).await
}

async fn append(forum: &Forum, tx: &Tx, position: i64, entry: String) -> Result<()> {
    let row = Model {
        position,
        hash: hash(&entry),
        entry,
    };
    Entity::insert(row.clone().into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    match &forum.ledger_key {
        Some(key) => checkpoint::sign(tx, key, row.position, &row.hash).await,
        None => Ok(()),
    }
}

/// The entries at these positions.
pub async fn find_many(rows: &DatabaseTransaction, positions: &[i64]) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::Position.is_in(positions.iter().copied()))
        .all(rows)
        .await?)
}

/// What an entry is of.
#[derive(Clone, Debug)]
pub enum Entry {
    Decision(Box<decision::Model>),
    Appeal(Box<appeal::Model>),
}

impl Entry {
    /// Its place in the ledger.
    pub fn position(&self) -> i64 {
        match self {
            Entry::Decision(row) => row.position,
            Entry::Appeal(row) => row.position,
        }
    }
}

/// The entry at a place.
pub async fn at(rows: &DatabaseTransaction, position: i64) -> Result<Option<Entry>> {
    let decision = decision::Entity::find()
        .filter(decision::Column::Position.eq(position))
        .one(rows)
        .await?;
    if let Some(row) = decision {
        return Ok(Some(Entry::Decision(Box::new(row))));
    }
    let appeal = appeal::Entity::find()
        .filter(appeal::Column::Position.eq(position))
        .one(rows)
        .await?;
    Ok(appeal.map(|row| Entry::Appeal(Box::new(row))))
}

/// All entries, the newest first: no position is left out.
pub async fn list(rows: &DatabaseTransaction, window: &Window) -> Result<Page<Entry>> {
    let page = decision::by_position(rows, Entity::find(), Column::Position, window, |row| {
        row.position
    });
    let page = page.await?;
    let positions: Vec<i64> = page.entries.iter().map(|(_, row)| row.position).collect();
    let decisions = decision::Entity::find()
        .filter(decision::Column::Position.is_in(positions.iter().copied()))
        .all(rows)
        .await?;
    let appeals = appeal::Entity::find()
        .filter(appeal::Column::Position.is_in(positions))
        .all(rows)
        .await?;
    let decisions = decisions
        .into_iter()
        .map(|row| (row.position, Entry::Decision(Box::new(row))));
    let appeals = appeals
        .into_iter()
        .map(|row| (row.position, Entry::Appeal(Box::new(row))));
    let mut all: HashMap<i64, Entry> = decisions.chain(appeals).collect();
    let mut entries = Vec::new();
    for (key, row) in page.entries {
        let entry = all.remove(&row.position);
        let entry = entry.ok_or_else(|| Error::internal("an entry of nothing"))?;
        entries.push((key, entry));
    }
    Ok(Page {
        entries,
        has_next: page.has_next,
        has_previous: page.has_previous,
        bounds: page.bounds,
    })
}

/// A line of the published file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line<'a> {
    /// The exact text that was sealed.
    #[serde(borrow)]
    pub entry: &'a RawValue,
    pub hash: String,
    /// What opens the commitment; left out where it is not for everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
    /// The signature under everything up to here, where the server has a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<Checkpoint>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Explanation {
    pub text: String,
    pub language: String,
    pub salt: String,
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
        .await?;
    let Some(last) = found.last().map(|(row, _)| row.position) else {
        return Ok(None);
    };
    let mut lines = String::new();
    let decisions: Vec<decision::Model> = found
        .iter()
        .filter_map(|(_, decision)| decision.clone())
        .collect();
    let told = decision::explained_to(rows, Audience::Public, &decisions).await?;
    let mut signed = checkpoint::between(rows, position, last).await?;
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
            checkpoint: signed.remove(&row.position),
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

pub(crate) fn hash(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

/// What stands for a text in the ledger: without the salt nobody can find the text by guessing.
pub(crate) fn commitment(salt: &str, language: &str, text: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(salt.as_bytes());
    digest.update([0]);
    digest.update(language.as_bytes());
    digest.update([0]);
    digest.update(text.as_bytes());
    hexadecimal(&digest.finalize())
}
