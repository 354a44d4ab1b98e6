//! The other processes on the same database: hears of their commits and of who is present there, and tells them of the
//! commits here.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::presence::Presence;
use crate::store::Store;

/// Commits that follow each other more quickly than this are announced together.
const BETWEEN_NOTICES: Duration = Duration::from_millis(5);
/// How long to wait before connecting again.
const RECONNECT_AFTER: Duration = Duration::from_secs(1);

/// Listens to other processes until `stop`, and connects again when the connection fails.
pub fn listen(store: Store, presence: Presence, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        while !stop.is_cancelled() {
            tokio::select! {
                ended = store.listen(|said| presence.hear(said)) => {
                    if let Err(error) = ended {
                        tracing::warn!(%error, "not listening to other processes; trying again");
                    }
                    tokio::time::sleep(RECONNECT_AFTER).await;
                }
                () = stop.cancelled() => {}
            }
        }
    })
}

/// Announces the commits of this process to the others until `stop`: many at once when they come quickly. They poll slowly as
/// well, which makes up for a notice that is lost.
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
