//! The cost of sending each reply to many subscribers of one thread, beside a bare broadcaster with as many sockets and the same bytes. `sh
//! benches/run fanout --help` names the options.

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
use crate::support::live::report::summary;
use crate::support::live::run::beside;
use crate::support::options::Common;
use crate::support::table::say;

/// What a page needs to show a reply as soon as it is written.
const DOCUMENT: &str = "subscription($id: ID!, $after: String) { threadEvents(threadId: $id, after: $after) { \
    __typename cursor at \
    ... on PostCreated { post { id number language capacity createdAt revision authorTitle bodyHtml \
        author { name } delegation { name } } } \
    ... on PostEdited { post { id number revision editedAt bodyHtml } } \
    ... on PostWithdrawn { post { id number state withdrawnAt } } \
    ... on ThreadHidden { threadId } } }";

/// Fan-out: many subscribers of one thread.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    common: Common,

    /// Numbers of subscribers, one measurement each
    #[arg(long, value_delimiter = ',', default_values_t = [100, 1_000, 5_000, 10_000])]
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
        .head("Fan-out of replies to the subscribers of one thread");
    let mut all = Vec::new();
    for sockets in options.sockets {
        let plan = Plan {
            replies: options.replies,
            in_flight: options.in_flight,
            saturating: Plan::saturating(sockets),
        };
        let beside = beside(&options.common, sockets, plan, &|_| DOCUMENT.to_string());
        say(&beside.title());
        beside.table().print();
        all.push(beside);
    }
    say("Ratios to the bare broadcaster");
    summary(&all).print();
    if all.iter().any(|beside| beside.is_broken()) {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
