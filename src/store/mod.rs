//! The database: one door for changes ([`Store::begin`]), one for reading ([`Store::snapshot`]), and the log of what happened.
//! Consumers of the log have a narrow door of their own for what they write ([`step::Step`]).

pub mod backend;
pub mod backup;
pub mod columns;
pub mod copy;
pub mod cursor;
#[cfg(debug_assertions)]
mod cut;
mod dump;
mod fault;
pub mod inspect;
pub mod integrity;
pub mod keyset;
pub mod lock;
pub mod log;
mod part;
pub mod private;
pub mod restore;
pub mod seal;
pub mod snapshot;
pub mod step;
mod trial;
pub mod tx;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use migrations::Migrator;
use migrations::MigratorTrait;
use sea_orm::DatabaseConnection;
use tokio::sync::watch;

use crate::base::actor::Actor;
use crate::base::clock::Clock;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::error::Trouble;
use crate::store::backend::Backend;
use crate::store::backend::Heard;
use crate::store::snapshot::Snapshot;
use crate::store::trial::Trial;
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
    trial: Trial,
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
                trial: Trial::default(),
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
        let applied = inspect::migrations(self.writer()).await?;
        Ok(inspect::state(&applied))
    }

    /// Runs the migrations that are still to run.
    pub async fn migrate(&self) -> Result<()> {
        Ok(Migrator::up(self.writer(), None).await?)
    }

    /// What taking the last `steps` migrations back would lose: how many of what. Nothing is left out that is there.
    pub async fn losses(&self, steps: u32) -> Result<Vec<(i64, &'static str)>> {
        let applied = Migrator::get_applied_migrations(self.writer()).await?;
        let last = applied.iter().rev().take(steps as usize);
        let mut found = Vec::new();
        for loss in last.flat_map(|migration| migrations::losses(migration.name())) {
            let count = self.backend().number(loss.count).await?;
            if count > 0 {
                found.push((count, loss.what));
            }
        }
        Ok(found)
    }

    /// Takes the last `steps` migrations back, with the data that only they can hold.
    pub async fn migrate_back(&self, steps: u32) -> Result<()> {
        Ok(Migrator::down(self.writer(), Some(steps)).await?)
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

    /// Changes that could not be written since the store was opened, by this trouble of the database.
    pub fn failed_changes(&self, trouble: Trouble) -> u64 {
        self.inner.trial.failed(trouble)
    }

    /// Whether changes can be written. After one that failed, as much is written as a long text needs, until that succeeds;
    /// else the writer is only asked. Who asks again within a second is told the same.
    ///
    /// # Errors
    /// UNAVAILABLE while they cannot.
    pub async fn check_writable(&self) -> Result<()> {
        self.inner.trial.check(self.backend()).await
    }

    /// Writes something, to see whether the database takes it.
    ///
    /// # Errors
    /// UNAVAILABLE when it does not.
    pub async fn try_to_write(&self) -> Result<()> {
        self.backend().write_nothing().await
    }

    /// Whether the last change could not be written.
    pub fn is_failing(&self) -> bool {
        self.inner.trial.is_failing()
    }

    /// Notes that a change could not be written.
    pub fn note_failure(&self, trouble: Trouble) {
        self.inner.trial.note_failure(trouble);
    }

    /// Notes that a change was written.
    pub(crate) fn note_success(&self) {
        self.inner.trial.note_success();
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

/// The refusal to use a database that cannot be written.
pub(crate) fn read_only(url: &str) -> Error {
    let look = match inspect::is_sqlite(url) {
        true => {
            "Look at the owner and mode of its files and of their folder, and whether the disk is mounted read-only"
        }
        false => "Is it a standby, or is default_transaction_read_only set?",
    };
    let name = lock::name(url);
    Error::Internal(format!(
        "{name} is read-only, and the forum has to write. {look}"
    ))
}
