//! The single error type of the forum: a small set of documented codes.

use std::borrow::Cow;
use std::fmt;

use uuid::Uuid;

use crate::base::clock::Moment;

/// Why an act is denied to a caller who may see its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    SignInRequired,
    RoleMayNot,
    NoCurrentMandate,
    CapacityExceedsMandate,
    NotYours,
    OtherDelegation,
    PostWithdrawn,
    MembershipRequired,
    ObserverMayNot,
    OutOfScope,
    OwnCase,
    OwnDelegation,
    SecondPersonRequired,
    AlreadyDecided,
    PostHidden,
    ThreadLocked,
    OwnReport,
    OwnProposal,
    AlreadyReported,
    CaseClaimed,
    PostErased,
    ThreadArchived,
    ThreadDecided,
    Muted,
    Suspended,
    CannotBeUndone,
    SameModerator,
    SecretariatOnly,
    AlreadyAppealed,
    TooLateToAppeal,
    NotConcerned,
    AwaitsApproval,
    PostMoved,
    ThreadMerged,
    ContinuedSince,
    OpeningText,
    NotAQuestion,
    OwnText,
    OthersHaveWritten,
}

impl Refusal {
    /// The key of its message.
    pub fn key(self) -> &'static str {
        match self {
            Refusal::SignInRequired => "denied-sign-in-required",
            Refusal::RoleMayNot => "denied-role-may-not",
            Refusal::NoCurrentMandate => "denied-no-current-mandate",
            Refusal::CapacityExceedsMandate => "denied-capacity-exceeds-mandate",
            Refusal::NotYours => "denied-not-yours",
            Refusal::OtherDelegation => "denied-other-delegation",
            Refusal::PostWithdrawn => "denied-post-withdrawn",
            Refusal::MembershipRequired => "denied-membership-required",
            Refusal::ObserverMayNot => "denied-observer-may-not",
            Refusal::OutOfScope => "denied-out-of-scope",
            Refusal::OwnCase => "denied-own-case",
            Refusal::OwnDelegation => "denied-own-delegation",
            Refusal::SecondPersonRequired => "denied-second-person-required",
            Refusal::AlreadyDecided => "denied-already-decided",
            Refusal::PostHidden => "denied-post-hidden",
            Refusal::ThreadLocked => "denied-thread-locked",
            Refusal::OwnReport => "denied-own-report",
            Refusal::OwnProposal => "denied-own-proposal",
            Refusal::AlreadyReported => "denied-already-reported",
            Refusal::CaseClaimed => "denied-case-claimed",
            Refusal::PostErased => "denied-post-erased",
            Refusal::ThreadArchived => "denied-thread-archived",
            Refusal::ThreadDecided => "denied-thread-decided",
            Refusal::Muted => "denied-muted",
            Refusal::Suspended => "denied-suspended",
            Refusal::CannotBeUndone => "denied-cannot-be-undone",
            Refusal::SameModerator => "denied-same-moderator",
            Refusal::SecretariatOnly => "denied-secretariat-only",
            Refusal::AlreadyAppealed => "denied-already-appealed",
            Refusal::TooLateToAppeal => "denied-too-late-to-appeal",
            Refusal::NotConcerned => "denied-not-concerned",
            Refusal::AwaitsApproval => "denied-awaits-approval",
            Refusal::PostMoved => "denied-post-moved",
            Refusal::ThreadMerged => "denied-thread-merged",
            Refusal::ContinuedSince => "denied-continued-since",
            Refusal::OpeningText => "denied-opening-text",
            Refusal::NotAQuestion => "denied-not-a-question",
            Refusal::OwnText => "denied-own-text",
            Refusal::OthersHaveWritten => "denied-others-have-written",
        }
    }

    /// The name in `extensions.reason`, the same as in the enum of the API.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::SignInRequired => "SIGN_IN_REQUIRED",
            Refusal::RoleMayNot => "ROLE_MAY_NOT",
            Refusal::NoCurrentMandate => "NO_CURRENT_MANDATE",
            Refusal::CapacityExceedsMandate => "CAPACITY_EXCEEDS_MANDATE",
            Refusal::NotYours => "NOT_YOURS",
            Refusal::OtherDelegation => "OTHER_DELEGATION",
            Refusal::PostWithdrawn => "POST_WITHDRAWN",
            Refusal::MembershipRequired => "MEMBERSHIP_REQUIRED",
            Refusal::ObserverMayNot => "OBSERVER_MAY_NOT",
            Refusal::OutOfScope => "OUT_OF_SCOPE",
            Refusal::OwnCase => "OWN_CASE",
            Refusal::OwnDelegation => "OWN_DELEGATION",
            Refusal::SecondPersonRequired => "SECOND_PERSON_REQUIRED",
            Refusal::AlreadyDecided => "ALREADY_DECIDED",
            Refusal::PostHidden => "POST_HIDDEN",
            Refusal::ThreadLocked => "THREAD_LOCKED",
            Refusal::OwnReport => "OWN_REPORT",
            Refusal::OwnProposal => "OWN_PROPOSAL",
            Refusal::AlreadyReported => "ALREADY_REPORTED",
            Refusal::CaseClaimed => "CASE_CLAIMED",
            Refusal::PostErased => "POST_ERASED",
            Refusal::ThreadArchived => "THREAD_ARCHIVED",
            Refusal::ThreadDecided => "THREAD_DECIDED",
            Refusal::Muted => "MUTED",
            Refusal::Suspended => "SUSPENDED",
            Refusal::CannotBeUndone => "CANNOT_BE_UNDONE",
            Refusal::SameModerator => "SAME_MODERATOR",
            Refusal::SecretariatOnly => "SECRETARIAT_ONLY",
            Refusal::AlreadyAppealed => "ALREADY_APPEALED",
            Refusal::TooLateToAppeal => "TOO_LATE_TO_APPEAL",
            Refusal::NotConcerned => "NOT_CONCERNED",
            Refusal::AwaitsApproval => "AWAITS_APPROVAL",
            Refusal::PostMoved => "POST_MOVED",
            Refusal::ThreadMerged => "THREAD_MERGED",
            Refusal::ContinuedSince => "CONTINUED_SINCE",
            Refusal::OpeningText => "OPENING_TEXT",
            Refusal::NotAQuestion => "NOT_A_QUESTION",
            Refusal::OwnText => "OWN_TEXT",
            Refusal::OthersHaveWritten => "OTHERS_HAVE_WRITTEN",
        }
    }
}

/// What is wrong with one input field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    Empty,
    /// More characters than `max`.
    TooLong {
        max: usize,
    },
    /// Fewer characters than `min`.
    TooShort {
        min: usize,
    },
    /// More entries than `max`.
    TooMany {
        max: usize,
    },
    /// Names something that does not exist, or that the caller may not see.
    Unknown,
    /// Does not have the format of the field.
    Malformed,
    /// Already taken by another.
    Taken,
    /// The same key was used before with different content.
    KeyReused,
    /// A thread needs at least one tool or method.
    ToolOrMethodNeeded,
    /// Wrong e-mail address or password; the error never says which of the two.
    WrongCredentials,
    /// In the past, or before something that it must follow.
    TooEarly,
    /// After something that it must not follow.
    TooLate,
    /// Quotes or lists are nested too deeply.
    TooNested,
    /// Renders to far more than its own size.
    TooLarge,
    /// Changes the writing direction without changing it back.
    TurnsDirection,
    /// A name that could be mistaken for an office of the forum.
    NameOfOffice,
    /// A name that could be mistaken for another member's.
    NameOfMember,
}

impl Fault {
    /// The key of its message.
    pub fn key(&self) -> &'static str {
        match self {
            Fault::Empty => "invalid-empty",
            Fault::TooLong { .. } => "invalid-too-long",
            Fault::TooShort { .. } => "invalid-too-short",
            Fault::TooMany { .. } => "invalid-too-many",
            Fault::Unknown => "invalid-unknown",
            Fault::Malformed => "invalid-malformed",
            Fault::Taken => "invalid-taken",
            Fault::KeyReused => "invalid-key-reused",
            Fault::ToolOrMethodNeeded => "invalid-tool-or-method-needed",
            Fault::WrongCredentials => "invalid-wrong-credentials",
            Fault::TooEarly => "invalid-too-early",
            Fault::TooLate => "invalid-too-late",
            Fault::TooNested => "invalid-too-nested",
            Fault::TooLarge => "invalid-too-large",
            Fault::TurnsDirection => "invalid-turns-direction",
            Fault::NameOfOffice => "invalid-name-of-office",
            Fault::NameOfMember => "invalid-name-of-member",
        }
    }
}

/// One version of a text in a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub revision: i32,
    pub body: String,
}

/// What prevents the database from serving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It cannot be reached, or it ended the connection.
    Away,
    /// Others hold a resource that it needs for too long.
    Busy,
    /// Its disk or memory is full.
    Full,
    /// Its disk cannot be read or written.
    Disk,
    /// It is read-only.
    ReadOnly,
}

impl Trouble {
    pub const ALL: [Trouble; 5] = [
        Trouble::Away,
        Trouble::Busy,
        Trouble::Full,
        Trouble::Disk,
        Trouble::ReadOnly,
    ];

    /// The text in metrics and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Trouble::Away => "away",
            Trouble::Busy => "busy",
            Trouble::Full => "full",
            Trouble::Disk => "disk",
            Trouble::ReadOnly => "read-only",
        }
    }
}

/// Why the database currently cannot serve. The cause is logged, never sent to the caller.
#[derive(Clone, Debug)]
pub struct Outage {
    pub trouble: Trouble,
    pub cause: String,
}

impl fmt::Display for Outage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.cause)
    }
}

/// Every error that an action or a query can return instead of its result.
#[derive(Clone, Debug)]
pub enum Error {
    /// It does not exist, or the caller may not see it.
    NotFound,
    Denied(Refusal),
    /// Denied because this decision was made first.
    Overtaken {
        decision: Uuid,
    },
    Invalid {
        /// The path of the field: names and, for lists, positions from 0, joined by dots, relative to the argument
        /// `input` if there is one.
        field: Cow<'static, str>,
        fault: Fault,
    },
    /// Somebody changed the text in the meantime; contains both versions, so that nothing is lost.
    Conflict {
        current: Version,
        yours: Version,
    },
    /// Too many actions in too short a time.
    TooMany {
        retry_at: Moment,
    },
    /// The database currently cannot serve; the same request can be sent again.
    Unavailable(Outage),
    /// A malfunction: logged with the request's id, never described to the caller.
    Internal(String),
}

/// After how many seconds an unavailable request is worth retrying.
pub const RETRY_SECONDS: u32 = 5;

/// The result of every rule and query.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Creates a refusal of one input field.
    pub fn invalid(field: impl Into<Cow<'static, str>>, fault: Fault) -> Error {
        Error::Invalid {
            field: field.into(),
            fault,
        }
    }

    /// Returns the same error for an input nested within another: the outer input's name is prefixed to the field.
    #[must_use]
    pub fn within(self, outer: &str) -> Error {
        match self {
            Error::Invalid { field, fault } => Error::invalid(format!("{outer}.{field}"), fault),
            other @ (Error::NotFound
            | Error::Denied(_)
            | Error::Overtaken { .. }
            | Error::TooMany { .. }
            | Error::Conflict { .. }
            | Error::Unavailable(_)
            | Error::Internal(_)) => other,
        }
    }

    /// Creates a malfunction, with the cause for the log.
    pub fn internal(cause: impl fmt::Display) -> Error {
        Error::Internal(cause.to_string())
    }

    /// The stable code in `extensions.code`.
    pub fn code(&self) -> &'static str {
        match self {
            Error::NotFound => "NOT_FOUND",
            Error::Denied(_) | Error::Overtaken { .. } => "DENIED",
            Error::Invalid { .. } => "INVALID",
            Error::Conflict { .. } => "CONFLICT",
            Error::TooMany { .. } => "TOO_MANY",
            Error::Unavailable(_) => "UNAVAILABLE",
            Error::Internal(_) => "INTERNAL",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NotFound => write!(f, "not found"),
            Error::Denied(refusal) => write!(f, "denied: {}", refusal.code()),
            Error::Overtaken { decision } => write!(f, "denied: overtaken by {decision}"),
            Error::Invalid { field, fault } => write!(f, "invalid {field}: {fault:?}"),
            Error::Conflict { current, .. } => {
                write!(f, "conflict with revision {}", current.revision)
            }
            Error::TooMany { retry_at } => write!(f, "too many until {}", retry_at.to_rfc3339()),
            Error::Unavailable(outage) => write!(f, "unavailable: {outage}"),
            Error::Internal(cause) => write!(f, "internal: {cause}"),
        }
    }
}

impl std::error::Error for Error {}
