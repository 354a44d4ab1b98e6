//! Decisions: whoever asks is told beforehand what each act would come to, and it comes so.

use std::collections::BTreeSet;

use serde_json::Value;
use serde_json::json;

use crate::stories::matrix::MANY;
use crate::stories::matrix::people::People;
use crate::stories::matrix::people::Who;
use crate::stories::matrix::rule;
use crate::stories::matrix::rule::Refusal;
use crate::stories::matrix::scene::On;
use crate::stories::matrix::scene::POST;
use crate::stories::matrix::scene::Scene;
use crate::stories::matrix::scene::THREAD;
use crate::stories::matrix::scene::people_scenes;
use crate::stories::matrix::scene::post_scenes;
use crate::stories::matrix::scene::thread_scenes;
use crate::support::acts::DECIDE;
use crate::support::acts::Draft;
use crate::support::acts::UNDO;
use crate::support::acts::open;
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
    an_act_that_is_not_taken_on_something_is_no_act with flags(MANY),
);

async fn what_is_decided_on_posts_is_as_the_rule_says(forum: Forum) {
    let cells = World::of(forum).await.play(&post_scenes()).await;
    assert!(cells > 7_000, "{cells}");
}

async fn what_is_decided_on_threads_is_as_the_rule_says(forum: Forum) {
    let cells = World::of(forum).await.play(&thread_scenes()).await;
    assert!(cells > 10_000, "{cells}");
}

async fn what_is_decided_on_people_is_as_the_rule_says(forum: Forum) {
    let cells = World::of(forum).await.play(&people_scenes()).await;
    assert!(cells > 1_500, "{cells}");
}

/// The forum with the people who ask and the acts that the API names.
pub struct World {
    pub forum: Forum,
    pub people: People,
    acts: Vec<String>,
    /// A thread to merge into.
    into: String,
}

impl World {
    pub async fn of(forum: Forum) -> World {
        let people = People::of(&forum).await;
        let document = "{ __type(name: \"Act\") { enumValues { name } } }";
        let data = forum.visitor().ask(document, json!({})).await;
        let values = at(&data, "__type.enumValues").as_array().expect("the acts");
        let acts = values.iter().map(|value| text(value, "name")).collect();
        let draft = Draft {
            regions: &["country-ke", "country-br"],
            ..Draft::titled("To merge into")
        };
        let into = open(people.get(Who::Delegate), draft).await.id;
        World {
            forum,
            people,
            acts,
            into,
        }
    }

    /// The acts that are taken on this.
    pub fn acts(&self, on: On) -> Vec<&str> {
        let acts = self.acts.iter().map(String::as_str);
        acts.filter(|act| rule::taken_on(act).contains(&on))
            .collect()
    }

    /// What else an act needs.
    pub fn needed(&self, act: &str) -> Value {
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

    /// Asks every cell of these scenes; how many there were.
    async fn play(&self, scenes: &[Scene]) -> usize {
        let (mut cells, mut wrong) = (0, Vec::new());
        for scene in scenes {
            let mut target = scene.make(&self.forum, &self.people).await;
            let acts = self.acts(scene.on);
            for who in Who::ALL {
                let person = self.people.get(who);
                let foretold = foretold(person, scene.on, &target, &acts).await;
                wrong.extend(said(&foretold, who, scene, &acts));
                for act in &acts {
                    let came = self.come(person, act, &target).await;
                    let rule = [rule::alone(who, act, scene), self.proposed(who, act, scene)];
                    let cell = format!("{who:?} {act} on {scene:?}");
                    match came {
                        Came::Refused(reasons) => {
                            let expected = rule.map(|each| each.unwrap_or("nothing").to_string());
                            if reasons != expected {
                                wrong.push(format!(
                                    "comes to {reasons:?}, not {expected:?}: {cell}"
                                ));
                            }
                        }
                        Came::Taken { undone } => {
                            if rule[0].is_some() {
                                wrong.push(format!("is taken, not {rule:?}: {cell}"));
                            }
                            if !undone {
                                target = scene.make(&self.forum, &self.people).await;
                            }
                        }
                    }
                    cells += 1;
                }
            }
        }
        let all: BTreeSet<String> = wrong.into_iter().collect();
        let some: Vec<&String> = all.iter().take(20).collect();
        assert!(all.is_empty(), "{} of {cells}: {some:#?}", all.len());
        cells
    }

    /// What proposing comes to: INVALID for what one person takes alone.
    fn proposed(&self, who: Who, act: &str, scene: &Scene) -> Refusal {
        rule::proposes(who, act, scene)
            .or_else(|| (!rule::takes_two(act, scene)).then_some("INVALID act"))
    }

    /// Does it, and puts everything back.
    async fn come(&self, person: &Person, act: &str, target: &str) -> Came {
        let input = || json!({ "input": input_with(act, &[target], self.needed(act)) });
        let proposed = person.graphql(PROPOSE, input()).await.body;
        if let Some(id) = proposed.pointer("/data/proposeDecision/proposal/id") {
            self.take_back(person, id).await;
        }
        let decided = person.graphql(DECIDE, input()).await.body;
        let Some(decision) = decided.pointer("/data/decide/decision/id") else {
            return Came::Refused([refusal(&decided), refusal(&proposed)]);
        };
        let input = json!({ "input": {
            "key": uuid::Uuid::new_v4(), "decisionId": decision, "reason": "MISTAKEN",
            "explanation": "As it was.", "language": "EN",
        } });
        let undone = refusal(&person.graphql(UNDO, input).await.body);
        assert!(
            ["nothing", "SECOND_PERSON_REQUIRED"].contains(&undone.as_str()),
            "{act} is undone: {undone}"
        );
        assert_eq!(refusal(&proposed), "INVALID act", "{act} is proposed");
        Came::Taken {
            undone: undone == "nothing",
        }
    }

    /// Who proposed does not confirm, but takes back.
    async fn take_back(&self, person: &Person, proposal: &Value) {
        let decline = "mutation($input: ProposalInput!) { declineProposal(input: $input) { proposal { state } } }";
        let input = json!({ "input": { "proposalId": proposal } });
        person.ask(decline, input).await;
    }
}

/// What an act came to: why it is refused, alone and proposed; or that it was taken, and undone again if that takes one.
enum Came {
    Refused([String; 2]),
    Taken { undone: bool },
}

/// Why an answer is refused.
pub fn refusal(body: &Value) -> String {
    let Some(error) = body.pointer("/errors/0/extensions") else {
        return "nothing".to_string();
    };
    match text(error, "code").as_str() {
        "DENIED" => text(error, "reason"),
        "INVALID" => format!("INVALID {}", text(error, "field")),
        code => code.to_string(),
    }
}

/// The fields that say it of one act by its name, besides the one that says it of any.
fn named(on: On) -> &'static [(&'static str, &'static str, &'static str)] {
    match on {
        On::Post => &[
            ("HIDE_POST", "canHide", "hideRefusal"),
            ("RESTORE_POST", "canRestore", "restoreRefusal"),
        ],
        On::Thread => &[
            ("LOCK_THREAD", "canLock", "lockRefusal"),
            ("UNLOCK_THREAD", "canUnlock", "unlockRefusal"),
        ],
        On::Person => &[],
    }
}

/// What `viewer` says of every act on something, in one question.
async fn foretold(person: &Person, on: On, target: &str, acts: &[&str]) -> Value {
    let mut fields: String = acts
        .iter()
        .map(|act| format!("{act}: decideRefusal(act: {act}) "))
        .collect();
    for (_, can, refusal) in named(on) {
        fields.push_str(&format!("{can} {refusal} "));
    }
    let document = format!(
        "query($id: ID!) {{ node(id: $id) {{ ... on {on:?} {{ viewer {{ acts actsToPropose {fields} }} }} }} }}"
    );
    let data = person.ask(&document, json!({ "id": target })).await;
    at(&data, "node.viewer").clone()
}

/// Where what was foretold is not what the rule says.
fn said(foretold: &Value, who: Who, scene: &Scene, acts: &[&str]) -> Vec<String> {
    let mut wrong = Vec::new();
    for act in acts {
        let rule = rule::alone(who, act, scene);
        let mut says = |field: &str, expected: Value| {
            let said = at(foretold, field);
            if said != &expected {
                wrong.push(format!(
                    "{field} says {said}, not {expected}: {who:?} {act} on {scene:?}"
                ));
            }
        };
        says(act, json!(rule));
        for (_, can, refusal) in named(scene.on).iter().filter(|(of, ..)| of == act) {
            says(can, json!(rule.is_none()));
            says(refusal, json!(rule));
        }
    }
    let of = |wanted: &dyn Fn(&str) -> bool| {
        let all = acts.iter().filter(|act| wanted(act));
        all.map(|act| act.to_string()).collect::<BTreeSet<_>>()
    };
    let alone = of(&|act| rule::alone(who, act, scene).is_none());
    let two = of(&|act| rule::takes_two(act, scene) && rule::proposes(who, act, scene).is_none());
    for (field, expected) in [("acts", alone), ("actsToPropose", two)] {
        let said = at(foretold, field).as_array().expect("acts");
        let said: BTreeSet<String> = said
            .iter()
            .map(|act| act.as_str().unwrap_or_default().to_string())
            .collect();
        if said != expected {
            wrong.push(format!(
                "{field} are {said:?}, not {expected:?}: {who:?} on {scene:?}"
            ));
        }
    }
    wrong
}

async fn an_act_that_is_not_taken_on_something_is_no_act(forum: Forum) {
    let world = World::of(forum).await;
    let person = Scene {
        on: On::Person,
        opener: None,
        author: None,
        newcomer: Some(("DELEGATE", "ke")),
        ..POST
    };
    for scene in [POST, THREAD, person] {
        let target = scene.make(&world.forum, &world.people).await;
        let taken = world.acts(scene.on);
        let others = world
            .acts
            .iter()
            .filter(|act| !taken.contains(&act.as_str()));
        for act in others {
            let on = scene.on;
            let document = format!(
                "query($id: ID!) {{ node(id: $id) {{ ... on {on:?} {{ viewer {{ decideRefusal(act: {act}) }} }} }} }}"
            );
            for who in [Who::ModeratorOfAfrica, Who::Secretariat] {
                let person = world.people.get(who);
                let variables = json!({ "id": target });
                let said = person.graphql(&document, variables).await.body;
                assert_eq!(refusal(&said), "INVALID act", "{act} on {on:?}");
                let input = json!({ "input": input_with(act, &[&target], world.needed(act)) });
                for document in [DECIDE, PROPOSE] {
                    let came = refusal(&person.graphql(document, input.clone()).await.body);
                    let fine = ["INVALID act", "INVALID targetIds"].contains(&came.as_str());
                    assert!(fine, "{act} on {on:?}: {came}");
                }
            }
        }
    }
}
