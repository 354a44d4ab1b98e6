//! The acts of moderation, one or a pair in each file. A new one is a file, a name in [`Act`] and an arm of [`action`].

pub mod accept_answer;
pub mod action;
pub mod approve_post;
pub mod archive_thread;
pub mod change_thread;
pub mod dismiss_reports;
pub mod edit_post;
pub mod erase_post;
pub mod hide_post;
pub mod lock_thread;
pub mod merge_threads;
pub(crate) mod moving;
pub mod permission;
pub mod pin_thread;
pub mod restrict_person;
pub mod review_person;
pub mod review_thread;
pub mod slow_thread;
pub mod split_posts;
pub mod thread_flag;
pub mod uphold_decision;
pub mod warn_person;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::forum::cases::subject::Subject;
use crate::forum::moderation::acts::accept_answer::AcceptAnswer;
use crate::forum::moderation::acts::accept_answer::WithdrawAnswer;
use crate::forum::moderation::acts::action::Action;
use crate::forum::moderation::acts::approve_post::ApprovePost;
use crate::forum::moderation::acts::approve_post::HoldPost;
use crate::forum::moderation::acts::approve_post::RejectPost;
use crate::forum::moderation::acts::archive_thread::ArchiveFlag;
use crate::forum::moderation::acts::change_thread::ChangeThread;
use crate::forum::moderation::acts::dismiss_reports::DismissReports;
use crate::forum::moderation::acts::dismiss_reports::ReopenReports;
use crate::forum::moderation::acts::edit_post::EditPost;
use crate::forum::moderation::acts::erase_post::ErasePost;
use crate::forum::moderation::acts::hide_post::HidePost;
use crate::forum::moderation::acts::hide_post::RestorePost;
use crate::forum::moderation::acts::lock_thread::LockFlag;
use crate::forum::moderation::acts::merge_threads::MergeThreads;
use crate::forum::moderation::acts::merge_threads::PartThreads;
use crate::forum::moderation::acts::pin_thread::PinThread;
use crate::forum::moderation::acts::pin_thread::UnpinThread;
use crate::forum::moderation::acts::restrict_person::MutePerson;
use crate::forum::moderation::acts::restrict_person::ReinstatePerson;
use crate::forum::moderation::acts::restrict_person::SuspendPerson;
use crate::forum::moderation::acts::review_person::ReviewPerson;
use crate::forum::moderation::acts::review_person::TrustPerson;
use crate::forum::moderation::acts::review_thread::ReviewFlag;
use crate::forum::moderation::acts::slow_thread::SlowThread;
use crate::forum::moderation::acts::split_posts::JoinPosts;
use crate::forum::moderation::acts::split_posts::SplitPosts;
use crate::forum::moderation::acts::thread_flag::FlagAct;
use crate::forum::moderation::acts::uphold_decision::UpholdDecision;
use crate::forum::moderation::acts::warn_person::WarnPerson;
use crate::forum::moderation::acts::warn_person::WithdrawWarning;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::policy::SubjectContext;

/// The act with this name, without input: to undo it, or to check permissions in advance.
pub fn action(act: Act) -> Box<dyn Action> {
    match act {
        Act::AcceptAnswer => Box::new(AcceptAnswer),
        Act::WithdrawAnswer => Box::new(WithdrawAnswer),
        Act::HidePost => Box::new(HidePost),
        Act::RestorePost => Box::new(RestorePost),
        Act::EditPost => Box::new(EditPost { body: None }),
        Act::ErasePost => Box::new(ErasePost),
        Act::LockThread => Box::new(FlagAct::<LockFlag>::set()),
        Act::UnlockThread => Box::new(FlagAct::<LockFlag>::clear()),
        Act::PinThread => Box::new(PinThread { until: None }),
        Act::UnpinThread => Box::new(UnpinThread),
        Act::ArchiveThread => Box::new(FlagAct::<ArchiveFlag>::set()),
        Act::UnarchiveThread => Box::new(FlagAct::<ArchiveFlag>::clear()),
        Act::ChangeThread => Box::new(ChangeThread::default()),
        Act::SlowThread => Box::new(SlowThread { seconds: None }),
        Act::SplitPosts => Box::new(SplitPosts::default()),
        Act::JoinPosts => Box::new(JoinPosts),
        Act::MergeThreads => Box::new(MergeThreads::new(None)),
        Act::PartThreads => Box::new(PartThreads),
        Act::ReviewThread => Box::new(FlagAct::<ReviewFlag>::set()),
        Act::TrustThread => Box::new(FlagAct::<ReviewFlag>::clear()),
        Act::ReviewPerson => Box::new(ReviewPerson),
        Act::TrustPerson => Box::new(TrustPerson),
        Act::ApprovePost => Box::new(ApprovePost),
        Act::RejectPost => Box::new(RejectPost),
        Act::HoldPost => Box::new(HoldPost),
        Act::WarnPerson => Box::new(WarnPerson),
        Act::WithdrawWarning => Box::new(WithdrawWarning),
        Act::MutePerson => Box::new(MutePerson { until: None }),
        Act::SuspendPerson => Box::new(SuspendPerson { until: None }),
        Act::ReinstatePerson => Box::new(ReinstatePerson),
        Act::DismissReports => Box::new(DismissReports),
        Act::ReopenReports => Box::new(ReopenReports),
        Act::UpholdDecision => Box::new(UpholdDecision),
    }
}

/// Whether an act can be taken on this subject by itself, regardless of who decides.
pub fn is_taken_on(act: Act, subject: Subject) -> bool {
    let action = action(act);
    !action.is_response_only() && action.definition().subjects.includes(subject)
}

fn actions_on(on: &SubjectContext<'_>) -> impl Iterator<Item = Box<dyn Action>> {
    let subject = on.subject.subject();
    let all = Act::ALL.iter().copied();
    all.filter(move |act| is_taken_on(*act, subject))
        .map(action)
}

/// The acts that the actor may take alone on this subject.
pub fn taken_by(actor: &Actor, now: Moment, on: &SubjectContext<'_>) -> Vec<Act> {
    let acts = self::actions_on(on)
        .filter(|action| permission::take(actor, now, action.as_ref(), on).is_ok());
    acts.map(|action| action.definition().act).collect()
}

/// The acts that the actor may propose on this subject, because they require a second person.
pub fn proposed_by(actor: &Actor, now: Moment, on: &SubjectContext<'_>) -> Vec<Act> {
    let acts = self::actions_on(on).filter(|action| {
        permission::take(actor, now, action.as_ref(), on).is_err()
            && permission::propose(actor, now, action.as_ref(), on).is_ok()
    });
    acts.map(|action| action.definition().act).collect()
}
