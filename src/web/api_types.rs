//! The API's scalars and enumerations as the pages use them.

use serde::Deserialize;
use serde::Serialize;

/// Declares an enumeration with the names that the API uses for its values.
macro_rules! api_enum {
    ($(#[$about:meta])* $name:ident { $($value:ident = $text:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            $(#[serde(rename = $text)] $value),+
        }

        impl $name {
            /// All values, in order.
            pub const ALL: &'static [$name] = &[$($name::$value),+];

            /// The name in the API; forms send it too.
            pub fn as_str(&self) -> &'static str {
                match self { $($name::$value => $text),+ }
            }

            /// Parses the name; `None` for an unknown one.
            pub fn parse(text: &str) -> Option<$name> {
                match text { $($text => Some($name::$value),)+ _ => None }
            }
        }
    };
}

api_enum!(
    /// A language of texts.
    Language { Ar = "AR", En = "EN", Es = "ES", Fr = "FR", Ru = "RU", Zh = "ZH" }
);
api_enum!(
    /// A person's role.
    Role { Visitor = "VISITOR", Delegate = "DELEGATE", FocalPoint = "FOCAL_POINT", Moderator = "MODERATOR", Secretariat = "SECRETARIAT" }
);
api_enum!(
    /// The kind of a delegation.
    DelegationKind { MemberState = "MEMBER_STATE", Observer = "OBSERVER", Secretariat = "SECRETARIAT" }
);
api_enum!(
    /// In which capacity a person speaks.
    Capacity { Personal = "PERSONAL", Office = "OFFICE", Delegation = "DELEGATION" }
);
api_enum!(
    /// The kind of a thread.
    ThreadKind { Experience = "EXPERIENCE", Practice = "PRACTICE", Question = "QUESTION", Proposal = "PROPOSAL" }
);
api_enum!(
    /// What a delegation says of a post.
    AcknowledgementKind { SamePractice = "SAME_PRACTICE", Useful = "USEFUL" }
);
api_enum!(
    /// Who may see a thread.
    Visibility { Public = "PUBLIC", Members = "MEMBERS" }
);
api_enum!(
    /// A facet of the vocabulary.
    Scheme { Tool = "TOOL", Method = "METHOD", Region = "REGION" }
);
api_enum!(
    /// The state of a concept.
    ConceptState { Current = "CURRENT", Deprecated = "DEPRECATED" }
);
api_enum!(
    /// The state of a post's text.
    PostState { Published = "PUBLISHED", Withdrawn = "WITHDRAWN", Hidden = "HIDDEN", Erased = "ERASED", Waiting = "WAITING", Rejected = "REJECTED", Moved = "MOVED" }
);
api_enum!(
    /// The state of an invitation.
    InvitationState { Open = "OPEN", Accepted = "ACCEPTED", Revoked = "REVOKED", Expired = "EXPIRED" }
);
api_enum!(
    /// A difference between how a text is shown and what its writer may expect.
    PreviewNote { Html = "HTML_AS_TEXT", Image = "IMAGE_AS_LINK", Address = "ADDRESS_AS_TEXT", CodeLanguage = "CODE_LANGUAGE_NOT_SHOWN" }
);
api_enum!(
    /// The state of a link to set a new password.
    PasswordLinkState { Open = "OPEN", Used = "USED", Revoked = "REVOKED", Expired = "EXPIRED" }
);
api_enum!(
    /// The purpose of a draft.
    DraftPurpose { Reply = "REPLY", Edit = "EDIT", Thread = "THREAD", Translation = "TRANSLATION" }
);
api_enum!(
    /// The order of threads.
    ThreadOrder { LatestActivity = "LATEST_ACTIVITY", Created = "CREATED", MostPosts = "MOST_POSTS" }
);

api_enum!(
    /// What a decision does.
    Act {
        HidePost = "HIDE_POST",
        RestorePost = "RESTORE_POST",
        EditPost = "EDIT_POST",
        ErasePost = "ERASE_POST",
        AcceptAnswer = "ACCEPT_ANSWER",
        WithdrawAnswer = "WITHDRAW_ANSWER",
        LockThread = "LOCK_THREAD",
        UnlockThread = "UNLOCK_THREAD",
        PinThread = "PIN_THREAD",
        UnpinThread = "UNPIN_THREAD",
        ArchiveThread = "ARCHIVE_THREAD",
        UnarchiveThread = "UNARCHIVE_THREAD",
        ChangeThread = "CHANGE_THREAD",
        SlowThread = "SLOW_THREAD",
        SplitPosts = "SPLIT_POSTS",
        JoinPosts = "JOIN_POSTS",
        MergeThreads = "MERGE_THREADS",
        PartThreads = "PART_THREADS",
        ReviewThread = "REVIEW_THREAD",
        TrustThread = "TRUST_THREAD",
        ReviewPerson = "REVIEW_PERSON",
        TrustPerson = "TRUST_PERSON",
        ApprovePost = "APPROVE_POST",
        RejectPost = "REJECT_POST",
        HoldPost = "HOLD_POST",
        WarnPerson = "WARN_PERSON",
        WithdrawWarning = "WITHDRAW_WARNING",
        MutePerson = "MUTE_PERSON",
        SuspendPerson = "SUSPEND_PERSON",
        ReinstatePerson = "REINSTATE_PERSON",
        DismissReports = "DISMISS_REPORTS",
        ReopenReports = "REOPEN_REPORTS",
        UpholdDecision = "UPHOLD_DECISION",
    }
);
api_enum!(
    /// What a case is about.
    CaseKind { Report = "REPORT", Approval = "APPROVAL", Appeal = "APPEAL" }
);
api_enum!(
    /// The state of a case.
    CaseState { Open = "OPEN", Resolved = "RESOLVED" }
);
api_enum!(
    /// Who has claimed a case.
    CaseHeld { ByMe = "BY_ME", ByNobody = "BY_NOBODY" }
);
api_enum!(
    /// The outcome of an appeal.
    AppealOutcome { Upheld = "UPHELD", Overturned = "OVERTURNED" }
);
api_enum!(
    /// Why a person is given notice.
    NoticeAbout { Decision = "DECISION", Report = "REPORT" }
);
api_enum!(
    /// What a decision prevents a person from doing.
    Restriction { Muted = "MUTED", Suspended = "SUSPENDED" }
);
api_enum!(
    /// The office in which a person decides.
    Office { Moderator = "MODERATOR", Secretariat = "SECRETARIAT" }
);
api_enum!(
    /// Why a decision was taken.
    Reason {
        OffTopic = "OFF_TOPIC",
        Disrespectful = "DISRESPECTFUL",
        Confidential = "CONFIDENTIAL",
        PersonalData = "PERSONAL_DATA",
        Unlawful = "UNLAWFUL",
        Advertising = "ADVERTISING",
        Duplicate = "DUPLICATE",
        Settled = "SETTLED",
        Mistaken = "MISTAKEN",
        Other = "OTHER",
    }
);

impl Default for Language {
    /// The language of documents that ask for no text.
    fn default() -> Language {
        Language::En
    }
}

impl Language {
    /// The code for a `lang` attribute.
    pub fn code(&self) -> &'static str {
        self.inner().code()
    }

    /// `rtl` or `ltr`, for a `dir` attribute.
    pub fn direction(&self) -> &'static str {
        self.inner().direction()
    }

    /// The language's own name.
    pub fn own_name(&self) -> &'static str {
        self.inner().name()
    }

    /// The same, as the other layers define it.
    pub fn inner(&self) -> crate::base::language::Language {
        use crate::base::language::Language as Inner;
        match self {
            Language::Ar => Inner::Ar,
            Language::En => Inner::En,
            Language::Es => Inner::Es,
            Language::Fr => Inner::Fr,
            Language::Ru => Inner::Ru,
            Language::Zh => Inner::Zh,
        }
    }

    /// The API's language for an interface language.
    pub fn of(language: crate::base::language::Language) -> Language {
        Language::ALL
            .iter()
            .copied()
            .find(|each| each.inner() == language)
            .unwrap_or(Language::En)
    }
}

impl Role {
    /// The same, as the other layers define it.
    pub fn inner(&self) -> crate::base::actor::Role {
        use crate::base::actor::Role as Inner;
        match self {
            Role::Visitor => Inner::Visitor,
            Role::Delegate => Inner::Delegate,
            Role::FocalPoint => Inner::FocalPoint,
            Role::Moderator => Inner::Moderator,
            Role::Secretariat => Inner::Secretariat,
        }
    }
}

/// A time as the API writes it.
pub type DateTime = String;
/// A client's key as the API writes it.
pub type UUID = String;
