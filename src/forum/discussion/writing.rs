//! Who may be seen writing in a thread.

use sea_orm::DatabaseTransaction;

use crate::base::actor::Actor;
use crate::base::actor::Capacity;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id::ThreadId;
use crate::forum::accounts::person;
use crate::forum::discussion::policy;
use crate::forum::discussion::thread;

/// Whether others may see that the actor writes in a thread. Refuses a thread that the actor does not see, and an actor
/// who may not reply in it.
pub async fn is_shown(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    thread_id: ThreadId,
) -> Result<bool> {
    let thread = thread::find(rows, actor.audience(), thread_id).await?;
    policy::reply(actor, now, &thread, None, Capacity::Personal).map_err(Error::Denied)?;
    shows_presence(rows, actor).await
}

/// Whether others may see that the actor is present; visitors are only counted.
pub async fn shows_presence(rows: &DatabaseTransaction, actor: &Actor) -> Result<bool> {
    let Some(id) = actor.person_id() else {
        return Ok(true);
    };
    let person = person::find(rows, id).await?;
    Ok(person.is_some_and(|person| person.shows_presence))
}
