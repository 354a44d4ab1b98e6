//! Two nodes on one PostgreSQL behind a proxy: what is written on one is received on both, even while either is restarted.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::THREAD_EVENTS;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::database::Kind;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::proxy::Proxy;
use crate::support::stream::Stream;
use crate::support::template;
use crate::support::wait::until;

/// Subscribes through the proxy from a cursor on, reconnecting after each interruption, until a number has been received.
async fn listen_until(reader: Person, thread: String, mut cursor: String, last: i64) -> Vec<i64> {
    let mut heard = Vec::new();
    while heard.last() != Some(&last) {
        let Some(mut socket) = reader.try_socket().await else {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            continue;
        };
        let variables = json!({ "threadId": thread, "after": cursor });
        if !socket.try_subscribe("1", THREAD_EVENTS, &variables).await {
            continue;
        }
        while let Some(event) = socket.next_event("1").await {
            heard.push(number(&event, "post.number"));
            cursor = text(&event, "cursor");
            if heard.last() == Some(&last) {
                break;
            }
        }
    }
    heard
}

fn from(thread: &str, after: &str) -> Value {
    json!({ "threadId": thread, "after": after })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_proxy_two_nodes_are_one_forum_also_while_either_restarts() {
    let kind = Kind::Postgres;
    let template = template::of(kind).await;
    let place = template.copy().await;
    let first = Process::serve(place.url(), &["--behind-proxy"]).await;
    let second = Process::serve(place.url(), &["--behind-proxy"]).await;
    let proxy = Proxy::before([first.address, second.address]).await;
    let kenya = Person::new(proxy.address, Some(template.token("ke")));
    let opened = open(&kenya, Draft::default()).await;

    // One listener directly on each node, and one by each transport through the proxy.
    let mut on_first = kenya
        .at(first.address)
        .subscribe(THREAD_EVENTS, from(&opened.id, &opened.cursor))
        .await;
    let mut on_second = kenya
        .at(second.address)
        .subscribe(THREAD_EVENTS, from(&opened.id, &opened.cursor))
        .await;
    let mut stream = Stream::open(&kenya, THREAD_EVENTS, from(&opened.id, &opened.cursor)).await;
    let rounds = 20;
    let listener = tokio::spawn(listen_until(
        kenya.clone(),
        opened.id.clone(),
        opened.cursor.clone(),
        2 * rounds + 1,
    ));
    for round in 0..rounds {
        let node = if round % 2 == 0 { &first } else { &second };
        let written = reply(&kenya.at(node.address), &opened.id, "On one node.").await;
        for heard in [&mut on_first, &mut on_second] {
            assert_eq!(text(&heard.event().await, "post.id"), written.id);
        }
        assert_eq!(text(&stream.event().await.0, "post.id"), written.id);
    }

    // Each node is killed and restarted at its address; what is written meanwhile reaches the other.
    let mut nodes = [first, second];
    for restarted in 0..2 {
        let address = nodes[restarted].address.to_string();
        nodes[restarted].kill();
        let other = kenya.at(nodes[1 - restarted].address);
        for _ in 0..rounds / 4 {
            reply(&other, &opened.id, "While the other is down.").await;
        }
        nodes[restarted] = Process::serve_at(&address, place.url(), &["--behind-proxy"]).await;
        for _ in 0..rounds / 4 {
            reply(&other, &opened.id, "While the other is back.").await;
        }
    }
    let heard = listener.await.expect("the listener");
    assert_eq!(heard, (2..=2 * rounds + 1).collect::<Vec<i64>>());
    // The proxy uses whichever node is up.
    nodes[0].kill();
    until("the remaining node to answer", || async {
        let answer = kenya.try_graphql("{ viewer { role } }", &json!({})).await;
        answer
            .is_ok_and(|answer| answer.status == 200)
            .then_some(())
    })
    .await;
    drop(nodes);
    drop(proxy);
    place.remove().await;
}
