//! Decisions by which more people read what was written for fewer: the Secretariat's alone, and told to all who wrote.

use std::collections::HashSet;

use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::base::actor::Audience;
use crate::base::error::Result;
use crate::forum::discussion::people;
use crate::forum::discussion::post;
use crate::forum::discussion::thread;
use crate::forum::discussion::thread::Visibility;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::found::Found;
use crate::forum::moderation::moving;
use crate::forum::moderation::standing::Facts;

/// Who wrote or translated the texts that a target would show to the public if it stood so, while they were written for members; nothing
/// when it shows nobody more than they see.
pub(crate) async fn of(
    rows: &DatabaseTransaction,
    act: Act,
    found: &Found,
    wanted: &Facts,
) -> Result<Option<HashSet<Uuid>>> {
    match found {
        Found::Thread(thread) if act.moves() => of_merged(rows, thread, wanted).await,
        Found::Thread(thread) => {
            let public = Visibility::Public.name();
            let opens = thread.visibility == Visibility::Members
                && wanted.visibility.as_deref() == Some(public);
            match opens {
                true => people::writers(rows, thread.id).await.map(Some),
                false => Ok(None),
            }
        }
        Found::Post { thread, post } => {
            let Some((into, _)) = wanted.place else {
                return Ok(None);
            };
            match is_wider(rows, thread.id, into).await? {
                true => people::writers_of(rows, std::slice::from_ref(post))
                    .await
                    .map(Some),
                false => Ok(None),
            }
        }
        Found::Person { .. } => Ok(None),
    }
}

/// The same of a thread whose posts go into another one, or come back from there.
async fn of_merged(
    rows: &DatabaseTransaction,
    thread: &thread::Model,
    wanted: &Facts,
) -> Result<Option<HashSet<Uuid>>> {
    let (from, into) = match (wanted.merged_into, thread.merged_into) {
        (Some(into), None) => (thread.id, into),
        (None, Some(from)) => (from, thread.id),
        (Some(_), Some(_)) | (None, None) => return Ok(None),
    };
    if !is_wider(rows, from, into).await? {
        return Ok(None);
    }
    if from == thread.id {
        return people::writers(rows, from).await.map(Some);
    }
    let numbers = moving::moved(rows, thread).await?;
    let numbers = numbers.into_iter().map(|(_, there)| (from, there, there));
    let numbers: Vec<_> = numbers.collect();
    let posts = post::numbered(rows, Audience::Members, &numbers).await?;
    people::writers_of(rows, &posts).await.map(Some)
}

/// Whether the public sees the second thread and not the first.
async fn is_wider(rows: &DatabaseTransaction, from: Uuid, into: Uuid) -> Result<bool> {
    let public = thread::find_many(rows, Audience::Public, &[from, into]).await?;
    let sees = |id: Uuid| public.iter().any(|thread| thread.id == id);
    Ok(!sees(from) && sees(into))
}
