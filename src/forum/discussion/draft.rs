//! Drafts: texts that were not sent, kept for their author on every device. Nobody else sees them.

use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QuerySelect;
use sea_orm::Set;
use sea_orm::Value;
use sea_orm::entity::prelude::*;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::error::Version;
use crate::base::event::Event;
use crate::base::language::Language;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::Forum;
use crate::forum::discussion::post;
use crate::forum::discussion::thread;
use crate::store::backend::is_unique_violation;
use crate::store::columns::named;
use crate::store::failed;

use crate::store::keyset::Keyset;

named!(
    /// What a draft is to become.
    Purpose {
        /// A reply in a thread.
        Reply = "reply",
        /// An edit of a post.
        Edit = "edit",
        /// A thread.
        Thread = "thread",
        /// A translation of a post.
        Translation = "translation",
    }
);

/// Drafts of one person, at most.
const MOST: usize = 200;

/// A draft's row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "draft")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: Uuid,
    /// Purpose, subject and, for a translation, language: a person has one draft in each place.
    pub place: String,
    pub purpose: Purpose,
    /// The thread in which it replies, or the post that it edits or translates.
    pub subject_id: Option<Uuid>,
    pub language: Language,
    pub title: String,
    pub body: String,
    /// Counted up whenever it is kept anew, so that two devices do not overwrite each other.
    pub revision: i32,
    pub updated_at: Moment,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Draft({})", self.id)
    }
}

/// Where a draft belongs.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub purpose: Purpose,
    pub subject_id: Option<Uuid>,
    pub language: Language,
}

impl Place {
    fn name(self) -> String {
        let subject = self.subject_id.map(|id| id.to_string()).unwrap_or_default();
        let language = match self.purpose {
            Purpose::Translation => self.language.code(),
            Purpose::Reply | Purpose::Edit | Purpose::Thread => "",
        };
        format!("{} {subject} {language}", self.purpose.name())
    }
}

/// A draft to be kept.
#[derive(Clone, Debug)]
pub struct Keep {
    pub place: Place,
    pub title: String,
    pub body: String,
    /// The revision that it started from; 0 when there was none.
    pub revision: i32,
}

fn own(actor: &Actor) -> sea_orm::Select<Entity> {
    // Nobody's are the visitor's.
    Entity::find().filter(Column::PersonId.eq(actor.person_id().unwrap_or_default()))
}

/// The actor's own draft with this id.
pub async fn find(rows: &DatabaseTransaction, actor: &Actor, id: Uuid) -> Result<Option<Model>> {
    own(actor)
        .filter(Column::Id.eq(id))
        .one(rows)
        .await
        .map_err(failed)
}

/// The actor's own draft in a place.
pub async fn at(rows: &DatabaseTransaction, actor: &Actor, place: Place) -> Result<Option<Model>> {
    own(actor)
        .filter(Column::Place.eq(place.name()))
        .one(rows)
        .await
        .map_err(failed)
}

/// The actor's own drafts, the one that was changed last first.
pub async fn list(
    rows: &DatabaseTransaction,
    actor: &Actor,
    window: &Window,
) -> Result<Page<Model>> {
    let keyset = Keyset {
        first: Column::UpdatedAt,
        second: Column::Id,
        descending: true,
    };
    let found = keyset
        .apply(own(actor), window, |key| {
            let (at, id) = key.split_once(' ')?;
            let at: i64 = at.parse().ok()?;
            Some((Value::from(at), Value::from(Uuid::parse_str(id).ok()?)))
        })?
        .all(rows)
        .await
        .map_err(failed)?;
    let entries = found
        .into_iter()
        .map(|row| (format!("{} {}", row.updated_at.0, row.id), row))
        .collect();
    Ok(Page::of_rows(entries, window))
}

/// Keeps a draft in its place. Refused: visitors; a thread or post that the actor does not see; a text longer than a post's;
/// more drafts than are kept; a conflict, with both versions, when it was kept elsewhere since the revision that it started
/// from.
pub async fn keep(forum: &Forum, actor: &Actor, draft: Keep) -> Result<Model> {
    let person_id = actor
        .person_id()
        .ok_or(Error::Denied(Refusal::SignInRequired))?;
    let most = forum.limits.body_length;
    if draft.body.chars().count() > most {
        return Err(Error::invalid("body", Fault::TooLong { most }));
    }
    let most = forum.limits.title_length;
    if draft.title.chars().count() > most {
        return Err(Error::invalid("title", Fault::TooLong { most }));
    }
    // What a database cannot hold is no text.
    let clean = |text: &str| text.replace('\0', "");
    let (title, body) = (clean(&draft.title), clean(&draft.body));
    let tx = forum.store.begin(actor).await?;
    check(tx.rows(), actor, draft.place).await?;
    let row = match at_to_change(tx.rows(), actor, draft.place).await? {
        Some(before) if before.body == body && before.title == title => return Ok(before),
        Some(before) if before.revision != draft.revision => {
            return Err(conflict(before, draft.revision, body));
        }
        Some(before) => {
            let revision = before.revision + 1;
            let mut change = before.into_active_model();
            change.title = Set(title);
            change.body = Set(body);
            change.language = Set(draft.place.language);
            change.revision = Set(revision);
            change.updated_at = Set(tx.now());
            change.update(tx.rows()).await.map_err(failed)?
        }
        None => {
            let count = own(actor).count(tx.rows()).await.map_err(failed)?;
            if count >= MOST as u64 {
                return Err(Error::invalid("body", Fault::TooMany { most: MOST }));
            }
            let row = Model {
                id: Uuid::now_v7(),
                person_id,
                place: draft.place.name(),
                purpose: draft.place.purpose,
                subject_id: draft.place.subject_id,
                language: draft.place.language,
                title,
                body: body.clone(),
                revision: 1,
                updated_at: tx.now(),
            };
            let inserted = Entity::insert(row.clone().into_active_model())
                .exec_without_returning(tx.rows())
                .await;
            if let Err(error) = inserted {
                drop(tx);
                return kept_meanwhile(forum, actor, draft, body, error).await;
            }
            row
        }
    };
    let event = Event::DraftKept {
        person: person_id,
        draft: row.id,
    };
    tx.commit(event).await?;
    Ok(row)
}

/// The actor's own draft in a place, keeping another device from changing it until the change at hand ends.
async fn at_to_change(
    rows: &DatabaseTransaction,
    actor: &Actor,
    place: Place,
) -> Result<Option<Model>> {
    own(actor)
        .filter(Column::Place.eq(place.name()))
        .lock_exclusive()
        .one(rows)
        .await
        .map_err(failed)
}

/// The answer to who kept the first draft in a place at the same moment as another device and came second.
async fn kept_meanwhile(
    forum: &Forum,
    actor: &Actor,
    draft: Keep,
    body: String,
    error: DbErr,
) -> Result<Model> {
    if !is_unique_violation(&error) {
        return Err(failed(error));
    }
    let snapshot = forum.store.snapshot();
    let before = at(snapshot.rows().await?, actor, draft.place).await?;
    let before = before.ok_or_else(|| failed(error))?;
    Err(conflict(before, draft.revision, body))
}

fn conflict(current: Model, revision: i32, body: String) -> Error {
    Error::Conflict {
        current: Version {
            revision: current.revision,
            body: current.body,
        },
        yours: Version { revision, body },
    }
}

/// Lets go of the own draft in a place; where there is none, nothing happens.
pub async fn discard(forum: &Forum, actor: &Actor, place: Place) -> Result<()> {
    let person = actor
        .person_id()
        .ok_or(Error::Denied(Refusal::SignInRequired))?;
    let tx = forum.store.begin(actor).await?;
    let Some(row) = at_to_change(tx.rows(), actor, place).await? else {
        return Ok(());
    };
    let draft = row.id;
    row.into_active_model()
        .delete(tx.rows())
        .await
        .map_err(failed)?;
    tx.commit(Event::DraftDiscarded { person, draft }).await?;
    Ok(())
}

async fn check(rows: &DatabaseTransaction, actor: &Actor, place: Place) -> Result<()> {
    match (place.purpose, place.subject_id) {
        (Purpose::Thread, None) => Ok(()),
        (Purpose::Reply, Some(id)) => thread::find(rows, actor.audience(), id).await.map(drop),
        (Purpose::Edit | Purpose::Translation, Some(id)) => {
            let found = post::find_many(rows, actor.audience(), &[id]).await?;
            found.into_iter().next().map(drop).ok_or(Error::NotFound)
        }
        (Purpose::Thread, Some(_)) | (_, None) => Err(Error::invalid("subjectId", Fault::Unknown)),
    }
}

/// Takes every draft about a post away, within an erasure: its text may stand in them.
pub(crate) async fn forget(rows: &DatabaseTransaction, post_id: Uuid) -> Result<()> {
    Entity::delete_many()
        .filter(Column::SubjectId.eq(post_id))
        .exec(rows)
        .await
        .map(drop)
        .map_err(failed)
}
