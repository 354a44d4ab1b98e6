//! Scalars and enumerations of the API, and their internal types.

use async_graphql::Enum;
use async_graphql::InputValueError;
use async_graphql::InputValueResult;
use async_graphql::Scalar;
use async_graphql::ScalarType;
use async_graphql::Value;

use crate::base::clock::Moment;

/// A time in UTC by RFC 3339, to the microsecond: `2026-11-23T09:30:00Z`.
pub struct DateTime(pub Moment);

/// A time in UTC by RFC 3339, to the microsecond: `2026-11-23T09:30:00Z`.
#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<DateTime> {
        let Value::String(text) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        Moment::from_rfc3339(text)
            .map(DateTime)
            .ok_or_else(|| InputValueError::custom("not a moment by RFC 3339"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339())
    }
}

/// One of the six official languages of the United Nations, by its ISO 639-1 code.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::base::language::Language")]
pub enum Language {
    /// Arabic, written from right to left.
    Ar,
    /// English.
    En,
    /// Spanish.
    Es,
    /// French.
    Fr,
    /// Russian.
    Ru,
    /// Chinese.
    Zh,
}

/// The role of a person in the forum as a whole; their mandates say whom they speak for.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::base::actor::Role")]
pub enum Role {
    /// Reads what is public, with or without an account.
    Visitor,
    /// Reads what members read and, with a current mandate, opens threads and replies.
    Delegate,
    /// A delegate who also invites people into their own delegation.
    FocalPoint,
    /// Decides on threads, posts and people within the regions assigned to them.
    Moderator,
    /// Maintains the vocabulary and the accounts, and decides everywhere.
    Secretariat,
}

/// The capacity in which a person speaks, from the least binding to the most. A mandate covers its own capacity and
/// those before it.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::base::actor::Capacity")]
pub enum Capacity {
    /// In a personal capacity: experience, not a position.
    Personal,
    /// For the office where the person works.
    Office,
    /// On behalf of the delegation.
    Delegation,
}

/// A difference between how a text is shown and what its writer may expect.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::base::markdown::Note")]
pub enum PreviewNote {
    /// HTML is shown as text.
    #[graphql(name = "HTML_AS_TEXT")]
    Html,
    /// An image is shown as a link to it.
    #[graphql(name = "IMAGE_AS_LINK")]
    Image,
    /// A link to an address that is neither a web nor a mail address is shown as text.
    #[graphql(name = "ADDRESS_AS_TEXT")]
    Address,
    /// The language name after the opening fence of a code block is not shown.
    #[graphql(name = "CODE_LANGUAGE_NOT_SHOWN")]
    CodeLanguage,
}

/// The kind of a delegation.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::base::actor::DelegationKind")]
pub enum DelegationKind {
    /// A member state.
    MemberState,
    /// An observing organisation: it replies, but does not open threads.
    Observer,
    /// The Secretariat, which maintains the forum.
    Secretariat,
}

/// The purpose of a draft.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::discussion::draft::Purpose")]
pub enum DraftPurpose {
    /// A reply in a thread.
    Reply,
    /// An edit of a post.
    Edit,
    /// A new thread.
    Thread,
    /// A translation of a post.
    Translation,
}

/// The kind of a thread.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::discussion::thread::Kind")]
pub enum ThreadKind {
    /// An experience: what was tried, and with what result.
    Experience,
    /// A practice: a way of working that others can adopt.
    Practice,
    /// A question to the other delegations.
    Question,
    /// A proposal for joint work.
    Proposal,
}

/// What a delegation says of a post of another delegation.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::discussion::acknowledgement::Kind")]
pub enum AcknowledgementKind {
    /// We do this too.
    SamePractice,
    /// This is useful to us.
    Useful,
}

/// Who sees a thread and everything in it.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::discussion::thread::Visibility")]
pub enum Visibility {
    /// Everybody, including people without an account.
    Public,
    /// Everybody who is signed in with a role other than VISITOR. To others, the thread does not exist.
    Members,
}

/// One of the three facets that concepts belong to.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::vocabulary::concept::Scheme")]
pub enum Scheme {
    /// Systems, services and materials.
    Tool,
    /// Ways of giving and receiving assistance.
    Method,
    /// Countries, the regions of UN M49, and groupings of countries.
    Region,
}

/// The state of a concept.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::vocabulary::concept::State")]
pub enum ConceptState {
    /// In use.
    Current,
    /// Retired; its successor replaces it.
    Deprecated,
}

/// The state of a post.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::discussion::post::State")]
pub enum PostState {
    /// It can be read.
    Published,
    /// Its author withdrew it; its number and position remain, but its text is not shown to anybody.
    Withdrawn,
    /// A decision hid it; its number and position remain.
    Hidden,
    /// A decision permanently erased its text; its number and position remain.
    Erased,
    /// It waits for approval: only its author and those who decide can read it.
    Waiting,
    /// It was rejected: only its author and those who decide can read it.
    Rejected,
    /// It is in another thread now; `movedTo` is the post there.
    Moved,
}

/// The state of an invitation.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::accounts::invitation::State")]
pub enum InvitationState {
    /// Its link works.
    Open,
    /// Somebody has accepted it; the link no longer works.
    Accepted,
    /// It was revoked.
    Revoked,
    /// It was not used in time.
    Expired,
}

/// The state of a link to set a new password.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::accounts::password_link::State")]
pub enum PasswordLinkState {
    /// It works.
    Open,
    /// A password was set with it; it no longer works.
    Used,
    /// Another link has replaced it.
    Revoked,
    /// It was not used in time.
    Expired,
}

/// The order of a list of threads.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::discussion::list::Order")]
pub enum ThreadOrder {
    /// Threads with the latest shown post first.
    LatestActivity,
    /// Newest threads first.
    Created,
    /// Threads with the most posts first, by `lastNumber`.
    MostPosts,
}

/// Why the caller is denied something on an object that they may see. The same values appear in `extensions.reason` of
/// a DENIED error.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::base::error::Refusal")]
pub enum Refusal {
    /// The caller is not signed in.
    SignInRequired,
    /// The caller's role does not allow this.
    RoleMayNot,
    /// The caller has no current mandate.
    NoCurrentMandate,
    /// The caller's mandate does not cover the capacity.
    CapacityExceedsMandate,
    /// Only the author may do this.
    NotYours,
    /// The caller may do this only for their own delegation.
    OtherDelegation,
    /// The post has been withdrawn.
    PostWithdrawn,
    /// Only members may do this.
    MembershipRequired,
    /// Observers may not do this.
    ObserverMayNot,
    /// The thread is outside the regions assigned to the moderator.
    OutOfScope,
    /// Nobody decides on what they wrote themselves.
    OwnCase,
    /// Nobody decides on what their own delegation wrote.
    OwnDelegation,
    /// This requires a second person: removing or editing what was said on behalf of a delegation, suspending a person,
    /// erasing a text. Propose it instead.
    SecondPersonRequired,
    /// It is already in that state, or has been decided on again since.
    AlreadyDecided,
    /// The post has been hidden by a decision.
    PostHidden,
    /// The thread has been locked by a decision.
    ThreadLocked,
    /// Nobody decides on what they reported themselves.
    OwnReport,
    /// Somebody other than the proposer must confirm.
    OwnProposal,
    /// The caller has reported it already.
    AlreadyReported,
    /// Somebody else has claimed the case.
    CaseClaimed,
    /// The post has been erased by a decision.
    PostErased,
    /// The thread has been archived by a decision.
    ThreadArchived,
    /// A decision has changed the thread; its author can no longer change it.
    ThreadDecided,
    /// A decision temporarily prevents the caller from writing.
    Muted,
    /// A decision has temporarily suspended the caller.
    Suspended,
    /// A decision of this kind cannot be undone.
    CannotBeUndone,
    /// Somebody other than the person who took the decision must decide on the appeal.
    SameModerator,
    /// The moderators' time to decide has passed; only the Secretariat may decide now.
    SecretariatOnly,
    /// The decision has been appealed.
    AlreadyAppealed,
    /// The time to appeal has passed.
    TooLateToAppeal,
    /// Only those concerned by the decision, and their focal point, may do this.
    NotConcerned,
    /// The text waits for approval, or was rejected.
    AwaitsApproval,
    /// The post is in another thread now.
    PostMoved,
    /// The posts of the thread were moved into another thread.
    ThreadMerged,
    /// Others have written there since.
    ContinuedSince,
    /// The opening text must stay in its thread, and is not an answer to it.
    OpeningText,
    /// Only questions have an answer.
    NotAQuestion,
    /// A delegation does not acknowledge what it wrote itself.
    OwnText,
    /// Others have written there for members: only a decision of the Secretariat can make it public.
    OthersHaveWritten,
}

/// What a moderation decision does.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::moderation::decision::Act")]
pub enum Act {
    /// Hides the text of posts from everybody except their authors and those who decide.
    HidePost,
    /// Shows hidden posts again.
    RestorePost,
    /// Replaces the text of a post; the post is marked as edited by a moderator.
    EditPost,
    /// Erases the texts of posts permanently, for everybody; on a lawful request. Requires a second person, and cannot
    /// be undone.
    ErasePost,
    /// Marks a post as the answer to the question of its thread, in place of any earlier one.
    AcceptAnswer,
    /// Removes the mark from the answer.
    WithdrawAnswer,
    /// Locks threads: nobody can reply in them.
    LockThread,
    /// Opens locked threads again.
    UnlockThread,
    /// Shows threads before others, until a given time or permanently.
    PinThread,
    /// Shows pinned threads in their normal position again.
    UnpinThread,
    /// Hides threads from lists; they can be read and cited, but not replied to.
    ArchiveThread,
    /// Shows archived threads in lists again.
    UnarchiveThread,
    /// Changes the title, kind, visibility or tags of threads.
    ChangeThread,
    /// Limits each person to one reply in a number of seconds; 0 seconds removes the limit.
    SlowThread,
    /// Moves posts of one thread, but not its opening text, into a new thread. Their former numbers still lead to them.
    SplitPosts,
    /// Moves split posts back. Used only to undo a split.
    JoinPosts,
    /// Moves all posts of threads to the end of another thread. Their former numbers still lead to them.
    MergeThreads,
    /// Separates merged threads. Used only to undo a merge.
    PartThreads,
    /// Makes replies in threads wait for approval.
    ReviewThread,
    /// Shows replies in threads at once again, without approval.
    TrustThread,
    /// Makes what people write wait for approval.
    ReviewPerson,
    /// Shows what people write at once again, without approval.
    TrustPerson,
    /// Approves texts that wait for approval, and shows them.
    ApprovePost,
    /// Rejects texts that wait for approval; they are not shown.
    RejectPost,
    /// Makes approved or rejected texts wait for approval again. Used only to undo an approval or rejection.
    HoldPost,
    /// Warns people.
    WarnPerson,
    /// Withdraws a warning. Used only to undo one.
    WithdrawWarning,
    /// Prevents people from writing until a given time; they can read as before.
    MutePerson,
    /// Prevents people from writing, and from using what is for members, until a given time. Requires a second person.
    SuspendPerson,
    /// Lifts a mute or suspension.
    ReinstatePerson,
    /// Leaves what was reported unchanged, and closes the case.
    DismissReports,
    /// Reopens a dismissed case. Used only to undo a dismissal.
    ReopenReports,
    /// Leaves an appealed decision unchanged. Used only to answer an appeal.
    UpholdDecision,
}

/// The office in which a person decides.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::moderation::decision::Office")]
pub enum Office {
    /// A moderator, who decides within their assigned regions.
    Moderator,
    /// The Secretariat, which decides everywhere.
    Secretariat,
}

/// The reason for a decision, as a keyword; the explanation gives it in full.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::moderation::decision::Reason")]
pub enum Reason {
    /// It does not belong to the thread's subject.
    OffTopic,
    /// It lacks the respect that delegations owe each other.
    Disrespectful,
    /// It reveals what was said in confidence.
    Confidential,
    /// It reveals something about a person that others need not know.
    PersonalData,
    /// It breaks the law.
    Unlawful,
    /// It is advertising.
    Advertising,
    /// The same content exists elsewhere.
    Duplicate,
    /// The matter is settled.
    Settled,
    /// An earlier decision was mistaken.
    Mistaken,
    /// Another reason, which the explanation gives.
    Other,
}

/// Why a person receives a notice of a decision.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::moderation::notice::About")]
pub enum NoticeAbout {
    /// The decision was taken on something of theirs.
    Decision,
    /// The decision was taken on something that they reported.
    Report,
}

/// What a case is about.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::cases::case::Kind")]
pub enum CaseKind {
    /// Reports of a post or thread.
    Report,
    /// A text that waits for approval.
    Approval,
    /// An appeal against a decision.
    Appeal,
}

/// The state of a case.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::cases::case::State")]
pub enum CaseState {
    /// It waits for a decision.
    Open,
    /// It was decided.
    Resolved,
}

/// Who has claimed a case.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::moderation::queue::ClaimedBy")]
pub enum CaseHeld {
    /// The caller.
    ByMe,
    /// Nobody has claimed it.
    ByNobody,
}

/// The state of a proposal.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::moderation::proposal::State")]
pub enum ProposalState {
    /// It waits for a second person.
    Open,
    /// A second person confirmed it: the decision is taken.
    Confirmed,
    /// A second person declined it, or its proposer withdrew it.
    Declined,
}

/// The outcome of an appeal.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::moderation::appeal::Outcome")]
pub enum AppealOutcome {
    /// The decision was upheld.
    Upheld,
    /// The decision was undone.
    Overturned,
}

/// What a decision prevents a person from doing.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::base::actor::Restriction")]
pub enum Restriction {
    /// The person may not write.
    Muted,
    /// The person may neither write nor use what is for members.
    Suspended,
}
