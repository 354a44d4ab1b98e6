//! Consumers of the log: each event takes effect once and in order, whatever fails or hangs; a failing consumer is reported and stops no
//! other. The server is the tests' own, with additional consumers.

use std::time::Duration;

use partage::base::event::Event;
use partage::base::event::Family;
use reqwest::Method;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::Opened;
use crate::support::acts::REPLY;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::reply_input;
use crate::support::database::Kind;
use crate::support::database::Place;
use crate::support::forum::Figures;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::template;
use crate::support::wait::until;

for_both_databases!(
    each_event_takes_effect_once_wherever_the_process_ends,
    a_consumer_that_fails_is_seen_and_stops_nobody_else,
    the_log_is_kept_for_a_consumer_that_is_behind,
);

/// The consumer's first statement of a step, and the one that acquires its lease or advances its cursor.
const FIRST: [&str; 2] = ["insert into seen (", "update consumer_cursor"];
/// No limit but the machine's.
const UNLIMITED: [&str; 2] = ["--posts-per-minute", "1000000"];
/// The process exits after so many statements: more than a step has.
const CUTS: usize = 9;

/// A database with the tables of the tests' consumer.
async fn scene(kind: Kind) -> Place {
    let place = template::of(kind).await.copy().await;
    for table in [
        "create table seen (place bigint primary key, position bigint not null)",
        "create table seen_total (events bigint not null)",
        "insert into seen_total values (0)",
        "create table seen_from (position bigint not null)",
    ] {
        place.execute(table).await;
    }
    place
}

async fn kenya(kind: Kind, process: &Process) -> Person {
    let token = template::of(kind).await.token("ke");
    Person::new(process.address, Some(token))
}

async fn numbers(place: &Place, sql: &str) -> Vec<i64> {
    let rows = place.query(sql).await;
    rows.iter()
        .map(|row| row.try_get_by_index(0).expect("a number"))
        .collect()
}

async fn number(place: &Place, sql: &str) -> i64 {
    let all = numbers(place, sql).await;
    assert_eq!(all.len(), 1, "{sql}: {all:?}");
    all[0]
}

/// The events in the log that the consumer has to handle.
async fn expected(place: &Place) -> Vec<i64> {
    let from = number(place, "select position from seen_from").await;
    let sql =
        format!("select position, facts from event where position > {from} order by position");
    let rows = place.query(&sql).await;
    rows.iter()
        .filter(|row| {
            let facts: String = row.try_get("", "facts").expect("facts");
            let event: Event = serde_json::from_str(&facts).expect("an event");
            event.family() == Family::Discussion
        })
        .map(|row| row.try_get("", "position").expect("a position"))
        .collect()
}

const SEEN: &str = "select position from seen order by place";

/// Waits until the consumer has handled the log: each event once, in order.
async fn handled(place: &Place) -> Vec<i64> {
    let seen = until("the consumer to catch up", || async {
        let (seen, expected) = (numbers(place, SEEN).await, expected(place).await);
        (seen.last() == expected.last()).then_some(seen)
    })
    .await;
    assert_eq!(seen, expected(place).await);
    let total = number(place, "select events from seen_total").await;
    assert_eq!(total, i64::try_from(seen.len()).expect("a count"));
    seen
}

/// Waits until the consumer has started.
async fn begun(place: &Place) {
    until("the consumer to begin", || async {
        let begun = numbers(place, "select position from seen_from").await;
        (!begun.is_empty()).then_some(())
    })
    .await;
}

async fn each_event_takes_effect_once_wherever_the_process_ends(kind: Kind) {
    let place = scene(kind).await;
    let process = Process::serve_consumers(place.url(), &[]).await;
    begun(&place).await;
    let opened = open(&kenya(kind, &process).await, Draft::default()).await;
    drop(process);
    for text in FIRST {
        for count in 0..CUTS {
            let process = Process::serve_consumers_and_cut(place.url(), &UNLIMITED, count, text);
            let Some(mut process) = process.await else {
                continue;
            };
            let kenya = kenya(kind, &process).await;
            // Each reply executes statements; one of them is the last.
            until("the process to end", || async {
                let input = reply_input(&opened.id, "Until the end.");
                let answer = kenya.try_graphql(REPLY, &json!({ "input": input })).await;
                answer.is_err().then_some(())
            })
            .await;
            process.end().await;
        }
    }
    let process = Process::serve_consumers(place.url(), &UNLIMITED).await;
    reply(&kenya(kind, &process).await, &opened.id, "After all.").await;
    let seen = handled(&place).await;
    assert!(seen.len() > 2, "{seen:?}");
    drop(process);
    place.remove().await;
}

async fn write(kenya: &Person, opened: &Opened, count: usize) {
    for _ in 0..count {
        reply(kenya, &opened.id, "For the consumer.").await;
    }
}

fn events(figures: &Figures) -> f64 {
    figures.get("partage_consumer_events_total{consumer=\"seen\"}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_processes_one_runs_a_consumer_and_the_other_takes_its_place() {
    let kind = Kind::Postgres;
    let place = scene(kind).await;
    let slow = ["--slow", "50", "--posts-per-minute", "10000"];
    let mut nodes = [
        Process::serve_consumers(place.url(), &slow).await,
        Process::serve_consumers(place.url(), &slow).await,
    ];
    begun(&place).await;
    let opened = open(&kenya(kind, &nodes[0]).await, Draft::default()).await;
    for node in &nodes {
        write(&kenya(kind, node).await, &opened, 5).await;
    }
    let seen = handled(&place).await;
    let mut counted = 0.0;
    for node in &nodes {
        counted += events(&Figures::told_to(&kenya(kind, node).await).await);
    }
    assert_eq!(counted, seen.len() as f64, "none was handled by both");

    for round in 0..6 {
        let (ended, other) = (round % 2, 1 - round % 2);
        // Either process may run the consumer: each is stopped in turn.
        write(&kenya(kind, &nodes[other]).await, &opened, 4).await;
        tokio::time::sleep(Duration::from_millis(60)).await;
        if round < 4 {
            nodes[ended].signal("STOP");
        } else {
            nodes[ended].kill();
        }
        write(&kenya(kind, &nodes[other]).await, &opened, 4).await;
        handled(&place).await;
        if round < 4 {
            nodes[ended].signal("CONT");
        } else {
            nodes[ended] = Process::serve_consumers(place.url(), &slow).await;
        }
        write(&kenya(kind, &nodes[ended]).await, &opened, 2).await;
        handled(&place).await;
    }
    drop(nodes);
    place.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_has_lost_its_lease_commits_nothing() {
    let kind = Kind::Postgres;
    let place = scene(kind).await;
    let process = Process::serve_consumers(place.url(), &["--slow", "700"]).await;
    begun(&place).await;
    let kenya = kenya(kind, &process).await;
    let opened = open(&kenya, Draft::default()).await;
    let before = handled(&place).await;

    // In the middle of a step another process acquires the lease.
    let database = place.name().expect("a name");
    let steps = format!(
        "select pid from pg_stat_activity where datname = '{database}' and state = 'idle in transaction' \
         and query like 'insert into seen (%'"
    );
    write(&kenya, &opened, 1).await;
    until("a step", || async {
        let steps = place.query(&steps).await;
        (!steps.is_empty()).then_some(())
    })
    .await;
    let take =
        "update consumer_cursor set holder_id = gen_random_uuid(), leased_until = 9000000000000000";
    place.execute(take).await;
    until("the end of the step", || async {
        let steps = place.query(&steps).await;
        steps.is_empty().then_some(())
    })
    .await;
    assert_eq!(numbers(&place, SEEN).await, before);

    // Its lease expires.
    place
        .execute("update consumer_cursor set leased_until = 0")
        .await;
    assert_eq!(handled(&place).await.len(), before.len() + 1);
    drop(process);
    place.remove().await;
}

async fn a_consumer_that_fails_is_seen_and_stops_nobody_else(kind: Kind) {
    let place = scene(kind).await;
    let process = Process::serve_consumers(place.url(), &["--failing"]).await;
    begun(&place).await;
    let cursors = "select position from consumer_cursor where position is not null";
    until("all consumers to begin", || async {
        (numbers(&place, cursors).await.len() == 3).then_some(())
    })
    .await;
    let kenya = kenya(kind, &process).await;
    let opened = open(&kenya, Draft::default()).await;
    write(&kenya, &opened, 3).await;
    let seen = handled(&place).await;
    let figures = until("the failures", || async {
        let figures = Figures::told_to(&kenya).await;
        let failures = |name: &str| {
            let failures = format!("partage_consumer_failures_total{{consumer=\"{name}\"}}");
            figures.get(&failures) >= 2.0
        };
        // Events that the consumer ignores still advance its cursor after a while.
        let is_behind = figures.get("partage_log_lag{reader=\"seen\"}") > 0.0;
        (failures("failing") && failures("panicking") && !is_behind).then_some(figures)
    })
    .await;
    let of = |name: &str, label: &str, consumer: &str| {
        figures.get(&format!("{name}{{{label}=\"{consumer}\"}}"))
    };
    for (name, fails) in [("seen", 0.0), ("failing", 1.0), ("panicking", 1.0)] {
        assert_eq!(of("partage_consumer_degraded", "consumer", name), fails);
        let is_behind = of("partage_log_lag", "reader", name) > 0.0;
        assert_eq!(is_behind, fails > 0.0, "{name}");
    }
    assert_eq!(
        of("partage_consumer_failures_total", "consumer", "seen"),
        0.0
    );
    assert_eq!(events(&figures), seen.len() as f64);

    let ready = kenya.request(Method::GET, "/readyz").send().await;
    let ready = ready.expect("an answer");
    assert_eq!(ready.status().as_u16(), 200, "people read and write");
    let body = ready.text().await.expect("its text");
    let lines: Vec<&str> = body.lines().collect();
    assert_eq!(lines.len(), 3, "{body}");
    assert_eq!(lines[0], "ready");
    assert!(lines[1].starts_with("degraded: failing, "), "{body}");
    assert!(lines[2].starts_with("degraded: panicking, "), "{body}");
    write(&kenya, &opened, 1).await;
    handled(&place).await;
    drop(process);
    place.remove().await;
}

const OLDEST: &str = "select min(position) from event";
const NEWEST: &str = "select max(position) from event";
const FAILING: &str = "select position from consumer_cursor where name = 'failing'";

async fn the_log_is_kept_for_a_consumer_that_is_behind(kind: Kind) {
    let place = scene(kind).await;
    let keep_five = ["--log-events", "5"];
    let with_failing = ["--log-events", "5", "--failing"];
    let process = Process::serve_consumers(place.url(), &with_failing).await;
    let cursor = until("the consumer to begin", || async {
        let rows = place.query(FAILING).await;
        rows.first()?.try_get_by_index::<Option<i64>>(0).ok()?
    })
    .await;
    let writer = kenya(kind, &process).await;
    let opened = open(&writer, Draft::default()).await;
    write(&writer, &opened, 12).await;
    drop(process);

    // The log is pruned when a server starts.
    let process = Process::serve_consumers(place.url(), &with_failing).await;
    until("the log to be pruned", || async {
        (number(&place, OLDEST).await == cursor + 1).then_some(())
    })
    .await;
    assert_eq!(number(&place, FAILING).await, cursor);
    assert!(number(&place, NEWEST).await > cursor + 5);
    drop(process);

    // A server without that consumer does not retain the log for it. When the consumer returns, it starts again.
    let process = Process::serve_consumers(place.url(), &keep_five).await;
    until("the log to be pruned", || async {
        let kept = number(&place, NEWEST).await - number(&place, OLDEST).await + 1;
        (kept == 5).then_some(())
    })
    .await;
    drop(process);
    let process = Process::serve_consumers(place.url(), &with_failing).await;
    until("the consumer to begin again", || async {
        (number(&place, FAILING).await == number(&place, NEWEST).await).then_some(())
    })
    .await;
    drop(process);
    place.remove().await;
}
