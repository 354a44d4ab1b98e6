//! What a consumer of the log is, and the list of those that a server runs.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::base::error::Result;
use crate::base::event::Family;
use crate::store::log::LogEntry;
use crate::store::step::Step;

/// The maximum duration of a step. The lease of a process that has died expires after this, and another process takes over.
const DEFAULT_LEASE: Duration = Duration::from_secs(15);

/// A consumer reads the log at its own pace and writes its own rows.
///
/// Each event takes effect exactly once and in order, however often processes are killed, because a [`Step`] commits the rows
/// together with the consumer's cursor. That holds for rows only: a step records what must leave the database (a mail, a
/// request), and another task sends it.
pub trait Consumer: Send + Sync + 'static {
    /// Its name in the database and in the metrics. It must never change: under another name, the consumer starts again.
    const NAME: &'static str;

    /// The families of events that it handles.
    const FAMILIES: &'static [Family];

    /// Writes the consequences of an event.
    ///
    /// # Errors
    /// Those of the database. The step is then rolled back, and the consumer pauses before it receives the same event again;
    /// other consumers continue.
    fn handle(&self, step: &Step, logged: &LogEntry) -> impl Future<Output = Result<()>> + Send;

    /// Rebuilds the consumer's rows from the current tables; the consumer then continues with new events. Called when the
    /// consumer is new to the database, and when the log has lost events that it had not handled yet. A consumer that does not
    /// depend on the past leaves this out.
    ///
    /// # Errors
    /// As for [`Consumer::handle`].
    fn rebuild(&self, _step: &Step) -> impl Future<Output = Result<()>> + Send {
        std::future::ready(Ok(()))
    }
}

/// A consumer as a trait object.
pub(crate) trait AnyConsumer: Send + Sync {
    fn name(&self) -> &'static str;
    fn wants(&self, logged: &LogEntry) -> bool;
    fn handle<'a>(&'a self, step: &'a Step, logged: &'a LogEntry) -> BoxFuture<'a, Result<()>>;
    fn rebuild<'a>(&'a self, step: &'a Step) -> BoxFuture<'a, Result<()>>;
}

impl<C: Consumer> AnyConsumer for C {
    fn name(&self) -> &'static str {
        C::NAME
    }

    fn wants(&self, logged: &LogEntry) -> bool {
        C::FAMILIES.contains(&logged.event.family())
    }

    fn handle<'a>(&'a self, step: &'a Step, logged: &'a LogEntry) -> BoxFuture<'a, Result<()>> {
        Box::pin(Consumer::handle(self, step, logged))
    }

    fn rebuild<'a>(&'a self, step: &'a Step) -> BoxFuture<'a, Result<()>> {
        Box::pin(Consumer::rebuild(self, step))
    }
}

/// The consumers that a server runs.
#[derive(Clone)]
pub struct Consumers {
    pub(crate) list: Vec<Arc<dyn AnyConsumer>>,
    pub(crate) lease: Duration,
}

impl Consumers {
    /// No consumer.
    pub fn none() -> Consumers {
        Consumers {
            list: Vec::new(),
            lease: DEFAULT_LEASE,
        }
    }

    /// Adds a consumer.
    pub fn with(mut self, consumer: impl Consumer) -> Consumers {
        self.list.push(Arc::new(consumer));
        self
    }

    /// Sets the maximum duration of a step, after which another process replaces one that has died.
    pub fn with_lease(self, lease: Duration) -> Consumers {
        Consumers { lease, ..self }
    }

    /// Their names.
    pub fn names(&self) -> Vec<&'static str> {
        self.list.iter().map(|consumer| consumer.name()).collect()
    }
}
