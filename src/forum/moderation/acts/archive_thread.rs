//! Archiving threads: they are no longer listed, and nobody can reply in them.

use sea_orm::Set;
use uuid::Uuid;

use crate::forum::discussion::thread;
use crate::forum::moderation::acts::action::Definition;
use crate::forum::moderation::acts::action::SubjectKind;
use crate::forum::moderation::acts::thread_flag::ThreadFlag;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Reason;

/// Removes threads from lists; they can still be read and cited, but not replied to.
#[derive(Debug)]
pub struct ArchiveFlag;

impl ThreadFlag for ArchiveFlag {
    const SET: Definition = Definition {
        act: Act::ArchiveThread,
        subjects: SubjectKind::Threads,
        reasons: &Reason::OF_THREADS,
        inverse: Some(Act::UnarchiveThread),
        was: "current",
        becomes: "archived",
    };
    const CLEAR: Definition = Definition {
        act: Act::UnarchiveThread,
        subjects: SubjectKind::Threads,
        reasons: &Reason::OF_UNDOING,
        inverse: Some(Act::ArchiveThread),
        was: "archived",
        becomes: "current",
    };

    fn decision_on(thread: &thread::Model) -> Option<Uuid> {
        thread.archived_by
    }

    fn set_decision(change: &mut thread::ActiveModel, decision_id: Option<Uuid>) {
        change.archived_by = Set(decision_id);
    }
}
