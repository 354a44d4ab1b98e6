//! Everything that the API can be asked, made from the schema as it describes itself.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde_json::Value;
use serde_json::json;

use crate::support::json::at;
use crate::support::json::text;
use crate::support::person::Person;

/// How many things deep a document goes: from a thread to its posts to their revisions is three.
const DEPTH: usize = 3;

/// All that can be asked and followed.
pub struct Api {
    /// The kinds of things that have an id.
    pub kinds: Vec<String>,
    /// A question for each field that the API has at its root, and for each field of each kind of thing with an id.
    pub questions: Vec<Question>,
    /// A document for each thing that can be followed.
    pub subscriptions: Vec<String>,
}

/// The schema.
struct Schema {
    types: BTreeMap<String, Value>,
    /// The types of events.
    events: BTreeSet<String>,
    depth: usize,
    /// Whether what depends on the caller is left out.
    is_for_every_visitor: bool,
    /// All fields of a type to a depth, written once: the same types are reached by thousands of ways.
    written: RefCell<BTreeMap<(String, usize), Option<String>>>,
}

/// Something to ask: of a thing with an id of that kind, or of the API as a whole.
#[derive(Clone, Debug)]
pub struct Question {
    pub of: Option<String>,
    pub document: String,
}

impl Api {
    /// The schema as the server describes it.
    pub async fn of(person: &Person) -> Api {
        let schema = Schema::read(person).await;
        Api {
            kinds: schema.possible("Node"),
            questions: schema.questions(),
            subscriptions: schema.subscriptions(),
        }
    }

    /// What is answered alike to every visitor, and less deep: without what depends on the caller, or on a secret.
    pub async fn for_every_visitor(person: &Person) -> Api {
        let mut schema = Schema::read(person).await;
        schema.depth = DEPTH - 1;
        schema.is_for_every_visitor = true;
        Api {
            kinds: schema.possible("Node"),
            questions: schema.questions(),
            subscriptions: Vec::new(),
        }
    }
}

impl Schema {
    async fn read(person: &Person) -> Schema {
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
        Schema::of(types)
    }

    fn of(types: Vec<Value>) -> Schema {
        let named = types.into_iter().map(|each| (text(&each, "name"), each));
        let mut schema = Schema {
            types: named.collect(),
            events: BTreeSet::new(),
            depth: DEPTH,
            is_for_every_visitor: false,
            written: RefCell::default(),
        };
        let events = ["ForumEvent", "CaseEvent"];
        schema.events = events
            .iter()
            .flat_map(|events| schema.possible(events))
            .collect();
        schema
    }

    fn fields(&self, name: &str) -> Vec<Value> {
        let fields = self.types[name]["fields"].as_array().cloned();
        let mut fields = fields.unwrap_or_default();
        let personal = ["viewer", "persons", "invitation", "passwordLink", "preview"];
        fields.retain(|field| {
            let word = text(field, "name");
            let is_personal =
                word == "viewer" || (name == "Query" && personal.contains(&word.as_str()));
            !(self.is_for_every_visitor && is_personal)
        });
        fields
    }

    /// The types that an interface or a union stands for.
    fn possible(&self, name: &str) -> Vec<String> {
        let possible = self.types[name]["possibleTypes"].as_array();
        let possible = possible.unwrap_or_else(|| panic!("types of {name}"));
        possible.iter().map(|each| text(each, "name")).collect()
    }

    /// A field with everything under it; nothing when that lies too deep.
    fn field(&self, field: &Value, depth: usize) -> Option<String> {
        let mut kind = &field["type"];
        while kind["name"].is_null() {
            kind = &kind["ofType"];
        }
        let (name, of) = (text(field, "name"), text(kind, "name"));
        let arguments = arguments(field);
        match text(kind, "kind").as_str() {
            "SCALAR" | "ENUM" => Some(format!("{name}{arguments}")),
            _ => {
                let below = self.everything(&of, depth)?;
                Some(format!("{name}{arguments} {{ {below} }}"))
            }
        }
    }

    /// Whether an event has a field for the sake of what all events have in common, which one document cannot ask for in both
    /// of its types: the post of an event about a thread, or the thread of a post.
    fn is_empty_of_event(&self, of: &str, field: &Value) -> bool {
        let is_common =
            ["post", "thread", "threadId", "case"].contains(&text(field, "name").as_str());
        is_common && self.events.contains(of) && text(field, "type.kind") != "NON_NULL"
    }

    /// All fields of a kind. What only leads to something, or says what of it depends on who asks, is no step deeper.
    fn everything(&self, of: &str, depth: usize) -> Option<String> {
        let key = (of.to_string(), depth);
        if let Some(written) = self.written.borrow().get(&key) {
            return written.clone();
        }
        let written = self.write_everything(of, depth);
        self.written.borrow_mut().insert(key, written.clone());
        written
    }

    fn write_everything(&self, of: &str, depth: usize) -> Option<String> {
        let leads = ["Connection", "Edge", "PageInfo", "Viewer", "Payload"];
        let leads = leads.iter().any(|end| of.ends_with(end));
        let depth = if leads { depth } else { depth.checked_sub(1)? };
        let parts: Vec<String> = match self.types[of]["possibleTypes"].as_array() {
            Some(possible) => possible
                .iter()
                .filter_map(|each| {
                    let name = text(each, "name");
                    let below = self.everything(&name, depth + 1)?;
                    Some(format!("... on {name} {{ {below} }}"))
                })
                .collect(),
            None => {
                let fields = self.fields(of);
                // What leads back to posts and threads is asked of each of these things by itself.
                let leads_back = |field: &&Value| {
                    matches!(
                        (of, text(field, "name").as_str()),
                        ("Person", "posts" | "threads")
                            | ("Delegation", "threads" | "persons")
                            | ("Thread", "firstPost" | "lastPost" | "participants")
                            | ("Translation", "post")
                    ) || is_doubled(of, field)
                        || self.is_empty_of_event(of, field)
                };
                let fields = fields.iter().filter(|field| !leads_back(field));
                let all = fields.filter_map(|field| self.field(field, depth));
                all.collect()
            }
        };
        Some(format!("__typename {}", parts.join(" ")))
    }

    /// The entries of a list without its cursors.
    fn nodes(&self, field: &Value, depth: usize) -> Option<String> {
        let mut kind = &field["type"];
        while kind["name"].is_null() {
            kind = &kind["ofType"];
        }
        let of = text(kind, "name");
        let mut below = self.fields(&of).into_iter();
        let nodes = below.find(|field| is_doubled(&of, field))?;
        let (name, arguments) = (text(field, "name"), arguments(field));
        let nodes = self.field(&nodes, depth)?;
        Some(format!("{name}{arguments} {{ {nodes} }}"))
    }

    fn questions(&self) -> Vec<Question> {
        let mut all = Vec::new();
        for field in self.fields("Query") {
            let name = text(&field, "name");
            // What these find is asked below, by kind.
            if name == "node" || name == "nodes" {
                continue;
            }
            let asks_for_id = arguments(&field).contains("$id");
            let whole = self.field(&field, self.depth).expect("its fields");
            let variables = if asks_for_id { "($id: ID!)" } else { "" };
            // What is asked by an id is a thread or nothing.
            let of = asks_for_id.then(|| "Thread".to_string());
            let document = format!("query{variables} {{ {whole} }}");
            all.push(Question { of, document });
        }
        for kind in self.possible("Node") {
            // From these it is one step more to a text than from a thread, and they lead to many.
            let leads_far = ["Person", "Delegation"].contains(&kind.as_str());
            let depth = if leads_far {
                self.depth - 1
            } else {
                self.depth
            };
            for field in self.fields(&kind) {
                let Some(below) = self.field(&field, depth) else {
                    continue;
                };
                let document = format!(
                    "query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ __typename {below} }} }} }}"
                );
                let of = Some(kind.clone());
                all.push(Question { of, document });
                if let Some(below) = self.nodes(&field, 1)
                    && !self.is_for_every_visitor
                {
                    let document = format!(
                        "query($id: ID!) {{ nodes(ids: [$id]) {{ ... on {kind} {{ __typename {below} }} }} }}"
                    );
                    let of = Some(kind.clone());
                    all.push(Question { of, document });
                }
            }
        }
        assert!(all.len() > 100, "{}", all.len());
        all
    }

    fn subscriptions(&self) -> Vec<String> {
        let mut all = Vec::new();
        for field in self.fields("Subscription") {
            let name = text(&field, "name");
            let (variables, given, of) = match name.as_str() {
                "threadEvents" => (
                    "($id: ID!, $after: String)",
                    "threadId: $id, after: $after",
                    "ForumEvent",
                ),
                "forumEvents" => ("($after: String)", "after: $after", "ForumEvent"),
                "caseEvents" => ("($after: String)", "after: $after", "CaseEvent"),
                // It tells numbers and names of readers, and never ends.
                "threadPresence" => continue,
                other => panic!("what to give for {other} is not known here"),
            };
            let below = self.everything(of, DEPTH).expect("its fields");
            all.push(format!(
                "subscription{variables} {{ {name}({given}) {{ {below} }} }}"
            ));
        }
        all
    }
}

/// Whether a field of a list tells its entries, as `edges` do too.
fn is_doubled(of: &str, field: &Value) -> bool {
    of.ends_with("Connection") && text(field, "name") == "nodes"
}

/// What a field has to be given.
fn arguments(field: &Value) -> String {
    let mut given = Vec::new();
    for argument in field["args"].as_array().into_iter().flatten() {
        let required =
            text(argument, "type.kind") == "NON_NULL" && argument["defaultValue"].is_null();
        match text(argument, "name").as_str() {
            "first" => given.push("first: 4".to_string()),
            "length" => given.push("length: 300".to_string()),
            "number" => given.push("number: 2".to_string()),
            "act" if required => given.push("act: DISMISS_REPORTS".to_string()),
            "token" if required => given.push("token: \"nobody's\"".to_string()),
            "language" if required => given.push("language: AR".to_string()),
            "body" if required => given.push("body: \"Anybody's.\"".to_string()),
            "place" if required => {
                given.push("place: { purpose: THREAD, language: EN }".to_string())
            }
            "scheme" if required => given.push("scheme: REGION".to_string()),
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
