//! Waiting for a condition, never for a time: whoever waits says for what, and gives up at a deadline.

use std::time::Duration;

use tokio::time::Instant;

/// Long enough for a busy machine; reached only when something is broken.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// How often a condition that cannot be heard is looked at.
const GLANCE: Duration = Duration::from_millis(20);

/// Looks until there is something, and returns it.
pub async fn until<T, F, Fut>(what: &str, mut look: F) -> T
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Option<T>>,
{
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        tokio::time::sleep(GLANCE).await;
    }
}

/// Awaits something that tells by itself when it is there.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("waited in vain for {what}"))
}
