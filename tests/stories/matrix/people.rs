//! Who asks: one account for each role, delegation and scope, invited through the front door.

use std::collections::HashMap;

use serde_json::json;
use uuid::Uuid;

use crate::support::acts::decide;
use crate::support::acts::delegation_id;
use crate::support::acts::give_scope;
use crate::support::acts::own_id;
use crate::support::forum::Forum;
use crate::support::json::text;
use crate::support::moderating::decide_by_two;
use crate::support::moderating::decide_with;
use crate::support::person::Person;
use crate::support::template::accept;

/// Who asks, or wrote, or is decided on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    Visitor,
    /// An account that is no member's.
    Account,
    /// A delegate of Kenya, and that delegation's focal point.
    Colleague,
    FocalPoint,
    /// A delegate and a focal point of other delegations.
    Delegate,
    OtherFocalPoint,
    /// Moderators of the Secretariat's delegation.
    ModeratorOfNowhere,
    ModeratorOfAfrica,
    ModeratorOfBrazil,
    /// Moderators of the whole world, with mandates of Kenya, France and China.
    ModeratorFromKenya,
    Reporter,
    ModeratorOfTheWorld,
    /// Moderators of the whole world who for the time being decide on nothing.
    Muted,
    Suspended,
    WithoutMandate,
    Secretariat,
    /// Of the Secretariat, with a mandate of China.
    SecretariatFromChina,
}

impl Who {
    pub const ALL: [Who; 17] = [
        Who::Visitor,
        Who::Account,
        Who::Colleague,
        Who::FocalPoint,
        Who::Delegate,
        Who::OtherFocalPoint,
        Who::ModeratorOfNowhere,
        Who::ModeratorOfAfrica,
        Who::ModeratorOfBrazil,
        Who::ModeratorFromKenya,
        Who::Reporter,
        Who::ModeratorOfTheWorld,
        Who::Muted,
        Who::Suspended,
        Who::WithoutMandate,
        Who::Secretariat,
        Who::SecretariatFromChina,
    ];

    /// The account of the template, if it is one.
    fn word(self) -> Option<&'static str> {
        match self {
            Who::Account => Some("visitor"),
            Who::Colleague => Some("ke"),
            Who::FocalPoint => Some("focal-ke"),
            Who::Delegate => Some("us"),
            Who::OtherFocalPoint => Some("focal-fr"),
            Who::ModeratorOfAfrica => Some("moderator"),
            Who::Secretariat => Some("secretariat"),
            _ => None,
        }
    }

    /// Where those come from who are invited: role and delegation.
    fn invited(self) -> Option<(&'static str, &'static str)> {
        match self {
            Who::ModeratorOfNowhere | Who::ModeratorOfBrazil => Some(("MODERATOR", "secretariat")),
            Who::ModeratorFromKenya => Some(("MODERATOR", "ke")),
            Who::Reporter => Some(("MODERATOR", "fr")),
            Who::ModeratorOfTheWorld => Some(("MODERATOR", "cn")),
            Who::Muted | Who::Suspended | Who::WithoutMandate => Some(("MODERATOR", "us")),
            Who::SecretariatFromChina => Some(("SECRETARIAT", "cn")),
            _ => None,
        }
    }

    /// The delegation for which they speak.
    pub fn delegation(self) -> &'static str {
        match self {
            Who::Visitor => "",
            Who::Account | Who::Colleague | Who::FocalPoint | Who::ModeratorFromKenya => "ke",
            Who::Delegate | Who::Muted | Who::Suspended | Who::WithoutMandate => "us",
            Who::OtherFocalPoint | Who::Reporter => "fr",
            Who::ModeratorOfTheWorld | Who::SecretariatFromChina => "cn",
            Who::ModeratorOfNowhere
            | Who::ModeratorOfAfrica
            | Who::ModeratorOfBrazil
            | Who::Secretariat => "secretariat",
        }
    }

    /// The regions given to them.
    pub fn regions(self) -> &'static [&'static str] {
        match self {
            Who::ModeratorOfAfrica => &["africa"],
            Who::ModeratorOfBrazil => &["country-br"],
            Who::ModeratorFromKenya
            | Who::Reporter
            | Who::ModeratorOfTheWorld
            | Who::Muted
            | Who::Suspended
            | Who::WithoutMandate => &["world"],
            _ => &[],
        }
    }
}

/// Everybody's way of speaking.
pub struct People {
    forum: Forum,
    all: HashMap<Who, Person>,
}

impl People {
    pub async fn of(forum: &Forum) -> People {
        let mut people = People {
            forum: forum.clone(),
            all: HashMap::new(),
        };
        let secretariat = forum.secretariat();
        for who in Who::ALL {
            let person = match (who.word(), who.invited()) {
                (Some(word), _) => forum.person(word),
                (None, Some((role, delegation))) => people.newcomer(role, delegation).await,
                (None, None) => forum.visitor(),
            };
            if !who.regions().is_empty() {
                give_scope(&secretariat, &person, who.regions()).await;
            }
            people.all.insert(who, person);
        }
        people.hold_back().await;
        people
    }

    pub fn get(&self, who: Who) -> &Person {
        &self.all[&who]
    }

    /// Whoever decides where the test sets its scenes: there is nothing of that delegation's.
    pub fn arbiter(&self) -> &Person {
        self.get(Who::SecretariatFromChina)
    }

    /// Who confirms it.
    pub fn second(&self) -> &Person {
        self.get(Who::ModeratorOfTheWorld)
    }

    /// Decides where two are needed.
    pub async fn decide_by_two(&self, act: &str, target: &str, more: serde_json::Value) -> String {
        decide_by_two(self.arbiter(), self.second(), act, &[target], more).await
    }

    /// Somebody who joins.
    pub async fn newcomer(&self, role: &str, delegation: &str) -> Person {
        let secretariat = self.forum.secretariat();
        let capacity = match role {
            "VISITOR" => "PERSONAL",
            _ => "DELEGATION",
        };
        let input = json!({
            "key": Uuid::new_v4(),
            "email": format!("{}@example.org", Uuid::new_v4()),
            "role": role,
            "delegationId": delegation_id(&secretariat, delegation).await,
            "capacity": capacity,
            "title": "Adviser",
        });
        let document = "mutation($input: InviteInput!) { invite(input: $input) { link } }";
        let data = secretariat.ask(document, json!({ "input": input })).await;
        let visitor = self.forum.visitor();
        let token = accept(&visitor, &text(&data, "invite.link"), "Newcomer").await;
        visitor.with_token(&token)
    }

    async fn hold_back(&self) {
        let until = json!({ "until": self.forum.moment_in(360_000_000) });
        let muted = own_id(self.get(Who::Muted)).await;
        decide_with(self.arbiter(), "MUTE_PERSON", &[&muted], until.clone()).await;
        let suspended = own_id(self.get(Who::Suspended)).await;
        self.decide_by_two("SUSPEND_PERSON", &suspended, until)
            .await;
        let document = "{ viewer { person { mandates { edges { node { id } } } } } }";
        let data = self.get(Who::WithoutMandate).ask(document, json!({})).await;
        let mandate = text(&data, "viewer.person.mandates.edges.0.node.id");
        let end =
            "mutation($input: EndMandateInput!) { endMandate(input: $input) { mandate { id } } }";
        let input = json!({ "input": { "mandateId": mandate } });
        self.forum.secretariat().ask(end, input).await;
    }

    /// Has a person's texts wait for approval, or not.
    pub async fn review(&self, person: &Person, act: &str) {
        let whom = own_id(person).await;
        decide(self.arbiter(), act, &[&whom]).await;
    }
}
