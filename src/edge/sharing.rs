//! Decides whether a subscription can be executed once for all subscribers in an audience, and after which cursor it starts.

use std::collections::HashSet;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::Name;
use apollo_compiler::Node;
use apollo_compiler::ast::Argument;
use apollo_compiler::ast::Value;
use apollo_compiler::executable::DirectiveList;
use apollo_compiler::executable::Field;
use apollo_compiler::executable::Selection;
use apollo_compiler::executable::SelectionSet;
use serde_json::Map;
use sha2::Digest;
use sha2::Sha256;

use crate::base::actor::Audience;
use crate::base::language::Language;
use crate::graph::document::Document;

/// The subscription fields that send events of the log.
const LOG_FIELDS: [&str; 2] = ["threadEvents", "forumEvents"];
/// Everything under this field depends on the caller.
const VIEWER_FIELD: &str = "viewer";

/// Identifies everything that is executed once: document, operation, variables except `after`, audience and language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SharingKey([u8; 32]);

/// What makes a subscription shareable.
#[derive(Clone, Debug)]
pub struct Shareable {
    /// The cursor after which the subscription starts. Without one, it starts now.
    pub after: Option<String>,
    /// The variable that is used only for this cursor.
    after_variable: Option<Name>,
}

/// A subscription that can be shared, and its document.
#[derive(Clone)]
pub struct Subscription {
    pub document: Document,
    pub shareable: Shareable,
}

/// Examines the operation to be executed. `None` if each caller needs their own response.
pub fn shareable(document: &Document) -> Option<Shareable> {
    let operation = document.operation()?;
    let [Selection::Field(root)] = operation.selection_set.selections.as_slice() else {
        return None;
    };
    if !LOG_FIELDS.contains(&root.name.as_str()) || !root.directives.is_empty() {
        return None;
    }
    let mut walk = SelectionWalk {
        document: &document.valid.document,
        fragments: HashSet::new(),
        personal: false,
        uses: Vec::new(),
    };
    walk.field(root);
    walk.directives(&operation.directives);
    if walk.personal {
        return None;
    }
    let argument = root.arguments.iter().find(|each| each.name == "after");
    let (after, variable) = match argument.map(|argument| argument.value.as_ref()) {
        None | Some(Value::Null) => (None, None),
        Some(Value::String(cursor)) => (Some(cursor.clone()), None),
        Some(Value::Variable(name)) => {
            let after = match document.given.get(name.as_str()) {
                Some(given) => given.as_str().map(str::to_string),
                None => {
                    let mut all = operation.variables.iter();
                    let defined = all.find(|each| each.name == *name)?;
                    let default = defined.default_value.as_ref();
                    default.and_then(|value| value.as_str().map(str::to_string))
                }
            };
            (after, Some(name.clone()))
        }
        Some(_) => return None,
    };
    let after_variable =
        variable.filter(|name| walk.uses.iter().filter(|used| **used == name).count() == 1);
    Some(Shareable {
        after,
        after_variable,
    })
}

impl Subscription {
    /// Returns the key that identifies this subscription for an audience and a language.
    pub fn key(&self, audience: Audience, language: Language) -> SharingKey {
        let document = &self.document;
        let cursor = self.shareable.after_variable.as_ref();
        let variables = in_order(&document.given, cursor);
        let mut digest = Sha256::new();
        let mut add = |part: &str| {
            // The length is included, so that no two lists of parts run together to the same input.
            digest.update(part.len().to_le_bytes());
            digest.update(part.as_bytes());
        };
        add(&document.valid.source);
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
        SharingKey(digest.finalize().into())
    }
}

/// Returns the variables except the one with this name, in the order of their names.
fn in_order<'a>(
    given: &'a Map<String, serde_json::Value>,
    cursor: Option<&Name>,
) -> Vec<(&'a str, String)> {
    let others = given
        .iter()
        .filter(|(name, _)| cursor.is_none_or(|cursor| cursor != name.as_str()));
    let mut variables: Vec<(&str, String)> = others
        .map(|(name, value)| (name.as_str(), value.to_string()))
        .collect();
    variables.sort();
    variables
}

/// A walk over everything that an operation selects.
struct SelectionWalk<'a> {
    document: &'a ExecutableDocument,
    /// The fragments that were already walked.
    fragments: HashSet<&'a Name>,
    personal: bool,
    /// Each use of a variable.
    uses: Vec<&'a Name>,
}

impl<'a> SelectionWalk<'a> {
    fn selections(&mut self, set: &'a SelectionSet) {
        for item in &set.selections {
            match item {
                Selection::Field(field) => self.field(field),
                Selection::InlineFragment(fragment) => {
                    self.directives(&fragment.directives);
                    self.selections(&fragment.selection_set);
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.directives);
                    let name = &spread.fragment_name;
                    if let Some(fragment) = self.document.fragments.get(name)
                        && self.fragments.insert(name)
                    {
                        self.selections(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn field(&mut self, field: &'a Field) {
        self.personal |= field.name == VIEWER_FIELD;
        self.arguments(&field.arguments);
        self.directives(&field.directives);
        self.selections(&field.selection_set);
    }

    fn directives(&mut self, directives: &'a DirectiveList) {
        for directive in directives.iter() {
            self.arguments(&directive.arguments);
        }
    }

    fn arguments(&mut self, arguments: &'a [Node<Argument>]) {
        for argument in arguments {
            self.value(&argument.value);
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a value of the document's syntax, of which few matter here"
    )]
    fn value(&mut self, value: &'a Value) {
        match value {
            Value::Variable(name) => self.uses.push(name),
            Value::List(items) => items.iter().for_each(|item| self.value(item)),
            Value::Object(fields) => fields.iter().for_each(|(_, value)| self.value(value)),
            _ => {}
        }
    }
}
