//! A protocol that carries the output of operations to a peer. It only frames the output. What is sent and when is the same for
//! all protocols, and `operations.rs` decides it.

use serde_json::Value;

use crate::edge::history::EventMessage;

/// Frames the output of operations and sends it to the peer.
pub trait Carrier: Send {
    /// Maximum number of responses that wait for one peer. Operations with more wait until the peer has read some.
    const MAX_READY: usize;
    /// The log message when the rights of a connection's person cannot be read.
    const LOOKUP_FAILED: &'static str;

    /// Sends output of the operation with this id. Waits while the peer does not read.
    ///
    /// # Errors
    /// If the peer is gone.
    fn send(
        &mut self,
        id: &str,
        output: Output<'_>,
    ) -> impl Future<Output = Result<(), PeerGone>> + Send;
}

/// Output of an operation.
pub enum Output<'a> {
    /// An event of a shared subscription.
    Event(&'a EventMessage),
    /// Another response in JSON. For a subscription, with the position of its event.
    Answer {
        body: &'a str,
        position: Option<i64>,
    },
    /// The errors that refuse or end the operation.
    Error(&'a Value),
    /// The operation has ended.
    Complete,
}

/// The peer is gone.
#[derive(Debug)]
pub struct PeerGone;

/// Why a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The peer is gone, or has read nothing for too long.
    PeerGone,
    /// The server is stopping.
    Stopping,
    /// The session of the connection's person has ended.
    SessionEnded,
    /// A malfunction. The peer should reconnect.
    Failed,
}

impl From<PeerGone> for Ending {
    fn from(_: PeerGone) -> Ending {
        Ending::PeerGone
    }
}
