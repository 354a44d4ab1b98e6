//! Reports, and the cases that come of them: who makes them, who sees them and who claims them.

use serde_json::Value;
use serde_json::json;

use crate::stories::matrix::MANY;
use crate::stories::matrix::cells::World;
use crate::stories::matrix::cells::refusal;
use crate::stories::matrix::people::Who;
use crate::stories::matrix::rule;
use crate::stories::matrix::scene::On;
use crate::stories::matrix::scene::Scene;
use crate::stories::matrix::scene::State;
use crate::stories::matrix::scene::post_scenes;
use crate::stories::matrix::scene::thread_scenes;
use crate::support::acts::decide;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::moderating::CLAIM;
use crate::support::moderating::REPORT;
use crate::support::moderating::report_input;

on_both_databases!(
    who_reports_is_as_the_rule_says with flags(MANY),
    who_sees_and_claims_a_case_is_as_the_rule_says with flags(MANY),
);

async fn who_reports_is_as_the_rule_says(forum: Forum) {
    let world = World::of(forum).await;
    // Whoever has reported does not decide.
    let hider = world.people.newcomer("SECRETARIAT", "br").await;
    let mut cells = 0;
    for scene in post_scenes().into_iter().chain(thread_scenes()) {
        let target = scene.make(&world.forum, &world.people).await;
        for who in Who::ALL {
            let has_reported = scene.reported && who == Who::Reporter;
            if reporting(&world, who, &scene, &target, has_reported).await {
                reporting(&world, who, &scene, &target, true).await;
                cells += 1;
            }
            cells += 1;
        }
        // Who has reported is told so, whatever became of it since.
        if scene.state == State::Published && !scene.statement && !scene.claimed {
            decide(&hider, "HIDE_POST", &[&target]).await;
            let hidden = Scene {
                state: State::Hidden,
                ..scene.clone()
            };
            for who in Who::ALL {
                reporting(&world, who, &hidden, &target, true).await;
                cells += 1;
            }
        }
    }
    assert!(cells > 2_000, "{cells}");
}

/// Whether it was reported, as was foretold.
async fn reporting(
    world: &World,
    who: Who,
    scene: &Scene,
    target: &str,
    has_reported: bool,
) -> bool {
    let cell = format!("{who:?} reports {scene:?}, again: {has_reported}");
    let rule = rule::reports(who, scene, has_reported);
    let on = scene.on;
    let document = format!(
        "query($id: ID!) {{ node(id: $id) {{ ... on {on:?} {{ viewer {{ canReport reportRefusal }} }} }} }}"
    );
    let person = world.people.get(who);
    let data = person.ask(&document, json!({ "id": target })).await;
    let said = at(&data, "node.viewer");
    assert_eq!(at(said, "reportRefusal"), &json!(rule), "foretold: {cell}");
    assert_eq!(at(said, "canReport"), &json!(rule.is_none()), "{cell}");
    let input = json!({ "input": report_input(target, "") });
    let came = person.graphql(REPORT, input).await.body;
    assert_eq!(refusal(&came), rule.unwrap_or("nothing"), "{cell}");
    rule.is_none()
}

/// Where the case of a scene stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    Free,
    Claimed,
    Resolved,
}

async fn who_sees_and_claims_a_case_is_as_the_rule_says(forum: Forum) {
    let world = World::of(forum).await;
    let mut cells = 0;
    let scenes = post_scenes().into_iter().chain(thread_scenes());
    let standing = |scene: &Scene| match scene.on {
        On::Post => scene.state == State::Published && !scene.claimed,
        _ => scene.state == State::Open && !scene.claimed,
    };
    for scene in scenes.filter(standing) {
        let reporter = world.people.get(Who::Account);
        let target = scene.make(&world.forum, &world.people).await;
        let input = json!({ "input": report_input(&target, "") });
        reporter.ask(REPORT, input).await;
        let document = "{ viewer { cases(last: 1, filter: { kinds: [REPORT], held: BY_NOBODY }) { edges { node { id } } } } }";
        let data = world.people.arbiter().ask(document, json!({})).await;
        let case = text(&nodes(at(&data, "viewer"), "cases")[0], "id");
        let this = json!({ "input": { "caseId": case } });
        for work in [Work::Free, Work::Claimed, Work::Resolved] {
            match work {
                Work::Free => {}
                Work::Claimed => drop(world.people.arbiter().ask(CLAIM, this.clone()).await),
                Work::Resolved => {
                    decide(world.people.arbiter(), "DISMISS_REPORTS", &[&target]).await;
                }
            }
            for who in Who::ALL {
                claiming(&world, who, &scene, work, &case).await;
                cells += 1;
            }
        }
    }
    assert!(cells > 500, "{cells}");
}

async fn claiming(world: &World, who: Who, scene: &Scene, work: Work, case: &str) {
    let cell = format!("{who:?} claims what is {work:?}: {scene:?}");
    let person = world.people.get(who);
    let sees = rule::decides(who, scene).is_none();
    let rule = match work {
        Work::Free => None,
        Work::Claimed => (who != Who::SecretariatFromChina).then_some("CASE_CLAIMED"),
        Work::Resolved => Some("ALREADY_DECIDED"),
    };
    let document =
        "query($id: ID!) { node(id: $id) { ... on Case { viewer { canClaim claimRefusal } } } }";
    let data = person.ask(document, json!({ "id": case })).await;
    let expected = match sees {
        true => json!({ "viewer": { "canClaim": rule.is_none(), "claimRefusal": rule } }),
        false => Value::Null,
    };
    assert_eq!(at(&data, "node"), &expected, "foretold: {cell}");
    let input = json!({ "input": { "caseId": case } });
    let came = refusal(&person.graphql(CLAIM, input.clone()).await.body);
    let unseen = rule::office(who).unwrap_or("NOT_FOUND");
    let expected = if sees {
        rule.unwrap_or("nothing")
    } else {
        unseen
    };
    assert_eq!(came, expected, "{cell}");
    if came == "nothing" && work == Work::Free {
        let release = "mutation($input: CaseInput!) { releaseCase(input: $input) { case { id } } }";
        person.ask(release, input).await;
    }
}
