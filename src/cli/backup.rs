//! `partage backup`.

use std::path::PathBuf;

use clap::Args;

use crate::base::clock::Clock;
use crate::base::error::Result;
use crate::cli::Database;
use crate::cli::check;
use crate::cli::print_line;
use crate::store::backup;

/// Back up the database into one file, while servers continue to write
#[derive(Args)]
pub struct Backup {
    /// The file to create; it gets mode 0600, and its name only when it is complete and on the disk
    file: PathBuf,

    #[command(flatten)]
    database: Database,

    /// Overwrite an existing file. (On the command line only, so that no environment variable can destroy a backup)
    #[arg(long)]
    overwrite: bool,
}

/// Makes a backup and checks it.
pub async fn run(command: Backup) -> Result<()> {
    let made_at = Clock::default().now().to_rfc3339();
    let url = &command.database.database;
    let seal = backup::take(url, &command.file, command.overwrite, made_at).await?;
    print_line(&format!(
        "{}: {} bytes, schema {}, log up to {}.",
        command.file.display(),
        seal.bytes,
        seal.schema,
        seal.position.unwrap_or(0)
    ));
    check::backup(&command.file, None, false).await
}
