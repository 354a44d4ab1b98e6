//! Ids: keys of rows, and global ids, which are opaque to clients, unique over all kinds and never reused.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::Serialize;
use uuid::Uuid;

/// The kind of object that an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Thread,
    Post,
    Revision,
    Person,
    Mandate,
    Session,
    Invitation,
    Delegation,
    Concept,
    Event,
    Viewer,
    Instance,
    Decision,
    Notice,
    Case,
    Report,
    CaseNote,
    Proposal,
    Appeal,
    Translation,
    Draft,
    /// The part of an object that depends on the caller.
    Viewed,
    /// The choices made alongside a draft.
    Choices,
    FormerName,
    PasswordLink,
    /// An entry of the ledger.
    Entry,
    Acknowledgement,
}

impl Kind {
    fn tag(self) -> u8 {
        match self {
            Kind::Thread => b'T',
            Kind::Post => b'P',
            Kind::Revision => b'R',
            Kind::Person => b'N',
            Kind::Mandate => b'M',
            Kind::Session => b'S',
            Kind::Invitation => b'I',
            Kind::Delegation => b'D',
            Kind::Concept => b'C',
            Kind::Event => b'E',
            Kind::Viewer => b'V',
            Kind::Instance => b'O',
            Kind::Decision => b'L',
            Kind::Notice => b'A',
            Kind::Case => b'F',
            Kind::Report => b'J',
            Kind::CaseNote => b'K',
            Kind::Proposal => b'Q',
            Kind::Appeal => b'U',
            Kind::Translation => b'G',
            Kind::Draft => b'W',
            Kind::Viewed => b'Y',
            Kind::Choices => b'H',
            Kind::FormerName => b'B',
            Kind::PasswordLink => b'X',
            Kind::Entry => b'Z',
            Kind::Acknowledgement => b'c',
        }
    }

    fn of_tag(tag: u8) -> Option<Kind> {
        [
            Kind::Thread,
            Kind::Post,
            Kind::Revision,
            Kind::Person,
            Kind::Mandate,
            Kind::Session,
            Kind::Invitation,
            Kind::Delegation,
            Kind::Concept,
            Kind::Event,
            Kind::Viewer,
            Kind::Instance,
            Kind::Decision,
            Kind::Notice,
            Kind::Case,
            Kind::Report,
            Kind::CaseNote,
            Kind::Proposal,
            Kind::Appeal,
            Kind::Translation,
            Kind::Draft,
            Kind::Viewed,
            Kind::Choices,
            Kind::FormerName,
            Kind::PasswordLink,
            Kind::Entry,
            Kind::Acknowledgement,
        ]
        .into_iter()
        .find(|kind| kind.tag() == tag)
    }
}

/// Declares a type for the keys of each kind of row, so that the compiler refuses the key of another kind. In the database,
/// in JSON and as text it is the same as its UUID.
macro_rules! keys {
    ($($(#[$about:meta])* $name:ident of $kind:ident),+ $(,)?) => {
        $(
            $(#[$about])*
            #[derive(
                Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
            )]
            #[serde(transparent)]
            pub struct $name(pub Uuid);

            impl $name {
                /// The key of a new row, as [`new`].
                pub fn generate() -> $name {
                    $name(new())
                }

                /// The global id.
                pub fn global(self) -> String {
                    of_uuid(Kind::$kind, self.0)
                }

                /// Returns the key in a global id of this kind; `None` for anything else.
                pub fn of_global(id: &str) -> Option<$name> {
                    to_uuid(Kind::$kind, id).map($name)
                }
            }

            impl From<Uuid> for $name {
                fn from(key: Uuid) -> $name {
                    $name(key)
                }
            }

            impl From<$name> for Uuid {
                fn from(id: $name) -> Uuid {
                    id.0
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    self.0.fmt(f)
                }
            }

            impl FromStr for $name {
                type Err = uuid::Error;

                fn from_str(text: &str) -> Result<$name, uuid::Error> {
                    text.parse().map($name)
                }
            }
        )+
    };
}

keys! {
    /// Names a thread: the key of its row.
    ThreadId of Thread,
    /// Names a post: the key of its row.
    PostId of Post,
    /// Names a person: the key of their row.
    PersonId of Person,
}

/// Returns the key of a new row. Later keys sort after earlier ones, so that an index grows at its end.
#[expect(
    clippy::disallowed_methods,
    reason = "the only place that creates keys"
)]
pub fn new() -> Uuid {
    Uuid::now_v7()
}

/// Returns a random key that does not reveal when it was created, like those that clients send.
#[expect(
    clippy::disallowed_methods,
    reason = "the only place that creates keys"
)]
pub fn random() -> Uuid {
    Uuid::new_v4()
}

/// Returns the global id of a row whose key is a UUID.
pub fn of_uuid(kind: Kind, key: Uuid) -> String {
    encode(kind, key.as_bytes())
}

/// Returns the global id of a row whose key is a word (a concept, a delegation).
pub fn of_word(kind: Kind, key: &str) -> String {
    encode(kind, key.as_bytes())
}

/// Returns the id of the caller-dependent part of an object, from the object's global id. It differs for each caller,
/// so that no cache mistakes one person's data for another's.
pub fn viewed(thing: &str, person: Option<PersonId>) -> String {
    let mut key = URL_SAFE_NO_PAD.decode(thing).unwrap_or_default();
    key.extend_from_slice(person.unwrap_or_default().0.as_bytes());
    encode(Kind::Viewed, &key)
}

/// Returns the UUID in a global id of that kind; `None` for anything else.
pub fn to_uuid(kind: Kind, id: &str) -> Option<Uuid> {
    let (found, key) = decode(id)?;
    if found == kind {
        Uuid::from_slice(&key).ok()
    } else {
        None
    }
}

/// Returns the word in a global id of that kind; `None` for anything else.
pub fn to_word(kind: Kind, id: &str) -> Option<String> {
    let (found, key) = decode(id)?;
    if found == kind {
        String::from_utf8(key).ok().filter(|word| is_word(word))
    } else {
        None
    }
}

/// Whether a text has the form of a word used as a row key: lower-case letters, digits and hyphens.
pub fn is_word(text: &str) -> bool {
    let is_in_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.chars().all(is_in_word)
}

/// Returns the kind that a global id names; `None` if it is not a global id.
pub fn kind_of(id: &str) -> Option<Kind> {
    decode(id).map(|(kind, _)| kind)
}

fn encode(kind: Kind, key: &[u8]) -> String {
    let mut bytes = vec![kind.tag()];
    bytes.extend_from_slice(key);
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(id: &str) -> Option<(Kind, Vec<u8>)> {
    if id.len() > 200 {
        return None;
    }
    let mut bytes = URL_SAFE_NO_PAD.decode(id).ok()?;
    if bytes.is_empty() {
        return None;
    }
    let kind = Kind::of_tag(bytes.remove(0))?;
    Some((kind, bytes))
}
