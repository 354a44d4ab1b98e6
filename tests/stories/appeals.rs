//! A person whom a decision concerns can request one review by somebody else, within a time limit; the outcome is public.

use std::time::Duration;

use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::support::acts::Draft;
use crate::support::acts::decide;
use crate::support::acts::give_scope;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::forum::told_clock;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::moderating::APPEAL;
use crate::support::moderating::DECIDE_APPEAL;
use crate::support::moderating::answer_input;
use crate::support::moderating::appeal;
use crate::support::person::Person;

on_both_databases!(
    an_author_appeals_once_and_somebody_else_overturns,
    an_appeal_that_is_upheld_leaves_the_decision_and_tells_why,
    the_focal_point_appeals_for_a_colleague_and_others_do_not,
    an_appeal_that_nobody_decides_in_time_goes_to_the_secretariat with told_clock(),
    a_decision_is_appealed_in_time_or_not_at_all with flags(["--appeal-days", "5"]).with_told_clock(),
);

const DAY: Duration = Duration::from_secs(86_400);

struct Scene {
    author: Person,
    moderator: Person,
    secretariat: Person,
    post: String,
    decision: String,
}

/// A moderator has hidden a post.
async fn hidden_by_moderator(forum: &Forum) -> Scene {
    let (author, moderator) = (forum.delegate("ke"), forum.moderator());
    let secretariat = forum.secretariat();
    give_scope(&secretariat, &moderator, &["africa"]).await;
    let thread = open(&forum.delegate("br"), Draft::titled("Appealed")).await;
    let posted = reply(&author, &thread.id, "As I see it.").await;
    let decision = decide(&moderator, "HIDE_POST", &[&posted.id]).await;
    Scene {
        author,
        moderator,
        secretariat,
        post: posted.id,
        decision,
    }
}

fn input(decision: &str) -> Value {
    json!({ "input": {
        "key": Uuid::new_v4(), "decisionId": decision, "body": "It belongs here.", "language": "EN",
    } })
}

async fn state(person: &Person, post: &str) -> String {
    let document = "query($id: ID!) { node(id: $id) { ... on Post { state } } }";
    let data = person.ask(document, json!({ "id": post })).await;
    text(&data, "node.state")
}

async fn refusals(person: &Person, decision: &str) -> (Value, Value) {
    let document = "query($id: ID!) { node(id: $id) { ... on Decision { viewer { appealRefusal } appeal { viewer { decideRefusal } } } } }";
    let data = person.ask(document, json!({ "id": decision })).await;
    let of_appeal = data.pointer("/node/appeal/viewer/decideRefusal");
    (
        at(&data, "node.viewer.appealRefusal").clone(),
        of_appeal.cloned().unwrap_or_default(),
    )
}

async fn an_author_appeals_once_and_somebody_else_overturns(forum: Forum) {
    let scene = hidden_by_moderator(&forum).await;
    let made = appeal(&scene.author, &scene.decision, "It belongs here.").await;
    let refused = scene.author.refused(APPEAL, input(&scene.decision)).await;
    refused.is_denied("ALREADY_APPEALED");
    let answer = || json!({ "input": answer_input(&made, true) });
    let refused = scene.moderator.refused(DECIDE_APPEAL, answer()).await;
    refused.is_denied("SAME_MODERATOR");
    assert_eq!(
        refusals(&scene.moderator, &scene.decision).await.1,
        "SAME_MODERATOR"
    );
    // Its text is visible to those who decide; that it exists is public.
    let document =
        "query($id: ID!) { node(id: $id) { ... on Appeal { position outcome viewer { body } } } }";
    for (person, reads) in [
        (&scene.author, true),
        (&scene.secretariat, true),
        (&forum.delegate("fr"), false),
        (&forum.visitor(), false),
    ] {
        let data = person.ask(document, json!({ "id": made })).await;
        assert_eq!(at(&data, "node.viewer.body").is_string(), reads);
        assert_eq!(at(&data, "node.position"), &json!(2));
    }
    scene.secretariat.ask(DECIDE_APPEAL, answer()).await;
    assert_eq!(state(&forum.visitor(), &scene.post).await, "PUBLISHED");
    let own = "{ viewer { appeals(first: 5) { edges { node { outcome outcomeDecision { act undoes { id } } } } } \
         notices(first: 5) { edges { node { decision { act } } } } } }";
    let data = scene.author.ask(own, json!({})).await;
    let mine = nodes(at(&data, "viewer"), "appeals").remove(0);
    assert_eq!(text(&mine, "outcome"), "OVERTURNED");
    assert_eq!(text(&mine, "outcomeDecision.act"), "RESTORE_POST");
    assert_eq!(text(&mine, "outcomeDecision.undoes.id"), scene.decision);
    assert_eq!(nodes(at(&data, "viewer"), "notices").len(), 2);
    let file = scene.author.request(reqwest::Method::GET, "/ledger.jsonl");
    let file = file.send().await.expect("the ledger");
    let lines = file.text().await.expect("its lines");
    assert_eq!(lines.lines().count(), 3, "decision, appeal and outcome");
    assert!(!lines.contains("It belongs here"), "{lines}");
}

async fn an_appeal_that_is_upheld_leaves_the_decision_and_tells_why(forum: Forum) {
    let scene = hidden_by_moderator(&forum).await;
    let made = appeal(&scene.author, &scene.decision, "It belongs here.").await;
    let answer = answer_input(&made, false);
    let first = scene
        .secretariat
        .ask(DECIDE_APPEAL, json!({ "input": answer }))
        .await;
    let again = scene
        .secretariat
        .ask(DECIDE_APPEAL, json!({ "input": answer }))
        .await;
    assert_eq!(first, again, "a resend is one answer");
    assert_eq!(text(&first, "decideAppeal.decision.act"), "UPHOLD_DECISION");
    assert_eq!(state(&forum.visitor(), &scene.post).await, "HIDDEN");
    let notices = "{ viewer { notices(first: 5) { edges { node { decision { act viewer { explanation } } } } } } }";
    let data = scene.author.ask(notices, json!({})).await;
    let newest = nodes(at(&data, "viewer"), "notices").remove(0);
    assert_eq!(text(&newest, "decision.act"), "UPHOLD_DECISION");
    let why = text(&newest, "decision.viewer.explanation");
    assert_eq!(why, "We have looked at it again.");
    let refused = scene
        .secretariat
        .refused(DECIDE_APPEAL, json!({ "input": answer_input(&made, true) }))
        .await;
    refused.is_denied("ALREADY_DECIDED");
}

async fn the_focal_point_appeals_for_a_colleague_and_others_do_not(forum: Forum) {
    let scene = hidden_by_moderator(&forum).await;
    for (person, reason) in [
        (forum.delegate("fr"), "NOT_CONCERNED"),
        (forum.focal_point("fr"), "NOT_CONCERNED"),
        (forum.visitor(), "SIGN_IN_REQUIRED"),
    ] {
        assert_eq!(refusals(&person, &scene.decision).await.0, reason);
        let refused = person.refused(APPEAL, input(&scene.decision)).await;
        refused.is_denied(reason);
    }
    let focal_point = forum.focal_point("ke");
    assert_eq!(refusals(&focal_point, &scene.decision).await.0, Value::Null);
    appeal(&focal_point, &scene.decision, "Our office stands by it.").await;
}

async fn an_appeal_that_nobody_decides_in_time_goes_to_the_secretariat(forum: Forum) {
    let scene = hidden_by_moderator(&forum).await;
    let thread = open(&forum.delegate("br"), Draft::titled("By the Secretariat")).await;
    let posted = reply(&scene.author, &thread.id, "Another text.").await;
    let decision = decide(&scene.secretariat, "HIDE_POST", &[&posted.id]).await;
    let made = appeal(&scene.author, &decision, "Please.").await;
    assert_eq!(refusals(&scene.moderator, &decision).await.1, Value::Null);
    forum.advance(DAY * 14);
    let refusal = refusals(&scene.moderator, &decision).await.1;
    assert_eq!(refusal, "SECRETARIAT_ONLY");
    let answer = json!({ "input": answer_input(&made, true) });
    let refused = scene.moderator.refused(DECIDE_APPEAL, answer).await;
    refused.is_denied("SECRETARIAT_ONLY");
}

async fn a_decision_is_appealed_in_time_or_not_at_all(forum: Forum) {
    let scene = hidden_by_moderator(&forum).await;
    forum.advance(DAY * 5);
    assert_eq!(
        refusals(&scene.author, &scene.decision).await.0,
        "TOO_LATE_TO_APPEAL"
    );
    let refused = scene.author.refused(APPEAL, input(&scene.decision)).await;
    refused.is_denied("TOO_LATE_TO_APPEAL");
}
