//! Changing the tags of a thread.

use std::collections::HashSet;

use sea_orm::ActiveModelTrait;
use sea_orm::IntoActiveModel;
use sea_orm::Set;

use crate::base::actor::Actor;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id::ThreadId;
use crate::forum::Forum;
use crate::forum::discussion::policy;
use crate::forum::discussion::tag;
use crate::forum::discussion::tag::Tags;
use crate::forum::discussion::thread;
use crate::forum::vocabulary::headings;

/// Replaces a thread's tags with these; its author. Sending the same tags again adds nothing.
pub async fn retag(
    forum: &Forum,
    actor: &Actor,
    thread_id: ThreadId,
    tags: &Tags,
) -> Result<thread::Model> {
    let tx = forum.store.begin(actor).await?;
    headings::hold(tx.rows()).await?;
    let mut thread = thread::find_to_change(tx.rows(), actor.audience(), thread_id).await?;
    policy::retag(actor, tx.now(), &thread).map_err(Error::Denied)?;
    let concepts = tags.parse(tx.rows(), forum.limits.tags_per_facet).await?;
    let before = tag::of_threads(tx.rows(), &[thread.id]).await?;
    let before: HashSet<&String> = before.values().flatten().collect();
    if before == concepts.iter().collect() {
        return Ok(thread);
    }
    tag::replace(tx.rows(), thread.id, concepts).await?;
    thread.changed_at = Some(tx.now());
    let mut row = thread.clone().into_active_model();
    row.changed_at = Set(thread.changed_at);
    row.update(tx.rows()).await?;
    headings::keep(tx.rows(), &[thread.id]).await?;
    tx.commit(Event::ThreadRetagged { thread: thread.id })
        .await?;
    Ok(thread)
}
