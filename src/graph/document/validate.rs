//! The validation rules that the library does not check: where a variable may appear inside a list or an input object
//! (5.8.5), unique fields of input objects (5.6.3), and `@oneOf` input objects (5.6.5 of the 2025 edition). The library
//! also counts the root fields of a subscription before they are merged (5.2.4.1); here they are counted after merging.

use std::collections::HashSet;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::Name;
use apollo_compiler::Node;
use apollo_compiler::Schema;
use apollo_compiler::ast::Argument;
use apollo_compiler::ast::InputValueDefinition;
use apollo_compiler::ast::Type;
use apollo_compiler::ast::Value;
use apollo_compiler::ast::VariableDefinition;
use apollo_compiler::executable::DirectiveList;
use apollo_compiler::executable::Operation;
use apollo_compiler::executable::Selection;
use apollo_compiler::executable::SelectionSet;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::schema::InputObjectType;
use apollo_compiler::validation::DiagnosticList;

use crate::graph::document::coerce::CoercionError;
use crate::graph::document::coerce::field;
use crate::graph::document::coerce::literal;
use crate::graph::document::error::DocumentError;
use crate::graph::document::error::DocumentErrors;
use crate::graph::document::error::position;
use crate::graph::document::variables::Variables;

/// Whether the library only reports several root fields of a subscription, which may still merge into one.
pub fn has_only_root_field_errors(diagnostics: &DiagnosticList) -> bool {
    diagnostics.iter().all(|each| {
        let message = each.error.to_string();
        message.ends_with("can only have one root field")
    })
}

/// Checks the rules named above.
///
/// # Errors
/// All violations of these rules.
pub fn check_other_rules(
    schema: &Schema,
    document: &ExecutableDocument,
) -> Result<(), DocumentErrors> {
    let mut errors = Vec::new();
    for operation in document.operations.iter() {
        for variable in &operation.variables {
            if let Some(default) = &variable.default_value {
                check_default(schema, document, variable, default, &mut errors);
            }
        }
        let mut validator = Validator {
            schema,
            document,
            operation,
            seen: HashSet::new(),
            path: Vec::new(),
            errors: &mut errors,
        };
        validator.directives(&operation.directives);
        validator.set(&operation.selection_set);
        if operation.is_subscription() {
            let mut keys = HashSet::new();
            root_keys(document, &operation.selection_set, &mut keys);
            if keys.len() > 1 {
                let message = "A subscription has one root field.";
                let at = operation.selection_set.selections.first();
                let at = at.and_then(|first| first.as_field().and_then(Node::location));
                errors.push(DocumentError::at(message, at, &document.sources));
            }
        }
    }
    match errors.is_empty() {
        true => Ok(()),
        false => Err(DocumentErrors(errors)),
    }
}

/// The response keys at the root of an operation.
fn root_keys<'a>(
    document: &'a ExecutableDocument,
    set: &'a SelectionSet,
    keys: &mut HashSet<&'a Name>,
) {
    for selection in &set.selections {
        match selection {
            Selection::Field(field) => {
                keys.insert(field.response_key());
            }
            Selection::InlineFragment(fragment) => {
                root_keys(document, &fragment.selection_set, keys);
            }
            // In a valid document, no fragment spreads itself.
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.fragment_name) {
                    root_keys(document, &fragment.selection_set, keys);
                }
            }
        }
    }
}

fn check_default(
    schema: &Schema,
    document: &ExecutableDocument,
    variable: &VariableDefinition,
    default: &Node<Value>,
    errors: &mut Vec<DocumentError>,
) {
    let none = Variables::default();
    let reason = match literal(schema, &variable.ty, default, &none, &mut Vec::new()) {
        Ok(_) => return,
        Err(CoercionError::Leaf { ty, .. }) => format!("it is no \"{ty}\""),
        Err(CoercionError::Other(reason)) => reason,
    };
    let message = format!("The default of variable \"${}\": {reason}.", variable.name);
    errors.push(DocumentError::at(
        message,
        default.location(),
        &document.sources,
    ));
}

struct Validator<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    operation: &'a Operation,
    seen: HashSet<&'a Name>,
    /// The argument that is being checked, and the path into its value.
    path: Vec<String>,
    errors: &'a mut Vec<DocumentError>,
}

impl<'a> Validator<'a> {
    fn set(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    self.arguments(&field.arguments, &field.definition.arguments);
                    self.directives(&field.directives);
                    self.set(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => {
                    self.directives(&fragment.directives);
                    self.set(&fragment.selection_set);
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.directives);
                    let name = &spread.fragment_name;
                    if let Some(fragment) = self.document.fragments.get(name)
                        && self.seen.insert(name)
                    {
                        self.directives(&fragment.directives);
                        self.set(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn directives(&mut self, directives: &'a DirectiveList) {
        for directive in directives.iter() {
            let definition = self.schema.directive_definitions.get(&directive.name);
            if let Some(definition) = definition {
                self.arguments(&directive.arguments, &definition.arguments);
            }
        }
    }

    fn arguments(
        &mut self,
        given: &'a [Node<Argument>],
        definitions: &'a [Node<InputValueDefinition>],
    ) {
        for argument in given {
            let definition = definitions.iter().find(|each| each.name == argument.name);
            if let Some(definition) = definition {
                let has_default = definition.default_value.is_some();
                self.path = vec![argument.name.to_string()];
                self.value(&definition.ty, has_default, &argument.value);
            }
        }
    }

    fn value(&mut self, ty: &'a Type, has_default: bool, value: &'a Node<Value>) {
        match value.as_ref() {
            Value::Variable(name) => self.variable(ty, has_default, name, value),
            Value::List(items) if ty.is_list() => {
                for (position, item) in items.iter().enumerate() {
                    self.path.push(position.to_string());
                    self.value(ty.item_type(), false, item);
                    self.path.pop();
                }
            }
            Value::Object(fields) => {
                let definition = self.schema.types.get(ty.inner_named_type());
                match definition {
                    Some(ExtendedType::InputObject(definition)) => {
                        self.object(definition, fields, value);
                    }
                    _ => self.leaf(ty, value),
                }
            }
            Value::Null => {}
            Value::List(_)
            | Value::String(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Enum(_) => self.leaf(ty, value),
        }
    }

    /// The schema's own scalars, which the library accepts in any form.
    fn leaf(&mut self, ty: &'a Type, value: &'a Node<Value>) {
        let none = Variables::default();
        let named = Type::Named(ty.inner_named_type().clone());
        if let Err(CoercionError::Leaf { ty, .. }) =
            literal(self.schema, &named, value, &none, &mut Vec::new())
        {
            let at = position(value.location(), &self.document.sources);
            self.errors.push(DocumentError {
                message: format!("The value is no \"{ty}\"."),
                at,
                field: Some(field(&self.path)),
            });
        }
    }

    fn object(
        &mut self,
        definition: &'a InputObjectType,
        fields: &'a [(Name, Node<Value>)],
        value: &'a Node<Value>,
    ) {
        let mut seen = HashSet::new();
        for (name, given) in fields {
            if !seen.insert(name) {
                let message = format!("The input field \"{name}\" is given more than once.");
                self.error(message, given);
            }
            if let Some(field) = definition.fields.get(name) {
                self.path.push(name.to_string());
                self.value(&field.ty, field.default_value.is_some(), given);
                self.path.pop();
            }
        }
        if definition.directives.has("oneOf") {
            self.one_of(definition, fields, value);
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a value of the document's syntax, of which two are not given for sure"
    )]
    fn one_of(
        &mut self,
        definition: &'a InputObjectType,
        fields: &'a [(Name, Node<Value>)],
        value: &'a Node<Value>,
    ) {
        let holds = match fields {
            [(_, given)] => match given.as_ref() {
                Value::Null => false,
                Value::Variable(name) => {
                    let variable = self.definition(name);
                    variable.is_none_or(|variable| variable.ty.is_non_null())
                }
                _ => true,
            },
            _ => false,
        };
        if !holds {
            let message = format!(
                "Exactly one field of \"{}\" is given, and it is not null.",
                definition.name
            );
            self.error(message, value);
        }
    }

    fn variable(
        &mut self,
        ty: &'a Type,
        has_default: bool,
        name: &'a Name,
        value: &'a Node<Value>,
    ) {
        let Some(variable) = self.definition(name) else {
            return;
        };
        let own_default = variable
            .default_value
            .as_ref()
            .is_some_and(|default| !default.is_null());
        let fits = if ty.is_non_null() && !variable.ty.is_non_null() {
            let nullable = ty.clone().nullable();
            (own_default || has_default) && variable.ty.is_assignable_to(&nullable)
        } else {
            variable.ty.is_assignable_to(ty)
        };
        if !fits {
            let message = format!(
                "Variable \"${name}\" of type \"{}\" stands where \"{ty}\" is expected.",
                variable.ty
            );
            self.error(message, value);
        }
    }

    fn definition(&self, name: &Name) -> Option<&'a VariableDefinition> {
        let variables = &self.operation.variables;
        let found = variables.iter().find(|each| each.name == *name);
        found.map(AsRef::as_ref)
    }

    fn error(&mut self, message: String, value: &Node<Value>) {
        let error = DocumentError::at(message, value.location(), &self.document.sources);
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }
}
