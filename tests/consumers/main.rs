//! A server as `partage serve` is one, with consumers of the stories' own in place of the forum's. Its tables are made by the
//! stories.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use partage::base::clock::Clock;
use partage::base::config::Config;
use partage::base::error::Error;
use partage::base::error::Result;
use partage::base::event::Family;
use partage::consumers::consumer::Consumer;
use partage::consumers::consumer::Consumers;
use partage::server;
use partage::store::Store;
use partage::store::lock;
use partage::store::log::LogEntry;
use partage::store::step::Step;
use sea_orm::ConnectionTrait;
use sea_orm::Statement;
use tokio::signal::unix::SignalKind;
use tokio::signal::unix::signal;

/// Short, so that the stories need not wait long for a process that was killed.
const LEASE: Duration = Duration::from_secs(1);

#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    config: Config,

    #[arg(long)]
    database: String,

    /// Milliseconds that an event takes
    #[arg(long, default_value_t = 0)]
    slow: u64,

    /// With two consumers that never succeed
    #[arg(long)]
    failing: bool,
}

/// Writes a row for each event about threads and posts, in the order in which it is given them, and counts them.
struct Seen {
    slow: Duration,
}

impl Consumer for Seen {
    const NAME: &'static str = "seen";
    const FAMILIES: &'static [Family] = &[Family::Discussion];

    async fn handle(&self, step: &Step, logged: &LogEntry) -> Result<()> {
        let position = logged.position;
        let insert = format!(
            "insert into seen (place, position) select coalesce(max(place), 0) + 1, {position} from seen"
        );
        run(step, &insert).await?;
        tokio::time::sleep(self.slow).await;
        run(step, "update seen_total set events = events + 1").await
    }

    async fn rebuild(&self, step: &Step) -> Result<()> {
        let begin = "insert into seen_from (position) select coalesce(max(position), 0) from event";
        run(step, begin).await
    }
}

/// Runs a statement as the forum runs its own, so that the process can be ended after it.
async fn run(step: &Step, sql: &str) -> Result<()> {
    let rows = step.rows();
    let statement = Statement::from_string(rows.get_database_backend(), sql);
    rows.execute_raw(statement).await?;
    Ok(())
}

/// Never succeeds.
struct Failing;

impl Consumer for Failing {
    const NAME: &'static str = "failing";
    const FAMILIES: &'static [Family] = &[Family::Discussion];

    async fn handle(&self, _: &Step, _: &LogEntry) -> Result<()> {
        Err(Error::internal("it never succeeds"))
    }
}

/// Never even returns.
struct Panicking;

impl Consumer for Panicking {
    const NAME: &'static str = "panicking";
    const FAMILIES: &'static [Family] = &[Family::Discussion];

    async fn handle(&self, _: &Step, _: &LogEntry) -> Result<()> {
        panic!("it never returns")
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match serve(Flags::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(flags: Flags) -> Result<()> {
    let seen = Seen {
        slow: Duration::from_millis(flags.slow),
    };
    let mut consumers = Consumers::none().with_lease(LEASE).with(seen);
    if flags.failing {
        consumers = consumers.with(Failing).with(Panicking);
    }
    let listening = server::bind(&flags.config).await?;
    let _lock = lock::take(&flags.database, "served")?;
    let store = Store::open(&flags.database, Clock::default()).await?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::internal)?;
    let running = server::start_with(listening, flags.config, store, consumers).await?;
    let address = running.address();
    #[expect(clippy::print_stdout, reason = "the stories read it")]
    {
        println!("Listening on http://{address}");
    }
    terminate.recv().await;
    running.stop().await;
    Ok(())
}
