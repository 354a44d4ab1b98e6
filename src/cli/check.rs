//! `partage check`.

use std::path::Path;
use std::path::PathBuf;

use clap::Args;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::cli::Database;
use crate::cli::print_line;
use crate::forum::checks;
use crate::store::SchemaState;
use crate::store::inspect;
use crate::store::seal;

/// Check a database, which may be in use, or a backup
#[derive(Args)]
pub struct Check {
    /// A file made by `partage backup`; without it, the database is checked
    file: Option<PathBuf>,

    #[command(flatten)]
    database: Database,

    /// The public key (64 hexadecimal digits) that must have signed the ledger, up to its last entry
    #[arg(long, env = "PARTAGE_CHECK_KEY")]
    key: Option<String>,
}

/// Runs every check, reports what each found, and fails if one found a fault.
pub async fn run(command: Check) -> Result<()> {
    let key = command.key.as_deref();
    match &command.file {
        Some(file) => backup(file, key, true).await,
        None => {
            let database = inspect::open(&command.database.database).await?;
            all(database, key, true, false).await
        }
    }
}

/// Checks a backup: its seal, and its content if that can be read without restoring it.
pub(crate) async fn backup(file: &Path, key: Option<&str>, is_long: bool) -> Result<()> {
    let seal = seal::check(file, |_| Ok(()))?;
    if is_long {
        print_line(&format!(
            "ok     seal: {} bytes of {}, unchanged",
            seal.bytes, seal.made_at
        ));
    }
    if seal.kind != "sqlite" {
        print_line(
            "This is an archive of pg_dump: its content can be checked after `partage restore`.",
        );
        return Ok(());
    }
    let database = inspect::open_backup(file).await?;
    all(database, key, is_long, true).await
}

async fn all(
    database: inspect::Inspected,
    key: Option<&str>,
    is_long: bool,
    is_backup: bool,
) -> Result<()> {
    let rows = inspect::snapshot(&database).await?;
    match inspect::state(&inspect::migrations(&rows).await?) {
        SchemaState::Current => {}
        SchemaState::Older(pending) if is_backup => {
            print_line(&format!(
                "It lacks {pending} migrations: its content can be checked after `partage restore` and `partage migrate`."
            ));
            return Ok(());
        }
        SchemaState::Older(pending) => {
            return Err(Error::Internal(format!(
                "the database lacks {pending} migrations: run `partage migrate` first, or check it with the program that made it"
            )));
        }
        SchemaState::Newer(unknown) => {
            return Err(Error::Internal(format!(
                "the database is newer than this program, which cannot check it: {unknown}"
            )));
        }
    }
    let broken = checks::run(&rows, key, |checked| {
        let found = &checked.found;
        if checked.passed() {
            if is_long {
                print_line(&format!("ok     {}: {}", checked.name, found.seen));
            }
            return;
        }
        print_line(&format!("WRONG  {}: {} faults", checked.name, found.faults));
        for fault in &found.first {
            print_line(&format!("         {fault}"));
        }
    })
    .await?;
    drop(rows);
    if broken > 0 {
        return Err(Error::Internal(format!("{broken} checks found faults")));
    }
    print_line("Everything holds.");
    Ok(())
}
