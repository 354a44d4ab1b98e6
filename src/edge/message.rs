//! The messages of `graphql-transport-ws`, and why a socket is closed.

use serde_json::Value;
use serde_json::json;
use unicode_segmentation::UnicodeSegmentation;

use crate::base::json;
use crate::edge::credential;
use crate::edge::credential::CredentialError;
use crate::edge::request::OperationRequest;

/// A message from a client.
pub enum Incoming {
    /// With the token of its payload, if any.
    Init {
        token: Result<Option<String>, CredentialError>,
    },
    Ping {
        payload: Option<Value>,
    },
    Pong,
    Subscribe {
        id: String,
        operation: Box<OperationRequest>,
    },
    Complete {
        id: String,
    },
}

/// Maximum length of the ids of operations, in characters.
const ID_LENGTH: usize = 200;

/// Parses a message; `None` for anything else.
pub fn read(text: &str) -> Option<Incoming> {
    let Value::Object(mut message) = json::read(text.as_bytes()).ok()? else {
        return None;
    };
    let Some(Value::String(kind)) = message.remove("type") else {
        return None;
    };
    let payload = message.remove("payload");
    match kind.as_str() {
        "connection_init" => Some(Incoming::Init {
            token: credential::of_payload(object(payload)?.as_ref()),
        }),
        "ping" => Some(Incoming::Ping {
            payload: object(payload)?,
        }),
        "pong" => object(payload).map(|_| Incoming::Pong),
        "subscribe" => Some(Incoming::Subscribe {
            id: id(message.remove("id"))?,
            operation: Box::new(OperationRequest::of_message(payload?)?),
        }),
        "complete" => Some(Incoming::Complete {
            id: id(message.remove("id"))?,
        }),
        _ => None,
    }
}

/// Parses an optional payload, which must be an object.
fn object(payload: Option<Value>) -> Option<Option<Value>> {
    match payload {
        None | Some(Value::Null) => Some(None),
        Some(Value::Object(fields)) => Some(Some(Value::Object(fields))),
        Some(_) => None,
    }
}

fn id(value: Option<Value>) -> Option<String> {
    match value {
        Some(Value::String(id)) if !id.is_empty() && id.chars().count() <= ID_LENGTH => Some(id),
        _ => None,
    }
}

/// `connection_ack`.
pub fn ack() -> String {
    json!({"type": "connection_ack"}).to_string()
}

/// `pong`, with the payload of the ping.
pub fn pong(payload: Option<Value>) -> String {
    match payload {
        Some(payload) => json!({"type": "pong", "payload": payload}).to_string(),
        None => json!({"type": "pong"}).to_string(),
    }
}

/// `next`, with a body that is already JSON.
pub fn next(id: &str, body: &str) -> String {
    const AROUND: usize = r#"{"id":"","type":"next","payload":}"#.len();
    let mut text = String::with_capacity(AROUND + id.len() + 8 + body.len());
    text.push_str(r#"{"id":"#);
    text.push_str(&Value::from(id).to_string());
    text.push_str(r#","type":"next","payload":"#);
    text.push_str(body);
    text.push('}');
    text
}

/// `error`, with the list of errors. It ends the operation.
pub fn error(id: &str, errors: &Value) -> String {
    json!({"id": id, "type": "error", "payload": errors}).to_string()
}

/// `complete`.
pub fn complete(id: &str) -> String {
    json!({"id": id, "type": "complete"}).to_string()
}

/// Why a socket is closed, with its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// No operation was open for a long time.
    Idle,
    GoingAway,
    ProtocolError,
    NotUtf8,
    TooBig,
    /// More messages than allowed.
    TooFast,
    /// More sockets than allowed, or a malfunction.
    TryAgainLater,
    BadMessage,
    Unauthorized,
    Forbidden,
    NoSubprotocol,
    InitTimeout,
    IdInUse(String),
    SecondInit,
}

impl CloseReason {
    /// Whether a frame was invalid, so that nothing more can be read from the socket.
    pub fn is_frame_error(&self) -> bool {
        matches!(
            self,
            CloseReason::ProtocolError | CloseReason::NotUtf8 | CloseReason::TooBig
        )
    }

    /// The close code.
    pub fn code(&self) -> u16 {
        match self {
            CloseReason::Idle => 1000,
            CloseReason::GoingAway => 1001,
            CloseReason::ProtocolError => 1002,
            CloseReason::NotUtf8 => 1007,
            CloseReason::TooBig => 1009,
            CloseReason::TooFast => 1008,
            CloseReason::TryAgainLater => 1013,
            CloseReason::BadMessage => 4400,
            CloseReason::Unauthorized => 4401,
            CloseReason::Forbidden => 4403,
            CloseReason::NoSubprotocol => 4406,
            CloseReason::InitTimeout => 4408,
            CloseReason::IdInUse(_) => 4409,
            CloseReason::SecondInit => 4429,
        }
    }

    /// The reason, within the 123 bytes that a close frame holds.
    pub fn reason(&self) -> String {
        let reason = match self {
            CloseReason::Idle => "Nothing was asked for a long time".to_string(),
            CloseReason::GoingAway => "Going away".to_string(),
            CloseReason::ProtocolError => "Protocol error".to_string(),
            CloseReason::NotUtf8 => "Not UTF-8".to_string(),
            CloseReason::TooBig => "Message too big".to_string(),
            CloseReason::TooFast => "Too many messages".to_string(),
            CloseReason::TryAgainLater => "Try again later".to_string(),
            CloseReason::BadMessage => "Invalid message received".to_string(),
            CloseReason::Unauthorized => "Unauthorized".to_string(),
            CloseReason::Forbidden => "Forbidden".to_string(),
            CloseReason::NoSubprotocol => "Subprotocol not acceptable".to_string(),
            CloseReason::InitTimeout => "Connection initialisation timeout".to_string(),
            CloseReason::IdInUse(id) => format!("Subscriber for {id} already exists"),
            CloseReason::SecondInit => "Too many initialisation requests".to_string(),
        };
        let mut room = 123_usize;
        let fits = |sign: &&str| {
            let rest = room.checked_sub(sign.len());
            room = rest.unwrap_or_default();
            rest.is_some()
        };
        reason.graphemes(true).take_while(fits).collect()
    }
}
