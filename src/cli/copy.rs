//! `partage copy`.

use clap::Args;

use crate::base::error::Result;
use crate::cli::print_line;
use crate::store::copy;

/// Copy a forum into an empty database, of the same kind or the other: from SQLite to PostgreSQL, or back
#[derive(Args)]
pub struct Copy {
    /// The database to read; stop its servers first, because what is written after the start is not copied
    #[arg(
        long,
        env = "PARTAGE_COPY_FROM",
        value_name = "URL",
        hide_env_values = true
    )]
    from: String,

    /// The database to write: an empty one, or one that was only migrated
    #[arg(
        long,
        env = "PARTAGE_COPY_TO",
        value_name = "URL",
        hide_env_values = true
    )]
    to: String,
}

/// Copies and compares every table.
pub async fn run(command: Copy) -> Result<()> {
    let done = copy::copy(&command.from, &command.to, |copied| {
        if copied.rows > 0 {
            print_line(&format!("{:>9}  {}", copied.rows, copied.table));
        }
    })
    .await?;
    let rows: u64 = done.tables.iter().map(|copied| copied.rows).sum();
    print_line(&format!(
        "Copied {rows} rows of {} tables in {:.1} s. Every table matches its source in the number of rows and a digest of them.",
        done.tables.len(),
        done.took.as_secs_f64()
    ));
    if done.missed > 0 {
        print_line(&format!(
            "WARNING: the source was changed meanwhile. {} later events and their changes are not in the copy: stop the servers \
             and copy again into an empty database.",
            done.missed
        ));
    }
    Ok(())
}
