//! A database for each forum: a file in a temporary folder, or a database of a PostgreSQL server.

use std::path::PathBuf;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use sea_orm::ConnectOptions;
use sea_orm::ConnectionTrait;
use sea_orm::Database as Connecting;
use tempfile::TempDir;

use crate::support::options::Common;

/// The database of one forum. It is removed when this is dropped.
pub struct Database {
    url: String,
    kind: Kind,
}

enum Kind {
    /// The folder is removed when this is dropped.
    Sqlite(TempDir),
    Postgres {
        server: String,
        name: String,
    },
}

/// The name of a database's file.
const FILE: &str = "forum.db";
/// Numbers the databases of this run.
static COUNT: AtomicU32 = AtomicU32::new(0);

impl Database {
    /// An empty one, without a schema.
    pub fn empty(options: &Common) -> Database {
        if !options.is_postgres() {
            // In the build folder, because a temporary folder may be in memory: a commit must reach a disk.
            let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder");
            let url = format!("sqlite://{}?mode=rwc", folder.path().join(FILE).display());
            let kind = Kind::Sqlite(folder);
            return Database { url, kind };
        }
        let server = options.database.clone();
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("partage_bench_{}_{count}", std::process::id());
        administer(&server, &format!("create database {name}"));
        let (base, _) = server
            .rsplit_once('/')
            .expect("the address of a server ends with /DATABASE");
        Database {
            url: format!("{base}/{name}"),
            kind: Kind::Postgres { server, name },
        }
    }

    /// The address for `--database`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The file of an embedded database.
    pub fn file(&self) -> Option<PathBuf> {
        match &self.kind {
            Kind::Sqlite(folder) => Some(folder.path().join(FILE)),
            Kind::Postgres { .. } => None,
        }
    }

    /// Whether it is on PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        matches!(self.kind, Kind::Postgres { .. })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Kind::Postgres { server, name } = &self.kind {
            administer(server, &format!("drop database {name} with (force)"));
        }
    }
}

fn administer(server: &str, sql: &str) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let mut options = ConnectOptions::new(server);
        options.max_connections(1).sqlx_logging(false);
        let connection = Connecting::connect(options)
            .await
            .expect("a connection to the PostgreSQL server");
        connection
            .execute_unprepared(sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        connection.close().await.expect("closing");
    });
}
