//! The actor who makes a request. Every rule, query and subscription needs it.

use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::id::PersonId;
use crate::base::language::Language;

/// A person's role in the forum as a whole. A delegate's position is given by their mandates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Reads public content; may have an account.
    Visitor,
    /// Reads members-only content, opens threads and replies.
    Delegate,
    /// A delegate who may also invite people into their own delegation.
    FocalPoint,
    /// Decides on threads, posts and people within the regions assigned to them.
    Moderator,
    /// Maintains the vocabulary and the accounts, and decides everywhere.
    Secretariat,
}

impl Role {
    /// All roles, from the least to the most privileged.
    pub const ALL: [Role; 5] = [
        Role::Visitor,
        Role::Delegate,
        Role::FocalPoint,
        Role::Moderator,
        Role::Secretariat,
    ];

    /// The text in the database and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Visitor => "visitor",
            Role::Delegate => "delegate",
            Role::FocalPoint => "focal-point",
            Role::Moderator => "moderator",
            Role::Secretariat => "secretariat",
        }
    }

    /// Parses [`Role::as_str`].
    pub fn parse(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Whether the role may read members-only content.
    pub fn is_member(self) -> bool {
        self != Role::Visitor
    }

    /// Whether the role moderates other people's threads.
    pub fn is_staff(self) -> bool {
        matches!(self, Role::Moderator | Role::Secretariat)
    }
}

/// The capacity in which a person speaks, from the least to the most binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Capacity {
    Personal,
    Office,
    Delegation,
}

impl Capacity {
    /// All capacities, from the least binding.
    pub const ALL: [Capacity; 3] = [Capacity::Personal, Capacity::Office, Capacity::Delegation];

    /// The text in the database and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Capacity::Personal => "personal",
            Capacity::Office => "office",
            Capacity::Delegation => "delegation",
        }
    }

    /// Parses [`Capacity::as_str`].
    pub fn parse(name: &str) -> Option<Capacity> {
        Capacity::ALL
            .into_iter()
            .find(|capacity| capacity.as_str() == name)
    }
}

/// The kind of a delegation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DelegationKind {
    MemberState,
    Observer,
    Secretariat,
}

impl DelegationKind {
    /// All kinds.
    pub const ALL: [DelegationKind; 3] = [
        DelegationKind::MemberState,
        DelegationKind::Observer,
        DelegationKind::Secretariat,
    ];

    /// The text in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            DelegationKind::MemberState => "member-state",
            DelegationKind::Observer => "observer",
            DelegationKind::Secretariat => "secretariat",
        }
    }

    /// Parses [`DelegationKind::as_str`].
    pub fn parse(name: &str) -> Option<DelegationKind> {
        DelegationKind::ALL
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

/// A mandate, with the data that the rules need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandate {
    pub id: Uuid,
    pub delegation_id: String,
    pub delegation_kind: DelegationKind,
    /// The most binding capacity in which its holder may speak.
    pub capacity: Capacity,
    pub title: String,
    pub from: Moment,
    /// The time from which the mandate has ended; `None` if no end is set.
    pub until: Option<Moment>,
}

impl Mandate {
    /// Whether the mandate is current at that time.
    pub fn is_current(&self, now: Moment) -> bool {
        self.from <= now && self.until.is_none_or(|until| now < until)
    }
}

/// A temporary restriction that a decision places on a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Restriction {
    /// The person may not write.
    Muted,
    /// The person may not write, nor read members-only content.
    Suspended,
}

impl Restriction {
    /// The text in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Restriction::Muted => "muted",
            Restriction::Suspended => "suspended",
        }
    }

    /// Parses [`Restriction::as_str`].
    pub fn parse(name: &str) -> Option<Restriction> {
        [Restriction::Muted, Restriction::Suspended]
            .into_iter()
            .find(|restriction| restriction.as_str() == name)
    }
}

/// A signed-in person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub id: PersonId,
    /// The session in use; `None` for a process that acts on the person's behalf (demonstration content).
    pub session_id: Option<Uuid>,
    /// The time from which that session has expired.
    pub session_expires_at: Option<Moment>,
    pub role: Role,
    pub language: Language,
    /// The restriction in force when the person was looked up.
    pub restriction: Option<Restriction>,
    /// Whether a decision makes this person's texts wait for approval.
    pub is_reviewed: bool,
    /// All mandates, including ended ones, the latest start first.
    pub mandates: Vec<Mandate>,
}

/// The caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The caller is not signed in.
    Visitor,
    Person(Box<Member>),
    /// A whole audience instead of one person, for a response sent to many.
    Audience(Audience),
    /// The program itself, at first start or from the command line.
    System,
}

/// Everyone in one audience gets the same response to a document without `viewer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    Public,
    Members,
}

impl Actor {
    /// Returns the signed-in person, if the actor is one.
    pub fn member(&self) -> Option<&Member> {
        match self {
            Actor::Person(member) => Some(member),
            Actor::Visitor | Actor::Audience(_) | Actor::System => None,
        }
    }

    /// Whether the session in use has expired.
    pub fn has_expired(&self, now: Moment) -> bool {
        self.member()
            .and_then(|member| member.session_expires_at)
            .is_some_and(|expires| expires <= now)
    }

    /// Returns the person's id, if the actor is a person.
    pub fn person_id(&self) -> Option<PersonId> {
        self.member().map(|member| member.id)
    }

    /// Returns the restriction that a decision places on this actor.
    pub fn restriction(&self) -> Option<Restriction> {
        self.member().and_then(|member| member.restriction)
    }

    /// Returns the role in force; the program itself acts as the Secretariat.
    pub fn role(&self) -> Role {
        match self {
            Actor::Visitor | Actor::Audience(Audience::Public) => Role::Visitor,
            Actor::Audience(Audience::Members) => Role::Delegate,
            Actor::Person(member) => member.role,
            Actor::System => Role::Secretariat,
        }
    }

    /// Returns the audience that this actor belongs to. An ended mandate does not remove read access.
    pub fn audience(&self) -> Audience {
        let suspended = self.restriction() == Some(Restriction::Suspended);
        if self.role().is_member() && !suspended {
            Audience::Members
        } else {
            Audience::Public
        }
    }

    /// Returns the mandates that are current at that time, the latest start first.
    pub fn current_mandates(&self, now: Moment) -> impl Iterator<Item = &Mandate> {
        self.member()
            .map_or(&[][..], |member| &member.mandates)
            .iter()
            .filter(move |mandate| mandate.is_current(now))
    }
}
