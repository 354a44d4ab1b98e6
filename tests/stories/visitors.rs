//! A members-only thread does not exist for a visitor: not by query, node, subscription, page, list or count.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::CHANGE_THREAD;
use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::FORUM_EVENTS;
use crate::support::acts::MARK_READ;
use crate::support::acts::Opened;
use crate::support::acts::REPLY;
use crate::support::acts::THREAD_EVENTS;
use crate::support::acts::WITHDRAW;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::reply_input;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::page::Browser;
use crate::support::person::Person;
use crate::support::socket::Received;
use crate::support::socket::kind;

on_both_databases!(
    a_members_only_thread_is_absent_from_queries,
    a_members_only_thread_is_absent_from_counts,
    a_members_only_thread_is_absent_from_pages,
    a_members_only_thread_is_absent_from_subscriptions,
    a_members_only_thread_cannot_be_written_to_by_who_does_not_see_it,
);

/// Those who must not see it.
fn outsiders(forum: &Forum) -> [Person; 2] {
    [forum.visitor(), forum.person("visitor")]
}

async fn hidden(forum: &Forum) -> Opened {
    open(&forum.delegate("ke"), Draft::for_members("Budget talks")).await
}

async fn a_members_only_thread_is_absent_from_queries(forum: Forum) {
    let opened = hidden(&forum).await;
    let thread = "query($id: ID!) { thread(id: $id) { title } }";
    let node = "query($id: ID!) { node(id: $id) { id } }";
    let of = |id: &str| json!({ "id": id });
    let member = forum.delegate("fr");
    let seen = member.ask(thread, of(&opened.id)).await;
    assert_eq!(text(&seen, "thread.title"), "Budget talks");
    for id in [&opened.id, &opened.post] {
        let seen = member.ask(node, of(id)).await;
        assert_eq!(&text(&seen, "node.id"), id);
    }
    let revisions =
        "query($id: ID!) { node(id: $id) { ... on Post { revisions { edges { node { id } } } } } }";
    let seen = member.ask(revisions, of(&opened.post)).await;
    let revision = text(&nodes(&seen, "node.revisions")[0], "id");
    assert_eq!(
        text(&member.ask(node, of(&revision)).await, "node.id"),
        revision
    );

    for outsider in outsiders(&forum) {
        let seen = outsider.ask(thread, of(&opened.id)).await;
        assert_eq!(at(&seen, "thread"), &Value::Null);
        for id in [&opened.id, &opened.post, &revision] {
            let seen = outsider.ask(node, of(id)).await;
            assert_eq!(at(&seen, "node"), &Value::Null);
        }
    }
}

async fn a_members_only_thread_is_absent_from_counts(forum: Forum) {
    hidden(&forum).await;
    open(&forum.delegate("ke"), Draft::titled("Open talks")).await;
    let document = "{ threads { totalCount edges { node { title } } } tool: concept(slug: \"wipo-ipas\") { threadCount } \
         above: concept(slug: \"africa\") { threadCount } filtered: threads(filter: { regions: [\"africa\"] }) { totalCount } }";
    let counts = async |person: &Person| {
        let data = person.ask(document, json!({})).await;
        [
            number(&data, "threads.totalCount"),
            i64::try_from(nodes(&data, "threads").len()).expect("a count"),
            number(&data, "tool.threadCount"),
            number(&data, "above.threadCount"),
            number(&data, "filtered.totalCount"),
        ]
    };
    assert_eq!(counts(&forum.delegate("fr")).await, [2; 5]);
    for outsider in outsiders(&forum) {
        assert_eq!(counts(&outsider).await, [1; 5]);
    }
}

async fn a_members_only_thread_is_absent_from_pages(forum: Forum) {
    let opened = hidden(&forum).await;
    let path = format!("/threads/{}", opened.id);
    let mut member = Browser::signed_in(&forum, "fr");
    let page = member.get(&path).await;
    assert_eq!(page.status, 200);
    assert!(page.html.contains("Budget talks"));
    assert!(member.get("/").await.html.contains("Budget talks"));
    for mut outsider in [Browser::of(&forum), Browser::signed_in(&forum, "visitor")] {
        let page = outsider.get(&path).await;
        assert_eq!(page.status, 404);
        assert!(!page.html.contains("Budget talks"));
        let never_was = outsider.get("/threads/never-was").await;
        assert_eq!(never_was.status, 404, "as if it had never been");
        for list in ["/", "/vocabulary/wipo-ipas"] {
            let page = outsider.get(list).await;
            assert_eq!(page.status, 200, "{list}");
            assert!(!page.html.contains("Budget talks"), "{list}");
        }
        let revisions = outsider.get(&format!("{path}/posts/1/revisions")).await;
        assert_eq!(revisions.status, 404);
    }
}

async fn a_members_only_thread_is_absent_from_subscriptions(forum: Forum) {
    let author = forum.delegate("ke");
    let opened = hidden(&forum).await;
    let variables = json!({ "threadId": opened.id, "after": opened.cursor });
    let everything = json!({ "after": opened.cursor });

    let member = forum.delegate("fr");
    let mut thread = member.subscribe(THREAD_EVENTS, variables.clone()).await;
    let mut all = member.subscribe(FORUM_EVENTS, everything.clone()).await;
    let mut outside = Vec::new();
    for outsider in outsiders(&forum) {
        let mut refused = outsider.subscribe(THREAD_EVENTS, variables.clone()).await;
        let received = refused.receive().await;
        assert_code(&received, "NOT_FOUND");
        outside.push(outsider.subscribe(FORUM_EVENTS, everything.clone()).await);
    }

    let posted = reply(&author, &opened.id, "A figure.").await;
    open(&author, Draft::for_members("Hidden too")).await;
    let public = open(&author, Draft::titled("For all")).await;
    assert_eq!(text(&thread.event().await, "post.id"), posted.id);
    assert_eq!(text(&all.event().await, "post.id"), posted.id);
    for mut listener in outside {
        // The first event that an outsider receives is the first one that they may receive.
        let heard = listener.event().await;
        assert_eq!(text(&heard, "__typename"), "ThreadOpened");
        assert_eq!(text(&heard, "thread.id"), public.id);
    }
}

/// A refusal comes as a message of type `error`, or as a last answer with `errors`.
fn assert_code(received: &Received, code: &str) {
    let Received::Message(message) = received else {
        panic!("not refused: {received:?}");
    };
    let errors = match kind(received) {
        "error" => at(message, "payload"),
        _ => at(message, "payload.errors"),
    };
    assert_eq!(text(errors, "0.extensions.code"), code, "{message:#}");
}

async fn a_members_only_thread_cannot_be_written_to_by_who_does_not_see_it(forum: Forum) {
    let opened = hidden(&forum).await;
    let thread = &opened.id;
    for outsider in outsiders(&forum) {
        for (document, input) in [
            (REPLY, reply_input(thread, "Hello?")),
            (
                EDIT,
                json!({ "postId": opened.post, "revision": 1, "body": "x" }),
            ),
            (WITHDRAW, json!({ "postId": opened.post })),
            (CHANGE_THREAD, json!({ "threadId": thread, "title": "x" })),
            (MARK_READ, json!({ "threadId": thread, "number": 1 })),
        ] {
            let refused = outsider.refused(document, json!({ "input": input })).await;
            let told = refused.code();
            // Visitors may be refused before anything is looked up.
            let blind =
                told == "NOT_FOUND" || (told == "DENIED" && refused.reason() == "SIGN_IN_REQUIRED");
            assert!(blind, "{document}: {:#}", refused.0);
            let nowhere = outsider
                .refused(document, json!({ "input": elsewhere(input) }))
                .await;
            assert_eq!(nowhere.code(), told, "the same as for what does not exist");
        }
    }
}

/// The same input for a thread and a post that do not exist.
fn elsewhere(mut input: Value) -> Value {
    let nothing = uuid::Uuid::nil();
    for (field, kind) in [
        ("threadId", partage::base::id::Kind::Thread),
        ("postId", partage::base::id::Kind::Post),
    ] {
        if input.get(field).is_some() {
            input[field] = json!(partage::base::id::of_uuid(kind, nothing));
        }
    }
    input
}
