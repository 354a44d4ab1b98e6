//! Shared by splitting threads and merging them: posts move from one thread to another, and references to them are
//! updated.

use std::collections::BTreeSet;

use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::Set;
use uuid::Uuid;

use crate::base::actor::Audience;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id::ThreadId;
use crate::forum::cases::subject::Subject;
use crate::forum::discussion::post;
use crate::forum::discussion::thread;
use crate::forum::moderation::decision::target;
use crate::forum::moderation::subject_state::StateDetails;
use crate::store::tx::Tx;

/// Locks the threads of a decision that moves posts, in a fixed order and before any of their posts, as replying does.
pub(crate) async fn lock(tx: &Tx, subjects: &[Subject], others: &[ThreadId]) -> Result<()> {
    let ids = subjects.iter().filter_map(|subject| match subject {
        Subject::Post(id) => Some(*id),
        Subject::Thread(_) | Subject::Person(_) => None,
    });
    let posts = post::Entity::find()
        .filter(post::Column::Id.is_in(ids))
        .all(tx.rows())
        .await?;
    let threads: BTreeSet<ThreadId> = posts
        .iter()
        .map(|post| post.thread_id)
        .chain(subjects.iter().filter_map(|subject| match subject {
            Subject::Thread(id) => Some(*id),
            Subject::Post(_) | Subject::Person(_) => None,
        }))
        .chain(others.iter().copied())
        .collect();
    Ok(thread::Entity::find()
        .filter(thread::Column::Id.is_in(threads))
        .order_by_asc(thread::Column::Id)
        .lock_exclusive()
        .all(tx.rows())
        .await
        .map(drop)?)
}

/// The posts that are in a thread, by number, without the redirects of posts that were moved away.
pub(crate) async fn posts_in(
    rows: &DatabaseTransaction,
    thread_id: ThreadId,
) -> Result<Vec<post::Model>> {
    Ok(post::Entity::find()
        .filter(post::Column::ThreadId.eq(thread_id))
        .filter(post::Column::MovedTo.is_null())
        .order_by_asc(post::Column::Number)
        .all(rows)
        .await?)
}

/// The threads from which or into which a decision with these targets moves posts.
pub(crate) fn threads(targets: &[target::Model]) -> Result<Vec<ThreadId>> {
    let mut all = Vec::new();
    for target in targets {
        all.extend(target.thread_id);
        for details in [&target.before_facts, &target.after_facts] {
            let details = StateDetails::read(details)?;
            all.extend(details.merged_into);
            all.extend(details.place.map(|(thread, _)| thread));
        }
    }
    Ok(all)
}

/// Redirects a thread whose posts were all moved to the thread that contains them now, or removes that redirect.
pub(crate) async fn set_redirect(
    tx: &Tx,
    id: ThreadId,
    into: Option<ThreadId>,
    decision_id: Option<Uuid>,
) -> Result<()> {
    let thread = thread::find(tx.rows(), Audience::Members, id).await?;
    let mut change = thread.into_active_model();
    change.merged_into = Set(into);
    change.merged_by = Set(decision_id);
    Ok(change.update(tx.rows()).await.map(drop)?)
}

/// Whether the public can see the second thread but not the first.
pub(crate) async fn widens_audience(
    rows: &DatabaseTransaction,
    from: ThreadId,
    into: ThreadId,
) -> Result<bool> {
    let public = thread::find_many(rows, Audience::Public, &[from, into]).await?;
    let sees = |id: ThreadId| public.iter().any(|thread| thread.id == id);
    Ok(!sees(from) && sees(into))
}

/// The events for subscribers of either thread.
pub(crate) fn events(from: ThreadId, into: ThreadId, decision: Uuid) -> Vec<Event> {
    [(from, into), (into, from)]
        .map(|(thread, other)| Event::PostsMoved {
            thread,
            other,
            decision,
        })
        .to_vec()
}
