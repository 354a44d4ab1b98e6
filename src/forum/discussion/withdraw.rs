//! Withdrawing a post: its text is no longer shown to anyone; its number and position stay. Only the people who decide
//! on a report of it can read it, until they have decided.

use sea_orm::ActiveModelTrait;
use sea_orm::IntoActiveModel;
use sea_orm::Set;

use crate::base::actor::Actor;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id::PostId;
use crate::base::limit;
use crate::forum::Forum;
use crate::forum::cases::case;
use crate::forum::discussion::activity;
use crate::forum::discussion::policy;
use crate::forum::discussion::post;
use crate::forum::discussion::text::stored::StoredText;
use crate::forum::vocabulary::headings;

/// Withdraws the actor's own post. Withdrawing it again returns the same result.
pub async fn withdraw(
    forum: &Forum,
    actor: &Actor,
    post_id: PostId,
    reason: Option<&str>,
) -> Result<post::Model> {
    let reason = limit::optional_line("reason", reason, limit::MAX_REASON)?;
    let tx = forum.store.begin(actor).await?;
    headings::hold(tx.rows()).await?;
    let threads = activity::threads_of(tx.rows(), &[post_id]).await?;
    activity::lock_threads(&tx, &threads).await?;
    let post = post::find_to_change(tx.rows(), actor.audience(), post_id).await?;
    policy::withdraw(actor, &post).map_err(Error::Denied)?;
    if post.state == post::State::Withdrawn {
        return Ok(post);
    }
    let mut change = post.into_active_model();
    change.state = Set(post::State::Withdrawn);
    change.withdrawn_at = Set(Some(tx.now()));
    change.withdrawal_reason = Set(reason);
    change.body_html = Set(StoredText::default());
    let post = change.update(tx.rows()).await?;
    activity::recompute(&tx, &[post.thread_id]).await?;
    // It may have been the answer to a question.
    headings::keep(tx.rows(), &[post.thread_id]).await?;
    let event = Event::PostWithdrawn {
        thread: post.thread_id,
        post: post.id,
        number: post.number,
    };
    let mut events = vec![event];
    // A text that nobody will read needs no approval.
    for case in case::find_open(tx.rows(), case::Kind::Approval, &[post.id.0]).await? {
        events.push(Event::CaseChanged { case: case.id });
        case::resolve(&tx, case, None).await?;
    }
    // The people who decide on a report of it see that it has been withdrawn; they can read it until they have decided.
    for case in case::find_open(tx.rows(), case::Kind::Report, &[post.id.0]).await? {
        events.push(Event::CaseChanged { case: case.id });
    }
    tx.commit_all(&events).await?;
    Ok(post)
}
