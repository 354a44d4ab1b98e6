//! The operations of one connection, whatever protocol carries them: what they say is sent in order, as fast as the peer reads.
//! A shared subscription is a seat from which as much is taken as the peer takes; everything else runs in a task of its own and
//! waits when the peer is slow. So nothing is buffered without bound: a peer that falls behind goes on from its own cursor.

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

/// How long running mutations may take when the server stops or their session has ended.
const FINISHING: Duration = Duration::from_secs(5);
/// How many of a subscription are sent in one go.
pub const TURNS: u32 = 8;

/// The operations under way on a connection.
pub struct Operations<C> {
    pub edge: Edge,
    pub holder: Holder,
    pub carrier: C,
    running: Vec<Running>,
    /// Where operations send their output; it exists only while one of them works.
    channel: Option<(mpsc::Sender<Ready>, mpsc::Receiver<Ready>)>,
    /// What was taken out of the channel and is still to be sent.
    taken: Option<Ready>,
    /// The number of the last operation.
    number: u64,
    /// Since when there has been none.
    idle_since: Instant,
}

impl<C: Carrier> Operations<C> {
    /// None yet.
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

    /// How many are under way.
    pub fn count(&self) -> usize {
        self.running.len()
    }

    /// For how long there has been none.
    pub fn idle(&self) -> Option<Duration> {
        let is_idle = self.running.is_empty();
        is_idle.then(|| self.idle_since.elapsed())
    }

    /// Counts from now on for how long there has been none.
    pub fn start_idling(&mut self) {
        self.idle_since = clock::instant();
    }

    /// Whether one of this name is under way.
    pub fn has(&self, id: &str) -> bool {
        self.running.iter().any(|running| running.id == id)
    }

    /// Begins one; a subscription after a position of the log, or else after the one that it names.
    pub fn begin(&mut self, id: String, prepared: Prepared, after: Option<i64>) {
        let operation = self.operation();
        let running = Running::begin(id, prepared, operation, after);
        self.running.push(running);
    }

    /// Ends one that the peer does not want any more. A mutation goes on.
    pub fn cancel(&mut self, id: &str) {
        self.running.retain(|running| running.id != id);
        self.rest();
    }

    /// Waits for the first thing that is said: the errors, if that is a refusal. Else it is the first that is sent.
    pub async fn refusal(&mut self) -> Option<Value> {
        let (_, ready) = self.channel.as_mut()?;
        let first = ready.recv().await?;
        if let Said::Error(errors) = first.said {
            return Some(errors);
        }
        self.taken = Some(first);
        None
    }

    /// Looks whether the connection may go on.
    ///
    /// # Errors
    /// When the server stops or the holder's session has ended.
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

    /// Sends what is available. `true` if there may be more.
    ///
    /// # Errors
    /// Why the connection ends.
    pub async fn deliver(&mut self) -> Result<bool, Ending> {
        // As many as can be ready; an operation that has more notifies again.
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

    /// Whether an operation has something ready.
    fn is_ready(&mut self) -> bool {
        if self.taken.is_none()
            && let Some((_, ready)) = &mut self.channel
        {
            self.taken = ready.try_recv().ok();
        }
        self.taken.is_some()
    }

    /// Sends one event of each shared subscription. `true` when there may be more.
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
                    // Rights that have changed are looked at before anything that follows the change is sent.
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

    /// Sends what an operation that works has to say.
    async fn say(&mut self, ready: Ready) -> Result<(), Ending> {
        // It may have been cancelled, or have gone on under another number.
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

    /// Drops the channel when no operation needs it.
    fn rest(&mut self) {
        if self.running.is_empty() {
            self.start_idling();
        }
        if self.running.iter().all(Running::is_seated) {
            self.channel = None;
        }
    }

    /// Creates what a new operation needs.
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

    /// Checks the holder's current rights.
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

    /// Each shared subscription goes on, from its cursor, in the holder's new audience.
    fn move_to_audience(&mut self) {
        for at in 0..self.running.len() {
            if self.running[at].is_shared() {
                let operation = self.operation();
                self.running[at].move_on(operation);
            }
        }
    }

    /// A malfunction is not a refusal: the peer should retry.
    pub fn failed(&self, error: &Error) -> Ending {
        let request_id = &self.holder.caller.request_id;
        let outages = &self.edge.outages;
        outages.note(C::HOLDER_UNKNOWN, request_id, error);
        Ending::Failed
    }

    /// Sends something of an operation, as long as the peer takes it in time and the server goes on.
    ///
    /// # Errors
    /// Why the connection ends.
    pub async fn send(&mut self, id: &str, output: Output<'_>) -> Result<(), Ending> {
        in_time(&self.edge, self.carrier.send(id, output)).await
    }

    fn delivered(&self, at: Moment) {
        let now = self.edge.graph.forum().store.clock().now();
        let metrics = &self.edge.metrics;
        metrics.deliveries.inc();
        metrics.delivery_seconds.observe(now.fraction_since(at));
    }

    /// Ends everything but mutations under way. Where the peer still listens, waits a moment for their answers: a mutation that
    /// signs out is answered, too.
    pub async fn finish(&mut self, is_heard: bool) {
        self.running.retain(Running::is_mutation);
        if is_heard {
            // Anything that takes longer is either committed or not; its key shows which when it is sent again.
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

    /// Sends what a mutation has to say before the connection ends.
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

/// Waits until the peer has taken something: in time, and as long as the server goes on.
///
/// # Errors
/// Why the connection ends.
pub async fn in_time(
    edge: &Edge,
    sending: impl Future<Output = Result<(), PeerGone>>,
) -> Result<(), Ending> {
    tokio::pin!(sending);
    // Almost always the connection accepts it at once.
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
