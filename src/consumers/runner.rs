//! Runs each consumer of the log in its own task: a failure stops only that consumer, which is then retried.

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
use crate::store::log::LogEntry;
use crate::store::step::Step;

/// Polling interval: makes up for lost wake-ups, and detects that the process running a consumer has died.
const POLL_INTERVAL: Duration = Duration::from_secs(2);
/// Maximum number of events in one step. Each step is a commit, so larger steps need fewer writes to disk.
const MAX_BATCH: u64 = 64;
/// How long the cursor may stay behind events that the consumer does not handle.
const MAX_CURSOR_DELAY: Duration = Duration::from_secs(10);
/// The maximum duration of a rebuild.
const REBUILD_TIMEOUT: Duration = Duration::from_secs(600);
/// The delay before a retry after a failure; doubled after each further failure, up to the maximum.
const FIRST_DELAY: Duration = Duration::from_secs(1);
const MAX_DELAY: Duration = Duration::from_secs(60);

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
        // The metrics exist before anything is counted.
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
    let tasks = consumers.list.into_iter().map(run).collect();
    Ok((monitor, tasks))
}

impl Runner {
    async fn run(self) {
        let mut wakes = self.store.wakes();
        let mut failures = 0;
        while !self.stop.is_cancelled() {
            wakes.mark_unchanged();
            // One event at a time after a failure, so that the events before the failing one are committed.
            let max = if failures == 0 { MAX_BATCH } else { 1 };
            // A step is atomic: if it is cancelled, it has either committed or not happened.
            let caught_up = tokio::select! {
                caught_up = AssertUnwindSafe(self.catch_up(max)).catch_unwind() => caught_up,
                () = self.stop.cancelled() => break,
            };
            match caught_up.unwrap_or_else(|_| Err(Error::internal("the step panicked"))) {
                Ok(()) => {
                    failures = 0;
                    self.monitor.record(self.consumer.name(), false);
                    tokio::select! {
                        _ = wakes.changed() => {}
                        () = tokio::time::sleep(POLL_INTERVAL) => {}
                        () = self.stop.cancelled() => {}
                    }
                }
                Err(error) => {
                    self.record_failure(&error);
                    // Another process may succeed where this one fails.
                    self.release_lease().await;
                    tokio::select! {
                        () = tokio::time::sleep(delay_after(failures)) => {}
                        () = self.stop.cancelled() => {}
                    }
                    failures += 1;
                }
            }
        }
        self.release_lease().await;
    }

    fn record_failure(&self, error: &Error) {
        let consumer = self.consumer.name();
        if let Error::Unavailable(_) = error {
            // The database is unavailable, which is no fault of the program.
            tracing::warn!(consumer, %error, "a consumer is waiting for the database");
        } else {
            tracing::error!(consumer, %error, "a consumer failed; trying again");
        }
        self.monitor.record(consumer, true);
        self.metrics
            .consumer_failures
            .with_label_values(&[consumer])
            .inc();
    }

    async fn release_lease(&self) {
        if let Err(error) = cursor::release(&self.store, self.consumer.name()).await {
            // The lease expires by itself.
            tracing::debug!(%error, "the lease of a consumer could not be released");
        }
    }

    /// Handles new events, unless another process does.
    async fn catch_up(&self, max: u64) -> Result<()> {
        let (store, name) = (&self.store, self.consumer.name());
        loop {
            let Some(position) = cursor::position(store, name).await? else {
                return self.rebuild(None).await;
            };
            let events = log::read_after(store.reader(), position, max).await?;
            match events.first() {
                Some(first) if first.position == position + 1 => {}
                // The next event is no longer in the log.
                Some(_) => return self.rebuild(Some(position)).await,
                None => return Ok(()),
            }
            if self.can_wait(&events, max) {
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
                .map_err(|_| Error::internal("the step took longer than its lease"))??;
            if !committed {
                return Ok(());
            }
        }
    }

    /// Whether the consumer handles none of these events, so that moving the cursor is not worth a commit yet.
    fn can_wait(&self, events: &[LogEntry], max: u64) -> bool {
        let since = self.store.clock().now().minus(MAX_CURSOR_DELAY);
        let are_new = events.first().is_some_and(|first| first.at > since);
        are_new
            && u64::try_from(events.len()).unwrap_or(u64::MAX) < max
            && !events.iter().any(|logged| self.consumer.wants(logged))
    }

    /// Handles events in one step. `false` when another process has taken over.
    async fn handle(&self, step: Step, events: &[LogEntry]) -> Result<bool> {
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

    /// Rebuilds from the tables and continues at the current end of the log.
    async fn rebuild(&self, position: Option<i64>) -> Result<()> {
        let name = self.consumer.name();
        let Some(lease) = cursor::lease(&self.store, name, position, REBUILD_TIMEOUT).await? else {
            return Ok(());
        };
        tracing::info!(consumer = name, "a consumer starts at the end of the log");
        let rebuild = async {
            let step = Step::begin_rebuild(lease).await?;
            let head = log::head(step.rows()).await?;
            self.consumer.rebuild(&step).await?;
            step.commit(head).await
        };
        tokio::time::timeout(REBUILD_TIMEOUT, rebuild)
            .await
            .map_err(|_| Error::internal("the rebuild took too long"))??;
        // The lease of a rebuild lasts long.
        self.release_lease().await;
        // Handles what has happened in the meantime at once.
        self.store.wake();
        Ok(())
    }
}

/// The delay after this number of earlier failures.
fn delay_after(failures: u32) -> Duration {
    let delay = FIRST_DELAY.saturating_mul(2_u32.saturating_pow(failures));
    delay.min(MAX_DELAY)
}
