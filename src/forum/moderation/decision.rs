//! Decisions: one act of moderation each, with its reason and what it was taken on.

use std::collections::HashMap;
use std::collections::HashSet;

use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
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
use crate::store::columns::text_column;
use crate::store::failed;

/// Declares an enumeration whose values have a name in the database.
macro_rules! named {
    ($(#[$about:meta])* $name:ident { $($(#[$value_about:meta])* $value:ident = $text:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$value_about])* $value),+
        }

        impl $name {
            /// All values in their order.
            pub const ALL: &'static [$name] = &[$($name::$value),+];

            /// The name in the database and in the ledger.
            pub fn name(self) -> &'static str {
                match self { $($name::$value => $text),+ }
            }

            /// Reads [`Self::name`].
            pub fn from_name(name: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|each| each.name() == name)
            }
        }

        text_column!($name, $name::name, $name::from_name);
    };
}

named!(
    /// What a decision does.
    Act {
        HidePost = "hide-post",
        RestorePost = "restore-post",
        LockThread = "lock-thread",
        UnlockThread = "unlock-thread",
    }
);

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

impl Act {
    /// Whether it is taken on posts; else on threads.
    pub fn is_on_posts(self) -> bool {
        match self {
            Act::HidePost | Act::RestorePost => true,
            Act::LockThread | Act::UnlockThread => false,
        }
    }

    /// The act that undoes it.
    pub fn inverse(self) -> Act {
        match self {
            Act::HidePost => Act::RestorePost,
            Act::RestorePost => Act::HidePost,
            Act::LockThread => Act::UnlockThread,
            Act::UnlockThread => Act::LockThread,
        }
    }

    /// What it makes of its targets.
    pub fn outcome(self) -> &'static str {
        match self {
            Act::HidePost => "hidden",
            Act::RestorePost => "shown",
            Act::LockThread => "locked",
            Act::UnlockThread => "open",
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

    /// A target's row, with what stood in `post.hidden_by` or `thread.locked_by` before and after.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "decision_target")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub decision_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub place: i32,
        pub thread_id: Uuid,
        pub post_id: Option<Uuid>,
        pub before_id: Option<Uuid>,
        pub after_id: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// These decisions. Everybody may know of every decision; what of it is told is the asker's matter.
pub async fn find_many(rows: &DatabaseTransaction, ids: &[Uuid]) -> Result<Vec<Model>> {
    Entity::find()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .all(rows)
        .await
        .map_err(failed)
}

/// The decision with this id.
pub async fn find(rows: &DatabaseTransaction, id: Uuid) -> Result<Option<Model>> {
    Entity::find_by_id(id).one(rows).await.map_err(failed)
}

/// The decision that undid this one.
pub async fn undoing(rows: &DatabaseTransaction, id: Uuid) -> Result<Option<Model>> {
    Entity::find()
        .filter(Column::UndoesId.eq(id))
        .one(rows)
        .await
        .map_err(failed)
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
        .await
        .map_err(failed)?;
    let mut by_decision: HashMap<Uuid, Vec<target::Model>> = HashMap::new();
    for row in found {
        by_decision.entry(row.decision_id).or_default().push(row);
    }
    Ok(by_decision)
}

/// Those of these decisions whose explanation an audience reads: it was not withheld, and the audience sees every thread
/// that was decided on.
pub async fn explained_to(
    rows: &DatabaseTransaction,
    audience: Audience,
    decisions: &[Model],
) -> Result<HashSet<Uuid>> {
    let ids: Vec<Uuid> = decisions.iter().map(|decision| decision.id).collect();
    let targets = targets(rows, &ids).await?;
    let threads = |id: &Uuid| {
        let targets = targets.get(id).into_iter().flatten();
        targets.map(|target| target.thread_id)
    };
    let all: Vec<Uuid> = ids.iter().flat_map(threads).collect();
    let seen: HashSet<Uuid> = thread::find_many(rows, audience, &all)
        .await?
        .into_iter()
        .map(|thread| thread.id)
        .collect();
    let told = decisions.iter().filter(|decision| {
        !decision.is_withheld && threads(&decision.id).all(|thread| seen.contains(&thread))
    });
    Ok(told.map(|decision| decision.id).collect())
}

/// All decisions, the newest first.
pub async fn list(rows: &DatabaseTransaction, window: &Window) -> Result<Page<Model>> {
    let place = |field, key: &Option<String>| {
        let Some(key) = key else {
            return Ok(None);
        };
        let position = key.parse::<i64>().map(Some);
        position.map_err(|_| Error::invalid(field, Fault::Malformed))
    };
    let mut found = Entity::find();
    if let Some(after) = place("after", &window.after)? {
        found = found.filter(Column::Position.lt(after));
    }
    if let Some(before) = place("before", &window.before)? {
        found = found.filter(Column::Position.gt(before));
    }
    found = if window.from_end {
        found.order_by_asc(Column::Position)
    } else {
        found.order_by_desc(Column::Position)
    };
    let found = found
        .limit(u64::from(window.size) + 1)
        .all(rows)
        .await
        .map_err(failed)?;
    let entries = found
        .into_iter()
        .map(|row| (row.position.to_string(), row))
        .collect();
    Ok(Page::of_rows(entries, window))
}
