//! The variables of an operation (specification, 6.1.2).

use std::collections::BTreeMap;
use std::collections::HashMap;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::Name;
use apollo_compiler::Schema;
use apollo_compiler::ast::Value;
use apollo_compiler::executable::Operation;
use apollo_compiler::executable::Selection;
use apollo_compiler::executable::SelectionSet;
use async_graphql::Value as Coerced;
use serde_json::Map;
use serde_json::Value as Json;

use crate::graph::document::coerce::CoercionError;
use crate::graph::document::coerce::field;
use crate::graph::document::coerce::json;
use crate::graph::document::coerce::literal;
use crate::graph::document::error::DocumentError;
use crate::graph::document::error::DocumentErrors;

/// The given values of the variables that an operation declares, as JSON in the order of their names, without the variable with
/// this name: what the others are changes nothing.
pub fn declared(operation: &Operation, given: &Map<String, Json>, except: Option<&str>) -> String {
    let declared = operation.variables.iter().map(|each| each.name.as_str());
    let named = declared.filter(|name| except != Some(*name));
    let values: BTreeMap<&str, &Json> = named
        .filter_map(|name| Some((name, given.get(name)?)))
        .collect();
    // Names and JSON can always be written.
    serde_json::to_string(&values).unwrap_or_default()
}

/// The values of the variables that have one, given or by default.
#[derive(Debug, Default)]
pub struct Variables {
    values: HashMap<Name, Coerced>,
}

impl Variables {
    /// Coerces the given values to the types that the operation declares.
    ///
    /// # Errors
    /// For each variable that has no value of its type.
    pub fn coerce(
        schema: &Schema,
        document: &ExecutableDocument,
        operation: &Operation,
        given: &Map<String, Json>,
    ) -> Result<Variables, DocumentErrors> {
        let mut values = HashMap::new();
        let mut errors = Vec::new();
        for variable in &operation.variables {
            let name = &variable.name;
            let coerced = match (given.get(name.as_str()), &variable.default_value) {
                (Some(value), _) => json(schema, &variable.ty, value, &mut Vec::new()).map(Some),
                (None, Some(default)) => {
                    let none = Variables::default();
                    literal(schema, &variable.ty, default, &none, &mut Vec::new())
                }
                (None, None) if variable.ty.is_non_null() => Err(CoercionError::Other(
                    "a value is required, and none was given".to_string(),
                )),
                (None, None) => Ok(None),
            };
            match coerced {
                Ok(Some(value)) => {
                    values.insert(name.clone(), value);
                }
                Ok(None) => {}
                Err(error) => {
                    let ty = &variable.ty;
                    let error = match error {
                        CoercionError::Other(reason) => {
                            let message =
                                format!("Variable \"${name}\" of type \"{ty}\": {reason}.");
                            DocumentError::at(message, variable.location(), &document.sources)
                        }
                        CoercionError::Leaf { path, ty } => {
                            let mut full = path_of_use(document, operation, name);
                            full.extend(path);
                            let message =
                                format!("Variable \"${name}\" has a value that is no \"{ty}\".");
                            DocumentError {
                                field: Some(field(&full)),
                                ..DocumentError::at(message, variable.location(), &document.sources)
                            }
                        }
                    };
                    errors.push(error);
                }
            }
        }
        match errors.is_empty() {
            true => Ok(Variables { values }),
            false => Err(DocumentErrors(errors)),
        }
    }

    /// The value of a variable; `None` when it was left out and has no default.
    pub fn get(&self, name: &Name) -> Option<&Coerced> {
        self.values.get(name)
    }

    /// Whether a selection is included by its `@skip` and `@include`.
    pub fn includes(&self, directives: &apollo_compiler::executable::DirectiveList) -> bool {
        let holds = |name: &str| {
            let directive = directives.get(name)?;
            let value = directive.specified_argument_by_name("if")?;
            if let Value::Variable(name) = value.as_ref() {
                return match self.get(name) {
                    Some(Coerced::Boolean(holds)) => Some(*holds),
                    _ => None,
                };
            }
            value.to_bool()
        };
        holds("skip") != Some(true) && holds("include") != Some(false)
    }
}

/// The arguments that lead to the first use of a variable; its name when it is not used in any.
fn path_of_use(document: &ExecutableDocument, operation: &Operation, name: &Name) -> Vec<String> {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a value of the document's syntax, of which few matter here"
    )]
    fn in_value(value: &Value, name: &Name, path: &mut Vec<String>) -> bool {
        match value {
            Value::Variable(used) => used == name,
            Value::List(items) => items.iter().enumerate().any(|(at, item)| {
                path.push(at.to_string());
                in_value(item, name, path) || path.pop().is_none()
            }),
            Value::Object(fields) => fields.iter().any(|(key, value)| {
                path.push(key.to_string());
                in_value(value, name, path) || path.pop().is_none()
            }),
            _ => false,
        }
    }
    fn in_set<'a>(
        document: &'a ExecutableDocument,
        set: &'a SelectionSet,
        name: &Name,
        seen: &mut Vec<&'a Name>,
    ) -> Option<Vec<String>> {
        set.selections.iter().find_map(|selection| match selection {
            Selection::Field(field) => {
                let found = field.arguments.iter().find_map(|argument| {
                    let mut path = vec![argument.name.to_string()];
                    in_value(&argument.value, name, &mut path).then_some(path)
                });
                found.or_else(|| in_set(document, &field.selection_set, name, seen))
            }
            Selection::InlineFragment(fragment) => {
                in_set(document, &fragment.selection_set, name, seen)
            }
            Selection::FragmentSpread(spread) => {
                if seen.contains(&&spread.fragment_name) {
                    return None;
                }
                seen.push(&spread.fragment_name);
                let fragment = document.fragments.get(&spread.fragment_name)?;
                in_set(document, &fragment.selection_set, name, seen)
            }
        })
    }
    in_set(document, &operation.selection_set, name, &mut Vec::new())
        .unwrap_or_else(|| vec![name.to_string()])
}
