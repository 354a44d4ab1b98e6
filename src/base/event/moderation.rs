//! What decisions and the events around them concern: threads, rights, and content that is taken away.

use crate::base::event::Concerns;
use crate::base::event::Moderation;

impl Moderation<'_> {
    pub(super) fn concerns(self) -> Concerns {
        match self {
            Moderation::PostHidden { thread, .. }
            | Moderation::PostErased { thread, .. }
            | Moderation::PostReviewed { thread, .. } => {
                Concerns::thread(*thread).taking_away_if(true)
            }
            Moderation::PostsMoved { thread, other, .. } => {
                Concerns::threads(*thread, *other).taking_away_if(true)
            }
            Moderation::PostRestored { thread, .. }
            | Moderation::ThreadLocked { thread, .. }
            | Moderation::ThreadUnlocked { thread, .. }
            | Moderation::ThreadDecided { thread, .. } => Concerns::thread(*thread),
            Moderation::PersonDecided { person, .. } | Moderation::ScopeChanged { person } => {
                Concerns::rights_of(*person)
            }
            Moderation::CaseChanged { .. }
            | Moderation::DecisionProposed { .. }
            | Moderation::ProposalSettled { .. }
            | Moderation::DecisionUpheld { .. } => Concerns::NOTHING,
            Moderation::NoticeRead { .. } => Concerns::PRIVATE,
        }
    }
}
