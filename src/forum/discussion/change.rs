//! Changing a thread's title, kind and visibility.

use sea_orm::ActiveModelTrait;
use sea_orm::IntoActiveModel;
use sea_orm::Set;

use crate::base::actor::Actor;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id::ThreadId;
use crate::base::limit;
use crate::forum::Forum;
use crate::forum::discussion::people;
use crate::forum::discussion::policy;
use crate::forum::discussion::thread;
use crate::forum::discussion::thread::Kind;
use crate::forum::discussion::thread::Visibility;
use crate::forum::vocabulary::headings;

/// What to change; fields that are left out stay unchanged.
#[derive(Clone, Debug)]
pub struct Change {
    pub thread_id: ThreadId,
    pub title: Option<String>,
    pub kind: Option<Kind>,
    pub visibility: Option<Visibility>,
}

/// Changes a thread; its author. Refuses showing to the public what others wrote for members. A change that changes
/// nothing adds nothing.
pub async fn change(forum: &Forum, actor: &Actor, change: Change) -> Result<thread::Model> {
    let max = forum.limits.title_length;
    let title = change
        .title
        .map(|title| limit::line("title", &title, max))
        .transpose()?;
    let tx = forum.store.begin(actor).await?;
    headings::hold(tx.rows()).await?;
    let before = thread::find_to_change(tx.rows(), actor.audience(), change.thread_id).await?;
    policy::change(actor, tx.now(), &before).map_err(Error::Denied)?;
    let mut after = before.clone();
    after.title = title.unwrap_or(after.title);
    after.kind = change.kind.unwrap_or(after.kind);
    after.visibility = change.visibility.unwrap_or(after.visibility);
    if after == before {
        return Ok(before);
    }
    if before.visibility == Visibility::Members && after.visibility == Visibility::Public {
        // Nobody can write there meanwhile: replying locks the thread first.
        let shared = people::with_other_writers(tx.rows(), &[before.id]).await?;
        policy::publish(actor, tx.now(), &before, shared.contains(&before.id))
            .map_err(Error::Denied)?;
    }
    after.changed_at = Some(tx.now());
    let mut row = before.clone().into_active_model();
    row.title = Set(after.title.clone());
    row.kind = Set(after.kind);
    row.visibility = Set(after.visibility);
    row.changed_at = Set(after.changed_at);
    row.update(tx.rows()).await?;
    headings::keep(tx.rows(), &[after.id]).await?;
    let event = Event::ThreadChanged {
        thread: after.id,
        visible_before: before.visibility.as_str().to_string(),
        visible_after: after.visibility.as_str().to_string(),
    };
    tx.commit(event).await?;
    Ok(after)
}
