//! `partage restore`.

use std::path::PathBuf;

use clap::Args;

use crate::base::error::Result;
use crate::cli::Database;
use crate::cli::print_line;
use crate::store::restore;

/// Restore a backup into a new or empty database
#[derive(Args)]
pub struct Restore {
    /// A file made by `partage backup`
    file: PathBuf,

    #[command(flatten)]
    database: Database,

    /// Replace a database that has content; its servers must be stopped first. (On the command line only)
    #[arg(long)]
    replace: bool,
}

/// Verifies the backup, restores it and prints what to do next.
pub async fn run(command: Restore) -> Result<()> {
    let url = &command.database.database;
    let seal = restore::restore(&command.file, url, command.replace).await?;
    print_line(&format!(
        "Restored the backup of {} (schema {}, log up to {}).",
        seal.made_at,
        seal.schema,
        seal.position.unwrap_or(0)
    ));
    print_line(
        "Next: run `partage check` on this database, and `partage migrate` if this program is newer than the backup; put the ledger's",
    );
    print_line(
        "key back to the path of --ledger-key-file, because it is in no backup; then run `partage serve` with the earlier settings.",
    );
    Ok(())
}
