//! Reading responses: a path that does not exist fails with the whole response.

use serde_json::Value;

/// The value at a path such as `thread.posts.edges.0.node.body`.
#[track_caller]
pub fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    let pointer = format!("/{}", path.replace('.', "/"));
    value
        .pointer(&pointer)
        .unwrap_or_else(|| panic!("no {path} in {value:#}"))
}

/// The text at a path.
#[track_caller]
pub fn text(value: &Value, path: &str) -> String {
    at(value, path)
        .as_str()
        .unwrap_or_else(|| panic!("{path} is no text in {value:#}"))
        .to_string()
}

/// The number at a path.
#[track_caller]
pub fn number(value: &Value, path: &str) -> i64 {
    at(value, path)
        .as_i64()
        .unwrap_or_else(|| panic!("{path} is no number in {value:#}"))
}

/// The nodes of the connection at a path.
#[track_caller]
pub fn nodes(value: &Value, path: &str) -> Vec<Value> {
    at(value, &format!("{path}.edges"))
        .as_array()
        .unwrap_or_else(|| panic!("{path} is no connection in {value:#}"))
        .iter()
        .map(|edge| at(edge, "node").clone())
        .collect()
}

/// One text of each node of the connection at a path.
#[track_caller]
pub fn texts(value: &Value, path: &str, field: &str) -> Vec<String> {
    nodes(value, path)
        .iter()
        .map(|node| text(node, field))
        .collect()
}
