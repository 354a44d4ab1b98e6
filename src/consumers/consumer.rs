//! What a consumer of the log is, and the list of those that a server runs.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::base::error::Result;
use crate::base::event::Family;
use crate::store::log::Logged;
use crate::store::step::Step;

/// How long a step may take; a process that has died is replaced after this.
const LEASE: Duration = Duration::from_secs(15);

/// Something that follows from what has happened: it reads the log in its own time and writes rows of its own.
///
/// Each event takes effect once and in order, however often processes are killed, since a [`Step`] commits the rows together
/// with the consumer's place in the log. That holds for rows alone: what leaves the database (a mail, a request) is written
/// down in a step, and sent by somebody else.
pub trait Consumer: Send + Sync + 'static {
    /// Its name in the database and in the figures. It is kept for ever: under another name it begins again.
    const NAME: &'static str;

    /// The families of events that it is given.
    const FAMILIES: &'static [Family];

    /// Writes what follows from an event.
    ///
    /// # Errors
    /// Those of the database. Nothing of the step is written then, the consumer is stopped for a while and given the same event
    /// again; the other consumers go on.
    fn handle(&self, step: &Step, logged: &Logged) -> impl Future<Output = Result<()>> + Send;

    /// Brings the consumer's rows to what the tables say now. It is called when the consumer is new to the database, and when
    /// the log no longer has what it had still to handle; it goes on with the events from then on. A consumer that has nothing
    /// to do with the past leaves it out.
    ///
    /// # Errors
    /// As for [`Consumer::handle`].
    fn rebuild(&self, _step: &Step) -> impl Future<Output = Result<()>> + Send {
        std::future::ready(Ok(()))
    }
}

/// A consumer whose type is forgotten.
pub(crate) trait AnyConsumer: Send + Sync {
    fn name(&self) -> &'static str;
    fn wants(&self, logged: &Logged) -> bool;
    fn handle<'a>(&'a self, step: &'a Step, logged: &'a Logged) -> BoxFuture<'a, Result<()>>;
    fn rebuild<'a>(&'a self, step: &'a Step) -> BoxFuture<'a, Result<()>>;
}

impl<C: Consumer> AnyConsumer for C {
    fn name(&self) -> &'static str {
        C::NAME
    }

    fn wants(&self, logged: &Logged) -> bool {
        C::FAMILIES.contains(&logged.event.family())
    }

    fn handle<'a>(&'a self, step: &'a Step, logged: &'a Logged) -> BoxFuture<'a, Result<()>> {
        Box::pin(Consumer::handle(self, step, logged))
    }

    fn rebuild<'a>(&'a self, step: &'a Step) -> BoxFuture<'a, Result<()>> {
        Box::pin(Consumer::rebuild(self, step))
    }
}

/// The consumers that a server runs.
#[derive(Clone)]
pub struct Consumers {
    pub(crate) each: Vec<Arc<dyn AnyConsumer>>,
    pub(crate) lease: Duration,
}

impl Consumers {
    /// No consumer.
    pub fn none() -> Consumers {
        Consumers {
            each: Vec::new(),
            lease: LEASE,
        }
    }

    /// These and one more.
    pub fn with(mut self, consumer: impl Consumer) -> Consumers {
        self.each.push(Arc::new(consumer));
        self
    }

    /// The same with another time for a step, after which a process that has died is replaced.
    pub fn with_lease(self, lease: Duration) -> Consumers {
        Consumers { lease, ..self }
    }

    /// Their names.
    pub fn names(&self) -> Vec<&'static str> {
        self.each.iter().map(|consumer| consumer.name()).collect()
    }
}
