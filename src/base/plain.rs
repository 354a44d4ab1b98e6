//! Plain text for previews: the words of a rendered text without its markup, cut to the available length.

use unicode_segmentation::GraphemeCursor;
use unicode_segmentation::UnicodeSegmentation;

use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::letters;

/// The end of a text that was cut.
const ELLIPSIS: char = '…';

/// Tags that end a line.
const BLOCKS: [&str; 17] = [
    "blockquote",
    "br",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "table",
    "tbody",
    "tr",
    "ul",
];

/// Returns the words of HTML made from Markdown, with at most `length` characters if given, including the ellipsis of a
/// cut text.
///
/// # Errors
/// INVALID, field `length`, for a length below 1.
pub fn preview(html: &str, length: Option<i32>) -> Result<String> {
    let max = length.map(|length| {
        let max = usize::try_from(length).ok().filter(|max| *max > 0);
        max.ok_or_else(|| Error::invalid("length", Fault::Malformed))
    });
    let text = of_html(html);
    let text = match max.transpose()? {
        Some(max) => cut(text, max),
        None => text,
    };
    // The reader may place the text within another line.
    Ok(letters::without_open_directions(&text))
}

/// Returns the words of HTML made from Markdown: each block, row and item on its own line, no empty lines.
pub fn of_html(html: &str) -> String {
    let mut text = String::with_capacity(html.len() / 2);
    let mut verbatim = false;
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        add(&mut text, &rest[..start], verbatim);
        let tag = &rest[start..];
        let end = end_of_tag(tag);
        let name = tag[1..end].trim_start_matches('/');
        let name = name.split([' ', '/', '>']).next().unwrap_or_default();
        if name == "pre" {
            verbatim = !tag.starts_with("</");
        }
        if BLOCKS.contains(&name) {
            end_line(&mut text);
        } else if matches!(name, "td" | "th") {
            add(&mut text, " ", false);
        }
        rest = &tag[end..];
    }
    add(&mut text, rest, verbatim);
    end_line(&mut text);
    text.truncate(text.trim_end().len());
    text
}

/// Returns where a tag ends; a sign in an attribute's value does not end it.
fn end_of_tag(tag: &str) -> usize {
    let mut quoted = false;
    for (at, c) in tag.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return at + 1,
            _ => {}
        }
    }
    tag.len()
}

fn end_line(text: &mut String) {
    text.truncate(text.trim_end_matches(' ').len());
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

/// Appends characters as they are read: runs of white space become one space, except in text shown as written.
fn add(text: &mut String, html: &str, verbatim: bool) {
    let mut rest = html;
    while let Some(c) = rest.chars().next() {
        let (c, length) = entity(rest).unwrap_or((c, c.len_utf8()));
        rest = &rest[length..];
        if verbatim || !c.is_whitespace() {
            text.push(c);
        } else if !text.is_empty() && !text.ends_with(char::is_whitespace) {
            text.push(' ');
        }
    }
}

/// Returns the character of an entity, and the entity's length.
fn entity(html: &str) -> Option<(char, usize)> {
    let known = [
        ("&amp;", '&'),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&quot;", '"'),
        ("&nbsp;", '\u{a0}'),
    ];
    let found = known.iter().find(|(name, _)| html.starts_with(name));
    found.map(|(name, c)| (*c, name.len()))
}

/// Cuts a text to at most `max` characters, at the end of a word. If the first word is longer, it is cut, but never
/// within what is seen as one character.
pub fn cut(text: String, max: usize) -> String {
    if text.chars().count() <= max {
        return text;
    }
    let room = max.saturating_sub(1);
    let signs = fitting(text.graphemes(true), room);
    // A word boundary can be within what is seen as one character: in Thai every sign counts as a word.
    let mut cursor = GraphemeCursor::new(0, text.len(), true);
    let mut is_between = |at: usize| {
        cursor.set_cursor(at);
        cursor.is_boundary(&text, 0).unwrap_or(false)
    };
    let ends = text.split_word_bound_indices().map(|(start, _)| start);
    let ends = ends.take_while(|end| *end <= signs);
    let words = ends.filter(|end| is_between(*end)).last().unwrap_or(0);
    let end = match text[..words].trim_end().is_empty() {
        true => signs,
        false => words,
    };
    let mut cut = text[..end].trim_end().to_string();
    cut.push(ELLIPSIS);
    cut
}

/// Returns the length in bytes of the leading parts that together have at most `max` characters.
fn fitting<'a>(parts: impl Iterator<Item = &'a str>, max: usize) -> usize {
    let (mut characters, mut bytes) = (0, 0);
    for part in parts {
        characters += part.chars().count();
        if characters > max {
            break;
        }
        bytes += part.len();
    }
    bytes
}
