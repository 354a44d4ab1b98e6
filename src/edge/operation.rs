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
use crate::edge::group::Seat;
use crate::edge::request::Prepared;
use crate::edge::sharing::Subscription;
use crate::edge::state::Edge;
use crate::graph::document::Document;
use crate::graph::following::Following;
use crate::graph::following::Step;
use crate::graph::live;

/// Output of a task, with the number of its operation.
pub struct Ready {
    pub number: u64,
    pub said: Said,
}

/// Output of a task.
pub enum Said {
    /// A response in JSON. For a subscription, with the position and time of its event.
    Next(String, Option<(i64, Moment)>),
    /// The operation is not refused. There is nothing to send yet.
    Accepted,
    /// Errors, which end the operation.
    Error(Value),
    Complete,
    /// From now on, this subscriber of a group serves the operation.
    Seated(Seat),
}

/// What an operation needs to run.
#[derive(Clone)]
pub struct Operation {
    pub number: u64,
    pub edge: Edge,
    pub caller: Caller,
    pub ready: mpsc::Sender<Ready>,
    pub bell: Arc<Notify>,
}

/// The connection no longer reads the output.
struct Unheard;

impl Operation {
    /// Runs an operation to its end, or a shared subscription until it has joined a group. A subscription starts after `cursor`, or
    /// else after the cursor in its document.
    pub async fn run(self, prepared: Prepared, cursor: Option<i64>) {
        let document = prepared.document;
        match (prepared.kind, prepared.shareable) {
            (OperationType::Query | OperationType::Mutation, _) => {
                self.guarded(self.execute(document)).await;
            }
            (OperationType::Subscription, Some(shareable)) => {
                let subscription = Arc::new(Subscription {
                    document,
                    shareable,
                });
                self.guarded(self.join(subscription, cursor)).await;
            }
            (OperationType::Subscription, None) => {
                self.guarded(self.follow_alone(document, cursor)).await;
            }
        }
    }

    /// Joins the group of a shared subscription, after `cursor` or else after the cursor in its document.
    pub async fn rejoin(self, subscription: Arc<Subscription>, cursor: Option<i64>) {
        self.guarded(self.join(subscription, cursor)).await;
    }

    /// Sends the events between a cursor and what a group holds, then subscribes to the group.
    pub async fn go_back(self, group: Arc<Group>, cursor: i64) {
        self.guarded(self.take_seat(&group, cursor)).await;
    }

    /// A panic ends only this operation, with an error that does not say what happened.
    async fn guarded(&self, work: impl Future<Output = Result<(), Unheard>>) {
        if AssertUnwindSafe(work).catch_unwind().await.is_err() {
            tracing::error!(request_id = %self.caller.request_id, "an operation panicked");
            let errors = answer::failure(&Error::internal("panic"), &self.caller);
            // If the connection is gone, no one needs the error.
            let _ = self.say(Said::Error(errors)).await;
        }
    }

    async fn say(&self, said: Said) -> Result<(), Unheard> {
        let number = self.number;
        let sent = self.ready.send(Ready { number, said }).await;
        self.bell.notify_one();
        sent.map_err(|_| Unheard)
    }

    /// Sends the end of a stream. When the server stops, the connection reports that instead.
    async fn complete(&self) -> Result<(), Unheard> {
        if self.edge.stop.is_cancelled() {
            return Ok(());
        }
        self.say(Said::Complete).await
    }

    async fn execute(&self, document: Document) -> Result<(), Unheard> {
        let response = self.edge.graph.execute(&document, &self.caller).await;
        if answer::is_request_error(&response) {
            return self.say(Said::Error(answer::errors_of(&response))).await;
        }
        let body = answer::body_of(&response);
        self.say(Said::Next(body, None)).await?;
        self.say(Said::Complete).await
    }

    async fn follow_alone(&self, document: Document, from: Option<i64>) -> Result<(), Unheard> {
        let following = self.edge.graph.follow(document, self.caller.clone(), from);
        self.tell_from(following, |_| false).await.map(drop)
    }

    async fn join(
        &self,
        subscription: Arc<Subscription>,
        cursor: Option<i64>,
    ) -> Result<(), Unheard> {
        let after = subscription.shareable.after.as_deref();
        let cursor = match (cursor, after.map(live::position_of)) {
            (Some(cursor), _) | (None, Some(Ok(cursor))) => cursor,
            // Executed by itself, it is refused in the usual way.
            (None, Some(Err(_))) => {
                return self.follow_alone(subscription.document.clone(), None).await;
            }
            (None, None) => match self.edge.graph.forum().store.snapshot().head().await {
                Ok(head) => head,
                Err(error) => {
                    let what = "the log could not be read";
                    let outages = &self.edge.outages;
                    outages.note(what, &self.caller.request_id, &error);
                    let errors = answer::failure(&error, &self.caller);
                    return self.say(Said::Error(errors)).await;
                }
            },
        };
        let audience = self.caller.actor.audience();
        let shared = &self.edge.shared;
        match shared
            .join(&subscription, audience, &self.caller, cursor)
            .await
        {
            Ok(group) => self.take_seat(&group, cursor).await,
            Err(errors) => self.say(Said::Error(errors)).await,
        }
    }

    async fn take_seat(&self, group: &Arc<Group>, cursor: i64) -> Result<(), Unheard> {
        let in_reach = cursor <= self.edge.graph.live().head();
        if in_reach && !group.holds(cursor) {
            self.edge.metrics.replays.inc();
            group.reach_back(cursor).await;
        }
        let cursor = if in_reach && group.holds(cursor) {
            cursor
        } else {
            let following = group.replay(cursor);
            match self
                .tell_from(following, |passed| group.holds(passed))
                .await?
            {
                Some(cursor) => cursor,
                None => return Ok(()),
            }
        };
        let seat = group.sit(cursor, Arc::clone(&self.bell));
        self.say(Said::Seated(seat)).await
    }

    /// Sends step by step, to the end (`None`) or until `enough` accepts a position.
    async fn tell_from(
        &self,
        mut following: Following,
        enough: impl Fn(i64) -> bool,
    ) -> Result<Option<i64>, Unheard> {
        let mut first = true;
        loop {
            let passed = match following.step().await {
                // An event has a position. An error before any event is a refusal.
                Some(Step::Told(position, _, response))
                    if first && position < 0 && answer::is_refusal(&response) =>
                {
                    self.say(Said::Error(answer::errors_of(&response))).await?;
                    return Ok(None);
                }
                Some(Step::Told(position, at, response)) => {
                    let body = answer::body_of(&response);
                    // What is not an event has no position in the log.
                    let event = (position >= 0).then_some((position, at));
                    self.say(Said::Next(body, event)).await?;
                    position
                }
                Some(Step::Passed(position)) => {
                    if first {
                        self.say(Said::Accepted).await?;
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
