//! What every forum starts with: the delegations and the vocabulary. Loaded at each start; only adds what is missing.

use crate::base::actor::Actor;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::forum::Forum;
use crate::forum::accounts;
use crate::forum::vocabulary;

/// Adds the delegations and concepts that are missing. What the Secretariat has changed stays as it is.
pub async fn load(forum: &Forum) -> Result<()> {
    let tx = forum.store.begin_serialized(&Actor::System).await?;
    accounts::instance::ensure(tx.rows()).await?;
    let delegations = accounts::seed::load(tx.rows()).await?;
    let concepts = vocabulary::seed::load(tx.rows()).await?;
    if delegations + concepts > 0 {
        tx.commit(Event::SeedLoaded {
            delegations,
            concepts,
        })
        .await?;
    }
    Ok(())
}
