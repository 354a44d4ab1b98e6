//! Cursors keep their position while the list changes.

use std::collections::HashMap;
use std::collections::HashSet;

use proptest::collection::vec;
use proptest::prelude::any;
use proptest::sample::Index;
use proptest::test_runner::Config;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use serde_json::json;
use tokio::runtime::Handle;

use crate::support::acts::Draft;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::json::texts;

on_both_databases!(
    walking_the_pages_shows_every_unmoved_thread_once,
    pages_go_forward_and_backward,
    a_page_is_at_most_a_hundred,
    walking_the_posts_of_a_growing_thread_shows_each_once,
    a_cursor_of_another_list_is_refused,
);

const THREADS: usize = 12;

async fn walking_the_pages_shows_every_unmoved_thread_once(forum: Forum) {
    let kenya = forum.delegate("ke");
    let mut threads = Vec::new();
    for count in 0..THREADS {
        threads.push(
            open(&kenya, Draft::titled(format!("Thread {count}")))
                .await
                .id,
        );
    }
    // For each page: its size, and the threads that move while it is read.
    let walk = vec((1_u32..5, vec(any::<Index>(), 0..3)), 12);
    let settings = Config {
        cases: 10,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new(settings);
    let runtime = Handle::current();
    let walked = tokio::task::block_in_place(|| {
        runner.run(&walk, |pages| {
            runtime.block_on(walk_once(&forum, &threads, &pages));
            Ok(())
        })
    });
    walked.unwrap_or_else(|failure| panic!("{failure}"));
}

/// Reads page after page while threads move; each thread that does not move must be seen exactly once.
async fn walk_once(forum: &Forum, threads: &[String], pages: &[(u32, Vec<Index>)]) {
    let reader = forum.visitor();
    let writer = forum.delegate("fr");
    let document = "query($first: Int!, $after: String) { threads(first: $first, after: $after) { \
         edges { node { id } } pageInfo { hasNextPage endCursor } } }";
    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut moved: HashSet<String> = HashSet::new();
    let mut after = Value::Null;
    let mut plan = pages.iter();
    loop {
        let (first, moving) = plan.next().map_or((100, &[][..]), |(first, moving)| {
            (*first, moving.as_slice())
        });
        let page = reader
            .ask(document, json!({ "first": first, "after": after }))
            .await;
        for node in nodes(&page, "threads") {
            *seen.entry(text(&node, "id")).or_default() += 1;
        }
        if at(&page, "threads.pageInfo.hasNextPage") == false {
            break;
        }
        after = at(&page, "threads.pageInfo.endCursor").clone();
        for index in moving {
            let thread = index.get(threads);
            reply(&writer, thread, "Up.").await;
            moved.insert(thread.clone());
        }
    }
    for thread in threads {
        let times = seen.get(thread).copied().unwrap_or(0);
        if moved.contains(thread) {
            assert!(times <= 1, "it moves to the top, which has been read");
        } else {
            assert_eq!(times, 1, "an unmoved thread");
        }
    }
}

async fn walking_the_posts_of_a_growing_thread_shows_each_once(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    for count in 2..=9 {
        reply(&kenya, &opened.id, &format!("Post {count}")).await;
    }
    let document = "query($id: ID!, $after: String) { thread(id: $id) { posts(first: 4, after: $after) { \
         edges { node { number } } pageInfo { hasNextPage endCursor } } } }";
    let mut numbers = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = forum
            .visitor()
            .ask(document, json!({ "id": opened.id, "after": after }))
            .await;
        for node in nodes(&page, "thread.posts") {
            numbers.push(at(&node, "number").as_i64().expect("a number"));
        }
        if at(&page, "thread.posts.pageInfo.hasNextPage") == false {
            break;
        }
        after = at(&page, "thread.posts.pageInfo.endCursor").clone();
        if numbers.len() < 12 {
            reply(&kenya, &opened.id, "One more.").await;
        }
    }
    let expected: Vec<i64> = (1..=i64::try_from(numbers.len()).expect("a count")).collect();
    assert_eq!(numbers, expected);
    assert!(numbers.len() > 9, "it grew while it was read");
}

const PAGE: &str = "query($first: Int, $after: String, $last: Int, $before: String) { \
     threads(first: $first, after: $after, last: $last, before: $before, orderBy: CREATED) { \
     edges { cursor node { title } } \
     pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

async fn pages_go_forward_and_backward(forum: Forum) {
    let kenya = forum.delegate("ke");
    for title in ["1", "2", "3", "4", "5"] {
        open(&kenya, Draft::titled(title)).await;
    }
    let visitor = forum.visitor();
    let first = visitor.ask(PAGE, json!({ "first": 2 })).await;
    assert_eq!(texts(&first, "threads", "title"), ["5", "4"]);
    assert_eq!(at(&first, "threads.pageInfo.hasNextPage"), true);
    assert_eq!(at(&first, "threads.pageInfo.hasPreviousPage"), false);
    let end = text(&first, "threads.pageInfo.endCursor");
    assert_eq!(end, text(&first, "threads.edges.1.cursor"));

    let second = visitor.ask(PAGE, json!({ "first": 2, "after": end })).await;
    assert_eq!(texts(&second, "threads", "title"), ["3", "2"]);
    let end = text(&second, "threads.pageInfo.endCursor");
    let third = visitor.ask(PAGE, json!({ "first": 2, "after": end })).await;
    assert_eq!(texts(&third, "threads", "title"), ["1"]);
    assert_eq!(at(&third, "threads.pageInfo.hasNextPage"), false);

    let start = text(&third, "threads.pageInfo.startCursor");
    let back = visitor
        .ask(PAGE, json!({ "last": 2, "before": start }))
        .await;
    assert_eq!(texts(&back, "threads", "title"), ["3", "2"]);
    assert_eq!(at(&back, "threads.pageInfo.hasPreviousPage"), true);
    let last = visitor.ask(PAGE, json!({ "last": 3 })).await;
    assert_eq!(texts(&last, "threads", "title"), ["3", "2", "1"]);
    assert_eq!(at(&last, "threads.pageInfo.hasNextPage"), false);
}

async fn a_page_is_at_most_a_hundred(forum: Forum) {
    let visitor = forum.visitor();
    visitor.ask(PAGE, json!({ "first": 100 })).await;
    for (variables, field) in [
        (json!({ "first": 101 }), "first"),
        (json!({ "last": 101 }), "last"),
        (json!({ "first": -1 }), "first"),
        (json!({ "first": 1, "last": 1 }), "last"),
        (json!({ "first": 1, "after": "not a cursor!" }), "after"),
    ] {
        visitor.refused(PAGE, variables).await.is_invalid(field);
    }
    let document = "{ delegations(first: 101) { edges { node { slug } } } }";
    visitor
        .refused(document, json!({}))
        .await
        .is_invalid("first");
}

async fn a_cursor_of_another_list_is_refused(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let document = "query($id: ID!) { threads { pageInfo { endCursor } } thread(id: $id) { \
         posts { pageInfo { endCursor } } regions { pageInfo { endCursor } } } }";
    let data = kenya.ask(document, json!({ "id": opened.id })).await;
    let of_threads = text(&data, "threads.pageInfo.endCursor");
    let of_posts = text(&data, "thread.posts.pageInfo.endCursor");
    for (list, cursor) in [
        ("threads", &of_posts),
        (
            "concepts(scheme: REGION, after: $after, first: 1) { pageInfo { endCursor } } threads",
            &of_posts,
        ),
    ] {
        let document = format!(
            "query($after: String) {{ {list}(after: $after) {{ pageInfo {{ endCursor }} }} }}"
        );
        let refused = kenya.refused(&document, json!({ "after": cursor })).await;
        refused.is_invalid("after");
    }
    let document = "query($id: ID!, $after: String) { thread(id: $id) { posts(before: $after) { pageInfo { endCursor } } } }";
    let variables = json!({ "id": opened.id, "after": of_threads });
    kenya
        .refused(document, variables)
        .await
        .is_invalid("before");
}
