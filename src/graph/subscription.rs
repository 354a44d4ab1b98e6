//! A running subscription, driven step by step by the edge, with its position in the log at each step. A database
//! failure does not end it: it starts again at the event that failed.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Context;
use std::task::Poll;
use std::time::Duration;

use async_graphql::Response;
use async_graphql::Value;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;

use crate::base::caller::Caller;
use crate::base::clock::Moment;
use crate::consumers::live::Progress;
use crate::graph::Graph;
use crate::graph::document::Document;
use crate::graph::document::complete;
use crate::graph::errors;

/// The delay before an event that failed is tried again.
const RETRY_DELAY: Duration = Duration::from_secs(1);
/// The number of times that one event is tried before its failure is reported and the next event follows.
const MAX_TRIES: u32 = 30;

/// One step of a subscription.
pub enum SubscriptionStep {
    /// A response to send, for the event at this position, which was committed at this time.
    Response(i64, Moment, Box<Response>),
    /// Everything up to this position has been processed, and there is nothing more for now.
    CaughtUp(i64),
}

/// A running subscription.
pub struct SubscriptionRun {
    graph: Graph,
    document: Document,
    caller: Caller,
    responses: BoxStream<'static, Response>,
    progress: Arc<Progress>,
    /// The progress before the last restart.
    checkpoint: Checkpoint,
    /// The last position that was reported.
    reported: i64,
    /// The position of the event that failed, and the number of failures in a row.
    failures: (i64, u32),
}

/// The progress of a subscription.
#[derive(Clone, Copy)]
struct Checkpoint {
    handled: Option<i64>,
    last_removal: i64,
}

impl SubscriptionRun {
    pub(super) fn new(
        graph: Graph,
        document: Document,
        caller: Caller,
        from: Option<i64>,
    ) -> SubscriptionRun {
        let (responses, progress) = start(&graph, &document, &caller, from);
        SubscriptionRun {
            graph,
            document,
            caller,
            responses,
            progress,
            checkpoint: Checkpoint {
                handled: None,
                last_removal: -1,
            },
            reported: -1,
            failures: (-1, 0),
        }
    }

    /// Returns the next step; `None` at the end.
    pub async fn step(&mut self) -> Option<SubscriptionStep> {
        loop {
            let step = poll_fn(|context| self.poll(context)).await;
            match &step {
                Some(SubscriptionStep::Response(position, _, response))
                    if self.should_retry(response) =>
                {
                    let position = *position;
                    tracing::warn!(position, "a live event failed and is tried again");
                    tokio::time::sleep(RETRY_DELAY).await;
                    self.restart();
                }
                Some(_) | None => return step,
            }
        }
    }

    /// The position of the newest event that removed something; negative if there was none.
    pub fn last_removal(&self) -> i64 {
        self.progress
            .last_removal()
            .max(self.checkpoint.last_removal)
    }

    fn handled(&self) -> Option<i64> {
        self.progress.handled().or(self.checkpoint.handled)
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<SubscriptionStep>> {
        match Pin::new(&mut self.responses).poll_next_unpin(context) {
            Poll::Ready(Some(response)) => {
                let position = self.progress.delivered();
                let now = self.graph.forum.store.clock().now();
                let response = complete::response(&self.document.plan, response);
                let response = errors::finish(response, &self.caller, now);
                self.graph.metrics.executions.inc();
                let at = self.progress.delivered_at();
                Poll::Ready(Some(SubscriptionStep::Response(
                    position,
                    at,
                    Box::new(response),
                )))
            }
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => match self.progress.handled() {
                Some(handled) if handled > self.reported => {
                    self.reported = handled;
                    Poll::Ready(Some(SubscriptionStep::CaughtUp(handled)))
                }
                _ => Poll::Pending,
            },
        }
    }

    fn should_retry(&mut self, response: &Response) -> bool {
        let Some(handled) = self.handled() else {
            return false;
        };
        if !response.errors.iter().any(is_malfunction) {
            return false;
        }
        let (at, tries) = self.failures;
        let tries = if at == handled { tries + 1 } else { 1 };
        self.failures = (handled, tries);
        tries <= MAX_TRIES
    }

    fn restart(&mut self) {
        self.checkpoint = Checkpoint {
            handled: self.handled(),
            last_removal: self.last_removal(),
        };
        let from = self.checkpoint.handled;
        let (responses, progress) = start(&self.graph, &self.document, &self.caller, from);
        self.responses = responses;
        self.progress = progress;
    }
}

fn start(
    graph: &Graph,
    document: &Document,
    caller: &Caller,
    from: Option<i64>,
) -> (BoxStream<'static, Response>, Arc<Progress>) {
    let mut request = graph.request_context(caller);
    request.from = from;
    let progress = Arc::clone(&request.progress);
    let request = Arc::new(request);
    let execution = document.request().data(Arc::clone(&request));
    let responses = graph.schema.execute_stream(execution).map(move |response| {
        // A slow reader must not hold a connection to the database.
        request.renew();
        response
    });
    (responses.boxed(), progress)
}

fn is_malfunction(error: &async_graphql::ServerError) -> bool {
    let code = error
        .extensions
        .as_ref()
        .and_then(|extensions| extensions.get("code"));
    matches!(code, Some(Value::String(code)) if code == "INTERNAL" || code == "UNAVAILABLE")
}
