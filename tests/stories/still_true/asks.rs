//! What is asked: every page, every document of the pages and every public field of the API.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::Value;
use serde_json::json;

use crate::stories::answer_cache::without_position;
use crate::stories::leaks::api::Api;
use crate::support::person::Person;

/// What a visitor asks for.
#[derive(Clone, Debug)]
pub enum Ask {
    Page(String),
    Document(String, Value),
}

pub fn pages(thread: &str, other: &str, person: &str) -> Vec<Ask> {
    let mut all: Vec<String> = [
        "/",
        "/threads",
        "/threads?regions=country-ke",
        "/vocabulary",
        "/vocabulary/country-ke",
        "/delegations",
        "/delegations/ke",
        "/ledger",
    ]
    .map(str::to_string)
    .into();
    all.extend([
        format!("/threads/{thread}"),
        format!("/threads/{thread}?number=3"),
        format!("/threads/{thread}?last"),
        format!("/threads/{other}"),
        format!("/people/{person}"),
    ]);
    all.into_iter().map(Ask::Page).collect()
}

/// The queries of the pages that are about no caller, each with the fragments that it spreads.
pub fn documents_of_pages(thread: &str) -> Vec<Ask> {
    let mut definitions = BTreeMap::new();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web");
    read_definitions(&folder, &mut definitions);
    let mut asks = Vec::new();
    for (name, definition) in &definitions {
        if !name.starts_with("query ") {
            continue;
        }
        let mut document = definition.clone();
        let mut from = 0;
        while let Some(at) = document[from..].find("...") {
            from += at + 3;
            let word: String = document[from..]
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric())
                .collect();
            if let Some(fragment) = definitions.get(&format!("fragment {word}"))
                && !document.contains(fragment.as_str())
            {
                document.push_str(fragment);
            }
        }
        if document.contains("viewer") {
            continue;
        }
        let head = definition.split('{').next().unwrap_or_default();
        if let Some(variables) = variables(head, thread) {
            asks.push(Ask::Document(document, variables));
        }
    }
    assert!(asks.len() > 8, "{asks:?}");
    asks
}

/// The definitions of all documents by their kind and name.
fn read_definitions(folder: &std::path::Path, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read_definitions(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "graphql")
        {
            let source = std::fs::read_to_string(&path).expect("a document");
            let lines = source.lines().filter(|line| !line.starts_with('#'));
            let source: Vec<&str> = lines.collect();
            for part in source.join("\n").split("\n}") {
                let part = part.trim_start();
                let name: Vec<&str> = part
                    .split(|c: char| !c.is_ascii_alphanumeric())
                    .take(2)
                    .collect();
                found.insert(name.join(" "), format!("{part}\n}}\n"));
            }
        }
    }
}

/// Values for the variables that must have one; `None` for a document about something else.
fn variables(head: &str, thread: &str) -> Option<Value> {
    let mut given = json!({});
    for declared in head.split('$').skip(1) {
        let (name, of) = declared.split_once(':')?;
        let of = of.trim_start();
        let of: String = of
            .chars()
            .take_while(|c| !c.is_whitespace() && !",)".contains(*c))
            .collect();
        if !of.ends_with('!') {
            continue;
        }
        given[name] = match (name, of.as_str()) {
            ("id" | "thread", "ID!") => json!(thread),
            ("number" | "first", "Int!") => json!(2),
            (_, "Language!") => json!("EN"),
            (_, "Scheme!") => json!("REGION"),
            ("slug", _) => json!("country-ke"),
            _ => return None,
        };
    }
    Some(given)
}

/// Every public field of the API, of each of these things.
pub async fn questions(visitor: &Person, ids: &[(&str, String)]) -> Vec<Ask> {
    let api = Api::for_every_visitor(visitor).await;
    let mut asks = Vec::new();
    for question in api.questions {
        match &question.of {
            None => asks.push(Ask::Document(question.document, json!({}))),
            Some(of) => {
                for (_, id) in ids.iter().filter(|(kind, _)| kind == of) {
                    let document = question.document.clone();
                    asks.push(Ask::Document(document, json!({ "id": id })));
                }
            }
        }
    }
    assert!(asks.len() > 100, "{}", asks.len());
    asks
}

/// What a visitor of a server gets, without what differs from request to request and from server to server: the position in the
/// log, which says where to follow from, the id of a request, and the address.
pub async fn answer(visitor: &Person, ask: &Ask) -> String {
    let body = match ask {
        Ask::Page(path) => {
            let response = visitor.request(Method::GET, path).send().await;
            let response = response.expect("an answer");
            let status = response.status().as_u16();
            let html = response.text().await.expect("a page");
            match status {
                200 => without_position(&html),
                // It names its request.
                status => status.to_string(),
            }
        }
        Ask::Document(document, variables) => {
            let mut body = visitor.graphql(document, variables.clone()).await.body;
            strip(&mut body);
            body.to_string()
        }
    };
    body.replace(&visitor.address().to_string(), "forum")
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("cursor");
            fields.remove("requestId");
            fields.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
