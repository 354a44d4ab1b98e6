//! A query that many clients subscribe to is executed once, and its result is sent to each in full: also to late and slow ones, and to
//! those with other rights than before.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::FORUM_EVENTS;
use crate::support::acts::THREAD_EVENTS;
use crate::support::acts::WITHDRAW;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply;
use crate::support::forum::Figures;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::at;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::socket::Received;
use crate::support::stream::Sent;
use crate::support::stream::Stream;
use crate::support::wait::until;

on_both_databases!(
    a_document_is_executed_once_for_all_who_follow_it,
    different_documents_are_executed_each,
    what_depends_on_who_asks_is_executed_for_each,
    a_newcomer_is_told_what_was_before_then_joins,
    past_events_are_executed_once_for_all_who_come_back,
    a_slow_reader_goes_on_from_the_log with flags(["--body-length", "20000"]),
    a_withdrawn_text_is_not_told_to_who_comes_late,
    a_role_that_is_taken_away_takes_its_threads_away,
    nothing_is_left_of_those_who_are_gone,
);

fn from(thread: &str, after: &str) -> Value {
    json!({ "threadId": thread, "after": after })
}

/// Executions since earlier metrics.
async fn executions_since(forum: &Forum, before: &Figures) -> f64 {
    let name = "partage_executions_total";
    forum.figures().await.get(name) - before.get(name)
}

async fn followed_by(forum: &Forum, count: f64) {
    until("all to have their seats", || async {
        (forum.figures().await.get("partage_subscribers") == count).then_some(())
    })
    .await;
}

async fn a_document_is_executed_once_for_all_who_follow_it(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let mut listeners = Vec::new();
    for _ in 0..20 {
        let variables = from(&opened.id, &opened.cursor);
        listeners.push(forum.visitor().subscribe(THREAD_EVENTS, variables).await);
    }
    followed_by(&forum, 20.0).await;
    let before = forum.figures().await;
    assert_eq!(before.get("partage_distinct_subscriptions"), 1.0);
    let first = reply(&kenya, &opened.id, "To twenty.").await;
    for listener in &mut listeners {
        assert_eq!(text(&listener.event().await, "post.id"), first.id);
    }
    assert_eq!(executions_since(&forum, &before).await, 1.0);
    let deliveries = "partage_deliveries_total";
    until("all deliveries to be counted", || async {
        let now = forum.figures().await;
        (now.get(deliveries) - before.get(deliveries) == 20.0).then_some(())
    })
    .await;
}

async fn different_documents_are_executed_each(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let mut listeners = Vec::new();
    for at in 0..10 {
        let document = format!(
            "subscription($threadId: ID!) {{ a{at}: threadEvents(threadId: $threadId) {{ ... on PostCreated {{ post {{ id }} }} }} }}"
        );
        let variables = json!({ "threadId": opened.id });
        listeners.push(forum.visitor().subscribe(&document, variables).await);
    }
    followed_by(&forum, 10.0).await;
    let before = forum.figures().await;
    assert_eq!(before.get("partage_distinct_subscriptions"), 10.0);
    let first = reply(&kenya, &opened.id, "To ten.").await;
    for listener in &mut listeners {
        assert_eq!(text(&listener.event().await, "post.id"), first.id);
    }
    assert_eq!(executions_since(&forum, &before).await, 10.0);
}

async fn what_depends_on_who_asks_is_executed_for_each(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let document = "subscription($threadId: ID!, $after: String) { threadEvents(threadId: $threadId, after: $after) { \
         ... on PostCreated { post { id thread { viewer { unread } } viewer { canEdit } } } } }";
    let mut own = kenya
        .subscribe(document, from(&opened.id, &opened.cursor))
        .await;
    let mut other = forum
        .delegate("fr")
        .subscribe(document, from(&opened.id, &opened.cursor))
        .await;
    reply(&kenya, &opened.id, "Mine.").await;
    let event = own.event().await;
    assert_eq!(at(&event, "post.viewer.canEdit"), true);
    let event = other.event().await;
    assert_eq!(at(&event, "post.viewer.canEdit"), false);
    assert_eq!(forum.figures().await.get("partage_subscribers"), 0.0);
}

async fn a_newcomer_is_told_what_was_before_then_joins(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let mut first = forum
        .visitor()
        .subscribe(THREAD_EVENTS, json!({ "threadId": opened.id }))
        .await;
    followed_by(&forum, 1.0).await;
    let mut written = Vec::new();
    for at in 0..5 {
        written.push(reply(&kenya, &opened.id, &format!("Number {at}.")).await.id);
    }
    let mut late = forum
        .visitor()
        .subscribe(THREAD_EVENTS, from(&opened.id, &opened.cursor))
        .await;
    written.push(reply(&kenya, &opened.id, "For both.").await.id);
    for id in &written {
        assert_eq!(text(&first.event().await, "post.id"), *id);
        assert_eq!(text(&late.event().await, "post.id"), *id);
    }
    followed_by(&forum, 2.0).await;
}

async fn past_events_are_executed_once_for_all_who_come_back(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    for at in 0..8 {
        reply(&kenya, &opened.id, &format!("Number {at}.")).await;
    }
    // Someone who subscribes now, and twenty who were disconnected.
    let _now = forum
        .visitor()
        .subscribe(THREAD_EVENTS, json!({ "threadId": opened.id }))
        .await;
    followed_by(&forum, 1.0).await;
    let before = forum.figures().await;
    let mut back = Vec::new();
    for _ in 0..20 {
        let variables = from(&opened.id, &opened.cursor);
        back.push(forum.visitor().subscribe(THREAD_EVENTS, variables).await);
    }
    for listener in &mut back {
        for expected in 2..10 {
            assert_eq!(number(&listener.event().await, "post.number"), expected);
        }
    }
    let executions = executions_since(&forum, &before).await;
    assert!((1.0..=8.0).contains(&executions), "{executions}");
}

async fn a_slow_reader_goes_on_from_the_log(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    // Forty subscriptions on one socket that nobody reads: 40 x 60 x 20 kB do not fit into any buffer.
    let mut slow = forum.visitor().socket().await;
    for at in 0..40 {
        let variables = from(&opened.id, &opened.cursor);
        slow.subscribe(&at.to_string(), THREAD_EVENTS, variables)
            .await;
    }
    followed_by(&forum, 40.0).await;
    let body = "x".repeat(19_900);
    let mut quick = forum
        .visitor()
        .subscribe(THREAD_EVENTS, from(&opened.id, &opened.cursor))
        .await;
    for _ in 0..60 {
        let written = reply(&kenya, &opened.id, &body).await;
        // Nobody waits for the slow one.
        assert_eq!(text(&quick.event().await, "post.id"), written.id);
    }
    let mut heard = vec![1; 40];
    while heard.iter().any(|number| *number < 61) {
        let Received::Message(message) = slow.receive().await else {
            panic!("closed: {heard:?}");
        };
        let which: usize = text(&message, "id").parse().expect("an id");
        let next = number(&message, "payload.data.threadEvents.post.number");
        assert_eq!(next, heard[which] + 1, "of {which}");
        heard[which] = next;
    }
    assert!(forum.figures().await.get("partage_replays_total") > 0.0);
}

async fn a_withdrawn_text_is_not_told_to_who_comes_late(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let mut first = forum
        .visitor()
        .subscribe(THREAD_EVENTS, from(&opened.id, &opened.cursor))
        .await;
    let written = reply(&kenya, &opened.id, "Said too early.").await;
    assert_eq!(text(&first.event().await, "post.body"), "Said too early.");
    let input = json!({ "postId": written.id });
    kenya.ask(WITHDRAW, json!({ "input": input })).await;
    assert_eq!(text(&first.event().await, "__typename"), "PostWithdrawn");
    let mut late = forum
        .visitor()
        .subscribe(THREAD_EVENTS, from(&opened.id, &opened.cursor))
        .await;
    let event = late.event().await;
    assert_eq!(text(&event, "__typename"), "PostCreated");
    assert_eq!(at(&event, "post.body"), &Value::Null);
    assert_eq!(text(&late.event().await, "__typename"), "PostWithdrawn");
}

async fn a_role_that_is_taken_away_takes_its_threads_away(forum: Forum) {
    let (kenya, france) = (forum.delegate("ke"), forum.delegate("fr"));
    let opened = open(&kenya, Draft::for_members("For members")).await;
    let variables = from(&opened.id, &opened.cursor);
    let mut socket = france.socket().await;
    socket
        .subscribe("thread", THREAD_EVENTS, variables.clone())
        .await;
    socket
        .subscribe("forum", FORUM_EVENTS, json!({ "after": opened.cursor }))
        .await;
    let mut stream = Stream::open(&france, THREAD_EVENTS, variables).await;
    let first = reply(&kenya, &opened.id, "Heard.").await;
    for _ in 0..2 {
        let Received::Message(message) = socket.receive().await else {
            panic!("closed");
        };
        assert!(message.to_string().contains(&first.id), "{message}");
    }
    assert_eq!(text(&stream.event().await.0, "post.id"), first.id);

    let input = json!({ "personId": own_id(&france).await, "role": "VISITOR" });
    let change =
        "mutation($input: ChangeRoleInput!) { changeRole(input: $input) { person { role } } }";
    forum
        .secretariat()
        .ask(change, json!({ "input": input }))
        .await;
    let secret = reply(&kenya, &opened.id, "Not heard.").await;
    let public = open(&kenya, Draft::titled("For all")).await;
    let (mut ended, mut told) = (false, false);
    while !(ended && told) {
        let Received::Message(message) = socket.receive().await else {
            panic!("closed");
        };
        assert!(!message.to_string().contains(&secret.id), "{message}");
        ended |= message["id"] == "thread" && message["type"] == "error";
        told |= message["id"] == "forum" && message.to_string().contains(&public.id);
    }
    let Sent::Next(refused, None) = stream.receive().await else {
        panic!("no refusal");
    };
    assert_eq!(text(&refused, "errors.0.extensions.code"), "NOT_FOUND");
    assert_eq!(stream.receive().await, Sent::Complete);
}

async fn nothing_is_left_of_those_who_are_gone(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    for round in 0..60 {
        let mut socket = kenya.socket().await;
        let document = if round % 3 == 0 {
            FORUM_EVENTS.replace("subscription", &format!("subscription Q{round}"))
        } else {
            THREAD_EVENTS.to_string()
        };
        socket
            .subscribe("1", &document, from(&opened.id, &opened.cursor))
            .await;
        if round % 2 == 0 {
            socket.close().await;
        }
        if round % 10 == 0 {
            drop(Stream::open(&kenya, THREAD_EVENTS, from(&opened.id, &opened.cursor)).await);
        }
    }
    until("everything to be let go", || async {
        let figures = forum.figures().await;
        let left: f64 = [
            "partage_sockets{transport=\"websocket\"}",
            "partage_sockets{transport=\"events\"}",
            "partage_operations",
            "partage_subscribers",
            "partage_distinct_subscriptions",
        ]
        .map(|name| figures.get(name))
        .iter()
        .sum();
        (left == 0.0).then_some(())
    })
    .await;
}
