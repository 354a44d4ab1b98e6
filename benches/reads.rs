//! How many lists, threads and pages the forum serves per second, beside a bare handler over the same rows: executed for each
//! request, sent again to visitors, and to a delegate who is signed in. `sh benches/run reads --help` names the options.

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
use crate::support::load::Work;
use crate::support::load::Workers;
use crate::support::load::by_turns;
use crate::support::member::Member;
use crate::support::member::reply_request;
use crate::support::options::Common;
use crate::support::table::Table;
use crate::support::table::number;
use crate::support::table::ratio;
use crate::support::table::say;

/// Threads with one post, and threads with a full page of them.
const THREADS: usize = 200;
const LONG_THREADS: usize = 20;
const POSTS: usize = 25;

const LIST: &str = "{ threads(first: 20) { cursor pageInfo { hasNextPage endCursor } edges { node { \
    id title kind language visibility capacity lastNumber lastActivityAt author { name } delegation { name } \
    tools { edges { node { slug label } } } methods { edges { node { slug label } } } \
    regions { edges { node { slug label } } } } } } }";
const LIST_WITHOUT_TAGS: &str = "{ threads(first: 20) { cursor pageInfo { hasNextPage endCursor } edges { node { \
    id title kind language visibility capacity lastNumber lastActivityAt author { name } delegation { name } } } } }";
/// Where the bare handler has its list.
const LIST_PATH: &str = "/threads";
const PAGE: &str = "query($id: ID!) { thread(id: $id) { id title kind language visibility lastNumber cursor \
    tools { edges { node { slug label } } } methods { edges { node { slug label } } } \
    regions { edges { node { slug label } } } \
    posts(first: 25) { pageInfo { startCursor endCursor } edges { node { \
    id number language capacity state createdAt editedAt authorTitle revision bodyHtml \
    author { name } delegation { name } } } } } }";

/// The pages, besides that of a thread.
const PAGES: [&str; 8] = [
    "/",
    "/threads",
    "/threads?region=africa",
    "/vocabulary",
    "/vocabulary/africa",
    "/delegations",
    "/delegations/ke",
    "/ledger",
];
/// The cookie of a session on a server without TLS.
const COOKIE: &str = "partage_session";

/// Lists, threads and pages.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    common: Common,

    /// Connections, each with one request after another
    #[arg(long, default_value_t = 16)]
    connections: usize,

    /// Seconds of each measurement
    #[arg(long, default_value_t = 3)]
    seconds: u64,
}

/// Requests of one kind, sent in turn.
struct Kind {
    name: String,
    requests: Vec<Request>,
    /// What the bare handler is asked in turn.
    paths: Vec<String>,
}

/// A document in JSON, or the path of a page.
enum Request {
    Document(String),
    Page(String),
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
    let forum = Forum::start(&database, &["--demo", "--answer-cache-bytes=0"]);
    let threads = fill(&forum);
    let bare = Library::start(database.url());
    let delegate = Member::sign_in(forum.address, "delegate");
    let session = format!("{COOKIE}={}", delegate.token().expect("a session"));
    let (documents, pages) = (documents(&threads), pages(&threads));

    let measure = |what: &str, forum: &Forum, session: Option<&str>, kinds: &[&Kind]| {
        say(&format!("{what}, {} connections", options.connections));
        let mut table = Table::new(&[
            "",
            "requests/s",
            "bare",
            "ratio",
            "p50, ms",
            "p99, ms",
            "CPU, ms",
            "bare",
            "bytes",
        ]);
        for kind in kinds {
            table.row(compare(&options, forum, &bare, session, kind));
        }
        table.print();
    };
    let all: Vec<&Kind> = documents.iter().chain(&pages).collect();
    let of_members: Vec<&Kind> = pages.iter().collect();
    measure("Executed for each request", &forum, None, &all);
    measure("Signed in", &forum, Some(&session), &of_members);
    drop(forum);
    let forum = Forum::start(&database, &[]);
    measure("Kept for visitors", &forum, None, &all);
}

/// The documents that are measured.
fn documents(threads: &[String]) -> Vec<Kind> {
    let document = |query: &str| Request::Document(json!({ "query": query }).to_string());
    let thread = |id: &String| {
        Request::Document(json!({ "query": PAGE, "variables": { "id": id } }).to_string())
    };
    let list = "list of 20 threads";
    vec![
        Kind {
            name: list.to_string(),
            requests: vec![document(LIST)],
            paths: vec![LIST_PATH.to_string()],
        },
        Kind {
            name: format!("{list}, no tags"),
            requests: vec![document(LIST_WITHOUT_TAGS)],
            paths: vec![LIST_PATH.to_string()],
        },
        Kind {
            name: format!("thread with {POSTS} posts"),
            requests: threads.iter().map(thread).collect(),
            paths: thread_paths(),
        },
    ]
}

/// The pages that are measured. The bare handler answers with its list, and for a thread with its thread.
fn pages(threads: &[String]) -> Vec<Kind> {
    let page = |path: &str| Kind {
        name: path.to_string(),
        requests: vec![Request::Page(path.to_string())],
        paths: vec![LIST_PATH.to_string()],
    };
    let mut pages: Vec<Kind> = PAGES.into_iter().map(page).collect();
    let path = |id: &String| Request::Page(format!("/threads/{id}"));
    pages.push(Kind {
        name: format!("/threads/ID, {POSTS} posts"),
        requests: threads.iter().map(path).collect(),
        paths: thread_paths(),
    });
    pages
}

fn thread_paths() -> Vec<String> {
    let numbers = 0..LONG_THREADS;
    numbers.map(|number| format!("/threads/{number}")).collect()
}

/// One row: what a kind of request takes the forum, and the bare handler.
fn compare(
    options: &Options,
    forum: &Forum,
    bare: &Library,
    session: Option<&str>,
    kind: &Kind,
) -> Vec<String> {
    let headers: Vec<(&str, &str)> = session
        .map(|session| ("Cookie", session))
        .into_iter()
        .collect();
    let ask = |worker| {
        let mut http = Http::connect(forum.address, &headers).expect("a connection");
        let turn = turns(worker, kind.requests.len());
        Box::new(move || drop(send(&mut http, &kind.requests[turn()]))) as Work<'_>
    };
    let get = |worker| {
        let mut http = Http::connect(bare.address, &[]).expect("a connection");
        let turn = turns(worker, kind.paths.len());
        Box::new(move || drop(fetch(&mut http, &kind.paths[turn()]))) as Work<'_>
    };
    let [ours, theirs] = by_turns(
        Duration::from_secs(options.seconds),
        &Workers {
            count: options.connections,
            watched: Some(forum.usage()),
            make: &ask,
        },
        &Workers {
            count: options.connections,
            watched: Some(bare.child.usage()),
            make: &get,
        },
    );
    let mut http = Http::connect(forum.address, &headers).expect("a connection");
    let bytes = send(&mut http, &kind.requests[0]).len();
    vec![
        kind.name.clone(),
        number(ours.per_second()),
        number(theirs.per_second()),
        ratio(ours.per_second(), theirs.per_second()),
        number(ours.times.median()),
        number(ours.times.quantile(0.99)),
        number(ours.processor() / 1_000.0),
        number(theirs.processor() / 1_000.0),
        number(count(bytes)),
    ]
}

/// Sends a request; an error ends the bench.
fn send(http: &mut Http, request: &Request) -> Vec<u8> {
    match request {
        Request::Page(path) => fetch(http, path),
        Request::Document(json) => {
            let answer = http.post("/graphql", json).expect("an answer");
            let is_data = answer.status == 200 && answer.body.starts_with(b"{\"data\":{");
            assert!(is_data, "{}", String::from_utf8_lossy(&answer.body));
            answer.body
        }
    }
}

fn fetch(http: &mut Http, path: &str) -> Vec<u8> {
    let answer = http.get(path).expect("an answer");
    assert_eq!(answer.status, 200, "{path}");
    answer.body
}

/// Writes what is read afterwards; returns the ids of the long threads.
fn fill(forum: &Forum) -> Vec<String> {
    let mut member = Member::sign_in(forum.address, "delegate");
    for number in 0..THREADS {
        member.open_thread(&format!(
            "Experience with examination guidelines, part {number}"
        ));
    }
    let mut threads = Vec::new();
    for number in 0..LONG_THREADS {
        let thread = member.open_thread(&format!("Long thread {number}"));
        for _ in 1..POSTS {
            member.send(&reply_request(&thread.id));
        }
        threads.push(thread.id);
    }
    threads
}

/// Numbers below a count, one after another, each worker starting at a different one.
fn turns(worker: usize, count: usize) -> impl Fn() -> usize {
    let next = Cell::new(worker);
    move || next.replace(next.get() + 1) % count
}
