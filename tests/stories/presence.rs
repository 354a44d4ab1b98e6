//! Presence in a thread is shown to people who see the thread, but not to those a person does not want to be seen by; it works across
//! processes, and is stored nowhere.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::CHANGE_THREAD;
use crate::support::acts::Draft;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::database::Kind;
use crate::support::forum::Forum;
use crate::support::json::nodes;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::socket::Received;
use crate::support::socket::Subscription;
use crate::support::socket::kind;
use crate::support::stream::Sent;
use crate::support::stream::Stream;
use crate::support::template;
use crate::support::wait::until;
use crate::support::wait::within;

on_both_databases!(
    a_reader_is_counted_once_and_only_while_there,
    who_writes_is_told_to_members_until_the_reply_is_there,
    who_does_not_want_to_be_seen_is_not_seen,
    presence_ends_for_those_who_no_longer_see_the_thread,
    presence_is_refused_where_the_thread_is,
    presence_leaves_nothing_in_the_log,
);

const PRESENCE: &str = "subscription($threadId: ID!) { threadPresence(threadId: $threadId) { \
     readers writers { edges { node { name delegation { slug } } } } } }";
const WRITE: &str =
    "mutation($input: AnnounceWritingInput!) { announceWriting(input: $input) { until } }";
const CHOOSE: &str = "mutation($input: ChoosePresenceInput!) { choosePresence(input: $input) { viewer { showsPresence } } }";

async fn follow(person: &Person, thread: &str) -> Subscription {
    person
        .subscribe(PRESENCE, json!({ "threadId": thread }))
        .await
}

/// Waits until the expected presence is received; earlier states may be received or skipped.
async fn told(line: &mut Subscription, wanted: impl Fn(&Value) -> bool) -> Value {
    let told = async {
        loop {
            let present = line.event().await;
            if wanted(&present) {
                return present;
            }
        }
    };
    within("presence as wanted", told).await
}

async fn readers(line: &mut Subscription, count: i64) -> Value {
    told(line, |present| number(present, "readers") == count).await
}

fn writers(present: &Value) -> Vec<String> {
    nodes(present, "writers")
        .iter()
        .map(|writer| text(writer, "delegation.slug"))
        .collect()
}

fn writing(thread: &str, writing: bool) -> Value {
    json!({ "input": { "threadId": thread, "writing": writing } })
}

async fn a_reader_is_counted_once_and_only_while_there(forum: Forum) {
    let kenya = forum.delegate("ke");
    let thread = open(&kenya, Draft::default()).await.id;
    let mut first = follow(&kenya, &thread).await;
    readers(&mut first, 1).await;
    // A second window of the same person, a visitor, and another person by server-sent events instead of a socket.
    let second = follow(&kenya, &thread).await;
    let visitor = follow(&forum.visitor(), &thread).await;
    readers(&mut first, 2).await;
    let variables = json!({ "threadId": thread });
    let stream = Stream::open(&forum.delegate("fr"), PRESENCE, variables).await;
    readers(&mut first, 3).await;
    drop(second);
    drop(visitor);
    readers(&mut first, 2).await;
    drop(stream);
    readers(&mut first, 1).await;
}

async fn who_writes_is_told_to_members_until_the_reply_is_there(forum: Forum) {
    let (kenya, france) = (forum.delegate("ke"), forum.delegate("fr"));
    let thread = open(&kenya, Draft::default()).await.id;
    let mut member = follow(&kenya, &thread).await;
    let mut visitor = follow(&forum.visitor(), &thread).await;
    readers(&mut member, 2).await;
    readers(&mut visitor, 2).await;
    let said = france.ask(WRITE, writing(&thread, true)).await;
    assert!(said["announceWriting"]["until"].is_string());
    told(&mut member, |present| writers(present) == ["fr"]).await;
    reply(&france, &thread, "What was being written.").await;
    told(&mut member, |present| writers(present).is_empty()).await;
    // A person who stops writing without sending is no longer shown as writing either.
    france.ask(WRITE, writing(&thread, true)).await;
    told(&mut member, |present| writers(present) == ["fr"]).await;
    let said = france.ask(WRITE, writing(&thread, false)).await;
    assert!(said["announceWriting"]["until"].is_null());
    told(&mut member, |present| writers(present).is_empty()).await;
    // The visitor received only the number of readers; the next event is that one has left.
    drop(member);
    let present = visitor.event().await;
    assert_eq!(number(&present, "readers"), 1);
    assert!(writers(&present).is_empty());
}

async fn who_does_not_want_to_be_seen_is_not_seen(forum: Forum) {
    let (kenya, france) = (forum.delegate("ke"), forum.delegate("fr"));
    let thread = open(&kenya, Draft::default()).await.id;
    let mut watching = follow(&kenya, &thread).await;
    let mut shy = follow(&france, &thread).await;
    readers(&mut watching, 2).await;
    france.ask(WRITE, writing(&thread, true)).await;
    told(&mut watching, |present| writers(present) == ["fr"]).await;
    // It applies to open subscriptions.
    let hidden = france
        .ask(CHOOSE, json!({ "input": { "shown": false } }))
        .await;
    assert_eq!(
        hidden["choosePresence"]["viewer"]["showsPresence"],
        json!(false)
    );
    let present = readers(&mut watching, 1).await;
    assert!(writers(&present).is_empty());
    let said = france.ask(WRITE, writing(&thread, true)).await;
    assert!(said["announceWriting"]["until"].is_null());
    // A person who is hidden still sees the others.
    readers(&mut shy, 1).await;
    france
        .ask(CHOOSE, json!({ "input": { "shown": true } }))
        .await;
    readers(&mut watching, 2).await;
}

async fn presence_ends_for_those_who_no_longer_see_the_thread(forum: Forum) {
    let kenya = forum.delegate("ke");
    let thread = open(&kenya, Draft::default()).await.id;
    let mut member = follow(&kenya, &thread).await;
    let mut visitor = follow(&forum.visitor(), &thread).await;
    let variables = json!({ "threadId": thread });
    let mut stream = Stream::open(&forum.visitor(), PRESENCE, variables).await;
    readers(&mut member, 3).await;
    let change = json!({ "input": { "threadId": thread, "visibility": "MEMBERS" } });
    kenya.ask(CHANGE_THREAD, change).await;
    let last = async {
        loop {
            let received = visitor.receive().await;
            if kind(&received) != "next" {
                return received;
            }
        }
    };
    let last = within("the end of the presence", last).await;
    assert_eq!(kind(&last), "complete", "{last:?}");
    let completed = async { while stream.receive().await != Sent::Complete {} };
    within("the end of the stream", completed).await;
    readers(&mut member, 1).await;
    // Ending a session ends its presence.
    let mut france = follow(&forum.delegate("fr"), &thread).await;
    readers(&mut member, 2).await;
    let out = "mutation { signOut { viewer { role } } }";
    forum.delegate("fr").ask(out, json!({})).await;
    let closed = async {
        loop {
            if let Received::Closed(code) = france.receive().await {
                return code;
            }
        }
    };
    assert_eq!(within("the close", closed).await, 4403);
    readers(&mut member, 1).await;
}

async fn presence_is_refused_where_the_thread_is(forum: Forum) {
    let draft = Draft {
        visibility: "MEMBERS",
        ..Draft::default()
    };
    let thread = open(&forum.delegate("ke"), draft).await.id;
    let visitor = forum.visitor();
    visitor
        .refused(WRITE, writing(&thread, true))
        .await
        .is("NOT_FOUND");
    let variables = json!({ "threadId": thread });
    let answer = Stream::ask(&visitor, PRESENCE, &variables, None).await;
    assert_eq!(answer.status(), 200);
    let body = answer.text().await.expect("a body");
    assert!(body.contains("NOT_FOUND"), "{body}");
    assert!(body.contains("event: complete"), "{body}");
    let public = open(&forum.delegate("ke"), Draft::default()).await.id;
    visitor
        .refused(WRITE, writing(&public, true))
        .await
        .is("DENIED");
    visitor
        .refused(CHOOSE, json!({ "input": { "shown": false } }))
        .await
        .is("DENIED");
}

async fn presence_leaves_nothing_in_the_log(forum: Forum) {
    let kenya = forum.delegate("ke");
    let thread = open(&kenya, Draft::default()).await.id;
    let head = async || forum.store().snapshot().head().await.expect("the head");
    let before = head().await;
    let mut line = follow(&kenya, &thread).await;
    readers(&mut line, 1).await;
    kenya.ask(WRITE, writing(&thread, true)).await;
    told(&mut line, |present| writers(present) == ["ke"]).await;
    drop(line);
    // Nothing of it stays in memory either, once nobody is there.
    kenya.ask(WRITE, writing(&thread, false)).await;
    until("nobody to be present", || async {
        (forum.figures().await.get("partage_present_threads") == 0.0).then_some(())
    })
    .await;
    assert_eq!(head().await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn presence_crosses_nodes_and_goes_with_a_node_that_stops() {
    let template = template::of(Kind::Postgres).await;
    let place = template.copy().await;
    let first = Process::serve(place.url(), &[]).await;
    let mut second = Process::serve(place.url(), &[]).await;
    let kenya = Person::new(first.address, Some(template.token("ke")));
    let france = Person::new(second.address, Some(template.token("fr")));
    let thread = open(&kenya, Draft::default()).await.id;
    let mut here = follow(&kenya, &thread).await;
    let mut there = follow(&france, &thread).await;
    readers(&mut here, 2).await;
    readers(&mut there, 2).await;
    // The same person on both nodes is one reader.
    let again = follow(&kenya.at(second.address), &thread).await;
    france.ask(WRITE, writing(&thread, true)).await;
    let present = told(&mut here, |present| writers(present) == ["fr"]).await;
    assert_eq!(number(&present, "readers"), 2);
    // A node that starts later receives the existing presence.
    let third = Process::serve(place.url(), &[]).await;
    let mut late = follow(&kenya.at(third.address), &thread).await;
    let present = told(&mut late, |present| writers(present) == ["fr"]).await;
    assert_eq!(number(&present, "readers"), 2);
    drop(again);
    second.terminate();
    second.end().await;
    let present = readers(&mut here, 1).await;
    assert!(writers(&present).is_empty());
    drop((first, third));
    place.remove().await;
}
