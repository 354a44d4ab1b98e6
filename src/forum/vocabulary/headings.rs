//! The threads that are listed under each heading, with what lists are sorted by, and how many there are. They are derived from
//! threads, tags and the closure, and updated in the same transaction as these, so that a list reads only what it shows.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::ExprTrait;
use sea_orm::FromQueryResult;
use sea_orm::QueryTrait;
use sea_orm::Statement;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::sea_query::Order;
use sea_orm::sea_query::Query;
use sea_orm::sea_query::SelectStatement;
use sea_orm::sea_query::UnionType;

use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id::ThreadId;
use crate::store::backend;
use crate::store::probe;

/// A thread that is listed under a heading. A heading is a concept (of a tag, or broader than a tag), a delegation, a kind, a
/// language, the questions with or without an answer, or all threads.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "thread_heading")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub thread_id: ThreadId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub heading: String,
    pub is_public: bool,
    pub is_archived: bool,
    pub last_activity_at: Moment,
    pub created_at: Moment,
    pub last_number: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// How many threads are listed under a heading.
pub mod tally {
    use sea_orm::entity::prelude::*;

    /// Its row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "heading_tally")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub heading: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub is_public: bool,
        #[sea_orm(primary_key, auto_increment = false)]
        pub is_archived: bool,
        pub threads: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The heading of all threads. No concept has this id.
pub const ALL: &str = "*";

/// The heading of a delegation.
pub fn delegation(id: &str) -> String {
    format!("delegation/{id}")
}

/// The heading of a kind.
pub fn kind(name: &str) -> String {
    format!("kind/{name}")
}

/// The heading of a language.
pub fn language(code: &str) -> String {
    format!("language/{code}")
}

/// The heading of the questions that have an answer, or of those that have none.
pub fn answered(answered: bool) -> String {
    format!("answered/{}", if answered { "yes" } else { "no" })
}

/// Whether no thread is listed under two of these headings: a thread has one delegation, kind and language, and an answer or none.
pub(crate) fn are_apart(facet: &[String]) -> bool {
    facet.iter().all(|heading| heading.contains('/'))
}

/// Threads in one statement.
const THREADS: usize = 500;
/// Rows in one statement: seven values each, well below SQLite's limit of 32 766 bound values.
const ROWS: usize = 2_000;

/// The key of a tally: heading, whether public, whether archived.
type TallyKey = (String, bool, bool);

/// What is listed: the rows by their keys.
type Listed = BTreeMap<(ThreadId, String), Model>;

/// Keeps the vocabulary's closure as it is until this transaction ends. Called before any thread is locked: a change of the
/// vocabulary locks threads after the closure.
pub(crate) async fn hold(rows: &DatabaseTransaction) -> Result<()> {
    backend::hold_closure(rows, false).await
}

/// Updates the headings of these threads to their rows, tags and the closure. Called once in a change, after all of its other
/// writes: two changes that count under the same headings wait for each other.
pub(crate) async fn keep(rows: &DatabaseTransaction, threads: &[ThreadId]) -> Result<()> {
    if threads.is_empty() {
        return Ok(());
    }
    hold(rows).await?;
    let mut changes: BTreeMap<TallyKey, i64> = BTreeMap::new();
    for some in threads.chunks(THREADS) {
        let (before, after) = (stored(rows, some).await?, derive(rows, some).await?);
        let mut gone: BTreeMap<&str, Vec<ThreadId>> = BTreeMap::new();
        for (key, row) in &before {
            if !after.contains_key(key) {
                gone.entry(&row.heading).or_default().push(row.thread_id);
            }
            if after.get(key) != Some(row) {
                *changes.entry(row.tally_key()).or_default() -= 1;
            }
        }
        let mut changed: Vec<ActiveModel> = Vec::new();
        for (key, row) in &after {
            if before.get(key) != Some(row) {
                *changes.entry(row.tally_key()).or_default() += 1;
                changed.push(row.clone().into());
            }
        }
        for (heading, threads) in gone {
            Entity::delete_many()
                .filter(Column::Heading.eq(heading))
                .filter(Column::ThreadId.is_in(threads))
                .exec(rows)
                .await?;
        }
        for some in changed.chunks(ROWS) {
            Entity::insert_many(some.to_vec())
                .on_conflict(
                    OnConflict::columns([Column::ThreadId, Column::Heading])
                        .update_columns([
                            Column::IsPublic,
                            Column::IsArchived,
                            Column::LastActivityAt,
                            Column::CreatedAt,
                            Column::LastNumber,
                        ])
                        .to_owned(),
                )
                .exec_without_returning(rows)
                .await?;
        }
    }
    add(rows, changes).await
}

impl Model {
    fn tally_key(&self) -> TallyKey {
        (self.heading.clone(), self.is_public, self.is_archived)
    }
}

/// Adds these changes to the tallies, in the order of their keys.
async fn add(rows: &DatabaseTransaction, changes: BTreeMap<TallyKey, i64>) -> Result<()> {
    let changed = changes.into_iter().filter(|(_, change)| *change != 0);
    let changed: Vec<tally::ActiveModel> = changed
        .map(
            |((heading, is_public, is_archived), threads)| tally::ActiveModel {
                heading: sea_orm::Set(heading),
                is_public: sea_orm::Set(is_public),
                is_archived: sea_orm::Set(is_archived),
                threads: sea_orm::Set(threads),
            },
        )
        .collect();
    for some in changed.chunks(ROWS) {
        tally::Entity::insert_many(some.to_vec())
            .on_conflict(
                OnConflict::columns([
                    tally::Column::Heading,
                    tally::Column::IsPublic,
                    tally::Column::IsArchived,
                ])
                .value(
                    tally::Column::Threads,
                    Expr::cust("heading_tally.threads + excluded.threads"),
                )
                .to_owned(),
            )
            .exec_without_returning(rows)
            .await?;
    }
    Ok(())
}

/// Reads the stored rows of these threads.
async fn stored(rows: &DatabaseTransaction, threads: &[ThreadId]) -> Result<Listed> {
    let found = Entity::find().filter(Column::ThreadId.is_in(threads.iter().copied()));
    Ok(by_key(found.all(rows).await?))
}

/// Whether a question has an answer: the marked post is in the thread and shown.
const ANSWERED: &str = "case when exists (select 1 from post where post.id = thread.answer_id \
    and post.thread_id = thread.id and post.state = 'published' and post.hidden_by is null and post.erased_by is null \
    and post.moved_to is null and post.review is null) then 'answered/yes' else 'answered/no' end";

/// Derives the rows of these threads.
async fn derive(rows: &DatabaseTransaction, threads: &[ThreadId]) -> Result<Listed> {
    let these = Expr::col(("thread", "id")).is_in(threads.iter().copied());
    let of = |heading| {
        listed(Expr::cust(heading))
            .and_where(these.clone())
            .to_owned()
    };
    let mut select = under_concepts(these.clone());
    select
        .union(UnionType::All, of("'*'"))
        .union(UnionType::All, of("'kind/' || thread.kind"))
        .union(UnionType::All, of("'language/' || thread.language"))
        .union(
            UnionType::All,
            of(ANSWERED)
                .and_where(Expr::cust("thread.kind = 'question'"))
                .to_owned(),
        )
        .union(
            UnionType::All,
            of("'delegation/' || thread.delegation_id")
                .and_where(Expr::col(("thread", "delegation_id")).is_not_null())
                .to_owned(),
        );
    let found = Model::find_by_statement(rows.get_database_backend().build(&select));
    Ok(by_key(found.all(rows).await?))
}

fn by_key(found: Vec<Model>) -> Listed {
    let found = found.into_iter();
    let key = |row: &Model| (row.thread_id, row.heading.clone());
    found.map(|row| (key(&row), row)).collect()
}

/// The listed threads with a heading. Threads belong to a later feature that uses this file, so their tables are written by name.
fn listed(heading: Expr) -> SelectStatement {
    Query::select()
        .expr_as(heading, Column::Heading)
        .expr_as(Expr::col(("thread", "id")), Column::ThreadId)
        .expr_as(Expr::cust("thread.visibility = 'public'"), Column::IsPublic)
        .expr_as(
            Expr::cust("thread.archived_by is not null"),
            Column::IsArchived,
        )
        .column(("thread", "last_activity_at"))
        .column(("thread", "created_at"))
        .column(("thread", "last_number"))
        .from("thread")
        .and_where(Expr::col(("thread", "review")).is_null())
        .and_where(Expr::col(("thread", "merged_into")).is_null())
        .to_owned()
}

/// The listed threads for which this holds, with the concepts of their tags and all broader ones.
fn under_concepts(holds: Expr) -> SelectStatement {
    let broader = Expr::col(("concept_closure", "broader_id"));
    listed(broader)
        .distinct()
        .inner_join(
            "thread_concept",
            Expr::col(("thread_concept", "thread_id")).equals(("thread", "id")),
        )
        .inner_join(
            "concept_closure",
            Expr::col(("concept_closure", "narrower_id")).equals(("thread_concept", "concept_id")),
        )
        .and_where(holds)
        .to_owned()
}

/// Updates the latest activity of threads of which nothing else has changed.
pub(crate) async fn keep_activity(rows: &DatabaseTransaction, threads: &[ThreadId]) -> Result<()> {
    let latest = Query::select()
        .column(("thread", "last_activity_at"))
        .from("thread")
        .and_where(Expr::col(("thread", "id")).equals((Entity, Column::ThreadId)))
        .to_owned();
    Entity::update_many()
        .col_expr(Column::LastActivityAt, Expr::from(latest))
        .filter(Column::ThreadId.is_in(threads.iter().copied()))
        .exec(rows)
        .await?;
    Ok(())
}

/// The same for a thread in which a post with this number is written, and shown since that time if at all. The latest activity
/// never decreases by that.
pub(crate) fn bump(
    rows: &DatabaseTransaction,
    thread_id: ThreadId,
    number: i32,
    shown_at: Option<Moment>,
) -> Statement {
    let mut update = Entity::update_many().col_expr(Column::LastNumber, Expr::value(number));
    if let Some(now) = shown_at {
        let latest = Expr::case(Column::LastActivityAt.lt(now), Expr::value(now))
            .finally(Expr::col(Column::LastActivityAt));
        update = update.col_expr(Column::LastActivityAt, latest.into());
    }
    update
        .filter(Column::ThreadId.eq(thread_id))
        .build(rows.get_database_backend())
}

/// Updates the headings of threads after the closure has changed by these pairs of a broader and a narrower concept. Only
/// what has changed is written: a broad concept may have most of the threads.
pub(super) async fn follow(
    rows: &DatabaseTransaction,
    changed: impl Iterator<Item = (String, String)>,
) -> Result<()> {
    let (headings, tags): (BTreeSet<String>, BTreeSet<String>) = changed.unzip();
    if headings.is_empty() {
        return Ok(());
    }
    let tagged = || {
        Query::select()
            .column(("thread_concept", "thread_id"))
            .from("thread_concept")
            .and_where(Expr::col(("thread_concept", "concept_id")).is_in(tags.clone()))
            .to_owned()
    };
    // Whoever writes in a thread locks it before its headings.
    let lock = Query::select()
        .column(("thread", "id"))
        .from("thread")
        .and_where(Expr::col(("thread", "id")).in_subquery(tagged()))
        .order_by(("thread", "id"), Order::Asc)
        .lock_exclusive()
        .to_owned();
    rows.query_all(&lock).await?;
    let implied = Query::select()
        .expr(Expr::value(1))
        .from("thread_concept")
        .inner_join(
            "concept_closure",
            Expr::col(("concept_closure", "narrower_id")).equals(("thread_concept", "concept_id")),
        )
        .and_where(Expr::col(("thread_concept", "thread_id")).equals((Entity, Column::ThreadId)))
        .and_where(Expr::col(("concept_closure", "broader_id")).equals((Entity, Column::Heading)))
        .to_owned();
    Entity::delete_many()
        .filter(Column::Heading.is_in(headings.clone()))
        .filter(Column::ThreadId.in_subquery(tagged()))
        .filter(probe::exists(implied).not())
        .exec(rows)
        .await?;
    let implied = under_concepts(
        Expr::col(("thread", "id"))
            .in_subquery(tagged())
            .and(Expr::col(("concept_closure", "broader_id")).is_in(headings.clone())),
    );
    let mut insert = Query::insert();
    insert.into_table(Entity).columns([
        Column::Heading,
        Column::ThreadId,
        Column::IsPublic,
        Column::IsArchived,
        Column::LastActivityAt,
        Column::CreatedAt,
        Column::LastNumber,
    ]);
    insert.select_from(implied).map_err(Error::internal)?;
    insert.on_conflict(
        OnConflict::columns([Column::ThreadId, Column::Heading])
            .do_nothing()
            .to_owned(),
    );
    rows.execute(&insert).await?;
    tally::Entity::delete_many()
        .filter(tally::Column::Heading.is_in(headings.clone()))
        .exec(rows)
        .await?;
    let counted = count_all()
        .and_where(Expr::col(Column::Heading).is_in(headings))
        .to_owned();
    let mut insert = Query::insert();
    insert.into_table(tally::Entity).columns([
        tally::Column::Heading,
        tally::Column::IsPublic,
        tally::Column::IsArchived,
        tally::Column::Threads,
    ]);
    insert.select_from(counted).map_err(Error::internal)?;
    rows.execute(&insert).await?;
    Ok(())
}

/// Counts the rows of each tally.
fn count_all() -> SelectStatement {
    let key = [Column::Heading, Column::IsPublic, Column::IsArchived];
    Query::select()
        .columns(key)
        .expr_as(Column::ThreadId.count(), tally::Column::Threads)
        .from(Entity)
        .group_by_columns(key)
        .to_owned()
}

/// The threads that are listed under one of these headings, as a condition on the row of a thread.
pub(crate) fn is_under(headings: &[String]) -> Expr {
    let there = Query::select()
        .expr(Expr::value(1))
        .from_as(Entity, "also")
        .and_where(Expr::col(("also", Column::ThreadId)).equals(("thread", "id")))
        .and_where(Expr::col(("also", Column::Heading)).is_in(headings.iter().map(String::as_str)))
        .to_owned();
    probe::exists(there)
}

/// The same for headings with few threads.
pub(crate) fn is_among_few(headings: &[String], archived: bool) -> Expr {
    let there = Query::select()
        .column(Column::ThreadId)
        .from(Entity)
        .and_where(Column::Heading.is_in(headings.iter().map(String::as_str)))
        .and_where(Column::IsArchived.eq(archived))
        .to_owned();
    Expr::col(("thread", "id")).in_subquery(there)
}

/// Which threads a tally counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted {
    /// Only those that the public sees.
    pub public: bool,
    /// Only those that are archived, or only those that are not.
    pub archived: Option<bool>,
}

/// How many threads are listed under each of these headings. Headings without any are left out.
pub(crate) async fn tallies(
    rows: &DatabaseTransaction,
    headings: impl IntoIterator<Item = &str>,
    counted: Counted,
) -> Result<HashMap<String, i64>> {
    let mut select = tally::Entity::find()
        .filter(tally::Column::Heading.is_in(headings))
        .filter(tally::Column::Threads.gt(0));
    if counted.public {
        select = select.filter(tally::Column::IsPublic.eq(true));
    }
    if let Some(archived) = counted.archived {
        select = select.filter(tally::Column::IsArchived.eq(archived));
    }
    let mut tallies = HashMap::new();
    for row in select.all(rows).await? {
        *tallies.entry(row.heading).or_default() += row.threads;
    }
    Ok(tallies)
}

/// How many tallies there are, and those that differ from a new count: heading, stored, counted.
pub(crate) async fn wrong_tallies(
    rows: &DatabaseTransaction,
) -> Result<(usize, Vec<(String, i64, i64)>)> {
    let counted = tally::Model::find_by_statement(rows.get_database_backend().build(&count_all()));
    let mut found: BTreeMap<TallyKey, i64> = BTreeMap::new();
    for row in counted.all(rows).await? {
        found.insert((row.heading, row.is_public, row.is_archived), row.threads);
    }
    let mut kept: BTreeMap<TallyKey, i64> = BTreeMap::new();
    for row in tally::Entity::find().all(rows).await? {
        kept.insert((row.heading, row.is_public, row.is_archived), row.threads);
    }
    let keys: BTreeSet<&TallyKey> = found.keys().chain(kept.keys()).collect();
    let of = |all: &BTreeMap<TallyKey, i64>, key: &TallyKey| all.get(key).copied().unwrap_or(0);
    let wrong = keys.iter().filter_map(|key| {
        let (kept, found) = (of(&kept, key), of(&found, key));
        (kept != found).then(|| (key.0.clone(), kept, found))
    });
    Ok((keys.len(), wrong.collect()))
}
