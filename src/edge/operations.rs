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
use crate::edge::group::Look;
use crate::edge::holder::Holder;
use crate::edge::holder::Standing;
use crate::edge::operation::Operation;
use crate::edge::operation::Ready;
use crate::edge::operation::Said;
use crate::edge::request::Prepared;
use crate::edge::running::Running;
use crate::edge::state::Edge;

/// How long current mutations may take when the server stops or their session has ended.
const FINISHING: Duration = Duration::from_secs(5);
/// Maximum number of events of each subscription that are sent in one go.
pub const TURNS: u32 = 8;

/// The current operations of a connection.
pub struct Operations<C> {
    pub edge: Edge,
    pub holder: Holder,
    pub carrier: C,
    running: Vec<Running>,
    /// The channel for the output of tasks. It exists only while a task runs.
    channel: Option<(mpsc::Sender<Ready>, mpsc::Receiver<Ready>)>,
    /// Output that was received from the channel but not sent yet.
    taken: Option<Ready>,
    /// The number of the last operation.
    number: u64,
    /// Since when there has been no operation.
    idle_since: Instant,
}

impl<C: Carrier> Operations<C> {
    /// Creates an empty set of operations.
    pub fn new(edge: Edge, holder: Holder, carrier: C) -> Operations<C> {
        Operations {
            edge,
            holder,
            carrier,
            running: Vec::new(),
            channel: None,
            taken: None,
            number: 0,
            idle_since: clock::instant(),
        }
    }

    /// Notified when there may be something to send.
    pub fn bell(&self) -> Arc<Notify> {
        Arc::clone(&self.holder.bell)
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
        let running = Running::begin(id, prepared, operation, after);
        self.running.push(running);
    }

    /// Cancels an operation. A mutation is still executed, but its response is not sent.
    pub fn cancel(&mut self, id: &str) {
        self.running.retain(|running| running.id != id);
        self.rest();
    }

    /// Waits for the first output. Returns the errors if it is a refusal. Otherwise it will be sent first.
    pub async fn refusal(&mut self) -> Option<Value> {
        let (_, ready) = self.channel.as_mut()?;
        let first = ready.recv().await?;
        if let Said::Error(errors) = first.said {
            return Some(errors);
        }
        self.taken = Some(first);
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
        if self.holder.has_expired(&self.edge) {
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
        for _ in 0..C::READY {
            if !self.is_ready() {
                break;
            }
            self.check_rights().await?;
            if let Some(ready) = self.taken.take() {
                Box::pin(self.say(ready)).await?;
            }
        }
        for _ in 0..TURNS {
            if !self.deliver_round().await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether output of a task is available.
    fn is_ready(&mut self) -> bool {
        if self.taken.is_none()
            && let Some((_, ready)) = &mut self.channel
        {
            self.taken = ready.try_recv().ok();
        }
        self.taken.is_some()
    }

    /// Sends one event of each shared subscription. `true` if there may be more.
    async fn deliver_round(&mut self) -> Result<bool, Ending> {
        let mut more = false;
        let mut at = 0;
        while at < self.running.len() {
            let Some(seat) = self.running[at].seat() else {
                at += 1;
                continue;
            };
            match seat.look() {
                Look::Nothing => {}
                Look::Told(told) => {
                    // Changed rights are checked before any later event is sent.
                    if self.holder.is_alarmed() {
                        Box::pin(self.look_again()).await?;
                        return Ok(true);
                    }
                    seat.take(told.position);
                    let id = &self.running[at].id;
                    let sending = self.carrier.send(id, Output::Event(&told));
                    in_time(&self.edge, sending).await?;
                    self.delivered(told.at);
                    more = true;
                }
                Look::Behind => {
                    let operation = self.operation();
                    self.running[at].go_back(operation);
                }
                Look::Over if self.edge.stop.is_cancelled() => return Err(Ending::Stopping),
                Look::Over => {
                    let over = self.running.remove(at);
                    self.send(&over.id, Output::Complete).await?;
                    self.rest();
                    continue;
                }
            }
            at += 1;
        }
        Ok(more)
    }

    /// Sends output of a task.
    async fn say(&mut self, ready: Ready) -> Result<(), Ending> {
        // The operation may have been cancelled, or may have a new task under another number.
        let Some(at) = self.place(ready.number) else {
            return Ok(());
        };
        match ready.said {
            Said::Accepted => {}
            Said::Seated(seat) => {
                self.running[at].take_seat(seat);
                self.rest();
            }
            Said::Next(body, event) => {
                let position = event.map(|(position, _)| position);
                let output = Output::Answer {
                    body: &body,
                    position,
                };
                let id = &self.running[at].id;
                in_time(&self.edge, self.carrier.send(id, output)).await?;
                if let Some((position, moment)) = event {
                    self.running[at].cursor = Some(position);
                    self.delivered(moment);
                }
            }
            Said::Error(errors) => {
                let over = self.running.remove(at);
                self.send(&over.id, Output::Error(&errors)).await?;
                self.rest();
            }
            Said::Complete => {
                let over = self.running.remove(at);
                self.send(&over.id, Output::Complete).await?;
                self.rest();
            }
        }
        Ok(())
    }

    fn place(&self, number: u64) -> Option<usize> {
        let mut all = self.running.iter();
        all.position(|running| running.number == number)
    }

    /// Drops the channel if no task needs it.
    fn rest(&mut self) {
        if self.running.is_empty() {
            self.start_idling();
        }
        if self.running.iter().all(Running::is_seated) {
            self.channel = None;
        }
    }

    /// Creates the context of a new task.
    fn operation(&mut self) -> Operation {
        self.number += 1;
        let (ready, _) = self.channel.get_or_insert_with(|| mpsc::channel(C::READY));
        Operation {
            number: self.number,
            edge: self.edge.clone(),
            caller: self.holder.caller.clone(),
            ready: ready.clone(),
            bell: Arc::clone(&self.holder.bell),
        }
    }

    async fn check_rights(&mut self) -> Result<(), Ending> {
        if self.holder.is_alarmed() {
            Box::pin(self.look_again()).await?;
        }
        Ok(())
    }

    /// Reads the caller's current rights.
    async fn look_again(&mut self) -> Result<(), Ending> {
        let edge = self.edge.clone();
        match self.holder.look_again(&edge).await {
            Ok(Standing::Same) => Ok(()),
            Ok(Standing::Moved) => {
                self.move_to_audience();
                Ok(())
            }
            Ok(Standing::Gone | Standing::TooMany) => Err(Ending::SessionEnded),
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// Each shared subscription continues from its cursor in the caller's new audience.
    fn move_to_audience(&mut self) {
        for at in 0..self.running.len() {
            if self.running[at].is_shared() {
                let operation = self.operation();
                self.running[at].move_on(operation);
            }
        }
    }

    /// Records a malfunction, which is not a refusal: the peer should reconnect.
    pub fn failed(&self, error: &Error) -> Ending {
        let request_id = &self.holder.caller.request_id;
        let outages = &self.edge.outages;
        outages.note(C::HOLDER_UNKNOWN, request_id, error);
        Ending::Failed
    }

    /// Sends output of an operation, unless the peer does not read it in time or the server stops.
    ///
    /// # Errors
    /// The reason why the connection ends.
    pub async fn send(&mut self, id: &str, output: Output<'_>) -> Result<(), Ending> {
        in_time(&self.edge, self.carrier.send(id, output)).await
    }

    fn delivered(&self, at: Moment) {
        let now = self.edge.graph.forum().store.clock().now();
        let metrics = &self.edge.metrics;
        metrics.deliveries.inc();
        metrics.delivery_seconds.observe(now.fraction_since(at));
    }

    /// Ends everything except current mutations. If the peer still reads, waits a short time for their responses, so that a
    /// mutation that signs out is answered too.
    pub async fn finish(&mut self, is_heard: bool) {
        self.running.retain(Running::is_mutation);
        if is_heard {
            // A mutation that takes longer is either committed or not. The client finds out by sending it again with the same key.
            let _ = tokio::time::timeout(FINISHING, self.finished()).await;
        }
    }

    async fn finished(&mut self) {
        while !self.running.is_empty() {
            let ready = match (self.taken.take(), &mut self.channel) {
                (Some(taken), _) => taken,
                (None, Some((_, channel))) => match channel.recv().await {
                    Some(ready) => ready,
                    None => return,
                },
                (None, None) => return,
            };
            if self.say_last(ready).await.is_err() {
                return;
            }
        }
    }

    /// Sends the output of a mutation before the connection ends.
    async fn say_last(&mut self, ready: Ready) -> Result<(), PeerGone> {
        let Some(at) = self.place(ready.number) else {
            return Ok(());
        };
        match ready.said {
            Said::Next(body, _) => {
                let output = Output::Answer {
                    body: &body,
                    position: None,
                };
                self.carrier.send(&self.running[at].id, output).await
            }
            Said::Error(errors) => {
                let over = self.running.remove(at);
                self.carrier.send(&over.id, Output::Error(&errors)).await
            }
            Said::Complete => {
                let over = self.running.remove(at);
                self.carrier.send(&over.id, Output::Complete).await
            }
            Said::Accepted | Said::Seated(_) => Ok(()),
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
