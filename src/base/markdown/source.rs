//! Prepares a Markdown text for the parser, so that nothing in it disappears, and markup also works in languages without spaces
//! or with their own punctuation.

use std::collections::HashSet;

use comrak::nodes::Node;
use comrak::nodes::NodeValue;
use icu_properties::CodePointMapData;
use icu_properties::props::Script;
use unicode_properties::GeneralCategoryGroup;
use unicode_properties::UnicodeGeneralCategory;

/// Inserted between an emphasis mark and punctuation, where a letter would make the mark work. It is a noncharacter
/// code point and is removed again.
const LETTER: char = '\u{FDD0}';

/// Inserted around a URL that is written without marks: white space to the parser, tagged with another noncharacter, and removed
/// again.
const BEGIN: &str = "\u{FDD1} ";
const END: &str = " \u{FDD1}";

/// Inserted before asterisks that replace two or three underscores. Also a noncharacter.
const UNDERSCORE: char = '\u{FDD2}';
const TWO_UNDERSCORES: &str = "\u{FDD2}**";
const THREE_UNDERSCORES: &str = "\u{FDD2}***";

/// Replaces a single tilde, which belongs to a range of numbers and does not strike text out.
const TILDE: char = '\u{FDD3}';

/// Replaces a typed noncharacter of these, so that it stays visible that there was one.
const REPLACEMENT: &str = "\u{FFFD}";

/// Returns a text without the parser aids.
pub fn without_parser_aids(text: &str) -> String {
    let text = text.replace(BEGIN, "").replace(END, "").replace(LETTER, "");
    let text = text.replace(THREE_UNDERSCORES, "___");
    let text = text.replace(TWO_UNDERSCORES, "__").replace(UNDERSCORE, "");
    text.replace(TILDE, "~")
}

/// Returns the text with aids for the parser: where emphasis is next to non-ASCII punctuation or a script without
/// spaces, and where a URL ends before such punctuation.
///
/// CommonMark uses white space and punctuation to decide whether a `*` opens or closes. Chinese has no spaces, and
/// Arabic joins its articles and conjunctions to the next word, so a mark between a letter and a bracket would do
/// neither. The same applies to two or three underscores between letters.
pub fn with_parser_aids(source: &str) -> String {
    let source = source.replace(['\u{FDD0}', '\u{FDD1}', UNDERSCORE, TILDE], REPLACEMENT);
    let source = underscored(&source, "___", THREE_UNDERSCORES);
    let source = underscored(&source, "__", TWO_UNDERSCORES);
    emphasised(&addressed(&source))
}

/// Returns the text with asterisks instead of so many underscores around words next to a script without spaces.
fn underscored(source: &str, underscores: &str, asterisks: &str) -> String {
    let length = underscores.len();
    let runs: Vec<usize> = source
        .match_indices(underscores)
        .map(|(start, _)| start)
        .filter(|start| !source[..*start].ends_with(['_', '\\']))
        .filter(|start| !source[start + length..].starts_with('_'))
        .collect();
    let mut text = String::with_capacity(source.len());
    let mut from = 0;
    let mut runs = runs.into_iter().peekable();
    while let Some(start) = runs.next() {
        let Some(&end) = runs.peek() else {
            break;
        };
        if is_emphasis(
            &source[..start],
            &source[start + length..end],
            &source[end + length..],
        ) {
            runs.next();
            for (upto, next) in [(start, start + length), (end, end + length)] {
                text.push_str(&source[from..upto]);
                text.push_str(asterisks);
                from = next;
            }
        }
    }
    text.push_str(&source[from..]);
    text
}

/// Whether underscores on both sides of words mark them as emphasis although a letter is next to them, because it belongs to
/// a script without spaces.
fn is_emphasis(before: &str, words: &str, after: &str) -> bool {
    let is_beside = before.ends_with(has_no_spaces) || after.starts_with(has_no_spaces);
    let is_one = !words.starts_with(char::is_whitespace) && !words.ends_with(char::is_whitespace);
    // Adjacent asterisks would merge with those that replace the underscores.
    let is_alone = !before.ends_with('*')
        && !words.starts_with('*')
        && !words.ends_with('*')
        && !after.starts_with('*');
    // Runs of two and of three within each other would be paired differently from what is written.
    let is_plain = !words.contains("__") && !words.contains(UNDERSCORE);
    is_beside
        && is_one
        && is_alone
        && is_plain
        && words.contains(has_no_spaces)
        && !words.contains("\n\n")
}

/// Whether a letter belongs to a script that puts no spaces between words.
fn has_no_spaces(sign: char) -> bool {
    matches!(
        CodePointMapData::<Script>::new().get(sign),
        Script::Han
            | Script::Hiragana
            | Script::Katakana
            | Script::Bopomofo
            | Script::Thai
            | Script::Lao
            | Script::Khmer
            | Script::Myanmar
    )
}

fn emphasised(source: &str) -> String {
    let mut text = String::with_capacity(source.len() + source.len() / 16);
    let mut before = None;
    let mut rest = source;
    while let Some(mark) = rest.find(['*', '~']) {
        text.push_str(&rest[..mark]);
        before = rest[..mark].chars().next_back().or(before);
        let run = &rest[mark..];
        let sign = run.as_bytes()[0] as char;
        let length = run.len() - run.trim_start_matches(sign).len();
        let after = run[length..].chars().next();
        if sign == '~' && length == 1 {
            text.push(if before == Some('\\') { sign } else { TILDE });
            before = Some(sign);
            rest = &run[length..];
            continue;
        }
        let (left, right) = match (before, after) {
            (Some(before), Some(after)) => letters(before, after),
            _ => (false, false),
        };
        if left {
            text.push(LETTER);
        }
        text.push_str(&run[..length]);
        if right {
            text.push(LETTER);
        }
        before = Some(sign);
        rest = &run[length..];
    }
    text.push_str(rest);
    text
}

/// Whether the characters before and after a mark must count as letters. Between two characters that are not letters, a mark
/// both opens and closes by itself.
fn letters(before: char, after: char) -> (bool, bool) {
    let counts = |sign: char, other: char| {
        let is_other_script = !other.is_ascii() && other.is_alphanumeric();
        // A backslash cancels the meaning of the mark, or of what follows.
        sign != '\\'
            && is_punctuation(sign)
            && (is_other_script
                || !sign.is_ascii() && !other.is_whitespace() && !is_punctuation(other))
    };
    (counts(before, after), counts(after, before))
}

fn is_punctuation(sign: char) -> bool {
    matches!(
        sign.general_category_group(),
        GeneralCategoryGroup::Punctuation | GeneralCategoryGroup::Symbol
    )
}

/// Whether a character is punctuation that ends a URL in running text. Letters of any script may be part of a URL.
fn ends_address(sign: char) -> bool {
    !sign.is_ascii() && is_punctuation(sign)
}

fn addressed(source: &str) -> String {
    let mut text = String::with_capacity(source.len() + 16);
    let mut rest = source;
    while let Some((start, begin)) = next_address(rest) {
        let (lead, address) = rest.split_at(start);
        text.push_str(lead);
        // In link markup, in angle brackets and in a definition, the address has its own end.
        let is_marked = lead.ends_with(['<', '"', '\'']) || {
            let lead = lead.trim_end_matches([' ', '<']);
            lead.ends_with("](") || lead.ends_with("]:")
        };
        let is_joined = lead.ends_with(|sign: char| !sign.is_ascii());
        if begin == "www." && is_joined {
            text.push_str(BEGIN);
        }
        let end = address.find(|sign: char| {
            sign.is_whitespace() || sign == '<' || is_marked && matches!(sign, ')' | '>')
        });
        let end = end.unwrap_or(address.len());
        let stop = address[..end].find(ends_address).filter(|_| !is_marked);
        text.push_str(&address[..stop.unwrap_or(end)]);
        if stop.is_some() {
            text.push_str(END);
        }
        rest = &address[stop.unwrap_or(end)..];
    }
    text.push_str(rest);
    text
}

/// Returns the position and the prefix of the next URL.
fn next_address(text: &str) -> Option<(usize, &'static str)> {
    let begins = ["http://", "https://", "www."];
    text.match_indices(['h', 'H', 'w', 'W'])
        .find_map(|(start, _)| {
            let begin = begins.iter().find(|begin| {
                let there = text.get(start..start + begin.len());
                there.is_some_and(|there| there.eq_ignore_ascii_case(begin))
            })?;
            Some((start, *begin))
        })
}

/// Makes content visible that the parser would skip: link definitions that nothing refers to, and table cells beyond those of
/// the header. `None` if there is no such content.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a node of comrak's, of which most are left as they are"
)]
pub fn completed(source: &str, tree: Node<'_>) -> Option<String> {
    let mut lines: Vec<String> = source.lines().map(str::to_string).collect();
    let mut shown = String::new();
    let mut addresses = HashSet::new();
    let mut tables = Vec::new();
    for node in tree.descendants() {
        match &node.data().value {
            NodeValue::Text(text) => shown.push_str(text),
            NodeValue::Code(code) => shown.push_str(&code.literal),
            NodeValue::CodeBlock(block) => shown.push_str(&block.literal),
            NodeValue::HtmlInline(html) => shown.push_str(html),
            NodeValue::HtmlBlock(block) => shown.push_str(&block.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => shown.push(' '),
            NodeValue::Link(link) | NodeValue::Image(link) => {
                addresses.insert(without_parser_aids(&link.url));
            }
            NodeValue::Table(_) => tables.push(node),
            _ => {}
        }
    }
    let mut is_changed = show_definitions(&mut lines, &bare(&shown), &addresses);
    for table in tables {
        is_changed |= widen(&mut lines, table);
    }
    is_changed.then(|| lines.join("\n"))
}

/// Maximum number of lines that a definition's label and URL may span.
const DEFINITION_LINES: usize = 6;

/// Escapes definitions of which nothing is shown: neither the definition itself, as in code, nor a link to its URL. Of several
/// with the same label, only the first is a definition.
fn show_definitions(lines: &mut [String], shown: &str, addresses: &HashSet<String>) -> bool {
    let mut vanished = Vec::new();
    let mut first = HashSet::new();
    for at in 0..lines.len() {
        let marks = marks(&lines[at]);
        if !lines[at][marks..].starts_with('[') {
            continue;
        }
        let mut text = lines[at][marks..].to_string();
        for line in lines.iter().skip(at + 1).take(DEFINITION_LINES) {
            text.push(' ');
            text.push_str(line);
        }
        let Some((label, rest)) = text[1..].split_once("]:") else {
            continue;
        };
        let address = rest.split_whitespace().next().unwrap_or_default();
        let address = address.trim_start_matches('<').trim_end_matches('>');
        let is_first = first.insert(bare(label).to_lowercase());
        let is_used = is_first && addresses.contains(&without_parser_aids(&unescaped(address)));
        if !is_used && !shown.contains(&format!("[{}]:", bare(label))) {
            vanished.push((at, marks));
        }
    }
    for (at, marks) in &vanished {
        lines[*at].insert(*marks, '\\');
    }
    !vanished.is_empty()
}

/// Returns a text without parser aids, marks of emphasis and code, and runs of white space.
fn bare(text: &str) -> String {
    let text = without_parser_aids(text).replace(['*', '_', '~', '`', '\\'], "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns a URL without its escaping backslashes.
fn unescaped(address: &str) -> String {
    let mut text = String::with_capacity(address.len());
    let mut signs = address.chars().peekable();
    while let Some(sign) = signs.next() {
        let is_escape = sign == '\\' && signs.peek().is_some_and(char::is_ascii_punctuation);
        if !is_escape {
            text.push(sign);
        }
    }
    text
}

/// Returns how much of a line consists of quote and list marks.
fn marks(line: &str) -> usize {
    let rest = line.trim_start_matches(|c: char| {
        matches!(c, ' ' | '\t' | '>' | '*' | '+' | '-' | '.' | ')') || c.is_ascii_digit()
    });
    line.len() - rest.len()
}

/// Gives a table's header as many cells as its longest row has.
fn widen(lines: &mut [String], table: Node<'_>) -> bool {
    let mut rows = table.children().map(|row| {
        let start = row.data().sourcepos.start;
        let line = lines.get(start.line.saturating_sub(1));
        let row = line.and_then(|line| line.get(start.column.saturating_sub(1)..));
        (start.line, row.map_or(0, cells_of_row))
    });
    let Some((head, columns)) = rows.next() else {
        return false;
    };
    let missing = rows.map(|(_, cells)| cells).max().unwrap_or_default();
    let missing = missing.saturating_sub(columns);
    if missing == 0 || columns == 0 {
        return false;
    }
    // The header is above the line that makes it one.
    for (at, cell) in [(head.saturating_sub(1), " |"), (head, "-|")] {
        if let Some(line) = lines.get_mut(at) {
            line.truncate(line.trim_end().len());
            if !line.ends_with('|') {
                line.push('|');
            }
            line.push_str(&cell.repeat(missing));
        }
    }
    true
}

/// Returns the number of cells in a table row, counted by its unescaped bars.
fn cells_of_row(row: &str) -> usize {
    let row = row.trim();
    let mut bars = 0;
    let mut is_escaped = false;
    let mut ends_in_bar = false;
    for sign in row.chars() {
        ends_in_bar = sign == '|' && !is_escaped;
        bars += usize::from(ends_in_bar);
        is_escaped = sign == '\\' && !is_escaped;
    }
    let outer = usize::from(row.starts_with('|')) + usize::from(ends_in_bar && row.len() > 1);
    (bars + 1).saturating_sub(outer)
}
