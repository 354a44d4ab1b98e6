//! A forum moves between SQLite and PostgreSQL, and the API gives the same responses on both.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::decide;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::database::Kind;
use crate::support::database::Place;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::process::run;
use crate::support::template;

for_both_databases!(
    a_copy_there_and_back_answers_the_same,
    a_copy_leaves_a_database_with_content_or_another_schema_alone,
);

/// Total number of posts, written by eight people at once.
const POSTS: usize = 800;

/// Texts that a careless copy would change.
const AWKWARD: [&str; 7] = [
    "A tab\tand a backslash \\n, \\. and \\N in it.",
    "First line.\n\nSecond line.\n\\.\n",
    "'Quotes', \"more quotes\" and $1, $$ and %.",
    "Смешанный текст, نص عربي, 中文 and 😀.",
    "\u{feff}A mark of order, a zero\u{200b}width space.",
    "x",
    "NULL",
];

async fn fill(server: &Process, kind: Kind) {
    let template = template::of(kind).await;
    let person = |word: &str| Person::new(server.address, Some(template.token(word)));
    let words = ["ke", "fr", "br", "cn", "us", "focal-ke", "focal-fr", "us"];
    let mut writers = Vec::new();
    for (count, word) in words.into_iter().enumerate() {
        let person = person(word);
        writers.push(tokio::spawn(async move {
            let draft = match count % 2 {
                0 => Draft::titled(format!("Thread \\ of {word}\t")),
                _ => Draft::for_members(format!("Thread 'of' {word}")),
            };
            let thread = open(&person, draft).await.id;
            let mut last = String::new();
            for each in 1..POSTS / words.len() {
                let body = format!("{each}: {}", AWKWARD[each % AWKWARD.len()]);
                last = reply(&person, &thread, &body).await.id;
            }
            (thread, last)
        }));
    }
    let secretariat = person("secretariat");
    for writer in writers {
        let (thread, post) = writer.await.expect("a writer");
        decide(&secretariat, "LOCK_THREAD", &[&thread]).await;
        decide(&secretariat, "HIDE_POST", &[&post]).await;
    }
}

/// Everything that the API shows a person of threads, posts, people, the vocabulary and decisions.
async fn everything(person: &Person) -> Vec<Value> {
    let mut all = Vec::new();
    let lists = [
        "decisions(first: 100) { edges { cursor node { id act reason explanation at posts(first: 9) { edges { node { id } } } } } }",
        "concepts(scheme: TOOL, first: 100) { edges { cursor node { id label definition } } }",
        "delegations(first: 100) { edges { cursor node { id slug name } } }",
    ];
    for list in lists {
        let answer = person.ask(&format!("{{ {list} }}"), json!({})).await;
        all.push(answer);
    }
    let threads = "{ threads(first: 100) { totalCount edges { cursor node { id title kind language visibility createdAt lastActivityAt \
         lastNumber author { id name } delegation { slug } tools { edges { node { id } } } viewer { unread lastReadNumber } } } } }";
    let threads = person.ask(threads, json!({})).await;
    for thread in nodes(&threads, "threads") {
        let mut after = Value::Null;
        loop {
            let posts = "query($id: ID!, $after: String) { node(id: $id) { ... on Thread { posts(first: 100, after: $after) { \
                 pageInfo { hasNextPage endCursor } edges { cursor node { id number body bodyHtml state revision createdAt author { id name } \
                 capacity inReplyTo { number } } } } } } }";
            let variables = json!({ "id": text(&thread, "id"), "after": after });
            let page = person.ask(posts, variables).await;
            after = at(&page, "node.posts.pageInfo.endCursor").clone();
            let is_last = at(&page, "node.posts.pageInfo.hasNextPage") == &json!(false);
            all.push(page);
            if is_last {
                break;
            }
        }
    }
    all.push(threads);
    let ledger = person.request(reqwest::Method::GET, "/ledger.jsonl").send();
    let ledger = ledger.await.expect("the ledger").text().await;
    all.push(json!(ledger.expect("its lines")));
    all
}

async fn as_shown(place: &Place, kind: Kind) -> Vec<Value> {
    let mut server = Process::serve(place.url(), &[]).await;
    let mut all = Vec::new();
    for word in ["ke", "secretariat"] {
        let token = template::of(kind).await.token(word);
        all.extend(everything(&Person::new(server.address, Some(token))).await);
    }
    all.extend(everything(&Person::new(server.address, None)).await);
    server.terminate();
    server.end().await;
    all
}

fn other(kind: Kind) -> Kind {
    match kind {
        Kind::Sqlite => Kind::Postgres,
        Kind::Postgres => Kind::Sqlite,
    }
}

async fn copied(from: &Place, to: &Place) {
    let done = run(&["copy", "--from", from.url(), "--to", to.url()]).await;
    assert_eq!(done.code, Some(0), "{done:?}");
    let checked = run(&["check", "--database", to.url()]).await;
    assert_eq!(checked.code, Some(0), "{checked:?}");
}

async fn a_copy_there_and_back_answers_the_same(kind: Kind) {
    let source = template::of(kind).await.copy().await;
    let flags = ["--posts-per-minute", "1000000"];
    let mut server = Process::serve(source.url(), &flags).await;
    fill(&server, kind).await;
    server.terminate();
    server.end().await;
    let wanted = as_shown(&source, kind).await;
    assert!(wanted.len() > POSTS / 100, "{}", wanted.len());
    let there = Place::empty(other(kind)).await;
    copied(&source, &there).await;
    let found = as_shown(&there, kind).await;
    assert!(found == wanted, "the copy answers otherwise");
    let back = Place::empty(kind).await;
    // A target that was only migrated counts as empty.
    let migrated = run(&["migrate", "--database", back.url()]).await;
    assert_eq!(migrated.code, Some(0), "{migrated:?}");
    copied(&there, &back).await;
    assert!(
        as_shown(&back, kind).await == wanted,
        "the copy back answers otherwise"
    );
    for place in [source, there, back] {
        place.remove().await;
    }
}

async fn a_copy_leaves_a_database_with_content_or_another_schema_alone(kind: Kind) {
    let source = template::of(kind).await.copy().await;
    let full = template::of(other(kind)).await.copy().await;
    let arguments = ["copy", "--from", source.url(), "--to", full.url()];
    let refused = run(&arguments).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("has content"), "{refused:?}");

    let older = Place::empty(other(kind)).await;
    for arguments in [
        &["migrate", "--database", older.url()][..],
        &["migrate", "--back", "1", "--database", older.url()],
    ] {
        let done = run(arguments).await;
        assert_eq!(done.code, Some(0), "{done:?}");
    }
    let refused = run(&["copy", "--from", source.url(), "--to", older.url()]).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("migrat"), "{refused:?}");
    let refused = run(&["copy", "--from", older.url(), "--to", source.url()]).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    for place in [source, full, older] {
        place.remove().await;
    }
}
