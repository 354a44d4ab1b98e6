//! Everything acknowledged survives: a process killed at any moment, or two processes on one database.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::support::acts::Draft;
use crate::support::acts::REPLY;
use crate::support::acts::THREAD_EVENTS;
use crate::support::acts::open;
use crate::support::acts::reply_input;
use crate::support::database::Kind;
use crate::support::database::Place;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::template;
use crate::support::wait::within;

for_both_databases!(
    a_killed_server_has_lost_nothing_that_it_acknowledged,
    a_terminated_server_finishes_what_it_began,
);

/// How long the clients post before the server is killed. A longer time finds rarer faults.
const POSTING: Duration = Duration::from_secs(20);
/// Posts a minute that one person may write; only the kill must stop the clients.
const UNLIMITED: [&str; 2] = ["--posts-per-minute", "1000000"];

/// A person who may post, at a server, by the word of an account.
async fn person(kind: Kind, server: &Process, word: &str) -> Person {
    let token = template::of(kind).await.token(word);
    Person::new(server.address, Some(token))
}

/// What a client received, and the key of its request.
#[derive(Clone, Debug)]
struct Acknowledged {
    id: String,
    number: i64,
    body: String,
}

type Told = Arc<Mutex<Vec<Acknowledged>>>;

/// Posts one reply after the other until the server no longer answers or the time is over.
async fn post_until_cut(person: Person, thread: String, name: String, told: Told) {
    let begun = Instant::now();
    let mut count = 0;
    while begun.elapsed() < POSTING * 4 {
        count += 1;
        let body = format!("{name} says {count}.");
        let variables = json!({ "input": reply_input(&thread, &body) });
        let Ok(answer) = person.try_graphql(REPLY, &variables).await else {
            return;
        };
        // A server that is stopping refuses; it must not acknowledge what is lost.
        if answer.status != 200 || answer.body.get("errors").is_some() {
            return;
        }
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        told.push(Acknowledged {
            id: text(&answer.body, "data.reply.post.id"),
            number: number(&answer.body, "data.reply.post.number"),
            body,
        });
    }
}

/// Starts eight clients over these servers.
async fn eight_clients(
    kind: Kind,
    servers: &[&Process],
    thread: &str,
    told: &Told,
) -> Vec<tokio::task::JoinHandle<()>> {
    let mut clients = Vec::new();
    let words = [
        "ke",
        "fr",
        "br",
        "cn",
        "us",
        "focal-ke",
        "focal-fr",
        "moderator",
    ];
    for (word, server) in words.into_iter().zip(servers.iter().cycle()) {
        let person = person(kind, server, word).await;
        let client = post_until_cut(
            person,
            thread.to_string(),
            word.to_string(),
            Arc::clone(told),
        );
        clients.push(tokio::spawn(client));
    }
    clients
}

/// Listens until the connection ends; records every event's cursor and number.
async fn listen(person: Person, thread: String, after: String) -> Vec<(String, i64)> {
    listen_and_count(person, thread, after, watch::Sender::default()).await
}

/// The same; `count` has the number of events so far.
async fn listen_and_count(
    person: Person,
    thread: String,
    after: String,
    count: watch::Sender<usize>,
) -> Vec<(String, i64)> {
    let variables = json!({ "threadId": thread, "after": after });
    let mut listener = person.subscribe(THREAD_EVENTS, variables).await;
    let mut heard = Vec::new();
    while let Some(event) = listener.event_or_end().await {
        heard.push((text(&event, "cursor"), number(&event, "post.number")));
        count.send_replace(heard.len());
    }
    heard
}

/// Numbers, ids and bodies in the table.
async fn rows(place: &Place) -> Vec<(i64, String)> {
    let sql = "select post.number as number, post_revision.body as body from post \
               join post_revision on post_revision.post_id = post.id order by post.number";
    place
        .query(sql)
        .await
        .iter()
        .map(|row| {
            let number: i32 = row.try_get("", "number").expect("a number");
            (i64::from(number), row.try_get("", "body").expect("a body"))
        })
        .collect()
}

/// What was acknowledged is in the table once, numbers have no gaps, and a subscription from `heard` on returns exactly the rows.
async fn compare(
    place: &Place,
    reader: Person,
    thread: &str,
    first: &str,
    mut heard: Vec<(String, i64)>,
    told: &Told,
) {
    let rows = rows(place).await;
    let numbers: Vec<i64> = rows.iter().map(|(number, _)| *number).collect();
    let last = i64::try_from(rows.len()).expect("a count");
    assert_eq!(numbers, (1..=last).collect::<Vec<i64>>(), "no holes");
    let told = told.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert!(told.len() > 16, "the clients posted: {}", told.len());
    for each in &told {
        let place = usize::try_from(each.number - 1).expect("a place");
        assert_eq!(
            rows[place].1, each.body,
            "acknowledged as number {}",
            each.number
        );
        let times = rows.iter().filter(|(_, body)| *body == each.body).count();
        assert_eq!(times, 1, "{}", each.body);
    }
    let ids: BTreeSet<&String> = told.iter().map(|each| &each.id).collect();
    assert_eq!(ids.len(), told.len(), "each has an id of its own");

    let after = heard
        .last()
        .map_or(first.to_string(), |(cursor, _)| cursor.clone());
    let variables = json!({ "threadId": thread, "after": after });
    let mut listener = reader.subscribe(THREAD_EVENTS, variables).await;
    while heard.last().map_or(1, |(_, number)| *number) < last {
        let event: Value = listener.event().await;
        heard.push((text(&event, "cursor"), number(&event, "post.number")));
    }
    let heard: Vec<i64> = heard.into_iter().map(|(_, number)| number).collect();
    assert_eq!(heard, (2..=last).collect::<Vec<i64>>(), "exactly the rows");
}

async fn a_killed_server_has_lost_nothing_that_it_acknowledged(kind: Kind) {
    let place = template::of(kind).await.copy().await;
    let mut server = Process::serve(place.url(), &UNLIMITED).await;
    let opened = open(&person(kind, &server, "ke").await, Draft::default()).await;
    let reader = person(kind, &server, "fr").await;
    let listener = tokio::spawn(listen(
        reader.clone(),
        opened.id.clone(),
        opened.cursor.clone(),
    ));
    let told = Told::default();
    let clients = eight_clients(kind, &[&server], &opened.id, &told).await;
    tokio::time::sleep(POSTING).await;
    server.kill();
    for client in clients {
        client.await.expect("a client");
    }
    let heard = listener.await.expect("the listener");

    let again = Process::serve(place.url(), &UNLIMITED).await;
    let reader = reader.at(again.address);
    compare(&place, reader, &opened.id, &opened.cursor, heard, &told).await;
    drop(again);
    place.remove().await;
}

/// With PostgreSQL several servers share a database; one of them is killed while clients post to both.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_servers_on_one_database_one_is_killed_and_nothing_is_lost() {
    let kind = Kind::Postgres;
    let place = template::of(kind).await.copy().await;
    let mut first = Process::serve(place.url(), &UNLIMITED).await;
    let second = Process::serve(place.url(), &UNLIMITED).await;
    let opened = open(&person(kind, &first, "ke").await, Draft::default()).await;
    let reader = person(kind, &first, "fr").await;
    let listener = tokio::spawn(listen(
        reader.clone(),
        opened.id.clone(),
        opened.cursor.clone(),
    ));
    let told = Told::default();
    let clients = eight_clients(kind, &[&first, &second], &opened.id, &told).await;
    tokio::time::sleep(POSTING / 2).await;
    first.kill();
    let heard = listener.await.expect("the listener of the first");

    // The second one continues alone, and receives what both have written.
    let (count, mut counted) = watch::channel(0);
    let survivors = tokio::spawn(listen_and_count(
        reader.at(second.address),
        opened.id.clone(),
        opened.cursor.clone(),
        count,
    ));
    tokio::time::sleep(POSTING / 2).await;
    // A slow machine needs longer to send again what the first one had sent.
    within(
        "the second to send all that the first sent",
        counted.wait_for(|count| *count >= heard.len()),
    )
    .await
    .expect("the listener of the second");
    let mut second = second;
    second.kill();
    for client in clients {
        client.await.expect("a client");
    }
    let all = survivors.await.expect("the listener of the second");
    assert_eq!(
        all[..heard.len()],
        heard[..],
        "both tell the same, in the same order"
    );

    let again = Process::serve(place.url(), &UNLIMITED).await;
    let reader = reader.at(again.address);
    compare(
        &place,
        reader.clone(),
        &opened.id,
        &opened.cursor,
        heard,
        &told,
    )
    .await;
    compare(&place, reader, &opened.id, &opened.cursor, all, &told).await;
    drop(again);
    place.remove().await;
}

async fn a_terminated_server_finishes_what_it_began(kind: Kind) {
    let place = template::of(kind).await.copy().await;
    let mut server = Process::serve(place.url(), &UNLIMITED).await;
    let opened = open(&person(kind, &server, "ke").await, Draft::default()).await;
    let reader = person(kind, &server, "fr").await;
    let mut idle = reader.socket().await;
    let told = Told::default();
    let clients = eight_clients(kind, &[&server], &opened.id, &told).await;
    crate::support::wait::until("the clients to post", || async {
        let told = told.lock().unwrap_or_else(PoisonError::into_inner);
        (told.len() > 16).then_some(())
    })
    .await;
    server.terminate();
    assert_eq!(idle.close_code().await, 1001);
    let status = server.end().await;
    assert_eq!(status.code(), Some(0), "{}", server.said());
    for client in clients {
        client.await.expect("a client");
    }
    let again = Process::serve(place.url(), &UNLIMITED).await;
    let reader = reader.at(again.address);
    compare(
        &place,
        reader,
        &opened.id,
        &opened.cursor,
        Vec::new(),
        &told,
    )
    .await;
    drop(again);
    place.remove().await;
}
