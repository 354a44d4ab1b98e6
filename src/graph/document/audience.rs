//! For whom the answer to a document is the same.

use apollo_compiler::ExecutableDocument;
use apollo_compiler::executable::Selection;
use apollo_compiler::executable::SelectionSet;

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

/// Whether all visitors get the same answer.
pub fn is_for_every_visitor(document: &ExecutableDocument) -> bool {
    let roots_are_public = document.operations.iter().all(|operation| {
        operation.is_query()
            && operation
                .root_fields(document)
                .all(|field| PUBLIC.contains(&field.name.as_str()))
    });
    let mut sets = document.operations.iter().map(|each| &each.selection_set);
    let mut fragments = document.fragments.values().map(|each| &each.selection_set);
    roots_are_public && !sets.any(selects_personal) && !fragments.any(selects_personal)
}

fn selects_personal(set: &SelectionSet) -> bool {
    set.selections.iter().any(|selection| match selection {
        Selection::Field(field) => field.name == PERSONAL || selects_personal(&field.selection_set),
        Selection::InlineFragment(fragment) => selects_personal(&fragment.selection_set),
        // Each fragment is examined by itself.
        Selection::FragmentSpread(_) => false,
    })
}
