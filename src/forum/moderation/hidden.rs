//! Texts that are hidden from others, and who may read them nevertheless.

use sea_orm::DatabaseTransaction;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::forum::discussion::post;
use crate::forum::discussion::post::State;
use crate::forum::discussion::text;
use crate::forum::discussion::text::Readable;
use crate::forum::discussion::thread;
use crate::forum::moderation::policy;
use crate::forum::moderation::queue;

/// The text of a post that a decision hides, that waits for approval or that was rejected: for its author, the
/// Secretariat, and a moderator within their regions. A text that its author has withdrawn: for those who could decide
/// on a report or an appeal of it, while that is waiting. `None` for others, and while the text is shown to everyone
/// who sees the post. `in_scope` returns whether the post's thread is within the actor's regions; it is called only
/// where that matters.
pub async fn of_post<'a>(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    post: &'a post::Model,
    in_scope: impl AsyncFnOnce() -> Result<bool>,
) -> Result<Option<Readable<'a>>> {
    let reads = match post.shown_as() {
        State::Published | State::Erased | State::Moved => false,
        State::Withdrawn => queue::reads_withdrawn(rows, actor, now, post).await?,
        State::Hidden | State::Waiting | State::Rejected => {
            policy::reads_hidden(actor, post.author_id, in_scope().await?)
        }
    };
    Ok(reads.then(|| text::permitted(post)))
}

/// The title of a thread whose opening text waits for approval or was rejected: for its author, the Secretariat, and a
/// moderator within their regions. `None` for others, and while the title is shown to everyone who sees the thread.
pub async fn title<'a>(
    actor: &Actor,
    thread: &'a thread::Model,
    in_scope: impl AsyncFnOnce() -> Result<bool>,
) -> Result<Option<&'a str>> {
    if text::title(thread).is_ok() {
        return Ok(None);
    }
    let reads = policy::reads_hidden(actor, thread.author_id, in_scope().await?);
    Ok(reads.then_some(thread.title.as_str()))
}
