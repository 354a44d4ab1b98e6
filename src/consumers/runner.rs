//! Runs the consumers of the log, each in a task of its own: one that fails stops only itself, and is tried again.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::metrics::Metrics;
use crate::consumers::consumer::AnyConsumer;
use crate::consumers::consumer::Consumers;
use crate::consumers::monitor::Monitor;
use crate::store::Store;
use crate::store::cursor;
use crate::store::log;
use crate::store::log::Logged;
use crate::store::step::Step;

/// How late a wake-up that was lost is made up for, and how often a process looks whether the one that runs a consumer has died.
const SLOW_POLL: Duration = Duration::from_secs(2);
/// Events of one step, at most. Each step is a commit: together they cost the disk less.
const BATCH: u64 = 64;
/// How long the cursor may stay behind events that do not concern the consumer.
const PASSED_OVER: Duration = Duration::from_secs(10);
/// How long a rebuild may take.
const REBUILD: Duration = Duration::from_secs(600);
/// How long a consumer rests after a failure; twice as long after each further one, up to the longest.
const FIRST_REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_secs(60);

/// Runs one consumer.
struct Runner {
    store: Store,
    consumer: Arc<dyn AnyConsumer>,
    lease: Duration,
    monitor: Monitor,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
}

/// Registers the consumers and runs each until `stop`.
///
/// # Errors
/// Those of the database.
pub async fn start(
    store: Store,
    consumers: Consumers,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
) -> Result<(Monitor, Vec<JoinHandle<()>>)> {
    let names = consumers.names();
    cursor::register(&store, &names).await?;
    let monitor = Monitor::new(store.clone(), &names);
    let run = |consumer: Arc<dyn AnyConsumer>| {
        // They are among the figures before anything is counted.
        metrics
            .consumer_events
            .with_label_values(&[consumer.name()]);
        metrics
            .consumer_failures
            .with_label_values(&[consumer.name()]);
        let runner = Runner {
            store: store.clone(),
            consumer,
            lease: consumers.lease,
            monitor: monitor.clone(),
            metrics: Arc::clone(&metrics),
            stop: stop.clone(),
        };
        tokio::spawn(runner.run())
    };
    let tasks = consumers.each.into_iter().map(run).collect();
    Ok((monitor, tasks))
}

impl Runner {
    async fn run(self) {
        let mut wakes = self.store.wakes();
        let mut failures = 0;
        while !self.stop.is_cancelled() {
            wakes.mark_unchanged();
            // After a failure one event at a time: those before the one that fails are handled for good.
            let most = if failures == 0 { BATCH } else { 1 };
            // Wherever a step is left, it is whole or has not happened.
            let caught_up = tokio::select! {
                caught_up = AssertUnwindSafe(self.catch_up(most)).catch_unwind() => caught_up,
                () = self.stop.cancelled() => break,
            };
            match caught_up.unwrap_or_else(|_| Err(Error::internal("it panicked"))) {
                Ok(()) => {
                    failures = 0;
                    self.monitor.note(self.consumer.name(), false);
                    tokio::select! {
                        _ = wakes.changed() => {}
                        () = tokio::time::sleep(SLOW_POLL) => {}
                        () = self.stop.cancelled() => {}
                    }
                }
                Err(error) => {
                    self.note_failure(&error);
                    // Another process may have what this one lacks.
                    self.give_back().await;
                    tokio::select! {
                        () = tokio::time::sleep(rest_after(failures)) => {}
                        () = self.stop.cancelled() => {}
                    }
                    failures += 1;
                }
            }
        }
        self.give_back().await;
    }

    fn note_failure(&self, error: &Error) {
        let consumer = self.consumer.name();
        if let Error::Unavailable(_) = error {
            // The database is away: no malfunction of the program.
            tracing::warn!(consumer, %error, "a consumer waits");
        } else {
            tracing::error!(consumer, %error, "a consumer failed and is tried again");
        }
        self.monitor.note(consumer, true);
        self.metrics
            .consumer_failures
            .with_label_values(&[consumer])
            .inc();
    }

    async fn give_back(&self) {
        if let Err(error) = cursor::give_back(&self.store, self.consumer.name()).await {
            // The lease expires by itself.
            tracing::debug!(%error, "the lease of a consumer was not given back");
        }
    }

    /// Handles what the log has gained, unless another process does.
    async fn catch_up(&self, most: u64) -> Result<()> {
        let (store, name) = (&self.store, self.consumer.name());
        loop {
            let Some(position) = cursor::position(store, name).await? else {
                return self.rebuild(None).await;
            };
            let events = log::read_after(store.reader(), position, most).await?;
            match events.first() {
                Some(first) if first.position == position + 1 => {}
                // The log no longer has what comes next.
                Some(_) => return self.rebuild(Some(position)).await,
                None => return Ok(()),
            }
            if self.can_wait(&events, most) {
                return Ok(());
            }
            let lease = cursor::lease(store, name, Some(position), self.lease).await?;
            let Some(lease) = lease else {
                return Ok(());
            };
            let step = Step::begin(lease).await?;
            let handled = tokio::time::timeout(self.lease, self.handle(step, &events));
            let committed = handled
                .await
                .map_err(|_| Error::internal("it took longer than its lease"))??;
            if !committed {
                return Ok(());
            }
        }
    }

    /// Whether nothing is to be written for these events, so that moving the cursor is not worth a commit of its own yet.
    fn can_wait(&self, events: &[Logged], most: u64) -> bool {
        let since = self.store.clock().now().minus(PASSED_OVER);
        let are_new = events.first().is_some_and(|first| first.at > since);
        are_new
            && u64::try_from(events.len()).unwrap_or(u64::MAX) < most
            && !events.iter().any(|logged| self.consumer.wants(logged))
    }

    /// Handles events in one step. `false` when another process has taken over.
    async fn handle(&self, step: Step, events: &[Logged]) -> Result<bool> {
        let Some(last) = events.last() else {
            return Ok(true);
        };
        let wanted = || events.iter().filter(|logged| self.consumer.wants(logged));
        for logged in wanted() {
            self.consumer.handle(&step, logged).await?;
        }
        let committed = step.commit(last.position).await?;
        if committed {
            let handled = u64::try_from(wanted().count()).unwrap_or(0);
            let name = self.consumer.name();
            let counter = self.metrics.consumer_events.with_label_values(&[name]);
            counter.inc_by(handled);
        }
        Ok(committed)
    }

    /// Begins at the present end of the log, with what the tables say.
    async fn rebuild(&self, position: Option<i64>) -> Result<()> {
        let name = self.consumer.name();
        let Some(lease) = cursor::lease(&self.store, name, position, REBUILD).await? else {
            return Ok(());
        };
        tracing::info!(consumer = name, "a consumer begins at the end of the log");
        let rebuild = async {
            let step = Step::begin_rebuild(lease).await?;
            let head = log::head(step.rows()).await?;
            self.consumer.rebuild(&step).await?;
            step.commit(head).await
        };
        tokio::time::timeout(REBUILD, rebuild)
            .await
            .map_err(|_| Error::internal("its rebuild took too long"))??;
        // The lease was taken for long.
        self.give_back().await;
        // What has happened meanwhile is handled at once.
        self.store.wake();
        Ok(())
    }
}

/// How long a consumer rests that has failed so often before.
fn rest_after(failures: u32) -> Duration {
    let longer = FIRST_REST.saturating_mul(2_u32.saturating_pow(failures));
    longer.min(LONGEST_REST)
}
