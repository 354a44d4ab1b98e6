//! What people do in every other story: opening threads, replying, deciding.

use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::person::Person;

pub const OPEN_THREAD: &str = "mutation($input: OpenThreadInput!) { openThread(input: $input) { \
     thread { id title lastNumber cursor post(number: 1) { id } } } }";

pub const REPLY: &str = "mutation($input: ReplyInput!) { reply(input: $input) { \
     post { id number body revision state capacity authorTitle delegation { slug } inReplyTo { number } } } }";

pub const EDIT: &str = "mutation($input: EditPostInput!) { editPost(input: $input) { post { id body revision editedAt } } }";

pub const WITHDRAW: &str = "mutation($input: WithdrawPostInput!) { withdrawPost(input: $input) { post { id state body } } }";

pub const RETAG: &str =
    "mutation($input: RetagThreadInput!) { retagThread(input: $input) { thread { id } } }";

pub const CHANGE_THREAD: &str = "mutation($input: ChangeThreadInput!) { changeThread(input: $input) { thread { id title visibility } } }";

pub const MARK_READ: &str = "mutation($input: MarkReadInput!) { markRead(input: $input) { thread { id viewer { unread lastReadNumber } } } }";

pub const THREAD_EVENTS: &str = "subscription($threadId: ID!, $after: String) { threadEvents(threadId: $threadId, after: $after) { \
     __typename cursor at \
     ... on PostCreated { post { id number body } } \
     ... on PostEdited { post { id number body revision } } \
     ... on PostWithdrawn { post { id number body state } } \
     ... on PostHidden { post { id number body state } } \
     ... on PostRestored { post { id number body state } } \
     ... on PostErased { post { id number body state } } \
     ... on PostReviewed { post { id number body state } } \
     ... on PostsMoved { thread { id title } } \
     ... on ThreadOpened { thread { id title } } \
     ... on ThreadRetagged { thread { id } } \
     ... on ThreadChanged { thread { id title } } \
     ... on ThreadHidden { threadId } } }";

pub const FORUM_EVENTS: &str = "subscription($filter: ThreadFilter, $after: String) { forumEvents(filter: $filter, after: $after) { \
     __typename cursor at \
     ... on PostCreated { post { id number body thread { id } } } \
     ... on PostEdited { post { id number body revision thread { id } } } \
     ... on PostWithdrawn { post { id number state thread { id } } } \
     ... on ThreadOpened { thread { id title lastNumber } } \
     ... on ThreadRetagged { thread { id } } \
     ... on ThreadChanged { thread { id title visibility } } \
     ... on ThreadHidden { threadId } } }";

/// A thread to be opened, with its concepts by slug.
#[derive(Clone, Debug)]
pub struct Draft {
    pub title: String,
    pub body: String,
    pub kind: &'static str,
    pub language: &'static str,
    pub visibility: &'static str,
    pub tools: &'static [&'static str],
    pub methods: &'static [&'static str],
    pub regions: &'static [&'static str],
    pub capacity: &'static str,
}

impl Default for Draft {
    fn default() -> Draft {
        Draft {
            title: "Examination guidelines in practice".to_string(),
            body: "What helped in our office.".to_string(),
            kind: "EXPERIENCE",
            language: "EN",
            visibility: "PUBLIC",
            tools: &["wipo-ipas"],
            methods: &["study-visit"],
            regions: &["country-ke"],
            capacity: "PERSONAL",
        }
    }
}

impl Draft {
    /// The usual thread under another title.
    pub fn titled(title: impl Into<String>) -> Draft {
        Draft {
            title: title.into(),
            ..Draft::default()
        }
    }

    /// The usual thread, visible to members only.
    pub fn for_members(title: impl Into<String>) -> Draft {
        Draft {
            visibility: "MEMBERS",
            ..Draft::titled(title)
        }
    }

    /// The input of the mutation.
    pub async fn input(&self, person: &Person) -> Value {
        json!({
            "key": Uuid::new_v4(),
            "title": self.title,
            "body": self.body,
            "kind": self.kind,
            "language": self.language,
            "visibility": self.visibility,
            "tools": concept_ids(person, self.tools).await,
            "methods": concept_ids(person, self.methods).await,
            "regions": concept_ids(person, self.regions).await,
            "capacity": self.capacity,
        })
    }
}

/// A thread that has been opened.
#[derive(Clone, Debug)]
pub struct Opened {
    pub id: String,
    /// The id of its first post.
    pub post: String,
    /// The cursor to subscribe from.
    pub cursor: String,
}

/// Opens a thread.
pub async fn open(person: &Person, draft: Draft) -> Opened {
    let input = draft.input(person).await;
    let data = person.ask(OPEN_THREAD, json!({ "input": input })).await;
    Opened {
        id: text(&data, "openThread.thread.id"),
        post: text(&data, "openThread.thread.post.id"),
        cursor: text(&data, "openThread.thread.cursor"),
    }
}

/// A reply that has been written.
#[derive(Clone, Debug)]
pub struct Posted {
    pub id: String,
    pub number: i64,
}

/// The input of a reply, with a new key.
pub fn reply_input(thread: &str, body: &str) -> Value {
    json!({ "key": Uuid::new_v4(), "threadId": thread, "body": body, "language": "EN" })
}

/// Replies to a thread.
pub async fn reply(person: &Person, thread: &str, body: &str) -> Posted {
    let input = reply_input(thread, body);
    let data = person.ask(REPLY, json!({ "input": input })).await;
    Posted {
        id: text(&data, "reply.post.id"),
        number: number(&data, "reply.post.number"),
    }
}

/// Changes who sees a thread.
pub async fn show_to(person: &Person, thread: &str, visibility: &str) {
    let input = json!({ "threadId": thread, "visibility": visibility });
    person.ask(CHANGE_THREAD, json!({ "input": input })).await;
}

/// The ids of concepts, by slug.
pub async fn concept_ids(person: &Person, words: &[&str]) -> Vec<String> {
    if words.is_empty() {
        return Vec::new();
    }
    let fields: String = (0..)
        .zip(words)
        .map(|(at, word)| format!("c{at}: concept(slug: \"{word}\") {{ id }} "))
        .collect();
    let data = person.ask(&format!("{{ {fields} }}"), json!({})).await;
    (0..words.len())
        .map(|at| text(&data, &format!("c{at}.id")))
        .collect()
}

/// The id of one concept.
pub async fn concept_id(person: &Person, word: &str) -> String {
    concept_ids(person, &[word]).await.remove(0)
}

/// The id of a delegation, by slug.
pub async fn delegation_id(person: &Person, word: &str) -> String {
    let document = "query($search: String) { delegations(search: $search, first: 100) { edges { node { id slug } } } }";
    let data = person.ask(document, json!({ "search": word })).await;
    nodes(&data, "delegations")
        .iter()
        .find(|node| at(node, "slug") == word)
        .map(|node| text(node, "id"))
        .unwrap_or_else(|| panic!("no delegation {word}"))
}

/// The id of the person who makes the requests.
pub async fn own_id(person: &Person) -> String {
    let data = person.ask("{ viewer { person { id } } }", json!({})).await;
    text(&data, "viewer.person.id")
}

/// Titles of the threads that a filter finds, in the list's order.
pub async fn titles(person: &Person, filter: Value) -> Vec<String> {
    let document = "query($filter: ThreadFilter) { threads(first: 100, filter: $filter) { edges { node { title } } } }";
    let data = person.ask(document, json!({ "filter": filter })).await;
    crate::support::json::texts(&data, "threads", "title")
}

/// Takes a decision.
pub const DECIDE: &str = "mutation($input: DecideInput!) { decide(input: $input) { decision { id position act office } } }";

pub const UNDO: &str = "mutation($input: UndoDecisionInput!) { undoDecision(input: $input) { decision { id position act undoes { id } } } }";

/// A reason that an act can have.
fn reason_of(act: &str) -> &'static str {
    match act {
        "RESTORE_POST" | "UNLOCK_THREAD" | "UNPIN_THREAD" | "UNARCHIVE_THREAD" | "TRUST_THREAD"
        | "TRUST_PERSON" | "APPROVE_POST" | "REINSTATE_PERSON" | "ACCEPT_ANSWER"
        | "WITHDRAW_ANSWER" => "SETTLED",
        "PIN_THREAD" => "OTHER",
        "ERASE_POST" => "PERSONAL_DATA",
        _ => "OFF_TOPIC",
    }
}

/// The input of a decision, with a new key.
pub fn decision_input(act: &str, targets: &[&str]) -> Value {
    json!({
        "key": Uuid::new_v4(), "act": act, "targetIds": targets, "reason": reason_of(act),
        "explanation": "It belongs to another thread.", "language": "EN",
    })
}

/// Takes a decision; returns its id.
pub async fn decide(person: &Person, act: &str, targets: &[&str]) -> String {
    let input = decision_input(act, targets);
    let data = person.ask(DECIDE, json!({ "input": input })).await;
    text(&data, "decide.decision.id")
}

/// Undoes a decision; returns the id of the decision that undoes it.
pub async fn undo(person: &Person, decision: &str) -> String {
    let input = json!({
        "key": Uuid::new_v4(), "decisionId": decision, "reason": "MISTAKEN",
        "explanation": "It was mistaken.", "language": "EN",
    });
    let data = person.ask(UNDO, json!({ "input": input })).await;
    text(&data, "undoDecision.decision.id")
}

/// Gives regions to a moderator.
pub async fn give_scope(secretariat: &Person, moderator: &Person, regions: &[&str]) {
    let document =
        "mutation($input: GiveScopeInput!) { giveScope(input: $input) { person { id } } }";
    let input = json!({ "personId": own_id(moderator).await, "regions": regions });
    secretariat.ask(document, json!({ "input": input })).await;
}
