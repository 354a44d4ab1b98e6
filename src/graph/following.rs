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
use crate::graph::answer;
use crate::graph::document::Document;
use crate::graph::document::complete;

/// The delay before an event that failed is tried again.
const REST: Duration = Duration::from_secs(1);
/// The number of times that one event is tried before its failure is reported and the next event follows.
const TRIES: u32 = 30;

/// One step of a subscription.
pub enum Step {
    /// A response to send, for the event at this position, which was committed at this time.
    Told(i64, Moment, Box<Response>),
    /// Everything up to this position has been processed, and there is nothing more for now.
    Passed(i64),
}

/// A running subscription.
pub struct Following {
    graph: Graph,
    document: Document,
    caller: Caller,
    responses: BoxStream<'static, Response>,
    progress: Arc<Progress>,
    /// The progress before the last restart.
    before: Before,
    /// The last position that was reported.
    reported: i64,
    /// The position of the event that failed, and the number of failures in a row.
    failures: (i64, u32),
}

/// The progress of a subscription.
#[derive(Clone, Copy)]
struct Before {
    passed: Option<i64>,
    taken_away: i64,
}

impl Following {
    pub(super) fn new(
        graph: Graph,
        document: Document,
        caller: Caller,
        from: Option<i64>,
    ) -> Following {
        let (responses, progress) = begin(&graph, &document, &caller, from);
        Following {
            graph,
            document,
            caller,
            responses,
            progress,
            before: Before {
                passed: None,
                taken_away: -1,
            },
            reported: -1,
            failures: (-1, 0),
        }
    }

    /// Returns the next step; `None` at the end.
    pub async fn step(&mut self) -> Option<Step> {
        loop {
            let step = poll_fn(|context| self.poll(context)).await;
            match &step {
                Some(Step::Told(position, _, response)) if self.is_to_be_tried_again(response) => {
                    let position = *position;
                    tracing::warn!(position, "a live event failed and is tried again");
                    tokio::time::sleep(REST).await;
                    self.begin_again();
                }
                Some(_) | None => return step,
            }
        }
    }

    /// The position of the newest event that removed something; negative if there was none.
    pub fn taken_away(&self) -> i64 {
        self.progress.taken_away().max(self.before.taken_away)
    }

    fn passed(&self) -> Option<i64> {
        self.progress.passed().or(self.before.passed)
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Step>> {
        match Pin::new(&mut self.responses).poll_next_unpin(context) {
            Poll::Ready(Some(response)) => {
                let position = self.progress.told();
                let now = self.graph.forum.store.clock().now();
                let response = complete::response(&self.document.plan, response);
                let response = answer::finish(response, &self.caller, now);
                self.graph.metrics.executions.inc();
                let at = self.progress.told_at();
                Poll::Ready(Some(Step::Told(position, at, Box::new(response))))
            }
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => match self.progress.passed() {
                Some(passed) if passed > self.reported => {
                    self.reported = passed;
                    Poll::Ready(Some(Step::Passed(passed)))
                }
                _ => Poll::Pending,
            },
        }
    }

    fn is_to_be_tried_again(&mut self, response: &Response) -> bool {
        let Some(passed) = self.passed() else {
            return false;
        };
        if !response.errors.iter().any(is_malfunction) {
            return false;
        }
        let (at, times) = self.failures;
        let times = if at == passed { times + 1 } else { 1 };
        self.failures = (passed, times);
        times <= TRIES
    }

    fn begin_again(&mut self) {
        self.before = Before {
            passed: self.passed(),
            taken_away: self.taken_away(),
        };
        let from = self.before.passed;
        let (responses, progress) = begin(&self.graph, &self.document, &self.caller, from);
        self.responses = responses;
        self.progress = progress;
    }
}

fn begin(
    graph: &Graph,
    document: &Document,
    caller: &Caller,
    from: Option<i64>,
) -> (BoxStream<'static, Response>, Arc<Progress>) {
    let mut asked = graph.asked(caller);
    asked.from = from;
    let progress = Arc::clone(&asked.progress);
    let asked = Arc::new(asked);
    let request = document.request().data(Arc::clone(&asked));
    let responses = graph.schema.execute_stream(request).map(move |response| {
        // A slow reader must not hold a connection to the database.
        asked.renew();
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
