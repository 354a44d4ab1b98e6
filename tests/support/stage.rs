//! Runs each promise on both databases, each time in a forum of its own, and cleans up after it.

use crate::support::database::Kind;
use crate::support::forum::Forum;
use crate::support::forum::Setup;
use crate::support::wait::within;

/// Runs a promise in a forum of its own.
pub async fn play<F, Fut>(kind: Kind, setup: Setup, promise: F)
where
    F: FnOnce(Forum) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    let (forum, running) = Forum::start(kind, &setup).await;
    // In a task, so that a panic does not prevent the cleanup.
    let kept = tokio::spawn(promise(forum.clone())).await;
    within("the server to stop", running.stop()).await;
    forum.remove().await;
    if let Err(broken) = kept {
        std::panic::resume_unwind(broken.into_panic());
    }
}

/// Makes two tests of each function: `name::on_sqlite` and `name::on_postgresql`. A function that is not listed is dead code, which the
/// compiler reports.
macro_rules! on_both_databases {
    ($($promise:ident $(with $setup:expr)?),+ $(,)?) => {$(
        mod $promise {
            #[allow(unused_imports, reason = "settings are named only where they differ")]
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                let setup = on_both_databases!(@setup $($setup)?);
                let kind = crate::support::database::Kind::Sqlite;
                crate::support::stage::play(kind, setup, super::$promise).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgresql() {
                let setup = on_both_databases!(@setup $($setup)?);
                let kind = crate::support::database::Kind::Postgres;
                crate::support::stage::play(kind, setup, super::$promise).await;
            }
        }
    )+};
    (@setup) => { crate::support::forum::Setup::default() };
    (@setup $setup:expr) => { $setup };
}

/// The same for tests that start their own servers: each function receives the kind of database.
macro_rules! for_both_databases {
    ($($promise:ident),+ $(,)?) => {$(
        mod $promise {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$promise(crate::support::database::Kind::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgresql() {
                super::$promise(crate::support::database::Kind::Postgres).await;
            }
        }
    )+};
}
