//! Communication with the other processes on the same database: receives their commits and presence, and announces the
//! commits of this process.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::presence::Presence;
use crate::store::Store;

/// Commits at shorter intervals than this are announced together.
const MIN_ANNOUNCE_INTERVAL: Duration = Duration::from_millis(5);
/// How long to wait before connecting again.
const RECONNECT_DELAY: Duration = Duration::from_secs(1);

/// Listens to other processes until `stop`, and connects again when the connection fails.
pub fn listen(store: Store, presence: Presence, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        while !stop.is_cancelled() {
            tokio::select! {
                ended = store.listen(|message| presence.receive(message)) => {
                    if let Err(error) = ended {
                        tracing::warn!(%error, "not listening to other processes; trying again");
                    }
                    tokio::time::sleep(RECONNECT_DELAY).await;
                }
                () = stop.cancelled() => {}
            }
        }
    })
}

/// Announces the commits of this process to the others until `stop`, several at once when they follow each other quickly. The
/// others also poll slowly, which makes up for lost announcements.
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
                tracing::warn!(%error, "other processes could not be notified of a commit");
            }
            tokio::time::sleep(MIN_ANNOUNCE_INTERVAL).await;
        }
    })
}
