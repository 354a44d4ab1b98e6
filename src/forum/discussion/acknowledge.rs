//! Acknowledging a post for a delegation, and withdrawing an acknowledgement.

use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id;
use crate::base::id::PostId;
use crate::forum::Forum;
use crate::forum::discussion::acknowledgement;
use crate::forum::discussion::acknowledgement::Kind;
use crate::forum::discussion::policy;
use crate::forum::discussion::post;
use crate::forum::discussion::start;

/// What to say of a post, or to take back.
#[derive(Clone, Debug)]
pub struct Acknowledgement {
    pub post_id: PostId,
    pub kind: Kind,
    /// The mandate under which to speak; the latest current one if left out.
    pub mandate_id: Option<Uuid>,
}

/// Acknowledges a post on behalf of the actor's delegation. Refuses what [`policy::acknowledge`] refuses. Whatever a member of the
/// delegation has said before stays, and saying it again adds nothing.
pub async fn acknowledge(
    forum: &Forum,
    actor: &Actor,
    wanted: Acknowledgement,
) -> Result<post::Model> {
    let tx = forum.store.begin(actor).await?;
    // Locked, so that of two members who say the same only one adds it.
    let post = post::find_to_change(tx.rows(), actor.audience(), wanted.post_id).await?;
    let mandate = policy::acknowledge(actor, tx.now(), &post, wanted.mandate_id);
    let delegation = mandate.map_err(Error::Denied)?.delegation_id.clone();
    let earlier = acknowledgement::find_of(tx.rows(), post.id, wanted.kind, &delegation).await?;
    if earlier.is_some() {
        return Ok(post);
    }
    let row = acknowledgement::Model {
        id: id::new(),
        post_id: post.id,
        kind: wanted.kind,
        delegation_id: delegation.clone(),
        person_id: start::writer(actor)?,
        created_at: tx.now(),
    };
    acknowledgement::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    let event = Event::AcknowledgementGiven {
        thread: post.thread_id,
        post: post.id,
        number: post.number,
        delegation,
        acknowledged: wanted.kind.as_str().to_string(),
    };
    tx.commit(event).await?;
    Ok(post)
}

/// Withdraws what the actor's delegation has said of a post, whoever of its members said it. Nothing to withdraw is no error.
pub async fn withdraw(
    forum: &Forum,
    actor: &Actor,
    wanted: Acknowledgement,
) -> Result<post::Model> {
    let tx = forum.store.begin(actor).await?;
    let post = post::find_to_change(tx.rows(), actor.audience(), wanted.post_id).await?;
    let mandate = policy::withdraw_acknowledgement(actor, tx.now(), wanted.mandate_id);
    let delegation = mandate.map_err(Error::Denied)?.delegation_id.clone();
    let earlier = acknowledgement::find_of(tx.rows(), post.id, wanted.kind, &delegation).await?;
    let Some(earlier) = earlier else {
        return Ok(post);
    };
    acknowledgement::Entity::delete_by_id(earlier.id)
        .exec(tx.rows())
        .await?;
    let event = Event::AcknowledgementWithdrawn {
        thread: post.thread_id,
        post: post.id,
        number: post.number,
        delegation,
        acknowledged: wanted.kind.as_str().to_string(),
    };
    tx.commit(event).await?;
    Ok(post)
}
