//! Following threads and concepts, and what a person's own lists show of it.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::show_to;
use crate::support::acts::titles;
use crate::support::acts::undo;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::text;
use crate::support::json::texts;
use crate::support::moderating::decide_with;
use crate::support::person::Person;

on_both_databases!(
    who_writes_follows_until_they_say_otherwise,
    a_followed_thread_is_in_ones_own_list_and_nobody_elses,
    whoever_follows_a_merged_thread_follows_where_it_went,
    a_followed_concept_brings_what_lies_under_it,
    visitors_follow_nothing,
    a_thread_that_can_no_longer_be_seen_is_in_no_list,
);

const FOLLOW: &str = "mutation($id: ID!, $follow: Boolean!) { followThread(input: { threadId: $id, follow: $follow }) { \
     thread { viewer { follows } } } }";
const FOLLOW_CONCEPT: &str = "mutation($id: ID!, $follow: Boolean!) { followConcept(input: { conceptId: $id, follow: $follow }) { \
     concept { slug viewer { follows } } } }";

async fn follow(person: &Person, thread: &str, follows: bool) {
    let data = person
        .ask(FOLLOW, json!({ "id": thread, "follow": follows }))
        .await;
    assert_eq!(
        at(&data, "followThread.thread.viewer.follows"),
        &json!(follows)
    );
}

async fn own(person: &Person) -> Vec<String> {
    titles(person, json!({ "followed": true })).await
}

async fn under(person: &Person) -> Vec<String> {
    titles(person, json!({ "underFollowed": true })).await
}

async fn who_writes_follows_until_they_say_otherwise(forum: Forum) {
    let (author, other) = (forum.delegate("ke"), forum.delegate("br"));
    let thread = open(&author, Draft::titled("Written in")).await;
    assert_eq!(own(&author).await, ["Written in"]);
    assert!(own(&other).await.is_empty());
    reply(&other, &thread.id, "I too.").await;
    assert_eq!(own(&other).await, ["Written in"]);
    follow(&other, &thread.id, false).await;
    assert!(own(&other).await.is_empty());
    reply(&other, &thread.id, "Once more.").await;
    assert!(own(&other).await.is_empty(), "what was said stands");
    follow(&other, &thread.id, true).await;
    assert_eq!(own(&other).await, ["Written in"]);
}

async fn a_followed_thread_is_in_ones_own_list_and_nobody_elses(forum: Forum) {
    let (author, reader, third) = (
        forum.delegate("ke"),
        forum.delegate("br"),
        forum.delegate("fr"),
    );
    let thread = open(&author, Draft::titled("Followed")).await;
    open(&author, Draft::titled("Not followed")).await;
    follow(&reader, &thread.id, true).await;
    follow(&reader, &thread.id, true).await;
    assert_eq!(own(&reader).await, ["Followed"]);
    assert!(own(&third).await.is_empty());
    let unread = json!({ "followed": true, "unread": true });
    assert_eq!(titles(&reader, unread.clone()).await, ["Followed"]);
    follow(&reader, &thread.id, false).await;
    assert!(titles(&reader, unread).await.is_empty());
}

async fn whoever_follows_a_merged_thread_follows_where_it_went(forum: Forum) {
    let (author, reader, secretariat) = (
        forum.delegate("ke"),
        forum.delegate("br"),
        forum.secretariat(),
    );
    let goes = open(&author, Draft::titled("Goes")).await;
    let stays = open(&author, Draft::titled("Stays")).await;
    follow(&reader, &goes.id, true).await;
    let into = json!({ "intoThreadId": stays.id });
    let decision = decide_with(&secretariat, "MERGE_THREADS", &[&goes.id], into).await;
    assert_eq!(own(&reader).await, ["Stays"]);
    undo(&secretariat, &decision).await;
    assert_eq!(own(&reader).await, ["Goes"]);
}

async fn a_followed_concept_brings_what_lies_under_it(forum: Forum) {
    let (author, reader) = (forum.delegate("ke"), forum.delegate("br"));
    open(&author, Draft::titled("In Kenya")).await;
    let elsewhere = Draft {
        regions: &["country-fr"],
        ..Draft::titled("In France")
    };
    open(&author, elsewhere).await;
    assert!(under(&reader).await.is_empty());
    let africa = json!({ "id": "africa", "follow": true });
    let data = reader.ask(FOLLOW_CONCEPT, africa.clone()).await;
    assert_eq!(
        at(&data, "followConcept.concept.viewer.follows"),
        &json!(true)
    );
    reader.ask(FOLLOW_CONCEPT, africa).await;
    assert_eq!(under(&reader).await, ["In Kenya"]);
    let document = "{ viewer { followedConcepts { edges { node { slug } } } } }";
    let data = reader.ask(document, json!({})).await;
    assert_eq!(texts(&data, "viewer.followedConcepts", "slug"), ["africa"]);
    reader
        .ask(FOLLOW_CONCEPT, json!({ "id": "africa", "follow": false }))
        .await;
    assert!(under(&reader).await.is_empty());
    let refused = reader
        .refused(FOLLOW_CONCEPT, json!({ "id": "atlantis", "follow": true }))
        .await;
    refused.is("NOT_FOUND");
}

async fn visitors_follow_nothing(forum: Forum) {
    let visitor = forum.visitor();
    let thread = open(&forum.delegate("ke"), Draft::default()).await;
    let refused = visitor
        .refused(FOLLOW, json!({ "id": thread.id, "follow": true }))
        .await;
    refused.is_denied("SIGN_IN_REQUIRED");
    let refused = visitor
        .refused(FOLLOW_CONCEPT, json!({ "id": "africa", "follow": true }))
        .await;
    refused.is_denied("SIGN_IN_REQUIRED");
    let document = "query($filter: ThreadFilter) { threads(filter: $filter) { totalCount } }";
    for filter in [
        json!({ "followed": true }),
        json!({ "underFollowed": true }),
    ] {
        let refused = visitor.refused(document, json!({ "filter": filter })).await;
        refused.is_denied("SIGN_IN_REQUIRED");
    }
    let document = "query($id: ID!) { thread(id: $id) { viewer { follows } } viewer { followedConcepts { edges { node { slug } } } } }";
    let data: Value = visitor.ask(document, json!({ "id": thread.id })).await;
    assert_eq!(at(&data, "thread.viewer.follows"), &json!(false));
    assert!(texts(&data, "viewer.followedConcepts", "slug").is_empty());
}

async fn a_thread_that_can_no_longer_be_seen_is_in_no_list(forum: Forum) {
    let author = forum.delegate("ke");
    let reader = forum.person("visitor");
    let thread = open(&author, Draft::titled("Public so far")).await;
    follow(&reader, &thread.id, true).await;
    assert_eq!(own(&reader).await, ["Public so far"]);
    show_to(&author, &thread.id, "MEMBERS").await;
    assert!(own(&reader).await.is_empty());
    let refused = reader
        .refused(FOLLOW, json!({ "id": thread.id, "follow": false }))
        .await;
    assert_eq!(
        refused.code(),
        "NOT_FOUND",
        "{}",
        text(&refused.0, "message")
    );
}
