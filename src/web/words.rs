//! The API's scalars and enumerations as pages know them.

use serde::Deserialize;
use serde::Serialize;

/// Declares an enumeration with the names that the API has for it.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($value:ident = $text:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            $(#[serde(rename = $text)] $value),+
        }

        impl $name {
            /// All values in their order.
            pub const ALL: &'static [$name] = &[$($name::$value),+];

            /// The name in the API, which forms send too.
            pub fn name(&self) -> &'static str {
                match self { $($name::$value => $text),+ }
            }

            /// Reads the name; nothing for another.
            pub fn read(text: &str) -> Option<$name> {
                match text { $($text => Some($name::$value),)+ _ => None }
            }
        }
    };
}

words!(
    /// A language of texts.
    Language { Ar = "AR", En = "EN", Es = "ES", Fr = "FR", Ru = "RU", Zh = "ZH" }
);
words!(
    /// A person's role.
    Role { Visitor = "VISITOR", Delegate = "DELEGATE", FocalPoint = "FOCAL_POINT", Moderator = "MODERATOR", Secretariat = "SECRETARIAT" }
);
words!(
    /// What a delegation is to the organisation.
    DelegationKind { MemberState = "MEMBER_STATE", Observer = "OBSERVER", Secretariat = "SECRETARIAT" }
);
words!(
    /// In which capacity somebody speaks.
    Capacity { Personal = "PERSONAL", Office = "OFFICE", Delegation = "DELEGATION" }
);
words!(
    /// What a thread is for.
    ThreadKind { Experience = "EXPERIENCE", Practice = "PRACTICE", Question = "QUESTION", Proposal = "PROPOSAL" }
);
words!(
    /// Who sees a thread.
    Visibility { Public = "PUBLIC", Members = "MEMBERS" }
);
words!(
    /// A facet of the vocabulary.
    Scheme { Tool = "TOOL", Method = "METHOD", Region = "REGION" }
);
words!(
    /// Where a concept stands in its life.
    ConceptState { Current = "CURRENT", Deprecated = "DEPRECATED" }
);
words!(
    /// Whether a post's text stands.
    PostState { Published = "PUBLISHED", Withdrawn = "WITHDRAWN", Hidden = "HIDDEN", Erased = "ERASED", Waiting = "WAITING", Rejected = "REJECTED", Moved = "MOVED" }
);
words!(
    /// Where an invitation stands.
    InvitationState { Open = "OPEN", Accepted = "ACCEPTED", Revoked = "REVOKED", Expired = "EXPIRED" }
);
words!(
    /// What is shown otherwise than a writer may expect.
    PreviewNote { Html = "HTML_AS_TEXT", Image = "IMAGE_AS_LINK", Address = "ADDRESS_AS_TEXT", CodeLanguage = "CODE_LANGUAGE_NOT_SHOWN" }
);
words!(
    /// Where a link to choose a new password stands.
    PasswordLinkState { Open = "OPEN", Used = "USED", Revoked = "REVOKED", Expired = "EXPIRED" }
);
words!(
    /// What a draft is to become.
    DraftPurpose { Reply = "REPLY", Edit = "EDIT", Thread = "THREAD", Translation = "TRANSLATION" }
);
words!(
    /// The order of threads.
    ThreadOrder { LatestActivity = "LATEST_ACTIVITY", Created = "CREATED" }
);

words!(
    /// What a decision does.
    Act {
        HidePost = "HIDE_POST",
        RestorePost = "RESTORE_POST",
        EditPost = "EDIT_POST",
        ErasePost = "ERASE_POST",
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
words!(
    /// What a case is about.
    CaseKind { Report = "REPORT", Approval = "APPROVAL", Appeal = "APPEAL" }
);
words!(
    /// Where a case stands.
    CaseState { Open = "OPEN", Resolved = "RESOLVED" }
);
words!(
    /// Who works on a case.
    CaseHeld { ByMe = "BY_ME", ByNobody = "BY_NOBODY" }
);
words!(
    /// What came of an appeal.
    AppealOutcome { Upheld = "UPHELD", Overturned = "OVERTURNED" }
);
words!(
    /// Why somebody is given notice.
    NoticeAbout { Decision = "DECISION", Report = "REPORT" }
);
words!(
    /// What a decision keeps a person from.
    Restriction { Muted = "MUTED", Suspended = "SUSPENDED" }
);
words!(
    /// In which office somebody decides.
    Office { Moderator = "MODERATOR", Secretariat = "SECRETARIAT" }
);
words!(
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

    /// The same, as other floors have it.
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

    /// The API's language for the interface's.
    pub fn of(language: crate::base::language::Language) -> Language {
        Language::ALL
            .iter()
            .copied()
            .find(|each| each.inner() == language)
            .unwrap_or(Language::En)
    }
}

impl Role {
    /// The same, as other floors have it.
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

/// A moment as the API writes it.
pub type DateTime = String;
/// A client's key as the API writes it.
pub type UUID = String;
