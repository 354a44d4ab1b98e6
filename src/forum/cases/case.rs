//! Cases: what is waiting for a decision. All reports of one post or thread form one case. A text that waits for
//! approval and an appeal each have a case of their own. Moderation determines who sees cases and what results from
//! them.

use std::collections::HashMap;

use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::forum::cases::subject::Columns;
use crate::forum::cases::subject::Subject;
use crate::store::columns::text_enum;
use crate::store::tx::Tx;

text_enum!(
    /// What a case is about.
    Kind {
        /// Reports of a post or thread.
        Report = "report",
        /// A text that waits for approval.
        Approval = "approval",
        /// An appeal against a decision.
        Appeal = "appeal",
    }
);

text_enum!(
    /// The state of a case.
    State {
        Open = "open",
        Resolved = "resolved",
    }
);

/// A case's row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "moderation_case")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: Kind,
    /// The post or thread that was reported, or the decision that was appealed.
    pub subject_id: Uuid,
    pub thread_id: Option<ThreadId>,
    pub post_id: Option<PostId>,
    pub person_id: Option<PersonId>,
    pub appealed_id: Option<Uuid>,
    pub state: State,
    pub opened_at: Moment,
    /// When it passes to the Secretariat.
    pub due_at: Option<Moment>,
    pub holder_id: Option<PersonId>,
    pub held_since: Option<Moment>,
    pub resolved_at: Option<Moment>,
    /// The decision that resolved it.
    pub decision_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The post, thread or person that it is about; of an appeal, that of the decision.
    pub fn subject(&self) -> Option<Subject> {
        let columns = Columns {
            thread_id: self.thread_id,
            post_id: self.post_id,
            person_id: self.person_id,
        };
        columns.subject()
    }
}

/// What a case is opened about.
pub(crate) struct NewCase {
    kind: Kind,
    subject_id: Uuid,
    at: Columns,
    appealed_id: Option<Uuid>,
    due_at: Option<Moment>,
}

impl NewCase {
    /// A post that waits for approval, in its thread.
    pub fn approval(post_id: PostId, thread_id: ThreadId) -> NewCase {
        NewCase {
            kind: Kind::Approval,
            subject_id: post_id.0,
            at: Columns::of_post(post_id, thread_id),
            appealed_id: None,
            due_at: None,
        }
    }

    /// What was reported.
    pub fn report(subject: Subject, at: Columns) -> NewCase {
        NewCase {
            kind: Kind::Report,
            subject_id: subject.id(),
            at,
            appealed_id: None,
            due_at: None,
        }
    }

    /// A decision that was appealed, on this subject.
    pub fn appeal(decision_id: Uuid, at: Columns, due_at: Moment) -> NewCase {
        NewCase {
            kind: Kind::Appeal,
            subject_id: decision_id,
            at,
            appealed_id: Some(decision_id),
            due_at: Some(due_at),
        }
    }
}

/// Returns the open case about this, or opens one if there is none.
pub(crate) async fn open(tx: &Tx, new_case: NewCase) -> Result<Model> {
    let found = Entity::find()
        .filter(Column::SubjectId.eq(new_case.subject_id))
        .filter(Column::Kind.eq(new_case.kind))
        .filter(Column::State.eq(State::Open))
        .one(tx.rows())
        .await?;
    if let Some(found) = found {
        return Ok(found);
    }
    let new = Model {
        id: id::new(),
        kind: new_case.kind,
        subject_id: new_case.subject_id,
        thread_id: new_case.at.thread_id,
        post_id: new_case.at.post_id,
        person_id: new_case.at.person_id,
        appealed_id: new_case.appealed_id,
        state: State::Open,
        opened_at: tx.now(),
        due_at: new_case.due_at,
        holder_id: None,
        held_since: None,
        resolved_at: None,
        decision_id: None,
    };
    Entity::insert(new.clone().into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    Ok(new)
}

/// What waits for a decision about something, from the point of view of a person who decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PendingCases {
    /// Whether a report of it is waiting.
    pub is_reported: bool,
    /// Whether another person works on that report.
    pub is_report_claimed: bool,
    /// Whether another person works on its approval.
    pub is_approval_claimed: bool,
}

/// What is waiting about each of these. Those about which nothing is waiting are left out.
pub async fn pending(
    rows: &DatabaseTransaction,
    person: PersonId,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, PendingCases>> {
    let found = Entity::find()
        .filter(Column::SubjectId.is_in(ids.iter().copied()))
        .filter(Column::State.eq(State::Open))
        .all(rows)
        .await?;
    let mut all: HashMap<Uuid, PendingCases> = HashMap::new();
    for case in found {
        let pending = all.entry(case.subject_id).or_default();
        let is_claimed = case.holder_id.is_some_and(|holder| holder != person);
        match case.kind {
            Kind::Report => {
                pending.is_reported = true;
                pending.is_report_claimed |= is_claimed;
            }
            Kind::Approval => pending.is_approval_claimed |= is_claimed,
            Kind::Appeal => {}
        }
    }
    Ok(all)
}

/// The open cases of a kind about these.
pub(crate) async fn find_open(
    rows: &DatabaseTransaction,
    kind: Kind,
    ids: &[Uuid],
) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::SubjectId.is_in(ids.iter().copied()))
        .filter(Column::Kind.eq(kind))
        .filter(Column::State.eq(State::Open))
        .all(rows)
        .await?)
}

/// Closes a case with a decision, or because nothing is left to decide.
pub(crate) async fn resolve(tx: &Tx, case: Model, decision_id: Option<Uuid>) -> Result<()> {
    let mut change = case.into_active_model();
    change.state = Set(State::Resolved);
    change.resolved_at = Set(Some(tx.now()));
    change.decision_id = Set(decision_id);
    Ok(change.update(tx.rows()).await.map(drop)?)
}

/// Reopens what a decision had resolved, unless it has been reported again since. Returns the ids.
pub(crate) async fn reopen(tx: &Tx, decision_id: Uuid) -> Result<Vec<Uuid>> {
    let resolved = Entity::find()
        .filter(Column::DecisionId.eq(decision_id))
        .filter(Column::Kind.ne(Kind::Appeal))
        .all(tx.rows())
        .await?;
    let mut opened = Vec::new();
    for case in resolved {
        let newer = find_open(tx.rows(), case.kind, &[case.subject_id]).await?;
        if !newer.is_empty() {
            continue;
        }
        opened.push(case.id);
        let mut change = case.into_active_model();
        change.state = Set(State::Open);
        change.resolved_at = Set(None);
        change.decision_id = Set(None);
        change.update(tx.rows()).await?;
    }
    Ok(opened)
}

/// Moves cases about posts along with them to another thread.
pub(crate) async fn move_to_thread(tx: &Tx, posts: &[PostId], thread_id: ThreadId) -> Result<()> {
    Ok(Entity::update_many()
        .col_expr(Column::ThreadId, Expr::value(thread_id))
        .filter(Column::PostId.is_in(posts.iter().copied()))
        .exec(tx.rows())
        .await
        .map(drop)?)
}
