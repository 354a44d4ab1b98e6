//! A text as its row keeps it: it can be written and compared everywhere, and read by the reader of texts alone.

use std::fmt;

use sea_orm::DeriveValueType;

/// A text in the database, in Markdown or HTML. Only the reader of texts gets at its content, so that no text is shown
/// without its rule.
#[derive(Clone, Default, PartialEq, Eq, DeriveValueType)]
pub struct Stored(String);

impl Stored {
    /// The content.
    pub(super) fn read(&self) -> &str {
        &self.0
    }

    /// The content, without a copy.
    pub(super) fn into_text(self) -> String {
        self.0
    }

    /// Whether it is this text.
    pub fn is(&self, text: &str) -> bool {
        self.0 == text
    }
}

impl From<String> for Stored {
    fn from(text: String) -> Stored {
        Stored(text)
    }
}

// Rows end up in logs; texts must not.
impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stored({} bytes)", self.0.len())
    }
}
