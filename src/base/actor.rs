//! Who asks: the one argument that no rule, query or subscription goes without.

use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::language::Language;

/// What a person is to the forum as a whole; a delegate's place is told by the mandates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Reads what is public; may have an account of their own.
    Visitor,
    /// Reads what members read, opens threads and replies.
    Delegate,
    /// A delegate who also invites into their own delegation.
    FocalPoint,
    /// Keeps threads in order.
    Moderator,
    /// Keeps the vocabulary and the list of people.
    Secretariat,
}

impl Role {
    /// All roles, from the least to the most.
    pub const ALL: [Role; 5] = [
        Role::Visitor,
        Role::Delegate,
        Role::FocalPoint,
        Role::Moderator,
        Role::Secretariat,
    ];

    /// The name in the database and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Role::Visitor => "visitor",
            Role::Delegate => "delegate",
            Role::FocalPoint => "focal-point",
            Role::Moderator => "moderator",
            Role::Secretariat => "secretariat",
        }
    }

    /// Reads [`Role::name`].
    pub fn from_name(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether the role reads what is shown to members only.
    pub fn is_member(self) -> bool {
        self != Role::Visitor
    }

    /// Whether the role keeps other people's threads in order.
    pub fn is_staff(self) -> bool {
        matches!(self, Role::Moderator | Role::Secretariat)
    }
}

/// In which capacity somebody speaks, from the least binding to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Capacity {
    Personal,
    Office,
    Delegation,
}

impl Capacity {
    /// All capacities, from the least binding.
    pub const ALL: [Capacity; 3] = [Capacity::Personal, Capacity::Office, Capacity::Delegation];

    /// The name in the database and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Capacity::Personal => "personal",
            Capacity::Office => "office",
            Capacity::Delegation => "delegation",
        }
    }

    /// Reads [`Capacity::name`].
    pub fn from_name(name: &str) -> Option<Capacity> {
        Capacity::ALL
            .into_iter()
            .find(|capacity| capacity.name() == name)
    }
}

/// What a delegation is to the organisation.
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

    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            DelegationKind::MemberState => "member-state",
            DelegationKind::Observer => "observer",
            DelegationKind::Secretariat => "secretariat",
        }
    }

    /// Reads [`DelegationKind::name`].
    pub fn from_name(name: &str) -> Option<DelegationKind> {
        DelegationKind::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// A mandate as the rules need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandate {
    pub id: Uuid,
    pub delegation_id: String,
    pub delegation_kind: DelegationKind,
    /// The most binding capacity in which its holder may speak.
    pub capacity: Capacity,
    pub title: String,
    pub from: Moment,
    /// The first moment at which it no longer holds; `None` while no end is set.
    pub until: Option<Moment>,
}

impl Mandate {
    /// Whether it holds at that moment.
    pub fn is_current(&self, now: Moment) -> bool {
        self.from <= now && self.until.is_none_or(|until| now < until)
    }
}

/// What a decision keeps a person from for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Restriction {
    /// From writing.
    Muted,
    /// From writing, and from what members read.
    Suspended,
}

impl Restriction {
    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Restriction::Muted => "muted",
            Restriction::Suspended => "suspended",
        }
    }

    /// Reads [`Restriction::name`].
    pub fn from_name(name: &str) -> Option<Restriction> {
        [Restriction::Muted, Restriction::Suspended]
            .into_iter()
            .find(|restriction| restriction.name() == name)
    }
}

/// A signed-in person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub id: Uuid,
    /// The session that speaks; `None` for a process that acts in the person's name (demonstration content).
    pub session_id: Option<Uuid>,
    /// The first moment at which that session no longer counts.
    pub session_expires_at: Option<Moment>,
    pub role: Role,
    pub language: Language,
    /// The restriction in force when the person was looked up.
    pub restriction: Option<Restriction>,
    /// Whether what this person writes waits for approval, by a decision.
    pub is_reviewed: bool,
    /// Every mandate, also the ended ones, the latest start first.
    pub mandates: Vec<Mandate>,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody has signed in.
    Visitor,
    Person(Box<Member>),
    /// Nobody in particular of an audience: for an answer that goes to many.
    Audience(Audience),
    /// The program itself: first start, the command line.
    System,
}

/// Everybody in one audience gets the same answer to a document without `viewer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    Public,
    Members,
}

impl Actor {
    /// The signed-in person, if one asks.
    pub fn member(&self) -> Option<&Member> {
        match self {
            Actor::Person(member) => Some(member),
            Actor::Visitor | Actor::Audience(_) | Actor::System => None,
        }
    }

    /// Whether the session that speaks has come to its end by itself.
    pub fn has_expired(&self, now: Moment) -> bool {
        self.member()
            .and_then(|member| member.session_expires_at)
            .is_some_and(|expires| expires <= now)
    }

    /// The person's id, if a person asks.
    pub fn person_id(&self) -> Option<Uuid> {
        self.member().map(|member| member.id)
    }

    /// What a decision keeps this actor from.
    pub fn restriction(&self) -> Option<Restriction> {
        self.member().and_then(|member| member.restriction)
    }

    /// The role in force; the program itself acts as the Secretariat.
    pub fn role(&self) -> Role {
        match self {
            Actor::Visitor | Actor::Audience(Audience::Public) => Role::Visitor,
            Actor::Audience(Audience::Members) => Role::Delegate,
            Actor::Person(member) => member.role,
            Actor::System => Role::Secretariat,
        }
    }

    /// What is shown to this actor. An ended mandate does not take reading away.
    pub fn audience(&self) -> Audience {
        let suspended = self.restriction() == Some(Restriction::Suspended);
        if self.role().is_member() && !suspended {
            Audience::Members
        } else {
            Audience::Public
        }
    }

    /// The mandates that hold at that moment, the latest start first.
    pub fn current_mandates(&self, now: Moment) -> impl Iterator<Item = &Mandate> {
        self.member()
            .map_or(&[][..], |member| &member.mandates)
            .iter()
            .filter(move |mandate| mandate.is_current(now))
    }
}
