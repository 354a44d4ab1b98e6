//! The queue: which cases an actor sees, and in which order they are listed.

use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::QueryFilter;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::cases::case::Column;
use crate::forum::cases::case::Entity;
use crate::forum::cases::case::Kind;
use crate::forum::cases::case::Model;
use crate::forum::cases::case::State;
use crate::forum::cases::subject::Subject;
use crate::forum::discussion::post;
use crate::forum::discussion::tag;
use crate::forum::discussion::text;
use crate::forum::discussion::thread;
use crate::forum::moderation::decision::Office;
use crate::forum::moderation::policy;
use crate::forum::moderation::report;
use crate::forum::moderation::scope;
use crate::forum::vocabulary::concept;
use crate::forum::vocabulary::concept::Scheme;
use crate::store::keyset::Keyset;
use crate::store::probe;
use crate::store::tx::Tx;

/// The cases that an actor sees: those on which they could decide. `None` for an actor who decides on nothing.
fn visible_to(actor: &Actor, now: Moment) -> Option<Condition> {
    let office = policy::office(actor, now).ok()?;
    let me = actor.person_id()?;
    let delegations: Vec<String> = actor
        .current_mandates(now)
        .map(|mandate| mandate.delegation_id.clone())
        .collect();
    let own_threads = Query::select()
        .expr(Expr::value(1))
        .from(thread::Entity)
        .and_where(
            Expr::col((thread::Entity, thread::Column::Id)).equals((Entity, Column::ThreadId)),
        )
        .cond_where(
            Condition::any()
                .add(thread::Column::AuthorId.eq(me))
                .add(thread::Column::DelegationId.is_in(delegations.clone())),
        )
        .to_owned();
    let own_posts = Query::select()
        .column((post::Entity, post::Column::Id))
        .from(post::Entity)
        .and_where(Expr::col((post::Entity, post::Column::Id)).equals((Entity, Column::PostId)))
        .cond_where(
            Condition::any()
                .add(post::Column::AuthorId.eq(me))
                .add(post::Column::DelegationId.is_in(delegations)),
        )
        .to_owned();
    let not_own = Condition::all()
        .add(probe::exists(own_threads).not())
        .add(probe::exists(own_posts).not())
        .add(
            Condition::any()
                .add(Column::PersonId.is_null())
                .add(Column::PersonId.ne(me)),
        )
        .add(Column::SubjectId.not_in_subquery(report::subjects_reported_by(me)));
    Some(match office {
        Office::Secretariat => not_own,
        Office::Moderator => not_own.add(scope::covers_thread(me, (Entity, Column::ThreadId))),
    })
}

/// Finds those of these cases that the actor sees.
pub async fn find_many(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    ids: &[Uuid],
) -> Result<Vec<Model>> {
    let Some(visible) = visible_to(actor, now) else {
        return Ok(Vec::new());
    };
    Ok(Entity::find()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(visible)
        .all(rows)
        .await?)
}

/// Whether the actor could decide on what is waiting about a post that its author has withdrawn. Until that is closed,
/// they may read what was reported, or decided on and appealed.
pub async fn reads_withdrawn(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    post: &post::Model,
) -> Result<bool> {
    let Some(visible) = visible_to(actor, now) else {
        return Ok(false);
    };
    if post.shown_as() != post::State::Withdrawn {
        return Ok(false);
    }
    Ok(Entity::find()
        .filter(open_cases_on(post))
        .filter(visible)
        .one(rows)
        .await
        .map(|case| case.is_some())?)
}

/// The open cases that decide on the text of a post; for a thread, on its opening text.
fn open_cases_on(post: &post::Model) -> Condition {
    let mut subject = Condition::any().add(Column::PostId.eq(post.id));
    if post.number == 1 {
        subject = subject.add(Column::SubjectId.eq(post.thread_id));
    }
    Condition::all()
        .add(Column::State.eq(State::Open))
        .add(Column::Kind.ne(Kind::Approval))
        .add(subject)
}

/// What was reported, as it was at that time.
#[derive(Clone, Debug, Default)]
pub struct ReportedContent {
    /// The title of a thread.
    pub title: Option<String>,
    /// The text of the post, or of a thread's opening post, in Markdown.
    pub body: Option<String>,
}

/// What was reported, as it was at that time: for those who could decide on the case, while it is open and no decision
/// has removed the text; empty for others.
pub async fn reported(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    report: &report::Model,
) -> Result<ReportedContent> {
    let case = find_many(rows, actor, now, &[report.case_id]).await?.pop();
    let Some(case) = case.filter(|case| case.state == State::Open) else {
        return Ok(ReportedContent::default());
    };
    let (audience, at) = (actor.audience(), report.created_at);
    let post = match case.subject() {
        Some(Subject::Post(post)) => post::find_many(rows, audience, &[post]).await?.pop(),
        Some(Subject::Thread(thread)) => post::numbered(rows, audience, &[(thread, 1, 1)])
            .await?
            .pop(),
        Some(Subject::Person(_)) | None => None,
    };
    let Some(post) = post.filter(|post| post.erased_by.is_none()) else {
        return Ok(ReportedContent::default());
    };
    let text = text::at(rows, text::permitted(&post), at).await?;
    Ok(ReportedContent {
        title: report.title.clone(),
        body: text.map(text::Revision::into_body),
    })
}

/// Finds the case with this id, or returns not found, and locks it until the current change ends.
pub(crate) async fn find_to_change(tx: &Tx, id: Uuid) -> Result<Model> {
    let visible = visible_to(tx.actor(), tx.now()).ok_or(Error::NotFound)?;
    Entity::find_by_id(id)
        .filter(visible)
        .lock_exclusive()
        .one(tx.rows())
        .await?
        .ok_or(Error::NotFound)
}

/// Who has claimed a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimedBy {
    ByMe,
    ByNobody,
}

/// Which cases to list; empty fields do not filter.
#[derive(Clone, Debug)]
pub struct Filter {
    pub state: State,
    pub kinds: Vec<Kind>,
    pub held: Option<ClaimedBy>,
    /// Only cases opened before this time.
    pub opened_before: Option<Moment>,
    pub tools: Vec<String>,
    pub methods: Vec<String>,
    pub regions: Vec<String>,
    pub thread_kinds: Vec<thread::Kind>,
}

/// Maximum number of concepts in one filter.
const MAX_CONCEPTS: usize = 50;

/// A page of the cases that the actor sees: open cases with the longest waiting first, resolved cases with the newest
/// first.
pub async fn list(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    filter: &Filter,
    window: &Window,
) -> Result<Page<Model>> {
    let Some(condition) = condition(rows, actor, now, filter).await? else {
        return Ok(Page::of_rows(Vec::new(), window));
    };
    let keyset = Keyset {
        first: Column::OpenedAt,
        second: Column::Id,
        descending: filter.state == State::Resolved,
    };
    let key = |row: &Model| (row.opened_at, row.id);
    keyset
        .page(rows, Entity::find().filter(condition), window, key)
        .await
}

/// Counts the cases that the actor sees and the filter matches.
pub async fn count(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    filter: &Filter,
) -> Result<u64> {
    match condition(rows, actor, now, filter).await? {
        None => Ok(0),
        Some(condition) => Entity::find()
            .filter(condition)
            .count(rows)
            .await
            .map_err(Error::from),
    }
}

async fn condition(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    filter: &Filter,
) -> Result<Option<Condition>> {
    let facets = [
        ("filter.tools", Scheme::Tool, &filter.tools),
        ("filter.methods", Scheme::Method, &filter.methods),
        ("filter.regions", Scheme::Region, &filter.regions),
    ];
    let Some(mut all) = visible_to(actor, now) else {
        return Ok(None);
    };
    all = all.add(Column::State.eq(filter.state));
    for (field, scheme, ids) in facets {
        if ids.len() > MAX_CONCEPTS {
            return Err(Error::invalid(field, Fault::TooMany { max: MAX_CONCEPTS }));
        }
        if !ids.is_empty() {
            let concepts = concept::require(rows, field, scheme, ids).await?;
            all = all.add(tag::is_under((Entity, Column::ThreadId), &concepts));
        }
    }
    if !filter.kinds.is_empty() {
        all = all.add(Column::Kind.is_in(filter.kinds.iter().copied()));
    }
    if !filter.thread_kinds.is_empty() {
        let threads = Query::select()
            .expr(Expr::value(1))
            .from(thread::Entity)
            .and_where(
                Expr::col((thread::Entity, thread::Column::Id)).equals((Entity, Column::ThreadId)),
            )
            .and_where(thread::Column::Kind.is_in(filter.thread_kinds.iter().copied()))
            .to_owned();
        all = all.add(probe::exists(threads));
    }
    if let Some(before) = filter.opened_before {
        all = all.add(Column::OpenedAt.lt(before));
    }
    match filter.held {
        Some(ClaimedBy::ByMe) => all = all.add(Column::HolderId.eq(actor.person_id())),
        Some(ClaimedBy::ByNobody) => all = all.add(Column::HolderId.is_null()),
        None => {}
    }
    Ok(Some(all))
}
