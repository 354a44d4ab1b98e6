//! The database: one door for changes ([`Store::begin`]), one for reading ([`Store::snapshot`]), and the log of what happened.

pub mod backend;
pub mod backup;
pub mod columns;
pub mod copy;
#[cfg(debug_assertions)]
mod cut;
mod dump;
mod fault;
pub mod inspect;
pub mod integrity;
pub mod keyset;
pub mod log;
mod part;
pub mod private;
pub mod restore;
pub mod seal;
pub mod snapshot;
pub mod tx;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use migrations::Migrator;
use migrations::MigratorTrait;
use sea_orm::DatabaseConnection;
use sea_orm::DbErr;
use tokio::sync::watch;

use crate::base::actor::Actor;
use crate::base::clock::Clock;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::store::backend::Backend;
use crate::store::backend::Heard;
use crate::store::snapshot::Snapshot;
use crate::store::tx::Tx;

/// The forum's database. Cheap to clone; all clones are one store.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
    clock: Clock,
}

#[derive(Debug)]
struct Inner {
    backend: Backend,
    statements: Arc<Statements>,
    wake: watch::Sender<u64>,
    /// Grows with the changes that this process has committed.
    commits: watch::Sender<u64>,
    changes: Changes,
}

/// How changes fare.
#[derive(Debug, Default)]
struct Changes {
    failed: AtomicU64,
    /// Whether the last one that tried could not be written.
    failing: AtomicBool,
}

/// What has been run on the database.
#[derive(Debug, Default)]
pub(crate) struct Statements {
    count: AtomicU64,
    microseconds: AtomicU64,
}

impl Statements {
    pub(crate) fn add(&self, sql: &str, took: Duration) {
        #[cfg(debug_assertions)]
        cut::after(sql);
        #[cfg(not(debug_assertions))]
        let _ = sql;
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.count.fetch_add(1, Ordering::Relaxed);
        self.microseconds.fetch_add(micros, Ordering::Relaxed);
    }
}

/// How the schema of a database stands to this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaState {
    Current,
    /// Empty or older: this many migrations are still to run.
    Older(usize),
    /// Names migrations that this program does not know.
    Newer(String),
}

impl Store {
    /// Opens the database that the URL names (`sqlite://…` or `postgres://…`); runs no migration.
    pub async fn open(url: &str, clock: Clock) -> Result<Store> {
        let statements = Arc::<Statements>::default();
        let backend = Backend::open(url, &statements).await?;
        let (wake, _) = watch::channel(0);
        let (commits, _) = watch::channel(0);
        Ok(Store {
            inner: Arc::new(Inner {
                backend,
                statements,
                wake,
                commits,
                changes: Changes::default(),
            }),
            clock,
        })
    }

    /// The same store with another clock, for content of another time.
    pub fn with_clock(&self, clock: Clock) -> Store {
        Store {
            inner: Arc::clone(&self.inner),
            clock,
        }
    }

    /// Compares the database's schema with what this program knows.
    pub async fn schema_state(&self) -> Result<SchemaState> {
        let applied = Migrator::get_applied_migrations(self.writer()).await;
        match applied {
            Ok(_) => {}
            Err(DbErr::Custom(message)) if message.contains("missing") => {
                return Ok(SchemaState::Newer(message));
            }
            Err(error) => return Err(failed(error)),
        }
        let pending = Migrator::get_pending_migrations(self.writer())
            .await
            .map_err(failed)?
            .len();
        Ok(match pending {
            0 => SchemaState::Current,
            pending => SchemaState::Older(pending),
        })
    }

    /// Runs the migrations that are still to run.
    pub async fn migrate(&self) -> Result<()> {
        Migrator::up(self.writer(), None).await.map_err(failed)
    }

    /// Takes the last `steps` migrations back, with the data that only they can hold.
    pub async fn migrate_back(&self, steps: u32) -> Result<()> {
        Migrator::down(self.writer(), Some(steps))
            .await
            .map_err(failed)
    }

    /// Opens a change in the name of an actor. On SQLite there is one at a time; others wait their turn.
    pub async fn begin(&self, actor: &Actor) -> Result<Tx> {
        Tx::begin(self, actor).await
    }

    /// The same for what is rare and looks at more than it locks: one at a time on PostgreSQL too, among processes, so that
    /// two of them never see the same state and both change it.
    pub async fn begin_alone(&self, actor: &Actor) -> Result<Tx> {
        let tx = self.begin(actor).await?;
        self.inner.backend.be_alone(tx.rows()).await?;
        Ok(tx)
    }

    /// A view of the database that does not move while it is read.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::new(self.clone())
    }

    /// The time for everything that is stored.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// SQL statements run since the store was opened.
    pub fn statements(&self) -> u64 {
        self.inner.statements.count.load(Ordering::Relaxed)
    }

    /// How long these took together.
    pub fn statement_microseconds(&self) -> u64 {
        self.inner.statements.microseconds.load(Ordering::Relaxed)
    }

    /// Changes when the log may have grown; how often it did is not told.
    pub fn wakes(&self) -> watch::Receiver<u64> {
        self.inner.wake.subscribe()
    }

    /// Tells the followers of the log to look.
    pub fn wake(&self) {
        self.inner.wake.send_modify(|count| *count += 1);
    }

    /// Changes when this process has committed something.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.inner.commits.subscribe()
    }

    /// Changes that could not be written since the store was opened, by a fault of the database.
    pub fn failed_changes(&self) -> u64 {
        self.inner.changes.failed.load(Ordering::Relaxed)
    }

    /// Whether changes can be written: asks the writer, and after a change that failed has it write something.
    ///
    /// # Errors
    /// UNAVAILABLE while they cannot.
    pub async fn check_writable(&self) -> Result<()> {
        if !self.inner.changes.failing.load(Ordering::Relaxed) {
            return self.backend().check_writer().await;
        }
        self.backend().write_nothing().await?;
        self.inner.changes.failing.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Whether the last change could not be written.
    pub fn is_failing(&self) -> bool {
        self.inner.changes.failing.load(Ordering::Relaxed)
    }

    /// Notes what came of a change.
    pub(crate) fn note_change<T>(&self, outcome: &Result<T>) {
        let changes = &self.inner.changes;
        match outcome {
            Ok(_) => changes.failing.store(false, Ordering::Relaxed),
            Err(Error::Unavailable(_)) => {
                changes.failed.fetch_add(1, Ordering::Relaxed);
                changes.failing.store(true, Ordering::Relaxed);
            }
            Err(_) => {}
        }
    }

    /// Tells followers of the log here, and whoever tells those elsewhere.
    pub(crate) fn committed(&self) {
        self.wake();
        self.inner.commits.send_modify(|count| *count += 1);
    }

    /// Tells other processes that the log has grown.
    pub async fn announce(&self) -> Result<()> {
        self.inner.backend.announce().await
    }

    /// Waits for other processes to commit, and wakes the followers here; hands on what else they say. Returns only when the
    /// connection fails; on SQLite, where nothing can be heard, never.
    pub async fn listen(&self, said: impl Fn(&str)) -> Result<()> {
        let heard = |heard: Heard<'_>| match heard {
            Heard::LogGrew => self.wake(),
            Heard::Said(message) => said(message),
        };
        backend::listen(&self.inner.backend, heard).await
    }

    /// Gets what an erasure deleted from these tables (their names, parted by commas) out of the database's files.
    pub async fn scrub(&self, tables: &'static str) {
        self.backend().scrub(tables).await;
    }

    /// Says something to the other processes that is kept nowhere, under 8,000 bytes.
    pub async fn say(&self, message: &str) -> Result<()> {
        self.inner.backend.say(message).await
    }

    /// Closes the connections after what runs on them has ended.
    pub async fn close(&self) {
        self.inner.backend.close().await;
    }

    pub(crate) fn backend(&self) -> &Backend {
        &self.inner.backend
    }

    /// The connections that read, for a single statement; more than one go through [`Store::snapshot`].
    pub(crate) fn reader(&self) -> &DatabaseConnection {
        self.inner.backend.reader()
    }

    pub(crate) fn writer(&self) -> &DatabaseConnection {
        self.inner.backend.writer()
    }
}

/// A database error: unavailable for now, or a malfunction.
pub fn failed(error: DbErr) -> Error {
    let cause = format!("database: {error}");
    match fault::is_passing(&error) {
        true => Error::Unavailable(cause),
        false => Error::Internal(cause),
    }
}
