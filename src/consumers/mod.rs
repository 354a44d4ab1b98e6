//! What happens after a commit: each consumer reads the log at its own pace; the rules never call one.

pub mod consumer;
pub mod live;
pub mod monitor;
pub mod processes;
pub mod retention;
pub mod runner;

use crate::consumers::consumer::Consumers;

/// The consumers of the forum. A new one is added here, and nowhere else.
pub fn all() -> Consumers {
    Consumers::none()
}
