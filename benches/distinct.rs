//! The cost of subscribers of a thread who each use a document of their own, so that nothing can be shared. Beside it, as for the fan-out,
//! a bare broadcaster. `sh benches/run distinct --help` names the options.

#![allow(
    clippy::disallowed_methods,
    reason = "a bench is a client of the forum, with a clock and keys of its own"
)]

#[allow(dead_code, reason = "the benches share it, and each uses a part of it")]
mod support;

use std::process::ExitCode;

use clap::Parser;

use crate::support::live::broadcaster;
use crate::support::live::measure::Plan;
use crate::support::live::run::beside;
use crate::support::options::Common;
use crate::support::table::say;

/// Each document omits other fields; its number determines which.
const OPTIONAL: [&str; 8] = [
    "language",
    "capacity",
    "createdAt",
    "authorTitle",
    "body",
    "author { name }",
    "delegation { name }",
    "thread { title }",
];

/// Fan-out: as many documents as subscribers.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    common: Common,

    /// Numbers of subscribers, one measurement each
    #[arg(long, value_delimiter = ',', default_values_t = [1_000])]
    sockets: Vec<usize>,

    /// Replies one after another
    #[arg(long, default_value_t = 20)]
    replies: u32,

    /// Replies under way at once, for the throughput
    #[arg(long, default_value_t = 4)]
    in_flight: u32,
}

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(broadcaster::PART) {
        broadcaster::run();
        return ExitCode::SUCCESS;
    }
    let options = Options::parse();
    options
        .common
        .head("Fan-out of replies to subscribers with as many documents");
    let mut broken = false;
    for sockets in options.sockets {
        let plan = Plan {
            replies: options.replies,
            in_flight: options.in_flight,
            saturating: 2 * options.replies,
        };
        let beside = beside(&options.common, sockets, plan, &document);
        say(&beside.title());
        beside.table().print();
        broken |= beside.is_broken();
    }
    if broken {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// The document of that number, different from every other.
fn document(number: usize) -> String {
    let fields: Vec<&str> = (0..)
        .zip(OPTIONAL)
        .filter(|(bit, _)| number >> bit & 1 == 0)
        .map(|(_, field)| field)
        .collect();
    format!(
        "subscription($id: ID!, $after: String) {{ follow{number}: threadEvents(threadId: $id, after: $after) {{ \
         __typename cursor ... on PostCreated {{ post {{ id number revision bodyHtml {} }} }} }} }}",
        fields.join(" ")
    )
}
