//! What the events about the vocabulary concern.

use crate::base::event::Concerns;
use crate::base::event::Vocabulary;

impl Vocabulary<'_> {
    pub(super) fn concerns(self) -> Concerns {
        match self {
            Vocabulary::SeedLoaded { .. } => Concerns::NOTHING,
            Vocabulary::ConceptAdded { .. }
            | Vocabulary::ConceptChanged { .. }
            | Vocabulary::ConceptDeprecated { .. }
            | Vocabulary::ConceptRestored { .. } => Concerns::VOCABULARY,
        }
    }
}
