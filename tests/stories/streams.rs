//! Server-sent events send the same as the socket, and resume after the event that a browser names.

use reqwest::Method;
use reqwest::header::ACCEPT;
use serde_json::Value;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::FORUM_EVENTS;
use crate::support::acts::THREAD_EVENTS;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::show_to;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::text;
use crate::support::stream::Sent;
use crate::support::stream::Stream;

on_both_databases!(
    a_stream_replays_goes_live_and_goes_on_after_the_last_event,
    a_stream_is_opened_by_get_as_a_browser_does,
    what_is_refused_is_told_and_complete,
    what_is_no_request_is_no_stream,
    a_hidden_thread_ends_its_stream,
    queries_and_mutations_are_answered_as_streams_too,
    a_session_that_ends_takes_its_streams_with_it,
    more_streams_than_are_taken_are_refused with flags(["--sockets", "1"]),
);

fn from(thread: &str, after: &str) -> Value {
    json!({ "threadId": thread, "after": after })
}

async fn a_stream_replays_goes_live_and_goes_on_after_the_last_event(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let before = reply(&kenya, &opened.id, "Before.").await;
    let mut stream = Stream::open(
        &forum.visitor(),
        THREAD_EVENTS,
        from(&opened.id, &opened.cursor),
    )
    .await;
    let (event, id) = stream.event().await;
    assert_eq!(text(&event, "post.id"), before.id);
    assert_eq!(text(&event, "cursor"), id);
    let live = reply(&kenya, &opened.id, "Live.").await;
    assert_eq!(text(&stream.event().await.0, "post.id"), live.id);
    drop(stream);

    let missed = reply(&kenya, &opened.id, "While the line was cut.").await;
    let variables = from(&opened.id, &opened.cursor);
    // The header takes precedence over the variable, which a browser cannot change.
    let last = Stream::ask(&forum.visitor(), THREAD_EVENTS, &variables, Some(&id)).await;
    let mut stream = Stream::of(last).await;
    assert_eq!(text(&stream.event().await.0, "post.id"), live.id);
    assert_eq!(text(&stream.event().await.0, "post.id"), missed.id);
}

async fn a_stream_is_opened_by_get_as_a_browser_does(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let variables = from(&opened.id, &opened.cursor).to_string();
    let response = forum
        .visitor()
        .get_graphql(&[("query", THREAD_EVENTS), ("variables", &variables)])
        .header(ACCEPT, "text/event-stream")
        .send()
        .await
        .expect("an answer");
    let mut stream = Stream::of(response).await;
    let live = reply(&kenya, &opened.id, "Live.").await;
    assert_eq!(text(&stream.event().await.0, "post.id"), live.id);
}

async fn what_is_refused_is_told_and_complete(forum: Forum) {
    let hidden = open(&forum.delegate("ke"), Draft::for_members("Not for all")).await;
    let visitor = forum.visitor();
    for (document, variables, code) in [
        (THREAD_EVENTS, json!({ "threadId": hidden.id }), "NOT_FOUND"),
        (THREAD_EVENTS, json!({}), "BAD_REQUEST"),
        ("subscription {", json!({}), "BAD_REQUEST"),
        ("subscription { nothing }", json!({}), "BAD_REQUEST"),
        (FORUM_EVENTS, json!({ "after": "never was" }), "INVALID"),
    ] {
        let mut stream = Stream::open(&visitor, document, variables).await;
        let Sent::Next(body, None) = stream.receive().await else {
            panic!("{document}: no refusal");
        };
        assert_eq!(text(&body, "errors.0.extensions.code"), code, "{document}");
        assert!(body.get("data").is_none(), "{document}: {body}");
        assert_eq!(stream.receive().await, Sent::Complete, "{document}");
        assert_eq!(stream.receive().await, Sent::Cut, "{document}");
    }
}

async fn what_is_no_request_is_no_stream(forum: Forum) {
    let visitor = forum.visitor();
    let mutation = "mutation { signOut { viewer { role } } }";
    let response = visitor
        .get_graphql(&[("query", mutation)])
        .header(ACCEPT, "text/event-stream")
        .send()
        .await
        .expect("an answer");
    assert_eq!(response.status(), 405);
    let batch = visitor
        .request(Method::POST, "/graphql")
        .header(ACCEPT, "text/event-stream")
        .json(&json!([{ "query": "{ viewer { role } }" }]))
        .send()
        .await
        .expect("an answer");
    assert_eq!(batch.status(), 400);
}

async fn a_hidden_thread_ends_its_stream(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let variables = from(&opened.id, &opened.cursor);
    let mut stream = Stream::open(&forum.visitor(), THREAD_EVENTS, variables).await;
    show_to(&kenya, &opened.id, "MEMBERS").await;
    reply(&kenya, &opened.id, "For members.").await;
    let (event, _) = stream.event().await;
    assert_eq!(text(&event, "__typename"), "ThreadHidden");
    assert_eq!(stream.receive().await, Sent::Complete);
    assert_eq!(stream.receive().await, Sent::Cut);
}

async fn queries_and_mutations_are_answered_as_streams_too(forum: Forum) {
    let kenya = forum.delegate("ke");
    let mut stream = Stream::open(&kenya, "{ viewer { role } }", json!({})).await;
    let Sent::Next(body, None) = stream.receive().await else {
        panic!("no answer");
    };
    assert_eq!(text(&body, "data.viewer.role"), "DELEGATE");
    assert_eq!(stream.receive().await, Sent::Complete);
    let mutation = "mutation { signOut { viewer { role } } }";
    let mut stream = Stream::open(&kenya, mutation, json!({})).await;
    let Sent::Next(body, None) = stream.receive().await else {
        panic!("no answer");
    };
    // It ended its own session, and still receives its response.
    assert_eq!(text(&body, "data.signOut.viewer.role"), "VISITOR");
    assert_eq!(stream.receive().await, Sent::Complete);
}

async fn a_session_that_ends_takes_its_streams_with_it(forum: Forum) {
    let kenya = forum.delegate("ke");
    let mut stream = Stream::open(&kenya, FORUM_EVENTS, json!({})).await;
    let personal =
        "subscription { forumEvents { ... on ThreadOpened { thread { viewer { unread } } } } }";
    let mut of_own = Stream::open(&kenya, personal, json!({})).await;
    kenya
        .ask("mutation { signOut { viewer { role } } }", json!({}))
        .await;
    open(&forum.delegate("fr"), Draft::default()).await;
    assert_eq!(stream.receive().await, Sent::Cut);
    assert_eq!(of_own.receive().await, Sent::Cut);
}

async fn more_streams_than_are_taken_are_refused(forum: Forum) {
    let visitor = forum.visitor();
    let _held = Stream::open(&visitor, FORUM_EVENTS, json!({})).await;
    let refused = Stream::ask(&visitor, FORUM_EVENTS, &json!({}), None).await;
    assert_eq!(refused.status(), 503);
}
