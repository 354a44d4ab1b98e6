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

use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::base::sources::MadeOf;
use crate::base::sources::Source;

/// Declares the kinds of events by family: [`Event`], as it is made and stored; [`Family`], by which a reader of the log says
/// what it wants; and one enum for each family with its kinds alone, so that a reader matches on these without naming the rest.
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
        InvitationAccepted { invitation: Uuid, person: PersonId, session: Uuid },
        PersonAdded { person: PersonId },
        SignedIn { person: PersonId, session: Uuid },
        SignInFailed,
        SessionEnded { person: PersonId, session: Uuid },
        ProfileChanged { person: PersonId },
        PresenceChosen {
            person: PersonId,
            /// Whether others may see that the person reads or writes.
            shown: bool,
        },
        PasswordChanged { person: PersonId },
        PasswordLinkMade { person: PersonId, link: Uuid },
        PasswordLinkUsed { person: PersonId, link: Uuid, session: Uuid },
        RoleChanged { person: PersonId, before: String, after: String },
        MandateGranted { person: PersonId, mandate: Uuid },
        MandateEnded { person: PersonId, mandate: Uuid },
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
        ThreadOpened { thread: ThreadId, post: PostId },
        ThreadRetagged { thread: ThreadId },
        ThreadChanged {
            thread: ThreadId,
            /// Who could see it before the change: `public` or `members`.
            visible_before: String,
            visible_after: String,
        },
        PostCreated { thread: ThreadId, post: PostId, number: i32 },
        PostEdited {
            thread: ThreadId,
            post: PostId,
            number: i32,
            revision: i32,
            /// Set if the post was edited by decision: the earlier texts are then no longer shown.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            decision: Option<Uuid>,
        },
        PostWithdrawn { thread: ThreadId, post: PostId, number: i32 },
        /// A post received a translation, or another one in the same language.
        PostTranslated { thread: ThreadId, post: PostId, number: i32, language: String },
        TranslationWithdrawn { thread: ThreadId, post: PostId, number: i32, language: String },
        /// So many texts of posts and translations were rendered again from their sources.
        TextsRendered { texts: u64 },
        /// A person's draft was saved or changed.
        DraftKept { person: PersonId, draft: Uuid },
        DraftDiscarded { person: PersonId, draft: Uuid },
    }

    /// Decisions and what leads to them.
    Moderation {
        PostHidden { thread: ThreadId, post: PostId, number: i32, decision: Uuid },
        PostRestored { thread: ThreadId, post: PostId, number: i32, decision: Uuid },
        PostErased { thread: ThreadId, post: PostId, number: i32, decision: Uuid },
        /// A waiting text was approved or rejected, or waits again.
        PostReviewed { thread: ThreadId, post: PostId, number: i32, decision: Uuid },
        /// Posts moved from this thread to the other one, or from the other one to this thread.
        PostsMoved { thread: ThreadId, other: ThreadId, decision: Uuid },
        ThreadLocked { thread: ThreadId, decision: Uuid },
        ThreadUnlocked { thread: ThreadId, decision: Uuid },
        /// Pinned, archived, slowed or similar, or one of these undone.
        ThreadDecided { thread: ThreadId, decision: Uuid },
        /// Warned, muted, suspended, reinstated.
        PersonDecided { person: PersonId, decision: Uuid },
        /// A report came in, was dismissed, or a case changed in another way.
        CaseChanged { case: Uuid },
        DecisionProposed { proposal: Uuid },
        ProposalSettled { proposal: Uuid },
        DecisionUpheld { decision: Uuid },
        NoticeRead { person: PersonId, notice: Uuid },
        ScopeChanged { person: PersonId },
    }

    /// What a person reads and follows. Private to that person.
    Watching {
        ThreadRead { thread: ThreadId, person: PersonId, number: i32 },
        /// A person starts or stops following a thread.
        ThreadFollowed {
            person: PersonId,
            /// Not `thread`: it does not happen in the thread.
            followed: ThreadId,
            follows: bool,
        },
        ConceptFollowed { person: PersonId, concept: String, follows: bool },
    }
}

/// What an event concerns, whatever its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Concerns {
    /// The thread in which it happened, if any.
    pub thread: Option<ThreadId>,
    /// Another thread that it changed.
    pub other_thread: Option<ThreadId>,
    /// The person whose rights or sessions it changed, so that open connections check them again.
    pub rights_of: Option<PersonId>,
    /// Whether it changed the vocabulary.
    pub vocabulary: bool,
    /// Whether something that could be seen before can no longer be seen: what was rendered earlier must not be sent again.
    pub takes_away: bool,
    /// Whether it changes nothing that a visitor is shown: answers to visitors stay true.
    pub private: bool,
}

impl Concerns {
    /// Nothing of this.
    const NOTHING: Concerns = Concerns {
        thread: None,
        other_thread: None,
        rights_of: None,
        vocabulary: false,
        takes_away: false,
        private: false,
    };

    /// The vocabulary.
    const VOCABULARY: Concerns = Concerns {
        vocabulary: true,
        ..Concerns::NOTHING
    };

    /// Nothing that a visitor is shown.
    const PRIVATE: Concerns = Concerns {
        private: true,
        ..Concerns::NOTHING
    };

    fn thread(thread: ThreadId) -> Concerns {
        Concerns {
            thread: Some(thread),
            ..Concerns::NOTHING
        }
    }

    fn threads(thread: ThreadId, other: ThreadId) -> Concerns {
        Concerns {
            other_thread: Some(other),
            ..Concerns::thread(thread)
        }
    }

    fn rights_of(person: PersonId) -> Concerns {
        Concerns {
            rights_of: Some(person),
            ..Concerns::NOTHING
        }
    }

    /// What it may have changed, beside lists and numbers that are made of everything: what it names, or everything if it names
    /// nothing.
    pub fn changes(&self) -> MadeOf {
        let threads = [self.thread, self.other_thread].into_iter().flatten();
        let people = self.rights_of.map(|_| Source::People);
        let vocabulary = self.vocabulary.then_some(Source::Vocabulary);
        let named = threads.map(Source::Thread).chain(people).chain(vocabulary);
        let named: Vec<Source> = named.collect();
        match named.is_empty() {
            true => MadeOf::Everything,
            false => MadeOf::Only(named.into()),
        }
    }

    fn privately(self) -> Concerns {
        Concerns {
            private: true,
            ..self
        }
    }

    fn taking_away_if(self, takes_away: bool) -> Concerns {
        Concerns { takes_away, ..self }
    }
}
