//! Whatever changes, by every act that takes something away or gives it, no visitor is sent what was made before: every page, every
//! document of the pages and every field of the API is compared with what a server answers that keeps nothing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;

use partage::server::Running;
use partage::store::Store;
use reqwest::Method;
use serde_json::Value;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use crate::stories::answer_cache::without_position;
use crate::stories::leaks::WIDE;
use crate::stories::leaks::api::Api;
use crate::support::acts::CHANGE_THREAD;
use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::REPLY;
use crate::support::acts::RETAG;
use crate::support::acts::WITHDRAW;
use crate::support::acts::concept_ids;
use crate::support::acts::decide;
use crate::support::acts::delegation_id;
use crate::support::acts::give_scope;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply;
use crate::support::acts::reply_input;
use crate::support::acts::show_to;
use crate::support::acts::undo;
use crate::support::chance::Chance;
use crate::support::database::Kind;
use crate::support::forum::Figures;
use crate::support::forum::Forum;
use crate::support::forum::Setup;
use crate::support::forum::config;
use crate::support::forum::flags;
use crate::support::json::text;
use crate::support::moderating::DECIDE_APPEAL;
use crate::support::moderating::PROPOSE;
use crate::support::moderating::answer_input;
use crate::support::moderating::appeal;
use crate::support::moderating::decide_by_two;
use crate::support::moderating::decide_with;
use crate::support::moderating::input_with;
use crate::support::moderating::report;
use crate::support::person::Person;

on_both_databases!(
    after_what_people_write_no_visitor_is_sent_what_was_before with wide().with_told_clock(),
    after_decisions_on_posts_no_visitor_is_sent_what_was_before with wide().with_told_clock(),
    after_decisions_on_threads_no_visitor_is_sent_what_was_before with wide().with_told_clock(),
    after_texts_that_wait_no_visitor_is_sent_what_was_before with wide().with_told_clock(),
    after_changes_of_people_no_visitor_is_sent_what_was_before with wide().with_told_clock(),
    after_changes_of_the_vocabulary_no_visitor_is_sent_what_was_before with wide().with_told_clock(),
    a_thread_is_still_sent_after_a_change_in_another,
    nobody_reads_a_text_after_its_hiding_was_acknowledged,
);

fn wide() -> Setup {
    flags(WIDE)
}

const TRANSLATE: &str = "mutation($input: TranslatePostInput!) { translatePost(input: $input) { post { translation(language: FR) { id } } } }";
const UNTRANSLATE: &str = "mutation($input: WithdrawTranslationInput!) { withdrawTranslation(input: $input) { post { id } } }";
const RENAME: &str =
    "mutation($input: ChangeProfileInput!) { changeProfile(input: $input) { person { id } } }";
const GRANT: &str =
    "mutation($input: GrantMandateInput!) { grantMandate(input: $input) { mandate { id } } }";
const END: &str =
    "mutation($input: EndMandateInput!) { endMandate(input: $input) { mandate { id } } }";
const CHANGE_ROLE: &str =
    "mutation($input: ChangeRoleInput!) { changeRole(input: $input) { person { id } } }";
const ADD_CONCEPT: &str =
    "mutation($input: AddConceptInput!) { addConcept(input: $input) { concept { id } } }";
const CHANGE_CONCEPT: &str =
    "mutation($input: ChangeConceptInput!) { changeConcept(input: $input) { concept { id } } }";
const DEPRECATE: &str = "mutation($input: DeprecateConceptInput!) { deprecateConcept(input: $input) { concept { id } } }";
const RESTORE: &str =
    "mutation($input: RestoreConceptInput!) { restoreConcept(input: $input) { concept { id } } }";

/// What a visitor asks for.
#[derive(Clone, Debug)]
enum Ask {
    Page(String),
    Document(String, Value),
}

/// Compares what a visitor is sent by a server that keeps answers with what one answers that keeps nothing.
struct Comparison {
    asks: Vec<Ask>,
    visitor: Person,
    fresh: Person,
    /// How many of the answers are compared each time, if not all: those whose turn it is.
    most: Option<usize>,
    next: AtomicUsize,
    patience: Duration,
}

impl Comparison {
    async fn after(&self, what: &str) {
        let changed = Instant::now();
        let count = self.most.unwrap_or(self.asks.len());
        let next = self.next.fetch_add(count, Ordering::SeqCst);
        for at in next..next + count {
            let ask = self.ask(at);
            loop {
                let (kept, fresh) =
                    tokio::join!(answer(&self.visitor, ask), answer(&self.fresh, ask));
                if kept == fresh {
                    break;
                }
                let late = changed.elapsed();
                assert!(
                    late < self.patience,
                    "{ask:?} after {what}, {late:?}:\n{kept}\n{fresh}"
                );
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        if self.most.is_some() {
            // Those whose turn it is next are kept when the next change happens.
            for at in next + count..next + 2 * count {
                for _ in 0..2 {
                    answer(&self.visitor, self.ask(at)).await;
                }
            }
        }
    }

    fn ask(&self, at: usize) -> &Ask {
        &self.asks[at % self.asks.len()]
    }
}

/// What changes.
#[derive(Clone, Copy, Debug)]
enum Part {
    Texts,
    Posts,
    Threads,
    Waiting,
    People,
    Vocabulary,
}

/// Two threads, and what can be asked about them.
struct World {
    forum: Forum,
    thread: String,
    other: String,
    /// To be merged into the first.
    third: String,
    /// Posts of the first thread by its author, who is Kenya's, and one of Brazil's that replies to the first.
    posts: Vec<String>,
    reply: String,
    translation: String,
    asks: Vec<Ask>,
}

impl World {
    async fn of(forum: &Forum) -> World {
        let (author, other) = (forum.delegate("ke"), forum.delegate("br"));
        let secretariat = forum.secretariat();
        give_scope(&secretariat, &forum.moderator(), &["africa", "country-br"]).await;
        let thread = open(&author, Draft::titled("The first thread")).await;
        let second = open(&forum.delegate("fr"), Draft::titled("The second thread")).await;
        let third = open(&other, Draft::titled("The third thread")).await;
        let mut posts = Vec::new();
        for count in 2..=5 {
            let body = format!("Text number {count}.");
            posts.push(reply(&author, &thread.id, &body).await.id);
        }
        let mut input = reply_input(&thread.id, "An answer to the first of these.");
        input["inReplyToId"] = json!(posts[0]);
        let data = other.ask(REPLY, json!({ "input": input })).await;
        let answer = text(&data, "reply.post.id");
        let translation = translate(&author, &posts[0]).await;
        let locked = decide(&secretariat, "LOCK_THREAD", &[&thread.id]).await;
        decide(&secretariat, "UNLOCK_THREAD", &[&thread.id]).await;
        let document =
            "query($id: ID!) { node(id: $id) { ... on Post { revisions { nodes { id } } } } }";
        let data = author.ask(document, json!({ "id": posts[0] })).await;
        let revision = text(&data, "node.revisions.nodes.0.id");
        let ids = [
            ("Thread", thread.id.clone()),
            ("Post", posts[0].clone()),
            ("Post", answer.clone()),
            ("Revision", revision),
            ("Person", own_id(&author).await),
            ("Delegation", delegation_id(&author, "ke").await),
            (
                "Concept",
                concept_ids(&author, &["country-ke"]).await.remove(0),
            ),
            ("Decision", locked),
            ("Translation", translation.clone()),
        ];
        let mut asks: Vec<Ask> = pages(&thread.id, &second.id, &ids[4].1);
        asks.extend(documents_of_pages(&thread.id));
        asks.extend(questions(&forum.visitor(), &ids).await);
        World {
            forum: forum.clone(),
            thread: thread.id,
            other: second.id,
            third: third.id,
            posts,
            reply: answer,
            translation,
            asks,
        }
    }

    /// Changes everything of that kind that can be changed, and compares after each change.
    async fn change(&self, part: Part, seen: &Comparison) {
        match part {
            Part::Texts => self.write(seen).await,
            Part::Posts => self.decide_on_posts(seen).await,
            Part::Threads => self.decide_on_threads(seen).await,
            Part::Waiting => self.review(seen).await,
            Part::People => self.decide_on_people(seen).await,
            Part::Vocabulary => self.change_vocabulary(seen).await,
        }
    }

    async fn write(&self, seen: &Comparison) {
        let (author, other) = (self.forum.delegate("ke"), self.forum.delegate("br"));
        reply(&author, &self.thread, "One more text.").await;
        seen.after("a reply").await;
        reply(&author, &self.other, "One more text elsewhere.").await;
        seen.after("a reply in another thread").await;
        let input = json!({ "postId": self.posts[0], "body": "Another text.", "revision": 1 });
        author.ask(EDIT, json!({ "input": input })).await;
        seen.after("an edit").await;
        let input = json!({ "translationId": self.translation });
        author.ask(UNTRANSLATE, json!({ "input": input })).await;
        seen.after("withdrawing a translation").await;
        translate(&author, &self.posts[0]).await;
        seen.after("a translation").await;
        let input = json!({
            "threadId": self.thread, "methods": [],
            "tools": concept_ids(&author, &["wipo-publish"]).await,
            "regions": concept_ids(&author, &["country-br", "country-ke"]).await,
        });
        author.ask(RETAG, json!({ "input": input })).await;
        seen.after("other tags").await;
        let input = json!({ "threadId": self.thread, "title": "The first thread, renamed" });
        author.ask(CHANGE_THREAD, json!({ "input": input })).await;
        seen.after("another title").await;
        for visibility in ["MEMBERS", "PUBLIC"] {
            let more = json!({ "change": { "visibility": visibility } });
            let secretariat = self.forum.secretariat();
            decide_with(&secretariat, "CHANGE_THREAD", &[&self.thread], more).await;
            seen.after(visibility).await;
        }
        let input = json!({ "input": { "postId": self.posts[3] } });
        author.ask(WITHDRAW, input).await;
        seen.after("withdrawing").await;
        open(&other, Draft::titled("A new thread")).await;
        seen.after("a new thread").await;
    }

    async fn decide_on_posts(&self, seen: &Comparison) {
        let (secretariat, moderator) = (self.forum.secretariat(), self.forum.moderator());
        let hidden = decide(&secretariat, "HIDE_POST", &[&self.reply]).await;
        seen.after("hiding").await;
        undo(&secretariat, &hidden).await;
        seen.after("showing again").await;
        let more = json!({ "body": "What was decided." });
        decide_with(&secretariat, "EDIT_POST", &[&self.posts[0]], more).await;
        seen.after("an edit by decision").await;
        let more = json!({ "change": { "title": "What was split off" } });
        let split = decide_with(&secretariat, "SPLIT_POSTS", &[&self.reply], more).await;
        seen.after("splitting").await;
        let document = "query($id: ID!) { node(id: $id) { ... on Decision { into { id } } } }";
        let data = secretariat.ask(document, json!({ "id": split })).await;
        let into = text(&data, "node.into.id");
        for visibility in ["MEMBERS", "PUBLIC"] {
            let more = json!({ "change": { "visibility": visibility } });
            decide_with(&secretariat, "CHANGE_THREAD", &[&into], more).await;
            seen.after("who sees the thread that was split off").await;
        }
        decide(&secretariat, "HIDE_POST", &[&self.reply]).await;
        seen.after("hiding what was split off").await;
        decide(&secretariat, "RESTORE_POST", &[&self.reply]).await;
        undo(&secretariat, &split).await;
        seen.after("joining").await;
        let post = self.posts[2].as_str();
        decide_by_two(&moderator, &secretariat, "ERASE_POST", &[post], json!({})).await;
        seen.after("erasing").await;
        report(&self.forum.delegate("cn"), &self.posts[1], "It is wrong.").await;
        seen.after("a report").await;
        let dismissed = decide(&secretariat, "DISMISS_REPORTS", &[&self.posts[1]]).await;
        seen.after("dismissing").await;
        undo(&secretariat, &dismissed).await;
        seen.after("opening the report again").await;
        let hidden = decide(&moderator, "HIDE_POST", &[&self.posts[1]]).await;
        let appeal = appeal(&self.forum.delegate("ke"), &hidden, "It was right.").await;
        seen.after("an appeal").await;
        let input = json!({ "input": answer_input(&appeal, true) });
        secretariat.ask(DECIDE_APPEAL, input).await;
        seen.after("an overturned decision").await;
        let input = input_with("ERASE_POST", &[&self.posts[1]], json!({}));
        secretariat.ask(PROPOSE, json!({ "input": input })).await;
        seen.after("a proposal").await;
    }

    async fn decide_on_threads(&self, seen: &Comparison) {
        let secretariat = self.forum.secretariat();
        for act in [
            "LOCK_THREAD",
            "UNLOCK_THREAD",
            "PIN_THREAD",
            "UNPIN_THREAD",
            "ARCHIVE_THREAD",
            "UNARCHIVE_THREAD",
        ] {
            decide(&secretariat, act, &[&self.thread]).await;
            seen.after(act).await;
        }
        let more = json!({ "seconds": 60 });
        decide_with(&secretariat, "SLOW_THREAD", &[&self.thread], more).await;
        seen.after("slowing").await;
        let more = json!({ "seconds": 0 });
        decide_with(&secretariat, "SLOW_THREAD", &[&self.thread], more).await;
        seen.after("no slowing").await;
        for visibility in ["MEMBERS", "PUBLIC"] {
            let more = json!({ "change": { "visibility": visibility, "title": visibility } });
            decide_with(&secretariat, "CHANGE_THREAD", &[&self.thread], more).await;
            seen.after("a change by decision").await;
        }
        let more = json!({ "intoThreadId": self.thread });
        let merged = decide_with(&secretariat, "MERGE_THREADS", &[&self.third], more).await;
        seen.after("merging").await;
        undo(&secretariat, &merged).await;
        seen.after("parting").await;
    }

    async fn review(&self, seen: &Comparison) {
        let (secretariat, author) = (self.forum.secretariat(), self.forum.delegate("ke"));
        decide(&secretariat, "REVIEW_THREAD", &[&self.thread]).await;
        seen.after("reviewing").await;
        for act in ["APPROVE_POST", "REJECT_POST"] {
            let waiting = reply(&author, &self.thread, &format!("May this {act}?")).await;
            seen.after("a text that waits").await;
            decide(&secretariat, act, &[&waiting.id]).await;
            seen.after(act).await;
        }
        decide(&secretariat, "TRUST_THREAD", &[&self.thread]).await;
        seen.after("trusting").await;
    }

    async fn decide_on_people(&self, seen: &Comparison) {
        let (secretariat, moderator) = (self.forum.secretariat(), self.forum.moderator());
        let author = self.forum.delegate("ke");
        let person = own_id(&author).await;
        for act in ["WARN_PERSON", "REVIEW_PERSON", "TRUST_PERSON"] {
            decide(&secretariat, act, &[&person]).await;
            seen.after(act).await;
        }
        let until = json!({ "until": self.forum.moment_in(3_600) });
        decide_with(&secretariat, "MUTE_PERSON", &[&person], until.clone()).await;
        seen.after("muting").await;
        decide(&secretariat, "REINSTATE_PERSON", &[&person]).await;
        seen.after("reinstating").await;
        decide_by_two(
            &moderator,
            &secretariat,
            "SUSPEND_PERSON",
            &[&person],
            until,
        )
        .await;
        seen.after("suspending").await;
        decide(&secretariat, "REINSTATE_PERSON", &[&person]).await;
        seen.after("reinstating again").await;
        let input = json!({ "name": "Wanjiku Kamau" });
        author.ask(RENAME, json!({ "input": input })).await;
        seen.after("another name").await;
        let input = json!({
            "key": Uuid::new_v4(), "personId": person, "delegationId": "unesco",
            "capacity": "OFFICE", "title": "Adviser",
        });
        let data = secretariat.ask(GRANT, json!({ "input": input })).await;
        seen.after("a mandate").await;
        let input = json!({ "mandateId": text(&data, "grantMandate.mandate.id") });
        secretariat.ask(END, json!({ "input": input })).await;
        seen.after("the end of a mandate").await;
        for role in ["FOCAL_POINT", "VISITOR", "DELEGATE"] {
            let input = json!({ "personId": person, "role": role });
            secretariat
                .ask(CHANGE_ROLE, json!({ "input": input }))
                .await;
            seen.after(role).await;
        }
        give_scope(&secretariat, &moderator, &["country-ke"]).await;
        seen.after("another scope").await;
    }

    async fn change_vocabulary(&self, seen: &Comparison) {
        let secretariat = self.forum.secretariat();
        let ask = async |document: &str, input: Value| {
            secretariat.ask(document, json!({ "input": input })).await;
        };
        let labels = json!([{ "language": "EN", "label": "Another label" }]);
        for concept in ["country-ke", "wipo-publish"] {
            ask(
                CHANGE_CONCEPT,
                json!({ "conceptId": concept, "labels": labels }),
            )
            .await;
            seen.after("another label").await;
        }
        let labels = json!([{ "language": "EN", "label": "A new tool" }]);
        let new = json!({
            "key": Uuid::new_v4(), "scheme": "TOOL", "slug": "a-new-tool", "labels": labels, "broaderIds": [],
        });
        ask(ADD_CONCEPT, new).await;
        seen.after("a new concept").await;
        ask(
            DEPRECATE,
            json!({ "conceptId": "wipo-publish", "successorId": "a-new-tool" }),
        )
        .await;
        seen.after("deprecating").await;
        ask(RESTORE, json!({ "conceptId": "wipo-publish" })).await;
        seen.after("restoring").await;
    }
}

async fn translate(author: &Person, post: &str) -> String {
    let document = "query($id: ID!) { node(id: $id) { ... on Post { revision } } }";
    let data = author.ask(document, json!({ "id": post })).await;
    let input = json!({
        "key": Uuid::new_v4(), "postId": post, "revision": data["node"]["revision"],
        "language": "FR", "body": "Un texte.",
    });
    let data = author.ask(TRANSLATE, json!({ "input": input })).await;
    text(&data, "translatePost.post.translation.id")
}

fn pages(thread: &str, other: &str, person: &str) -> Vec<Ask> {
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
fn documents_of_pages(thread: &str) -> Vec<Ask> {
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
async fn questions(visitor: &Person, ids: &[(&str, String)]) -> Vec<Ask> {
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
async fn answer(visitor: &Person, ask: &Ask) -> String {
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

/// Another server on the same database.
async fn beside(forum: &Forum, flags: &[&str]) -> (Person, Running) {
    let clock = forum.store().clock().clone();
    let store = Store::open(forum.place().url(), clock).await;
    let flags: Vec<&str> = WIDE.iter().chain(flags).copied().collect();
    let running = partage::server::start(config(&flags), store.expect("the store")).await;
    let running = running.expect("the server");
    (Person::new(running.address(), None), running)
}

async fn after_what_people_write_no_visitor_is_sent_what_was_before(forum: Forum) {
    compare(forum, Part::Texts).await;
}

async fn after_decisions_on_posts_no_visitor_is_sent_what_was_before(forum: Forum) {
    compare(forum, Part::Posts).await;
}

async fn after_decisions_on_threads_no_visitor_is_sent_what_was_before(forum: Forum) {
    compare(forum, Part::Threads).await;
}

async fn after_texts_that_wait_no_visitor_is_sent_what_was_before(forum: Forum) {
    compare(forum, Part::Waiting).await;
}

async fn after_changes_of_people_no_visitor_is_sent_what_was_before(forum: Forum) {
    compare(forum, Part::People).await;
}

async fn after_changes_of_the_vocabulary_no_visitor_is_sent_what_was_before(forum: Forum) {
    compare(forum, Part::Vocabulary).await;
}

async fn compare(forum: Forum, part: Part) {
    let world = World::of(&forum).await;
    let (fresh, running) = beside(&forum, &["--answer-cache-bytes", "0"]).await;
    let mut seen = Comparison {
        asks: world.asks.clone(),
        visitor: forum.visitor(),
        fresh,
        most: None,
        next: AtomicUsize::new(0),
        patience: Duration::ZERO,
    };
    // A document is kept from the second time on that it is sent.
    for _ in 0..2 {
        seen.after("nothing").await;
    }
    let before = forum.figures().await.get(REUSED);
    seen.after("nothing").await;
    let kept = forum.figures().await.get(REUSED) - before;
    assert!(kept > 100.0, "{kept} of {}", world.asks.len());
    // What is kept does not depend on the kind of database: there, each has its turn only after some changes.
    if forum.place().kind == Kind::Postgres {
        seen.most = Some(world.asks.len() / 8);
    }
    world.change(part, &seen).await;
    running.stop().await;
}

const REUSED: &str = "partage_answers_reused_total";
const MADE: &str = "partage_answers_made_total";

async fn a_thread_is_still_sent_after_a_change_in_another(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::titled("The first thread")).await;
    let other = open(&author, Draft::titled("The second thread")).await;
    let visitor = forum.visitor();
    let document = "query($id: ID!) { thread(id: $id) { title cursor tools { nodes { label } } \
         posts(first: 10) { nodes { body authorName author { name } delegation { name } inReplyTo { number } } } } }";
    let asks = [
        Ask::Page(format!("/threads/{}", thread.id)),
        Ask::Document(document.to_string(), json!({ "id": thread.id })),
        Ask::Document(
            "query($id: ID!) { node(id: $id) { ... on Thread { title } } }".to_string(),
            json!({ "id": thread.id }),
        ),
    ];
    let made = async || {
        let mut shown = Vec::new();
        for ask in &asks {
            shown.push(answer(&visitor, ask).await);
        }
        (shown, forum.figures().await.get(MADE))
    };
    made().await;
    let (shown, before) = made().await;
    reply(&author, &other.id, "Another text.").await;
    show_to(&author, &other.id, "MEMBERS").await;
    assert_eq!(made().await, (shown.clone(), before));
    reply(&author, &thread.id, "A text here.").await;
    let (changed, after) = made().await;
    assert_ne!(changed[..2], shown[..2]);
    assert_eq!(after, before + 3.0);
}

/// Many write and hide while many read: whoever asks after a hiding was acknowledged is not shown the text.
async fn nobody_reads_a_text_after_its_hiding_was_acknowledged(forum: Forum) {
    const THREADS: usize = 4;
    let secretariat = forum.secretariat();
    let mut threads = Vec::new();
    for count in 0..THREADS {
        let draft = Draft::titled(format!("Thread {count}"));
        threads.push(open(&forum.delegate("br"), draft).await.id);
    }
    let threads = Arc::new(threads);
    let hidden: Arc<Mutex<Vec<String>>> = Arc::default();
    let (is_over, asked) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let mut writing = JoinSet::new();
    for writer in 0..20_u64 {
        let (author, secretariat) = (forum.delegate("br"), secretariat.clone());
        let (threads, hidden, is_over) = (threads.clone(), hidden.clone(), is_over.clone());
        writing.spawn(async move {
            let mut chance = Chance::new(writer);
            while !is_over.load(Ordering::SeqCst) {
                let secret = Uuid::new_v4().simple().to_string();
                let thread = &threads[chance.at(THREADS)];
                let post = reply(&author, thread, &format!("The word is {secret}.")).await;
                decide(&secretariat, "HIDE_POST", &[&post.id]).await;
                hidden.lock().expect("the list").push(secret);
            }
        });
    }
    let document =
        "query($id: ID!) { thread(id: $id) { posts(last: 50) { nodes { state body } } } }";
    for reader in 0..180_u64 {
        let visitor = forum.visitor();
        let (threads, hidden, is_over) = (threads.clone(), hidden.clone(), is_over.clone());
        let asked = asked.clone();
        writing.spawn(async move {
            let mut chance = Chance::new(1_000 + reader);
            while !is_over.load(Ordering::SeqCst) {
                let thread = &threads[chance.at(THREADS)];
                let ask = match chance.below(4) {
                    0 => Ask::Page(format!("/threads/{thread}?last")),
                    1 => Ask::Page("/threads".to_string()),
                    _ => Ask::Document(document.to_string(), json!({ "id": thread })),
                };
                let gone = hidden.lock().expect("the list").clone();
                let shown = answer(&visitor, &ask).await;
                asked.fetch_add(1, Ordering::SeqCst);
                let told = gone.iter().find(|secret| shown.contains(secret.as_str()));
                assert!(told.is_none(), "{ask:?} tells {told:?}");
            }
        });
    }
    tokio::time::sleep(Duration::from_secs(4)).await;
    is_over.store(true, Ordering::SeqCst);
    writing.join_all().await;
    assert!(hidden.lock().expect("the list").len() > 10);
    assert!(asked.load(Ordering::SeqCst) > 200);
}

/// Another process on the same database has kept everything: five seconds after a change, it sends nothing from before it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_server_is_at_most_five_seconds_behind() {
    let (forum, running) = Forum::start(Kind::Postgres, &wide()).await;
    let world = World::of(&forum).await;
    let (fresh, keeping_nothing) = beside(&forum, &["--answer-cache-bytes", "0"]).await;
    let (visitor, other) = beside(&forum, &[]).await;
    let seen = Comparison {
        asks: world.asks.clone(),
        visitor: visitor.clone(),
        fresh,
        most: Some(12),
        next: AtomicUsize::new(0),
        patience: Duration::from_secs(6),
    };
    for part in [Part::Posts, Part::Threads, Part::People, Part::Vocabulary] {
        world.change(part, &seen).await;
    }
    let figures = Figures::told_to(&visitor).await;
    assert!(figures.get(MADE) > 50.0);
    other.stop().await;
    keeping_nothing.stop().await;
    running.stop().await;
    forum.remove().await;
}
