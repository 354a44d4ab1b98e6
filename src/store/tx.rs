//! One change: opened for an actor, ended by `commit(event)`. If it is dropped without a commit, it is rolled back.

use sea_orm::DatabaseTransaction;
use sea_orm::DbErr;
use sea_orm::Statement;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::store::database::Store;
use crate::store::log;

/// A write transaction.
pub struct Tx {
    store: Store,
    transaction: DatabaseTransaction,
    actor: Actor,
    now: Moment,
}

impl Tx {
    async fn begin(store: &Store, actor: &Actor) -> Result<Tx> {
        let transaction = store.backend().begin_write().await?;
        Ok(Tx {
            now: store.clock().now(),
            store: store.clone(),
            transaction,
            actor: actor.clone(),
        })
    }

    /// Returns the transaction in which rows are read and written.
    pub fn rows(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    /// The actor on whose behalf the change is made.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The time of the change, the same for all its rows.
    pub fn now(&self) -> Moment {
        self.now
    }

    /// Runs changes that do not read each other's writes.
    ///
    /// # Errors
    /// Those of the database, unconverted, for callers that interpret constraint violations.
    pub async fn execute_together(&self, changes: Vec<Statement>) -> Result<(), DbErr> {
        let backend = self.store.backend();
        backend.execute_together(&self.transaction, changes).await
    }

    /// Commits the change. The event is appended in the same transaction, everything becomes visible at once, and the readers of
    /// the log are woken. Returns the event's position. It is carried out even if the caller is cancelled meanwhile.
    pub async fn commit(self, event: Event) -> Result<i64> {
        self.commit_all(&[event]).await
    }

    /// Same, for a change that consists of several events, in order. Returns the position of the last.
    pub async fn commit_all(self, events: &[Event]) -> Result<i64> {
        let rows = events
            .iter()
            .map(|event| log::row(self.now, &self.actor, event))
            .collect::<Result<Vec<_>>>()?;
        let note = NoteContent {
            store: self.store,
            events: events.to_vec(),
        };
        let transaction = self.transaction;
        // A database that was told to commit does so, also if nobody waits any more: what follows from the commit must not come
        // before it.
        let commit = async move {
            let backend = note.store.backend();
            let position = backend.append_and_commit(transaction, rows).await?;
            let store = note.store.clone();
            drop(note);
            store.note_success();
            store.committed();
            Ok(position)
        };
        tokio::spawn(commit).await.map_err(Error::internal)?
    }
}

/// Records when it is dropped that these events may have changed what visitors are shown: however the commit ends, since one
/// whose confirmation is lost may have happened.
struct NoteContent {
    store: Store,
    events: Vec<Event>,
}

impl Drop for NoteContent {
    fn drop(&mut self) {
        self.store.note_content(&self.events);
    }
}

impl Store {
    /// Opens a change on behalf of an actor. On SQLite there is one at a time, and others wait.
    pub async fn begin(&self, actor: &Actor) -> Result<Tx> {
        Tx::begin(self, actor).await
    }

    /// Same, for rare changes that read more than they lock. They run one at a time on PostgreSQL too, across processes, so that
    /// no two of them see the same state and both change it.
    pub async fn begin_serialized(&self, actor: &Actor) -> Result<Tx> {
        let tx = self.begin(actor).await?;
        self.backend().lock_exclusively(tx.rows()).await?;
        Ok(tx)
    }
}
