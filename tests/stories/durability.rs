//! Nothing acknowledged is lost when the database fails in the middle of changes, and the forum recovers by itself when the database works
//! again.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::REPLY;
use crate::support::acts::open;
use crate::support::acts::reply_input;
use crate::support::chance::Chance;
use crate::support::database::Kind;
use crate::support::database::Place;
use crate::support::forum::Figures;
use crate::support::json::text;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::template;
use crate::support::wait::until;

for_both_databases!(what_is_acknowledged_while_the_database_fails_is_there);

const ROUNDS: u32 = 50;
const WRITERS: u32 = 3;
/// Attempts of one writer in a round.
const ATTEMPTS: u32 = 6;

/// The outcome of one reply.
enum Outcome {
    Acknowledged(String),
    /// The forum reported that it is temporarily unavailable.
    Unavailable,
}

async fn attempt(writer: &Person, thread: &str, body: &str) -> Outcome {
    let variables = json!({ "input": reply_input(thread, body) });
    let answer = writer.try_graphql(REPLY, &variables).await;
    let answer = answer.expect("an answer, also while the database fails");
    if answer.body.get("errors").is_none() {
        return Outcome::Acknowledged(text(&answer.body, "data.reply.post.id"));
    }
    let code = text(&answer.body, "errors.0.extensions.code");
    assert_eq!(code, "UNAVAILABLE", "{:#}", answer.body);
    // What was committed, but could not be read for the response, is a partial response.
    let is_in_part = !answer.body["data"]["reply"].is_null();
    let status = if is_in_part { 200 } else { 503 };
    assert_eq!(answer.status, status, "{:#}", answer.body);
    assert!(answer.body["errors"][0]["extensions"]["retryAfter"].is_u64());
    Outcome::Unavailable
}

/// Disconnects the database of a running server, and reconnects it.
struct Failing {
    kind: Kind,
    chance: Chance,
    folder: std::path::PathBuf,
}

impl Failing {
    /// SQLite: no file can grow beyond a size that its log is about to reach, as on a full disk or with an I/O error.
    fn begin(&mut self, process: &Process) {
        if self.kind == Kind::Sqlite {
            let log = self.folder.join("forum.db-wal");
            let size = std::fs::metadata(log).map_or(0, |file| file.len());
            let file = std::fs::metadata(self.folder.join("forum.db")).expect("the database");
            // The log restarts from time to time: then it is the database file that must not grow.
            let most = size.min(file.len()) + self.chance.below(60_000);
            limit_files(process, &most.to_string());
        }
    }

    /// PostgreSQL: the server closes the connections, whatever they are doing.
    async fn strike(&mut self, place: &Place) {
        if self.kind == Kind::Postgres {
            tokio::time::sleep(Duration::from_millis(self.chance.below(40))).await;
            place
                .query(
                    "select pg_terminate_backend(pid) from pg_stat_activity \
                     where datname = current_database() and application_name = 'partage'",
                )
                .await;
        }
    }

    fn end(&self, process: &Process) {
        if self.kind == Kind::Sqlite {
            limit_files(process, "unlimited");
        }
    }
}

fn limit_files(process: &Process, bytes: &str) {
    let status = Command::new("prlimit")
        .args(["--pid", &process.id().to_string()])
        .arg(format!("--fsize={bytes}:"))
        .status()
        .expect("prlimit, of util-linux");
    assert!(status.success());
}

async fn is_ready(visitor: &Person) -> bool {
    let asked = visitor.request(reqwest::Method::GET, "/readyz").send();
    asked.await.expect("an answer").status() == 200
}

/// The posts of a thread, by their ids.
pub(super) async fn posts(visitor: &Person, thread: &str) -> BTreeSet<String> {
    let document = "query($id: ID!, $after: String) { thread(id: $id) { posts(first: 100, after: $after) { \
         pageInfo { hasNextPage endCursor } edges { node { id } } } } }";
    let mut found = BTreeSet::new();
    let mut after = Value::Null;
    loop {
        let variables = json!({ "id": thread, "after": after });
        let data = visitor.ask(document, variables).await;
        let page = &data["thread"]["posts"];
        let edges = page["edges"].as_array().expect("edges");
        found.extend(edges.iter().map(|edge| text(edge, "node.id")));
        if page["pageInfo"]["hasNextPage"] != true {
            return found;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// A text long enough that the log's file has to grow.
fn body(round: u32, number: u32, attempted: u32) -> String {
    format!("{round} {number} {attempted} {}", "word ".repeat(400))
}

async fn what_is_acknowledged_while_the_database_fails_is_there(kind: Kind) {
    let template = template::of(kind).await;
    let place = template.copy().await;
    let fast = ["--posts-per-minute=1000000"];
    let mut process = Process::serve_on_files_that_may_not_grow(place.url(), &fast).await;
    let writer = Person::new(process.address, Some(template.token("ke")));
    let visitor = Person::new(process.address, None);
    let thread = open(&writer, Draft::titled("Written while the disk is full")).await;
    let mut failing = Failing {
        kind,
        chance: Chance::new(Chance::seed()),
        folder: place.folder().to_path_buf(),
    };
    let mut outcomes = Vec::new();
    let mut told = 0;
    for round in 0..ROUNDS {
        failing.begin(&process);
        let writers = (0..WRITERS).map(|number| {
            let (writer, thread) = (&writer, &thread.id);
            async move {
                let mut outcomes = Vec::new();
                for attempted in 0..ATTEMPTS {
                    outcomes.push(attempt(writer, thread, &body(round, number, attempted)).await);
                }
                outcomes
            }
        });
        let (done, ()) = tokio::join!(
            futures_util::future::join_all(writers),
            failing.strike(&place)
        );
        outcomes.extend(done.into_iter().flatten());
        if kind == Kind::Sqlite {
            // However little space is left: while a text does not fit, the server is not ready.
            let before = attempt(&writer, &thread.id, &body(round, WRITERS, 0)).await;
            let ready = is_ready(&visitor).await;
            let after = attempt(&writer, &thread.id, &body(round, WRITERS, 1)).await;
            if matches!(
                (&before, &after),
                (Outcome::Unavailable, Outcome::Unavailable)
            ) {
                assert!(!ready, "in round {round} it said that it is ready");
                told += 1;
            }
            outcomes.extend([before, after]);
        }
        failing.end(&process);
        until("the forum to serve again", || async {
            is_ready(&visitor).await.then_some(())
        })
        .await;
    }
    let mut acknowledged = BTreeSet::new();
    let mut refused = 0;
    for outcome in outcomes {
        match outcome {
            Outcome::Acknowledged(id) => assert!(acknowledged.insert(id)),
            Outcome::Unavailable => refused += 1,
        }
    }
    assert!(refused >= 10, "the database failed {refused} times");
    if kind == Kind::Sqlite {
        assert!(told >= 10, "it was seen {told} times that /readyz tells");
        let counted = Figures::told_to(&visitor).await;
        let failures = counted.get("partage_failed_changes{trouble=\"disk\"}")
            + counted.get("partage_failed_changes{trouble=\"full\"}");
        assert!(
            failures >= f64::from(refused),
            "{failures} of {refused} were counted"
        );
    }
    let seen = posts(&visitor, &thread.id).await;
    assert!(acknowledged.is_subset(&seen), "readers see every one");
    process.terminate();
    process.end().await;
    let process = Process::serve(place.url(), &[]).await;
    let visitor = Person::new(process.address, None);
    assert_eq!(posts(&visitor, &thread.id).await, seen, "and after a stop");
    drop(process);
    place.remove().await;
}
