//! Sends the other processes who is present at this one.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::presence::Presence;
use crate::store::Store;

/// How often other processes are sent who is present, if that has changed.
const BETWEEN_MESSAGES: Duration = Duration::from_secs(1);

/// Forgets who is no longer present and tells the other processes what has changed, until `stop`; then that nobody is
/// present here.
pub fn run(store: Store, presence: Presence, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        while !stop.is_cancelled() {
            send(&store, presence.tick()).await;
            tokio::select! {
                () = tokio::time::sleep(BETWEEN_MESSAGES) => {}
                () = stop.cancelled() => {}
            }
        }
        send(&store, presence.farewell()).await;
    })
}

async fn send(store: &Store, messages: impl IntoIterator<Item = String>) {
    for message in messages {
        if let Err(error) = store.say(&message).await {
            // It is sent again soon.
            tracing::warn!(%error, "other processes could not be told who is present");
        }
    }
}
