//! Documents made from the schema as it describes itself: one for each thing that can be asked, and each that can be followed.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::json;

use crate::support::json::at;
use crate::support::json::text;
use crate::support::person::Person;

/// How deep a document goes: far enough for the posts of threads that were decided on, and for reports in the queue.
const DEPTH: usize = 7;
/// How deep one goes that tells of every kind of event: far enough for the revisions of a post.
const DEPTH_OF_EVENTS: usize = 6;

/// The schema, as it describes itself.
pub struct Api(BTreeMap<String, Value>);

/// A document that asks for everything under one thing.
pub struct Document {
    pub text: String,
    /// The kind of thing whose id it asks for; nothing when it asks for none.
    pub of: Option<String>,
}

/// A document that follows one thing, telling everything of each event.
#[derive(Clone)]
pub struct Followed {
    /// The field of the subscription.
    pub name: String,
    pub text: String,
}

impl Api {
    pub async fn of(person: &Person) -> Api {
        let kind = "kind name ofType { kind name ofType { kind name ofType { kind name } } }";
        let document = format!(
            "{{ __schema {{ types {{ kind name possibleTypes {{ name }} fields {{ name type {{ {kind} }} \
             args {{ name defaultValue type {{ kind }} }} }} }} }} }}"
        );
        let data = person.ask(&document, json!({})).await;
        let types = at(&data, "__schema.types")
            .as_array()
            .expect("types")
            .clone();
        Api(types
            .into_iter()
            .map(|each| (text(&each, "name"), each))
            .collect())
    }

    /// Every kind of thing that has an id.
    pub fn kinds(&self) -> Vec<String> {
        let possible = self.0["Node"]["possibleTypes"].as_array().expect("nodes");
        possible.iter().map(|each| text(each, "name")).collect()
    }

    fn fields(&self, name: &str) -> Vec<Value> {
        let fields = self.0[name]["fields"].as_array();
        fields.cloned().unwrap_or_default()
    }

    /// A field with everything under it; nothing when all of that lies on the way already or too deep.
    fn field(&self, of: &str, field: &Value, way: &[String], depth: usize) -> Option<String> {
        let kind = innermost(field);
        let (name, below) = (text(field, "name"), text(kind, "name"));
        let arguments = arguments(of, field);
        match text(kind, "kind").as_str() {
            "SCALAR" | "ENUM" => Some(format!("{name}{arguments}")),
            _ => {
                let below = self.everything(&below, way, depth)?;
                Some(format!("{name}{arguments} {{ {below} }}"))
            }
        }
    }

    fn everything(&self, of: &str, way: &[String], depth: usize) -> Option<String> {
        if way.iter().any(|each| each == of) || way.len() >= depth {
            return None;
        }
        let mut way = way.to_vec();
        way.push(of.to_string());
        let possible = self.0[of]["possibleTypes"].as_array();
        let parts: Vec<String> = match possible {
            Some(possible) => possible
                .iter()
                .filter_map(|each| {
                    let name = text(each, "name");
                    let below = self.everything(&name, &way, depth)?;
                    Some(format!("... on {name} {{ {below} }}"))
                })
                .collect(),
            None => {
                let fields = self.fields(of);
                let all = fields
                    .iter()
                    .filter_map(|field| self.field(of, field, &way, depth));
                all.collect()
            }
        };
        Some(format!("__typename {}", parts.join(" ")))
    }

    /// A document for each thing that can be asked, and for each kind of thing with an id.
    pub fn documents(&self) -> Vec<Document> {
        let mut all = Vec::new();
        for field in self.fields("Query") {
            if text(&field, "name") == "node" {
                continue;
            }
            let whole = self.field("Query", &field, &[], DEPTH).expect("its fields");
            let of = whole
                .contains("$id")
                .then(|| text(innermost(&field), "name"));
            let variables = if of.is_some() { "($id: ID!)" } else { "" };
            all.push(Document {
                text: format!("query{variables} {{ {whole} }}"),
                of,
            });
        }
        for kind in self.kinds() {
            let below = self.everything(&kind, &[], DEPTH).expect("its fields");
            all.push(Document {
                text: format!(
                    "query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {below} }} }} }}"
                ),
                of: Some(kind),
            });
        }
        assert!(all.len() > 15, "{}", all.len());
        all
    }

    /// A document for each thing that can be followed from a place in the log. Who writes at this moment, which is in no log,
    /// is no text.
    pub fn subscriptions(&self) -> Vec<Followed> {
        let mut all = Vec::new();
        for field in self.fields("Subscription") {
            let name = text(&field, "name");
            let asks_for = |argument: &str| {
                let mut arguments = field["args"].as_array().into_iter().flatten();
                arguments.any(|each| each["name"] == argument)
            };
            if !asks_for("after") {
                assert_eq!(name, "threadPresence", "it can be heard again by nobody");
                continue;
            }
            let of = text(innermost(&field), "name");
            let depth = match of.as_str() {
                "ForumEvent" => DEPTH_OF_EVENTS,
                _ => DEPTH,
            };
            let below = self.everything(&of, &[], depth).expect("its fields");
            let (variables, given) = match asks_for("threadId") {
                true => ("($id: ID!, $after: String)", "threadId: $id, after: $after"),
                false => ("($after: String)", "after: $after"),
            };
            let text = format!("subscription{variables} {{ {name}({given}) {{ {below} }} }}");
            all.push(Followed { name, text });
        }
        assert!(all.len() >= 3, "{}", all.len());
        all
    }
}

fn innermost(field: &Value) -> &Value {
    let mut kind = &field["type"];
    while kind["name"].is_null() {
        kind = &kind["ofType"];
    }
    kind
}

/// What a field of a type has to be given.
fn arguments(of: &str, field: &Value) -> String {
    let mut given = Vec::new();
    for argument in field["args"].as_array().into_iter().flatten() {
        let required =
            text(argument, "type.kind") == "NON_NULL" && argument["defaultValue"].is_null();
        match text(argument, "name").as_str() {
            "first" => given.push("first: 4".to_string()),
            "number" => given.push("number: 2".to_string()),
            "token" if required => given.push("token: \"nobody's\"".to_string()),
            "scheme" if required => given.push("scheme: REGION".to_string()),
            "act" if required && of == "PersonViewer" => given.push("act: WARN_PERSON".to_string()),
            "act" if required => given.push("act: DISMISS_REPORTS".to_string()),
            name @ ("id" | "threadId") if required => given.push(format!("{name}: $id")),
            name => assert!(!required, "what to give for {name} is not known here"),
        }
    }
    if given.is_empty() {
        String::new()
    } else {
        format!("({})", given.join(", "))
    }
}
