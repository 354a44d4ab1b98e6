//! Reviewing threads: what is written in them needs approval.

use sea_orm::Set;
use uuid::Uuid;

use crate::forum::discussion::thread;
use crate::forum::moderation::acts::action::Definition;
use crate::forum::moderation::acts::action::SubjectKind;
use crate::forum::moderation::acts::thread_flag::ThreadFlag;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Reason;

/// Makes replies in threads wait for approval.
#[derive(Debug)]
pub struct ReviewFlag;

impl ThreadFlag for ReviewFlag {
    const SET: Definition = Definition {
        act: Act::ReviewThread,
        subjects: SubjectKind::Threads,
        reasons: &Reason::OF_THREADS,
        inverse: Some(Act::TrustThread),
        was: "free",
        becomes: "reviewed",
    };
    const CLEAR: Definition = Definition {
        act: Act::TrustThread,
        subjects: SubjectKind::Threads,
        reasons: &Reason::OF_UNDOING,
        inverse: Some(Act::ReviewThread),
        was: "reviewed",
        becomes: "free",
    };

    fn decision_on(thread: &thread::Model) -> Option<Uuid> {
        thread.reviewed_by
    }

    fn set_decision(change: &mut thread::ActiveModel, decision_id: Option<Uuid>) {
        change.reviewed_by = Set(decision_id);
    }
}
