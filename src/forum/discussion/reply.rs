//! Replying: to a thread, or to one of its posts.

use std::time::Duration;

use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryTrait;
use sea_orm::Statement;
use sea_orm::sea_query::Expr;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::actor::Capacity;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::base::language::Language;
use crate::base::limit;
use crate::base::limit::Rendered;
use crate::forum::Forum;
use crate::forum::discussion::location;
use crate::forum::discussion::policy;
use crate::forum::discussion::post;
use crate::forum::discussion::read;
use crate::forum::discussion::start;
use crate::forum::discussion::start::NewText;
use crate::forum::discussion::text;
use crate::forum::discussion::thread;
use crate::forum::discussion::thread::Review;
use crate::forum::vocabulary::headings;
use crate::store::tx::Tx;

const MINUTE: Duration = Duration::from_secs(60);

/// A reply to write.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Idempotency key made by the client: sending it twice returns the same post twice.
    pub key: Uuid,
    pub thread_id: ThreadId,
    /// The post that it answers; the thread as a whole if left out.
    pub in_reply_to: Option<PostId>,
    pub body: String,
    pub language: Language,
    pub capacity: Capacity,
    /// The mandate to write under; the latest current one if left out.
    pub mandate_id: Option<Uuid>,
}

/// Writes a reply. Refuses a thread that the actor does not see; a locked one; an actor without a current mandate, or
/// with one that does not cover the capacity; an empty or too long text; an answered post of another thread; and too
/// many posts in a minute.
pub async fn reply(forum: &Forum, actor: &Actor, reply: Reply) -> Result<post::Model> {
    // Done before the transaction, so that nobody waits for it.
    let Rendered { body, html } =
        limit::markdown("body", reply.body.clone(), forum.limits.body_length, actor).await?;
    let tx = forum.store.begin(actor).await?;
    // Locked until the end, so that replies to one thread get their numbers in sequence.
    let thread = thread::find_to_change(tx.rows(), actor.audience(), reply.thread_id).await?;
    let allowed = policy::reply(actor, tx.now(), &thread, reply.mandate_id, reply.capacity);
    // A reply that was written before the thread was closed is treated like any resend.
    if let (Err(refusal), Some(author)) = (&allowed, actor.person_id())
        && is_closed(*refusal)
    {
        drop(tx);
        let resent = resent(forum, author, &reply, &body).await?;
        return resent.ok_or(Error::Denied(*refusal));
    }
    let mandate = allowed.map_err(Error::Denied)?;
    let author = start::writer(actor)?;
    if let Some(answered) = reply.in_reply_to {
        find_in_thread(tx.rows(), thread.id, answered).await?;
    }
    let too_fast = next_allowed_at(forum, &tx, author).await?;
    let slowed = next_at(tx.rows(), actor, &thread).await?;
    let slowed = slowed.filter(|next_at| tx.now() < *next_at);
    if let Some(retry_at) = too_fast.max(slowed) {
        drop(tx);
        let resent = resent(forum, author, &reply, &body).await?;
        return resent.ok_or(Error::TooMany { retry_at });
    }
    if thread.taken_number.is_some() {
        location::restore_redirects(&tx, thread.id, thread.next_number()).await?;
    }
    let review = start::needs_review(forum, &tx, Some(&thread)).await?;

    let text = NewText {
        thread_id: thread.id,
        number: thread.next_number(),
        author,
        mandate,
        capacity: reply.capacity,
        language: reply.language,
        in_reply_to: reply.in_reply_to,
        key: reply.key,
        body: &body,
        html,
        review,
    };
    let shown_at = review.is_none().then(|| tx.now());
    let besides = vec![
        bump(&tx, thread.id, text.number, review),
        read::mark_own_post_read(tx.rows(), author, thread.id, text.number),
        headings::bump(tx.rows(), thread.id, text.number, shown_at),
    ];
    let post = match start::insert_text(&tx, text, besides).await {
        // Probably a resend. These are rare, so it is looked up only now.
        Err(error) if matches!(&error, Error::Invalid { field, .. } if field == "key") => {
            drop(tx);
            return resent(forum, author, &reply, &body).await?.ok_or(error);
        }
        inserted => inserted?,
    };
    let event = Event::PostCreated {
        thread: post.thread_id,
        post: post.id,
        number: post.number,
    };
    let mut events = vec![event];
    events.extend(start::open_case(&tx, &post).await?);
    tx.commit_all(&events).await?;
    Ok(post)
}

/// Whether a refusal means that the thread no longer accepts replies.
fn is_closed(refusal: Refusal) -> bool {
    matches!(
        refusal,
        Refusal::ThreadLocked | Refusal::ThreadArchived | Refusal::ThreadMerged
    )
}

/// When the actor may next reply in a thread that a decision has slowed; `None` in other threads, and for an actor who
/// has not written there.
pub async fn next_at(
    rows: &DatabaseTransaction,
    actor: &Actor,
    thread: &thread::Model,
) -> Result<Option<Moment>> {
    let (Some(seconds), Some(author)) = (thread.slow_seconds, actor.person_id()) else {
        return Ok(None);
    };
    let pause = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
    let last = post::last_written(rows, author, thread.id).await?;
    Ok(last.map(|last| last.plus(pause)))
}

/// Updates the thread: its last number and, for a text that is shown, its latest activity, which never decreases.
fn bump(tx: &Tx, thread_id: ThreadId, number: i32, review: Option<Review>) -> Statement {
    let now = Expr::value(tx.now());
    let mut update =
        thread::Entity::update_many().col_expr(thread::Column::LastNumber, Expr::value(number));
    if review.is_none() {
        let latest = Expr::case(thread::Column::LastActivityAt.lt(tx.now()), now)
            .finally(Expr::col(thread::Column::LastActivityAt));
        update = update
            .col_expr(thread::Column::LastShown, Expr::value(number))
            .col_expr(thread::Column::LastActivityAt, latest.into());
    }
    update
        .filter(thread::Column::Id.eq(thread_id))
        .build(tx.rows().get_database_backend())
}

/// Finds the post that was written with this key before, if there is one. Refuses a key that was used for something
/// else.
async fn resent(
    forum: &Forum,
    author: PersonId,
    reply: &Reply,
    body: &str,
) -> Result<Option<post::Model>> {
    let snapshot = forum.store.snapshot();
    let rows = snapshot.rows().await?;
    let earlier = post::Entity::find()
        .filter(post::Column::AuthorId.eq(author))
        .filter(post::Column::Key.eq(reply.key))
        .one(rows)
        .await?;
    let Some(earlier) = earlier else {
        return Ok(None);
    };
    let same_text = text::was_sent(rows, earlier.id, body).await?;
    let same_thread = earlier.thread_id == reply.thread_id
        || location::has_been_in(rows, earlier.id, reply.thread_id).await?;
    if same_text
        && same_thread
        && earlier.in_reply_to_id == reply.in_reply_to
        && earlier.language == reply.language
        && earlier.capacity == reply.capacity
    {
        Ok(Some(earlier))
    } else {
        Err(Error::invalid("key", Fault::KeyReused))
    }
}

async fn find_in_thread(rows: &DatabaseTransaction, thread_id: ThreadId, id: PostId) -> Result<()> {
    post::Entity::find_by_id(id)
        .filter(post::Column::ThreadId.eq(thread_id))
        .filter(post::Column::MovedTo.is_null())
        .one(rows)
        .await?
        .map(drop)
        .ok_or_else(|| Error::invalid("inReplyToId", Fault::Unknown))
}

/// When the actor may write again, if not now.
async fn next_allowed_at(forum: &Forum, tx: &Tx, author: PersonId) -> Result<Option<Moment>> {
    let since = tx.now().minus(MINUTE);
    let (count, oldest) = post::written_since(tx.rows(), author, since, false).await?;
    let too_fast = count >= u64::from(forum.limits.posts_per_minute);
    Ok(too_fast.then(|| oldest.unwrap_or(tx.now()).plus(MINUTE)))
}
