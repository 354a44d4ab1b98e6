//! Whether a subscription can be executed once for all of an audience who ask the same, and from where it is to be told.

use std::collections::HashSet;

use async_graphql::Name;
use async_graphql::Value as ConstValue;
use async_graphql::Variables;
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::parser::types::Field;
use async_graphql::parser::types::OperationDefinition;
use async_graphql::parser::types::Selection;
use async_graphql::parser::types::SelectionSet;
use async_graphql_value::Value;
use sha2::Digest;
use sha2::Sha256;

use crate::base::actor::Audience;
use crate::base::language::Language;
use crate::graph::following::Document;

/// The fields of a subscription that tell the log.
const TOLD_FROM_THE_LOG: [&str; 2] = ["threadEvents", "forumEvents"];
/// What stands under this field depends on who asks.
const PERSONAL: &str = "viewer";

/// Names everything that is executed once: document, operation, variables but `after`, audience and language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

/// What makes a subscription one that can be shared.
#[derive(Clone, Debug)]
pub struct Shareable {
    /// The cursor after which it is to be told; from now on when there is none.
    pub after: Option<String>,
    /// The variable that carries nothing but that cursor.
    after_variable: Option<Name>,
}

/// A subscription that can be shared, and its document.
#[derive(Clone)]
pub struct Subscription {
    pub document: Document,
    pub shareable: Shareable,
}

/// Looks at the operation that is to be executed. `None` when each who asks has to have an answer of their own.
pub fn shareable(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
) -> Option<Shareable> {
    let [root] = operation.selection_set.node.items.as_slice() else {
        return None;
    };
    let Selection::Field(root) = &root.node else {
        return None;
    };
    let root = &root.node;
    if !TOLD_FROM_THE_LOG.contains(&root.name.node.as_str()) || !root.directives.is_empty() {
        return None;
    }
    let mut look = Look {
        document,
        fragments: HashSet::new(),
        personal: false,
        uses: Vec::new(),
    };
    look.field(root);
    for directive in &operation.directives {
        look.arguments(
            directive
                .node
                .arguments
                .iter()
                .map(|(_, value)| &value.node),
        );
    }
    if look.personal {
        return None;
    }
    let (after, variable) = match root.get_argument("after").map(|value| &value.node) {
        None | Some(Value::Null) => (None, None),
        Some(Value::String(cursor)) => (Some(cursor.clone()), None),
        Some(Value::Variable(name)) => {
            let given = variables.get(name).cloned().or_else(|| {
                let all = operation.variable_definitions.iter();
                let defined = all
                    .map(|each| &each.node)
                    .find(|each| each.name.node == *name)?;
                defined
                    .default_value
                    .as_ref()
                    .map(|value| value.node.clone())
            });
            let after = match given {
                None | Some(ConstValue::Null) => None,
                Some(ConstValue::String(cursor)) => Some(cursor),
                Some(_) => return None,
            };
            (after, Some(name.clone()))
        }
        // Not of its type: the executor says so.
        Some(_) => return None,
    };
    let after_variable =
        variable.filter(|name| look.uses.iter().filter(|used| **used == name).count() == 1);
    Some(Shareable {
        after,
        after_variable,
    })
}

impl Subscription {
    /// The name of what is executed once for this audience in this language.
    pub fn key(&self, audience: Audience, language: Language) -> Key {
        let document = &self.document;
        let cursor = self.shareable.after_variable.as_ref();
        let mut variables: Vec<(&Name, String)> = document
            .variables
            .iter()
            .filter(|(name, _)| Some(*name) != cursor)
            .map(|(name, value)| (name, value.to_string()))
            .collect();
        variables.sort();
        let mut digest = Sha256::new();
        let mut add = |part: &str| {
            // With its length, so that no two lists of parts run together to the same.
            digest.update(part.len().to_le_bytes());
            digest.update(part.as_bytes());
        };
        add(&document.source);
        add(document.operation_name.as_deref().unwrap_or_default());
        add(language.code());
        add(match audience {
            Audience::Public => "public",
            Audience::Members => "members",
        });
        for (name, value) in &variables {
            add(name);
            add(value);
        }
        Key(digest.finalize().into())
    }
}

/// A walk over everything that an operation selects.
struct Look<'a> {
    document: &'a ExecutableDocument,
    /// The fragments that have been walked over.
    fragments: HashSet<&'a Name>,
    personal: bool,
    /// Each use of a variable.
    uses: Vec<&'a Name>,
}

impl<'a> Look<'a> {
    fn selections(&mut self, set: &'a SelectionSet) {
        for item in &set.items {
            let directives = match &item.node {
                Selection::Field(field) => {
                    self.field(&field.node);
                    continue;
                }
                Selection::InlineFragment(fragment) => {
                    self.selections(&fragment.node.selection_set.node);
                    &fragment.node.directives
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = self.document.fragments.get(name)
                        && self.fragments.insert(name)
                    {
                        self.selections(&fragment.node.selection_set.node);
                    }
                    &spread.node.directives
                }
            };
            for directive in directives {
                self.arguments(
                    directive
                        .node
                        .arguments
                        .iter()
                        .map(|(_, value)| &value.node),
                );
            }
        }
    }

    fn field(&mut self, field: &'a Field) {
        self.personal |= field.name.node == PERSONAL;
        self.arguments(field.arguments.iter().map(|(_, value)| &value.node));
        for directive in &field.directives {
            self.arguments(
                directive
                    .node
                    .arguments
                    .iter()
                    .map(|(_, value)| &value.node),
            );
        }
        self.selections(&field.selection_set.node);
    }

    fn arguments(&mut self, values: impl Iterator<Item = &'a Value>) {
        for value in values {
            match value {
                Value::Variable(name) => self.uses.push(name),
                Value::List(list) => self.arguments(list.iter()),
                Value::Object(fields) => self.arguments(fields.values()),
                _ => {}
            }
        }
    }
}
