//! Completes the executor's response as the specification requires: keys are in the document's order (7.2.2), a field
//! that failed is null with its key present, and an error where null is not allowed propagates to the nearest nullable
//! parent (6.4.4).

use std::collections::HashMap;

use apollo_compiler::ast::Type;
use async_graphql::Name;
use async_graphql::PathSegment;
use async_graphql::Pos;
use async_graphql::Response;
use async_graphql::ServerError;
use async_graphql::Value;
use async_graphql::indexmap::IndexMap;

use crate::graph::document::error::position;
use crate::graph::document::plan::Plan;
use crate::graph::document::plan::PlannedField;
use crate::graph::document::plan::PlannedSelection;
use crate::graph::document::plan::TYPE_KEY;

/// Completes a response to a planned operation.
pub fn response(plan: &Plan, mut response: Response) -> Response {
    let failures = Failures::of(&response.errors);
    let mut completer = Completer { errors: Vec::new() };
    let mut data = IndexMap::new();
    if let Value::Object(fields) = std::mem::take(&mut response.data) {
        data = fields;
    }
    // An error without a path concerns the whole operation.
    response.data = if failures.failed {
        Value::Null
    } else {
        let mut path = Vec::new();
        completer
            .object(&plan.root, data, Some(&failures), &mut path)
            .map_or(Value::Null, Value::Object)
    };
    response.errors.append(&mut completer.errors);
    for error in &mut response.errors {
        if let Some((line, column)) = locate(plan, &error.path) {
            error.locations = vec![Pos { line, column }];
        } else {
            error
                .locations
                .retain(|location| *location != Pos::default());
        }
    }
    response
}

/// Line and column of the field at a path of the response.
fn locate(plan: &Plan, path: &[PathSegment]) -> Option<(usize, usize)> {
    let mut set = Some(&plan.root);
    let mut found: Option<&PlannedField> = None;
    for segment in path {
        if let PathSegment::Field(key) = segment {
            let field = set?.find(key)?;
            set = field.set.as_ref();
            found = Some(field);
        }
    }
    position(found?.at, &plan.sources)
}

/// The locations of errors, as a tree of their paths.
#[derive(Default)]
struct Failures {
    failed: bool,
    keys: HashMap<String, Failures>,
    items: HashMap<usize, Failures>,
}

impl Failures {
    fn of(errors: &[ServerError]) -> Failures {
        let mut root = Failures::default();
        for error in errors {
            let mut at = &mut root;
            for segment in &error.path {
                at = match segment {
                    PathSegment::Field(key) => at.keys.entry(key.clone()).or_default(),
                    PathSegment::Index(index) => at.items.entry(*index).or_default(),
                };
            }
            at.failed = true;
        }
        root
    }
}

/// Null is not allowed here, so the parent becomes null.
struct NullNotAllowed;

/// A step of a path. Most paths are never told, so it borrows.
enum Step<'a> {
    Key(&'a Name),
    Index(usize),
}

struct Completer {
    /// The errors added to those of the executor.
    errors: Vec<ServerError>,
}

impl Completer {
    fn object<'a>(
        &mut self,
        set: &'a PlannedSelection,
        mut given: IndexMap<Name, Value>,
        failures: Option<&Failures>,
        path: &mut Vec<Step<'a>>,
    ) -> Result<IndexMap<Name, Value>, NullNotAllowed> {
        let ty = match set.is_abstract() {
            true => given.swap_remove(TYPE_KEY),
            false => None,
        };
        let ty = match &ty {
            Some(Value::String(name)) => Some(name.as_str()),
            _ => None,
        };
        let fields = set.fields(ty);
        let mut completed = IndexMap::with_capacity(fields.len());
        for field in fields {
            let below = failures.and_then(|failures| failures.keys.get(field.key.as_str()));
            let value = match field.fixed_value {
                Some(fixed_value) => Some(Value::from(fixed_value)),
                None => given.swap_remove(&field.key),
            };
            path.push(Step::Key(&field.key));
            let value = self.field(field, value, below, path);
            path.pop();
            completed.insert(field.key.clone(), value?);
        }
        Ok(completed)
    }

    fn field<'a>(
        &mut self,
        field: &'a PlannedField,
        value: Option<Value>,
        failures: Option<&Failures>,
        path: &mut Vec<Step<'a>>,
    ) -> Result<Value, NullNotAllowed> {
        if let Some(reason) = &field.failed {
            self.errors.push(bad_request(reason.clone(), path));
        }
        self.value(&field.ty, field.set.as_ref(), value, failures, path)
    }

    fn value<'a>(
        &mut self,
        ty: &Type,
        set: Option<&'a PlannedSelection>,
        value: Option<Value>,
        failures: Option<&Failures>,
        path: &mut Vec<Step<'a>>,
    ) -> Result<Value, NullNotAllowed> {
        let completed = self.nullable(ty, set, value, failures, path);
        match completed {
            Some(Value::Null) | None if ty.is_non_null() => Err(NullNotAllowed),
            completed => Ok(completed.unwrap_or(Value::Null)),
        }
    }

    /// Completes the value, whether or not it may be null; `None` when a null inside it is not allowed.
    fn nullable<'a>(
        &mut self,
        ty: &Type,
        set: Option<&'a PlannedSelection>,
        value: Option<Value>,
        failures: Option<&Failures>,
        path: &mut Vec<Step<'a>>,
    ) -> Option<Value> {
        if failures.is_some_and(|failures| failures.failed) {
            return None;
        }
        if ty.is_list() {
            let Some(Value::List(items)) = value else {
                return None;
            };
            let mut completed = Vec::with_capacity(items.len());
            for (index, item) in items.into_iter().enumerate() {
                let below = failures.and_then(|failures| failures.items.get(&index));
                path.push(Step::Index(index));
                let item = self.value(ty.item_type(), set, Some(item), below, path);
                path.pop();
                completed.push(item.ok()?);
            }
            return Some(Value::List(completed));
        }
        let Some(set) = set else {
            return value;
        };
        let fields = match value {
            Some(Value::Object(fields)) => fields,
            // The executor returns null for an object of which nothing succeeded.
            _ if failures.is_some_and(|failures| !failures.keys.is_empty()) => IndexMap::new(),
            _ => return None,
        };
        let completed = self.object(set, fields, failures, path);
        completed.ok().map(Value::Object)
    }
}

/// An error of the request that is found only when its field is executed.
fn bad_request(message: String, path: &[Step<'_>]) -> ServerError {
    let path = path.iter().map(|step| match step {
        Step::Key(key) => PathSegment::Field(key.to_string()),
        Step::Index(index) => PathSegment::Index(*index),
    });
    let mut extensions = async_graphql::ErrorExtensionValues::default();
    extensions.set("code", "BAD_REQUEST");
    ServerError {
        extensions: Some(extensions),
        ..ServerError::new(message, None).with_path(path.collect())
    }
}
