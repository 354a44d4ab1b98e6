//! A database for each test, on SQLite (a file) and on PostgreSQL (a database of the server that `PARTAGE_TEST_POSTGRES` names).

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use partage::base::event::Event;
use sea_orm::ConnectOptions;
use sea_orm::ConnectionTrait;
use sea_orm::Database;
use sea_orm::DatabaseConnection;
use sea_orm::DbBackend;
use sea_orm::Statement;
use tempfile::TempDir;

use crate::support::wait::until;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// A database that belongs to one test.
pub struct Place {
    pub kind: Kind,
    url: String,
    /// PostgreSQL: the name of the database. SQLite: none.
    name: Option<String>,
    folder: TempDir,
}

/// Numbers the databases of this run.
static COUNT: AtomicU32 = AtomicU32::new(0);

impl Place {
    /// A database without a schema.
    pub async fn empty(kind: Kind) -> Place {
        Place::made_from(kind, None, None).await
    }

    /// A copy: of a file's bytes on SQLite, of a database on PostgreSQL.
    pub async fn copy(kind: Kind, bytes: Option<&[u8]>, template: Option<&str>) -> Place {
        Place::made_from(kind, bytes, template).await
    }

    async fn made_from(kind: Kind, bytes: Option<&[u8]>, template: Option<&str>) -> Place {
        let folder = tempfile::tempdir().expect("a temporary folder");
        match kind {
            Kind::Sqlite => {
                let path = folder.path().join("forum.db");
                if let Some(bytes) = bytes {
                    std::fs::write(&path, bytes).expect("the copy of the template");
                }
                Place {
                    kind,
                    url: format!("sqlite://{}?mode=rwc", path.display()),
                    name: None,
                    folder,
                }
            }
            Kind::Postgres => {
                let count = COUNT.fetch_add(1, Ordering::Relaxed);
                let name = format!("partage_{}_{count}", std::process::id());
                let from = template.unwrap_or("template0");
                administer(&format!("create database {name} template {from}")).await;
                Place {
                    kind,
                    url: url_of(&name),
                    name: Some(name),
                    folder,
                }
            }
        }
    }

    /// The URL for `--database`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// SQLite: the folder of the database's files.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// PostgreSQL: the name of the database.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// SQLite: the contents of all files of the database. PostgreSQL: every row of every table, as text.
    pub async fn contents(&self) -> Vec<u8> {
        match self.kind {
            Kind::Sqlite => {
                let mut all = Vec::new();
                for entry in std::fs::read_dir(self.folder.path()).expect("the folder") {
                    let path = entry.expect("an entry of the folder").path();
                    all.extend(std::fs::read(path).expect("a file of the database"));
                }
                all
            }
            Kind::Postgres => {
                let dump = "select table_name, query_to_xml('select * from ' || quote_ident(table_name), true, false, '')::text \
                            from information_schema.tables where table_schema = 'public'";
                let rows = self.query(dump).await;
                let text: String = rows
                    .iter()
                    .map(|row| row.try_get_by_index::<String>(1).expect("a table's rows"))
                    .collect();
                text.into_bytes()
            }
        }
    }

    /// Reads rows directly, bypassing the forum.
    pub async fn query(&self, sql: &str) -> Vec<sea_orm::QueryResult> {
        let connection = connect(&self.url).await;
        let statement = Statement::from_string(connection.get_database_backend(), sql);
        let rows = connection
            .query_all_raw(statement)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        connection.close().await.expect("closing");
        rows
    }

    /// The position of the newest event in the log.
    pub async fn newest_event(&self) -> i64 {
        let rows = self
            .query("select max(position) as newest from event")
            .await;
        rows[0].try_get("", "newest").expect("a position")
    }

    /// The events in the log after this position.
    pub async fn events_after(&self, position: i64) -> Vec<Event> {
        let sql = format!("select facts from event where position > {position} order by position");
        let rows = self.query(&sql).await;
        let facts = rows
            .iter()
            .map(|row| row.try_get("", "facts").expect("facts"));
        facts
            .map(|facts: String| serde_json::from_str(&facts).expect("an event"))
            .collect()
    }

    /// Changes something directly, bypassing the forum.
    pub async fn execute(&self, sql: &str) {
        self.try_execute(sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// The same; returns the database's error message when it refuses.
    pub async fn try_execute(&self, sql: &str) -> Result<(), String> {
        let connection = connect(&self.url).await;
        let done = connection.execute_unprepared(sql).await;
        connection.close().await.expect("closing");
        done.map(drop).map_err(|error| error.to_string())
    }

    /// Waits until no connection to the database is left, so that it can be copied.
    pub async fn rest(&self) {
        match self.kind {
            Kind::Sqlite => {
                let log = self.folder.path().join("forum.db-wal");
                until("the write-ahead log to be folded in", || async {
                    (!log.exists()).then_some(())
                })
                .await;
            }
            Kind::Postgres => {
                let name = self.name.clone().expect("a name");
                let others =
                    format!("select 1 as one from pg_stat_activity where datname = '{name}'");
                let server = connect(&server_url()).await;
                until("the sessions of the database to end", || async {
                    let statement = Statement::from_string(DbBackend::Postgres, &others);
                    let rows = server.query_all_raw(statement).await.expect("the sessions");
                    rows.is_empty().then_some(())
                })
                .await;
                server.close().await.expect("closing");
            }
        }
    }

    /// SQLite: the bytes of the file.
    pub fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.folder.path().join("forum.db")).expect("the file of the database")
    }

    /// Drops the database. (A file goes with its folder.)
    pub async fn remove(self) {
        if let Some(name) = &self.name {
            administer(&format!("drop database {name} with (force)")).await;
        }
    }
}

/// A connection of the test's own.
pub async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options)
        .await
        .expect("a connection to the database")
}

async fn administer(sql: &str) {
    let server = connect(&server_url()).await;
    server
        .execute_unprepared(sql)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    server.close().await.expect("closing");
}

fn server_url() -> String {
    std::env::var("PARTAGE_TEST_POSTGRES").expect(
        "PARTAGE_TEST_POSTGRES must name a PostgreSQL server as its superuser; `sh tests/run` starts one",
    )
}

fn url_of(database: &str) -> String {
    let server = server_url();
    let (base, _) = server
        .rsplit_once('/')
        .expect("PARTAGE_TEST_POSTGRES ends with /DATABASE");
    format!("{base}/{database}")
}
