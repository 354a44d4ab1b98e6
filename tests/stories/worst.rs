//! While a visitor sends the most expensive requests that the limits allow, others write as usual, and no memory leaks. `sh benches/run
//! abuse` measures the same for a minute.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use serde_json::json;
use tokio::time::Instant;

use crate::support::acts::Draft;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::database::Kind;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::template;

const LASTS: Duration = Duration::from_secs(6);
/// For an unoptimised build, beside other tests: far below what waiting for a visitor's request would take.
const SOON: Duration = Duration::from_secs(5);
/// In KiB, twice what a minute of it may leave in a release.
const LEFT: u64 = 128 * 1024;

/// What a visitor sends, each on a connection of its own.
fn requests(thread: &str) -> Vec<Value> {
    let preview = |body: String| json!({ "query": "query($body: String!) { preview(body: $body) }", "variables": { "body": body } });
    let table = format!(
        "{}|\n{}|\n{}",
        "|a".repeat(200),
        "|-".repeat(200),
        "|\n".repeat(150)
    );
    let aliases: String = (0..50)
        .map(|number| format!("a{number}: thread(id: \"{thread}\") {{ posts(first: 100) {{ edges {{ node {{ bodyHtml }} }} }} }} "))
        .collect();
    let wide = "{ threads(first: 100) { edges { node { title posts(first: 20) { edges { node { \
                bodyHtml author { name } } } } } } } }";
    let one = json!({ "query": wide });
    vec![
        preview(table),
        preview("- 1. > ".repeat(2_800)),
        preview("*a **a ".repeat(2_800)),
        preview("[a](b".repeat(4_000)),
        preview("**Bold** and *slanted* and `code` ".repeat(580)),
        json!({ "query": format!("{{ {aliases} }}") }),
        one.clone(),
        json!(vec![one; 10]),
        json!({ "query": format!("{{ {}viewer {{ role }} }}", "viewer { role } ".repeat(400)) }),
    ]
}

/// Sends them repeatedly until the end; returns how many were answered.
async fn disturb(visitor: Person, requests: Vec<Value>, until: Instant) -> usize {
    let mut answered = 0;
    for request in requests.iter().cycle() {
        if Instant::now() >= until {
            break;
        }
        let asked = visitor.request(Method::POST, "/graphql").json(request);
        let answer = asked.send().await.expect("an answer");
        assert!(answer.status().as_u16() < 500, "{request:.200}");
        let body = answer.bytes().await.expect("all of it");
        let told = String::from_utf8_lossy(&body);
        assert!(!told.contains("BAD_REQUEST"), "{request:.200}: {told:.200}");
        assert!(
            body.len() < 8_000_000,
            "{} bytes for {request:.200}",
            body.len()
        );
        answered += 1;
    }
    answered
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_write_as_usual_while_a_visitor_asks_for_the_dearest() {
    let template = template::of(Kind::Sqlite).await;
    let place = template.copy().await;
    let server = Process::serve(place.url(), &["--previews-per-minute=100000"]).await;
    let kenya = Person::new(server.address, Some(template.token("ke")));
    let thread = open(&kenya, Draft::default()).await.id;
    for number in 0..30 {
        reply(
            &kenya,
            &thread,
            &format!("Number {number}: **well** said. ").repeat(20),
        )
        .await;
    }
    let visitor = Person::new(server.address, None);
    let all = requests(&thread);
    // The first run allocates what stays.
    disturb(visitor.clone(), all.clone(), Instant::now() + LASTS / 6).await;
    let before = server.resident();
    let until = Instant::now() + LASTS;
    let disturbing: Vec<_> = (0..4)
        .map(|start| {
            let mut all = all.clone();
            all.rotate_left(2 * start);
            tokio::spawn(disturb(visitor.clone(), all, until))
        })
        .collect();
    let (mut slowest, mut written) = (Duration::ZERO, 0);
    while Instant::now() < until {
        let begun = Instant::now();
        reply(&kenya, &thread, "Written meanwhile.").await;
        slowest = slowest.max(begun.elapsed());
        written += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for each in disturbing {
        assert!(each.await.expect("a visitor") > 0);
    }
    let after = server.resident();
    assert!(written > 5, "{written} replies in {LASTS:?}");
    assert!(slowest < SOON, "a reply took {slowest:?}");
    assert!(
        after < before + LEFT,
        "{before} KiB before, {after} KiB after"
    );
    drop(server);
    place.remove().await;
}
