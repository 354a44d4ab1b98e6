//! How many lists and thread pages the forum serves per second, beside a bare handler over the same rows. `sh benches/run reads --help`
//! names the options.

#![allow(
    clippy::disallowed_methods,
    reason = "a bench is a client of the forum, with a clock and keys of its own"
)]

#[allow(dead_code, reason = "the benches share it, and each uses a part of it")]
mod support;

use std::cell::Cell;
use std::time::Duration;

use clap::Parser;
use serde_json::json;

use crate::support::database::Database;
use crate::support::forum::Forum;
use crate::support::forum::migrate;
use crate::support::http::Http;
use crate::support::library;
use crate::support::library::Library;
use crate::support::live::measure::count;
use crate::support::load::Load;
use crate::support::load::Work;
use crate::support::load::Workers;
use crate::support::load::by_turns;
use crate::support::member::Member;
use crate::support::member::reply_request;
use crate::support::options::Common;
use crate::support::table::Table;
use crate::support::table::say;

/// Threads with one post, and threads with a full page of them.
const THREADS: usize = 200;
const LONG_THREADS: usize = 20;
const POSTS: usize = 25;

const LIST: &str = "{ threads(first: 20) { cursor pageInfo { hasNextPage endCursor } edges { node { \
    id title kind language visibility capacity lastNumber lastActivityAt author { name } delegation { name } \
    tools { edges { node { slug label } } } methods { edges { node { slug label } } } \
    regions { edges { node { slug label } } } } } } }";
const PAGE: &str = "query($id: ID!) { thread(id: $id) { id title kind language visibility lastNumber cursor \
    tools { edges { node { slug label } } } methods { edges { node { slug label } } } \
    regions { edges { node { slug label } } } \
    posts(first: 25) { pageInfo { startCursor endCursor } edges { node { \
    id number language capacity state createdAt editedAt authorTitle revision bodyHtml \
    author { name } delegation { name } } } } } }";

/// Lists of threads, and pages of a thread.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    common: Common,

    /// Connections, each with one request after another
    #[arg(long, default_value_t = 16)]
    connections: usize,

    /// Seconds of each measurement
    #[arg(long, default_value_t = 5)]
    seconds: u64,
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(library::PART) {
        let database = arguments.next().expect("the address of a database");
        return library::run(&database);
    }
    let options = Options::parse();
    options.common.head("Reading");
    let database = Database::empty(&options.common);
    migrate(&database);
    let forum = Forum::start(&database, &["--demo"]);
    let pages = fill(&forum);

    let bare = Library::start(database.url());

    let connections = options.connections;
    let measure = |what: &str, requests: &[String], paths: &[String]| {
        let ask = |worker| {
            let mut visitor = Member::new(forum.address, None);
            let turn = turns(worker, requests.len());
            Box::new(move || drop(visitor.send(&requests[turn()]))) as Work<'_>
        };
        let get = |worker| {
            let mut http = Http::connect(bare.address, &[]).expect("a connection");
            let turn = turns(worker, paths.len());
            Box::new(move || drop(fetch(&mut http, &paths[turn()]))) as Work<'_>
        };
        let loads = by_turns(
            Duration::from_secs(options.seconds),
            &Workers {
                count: connections,
                watched: Some(forum.usage()),
                make: &ask,
            },
            &Workers {
                count: connections,
                watched: Some(bare.child.usage()),
                make: &get,
            },
        );
        let mut http = Http::connect(bare.address, &[]).expect("a connection");
        let bytes = [
            Member::new(forum.address, None).send(&requests[0]).len(),
            fetch(&mut http, &paths[0]).len(),
        ];
        say(&format!("{what}, {connections} connections"));
        show(&loads, bytes);
    };
    let list = json!({ "query": LIST }).to_string();
    measure("A list of 20 threads", &[list], &["/threads".to_string()]);
    let paths: Vec<String> = (0..LONG_THREADS)
        .map(|number| format!("/threads/{number}"))
        .collect();
    measure("A thread with 25 posts", &pages, &paths);
}

fn fetch(http: &mut Http, path: &str) -> Vec<u8> {
    let answer = http.get(path).expect("an answer");
    assert_eq!(answer.status, 200, "{path}");
    answer.body
}

/// Writes what is read afterwards; returns the requests for the long threads.
fn fill(forum: &Forum) -> Vec<String> {
    let mut member = Member::sign_in(forum.address, "delegate");
    for number in 0..THREADS {
        member.open_thread(&format!(
            "Experience with examination guidelines, part {number}"
        ));
    }
    let mut pages = Vec::new();
    for number in 0..LONG_THREADS {
        let thread = member.open_thread(&format!("Long thread {number}"));
        for _ in 1..POSTS {
            member.send(&reply_request(&thread.id));
        }
        pages.push(json!({ "query": PAGE, "variables": { "id": thread.id } }).to_string());
    }
    pages
}

/// Numbers below a count, one after another, each worker starting at a different one.
fn turns(worker: usize, count: usize) -> impl Fn() -> usize {
    let next = Cell::new(worker);
    move || next.replace(next.get() + 1) % count
}

fn show([forum, bare]: &[Load; 2], [forum_bytes, bare_bytes]: [usize; 2]) {
    let mut table = Table::new(&["", "forum", "bare", "ratio"]);
    table.compare("requests/s", forum.per_second(), bare.per_second());
    table.compare("p50, ms", forum.times.median(), bare.times.median());
    table.compare(
        "p99, ms",
        forum.times.quantile(0.99),
        bare.times.quantile(0.99),
    );
    table.compare("CPU per request, us", forum.processor(), bare.processor());
    table.compare("bytes of an answer", count(forum_bytes), count(bare_bytes));
    table.print();
}
