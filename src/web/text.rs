//! The interface texts in the reader's language; times in the reader's time zone.

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
            // Arabic runs from right to left; values inserted into its texts may not.
            let is_arabic = bundle.locales.first().is_some_and(|each| each.language == "ar");
            bundle.set_use_isolating(is_arabic);
            bundle.set_formatter(message::formatter(bundle.locales.first()));
        },
    };
}

/// The interface texts of one language.
#[derive(Clone, Debug)]
pub struct Text {
    pub language: Language,
    /// The IANA name of the time zone in which times are shown; `None` means UTC.
    pub time_zone: Option<String>,
    /// The time of the request; without it, times are shown as they are.
    pub now: Option<Moment>,
}

impl Text {
    /// The texts of a language, for content without times.
    pub fn of_language(language: Language) -> Text {
        Text {
            language,
            time_zone: None,
            now: None,
        }
    }

    /// Returns the text for a key.
    pub fn t(&self, key: &str) -> String {
        TEXTS.lookup(&identifier(self.language), key)
    }

    /// Returns the text for a key with a number, which is `count` in it.
    pub fn n(&self, key: &str, count: impl Borrow<i64>) -> String {
        self.with(key, "count", FluentValue::from(*count.borrow()))
    }

    /// Returns the text for a key with a value, which is `value` in it.
    pub fn v(&self, key: &str, value: &str) -> String {
        self.with(key, "value", FluentValue::from(value.to_string()))
    }

    /// Returns the text for a key with `{name}` where a script inserts a number or a text.
    pub fn open(&self, key: &str, name: &'static str) -> String {
        self.with(key, name, FluentValue::from(format!("{{{name}}}")))
    }

    /// Returns the text for one of the API's names: `kind-EXPERIENCE`.
    pub fn of(&self, family: &str, name: &str) -> String {
        self.t(&format!("{family}-{name}"))
    }

    /// Formats a date and time to the minute, in the reader's language and time zone.
    pub fn date(&self, moment: &str) -> String {
        match Moment::from_rfc3339(moment) {
            Some(at) => locale::moment(self.language, self.time_zone.as_deref(), at),
            None => moment.to_string(),
        }
    }

    /// How long ago a time was: in minutes, hours or days, and after a month the day.
    pub fn ago(&self, moment: &str) -> String {
        self.since(moment, ["time-minutes", "time-hours", "time-days"])
    }

    /// The same in as few letters as possible.
    pub fn ago_shortly(&self, moment: &str) -> String {
        self.since(moment, ["short-minutes", "short-hours", "short-days"])
    }

    fn since(&self, moment: &str, [minutes, hours, days]: [&str; 3]) -> String {
        let (Some(at), Some(now)) = (Moment::from_rfc3339(moment), self.now) else {
            return self.date(moment);
        };
        let elapsed = now.seconds_since(at) / 60;
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        match (elapsed, elapsed / 60, elapsed / (60 * 24)) {
            (passed @ 0..60, ..) => self.n(minutes, count(passed.max(1))),
            (_, passed @ 0..24, _) => self.n(hours, count(passed)),
            (_, _, passed @ 0..=31) => self.n(days, count(passed)),
            _ => locale::day(self.language, None, at),
        }
    }

    /// Formats the day of a time in the reader's language: the same day for every reader.
    pub fn day(&self, moment: &str) -> String {
        match Moment::from_rfc3339(moment) {
            Some(at) => locale::day(self.language, None, at),
            None => moment.to_string(),
        }
    }

    /// Formats the end of a period: its last day, or the time if it ends within a day.
    pub fn until(&self, moment: &str) -> String {
        match Moment::from_rfc3339(moment).and_then(days::last_of) {
            Some(last) => locale::day(self.language, None, last),
            None => self.date(moment),
        }
    }

    /// Formats the day on which a period ends: the last one that it includes.
    pub fn last_day(&self, moment: &str) -> String {
        match Moment::from_rfc3339(moment) {
            Some(at) => locale::day(self.language, None, days::last_of(at).unwrap_or(at)),
            None => moment.to_string(),
        }
    }

    /// Describes a decision that undoes another: the number of the other one, and what it had done.
    pub fn undoing(&self, position: impl Borrow<i64>, act: &str) -> String {
        let (number, act) = (self.number(position), self.of("done", act));
        self.two("done-undone", &[("count", &number), ("value", &act)])
    }

    /// Returns the text for a key with a language, which is `value` in it, named in the reader's language.
    pub fn in_language(&self, key: &str, language: &str) -> String {
        self.v(key, &self.of("language-name", language))
    }

    /// Formats a whole number in the reader's language.
    pub fn number(&self, number: impl Borrow<i64>) -> String {
        locale::number(self.language, *number.borrow())
    }

    /// Formats an error of a field, after the field's label.
    pub fn field_error(&self, label: &str, message: &str) -> String {
        self.two("form-flaw", &[("label", label), ("message", message)])
    }

    /// Returns the text for a key with two named values.
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
