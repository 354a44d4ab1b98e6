//! The shared state of all handlers.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::base::config::Config;
use crate::base::metrics::Metrics;
use crate::consumers::monitor::Monitor;
use crate::edge::admission::Admission;
use crate::edge::answer_cache::AnswerCache;
use crate::edge::outages::Outages;
use crate::edge::shared::SharedSubscriptions;
use crate::graph::Graph;

/// The shared state of all handlers. Cheap to clone.
#[derive(Clone)]
pub struct Edge {
    pub graph: Graph,
    pub config: Arc<Config>,
    pub base_url: Arc<str>,
    /// Cancelled when the server stops.
    pub stop: CancellationToken,
    /// Counts the sockets, so that the server can wait for them.
    pub sockets: TaskTracker,
    /// The runtime for the work of requests and operations.
    pub work: Handle,
    /// The runtime that writes to sockets. Ten thousand of them must not delay the statements of a reply.
    pub delivery: Handle,
    pub admission: Admission,
    pub shared: SharedSubscriptions,
    /// The answers to visitors that are kept.
    pub answers: AnswerCache,
    pub metrics: Arc<Metrics>,
    pub consumers: Monitor,
    pub outages: Outages,
}
