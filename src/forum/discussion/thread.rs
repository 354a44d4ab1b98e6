//! Threads. Loading one says who asks: what that one may not see is not there.

use sea_orm::ColumnTrait;
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
use crate::base::language::Language;
use crate::forum::discussion::policy;
use crate::store::columns::named;
use crate::store::columns::text_column;

/// What a thread is for.
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

    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Experience => "experience",
            Kind::Practice => "practice",
            Kind::Question => "question",
            Kind::Proposal => "proposal",
        }
    }

    /// Reads [`Kind::name`].
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Who sees a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Visibility {
    Public,
    Members,
}

impl Visibility {
    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Visibility::Public => "public",
            Visibility::Members => "members",
        }
    }

    /// Reads [`Visibility::name`].
    pub fn from_name(name: &str) -> Option<Visibility> {
        [Visibility::Public, Visibility::Members]
            .into_iter()
            .find(|visibility| visibility.name() == name)
    }
}

named!(
    /// Where a text stands that needs approval before others read it.
    Review {
        Waiting = "waiting",
        Rejected = "rejected",
    }
);

text_column!(Kind, Kind::name, Kind::from_name);
text_column!(Visibility, Visibility::name, Visibility::from_name);

/// A thread's row. Author, delegation and capacity are those of its opening text.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "thread")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub title: String,
    pub kind: Kind,
    pub language: Language,
    pub visibility: Visibility,
    pub author_id: Uuid,
    pub delegation_id: Option<String>,
    pub capacity: Capacity,
    pub created_at: Moment,
    /// When the latest post that is shown was written.
    pub last_activity_at: Moment,
    /// The number of the newest post; numbers have no holes.
    pub last_number: i32,
    pub key: Uuid,
    /// The decision that locks it.
    pub locked_by: Option<Uuid>,
    /// The decision that shows it before others, and until when.
    pub pinned_by: Option<Uuid>,
    pub pinned_until: Option<Moment>,
    /// The decision that takes it out of the lists.
    pub archived_by: Option<Uuid>,
    /// The last decision that changed its title, kind, visibility or tags.
    pub changed_by: Option<Uuid>,
    /// The decision by which each may reply once in so many seconds.
    pub slowed_by: Option<Uuid>,
    pub slow_seconds: Option<i32>,
    /// The decision by which replies wait for approval.
    pub reviewed_by: Option<Uuid>,
    /// Whether its opening text waits for approval, or was rejected; then its title is not shown either.
    pub review: Option<Review>,
    /// The thread into which its posts went, and by which decision.
    pub merged_into: Option<Uuid>,
    pub merged_by: Option<Uuid>,
    /// The highest number that a post ever had in it, if that is higher than [`Model::last_number`].
    pub taken_number: Option<i32>,
    /// When its author last changed its title, kind, visibility or tags.
    pub changed_at: Option<Moment>,
    /// The number of the latest post that is shown; 0 while none is.
    pub last_shown: i32,
}

impl Model {
    /// Whether it is shown before others at that moment.
    pub fn is_pinned(&self, now: Moment) -> bool {
        self.pinned_by.is_some() && self.pinned_until.is_none_or(|until| now < until)
    }

    /// The number of the post with which it ends for its readers; of one that is not shown while none is.
    pub fn latest_number(&self) -> i32 {
        // A thread whose posts have all gone has had numbers all the same.
        let numbers = [self.last_shown, self.last_number];
        let latest = numbers.into_iter().find(|number| *number > 0);
        latest.or(self.taken_number).unwrap_or(0)
    }

    /// The number of the next post: none is given twice, also not after its post has gone elsewhere.
    pub fn next_number(&self) -> i32 {
        self.last_number.max(self.taken_number.unwrap_or(0)) + 1
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Those of these threads that the audience sees.
pub async fn find_many(
    rows: &DatabaseTransaction,
    audience: Audience,
    ids: &[Uuid],
) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(policy::visible(audience))
        .all(rows)
        .await?)
}

/// The thread with this id, or not found.
pub async fn find(rows: &DatabaseTransaction, audience: Audience, id: Uuid) -> Result<Model> {
    find_many(rows, audience, &[id])
        .await?
        .pop()
        .ok_or(Error::NotFound)
}

/// Corrects the language of a thread.
pub(crate) async fn speak(rows: &DatabaseTransaction, id: Uuid, language: Language) -> Result<()> {
    Ok(Entity::update_many()
        .col_expr(Column::Language, Expr::value(language))
        .filter(Column::Id.eq(id))
        .exec(rows)
        .await
        .map(drop)?)
}

/// The same, keeping others from changing it until the change at hand ends.
pub(crate) async fn find_to_change(
    rows: &DatabaseTransaction,
    audience: Audience,
    id: Uuid,
) -> Result<Model> {
    Entity::find_by_id(id)
        .filter(policy::visible(audience))
        .lock_exclusive()
        .one(rows)
        .await?
        .ok_or(Error::NotFound)
}
