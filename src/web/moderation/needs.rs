//! The form fields that acts need besides their reason.

use crate::web::words::Act;

/// The fields that an act needs besides its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    Nothing,
    Until {
        required: bool,
    },
    Body,
    Seconds,
    /// Title, kind, visibility and tags of threads.
    Change,
    /// Title, kind and tags of the new thread.
    NewThread,
    Into,
}

/// What an act needs.
pub fn needs(act: Act) -> Needs {
    match act {
        Act::PinThread => Needs::Until { required: false },
        Act::MutePerson | Act::SuspendPerson => Needs::Until { required: true },
        Act::EditPost => Needs::Body,
        Act::SlowThread => Needs::Seconds,
        Act::ChangeThread => Needs::Change,
        Act::SplitPosts => Needs::NewThread,
        Act::MergeThreads => Needs::Into,
        Act::HidePost
        | Act::RestorePost
        | Act::ErasePost
        | Act::LockThread
        | Act::UnlockThread
        | Act::UnpinThread
        | Act::ArchiveThread
        | Act::UnarchiveThread
        | Act::JoinPosts
        | Act::PartThreads
        | Act::ReviewThread
        | Act::TrustThread
        | Act::ReviewPerson
        | Act::TrustPerson
        | Act::ApprovePost
        | Act::RejectPost
        | Act::HoldPost
        | Act::WarnPerson
        | Act::WithdrawWarning
        | Act::ReinstatePerson
        | Act::DismissReports
        | Act::ReopenReports
        | Act::UpholdDecision => Needs::Nothing,
    }
}
