//! The interface's words, in the reader's language. English stands in for what is not yet translated.

use std::borrow::Borrow;
use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::Loader;
use fluent_templates::fluent_bundle::FluentValue;

use crate::base::language::Language;
use crate::base::message::identifier;

fluent_templates::static_loader! {
    static TEXTS = {
        locales: "src/web/locales",
        fallback_language: "en",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// The words of one language.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    pub language: Language,
}

impl Text {
    /// The words for a key.
    pub fn t(&self, key: &str) -> String {
        TEXTS.lookup(&identifier(self.language), key)
    }

    /// The language that the words are in: English where the reader's has none yet.
    pub fn spoken(&self) -> Language {
        let own = identifier(self.language);
        if TEXTS.locales().any(|locale| *locale == own) {
            self.language
        } else {
            Language::En
        }
    }

    /// The words for a key and a number, which is `count` in them.
    pub fn n(&self, key: &str, count: impl Borrow<i64>) -> String {
        self.with(key, "count", FluentValue::from(*count.borrow()))
    }

    /// The words for a key and a text, which is `value` in them.
    pub fn v(&self, key: &str, value: &str) -> String {
        self.with(key, "value", FluentValue::from(value.to_string()))
    }

    /// The words for one of the API's names: `kind-EXPERIENCE`.
    pub fn of(&self, family: &str, name: &str) -> String {
        self.t(&format!("{family}-{name}"))
    }

    /// Date and time of a moment in UTC, to the minute.
    pub fn date(&self, moment: &str) -> String {
        let day = moment.get(..10).unwrap_or(moment);
        let time = moment.get(11..16).unwrap_or_default();
        format!("{day} {time} UTC")
    }

    fn with(&self, key: &str, name: &'static str, value: FluentValue<'static>) -> String {
        let arguments: HashMap<Cow<'static, str>, FluentValue<'static>> =
            HashMap::from([(Cow::Borrowed(name), value)]);
        TEXTS.lookup_with_args(&identifier(self.language), key, &arguments)
    }
}
