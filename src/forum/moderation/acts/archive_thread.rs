//! Archiving threads: they are no longer listed, and nobody can reply in them.

use sea_orm::Set;
use uuid::Uuid;

use crate::forum::discussion::thread;
use crate::forum::moderation::acts::action::Definition;
use crate::forum::moderation::acts::action::On;
use crate::forum::moderation::acts::held_thread::Hold;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Reason;

/// Removes threads from lists; they can still be read and cited, but not replied to.
#[derive(Debug)]
pub struct Archive;

impl Hold for Archive {
    const SETS: Definition = Definition {
        act: Act::ArchiveThread,
        on: On::Threads,
        reasons: &Reason::OF_THREADS,
        inverse: Some(Act::UnarchiveThread),
        was: "current",
        becomes: "archived",
    };
    const LIFTS: Definition = Definition {
        act: Act::UnarchiveThread,
        on: On::Threads,
        reasons: &Reason::OF_UNDOING,
        inverse: Some(Act::ArchiveThread),
        was: "archived",
        becomes: "current",
    };

    fn of(thread: &thread::Model) -> Option<Uuid> {
        thread.archived_by
    }

    fn put(change: &mut thread::ActiveModel, by: Option<Uuid>) {
        change.archived_by = Set(by);
    }
}
