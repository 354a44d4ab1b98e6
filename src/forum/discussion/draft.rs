//! Drafts: unsent texts, kept for their author on every device. Nobody else sees them.

use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::actor::Capacity;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::error::Version;
use crate::base::event::Event;
use crate::base::id;
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::base::language::Language;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::Forum;
use crate::forum::discussion::post;
use crate::forum::discussion::thread;
use crate::store::columns::text_enum;
use crate::store::constraint::Unique;
use crate::store::keyset::Keyset;

text_enum!(
    /// The purpose of a draft.
    Purpose {
        /// A reply in a thread.
        Reply = "reply",
        /// An edit of a post.
        Edit = "edit",
        /// A new thread.
        Thread = "thread",
        /// A translation of a post.
        Translation = "translation",
    }
);

/// A person has one draft in a place.
pub const PERSON_AND_PLACE: Unique = Unique::new("draft", &["person_id", "place"]);
/// Maximum number of drafts for one person.
const MAX_DRAFTS: usize = 200;
/// Maximum number of tags of one facet in a draft: more than a thread can have, because the author is still choosing.
const MAX_TAGS: usize = 100;

/// A draft's row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "draft")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: PersonId,
    /// Purpose, subject and, for a translation, language: a person has one draft per place.
    pub place: String,
    pub purpose: Purpose,
    /// The thread in which it replies, or the post that it edits or translates.
    pub subject_id: Option<Uuid>,
    pub language: Language,
    pub title: String,
    pub body: String,
    pub kind: Option<thread::Kind>,
    pub visibility: Option<thread::Visibility>,
    pub capacity: Option<Capacity>,
    pub mandate_id: Option<Uuid>,
    /// The slugs of the tools chosen so far, separated by spaces; likewise for methods and regions.
    pub tools: String,
    pub methods: String,
    pub regions: String,
    /// Incremented at each save, so that two devices do not overwrite each other.
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

/// What remains of a discarded draft: its last revision.
mod discarded {
    use sea_orm::entity::prelude::*;

    use crate::base::id::PersonId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "draft_gone")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub place: String,
        pub revision: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Which draft to discard.
#[derive(Clone, Copy, Debug)]
pub enum DraftSelector {
    At(DraftPlace),
    Id(Uuid),
}

/// The place that a draft belongs to.
#[derive(Clone, Copy, Debug)]
pub struct DraftPlace {
    pub purpose: Purpose,
    pub subject_id: Option<Uuid>,
    pub language: Language,
}

impl DraftPlace {
    fn to_text(self) -> String {
        let subject = self.subject_id.map(|id| id.to_string()).unwrap_or_default();
        let language = match self.purpose {
            Purpose::Translation => self.language.code(),
            Purpose::Reply | Purpose::Edit | Purpose::Thread => "",
        };
        format!("{} {subject} {language}", self.purpose.as_str())
    }
}

/// What is chosen in a form besides its text. It is stored as given, and checked when it is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    pub kind: Option<thread::Kind>,
    pub visibility: Option<thread::Visibility>,
    pub capacity: Option<Capacity>,
    pub mandate_id: Option<Uuid>,
    /// The slugs of concepts; likewise for methods and regions.
    pub tools: Vec<String>,
    pub methods: Vec<String>,
    pub regions: Vec<String>,
}

impl Model {
    /// The choices made besides the text.
    pub fn choices(&self) -> Choices {
        let words = |text: &str| text.split_whitespace().map(str::to_string).collect();
        Choices {
            kind: self.kind,
            visibility: self.visibility,
            capacity: self.capacity,
            mandate_id: self.mandate_id,
            tools: words(&self.tools),
            methods: words(&self.methods),
            regions: words(&self.regions),
        }
    }

    fn choose(&mut self, choices: Choices) {
        self.kind = choices.kind;
        self.visibility = choices.visibility;
        self.capacity = choices.capacity;
        self.mandate_id = choices.mandate_id;
        self.tools = choices.tools.join(" ");
        self.methods = choices.methods.join(" ");
        self.regions = choices.regions.join(" ");
    }
}

/// A draft to save.
#[derive(Clone, Debug)]
pub struct NewDraft {
    pub place: DraftPlace,
    pub title: String,
    pub body: String,
    pub choices: Choices,
    /// The revision that it is based on; 0 when there was none.
    pub revision: i32,
}

fn own(actor: &Actor) -> sea_orm::Select<Entity> {
    // A visitor has no drafts: the nil id matches none.
    Entity::find().filter(Column::PersonId.eq(actor.person_id().unwrap_or_default()))
}

/// Finds the actor's own draft with this id.
pub async fn find(rows: &DatabaseTransaction, actor: &Actor, id: Uuid) -> Result<Option<Model>> {
    Ok(own(actor).filter(Column::Id.eq(id)).one(rows).await?)
}

/// Finds the actor's own draft in a place.
pub async fn at(
    rows: &DatabaseTransaction,
    actor: &Actor,
    place: DraftPlace,
) -> Result<Option<Model>> {
    Ok(own(actor)
        .filter(Column::Place.eq(place.to_text()))
        .one(rows)
        .await?)
}

/// Lists the actor's own drafts, most recently changed first.
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
    let key = |row: &Model| (row.updated_at, row.id);
    keyset.page(rows, own(actor), window, key).await
}

/// Saves a draft in its place. Refuses visitors; a thread or post that the actor does not see; a text longer than a
/// post may be; too many tags, or slugs that no concept can have; more drafts than the maximum; and a conflict, with
/// both versions, when it was saved elsewhere since the revision that it is based on.
pub async fn save(forum: &Forum, actor: &Actor, draft: NewDraft) -> Result<Model> {
    let person_id = actor
        .person_id()
        .ok_or(Error::Denied(Refusal::SignInRequired))?;
    let max = forum.limits.body_length;
    if draft.body.chars().count() > max {
        return Err(Error::invalid("body", Fault::TooLong { max }));
    }
    let max = forum.limits.title_length;
    if draft.title.chars().count() > max {
        return Err(Error::invalid("title", Fault::TooLong { max }));
    }
    let choices = draft.choices.clone();
    let facets = [
        ("choices.tools", &choices.tools),
        ("choices.methods", &choices.methods),
        ("choices.regions", &choices.regions),
    ];
    for (field, tags) in facets {
        let max = MAX_TAGS;
        if tags.len() > max {
            return Err(Error::invalid(field, Fault::TooMany { max }));
        }
        if let Some(at) = tags.iter().position(|tag| !id::is_word(tag)) {
            return Err(Error::invalid(format!("{field}.{at}"), Fault::Unknown));
        }
    }
    // The database cannot store NUL characters.
    let clean = |text: &str| text.replace('\0', "");
    let (title, body) = (clean(&draft.title), clean(&draft.body));
    let tx = forum.store.begin(actor).await?;
    check(tx.rows(), actor, draft.place).await?;
    let row = match at_to_change(tx.rows(), actor, draft.place).await? {
        Some(before)
            if before.body == body
                && before.title == title
                && before.language == draft.place.language
                && before.choices() == choices =>
        {
            return Ok(before);
        }
        Some(before) if before.revision != draft.revision => {
            return Err(conflict(before, draft.revision, body));
        }
        Some(mut row) => {
            row.title = title;
            row.body = body;
            row.language = draft.place.language;
            row.revision += 1;
            row.updated_at = tx.now();
            row.choose(choices);
            let change = row.clone().into_active_model().reset_all();
            change.update(tx.rows()).await?;
            row
        }
        None => {
            let count = own(actor).count(tx.rows()).await?;
            if count >= MAX_DRAFTS as u64 {
                return Err(Error::invalid("body", Fault::TooMany { max: MAX_DRAFTS }));
            }
            // A revision number is never reused in a place: a device that still has the former draft gets a conflict
            // with this one.
            let former = discarded::Entity::find_by_id((person_id, draft.place.to_text()))
                .one(tx.rows())
                .await?;
            let mut row = Model {
                id: id::new(),
                person_id,
                place: draft.place.to_text(),
                purpose: draft.place.purpose,
                subject_id: draft.place.subject_id,
                language: draft.place.language,
                title,
                body: body.clone(),
                kind: None,
                visibility: None,
                capacity: None,
                mandate_id: None,
                tools: String::new(),
                methods: String::new(),
                regions: String::new(),
                revision: former.map_or(0, |former| former.revision) + 1,
                updated_at: tx.now(),
            };
            row.choose(choices);
            let inserted = Entity::insert(row.clone().into_active_model())
                .exec_without_returning(tx.rows())
                .await;
            if let Err(error) = inserted {
                drop(tx);
                return saved_meanwhile(forum, actor, draft, body, error).await;
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

/// Finds the actor's own draft in a place, and locks it against other devices until the current change ends.
async fn at_to_change(
    rows: &DatabaseTransaction,
    actor: &Actor,
    place: DraftPlace,
) -> Result<Option<Model>> {
    Ok(own(actor)
        .filter(Column::Place.eq(place.to_text()))
        .lock_exclusive()
        .one(rows)
        .await?)
}

/// The result for a device that saved the first draft in a place at the same time as another and came second.
async fn saved_meanwhile(
    forum: &Forum,
    actor: &Actor,
    draft: NewDraft,
    body: String,
    error: DbErr,
) -> Result<Model> {
    if !PERSON_AND_PLACE.is_violated_by(&error) {
        return Err(error.into());
    }
    let snapshot = forum.store.snapshot();
    let before = at(snapshot.rows().await?, actor, draft.place).await?;
    let before = before.ok_or_else(|| Error::from(error))?;
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

/// Discards one of the actor's own drafts; does nothing if there is none. Refuses a conflict, when it has another
/// revision than the given one.
pub async fn discard(
    forum: &Forum,
    actor: &Actor,
    which: DraftSelector,
    revision: i32,
) -> Result<()> {
    let person = actor
        .person_id()
        .ok_or(Error::Denied(Refusal::SignInRequired))?;
    let tx = forum.store.begin(actor).await?;
    let found = match which {
        DraftSelector::At(place) => at_to_change(tx.rows(), actor, place).await?,
        DraftSelector::Id(id) => {
            own(actor)
                .filter(Column::Id.eq(id))
                .lock_exclusive()
                .one(tx.rows())
                .await?
        }
    };
    let Some(row) = found else {
        return Ok(());
    };
    if revision != row.revision {
        return Err(conflict(row, revision, String::new()));
    }
    let draft = row.id;
    let discarded = discarded::Model {
        person_id: person,
        place: row.place.clone(),
        revision: row.revision,
    };
    discarded::Entity::insert(discarded.into_active_model())
        .on_conflict(
            OnConflict::columns([discarded::Column::PersonId, discarded::Column::Place])
                .update_column(discarded::Column::Revision)
                .to_owned(),
        )
        .exec_without_returning(tx.rows())
        .await?;
    row.into_active_model().delete(tx.rows()).await?;
    tx.commit(Event::DraftDiscarded { person, draft }).await?;
    Ok(())
}

async fn check(rows: &DatabaseTransaction, actor: &Actor, place: DraftPlace) -> Result<()> {
    match (place.purpose, place.subject_id) {
        (Purpose::Thread, None) => Ok(()),
        (Purpose::Reply, Some(id)) => thread::find(rows, actor.audience(), ThreadId(id))
            .await
            .map(drop),
        (Purpose::Edit | Purpose::Translation, Some(id)) => {
            let found = post::find_many(rows, actor.audience(), &[PostId(id)]).await?;
            found.into_iter().next().map(drop).ok_or(Error::NotFound)
        }
        (Purpose::Thread, Some(_)) | (_, None) => Err(no_subject()),
    }
}

/// The refusal of a place whose subject is missing, or is of the wrong kind for its purpose.
pub fn no_subject() -> Error {
    Error::invalid("place.subjectId", Fault::Unknown)
}

/// Removes every draft about a post, as part of an erasure: drafts may contain its text.
pub(crate) async fn forget(rows: &DatabaseTransaction, post_id: PostId) -> Result<()> {
    Ok(Entity::delete_many()
        .filter(Column::SubjectId.eq(post_id))
        .exec(rows)
        .await
        .map(drop)?)
}
