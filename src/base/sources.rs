//! What an answer was made of, which says when it may no longer be true.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use crate::base::id::ThreadId;

/// The maximum number of sources that are told apart.
const MAX: usize = 200;

/// Something that answers are made of, and that changes only with an event that concerns it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// A thread: its row, tags and posts, with what belongs to these.
    Thread(ThreadId),
    /// All people with their names, roles and mandates.
    People,
    /// The vocabulary and the delegations.
    Vocabulary,
}

/// Everything that an answer was made of, or that a change concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MadeOf {
    /// Also what is not known.
    Everything,
    Only(Arc<[Source]>),
}

/// Records what an answer is made of while it is made. Cheap to clone; all clones record together.
#[derive(Clone, Debug, Default)]
pub struct Sources(Arc<Mutex<Recorded>>);

#[derive(Debug, Default)]
struct Recorded {
    is_everything: bool,
    some: HashSet<Source>,
}

impl Sources {
    /// Records what is read.
    pub fn add(&self, sources: impl IntoIterator<Item = Source>) {
        let mut recorded = self.held();
        recorded.some.extend(sources);
        recorded.is_everything |= recorded.some.len() > MAX;
    }

    /// Records that something is read of which it is not known what changes it.
    pub fn add_everything(&self) {
        self.held().is_everything = true;
    }

    /// What was recorded. An answer of which nothing was recorded is made of everything.
    pub fn made_of(&self) -> MadeOf {
        let recorded = self.held();
        match recorded.is_everything || recorded.some.is_empty() {
            true => MadeOf::Everything,
            false => MadeOf::Only(recorded.some.iter().copied().collect()),
        }
    }

    fn held(&self) -> MutexGuard<'_, Recorded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
