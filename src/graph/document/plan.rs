//! What an operation selects, decided before it is executed: fields collected and merged for each possible object type
//! (specification, 6.3.2), conditions decided, arguments coerced. The executor runs the plan, and its response is
//! completed by the same plan.

use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::Arc;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::Name;
use apollo_compiler::Schema;
use apollo_compiler::ast::Type;
use apollo_compiler::executable::Field;
use apollo_compiler::executable::Operation;
use apollo_compiler::executable::OperationType;
use apollo_compiler::executable::Selection;
use apollo_compiler::executable::SelectionSet;
use apollo_compiler::parser::SourceMap;
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::schema::ExtendedType;
use async_graphql::Pos;
use async_graphql::Positioned;
use async_graphql::Value as Coerced;
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types as executor;

use crate::graph::DESCRIPTION;
use crate::graph::document::coerce::CoercionError;
use crate::graph::document::coerce::literal;
use crate::graph::document::error::DocumentError;
use crate::graph::document::error::DocumentErrors;
use crate::graph::document::variables::Variables;

/// The maximum number of fields of all plans for all types: nested interfaces multiply them.
const MAX_FIELDS: usize = 20_000;
/// The response key under which the executor returns the type of an object whose type is not known in advance. No
/// GraphQL name contains a space.
pub const TYPE_KEY: &str = " type";

/// A planned operation.
#[derive(Debug)]
pub struct Plan {
    kind: OperationType,
    pub root: PlannedSelection,
    /// For reporting the location of a field that failed.
    pub sources: SourceMap,
    /// The number of its fields, for all types.
    pub size: usize,
}

/// The selection on an object.
#[derive(Clone, Debug)]
pub struct PlannedSelection {
    /// The fields for each type that the object can have. One entry when the type is known.
    types: HashMap<Name, Arc<[PlannedField]>>,
    /// Whether the object's type is known only from the response.
    is_abstract: bool,
}

/// A selected field, with everything under its response key.
#[derive(Debug)]
pub struct PlannedField {
    pub key: async_graphql::Name,
    name: async_graphql::Name,
    arguments: Vec<(async_graphql::Name, Coerced)>,
    pub ty: Type,
    /// The selection on it, if it is composite.
    pub set: Option<PlannedSelection>,
    /// Its location in the document.
    pub at: Option<SourceSpan>,
    /// Why it is not executed: an argument has no value.
    pub failed: Option<String>,
    /// Its value, if the executor would return a wrong one.
    pub fixed_value: Option<&'static str>,
}

impl PlannedSelection {
    /// The fields of an object; the executor has returned its type if it was not known in advance.
    pub fn fields(&self, ty: Option<&str>) -> &[PlannedField] {
        let found = match ty {
            Some(name) if self.is_abstract => self.types.get(name),
            _ => self.types.values().next(),
        };
        found.map_or(&[], AsRef::as_ref)
    }

    /// Whether the executor returns the type under [`TYPE_KEY`].
    pub fn is_abstract(&self) -> bool {
        self.is_abstract
    }

    /// The field under a response key, for any type that has it.
    pub fn find(&self, key: &str) -> Option<&PlannedField> {
        let mut all = self.types.values().flat_map(|fields| fields.iter());
        all.find(|field| field.key == key)
    }
}

impl Plan {
    /// Plans an operation of a valid document.
    ///
    /// # Errors
    /// When it expands to more fields than the maximum.
    pub fn new(
        schema: &Schema,
        document: &ExecutableDocument,
        operation: &Operation,
        variables: &Variables,
    ) -> Result<Plan, DocumentErrors> {
        let mut planner = Planner {
            schema,
            document,
            variables,
            fields: 0,
        };
        let root = planner.set(&operation.selection_set.ty, &[&operation.selection_set])?;
        Ok(Plan {
            kind: operation.operation_type,
            root,
            sources: document.sources.clone(),
            size: planner.fields,
        })
    }

    /// The plan in the form that the executor takes.
    pub fn executable(&self) -> executor::ExecutableDocument {
        let operation = executor::OperationDefinition {
            ty: match self.kind {
                OperationType::Query => executor::OperationType::Query,
                OperationType::Mutation => executor::OperationType::Mutation,
                OperationType::Subscription => executor::OperationType::Subscription,
            },
            variable_definitions: Vec::new(),
            directives: Vec::new(),
            selection_set: positioned(selections(&self.root)),
        };
        executor::ExecutableDocument {
            operations: executor::DocumentOperations::Single(positioned(operation)),
            fragments: HashMap::new(),
        }
    }
}

fn selections(set: &PlannedSelection) -> executor::SelectionSet {
    let typename = || executor::Selection::Field(positioned(field(TYPE_KEY, "__typename")));
    let fields = |fields: &[PlannedField]| -> Vec<Positioned<executor::Selection>> {
        let executed = fields
            .iter()
            .filter(|field| field.failed.is_none() && field.fixed_value.is_none());
        executed
            .map(|field| positioned(executor::Selection::Field(positioned(executable(field)))))
            .collect()
    };
    let mut items = Vec::new();
    if set.is_abstract {
        items.push(positioned(typename()));
        for (ty, selected) in &set.types {
            let within = fields(selected);
            if within.is_empty() {
                continue;
            }
            let condition = executor::TypeCondition {
                on: positioned(async_graphql::Name::new(ty.as_str())),
            };
            let fragment = executor::InlineFragment {
                type_condition: Some(positioned(condition)),
                directives: Vec::new(),
                selection_set: positioned(executor::SelectionSet { items: within }),
            };
            items.push(positioned(executor::Selection::InlineFragment(positioned(
                fragment,
            ))));
        }
    } else {
        items = fields(set.fields(None));
        if items.is_empty() {
            // The executor treats an object without fields as null.
            items.push(positioned(typename()));
        }
    }
    executor::SelectionSet { items }
}

fn field(key: &str, name: &str) -> executor::Field {
    executor::Field {
        alias: Some(positioned(async_graphql::Name::new(key))),
        name: positioned(async_graphql::Name::new(name)),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: positioned(executor::SelectionSet { items: Vec::new() }),
    }
}

fn executable(planned: &PlannedField) -> executor::Field {
    let arguments = planned.arguments.iter();
    executor::Field {
        alias: (planned.key != planned.name).then(|| positioned(planned.key.clone())),
        name: positioned(planned.name.clone()),
        arguments: arguments
            .map(|(name, value)| {
                (
                    positioned(name.clone()),
                    positioned(value.clone().into_value()),
                )
            })
            .collect(),
        directives: Vec::new(),
        selection_set: positioned(
            planned
                .set
                .as_ref()
                .map_or_else(|| executor::SelectionSet { items: Vec::new() }, selections),
        ),
    }
}

/// Errors get their locations when the response is completed.
fn positioned<T>(node: T) -> Positioned<T> {
    Positioned::new(node, Pos::default())
}

struct Planner<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    fields: usize,
}

impl<'a> Planner<'a> {
    fn set(
        &mut self,
        ty: &Name,
        sets: &[&'a SelectionSet],
    ) -> Result<PlannedSelection, DocumentErrors> {
        let schema = self.schema;
        if matches!(schema.types.get(ty), Some(ExtendedType::Object(_))) {
            let fields = self.fields_of(ty, sets)?;
            return Ok(PlannedSelection {
                types: HashMap::from([(ty.clone(), fields)]),
                is_abstract: false,
            });
        }
        let conditions = self.conditions(sets);
        let possible = schema.types.iter().filter_map(|(name, definition)| {
            let is_possible = definition.is_object() && applies(schema, ty, name);
            is_possible.then_some(name)
        });
        // Types to which the same fragments apply have the same fields.
        let mut by_conditions: HashMap<Vec<bool>, Arc<[PlannedField]>> = HashMap::new();
        let mut types = HashMap::new();
        for name in possible.collect::<Vec<_>>() {
            let applying: Vec<bool> = conditions
                .iter()
                .map(|condition| applies(schema, condition, name))
                .collect();
            let fields = match by_conditions.get(&applying) {
                Some(fields) => Arc::clone(fields),
                None => {
                    let fields = self.fields_of(name, sets)?;
                    by_conditions.insert(applying, Arc::clone(&fields));
                    fields
                }
            };
            types.insert(name.clone(), fields);
        }
        Ok(PlannedSelection {
            types,
            is_abstract: true,
        })
    }

    /// The type conditions of all fragments in these sets, at their own level.
    fn conditions(&self, sets: &[&'a SelectionSet]) -> Vec<&'a Name> {
        let mut found = Vec::new();
        let mut seen: HashSet<&Name> = HashSet::new();
        let mut open: Vec<&SelectionSet> = sets.to_vec();
        while let Some(set) = open.pop() {
            for selection in &set.selections {
                let within = match selection {
                    Selection::Field(_) => continue,
                    Selection::InlineFragment(fragment) => &fragment.selection_set,
                    Selection::FragmentSpread(spread) => {
                        let name = &spread.fragment_name;
                        match self.document.fragments.get(name) {
                            Some(fragment) if seen.insert(name) => &fragment.selection_set,
                            _ => continue,
                        }
                    }
                };
                if !found.contains(&&within.ty) {
                    found.push(&within.ty);
                }
                open.push(within);
            }
        }
        found
    }

    fn fields_of(
        &mut self,
        ty: &Name,
        sets: &[&'a SelectionSet],
    ) -> Result<Arc<[PlannedField]>, DocumentErrors> {
        let mut collected: IndexMap<&'a Name, Vec<&'a Field>> = IndexMap::new();
        let mut seen = HashSet::new();
        for set in sets {
            self.collect(ty, set, &mut collected, &mut seen);
        }
        self.fields += collected.len();
        if self.fields > MAX_FIELDS {
            return Err(DocumentErrors::one(DocumentError::new(
                "The document unfolds to too many fields.",
            )));
        }
        collected
            .into_iter()
            .map(|(key, fields)| self.field(ty, key, &fields))
            .collect()
    }

    fn collect(
        &self,
        ty: &Name,
        set: &'a SelectionSet,
        collected: &mut IndexMap<&'a Name, Vec<&'a Field>>,
        seen: &mut HashSet<&'a Name>,
    ) {
        for selection in &set.selections {
            if !self.variables.includes(selection.directives()) {
                continue;
            }
            let within = match selection {
                Selection::Field(field) => {
                    collected
                        .entry(field.response_key())
                        .or_default()
                        .push(field);
                    continue;
                }
                Selection::InlineFragment(fragment) => &fragment.selection_set,
                Selection::FragmentSpread(spread) => {
                    let name = &spread.fragment_name;
                    match self.document.fragments.get(name) {
                        Some(fragment) if seen.insert(name) => &fragment.selection_set,
                        _ => continue,
                    }
                }
            };
            if applies(self.schema, &within.ty, ty) {
                self.collect(ty, within, collected, seen);
            }
        }
    }

    fn field(
        &mut self,
        parent: &Name,
        key: &Name,
        fields: &[&'a Field],
    ) -> Result<PlannedField, DocumentErrors> {
        let first = fields[0];
        let ty = first.ty();
        let composite = matches!(
            self.schema.types.get(ty.inner_named_type()),
            Some(ExtendedType::Object(_) | ExtendedType::Interface(_) | ExtendedType::Union(_))
        );
        let set = if composite {
            let sets: Vec<&SelectionSet> = fields.iter().map(|each| &each.selection_set).collect();
            Some(self.set(ty.inner_named_type(), &sets)?)
        } else {
            None
        };
        let (arguments, failed) = match self.arguments(first) {
            Ok(arguments) => (arguments, None),
            Err(reason) => (Vec::new(), Some(reason)),
        };
        Ok(PlannedField {
            key: async_graphql::Name::new(key.as_str()),
            name: async_graphql::Name::new(first.name.as_str()),
            arguments,
            ty: ty.clone(),
            set,
            at: first.alias.as_ref().unwrap_or(&first.name).location(),
            failed,
            fixed_value: (parent == "__Schema" && first.name == "description")
                .then_some(DESCRIPTION),
        })
    }

    /// The arguments that have a value (6.4.1); the executor fills in defaults.
    fn arguments(&self, field: &Field) -> Result<Vec<(async_graphql::Name, Coerced)>, String> {
        let mut arguments = Vec::new();
        for definition in &field.definition.arguments {
            let name = &definition.name;
            let given = field.arguments.iter().find(|each| each.name == *name);
            let value = match given {
                Some(given) => {
                    let path = &mut vec![name.to_string()];
                    literal(
                        self.schema,
                        &definition.ty,
                        &given.value,
                        self.variables,
                        path,
                    )
                    .map_err(|error| match error {
                        CoercionError::Leaf { ty, .. } => {
                            format!("Argument \"{name}\" is no \"{ty}\".")
                        }
                        CoercionError::Other(reason) => format!("Argument \"{name}\": {reason}."),
                    })?
                }
                None => None,
            };
            match value {
                Some(value) => arguments.push((async_graphql::Name::new(name.as_str()), value)),
                None if !definition.is_required() => {}
                None => return Err(format!("Argument \"{name}\" is required.")),
            }
        }
        Ok(arguments)
    }
}

/// Whether selections on `condition` apply to an object of type `ty`.
fn applies(schema: &Schema, condition: &Name, ty: &Name) -> bool {
    condition == ty || schema.is_subtype(condition, ty)
}
