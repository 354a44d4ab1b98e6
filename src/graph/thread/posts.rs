//! The posts of a thread and their authors.

use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::base::id::ThreadId;
use crate::base::page::Numbers;
use crate::base::page::Window;
use crate::forum::discussion::location;
use crate::forum::discussion::post;
use crate::forum::discussion::thread;
use crate::graph::context::ReadView;
use crate::graph::post::Post;
use crate::graph::post::load as post_by_id;
use crate::graph::thread::loaders::LastNumbers;
use crate::graph::thread::loaders::NumberedPosts;
use crate::graph::thread::loaders::Participants;
use crate::graph::thread::loaders::Threads;

/// The post that a number of a thread refers to: the one found there, or the same post in the thread to which it was moved.
pub async fn resolve_number(
    view: &ReadView,
    thread: ThreadId,
    number: i32,
    found: Vec<post::Model>,
) -> Result<Option<Post>> {
    let Some(found) = found.into_iter().next() else {
        let (rows, audience) = (view.rows().await?, view.actor.audience());
        let former = location::follow_redirect(rows, audience, thread, number).await?;
        return Ok(former.map(Post));
    };
    match found.moved_to {
        Some(id) => Ok(post_by_id(view, id).await?.or(Some(Post(found)))),
        None => Ok(Some(Post(found))),
    }
}

/// The first or last post of a thread, loaded together with those of the other threads in the response.
pub async fn first_or_last(
    view: &ReadView,
    thread: &thread::Model,
    end: impl Fn(i32) -> i32,
) -> Result<Option<Post>> {
    let only = |latest| {
        let number = end(latest);
        Numbers {
            from: number,
            to: number,
        }
    };
    let keyed = view
        .map_loaded::<Threads, _>(|id, row| (*id, only(row.latest_number())))
        .await;
    let keys = keyed
        .into_iter()
        .map(|(id, numbers)| (id, numbers.from, numbers.to));
    view.prefetch::<NumberedPosts>(keys);
    let numbers = only(thread.latest_number());
    let found = posts_of(view, thread, numbers, |ends| Ok(only(ends.latest))).await?;
    resolve_number(view, thread.id, numbers.from, found).await
}

/// The people who wrote in a thread, loaded together with those of the other threads in the response.
pub async fn participants_of(
    view: &ReadView,
    thread: ThreadId,
    window: &Window,
) -> Result<Vec<PersonId>> {
    let mut siblings = view.map_loaded::<Threads, _>(|id, _| *id).await;
    siblings.extend(
        view.registered_rows::<ThreadId, LastNumbers>()
            .into_iter()
            .map(|(id, _)| id),
    );
    view.prefetch::<Participants>(siblings.into_iter().map(|id| (id, window.clone())));
    let found = view.get::<Participants>((thread, window.clone())).await?;
    Ok(found.unwrap_or_default())
}

/// The posts of a thread with these numbers, loaded together with those that `of` selects in the other threads of the
/// response.
pub async fn posts_of(
    view: &ReadView,
    thread: &thread::Model,
    numbers: Numbers,
    of: impl Fn(LastNumbers) -> Result<Numbers>,
) -> Result<Vec<post::Model>> {
    let key = |id: ThreadId, numbers: Numbers| (id, numbers.from, numbers.to);
    let listed = view.registered_rows::<ThreadId, LastNumbers>().into_iter();
    let keys = listed.map(|(id, ends)| of(ends).map(|numbers| key(id, numbers)));
    view.prefetch::<NumberedPosts>(keys.collect::<Result<Vec<_>>>()?);
    let found = view.get::<NumberedPosts>(key(thread.id, numbers)).await?;
    Ok(found.unwrap_or_default())
}
