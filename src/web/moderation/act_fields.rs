//! The form fields that acts need besides their reason.

use crate::web::api_types::Act;

/// The fields that an act needs besides its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActFields {
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
pub fn act_fields(act: Act) -> ActFields {
    match act {
        Act::PinThread => ActFields::Until { required: false },
        Act::MutePerson | Act::SuspendPerson => ActFields::Until { required: true },
        Act::EditPost => ActFields::Body,
        Act::SlowThread => ActFields::Seconds,
        Act::ChangeThread => ActFields::Change,
        Act::SplitPosts => ActFields::NewThread,
        Act::MergeThreads => ActFields::Into,
        Act::HidePost
        | Act::RestorePost
        | Act::ErasePost
        | Act::AcceptAnswer
        | Act::WithdrawAnswer
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
        | Act::UpholdDecision => ActFields::Nothing,
    }
}
