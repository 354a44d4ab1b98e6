//! How many durable replies the forum takes per second, beside a bare insert and commit. `sh benches/run writes --help` names the options.

#![allow(
    clippy::disallowed_methods,
    reason = "a bench is a client of the forum, with a clock and keys of its own"
)]

#[allow(dead_code, reason = "the benches share it, and each uses a part of it")]
mod support;

use std::time::Duration;

use clap::Parser;
use serde_json::json;
use uuid::Uuid;

use crate::support::database::Database;
use crate::support::forum::Forum;
use crate::support::forum::migrate;
use crate::support::ledger::Ledger;
use crate::support::load::Load;
use crate::support::load::Work;
use crate::support::load::Workers;
use crate::support::load::by_turns;
use crate::support::member::Member;
use crate::support::member::TEXT;
use crate::support::member::reply_request;
use crate::support::member::text;
use crate::support::options::Common;
use crate::support::table::Table;
use crate::support::table::say;

/// Enough people that each writes at a realistic rate.
const PEOPLE: usize = 64;
const INVITE: &str = "mutation($input: InviteInput!) { invite(input: $input) { link } }";
const ACCEPT: &str =
    "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { token } }";

/// Replies by many at once.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    common: Common,

    /// Numbers of writers, one measurement each
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64])]
    writers: Vec<usize>,

    /// Seconds of each measurement
    #[arg(long, default_value_t = 5)]
    seconds: u64,
}

/// A writer, and their thread.
#[derive(Clone)]
struct Writer {
    token: String,
    thread: String,
}

fn main() {
    let options = Options::parse();
    options.common.head("Durable replies");
    let database = Database::empty(&options.common);
    migrate(&database);
    let forum = Forum::start(&database, &["--demo"]);
    let people = invite(&forum);
    let html = html(&forum, &people[0]);
    for writers in options.writers {
        let reply = |worker| replying(&forum, &people, worker, writers);
        let place = Database::empty(&options.common);
        let ledger = Ledger::open(&place, writers);
        let insert = |_| {
            let (ledger, html) = (&ledger, &html);
            Box::new(move || ledger.insert(TEXT, html)) as Work<'_>
        };
        let loads = by_turns(
            Duration::from_secs(options.seconds),
            &Workers {
                count: writers,
                watched: Some(forum.usage()),
                make: &reply,
            },
            &Workers {
                count: writers,
                watched: None,
                make: &insert,
            },
        );
        show(writers, &loads);
    }
}

/// Writes as one of so many writers: the people take turns.
fn replying<'a>(forum: &Forum, people: &[Writer], worker: usize, writers: usize) -> Work<'a> {
    let turns = people.iter().skip(worker % PEOPLE).step_by(writers);
    let mut turns: Vec<(Member, String)> = turns
        .map(|person| {
            let member = Member::new(forum.address, Some(&person.token));
            (member, person.thread.clone())
        })
        .collect();
    let mut next = 0;
    Box::new(move || {
        let count = turns.len();
        let (member, thread) = &mut turns[next % count];
        member.send(&reply_request(thread));
        next += 1;
    })
}

/// People with an account, each with a thread of their own.
fn invite(forum: &Forum) -> Vec<Writer> {
    let mut secretariat = Member::sign_in(forum.address, "secretariat");
    let mut visitor = Member::new(forum.address, None);
    (0..PEOPLE)
        .map(|number| {
            let input = json!({
                "key": Uuid::new_v4(),
                "email": format!("writer-{number}@bench.invalid"),
                "role": "DELEGATE",
                "delegationId": "ke",
                "capacity": "PERSONAL",
                "title": "Examiner",
            });
            let data = secretariat.ask(INVITE, json!({ "input": input }));
            let (_, secret) = text(&data, "/invite/link")
                .rsplit_once('/')
                .expect("a link");
            let input = json!({
                "token": secret,
                "name": format!("Writer {number}"),
                "password": "a password for the benches",
                "language": "EN",
            });
            let data = visitor.ask(ACCEPT, json!({ "input": input }));
            let token = text(&data, "/acceptInvitation/token").to_string();
            let mut member = Member::new(forum.address, Some(&token));
            let thread = member
                .open_thread(&format!("Replies of writer {number}"))
                .id;
            Writer { token, thread }
        })
        .collect()
}

/// What the forum stores of the text.
fn html(forum: &Forum, writer: &Writer) -> String {
    let mut visitor = Member::new(forum.address, None);
    let document = "query($id: ID!) { thread(id: $id) { post(number: 1) { bodyHtml } } }";
    let data = visitor.ask(document, json!({ "id": writer.thread }));
    text(&data, "/thread/post/bodyHtml").to_string()
}

fn show(writers: usize, [replies, inserts]: &[Load; 2]) {
    say(&format!("{writers} writers"));
    let mut table = Table::new(&["", "forum", "bare", "ratio"]);
    table.compare("replies/s", replies.per_second(), inserts.per_second());
    table.compare("p50, ms", replies.times.median(), inserts.times.median());
    table.compare(
        "p99, ms",
        replies.times.quantile(0.99),
        inserts.times.quantile(0.99),
    );
    table.alone("CPU per reply, us", replies.processor());
    table.print();
}
