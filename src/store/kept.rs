//! What a process keeps of tables that change seldom, so that a read finds them in memory. A snapshot is given what is true of
//! it, also when another process has changed the tables.
//!
//! The log says what is true: the tables of a [`Topic`] change only together with its events, positions have no holes, and a
//! snapshot that contains an event contains all before it. So two snapshots between which there is no such event show the same
//! rows, and the position of the last one names a state of these tables.

use std::any::Any;
use std::any::TypeId;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use sea_orm::DatabaseTransaction;

use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::event::Family;

/// Tables that change together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// The vocabulary and the delegations.
    Vocabulary,
    /// Which threads are listed under which heading. The order of a list is not part of it.
    Listed,
}

impl Topic {
    /// Whether the tables may have changed with this event.
    pub fn changes_with(self, event: &Event) -> bool {
        match self {
            Topic::Vocabulary => event.family() == Family::Vocabulary,
            Topic::Listed => {
                let is_about_a_text = matches!(
                    event,
                    Event::PostCreated { .. }
                        | Event::PostEdited { .. }
                        | Event::PostTranslated { .. }
                        | Event::TranslationWithdrawn { .. }
                );
                !is_about_a_text && !event.concerns().private
            }
        }
    }
}

/// Number of states that are kept: a snapshot may be older than the newest state.
const STATES: usize = 2;

/// Rows of the vocabulary's topic that are kept as a whole.
pub trait Kept: Sized + Send + Sync + 'static {
    /// Reads them all.
    fn read(rows: &DatabaseTransaction) -> impl Future<Output = Result<Self>> + Send;
}

/// What is kept.
#[derive(Default)]
pub(crate) struct Keeping {
    vocabulary: Spans,
    listed: Spans,
    shelves: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

/// The known states of a topic.
#[derive(Default)]
pub(crate) struct Spans(Mutex<Vec<Span>>);

/// Snapshots whose newest events are these show the same state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    from: i64,
    pub to: i64,
}

/// What is known of a view before the log is read.
pub(crate) enum Looked {
    /// The name of the state that it shows.
    Known(i64),
    /// The view is newer than these.
    After(Option<Span>),
}

/// The states of one kind of rows, each with its name, the newest last.
struct Shelf<T> {
    states: Mutex<Vec<(i64, Arc<T>)>>,
    /// Held while rows are read.
    reading: tokio::sync::Mutex<()>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Shelf<T> {
        Shelf {
            states: Mutex::default(),
            reading: tokio::sync::Mutex::default(),
        }
    }
}

impl<T> Shelf<T> {
    fn find(&self, state: i64) -> Option<Arc<T>> {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = states.iter();
        let found = known.find(|(name, _)| *name == state);
        found.map(|(_, value)| Arc::clone(value))
    }

    fn put(&self, state: i64, value: &Arc<T>) {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.push((state, Arc::clone(value)));
        states.sort_by_key(|(name, _)| *name);
        let surplus = states.len().saturating_sub(STATES);
        states.drain(..surplus);
    }
}

impl Spans {
    /// Looks up the state that a view shows whose newest event is `head`.
    pub fn look_up(&self, head: i64) -> Looked {
        let spans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = spans.iter().find(|span| span.holds(head)) {
            return Looked::Known(known.from);
        }
        let before = spans.iter().filter(|span| span.to < head);
        Looked::After(before.max_by_key(|span| span.to).copied())
    }

    /// Names the state that a view shows whose newest event is `head`, from the positions after `before` at which the tables
    /// changed. Where these are not known, it is a state of its own.
    pub fn name(&self, head: i64, before: Option<Span>, changes: Option<&[i64]>) -> i64 {
        let from = match (before, changes) {
            (_, Some([.., last])) => *last,
            (Some(span), Some([])) => span.from,
            (None, Some([])) | (_, None) => head,
        };
        self.note(Span { from, to: head });
        from
    }

    fn note(&self, span: Span) {
        let mut spans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match spans.iter_mut().find(|known| known.from == span.from) {
            Some(known) => known.to = known.to.max(span.to),
            None => spans.push(span),
        }
        spans.sort_by_key(|span| span.to);
        let surplus = spans.len().saturating_sub(STATES);
        spans.drain(..surplus);
    }
}

impl Keeping {
    /// The known states of a topic.
    pub fn spans(&self, topic: Topic) -> &Spans {
        match topic {
            Topic::Vocabulary => &self.vocabulary,
            Topic::Listed => &self.listed,
        }
    }

    /// Returns the rows as a view shows them that shows this state.
    pub async fn get<T: Kept>(&self, rows: &DatabaseTransaction, state: i64) -> Result<Arc<T>> {
        let shelf = self.shelf::<T>();
        if let Some(known) = shelf.find(state) {
            return Ok(known);
        }
        // Whoever waits has a view already, so nobody waits here for a connection.
        let _reading = shelf.reading.lock().await;
        if let Some(known) = shelf.find(state) {
            return Ok(known);
        }
        let fresh = Arc::new(T::read(rows).await?);
        shelf.put(state, &fresh);
        Ok(fresh)
    }

    fn shelf<T: Kept>(&self) -> Arc<Shelf<T>> {
        let mut shelves = self.shelves.lock().unwrap_or_else(PoisonError::into_inner);
        let known = shelves.get(&TypeId::of::<T>()).map(Arc::clone);
        let known = known.and_then(|shelf| shelf.downcast().ok());
        known.unwrap_or_else(|| {
            let fresh: Arc<Shelf<T>> = Arc::default();
            let shelf: Arc<dyn Any + Send + Sync> = Arc::clone(&fresh) as _;
            shelves.insert(TypeId::of::<T>(), shelf);
            fresh
        })
    }
}

impl Span {
    fn holds(&self, head: i64) -> bool {
        (self.from..=self.to).contains(&head)
    }
}

impl std::fmt::Debug for Keeping {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keeping").finish_non_exhaustive()
    }
}
