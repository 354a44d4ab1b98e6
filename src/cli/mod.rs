//! The command line: one file for each command.

pub mod backup;
pub mod check;
pub mod copy;
pub mod demo;
pub mod invite;
pub mod ledger;
pub mod migrate;
pub mod password_link;
pub mod render;
pub mod restore;
pub mod schema;
pub mod serve;

use std::io::IsTerminal;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use clap::Parser;
use clap::Subcommand;
use tracing_subscriber::EnvFilter;

use crate::base::clock::Clock;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::error::Trouble;
use crate::store::SchemaState;
use crate::store::Store;
use crate::store::lock::Lock;
use crate::store::lock::read_only;

/// Partage: a discussion forum for the member states of an intergovernmental organisation.
///
/// `partage serve --demo` starts a forum with demonstration content. Every flag can also be given as the environment
/// variable shown beside it.
#[derive(Parser)]
#[command(name = "partage", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the forum: pages, API and live updates. Migrates an empty or older embedded database first
    Serve(Box<serve::Serve>),
    /// Bring a database's schema up to date, or revert migrations
    Migrate(migrate::Migrate),
    /// Print the GraphQL schema
    Schema,
    /// Invite a person and print the link
    Invite(Box<invite::Invite>),
    /// Create and print a link with which a person who has forgotten their password chooses a new one
    PasswordLink(Box<password_link::PasswordLink>),
    /// Check a copy of the public ledger of decisions, or create the key that signs it
    Ledger(ledger::Ledger),
    /// Back up the database into one file, while servers continue to write
    Backup(backup::Backup),
    /// Restore a backup into a new or empty database
    Restore(restore::Restore),
    /// Check a database, which may be in use, or a backup
    Check(check::Check),
    /// Render stored texts again, after an upgrade that renders them otherwise
    Render(render::Render),
    /// Copy a forum into an empty database: from SQLite to PostgreSQL, or back
    Copy(copy::Copy),
}

/// The database to use.
#[derive(Args, Clone, Debug)]
pub struct Database {
    /// Database: an embedded one in a file (sqlite://partage.db?mode=rwc), or PostgreSQL
    /// (postgres://user:password@host/database)
    #[arg(
        long,
        env = "PARTAGE_DATABASE",
        default_value = "sqlite://partage.db?mode=rwc",
        hide_env_values = true
    )]
    pub database: String,
}

/// How the log is written.
#[derive(Args, Clone, Debug)]
pub struct Logging {
    /// What to log, to standard error: error, warn, info, debug, trace, or a filter such as `info,sqlx=debug`
    #[arg(long, env = "PARTAGE_LOG", default_value = "info")]
    pub log: String,
}

/// Runs the command given by the arguments.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&Error::internal(error)),
    };
    let done = runtime.block_on(async {
        match cli.command {
            Command::Serve(command) => serve::run(*command).await,
            Command::Migrate(command) => migrate::run(command).await,
            Command::Schema => {
                schema::run();
                Ok(())
            }
            Command::Invite(command) => invite::run(*command).await,
            Command::PasswordLink(command) => password_link::run(*command).await,
            Command::Ledger(command) => ledger::run(&command),
            Command::Backup(command) => backup::run(command).await,
            Command::Restore(command) => restore::run(command).await,
            Command::Check(command) => check::run(command).await,
            Command::Render(command) => render::run(command).await,
            Command::Copy(command) => copy::run(command).await,
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

#[expect(clippy::print_stderr, reason = "the error message of a command")]
fn fail(error: &Error) -> ExitCode {
    let message = match error {
        Error::Unavailable(outage) => outage.cause.clone(),
        Error::Internal(cause) => cause.clone(),
        Error::NotFound
        | Error::Denied(_)
        | Error::Overtaken { .. }
        | Error::Invalid { .. }
        | Error::TooMany { .. }
        | Error::Conflict { .. } => {
            crate::base::message::of(error, crate::base::language::Language::En)
        }
    };
    eprintln!("partage: {message}");
    ExitCode::FAILURE
}

/// Prints one line of a command's output. A failure does not matter, because then the reader is gone.
pub(crate) fn print_line(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Starts logging to standard error, as JSON, or in a readable form if it is a terminal.
pub(crate) fn start_log(logging: &Logging) {
    let filter = EnvFilter::try_new(&logging.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        log.compact().init();
    } else {
        log.json().flatten_event(true).init();
    }
}

/// Opens a database whose schema is current. With `lock`, an empty or older embedded database is migrated. A newer one is refused.
pub(crate) async fn open(database: &str, lock: Option<&Lock>) -> Result<Store> {
    open_with(database, lock, None).await
}

/// The same; what one request reads may take no longer than the limit.
pub(crate) async fn open_with(
    database: &str,
    lock: Option<&Lock>,
    limit: Option<Duration>,
) -> Result<Store> {
    let store = Store::open_with(database, Clock::default(), limit).await?;
    store.try_to_write().await.map_err(|error| {
        if let Error::Unavailable(outage) = &error
            && outage.trouble == Trouble::ReadOnly
        {
            return read_only(database);
        }
        error
    })?;
    match store.schema_state().await? {
        SchemaState::Current => {}
        SchemaState::Older(_) if database.starts_with("sqlite:") && lock.is_some() => {
            store.migrate().await?;
        }
        SchemaState::Older(pending) => {
            return Err(Error::Internal(format!(
                "the database lacks {pending} migrations: stop its servers and run `partage migrate` first"
            )));
        }
        SchemaState::Newer(unknown) => {
            return Err(Error::Internal(format!(
                "the database is newer than this program and was not changed: {unknown}"
            )));
        }
    }
    Ok(store)
}
