//! `partage migrate`.

use clap::Args;

use crate::base::clock::Clock;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::cli::Database;
use crate::cli::say;
use crate::store::SchemaState;
use crate::store::Store;

/// Bring a database's schema up to date, or take migrations back.
#[derive(Args)]
pub struct Migrate {
    #[command(flatten)]
    database: Database,

    /// Take this many migrations back, with the data that only they can hold
    #[arg(long, env = "PARTAGE_BACK")]
    back: Option<u32>,
}

/// Runs the migrations that are to run.
pub async fn run(command: Migrate) -> Result<()> {
    let store = Store::open(&command.database.database, Clock::default()).await?;
    if let SchemaState::Newer(unknown) = store.schema_state().await? {
        return Err(Error::Internal(format!(
            "the database is newer than this program, which therefore leaves it alone: {unknown}"
        )));
    }
    match command.back {
        Some(steps) => store.migrate_back(steps).await?,
        None => store.migrate().await?,
    }
    let state = match store.schema_state().await? {
        SchemaState::Current => "The schema is up to date.".to_string(),
        SchemaState::Older(pending) => format!("{pending} migrations are not applied."),
        SchemaState::Newer(unknown) => unknown,
    };
    say(&state);
    store.close().await;
    Ok(())
}
