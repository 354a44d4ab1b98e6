//! The task of one operation on a socket or event stream. It sends its output through a bounded channel. The task of a shared
//! subscription ends as soon as it has joined a group.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use apollo_compiler::ast::OperationType;
use futures_util::FutureExt;
use serde_json::Value;
use tokio::sync::Notify;
use tokio::sync::mpsc;

use crate::base::caller::Caller;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::edge::answer;
use crate::edge::group::Group;
use crate::edge::group::Subscriber;
use crate::edge::request::Prepared;
use crate::edge::sharing::Subscription;
use crate::edge::state::Edge;
use crate::graph::document::Document;
use crate::graph::live;
use crate::graph::subscription::SubscriptionRun;
use crate::graph::subscription::SubscriptionStep;

/// Output of a task, with the number of its operation.
pub struct OutputOf {
    pub number: u64,
    pub output: TaskOutput,
}

/// Output of a task.
pub enum TaskOutput {
    /// A response in JSON. For a subscription, with the position and time of its event.
    Next(String, Option<(i64, Moment)>),
    /// The operation is not refused. There is nothing to send yet.
    Accepted,
    /// Errors, which end the operation.
    Error(Value),
    Complete,
    /// From now on, this subscriber of a group serves the operation.
    Subscribed(Subscriber),
}

/// What an operation needs to run.
#[derive(Clone)]
pub struct Operation {
    pub number: u64,
    pub edge: Edge,
    pub caller: Caller,
    pub outputs: mpsc::Sender<OutputOf>,
    pub waker: Arc<Notify>,
}

/// The connection no longer reads the output.
struct ReceiverGone;

impl Operation {
    /// Runs an operation to its end, or a shared subscription until it has joined a group. A subscription starts after `cursor`, or
    /// else after the cursor in its document.
    pub async fn run(self, prepared: Prepared, cursor: Option<i64>) {
        let document = prepared.document;
        match (prepared.kind, prepared.shareable) {
            (OperationType::Query | OperationType::Mutation, _) => {
                self.catch_panics(self.execute(document)).await;
            }
            (OperationType::Subscription, Some(shareable)) => {
                let subscription = Arc::new(Subscription {
                    document,
                    shareable,
                });
                self.catch_panics(self.join(subscription, cursor)).await;
            }
            (OperationType::Subscription, None) => {
                self.catch_panics(self.follow_unshared(document, cursor))
                    .await;
            }
        }
    }

    /// Joins the group of a shared subscription, after `cursor` or else after the cursor in its document.
    pub async fn rejoin(self, subscription: Arc<Subscription>, cursor: Option<i64>) {
        self.catch_panics(self.join(subscription, cursor)).await;
    }

    /// Sends the events between a cursor and what a group holds, then subscribes to the group.
    pub async fn catch_up(self, group: Arc<Group>, cursor: i64) {
        self.catch_panics(self.subscribe(&group, cursor)).await;
    }

    /// A panic ends only this operation, with an error that does not say what happened.
    async fn catch_panics(&self, work: impl Future<Output = Result<(), ReceiverGone>>) {
        if AssertUnwindSafe(work).catch_unwind().await.is_err() {
            tracing::error!(request_id = %self.caller.request_id, "an operation panicked");
            let errors = answer::failure(&Error::internal("panic"), &self.caller);
            // If the connection is gone, no one needs the error.
            let _ = self.emit(TaskOutput::Error(errors)).await;
        }
    }

    async fn emit(&self, output: TaskOutput) -> Result<(), ReceiverGone> {
        let number = self.number;
        let sent = self.outputs.send(OutputOf { number, output }).await;
        self.waker.notify_one();
        sent.map_err(|_| ReceiverGone)
    }

    /// Sends the end of a stream. When the server stops, the connection reports that instead.
    async fn complete(&self) -> Result<(), ReceiverGone> {
        if self.edge.stop.is_cancelled() {
            return Ok(());
        }
        self.emit(TaskOutput::Complete).await
    }

    async fn execute(&self, document: Document) -> Result<(), ReceiverGone> {
        let response = self.edge.graph.execute(&document, &self.caller).await;
        if answer::is_request_error(&response) {
            return self
                .emit(TaskOutput::Error(answer::errors_of(&response)))
                .await;
        }
        let body = answer::body_of(&response);
        self.emit(TaskOutput::Next(body, None)).await?;
        self.emit(TaskOutput::Complete).await
    }

    async fn follow_unshared(
        &self,
        document: Document,
        from: Option<i64>,
    ) -> Result<(), ReceiverGone> {
        let following = self
            .edge
            .graph
            .subscribe(document, self.caller.clone(), from);
        self.send_from(following, |_| false).await.map(drop)
    }

    async fn join(
        &self,
        subscription: Arc<Subscription>,
        cursor: Option<i64>,
    ) -> Result<(), ReceiverGone> {
        let after = subscription.shareable.after.as_deref();
        let cursor = match (cursor, after.map(live::decode_cursor)) {
            (Some(cursor), _) | (None, Some(Ok(cursor))) => cursor,
            // Executed by itself, it is refused in the usual way.
            (None, Some(Err(_))) => {
                return self
                    .follow_unshared(subscription.document.clone(), None)
                    .await;
            }
            (None, None) => match self.edge.graph.forum().store.snapshot().head().await {
                Ok(head) => head,
                Err(error) => {
                    let what = "the log could not be read";
                    let outages = &self.edge.outages;
                    outages.note(what, &self.caller.request_id, &error);
                    let errors = answer::failure(&error, &self.caller);
                    return self.emit(TaskOutput::Error(errors)).await;
                }
            },
        };
        let audience = self.caller.actor.audience();
        let shared = &self.edge.shared;
        match shared
            .join(&subscription, audience, &self.caller, cursor)
            .await
        {
            Ok(group) => self.subscribe(&group, cursor).await,
            Err(errors) => self.emit(TaskOutput::Error(errors)).await,
        }
    }

    async fn subscribe(&self, group: &Arc<Group>, cursor: i64) -> Result<(), ReceiverGone> {
        let in_reach = cursor <= self.edge.graph.live().head();
        if in_reach && !group.holds(cursor) {
            self.edge.metrics.replays.inc();
            group.backfill(cursor).await;
        }
        let cursor = if in_reach && group.holds(cursor) {
            cursor
        } else {
            let following = group.replay(cursor);
            match self
                .send_from(following, |passed| group.holds(passed))
                .await?
            {
                Some(cursor) => cursor,
                None => return Ok(()),
            }
        };
        let subscriber = group.subscribe(cursor, Arc::clone(&self.waker));
        self.emit(TaskOutput::Subscribed(subscriber)).await
    }

    /// Sends step by step, to the end (`None`) or until `enough` accepts a position.
    async fn send_from(
        &self,
        mut following: SubscriptionRun,
        enough: impl Fn(i64) -> bool,
    ) -> Result<Option<i64>, ReceiverGone> {
        let mut first = true;
        loop {
            let passed = match following.step().await {
                // An event has a position. An error before any event is a refusal.
                Some(SubscriptionStep::Response(position, _, response))
                    if first && position < 0 && answer::is_refusal(&response) =>
                {
                    self.emit(TaskOutput::Error(answer::errors_of(&response)))
                        .await?;
                    return Ok(None);
                }
                Some(SubscriptionStep::Response(position, at, response)) => {
                    let body = answer::body_of(&response);
                    // What is not an event has no position in the log.
                    let event = (position >= 0).then_some((position, at));
                    self.emit(TaskOutput::Next(body, event)).await?;
                    position
                }
                Some(SubscriptionStep::CaughtUp(position)) => {
                    if first {
                        self.emit(TaskOutput::Accepted).await?;
                    }
                    position
                }
                None => {
                    self.complete().await?;
                    return Ok(None);
                }
            };
            first = false;
            if enough(passed) {
                return Ok(Some(passed));
            }
        }
    }
}
