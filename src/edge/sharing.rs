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

use crate::base::actor::Audience;
use crate::base::language::Language;
use crate::edge::key::Key;
use crate::graph::document::Document;

/// The subscription fields that send events of the log.
const LOG_FIELDS: [&str; 2] = ["threadEvents", "forumEvents"];

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
    if document.depends_on_caller() {
        return None;
    }
    let [Selection::Field(root)] = operation.selection_set.selections.as_slice() else {
        return None;
    };
    if !LOG_FIELDS.contains(&root.name.as_str()) || !root.directives.is_empty() {
        return None;
    }
    let mut walk = SelectionWalk {
        document: &document.valid.document,
        fragments: HashSet::new(),
        uses: Vec::new(),
    };
    walk.field(root);
    walk.directives(&operation.directives);
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
    /// Returns the key that identifies everything that is executed once: document, operation, variables except `after`, audience
    /// and language.
    pub fn key(&self, audience: Audience, language: Language) -> Key {
        let audience = match audience {
            Audience::Public => "public",
            Audience::Members => "members",
        };
        let document = &self.document;
        let variables = document.variables_except(self.shareable.after_variable.as_deref());
        let name = document.operation_name.as_deref().unwrap_or_default();
        let parts = [
            &document.valid.source,
            name,
            &variables,
            language.code(),
            audience,
        ];
        Key::of(parts.map(str::as_bytes))
    }
}

/// A walk over everything that an operation selects.
struct SelectionWalk<'a> {
    document: &'a ExecutableDocument,
    /// The fragments that were already walked.
    fragments: HashSet<&'a Name>,
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
