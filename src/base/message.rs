//! The messages of refusals, in the caller's language.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::Loader;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::langid;

use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Refusal;
use crate::base::error::Trouble;
use crate::base::language::Language;
use crate::base::locale;

fluent_templates::static_loader! {
    static MESSAGES = {
        locales: "src/base/locales",
        fallback_language: "en",
        customise: |bundle| {
            bundle.set_use_isolating(false);
            bundle.set_formatter(formatter(bundle.locales.first()));
        },
    };
}

/// Returns the identifier that Fluent uses for a language.
pub fn identifier(language: Language) -> fluent_templates::LanguageIdentifier {
    match language {
        Language::Ar => langid!("ar"),
        Language::En => langid!("en"),
        Language::Es => langid!("es"),
        Language::Fr => langid!("fr"),
        Language::Ru => langid!("ru"),
        Language::Zh => langid!("zh"),
    }
}

/// A formatter for values in a language's texts: numbers use its digits and grouping.
type Formatter<M> = fn(&FluentValue<'_>, &M) -> Option<String>;

/// Returns the value formatter for a language.
pub fn formatter<M>(locale: Option<&fluent_templates::LanguageIdentifier>) -> Option<Formatter<M>> {
    fn write(language: Language, value: &FluentValue<'_>) -> Option<String> {
        let FluentValue::Number(number) = value else {
            return None;
        };
        #[expect(clippy::cast_possible_truncation, reason = "they were whole numbers")]
        let number = number.value as i64;
        Some(locale::number(language, number))
    }
    let code = locale.map(ToString::to_string).unwrap_or_default();
    Some(match Language::from_code(&code)? {
        Language::Ar => |value, _| write(Language::Ar, value),
        Language::En => |value, _| write(Language::En, value),
        Language::Es => |value, _| write(Language::Es, value),
        Language::Fr => |value, _| write(Language::Fr, value),
        Language::Ru => |value, _| write(Language::Ru, value),
        Language::Zh => |value, _| write(Language::Zh, value),
    })
}

/// Returns the text of one key, without arguments.
pub fn text(language: Language, key: &str) -> String {
    MESSAGES.lookup(&identifier(language), key)
}

/// Returns the message of an error. For a malfunction, it says only that there was one.
pub fn of(error: &Error, language: Language) -> String {
    let (key, number) = match error {
        Error::NotFound => ("not-found", None),
        Error::Denied(refusal) => (refusal.key(), None),
        Error::Overtaken { .. } => (Refusal::AlreadyDecided.key(), None),
        Error::Invalid { fault, .. } => (fault.key(), bound(fault)),
        Error::Conflict { .. } => ("conflict", None),
        Error::TooMany { .. } => ("too-many", None),
        Error::Unavailable(outage) => match outage.trouble {
            Trouble::ReadOnly => ("unavailable-read-only", None),
            Trouble::Away | Trouble::Busy | Trouble::Full | Trouble::Disk => ("unavailable", None),
        },
        Error::Internal(_) => ("internal", None),
    };
    let mut arguments: HashMap<Cow<'static, str>, FluentValue<'_>> = HashMap::new();
    if let Some(number) = number {
        arguments.insert(Cow::Borrowed("number"), FluentValue::from(number));
    }
    MESSAGES.lookup_with_args(&identifier(language), key, &arguments)
}

fn bound(fault: &Fault) -> Option<usize> {
    match fault {
        Fault::TooLong { max } | Fault::TooMany { max } => Some(*max),
        Fault::TooShort { min } => Some(*min),
        Fault::Empty
        | Fault::Unknown
        | Fault::Malformed
        | Fault::Taken
        | Fault::KeyReused
        | Fault::ToolOrMethodNeeded
        | Fault::WrongCredentials
        | Fault::TooEarly
        | Fault::TooLate
        | Fault::TooNested
        | Fault::TooLarge
        | Fault::TurnsDirection
        | Fault::NameOfOffice
        | Fault::NameOfMember => None,
    }
}
