//! The options that every bench takes.

use clap::Args;

use crate::support::table::say;

/// The options that all benches have.
#[derive(Args, Clone, Debug)]
pub struct Common {
    /// The database: `sqlite`, or the address of a PostgreSQL server in which databases may be made
    /// (`sh benches/run NAME --database postgres` starts one)
    #[arg(long, default_value = "sqlite")]
    pub database: String,

    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

impl Common {
    /// The first line of a report: what is measured, and on what.
    pub fn head(&self, what: &str) {
        let database = if self.is_postgres() {
            "PostgreSQL"
        } else {
            "SQLite"
        };
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        say(&format!("{what} ({database}, {cores} cores)"));
    }

    /// Whether it is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.database != "sqlite"
    }
}
