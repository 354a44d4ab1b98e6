//! The answer to a question: one post of the thread, marked by the person who asked, or by decision.

use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::entity::prelude::*;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::forum::Forum;
use crate::forum::discussion::activity;
use crate::forum::discussion::policy;
use crate::forum::discussion::post;
use crate::forum::discussion::thread;
use crate::forum::vocabulary::headings;
use crate::store::tx::Tx;

/// Whether a post is the answer of a thread: it is marked, the thread is still a question, and the post is still in the thread
/// and shown. The headings of threads follow the same rule.
pub fn is_answer(thread: &thread::Model, post: &post::Model) -> bool {
    thread.kind == thread::Kind::Question
        && thread.answer_id == Some(post.id)
        && post.thread_id == thread.id
        && post.shown_as() == post::State::Published
}

/// Marks a post as the answer, in place of any earlier one; the person who asked. Refuses what [`policy::accept_answer`] refuses.
/// Marking it again adds nothing.
pub async fn accept(forum: &Forum, actor: &Actor, post_id: PostId) -> Result<post::Model> {
    let (tx, thread, post) = find(forum, actor, post_id).await?;
    policy::accept_answer(actor, tx.now(), &thread, &post).map_err(Error::Denied)?;
    if thread.answer_id == Some(post.id) {
        return Ok(post);
    }
    mark(&tx, thread.id, Some(post.id), None).await?;
    finish(tx, &thread, event(&post, true, None)).await?;
    Ok(post)
}

/// Removes the mark from a post; the person who asked. Without the mark, it changes nothing.
pub async fn withdraw(forum: &Forum, actor: &Actor, post_id: PostId) -> Result<post::Model> {
    let (tx, thread, post) = find(forum, actor, post_id).await?;
    policy::withdraw_answer(actor, tx.now(), &thread).map_err(Error::Denied)?;
    if thread.answer_id != Some(post.id) {
        return Ok(post);
    }
    mark(&tx, thread.id, None, None).await?;
    finish(tx, &thread, event(&post, false, None)).await?;
    Ok(post)
}

/// Finds a post and its thread, and locks both, the thread first.
async fn find(
    forum: &Forum,
    actor: &Actor,
    post_id: PostId,
) -> Result<(Tx, thread::Model, post::Model)> {
    let tx = forum.store.begin(actor).await?;
    headings::hold(tx.rows()).await?;
    let threads = activity::threads_of(tx.rows(), &[post_id]).await?;
    activity::lock_threads(&tx, &threads).await?;
    let post = post::find_to_change(tx.rows(), actor.audience(), post_id).await?;
    let thread = thread::find(tx.rows(), actor.audience(), post.thread_id).await?;
    Ok((tx, thread, post))
}

async fn finish(tx: Tx, thread: &thread::Model, event: Event) -> Result<()> {
    thread::Entity::update_many()
        .col_expr(thread::Column::ChangedAt, Expr::value(tx.now()))
        .filter(thread::Column::Id.eq(thread.id))
        .exec(tx.rows())
        .await?;
    headings::keep(tx.rows(), &[thread.id]).await?;
    tx.commit(event).await.map(drop)
}

/// Writes which post is marked, and by which decision.
pub(crate) async fn mark(
    tx: &Tx,
    thread_id: ThreadId,
    answer: Option<PostId>,
    decision: Option<Uuid>,
) -> Result<()> {
    Ok(thread::Entity::update_many()
        .col_expr(thread::Column::AnswerId, Expr::value(answer))
        .col_expr(thread::Column::AnswerBy, Expr::value(decision))
        .filter(thread::Column::Id.eq(thread_id))
        .exec(tx.rows())
        .await
        .map(drop)?)
}

/// The event of a post that was marked as the answer or lost its mark, perhaps by a decision.
pub(crate) fn event(post: &post::Model, accepted: bool, decision: Option<Uuid>) -> Event {
    let (thread, number, post) = (post.thread_id, post.number, post.id);
    match accepted {
        true => Event::AnswerAccepted {
            thread,
            post,
            number,
            decision,
        },
        false => Event::AnswerWithdrawn {
            thread,
            post,
            number,
            decision,
        },
    }
}
