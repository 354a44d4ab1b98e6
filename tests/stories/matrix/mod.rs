//! Who may decide what on what: every combination of role, delegation, regions, act and state, as the API announces it and as it happens.
//! The acts are those of the API, so that a new one needs a rule here.

mod rule;
mod scene;

use serde_json::Value;
use serde_json::json;

use crate::stories::matrix::rule::Who;
use crate::stories::matrix::rule::expected;
use crate::stories::matrix::rule::expected_of_two;
use crate::stories::matrix::scene::On;
use crate::stories::matrix::scene::Scene;
use crate::stories::matrix::scene::people_scenes;
use crate::stories::matrix::scene::post_scenes;
use crate::stories::matrix::scene::thread_scenes;
use crate::support::acts::DECIDE;
use crate::support::acts::Draft;
use crate::support::acts::UNDO;
use crate::support::acts::give_scope;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::at;
use crate::support::json::text;
use crate::support::moderating::PROPOSE;
use crate::support::moderating::input_with;
use crate::support::person::Person;

on_both_databases!(
    what_is_decided_on_posts_is_as_the_rule_says with flags(MANY),
    what_is_decided_on_threads_is_as_the_rule_says with flags(MANY),
    what_is_decided_on_people_is_as_the_rule_says with flags(MANY),
);

const MANY: [&str; 10] = [
    "--decisions-per-hour",
    "1000000",
    "--reports-per-hour",
    "1000000",
    "--threads-per-hour",
    "1000000",
    "--posts-per-minute",
    "1000000",
    "--query-complexity",
    "1000000",
];

async fn what_is_decided_on_posts_is_as_the_rule_says(forum: Forum) {
    let world = World::of(forum).await;
    let scenes = post_scenes();
    assert!(world.play(&scenes).await > 800);
}

async fn what_is_decided_on_threads_is_as_the_rule_says(forum: Forum) {
    let world = World::of(forum).await;
    let scenes = thread_scenes();
    assert!(world.play(&scenes).await > 800);
}

async fn what_is_decided_on_people_is_as_the_rule_says(forum: Forum) {
    let world = World::of(forum).await;
    let scenes = people_scenes();
    assert!(world.play(&scenes).await > 400);
}

/// The forum with its acts, and with two delegates made moderators.
pub struct World {
    pub forum: Forum,
    acts: Vec<String>,
    /// A thread to merge into.
    into: String,
}

impl World {
    async fn of(forum: Forum) -> World {
        let secretariat = forum.secretariat();
        let change =
            "mutation($input: ChangeRoleInput!) { changeRole(input: $input) { person { id } } }";
        for word in ["fr", "cn"] {
            let person = forum.person(word);
            let id = own_id(&person).await;
            let input = json!({ "input": { "personId": id, "role": "MODERATOR" } });
            secretariat.ask(change, input).await;
            give_scope(&secretariat, &person, &["world"]).await;
        }
        let document = "{ __type(name: \"Act\") { enumValues { name } } }";
        let data = secretariat.ask(document, json!({})).await;
        let values = at(&data, "__type.enumValues").as_array().expect("the acts");
        let acts = values.iter().map(|value| text(value, "name")).collect();
        let draft = Draft {
            regions: &["country-ke", "country-br"],
            ..Draft::titled("To merge into")
        };
        let into = open(&forum.person("us"), draft).await.id;
        World { forum, acts, into }
    }

    /// The acting person, with the regions that they have then.
    async fn person(&self, who: Who) -> Person {
        let forum = &self.forum;
        let scope: Option<&[&str]> = match who {
            Who::ModeratorWithoutRegions => Some(&[]),
            Who::ModeratorOfAfrica => Some(&["africa"]),
            _ => None,
        };
        if let Some(scope) = scope {
            give_scope(&forum.secretariat(), &forum.moderator(), scope).await;
        }
        match who.word() {
            None => forum.visitor(),
            Some(word) => forum.person(word),
        }
    }

    /// Tests every cell of these scenes; returns how many there were.
    async fn play(&self, scenes: &[Scene]) -> usize {
        let mut cells = 0;
        for scene in scenes {
            let target = scene.make(self).await;
            let acts: Vec<&str> = self
                .acts
                .iter()
                .map(String::as_str)
                .filter(|act| rule::is_on(act, scene.on))
                .collect();
            for who in Who::ALL {
                let person = self.person(who).await;
                let foretold = foretold(&person, scene.on, &target, &acts).await;
                for act in &acts {
                    self.cell(scene, who, &person, act, &target, &foretold)
                        .await;
                    cells += 1;
                }
            }
        }
        cells
    }

    async fn cell(
        &self,
        scene: &Scene,
        who: Who,
        person: &Person,
        act: &str,
        target: &str,
        foretold: &Value,
    ) {
        let cell = format!("{who:?} {act} on {scene:?}");
        let rule = expected(who, act, scene);
        let refusal = at(foretold, act);
        assert_eq!(refusal, &json!(rule), "foretold: {cell}");
        let may = rule.is_none();
        let named = at(foretold, "acts")
            .to_string()
            .contains(&format!("\"{act}\""));
        assert_eq!(named, may, "acts: {cell}");
        let of_two = rule == Some("SECOND_PERSON_REQUIRED");
        let may_propose = of_two && expected_of_two(act, scene).is_none();
        let proposed = at(foretold, "actsToPropose").to_string();
        let named = proposed.contains(&format!("\"{act}\""));
        assert_eq!(named, may_propose, "actsToPropose: {cell}");
        // A cell that would have to be rebuilt for the next one is only checked in advance.
        if may && act == "REINSTATE_PERSON" && scene.state == "suspended" {
            return;
        }
        let input = input_with(act, &[target], self.needed(act));
        let answer = person.graphql(DECIDE, json!({ "input": input })).await.body;
        match rule {
            Some(reason) => {
                assert_eq!(at(&answer, "errors.0.extensions.code"), "DENIED", "{cell}");
                assert_eq!(at(&answer, "errors.0.extensions.reason"), reason, "{cell}");
            }
            None => {
                assert!(answer.get("errors").is_none(), "{cell}: {answer:#}");
                let decision = text(&answer, "data.decide.decision.id");
                let input = json!({ "input": {
                    "key": uuid::Uuid::new_v4(), "decisionId": decision, "reason": "MISTAKEN",
                    "explanation": "As it was.", "language": "EN",
                } });
                person.ask(UNDO, input).await;
            }
        }
        if of_two {
            let input = input_with(act, &[target], self.needed(act));
            let answer = person
                .graphql(PROPOSE, json!({ "input": input }))
                .await
                .body;
            match expected_of_two(act, scene) {
                Some(reason) => {
                    let refused = at(&answer, "errors.0.extensions.reason");
                    assert_eq!(refused, reason, "proposed: {cell}");
                }
                None => self.take_back(person, &answer, &cell).await,
            }
        }
    }

    /// The person who proposed cannot confirm, but can withdraw the proposal.
    async fn take_back(&self, person: &Person, answer: &Value, cell: &str) {
        assert!(
            answer.get("errors").is_none(),
            "proposed: {cell}: {answer:#}"
        );
        let id = text(answer, "data.proposeDecision.proposal.id");
        let document =
            "query($id: ID!) { node(id: $id) { ... on Proposal { viewer { confirmRefusal } } } }";
        let data = person.ask(document, json!({ "id": id })).await;
        assert_eq!(
            at(&data, "node.viewer.confirmRefusal"),
            "OWN_PROPOSAL",
            "{cell}"
        );
        let decline = "mutation($input: ProposalInput!) { declineProposal(input: $input) { proposal { state } } }";
        let input = json!({ "input": { "proposalId": id } });
        person.ask(decline, input).await;
    }

    fn needed(&self, act: &str) -> Value {
        match act {
            "EDIT_POST" => json!({ "body": "What stands now." }),
            "SLOW_THREAD" => json!({ "seconds": 60 }),
            "CHANGE_THREAD" => json!({ "change": { "kind": "PROPOSAL" } }),
            "SPLIT_POSTS" => json!({ "change": { "title": "Split off" } }),
            "MERGE_THREADS" => json!({ "intoThreadId": self.into }),
            "MUTE_PERSON" | "SUSPEND_PERSON" => json!({ "until": self.forum.moment_in(3_600) }),
            _ => json!({}),
        }
    }
}

/// What `viewer` returns about every act on something, in one query.
async fn foretold(person: &Person, on: On, target: &str, acts: &[&str]) -> Value {
    let kind = match on {
        On::Post => "Post",
        On::Thread => "Thread",
        On::Person => "Person",
    };
    let fields: String = acts
        .iter()
        .map(|act| format!("{act}: decideRefusal(act: {act}) "))
        .collect();
    let document = format!(
        "query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ viewer {{ acts actsToPropose {fields} }} }} }} }}"
    );
    let data = person.ask(&document, json!({ "id": target })).await;
    at(&data, "node.viewer").clone()
}
