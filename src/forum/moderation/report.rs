//! Reports: what a person objects to in a post or thread.

use std::collections::HashMap;
use std::collections::HashSet;
use std::time::Duration;

use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::QueryTrait;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::SelectStatement;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id;
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::base::language::Language;
use crate::base::limit;
use crate::forum::Forum;
use crate::forum::cases::case;
use crate::forum::cases::subject::Columns;
use crate::forum::cases::subject::Subject;
use crate::forum::discussion::post;
use crate::forum::discussion::thread;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::policy;
use crate::store::tx::Tx;

const HOUR: Duration = Duration::from_secs(3_600);

/// A report's row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub case_id: Uuid,
    /// The post or thread that was reported.
    pub subject_id: Uuid,
    pub reporter_id: PersonId,
    pub reason: Reason,
    pub note: String,
    /// The language of the note.
    pub language: Language,
    pub created_at: Moment,
    pub key: Uuid,
    /// The title of a reported thread as it was at that time.
    pub title: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Report({})", self.id)
    }
}

/// A report to submit.
#[derive(Clone, Debug)]
pub struct ReportRequest {
    /// Idempotency key made by the client: sending it twice returns the same report twice.
    pub key: Uuid,
    /// A post or a thread.
    pub subject: Subject,
    pub reason: Reason,
    /// What is wrong, in the reporter's words; may be empty.
    pub note: String,
    pub language: Language,
}

/// Reports a post or thread. Refuses visitors; what the reporter does not see; a post whose text is not shown, unless a
/// report of it is waiting; a second report of the same by the same person; a reason that is not configured; a long
/// note; too many in an hour.
pub async fn report(forum: &Forum, actor: &Actor, new: ReportRequest) -> Result<Model> {
    let max = forum.limits.explanation_length;
    let note = limit::optional_text("note", Some(&new.note), max)?.unwrap_or_default();
    if !forum
        .limits
        .report_reasons()
        .any(|name| name == new.reason.as_str())
    {
        return Err(Error::invalid("reason", Fault::Unknown));
    }
    let tx = forum.store.begin_serialized(actor).await?;
    let reporter = actor
        .person_id()
        .ok_or(Error::Denied(Refusal::SignInRequired))?;
    if let Some(earlier) = with_key(tx.rows(), reporter, new.key).await? {
        return if earlier.subject_id == new.subject.id() && earlier.note == note {
            Ok(earlier)
        } else {
            Err(Error::invalid("key", Fault::KeyReused))
        };
    }
    let found = find_subject(&tx, new.subject).await?;
    let has_reported = !reported_by(tx.rows(), reporter, &[new.subject.id()])
        .await?
        .is_empty();
    policy::report(actor, has_reported).map_err(Error::Denied)?;
    if let Some(refusal) = found.not_shown {
        return Err(Error::Denied(refusal));
    }
    enforce_rate_limit(forum, &tx, reporter).await?;
    let new_case = case::NewCase::report(new.subject, found.at);
    let case = case::open(&tx, new_case).await?;
    let report = Model {
        id: id::new(),
        case_id: case.id,
        subject_id: new.subject.id(),
        reporter_id: reporter,
        reason: new.reason,
        note,
        language: new.language,
        created_at: tx.now(),
        key: new.key,
        title: found.title,
    };
    Entity::insert(report.clone().into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    tx.commit(Event::CaseChanged { case: case.id }).await?;
    Ok(report)
}

/// The post or thread to report.
struct ReportedSubject {
    at: Columns,
    /// The title of a thread.
    title: Option<String>,
    /// Why nothing of it is shown that could be reported, if so.
    not_shown: Option<Refusal>,
}

async fn find_subject(tx: &Tx, subject: Subject) -> Result<ReportedSubject> {
    let (rows, audience) = (tx.rows(), tx.actor().audience());
    match subject {
        Subject::Thread(id) => {
            let found = thread::find(rows, audience, id).await?;
            Ok(ReportedSubject {
                at: Columns::of_thread(id),
                title: Some(found.title),
                not_shown: found.merged_into.map(|_| Refusal::ThreadMerged),
            })
        }
        Subject::Post(id) => {
            let found = post::find_many(rows, audience, &[id]).await?.pop();
            let found = found.ok_or(Error::NotFound)?;
            let waiting = case::find_open(rows, case::Kind::Report, &[id.0]).await?;
            Ok(ReportedSubject {
                at: Columns::of_post(id, found.thread_id),
                title: None,
                not_shown: not_reportable(&found, !waiting.is_empty()),
            })
        }
        // People cannot be reported, only what they write.
        Subject::Person(_) => Err(Error::NotFound),
    }
}

/// Forgets the titles under which a thread was reported.
pub(crate) async fn forget_titles(tx: &Tx, thread_id: ThreadId) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Title, Expr::value(None::<String>))
        .filter(Column::SubjectId.eq(thread_id))
        .exec(tx.rows())
        .await?;
    Ok(())
}

/// Why a post shows nothing that could be reported, if so. A post that was reported before its author withdrew it can
/// still be reported.
pub fn not_reportable(post: &post::Model, is_reported: bool) -> Option<Refusal> {
    let state = post.shown_as();
    if state == post::State::Withdrawn && is_reported {
        return None;
    }
    state.refusal()
}

async fn with_key(
    rows: &DatabaseTransaction,
    reporter: PersonId,
    key: Uuid,
) -> Result<Option<Model>> {
    Ok(Entity::find()
        .filter(Column::ReporterId.eq(reporter))
        .filter(Column::Key.eq(key))
        .one(rows)
        .await?)
}

async fn enforce_rate_limit(forum: &Forum, tx: &Tx, reporter: PersonId) -> Result<()> {
    let count = Entity::find()
        .filter(Column::ReporterId.eq(reporter))
        .filter(Column::CreatedAt.gt(tx.now().minus(HOUR)))
        .count(tx.rows())
        .await?;
    if count < u64::from(forum.limits.reports_per_hour) {
        return Ok(());
    }
    Err(Error::TooMany {
        retry_at: tx.now().plus(HOUR),
    })
}

/// Those of these posts or threads that a person has reported.
pub(crate) async fn reported_by(
    rows: &DatabaseTransaction,
    person: PersonId,
    ids: &[Uuid],
) -> Result<HashSet<Uuid>> {
    let found: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::SubjectId)
        .filter(Column::ReporterId.eq(person))
        .filter(Column::SubjectId.is_in(ids.iter().copied()))
        .into_tuple()
        .all(rows)
        .await?;
    Ok(found.into_iter().collect())
}

/// What a person has reported.
pub(crate) fn subjects_reported_by(person: PersonId) -> SelectStatement {
    Entity::find()
        .select_only()
        .column(Column::SubjectId)
        .filter(Column::ReporterId.eq(person))
        .into_query()
}

/// The actor's own reports of these posts or threads, by what was reported.
pub async fn own(
    rows: &DatabaseTransaction,
    actor: &Actor,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Model>> {
    let Some(person) = actor.person_id() else {
        return Ok(HashMap::new());
    };
    let found = Entity::find()
        .filter(Column::ReporterId.eq(person))
        .filter(Column::SubjectId.is_in(ids.iter().copied()))
        .all(rows)
        .await?;
    Ok(found.into_iter().map(|row| (row.subject_id, row)).collect())
}

/// Finds the actor's own report with this id.
pub async fn find_own(
    rows: &DatabaseTransaction,
    actor: &Actor,
    id: Uuid,
) -> Result<Option<Model>> {
    let found = find(rows, id).await?;
    Ok(found.filter(|row| actor.person_id() == Some(row.reporter_id)))
}

/// The reports of a case, oldest first. The caller has already checked that the case may be seen.
pub async fn of_case(rows: &DatabaseTransaction, case_id: Uuid) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::CaseId.eq(case_id))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(rows)
        .await?)
}

/// The outcome of the actor's own report: its case, once resolved.
pub async fn outcome(rows: &DatabaseTransaction, report: &Model) -> Result<Option<case::Model>> {
    let found = case::Entity::find_by_id(report.case_id).one(rows).await?;
    Ok(found.filter(|case| case.state == case::State::Resolved))
}

/// Finds the report with this id; the caller checks who may see it.
pub async fn find(rows: &DatabaseTransaction, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(rows).await?)
}

/// Removes the notes that reporters wrote about a post.
pub(crate) async fn forget_notes(rows: &DatabaseTransaction, post_id: PostId) -> Result<()> {
    Ok(Entity::update_many()
        .col_expr(Column::Note, Expr::value(""))
        .filter(Column::SubjectId.eq(post_id))
        .exec(rows)
        .await
        .map(drop)?)
}
