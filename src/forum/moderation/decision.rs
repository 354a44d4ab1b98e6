//! Decisions: one act of moderation each, with its reason and what it was taken on.

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
use crate::base::language::Language;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::discussion::thread;
use crate::store::columns::named;

named!(
    /// What a decision does.
    Act {
        HidePost = "hide-post",
        RestorePost = "restore-post",
        EditPost = "edit-post",
        ErasePost = "erase-post",
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

/// What an act is taken on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Posts,
    Threads,
    People,
    /// A post or a thread, as it was reported or decided on.
    PostsOrThreads,
}

named!(
    /// In which office somebody decides.
    Office {
        /// Within the regions given to them.
        Moderator = "moderator",
        /// Everywhere.
        Secretariat = "secretariat",
    }
);

named!(
    /// Why, in a word; the explanation says it in full.
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
    /// Why something is undone or given back: of what was decided, not of what was written.
    pub const OF_UNDOING: [Reason; 3] = [Reason::Settled, Reason::Mistaken, Reason::Other];

    const OF_TEXTS: [Reason; 8] = [
        Reason::OffTopic,
        Reason::Disrespectful,
        Reason::Confidential,
        Reason::PersonalData,
        Reason::Unlawful,
        Reason::Advertising,
        Reason::Duplicate,
        Reason::Other,
    ];

    const OF_ERASING: [Reason; 4] = [
        Reason::Confidential,
        Reason::PersonalData,
        Reason::Unlawful,
        Reason::Other,
    ];

    const OF_THREADS: [Reason; 9] = [
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

    const OF_ORDER: [Reason; 5] = [
        Reason::OffTopic,
        Reason::Duplicate,
        Reason::Settled,
        Reason::Mistaken,
        Reason::Other,
    ];

    const OF_PINNING: [Reason; 2] = [Reason::Settled, Reason::Other];
}

impl Act {
    /// The reasons that it can have when it is taken; undoing has [`Reason::OF_UNDOING`], whatever the act.
    pub fn reasons(self) -> &'static [Reason] {
        match self {
            Act::HidePost
            | Act::EditPost
            | Act::RejectPost
            | Act::ReviewPerson
            | Act::WarnPerson
            | Act::MutePerson
            | Act::SuspendPerson => &Reason::OF_TEXTS,
            Act::ErasePost => &Reason::OF_ERASING,
            Act::LockThread | Act::ArchiveThread | Act::SlowThread | Act::ReviewThread => {
                &Reason::OF_THREADS
            }
            Act::SplitPosts | Act::MergeThreads => &Reason::OF_ORDER,
            Act::PinThread => &Reason::OF_PINNING,
            // What was reported for something stays, whether it is that or not.
            Act::ChangeThread | Act::DismissReports | Act::UpholdDecision => Reason::ALL,
            Act::RestorePost
            | Act::UnlockThread
            | Act::UnpinThread
            | Act::UnarchiveThread
            | Act::JoinPosts
            | Act::PartThreads
            | Act::TrustThread
            | Act::TrustPerson
            | Act::ApprovePost
            | Act::HoldPost
            | Act::WithdrawWarning
            | Act::ReinstatePerson
            | Act::ReopenReports => &Reason::OF_UNDOING,
        }
    }

    /// What it is taken on.
    pub fn on(self) -> On {
        match self {
            Act::HidePost
            | Act::RestorePost
            | Act::EditPost
            | Act::ErasePost
            | Act::SplitPosts
            | Act::JoinPosts
            | Act::ApprovePost
            | Act::RejectPost
            | Act::HoldPost => On::Posts,
            Act::LockThread
            | Act::UnlockThread
            | Act::PinThread
            | Act::UnpinThread
            | Act::ArchiveThread
            | Act::UnarchiveThread
            | Act::ChangeThread
            | Act::SlowThread
            | Act::MergeThreads
            | Act::PartThreads
            | Act::ReviewThread
            | Act::TrustThread => On::Threads,
            Act::ReviewPerson
            | Act::TrustPerson
            | Act::WarnPerson
            | Act::WithdrawWarning
            | Act::MutePerson
            | Act::SuspendPerson
            | Act::ReinstatePerson => On::People,
            Act::DismissReports | Act::ReopenReports | Act::UpholdDecision => On::PostsOrThreads,
        }
    }

    /// The act that undoes it; nothing when it cannot be undone.
    pub fn inverse(self) -> Option<Act> {
        match self {
            Act::HidePost => Some(Act::RestorePost),
            Act::RestorePost => Some(Act::HidePost),
            Act::EditPost => Some(Act::EditPost),
            Act::LockThread => Some(Act::UnlockThread),
            Act::UnlockThread => Some(Act::LockThread),
            Act::PinThread => Some(Act::UnpinThread),
            Act::UnpinThread => Some(Act::PinThread),
            Act::ArchiveThread => Some(Act::UnarchiveThread),
            Act::UnarchiveThread => Some(Act::ArchiveThread),
            Act::ChangeThread => Some(Act::ChangeThread),
            Act::SlowThread => Some(Act::SlowThread),
            Act::SplitPosts => Some(Act::JoinPosts),
            Act::JoinPosts => Some(Act::SplitPosts),
            Act::MergeThreads => Some(Act::PartThreads),
            Act::PartThreads => Some(Act::MergeThreads),
            Act::ReviewThread => Some(Act::TrustThread),
            Act::TrustThread => Some(Act::ReviewThread),
            Act::ReviewPerson => Some(Act::TrustPerson),
            Act::TrustPerson => Some(Act::ReviewPerson),
            Act::ApprovePost | Act::RejectPost => Some(Act::HoldPost),
            Act::HoldPost => Some(Act::ApprovePost),
            Act::WarnPerson => Some(Act::WithdrawWarning),
            Act::WithdrawWarning => Some(Act::WarnPerson),
            Act::MutePerson | Act::SuspendPerson => Some(Act::ReinstatePerson),
            Act::ReinstatePerson => Some(Act::MutePerson),
            Act::DismissReports => Some(Act::ReopenReports),
            Act::ReopenReports => Some(Act::DismissReports),
            Act::ErasePost | Act::UpholdDecision => None,
        }
    }

    /// Whether it is only taken to undo another.
    pub fn only_undoes(self) -> bool {
        matches!(
            self,
            Act::WithdrawWarning
                | Act::ReopenReports
                | Act::JoinPosts
                | Act::PartThreads
                | Act::HoldPost
        )
    }

    /// Whether it moves posts from one thread to another.
    pub fn moves(self) -> bool {
        matches!(
            self,
            Act::SplitPosts | Act::JoinPosts | Act::MergeThreads | Act::PartThreads
        )
    }

    /// Whether it ends the waiting of a text for approval.
    pub fn ends_review(self) -> bool {
        matches!(self, Act::ApprovePost | Act::RejectPost | Act::ErasePost)
    }

    /// Whether somebody else confirms it, whatever it is taken on.
    pub fn takes_two(self) -> bool {
        matches!(self, Act::ErasePost | Act::SuspendPerson)
    }

    /// What its targets were, and what it makes of them, as the ledger says it.
    pub fn turns(self) -> (&'static str, &'static str) {
        match self {
            Act::HidePost => ("shown", "hidden"),
            Act::RestorePost => ("hidden", "shown"),
            Act::EditPost => ("as written", "edited"),
            Act::ErasePost => ("kept", "erased"),
            Act::LockThread => ("open", "locked"),
            Act::UnlockThread => ("locked", "open"),
            Act::PinThread => ("in its place", "pinned"),
            Act::UnpinThread => ("pinned", "in its place"),
            Act::ArchiveThread => ("current", "archived"),
            Act::UnarchiveThread => ("archived", "current"),
            Act::ChangeThread => ("as it was", "changed"),
            Act::SlowThread => ("at its pace", "slowed"),
            Act::SplitPosts => ("in its thread", "in a new thread"),
            Act::JoinPosts => ("in a new thread", "in its thread"),
            Act::MergeThreads => ("apart", "merged"),
            Act::PartThreads => ("merged", "apart"),
            Act::ReviewThread | Act::ReviewPerson => ("free", "reviewed"),
            Act::TrustThread | Act::TrustPerson => ("reviewed", "free"),
            Act::ApprovePost => ("waiting", "shown"),
            Act::RejectPost => ("waiting", "rejected"),
            Act::HoldPost => ("reviewed", "waiting"),
            Act::WarnPerson => ("not warned", "warned"),
            Act::WithdrawWarning => ("warned", "not warned"),
            Act::MutePerson => ("free", "muted"),
            Act::SuspendPerson => ("free", "suspended"),
            Act::ReinstatePerson => ("restricted", "free"),
            Act::DismissReports => ("reported", "kept"),
            Act::ReopenReports => ("kept", "reported"),
            Act::UpholdDecision => ("appealed", "upheld"),
        }
    }
}

/// A decision's row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its place in the ledger.
    pub position: i64,
    pub act: Act,
    pub moderator_id: Uuid,
    pub office: Office,
    pub reason: Reason,
    /// The language of the explanation.
    pub language: Language,
    pub explanation: String,
    /// With the explanation it gives the commitment in the ledger.
    pub salt: String,
    /// Whether the explanation is kept from the public, because it would tell what was hidden.
    pub is_withheld: bool,
    pub undoes_id: Option<Uuid>,
    pub created_at: Moment,
    pub key: Uuid,
    /// Who confirmed it, where one person alone does not decide.
    pub second_id: Option<Uuid>,
    /// Until when it holds; nothing for good.
    pub until_at: Option<Moment>,
    /// The text that it gives to a post.
    pub body: Option<String>,
    /// The thread into which it moves posts.
    pub into_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Decision({})", self.id)
    }
}

/// What a decision was taken on.
pub mod target {
    use sea_orm::entity::prelude::*;
    use uuid::Uuid;

    /// A target's row: which decision held it before and after, and what else of it changed, as JSON.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "decision_target")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub decision_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub place: i32,
        /// Nothing for a person.
        pub thread_id: Option<Uuid>,
        pub post_id: Option<Uuid>,
        pub person_id: Option<Uuid>,
        pub before_id: Option<Uuid>,
        pub after_id: Option<Uuid>,
        pub before_facts: String,
        pub after_facts: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Model {
        /// The id of what was decided on.
        pub fn subject(&self) -> Uuid {
            let ids = [self.person_id, self.post_id, self.thread_id];
            ids.into_iter().flatten().next().unwrap_or_default()
        }
    }
}

/// These decisions. Everybody may know of every decision; what of it is told is the asker's matter.
pub async fn find_many(rows: &DatabaseTransaction, ids: &[Uuid]) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .all(rows)
        .await?)
}

/// The decision with this id.
pub async fn find(rows: &DatabaseTransaction, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(rows).await?)
}

/// The decision that undid this one.
pub async fn undoing(rows: &DatabaseTransaction, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find()
        .filter(Column::UndoesId.eq(id))
        .one(rows)
        .await?)
}

/// The latest decision on something, if there is one.
pub async fn latest_on(rows: &DatabaseTransaction, subject: Uuid) -> Result<Option<Model>> {
    Ok(history(rows, &[subject], 1).await?.pop())
}

/// The latest decisions on any of these posts, threads or people, the newest first.
pub async fn history(
    rows: &DatabaseTransaction,
    subjects: &[Uuid],
    most: u64,
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
        .limit(most)
        .all(rows)
        .await?)
}

/// Takes away the texts that decisions gave to a post, and what opens the commitments to them.
pub(crate) async fn forget_texts(rows: &DatabaseTransaction, post_id: Uuid) -> Result<()> {
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

/// The targets of these decisions, in their order, by decision.
pub async fn targets(
    rows: &DatabaseTransaction,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<target::Model>>> {
    let found = target::Entity::find()
        .filter(target::Column::DecisionId.is_in(ids.iter().copied()))
        .order_by_asc(target::Column::Place)
        .all(rows)
        .await?;
    let mut by_decision: HashMap<Uuid, Vec<target::Model>> = HashMap::new();
    for row in found {
        by_decision.entry(row.decision_id).or_default().push(row);
    }
    Ok(by_decision)
}

/// Those of these decisions whose explanation an audience reads: it was not withheld, was not on a person, and the
/// audience sees every thread that was decided on.
pub async fn explained_to(
    rows: &DatabaseTransaction,
    audience: Audience,
    decisions: &[Model],
) -> Result<HashSet<Uuid>> {
    let ids: Vec<Uuid> = decisions.iter().map(|decision| decision.id).collect();
    let targets = targets(rows, &ids).await?;
    let threads = |id: &Uuid| {
        let targets = targets.get(id).into_iter().flatten();
        targets.filter_map(|target| target.thread_id)
    };
    let all: Vec<Uuid> = ids.iter().flat_map(threads).collect();
    let seen: HashSet<Uuid> = thread::find_many(rows, audience, &all)
        .await?
        .into_iter()
        .map(|thread| thread.id)
        .collect();
    let told = decisions.iter().filter(|decision| {
        !decision.is_withheld
            && decision.act.on() != On::People
            && threads(&decision.id).all(|thread| seen.contains(&thread))
    });
    Ok(told.map(|decision| decision.id).collect())
}

/// All decisions, the newest first.
pub async fn list(rows: &DatabaseTransaction, window: &Window) -> Result<Page<Model>> {
    by_position(rows, Entity::find(), Column::Position, window, |row| {
        row.position
    })
    .await
}

/// A page of what stands in the ledger, the newest first.
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

/// Former decisions on posts go with them into another thread: who sees them there sees what was decided on them.
pub(crate) async fn follow(
    rows: &DatabaseTransaction,
    posts: &[Uuid],
    thread_id: Uuid,
    but: Uuid,
) -> Result<()> {
    Ok(target::Entity::update_many()
        .col_expr(target::Column::ThreadId, Expr::value(thread_id))
        .filter(target::Column::PostId.is_in(posts.iter().copied()))
        .filter(target::Column::DecisionId.ne(but))
        .exec(rows)
        .await
        .map(drop)?)
}
