//! The metrics that the process collects about itself, for Prometheus.

use prometheus::Encoder;
use prometheus::Histogram;
use prometheus::HistogramOpts;
use prometheus::IntCounter;
use prometheus::IntCounterVec;
use prometheus::IntGauge;
use prometheus::IntGaugeVec;
use prometheus::Opts;
use prometheus::Registry;
use prometheus::TextEncoder;
use prometheus::core::Collector;

use crate::base::error::Error;
use crate::base::error::Result;

/// From half a millisecond to a minute, in seconds.
const DELIVERY_BUCKETS: [f64; 13] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 10.0, 60.0,
];

/// The metrics of one server. Counters start at 0 when the server starts.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Open WebSockets and event streams, by `transport`.
    pub sockets: IntGaugeVec,
    /// Operations in progress on these.
    pub operations: IntGauge,
    /// Subscribers of shared subscriptions.
    pub subscribers: IntGauge,
    /// Distinct shared subscriptions, each executed once per event.
    pub distinct_subscriptions: IntGauge,
    /// Threads with someone present.
    pub present_threads: IntGauge,
    /// Events read from the log.
    pub events: IntCounter,
    /// Executions of a subscription's document for an event.
    pub executions: IntCounter,
    /// Responses sent to a socket or event stream.
    pub deliveries: IntCounter,
    /// Time from the commit of an event to its sending, in seconds.
    pub delivery_seconds: Histogram,
    /// Subscriptions that were sent past events from the log.
    pub replays: IntCounter,
    /// Cursors outside the range that the log keeps.
    pub gaps: IntCounter,
    /// The newest position of the log that was read.
    pub log_position: IntGauge,
    /// Events of the log that a reader has not read yet, by `reader`.
    pub log_lag: IntGaugeVec,
    /// Events that a consumer has handled in this process, by `consumer`.
    pub consumer_events: IntCounterVec,
    /// Times that a consumer has failed in this process, by `consumer`.
    pub consumer_failures: IntCounterVec,
    /// 1 if a consumer fails in this process or has been behind the log for long, otherwise 0, by `consumer`.
    pub consumer_degraded: IntGaugeVec,
    /// Changes that could not be written, by `trouble` of the database.
    pub failed_changes: IntGaugeVec,
    /// 1 if the last change could be written, otherwise 0.
    pub writable: IntGauge,
    /// Answers to visitors that were made, and may be sent again.
    pub answers_made: IntCounter,
    /// Answers to visitors that were sent again without being made.
    pub answers_reused: IntCounter,
    /// The size of the answers that are kept to be sent again, in bytes.
    pub answer_bytes: IntGauge,
    /// Documents that were validated, because they were not kept.
    pub documents_validated: IntCounter,
    /// The size of the documents of clients that are kept, in bytes of text.
    pub document_bytes: IntGauge,
    /// Statements run on the database.
    pub database_statements: IntGauge,
    /// The total time of these, in microseconds.
    pub database_microseconds: IntGauge,
}

impl Metrics {
    /// Creates all metrics at 0.
    ///
    /// # Errors
    /// Never in practice: the names are valid and each is used once.
    pub fn new() -> Result<Metrics> {
        let registry = Registry::new();
        let counter = |name: &str, help: &str| -> Result<IntCounter> {
            registered(&registry, IntCounter::new(name, help))
        };
        let gauge = |name: &str, help: &str| -> Result<IntGauge> {
            registered(&registry, IntGauge::new(name, help))
        };
        let gauges = |name: &str, help: &str, label: &str| -> Result<IntGaugeVec> {
            let made = IntGaugeVec::new(Opts::new(name, help), &[label]);
            registered(&registry, made)
        };
        let counters = |name: &str, help: &str, label: &str| -> Result<IntCounterVec> {
            let made = IntCounterVec::new(Opts::new(name, help), &[label]);
            registered(&registry, made)
        };
        let delivery = HistogramOpts::new(
            "partage_delivery_seconds",
            "Time from the commit of an event to its sending to a socket or event stream.",
        )
        .buckets(DELIVERY_BUCKETS.to_vec());
        Ok(Metrics {
            sockets: gauges(
                "partage_sockets",
                "Open WebSockets and event streams.",
                "transport",
            )?,
            operations: gauge(
                "partage_operations",
                "Operations in progress on sockets and event streams.",
            )?,
            subscribers: gauge(
                "partage_subscribers",
                "Subscribers of shared subscriptions.",
            )?,
            distinct_subscriptions: gauge(
                "partage_distinct_subscriptions",
                "Distinct shared subscriptions, each executed once per event.",
            )?,
            present_threads: gauge("partage_present_threads", "Threads with someone present.")?,
            events: counter("partage_events_total", "Events read from the log.")?,
            executions: counter(
                "partage_executions_total",
                "Executions of a subscription's document for an event.",
            )?,
            deliveries: counter(
                "partage_deliveries_total",
                "Responses sent to a socket or event stream.",
            )?,
            delivery_seconds: registered(&registry, Histogram::with_opts(delivery))?,
            replays: counter(
                "partage_replays_total",
                "Subscriptions that were sent past events from the log.",
            )?,
            gaps: counter(
                "partage_gaps_total",
                "Cursors outside the range that the log keeps.",
            )?,
            log_position: gauge(
                "partage_log_position",
                "The newest position of the log that was read.",
            )?,
            log_lag: gauges(
                "partage_log_lag",
                "Events of the log that a reader has not read yet.",
                "reader",
            )?,
            consumer_events: counters(
                "partage_consumer_events_total",
                "Events that a consumer has handled in this process.",
                "consumer",
            )?,
            consumer_failures: counters(
                "partage_consumer_failures_total",
                "Times that a consumer has failed in this process.",
                "consumer",
            )?,
            consumer_degraded: gauges(
                "partage_consumer_degraded",
                "1 if a consumer fails in this process or has been behind the log for more than a minute, otherwise 0.",
                "consumer",
            )?,
            failed_changes: gauges(
                "partage_failed_changes",
                "Changes that could not be written since the start, by the trouble of the database.",
                "trouble",
            )?,
            writable: gauge(
                "partage_writable",
                "1 if the last change could be written, otherwise 0.",
            )?,
            answers_made: counter(
                "partage_answers_made_total",
                "Answers to visitors that were made for the answer cache.",
            )?,
            answers_reused: counter(
                "partage_answers_reused_total",
                "Answers to visitors that were sent from the answer cache.",
            )?,
            answer_bytes: gauge(
                "partage_answer_cache_bytes",
                "Size of the answers in the answer cache.",
            )?,
            documents_validated: counter(
                "partage_documents_validated_total",
                "GraphQL documents that were validated, because they were not kept.",
            )?,
            document_bytes: gauge(
                "partage_document_cache_bytes",
                "Size of the documents of clients that are kept.",
            )?,
            database_statements: gauge(
                "partage_database_statements",
                "Statements run on the database since the start.",
            )?,
            database_microseconds: gauge(
                "partage_database_microseconds",
                "Total time of these statements since the start, in microseconds.",
            )?,
            registry,
        })
    }

    /// Returns all metrics in the Prometheus text format.
    ///
    /// # Errors
    /// Never in practice: they are written into memory.
    pub fn text(&self) -> Result<String> {
        let mut text = Vec::new();
        TextEncoder::new()
            .encode(&self.registry.gather(), &mut text)
            .map_err(Error::internal)?;
        String::from_utf8(text).map_err(Error::internal)
    }
}

fn registered<C: Collector + Clone + 'static>(
    registry: &Registry,
    made: prometheus::Result<C>,
) -> Result<C> {
    let made = made.map_err(Error::internal)?;
    registry
        .register(Box::new(made.clone()))
        .map_err(Error::internal)?;
    Ok(made)
}
