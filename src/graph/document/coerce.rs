//! Values of variables and arguments, in JSON or in the document, coerced to their types (specification, 6.1.2 and 6.4.1).

use std::str::FromStr;

use apollo_compiler::Name;
use apollo_compiler::Node;
use apollo_compiler::Schema;
use apollo_compiler::ast::Type;
use apollo_compiler::ast::Value;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::schema::InputObjectType;
use async_graphql::Value as Coerced;
use async_graphql::indexmap::IndexMap;
use serde_json::Map;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::graph::document::variables::Variables;

/// Why a value is not of the required type.
#[derive(Debug)]
pub enum CoercionError {
    /// A leaf value that does not have the form of its type: the path to it, and the type.
    Leaf { path: Vec<String>, ty: String },
    /// Any other reason, as a sentence.
    Other(String),
}

/// The path of an input value in errors: relative to the argument `input`.
pub fn field(path: &[String]) -> String {
    match path {
        [first, rest @ ..] if first == "input" && !rest.is_empty() => rest.join("."),
        path => path.join("."),
    }
}

/// Coerces a value from JSON.
pub fn json(
    schema: &Schema,
    ty: &Type,
    value: &Json,
    path: &mut Vec<String>,
) -> Result<Coerced, CoercionError> {
    if value.is_null() {
        return match ty.is_non_null() {
            true => Err(CoercionError::Other(format!(
                "null{} where \"{ty}\" is required",
                at(path)
            ))),
            false => Ok(Coerced::Null),
        };
    }
    match ty {
        Type::List(inner) | Type::NonNullList(inner) => {
            let Json::Array(items) = value else {
                return Ok(Coerced::List(vec![json(schema, inner, value, path)?]));
            };
            let items = items.iter().enumerate().map(|(position, item)| {
                within(path, position.to_string(), |path| {
                    json(schema, inner, item, path)
                })
            });
            items.collect::<Result<_, _>>().map(Coerced::List)
        }
        Type::Named(name) | Type::NonNullNamed(name) => match schema.types.get(name) {
            Some(ExtendedType::InputObject(definition)) => {
                let Json::Object(fields) = value else {
                    return Err(CoercionError::Other(format!(
                        "\"{name}\" is an input object, and the value{} is none",
                        at(path)
                    )));
                };
                object_of_json(schema, definition, fields, path)
            }
            Some(ExtendedType::Enum(definition)) => match value.as_str() {
                Some(given) if definition.values.contains_key(given) => {
                    Ok(Coerced::Enum(async_graphql::Name::new(given)))
                }
                _ => Err(leaf(path, name)),
            },
            _ => scalar_of_json(name, value).ok_or_else(|| leaf(path, name)),
        },
    }
}

fn object_of_json(
    schema: &Schema,
    definition: &InputObjectType,
    given: &Map<String, Json>,
    path: &mut Vec<String>,
) -> Result<Coerced, CoercionError> {
    if let Some(unknown) = given
        .keys()
        .find(|key| !definition.fields.contains_key(key.as_str()))
    {
        return Err(unknown_field(definition, unknown, path));
    }
    let mut fields = IndexMap::new();
    for (name, field) in &definition.fields {
        match given.get(name.as_str()) {
            Some(value) => {
                let coerced = within(path, name.to_string(), |path| {
                    json(schema, &field.ty, value, path)
                })?;
                fields.insert(async_graphql::Name::new(name.as_str()), coerced);
            }
            // The executor fills in the default.
            None if !field.is_required() => {}
            None => return Err(missing_field(definition, name, path)),
        }
    }
    one_of(definition, &fields, path)?;
    Ok(Coerced::Object(fields))
}

/// Coerces a value in the document. `None` is a variable without a value.
pub fn literal(
    schema: &Schema,
    ty: &Type,
    value: &Node<Value>,
    variables: &Variables,
    path: &mut Vec<String>,
) -> Result<Option<Coerced>, CoercionError> {
    let required = || CoercionError::Other(format!("null{} where \"{ty}\" is required", at(path)));
    if let Value::Variable(name) = value.as_ref() {
        return match variables.get(name) {
            Some(Coerced::Null) if ty.is_non_null() => Err(required()),
            found => Ok(found.cloned()),
        };
    }
    if value.is_null() {
        return match ty.is_non_null() {
            true => Err(required()),
            false => Ok(Some(Coerced::Null)),
        };
    }
    let coerced = match ty {
        Type::List(inner) | Type::NonNullList(inner) => {
            let items = value.as_list().unwrap_or(std::slice::from_ref(value));
            let items = items.iter().enumerate().map(|(position, item)| {
                within(path, position.to_string(), |path| {
                    match literal(schema, inner, item, variables, path)? {
                        Some(item) => Ok(item),
                        None if inner.is_non_null() => Err(CoercionError::Other(format!(
                            "a variable without a value{}",
                            at(path)
                        ))),
                        None => Ok(Coerced::Null),
                    }
                })
            });
            Coerced::List(items.collect::<Result<_, _>>()?)
        }
        Type::Named(name) | Type::NonNullNamed(name) => match schema.types.get(name) {
            Some(ExtendedType::InputObject(definition)) => {
                let fields = value.as_object().ok_or_else(|| leaf(path, name))?;
                object_of_literal(schema, definition, fields, variables, path)?
            }
            Some(ExtendedType::Enum(definition)) => {
                let given = value.as_enum().ok_or_else(|| leaf(path, name))?;
                if !definition.values.contains_key(given) {
                    return Err(leaf(path, name));
                }
                Coerced::Enum(async_graphql::Name::new(given.as_str()))
            }
            _ => json_of_literal(value)
                .and_then(|value| scalar_of_json(name, &value))
                .ok_or_else(|| leaf(path, name))?,
        },
    };
    Ok(Some(coerced))
}

fn object_of_literal(
    schema: &Schema,
    definition: &InputObjectType,
    given: &[(Name, Node<Value>)],
    variables: &Variables,
    path: &mut Vec<String>,
) -> Result<Coerced, CoercionError> {
    if let Some((unknown, _)) = given
        .iter()
        .find(|(key, _)| !definition.fields.contains_key(key))
    {
        return Err(unknown_field(definition, unknown, path));
    }
    let mut fields = IndexMap::new();
    for (name, field) in &definition.fields {
        let mut values = given.iter().filter(|(key, _)| key == name);
        let value = values.next();
        if values.next().is_some() {
            return Err(CoercionError::Other(format!(
                "the input field \"{name}\"{} is given more than once",
                at(path)
            )));
        }
        let coerced = match value {
            Some((_, value)) => within(path, name.to_string(), |path| {
                literal(schema, &field.ty, value, variables, path)
            })?,
            None => None,
        };
        match coerced {
            Some(value) => {
                fields.insert(async_graphql::Name::new(name.as_str()), value);
            }
            // The executor fills in the default.
            None if !field.is_required() => {}
            None => return Err(missing_field(definition, name, path)),
        }
    }
    one_of(definition, &fields, path)?;
    Ok(Coerced::Object(fields))
}

/// A `@oneOf` input object has exactly one field, which is not null.
fn one_of(
    definition: &InputObjectType,
    fields: &IndexMap<async_graphql::Name, Coerced>,
    path: &[String],
) -> Result<(), CoercionError> {
    if !definition.directives.has("oneOf") {
        return Ok(());
    }
    let mut given = fields.values();
    match (given.next(), given.next()) {
        (Some(value), None) if *value != Coerced::Null => Ok(()),
        _ => Err(CoercionError::Other(format!(
            "exactly one field of \"{}\"{} has a value",
            definition.name,
            at(path)
        ))),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a value in JSON, of which few are ids"
)]
fn scalar_of_json(name: &Name, value: &Json) -> Option<Coerced> {
    match name.as_str() {
        "Int" => int_of_json(value).map(Coerced::from),
        "Float" => value.as_f64().map(Coerced::from),
        "Boolean" => value.as_bool().map(Coerced::from),
        "String" => value.as_str().map(Coerced::from),
        "ID" => match value {
            Json::String(id) => Some(Coerced::from(id.as_str())),
            Json::Number(number) if number.is_i64() || number.is_u64() => {
                Some(Coerced::from(number.to_string()))
            }
            _ => None,
        },
        "DateTime" => {
            let text = value.as_str()?;
            Moment::from_rfc3339(text).map(|_| Coerced::from(text))
        }
        "UUID" => {
            let text = value.as_str()?;
            Uuid::from_str(text).ok().map(|_| Coerced::from(text))
        }
        _ => Coerced::from_json(value.clone()).ok(),
    }
}

/// A 32-bit integer; `1.0` is valid in JSON, which has only one type of number.
fn int_of_json(value: &Json) -> Option<i32> {
    if let Some(number) = value.as_i64() {
        return i32::try_from(number).ok();
    }
    let number = value.as_f64().filter(|number| number.fract() == 0.0)?;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and in range")]
    (number.abs() <= f64::from(i32::MAX)).then_some(number as i32)
}

/// A leaf of a document as JSON; `None` for a value that is not a scalar leaf.
fn json_of_literal(value: &Value) -> Option<Json> {
    Some(match value {
        Value::String(text) => Json::from(text.as_str()),
        Value::Boolean(value) => Json::from(*value),
        Value::Int(number) => Json::Number(number.as_str().parse().ok()?),
        Value::Float(number) => Json::Number(number.as_str().parse().ok()?),
        Value::Null | Value::Enum(_) | Value::Variable(_) | Value::List(_) | Value::Object(_) => {
            return None;
        }
    })
}

fn within<T>(
    path: &mut Vec<String>,
    segment: String,
    coerce: impl FnOnce(&mut Vec<String>) -> Result<T, CoercionError>,
) -> Result<T, CoercionError> {
    path.push(segment);
    let coerced = coerce(path);
    path.pop();
    coerced
}

fn leaf(path: &[String], ty: &Name) -> CoercionError {
    CoercionError::Leaf {
        path: path.to_vec(),
        ty: ty.to_string(),
    }
}

fn unknown_field(definition: &InputObjectType, name: &str, path: &[String]) -> CoercionError {
    CoercionError::Other(format!(
        "\"{}\"{} has no field \"{name}\"",
        definition.name,
        at(path)
    ))
}

fn missing_field(definition: &InputObjectType, name: &Name, path: &[String]) -> CoercionError {
    CoercionError::Other(format!(
        "the field \"{name}\" of \"{}\"{} is required",
        definition.name,
        at(path)
    ))
}

/// The location within a value, as part of a sentence.
fn at(path: &[String]) -> String {
    match path.is_empty() {
        true => String::new(),
        false => format!(" at \"{}\"", path.join(".")),
    }
}
