//! How soon replies are acknowledged while visitors send the most expensive requests that the limits allow, and what that leaves in memory.
//! `sh benches/run abuse --help` names the options.

#![allow(
    clippy::disallowed_methods,
    reason = "a bench is a client of the forum, with a clock and keys of its own"
)]

#[allow(dead_code, reason = "the benches share it, and each uses a part of it")]
mod support;

use std::net::SocketAddr;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use clap::Parser;
use serde_json::Value;
use serde_json::json;

use crate::support::database::Database;
use crate::support::forum::Forum;
use crate::support::forum::migrate;
use crate::support::http::Http;
use crate::support::live::measure::count;
use crate::support::member::Member;
use crate::support::member::reply_request;
use crate::support::options::Common;
use crate::support::table::Table;
use crate::support::table::say;
use crate::support::times::Times;
use crate::support::times::milliseconds;
use crate::support::usage::Usage;

/// Between a reply and the next.
const PAUSE: Duration = Duration::from_millis(20);
/// Before measuring: what the first requests allocate stays.
const WARMING: Duration = Duration::from_secs(3);
/// How often memory is measured.
const GLANCE: Duration = Duration::from_millis(100);

/// Replies while visitors ask for the dearest.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    common: Common,

    /// Seconds that it lasts
    #[arg(long, default_value_t = 60)]
    seconds: u64,

    /// Visitors, each with a request under way all the time
    #[arg(long, default_value_t = 8)]
    visitors: usize,

    /// Previews in a minute from their address; a forum allows 60 if nothing else is set, and visitors have many addresses
    #[arg(long, default_value_t = 1_000_000)]
    previews: u32,
}

fn main() {
    let options = Options::parse();
    options.common.head("Replies beside the dearest requests");
    let database = Database::empty(&options.common);
    migrate(&database);
    let previews = format!("--previews-per-minute={}", options.previews);
    let forum = Forum::start(&database, &["--demo", &previews]);
    let mut member = Member::sign_in(forum.address, "delegate");
    let thread = member.open_thread("Written meanwhile").id;
    for _ in 0..100 {
        member.send(&reply_request(&thread));
    }
    let requests = requests(&thread);

    let alone = write(&mut member, &thread, WARMING);
    let warmed = beside(&forum, &requests, options.visitors, || {
        write(&mut member, &thread, WARMING)
    });
    drop(warmed);
    let time = Duration::from_secs(options.seconds);
    let (replies, answers, memory) = beside(&forum, &requests, options.visitors, || {
        write(&mut member, &thread, time)
    });
    show(&alone, &replies, time, &answers, &memory);
}

/// What visitors send: a name for the table, and the request.
fn requests(thread: &str) -> Vec<(&'static str, String)> {
    let preview = |body: String| json!({ "query": "query($body: String!) { preview(body: $body) }", "variables": { "body": body } });
    let table = format!(
        "{}|\n{}|\n{}",
        "|a".repeat(200),
        "|-".repeat(200),
        "|\n".repeat(150)
    );
    let aliases: String = (0..50)
        .map(|number| {
            format!(
                "a{number}: thread(id: \"{thread}\") {{ posts(first: 100) {{ edges {{ node {{ bodyHtml }} }} }} }} "
            )
        })
        .collect();
    let revisions = "{ threads(first: 20) { edges { node { posts(first: 20) { edges { node { \
         revisions(first: 10) { edges { node { bodyHtml } } } } } } } } } }";
    let wide = "{ threads(first: 100) { edges { node { title posts(first: 25) { edges { node { \
         bodyHtml author { name } } } } } } } }";
    let batch: Vec<Value> = (0..10)
        .map(|_| json!({ "query": "{ threads(first: 100) { edges { node { title posts(first: 4) { edges { node { bodyHtml } } } } } } }" }))
        .collect();
    let requests = [
        ("preview of a table", preview(table)),
        ("preview of deep lists", preview("- 1. ".repeat(4_000))),
        (
            "preview of lists as deep as can be",
            preview(format!("{}\n", "- ".repeat(49)).repeat(190)),
        ),
        ("preview of emphasis", preview("*a **a ".repeat(2_800))),
        ("preview of links", preview("[a](b".repeat(4_000))),
        (
            "preview of a long text",
            preview("**Bold** and *slanted* and `code` ".repeat(580)),
        ),
        ("aliases", json!({ "query": format!("{{ {aliases} }}") })),
        ("revisions", json!({ "query": revisions })),
        ("a wide document", json!({ "query": wide })),
        ("a batch", json!(batch)),
    ];
    requests
        .into_iter()
        .map(|(name, request)| (name, request.to_string()))
        .collect()
}

/// Replies one after the other for a while.
fn write(member: &mut Member, thread: &str, time: Duration) -> Times {
    let mut times = Times::default();
    let begin = Instant::now();
    while begin.elapsed() < time {
        let sent = Instant::now();
        member.send(&reply_request(thread));
        times.add(milliseconds(sent.elapsed()));
        std::thread::sleep(PAUSE);
    }
    times
}

/// The result of one kind of request.
#[derive(Clone, Default)]
struct Answers {
    name: &'static str,
    times: Times,
    refused: usize,
    /// Of the largest response.
    bytes: usize,
}

/// Resident memory of the forum, in KiB.
struct Grown {
    before: f64,
    most: f64,
    after: f64,
}

/// Does something while visitors send requests.
fn beside(
    forum: &Forum,
    requests: &[(&'static str, String)],
    visitors: usize,
    work: impl FnOnce() -> Times,
) -> (Times, Vec<Answers>, Grown) {
    let over = AtomicBool::new(false);
    let usage = forum.usage();
    let before = usage.memory().resident;
    std::thread::scope(|scope| {
        let disturbing: Vec<_> = (0..visitors)
            .map(|number| {
                let (over, address) = (&over, forum.address);
                scope.spawn(move || disturb(address, requests, number, over))
            })
            .collect();
        let watching = scope.spawn(|| watch(usage, &over));
        let times = work();
        over.store(true, Ordering::Relaxed);
        let mut all: Vec<Answers> = requests
            .iter()
            .map(|(name, _)| Answers {
                name,
                ..Answers::default()
            })
            .collect();
        for visitor in disturbing {
            for (sum, each) in all.iter_mut().zip(visitor.join().expect("a visitor")) {
                sum.times.extend(each.times);
                sum.refused += each.refused;
                sum.bytes = sum.bytes.max(each.bytes);
            }
        }
        let most = watching.join().expect("who watches");
        let after = usage.memory().resident;
        (
            times,
            all,
            Grown {
                before,
                most,
                after,
            },
        )
    })
}

/// Sends them repeatedly, starting with another one than the other visitors.
fn disturb(
    address: SocketAddr,
    requests: &[(&'static str, String)],
    number: usize,
    over: &AtomicBool,
) -> Vec<Answers> {
    let mut all = vec![Answers::default(); requests.len()];
    let mut http = Http::connect(address, &[]).expect("a connection");
    let mut at = number;
    while !over.load(Ordering::Relaxed) {
        let place = at % requests.len();
        let sent = Instant::now();
        let answer = http.post("/graphql", &requests[place].1);
        let answer = match answer {
            Ok(answer) => answer,
            // Cut off: a visitor then reconnects.
            Err(_) => {
                http = Http::connect(address, &[]).expect("a connection");
                continue;
            }
        };
        let each = &mut all[place];
        each.times.add(milliseconds(sent.elapsed()));
        each.bytes = each.bytes.max(answer.body.len());
        let is_refused = answer.body.windows(9).any(|part| part == b"\"errors\":");
        each.refused += usize::from(is_refused);
        at += 1;
    }
    all
}

/// The most resident memory until it is over.
fn watch(usage: Usage, over: &AtomicBool) -> f64 {
    let mut most = 0.0_f64;
    while !over.load(Ordering::Relaxed) {
        most = most.max(usage.memory().resident);
        std::thread::sleep(GLANCE);
    }
    most
}

fn show(alone: &Times, replies: &Times, time: Duration, answers: &[Answers], memory: &Grown) {
    let mut table = Table::new(&["replies", "beside them", "alone"]);
    let per_second = |times: &Times, time: Duration| count(times.count()) / time.as_secs_f64();
    table.compare(
        "replies/s",
        per_second(replies, time),
        per_second(alone, WARMING),
    );
    for (name, part) in [("p50, ms", 0.5), ("p99, ms", 0.99), ("longest, ms", 1.0)] {
        table.compare(name, replies.quantile(part), alone.quantile(part));
    }
    table.print();
    let mut table = Table::new(&[
        "dearest requests",
        "answered",
        "refused",
        "p50, ms",
        "p99, ms",
        "kB",
    ]);
    for each in answers {
        table.row([
            each.name.to_string(),
            each.times.count().to_string(),
            each.refused.to_string(),
            crate::support::table::number(each.times.median()),
            crate::support::table::number(each.times.quantile(0.99)),
            crate::support::table::number(count(each.bytes) / 1e3),
        ]);
    }
    table.print();
    say(&format!(
        "  resident: {:.0} MB before, {:.0} MB at most, {:.0} MB after",
        memory.before / 1024.0,
        memory.most / 1024.0,
        memory.after / 1024.0
    ));
}
