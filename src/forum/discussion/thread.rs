//! Threads. Loading a thread requires an audience: threads that the audience may not see are not found.

use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use uuid::Uuid;

use crate::base::actor::Audience;
use crate::base::actor::Capacity;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::base::language::Language;
use crate::store::columns::padded;
use crate::store::columns::text_column;
use crate::store::columns::text_enum;

/// The kind of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Experience,
    Practice,
    Question,
    Proposal,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 4] = [
        Kind::Experience,
        Kind::Practice,
        Kind::Question,
        Kind::Proposal,
    ];

    /// The text that the database stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Experience => "experience",
            Kind::Practice => "practice",
            Kind::Question => "question",
            Kind::Proposal => "proposal",
        }
    }

    /// Parses a name that [`Kind::as_str`] returns.
    pub fn parse(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Who may see a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Visibility {
    Public,
    Members,
}

impl Visibility {
    /// The text that the database stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Visibility::Public => "public",
            Visibility::Members => "members",
        }
    }

    /// Whether an audience sees threads of this visibility. Everything that shows, counts or sends threads calls this, or
    /// [`visible`], which is the same rule as a database condition.
    pub fn is_seen_by(self, audience: Audience) -> bool {
        match self {
            Visibility::Public => true,
            Visibility::Members => audience == Audience::Members,
        }
    }

    /// Parses a name that [`Visibility::as_str`] returns.
    pub fn parse(name: &str) -> Option<Visibility> {
        [Visibility::Public, Visibility::Members]
            .into_iter()
            .find(|visibility| visibility.as_str() == name)
    }
}

text_enum!(
    /// The state of a text that needs approval before others can read it.
    Review {
        Waiting = "waiting",
        Rejected = "rejected",
    }
);

text_column!(Kind, Kind::as_str, Kind::parse);
text_column!(Visibility, Visibility::as_str, Visibility::parse);

/// A thread's row. Author, delegation and capacity are those of its opening text.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "thread")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ThreadId,
    pub title: String,
    pub kind: Kind,
    pub language: Language,
    pub visibility: Visibility,
    pub author_id: PersonId,
    pub delegation_id: Option<String>,
    pub capacity: Capacity,
    pub created_at: Moment,
    /// When the latest shown post was written.
    pub last_activity_at: Moment,
    /// The number of the newest post; numbers have no gaps.
    pub last_number: i32,
    pub key: Uuid,
    /// The decision that locks it.
    pub locked_by: Option<Uuid>,
    /// The decision that pins it, and until when.
    pub pinned_by: Option<Uuid>,
    pub pinned_until: Option<Moment>,
    /// The decision that hides it from lists.
    pub archived_by: Option<Uuid>,
    /// The last decision that changed its title, kind, visibility or tags.
    pub changed_by: Option<Uuid>,
    /// The decision that limits each person to one reply in a number of seconds.
    pub slowed_by: Option<Uuid>,
    pub slow_seconds: Option<i32>,
    /// The decision that makes replies wait for approval.
    pub reviewed_by: Option<Uuid>,
    /// Whether its opening text waits for approval or was rejected; in both cases its title is not shown either.
    pub review: Option<Review>,
    /// The thread into which its posts were moved, and the decision that moved them.
    pub merged_into: Option<ThreadId>,
    pub merged_by: Option<Uuid>,
    /// The highest number that a post has ever had in it, if higher than [`Model::last_number`].
    pub taken_number: Option<i32>,
    /// When its author last changed its title, kind, visibility or tags.
    pub changed_at: Option<Moment>,
    /// The number of the latest shown post; 0 while there is none.
    pub last_shown: i32,
    /// The post that is marked as the answer, and the decision that marked it, if it was not the person who asked. Whether it
    /// is the answer also depends on the thread and the post: see `answer.rs`.
    pub answer_id: Option<PostId>,
    pub answer_by: Option<Uuid>,
}

impl Model {
    /// Whether it is pinned at that time.
    pub fn is_pinned(&self, now: Moment) -> bool {
        self.pinned_by.is_some() && self.pinned_until.is_none_or(|until| now < until)
    }

    /// The number of the last post for its readers; while no post is shown, the number of one that is not shown.
    pub fn latest_number(&self) -> i32 {
        // A thread that all posts have left still had numbers.
        let numbers = [self.last_shown, self.last_number];
        let latest = numbers.into_iter().find(|number| *number > 0);
        latest.or(self.taken_number).unwrap_or(0)
    }

    /// The number of the next post. No number is assigned twice, even after its post has moved away.
    pub fn next_number(&self) -> i32 {
        self.last_number.max(self.taken_number.unwrap_or(0)) + 1
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The threads that an audience sees, as a condition on the thread's row.
pub fn visible(audience: Audience) -> Condition {
    match audience {
        Audience::Members => Condition::all(),
        Audience::Public => Condition::all().add(Column::Visibility.eq(Visibility::Public)),
    }
}

/// The threads that are listed and counted: those that the audience sees, except those whose opening text waits for
/// approval or was rejected, and those whose posts were moved into another thread.
pub fn listed(audience: Audience) -> Condition {
    visible(audience)
        .add(Column::Review.is_null())
        .add(Column::MergedInto.is_null())
}

/// Those of these threads that the audience sees.
pub async fn find_many(
    rows: &DatabaseTransaction,
    audience: Audience,
    ids: &[ThreadId],
) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::Id.is_in(padded(ids)))
        .filter(visible(audience))
        .all(rows)
        .await?)
}

/// Finds the thread with this id, or returns not found.
pub async fn find(rows: &DatabaseTransaction, audience: Audience, id: ThreadId) -> Result<Model> {
    find_many(rows, audience, &[id])
        .await?
        .pop()
        .ok_or(Error::NotFound)
}

/// Corrects the language of a thread.
pub(crate) async fn set_language(
    rows: &DatabaseTransaction,
    id: ThreadId,
    language: Language,
) -> Result<()> {
    Ok(Entity::update_many()
        .col_expr(Column::Language, Expr::value(language))
        .filter(Column::Id.eq(id))
        .exec(rows)
        .await
        .map(drop)?)
}

/// The same, and locks it until the current change ends.
pub(crate) async fn find_to_change(
    rows: &DatabaseTransaction,
    audience: Audience,
    id: ThreadId,
) -> Result<Model> {
    Entity::find_by_id(id)
        .filter(visible(audience))
        .lock_exclusive()
        .one(rows)
        .await?
        .ok_or(Error::NotFound)
}
