//! `partage backup`.

use std::path::PathBuf;

use clap::Args;

use crate::base::clock::Clock;
use crate::base::error::Result;
use crate::cli::Database;
use crate::cli::check;
use crate::cli::say;
use crate::store::backup;

/// Back the database up into one file, while servers go on writing
#[derive(Args)]
pub struct Backup {
    /// The file; it gets mode 0600, and its name only when it is complete and on the disk
    file: PathBuf,

    #[command(flatten)]
    database: Database,

    /// Write over a file that exists. (On the command line only: nothing in the environment shall take a backup away)
    #[arg(long)]
    overwrite: bool,
}

/// Takes a backup and checks it.
pub async fn run(command: Backup) -> Result<()> {
    let made_at = Clock::default().now().to_rfc3339();
    let url = &command.database.database;
    let seal = backup::take(url, &command.file, command.overwrite, made_at).await?;
    say(&format!(
        "{}: {} bytes, schema {}, log up to {}.",
        command.file.display(),
        seal.bytes,
        seal.schema,
        seal.position.unwrap_or(0)
    ));
    check::backup(&command.file, None, false).await
}
