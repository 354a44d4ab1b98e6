//! A text as its row stores it: any code can write and compare it, but only the text reader can read it.

use std::fmt;

use sea_orm::DeriveValueType;

/// A text in the database, in Markdown or HTML. Only the text reader can access its content, so that no text is shown
/// without its policy check.
#[derive(Clone, Default, PartialEq, Eq, DeriveValueType)]
pub struct StoredText(String);

impl StoredText {
    /// The content.
    pub(super) fn read(&self) -> &str {
        &self.0
    }

    /// Returns the content, without copying it.
    pub(super) fn into_text(self) -> String {
        self.0
    }

    /// Whether it equals this text.
    pub fn is(&self, text: &str) -> bool {
        self.0 == text
    }
}

impl From<String> for StoredText {
    fn from(text: String) -> StoredText {
        StoredText(text)
    }
}

// Rows may end up in logs; texts must not.
impl fmt::Debug for StoredText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stored({} bytes)", self.0.len())
    }
}
