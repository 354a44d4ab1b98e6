//! What can happen. An event holds ids and facts, never a text, an address or a secret, so that erasing a text is possible.

use serde::Deserialize;
use serde::Serialize;
use uuid::Uuid;

/// One change, as the log keeps it for ever: a variant or field may be added, never renamed or given another meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    SeedLoaded {
        delegations: u32,
        concepts: u32,
    },
    InvitationMade {
        invitation: Uuid,
    },
    InvitationRevoked {
        invitation: Uuid,
    },
    InvitationAccepted {
        invitation: Uuid,
        person: Uuid,
        session: Uuid,
    },
    PersonAdded {
        person: Uuid,
    },
    SignedIn {
        person: Uuid,
        session: Uuid,
    },
    SignInFailed,
    SessionEnded {
        person: Uuid,
        session: Uuid,
    },
    ProfileChanged {
        person: Uuid,
    },
    PresenceChosen {
        person: Uuid,
        /// Whether others may see that the person reads or writes.
        shown: bool,
    },
    PasswordChanged {
        person: Uuid,
    },
    PasswordLinkMade {
        person: Uuid,
        link: Uuid,
    },
    PasswordLinkUsed {
        person: Uuid,
        link: Uuid,
        session: Uuid,
    },
    RoleChanged {
        person: Uuid,
        before: String,
        after: String,
    },
    MandateGranted {
        person: Uuid,
        mandate: Uuid,
    },
    MandateEnded {
        person: Uuid,
        mandate: Uuid,
    },
    ConceptAdded {
        concept: String,
    },
    ConceptChanged {
        concept: String,
    },
    ConceptDeprecated {
        concept: String,
        successor: String,
    },
    ConceptRestored {
        concept: String,
    },
    ThreadOpened {
        thread: Uuid,
        post: Uuid,
    },
    ThreadRetagged {
        thread: Uuid,
    },
    ThreadChanged {
        thread: Uuid,
        /// Who could see it before the change: `public` or `members`.
        visible_before: String,
        visible_after: String,
    },
    ThreadRead {
        thread: Uuid,
        person: Uuid,
        number: i32,
    },
    PostCreated {
        thread: Uuid,
        post: Uuid,
        number: i32,
    },
    PostEdited {
        thread: Uuid,
        post: Uuid,
        number: i32,
        revision: i32,
        /// Set when it was edited by decision: the earlier texts are no longer shown.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        decision: Option<Uuid>,
    },
    PostWithdrawn {
        thread: Uuid,
        post: Uuid,
        number: i32,
    },
    PostHidden {
        thread: Uuid,
        post: Uuid,
        number: i32,
        decision: Uuid,
    },
    PostRestored {
        thread: Uuid,
        post: Uuid,
        number: i32,
        decision: Uuid,
    },
    ThreadLocked {
        thread: Uuid,
        decision: Uuid,
    },
    ThreadUnlocked {
        thread: Uuid,
        decision: Uuid,
    },
    NoticeRead {
        person: Uuid,
        notice: Uuid,
    },
    ScopeChanged {
        person: Uuid,
    },
    PostErased {
        thread: Uuid,
        post: Uuid,
        number: i32,
        decision: Uuid,
    },
    /// Pinned, archived, slowed, or the like of it undone.
    ThreadDecided {
        thread: Uuid,
        decision: Uuid,
    },
    /// Warned, muted, suspended, reinstated.
    PersonDecided {
        person: Uuid,
        decision: Uuid,
    },
    /// A report came in, was dismissed, or a case changed otherwise.
    CaseChanged {
        case: Uuid,
    },
    DecisionProposed {
        proposal: Uuid,
    },
    ProposalSettled {
        proposal: Uuid,
    },
    DecisionUpheld {
        decision: Uuid,
    },
    /// A text that waits was approved or rejected, or waits again.
    PostReviewed {
        thread: Uuid,
        post: Uuid,
        number: i32,
        decision: Uuid,
    },
    /// Posts went from this thread to the other one, or came from there.
    PostsMoved {
        thread: Uuid,
        other: Uuid,
        decision: Uuid,
    },
    /// A post was given a translation, or another one in the same language.
    PostTranslated {
        thread: Uuid,
        post: Uuid,
        number: i32,
        language: String,
    },
    TranslationWithdrawn {
        thread: Uuid,
        post: Uuid,
        number: i32,
        language: String,
    },
    /// A person follows a thread from now on, or no longer.
    ThreadFollowed {
        person: Uuid,
        /// Not `thread`: it is nobody else's business.
        followed: Uuid,
        follows: bool,
    },
    ConceptFollowed {
        person: Uuid,
        concept: String,
        follows: bool,
    },
    /// A person's draft was kept or changed.
    DraftKept {
        person: Uuid,
        draft: Uuid,
    },
    DraftDiscarded {
        person: Uuid,
        draft: Uuid,
    },
}

impl Event {
    /// The thread in which it happened, if it happened in one.
    pub fn thread(&self) -> Option<Uuid> {
        match self {
            Event::ThreadOpened { thread, .. }
            | Event::ThreadRetagged { thread }
            | Event::ThreadChanged { thread, .. }
            | Event::ThreadRead { thread, .. }
            | Event::PostCreated { thread, .. }
            | Event::PostEdited { thread, .. }
            | Event::PostWithdrawn { thread, .. }
            | Event::PostHidden { thread, .. }
            | Event::PostRestored { thread, .. }
            | Event::ThreadLocked { thread, .. }
            | Event::ThreadUnlocked { thread, .. }
            | Event::PostErased { thread, .. }
            | Event::ThreadDecided { thread, .. }
            | Event::PostReviewed { thread, .. }
            | Event::PostsMoved { thread, .. }
            | Event::PostTranslated { thread, .. }
            | Event::TranslationWithdrawn { thread, .. } => Some(*thread),
            Event::SeedLoaded { .. }
            | Event::InvitationMade { .. }
            | Event::InvitationRevoked { .. }
            | Event::InvitationAccepted { .. }
            | Event::PersonAdded { .. }
            | Event::SignedIn { .. }
            | Event::SignInFailed
            | Event::SessionEnded { .. }
            | Event::ProfileChanged { .. }
            | Event::PresenceChosen { .. }
            | Event::PasswordChanged { .. }
            | Event::PasswordLinkMade { .. }
            | Event::PasswordLinkUsed { .. }
            | Event::RoleChanged { .. }
            | Event::MandateGranted { .. }
            | Event::MandateEnded { .. }
            | Event::ConceptAdded { .. }
            | Event::ConceptChanged { .. }
            | Event::ConceptDeprecated { .. }
            | Event::ConceptRestored { .. }
            | Event::NoticeRead { .. }
            | Event::ScopeChanged { .. }
            | Event::PersonDecided { .. }
            | Event::CaseChanged { .. }
            | Event::DecisionProposed { .. }
            | Event::ProposalSettled { .. }
            | Event::ThreadFollowed { .. }
            | Event::ConceptFollowed { .. }
            | Event::DraftKept { .. }
            | Event::DraftDiscarded { .. }
            | Event::DecisionUpheld { .. } => None,
        }
    }

    /// Whether something that could be seen before can no longer be seen: what was rendered earlier is not to be told again.
    pub fn takes_away(&self) -> bool {
        match self {
            Event::PostWithdrawn { .. }
            | Event::PostHidden { .. }
            | Event::PostErased { .. }
            | Event::PostReviewed { .. }
            | Event::PostsMoved { .. }
            | Event::TranslationWithdrawn { .. } => true,
            Event::ThreadChanged {
                visible_before,
                visible_after,
                ..
            } => visible_before != visible_after,
            Event::PostEdited { decision, .. } => decision.is_some(),
            Event::SeedLoaded { .. }
            | Event::InvitationMade { .. }
            | Event::InvitationRevoked { .. }
            | Event::InvitationAccepted { .. }
            | Event::PersonAdded { .. }
            | Event::SignedIn { .. }
            | Event::SignInFailed
            | Event::SessionEnded { .. }
            | Event::ProfileChanged { .. }
            | Event::PresenceChosen { .. }
            | Event::PasswordChanged { .. }
            | Event::PasswordLinkMade { .. }
            | Event::PasswordLinkUsed { .. }
            | Event::RoleChanged { .. }
            | Event::MandateGranted { .. }
            | Event::MandateEnded { .. }
            | Event::ConceptAdded { .. }
            | Event::ConceptChanged { .. }
            | Event::ConceptDeprecated { .. }
            | Event::ConceptRestored { .. }
            | Event::ThreadOpened { .. }
            | Event::ThreadRetagged { .. }
            | Event::ThreadRead { .. }
            | Event::PostCreated { .. }
            | Event::PostRestored { .. }
            | Event::ThreadLocked { .. }
            | Event::ThreadUnlocked { .. }
            | Event::NoticeRead { .. }
            | Event::ScopeChanged { .. }
            | Event::ThreadDecided { .. }
            | Event::PersonDecided { .. }
            | Event::CaseChanged { .. }
            | Event::DecisionProposed { .. }
            | Event::ProposalSettled { .. }
            | Event::ThreadFollowed { .. }
            | Event::ConceptFollowed { .. }
            | Event::DraftKept { .. }
            | Event::DraftDiscarded { .. }
            | Event::PostTranslated { .. }
            | Event::DecisionUpheld { .. } => false,
        }
    }

    /// The person whose rights or sessions it changed, so that open sockets look again.
    pub fn changes_rights_of(&self) -> Option<Uuid> {
        match self {
            Event::SessionEnded { person, .. }
            | Event::PasswordChanged { person }
            | Event::RoleChanged { person, .. }
            | Event::MandateGranted { person, .. }
            | Event::MandateEnded { person, .. }
            | Event::ScopeChanged { person }
            | Event::PersonDecided { person, .. }
            | Event::ProfileChanged { person } => Some(*person),
            Event::SeedLoaded { .. }
            | Event::InvitationMade { .. }
            | Event::InvitationRevoked { .. }
            | Event::InvitationAccepted { .. }
            | Event::PersonAdded { .. }
            | Event::SignedIn { .. }
            | Event::SignInFailed
            | Event::PasswordLinkMade { .. }
            | Event::PasswordLinkUsed { .. }
            | Event::PresenceChosen { .. }
            | Event::ConceptAdded { .. }
            | Event::ConceptChanged { .. }
            | Event::ConceptDeprecated { .. }
            | Event::ConceptRestored { .. }
            | Event::ThreadOpened { .. }
            | Event::ThreadRetagged { .. }
            | Event::ThreadChanged { .. }
            | Event::ThreadRead { .. }
            | Event::PostCreated { .. }
            | Event::PostEdited { .. }
            | Event::PostWithdrawn { .. }
            | Event::PostHidden { .. }
            | Event::PostRestored { .. }
            | Event::ThreadLocked { .. }
            | Event::ThreadUnlocked { .. }
            | Event::NoticeRead { .. }
            | Event::PostErased { .. }
            | Event::PostReviewed { .. }
            | Event::PostsMoved { .. }
            | Event::ThreadDecided { .. }
            | Event::CaseChanged { .. }
            | Event::DecisionProposed { .. }
            | Event::ProposalSettled { .. }
            | Event::ThreadFollowed { .. }
            | Event::ConceptFollowed { .. }
            | Event::DraftKept { .. }
            | Event::DraftDiscarded { .. }
            | Event::PostTranslated { .. }
            | Event::TranslationWithdrawn { .. }
            | Event::DecisionUpheld { .. } => None,
        }
    }
}
