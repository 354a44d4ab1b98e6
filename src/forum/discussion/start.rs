//! Opening a thread: its title, its tags and its first post, in one change.

use std::time::Duration;

use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryTrait;
use sea_orm::Statement;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::actor::Audience;
use crate::base::actor::Capacity;
use crate::base::actor::Mandate;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id;
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::base::language::Language;
use crate::base::limit;
use crate::base::limit::Rendered;
use crate::forum::Forum;
use crate::forum::cases::case;
use crate::forum::discussion::policy;
use crate::forum::discussion::post;
use crate::forum::discussion::read;
use crate::forum::discussion::revision;
use crate::forum::discussion::tag;
use crate::forum::discussion::tag::Tags;
use crate::forum::discussion::text;
use crate::forum::discussion::thread;
use crate::forum::discussion::thread::Kind;
use crate::forum::discussion::thread::Review;
use crate::forum::discussion::thread::Visibility;
use crate::forum::vocabulary::headings;
use crate::store::constraint::Unique;
use crate::store::tx::Tx;

const HOUR: Duration = Duration::from_secs(3_600);
/// A key opens one thread of its author.
pub const THREAD_KEY: Unique = Unique::new("thread", &["author_id", "key"]);
/// A key writes one post of its author.
pub const POST_KEY: Unique = Unique::new("post", &["author_id", "key"]);

/// A thread to open.
#[derive(Clone, Debug)]
pub struct NewThread {
    /// Idempotency key made by the client: sending it twice returns the same thread twice.
    pub key: Uuid,
    pub title: String,
    pub body: String,
    pub kind: Kind,
    pub language: Language,
    pub visibility: Visibility,
    pub tags: Tags,
    pub capacity: Capacity,
    /// The mandate to write under; the latest current one if left out.
    pub mandate_id: Option<Uuid>,
}

/// Opens a thread. Refuses an actor without a current mandate, or with one that does not cover the capacity; an
/// observer; tags that are missing or unknown; a title or text that is empty or too long; and too many threads in an
/// hour.
pub async fn open_thread(forum: &Forum, actor: &Actor, new: NewThread) -> Result<thread::Model> {
    let title = limit::line("title", &new.title, forum.limits.title_length)?;
    // Done before the transaction, so that nobody waits for it.
    let Rendered { body, html } =
        limit::markdown("body", new.body.clone(), forum.limits.body_length, actor).await?;
    let tx = forum.store.begin(actor).await?;
    let mandate = policy::open_thread(actor, tx.now(), new.mandate_id, new.capacity)
        .map_err(Error::Denied)?;
    let author = writer(actor)?;
    if let Some(earlier) = with_key(tx.rows(), author, new.key).await? {
        return require_same(tx.rows(), earlier, &body).await;
    }
    let concepts = new
        .tags
        .parse(tx.rows(), forum.limits.tags_per_facet)
        .await?;
    enforce_rate_limit(forum, &tx, author).await?;
    let review = needs_review(forum, &tx, None).await?;

    let thread = Opening {
        title,
        kind: new.kind,
        language: new.language,
        visibility: new.visibility,
        author_id: author,
        delegation_id: Some(mandate.delegation_id.clone()),
        capacity: new.capacity,
        at: tx.now(),
        last_number: 1,
        key: new.key,
        review,
    }
    .thread();
    let inserted = thread::Entity::insert(thread.clone().into_active_model())
        .exec_without_returning(tx.rows())
        .await;
    if let Err(error) = inserted {
        if THREAD_KEY.is_violated_by(&error) {
            drop(tx);
            return resent(forum, author, new.key, &body).await;
        }
        return Err(error.into());
    }
    tag::replace(tx.rows(), thread.id, concepts).await?;
    let text = NewText {
        thread_id: thread.id,
        number: 1,
        author,
        mandate,
        capacity: new.capacity,
        language: new.language,
        in_reply_to: None,
        key: new.key,
        body: &body,
        html,
        review,
    };
    let has_read = read::mark_own_post_read(tx.rows(), author, thread.id, 1);
    let post = insert_text(&tx, text, vec![has_read]).await?;
    headings::keep(tx.rows(), &[thread.id]).await?;
    let event = Event::ThreadOpened {
        thread: thread.id,
        post: post.id,
    };
    let mut events = vec![event];
    events.extend(open_case(&tx, &post).await?);
    tx.commit_all(&events).await?;
    Ok(thread)
}

/// The text of a new post, with everything that is recorded with it permanently.
pub(crate) struct NewText<'a> {
    pub thread_id: ThreadId,
    pub number: i32,
    pub author: PersonId,
    pub mandate: &'a Mandate,
    pub capacity: Capacity,
    pub language: Language,
    pub in_reply_to: Option<PostId>,
    pub key: Uuid,
    pub body: &'a str,
    /// The body as HTML.
    pub html: String,
    pub review: Option<Review>,
}

/// What a thread is opened with.
pub(crate) struct Opening {
    pub title: String,
    pub kind: Kind,
    pub language: Language,
    pub visibility: Visibility,
    pub author_id: PersonId,
    pub delegation_id: Option<String>,
    pub capacity: Capacity,
    pub at: Moment,
    pub last_number: i32,
    pub key: Uuid,
    pub review: Option<Review>,
}

impl Opening {
    /// Its row, before any decision on it.
    pub fn thread(self) -> thread::Model {
        thread::Model {
            id: ThreadId::generate(),
            title: self.title,
            kind: self.kind,
            language: self.language,
            visibility: self.visibility,
            author_id: self.author_id,
            delegation_id: self.delegation_id,
            capacity: self.capacity,
            created_at: self.at,
            last_activity_at: self.at,
            last_number: self.last_number,
            key: self.key,
            locked_by: None,
            pinned_by: None,
            pinned_until: None,
            archived_by: None,
            changed_by: None,
            slowed_by: None,
            slow_seconds: None,
            reviewed_by: None,
            last_shown: i32::from(self.review.is_none()),
            review: self.review,
            merged_into: None,
            merged_by: None,
            taken_number: None,
            changed_at: None,
            answer_id: None,
            answer_by: None,
        }
    }
}

/// Whether what the actor writes waits for approval: because of a decision on them or the thread, or because it is one
/// of their account's first texts.
pub(crate) async fn needs_review(
    forum: &Forum,
    tx: &Tx,
    thread: Option<&thread::Model>,
) -> Result<Option<Review>> {
    if policy::is_reviewed(tx.actor(), thread) {
        return Ok(Some(Review::Waiting));
    }
    let first = forum.limits.review_first;
    let (Some(author), false) = (tx.actor().person_id(), tx.actor().role().is_staff()) else {
        return Ok(None);
    };
    let is_new = first > 0 && !post::has_written(tx.rows(), author, first).await?;
    Ok(is_new.then_some(Review::Waiting))
}

/// Adds a text that waits for approval to the queue.
pub(crate) async fn open_case(tx: &Tx, post: &post::Model) -> Result<Option<Event>> {
    if post.review.is_none() {
        return Ok(None);
    }
    let new_case = case::NewCase::approval(post.id, post.thread_id);
    let case = case::open(tx, new_case).await?;
    Ok(Some(Event::CaseChanged { case: case.id }))
}

/// Writes a post, its first revision and the other changes. A key that was used before is INVALID.
pub(crate) async fn insert_text(
    tx: &Tx,
    text: NewText<'_>,
    besides: Vec<Statement>,
) -> Result<post::Model> {
    let post = post::Model {
        id: PostId::generate(),
        thread_id: text.thread_id,
        number: text.number,
        author_id: text.author,
        delegation_id: Some(text.mandate.delegation_id.clone()),
        author_title: text.mandate.title.clone(),
        capacity: text.capacity,
        language: text.language,
        state: post::State::Published,
        in_reply_to_id: text.in_reply_to,
        created_at: tx.now(),
        edited_at: None,
        withdrawn_at: None,
        withdrawal_reason: None,
        revision: 1,
        body_html: text.html.into(),
        key: text.key,
        hidden_by: None,
        edited_by: None,
        erased_by: None,
        shown_from: 1,
        review: text.review,
        review_by: None,
        moved_to: None,
        moved_by: None,
    };
    let first = revision::Model {
        id: id::new(),
        post_id: post.id,
        number: 1,
        body: text.body.to_string().into(),
        editor_id: text.author,
        reason: None,
        created_at: tx.now(),
        decision_id: None,
        language: text.language,
    };
    let backend = tx.rows().get_database_backend();
    let mut changes = vec![
        post::Entity::insert(post.clone().into_active_model()).build(backend),
        revision::Entity::insert(first.into_active_model()).build(backend),
    ];
    changes.extend(besides);
    tx.execute_together(changes).await.map_err(|error| {
        if POST_KEY.is_violated_by(&error) {
            Error::invalid("key", Fault::KeyReused)
        } else {
            Error::from(error)
        }
    })?;
    Ok(post)
}

/// The person in whose name the text is written.
pub(crate) fn writer(actor: &Actor) -> Result<PersonId> {
    actor
        .person_id()
        .ok_or_else(|| Error::internal("a text without an author"))
}

async fn with_key(
    rows: &DatabaseTransaction,
    author: PersonId,
    key: Uuid,
) -> Result<Option<thread::Model>> {
    Ok(thread::Entity::find()
        .filter(thread::Column::AuthorId.eq(author))
        .filter(thread::Column::Key.eq(key))
        .one(rows)
        .await?)
}

/// Returns the earlier thread, if the resend has the same contents as when it was opened.
async fn require_same(
    rows: &DatabaseTransaction,
    earlier: thread::Model,
    body: &str,
) -> Result<thread::Model> {
    let opening = post::numbered(rows, Audience::Members, &[(earlier.id, 1, 1)])
        .await?
        .pop()
        .ok_or(Error::NotFound)?;
    // The title may have been changed since; the first revision never changes.
    if text::was_sent(rows, opening.id, body).await? {
        Ok(earlier)
    } else {
        Err(Error::invalid("key", Fault::KeyReused))
    }
}

/// The result for a caller who sent the same key at the same time and came second.
async fn resent(forum: &Forum, author: PersonId, key: Uuid, body: &str) -> Result<thread::Model> {
    let snapshot = forum.store.snapshot();
    let rows = snapshot.rows().await?;
    match with_key(rows, author, key).await? {
        Some(earlier) => require_same(rows, earlier, body).await,
        None => Err(Error::invalid("key", Fault::KeyReused)),
    }
}

async fn enforce_rate_limit(forum: &Forum, tx: &Tx, author: PersonId) -> Result<()> {
    let since = tx.now().minus(HOUR);
    let (count, oldest) = post::written_since(tx.rows(), author, since, true).await?;
    if count < u64::from(forum.limits.threads_per_hour) {
        return Ok(());
    }
    Err(Error::TooMany {
        retry_at: oldest.unwrap_or(tx.now()).plus(HOUR),
    })
}
