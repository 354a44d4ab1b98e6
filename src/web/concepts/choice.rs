//! An option of a form, and the lists and numbers that are long and the same for everybody.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use crate::base::actor::Audience;
use crate::base::language::Language;

/// An option to choose.
#[derive(Clone, Debug, Default)]
pub struct SelectOption {
    pub slug: String,
    pub label: String,
    pub definition: Option<String>,
    pub chosen: bool,
    /// Its depth in its tree: 0 at the top.
    pub depth: usize,
    /// How many threads are tagged with it or with something under it.
    pub threads: i64,
    /// Its parent in the tree.
    pub parent: Option<String>,
}

impl SelectOption {
    /// An option without a parent.
    pub fn of(slug: String, label: String) -> SelectOption {
        SelectOption {
            slug,
            label,
            ..SelectOption::default()
        }
    }
}

/// Lists of options by their name and language, each as it was made last, with the state of the vocabulary that it shows.
#[derive(Clone, Default)]
pub struct Lists {
    made: Arc<Mutex<Made>>,
    counts: Arc<Mutex<AllCounts>>,
}

type Made = HashMap<(&'static str, Language), (i64, Arc<[SelectOption]>)>;

/// The numbers of threads that an audience sees, by the slug of a concept.
pub type Counts = HashMap<String, i64>;

/// Whose numbers they are, and whether of archived threads.
type Counted = (Audience, bool);
type AllCounts = HashMap<Counted, (i64, Arc<Counts>)>;

impl Lists {
    /// Returns a list that shows this state.
    pub fn known(
        &self,
        name: &'static str,
        language: Language,
        state: i64,
    ) -> Option<Vec<SelectOption>> {
        let list = {
            let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
            let (of, list) = made.get(&(name, language))?;
            (*of == state).then(|| Arc::clone(list))?
        };
        Some(list.to_vec())
    }

    /// Keeps a list that shows this state, unless there is one of a later state.
    pub fn keep(&self, name: &'static str, language: Language, state: i64, list: &[SelectOption]) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = made.get(&(name, language));
        if kept.is_none_or(|(of, _)| *of < state) {
            made.insert((name, language), (state, Arc::from(list)));
        }
    }

    /// Returns the numbers that are of this state.
    pub fn known_counts(&self, counted: Counted, state: i64) -> Option<Arc<Counts>> {
        let all = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, counts) = all.get(&counted)?;
        (*of == state).then(|| Arc::clone(counts))
    }

    /// Keeps numbers of this state, unless there are those of a later one.
    pub fn keep_counts(&self, counted: Counted, state: i64, counts: &Arc<Counts>) {
        let mut all = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.get(&counted);
        if kept.is_none_or(|(of, _)| *of < state) {
            all.insert(counted, (state, Arc::clone(counts)));
        }
    }
}
