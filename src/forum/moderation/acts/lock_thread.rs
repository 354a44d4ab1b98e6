//! Locking threads: nobody can reply in them.

use sea_orm::Set;
use uuid::Uuid;

use crate::base::event::Event;
use crate::forum::discussion::thread;
use crate::forum::moderation::acts::action::Definition;
use crate::forum::moderation::acts::action::On;
use crate::forum::moderation::acts::held_thread::Hold;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Reason;

/// Prevents replies in threads.
#[derive(Debug)]
pub struct Lock;

impl Hold for Lock {
    const SETS: Definition = Definition {
        act: Act::LockThread,
        on: On::Threads,
        reasons: &Reason::OF_THREADS,
        inverse: Some(Act::UnlockThread),
        was: "open",
        becomes: "locked",
    };
    const LIFTS: Definition = Definition {
        act: Act::UnlockThread,
        on: On::Threads,
        reasons: &Reason::OF_UNDOING,
        inverse: Some(Act::LockThread),
        was: "locked",
        becomes: "open",
    };

    fn of(thread: &thread::Model) -> Option<Uuid> {
        thread.locked_by
    }

    fn put(change: &mut thread::ActiveModel, by: Option<Uuid>) {
        change.locked_by = Set(by);
    }

    fn event(thread: Uuid, decision: Uuid, is_set: bool) -> Event {
        match is_set {
            true => Event::ThreadLocked { thread, decision },
            false => Event::ThreadUnlocked { thread, decision },
        }
    }
}
