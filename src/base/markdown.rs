//! Markdown as people write it, to HTML in which nothing runs.

use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::Builder;
use comrak::Options;

/// Blocks whose direction follows their own first letter, for texts that mix scripts.
const BLOCKS: [&str; 12] = [
    "p",
    "li",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "td",
    "th",
    "table",
];

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    let inline = [
        "a", "br", "code", "del", "em", "hr", "ol", "pre", "strong", "tbody", "thead", "tr", "ul",
    ];
    builder
        .tags(inline.into_iter().chain(BLOCKS).collect())
        .add_tag_attributes("a", ["href", "title"])
        .add_tag_attributes("ol", ["start"])
        .add_tag_attributes("td", ["align"])
        .add_tag_attributes("th", ["align"])
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .clean_content_tags(HashSet::from(["script", "style"]))
        .link_rel(Some("nofollow noopener noreferrer ugc"));
    for block in BLOCKS {
        builder.set_tag_attribute_value(block, "dir", "auto");
    }
    builder
});

/// Quotes within quotes, at most: each costs as much as all that it lies in.
const QUOTES: usize = 50;

/// Whether a text nests quotes deeper than anybody reads them.
pub fn is_too_nested(source: &str) -> bool {
    source.lines().any(|line| {
        let opening = line.chars().take_while(|c| matches!(c, '>' | ' ' | '\t'));
        opening.filter(|c| *c == '>').count() > QUOTES
    })
}

/// HTML of a Markdown text: links, lists, tables, quotes, emphasis and code. Raw HTML and images are dropped, links lead
/// only to http, https and mailto.
pub fn to_html(source: &str) -> String {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    SANITISER
        .clean(&comrak::markdown_to_html(source, &options))
        .to_string()
}
