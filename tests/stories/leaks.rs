//! What was hidden or is for members only comes out by no door. Every field that the schema has is asked for, so that a
//! new one is covered without being named here.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::WITHDRAW;
use crate::support::acts::decide;
use crate::support::acts::give_scope;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::show_to;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::at;
use crate::support::json::text;
use crate::support::page::Browser;
use crate::support::person::Person;
use crate::support::stream::Sent;
use crate::support::stream::Stream;

on_both_databases!(
    a_hidden_text_comes_out_by_no_field_page_or_event with flags(WIDE),
    a_withdrawn_text_comes_out_by_no_field_page_or_event with flags(WIDE),
    a_thread_for_members_comes_out_by_no_field_page_or_event with flags(WIDE),
);

/// Documents that ask for everything are larger than any client's.
const WIDE: [&str; 8] = [
    "--query-complexity",
    "100000000",
    "--query-depth",
    "40",
    "--query-fields",
    "100000",
    "--query-aliases",
    "1000",
];
/// How deep a document goes; far enough for the texts of revisions of posts in threads that were decided on.
const DEPTH: usize = 9;

/// The schema, as it describes itself.
struct Api(BTreeMap<String, Value>);

impl Api {
    async fn of(person: &Person) -> Api {
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

    fn fields(&self, name: &str) -> Vec<Value> {
        let fields = self.0[name]["fields"].as_array();
        fields.cloned().unwrap_or_default()
    }

    /// A field with everything under it; nothing when all of that lies on the way already or too deep.
    fn field(&self, field: &Value, way: &[String]) -> Option<String> {
        let mut kind = &field["type"];
        while kind["name"].is_null() {
            kind = &kind["ofType"];
        }
        let (name, of) = (text(field, "name"), text(kind, "name"));
        let arguments = arguments(field);
        match text(kind, "kind").as_str() {
            "SCALAR" | "ENUM" => Some(format!("{name}{arguments}")),
            _ => {
                let below = self.everything(&of, way)?;
                Some(format!("{name}{arguments} {{ {below} }}"))
            }
        }
    }

    fn everything(&self, of: &str, way: &[String]) -> Option<String> {
        if way.iter().any(|each| each == of) || way.len() >= DEPTH {
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
                    let below = self.everything(&name, &way)?;
                    Some(format!("... on {name} {{ {below} }}"))
                })
                .collect(),
            None => {
                let fields = self.fields(of);
                let all = fields.iter().filter_map(|field| self.field(field, &way));
                all.collect()
            }
        };
        Some(format!("__typename {}", parts.join(" ")))
    }

    /// A document for each thing that can be asked, and for each kind of thing with an id.
    fn documents(&self) -> Vec<String> {
        let mut all = Vec::new();
        for field in self.fields("Query") {
            let name = text(&field, "name");
            let variables = if asks_for_id(&field) {
                "($id: ID!)"
            } else {
                ""
            };
            if name == "node" {
                for each in self.0["Node"]["possibleTypes"].as_array().expect("nodes") {
                    let of = text(each, "name");
                    let below = self.everything(&of, &[]).expect("its fields");
                    all.push(format!(
                        "query($id: ID!) {{ node(id: $id) {{ ... on {of} {{ {below} }} }} }}"
                    ));
                }
            } else {
                let whole = self.field(&field, &[]).expect("its fields");
                all.push(format!("query{variables} {{ {whole} }}"));
            }
        }
        assert!(all.len() > 15, "{all:?}");
        all
    }

    /// A document for each thing that can be followed.
    fn subscriptions(&self) -> Vec<String> {
        let told = ["threadEvents", "forumEvents"];
        let fields = self.fields("Subscription");
        let wanted = fields
            .iter()
            .filter(|field| told.contains(&text(field, "name").as_str()));
        wanted
            .map(|field| {
                let below = self.everything("ForumEvent", &[]).expect("its fields");
                let name = text(field, "name");
                let (variables, given) = match name.as_str() {
                    "threadEvents" => {
                        ("($id: ID!, $after: String)", "threadId: $id, after: $after")
                    }
                    _ => ("($after: String)", "after: $after"),
                };
                format!("subscription{variables} {{ {name}({given}) {{ {below} }} }}")
            })
            .collect()
    }
}

fn asks_for_id(field: &Value) -> bool {
    arguments(field).contains("$id")
}

/// What a field has to be given.
fn arguments(field: &Value) -> String {
    let mut given = Vec::new();
    for argument in field["args"].as_array().into_iter().flatten() {
        let required =
            text(argument, "type.kind") == "NON_NULL" && argument["defaultValue"].is_null();
        match text(argument, "name").as_str() {
            "first" => given.push("first: 4".to_string()),
            "number" => given.push("number: 2".to_string()),
            "token" if required => given.push("token: \"nobody's\"".to_string()),
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

/// Everything that somebody is answered and told, by every door.
async fn everything_told(
    forum: &Forum,
    api: &Api,
    person: &Person,
    word: &str,
    scene: &Scene,
) -> Vec<String> {
    let mut told = Vec::new();
    let ids = &scene.ids;
    for document in api.documents() {
        let asked: &[String] = if document.contains("$id") {
            ids
        } else {
            &ids[..1]
        };
        for id in asked {
            let variables = if document.contains("$id") {
                json!({ "id": id })
            } else {
                json!({})
            };
            let answer = person.graphql(&document, variables).await;
            if let Some(error) = answer.body.pointer("/errors/0") {
                let code = at(error, "extensions.code");
                let fine = ["DENIED", "INVALID", "NOT_FOUND"].map(|code| json!(code));
                assert!(fine.contains(code), "{word} {document}: {error}");
            }
            told.push(answer.body.to_string());
        }
    }
    for document in api.subscriptions() {
        let variables = json!({ "id": ids[0], "after": scene.after });
        let mut listener = person.socket().await;
        listener
            .subscribe("all", &document, variables.clone())
            .await;
        while let Some(event) = listener.next_event("all").await {
            told.push(event.to_string());
            if scene.ends_with(&event, &document) {
                break;
            }
        }
        let Some(mut stream) = Stream::try_open(person, &document, &variables).await else {
            continue;
        };
        while let Sent::Next(body, Some(_)) = stream.receive().await {
            told.push(body.to_string());
            let event = body["data"]
                .as_object()
                .and_then(|data| data.values().next());
            if event.is_none_or(|event| scene.ends_with(event, &document)) {
                break;
            }
        }
    }
    let mut browser = match word {
        "" => Browser::of(forum),
        word => Browser::signed_in(forum, word),
    };
    let thread = &ids[0];
    for path in [
        "/".to_string(),
        format!("/threads/{thread}"),
        format!("/threads/{thread}/posts/2/revisions"),
        format!("/threads/{thread}/posts/2/edit"),
        format!("/threads/{thread}/posts/2/decide"),
        "/ledger".to_string(),
        "/ledger.jsonl".to_string(),
        "/notices".to_string(),
        "/vocabulary/country-ke".to_string(),
    ] {
        told.push(browser.get(&path).await.html);
    }
    told
}

const SECRET: &str = "sentence that is not for everybody";

/// A thread with a reply that was edited.
struct Scene {
    /// The ids by which it can be asked for: the thread, the reply, its first revision, the opening text.
    ids: Vec<String>,
    /// From where it is followed.
    after: String,
    /// The number of the last post.
    last: i64,
}

impl Scene {
    async fn of(forum: &Forum) -> Scene {
        let author = forum.delegate("ke");
        let draft = Draft {
            body: format!("The opening is no {SECRET}."),
            ..Draft::titled(format!("The title is no {SECRET}"))
        };
        let thread = open(&author, draft).await;
        let posted = reply(&author, &thread.id, &format!("This is a {SECRET}.")).await;
        let body = format!("Still a {SECRET}.");
        let input = json!({ "postId": posted.id, "revision": 1, "body": body });
        author.ask(EDIT, json!({ "input": input })).await;
        let document = "query($id: ID!) { node(id: $id) { ... on Post { revisions { edges { node { id } } } } } }";
        let data = author.ask(document, json!({ "id": posted.id })).await;
        let revision = text(&data, "node.revisions.edges.0.node.id");
        Scene {
            ids: vec![thread.id, posted.id, revision, thread.post],
            after: thread.cursor,
            last: 2,
        }
    }

    /// Something more happens in it and beside it, by which a follower knows to have heard everything before.
    async fn go_on(&mut self, forum: &Forum) {
        let other = forum.delegate("fr");
        self.last = reply(&other, &self.ids[0], "To go on.").await.number;
        open(&other, Draft::titled(self.end())).await;
    }

    fn end(&self) -> String {
        format!("After number {}", self.last)
    }

    fn ends_with(&self, event: &Value, document: &str) -> bool {
        if document.contains("threadEvents") {
            event.pointer("/post/number") == Some(&json!(self.last))
        } else {
            event.pointer("/thread/title") == Some(&json!(self.end()))
        }
    }
}

fn tells(told: &[String], secret: &str) -> usize {
    told.iter().filter(|each| each.contains(secret)).count()
}

async fn a_hidden_text_comes_out_by_no_field_page_or_event(forum: Forum) {
    let secretariat = forum.secretariat();
    let mut scene = Scene::of(&forum).await;
    give_scope(&secretariat, &forum.moderator(), &["asia"]).await;
    let api = Api::of(&forum.visitor()).await;
    let secrets = [format!("This is a {SECRET}"), format!("Still a {SECRET}")];
    scene.go_on(&forum).await;
    let before = everything_told(&forum, &api, &forum.visitor(), "", &scene).await;
    assert!(
        tells(&before, &secrets[0]) > 3,
        "the first text is asked for"
    );
    assert!(
        tells(&before, &secrets[1]) > 5,
        "the second text is asked for"
    );
    decide(&secretariat, "HIDE_POST", &[&scene.ids[1]]).await;
    scene.go_on(&forum).await;
    for (person, word) in [
        (forum.visitor(), ""),
        (forum.delegate("br"), "br"),
        (forum.focal_point("ke"), "focal-ke"),
        (forum.moderator(), "moderator"),
    ] {
        let told = everything_told(&forum, &api, &person, word, &scene).await;
        for secret in &secrets {
            let leak = told.iter().find(|each| each.contains(secret.as_str()));
            assert_eq!(leak, None, "{word} is told");
        }
    }
}

async fn a_withdrawn_text_comes_out_by_no_field_page_or_event(forum: Forum) {
    let mut scene = Scene::of(&forum).await;
    let author = forum.delegate("ke");
    let input = json!({ "input": { "postId": scene.ids[1] } });
    author.ask(WITHDRAW, input).await;
    scene.go_on(&forum).await;
    let api = Api::of(&author).await;
    for (person, word) in [
        (forum.visitor(), ""),
        (author, "ke"),
        (forum.secretariat(), "secretariat"),
    ] {
        let told = everything_told(&forum, &api, &person, word, &scene).await;
        for secret in [format!("This is a {SECRET}"), format!("Still a {SECRET}")] {
            let leak = told.iter().find(|each| each.contains(&secret));
            assert_eq!(leak, None, "{word} is told");
        }
    }
}

async fn a_thread_for_members_comes_out_by_no_field_page_or_event(forum: Forum) {
    let mut scene = Scene::of(&forum).await;
    let secretariat = forum.secretariat();
    decide(&secretariat, "LOCK_THREAD", &[&scene.ids[0]]).await;
    decide(&secretariat, "UNLOCK_THREAD", &[&scene.ids[0]]).await;
    show_to(&forum.delegate("ke"), &scene.ids[0], "MEMBERS").await;
    scene.go_on(&forum).await;
    let api = Api::of(&forum.visitor()).await;
    let told = everything_told(&forum, &api, &forum.delegate("br"), "br", &scene).await;
    assert!(tells(&told, SECRET) > 5, "members are told");
    for (person, word) in [(forum.visitor(), ""), (forum.person("visitor"), "visitor")] {
        let told = everything_told(&forum, &api, &person, word, &scene).await;
        let leak = told.iter().find(|each| each.contains(SECRET));
        assert_eq!(leak, None, "{word} is told");
    }
}
