//! One operation of a connection, from the connection's side.

use std::sync::Arc;

use apollo_compiler::ast::OperationType;
use prometheus::IntGauge;
use tokio_util::task::AbortOnDropHandle;

use crate::edge::group::Seat;
use crate::edge::operation::Operation;
use crate::edge::request::Prepared;
use crate::edge::sharing::Subscription;

/// An operation in progress.
pub struct Running {
    /// The id that the peer chose.
    pub id: String,
    /// Our own number, because the peer may reuse an id.
    pub number: u64,
    state: State,
    /// The position of the last event that was sent from its task.
    pub cursor: Option<i64>,
    open: IntGauge,
}

/// How an operation is executed.
enum State {
    /// A mutation. It continues even if its connection ends.
    Writing,
    /// Another operation in a task, which ends with this state.
    Working {
        /// Set for a shared subscription that has not joined its group yet.
        shared: Option<Arc<Subscription>>,
        _task: AbortOnDropHandle<()>,
    },
    /// A shared subscription that has joined its group.
    Seated(Seat),
}

impl Running {
    /// Begins an operation. A subscription starts after a position of the log, or else after the cursor in its document.
    pub fn begin(
        id: String,
        prepared: Prepared,
        operation: Operation,
        after: Option<i64>,
    ) -> Running {
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
            State::Writing
        } else {
            State::Working {
                shared,
                _task: AbortOnDropHandle::new(task),
            }
        };
        let open = edge.metrics.operations.clone();
        open.inc();
        Running {
            id,
            number,
            state,
            cursor: None,
            open,
        }
    }

    /// Returns the subscriber of a shared subscription that has joined its group.
    pub fn seat(&mut self) -> Option<&mut Seat> {
        match &mut self.state {
            State::Seated(seat) => Some(seat),
            State::Writing | State::Working { .. } => None,
        }
    }

    /// From now on, the operation receives the messages of a group.
    pub fn take_seat(&mut self, seat: Seat) {
        self.state = State::Seated(seat);
    }

    /// Whether it is a mutation.
    pub fn is_mutation(&self) -> bool {
        matches!(self.state, State::Writing)
    }

    /// Whether it needs no task.
    pub fn is_seated(&self) -> bool {
        matches!(self.state, State::Seated(_))
    }

    /// Whether it is a shared subscription.
    pub fn is_shared(&self) -> bool {
        match &self.state {
            State::Seated(_) => true,
            State::Working { shared, .. } => shared.is_some(),
            State::Writing => false,
        }
    }

    /// Leaves the group, starts a task that sends what the group no longer holds, and then joins it again.
    pub fn go_back(&mut self, operation: Operation) {
        let State::Seated(seat) = &self.state else {
            return;
        };
        let (group, cursor) = (Arc::clone(seat.group()), seat.cursor);
        let shared = Some(Arc::clone(group.subscription()));
        self.number = operation.number;
        self.cursor = Some(cursor);
        let work = operation.edge.work.clone();
        self.state = State::Working {
            shared,
            _task: AbortOnDropHandle::new(work.spawn(operation.go_back(group, cursor))),
        };
    }

    /// Continues from its cursor in the audience of the new task's caller.
    pub fn move_on(&mut self, operation: Operation) {
        let (subscription, cursor) = match &self.state {
            State::Seated(seat) => (Arc::clone(seat.group().subscription()), Some(seat.cursor)),
            State::Working {
                shared: Some(subscription),
                ..
            } => (Arc::clone(subscription), self.cursor),
            State::Working { shared: None, .. } | State::Writing => return,
        };
        self.number = operation.number;
        self.cursor = cursor;
        let shared = Some(Arc::clone(&subscription));
        let work = operation.edge.work.clone();
        self.state = State::Working {
            shared,
            _task: AbortOnDropHandle::new(work.spawn(operation.rejoin(subscription, cursor))),
        };
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.open.dec();
    }
}
