//! Retiring a concept in favour of another. Threads keep the tag that they were given. It is shown, counted and found
//! as its successor until the concept is restored.

use sea_orm::ActiveModelTrait;
use sea_orm::IntoActiveModel;
use sea_orm::Set;

use crate::base::actor::Actor;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::forum::Forum;
use crate::forum::accounts::policy;
use crate::forum::vocabulary::add;
use crate::forum::vocabulary::closure;
use crate::forum::vocabulary::concept;
use crate::forum::vocabulary::concept::Concept;
use crate::forum::vocabulary::concept::State;

/// Restores a retired concept; only the Secretariat. Its threads are shown under it as before. A concept that is in use
/// stays unchanged.
pub async fn restore(forum: &Forum, actor: &Actor, concept_id: &str) -> Result<Concept> {
    let tx = forum.store.begin_serialized(actor).await?;
    policy::secretariat(actor, tx.now()).map_err(Error::Denied)?;
    let retired = concept::find(tx.rows(), concept_id)
        .await?
        .ok_or(Error::NotFound)?;
    if retired.row.state == State::Current {
        return Ok(retired);
    }
    let mut change = retired.row.into_active_model();
    change.state = Set(State::Current);
    change.successor_id = Set(None);
    change.update(tx.rows()).await?;
    closure::rebuild(tx.rows()).await?;
    let restored = add::read(tx.rows(), concept_id).await?;
    let event = Event::ConceptRestored {
        concept: concept_id.to_string(),
    };
    tx.commit(event).await?;
    Ok(restored)
}

/// Retires a concept; only the Secretariat. Refuses a successor that is itself retired, belongs to another scheme, or
/// is under the concept.
pub async fn deprecate(
    forum: &Forum,
    actor: &Actor,
    concept_id: &str,
    successor_id: &str,
) -> Result<Concept> {
    let unfit = || Error::invalid("successorId", Fault::Unknown);
    if successor_id.is_empty() {
        return Err(Error::invalid("successorId", Fault::Empty));
    }
    let tx = forum.store.begin_serialized(actor).await?;
    policy::secretariat(actor, tx.now()).map_err(Error::Denied)?;
    let retired = concept::find(tx.rows(), concept_id)
        .await?
        .ok_or(Error::NotFound)?;
    let successor = concept::find(tx.rows(), successor_id)
        .await?
        .ok_or_else(unfit)?;
    if retired.row.successor_id.as_deref() == Some(successor_id) {
        return Ok(retired);
    }
    let fits = successor.row.scheme == retired.row.scheme
        && successor.row.state == State::Current
        && !closure::contains(tx.rows(), concept_id, successor_id).await?;
    if !fits {
        return Err(unfit());
    }
    let mut change = retired.row.into_active_model();
    change.state = Set(State::Deprecated);
    change.successor_id = Set(Some(successor_id.to_string()));
    change.update(tx.rows()).await?;
    closure::rebuild(tx.rows()).await?;
    let retired = add::read(tx.rows(), concept_id).await?;
    let event = Event::ConceptDeprecated {
        concept: concept_id.to_string(),
        successor: successor_id.to_string(),
    };
    tx.commit(event).await?;
    Ok(retired)
}
