//! What was loaded and then updated by events equals what is loaded now.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::json;

use crate::support::acts::CHANGE_THREAD;
use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::FORUM_EVENTS;
use crate::support::acts::WITHDRAW;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::show_to;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::person::Person;

on_both_databases!(
    a_list_and_its_events_make_a_fresh_list_for_a_member,
    a_list_and_its_events_make_a_fresh_list_for_a_visitor,
);

/// A client's copy of the forum: for each thread its title, its last number and the texts of its posts.
type Kept = BTreeMap<String, (String, i64, BTreeMap<i64, Value>)>;

async fn load(person: &Person) -> (Kept, String) {
    let document = "{ threads(first: 100) { cursor edges { node { id title lastNumber \
         posts(first: 100) { edges { node { number body } } } } } } }";
    let data = person.ask(document, json!({})).await;
    let mut kept = Kept::new();
    for thread in nodes(&data, "threads") {
        let posts = nodes(&thread, "posts")
            .iter()
            .map(|post| (number(post, "number"), at(post, "body").clone()))
            .collect();
        let row = (text(&thread, "title"), number(&thread, "lastNumber"), posts);
        kept.insert(text(&thread, "id"), row);
    }
    (kept, text(&data, "threads.cursor"))
}

/// Loads one thread into the copy, as a client does when it first receives an event about it.
async fn fetch(person: &Person, kept: &mut Kept, id: &str) {
    let document = "query($id: ID!) { thread(id: $id) { title lastNumber posts(first: 100) { edges { node { number body } } } } }";
    let answer = person.graphql(document, json!({ "id": id })).await;
    let Some(thread) = answer
        .body
        .pointer("/data/thread")
        .filter(|thread| !thread.is_null())
    else {
        return;
    };
    let posts = nodes(thread, "posts")
        .iter()
        .map(|post| (number(post, "number"), at(post, "body").clone()))
        .collect();
    let row = (text(thread, "title"), number(thread, "lastNumber"), posts);
    kept.insert(id.to_string(), row);
}

async fn apply(person: &Person, kept: &mut Kept, event: &Value) {
    match text(event, "__typename").as_str() {
        "ThreadHidden" => {
            kept.remove(&text(event, "threadId"));
        }
        "ThreadOpened" | "ThreadChanged" | "ThreadRetagged" => {
            fetch(person, kept, &text(event, "thread.id")).await;
        }
        "PostCreated" | "PostEdited" | "PostWithdrawn" => {
            let id = text(event, "post.thread.id");
            let post = number(event, "post.number");
            let body = event.pointer("/post/body").cloned().unwrap_or(Value::Null);
            if let Some((_, last, posts)) = kept.get_mut(&id) {
                *last = post.max(*last);
                posts.insert(post, body);
            }
        }
        other => panic!("an event of another kind: {other}"),
    }
}

async fn a_list_and_its_events_make_a_fresh_list_for_a_member(forum: Forum) {
    state_and_events(&forum, forum.delegate("fr")).await;
}

async fn a_list_and_its_events_make_a_fresh_list_for_a_visitor(forum: Forum) {
    state_and_events(&forum, forum.visitor()).await;
}

async fn state_and_events(forum: &Forum, reader: Person) {
    let author = forum.delegate("ke");
    let stays = open(&author, Draft::titled("Stays open")).await;
    let hides = open(&author, Draft::titled("Is hidden later")).await;
    let shows = open(&author, Draft::for_members("Is shown later")).await;
    reply(&author, &hides.id, "Before.").await;

    let (mut kept, cursor) = load(&reader).await;
    let mut listener = reader
        .subscribe(FORUM_EVENTS, json!({ "after": cursor }))
        .await;

    let first = reply(&author, &stays.id, "To be edited.").await;
    let input = json!({ "postId": first.id, "revision": 1, "body": "Edited." });
    author.ask(EDIT, json!({ "input": input })).await;
    reply(&author, &shows.id, "While it was hidden.").await;
    show_to(&author, &hides.id, "MEMBERS").await;
    reply(&author, &hides.id, "For members.").await;
    show_to(&author, &shows.id, "PUBLIC").await;
    let input = json!({ "threadId": stays.id, "title": "Stays open, renamed" });
    author.ask(CHANGE_THREAD, json!({ "input": input })).await;
    let taken_back = reply(&forum.delegate("cn"), &shows.id, "Too early.").await;
    let input = json!({ "postId": taken_back.id });
    forum
        .delegate("cn")
        .ask(WITHDRAW, json!({ "input": input }))
        .await;
    let last = open(&author, Draft::titled("The last")).await;

    loop {
        let event = listener.event().await;
        apply(&reader, &mut kept, &event).await;
        if event.pointer("/thread/id") == Some(&json!(last.id)) {
            break;
        }
    }
    let (fresh, _) = load(&reader).await;
    assert_eq!(kept, fresh);
    assert!(fresh.len() >= 3, "there was something to compare");
}
