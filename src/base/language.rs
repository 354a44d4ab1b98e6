//! The six official languages of the United Nations, for texts and for the interface.

use serde::Deserialize;
use serde::Serialize;

/// An official language of the United Nations, by its ISO 639-1 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    Ar,
    En,
    Es,
    Fr,
    Ru,
    Zh,
}

impl Language {
    /// All six, in the alphabetical order of their codes.
    pub const ALL: [Language; 6] = [
        Language::Ar,
        Language::En,
        Language::Es,
        Language::Fr,
        Language::Ru,
        Language::Zh,
    ];

    /// The ISO 639-1 code, as used in `lang` attributes and the database.
    pub fn code(self) -> &'static str {
        match self {
            Language::Ar => "ar",
            Language::En => "en",
            Language::Es => "es",
            Language::Fr => "fr",
            Language::Ru => "ru",
            Language::Zh => "zh",
        }
    }

    /// The language's own name.
    pub fn name(self) -> &'static str {
        match self {
            Language::Ar => "العربية",
            Language::En => "English",
            Language::Es => "Español",
            Language::Fr => "Français",
            Language::Ru => "Русский",
            Language::Zh => "中文",
        }
    }

    /// `rtl` or `ltr`, as used in the `dir` attribute of a page.
    pub fn direction(self) -> &'static str {
        match self {
            Language::Ar => "rtl",
            Language::En | Language::Es | Language::Fr | Language::Ru | Language::Zh => "ltr",
        }
    }

    /// Parses a code, ignoring case and any region after it (`fr-CH`).
    pub fn from_code(code: &str) -> Option<Language> {
        let primary = code.trim().split(['-', '_']).next()?.to_ascii_lowercase();
        Language::ALL
            .into_iter()
            .find(|language| language.code() == primary)
    }

    /// Returns the best of the six languages for an `Accept-Language` header (RFC 9110, 12.5.4).
    pub fn accepted(header: &str) -> Option<Language> {
        let mut best: Option<(Language, f32)> = None;
        for entry in header.split(',').take(20) {
            let mut parts = entry.split(';');
            let Some(language) = parts.next().and_then(Language::from_code) else {
                continue;
            };
            let weight = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(1.0, |q| q.parse().unwrap_or(0.0));
            if weight > 0.0 && best.is_none_or(|(_, max)| weight > max) {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }
}
