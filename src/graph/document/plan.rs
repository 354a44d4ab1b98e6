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
use crate::graph::document::coerce::Misfit;
use crate::graph::document::coerce::literal;
use crate::graph::document::fault::Fault;
use crate::graph::document::fault::Faults;
use crate::graph::document::variables::Variables;

/// The maximum number of fields of all plans for all types: nested interfaces multiply them.
const FIELDS: usize = 20_000;
/// The response key under which the executor returns the type of an object whose type is not known in advance. No
/// GraphQL name contains a space.
pub const TYPE: &str = " type";

/// A planned operation.
#[derive(Debug)]
pub struct Plan {
    kind: OperationType,
    pub root: Set,
    /// For reporting the location of a field that failed.
    pub sources: SourceMap,
}

/// The selection on an object.
#[derive(Clone, Debug)]
pub struct Set {
    /// The fields for each type that the object can have. One entry when the type is known.
    types: HashMap<Name, Arc<[Planned]>>,
    /// Whether the object's type is known only from the response.
    is_open: bool,
}

/// A selected field, with everything under its response key.
#[derive(Debug)]
pub struct Planned {
    pub key: async_graphql::Name,
    name: async_graphql::Name,
    arguments: Vec<(async_graphql::Name, Coerced)>,
    pub ty: Type,
    /// The selection on it, if it is composite.
    pub set: Option<Set>,
    /// Its location in the document.
    pub at: Option<SourceSpan>,
    /// Why it is not executed: an argument has no value.
    pub failed: Option<String>,
    /// Its value, if the executor would return a wrong one.
    pub known: Option<&'static str>,
}

impl Set {
    /// The fields of an object; the executor has returned its type if it was not known in advance.
    pub fn fields(&self, ty: Option<&str>) -> &[Planned] {
        let found = match ty {
            Some(name) if self.is_open => self.types.get(name),
            _ => self.types.values().next(),
        };
        found.map_or(&[], AsRef::as_ref)
    }

    /// Whether the executor returns the type under [`TYPE`].
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// The field under a response key, for any type that has it.
    pub fn find(&self, key: &str) -> Option<&Planned> {
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
    ) -> Result<Plan, Faults> {
        let mut planning = Planning {
            schema,
            document,
            variables,
            fields: 0,
        };
        let root = planning.set(&operation.selection_set.ty, &[&operation.selection_set])?;
        Ok(Plan {
            kind: operation.operation_type,
            root,
            sources: document.sources.clone(),
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
            selection_set: placed(selections(&self.root)),
        };
        executor::ExecutableDocument {
            operations: executor::DocumentOperations::Single(placed(operation)),
            fragments: HashMap::new(),
        }
    }
}

fn selections(set: &Set) -> executor::SelectionSet {
    let typename = || executor::Selection::Field(placed(field(TYPE, "__typename")));
    let fields = |fields: &[Planned]| -> Vec<Positioned<executor::Selection>> {
        let executed = fields
            .iter()
            .filter(|field| field.failed.is_none() && field.known.is_none());
        executed
            .map(|field| placed(executor::Selection::Field(placed(executable(field)))))
            .collect()
    };
    let mut items = Vec::new();
    if set.is_open {
        items.push(placed(typename()));
        for (ty, selected) in &set.types {
            let within = fields(selected);
            if within.is_empty() {
                continue;
            }
            let condition = executor::TypeCondition {
                on: placed(async_graphql::Name::new(ty.as_str())),
            };
            let fragment = executor::InlineFragment {
                type_condition: Some(placed(condition)),
                directives: Vec::new(),
                selection_set: placed(executor::SelectionSet { items: within }),
            };
            items.push(placed(executor::Selection::InlineFragment(placed(
                fragment,
            ))));
        }
    } else {
        items = fields(set.fields(None));
        if items.is_empty() {
            // The executor treats an object without fields as null.
            items.push(placed(typename()));
        }
    }
    executor::SelectionSet { items }
}

fn field(key: &str, name: &str) -> executor::Field {
    executor::Field {
        alias: Some(placed(async_graphql::Name::new(key))),
        name: placed(async_graphql::Name::new(name)),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: placed(executor::SelectionSet { items: Vec::new() }),
    }
}

fn executable(planned: &Planned) -> executor::Field {
    let arguments = planned.arguments.iter();
    executor::Field {
        alias: (planned.key != planned.name).then(|| placed(planned.key.clone())),
        name: placed(planned.name.clone()),
        arguments: arguments
            .map(|(name, value)| (placed(name.clone()), placed(value.clone().into_value())))
            .collect(),
        directives: Vec::new(),
        selection_set: placed(
            planned
                .set
                .as_ref()
                .map_or_else(|| executor::SelectionSet { items: Vec::new() }, selections),
        ),
    }
}

/// Errors get their locations when the response is completed.
fn placed<T>(node: T) -> Positioned<T> {
    Positioned::new(node, Pos::default())
}

struct Planning<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    fields: usize,
}

impl<'a> Planning<'a> {
    fn set(&mut self, ty: &Name, sets: &[&'a SelectionSet]) -> Result<Set, Faults> {
        let schema = self.schema;
        if matches!(schema.types.get(ty), Some(ExtendedType::Object(_))) {
            let fields = self.fields_of(ty, sets)?;
            return Ok(Set {
                types: HashMap::from([(ty.clone(), fields)]),
                is_open: false,
            });
        }
        let conditions = self.conditions(sets);
        let possible = schema.types.iter().filter_map(|(name, definition)| {
            let is_possible = definition.is_object() && applies(schema, ty, name);
            is_possible.then_some(name)
        });
        // Types to which the same fragments apply have the same fields.
        let mut alike: HashMap<Vec<bool>, Arc<[Planned]>> = HashMap::new();
        let mut types = HashMap::new();
        for name in possible.collect::<Vec<_>>() {
            let which: Vec<bool> = conditions
                .iter()
                .map(|condition| applies(schema, condition, name))
                .collect();
            let fields = match alike.get(&which) {
                Some(fields) => Arc::clone(fields),
                None => {
                    let fields = self.fields_of(name, sets)?;
                    alike.insert(which, Arc::clone(&fields));
                    fields
                }
            };
            types.insert(name.clone(), fields);
        }
        Ok(Set {
            types,
            is_open: true,
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
    ) -> Result<Arc<[Planned]>, Faults> {
        let mut collected: IndexMap<&'a Name, Vec<&'a Field>> = IndexMap::new();
        let mut seen = HashSet::new();
        for set in sets {
            self.collect(ty, set, &mut collected, &mut seen);
        }
        self.fields += collected.len();
        if self.fields > FIELDS {
            return Err(Faults::one(Fault::new(
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
    ) -> Result<Planned, Faults> {
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
            Err(why) => (Vec::new(), Some(why)),
        };
        Ok(Planned {
            key: async_graphql::Name::new(key.as_str()),
            name: async_graphql::Name::new(first.name.as_str()),
            arguments,
            ty: ty.clone(),
            set,
            at: first.alias.as_ref().unwrap_or(&first.name).location(),
            failed,
            known: (parent == "__Schema" && first.name == "description").then_some(DESCRIPTION),
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
                    .map_err(|misfit| match misfit {
                        Misfit::Leaf { ty, .. } => format!("Argument \"{name}\" is no \"{ty}\"."),
                        Misfit::Other(why) => format!("Argument \"{name}\": {why}."),
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
