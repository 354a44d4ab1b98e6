//! One operation of a connection, from the connection's side.

use std::sync::Arc;

use apollo_compiler::ast::OperationType;
use prometheus::IntGauge;
use tokio_util::task::AbortOnDropHandle;

use crate::edge::group::Subscriber;
use crate::edge::operation::Operation;
use crate::edge::request::Prepared;
use crate::edge::sharing::Subscription;

/// An operation in progress.
pub struct RunningOperation {
    /// The id that the peer chose.
    pub id: String,
    /// Our own number, because the peer may reuse an id.
    pub number: u64,
    state: OperationState,
    /// The position of the last event that was sent from its task.
    pub cursor: Option<i64>,
    open: IntGauge,
}

/// How an operation is executed.
enum OperationState {
    /// A mutation. It continues even if its connection ends.
    Mutation,
    /// Another operation in a task, which ends with this state.
    Task {
        /// Set for a shared subscription that has not joined its group yet.
        shared: Option<Arc<Subscription>>,
        _task: AbortOnDropHandle<()>,
    },
    /// A shared subscription that has joined its group.
    Subscribed(Subscriber),
}

impl RunningOperation {
    /// Begins an operation. A subscription starts after a position of the log, or else after the cursor in its document.
    pub fn begin(
        id: String,
        prepared: Prepared,
        operation: Operation,
        after: Option<i64>,
    ) -> RunningOperation {
        let number = operation.number;
        let shared = prepared.shareable.clone().map(|shareable| {
            Arc::new(Subscription {
                document: prepared.document.clone(),
                shareable,
            })
        });
        let is_mutation = prepared.kind == OperationType::Mutation;
        let edge = operation.edge.clone();
        // A mutation continues when its connection ends, and the server waits for it.
        let work = operation.run(prepared, after);
        let task = edge.sockets.spawn_on(work, &edge.work);
        let state = if is_mutation {
            OperationState::Mutation
        } else {
            OperationState::Task {
                shared,
                _task: AbortOnDropHandle::new(task),
            }
        };
        let open = edge.metrics.operations.clone();
        open.inc();
        RunningOperation {
            id,
            number,
            state,
            cursor: None,
            open,
        }
    }

    /// Returns the subscriber of a shared subscription that has joined its group.
    pub fn subscriber(&mut self) -> Option<&mut Subscriber> {
        match &mut self.state {
            OperationState::Subscribed(subscriber) => Some(subscriber),
            OperationState::Mutation | OperationState::Task { .. } => None,
        }
    }

    /// From now on, the operation receives the messages of a group.
    pub fn subscribe(&mut self, subscriber: Subscriber) {
        self.state = OperationState::Subscribed(subscriber);
    }

    /// Whether it is a mutation.
    pub fn is_mutation(&self) -> bool {
        matches!(self.state, OperationState::Mutation)
    }

    /// Whether it needs no task.
    pub fn is_subscribed(&self) -> bool {
        matches!(self.state, OperationState::Subscribed(_))
    }

    /// Whether it is a shared subscription.
    pub fn is_shared(&self) -> bool {
        match &self.state {
            OperationState::Subscribed(_) => true,
            OperationState::Task { shared, .. } => shared.is_some(),
            OperationState::Mutation => false,
        }
    }

    /// Leaves the group, starts a task that sends what the group no longer holds, and then joins it again.
    pub fn catch_up(&mut self, operation: Operation) {
        let OperationState::Subscribed(subscriber) = &self.state else {
            return;
        };
        let (group, cursor) = (Arc::clone(subscriber.group()), subscriber.cursor);
        let shared = Some(Arc::clone(group.subscription()));
        self.number = operation.number;
        self.cursor = Some(cursor);
        let work = operation.edge.work.clone();
        self.state = OperationState::Task {
            shared,
            _task: AbortOnDropHandle::new(work.spawn(operation.catch_up(group, cursor))),
        };
    }

    /// Continues from its cursor in the audience of the new task's caller.
    pub fn rejoin(&mut self, operation: Operation) {
        let (subscription, cursor) = match &self.state {
            OperationState::Subscribed(subscriber) => (
                Arc::clone(subscriber.group().subscription()),
                Some(subscriber.cursor),
            ),
            OperationState::Task {
                shared: Some(subscription),
                ..
            } => (Arc::clone(subscription), self.cursor),
            OperationState::Task { shared: None, .. } | OperationState::Mutation => return,
        };
        self.number = operation.number;
        self.cursor = cursor;
        let shared = Some(Arc::clone(&subscription));
        let work = operation.edge.work.clone();
        self.state = OperationState::Task {
            shared,
            _task: AbortOnDropHandle::new(work.spawn(operation.rejoin(subscription, cursor))),
        };
    }
}

impl Drop for RunningOperation {
    fn drop(&mut self) {
        self.open.dec();
    }
}
