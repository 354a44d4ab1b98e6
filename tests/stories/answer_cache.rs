//! Answers to visitors that are kept and sent again: never one from before a change, and one execution for many.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::CACHE_CONTROL;
use reqwest::header::ETAG;
use reqwest::header::IF_NONE_MATCH;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use crate::support::acts::CHANGE_THREAD;
use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::Opened;
use crate::support::acts::RETAG;
use crate::support::acts::WITHDRAW;
use crate::support::acts::concept_ids;
use crate::support::acts::decide;
use crate::support::acts::give_scope;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::show_to;
use crate::support::acts::undo;
use crate::support::database::Kind;
use crate::support::forum::Forum;
use crate::support::forum::Setup;
use crate::support::forum::flags;
use crate::support::forum::told_clock;
use crate::support::json::at;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::moderating::decide_by_two;
use crate::support::moderating::decide_with;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::template;
use crate::support::wait::until;

on_both_databases!(
    no_visitor_gets_an_answer_from_before_a_change,
    no_visitor_gets_an_answer_from_before_the_time_that_it_speaks_of with told_clock(),
    many_visitors_who_ask_at_once_cause_one_execution with told_clock(),
    a_visitor_whose_copy_of_a_page_is_current_is_not_sent_it_again,
    a_member_gets_no_page_that_was_kept,
    what_is_kept_stays_within_its_bound with flags(["--answer-cache-bytes=100000"]),
    nothing_is_kept_where_the_operator_wants_none with flags(["--answer-cache-bytes=0"]),
    documents_of_clients_displace_none_of_the_pages,
    what_no_variable_declares_makes_no_other_answer,
);

/// What a visitor can ask for, without the log's position, which moves with the changes that no visitor is shown.
const DOCUMENTS: [&str; 6] = [
    "query($id: ID!) { threads(first: 20) { totalCount nodes { id title visibility locked lastNumber lastActivityAt authorName \
       tools { nodes { slug label } } regions { nodes { slug threadCount } } } } thread(id: $id) { id } }",
    "query($id: ID!) { thread(id: $id) { title locked updatedAt posts(first: 50) { nodes { number state body bodyHtml revision \
       author { name mandates { nodes { delegation { slug } } } } translations { nodes { language } } } } } }",
    "query($id: ID!) { node(id: $id) { id ... on Thread { title tools { nodes { slug } } lastPost { number body } } } }",
    "query($id: ID!) { delegations(first: 5) { nodes { slug persons { nodes { name } } threads { nodes { title } } } } nodes(ids: [$id]) { id } }",
    "query($id: ID!) { concepts(scheme: TOOL, first: 100) { nodes { slug label threadCount state } } thread(id: $id) { id } }",
    "query($id: ID!) { ledger(first: 50) { nodes { position } } decisions(first: 50) { nodes { act } } node(id: $id) { id } }",
];

/// The pages that every visitor is shown alike.
const PAGES: [&str; 7] = [
    "/",
    "/threads",
    "/threads?regions=country-ke",
    "/vocabulary",
    "/delegations",
    "/delegations/ke",
    "/ledger",
];

/// What a visitor is answered is what is true now: the same as what is answered to a request that nobody made before, which
/// differs only by a comment or by an encoding that nobody knows.
async fn is_true(visitor: &Person, thread: &str, after: &str) {
    let nonce = Uuid::new_v4().simple().to_string();
    let variables = json!({ "id": thread });
    for document in DOCUMENTS {
        let kept = visitor.graphql(document, variables.clone()).await.body;
        let fresh = format!("{document} # {nonce}");
        let fresh = visitor.graphql(&fresh, variables.clone()).await.body;
        assert_eq!(kept, fresh, "{document} after {after}");
    }
    let page = format!("/threads/{thread}");
    for path in PAGES.into_iter().chain([page.as_str()]) {
        let kept = html(visitor, path, "identity").await;
        let fresh = html(visitor, path, &format!("x-{nonce}")).await;
        assert_eq!(kept.0, fresh.0, "{path} after {after}");
        // The page of something that is not there names its request.
        assert!(
            kept.0 != 200 || without_position(&kept.1) == without_position(&fresh.1),
            "{path} after {after}:\n{}\n{}",
            kept.1,
            fresh.1
        );
    }
}

/// A page without its position in the log, from which its script follows it: that of a page that was kept may be older.
pub fn without_position(html: &str) -> String {
    let mut parts = html.split("data-cursor=\"");
    let mut all = parts.next().unwrap_or_default().to_string();
    for part in parts {
        all.push_str(part.split_once('"').map_or(part, |(_, rest)| rest));
    }
    all
}

/// The status and text of a page.
async fn html(visitor: &Person, path: &str, encoding: &str) -> (u16, String) {
    let request = visitor.request(Method::GET, path);
    let answer = request.header("accept-encoding", encoding).send().await;
    let answer = answer.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.text().await.expect("a text"))
}

/// Asks for everything twice, so that it is kept where anything is.
async fn fill(visitor: &Person, thread: &str) {
    for _ in 0..2 {
        is_true(visitor, thread, "nothing").await;
    }
}

async fn no_visitor_gets_an_answer_from_before_a_change(forum: Forum) {
    let (author, moderator) = (forum.delegate("ke"), forum.moderator());
    let (secretariat, visitor) = (forum.secretariat(), forum.visitor());
    give_scope(&secretariat, &moderator, &["country-ke", "country-br"]).await;
    let thread = open(&author, Draft::default()).await;
    let id = thread.id.as_str();
    let other = open(&author, Draft::titled("Another thread")).await;
    let moved = reply(&author, id, "What belongs elsewhere.").await;
    fill(&visitor, id).await;
    let check = async |after: &str| {
        is_true(&visitor, id, after).await;
        // Kept again, for the next change.
        is_true(&visitor, id, after).await;
    };

    let post = reply(&author, id, "A reply.").await;
    check("a reply").await;
    let input = json!({ "postId": post.id, "body": "Another text.", "revision": 1 });
    author.ask(EDIT, json!({ "input": input })).await;
    check("an edit").await;
    let input = json!({ "threadId": id, "title": "Another title" });
    author.ask(CHANGE_THREAD, json!({ "input": input })).await;
    check("another title").await;
    retag(&author, &thread).await;
    check("other tags").await;
    let hidden = decide(&moderator, "HIDE_POST", &[&post.id]).await;
    check("hiding a post").await;
    undo(&moderator, &hidden).await;
    check("showing it again").await;
    decide(&moderator, "LOCK_THREAD", &[id]).await;
    check("locking").await;
    decide(&moderator, "UNLOCK_THREAD", &[id]).await;
    check("unlocking").await;
    decide(&moderator, "PIN_THREAD", &[id]).await;
    check("pinning").await;
    decide(&moderator, "ARCHIVE_THREAD", &[id]).await;
    check("archiving").await;
    decide(&moderator, "UNARCHIVE_THREAD", &[id]).await;
    check("taking it back").await;
    decide_by_two(
        &moderator,
        &secretariat,
        "ERASE_POST",
        &[&moved.id],
        json!({}),
    )
    .await;
    check("erasing").await;
    author
        .ask(WITHDRAW, json!({ "input": { "postId": post.id } }))
        .await;
    check("withdrawing").await;
    show_to(&author, id, "MEMBERS").await;
    check("showing it to members only").await;
    show_to(&author, id, "PUBLIC").await;
    check("showing it to everyone").await;
    let concept = concept_ids(&secretariat, &["wipo-ipas"]).await.remove(0);
    let input =
        json!({ "conceptId": concept, "labels": [{ "language": "EN", "label": "Another label" }] });
    secretariat
        .ask(CHANGE_CONCEPT, json!({ "input": input }))
        .await;
    check("another label").await;
    open(&author, Draft::titled("One more")).await;
    check("one more thread").await;
    show_to(&author, &other.id, "MEMBERS").await;
    check("hiding another thread").await;
}

/// Tags a thread with other concepts.
async fn retag(author: &Person, thread: &Opened) {
    let (tools, regions) = (
        concept_ids(author, &["wipo-publish"]).await,
        concept_ids(author, &["country-br"]).await,
    );
    let input = json!({ "threadId": thread.id, "tools": tools, "methods": [], "regions": regions });
    author.ask(RETAG, json!({ "input": input })).await;
}

async fn no_visitor_gets_an_answer_from_before_the_time_that_it_speaks_of(forum: Forum) {
    let (author, visitor) = (forum.delegate("ke"), forum.visitor());
    let thread = open(&author, Draft::default()).await;
    let input = json!({ "until": forum.moment_in(3_600) });
    decide_with(&forum.secretariat(), "PIN_THREAD", &[&thread.id], input).await;
    let pinned = "{ threads(filter: { pinned: true }) { totalCount } }";
    for _ in 0..3 {
        let data = visitor.ask(pinned, json!({})).await;
        assert_eq!(number(&data, "threads.totalCount"), 1);
    }
    forum.advance(Duration::from_secs(3_601));
    let data = visitor.ask(pinned, json!({})).await;
    assert_eq!(number(&data, "threads.totalCount"), 0);
}

async fn many_visitors_who_ask_at_once_cause_one_execution(forum: Forum) {
    open(&forum.delegate("ke"), Draft::default()).await;
    let before = forum.figures().await;
    let mut asking = JoinSet::new();
    let count = crowd();
    for _ in 0..count {
        let visitor = forum.visitor();
        asking.spawn(async move { html(&visitor, "/threads", "identity").await });
    }
    let pages = asking.join_all().await;
    assert!(
        pages
            .iter()
            .all(|page| page.0 == 200 && page.1 == pages[0].1)
    );
    let after = forum.figures().await;
    let gained = |name: &str| after.get(name) - before.get(name);
    assert_eq!(gained("partage_answers_made_total"), 1.0);
    assert_eq!(gained("partage_answers_reused_total"), f64::from(count - 1));
}

/// How many ask at once; more where a machine has enough open files for it.
fn crowd() -> u32 {
    let given = std::env::var("PARTAGE_TEST_CROWD").ok();
    given.map_or(1_000, |count| count.parse().expect("a number"))
}

async fn a_visitor_whose_copy_of_a_page_is_current_is_not_sent_it_again(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let path = format!("/threads/{}", thread.id);
    let first = forum.visitor().request(Method::GET, &path).send().await;
    let first = first.expect("an answer");
    assert_eq!(first.headers()[CACHE_CONTROL], "private, no-cache");
    let tag = first.headers()[ETAG].clone();
    let ask = async || {
        let request = forum.visitor().request(Method::GET, &path);
        let answer = request.header(IF_NONE_MATCH, &tag).send().await;
        answer.expect("an answer")
    };
    let again = ask().await;
    assert_eq!(again.status().as_u16(), 304);
    assert_eq!(again.headers()[ETAG], tag);
    assert!(again.headers().contains_key("content-security-policy"));
    assert!(again.bytes().await.expect("no body").is_empty());
    reply(&author, &thread.id, "A reply.").await;
    let changed = ask().await;
    assert_eq!(changed.status().as_u16(), 200);
    assert_ne!(changed.headers()[ETAG], tag);
}

async fn a_member_gets_no_page_that_was_kept(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let path = format!("/threads/{}", thread.id);
    let visitor = html(&forum.visitor(), &path, "identity").await;
    let answer = author.request(Method::GET, &path).send().await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.headers()[CACHE_CONTROL], "private, no-store");
    assert!(!answer.headers().contains_key(ETAG));
    assert_ne!(answer.text().await.expect("a text"), visitor.1);
    assert_eq!(html(&forum.visitor(), &path, "identity").await, visitor);
}

async fn what_is_kept_stays_within_its_bound(forum: Forum) {
    let thread = open(&forum.delegate("ke"), Draft::default()).await;
    let visitor = forum.visitor();
    for count in 0..100 {
        let language = ["en", "fr", "ar", "zh"][count % 4];
        let visitor = visitor.in_language(language);
        html(&visitor, &format!("/threads?count={count}"), "identity").await;
        html(
            &visitor,
            &format!("/threads/{}?last={count}", thread.id),
            "gzip",
        )
        .await;
        let document = format!(
            "query($filter: ThreadFilter) {{ a{count}: threads(first: 5, filter: $filter) {{ nodes {{ title }} }} \
               concepts(scheme: REGION, first: 100) {{ nodes {{ label definition }} }} }}"
        );
        for kind in ["QUESTION", "EXPERIENCE", "EXPERIENCE"] {
            let filter = json!({ "filter": { "kinds": [kind] } });
            visitor.ask(&document, filter).await;
        }
        let kept = forum.figures().await.get("partage_answer_cache_bytes");
        assert!(kept <= 100_000.0, "{kept}");
    }
    assert!(forum.figures().await.get("partage_answers_made_total") > 100.0);
}

async fn nothing_is_kept_where_the_operator_wants_none(forum: Forum) {
    for _ in 0..3 {
        assert_eq!(html(&forum.visitor(), "/threads", "identity").await.0, 200);
    }
    let figures = forum.figures().await;
    assert_eq!(figures.get("partage_answers_reused_total"), 0.0);
    assert_eq!(figures.get("partage_answer_cache_bytes"), 0.0);
}

async fn documents_of_clients_displace_none_of_the_pages(forum: Forum) {
    open(&forum.delegate("ke"), Draft::default()).await;
    let visitor = forum.visitor();
    let show = async || {
        let nonce = Uuid::new_v4().simple().to_string();
        for path in PAGES {
            assert_eq!(html(&visitor, path, &nonce).await.0, 200);
        }
    };
    let validated = async || {
        let figures = forum.figures().await;
        figures.get("partage_documents_validated_total")
    };
    show().await;
    let before = validated().await;
    let filling = "x".repeat(16_000);
    for count in 0..40 {
        let document = format!("{{ instance {{ name }} }} # {count} {filling}");
        visitor.ask(&document, json!({})).await;
        let kept = forum.figures().await.get("partage_document_cache_bytes");
        assert!(kept <= 8.0 * 32_768.0, "{kept}");
    }
    for count in 0..2_000 {
        visitor
            .ask(&format!("{{ a{count}: __typename }}"), json!({}))
            .await;
    }
    let kept = forum.figures().await.get("partage_document_cache_bytes");
    assert!(kept <= 8.0 * 32_768.0, "{kept}");
    show().await;
    assert_eq!(validated().await - before, 2_040.0);
}

async fn what_no_variable_declares_makes_no_other_answer(forum: Forum) {
    let thread = open(&forum.delegate("ke"), Draft::default()).await;
    let visitor = forum.visitor();
    let document = "query Named($id: ID!) { thread(id: $id) { title } }";
    let ask = async |other: u32| {
        let variables = json!({ "id": thread.id, "other": other, "more": [other] });
        visitor.ask(document, variables).await
    };
    let first = ask(0).await;
    let before = forum.figures().await;
    for other in 1..20 {
        assert_eq!(ask(other).await, first);
    }
    let after = forum.figures().await;
    let gained = |name: &str| after.get(name) - before.get(name);
    // The first time, the document was not known yet.
    assert_eq!(gained("partage_answers_made_total"), 1.0);
    assert_eq!(gained("partage_answers_reused_total"), 18.0);
}

/// The client of a change leaves while the database commits it, and a visitor asks meanwhile: what is kept then shows the time
/// before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_whose_client_has_left_is_shown_as_soon_as_it_is_visible() {
    let (forum, running) = Forum::start(Kind::Postgres, &Setup::default()).await;
    let (author, visitor) = (forum.delegate("ke"), forum.visitor());
    let thread = open(&author, Draft::titled("Before")).await;
    forum.place().execute(SLOW_COMMITS).await;
    let title = async |document: &str| {
        let data = visitor.ask(document, json!({ "id": thread.id })).await;
        text(&data, "thread.title")
    };
    let document = "query($id: ID!) { thread(id: $id) { title } }";
    for round in 0..3 {
        let before = title(document).await;
        let after = format!("After {round}");
        let input = json!({ "threadId": thread.id, "title": after });
        let change = author.graphql(CHANGE_THREAD, json!({ "input": input }));
        let left = tokio::time::timeout(Duration::from_millis(200), change).await;
        assert!(left.is_err(), "the commit was fast");
        let kept = async || title(document).await == before;
        assert!(kept().await && kept().await, "the change was visible early");
        until("the change to be visible", async || {
            let fresh = format!("{document} # {}", Uuid::new_v4().simple());
            (title(&fresh).await == after).then_some(())
        })
        .await;
        // It is noted a moment after it is visible, and before it is acknowledged.
        let visible = Instant::now();
        until("the change to be sent", async || {
            (title(document).await == after).then_some(())
        })
        .await;
        let late = visible.elapsed();
        assert!(late < Duration::from_millis(500), "{late:?}");
    }
    running.stop().await;
    forum.remove().await;
}

/// Commits of changes of threads take half a second.
const SLOW_COMMITS: &str = "create function wait() returns trigger language plpgsql as \
     $$ begin perform pg_sleep(0.5); return null; end $$; \
     create constraint trigger wait after update on thread deferrable initially deferred \
     for each row execute function wait()";

/// Another process has kept an answer when this one takes something away: it is not sent for longer than five seconds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_process_sends_nothing_that_was_taken_away() {
    let template = template::of(Kind::Postgres).await;
    let place = template.copy().await;
    let one = Process::serve(place.url(), &[]).await;
    let other = Process::serve(place.url(), &[]).await;
    let author = Person::new(one.address, Some(template.token("ke")));
    let thread = open(&author, Draft::default()).await;
    let document = "query($id: ID!) { thread(id: $id) { id } }";
    let variables = json!({ "id": thread.id });
    let visitor = Person::new(other.address, None);
    let is_shown = async || {
        let data = visitor.ask(document, variables.clone()).await;
        !at(&data, "thread").is_null()
    };
    until("the thread to be shown", async || {
        is_shown().await.then_some(())
    })
    .await;
    assert!(is_shown().await);
    show_to(&author, &thread.id, "MEMBERS").await;
    let changed = Instant::now();
    until("the thread to be gone", async || {
        (!is_shown().await).then_some(())
    })
    .await;
    let late = changed.elapsed();
    assert!(late < Duration::from_secs(6), "{late:?}");
    drop((one, other));
    place.remove().await;
}

/// Changes the labels of a concept.
const CHANGE_CONCEPT: &str =
    "mutation($input: ChangeConceptInput!) { changeConcept(input: $input) { concept { id } } }";
