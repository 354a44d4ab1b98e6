//! The interface's words, in the reader's language; moments in the reader's time zone.

use std::borrow::Borrow;
use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::Loader;
use fluent_templates::fluent_bundle::FluentValue;

use crate::base::clock::Moment;
use crate::base::language::Language;
use crate::base::locale;
use crate::base::message;
use crate::base::message::identifier;
use crate::web::days;

fluent_templates::static_loader! {
    static TEXTS = {
        locales: "src/web/locales",
        fallback_language: "en",
        customise: |bundle| {
            // Arabic runs from right to left: whatever is put into its words may not.
            let is_arabic = bundle.locales.first().is_some_and(|each| each.language == "ar");
            bundle.set_use_isolating(is_arabic);
            bundle.set_formatter(message::formatter(bundle.locales.first()));
        },
    };
}

/// The words of one language.
#[derive(Clone, Debug)]
pub struct Text {
    pub language: Language,
    /// The IANA name of the time zone in which moments are shown; UTC when there is none.
    pub time_zone: Option<String>,
}

impl Text {
    /// The words of a language, for what has no moments in it.
    pub fn of_language(language: Language) -> Text {
        Text {
            language,
            time_zone: None,
        }
    }

    /// The words for a key.
    pub fn t(&self, key: &str) -> String {
        TEXTS.lookup(&identifier(self.language), key)
    }

    /// The words for a key and a number, which is `count` in them.
    pub fn n(&self, key: &str, count: impl Borrow<i64>) -> String {
        self.with(key, "count", FluentValue::from(*count.borrow()))
    }

    /// The words for a key and a text, which is `value` in them.
    pub fn v(&self, key: &str, value: &str) -> String {
        self.with(key, "value", FluentValue::from(value.to_string()))
    }

    /// The words for a key with `{name}` where a script puts a figure or a text.
    pub fn open(&self, key: &str, name: &'static str) -> String {
        self.with(key, name, FluentValue::from(format!("{{{name}}}")))
    }

    /// The words for one of the API's names: `kind-EXPERIENCE`.
    pub fn of(&self, family: &str, name: &str) -> String {
        self.t(&format!("{family}-{name}"))
    }

    /// Date and time of a moment, to the minute, as the reader's language and time zone have it.
    pub fn date(&self, moment: &str) -> String {
        match Moment::from_rfc3339(moment) {
            Some(at) => locale::moment(self.language, self.time_zone.as_deref(), at),
            None => moment.to_string(),
        }
    }

    /// The day of a moment as the reader's language writes it: the same day for everybody.
    pub fn day(&self, moment: &str) -> String {
        match Moment::from_rfc3339(moment) {
            Some(at) => locale::day(self.language, None, at),
            None => moment.to_string(),
        }
    }

    /// Until when something holds: the day through which it does, or the moment at which it ends within a day.
    pub fn until(&self, moment: &str) -> String {
        match Moment::from_rfc3339(moment).and_then(days::last_of) {
            Some(last) => locale::day(self.language, None, last),
            None => self.date(moment),
        }
    }

    /// The day on which something ends: the last one through which it holds.
    pub fn last_day(&self, moment: &str) -> String {
        match Moment::from_rfc3339(moment) {
            Some(at) => locale::day(self.language, None, days::last_of(at).unwrap_or(at)),
            None => moment.to_string(),
        }
    }

    /// What a decision does that undoes another: the number of that one, and its act.
    pub fn undoing(&self, position: impl Borrow<i64>, act: &str) -> String {
        let (number, act) = (self.number(position), self.of("act", act));
        self.two("act-undone", &[("count", &number), ("value", &act)])
    }

    /// The words for a key and a language, which is `value` in them as the reader's language calls it there.
    pub fn in_language(&self, key: &str, language: &str) -> String {
        self.v(key, &self.of("language-name", language))
    }

    /// A whole number as the reader's language writes it.
    pub fn number(&self, number: impl Borrow<i64>) -> String {
        locale::number(self.language, *number.borrow())
    }

    /// What is wrong with a field, after the field's name.
    pub fn flaw(&self, label: &str, message: &str) -> String {
        self.two("form-flaw", &[("label", label), ("message", message)])
    }

    /// The words for a key and two texts with their names in them.
    pub fn two(&self, key: &str, texts: &[(&'static str, &str); 2]) -> String {
        let value = |text: &str| FluentValue::from(text.to_string());
        let texts = texts.map(|(name, text)| (Cow::Borrowed(name), value(text)));
        TEXTS.lookup_with_args(&identifier(self.language), key, &HashMap::from(texts))
    }

    fn with(&self, key: &str, name: &'static str, value: FluentValue<'static>) -> String {
        let arguments: HashMap<Cow<'static, str>, FluentValue<'static>> =
            HashMap::from([(Cow::Borrowed(name), value)]);
        TEXTS.lookup_with_args(&identifier(self.language), key, &arguments)
    }
}
