//! Reviewing threads: what is written in them needs approval.

use sea_orm::Set;
use uuid::Uuid;

use crate::forum::discussion::thread;
use crate::forum::moderation::acts::action::Definition;
use crate::forum::moderation::acts::action::On;
use crate::forum::moderation::acts::held_thread::Hold;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Reason;

/// Makes replies in threads wait for approval.
#[derive(Debug)]
pub struct Review;

impl Hold for Review {
    const SETS: Definition = Definition {
        act: Act::ReviewThread,
        on: On::Threads,
        reasons: &Reason::OF_THREADS,
        inverse: Some(Act::TrustThread),
        was: "free",
        becomes: "reviewed",
    };
    const LIFTS: Definition = Definition {
        act: Act::TrustThread,
        on: On::Threads,
        reasons: &Reason::OF_UNDOING,
        inverse: Some(Act::ReviewThread),
        was: "reviewed",
        becomes: "free",
    };

    fn of(thread: &thread::Model) -> Option<Uuid> {
        thread.reviewed_by
    }

    fn put(change: &mut thread::ActiveModel, by: Option<Uuid>) {
        change.reviewed_by = Set(by);
    }
}
