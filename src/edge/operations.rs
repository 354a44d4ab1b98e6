//! The operations of one connection, for any protocol. Their output is sent in order, as fast as the peer reads. A shared
//! subscription reads from its group only as much as the peer reads. Every other operation runs in its own task, which waits when
//! the peer is slow. So no buffer grows without bound: a peer that falls behind continues from its own cursor.

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use tokio::sync::Notify;
use tokio::sync::mpsc;

use crate::base::clock;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::edge::carrier::Carrier;
use crate::edge::carrier::Ending;
use crate::edge::carrier::Output;
use crate::edge::carrier::PeerGone;
use crate::edge::connection_session::Access;
use crate::edge::connection_session::ConnectionSession;
use crate::edge::group::Next;
use crate::edge::operation::Operation;
use crate::edge::operation::OutputOf;
use crate::edge::operation::TaskOutput;
use crate::edge::request::Prepared;
use crate::edge::running::RunningOperation;
use crate::edge::state::Edge;

/// How long current mutations may take when the server stops or their session has ended.
const FINISH_TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum number of events of each subscription that are sent in one go.
pub const ROUNDS: u32 = 8;

/// The current operations of a connection.
pub struct Operations<C> {
    pub edge: Edge,
    pub session: ConnectionSession,
    pub carrier: C,
    running: Vec<RunningOperation>,
    /// The channel for the output of tasks. It exists only while a task runs.
    channel: Option<(mpsc::Sender<OutputOf>, mpsc::Receiver<OutputOf>)>,
    /// Output that was received from the channel but not sent yet.
    pending: Option<OutputOf>,
    /// The number of the last operation.
    number: u64,
    /// Since when there has been no operation.
    idle_since: Instant,
}

impl<C: Carrier> Operations<C> {
    /// Creates an empty set of operations.
    pub fn new(edge: Edge, session: ConnectionSession, carrier: C) -> Operations<C> {
        Operations {
            edge,
            session,
            carrier,
            running: Vec::new(),
            channel: None,
            pending: None,
            number: 0,
            idle_since: clock::instant(),
        }
    }

    /// Notified when there may be something to send.
    pub fn waker(&self) -> Arc<Notify> {
        Arc::clone(&self.session.waker)
    }

    /// The number of current operations.
    pub fn count(&self) -> usize {
        self.running.len()
    }

    /// How long there has been no operation. `None` if there is one.
    pub fn idle(&self) -> Option<Duration> {
        let is_idle = self.running.is_empty();
        is_idle.then(|| self.idle_since.elapsed())
    }

    /// Restarts the time that [`Self::idle`] measures.
    pub fn start_idling(&mut self) {
        self.idle_since = clock::instant();
    }

    /// Whether there is an operation with this id.
    pub fn has(&self, id: &str) -> bool {
        self.running.iter().any(|running| running.id == id)
    }

    /// Begins an operation. A subscription starts after a position of the log, or else after the cursor in its document.
    pub fn begin(&mut self, id: String, prepared: Prepared, after: Option<i64>) {
        let operation = self.operation();
        let running = RunningOperation::begin(id, prepared, operation, after);
        self.running.push(running);
    }

    /// Cancels an operation. A mutation is still executed, but its response is not sent.
    pub fn cancel(&mut self, id: &str) {
        self.running.retain(|running| running.id != id);
        self.release_channel();
    }

    /// Waits for the first output. Returns the errors if it is a refusal. Otherwise it will be sent first.
    pub async fn refusal(&mut self) -> Option<Value> {
        let (_, receiver) = self.channel.as_mut()?;
        let first = receiver.recv().await?;
        if let TaskOutput::Error(errors) = first.output {
            return Some(errors);
        }
        self.pending = Some(first);
        None
    }

    /// Checks whether the connection may continue.
    ///
    /// # Errors
    /// If the server stops or the session has ended.
    pub async fn check(&mut self) -> Result<(), Ending> {
        if self.edge.admission.is_closed() {
            return Err(Ending::Stopping);
        }
        self.check_rights().await?;
        if self.session.has_expired(&self.edge) {
            return Err(Ending::SessionEnded);
        }
        Ok(())
    }

    /// Sends the available output. `true` if there may be more.
    ///
    /// # Errors
    /// The reason why the connection ends.
    pub async fn deliver(&mut self) -> Result<bool, Ending> {
        // At most as many as can wait. An operation that has more notifies again.
        for _ in 0..C::MAX_READY {
            if !self.is_ready() {
                break;
            }
            self.check_rights().await?;
            if let Some(task_output) = self.pending.take() {
                Box::pin(self.handle_output(task_output)).await?;
            }
        }
        for _ in 0..ROUNDS {
            if !self.deliver_round().await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether output of a task is available.
    fn is_ready(&mut self) -> bool {
        if self.pending.is_none()
            && let Some((_, receiver)) = &mut self.channel
        {
            self.pending = receiver.try_recv().ok();
        }
        self.pending.is_some()
    }

    /// Sends one event of each shared subscription. `true` if there may be more.
    async fn deliver_round(&mut self) -> Result<bool, Ending> {
        let mut more = false;
        let mut at = 0;
        while at < self.running.len() {
            let Some(subscriber) = self.running[at].subscriber() else {
                at += 1;
                continue;
            };
            match subscriber.peek() {
                Next::Nothing => {}
                Next::Message(message) => {
                    // Changed rights are checked before any later event is sent.
                    if self.session.has_changed_rights() {
                        Box::pin(self.recheck_rights()).await?;
                        return Ok(true);
                    }
                    subscriber.advance(message.position);
                    let id = &self.running[at].id;
                    let sending = self.carrier.send(id, Output::Event(&message));
                    in_time(&self.edge, sending).await?;
                    self.record_delivery(message.at);
                    more = true;
                }
                Next::Behind => {
                    let operation = self.operation();
                    self.running[at].catch_up(operation);
                }
                Next::Ended if self.edge.stop.is_cancelled() => return Err(Ending::Stopping),
                Next::Ended => {
                    let ended = self.running.remove(at);
                    self.send(&ended.id, Output::Complete).await?;
                    self.release_channel();
                    continue;
                }
            }
            at += 1;
        }
        Ok(more)
    }

    /// Sends output of a task.
    async fn handle_output(&mut self, task_output: OutputOf) -> Result<(), Ending> {
        // The operation may have been cancelled, or may have a new task under another number.
        let Some(at) = self.index_of(task_output.number) else {
            return Ok(());
        };
        match task_output.output {
            TaskOutput::Accepted => {}
            TaskOutput::Subscribed(subscriber) => {
                self.running[at].subscribe(subscriber);
                self.release_channel();
            }
            TaskOutput::Next(body, event) => {
                let position = event.map(|(position, _)| position);
                let output = Output::Answer {
                    body: &body,
                    position,
                };
                let id = &self.running[at].id;
                in_time(&self.edge, self.carrier.send(id, output)).await?;
                if let Some((position, moment)) = event {
                    self.running[at].cursor = Some(position);
                    self.record_delivery(moment);
                }
            }
            TaskOutput::Error(errors) => {
                let ended = self.running.remove(at);
                self.send(&ended.id, Output::Error(&errors)).await?;
                self.release_channel();
            }
            TaskOutput::Complete => {
                let ended = self.running.remove(at);
                self.send(&ended.id, Output::Complete).await?;
                self.release_channel();
            }
        }
        Ok(())
    }

    fn index_of(&self, number: u64) -> Option<usize> {
        let mut all = self.running.iter();
        all.position(|running| running.number == number)
    }

    /// Drops the channel if no task needs it.
    fn release_channel(&mut self) {
        if self.running.is_empty() {
            self.start_idling();
        }
        if self.running.iter().all(RunningOperation::is_subscribed) {
            self.channel = None;
        }
    }

    /// Creates the context of a new task.
    fn operation(&mut self) -> Operation {
        self.number += 1;
        let (sender, _) = self
            .channel
            .get_or_insert_with(|| mpsc::channel(C::MAX_READY));
        Operation {
            number: self.number,
            edge: self.edge.clone(),
            caller: self.session.caller.clone(),
            outputs: sender.clone(),
            waker: Arc::clone(&self.session.waker),
        }
    }

    async fn check_rights(&mut self) -> Result<(), Ending> {
        if self.session.has_changed_rights() {
            Box::pin(self.recheck_rights()).await?;
        }
        Ok(())
    }

    /// Reads the caller's current rights.
    async fn recheck_rights(&mut self) -> Result<(), Ending> {
        let edge = self.edge.clone();
        match self.session.recheck_rights(&edge).await {
            Ok(Access::Unchanged) => Ok(()),
            Ok(Access::AudienceChanged) => {
                self.move_to_audience();
                Ok(())
            }
            Ok(Access::SessionEnded | Access::TooMany) => Err(Ending::SessionEnded),
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// Each shared subscription continues from its cursor in the caller's new audience.
    fn move_to_audience(&mut self) {
        for at in 0..self.running.len() {
            if self.running[at].is_shared() {
                let operation = self.operation();
                self.running[at].rejoin(operation);
            }
        }
    }

    /// Records a malfunction, which is not a refusal: the peer should reconnect.
    pub fn failed(&self, error: &Error) -> Ending {
        let request_id = &self.session.caller.request_id;
        let outages = &self.edge.outages;
        outages.note(C::LOOKUP_FAILED, request_id, error);
        Ending::Failed
    }

    /// Sends output of an operation, unless the peer does not read it in time or the server stops.
    ///
    /// # Errors
    /// The reason why the connection ends.
    pub async fn send(&mut self, id: &str, output: Output<'_>) -> Result<(), Ending> {
        in_time(&self.edge, self.carrier.send(id, output)).await
    }

    fn record_delivery(&self, at: Moment) {
        let now = self.edge.graph.forum().store.clock().now();
        let metrics = &self.edge.metrics;
        metrics.deliveries.inc();
        metrics.delivery_seconds.observe(now.fraction_since(at));
    }

    /// Ends everything except current mutations. If the peer still reads, waits a short time for their responses, so that a
    /// mutation that signs out is answered too.
    pub async fn finish(&mut self, peer_listens: bool) {
        self.running.retain(RunningOperation::is_mutation);
        if peer_listens {
            // A mutation that takes longer is either committed or not. The client finds out by sending it again with the same key.
            let _ = tokio::time::timeout(FINISH_TIMEOUT, self.finished()).await;
        }
    }

    async fn finished(&mut self) {
        while !self.running.is_empty() {
            let task_output = match (self.pending.take(), &mut self.channel) {
                (Some(pending), _) => pending,
                (None, Some((_, channel))) => match channel.recv().await {
                    Some(task_output) => task_output,
                    None => return,
                },
                (None, None) => return,
            };
            if self.send_last(task_output).await.is_err() {
                return;
            }
        }
    }

    /// Sends the output of a mutation before the connection ends.
    async fn send_last(&mut self, task_output: OutputOf) -> Result<(), PeerGone> {
        let Some(at) = self.index_of(task_output.number) else {
            return Ok(());
        };
        match task_output.output {
            TaskOutput::Next(body, _) => {
                let output = Output::Answer {
                    body: &body,
                    position: None,
                };
                self.carrier.send(&self.running[at].id, output).await
            }
            TaskOutput::Error(errors) => {
                let ended = self.running.remove(at);
                self.carrier.send(&ended.id, Output::Error(&errors)).await
            }
            TaskOutput::Complete => {
                let ended = self.running.remove(at);
                self.carrier.send(&ended.id, Output::Complete).await
            }
            TaskOutput::Accepted | TaskOutput::Subscribed(_) => Ok(()),
        }
    }
}

/// Waits until something is sent, with a time limit, and not beyond the stop of the server.
///
/// # Errors
/// The reason why the connection ends.
pub async fn in_time(
    edge: &Edge,
    sending: impl Future<Output = Result<(), PeerGone>>,
) -> Result<(), Ending> {
    tokio::pin!(sending);
    // The connection almost always accepts it at once.
    if let Poll::Ready(sent) = futures_util::poll!(sending.as_mut()) {
        return Ok(sent?);
    }
    let patience = Duration::from_secs(2 * edge.config.limits.socket_ping_seconds);
    tokio::select! {
        biased;
        sent = sending => Ok(sent?),
        () = edge.stop.cancelled() => Err(Ending::Stopping),
        () = tokio::time::sleep(patience) => Err(Ending::PeerGone),
    }
}
