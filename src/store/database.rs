//! The forum's database: connections, schema, and notifications of commits.

#[cfg(debug_assertions)]
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use migrations::Migrator;
use migrations::MigratorTrait;
use sea_orm::DatabaseConnection;
use tokio::sync::watch;

use crate::base::clock::Clock;
use crate::base::error::Result;
use crate::base::error::Trouble;
use crate::base::event::Event;
use crate::base::sources::MadeOf;
use crate::store::backend;
use crate::store::backend::Backend;
use crate::store::backend::Notification;
use crate::store::content::Content;
use crate::store::inspect;
use crate::store::inspect::SchemaState;
use crate::store::kept::Keeping;
use crate::store::statements::Statements;
use crate::store::write_health::WriteHealth;

/// The forum's database. Cheap to clone. All clones share the same connections.
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
    /// Increases with the changes that this process has committed.
    commits: watch::Sender<u64>,
    content: Content,
    write_health: WriteHealth,
    keeping: Keeping,
}

impl Store {
    /// Opens the database that the URL names (`sqlite://…` or `postgres://…`). Runs no migration.
    pub async fn open(url: &str, clock: Clock) -> Result<Store> {
        Store::open_with(url, clock, None).await
    }

    /// The same with a limit on the time that one request may read. Beyond it, the read fails with [`Trouble::Busy`].
    pub async fn open_with(url: &str, clock: Clock, limit: Option<Duration>) -> Result<Store> {
        let statements = Arc::<Statements>::default();
        let backend = Backend::open(url, &statements, limit).await?;
        let (wake, _) = watch::channel(0);
        let (commits, _) = watch::channel(0);
        Ok(Store {
            inner: Arc::new(Inner {
                backend,
                statements,
                wake,
                commits,
                content: Content::default(),
                write_health: WriteHealth::default(),
                keeping: Keeping::default(),
            }),
            clock,
        })
    }

    /// Returns the same store with another clock, for content dated at another time.
    pub fn with_clock(&self, clock: Clock) -> Store {
        Store {
            inner: Arc::clone(&self.inner),
            clock,
        }
    }

    /// Compares the database's schema with the migrations that this program knows.
    pub async fn schema_state(&self) -> Result<SchemaState> {
        let applied = inspect::migrations(self.writer()).await?;
        Ok(inspect::state(&applied))
    }

    /// Runs the pending migrations.
    pub async fn migrate(&self) -> Result<()> {
        Ok(Migrator::up(self.writer(), None).await?)
    }

    /// Returns everything that reverting the last `steps` migrations would lose, as numbers with descriptions.
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

    /// Reverts the last `steps` migrations and removes the data that only they can hold.
    pub async fn migrate_back(&self, steps: u32) -> Result<()> {
        Ok(Migrator::down(self.writer(), Some(steps)).await?)
    }

    /// The clock for everything that is stored.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Number of SQL statements run since the store was opened.
    pub fn statements(&self) -> u64 {
        self.inner.statements.count()
    }

    /// The total time of these statements.
    pub fn statement_microseconds(&self) -> u64 {
        self.inner.statements.microseconds()
    }

    /// Records the text of each statement from now on. Tests look at their plans; a release does not contain it.
    #[cfg(debug_assertions)]
    pub fn watch_statements(&self) {
        self.inner.statements.watch();
    }

    /// The texts that were recorded.
    #[cfg(debug_assertions)]
    pub fn seen_statements(&self) -> BTreeSet<String> {
        self.inner.statements.seen()
    }

    /// Changes when the log may have grown. Several commits may cause one change.
    pub fn wakes(&self) -> watch::Receiver<u64> {
        self.inner.wake.subscribe()
    }

    /// Makes the readers of the log check it.
    pub fn wake(&self) {
        self.inner.wake.send_modify(|count| *count += 1);
    }

    /// Changes when this process has committed a change.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.inner.commits.subscribe()
    }

    /// The version of what visitors are shown, as far as this process knows. Read it before anything else. It increases with
    /// every change: after the change is visible, and before it is acknowledged if this process made it; when the log is read
    /// here if another did.
    pub fn content_version(&self) -> u64 {
        self.inner.content.version()
    }

    /// The version with which something of this last changed: what was read when the content had this version, or a later one, is
    /// true.
    pub fn last_change(&self, made_of: &MadeOf) -> u64 {
        self.inner.content.last_change(made_of)
    }

    /// Records that these events may have changed what visitors are shown.
    pub fn note_content<'a>(&self, events: impl IntoIterator<Item = &'a Event>) {
        self.inner.content.note(events);
    }

    /// Records that anything that visitors are shown may have changed.
    pub fn note_all_content(&self) {
        self.inner.content.note_everything();
    }

    /// Number of changes that could not be written since the store was opened, because of this trouble of the database.
    pub fn failed_changes(&self, trouble: Trouble) -> u64 {
        self.inner.write_health.failed(trouble)
    }

    /// Checks whether changes can be written. After a failed change, the check writes as much as a long text needs, until that
    /// succeeds. Otherwise it only begins a transaction. A second check within a second returns the same result.
    ///
    /// # Errors
    /// UNAVAILABLE if they cannot.
    pub async fn check_writable(&self) -> Result<()> {
        self.inner.write_health.check(self.backend()).await
    }

    /// Writes something, to see whether the database accepts it.
    ///
    /// # Errors
    /// UNAVAILABLE if it does not.
    pub async fn try_to_write(&self) -> Result<()> {
        self.backend().write_nothing().await
    }

    /// Whether the last change could not be written.
    pub fn is_failing(&self) -> bool {
        self.inner.write_health.is_failing()
    }

    /// Records that a change could not be written.
    pub fn note_failure(&self, trouble: Trouble) {
        self.inner.write_health.note_failure(trouble);
    }

    /// Records that a change was written.
    pub(crate) fn note_success(&self) {
        self.inner.write_health.note_success();
    }

    /// Notifies the readers of the log in this process, and the task that notifies other processes.
    pub(crate) fn committed(&self) {
        self.wake();
        self.inner.commits.send_modify(|count| *count += 1);
    }

    /// Notifies other processes that the log has grown.
    pub async fn announce(&self) -> Result<()> {
        self.inner.backend.announce().await
    }

    /// Waits for notifications of other processes: wakes the readers of the log after a commit, and passes on other messages.
    /// Returns only if the connection fails. Never returns on SQLite, where there is nothing to receive.
    pub async fn listen(&self, on_message: impl Fn(&str)) -> Result<()> {
        let on_notification = |notification: Notification<'_>| match notification {
            Notification::LogGrew => self.wake(),
            Notification::Message(message) => on_message(message),
        };
        backend::listen(&self.inner.backend, on_notification).await
    }

    /// Removes deleted data of these tables (names separated by commas) from the database's files, after an erasure.
    pub async fn scrub(&self, tables: &'static str) {
        self.backend().scrub(tables).await;
    }

    /// Sends a message of less than 8,000 bytes to the other processes. It is not stored.
    pub async fn broadcast(&self, message: &str) -> Result<()> {
        self.inner.backend.broadcast(message).await
    }

    /// Closes the connections after their current work has ended.
    pub async fn close(&self) {
        self.inner.backend.close().await;
    }

    pub(crate) fn keeping(&self) -> &Keeping {
        &self.inner.keeping
    }

    pub(crate) fn backend(&self) -> &Backend {
        &self.inner.backend
    }

    /// The connections for reading a single statement. Several statements that belong together use [`Store::snapshot`].
    pub(crate) fn reader(&self) -> &DatabaseConnection {
        self.inner.backend.reader()
    }

    pub(crate) fn writer(&self) -> &DatabaseConnection {
        self.inner.backend.writer()
    }
}
