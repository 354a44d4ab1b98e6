//! When what visitors are shown has changed, as far as this process knows.

use std::collections::HashMap;
use std::sync::PoisonError;
use std::sync::RwLock;
use std::sync::RwLockWriteGuard;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use crate::base::event::Event;
use crate::base::sources::MadeOf;
use crate::base::sources::Source;

/// The maximum number of sources whose last change is held; beyond it, everything counts as changed.
const MAX: usize = 10_000;

/// The version of the content, and the last changes.
#[derive(Debug, Default)]
pub(crate) struct Content {
    /// Increases whenever something that visitors are shown may have changed.
    version: AtomicU64,
    changes: RwLock<Changes>,
}

#[derive(Debug, Default)]
struct Changes {
    /// The last change of everything.
    everything: u64,
    /// The last change of each source since then.
    each: HashMap<Source, u64>,
}

impl Content {
    /// The current version.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::SeqCst)
    }

    /// Records what these events may have changed.
    pub fn note<'a>(&self, events: impl IntoIterator<Item = &'a Event>) {
        let public = events.into_iter().filter(|event| !event.concerns().private);
        let changed: Vec<MadeOf> = public.map(|event| event.concerns().changes()).collect();
        if changed.is_empty() {
            return;
        }
        let (mut changes, version) = self.begin();
        for made_of in changed {
            match made_of {
                MadeOf::Everything => changes.everything = version,
                MadeOf::Only(sources) => {
                    let sources = sources.iter().map(|source| (*source, version));
                    changes.each.extend(sources);
                }
            }
        }
        if changes.each.len() > MAX {
            changes.each.clear();
            changes.everything = version;
        }
    }

    /// Records that anything may have changed.
    pub fn note_everything(&self) {
        let (mut changes, version) = self.begin();
        changes.everything = version;
    }

    fn begin(&self) -> (RwLockWriteGuard<'_, Changes>, u64) {
        let changes = self.changes.write().unwrap_or_else(PoisonError::into_inner);
        // Whoever reads the new version reads the database after the change.
        let version = self.version.fetch_add(1, Ordering::SeqCst) + 1;
        (changes, version)
    }

    /// The version with which something of this last changed.
    pub fn last_change(&self, made_of: &MadeOf) -> u64 {
        let changes = self.changes.read().unwrap_or_else(PoisonError::into_inner);
        match made_of {
            // Read under the lock: a version is not known before its changes are.
            MadeOf::Everything => self.version(),
            MadeOf::Only(sources) => {
                let each = sources.iter().filter_map(|source| changes.each.get(source));
                each.copied().fold(changes.everything, Ord::max)
            }
        }
    }
}
