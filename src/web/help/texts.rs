//! The texts of the help pages: a Markdown file for each page and language. A text names words of the interface by their keys, so that
//! both always agree, and the limits of the forum by their names.

use crate::base::config::Limits;
use crate::base::language::Language;
use crate::base::locale;
use crate::base::markdown;
use crate::web::text::Text;

/// The sources of a page in all languages, in the order of `Language::ALL`.
struct Source {
    name: &'static str,
    texts: [&'static str; 6],
}

macro_rules! sources {
    ($($name:literal),+ $(,)?) => {
        [$(Source {
            name: $name,
            texts: [
                include_str!(concat!("ar/", $name, ".md")),
                include_str!(concat!("en/", $name, ".md")),
                include_str!(concat!("es/", $name, ".md")),
                include_str!(concat!("fr/", $name, ".md")),
                include_str!(concat!("ru/", $name, ".md")),
                include_str!(concat!("zh/", $name, ".md")),
            ],
        }),+]
    };
}

/// All pages, in the order in which they are listed.
const SOURCES: [Source; 9] = sources![
    "forum",
    "join",
    "find",
    "write",
    "translate",
    "report",
    "moderators",
    "secretariat",
    "access",
];

/// The limits that a text can name, with their values.
fn limit(limits: &Limits, name: &str) -> Option<i64> {
    let value = match name {
        "appeal-days" => limits.appeal_days.into(),
        "appeal-decision-days" => limits.appeal_decision_days.into(),
        "body-length" => return i64::try_from(limits.body_length).ok(),
        "decision-targets" => limits.decision_targets.into(),
        "invitation-days" => limits.invitation_days.into(),
        "password-length" => return i64::try_from(limits.password_length).ok(),
        "password-link-hours" => limits.password_link_hours.into(),
        "tags-per-facet" => return i64::try_from(limits.tags_per_facet).ok(),
        "title-length" => return i64::try_from(limits.title_length).ok(),
        _ => return None,
    };
    Some(value)
}

/// A page in the list of all pages.
pub struct Entry {
    pub name: &'static str,
    pub title: String,
    /// What the page is for, as HTML.
    pub intro: String,
}

/// A page of help.
pub struct HelpText {
    pub title: String,
    pub intro: String,
    pub sections: Vec<Section>,
}

/// A section under a heading of its own.
pub struct Section {
    pub anchor: String,
    pub title: String,
    pub html: String,
}

/// All pages, as the list of help shows them.
pub fn entries(text: &Text, limits: &Limits) -> Vec<Entry> {
    let entry = |source: &Source| {
        let page = parsed(in_language(source, text.language), text, limits);
        Entry {
            name: source.name,
            title: page.title,
            intro: page.intro,
        }
    };
    SOURCES.iter().map(entry).collect()
}

/// The page with this name.
pub fn page(name: &str, text: &Text, limits: &Limits) -> Option<HelpText> {
    let source = SOURCES.iter().find(|source| source.name == name)?;
    Some(parsed(in_language(source, text.language), text, limits))
}

/// The title of the page with this name; empty if there is none.
pub fn title(name: &str, language: Language) -> &'static str {
    let source = SOURCES.iter().find(|source| source.name == name);
    let heading = source.and_then(|source| in_language(source, language).lines().next());
    heading.map_or("", |heading| heading.trim_start_matches("# "))
}

fn in_language(source: &Source, language: Language) -> &'static str {
    let mut pairs = Language::ALL.iter().zip(source.texts);
    let found = pairs.find(|(each, _)| **each == language);
    found.map_or("", |(_, text)| text)
}

/// A source begins with the title (`# …`) and the introduction; each section has a heading (`## …`).
fn parsed(source: &str, text: &Text, limits: &Limits) -> HelpText {
    let html = |part: &str| markdown::render_stored(&filled(part, text, limits));
    let mut parts = source.split("\n## ");
    let head = parts.next().unwrap_or_default();
    let (title, intro) = head.split_once('\n').unwrap_or((head, ""));
    let sections = parts.enumerate().map(|(index, part)| {
        let (title, body) = part.split_once('\n').unwrap_or((part, ""));
        Section {
            anchor: format!("part-{}", index + 1),
            title: title.trim().to_string(),
            html: html(body),
        }
    });
    HelpText {
        title: title.trim_start_matches("# ").trim().to_string(),
        intro: html(intro),
        sections: sections.collect(),
    }
}

/// Replaces the marks in a source: `{{word:reply-send}}` by the word of the interface, in bold, and `{{limit:appeal-days}}` by the limit.
fn filled(source: &str, text: &Text, limits: &Limits) -> String {
    let mut parts = source.split("{{");
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |all, part| {
        let (mark, rest) = part.split_once("}}").unwrap_or((part, ""));
        let value = match mark.split_once(':') {
            Some(("word", key)) => format!("**{}**", as_written(&text.t(key))),
            Some(("limit", name)) => {
                let value = limit(limits, name);
                value.map_or_else(String::new, |value| locale::number(text.language, value))
            }
            _ => String::new(),
        };
        all + &value + rest
    })
}

/// A word without the meaning that its signs have in Markdown.
fn as_written(word: &str) -> String {
    let mut written = String::new();
    for sign in word.chars() {
        if sign.is_ascii_punctuation() {
            written.push('\\');
        }
        written.push(sign);
    }
    written
}
