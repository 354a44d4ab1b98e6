//! Decisions that are looked at again: undone, appealed, and answered.

use std::time::Duration;

use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::stories::matrix::MANY;
use crate::stories::matrix::cells::World;
use crate::stories::matrix::cells::refusal;
use crate::stories::matrix::people::Who;
use crate::stories::matrix::rule;
use crate::stories::matrix::rule::Refusal;
use crate::stories::matrix::rule::Since;
use crate::stories::matrix::scene::On;
use crate::stories::matrix::scene::POST;
use crate::stories::matrix::scene::Place;
use crate::stories::matrix::scene::Scene;
use crate::stories::matrix::scene::State;
use crate::stories::matrix::scene::THREAD;
use crate::support::acts::UNDO;
use crate::support::acts::undo;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::moderating::APPEAL;
use crate::support::moderating::CLAIM;
use crate::support::moderating::DECIDE_APPEAL;
use crate::support::moderating::answer_input;
use crate::support::moderating::appeal;
use crate::support::moderating::decide_by_two;
use crate::support::moderating::decide_with;

on_both_databases!(
    who_undoes_a_decision_is_as_the_rule_says with flags(MANY),
    who_appeals_a_decision_is_as_the_rule_says with flags(MANY).with_told_clock(),
    who_decides_on_an_appeal_is_as_the_rule_says with flags(MANY).with_told_clock(),
);

const DAY: Duration = Duration::from_secs(86_400);

const PERSON: Scene = Scene {
    on: On::Person,
    opener: None,
    author: None,
    newcomer: Some(("DELEGATE", "ke")),
    state: State::Free,
    ..POST
};

/// What an act is taken on.
fn scenes_for(act: &str, on: On) -> Vec<Scene> {
    let whole = match on {
        On::Post => POST,
        On::Thread => THREAD,
        On::Person => PERSON,
    };
    let state = match act {
        "RESTORE_POST" => State::Hidden,
        "APPROVE_POST" | "REJECT_POST" => State::Waiting,
        "UNLOCK_THREAD" => State::Locked,
        "UNPIN_THREAD" => State::Pinned,
        "UNARCHIVE_THREAD" => State::Archived,
        "TRUST_THREAD" | "TRUST_PERSON" => State::Reviewed,
        "REINSTATE_PERSON" => State::Muted,
        _ => whole.state,
    };
    let usual = Scene {
        state,
        reported: act == "DISMISS_REPORTS",
        ..whole
    };
    let mut all = vec![usual.clone()];
    if on == On::Post {
        all.push(Scene {
            statement: true,
            ..usual.clone()
        });
    }
    if act == "REINSTATE_PERSON" {
        all.push(Scene {
            state: State::Suspended,
            ..usual.clone()
        });
    }
    if on != On::Person {
        all.push(Scene {
            place: Place::Brazil,
            opener: Some(Who::OtherFocalPoint),
            ..usual
        });
    }
    all
}

/// The arbiter decides, with a second person where it takes two.
async fn decided(world: &World, act: &str, scene: &Scene) -> String {
    let target = scene.make(&world.forum, &world.people).await;
    let more = world.needed(act);
    match rule::takes_two(act, scene) {
        true => world.people.decide_by_two(act, &target, more).await,
        false => decide_with(world.people.arbiter(), act, &[&target], more).await,
    }
}

/// What `viewer` of a decision says of undoing and appealing it.
async fn foretold(world: &World, who: Who, decision: &str) -> Value {
    let document = "query($id: ID!) { node(id: $id) { ... on Decision { viewer { canUndo undoRefusal canAppeal appealRefusal } \
         appeal { viewer { canDecide decideRefusal } } } } }";
    let variables = json!({ "id": decision });
    let data = world.people.get(who).ask(document, variables).await;
    at(&data, "node").clone()
}

#[track_caller]
fn is_as_said(foretold: &Value, can: &str, refusal: &str, rule: Refusal, cell: &str) {
    assert_eq!(at(foretold, refusal), &json!(rule), "foretold: {cell}");
    assert_eq!(at(foretold, can), &json!(rule.is_none()), "{can}: {cell}");
}

async fn who_undoes_a_decision_is_as_the_rule_says(forum: Forum) {
    let world = World::of(forum).await;
    let mut cells = 0;
    for on in [On::Post, On::Thread, On::Person] {
        for act in world.acts(on) {
            for scene in scenes_for(act, on) {
                let mut decision = decided(&world, act, &scene).await;
                let mut undone = None;
                for who in Who::ALL {
                    let took = undoing(&world, who, act, &scene, &decision, false).await;
                    cells += 1;
                    if took {
                        undone = Some(decision);
                        decision = decided(&world, act, &scene).await;
                    }
                }
                if let Some(decision) = undone {
                    for who in Who::ALL {
                        undoing(&world, who, act, &scene, &decision, true).await;
                        cells += 1;
                    }
                }
            }
        }
    }
    assert!(cells > 1_500, "{cells}");
}

/// Whether it was undone, as was foretold.
async fn undoing(
    world: &World,
    who: Who,
    act: &str,
    scene: &Scene,
    decision: &str,
    is_undone: bool,
) -> bool {
    let cell = format!("{who:?} undoes {act} on {scene:?}, undone: {is_undone}");
    let rule = rule::undoes(who, act, scene, is_undone);
    let said = foretold(world, who, decision).await;
    is_as_said(&said, "viewer.canUndo", "viewer.undoRefusal", rule, &cell);
    let input = json!({ "input": {
        "key": Uuid::new_v4(), "decisionId": decision, "reason": "MISTAKEN", "explanation": "As it was.", "language": "EN",
    } });
    let came = world.people.get(who).graphql(UNDO, input).await.body;
    assert_eq!(refusal(&came), rule.unwrap_or("nothing"), "{cell}");
    rule.is_none()
}

/// What is decided about a delegate of Kenya.
fn appealed() -> Vec<(&'static str, Scene)> {
    let post = Scene {
        author: Some(Who::Colleague),
        ..POST
    };
    let thread = Scene {
        opener: Some(Who::Colleague),
        ..THREAD
    };
    let person = Scene {
        author: Some(Who::Colleague),
        newcomer: None,
        ..PERSON
    };
    let statement = Scene {
        statement: true,
        ..post.clone()
    };
    let reported = Scene {
        reported: true,
        ..post.clone()
    };
    vec![
        ("HIDE_POST", post.clone()),
        ("HIDE_POST", statement),
        ("DISMISS_REPORTS", reported),
        ("ERASE_POST", post),
        ("LOCK_THREAD", thread.clone()),
        ("MERGE_THREADS", thread),
        ("WARN_PERSON", person.clone()),
        ("MUTE_PERSON", person.clone()),
        ("SUSPEND_PERSON", person),
    ]
}

async fn who_appeals_a_decision_is_as_the_rule_says(forum: Forum) {
    let world = World::of(forum).await;
    let mut cells = 0;
    for (act, scene) in appealed() {
        let mut decision = decided(&world, act, &scene).await;
        for who in Who::ALL {
            if appealing(&world, who, act, Since::Nothing, &decision).await {
                for who in Who::ALL {
                    appealing(&world, who, act, Since::Appealed, &decision).await;
                }
                undo(world.people.arbiter(), &decision).await;
                decision = decided(&world, act, &scene).await;
            }
            cells += 1;
        }
        if act != "ERASE_POST" {
            undo(world.people.arbiter(), &decision).await;
            for who in Who::ALL {
                appealing(&world, who, act, Since::Undone, &decision).await;
            }
        }
    }
    let mut late = Vec::new();
    for (act, scene) in appealed() {
        let decision = decided(&world, act, &scene).await;
        late.push((act, decision.clone()));
        if scene.on == On::Person {
            // The next one is on the same person.
            undo(world.people.arbiter(), &decision).await;
        }
    }
    world.forum.advance(DAY * 20);
    for (act, decision) in late {
        for who in Who::ALL {
            appealing(&world, who, act, Since::TooLong, &decision).await;
            cells += 1;
        }
    }
    assert!(cells > 250, "{cells}");
}

/// Whether it was appealed, as was foretold.
async fn appealing(world: &World, who: Who, act: &str, since: Since, decision: &str) -> bool {
    let cell = format!("{who:?} appeals {act}, since: {since:?}");
    let rule = rule::appeals(who, act, since);
    let said = foretold(world, who, decision).await;
    is_as_said(
        &said,
        "viewer.canAppeal",
        "viewer.appealRefusal",
        rule,
        &cell,
    );
    let input = json!({ "input": {
        "key": Uuid::new_v4(), "decisionId": decision, "body": "It belongs here.", "language": "EN",
    } });
    let came = world.people.get(who).graphql(APPEAL, input).await.body;
    assert_eq!(refusal(&came), rule.unwrap_or("nothing"), "{cell}");
    rule.is_none()
}

/// Who decided on what.
fn answered() -> Vec<(Vec<Who>, Scene)> {
    let post = Scene {
        author: Some(Who::Colleague),
        ..POST
    };
    let statement = Scene {
        statement: true,
        ..post.clone()
    };
    let brazil = Scene {
        place: Place::Brazil,
        ..post.clone()
    };
    vec![
        (vec![Who::ModeratorOfAfrica], post.clone()),
        (vec![Who::Secretariat], brazil),
        (vec![Who::SecretariatFromChina], post),
        (vec![Who::ModeratorOfTheWorld, Who::Secretariat], statement),
    ]
}

/// A post is hidden, and its author appeals: the appeal and the decision.
async fn appealed_by_author(world: &World, deciders: &[Who], scene: &Scene) -> (String, String) {
    let target = scene.make(&world.forum, &world.people).await;
    let more = json!({});
    let decision = match deciders {
        [one, other] => {
            let (one, other) = (world.people.get(*one), world.people.get(*other));
            decide_by_two(one, other, "HIDE_POST", &[&target], more).await
        }
        _ => decide_with(world.people.get(deciders[0]), "HIDE_POST", &[&target], more).await,
    };
    let author = world.people.get(Who::Colleague);
    (
        appeal(author, &decision, "It belongs here.").await,
        decision,
    )
}

async fn who_decides_on_an_appeal_is_as_the_rule_says(forum: Forum) {
    let world = World::of(forum).await;
    let mut cells = 0;
    let mut later = Vec::new();
    for (deciders, scene) in answered() {
        for overturn in [false, true] {
            let stock = several_appealed(&world, &deciders, &scene).await;
            cells += answers(&world, &deciders, &scene, false, overturn, stock).await;
            let stock = several_appealed(&world, &deciders, &scene).await;
            later.push((deciders.clone(), scene.clone(), overturn, stock));
        }
    }
    world.forum.advance(DAY * 14);
    for (deciders, scene, overturn, stock) in later {
        cells += answers(&world, &deciders, &scene, true, overturn, stock).await;
    }
    assert!(cells > 500, "{cells}");
}

/// As many appeals as people could decide on.
async fn several_appealed(world: &World, deciders: &[Who], scene: &Scene) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for _ in 0..6 {
        all.push(appealed_by_author(world, deciders, scene).await);
    }
    all
}

async fn answers(
    world: &World,
    deciders: &[Who],
    scene: &Scene,
    is_late: bool,
    overturn: bool,
    mut stock: Vec<(String, String)>,
) -> usize {
    let mut cells = 0;
    let mut made = stock.pop().expect("an appeal");
    for who in Who::ALL {
        let rule = rule::answers(who, deciders, scene, is_late);
        if answering(world, who, rule, &made, overturn).await {
            for who in Who::ALL {
                let rule = rule::answers(who, deciders, scene, is_late);
                let rule = rule.or(Some("ALREADY_DECIDED"));
                answering(world, who, rule, &made, overturn).await;
                cells += 1;
            }
            made = stock.pop().expect("another appeal");
        }
        cells += 1;
    }
    cells + held(world, deciders, scene, is_late, &made).await
}

/// While somebody else works on its case, nobody decides on the appeal.
async fn held(
    world: &World,
    deciders: &[Who],
    scene: &Scene,
    is_late: bool,
    made: &(String, String),
) -> usize {
    let holder = [Who::Secretariat, Who::SecretariatFromChina]
        .into_iter()
        .find(|who| !deciders.contains(who))
        .expect("somebody else");
    let document = "{ viewer { cases(first: 100, filter: { kinds: [APPEAL] }) { edges { node { id appeal { id } } } } } }";
    let data = world.people.get(holder).ask(document, json!({})).await;
    let cases = nodes(at(&data, "viewer"), "cases");
    let mut of = cases.iter();
    let of = of.find(|case| text(case, "appeal.id") == made.0);
    let case = text(of.expect("its case"), "id");
    let input = json!({ "input": { "caseId": case } });
    world.people.get(holder).ask(CLAIM, input).await;
    for who in Who::ALL.into_iter().filter(|who| *who != holder) {
        let rule = rule::answers(who, deciders, scene, is_late);
        let rule = rule.or(Some("CASE_CLAIMED"));
        answering(world, who, rule, made, false).await;
    }
    Who::ALL.len()
}

/// Whether it was answered, as was foretold.
async fn answering(
    world: &World,
    who: Who,
    rule: Refusal,
    (appeal, decision): &(String, String),
    overturn: bool,
) -> bool {
    let cell = format!("{who:?} decides on an appeal, overturning: {overturn}");
    let said = foretold(world, who, decision).await;
    let (can, why) = ("appeal.viewer.canDecide", "appeal.viewer.decideRefusal");
    is_as_said(&said, can, why, rule, &cell);
    let input = json!({ "input": answer_input(appeal, overturn) });
    let came = world
        .people
        .get(who)
        .graphql(DECIDE_APPEAL, input)
        .await
        .body;
    assert_eq!(refusal(&came), rule.unwrap_or("nothing"), "{cell}");
    rule.is_none()
}
