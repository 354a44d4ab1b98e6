//! How soon a new forum is ready, and how much memory it has then. `sh benches/run start --help` names the options.

#![allow(
    clippy::disallowed_methods,
    reason = "a bench is a client of the forum, with a clock and keys of its own"
)]

#[allow(dead_code, reason = "the benches share it, and each uses a part of it")]
mod support;

use std::time::Instant;

use clap::Parser;

use crate::support::database::Database;
use crate::support::forum::Forum;
use crate::support::forum::migrate;
use crate::support::options::Common;
use crate::support::table::Table;
use crate::support::table::number;
use crate::support::times::Times;
use crate::support::times::milliseconds;

/// From the start of the program on an empty database until `/readyz` answers 200.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    common: Common,

    /// Starts of each kind
    #[arg(long, default_value_t = 10)]
    starts: u32,
}

fn main() {
    let options = Options::parse();
    options.common.head("Start on an empty database, medians");
    let mut table = Table::new(&[
        "",
        "migrate, ms",
        "ready after, ms",
        "slowest, ms",
        "CPU, ms",
        "resident, KiB",
        "of it own, KiB",
    ]);
    for (name, flags) in [("serve", &[][..]), ("serve --demo", &["--demo"][..])] {
        let mut columns: [Times; 5] = std::array::from_fn(|_| Times::default());
        for _ in 0..options.starts {
            let [migrated, ready, processor, resident, own] = &mut columns;
            let database = Database::empty(&options.common);
            let begin = Instant::now();
            migrate(&database);
            migrated.add(milliseconds(begin.elapsed()));
            let forum = Forum::start(&database, flags);
            ready.add(milliseconds(forum.started));
            processor.add(milliseconds(forum.usage().processor()));
            let memory = forum.usage().memory();
            resident.add(memory.resident);
            own.add(memory.own);
        }
        let [migrated, ready, processor, resident, own] = columns;
        table.row([
            name.to_string(),
            // An embedded database is migrated by `serve` itself.
            if options.common.is_postgres() {
                number(migrated.median())
            } else {
                "-".to_string()
            },
            number(ready.median()),
            number(ready.quantile(1.0)),
            number(processor.median()),
            number(resident.median()),
            number(own.median()),
        ]);
    }
    table.print();
}
