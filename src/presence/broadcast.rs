//! Sends the presence at this process to the other processes.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::presence::Presence;
use crate::store::Store;

/// How often changes are sent to the other processes.
const SEND_INTERVAL: Duration = Duration::from_secs(1);

/// Removes expired presence and sends changes to the other processes until `stop`; then sends that nobody is present here.
pub fn run(store: Store, presence: Presence, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        while !stop.is_cancelled() {
            send(&store, presence.tick()).await;
            tokio::select! {
                () = tokio::time::sleep(SEND_INTERVAL) => {}
                () = stop.cancelled() => {}
            }
        }
        send(&store, presence.goodbye()).await;
    })
}

async fn send(store: &Store, messages: impl IntoIterator<Item = String>) {
    for message in messages {
        if let Err(error) = store.broadcast(&message).await {
            // It is sent again soon.
            tracing::warn!(%error, "presence could not be sent to other processes");
        }
    }
}
