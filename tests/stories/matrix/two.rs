//! Decisions that take two: one proposes, and only somebody else who could decide it alone, if it took one, confirms.

use serde_json::Value;
use serde_json::json;

use crate::stories::matrix::MANY;
use crate::stories::matrix::cells::World;
use crate::stories::matrix::cells::refusal;
use crate::stories::matrix::people::Who;
use crate::stories::matrix::rule;
use crate::stories::matrix::scene::On;
use crate::stories::matrix::scene::POST;
use crate::stories::matrix::scene::Place;
use crate::stories::matrix::scene::Scene;
use crate::stories::matrix::scene::State;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::at;
use crate::support::json::text;
use crate::support::moderating::CONFIRM;
use crate::support::moderating::PROPOSE;
use crate::support::moderating::input_with;

on_both_databases!(who_confirms_a_proposal_is_as_the_rule_says with flags(MANY));

/// What takes two, on what.
fn proposals() -> Vec<(&'static str, Scene)> {
    let statement = |state| Scene {
        statement: true,
        state,
        ..POST
    };
    let person = |newcomer, place| Scene {
        on: On::Person,
        opener: None,
        author: None,
        newcomer: Some(newcomer),
        place,
        state: State::Free,
        ..POST
    };
    let brazil = Scene {
        place: Place::Brazil,
        ..POST
    };
    vec![
        ("ERASE_POST", POST),
        ("ERASE_POST", brazil),
        ("HIDE_POST", statement(State::Published)),
        ("EDIT_POST", statement(State::Published)),
        ("REJECT_POST", statement(State::Waiting)),
        ("SUSPEND_PERSON", person(("DELEGATE", "ke"), Place::Africa)),
        ("SUSPEND_PERSON", person(("MODERATOR", "br"), Place::Brazil)),
    ]
}

/// The scene as it stands once that has been decided.
fn after(act: &str, scene: &Scene) -> Scene {
    let state = match act {
        "ERASE_POST" => State::Erased,
        "HIDE_POST" => State::Hidden,
        "REJECT_POST" => State::Rejected,
        "SUSPEND_PERSON" => State::Suspended,
        _ => scene.state,
    };
    Scene {
        state,
        ..scene.clone()
    }
}

async fn who_confirms_a_proposal_is_as_the_rule_says(forum: Forum) {
    let world = World::of(forum).await;
    let mut cells = 0;
    for (act, scene) in proposals() {
        for proposer in [Who::SecretariatFromChina, Who::ModeratorOfTheWorld] {
            let mut proposal = propose(&world, proposer, act, &scene).await;
            for who in Who::ALL {
                let cell = format!("{who:?} {act} by {proposer:?} on {scene:?}");
                let rule = rule::confirms(who, proposer, act, &scene, false);
                assert_eq!(
                    foretold(&world, who, &proposal).await,
                    seen(who, &scene, rule),
                    "{cell}"
                );
                let came = refusal(&confirm(&world, who, &proposal).await);
                assert_eq!(came, rule.unwrap_or("nothing"), "{cell}");
                if rule.is_none() {
                    after_confirming(&world, who, proposer, act, &scene, &proposal).await;
                    cells += Who::ALL.len();
                    proposal = propose(&world, proposer, act, &scene).await;
                }
                cells += 1;
            }
        }
    }
    assert!(cells > 400, "{cells}");
}

/// Once it has been decided, nobody confirms it again; who did is answered as before.
async fn after_confirming(
    world: &World,
    second: Who,
    proposer: Who,
    act: &str,
    scene: &Scene,
    proposal: &str,
) {
    let scene = after(act, scene);
    for who in Who::ALL {
        let cell = format!("{who:?} again {act} by {proposer:?} on {scene:?}");
        let rule = rule::confirms(who, proposer, act, &scene, true);
        let said = foretold(world, who, proposal).await;
        // Two words for the same: what is erased was decided already.
        assert_eq!(said, seen(who, &scene, rule), "{cell}");
        let came = refusal(&confirm(world, who, proposal).await);
        let expected = match who == second {
            true => "nothing",
            false => rule.unwrap_or("nothing"),
        };
        assert_eq!(came, expected, "{cell}");
    }
}

async fn propose(world: &World, proposer: Who, act: &str, scene: &Scene) -> String {
    let target = scene.make(&world.forum, &world.people).await;
    let input = json!({ "input": input_with(act, &[&target], world.needed(act)) });
    let data = world.people.get(proposer).ask(PROPOSE, input).await;
    text(&data, "proposeDecision.proposal.id")
}

async fn confirm(world: &World, who: Who, proposal: &str) -> Value {
    let input = json!({ "input": { "proposalId": proposal } });
    world.people.get(who).graphql(CONFIRM, input).await.body
}

/// What `viewer` of the proposal says; nothing to whoever could not decide it, for they do not see it.
async fn foretold(world: &World, who: Who, proposal: &str) -> Option<(Value, Value)> {
    let document = "query($id: ID!) { node(id: $id) { ... on Proposal { viewer { canConfirm confirmRefusal } } } }";
    let variables = json!({ "id": proposal });
    let data = world.people.get(who).ask(document, variables).await;
    let said = |field: &str| at(&data, &format!("node.viewer.{field}")).clone();
    (!at(&data, "node").is_null()).then(|| (said("canConfirm"), said("confirmRefusal")))
}

fn seen(who: Who, scene: &Scene, rule: rule::Refusal) -> Option<(Value, Value)> {
    let sees = rule::decides(who, scene).is_none();
    sees.then(|| (json!(rule.is_none()), json!(rule)))
}
