//! The GraphQL documents of the scripts, stored beside those of the page.

/// The documents that show posts.
const TEXT: &str = include_str!("post.graphql");

/// An operation of the script with the fragments that it spreads; nothing when there is none of that name.
pub fn operation(name: &str) -> Option<String> {
    let operation = definitions().find(|definition| named(definition) == name)?;
    let is_spread = |fragment: &&str| {
        let spread = format!("...{}", named(fragment));
        operation
            .split_whitespace()
            .any(|word| word.trim_end_matches('}') == spread)
    };
    let fragments = definitions().filter(|definition| definition.starts_with("fragment "));
    let all = std::iter::once(operation).chain(fragments.filter(is_spread));
    Some(all.collect::<Vec<_>>().join("\n"))
}

/// Each definition, without the comment before it. Definitions are separated by an empty line and contain none.
fn definitions() -> impl Iterator<Item = &'static str> {
    TEXT.split("\n\n").map(|mut definition| {
        while definition.starts_with('#') {
            definition = definition.split_once('\n').map_or("", |(_, rest)| rest);
        }
        definition
    })
}

/// The name of a definition, which is its second word.
fn named(definition: &str) -> &str {
    let name = definition.split([' ', '(']).nth(1);
    name.unwrap_or_default()
}
