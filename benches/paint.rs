//! How soon a thread can be read on a slow connection and a slow phone, what it loads, and how soon others' changes appear on it. `sh
//! benches/run paint --help` names the options.

#![allow(
    clippy::disallowed_methods,
    reason = "a bench is a client of the forum, with a clock and keys of its own"
)]

#[allow(dead_code, reason = "the benches share it, and each uses a part of it")]
mod support;

use std::time::Duration;
use std::time::Instant;

use clap::Parser;
use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::support::database::Database;
use crate::support::forum::Forum;
use crate::support::forum::migrate;
use crate::support::leaflet;
use crate::support::leaflet::Leaflet;
use crate::support::member::Member;
use crate::support::member::reply_request;
use crate::support::member::text;
use crate::support::options::Common;
use crate::support::table::Table;
use crate::support::table::say;
use crate::support::times::Times;
use crate::support::times::milliseconds;
use crate::support::window::Loaded;
use crate::support::window::Slowness;
use crate::support::window::Window;

const POSTS: usize = 25;
/// What delegates might write, in six languages.
const SAMPLES: &str = include_str!("../src/cli/sample-threads.json");
const REPLY: &str = "mutation($input: ReplyInput!) { reply(input: $input) { post { id } } }";
const TEXTS: &str = "query($id: ID!) { thread(id: $id) { title posts(first: 25) { edges { node { bodyHtml } } } } }";
const EDIT: &str = "mutation($input: EditPostInput!) { editPost(input: $input) { post { id } } }";
const WITHDRAW: &str =
    "mutation($input: WithdrawPostInput!) { withdrawPost(input: $input) { post { id } } }";
const LOCK: &str = "mutation($input: DecideInput!) { decide(input: $input) { decision { id } } }";

/// A thread of 25 posts in Chromium.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    common: Common,

    /// Loads of each page, each in a browser that has never been there
    #[arg(long, default_value_t = 5)]
    loads: usize,

    /// Kilobits a second that the line carries, each way
    #[arg(long, default_value_t = 400.0)]
    kilobits: f64,

    /// Milliseconds from a request to the beginning of its answer
    #[arg(long, default_value_t = 400.0)]
    round_trip: f64,

    /// How many times slower than this machine's the processor is
    #[arg(long, default_value_t = 6.0)]
    processor: f64,

    /// Replies, edits and withdrawals that are looked for on the page
    #[arg(long, default_value_t = 10)]
    changes: usize,
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(leaflet::PART) {
        let file = arguments.next().expect("the path of a page");
        return leaflet::run(&file);
    }
    measure(&Options::parse());
}

#[tokio::main(flavor = "current_thread")]
async fn measure(options: &Options) {
    options.common.head("A thread of 25 posts in Chromium");
    let database = Database::empty(&options.common);
    migrate(&database);
    let forum = Forum::start(&database, &["--demo"]);
    let mut member = Member::sign_in(forum.address, "delegate");
    let thread = member.open_thread("Twenty-five posts").id;
    let posts = fill(&mut member, &thread);
    let page = format!("http://{}/threads/{thread}", forum.address);

    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("page.html");
    std::fs::write(&file, texts(&mut member, &thread)).expect("the bare page");
    let bare = Leaflet::start(&file);
    let bare = format!("http://{}/", bare.address);

    let (mut ours, mut theirs) = (Cold::default(), Cold::default());
    for _ in 0..options.loads {
        ours.load(&page, options).await;
        theirs.load(&bare, options).await;
    }
    say(&format!(
        "Cold loads, {} kbit/s, {} ms, processor {} times slower: medians of {}",
        options.kilobits, options.round_trip, options.processor, options.loads
    ));
    let mut table = Table::new(&["", "forum", "bare", "ratio"]);
    let paint = |cold: &Cold| cold.paint.median();
    table.compare("Largest Contentful Paint, ms", paint(&ours), paint(&theirs));
    table.compare("requests", ours.loaded.requests, theirs.loaded.requests);
    table.compare("bytes with headers", ours.loaded.bytes, theirs.loaded.bytes);
    table.alone("of them script", ours.loaded.scripts);
    table.print();
    // Its connection has been idle for longer than the forum keeps one open.
    let mut member = member.again();
    live(options, &forum, &mut member, &page, &thread, &posts).await;
}

/// Writes the other posts of the page; returns their ids.
fn fill(member: &mut Member, thread: &str) -> Vec<String> {
    let samples: Value = serde_json::from_str(SAMPLES).expect("JSON");
    let threads = samples["threads"].as_array().expect("threads");
    let replies = threads
        .iter()
        .filter_map(|thread| thread["replies"].as_array());
    let posts = replies.flatten().take(POSTS - 1).map(|reply| {
        let language = text(reply, "/language").to_uppercase();
        let input = json!({ "key": Uuid::new_v4(), "threadId": thread, "body": reply["body"], "language": language });
        let data = member.ask(REPLY, json!({ "input": input }));
        text(&data, "/reply/post/id").to_string()
    });
    posts.collect()
}

/// The thread's texts and nothing else.
fn texts(member: &mut Member, thread: &str) -> String {
    let data = member.ask(TEXTS, json!({ "id": thread }));
    let title = text(&data, "/thread/title");
    let edges = data
        .pointer("/thread/posts/edges")
        .and_then(Value::as_array);
    let posts: String = edges
        .expect("posts")
        .iter()
        .map(|edge| format!("<article>{}</article>", text(edge, "/node/bodyHtml")))
        .collect();
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><h1>{title}</h1>{posts}"
    )
}

/// Loads of a page by browsers that have never been there.
#[derive(Default)]
struct Cold {
    paint: Times,
    loaded: Loaded,
}

impl Cold {
    async fn load(&mut self, url: &str, options: &Options) {
        let window = Window::open().await;
        window
            .slow(Slowness {
                kilobits: options.kilobits,
                round_trip: options.round_trip,
                processor: options.processor,
            })
            .await;
        window.loaded().await;
        window.visit(url).await;
        // Requests after the page has loaded count too.
        let settled = Duration::from_millis(3_000);
        tokio::time::sleep(settled).await;
        self.paint.add(window.largest_paint().await);
        self.loaded = window.loaded().await;
        window.close().await;
    }
}

/// How soon a change appears on another person's page.
async fn live(
    options: &Options,
    forum: &Forum,
    member: &mut Member,
    page: &str,
    thread: &str,
    posts: &[String],
) {
    let window = Window::open().await;
    window.visit(page).await;
    window
        .until("return !document.getElementById('presence').hidden")
        .await;
    let mut secretariat = Member::sign_in(forum.address, "secretariat");
    let [mut replies, mut edits, mut withdrawals, mut locks] =
        std::array::from_fn(|_| Times::default());
    for (at, post) in posts.iter().enumerate().take(options.changes) {
        let number = at + 2;
        let next = POSTS + 1 + at;
        let seen = format!("Boolean(document.getElementById('post-{next}'))");
        let begin = watch(&window, &seen).await;
        member.send(&reply_request(thread));
        replies.add(appeared(&window, begin).await);

        let seen =
            format!("document.getElementById('post-{number}').textContent.includes('Changed.')");
        let begin = watch(&window, &seen).await;
        let input = json!({ "postId": post, "revision": 1, "body": "Changed." });
        member.ask(EDIT, json!({ "input": input }));
        edits.add(appeared(&window, begin).await);

        let seen = format!("!document.querySelector('#post-{number} .tombstone').hidden");
        let begin = watch(&window, &seen).await;
        member.ask(WITHDRAW, json!({ "input": { "postId": post } }));
        withdrawals.add(appeared(&window, begin).await);
    }
    let begin = watch(&window, "!document.getElementById('locked').hidden").await;
    let input = json!({ "key": Uuid::new_v4(), "act": "LOCK_THREAD", "targetIds": [thread], "reason": "SETTLED", "language": "EN",
        "explanation": "Answered." });
    secretariat.ask(LOCK, json!({ "input": input }));
    locks.add(appeared(&window, begin).await);
    window.close().await;
    say("From sending a change until it is on the page of another, no slowness, ms");
    let mut table = Table::new(&["", "median", "slowest"]);
    for (name, times) in [
        ("a reply", &replies),
        ("an edit", &edits),
        ("a withdrawal", &withdrawals),
        ("a lock", &locks),
    ] {
        let figures = [times.median(), times.quantile(1.0)];
        let figures = figures.map(support::table::number);
        table.row(std::iter::once(name.to_string()).chain(figures));
    }
    table.print();
}

/// Makes the page record when something is first true; returns the time from which it is measured.
async fn watch(window: &Window, condition: &str) -> Instant {
    let script = format!(
        "window.appeared = new Promise((done) => {{ const look = () => {condition} && done(true); \
         new MutationObserver(look).observe(document.body, {{ childList: true, subtree: true, attributes: true, \
         characterData: true }}); }}); return true"
    );
    window.run(&script).await;
    Instant::now()
}

async fn appeared(window: &Window, begin: Instant) -> f64 {
    window.run("return window.appeared").await;
    milliseconds(begin.elapsed())
}
