//! The events of the log. An event holds ids and facts, never a text, an address or a secret, so that a text can be erased.
//!
//! Every kind of event is declared here, under its family. The file of the family defines what a kind concerns, and does not
//! compile without it.

mod account;
mod discussion;
mod moderation;
mod vocabulary;
mod watching;

use serde::Deserialize;
use serde::Serialize;
use uuid::Uuid;

/// Declares the kinds of events by family: [`Event`], the stored form; [`Family`], with which a reader of the log selects events;
/// and one enum for each family with only its kinds, so that a reader matches on these without naming the others.
macro_rules! families {
    ($(
        $(#[$about:meta])*
        $family:ident {
            $($(#[doc = $kind_about:literal])* $kind:ident $({
                $($(#[doc = $field_about:literal])* $(#[serde($($stored:tt)*)])? $field:ident: $type:ty),+ $(,)?
            })?),+ $(,)?
        }
    )+) => {
        /// One change, as stored in the log. A kind or field may be added, but never renamed or given another meaning.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "kind", rename_all = "kebab-case")]
        pub enum Event {
            $($($(#[doc = $kind_about])* $kind $({
                $($(#[doc = $field_about])* $(#[serde($($stored)*)])? $field: $type),+
            })?),+),+
        }

        /// A group of related events, which a reader of the log selects as a whole.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Family {
            $($(#[$about])* $family),+
        }

        /// A borrowed event, as a kind of its family.
        #[derive(Clone, Copy, Debug)]
        pub enum ByFamily<'a> {
            $($(#[$about])* $family($family<'a>)),+
        }

        $(
            $(#[$about])*
            #[derive(Clone, Copy, Debug)]
            pub enum $family<'a> {
                $($(#[doc = $kind_about])* $kind $({
                    $($(#[doc = $field_about])* $field: &'a $type),+
                })?),+
            }
        )+

        impl Event {
            /// Returns its family.
            pub fn family(&self) -> Family {
                match self {
                    $($(Event::$kind { .. })|+ => Family::$family),+
                }
            }

            /// Returns the event as a kind of its family.
            pub fn by_family(&self) -> ByFamily<'_> {
                match self {
                    $($(Event::$kind $({ $($field),+ })? => ByFamily::$family($family::$kind $({ $($field),+ })?)),+),+
                }
            }

            /// Returns what it concerns.
            pub fn concerns(&self) -> Concerns {
                match self.by_family() {
                    $(ByFamily::$family(event) => event.concerns()),+
                }
            }
        }
    };
}

families! {
    /// Accounts, sessions and mandates.
    Account {
        InvitationMade { invitation: Uuid },
        InvitationRevoked { invitation: Uuid },
        InvitationAccepted { invitation: Uuid, person: Uuid, session: Uuid },
        PersonAdded { person: Uuid },
        SignedIn { person: Uuid, session: Uuid },
        SignInFailed,
        SessionEnded { person: Uuid, session: Uuid },
        ProfileChanged { person: Uuid },
        PresenceChosen {
            person: Uuid,
            /// Whether others may see that the person reads or writes.
            shown: bool,
        },
        PasswordChanged { person: Uuid },
        PasswordLinkMade { person: Uuid, link: Uuid },
        PasswordLinkUsed { person: Uuid, link: Uuid, session: Uuid },
        RoleChanged { person: Uuid, before: String, after: String },
        MandateGranted { person: Uuid, mandate: Uuid },
        MandateEnded { person: Uuid, mandate: Uuid },
    }

    /// The vocabulary.
    Vocabulary {
        SeedLoaded { delegations: u32, concepts: u32 },
        ConceptAdded { concept: String },
        ConceptChanged { concept: String },
        ConceptDeprecated { concept: String, successor: String },
        ConceptRestored { concept: String },
    }

    /// Threads and posts, as their authors write and change them.
    Discussion {
        ThreadOpened { thread: Uuid, post: Uuid },
        ThreadRetagged { thread: Uuid },
        ThreadChanged {
            thread: Uuid,
            /// Who could see it before the change: `public` or `members`.
            visible_before: String,
            visible_after: String,
        },
        PostCreated { thread: Uuid, post: Uuid, number: i32 },
        PostEdited {
            thread: Uuid,
            post: Uuid,
            number: i32,
            revision: i32,
            /// Set if the post was edited by decision: the earlier texts are then no longer shown.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            decision: Option<Uuid>,
        },
        PostWithdrawn { thread: Uuid, post: Uuid, number: i32 },
        /// A post received a translation, or another one in the same language.
        PostTranslated { thread: Uuid, post: Uuid, number: i32, language: String },
        TranslationWithdrawn { thread: Uuid, post: Uuid, number: i32, language: String },
        /// A person's draft was saved or changed.
        DraftKept { person: Uuid, draft: Uuid },
        DraftDiscarded { person: Uuid, draft: Uuid },
    }

    /// Decisions and what leads to them.
    Moderation {
        PostHidden { thread: Uuid, post: Uuid, number: i32, decision: Uuid },
        PostRestored { thread: Uuid, post: Uuid, number: i32, decision: Uuid },
        PostErased { thread: Uuid, post: Uuid, number: i32, decision: Uuid },
        /// A waiting text was approved or rejected, or waits again.
        PostReviewed { thread: Uuid, post: Uuid, number: i32, decision: Uuid },
        /// Posts moved from this thread to the other one, or from the other one to this thread.
        PostsMoved { thread: Uuid, other: Uuid, decision: Uuid },
        ThreadLocked { thread: Uuid, decision: Uuid },
        ThreadUnlocked { thread: Uuid, decision: Uuid },
        /// Pinned, archived, slowed or similar, or one of these undone.
        ThreadDecided { thread: Uuid, decision: Uuid },
        /// Warned, muted, suspended, reinstated.
        PersonDecided { person: Uuid, decision: Uuid },
        /// A report came in, was dismissed, or a case changed in another way.
        CaseChanged { case: Uuid },
        DecisionProposed { proposal: Uuid },
        ProposalSettled { proposal: Uuid },
        DecisionUpheld { decision: Uuid },
        NoticeRead { person: Uuid, notice: Uuid },
        ScopeChanged { person: Uuid },
    }

    /// What a person reads and follows. Private to that person.
    Watching {
        ThreadRead { thread: Uuid, person: Uuid, number: i32 },
        /// A person starts or stops following a thread.
        ThreadFollowed {
            person: Uuid,
            /// Not `thread`: it does not happen in the thread.
            followed: Uuid,
            follows: bool,
        },
        ConceptFollowed { person: Uuid, concept: String, follows: bool },
    }
}

/// What an event concerns, whatever its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Concerns {
    /// The thread in which it happened, if any.
    pub thread: Option<Uuid>,
    /// The person whose rights or sessions it changed, so that open connections check them again.
    pub rights_of: Option<Uuid>,
    /// Whether something that could be seen before can no longer be seen: what was rendered earlier must not be sent again.
    pub takes_away: bool,
}

impl Concerns {
    /// Nothing of this.
    const NOTHING: Concerns = Concerns {
        thread: None,
        rights_of: None,
        takes_away: false,
    };

    fn thread(thread: Uuid) -> Concerns {
        Concerns {
            thread: Some(thread),
            ..Concerns::NOTHING
        }
    }

    fn rights_of(person: Uuid) -> Concerns {
        Concerns {
            rights_of: Some(person),
            ..Concerns::NOTHING
        }
    }

    fn taking_away_if(self, takes_away: bool) -> Concerns {
        Concerns { takes_away, ..self }
    }
}
