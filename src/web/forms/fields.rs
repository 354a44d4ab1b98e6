//! The fields of a form as they were sent.

use crate::base::digits;
use crate::base::id;

/// The fields of a submitted form, including repeated ones.
#[derive(Default)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The first value of a field; empty if it was not sent.
    pub fn one(&self, name: &str) -> String {
        self.given(name).unwrap_or_default()
    }

    /// The first non-empty value of a field.
    pub fn given(&self, name: &str) -> Option<String> {
        self.0
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.clone())
    }

    /// A day or a number, however it was typed; `None` if nothing was typed.
    pub fn plain(&self, name: &str) -> Option<String> {
        let plain = self.given(name).map(|typed| digits::to_ascii(&typed));
        plain.filter(|plain| !plain.is_empty())
    }

    /// Whether a field was sent, even if empty.
    pub fn is_sent(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// All non-empty values of a field.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.clone())
            .collect()
    }

    /// The form's key, or a new one.
    pub fn key(&self) -> String {
        self.given("key").unwrap_or_else(new_key)
    }
}

/// A key for a form that creates something.
pub fn new_key() -> String {
    id::random().to_string()
}
