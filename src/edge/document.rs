//! Checks the length and nesting of a document's text before it is parsed.

use apollo_compiler::ast::Document;
use apollo_compiler::ast::OperationType;

use crate::base::config::Limits;

/// Maximum nesting of brackets, and of selection sets: code that reads them recurses for each level.
pub const MAX_NESTING: u64 = 64;

/// Why a document is not executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentError {
    /// It cannot be executed, whatever its cost.
    Malformed(String),
    /// It exceeds the named limit.
    Exceeds(&'static str),
}

/// Refuses a text that is too long or too nested to be parsed.
///
/// # Errors
/// The limit that it exceeds.
pub fn check_text(source: &str, limits: &Limits) -> Result<(), DocumentError> {
    if source.len() > limits.document_bytes {
        return Err(DocumentError::Exceeds("document bytes"));
    }
    if is_too_nested(source) {
        return Err(DocumentError::Exceeds("nesting"));
    }
    Ok(())
}

/// Whether the operation with that name, or the only one, is a subscription.
pub fn is_subscription(document: &Document, name: Option<&str>) -> bool {
    let definitions = document.definitions.iter();
    let mut operations = definitions.filter_map(|definition| definition.as_operation_definition());
    let operation = match name {
        Some(_) => operations.find(|each| each.name.as_deref() == name),
        None => operations.next(),
    };
    operation.is_some_and(|each| each.operation_type == OperationType::Subscription)
}

/// Whether brackets outside strings and comments are nested too deeply.
fn is_too_nested(source: &str) -> bool {
    let mut depth = 0_u64;
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        if let Some(block) = rest.strip_prefix(BLOCK) {
            // Without an end, these are an empty string and the start of another one.
            rest = after_block(block).unwrap_or(&rest[2..]);
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '{' | '[' | '(' => {
                depth += 1;
                if depth > MAX_NESTING {
                    return true;
                }
            }
            '}' | ']' | ')' => depth = depth.saturating_sub(1),
            '#' => rest = rest.find(LINE_ENDS).map_or("", |end| &rest[end..]),
            '"' => rest = after_string(rest),
            _ => {}
        }
    }
    false
}

const LINE_ENDS: [char; 2] = ['\n', '\r'];
const BLOCK: &str = "\"\"\"";

/// Returns what follows the end of a block string. Three quotes after a backslash are not the end.
fn after_block(text: &str) -> Option<&str> {
    let mut from = 0;
    while let Some(found) = text[from..].find(BLOCK) {
        let end = from + found;
        if !text[..end].ends_with('\\') {
            return Some(&text[end + BLOCK.len()..]);
        }
        from = end + BLOCK.len();
    }
    None
}

fn after_string(text: &str) -> &str {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if LINE_ENDS.contains(&c) => return &text[at..],
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return &text[at + 1..],
            _ => {}
        }
    }
    ""
}
