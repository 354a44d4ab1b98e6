//! Locking threads: nobody can reply in them.

use sea_orm::Set;
use uuid::Uuid;

use crate::base::event::Event;
use crate::base::id::ThreadId;
use crate::forum::discussion::thread;
use crate::forum::moderation::acts::action::Definition;
use crate::forum::moderation::acts::action::SubjectKind;
use crate::forum::moderation::acts::thread_flag::ThreadFlag;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Reason;

/// Prevents replies in threads.
#[derive(Debug)]
pub struct LockFlag;

impl ThreadFlag for LockFlag {
    const SET: Definition = Definition {
        act: Act::LockThread,
        subjects: SubjectKind::Threads,
        reasons: &Reason::OF_THREADS,
        inverse: Some(Act::UnlockThread),
        was: "open",
        becomes: "locked",
    };
    const CLEAR: Definition = Definition {
        act: Act::UnlockThread,
        subjects: SubjectKind::Threads,
        reasons: &Reason::OF_UNDOING,
        inverse: Some(Act::LockThread),
        was: "locked",
        becomes: "open",
    };

    fn decision_on(thread: &thread::Model) -> Option<Uuid> {
        thread.locked_by
    }

    fn set_decision(change: &mut thread::ActiveModel, decision_id: Option<Uuid>) {
        change.locked_by = Set(decision_id);
    }

    fn event(thread: ThreadId, decision: Uuid, is_set: bool) -> Event {
        match is_set {
            true => Event::ThreadLocked { thread, decision },
            false => Event::ThreadUnlocked { thread, decision },
        }
    }
}
