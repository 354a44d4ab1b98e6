//! Waiting for a condition, never for a fixed time: each wait says what for, and gives up at a deadline.

use std::time::Duration;

use tokio::time::Instant;

/// Long enough for a busy machine; reached only when something is broken.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// How often a condition that sends no notification is checked.
const GLANCE: Duration = Duration::from_millis(20);

/// Polls until there is a value, and returns it.
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

/// Awaits something that completes by itself.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("waited in vain for {what}"))
}
