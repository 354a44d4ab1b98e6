//! The ledger: every decision and every appeal once, each entry sealed with the hash of the one before. The database
//! refuses to change or delete a row. The ledger does not hold texts, only salted commitments to them: a text can be
//! removed and the chain remains valid.

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
use crate::base::id::PostId;
use crate::base::id::ThreadId;
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

/// The value that the first entry gives as the hash of the entry before it.
pub(crate) const GENESIS_HASH: &str =
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

/// The parts of a decision that are sealed.
#[derive(Serialize)]
struct DecisionEntry<'a> {
    position: i64,
    at: String,
    decision: String,
    act: &'static str,
    office: &'static str,
    /// The office of the person who confirmed it.
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
    /// The thread into which posts were moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    into: Option<String>,
    targets: Vec<Target>,
    /// The hash of the previous entry.
    previous: &'a str,
}

#[derive(Serialize)]
struct Target {
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    post: Option<String>,
    /// The commitment to the person decided on: people are not named here.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    before: &'static str,
    after: &'static str,
    /// The commitment to the text that was erased, with a salt that was destroyed.
    #[serde(skip_serializing_if = "Option::is_none")]
    erased: Option<String>,
}

/// The parts of an appeal that are sealed.
#[derive(Serialize)]
struct AppealEntry<'a> {
    position: i64,
    at: String,
    appeal: String,
    /// The appealed decision.
    decision: String,
    /// The commitment to the text, which only the people who decide may read.
    explanation: String,
    withheld: bool,
    previous: &'a str,
}

/// The position of the next entry, and the hash that it refers to. Entries are appended one at a time.
pub(crate) async fn end(rows: &DatabaseTransaction) -> Result<(i64, String)> {
    let last = Entity::find()
        .order_by_desc(Column::Position)
        .limit(1)
        .one(rows)
        .await?;
    Ok(match last {
        Some(last) => (last.position + 1, last.hash),
        None => (1, GENESIS_HASH.to_string()),
    })
}

/// A decision to seal.
pub(crate) struct DecisionSeal<'a> {
    pub decision: &'a decision::Model,
    /// The office of the person who confirmed it.
    pub second: Option<Office>,
    /// The states of its targets before and after.
    pub was: &'static str,
    pub becomes: &'static str,
    pub targets: &'a [target::Model],
    /// The commitments to erased texts, by post.
    pub erased: &'a HashMap<PostId, String>,
    /// The decision that it upholds.
    pub upheld: Option<Uuid>,
}

/// Seals a decision within the transaction that takes it, after the entry with that hash.
pub(crate) async fn append_decision(
    forum: &Forum,
    tx: &Tx,
    seal: DecisionSeal<'_>,
    previous: &str,
) -> Result<()> {
    let decision = seal.decision;
    let target = |target: &target::Model| Target {
        thread: target.thread_id.map(ThreadId::global),
        post: target.post_id.map(PostId::global),
        person: target
            .person_id
            .map(|person| commitment(&decision.salt, "person", &person.to_string())),
        before: seal.was,
        after: seal.becomes,
        erased: target
            .post_id
            .and_then(|post| seal.erased.get(&post).cloned()),
    };
    let of_decision = |id| id::of_uuid(Kind::Decision, id);
    let entry = DecisionEntry {
        position: decision.position,
        at: decision.created_at.to_rfc3339(),
        decision: of_decision(decision.id),
        act: decision.act.as_str(),
        office: decision.office.as_str(),
        second: seal.second.map(Office::as_str),
        reason: decision.reason.as_str(),
        explanation: commitment(
            &decision.salt,
            decision.language.code(),
            &decision.explanation,
        ),
        withheld: decision.is_withheld,
        undoes: decision.undoes_id.map(of_decision),
        upholds: seal.upheld.map(of_decision),
        until: decision.until_at.map(|until| until.to_rfc3339()),
        into: decision.into_id.map(ThreadId::global),
        targets: seal.targets.iter().map(target).collect(),
        previous,
    };
    let entry = serde_json::to_string(&entry).map_err(Error::internal)?;
    append(forum, tx, decision.position, entry).await
}

/// Seals an appeal within the transaction that lodges it, after the entry with that hash.
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

/// Finds the entries at these positions.
pub async fn find_many(rows: &DatabaseTransaction, positions: &[i64]) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::Position.is_in(positions.iter().copied()))
        .all(rows)
        .await?)
}

/// What an entry is about.
#[derive(Clone, Debug)]
pub enum Entry {
    Decision(Box<decision::Model>),
    Appeal(Box<appeal::Model>),
}

impl Entry {
    /// Its position in the ledger.
    pub fn position(&self) -> i64 {
        match self {
            Entry::Decision(row) => row.position,
            Entry::Appeal(row) => row.position,
        }
    }
}

/// Finds the entry at a position.
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

/// Lists all entries, newest first; no position is left out.
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
        let entry = entry
            .ok_or_else(|| Error::internal("a ledger entry without its decision or appeal"))?;
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
    /// What opens the commitment; left out where it is not public.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
    /// The signature of everything up to this entry, if the server has a key.
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

/// Entries of the published file that are read at a time.
const BATCH: u64 = 500;

/// The next lines of the published file after a position, each ending with a newline, and the last position; `None` at
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
    let explained = decision::explained_to(rows, Audience::Public, &decisions).await?;
    let mut signed = checkpoint::between(rows, position, last).await?;
    for (row, decision) in found {
        let explanation = decision
            .filter(|decision| explained.contains(&decision.id))
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

/// Represents a text in the ledger: without the salt, nobody can find the text by guessing.
pub(crate) fn commitment(salt: &str, language: &str, text: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(salt.as_bytes());
    digest.update([0]);
    digest.update(language.as_bytes());
    digest.update([0]);
    digest.update(text.as_bytes());
    hexadecimal(&digest.finalize())
}
