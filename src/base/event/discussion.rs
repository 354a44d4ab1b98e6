//! What the events about threads and posts concern: threads, rights, and content that is taken away.

use crate::base::event::Concerns;
use crate::base::event::Discussion;

impl Discussion<'_> {
    pub(super) fn concerns(self) -> Concerns {
        match self {
            Discussion::ThreadOpened { thread, .. }
            | Discussion::ThreadRetagged { thread }
            | Discussion::PostCreated { thread, .. }
            | Discussion::PostTranslated { thread, .. } => Concerns::thread(*thread),
            Discussion::ThreadChanged {
                thread,
                visible_before,
                visible_after,
            } => Concerns::thread(*thread).taking_away_if(visible_before != visible_after),
            Discussion::PostEdited {
                thread, decision, ..
            } => Concerns::thread(*thread).taking_away_if(decision.is_some()),
            Discussion::PostWithdrawn { thread, .. }
            | Discussion::TranslationWithdrawn { thread, .. } => {
                Concerns::thread(*thread).taking_away_if(true)
            }
            Discussion::TextsRendered { .. } => Concerns::NOTHING,
            Discussion::DraftKept { .. } | Discussion::DraftDiscarded { .. } => Concerns::PRIVATE,
        }
    }
}
