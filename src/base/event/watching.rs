//! What the events about reading and following concern.

use crate::base::event::Concerns;
use crate::base::event::Watching;

impl Watching<'_> {
    pub(super) fn concerns(self) -> Concerns {
        match self {
            Watching::ThreadRead { thread, .. } => Concerns::thread(*thread).privately(),
            Watching::ThreadFollowed { .. } | Watching::ConceptFollowed { .. } => Concerns::PRIVATE,
        }
    }
}
