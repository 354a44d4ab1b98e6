//! `partage migrate`.

use clap::Args;

use crate::base::clock::Clock;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::cli::Database;
use crate::cli::print_line;
use crate::store::SchemaState;
use crate::store::Store;
use crate::store::lock;

/// Bring a database's schema up to date, or revert migrations. Its servers must be stopped first.
#[derive(Args)]
pub struct Migrate {
    #[command(flatten)]
    database: Database,

    /// Revert this many migrations; refused if something would be lost
    #[arg(long, env = "PARTAGE_BACK")]
    back: Option<u32>,

    /// Revert them and accept the loss of what the refusal names. (On the command line only, so that no environment
    /// variable can destroy data)
    #[arg(long, requires = "back")]
    accept_loss: bool,
}

/// Runs the pending migrations, or reverts some.
pub async fn run(command: Migrate) -> Result<()> {
    let url = &command.database.database;
    let _lock = lock::take(url, "migrated")?;
    lock::require_no_server(url, "migrated").await?;
    let store = Store::open(url, Clock::default()).await?;
    if let SchemaState::Newer(unknown) = store.schema_state().await? {
        return Err(Error::Internal(format!(
            "the database is newer than this program and was not changed: {unknown}"
        )));
    }
    match command.back {
        Some(steps) => back(&store, steps, command.accept_loss).await?,
        None => store.migrate().await?,
    }
    let state = match store.schema_state().await? {
        SchemaState::Current => "The schema is up to date.".to_string(),
        SchemaState::Older(pending) => format!("{pending} migrations are not applied."),
        SchemaState::Newer(unknown) => unknown,
    };
    print_line(&state);
    store.close().await;
    Ok(())
}

/// Reports what would be lost, and reverts the migrations if nothing would be lost or the loss is accepted.
async fn back(store: &Store, steps: u32, is_loss_accepted: bool) -> Result<()> {
    let losses = store.losses(steps).await?;
    if !losses.is_empty() {
        let verb = if is_loss_accepted {
            "loses"
        } else {
            "would lose"
        };
        print_line(&format!("Going back {steps} migrations {verb}:"));
        for (count, what) in &losses {
            print_line(&format!("{count:>9}  {what}"));
        }
    }
    if !losses.is_empty() && !is_loss_accepted {
        return Err(Error::internal(
            "nothing was changed. Back up first; --accept-loss goes back and accepts the loss of what is listed above",
        ));
    }
    store.migrate_back(steps).await
}
