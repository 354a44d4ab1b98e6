//! Clients come and go, half of them without closing their connection: nothing of them remains.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::support::acts::Draft;
use crate::support::acts::FORUM_EVENTS;
use crate::support::acts::THREAD_EVENTS;
use crate::support::acts::open;
use crate::support::chance::Chance;
use crate::support::database::Kind;
use crate::support::forum::Figures;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::raw::Raw;
use crate::support::stream::Stream;
use crate::support::template;
use crate::support::wait::until;

const CYCLES: u64 = 10_000;
/// Cycles before memory is first measured: what the first clients allocate stays.
const WARMING: u64 = 1_500;
/// Concurrent clients.
const AT_ONCE: usize = 24;
/// Maximum growth after ten thousand clients, in KiB.
const LEFT: u64 = 32 * 1024;

/// The metrics of every map that holds clients.
const FIGURES: [&str; 6] = [
    "partage_sockets{transport=\"websocket\"}",
    "partage_sockets{transport=\"events\"}",
    "partage_operations",
    "partage_subscribers",
    "partage_distinct_subscriptions",
    "partage_present_threads",
];

/// One client that connects, sends a query, perhaps receives an event, and disconnects in one of many ways.
async fn visit(person: Person, thread: String, cursor: String, mut chance: Chance) {
    let after = json!({ "threadId": thread, "after": cursor });
    match chance.below(10) {
        // Cut before a message, within a frame, before the acknowledgement.
        0 => drop(Raw::open(person.address()).await),
        1 => {
            let mut raw = Raw::open(person.address()).await;
            raw.send(&[0x81, 0xfe, 0x10]).await;
        }
        2 => drop(person.raw_socket().await),
        3 => {
            let stream = Stream::open(&person, THREAD_EVENTS, after).await;
            drop(stream);
        }
        way => {
            let mut socket = person.socket().await;
            let alias = chance.below(40);
            let document = FORUM_EVENTS.replace("subscription", &format!("subscription S{alias}"));
            socket
                .subscribe("own", &document, json!({ "after": cursor }))
                .await;
            socket.subscribe("shared", THREAD_EVENTS, after).await;
            let presence = "subscription($id: ID!) { threadPresence(threadId: $id) { readers } }";
            socket
                .subscribe("presence", presence, json!({ "id": thread }))
                .await;
            if way % 2 == 0 {
                drop(socket.receive().await);
            }
            if way < 9 {
                socket.close().await;
            }
        }
    }
}

async fn visits(person: &Person, thread: &str, cursor: &str, count: u64, seed: u64) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut guests = JoinSet::new();
    for guest in 0..count {
        let place = Arc::clone(&places).acquire_owned().await.expect("a place");
        let visit = visit(
            person.clone(),
            thread.to_string(),
            cursor.to_string(),
            Chance::new(seed + guest),
        );
        guests.spawn(async move {
            visit.await;
            drop(place);
        });
        while let Some(gone) = guests.try_join_next() {
            gone.expect("a guest");
        }
    }
    while let Some(gone) = guests.join_next().await {
        gone.expect("a guest");
    }
}

async fn nobody_is_left(person: &Person) {
    until("everything of the guests to be let go", || async {
        let figures = Figures::told_to(person).await;
        let left: f64 = FIGURES.map(|name| figures.get(name)).iter().sum();
        (left == 0.0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_ten_thousand_guests_nothing_stays() {
    let seed = Chance::seed();
    let template = template::of(Kind::Sqlite).await;
    let place = template.copy().await;
    let limits = ["--socket-ping-seconds", "2", "--socket-init-seconds", "2"];
    let server = Process::serve(place.url(), &limits).await;
    let kenya = Person::new(server.address, Some(template.token("ke")));
    let opened = open(&kenya, Draft::default()).await;
    visits(&kenya, &opened.id, &opened.cursor, WARMING, seed).await;
    nobody_is_left(&kenya).await;
    let before = server.resident();
    visits(&kenya, &opened.id, &opened.cursor, CYCLES, seed + WARMING).await;
    nobody_is_left(&kenya).await;
    // The allocator returns memory with a delay.
    let mut after = server.resident();
    for _ in 0..50 {
        if after <= before + LEFT {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        after = server.resident();
    }
    assert!(
        after <= before + LEFT,
        "{before} KiB before, {after} KiB after"
    );
    eprintln!("{before} KiB before, {after} KiB after");
    drop(server);
    place.remove().await;
}
