//! Posts are split off and threads merged: every number that was cited leads to its post, whatever came later, and undoing restores the
//! API's earlier response.

use std::collections::HashMap;

use serde_json::Value;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::MARK_READ;
use crate::support::acts::REPLY;
use crate::support::acts::UNDO;
use crate::support::acts::decide;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::reply_input;
use crate::support::acts::undo;
use crate::support::chance::Chance;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::moderating::decide_with;
use crate::support::page::Browser;
use crate::support::person::Person;

on_both_databases!(
    split_posts_are_found_by_their_former_numbers_and_undoing_puts_them_back,
    merged_threads_lead_to_where_their_posts_are_and_undoing_parts_them,
    another_merging_after_an_undone_one_leaves_no_hole_and_is_undone_to_the_byte,
    whoever_follows_a_merged_thread_hears_what_is_said_in_the_other,
    a_reply_that_was_moved_is_answered_when_it_is_sent_again,
    posts_that_others_have_answered_since_do_not_go_back_alone,
    whatever_is_moved_and_undone_a_number_leads_to_its_post,
);

/// Everything about a thread except its position in the log, including what depends on the viewer.
const WHOLE: &str = "query($id: ID!) { thread(id: $id) { id title kind language visibility lastNumber lastActivityAt createdAt \
     locked archived pinned slowSeconds reviewed mergedInto { id } mergedBy { id } author { name } delegation { slug } \
     tools { edges { node { slug } } } regions { edges { node { slug threadCount } } } \
     viewer { unread lastReadNumber canReply replyRefusal acts } \
     posts(first: 100) { edges { cursor node { id number state body bodyHtml revision editedAt createdAt authorTitle capacity \
       author { name } inReplyTo { id number thread { id } } hiddenBy { id } movedTo { id } movedBy { id } thread { id } \
       revisions(first: 9) { edges { node { id number body } } } viewer { canEdit acts } } } } } \
     threads(first: 50) { totalCount edges { node { id title lastNumber viewer { unread } } } } }";

/// What several people receive about several threads.
async fn answers(people: &[&Person], threads: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for person in people {
        for thread in threads {
            all.push(person.ask(WHOLE, json!({ "id": thread })).await.to_string());
        }
    }
    all
}

async fn post_at(person: &Person, thread: &str, number: i64) -> Value {
    let document = "query($id: ID!, $number: Int!) { thread(id: $id) { post(number: $number) { \
         id number state body thread { id } } } }";
    let variables = json!({ "id": thread, "number": number });
    let data = person.ask(document, variables).await;
    at(&data, "thread.post").clone()
}

async fn mark_read(person: &Person, thread: &str, number: i64) {
    let input = json!({ "threadId": thread, "number": number });
    person.ask(MARK_READ, json!({ "input": input })).await;
}

async fn read_up_to(person: &Person, thread: &str) -> i64 {
    let document = "query($id: ID!) { thread(id: $id) { viewer { lastReadNumber } } }";
    let data = person.ask(document, json!({ "id": thread })).await;
    number(&data, "thread.viewer.lastReadNumber")
}

async fn numbers(person: &Person, thread: &str) -> Vec<(i64, String)> {
    let data = person.ask(WHOLE, json!({ "id": thread })).await;
    nodes(at(&data, "thread"), "posts")
        .iter()
        .map(|post| (number(post, "number"), text(post, "state")))
        .collect()
}

async fn split(person: &Person, posts: &[&str], title: &str) -> (String, String) {
    let more = json!({ "change": { "title": title } });
    let decision = decide_with(person, "SPLIT_POSTS", posts, more).await;
    let document = "query($id: ID!) { node(id: $id) { ... on Decision { into { id } } } }";
    let data = person.ask(document, json!({ "id": decision })).await;
    (decision, text(&data, "node.into.id"))
}

async fn merge(person: &Person, thread: &str, into: &str) -> String {
    let more = json!({ "intoThreadId": into });
    decide_with(person, "MERGE_THREADS", &[thread], more).await
}

async fn split_posts_are_found_by_their_former_numbers_and_undoing_puts_them_back(forum: Forum) {
    let secretariat = forum.secretariat();
    let (author, other) = (forum.delegate("ke"), forum.delegate("br"));
    let (reader, visitor) = (forum.delegate("fr"), forum.visitor());
    let thread = open(&author, Draft::titled("Two subjects in one")).await;
    let mut ids = vec![thread.post.clone()];
    for count in 2..=6 {
        ids.push(
            reply(&other, &thread.id, &format!("Text {count}."))
                .await
                .id,
        );
    }
    let mut answer = reply_input(&thread.id, "An answer to the third.");
    answer["inReplyToId"] = json!(ids[2]);
    author.ask(REPLY, json!({ "input": answer })).await;
    let edit = json!({ "postId": ids[2], "revision": 1, "body": "Another third." });
    other.ask(EDIT, json!({ "input": edit })).await;
    decide(&secretariat, "HIDE_POST", &[&ids[4]]).await;
    mark_read(&reader, &thread.id, 4).await;
    let people = [&visitor, &reader, &author, &other, &secretariat];
    let before = answers(&people, &[&thread.id]).await;
    let mut followers = Vec::new();
    let events = "subscription($id: ID!) { threadEvents(threadId: $id) { __typename \
         ... on PostsMoved { thread { id } other { id } } } }";
    followers.push(visitor.subscribe(events, json!({ "id": thread.id })).await);

    let (decision, new) = split(&secretariat, &[&ids[4], &ids[2]], "The second subject").await;

    let told = followers[0].event().await;
    assert_eq!(text(&told, "__typename"), "PostsMoved");
    let mut both = [text(&told, "thread.id"), text(&told, "other.id")];
    both.sort();
    let mut expected = [thread.id.clone(), new.clone()];
    expected.sort();
    assert_eq!(both, expected);
    for (former, now) in [(3, 1), (5, 2)] {
        let found = post_at(&visitor, &thread.id, former).await;
        assert_eq!(text(&found, "id"), ids[former as usize - 1]);
        assert_eq!(text(&found, "thread.id"), new);
        assert_eq!(number(&found, "number"), now);
    }
    let states: Vec<String> = numbers(&visitor, &thread.id)
        .await
        .into_iter()
        .map(|(_, state)| state)
        .collect();
    let kept = "PUBLISHED";
    assert_eq!(states, [kept, kept, "MOVED", kept, "MOVED", kept, kept]);
    assert_eq!(
        numbers(&visitor, &new).await,
        [(1, kept.to_string()), (2, "HIDDEN".to_string())]
    );
    assert_eq!(read_up_to(&reader, &new).await, 1, "of 3 and 5, 3 was read");
    let data = visitor.ask(WHOLE, json!({ "id": new })).await;
    assert_eq!(at(&data, "thread.regions.edges.0.node.slug"), "country-ke");
    let mut browser = Browser::of(&forum);
    let link = browser
        .get(&format!("/threads/{}?number=3", thread.id))
        .await;
    assert_eq!(link.status, 303);
    assert!(link.location().contains(&new), "{}", link.location());

    let undone = undo(&secretariat, &decision).await;
    assert_eq!(answers(&people, &[&thread.id]).await, before);
    // Citations of the new thread made in the meantime lead back.
    let found = post_at(&visitor, &new, 1).await;
    assert_eq!(text(&found, "id"), ids[2]);
    assert_eq!(text(&found, "thread.id"), thread.id);
    // Undoing the undoing splits them off again, into the same thread.
    undo(&secretariat, &undone).await;
    let found = post_at(&visitor, &thread.id, 5).await;
    assert_eq!(text(&found, "thread.id"), new);
}

async fn merged_threads_lead_to_where_their_posts_are_and_undoing_parts_them(forum: Forum) {
    let secretariat = forum.secretariat();
    let (author, other) = (forum.delegate("ke"), forum.delegate("br"));
    let (reader, late, visitor) = (forum.delegate("fr"), forum.delegate("us"), forum.visitor());
    let into = open(&author, Draft::titled("The one that stays")).await;
    reply(&other, &into.id, "Two.").await;
    let thread = open(&other, Draft::titled("The one that goes")).await;
    let mut ids = vec![thread.post.clone()];
    for count in 2..=4 {
        ids.push(
            reply(&author, &thread.id, &format!("Gone {count}."))
                .await
                .id,
        );
    }
    mark_read(&reader, &into.id, 2).await;
    mark_read(&reader, &thread.id, 3).await;
    mark_read(&late, &thread.id, 4).await;
    let people = [&visitor, &reader, &late, &author, &other, &secretariat];
    let threads = [into.id.as_str(), thread.id.as_str()];
    let before = answers(&people, &threads).await;

    let decision = merge(&secretariat, &thread.id, &into.id).await;

    for (number_before, id) in (1..).zip(&ids) {
        let found = post_at(&visitor, &thread.id, number_before).await;
        assert_eq!(&text(&found, "id"), id);
        assert_eq!(text(&found, "thread.id"), into.id);
        assert_eq!(number(&found, "number"), number_before + 2);
    }
    let data = visitor.ask(WHOLE, json!({ "id": thread.id })).await;
    assert_eq!(text(&data, "thread.mergedInto.id"), into.id);
    let listed = nodes(&data, "threads");
    assert!(listed.iter().all(|node| text(node, "id") != thread.id));
    assert_eq!(read_up_to(&reader, &into.id).await, 5);
    assert_eq!(
        read_up_to(&late, &into.id).await,
        0,
        "the first two were not read"
    );
    let late_reply = json!({ "input": reply_input(&thread.id, "Too late?") });
    let refused = author.refused(REPLY, late_reply).await;
    refused.is_denied("THREAD_MERGED");
    let page = Browser::of(&forum)
        .get(&format!("/threads/{}", thread.id))
        .await;
    assert_eq!(page.status, 303);
    assert!(page.location().contains(&into.id), "{}", page.location());

    undo(&secretariat, &decision).await;
    assert_eq!(answers(&people, &threads).await, before);
    // A number that was cited in the meantime is never reused.
    let found = post_at(&visitor, &into.id, 4).await;
    assert_eq!(text(&found, "id"), ids[1]);
    let next = reply(&author, &into.id, "After all that.").await;
    assert_eq!(next.number, 7);
    let moved = (3..=6).map(|number| (number, "MOVED".to_string()));
    let stands = |number| (number, "PUBLISHED".to_string());
    let expected: Vec<(i64, String)> = [stands(1), stands(2)]
        .into_iter()
        .chain(moved)
        .chain([stands(7)])
        .collect();
    assert_eq!(numbers(&visitor, &into.id).await, expected);
    assert_eq!(text(&post_at(&visitor, &into.id, 4).await, "id"), ids[1]);
}

async fn another_merging_after_an_undone_one_leaves_no_hole_and_is_undone_to_the_byte(
    forum: Forum,
) {
    let (secretariat, visitor) = (forum.secretariat(), forum.visitor());
    let author = forum.delegate("ke");
    let into = open(&author, Draft::titled("The one that stays")).await.id;
    let first = open(&author, Draft::titled("The first that goes")).await.id;
    let second = open(&author, Draft::titled("The second that goes"))
        .await
        .id;
    let people = [&visitor, &author, &secretariat];
    let decision = merge(&secretariat, &first, &into).await;
    undo(&secretariat, &decision).await;
    let before = answers(&people, &[&into, &first, &second]).await;

    let decision = merge(&secretariat, &second, &into).await;
    let stands = |number| (number, "PUBLISHED".to_string());
    let expected = [stands(1), (2, "MOVED".to_string()), stands(3)];
    assert_eq!(numbers(&visitor, &into).await, expected);
    undo(&secretariat, &decision).await;
    assert_eq!(answers(&people, &[&into, &first, &second]).await, before);
    assert_eq!(reply(&author, &into, "Going on.").await.number, 4);
}

async fn whoever_follows_a_merged_thread_hears_what_is_said_in_the_other(forum: Forum) {
    let secretariat = forum.secretariat();
    let author = forum.delegate("ke");
    let into = open(&author, Draft::titled("The one that stays")).await;
    let thread = open(&author, Draft::titled("The one that goes")).await;
    let events = "subscription($id: ID!, $after: String) { threadEvents(threadId: $id, after: $after) { __typename cursor \
         ... on PostCreated { post { body thread { id } } } ... on PostsMoved { thread { id mergedInto { id } } } } }";
    let visitor = forum.visitor();
    let variables = json!({ "id": thread.id, "after": thread.cursor });
    let mut follower = visitor.subscribe(events, variables).await;
    reply(&author, &thread.id, "Before.").await;
    assert_eq!(text(&follower.event().await, "post.body"), "Before.");
    merge(&secretariat, &thread.id, &into.id).await;
    let moved = follower.event().await;
    assert_eq!(text(&moved, "__typename"), "PostsMoved");
    assert_eq!(text(&moved, "thread.mergedInto.id"), into.id);
    reply(&author, &into.id, "After.").await;
    let mut heard = follower.event().await;
    // The other thread's own notice of the posts that were moved into it.
    if text(&heard, "__typename") == "PostsMoved" {
        heard = follower.event().await;
    }
    assert_eq!(text(&heard, "post.body"), "After.");
    assert_eq!(text(&heard, "post.thread.id"), into.id);
    // A client that resumes from an earlier cursor receives it too.
    let mut later = visitor
        .subscribe(
            events,
            json!({ "id": thread.id, "after": text(&moved, "cursor") }),
        )
        .await;
    let mut heard = later.event().await;
    if text(&heard, "__typename") == "PostsMoved" {
        heard = later.event().await;
    }
    assert_eq!(text(&heard, "post.body"), "After.");
}

async fn a_reply_that_was_moved_is_answered_when_it_is_sent_again(forum: Forum) {
    let secretariat = forum.secretariat();
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::titled("Sent twice")).await;
    let input = reply_input(&thread.id, "Once only.");
    let data = author.ask(REPLY, json!({ "input": input })).await;
    let id = text(&data, "reply.post.id");
    split(&secretariat, &[&id], "Elsewhere").await;
    let data = author.ask(REPLY, json!({ "input": input })).await;
    assert_eq!(text(&data, "reply.post.id"), id);
    let into = open(&author, Draft::titled("Into")).await;
    merge(&secretariat, &thread.id, &into.id).await;
    let data = author.ask(REPLY, json!({ "input": input })).await;
    assert_eq!(text(&data, "reply.post.id"), id);
}

async fn posts_that_others_have_answered_since_do_not_go_back_alone(forum: Forum) {
    let secretariat = forum.secretariat();
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::titled("Goes on")).await;
    let posted = reply(&author, &thread.id, "To be split off.").await;
    let refused = crate::support::moderating::input_with(
        "SPLIT_POSTS",
        &[&thread.post],
        json!({ "change": { "title": "Not the opening" } }),
    );
    let refused = secretariat
        .refused(crate::support::acts::DECIDE, json!({ "input": refused }))
        .await;
    refused.is_denied("OPENING_TEXT");
    let (decision, new) = split(&secretariat, &[&posted.id], "Split").await;
    let later = reply(&author, &new, "Said there since.").await;
    let document =
        "query($id: ID!) { node(id: $id) { ... on Decision { viewer { undoRefusal } } } }";
    let data = secretariat.ask(document, json!({ "id": decision })).await;
    assert_eq!(at(&data, "node.viewer.undoRefusal"), "CONTINUED_SINCE");
    let input = json!({ "key": uuid::Uuid::new_v4(), "decisionId": decision, "reason": "MISTAKEN",
        "explanation": "Back.", "language": "EN" });
    let refused = secretariat.refused(UNDO, json!({ "input": input })).await;
    refused.is_denied("CONTINUED_SINCE");
    // Merging restores both.
    merge(&secretariat, &new, &thread.id).await;
    for id in [&posted.id, &later.id] {
        let document = "query($id: ID!) { node(id: $id) { ... on Post { thread { id } } } }";
        let data = forum.visitor().ask(document, json!({ "id": id })).await;
        assert_eq!(text(&data, "node.thread.id"), thread.id);
    }
}

/// Steps of the random walk.
const STEPS: usize = 60;

async fn whatever_is_moved_and_undone_a_number_leads_to_its_post(forum: Forum) {
    let (secretariat, visitor) = (forum.secretariat(), forum.visitor());
    let author = forum.delegate("ke");
    let mut chance = Chance::new(Chance::seed());
    let mut threads = Vec::new();
    for count in 0..3 {
        let thread = open(&author, Draft::titled(format!("Thread {count}"))).await;
        reply(&author, &thread.id, "Two.").await;
        reply(&author, &thread.id, "Three.").await;
        threads.push(thread.id);
    }
    // Every position in which a post has ever been seen.
    let mut seen: HashMap<(String, i64), String> = HashMap::new();
    let mut decisions = Vec::new();
    for _ in 0..STEPS {
        let thread = threads[chance.at(threads.len())].clone();
        let data = visitor.ask(WHOLE, json!({ "id": thread })).await;
        let is_merged = at(&data, "thread.mergedInto").is_object();
        let posts = nodes(at(&data, "thread"), "posts");
        let standing: Vec<String> = posts
            .iter()
            .filter(|post| text(post, "state") == "PUBLISHED" && number(post, "number") > 1)
            .map(|post| text(post, "id"))
            .collect();
        match chance.at(5) {
            0 | 1 if !is_merged => {
                reply(&author, &thread, "Going on.").await;
            }
            2 if !is_merged && !standing.is_empty() => {
                let some = &standing[..1 + chance.at(standing.len().min(3))];
                let some: Vec<&str> = some.iter().map(String::as_str).collect();
                let (decision, new) = split(&secretariat, &some, "Split off").await;
                decisions.push(decision);
                threads.push(new);
            }
            3 => {
                let into = threads[chance.at(threads.len())].clone();
                let more = json!({ "intoThreadId": into });
                let input =
                    crate::support::moderating::input_with("MERGE_THREADS", &[&thread], more);
                let answer = secretariat
                    .graphql(crate::support::acts::DECIDE, json!({ "input": input }))
                    .await;
                if let Some(id) = answer.body.pointer("/data/decide/decision/id") {
                    decisions.push(id.as_str().expect("an id").to_string());
                }
            }
            _ => {
                if decisions.is_empty() {
                    continue;
                }
                let decision = &decisions[chance.at(decisions.len())];
                let input = json!({ "key": uuid::Uuid::new_v4(), "decisionId": decision, "reason": "MISTAKEN",
                    "explanation": "Back.", "language": "EN" });
                let answer = secretariat.graphql(UNDO, json!({ "input": input })).await;
                let undone = answer.body.pointer("/data/undoDecision/decision/id");
                if let Some(id) = undone.and_then(Value::as_str) {
                    decisions.push(id.to_string());
                } else {
                    let code = at(&answer.body, "errors.0.extensions.code");
                    assert_eq!(code, "DENIED", "{:#}", answer.body);
                }
            }
        }
        for thread in &threads {
            let data = visitor.ask(WHOLE, json!({ "id": thread })).await;
            let posts = nodes(at(&data, "thread"), "posts");
            for (place, post) in (1..).zip(&posts) {
                assert_eq!(number(post, "number"), place, "numbers have no holes");
                if text(post, "state") == "PUBLISHED" {
                    let id = text(post, "id");
                    let before = seen.insert((thread.clone(), place), id.clone());
                    assert!(before.is_none_or(|before| before == id), "{thread} {place}");
                }
            }
            assert_eq!(number(&data, "thread.lastNumber"), posts.len() as i64);
        }
        for ((thread, place), id) in &seen {
            let found = post_at(&visitor, thread, *place).await;
            assert_eq!(&text(&found, "id"), id, "{thread} {place}");
        }
    }
    assert!(decisions.len() > 5, "posts were moved");
}
