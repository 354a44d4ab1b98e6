//! For whom the answer to a document is the same.

use apollo_compiler::ExecutableDocument;
use apollo_compiler::executable::Operation;

/// The queries of public content. Others depend on a secret, are limited for each address, or are about the caller.
const PUBLIC: [&str; 12] = [
    "__typename",
    "concept",
    "concepts",
    "decisions",
    "delegation",
    "delegations",
    "instance",
    "ledger",
    "node",
    "nodes",
    "thread",
    "threads",
];
/// What is under this field depends on the caller.
const PERSONAL: &str = "viewer";

/// Whether an operation selects something that depends on who asks, and not only on their audience.
pub fn depends_on_caller(document: &ExecutableDocument, operation: &Operation) -> bool {
    let mut selected = operation.all_fields(document);
    selected.any(|field| field.name == PERSONAL)
}

/// Whether all visitors get the same answer.
pub fn is_for_every_visitor(document: &ExecutableDocument) -> bool {
    document.operations.iter().all(|operation| {
        let mut roots = operation.root_fields(document);
        operation.is_query()
            && roots.all(|field| PUBLIC.contains(&field.name.as_str()))
            && !depends_on_caller(document, operation)
    })
}
