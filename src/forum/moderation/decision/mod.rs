//! Decisions: each is one act of moderation with its reason and its targets.

pub mod target;

use std::collections::HashMap;
use std::collections::HashSet;

use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::QueryTrait;
use sea_orm::Select;
use sea_orm::entity::prelude::*;
use uuid::Uuid;

use crate::base::actor::Audience;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::base::language::Language;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::discussion::thread;
use crate::store::columns::padded;
use crate::store::columns::text_enum;

text_enum!(
    /// What a decision does.
    Act {
        HidePost = "hide-post",
        RestorePost = "restore-post",
        EditPost = "edit-post",
        ErasePost = "erase-post",
        AcceptAnswer = "accept-answer",
        WithdrawAnswer = "withdraw-answer",
        LockThread = "lock-thread",
        UnlockThread = "unlock-thread",
        PinThread = "pin-thread",
        UnpinThread = "unpin-thread",
        ArchiveThread = "archive-thread",
        UnarchiveThread = "unarchive-thread",
        ChangeThread = "change-thread",
        SlowThread = "slow-thread",
        SplitPosts = "split-posts",
        JoinPosts = "join-posts",
        MergeThreads = "merge-threads",
        PartThreads = "part-threads",
        ReviewThread = "review-thread",
        TrustThread = "trust-thread",
        ReviewPerson = "review-person",
        TrustPerson = "trust-person",
        ApprovePost = "approve-post",
        RejectPost = "reject-post",
        HoldPost = "hold-post",
        WarnPerson = "warn-person",
        WithdrawWarning = "withdraw-warning",
        MutePerson = "mute-person",
        SuspendPerson = "suspend-person",
        ReinstatePerson = "reinstate-person",
        DismissReports = "dismiss-reports",
        ReopenReports = "reopen-reports",
        UpholdDecision = "uphold-decision",
    }
);

text_enum!(
    /// The office in which a person decides.
    Office {
        /// A moderator, who decides within their assigned regions.
        Moderator = "moderator",
        /// The Secretariat, which decides everywhere.
        Secretariat = "secretariat",
    }
);

text_enum!(
    /// The reason as a keyword; the explanation gives it in full.
    Reason {
        OffTopic = "off-topic",
        Disrespectful = "disrespectful",
        Confidential = "confidential",
        PersonalData = "personal-data",
        Unlawful = "unlawful",
        Advertising = "advertising",
        Duplicate = "duplicate",
        Settled = "settled",
        Mistaken = "mistaken",
        Other = "other",
    }
);

impl Reason {
    /// Reasons for undoing or restoring: they are about the decision, not about the text.
    pub const OF_UNDOING: [Reason; 3] = [Reason::Settled, Reason::Mistaken, Reason::Other];

    pub const OF_TEXTS: [Reason; 8] = [
        Reason::OffTopic,
        Reason::Disrespectful,
        Reason::Confidential,
        Reason::PersonalData,
        Reason::Unlawful,
        Reason::Advertising,
        Reason::Duplicate,
        Reason::Other,
    ];

    pub const OF_ERASING: [Reason; 4] = [
        Reason::Confidential,
        Reason::PersonalData,
        Reason::Unlawful,
        Reason::Other,
    ];

    pub const OF_THREADS: [Reason; 9] = [
        Reason::OffTopic,
        Reason::Disrespectful,
        Reason::Confidential,
        Reason::PersonalData,
        Reason::Unlawful,
        Reason::Advertising,
        Reason::Duplicate,
        Reason::Settled,
        Reason::Other,
    ];

    pub const OF_ORDER: [Reason; 5] = [
        Reason::OffTopic,
        Reason::Duplicate,
        Reason::Settled,
        Reason::Mistaken,
        Reason::Other,
    ];

    pub const OF_ANSWERS: [Reason; 2] = [Reason::Settled, Reason::Other];

    pub const OF_PINNING: [Reason; 2] = [Reason::Settled, Reason::Other];
}

/// Why a decision is taken.
#[derive(Clone, Debug)]
pub struct Justification {
    pub reason: Reason,
    pub explanation: String,
    pub language: Language,
    /// Withhold the explanation from the public, because it would reveal what was hidden.
    pub withhold: bool,
}

/// A decision's row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its position in the ledger.
    pub position: i64,
    pub act: Act,
    pub moderator_id: PersonId,
    pub office: Office,
    pub reason: Reason,
    /// The language of the explanation.
    pub language: Language,
    pub explanation: String,
    /// Opens the commitment in the ledger, together with the explanation.
    pub salt: String,
    /// Whether the explanation is withheld from the public, because it would reveal what was hidden.
    pub is_withheld: bool,
    pub undoes_id: Option<Uuid>,
    pub created_at: Moment,
    pub key: Uuid,
    /// The person who confirmed it, where one person alone may not decide.
    pub second_id: Option<PersonId>,
    /// Until when it applies; `None` if permanent.
    pub until_at: Option<Moment>,
    /// The text that it gives to a post.
    pub body: Option<String>,
    /// The thread into which it moves posts.
    pub into_id: Option<ThreadId>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Decision({})", self.id)
    }
}

/// Finds these decisions. Every decision is known to everyone; how much of it is shown depends on the reader.
pub async fn find_many(rows: &DatabaseTransaction, ids: &[Uuid]) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::Id.is_in(padded(ids)))
        .all(rows)
        .await?)
}

/// Finds the decision with this id.
pub async fn find(rows: &DatabaseTransaction, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(rows).await?)
}

/// Finds the decision that undid this one.
pub async fn find_undo_of(rows: &DatabaseTransaction, id: Uuid) -> Result<Option<Model>> {
    Ok(undoing_any(rows, &[id]).await?.remove(&id))
}

/// Finds the decisions that undid these, by what they undid.
pub async fn undoing_any(rows: &DatabaseTransaction, ids: &[Uuid]) -> Result<HashMap<Uuid, Model>> {
    let found = Entity::find()
        .filter(Column::UndoesId.is_in(ids.iter().copied()))
        .all(rows)
        .await?;
    let by_undone = |row: Model| Some((row.undoes_id?, row));
    Ok(found.into_iter().filter_map(by_undone).collect())
}

/// The latest decision on something, if there is one.
pub async fn latest_on(rows: &DatabaseTransaction, subject: Uuid) -> Result<Option<Model>> {
    Ok(history(rows, &[subject], 1).await?.pop())
}

/// The latest decisions on any of these posts, threads or people, newest first.
pub async fn history(
    rows: &DatabaseTransaction,
    subjects: &[Uuid],
    max: u64,
) -> Result<Vec<Model>> {
    let ids = || subjects.iter().copied();
    let on = Condition::any()
        .add(target::Column::PostId.is_in(ids()))
        .add(target::Column::PersonId.is_in(ids()))
        .add(
            Condition::all()
                .add(target::Column::ThreadId.is_in(ids()))
                .add(target::Column::PostId.is_null()),
        );
    let decisions = target::Entity::find()
        .select_only()
        .column(target::Column::DecisionId)
        .filter(on);
    Ok(Entity::find()
        .filter(Column::Id.in_subquery(decisions.into_query()))
        .order_by_desc(Column::Position)
        .limit(max)
        .all(rows)
        .await?)
}

/// Removes the texts that decisions gave to a post, and the values that open the commitments to them.
pub(crate) async fn forget_texts(rows: &DatabaseTransaction, post_id: PostId) -> Result<()> {
    let decisions = target::Entity::find()
        .select_only()
        .column(target::Column::DecisionId)
        .filter(target::Column::PostId.eq(post_id));
    Ok(Entity::update_many()
        .col_expr(Column::Body, Expr::value(Option::<String>::None))
        .filter(Column::Id.in_subquery(decisions.into_query()))
        .exec(rows)
        .await
        .map(drop)?)
}

/// Those of these decisions whose explanation an audience may read: it was not withheld, the decision was not on a
/// person, and the audience sees every thread that was decided on.
pub async fn explained_to(
    rows: &DatabaseTransaction,
    audience: Audience,
    decisions: &[Model],
) -> Result<HashSet<Uuid>> {
    let ids: Vec<Uuid> = decisions.iter().map(|decision| decision.id).collect();
    let targets = target::of_decisions(rows, &ids).await?;
    let threads = |id: &Uuid| {
        let targets = targets.get(id).into_iter().flatten();
        targets.filter_map(|target| target.thread_id)
    };
    let all: Vec<ThreadId> = ids.iter().flat_map(threads).collect();
    let seen: HashSet<ThreadId> = thread::find_many(rows, audience, &all)
        .await?
        .into_iter()
        .map(|thread| thread.id)
        .collect();
    let on_person = |id: &Uuid| {
        let mut targets = targets.get(id).into_iter().flatten();
        targets.any(|target| target.person_id.is_some())
    };
    let explained = decisions.iter().filter(|decision| {
        !decision.is_withheld
            && !on_person(&decision.id)
            && threads(&decision.id).all(|thread| seen.contains(&thread))
    });
    Ok(explained.map(|decision| decision.id).collect())
}

/// Lists all decisions, newest first.
pub async fn list(rows: &DatabaseTransaction, window: &Window) -> Result<Page<Model>> {
    by_position(rows, Entity::find(), Column::Position, window, |row| {
        row.position
    })
    .await
}

/// A page of ledger items, newest first.
pub(crate) async fn by_position<E: EntityTrait>(
    rows: &DatabaseTransaction,
    all: Select<E>,
    column: E::Column,
    window: &Window,
    position: impl Fn(&E::Model) -> i64,
) -> Result<Page<E::Model>> {
    let place = |field, key: &Option<String>| {
        let Some(key) = key else {
            return Ok(None);
        };
        let position = key.parse::<i64>().map(Some);
        position.map_err(|_| Error::invalid(field, Fault::Malformed))
    };
    let mut found = all;
    if let Some(after) = place("after", &window.after)? {
        found = found.filter(column.lt(after));
    }
    if let Some(before) = place("before", &window.before)? {
        found = found.filter(column.gt(before));
    }
    found = if window.from_end {
        found.order_by_asc(column)
    } else {
        found.order_by_desc(column)
    };
    let found = found.limit(u64::from(window.size) + 1).all(rows).await?;
    let entries = found
        .into_iter()
        .map(|row| (position(&row).to_string(), row))
        .collect();
    Ok(Page::of_rows(entries, window))
}
