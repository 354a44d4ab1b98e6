//! One operation on a socket or event stream, while it works: it runs in its own task and sends its output through a
//! bounded channel. A shared subscription works only until it has its seat.

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

/// The output of an operation, with the number under which it began.
pub struct Ready {
    pub number: u64,
    pub said: Said,
}

/// The output of an operation.
pub enum Said {
    /// A response in JSON; for a subscription, with the position and time of its event.
    Next(String, Option<(i64, Moment)>),
    /// It is not refused; there is nothing to send yet.
    Accepted,
    /// Errors, which end it.
    Error(Value),
    Complete,
    /// From now on a shared subscription is served at this seat.
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

/// Nobody listens any more.
struct Unheard;

impl Operation {
    /// Runs an operation to its end, or a shared subscription to its seat; a subscription after a cursor, or else after the one
    /// that it names.
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

    /// Takes a seat in a shared subscription after a cursor, or otherwise after the one that it names.
    pub async fn rejoin(self, subscription: Arc<Subscription>, cursor: Option<i64>) {
        self.guarded(self.join(subscription, cursor)).await;
    }

    /// Sends what is between a cursor and what a group holds, then takes a seat.
    pub async fn go_back(self, group: Arc<Group>, cursor: i64) {
        self.guarded(self.take_seat(&group, cursor)).await;
    }

    /// A panic ends this operation with a masked error and nothing else.
    async fn guarded(&self, work: impl Future<Output = Result<(), Unheard>>) {
        if AssertUnwindSafe(work).catch_unwind().await.is_err() {
            tracing::error!(request_id = %self.caller.request_id, "an operation panicked");
            let errors = answer::failure(&Error::internal("panic"), &self.caller);
            // If nobody listens, nobody needs to know.
            let _ = self.say(Said::Error(errors)).await;
        }
    }

    async fn say(&self, said: Said) -> Result<(), Unheard> {
        let number = self.number;
        let sent = self.ready.send(Ready { number, said }).await;
        self.bell.notify_one();
        sent.map_err(|_| Unheard)
    }

    /// The end of a stream; when the server stops, the connection says so instead.
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
            // Executed alone, it is refused in the usual way.
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

    /// Sends step by step, to the end (`None`) or until a position is enough.
    async fn tell_from(
        &self,
        mut following: Following,
        enough: impl Fn(i64) -> bool,
    ) -> Result<Option<i64>, Unheard> {
        let mut first = true;
        loop {
            let passed = match following.step().await {
                // An event has a position; a failure before any event is a refusal.
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
