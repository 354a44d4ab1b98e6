//! What is said to those who decide, and by them, is read by those for whom it is: reports, notes on cases, appeals, proposals,
//! and explanations that are kept from the public.

use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::stories::leaks::Strangers;
use crate::stories::leaks::WIDE;
use crate::stories::leaks::api::Api;
use crate::stories::leaks::doors::Asker;
use crate::stories::leaks::doors::tells;
use crate::stories::leaks::no_leak;
use crate::stories::leaks::scene::Scene;
use crate::support::acts::DECIDE;
use crate::support::acts::Draft;
use crate::support::acts::REPLY;
use crate::support::acts::concept_id;
use crate::support::acts::delegation_id;
use crate::support::acts::give_scope;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply_input;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::moderating::PROPOSE;
use crate::support::moderating::appeal;
use crate::support::moderating::decide_by_two;
use crate::support::moderating::input_with;
use crate::support::moderating::report;
use crate::support::person::Person;

on_both_databases!(
    what_those_who_decide_are_told_comes_out_for_nobody_else with flags(WIDE),
);

const NOTE_OF_REPORT: &str = "The reporter's words";
const NOTE_ON_CASE: &str = "Between those who decide";
const WITHHELD: &str = "It gives somebody's address";
const WARNING: &str = "This is the second time";
const APPEAL: &str = "The author's plea";
const NOTE_ON_APPEAL: &str = "What we make of the plea";
const PROPOSED: &str = "Why the statement should change";
const NEW_TEXT: &str = "What the statement would say";

/// Each text, and who reads it.
const READERS: [(&str, &[&str]); 8] = [
    (NOTE_OF_REPORT, &["br", "moderator", "secretariat"]),
    (NOTE_ON_CASE, &["moderator", "secretariat"]),
    (WITHHELD, &["ke", "br", "secretariat"]),
    (WARNING, &["ke", "secretariat"]),
    (APPEAL, &["ke", "moderator", "secretariat"]),
    (NOTE_ON_APPEAL, &["moderator", "secretariat"]),
    (PROPOSED, &["moderator", "secretariat"]),
    (NEW_TEXT, &["moderator", "secretariat"]),
];

/// A visitor, an account of one, a delegate, a reporter, an author, a focal point, a moderator elsewhere, one of the delegation
/// that opened the thread, one within whose regions it lies, and the Secretariat.
const EVERYBODY: [&str; 10] = [
    "",
    "visitor",
    "us",
    "br",
    "ke",
    "focal-ke",
    "cn",
    "focal-fr",
    "moderator",
    "secretariat",
];

/// Makes a member a moderator of regions.
async fn make_moderator(forum: &Forum, word: &str, regions: &[&str]) {
    let (secretariat, person) = (forum.secretariat(), forum.person(word));
    let document =
        "mutation($input: ChangeRoleInput!) { changeRole(input: $input) { person { id } } }";
    let input = json!({ "personId": own_id(&person).await, "role": "MODERATOR" });
    secretariat.ask(document, json!({ "input": input })).await;
    give_scope(&secretariat, &person, regions).await;
}

async fn explained(person: &Person, act: &str, target: &str, why: &str, withhold: bool) -> String {
    let more = json!({ "explanation": why, "withholdExplanation": withhold });
    let input = input_with(act, &[target], more);
    let data = person.ask(DECIDE, json!({ "input": input })).await;
    text(&data, "decide.decision.id")
}

/// The case that waits, and a note on it.
async fn noted(person: &Person, kind: &str, note: &str) -> [(&'static str, String); 2] {
    let document = "query($kind: CaseKind!) { viewer { cases(filter: { kinds: [$kind] }) { edges { node { id } } } } }";
    let data = person.ask(document, json!({ "kind": kind })).await;
    let case = text(&nodes(at(&data, "viewer"), "cases")[0], "id");
    let document = "mutation($input: NoteCaseInput!) { noteCase(input: $input) { note { id } } }";
    let input = json!({ "key": Uuid::new_v4(), "caseId": case, "body": note });
    let data = person.ask(document, json!({ "input": input })).await;
    [
        ("Case", case),
        ("CaseNote", text(&data, "noteCase.note.id")),
    ]
}

/// The ids of the other kinds of things.
async fn others(forum: &Forum, post: &str) -> Vec<(&'static str, String)> {
    let (author, secretariat) = (forum.delegate("ke"), forum.secretariat());
    let document = "query($id: ID!) { node(id: $id) { ... on Post { revisions { edges { node { id } } } } } \
         viewer { person { id mandates { edges { node { id } } } } sessions { edges { node { id } } } } }";
    let data = author.ask(document, json!({ "id": post })).await;
    let invitations = "{ viewer { invitations(first: 1) { edges { node { id } } } } }";
    let invited = secretariat.ask(invitations, json!({})).await;
    let first = "edges.0.node.id";
    vec![
        ("Revision", text(&data, &format!("node.revisions.{first}"))),
        ("Person", text(&data, "viewer.person.id")),
        (
            "Mandate",
            text(&data, &format!("viewer.person.mandates.{first}")),
        ),
        ("Session", text(&data, &format!("viewer.sessions.{first}"))),
        (
            "Invitation",
            text(&invited, &format!("viewer.invitations.{first}")),
        ),
        ("Delegation", delegation_id(&author, "ke").await),
        ("Concept", concept_id(&author, "country-ke").await),
    ]
}

async fn notices_of(person: &Person) -> Vec<(&'static str, String)> {
    let document = "{ viewer { notices(first: 9) { edges { node { id } } } } }";
    let data: Value = person.ask(document, json!({})).await;
    let notices = nodes(at(&data, "viewer"), "notices");
    notices
        .iter()
        .map(|notice| ("Notice", text(notice, "id")))
        .collect()
}

async fn scene_of(forum: &Forum) -> Scene {
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    let (author, reporter) = (forum.delegate("ke"), forum.delegate("br"));
    let thread = open(&forum.delegate("fr"), Draft::titled("In question")).await;
    let mut posts = Vec::new();
    for capacity in ["PERSONAL", "DELEGATION"] {
        let mut input = reply_input(&thread.id, "A text.");
        input["capacity"] = json!(capacity);
        let data = author.ask(REPLY, json!({ "input": input })).await;
        posts.push(text(&data, "reply.post.id"));
    }
    give_scope(&secretariat, &moderator, &["africa"]).await;
    make_moderator(forum, "cn", &["asia"]).await;
    make_moderator(forum, "focal-fr", &["world"]).await;
    let mut scene = Scene::of(&thread.id, &posts[0], &thread.cursor);
    scene.ids.extend(others(forum, &posts[0]).await);
    let reported = report(&reporter, &posts[0], NOTE_OF_REPORT).await;
    scene.ids.push(("Report", reported));
    scene
        .ids
        .extend(noted(&moderator, "REPORT", NOTE_ON_CASE).await);
    let hidden = explained(&secretariat, "HIDE_POST", &posts[0], WITHHELD, true).await;
    let whom = own_id(&author).await;
    let warned = explained(&secretariat, "WARN_PERSON", &whom, WARNING, false).await;
    scene
        .ids
        .push(("Appeal", appeal(&author, &hidden, APPEAL).await));
    scene
        .ids
        .extend([("Decision", hidden), ("Decision", warned)]);
    scene
        .ids
        .extend(noted(&moderator, "APPEAL", NOTE_ON_APPEAL).await);
    let more = json!({ "explanation": PROPOSED, "body": NEW_TEXT });
    let input = input_with("EDIT_POST", &[&posts[1]], more);
    let data = secretariat.ask(PROPOSE, json!({ "input": input })).await;
    scene
        .ids
        .push(("Proposal", text(&data, "proposeDecision.proposal.id")));
    scene.ids.extend(notices_of(&author).await);
    scene.ids.extend(notices_of(&reporter).await);
    scene
}

async fn what_those_who_decide_are_told_comes_out_for_nobody_else(forum: Forum) {
    let mut scene = scene_of(&forum).await;
    let api = Api::of(&forum.visitor()).await;
    for kind in api.kinds() {
        let is_there = scene.ids.iter().any(|(of, _)| *of == kind);
        assert!(is_there, "a {kind} is to be asked for");
    }
    scene.go_on(&forum).await;
    for word in EVERYBODY {
        let told = Asker::of(&forum, word)
            .everything_told(&forum, &api, &scene)
            .await;
        for (secret, readers) in READERS {
            match readers.contains(&word) {
                true => assert!(tells(&told, secret) > 0, "{word} is told {secret:?}"),
                false => no_leak(word, &told, &[secret.to_string()]),
            }
        }
    }
    // What was noted about an erased text may repeat it: nobody reads it any more.
    let notes = [NOTE_OF_REPORT, NOTE_ON_CASE].map(str::to_string);
    let words = ["br", "ke", "moderator", "secretariat"];
    let mut strangers = Strangers::of(&forum, &api, &mut scene, &words, &notes).await;
    let (moderator, secretariat) = (forum.moderator(), forum.secretariat());
    let (act, post) = ("ERASE_POST", [scene.post.as_str()]);
    decide_by_two(&moderator, &secretariat, act, &post, json!({})).await;
    strangers
        .are_told_nothing(&forum, &api, &mut scene, &[("threadEvents", "PostErased")])
        .await;
}
