//! Posts: numbered in their thread, each with the delegation, title and capacity of its author at the time of writing.

use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::Select;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::IntoColumnRef;
use sea_orm::sea_query::IntoIden;
use sea_orm::sea_query::Query;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::actor::Audience;
use crate::base::actor::Capacity;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::base::language::Language;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::discussion::text::stored::StoredText;
use crate::forum::discussion::thread;
use crate::forum::discussion::thread::Review;
use crate::store::columns::text_column;
use crate::store::keyset;
use crate::store::keyset::Keyset;
use crate::store::keyset::RANGES;
use crate::store::probe;

/// The state of a post's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    Published,
    /// Withdrawn by its author; its position and number stay.
    Withdrawn,
    /// Hidden by a decision. Not stored in any row: see [`Model::shown_as`].
    Hidden,
    /// Permanently erased by a decision. Not stored in any row either.
    Erased,
    /// Waits for approval; until then only its author and the people who decide can read it.
    Waiting,
    /// Rejected.
    Rejected,
    /// Moved to another thread; this row is only a redirect from its former location.
    Moved,
}

impl State {
    /// The text that the database stores.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Published => "published",
            State::Withdrawn => "withdrawn",
            State::Hidden => "hidden",
            State::Erased => "erased",
            State::Waiting => "waiting",
            State::Rejected => "rejected",
            State::Moved => "moved",
        }
    }

    /// The refusal for a text that is not shown.
    pub fn refusal(self) -> Option<Refusal> {
        match self {
            State::Published => None,
            State::Withdrawn => Some(Refusal::PostWithdrawn),
            State::Hidden => Some(Refusal::PostHidden),
            State::Erased => Some(Refusal::PostErased),
            State::Waiting | State::Rejected => Some(Refusal::AwaitsApproval),
            State::Moved => Some(Refusal::PostMoved),
        }
    }

    /// Parses a name that [`State::as_str`] returns.
    pub fn parse(name: &str) -> Option<State> {
        [State::Published, State::Withdrawn]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

text_column!(State, State::as_str, State::parse);

/// A post's row. The text itself is in its revisions; the row holds the HTML of the current one.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "post")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PostId,
    pub thread_id: ThreadId,
    pub number: i32,
    pub author_id: PersonId,
    pub delegation_id: Option<String>,
    pub author_title: String,
    pub capacity: Capacity,
    pub language: Language,
    pub state: State,
    pub in_reply_to_id: Option<PostId>,
    pub created_at: Moment,
    pub edited_at: Option<Moment>,
    pub withdrawn_at: Option<Moment>,
    pub withdrawal_reason: Option<String>,
    /// The number of the current revision.
    pub revision: i32,
    pub body_html: StoredText,
    pub key: Uuid,
    /// The decision that hides it.
    pub hidden_by: Option<Uuid>,
    /// The decision that gave it its current text.
    pub edited_by: Option<Uuid>,
    /// The first revision that is still shown: an edit by decision removes the earlier ones.
    pub shown_from: i32,
    /// The decision that erased its text.
    pub erased_by: Option<Uuid>,
    /// Whether its text waits for approval or was rejected.
    pub review: Option<Review>,
    /// The decision that approved or rejected it.
    pub review_by: Option<Uuid>,
    /// If this row is only a redirect from a post's former location: that post, and the decision that moved it.
    pub moved_to: Option<PostId>,
    pub moved_by: Option<Uuid>,
}

impl Model {
    /// How its text is shown, according to its author's actions and to decisions.
    pub fn shown_as(&self) -> State {
        match (self.state, self.review, self.hidden_by) {
            _ if self.moved_to.is_some() => State::Moved,
            _ if self.erased_by.is_some() => State::Erased,
            (State::Published, Some(Review::Waiting), _) => State::Waiting,
            (State::Published, Some(Review::Rejected), _) => State::Rejected,
            (State::Published, None, Some(_)) => State::Hidden,
            (state, _, _) => state,
        }
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Posts in threads that the audience sees.
fn seen_by(audience: Audience) -> Select<Entity> {
    Entity::find().filter(is_seen_by(audience))
}

/// The same as a condition on the post's row. It is checked for each row: listing all visible threads first would cost more.
fn is_seen_by(audience: Audience) -> Condition {
    match audience {
        Audience::Members => Condition::all(),
        Audience::Public => Condition::all()
            .add(is_in_visible(Entity, audience))
            .add(excludes_redirects_of_others(audience)),
    }
}

/// Whether the audience sees the thread of a post.
fn is_in_visible(post: impl IntoIden, audience: Audience) -> Expr {
    let thread = Query::select()
        .expr(Expr::value(1))
        .from(thread::Entity)
        .and_where(Expr::col((thread::Entity, thread::Column::Id)).equals((post, Column::ThreadId)))
        .cond_where(thread::visible(audience))
        .to_owned();
    probe::exists(thread)
}

/// Excludes a redirect to a post in a thread that the audience does not see: it would reveal who wrote there, and when. Redirects
/// in a merged thread reveal nothing new: all of it was visible while it was there.
fn excludes_redirects_of_others(audience: Audience) -> Condition {
    let there = Query::select()
        .expr(Expr::value(1))
        .from_as(Entity, "moved")
        .and_where(Expr::col(("moved", Column::Id)).equals((Entity, Column::MovedTo)))
        .and_where(is_in_visible("moved", audience))
        .to_owned();
    let merged = Query::select()
        .expr(Expr::value(1))
        .from(thread::Entity)
        .and_where(
            Expr::col((thread::Entity, thread::Column::Id)).equals((Entity, Column::ThreadId)),
        )
        .and_where(Expr::col((thread::Entity, thread::Column::MergedInto)).is_not_null())
        .to_owned();
    Condition::any()
        .add(Column::MovedTo.is_null())
        .add(probe::exists(there))
        .add(probe::exists(merged))
}

/// The posts whose text is shown, as a condition on the post's row: those that [`Model::shown_as`] returns as
/// published.
pub(crate) fn shown() -> Condition {
    Condition::all()
        .add(Column::State.eq(State::Published))
        .add(Column::HiddenBy.is_null())
        .add(Column::ErasedBy.is_null())
        .add(Column::MovedTo.is_null())
        .add(Column::Review.is_null())
}

/// The posts whose text is not shown, in the form that the index on them uses.
pub(crate) fn not_shown() -> Condition {
    Condition::any()
        .add(Expr::cust("post.state <> 'published'"))
        .add(Expr::col((Entity, Column::HiddenBy)).is_not_null())
        .add(Expr::col((Entity, Column::ErasedBy)).is_not_null())
        .add(Expr::col((Entity, Column::MovedTo)).is_not_null())
        .add(Expr::col((Entity, Column::Review)).is_not_null())
}

/// Whether the audience can read a text of a person, whose id stands in this column.
pub(crate) fn is_author_seen_by(audience: Audience, person: impl IntoColumnRef) -> Expr {
    let text = Query::select()
        .expr(Expr::value(1))
        .from(Entity)
        .and_where(Expr::col((Entity, Column::AuthorId)).equals(person))
        .cond_where(is_seen_by(audience))
        .cond_where(shown())
        .to_owned();
    probe::exists(text)
}

/// Those of these posts that the audience sees.
pub async fn find_many(
    rows: &DatabaseTransaction,
    audience: Audience,
    ids: &[PostId],
) -> Result<Vec<Model>> {
    Ok(seen_by(audience)
        .filter(Column::Id.is_in(ids.iter().copied()))
        .all(rows)
        .await?)
}

/// Finds the post with this id, or returns not found, and locks it until the current change ends.
pub(crate) async fn find_to_change(
    rows: &DatabaseTransaction,
    audience: Audience,
    id: PostId,
) -> Result<Model> {
    seen_by(audience)
        .filter(Column::Id.eq(id))
        .lock_exclusive()
        .one(rows)
        .await?
        .ok_or(Error::NotFound)
}

/// The posts of each thread from one number to another, by number.
pub async fn numbered(
    rows: &DatabaseTransaction,
    audience: Audience,
    ranges: &[(ThreadId, i32, i32)],
) -> Result<Vec<Model>> {
    let mut all = Vec::new();
    for some in ranges.chunks(RANGES) {
        let wanted = keyset::in_ranges(Column::ThreadId, Column::Number, some);
        let found = seen_by(audience)
            .filter(wanted)
            .order_by_asc(Column::Number)
            .all(rows)
            .await?;
        all.extend(found);
    }
    Ok(all)
}

/// A page of a person's posts that the audience sees and whose text is shown, newest first.
pub async fn by_author(
    rows: &DatabaseTransaction,
    audience: Audience,
    author: PersonId,
    window: &Window,
) -> Result<Page<Model>> {
    let keyset = Keyset {
        first: Column::CreatedAt,
        second: Column::Id,
        descending: true,
    };
    let select = seen_by(audience)
        .filter(Column::AuthorId.eq(author))
        .filter(shown());
    let key = |row: &Model| (row.created_at, row.id.0);
    keyset.page(rows, select, window, key).await
}

/// How many posts a person has written since a time, and when the first of those was written.
pub(crate) async fn written_since(
    rows: &DatabaseTransaction,
    author: PersonId,
    since: Moment,
    opening: bool,
) -> Result<(u64, Option<Moment>)> {
    let mut recent = Entity::find()
        .filter(Column::AuthorId.eq(author))
        .filter(Column::MovedTo.is_null())
        .filter(Column::CreatedAt.gt(since));
    if opening {
        recent = recent.filter(Column::Number.eq(1));
    }
    let found: Option<(i64, Option<Moment>)> = recent
        .select_only()
        .column_as(Column::Id.count(), "count")
        .column_as(Column::CreatedAt.min(), "oldest")
        .into_tuple()
        .one(rows)
        .await?;
    let (count, oldest) = found.unwrap_or_default();
    Ok((u64::try_from(count).unwrap_or(0), oldest))
}

/// The language in which a person last wrote; `None` for a person who has never written.
pub async fn last_language(
    rows: &DatabaseTransaction,
    author: PersonId,
) -> Result<Option<Language>> {
    let last = Entity::find()
        .filter(Column::AuthorId.eq(author))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .one(rows)
        .await?;
    Ok(last.map(|post| post.language))
}

/// When a person last wrote in a thread.
pub(crate) async fn last_written(
    rows: &DatabaseTransaction,
    author: PersonId,
    thread_id: ThreadId,
) -> Result<Option<Moment>> {
    let found = Entity::find()
        .filter(Column::AuthorId.eq(author))
        .filter(Column::ThreadId.eq(thread_id))
        .filter(Column::MovedTo.is_null())
        .order_by_desc(Column::CreatedAt)
        .one(rows)
        .await?;
    Ok(found.map(|post| post.created_at))
}

/// Whether a person has at least this number of texts that need no approval or have it.
pub(crate) async fn has_written(
    rows: &DatabaseTransaction,
    author: PersonId,
    at_least: u32,
) -> Result<bool> {
    let found: Vec<PostId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::AuthorId.eq(author))
        .filter(Column::MovedTo.is_null())
        .filter(Column::Review.is_null())
        .limit(u64::from(at_least))
        .into_tuple()
        .all(rows)
        .await?;
    Ok(found.len() >= usize::try_from(at_least).unwrap_or(usize::MAX))
}

/// The person's own texts that wait for approval or were rejected, newest first, at most 100.
pub async fn own_in_review(rows: &DatabaseTransaction, actor: &Actor) -> Result<Vec<Model>> {
    let Some(author) = actor.person_id() else {
        return Ok(Vec::new());
    };
    Ok(Entity::find()
        .filter(Column::AuthorId.eq(author))
        .filter(Column::Review.is_not_null())
        .filter(Column::MovedTo.is_null())
        .filter(Column::State.eq(State::Published))
        .order_by_desc(Column::CreatedAt)
        .limit(100)
        .all(rows)
        .await?)
}
