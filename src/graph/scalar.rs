//! Scalars and enumerations of the API, and what they are inside.

use async_graphql::Enum;
use async_graphql::InputValueError;
use async_graphql::InputValueResult;
use async_graphql::Scalar;
use async_graphql::ScalarType;
use async_graphql::Value;

use crate::base::clock::Moment;

/// A moment in UTC by RFC 3339, to the microsecond: `2026-11-23T09:30:00Z`.
pub struct DateTime(pub Moment);

/// A moment in UTC by RFC 3339, to the microsecond: `2026-11-23T09:30:00Z`.
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

/// What a person is to the forum as a whole; whom a person speaks for is told by the mandates.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::base::actor::Role")]
pub enum Role {
    /// Reads what is public; has an account or none.
    Visitor,
    /// Reads what members read and, while a mandate holds, opens threads and replies.
    Delegate,
    /// A delegate who also invites into the own delegation.
    FocalPoint,
    /// Keeps threads in order.
    Moderator,
    /// Keeps the vocabulary and the list of people.
    Secretariat,
}

/// In which capacity somebody speaks, from the least binding to the most. A mandate covers its own capacity and those before it.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::base::actor::Capacity")]
pub enum Capacity {
    /// In a personal capacity: experience, not a position.
    Personal,
    /// For the office in which the person works.
    Office,
    /// On behalf of the delegation.
    Delegation,
}

/// What is shown otherwise than a writer may expect.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::base::markdown::Note")]
pub enum PreviewNote {
    /// HTML is shown as text.
    #[graphql(name = "HTML_AS_TEXT")]
    Html,
    /// A picture is shown as a link to it.
    #[graphql(name = "IMAGE_AS_LINK")]
    Image,
    /// A link to an address that is neither of the web nor of mail is shown as text.
    #[graphql(name = "ADDRESS_AS_TEXT")]
    Address,
    /// The word after the mark of a code block, which names its language, is not shown.
    #[graphql(name = "CODE_LANGUAGE_NOT_SHOWN")]
    CodeLanguage,
}

/// What a delegation is to the organisation.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::base::actor::DelegationKind")]
pub enum DelegationKind {
    /// A member state.
    MemberState,
    /// An observing organisation: it replies, but opens no threads.
    Observer,
    /// Those who keep the forum.
    Secretariat,
}

/// What a draft is to become.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::discussion::draft::Purpose")]
pub enum DraftPurpose {
    /// A reply in a thread.
    Reply,
    /// An edit of a post.
    Edit,
    /// A thread.
    Thread,
    /// A translation of a post.
    Translation,
}

/// What a thread is for.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::discussion::thread::Kind")]
pub enum ThreadKind {
    /// What was tried and what came of it.
    Experience,
    /// A way of working that others can take over.
    Practice,
    /// A question to the other delegations.
    Question,
    /// A proposal for common work.
    Proposal,
}

/// Who sees a thread and everything in it.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::discussion::thread::Visibility")]
pub enum Visibility {
    /// Everybody, also without an account.
    Public,
    /// Whoever has signed in with another role than VISITOR. To others it does not exist.
    Members,
}

/// Which of the three facets a concept belongs to.
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

/// Where a concept stands in its life.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::vocabulary::concept::State")]
pub enum ConceptState {
    /// In use.
    Current,
    /// Retired; its successor stands in for it.
    Deprecated,
}

/// Whether the text of a post stands.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::discussion::post::State")]
pub enum PostState {
    /// It can be read.
    Published,
    /// Its author took it back; number and place stay, the text is shown to nobody.
    Withdrawn,
    /// A decision hid it; number and place stay.
    Hidden,
    /// A decision erased its text for good; number and place stay.
    Erased,
    /// It waits for approval: only its author and those who decide read it.
    Waiting,
    /// It was not approved: only its author and those who decide read it.
    Rejected,
    /// It stands in another thread now; `movedTo` is it.
    Moved,
}

/// Where an invitation stands.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::accounts::invitation::State")]
pub enum InvitationState {
    /// Its link works.
    Open,
    /// Somebody has come in by it; it works no more.
    Accepted,
    /// It was taken back.
    Revoked,
    /// It was not used in time.
    Expired,
}

/// Where a link to choose a new password stands.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::accounts::password_link::State")]
pub enum PasswordLinkState {
    /// It works.
    Open,
    /// A password was chosen by it; it works no more.
    Used,
    /// Another was made since.
    Revoked,
    /// It was not used in time.
    Expired,
}

/// The order of a list of threads.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::discussion::list::Order")]
pub enum ThreadOrder {
    /// The thread with the latest post that is shown first.
    LatestActivity,
    /// The newest thread first.
    Created,
}

/// Why something is denied to somebody who may see its object. The same words stand in `extensions.reason` of a DENIED error.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::base::error::Refusal")]
pub enum Refusal {
    /// Nobody has signed in.
    SignInRequired,
    /// The role does not include this.
    RoleMayNot,
    /// No mandate holds now.
    NoCurrentMandate,
    /// The mandate does not cover the capacity.
    CapacityExceedsMandate,
    /// Only the author may.
    NotYours,
    /// Only for the own delegation.
    OtherDelegation,
    /// The post has been withdrawn.
    PostWithdrawn,
    /// Only for members.
    MembershipRequired,
    /// Observers may not.
    ObserverMayNot,
    /// The thread lies outside the regions given to the moderator.
    OutOfScope,
    /// Nobody decides on what they wrote themselves.
    OwnCase,
    /// Nobody decides on what their own delegation wrote.
    OwnDelegation,
    /// One person alone does not take it: remove or edit what was said on behalf of a delegation, suspend a person, erase
    /// a text. Propose it.
    SecondPersonRequired,
    /// It is in that state already, or was decided anew since.
    AlreadyDecided,
    /// The post has been hidden by a decision.
    PostHidden,
    /// The thread has been locked by a decision.
    ThreadLocked,
    /// Nobody decides on what they reported themselves.
    OwnReport,
    /// Somebody other than the proposer confirms.
    OwnProposal,
    /// The caller has reported it already.
    AlreadyReported,
    /// Somebody else has claimed the case.
    CaseClaimed,
    /// The post has been erased by a decision.
    PostErased,
    /// The thread has been archived by a decision.
    ThreadArchived,
    /// A decision has changed the thread; its author no longer changes it.
    ThreadDecided,
    /// A decision keeps the caller from writing for a time.
    Muted,
    /// A decision has suspended the caller for a time.
    Suspended,
    /// A decision of this kind cannot be undone.
    CannotBeUndone,
    /// Somebody other than who decided decides on the appeal.
    SameModerator,
    /// The time of the moderators is over; the Secretariat decides.
    SecretariatOnly,
    /// The decision has been appealed.
    AlreadyAppealed,
    /// The time to appeal is over.
    TooLateToAppeal,
    /// Only those concerned by the decision, and their focal point.
    NotConcerned,
    /// The text waits for approval, or was not approved.
    AwaitsApproval,
    /// The post stands in another thread now.
    PostMoved,
    /// The posts of the thread went into another one.
    ThreadMerged,
    /// Others have written there since.
    ContinuedSince,
    /// The opening text stays in its thread.
    OpeningText,
    /// Others have written there for members: only a decision of the Secretariat shows it to the public.
    OthersHaveWritten,
}

/// What a decision of moderation does.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::moderation::decision::Act")]
pub enum Act {
    /// Hides the text of posts from everybody but their authors and those who decide.
    HidePost,
    /// Shows hidden posts again.
    RestorePost,
    /// Gives a post another text, marked as edited by a moderator.
    EditPost,
    /// Erases the texts of posts for good, for everybody; on a lawful request. It takes two, and cannot be undone.
    ErasePost,
    /// Lets nobody reply in threads.
    LockThread,
    /// Opens locked threads again.
    UnlockThread,
    /// Shows threads before others, until a moment or for good.
    PinThread,
    /// Shows pinned threads in their place again.
    UnpinThread,
    /// Takes threads out of the lists; they can be read and cited, but not replied to.
    ArchiveThread,
    /// Puts archived threads back into the lists.
    UnarchiveThread,
    /// Changes title, kind, visibility or tags of threads.
    ChangeThread,
    /// Lets everybody reply once in so many seconds; 0 seconds lift it.
    SlowThread,
    /// Puts posts of one thread, but not its opening text, into a new thread. Their former numbers lead to them.
    SplitPosts,
    /// Puts split posts back. Only to undo that.
    JoinPosts,
    /// Puts all posts of threads at the end of another one. Their former numbers lead to them.
    MergeThreads,
    /// Parts merged threads. Only to undo that.
    PartThreads,
    /// Has replies in threads wait for approval.
    ReviewThread,
    /// Lets replies in threads be read at once again.
    TrustThread,
    /// Has what people write wait for approval.
    ReviewPerson,
    /// Lets what people write be read at once again.
    TrustPerson,
    /// Shows texts that wait for approval.
    ApprovePost,
    /// Does not show texts that wait for approval.
    RejectPost,
    /// Lets approved or rejected texts wait again. Only to undo that.
    HoldPost,
    /// Warns people.
    WarnPerson,
    /// Takes a warning back. Only to undo one.
    WithdrawWarning,
    /// Keeps people from writing until a moment; they read as before.
    MutePerson,
    /// Keeps people from writing, and from what is for members, until a moment. It takes two.
    SuspendPerson,
    /// Lets muted or suspended people in again.
    ReinstatePerson,
    /// Leaves what was reported as it is, and closes the case.
    DismissReports,
    /// Opens a dismissed case again. Only to undo it.
    ReopenReports,
    /// Leaves a decision that was appealed as it is. Only to answer an appeal.
    UpholdDecision,
}

/// In which office somebody decides.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::moderation::decision::Office")]
pub enum Office {
    /// Within the regions given to them.
    Moderator,
    /// Everywhere.
    Secretariat,
}

/// Why a decision was taken, in a word; the explanation says it in full.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::moderation::decision::Reason")]
pub enum Reason {
    /// It does not belong to the thread's subject.
    OffTopic,
    /// It lacks the respect that delegations owe each other.
    Disrespectful,
    /// It tells what was said in confidence.
    Confidential,
    /// It tells about a person what others need not know.
    PersonalData,
    /// It breaks the law.
    Unlawful,
    /// It advertises.
    Advertising,
    /// The same stands elsewhere.
    Duplicate,
    /// The matter is settled.
    Settled,
    /// An earlier decision was mistaken.
    Mistaken,
    /// Something else, which the explanation says.
    Other,
}

/// Why somebody is given notice of a decision.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::moderation::notice::About")]
pub enum NoticeAbout {
    /// It was taken on something of theirs.
    Decision,
    /// It was taken on something that they reported.
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

/// Where a case stands.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::cases::case::State")]
pub enum CaseState {
    /// It waits for a decision.
    Open,
    /// It was decided.
    Resolved,
}

/// Who works on a case.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::moderation::queue::Held")]
pub enum CaseHeld {
    /// The caller.
    ByMe,
    /// Nobody yet.
    ByNobody,
}

/// Where a proposed decision stands.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::moderation::proposal::State")]
pub enum ProposalState {
    /// It waits for a second person.
    Open,
    /// A second person confirmed it: it is decided.
    Confirmed,
    /// A second person declined it, or its proposer took it back.
    Declined,
}

/// What came of an appeal.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::forum::moderation::appeal::Outcome")]
pub enum AppealOutcome {
    /// The decision stands.
    Upheld,
    /// The decision was undone.
    Overturned,
}

/// What a decision keeps a person from.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::base::actor::Restriction")]
pub enum Restriction {
    /// From writing.
    Muted,
    /// From writing, and from what is for members.
    Suspended,
}
