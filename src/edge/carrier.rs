//! A protocol that carries operations to a peer. It only frames what they say. What is said when is the same for all protocols
//! and decided in `operations.rs`.

use serde_json::Value;

use crate::edge::history::Told;

/// Frames what operations say, and hands it to the peer.
pub trait Carrier: Send {
    /// Answers that operations may have ready for one peer; beyond it they wait.
    const READY: usize;
    /// What the log says when the holder of a connection cannot be looked up.
    const HOLDER_UNKNOWN: &'static str;

    /// Sends what an operation of this name says. Waits as long as the peer takes nothing.
    ///
    /// # Errors
    /// When the peer is gone.
    fn send(
        &mut self,
        id: &str,
        output: Output<'_>,
    ) -> impl Future<Output = Result<(), PeerGone>> + Send;
}

/// What an operation says.
pub enum Output<'a> {
    /// An event of a shared subscription.
    Event(&'a Told),
    /// Another answer in JSON; of a subscription, with the position of its event.
    Answer {
        body: &'a str,
        position: Option<i64>,
    },
    /// The errors with which it is refused or has failed, and it is over.
    Error(&'a Value),
    /// It is over.
    Complete,
}

/// The peer is gone.
#[derive(Debug)]
pub struct PeerGone;

/// Why a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The peer is gone, or has taken nothing for too long.
    PeerGone,
    /// The server stops.
    Stopping,
    /// The session of its holder has ended.
    SessionEnded,
    /// A malfunction; it is worth coming again.
    Failed,
}

impl From<PeerGone> for Ending {
    fn from(_: PeerGone) -> Ending {
        Ending::PeerGone
    }
}
