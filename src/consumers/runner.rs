//! Runs the followers of the log: each in a task of its own that begins again when it fails.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::base::error::Result;
use crate::consumers::presence::Presence;
use crate::store::Store;
use crate::store::log;

/// How long a wake-up may be lost without anybody noticing more than this.
const SLOW_POLL: Duration = Duration::from_secs(2);
/// How often the log is shortened.
const BETWEEN_PRUNINGS: Duration = Duration::from_secs(60);
/// Commits that follow each other more quickly than this are told of together.
const BETWEEN_NOTICES: Duration = Duration::from_millis(5);
/// How often other processes are told who is present, if that has changed.
const BETWEEN_TELLINGS: Duration = Duration::from_secs(1);
/// How long to wait before trying again after a malfunction.
const REST: Duration = Duration::from_secs(1);

/// Calls `catch_up` whenever the log may have grown, and now and then without being told, until `stop`.
pub fn follow<F, Fut>(store: Store, stop: CancellationToken, catch_up: F) -> JoinHandle<()>
where
    F: Fn() -> Fut + Send + 'static,
    Fut: Future<Output = Result<()>> + Send,
{
    tokio::spawn(async move {
        let mut wakes = store.wakes();
        while !stop.is_cancelled() {
            wakes.mark_unchanged();
            if let Err(error) = catch_up().await {
                tracing::error!(%error, "a follower of the log failed and tries again");
                tokio::time::sleep(REST).await;
                continue;
            }
            tokio::select! {
                _ = wakes.changed() => {}
                () = tokio::time::sleep(SLOW_POLL) => {}
                () = stop.cancelled() => {}
            }
        }
    })
}

/// Listens to other processes, to their commits and to who is present there, until `stop`, connecting anew when the
/// connection fails.
pub fn listen(store: Store, presence: Presence, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        while !stop.is_cancelled() {
            tokio::select! {
                ended = store.listen(|said| presence.hear(said)) => {
                    if let Err(error) = ended {
                        tracing::warn!(%error, "not listening to other processes; trying again");
                    }
                    tokio::time::sleep(REST).await;
                }
                () = stop.cancelled() => {}
            }
        }
    })
}

/// Tells other processes of the commits of this one until `stop`: of many at once when they come quickly. A notice that is
/// lost with its process is made up for by their slow poll.
pub fn announce(store: Store, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut commits = store.commits();
        loop {
            tokio::select! {
                biased;
                _ = commits.changed() => {}
                () = stop.cancelled() => return,
            }
            if let Err(error) = store.announce().await {
                tracing::warn!(%error, "other processes could not be told of a commit");
            }
            tokio::time::sleep(BETWEEN_NOTICES).await;
        }
    })
}

/// Keeps presence true, and tells the other processes of it as it changes, until `stop`.
pub fn keep_present(store: Store, presence: Presence, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        while !stop.is_cancelled() {
            tell(&store, presence.tick()).await;
            tokio::select! {
                () = tokio::time::sleep(BETWEEN_TELLINGS) => {}
                () = stop.cancelled() => {}
            }
        }
        tell(&store, presence.farewell()).await;
    })
}

async fn tell(store: &Store, messages: impl IntoIterator<Item = String>) {
    for message in messages {
        if let Err(error) = store.say(&message).await {
            // It is told again soon.
            tracing::warn!(%error, "other processes could not be told who is present");
        }
    }
}

/// Removes now and then what the log no longer keeps, until `stop`.
pub fn keep_short(
    store: Store,
    stop: CancellationToken,
    most: u64,
    age: Duration,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        while !stop.is_cancelled() {
            let since = store.clock().now().minus(age);
            if let Err(error) = log::prune(&store, most, since).await {
                tracing::warn!(%error, "the log could not be shortened; trying again later");
            }
            tokio::select! {
                () = tokio::time::sleep(BETWEEN_PRUNINGS) => {}
                () = stop.cancelled() => {}
            }
        }
    })
}
