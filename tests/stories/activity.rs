//! A thread is sorted by its latest shown post: a removed post no longer counts, and counts again when it is restored.

use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::MARK_READ;
use crate::support::acts::WITHDRAW;
use crate::support::acts::decide;
use crate::support::acts::give_scope;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::titles;
use crate::support::acts::undo;
use crate::support::forum::Forum;
use crate::support::forum::told_clock;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::moderating::decide_by_two;
use crate::support::moderating::decide_with;
use crate::support::person::Person;
use crate::support::process::run;

on_both_databases!(
    a_hidden_reply_holds_no_thread_on_top_and_restored_puts_it_there_again with told_clock(),
    a_reply_taken_back_or_erased_holds_no_thread_on_top with told_clock(),
    a_reply_that_went_elsewhere_or_waits_holds_no_thread_on_top with told_clock(),
    what_is_not_shown_is_not_unread with told_clock(),
    pages_of_the_list_follow_what_is_shown with told_clock(),
);

const MINUTE: Duration = Duration::from_secs(60);

/// A quiet thread, and an older one that a reply keeps on top.
struct Scene {
    author: Person,
    other: Person,
    quiet: String,
    lively: String,
    reply: String,
}

async fn scene(forum: &Forum) -> Scene {
    let (author, other) = (forum.delegate("ke"), forum.delegate("br"));
    let lively = open(&author, Draft::titled("Lively")).await;
    forum.advance(MINUTE);
    let quiet = open(&author, Draft::titled("Quiet")).await;
    forum.advance(MINUTE);
    let posted = reply(&other, &lively.id, "On top.").await;
    forum.advance(MINUTE);
    Scene {
        author,
        other,
        quiet: quiet.id,
        lively: lively.id,
        reply: posted.id,
    }
}

const SAID: &str = "query($id: ID!) { thread(id: $id) { lastActivityAt createdAt lastNumber lastPost { id number } \
     viewer { unread } } }";

async fn said(person: &Person, thread: &str) -> Value {
    let data = person.ask(SAID, json!({ "id": thread })).await;
    at(&data, "thread").clone()
}

/// Every derived value equals what it is derived from.
async fn checks(forum: &Forum) {
    let done = run(&["check", "--database", forum.place().url()]).await;
    assert!(done.code == Some(0), "{}{}", done.stdout, done.stderr);
}

async fn order(forum: &Forum) -> Vec<String> {
    titles(&forum.visitor(), json!({})).await
}

async fn a_hidden_reply_holds_no_thread_on_top_and_restored_puts_it_there_again(forum: Forum) {
    let secretariat = forum.secretariat();
    let scene = scene(&forum).await;
    let visitor = forum.visitor();
    assert_eq!(order(&forum).await, ["Lively", "Quiet"]);
    let before = said(&visitor, &scene.lively).await;

    let hidden = decide(&secretariat, "HIDE_POST", &[&scene.reply]).await;
    assert_eq!(order(&forum).await, ["Quiet", "Lively"]);
    let now = said(&visitor, &scene.lively).await;
    assert_eq!(text(&now, "lastActivityAt"), text(&now, "createdAt"));
    assert_eq!(number(&now, "lastPost.number"), 1);
    assert_eq!(number(&now, "lastNumber"), 2, "the number stays given");

    undo(&secretariat, &hidden).await;
    assert_eq!(order(&forum).await, ["Lively", "Quiet"]);
    assert_eq!(said(&visitor, &scene.lively).await, before);
    let again = decide(&secretariat, "HIDE_POST", &[&scene.reply]).await;
    assert_eq!(order(&forum).await, ["Quiet", "Lively"]);
    decide(&secretariat, "RESTORE_POST", &[&scene.reply]).await;
    assert_eq!(order(&forum).await, ["Lively", "Quiet"]);
    assert_ne!(again, hidden);
    // With its opening text hidden, the thread is sorted by the time it was opened.
    let opening = nodes_of(&visitor, &scene.quiet).await.remove(0);
    decide(&secretariat, "HIDE_POST", &[&opening]).await;
    let now = said(&visitor, &scene.quiet).await;
    assert_eq!(text(&now, "lastActivityAt"), text(&now, "createdAt"));
    checks(&forum).await;
}

async fn nodes_of(person: &Person, thread: &str) -> Vec<String> {
    let document =
        "query($id: ID!) { thread(id: $id) { posts(first: 100) { edges { node { id } } } } }";
    let data = person.ask(document, json!({ "id": thread })).await;
    nodes(at(&data, "thread"), "posts")
        .iter()
        .map(|post| text(post, "id"))
        .collect()
}

async fn a_reply_taken_back_or_erased_holds_no_thread_on_top(forum: Forum) {
    let secretariat = forum.secretariat();
    let scene = scene(&forum).await;
    let input = json!({ "postId": scene.reply });
    scene.other.ask(WITHDRAW, json!({ "input": input })).await;
    assert_eq!(order(&forum).await, ["Quiet", "Lively"]);
    let posted = reply(&scene.other, &scene.lively, "Once more.").await;
    assert_eq!(order(&forum).await, ["Lively", "Quiet"]);
    let moderator = forum.moderator();
    give_scope(&secretariat, &moderator, &["africa"]).await;
    decide_by_two(
        &moderator,
        &secretariat,
        "ERASE_POST",
        &[&posted.id],
        json!({}),
    )
    .await;
    assert_eq!(order(&forum).await, ["Quiet", "Lively"]);
    let now = said(&scene.author, &scene.lively).await;
    assert_eq!(number(&now, "lastPost.number"), 1);
    checks(&forum).await;
}

async fn a_reply_that_went_elsewhere_or_waits_holds_no_thread_on_top(forum: Forum) {
    let secretariat = forum.secretariat();
    let scene = scene(&forum).await;
    let more = json!({ "change": { "title": "Apart" } });
    let split = decide_with(&secretariat, "SPLIT_POSTS", &[&scene.reply], more).await;
    assert_eq!(order(&forum).await, ["Apart", "Quiet", "Lively"]);
    checks(&forum).await;
    undo(&secretariat, &split).await;
    assert_eq!(order(&forum).await, ["Lively", "Quiet"]);
    checks(&forum).await;
    // All posts of a thread move to another one and back.
    let more = json!({ "intoThreadId": scene.quiet });
    let merged = decide_with(&secretariat, "MERGE_THREADS", &[&scene.lively], more).await;
    assert_eq!(order(&forum).await, ["Quiet"]);
    checks(&forum).await;
    undo(&secretariat, &merged).await;
    assert_eq!(order(&forum).await, ["Lively", "Quiet"]);
    checks(&forum).await;
    // A pending reply changes nothing until it is approved; then its own time counts.
    decide(&secretariat, "REVIEW_THREAD", &[&scene.quiet]).await;
    forum.advance(MINUTE);
    let waits = reply(&scene.other, &scene.quiet, "May I?").await;
    assert_eq!(order(&forum).await, ["Lively", "Quiet"]);
    let approved = decide(&secretariat, "APPROVE_POST", &[&waits.id]).await;
    assert_eq!(order(&forum).await, ["Quiet", "Lively"]);
    undo(&secretariat, &approved).await;
    assert_eq!(order(&forum).await, ["Lively", "Quiet"]);
    checks(&forum).await;
}

async fn what_is_not_shown_is_not_unread(forum: Forum) {
    let secretariat = forum.secretariat();
    let scene = scene(&forum).await;
    let reader = forum.delegate("fr");
    let read = json!({ "threadId": scene.lively, "number": 1 });
    reader.ask(MARK_READ, json!({ "input": read })).await;
    let unread = async || number(&said(&reader, &scene.lively).await, "viewer.unread");
    let listed = async || titles(&reader, json!({ "unread": true })).await;
    assert_eq!((unread().await, listed().await.len()), (1, 2));
    let hidden = decide(&secretariat, "HIDE_POST", &[&scene.reply]).await;
    assert_eq!(unread().await, 0);
    assert_eq!(listed().await, ["Quiet"]);
    reply(&scene.other, &scene.lively, "Something to read.").await;
    assert_eq!(unread().await, 1, "the hidden one before it is none");
    undo(&secretariat, &hidden).await;
    assert_eq!((unread().await, listed().await.len()), (2, 2));
}

async fn pages_of_the_list_follow_what_is_shown(forum: Forum) {
    let secretariat = forum.secretariat();
    let author = forum.delegate("ke");
    let mut threads = Vec::new();
    for at in 0..6 {
        threads.push(
            open(&author, Draft::titled(format!("Thread {at}")))
                .await
                .id,
        );
        forum.advance(MINUTE);
    }
    for thread in threads.iter().take(3) {
        let posted = reply(&author, thread, "Hidden at once.").await;
        decide(&secretariat, "HIDE_POST", &[&posted.id]).await;
        forum.advance(MINUTE);
    }
    let document = "query($after: String) { threads(first: 2, after: $after) { pageInfo { hasNextPage endCursor } \
         edges { node { title } } } }";
    let (mut after, mut all) = (Value::Null, Vec::new());
    loop {
        let data = forum
            .visitor()
            .ask(document, json!({ "after": after }))
            .await;
        let page = nodes(&data, "threads");
        all.extend(page.iter().map(|node| text(node, "title")));
        after = at(&data, "threads.pageInfo.endCursor").clone();
        if at(&data, "threads.pageInfo.hasNextPage") == false {
            break;
        }
    }
    let wanted: Vec<String> = (0..6).rev().map(|at| format!("Thread {at}")).collect();
    assert_eq!(all, wanted);
}
