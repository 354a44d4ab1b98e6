//! Renders Markdown to HTML that cannot run scripts.

mod source;
mod tree;

use std::collections::HashSet;
use std::fmt;
use std::fmt::Write;
use std::sync::LazyLock;

use ammonia::Builder;
use comrak::Arena;
use comrak::Options;
use comrak::html::ChildRendering;
use comrak::html::Context;
use comrak::html::format_document_with_formatter;
use comrak::html::format_node_default;
use comrak::nodes::Node;
use comrak::nodes::NodeValue;
use comrak::options::Plugins;
use comrak::parse_document;

/// Blocks whose direction follows their own first letter, for texts that mix scripts. Blocks that contain other blocks
/// have no letters of their own and follow the text around them.
const BLOCKS: [&str; 10] = ["p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th"];

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    let inline = [
        "a",
        "blockquote",
        "br",
        "code",
        "del",
        "em",
        "hr",
        "ol",
        "pre",
        "strong",
        "table",
        "tbody",
        "thead",
        "tr",
        "ul",
    ];
    builder
        .tags(inline.into_iter().chain(BLOCKS).collect())
        .add_tag_attributes("a", ["href", "title"])
        .add_tag_attributes("ol", ["start"])
        .add_tag_attributes("li", ["value"])
        .add_tag_attributes("td", ["align"])
        .add_tag_attributes("th", ["align"])
        .url_schemes(HashSet::from(tree::SCHEMES))
        .clean_content_tags(HashSet::from(["script", "style"]))
        .link_rel(Some("nofollow noopener noreferrer ugc"));
    for block in BLOCKS {
        builder.set_tag_attribute_value(block, "dir", "auto");
    }
    // Code is read from left to right, whatever surrounds it.
    for code in ["code", "pre"] {
        builder.set_tag_attribute_value(code, "dir", "ltr");
    }
    builder
});

/// Maximum nesting of quotes and lists: each level costs as much as everything around it.
const MAX_LEVELS: usize = 50;

/// Why a text is not rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenderError {
    /// It nests quotes or lists too deeply.
    TooNested,
    /// It renders to more than a small multiple of its size.
    TooLarge,
}

/// Whether a line nests quotes and lists too deeply.
fn is_too_nested(source: &str) -> bool {
    source.lines().any(|line| levels(line) > MAX_LEVELS)
}

/// Returns 0 for a rule (`- - -`), otherwise the number of quotes and lists that a line opens or continues, judging by
/// their marks.
fn levels(line: &str) -> usize {
    let is_rule = ['-', '*', '_']
        .into_iter()
        .any(|mark| line.chars().all(|c| c == mark || c == ' ' || c == '\t'));
    if is_rule {
        return 0;
    }
    let mut levels = 0;
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let mark = rest.get(digits..).and_then(|rest| rest.chars().next());
        let is_list = match mark {
            Some('>') if digits == 0 => false,
            Some('-' | '*' | '+') if digits == 0 => true,
            Some('.' | ')') if digits > 0 => true,
            _ => return levels,
        };
        rest = rest.get(digits + 1..).unwrap_or_default();
        if is_list && !rest.starts_with([' ', '\t']) {
            return levels;
        }
        levels += 1;
    }
}

/// Maximum size of rendered HTML: `GROWTH` bytes for each byte of the text, plus `FRAME`. The marks of a table cell,
/// the most expensive legitimate use, make about twenty bytes of HTML from two of Markdown.
const GROWTH: usize = 24;
const FRAME: usize = 2_048;

/// Maximum number of cells in all tables, per byte of a text. A written cell takes at least one byte.
const MAX_CELLS_PER_BYTE: usize = 2;

/// Returns an upper bound for the cells of a text's tables once their rows are filled in: after what may be the line
/// under a table's header, every line up to an empty one has that many cells.
fn cells(source: &str) -> usize {
    let mut total = 0_usize;
    let mut columns = 0;
    for line in source.lines() {
        if line.trim().is_empty() {
            columns = 0;
        }
        let is_rule = line.contains('-')
            && line.chars().all(|c| {
                matches!(c, '|' | ':' | '-' | ' ' | '\t' | '>' | '*' | '+')
                    || c.is_ascii_digit()
                    || c == '.'
            });
        if is_rule {
            let runs = line.split(|c| c != '-').filter(|run| !run.is_empty());
            columns = columns.max(runs.count());
        }
        total = total.saturating_add(columns);
    }
    total
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options
}

/// A difference between how a text is shown and what its writer may expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// HTML is shown as text.
    Html,
    /// An image is shown as a link to it.
    Image,
    /// A link that is neither to the web nor to a mail address is shown as text.
    Address,
    /// The language name after the mark of a code block is not shown.
    CodeLanguage,
}

/// The HTML of a Markdown text, and the notes for its author.
#[derive(Clone, Debug)]
pub struct RenderedMarkdown {
    pub html: String,
    pub notes: Vec<Note>,
}

/// Returns the HTML of a Markdown text: links, lists, tables, quotes, emphasis and code. Links lead only to http, https
/// and mailto. Nothing that is written disappears: HTML is shown as text, pictures as links.
///
/// # Errors
/// If it nests too deeply, or renders to more than a small multiple of its size. Examples are a table whose rows lack a thousand
/// cells, which are filled in, and many references to one long URL.
pub fn render(source: &str) -> Result<RenderedMarkdown, RenderError> {
    if is_too_nested(source) {
        return Err(RenderError::TooNested);
    }
    // This comes before parsing, because each cell that is filled in costs the parser about a hundred bytes.
    let max_cells = FRAME + MAX_CELLS_PER_BYTE * source.len();
    if cells(source) > max_cells {
        return Err(RenderError::TooLarge);
    }
    let (arena, options) = (Arena::new(), options());
    let helped = source::with_parser_aids(source);
    let mut parsed = parse_document(&arena, &helped, &options);
    if let Some(completed) = source::completed(&helped, parsed) {
        if cells(&completed) > max_cells {
            return Err(RenderError::TooLarge);
        }
        parsed = parse_document(&arena, &completed, &options);
    }
    let notes = tree::make_visible(&arena, parsed);
    let mut unsafe_html = String::new();
    // Writing to a string cannot fail.
    let plugins = Plugins::default();
    let _ = format_document_with_formatter(
        parsed,
        &options,
        &mut unsafe_html,
        &plugins,
        write_node,
        (),
    );
    let html = SANITISER
        .clean(&source::without_parser_aids(&unsafe_html))
        .to_string();
    match html.len() > FRAME + GROWTH * source.len() {
        true => Err(RenderError::TooLarge),
        false => Ok(RenderedMarkdown { html, notes }),
    }
}

/// Writes a part of a text; list items keep the numbers that they were given.
fn write_node(
    context: &mut Context<()>,
    node: Node<'_>,
    entering: bool,
) -> Result<ChildRendering, fmt::Error> {
    let number = if let NodeValue::Item(list) = &node.data().value
        && entering
    {
        tree::number(node, list)
    } else {
        None
    };
    match number {
        Some(number) => {
            context.cr()?;
            write!(context, "<li value=\"{number}\">")?;
            Ok(ChildRendering::HTML)
        }
        None => format_node_default(context, node, entering),
    }
}

/// Returns the HTML of a stored text. An old text that would be refused today is shown as it was written.
pub fn render_stored(source: &str) -> String {
    render(source).map_or_else(|_| as_written(source), |shown| shown.html)
}

/// Returns a text as it was written, in HTML.
fn as_written(source: &str) -> String {
    let escaped = source
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    format!("<pre dir=\"auto\">{escaped}</pre>")
}
