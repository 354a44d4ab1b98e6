//! The socket implements graphql-transport-ws, and its close codes say what was wrong.

use serde_json::Value;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::support::acts::Draft;
use crate::support::acts::FORUM_EVENTS;
use crate::support::acts::THREAD_EVENTS;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::at;
use crate::support::json::text;
use crate::support::socket::PROTOCOL;
use crate::support::socket::Received;
use crate::support::socket::Socket;
use crate::support::socket::kind;
use crate::support::wait::until;

on_both_databases!(
    another_subprotocol_is_closed_with_4406,
    silence_instead_of_connection_init_is_closed_with_4408 with flags(["--socket-init-seconds", "1"]),
    a_second_connection_init_is_closed_with_4429,
    subscribing_before_the_acknowledgement_is_closed_with_4401,
    the_same_id_twice_is_closed_with_4409,
    what_is_no_message_is_closed_with_4400,
    a_ping_is_answered_with_its_payload,
    a_document_that_does_not_validate_is_an_error_message,
    queries_and_mutations_run_on_the_socket_too,
    a_completed_subscription_is_silent_and_its_id_is_free_again,
    many_operations_share_a_socket,
    too_many_operations_on_one_socket_are_refused with flags(["--socket-operations", "3"]),
    too_large_a_message_is_closed_with_1009,
    more_messages_than_are_taken_are_closed_with_1008 with flags(["--socket-messages-per-second", "20"]),
    a_socket_on_which_nothing_is_asked_is_closed with flags(["--socket-idle-seconds", "1"]),
    a_peer_that_answers_no_ping_is_dropped with flags(["--socket-ping-seconds", "1"]),
    an_id_that_is_used_again_hears_only_its_new_operation,
    more_sockets_than_are_taken_from_an_address_are_closed_with_1013 with
        flags(["--behind-proxy", "--sockets-per-address", "2"]),
    a_close_is_answered_with_its_code,
    more_sockets_than_are_taken_for_a_person_are_closed_with_1013 with flags(["--sockets-per-person", "2"]),
);

async fn a_close_is_answered_with_its_code(forum: Forum) {
    for code in [1000, 1001, 3000, 4000, 4999] {
        let mut socket = forum.visitor().socket().await;
        socket.subscribe("1", FORUM_EVENTS, json!({})).await;
        let frame = CloseFrame {
            code: CloseCode::from(code),
            reason: "Enough".into(),
        };
        socket.send_frame(Message::Close(Some(frame))).await;
        assert_eq!(socket.close_code().await, code);
    }
    let mut silent = forum.visitor().raw_socket().await;
    silent.send_frame(Message::Close(None)).await;
    assert_eq!(silent.close_code().await, 1005, "no code to none");
}

async fn another_subprotocol_is_closed_with_4406(forum: Forum) {
    let mut socket = Socket::try_open(forum.address(), &[])
        .await
        .expect("an upgrade");
    assert_eq!(socket.close_code().await, 4406);
}

async fn silence_instead_of_connection_init_is_closed_with_4408(forum: Forum) {
    let mut socket = forum.visitor().raw_socket().await;
    assert_eq!(socket.close_code().await, 4408);
}

async fn a_second_connection_init_is_closed_with_4429(forum: Forum) {
    let mut socket = forum.visitor().socket().await;
    socket.send(json!({ "type": "connection_init" })).await;
    assert_eq!(socket.close_code().await, 4429);
}

async fn subscribing_before_the_acknowledgement_is_closed_with_4401(forum: Forum) {
    let mut socket = forum.delegate("ke").raw_socket().await;
    socket.subscribe("1", FORUM_EVENTS, json!({})).await;
    assert_eq!(socket.close_code().await, 4401);
}

async fn the_same_id_twice_is_closed_with_4409(forum: Forum) {
    let mut socket = forum.visitor().socket().await;
    socket.subscribe("1", FORUM_EVENTS, json!({})).await;
    socket.subscribe("1", FORUM_EVENTS, json!({})).await;
    assert_eq!(socket.close_code().await, 4409);
}

async fn what_is_no_message_is_closed_with_4400(forum: Forum) {
    for frame in [
        Message::text("not JSON"),
        Message::text("[]"),
        Message::text(r#"{"type":"unheard-of"}"#),
        Message::text(r#"{"type":"subscribe","id":"1"}"#),
        Message::text(r#"{"type":"ping","type":"ping"}"#),
        Message::text(
            r#"{"type":"subscribe","id":"1","payload":{"query":"{ __typename }","variables":{"a":{"b":1,"b":1}}}}"#,
        ),
        Message::text(r#"{"type":"subscribe","payload":{"query":"{ __typename }"}}"#),
        Message::binary(vec![1, 2, 3]),
    ] {
        let mut socket = forum.visitor().socket().await;
        socket.send_frame(frame.clone()).await;
        assert_eq!(socket.close_code().await, 4400, "{frame:?}");
    }
}

async fn a_ping_is_answered_with_its_payload(forum: Forum) {
    let mut socket = forum.visitor().socket().await;
    socket
        .send(json!({ "type": "ping", "payload": { "at": 1 } }))
        .await;
    let Received::Message(pong) = socket.receive().await else {
        panic!("no pong");
    };
    assert_eq!(pong["type"], "pong");
    socket.send(json!({ "type": "pong" })).await;
    socket.send(json!({ "type": "ping" })).await;
    assert_eq!(
        kind(&socket.receive().await),
        "pong",
        "a pong asks for nothing"
    );
}

async fn a_document_that_does_not_validate_is_an_error_message(forum: Forum) {
    let mut socket = forum.visitor().socket().await;
    for (id, document) in [
        ("1", "subscription { noSuchEvents { id } }"),
        ("2", "subscription {"),
        ("3", "{ noSuchField }"),
    ] {
        socket.subscribe(id, document, json!({})).await;
        let received = socket.receive().await;
        let Received::Message(message) = &received else {
            panic!("the socket ended: {received:?}");
        };
        assert_eq!(kind(&received), "error", "{message:#}");
        assert_eq!(text(message, "id"), id);
        let code = text(at(message, "payload"), "0.extensions.code");
        assert_eq!(code, "BAD_REQUEST");
    }
    // The socket stays open.
    socket.send(json!({ "type": "ping" })).await;
    assert_eq!(kind(&socket.receive().await), "pong");
}

async fn queries_and_mutations_run_on_the_socket_too(forum: Forum) {
    let kenya = forum.delegate("ke");
    let mut socket = kenya.socket().await;
    socket
        .subscribe("q", "{ viewer { person { name } } }", json!({}))
        .await;
    let Received::Message(next) = socket.receive().await else {
        panic!("no answer");
    };
    assert_eq!(next["type"], "next");
    assert_eq!(
        text(&next, "payload.data.viewer.person.name"),
        "Delegate of Kenya"
    );
    let Received::Message(complete) = socket.receive().await else {
        panic!("no end");
    };
    assert_eq!(complete, json!({ "id": "q", "type": "complete" }));

    let opened = open(&kenya, Draft::default()).await;
    let input = crate::support::acts::reply_input(&opened.id, "By the socket.");
    let variables = json!({ "input": input });
    socket
        .subscribe("m", crate::support::acts::REPLY, variables)
        .await;
    let Received::Message(next) = socket.receive().await else {
        panic!("no answer");
    };
    assert_eq!(
        text(&next, "payload.data.reply.post.body"),
        "By the socket."
    );
}

async fn a_completed_subscription_is_silent_and_its_id_is_free_again(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let other = open(&kenya, Draft::titled("The other")).await;
    let mut socket = forum.visitor().socket().await;
    let from = |thread: &str| json!({ "threadId": thread, "after": other.cursor });
    socket.subscribe("1", THREAD_EVENTS, from(&opened.id)).await;
    reply(&kenya, &opened.id, "Heard.").await;
    let Received::Message(next) = socket.receive().await else {
        panic!("no event");
    };
    assert_eq!(text(&next, "payload.data.threadEvents.post.body"), "Heard.");

    socket.send(json!({ "type": "complete", "id": "1" })).await;
    socket.subscribe("1", THREAD_EVENTS, from(&other.id)).await;
    reply(&kenya, &opened.id, "Unheard.").await;
    reply(&kenya, &other.id, "Of the other.").await;
    let Received::Message(next) = socket.receive().await else {
        panic!("no event");
    };
    let body = text(&next, "payload.data.threadEvents.post.body");
    assert_eq!(body, "Of the other.");
}

async fn many_operations_share_a_socket(forum: Forum) {
    let kenya = forum.delegate("ke");
    let mut threads = Vec::new();
    for count in 0..5 {
        threads.push(open(&kenya, Draft::titled(format!("Thread {count}"))).await);
    }
    let after = &threads[4].cursor;
    let mut socket = kenya.socket().await;
    for (count, thread) in threads.iter().enumerate() {
        let variables = json!({ "threadId": thread.id, "after": after });
        socket
            .subscribe(&format!("s{count}"), THREAD_EVENTS, variables)
            .await;
    }
    for (count, thread) in threads.iter().enumerate() {
        let posted = reply(&kenya, &thread.id, "News.").await;
        let Received::Message(next) = socket.receive().await else {
            panic!("no event");
        };
        assert_eq!(text(&next, "id"), format!("s{count}"));
        assert_eq!(text(&next, "payload.data.threadEvents.post.id"), posted.id);
    }
}

async fn too_many_operations_on_one_socket_are_refused(forum: Forum) {
    let mut socket = forum.visitor().socket().await;
    for id in ["1", "2", "3", "4"] {
        socket.subscribe(id, FORUM_EVENTS, json!({})).await;
    }
    let refused: Value = match socket.receive().await {
        Received::Message(message) => message,
        ended => panic!("the socket ended: {ended:?}"),
    };
    assert_eq!(text(&refused, "type"), "error");
    assert_eq!(text(&refused, "id"), "4");
    let code = text(at(&refused, "payload"), "0.extensions.code");
    assert!(
        ["TOO_MANY", "LIMIT_EXCEEDED"].contains(&code.as_str()),
        "{code}"
    );
    // There is room again after one has ended.
    socket.send(json!({ "type": "complete", "id": "1" })).await;
    socket.subscribe("5", "{ __typename }", json!({})).await;
    assert_eq!(kind(&socket.receive().await), "next");
}

async fn too_large_a_message_is_closed_with_1009(forum: Forum) {
    let mut socket = forum.visitor().socket().await;
    let padding = "x".repeat(5_000_000);
    let message = json!({ "type": "ping", "payload": { "padding": padding } });
    // The server may respond before everything is sent.
    let _ = socket.try_send(Message::text(message.to_string())).await;
    assert_eq!(socket.close_code().await, 1009);
    // Others are not affected.
    let mut other = forum.visitor().socket().await;
    other.send(json!({ "type": "ping" })).await;
    assert_eq!(kind(&other.receive().await), "pong");
}

async fn more_messages_than_are_taken_are_closed_with_1008(forum: Forum) {
    let mut socket = forum.visitor().socket().await;
    for _ in 0..40 {
        let _ = socket
            .try_send(Message::text(json!({ "type": "ping" }).to_string()))
            .await;
    }
    assert_eq!(socket.close_code().await, 1008);
}

async fn a_socket_on_which_nothing_is_asked_is_closed(forum: Forum) {
    let mut busy = forum.visitor().socket().await;
    busy.subscribe("1", FORUM_EVENTS, json!({})).await;
    let mut idle = forum.visitor().socket().await;
    assert_eq!(idle.close_code().await, 1000);
    // A client that follows something stays connected.
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let Received::Message(heard) = busy.receive().await else {
        panic!("the busy socket was closed");
    };
    assert_eq!(
        text(&heard, "payload.data.forumEvents.thread.id"),
        opened.id
    );
}

async fn a_peer_that_answers_no_ping_is_dropped(forum: Forum) {
    let mut silent = forum.visitor().socket().await;
    silent.subscribe("1", FORUM_EVENTS, json!({})).await;
    let open_sockets = || async {
        let figures = forum.figures().await;
        (figures.get("partage_sockets{transport=\"websocket\"}") == 0.0
            && figures.get("partage_subscribers") == 0.0
            && figures.get("partage_distinct_subscriptions") == 0.0)
            .then_some(())
    };
    // Nothing reads the socket, so no pong is ever sent.
    until("the silent peer to be dropped", open_sockets).await;
    drop(silent);
}

async fn an_id_that_is_used_again_hears_only_its_new_operation(forum: Forum) {
    let kenya = forum.delegate("ke");
    let mut socket = kenya.socket().await;
    for _ in 0..20 {
        socket
            .subscribe("1", "{ threads { edges { node { id } } } }", json!({}))
            .await;
        socket.send(json!({ "type": "complete", "id": "1" })).await;
    }
    socket.subscribe("1", FORUM_EVENTS, json!({})).await;
    socket
        .subscribe("2", "{ viewer { role } }", json!({}))
        .await;
    loop {
        let Received::Message(message) = socket.receive().await else {
            panic!("closed");
        };
        if message["id"] == "2" && message["type"] == "complete" {
            break;
        }
    }
    let opened = open(&kenya, Draft::default()).await;
    let Received::Message(message) = socket.receive().await else {
        panic!("closed");
    };
    assert_eq!(
        text(&message, "payload.data.forumEvents.thread.id"),
        opened.id
    );
}

/// Opens a socket as if it came through a proxy from an address.
async fn from_address(forum: &Forum, address: &str) -> Socket {
    let headers = [
        ("sec-websocket-protocol", PROTOCOL),
        ("x-forwarded-for", address),
    ];
    Socket::try_open(forum.address(), &headers)
        .await
        .expect("the upgrade")
}

async fn more_sockets_than_are_taken_from_an_address_are_closed_with_1013(forum: Forum) {
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut socket = from_address(&forum, "192.0.2.1").await;
        socket.init().await;
        held.push(socket);
    }
    let mut third = from_address(&forum, "192.0.2.1").await;
    assert_eq!(third.close_code().await, 1013);
    from_address(&forum, "192.0.2.2").await.init().await;
    // Closing one makes room.
    held.clear();
    until("room for another", || async {
        let mut socket = from_address(&forum, "192.0.2.1").await;
        socket.try_init().await.then_some(())
    })
    .await;
}

async fn more_sockets_than_are_taken_for_a_person_are_closed_with_1013(forum: Forum) {
    let kenya = forum.delegate("ke");
    let _held = (kenya.socket().await, kenya.socket().await);
    let mut third = kenya.raw_socket().await;
    third.send(json!({ "type": "connection_init" })).await;
    assert_eq!(third.close_code().await, 1013);
    forum.delegate("fr").socket().await;
    forum.visitor().socket().await;
}
