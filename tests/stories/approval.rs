//! Texts that need approval wait for it, and their authors see that they do.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::FORUM_EVENTS;
use crate::support::acts::OPEN_THREAD;
use crate::support::acts::REPLY;
use crate::support::acts::WITHDRAW;
use crate::support::acts::decide;
use crate::support::acts::give_scope;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply;
use crate::support::acts::reply_input;
use crate::support::acts::titles;
use crate::support::acts::undo;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::person::Person;

on_both_databases!(
    a_reply_in_a_reviewed_thread_waits_and_is_approved_or_not,
    the_first_texts_of_an_account_wait with flags(["--review-first", "2"]),
    a_reviewed_person_opens_a_thread_that_nobody_sees_until_it_is_approved,
    a_text_that_its_author_takes_back_waits_for_nobody,
);

const POST: &str = "query($id: ID!) { node(id: $id) { ... on Post { state body bodyHtml revisions { edges { node { body } } } \
     reviewedBy { act } viewer { hiddenBody canEdit canReport } } } }";

async fn post(person: &Person, id: &str) -> Value {
    let data = person.ask(POST, json!({ "id": id })).await;
    at(&data, "node").clone()
}

async fn waiting(person: &Person) -> usize {
    let document = "{ viewer { waiting(first: 50) { edges { node { id state } } } } }";
    let data = person.ask(document, json!({})).await;
    nodes(at(&data, "viewer"), "waiting").len()
}

async fn open_cases(person: &Person) -> i64 {
    let document = "{ viewer { cases(filter: { kinds: [APPROVAL] }) { totalCount } } }";
    let data = person.ask(document, json!({})).await;
    number(&data, "viewer.cases.totalCount")
}

async fn a_reply_in_a_reviewed_thread_waits_and_is_approved_or_not(forum: Forum) {
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    give_scope(&secretariat, &moderator, &["africa"]).await;
    let (author, other) = (forum.delegate("ke"), forum.delegate("fr"));
    let thread = open(&forum.delegate("br"), Draft::titled("Reviewed")).await;
    decide(&secretariat, "REVIEW_THREAD", &[&thread.id]).await;
    let events = "subscription($id: ID!, $after: String) { threadEvents(threadId: $id, after: $after) { __typename \
         ... on PostCreated { post { state body } } ... on PostReviewed { post { state body } } } }";
    let after = json!({ "id": thread.id, "after": thread.cursor });
    let mut follower = forum.visitor().subscribe(events, after).await;
    assert_eq!(text(&follower.event().await, "__typename"), "ThreadChanged");
    let input = json!({ "input": reply_input(&thread.id, "May this stand?") });
    let data = author.ask(REPLY, input.clone()).await;
    let id = text(&data, "reply.post.id");
    assert_eq!(text(&data, "reply.post.state"), "WAITING");
    assert_eq!(
        author.ask(REPLY, input).await,
        data,
        "a resend is answered alike"
    );
    let event = follower.event().await;
    assert_eq!(text(&event, "post.state"), "WAITING");
    assert_eq!(at(&event, "post.body"), &Value::Null);
    for (person, reads) in [
        (&forum.visitor(), false),
        (&other, false),
        (&author, true),
        (&moderator, true),
        (&secretariat, true),
    ] {
        let seen = post(person, &id).await;
        assert_eq!(text(&seen, "state"), "WAITING");
        assert_eq!(at(&seen, "body"), &Value::Null);
        assert!(nodes(&seen, "revisions").is_empty());
        assert_eq!(at(&seen, "viewer.hiddenBody").is_string(), reads);
        assert_eq!(at(&seen, "viewer.canEdit"), &json!(false));
    }
    assert_eq!(waiting(&author).await, 1);
    assert_eq!(open_cases(&moderator).await, 1);
    let input = json!({ "postId": id, "revision": 1, "body": "And this?" });
    let refused = author.refused(EDIT, json!({ "input": input })).await;
    refused.is_denied("AWAITS_APPROVAL");

    let rejected = decide(&moderator, "REJECT_POST", &[&id]).await;
    assert_eq!(text(&follower.event().await, "post.state"), "REJECTED");
    assert_eq!(open_cases(&moderator).await, 0);
    let notices = "{ viewer { unreadNotices } }";
    let data = author.ask(notices, json!({})).await;
    assert_eq!(number(&data, "viewer.unreadNotices"), 1);
    undo(&moderator, &rejected).await;
    assert_eq!(text(&follower.event().await, "post.state"), "WAITING");
    assert_eq!(open_cases(&moderator).await, 1);
    decide(&moderator, "APPROVE_POST", &[&id]).await;
    let event = follower.event().await;
    assert_eq!(text(&event, "__typename"), "PostReviewed");
    assert_eq!(text(&event, "post.body"), "May this stand?");
    let seen = post(&forum.visitor(), &id).await;
    assert_eq!(text(&seen, "reviewedBy.act"), "APPROVE_POST");
    assert_eq!(waiting(&author).await, 0);
    // Moderators do not need approval.
    let data = secretariat
        .ask(
            REPLY,
            json!({ "input": reply_input(&thread.id, "At once.") }),
        )
        .await;
    assert_eq!(text(&data, "reply.post.state"), "PUBLISHED");
}

async fn the_first_texts_of_an_account_wait(forum: Forum) {
    let (secretariat, author) = (forum.secretariat(), forum.delegate("ke"));
    let thread = open(&secretariat, Draft::titled("By the Secretariat")).await;
    let states = async || {
        let input = json!({ "input": reply_input(&thread.id, "A text.") });
        let data = author.ask(REPLY, input).await;
        (
            text(&data, "reply.post.state"),
            text(&data, "reply.post.id"),
        )
    };
    let (state, one) = states().await;
    assert_eq!(state, "WAITING");
    let (state, two) = states().await;
    assert_eq!(state, "WAITING");
    // The tests' Secretariat opened the thread itself; it may decide on a thread that somebody else opened.
    let document = "query($id: ID!) { node(id: $id) { ... on Post { viewer { decideRefusal(act: APPROVE_POST) } } } }";
    let data = secretariat.ask(document, json!({ "id": one })).await;
    assert_eq!(at(&data, "node.viewer.decideRefusal"), "OWN_CASE");
    let draft = Draft::titled("By Brazil")
        .input(&forum.delegate("br"))
        .await;
    let data = forum
        .delegate("br")
        .ask(OPEN_THREAD, json!({ "input": draft }))
        .await;
    let opened = text(&data, "openThread.thread.id");
    let post = text(&data, "openThread.thread.post.id");
    decide(&secretariat, "APPROVE_POST", &[&post]).await;
    for _ in 0..2 {
        let input = json!({ "input": reply_input(&opened, "In another thread.") });
        let data = author.ask(REPLY, input).await;
        assert_eq!(text(&data, "reply.post.state"), "WAITING");
        let id = text(&data, "reply.post.id");
        decide(&secretariat, "APPROVE_POST", &[&id]).await;
    }
    assert_eq!(reply(&author, &opened, "Known by now.").await.number, 4);
    let data = author.ask(POST, json!({ "id": two })).await;
    assert_eq!(text(&data, "node.state"), "WAITING", "each for itself");
}

async fn a_reviewed_person_opens_a_thread_that_nobody_sees_until_it_is_approved(forum: Forum) {
    let secretariat = forum.secretariat();
    let (author, other) = (forum.delegate("ke"), forum.delegate("fr"));
    let whom = own_id(&author).await;
    decide(&secretariat, "REVIEW_PERSON", &[&whom]).await;
    let mut follower = forum.visitor().subscribe(FORUM_EVENTS, json!({})).await;
    let thread = open(&author, Draft::titled("A title that waits")).await;
    let document = "query($id: ID!) { thread(id: $id) { title viewer { hiddenTitle replyRefusal } posts { edges { node { state body } } } } \
         concept(slug: \"country-ke\") { threadCount } }";
    for (person, reads) in [
        (&forum.visitor(), false),
        (&other, false),
        (&author, true),
        (&secretariat, true),
    ] {
        assert!(titles(person, json!({})).await.is_empty());
        let data = person.ask(document, json!({ "id": thread.id })).await;
        assert_eq!(text(&data, "thread.title"), "");
        assert_eq!(at(&data, "thread.viewer.hiddenTitle").is_string(), reads);
        assert_eq!(number(&data, "concept.threadCount"), 0);
    }
    let input = json!({ "input": reply_input(&thread.id, "Already?") });
    let refused = other.refused(REPLY, input).await;
    refused.is_denied("AWAITS_APPROVAL");
    decide(&secretariat, "APPROVE_POST", &[&thread.post]).await;
    let mut event = follower.event().await;
    if text(&event, "__typename") == "PostReviewed" {
        event = follower.event().await;
    }
    assert_eq!(text(&event, "__typename"), "ThreadOpened");
    assert_eq!(text(&event, "thread.title"), "A title that waits");
    assert_eq!(titles(&other, json!({})).await, ["A title that waits"]);
}

async fn a_text_that_its_author_takes_back_waits_for_nobody(forum: Forum) {
    let secretariat = forum.secretariat();
    let author = forum.delegate("ke");
    let thread = open(&forum.delegate("br"), Draft::titled("Reviewed")).await;
    decide(&secretariat, "REVIEW_THREAD", &[&thread.id]).await;
    let posted = reply(&author, &thread.id, "On second thought.").await;
    assert_eq!(open_cases(&secretariat).await, 1);
    let input = json!({ "input": { "postId": posted.id } });
    author.ask(WITHDRAW, input).await;
    assert_eq!(open_cases(&secretariat).await, 0);
    assert_eq!(waiting(&author).await, 0);
}
