//! Makes those parts of a parsed text visible that would otherwise not be shown.

use comrak::Arena;
use comrak::nodes::AstNode;
use comrak::nodes::ListType;
use comrak::nodes::Node;
use comrak::nodes::NodeLink;
use comrak::nodes::NodeList;
use comrak::nodes::NodeValue;

use crate::base::markdown::Note;
use crate::base::markdown::source::without_parser_aids;

/// Schemes that links may have.
pub const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// Changes HTML to text, images to links, and links with another scheme to their text and URL. Returns the notes for the
/// author.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a node of comrak's, of which most are left as they are"
)]
pub fn make_visible<'a>(arena: &'a Arena<'a>, tree: Node<'a>) -> Vec<Note> {
    let mut notes = Vec::new();
    let nodes: Vec<Node<'a>> = tree.descendants().collect();
    for node in nodes {
        let value = std::mem::replace(&mut node.data_mut().value, NodeValue::SoftBreak);
        let (value, note) = match value {
            NodeValue::HtmlInline(html) => (NodeValue::Text(html.into()), Some(Note::Html)),
            NodeValue::HtmlBlock(block) => {
                for child in verbatim(arena, &block.literal) {
                    node.append(child);
                }
                (NodeValue::Paragraph, Some(Note::Html))
            }
            NodeValue::Image(link) => (picture(arena, node, *link), Some(Note::Image)),
            NodeValue::Link(link) => address(arena, node, *link),
            NodeValue::CodeBlock(mut block) => {
                let info = without_parser_aids(&block.info);
                let is_left_out = is_language(&info);
                if !is_left_out {
                    block.literal = format!("{info}\n{}", block.literal);
                }
                block.info = String::new();
                let note = (is_left_out && !info.is_empty()).then_some(Note::CodeLanguage);
                (NodeValue::CodeBlock(block), note)
            }
            value => (value, None),
        };
        node.data_mut().value = value;
        if let Some(note) = note
            && !notes.contains(&note)
        {
            notes.push(note);
        }
    }
    notes
}

/// Returns the written number of an item if it is not the next one. A list whose items all have the same number is numbered
/// automatically.
pub fn number(item: Node<'_>, list: &NodeList) -> Option<usize> {
    if list.list_type != ListType::Ordered {
        return None;
    }
    let number_of = |item: Node<'_>| {
        if let NodeValue::Item(list) = &item.data().value {
            return Some(list.start);
        }
        None
    };
    let before = number_of(item.previous_sibling()?)?;
    let mut all = item.parent()?.children().filter_map(number_of);
    let first = all.next();
    let is_auto_numbered = all.all(|number| Some(number) == first);
    (!is_auto_numbered && list.start != before + 1).then_some(list.start)
}

/// Whether the text after the mark of a code block is a language name, and not words to be read.
fn is_language(info: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '#' | '-' | '.' | '_');
    info.len() <= 20 && info.chars().all(is_part)
}

/// Returns the lines of a text as they were written.
fn verbatim<'a>(arena: &'a Arena<'a>, text: &str) -> Vec<Node<'a>> {
    let mut nodes = Vec::new();
    for line in text.trim_end().lines() {
        if !nodes.is_empty() {
            nodes.push(leaf(arena, NodeValue::LineBreak));
        }
        nodes.push(words(arena, line));
    }
    nodes
}

fn words<'a>(arena: &'a Arena<'a>, text: &str) -> Node<'a> {
    leaf(arena, NodeValue::Text(text.to_string().into()))
}

fn leaf<'a>(arena: &'a Arena<'a>, value: NodeValue) -> Node<'a> {
    arena.alloc(AstNode::from(value))
}

/// Returns an image as a link to it, with its alternative text as the link text. Within another link, only the text is kept,
/// followed by the URL.
fn picture<'a>(arena: &'a Arena<'a>, node: Node<'a>, mut link: NodeLink) -> NodeValue {
    let in_link = node
        .ancestors()
        .skip(1)
        .any(|above| matches!(above.data().value, NodeValue::Link(_) | NodeValue::Image(_)));
    link.url = without_parser_aids(&link.url);
    if in_link {
        let title = without_parser_aids(&link.title);
        match (link.url.is_empty(), title.is_empty()) {
            (true, true) => {}
            (true, false) => node.insert_after(words(arena, &format!(" (\"{title}\")"))),
            (false, true) => node.insert_after(words(arena, &format!(" ({})", link.url))),
            (false, false) => {
                node.insert_after(words(arena, &format!(" ({} \"{title}\")", link.url)));
            }
        }
        return unwrapped(node);
    }
    address(arena, node, link).0
}

/// Returns a link, with its URL as the text if it has no text. If its scheme is not allowed, returns its text and URL instead.
fn address<'a>(
    arena: &'a Arena<'a>,
    node: Node<'a>,
    mut link: NodeLink,
) -> (NodeValue, Option<Note>) {
    link.url = without_parser_aids(&link.url);
    link.title = without_parser_aids(&link.title);
    let shown = text_of(node);
    if is_allowed_address(&link.url) {
        if shown.trim().is_empty() {
            node.append(words(arena, &link.url));
        }
        return (NodeValue::Link(Box::new(link)), None);
    }
    if shown == link.url {
        node.insert_before(words(arena, "<"));
        node.insert_after(words(arena, ">"));
    } else if !link.url.is_empty() && !is_script(&link.url) {
        let title = match link.title.is_empty() {
            true => String::new(),
            false => format!(" \"{}\"", link.title),
        };
        node.insert_after(words(arena, &format!(" ({}{title})", link.url)));
    } else if !link.title.is_empty() {
        node.insert_after(words(arena, &format!(" (\"{}\")", link.title)));
    }
    (unwrapped(node), Some(Note::Address))
}

/// Whether a URL is executable. No part of it may appear in a page.
fn is_script(url: &str) -> bool {
    let scheme: String = url.chars().take_while(|c| *c != ':').collect();
    let scheme = scheme.trim().to_ascii_lowercase();
    ["javascript", "vbscript", "data"].contains(&scheme.as_str())
}

/// Replaces a node by its children.
fn unwrapped(node: Node<'_>) -> NodeValue {
    let children: Vec<Node<'_>> = node.children().collect();
    for child in children {
        node.insert_before(child);
    }
    NodeValue::Text(String::new().into())
}

/// Returns the words of a node, without marks.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a node of comrak's, of which most are left as they are"
)]
fn text_of(node: Node<'_>) -> String {
    let mut text = String::new();
    for each in node.descendants() {
        match &each.data().value {
            NodeValue::Text(words) => text.push_str(words),
            NodeValue::Code(code) => text.push_str(&code.literal),
            NodeValue::HtmlInline(html) => text.push_str(html),
            NodeValue::Image(_) => text.push('\u{FFFC}'),
            _ => {}
        }
    }
    without_parser_aids(&text)
}

/// Whether a URL has an allowed scheme, or has none and leads to a page of the forum. A single word is not a URL: it is a remark
/// in brackets, or a note written as a definition.
fn is_allowed_address(url: &str) -> bool {
    let scheme = url.split(['/', '?', '#']).next().unwrap_or_default();
    match scheme.split_once(':') {
        Some((scheme, _)) => SCHEMES
            .iter()
            .any(|known| known.eq_ignore_ascii_case(scheme)),
        None => url.starts_with(['/', '#', '?']),
    }
}
