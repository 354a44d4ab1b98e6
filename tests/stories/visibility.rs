//! Who sees a thread is one rule, on every path to it.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::WITHDRAW;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::show_to;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::person::Person;

on_both_databases!(
    every_way_to_a_thread_agrees_for_every_role_and_state,
    what_is_shown_and_hidden_again_follows_at_once,
);

struct Case {
    thread: String,
    posts: Vec<String>,
    members_only: bool,
}

/// Threads in every combination of visibility (as opened, or as changed later) and state of their posts.
async fn cases(forum: &Forum) -> Vec<Case> {
    let author = forum.delegate("ke");
    let mut cases = Vec::new();
    for visibility in ["PUBLIC", "MEMBERS"] {
        for changed in [false, true] {
            for withdrawn in [None, Some(0), Some(1)] {
                let draft = Draft {
                    visibility,
                    ..Draft::titled(format!("{visibility} {changed} {withdrawn:?}"))
                };
                let opened = open(&author, draft).await;
                let replied = reply(&author, &opened.id, "A reply.").await;
                let posts = vec![opened.post, replied.id];
                if let Some(which) = withdrawn {
                    let input = json!({ "postId": posts[which] });
                    author.ask(WITHDRAW, json!({ "input": input })).await;
                }
                let other = if visibility == "PUBLIC" {
                    "MEMBERS"
                } else {
                    "PUBLIC"
                };
                if changed {
                    show_to(&author, &opened.id, other).await;
                }
                cases.push(Case {
                    thread: opened.id,
                    posts,
                    members_only: (visibility == "MEMBERS") != changed,
                });
            }
        }
    }
    cases
}

async fn every_way_to_a_thread_agrees_for_every_role_and_state(forum: Forum) {
    let cases = cases(&forum).await;
    let mut people: Vec<(Person, bool)> = [
        "secretariat",
        "moderator",
        "ke",
        "fr",
        "focal-ke",
        "focal-fr",
        "observer",
    ]
    .iter()
    .map(|word| (forum.person(word), true))
    .collect();
    people.push((forum.person("visitor"), false));
    people.push((forum.visitor(), false));

    for (person, member) in people {
        let listed = listed(&person).await;
        let expected = cases
            .iter()
            .filter(|case| member || !case.members_only)
            .count();
        assert_eq!(listed.len(), expected, "{person:?}");
        for case in &cases {
            let sees = member || !case.members_only;
            assert_eq!(listed.contains(&case.thread), sees, "in the list");
            assert_eq!(sees_node(&person, &case.thread).await, sees, "by node");
            assert_eq!(sees_thread(&person, &case.thread).await, sees, "by thread");
            for post in &case.posts {
                assert_eq!(sees_node(&person, post).await, sees, "a post by node");
            }
        }
    }
}

async fn what_is_shown_and_hidden_again_follows_at_once(forum: Forum) {
    let author = forum.delegate("ke");
    let visitor = forum.visitor();
    let opened = open(&author, Draft::for_members("Between us")).await;
    assert!(!sees_thread(&visitor, &opened.id).await);
    show_to(&author, &opened.id, "PUBLIC").await;
    assert!(sees_thread(&visitor, &opened.id).await);
    assert!(listed(&visitor).await.contains(&opened.id));
    show_to(&author, &opened.id, "MEMBERS").await;
    assert!(!sees_thread(&visitor, &opened.id).await);
    assert!(!sees_node(&visitor, &opened.post).await);
    assert!(listed(&visitor).await.is_empty());
}

async fn listed(person: &Person) -> Vec<String> {
    let data = person
        .ask(
            "{ threads(first: 100) { totalCount edges { node { id } } } }",
            json!({}),
        )
        .await;
    let ids: Vec<String> = nodes(&data, "threads")
        .iter()
        .map(|node| text(node, "id"))
        .collect();
    assert_eq!(
        at(&data, "threads.totalCount"),
        ids.len(),
        "the count and the list"
    );
    ids
}

async fn sees_node(person: &Person, id: &str) -> bool {
    let data = person
        .ask(
            "query($id: ID!) { node(id: $id) { id } }",
            json!({ "id": id }),
        )
        .await;
    at(&data, "node") != &Value::Null
}

async fn sees_thread(person: &Person, id: &str) -> bool {
    let document = "query($id: ID!) { thread(id: $id) { id } }";
    let data = person.ask(document, json!({ "id": id })).await;
    at(&data, "thread") != &Value::Null
}
