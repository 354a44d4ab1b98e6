//! What lists, filters, pages and a reply cost in forums of 10,000, 100,000 and 1,000,000 posts, beside a bare handler over the
//! same rows. `sh benches/run growth --help` names the options.

#![allow(
    clippy::disallowed_methods,
    reason = "a bench is a client of the forum, with a clock and keys of its own"
)]

#[allow(dead_code, reason = "the benches share it, and each uses a part of it")]
mod support;

use std::time::Duration;
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Parser;
use serde_json::Value;
use serde_json::json;

use crate::support::database::Database;
use crate::support::forum::Forum;
use crate::support::forum::migrate;
use crate::support::grown::LONG;
use crate::support::grown::grow;
use crate::support::http::Http;
use crate::support::library;
use crate::support::library::Library;
use crate::support::live::measure::count;
use crate::support::member::Member;
use crate::support::member::reply_request;
use crate::support::options::Common;
use crate::support::table::Table;
use crate::support::table::number;
use crate::support::table::ratio;
use crate::support::table::say;
use crate::support::times::Times;
use crate::support::times::milliseconds;
use crate::support::usage::Usage;

/// Requests before anything is counted.
const WARMING: usize = 5;

/// Forums of several sizes.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    common: Common,

    /// Posts in each forum, the smallest first
    #[arg(long, value_delimiter = ',', default_value = "10000,100000,1000000")]
    posts: Vec<usize>,

    /// Milliseconds for each kind of request in each forum
    #[arg(long, default_value_t = 1_000)]
    time: u64,
}

/// What one kind of request costs in one forum.
#[derive(Clone, Copy)]
struct Cost {
    /// Processor time in milliseconds.
    processor: f64,
    /// The 99th of a hundred, in milliseconds.
    late: f64,
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(library::PART) {
        let database = arguments.next().expect("the address of a database");
        return library::run(&database);
    }
    let options = Options::parse();
    options.common.head("Growth");
    let time = Duration::from_millis(options.time);
    let mut all: Vec<Vec<(String, Cost)>> = Vec::new();
    for posts in &options.posts {
        let database = Database::empty(&options.common);
        migrate(&database);
        drop(Forum::start(&database, &["--demo"]));
        let began = Instant::now();
        grow(&database, *posts);
        let seconds = began.elapsed().as_secs_f64();
        // Every request is executed.
        let forum = Forum::start(&database, &["--answer-cache-bytes=0"]);
        say(&format!(
            "{posts} posts: made in {seconds:.0} s, ready after {:.0} ms",
            milliseconds(forum.started)
        ));
        let mut costs = of_forum(&forum, time);
        let bare = Library::start(database.url());
        let watched = bare.child.usage();
        for (name, path) in [("bare: list", "/threads"), ("bare: thread", "/threads/0")] {
            let mut http = Http::connect(bare.address, &[]).expect("a connection");
            let mut get = || drop(http.get(path).expect("an answer"));
            costs.push((name.to_string(), measure(watched, time, &mut get)));
        }
        all.push(costs);
    }
    show(&options.posts, &all);
}

/// Each kind of request, one after another on one connection.
fn of_forum(forum: &Forum, time: Duration) -> Vec<(String, Cost)> {
    let mut visitor = Member::new(forum.address, None);
    let delegate = Member::sign_in(forum.address, "delegate");
    let moderator = Member::sign_in(forum.address, "moderator");
    let watched = forum.usage();
    let mut costs = Vec::new();
    let newest = "{ threads(first: 40) { edges { node { id author { id } } } } }";
    let found = visitor.ask(newest, Value::Null);
    let at = |place: &str| {
        let id = found.pointer(&format!("/threads/edges/30/node/{place}"));
        id.and_then(Value::as_str).expect("an id").to_string()
    };
    let (thread, person) = (at("id"), at("author/id"));
    let long = long_thread(&mut visitor);
    let row = "edges { node { id title lastActivityAt viewer { unread } } }";
    let list = |filter: &str| json!({ "query": format!("{{ threads(first: 25, filter: {{ {filter} }}) {{ {row} }} }}") });
    let total = |filter: &str| json!({ "query": format!("{{ threads(first: 0, filter: {{ {filter} }}) {{ totalCount }} }}") });
    let posts = |id: &str, window: &str| {
        let query = format!(
            "query($id: ID!) {{ thread(id: $id) {{ title updatedAt posts({window}) {{ edges {{ node {{ number bodyHtml }} }} }} }} }}"
        );
        json!({ "query": query, "variables": { "id": id } })
    };
    let of_person = "query($id: ID!) { node(id: $id) { ... on Person { \
        posts(first: 25) { edges { node { number } } } threads(first: 25) { edges { node { id } } } } } }";
    let ledger = "{ ledger(first: 25) { edges { node { position decision { explanation \
        posts(first: 5) { edges { node { number } } } threads(first: 5) { edges { node { title } } } \
        undoneBy { position } appeal { outcome } } } } } }";
    let middle = LONG / 2;
    let visits = [
        ("list", list("")),
        ("list, a broad region", list("regions: [\"world\"]")),
        ("list, a region", list("regions: [\"africa\"]")),
        ("list, a country", list("regions: [\"country-ke\"]")),
        ("list, two regions", list("regions: [\"africa\", \"asia\"]")),
        (
            "list, two facets",
            list("tools: [\"wipo-ipas\"], regions: [\"africa\"]"),
        ),
        ("list, a kind", list("kinds: [QUESTION]")),
        ("list, a rare language", list("languages: [RU]")),
        ("list, a delegation", list("delegations: [\"ke\"]")),
        ("list, pinned", list("pinned: true")),
        ("list, archived", list("archived: true")),
        ("total", total("")),
        ("total, a region", total("regions: [\"africa\"]")),
        ("total, a delegation", total("delegations: [\"ke\"]")),
        ("thread", posts(&thread, "first: 25")),
        ("long thread, first", posts(&long, "first: 25")),
        ("long thread, last", posts(&long, "last: 25")),
        ("long thread, middle", {
            let cursor = URL_SAFE_NO_PAD.encode(middle.to_string());
            posts(&long, &format!("first: 25, after: \"{cursor}\""))
        }),
        (
            "a person",
            json!({ "query": of_person, "variables": { "id": person } }),
        ),
        ("ledger", json!({ "query": ledger })),
    ];
    for (name, request) in visits {
        let request = request.to_string();
        let cost = measure(watched, time, &mut || drop(visitor.send(&request)));
        costs.push((name.to_string(), cost));
    }
    // A connection that is idle for long is closed.
    let mut delegate = delegate.again();
    let signed_in = [
        ("unread", list("unread: true")),
        (
            "unread in a region",
            list("unread: true, regions: [\"africa\"]"),
        ),
        ("total, unread", total("unread: true")),
        ("followed", list("followed: true")),
        ("long thread, signed in", posts(&long, "last: 25")),
    ];
    for (name, request) in signed_in {
        let request = request.to_string();
        let cost = measure(watched, time, &mut || drop(delegate.send(&request)));
        costs.push((name.to_string(), cost));
    }
    let cases =
        json!({ "query": "{ viewer { cases(first: 25) { totalCount edges { node { id } } } } }" });
    let cases = cases.to_string();
    let mut moderator = moderator.again();
    let cost = measure(watched, time, &mut || drop(moderator.send(&cases)));
    costs.push(("cases".to_string(), cost));
    let pages = [
        "/",
        "/threads",
        "/threads?region=africa",
        "/vocabulary",
        "/vocabulary/africa",
        "/delegations/ke",
        "/ledger",
    ];
    let of_threads = [format!("/threads/{thread}"), format!("/threads/{long}")];
    let names = ["page, a thread", "page, a long thread"].map(str::to_string);
    let of_threads = names.into_iter().zip(of_threads);
    let pages = pages.map(|path| (format!("page {path}"), path.to_string()));
    for (name, path) in pages.into_iter().chain(of_threads) {
        let mut http = Http::connect(forum.address, &[]).expect("a connection");
        let cost = measure(watched, time, &mut || {
            let answer = http.get(&path).expect("an answer");
            assert_eq!(answer.status, 200, "{path}");
        });
        costs.push((name, cost));
    }
    let mut delegate = delegate.again();
    let reply = measure(watched, time, &mut || {
        drop(delegate.send(&reply_request(&thread)))
    });
    costs.push(("reply".to_string(), reply));
    costs
}

/// The thread with many posts.
fn long_thread(visitor: &mut Member) -> String {
    let document = "query($after: String) { threads(first: 100, after: $after, filter: { kinds: [QUESTION] }) { \
        pageInfo { endCursor } edges { node { id title } } } }";
    let mut after = Value::Null;
    loop {
        let data = visitor.ask(document, json!({ "after": after }));
        let edges = data.pointer("/threads/edges").and_then(Value::as_array);
        let edges = edges.expect("edges");
        let found = edges
            .iter()
            .map(|edge| &edge["node"])
            .find(|node| node["title"] == "Long thread 0");
        if let Some(node) = found {
            return node["id"].as_str().expect("an id").to_string();
        }
        assert!(!edges.is_empty(), "the long thread");
        after = data["threads"]["pageInfo"]["endCursor"].clone();
    }
}

fn measure(watched: Usage, time: Duration, work: &mut dyn FnMut()) -> Cost {
    for _ in 0..WARMING {
        work();
    }
    let (begin, used) = (Instant::now(), watched.processor());
    let mut times = Times::default();
    while begin.elapsed() < time {
        let each = Instant::now();
        work();
        times.add(milliseconds(each.elapsed()));
    }
    Cost {
        processor: milliseconds(watched.processor() - used) / count(times.count()),
        late: times.quantile(0.99),
    }
}

fn show(sizes: &[usize], all: &[Vec<(String, Cost)>]) {
    for (what, of) in [
        (
            "Processor time of a request, ms",
            (|cost| cost.processor) as fn(&Cost) -> f64,
        ),
        ("p99, ms", |cost| cost.late),
    ] {
        say(what);
        let heads: Vec<String> = sizes.iter().map(|posts| format!("{posts} posts")).collect();
        let mut names = vec![""];
        names.extend(heads.iter().map(String::as_str));
        names.push("ratio");
        let mut table = Table::new(&names);
        let (Some(smallest), Some(largest)) = (all.first(), all.last()) else {
            continue;
        };
        for (at, (name, first)) in smallest.iter().enumerate() {
            let mut cells = vec![name.clone()];
            cells.extend(all.iter().map(|costs| number(of(&costs[at].1))));
            cells.push(ratio(of(&largest[at].1), of(first)));
            table.row(cells);
        }
        table.print();
    }
}
