//! Changing the labels and definitions of a concept. Its id does not change, so every tag and link stays valid.

use crate::base::actor::Actor;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::forum::Forum;
use crate::forum::accounts::policy;
use crate::forum::vocabulary::add;
use crate::forum::vocabulary::add::Label;
use crate::forum::vocabulary::concept;
use crate::forum::vocabulary::concept::Concept;

/// Replaces labels and definitions in the languages given; only the Secretariat.
pub async fn change(
    forum: &Forum,
    actor: &Actor,
    concept_id: &str,
    labels: &[Label],
) -> Result<Concept> {
    let labels = add::parse(labels)?;
    let tx = forum.store.begin_serialized(actor).await?;
    policy::secretariat(actor, tx.now()).map_err(Error::Denied)?;
    concept::find(tx.rows(), concept_id)
        .await?
        .ok_or(Error::NotFound)?;
    add::write_labels(tx.rows(), concept_id, &labels).await?;
    let changed = add::read(tx.rows(), concept_id).await?;
    let event = Event::ConceptChanged {
        concept: concept_id.to_string(),
    };
    tx.commit(event).await?;
    Ok(changed)
}
