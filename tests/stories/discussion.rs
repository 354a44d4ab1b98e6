//! Delegates open threads and reply, and the others see it happen.

use std::time::Duration;

use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::FORUM_EVENTS;
use crate::support::acts::OPEN_THREAD;
use crate::support::acts::REPLY;
use crate::support::acts::THREAD_EVENTS;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::reply_input;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::at;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::json::texts;

on_both_databases!(
    a_thread_and_its_reply_each_reach_the_other_side_once,
    a_thread_opened_twice_with_one_key_is_one_thread,
    a_key_does_not_carry_another_text,
    a_reply_names_the_post_that_it_answers,
    a_thread_carries_what_it_was_opened_with,
    a_capacity_beyond_the_mandate_is_denied,
    visitors_read_but_do_not_write,
    an_observer_replies_but_opens_no_thread,
    too_long_a_title_is_refused_with_its_limit with flags(["--title-length", "50"]),
    too_long_a_body_is_refused_with_its_limit with flags(["--body-length", "80"]),
    an_empty_text_is_refused,
    too_many_replies_have_to_wait with flags(["--posts-per-minute", "3"]).with_told_clock(),
    too_many_threads_have_to_wait with flags(["--threads-per-hour", "2"]).with_told_clock(),
);

async fn a_thread_and_its_reply_each_reach_the_other_side_once(forum: Forum) {
    let kenya = forum.delegate("ke");
    let france = forum.delegate("fr");
    let list = france.ask("{ threads { cursor } }", json!({})).await;
    let after = at(&list, "threads.cursor");
    let mut news = france
        .subscribe(FORUM_EVENTS, json!({ "after": after }))
        .await;

    let opened = open(&kenya, Draft::titled("Moving registers online")).await;
    let heard = news.event().await;
    assert_eq!(text(&heard, "__typename"), "ThreadOpened");
    assert_eq!(text(&heard, "thread.id"), opened.id);
    assert_eq!(text(&heard, "thread.title"), "Moving registers online");

    let variables = json!({ "threadId": opened.id, "after": opened.cursor });
    let mut replies = kenya.subscribe(THREAD_EVENTS, variables).await;
    let input = reply_input(&opened.id, "We did this in two phases.");
    let first = france.ask(REPLY, json!({ "input": input })).await;
    let again = france.ask(REPLY, json!({ "input": input })).await;
    assert_eq!(first, again, "the same key, the same answer");

    let heard = replies.event().await;
    assert_eq!(text(&heard, "__typename"), "PostCreated");
    assert_eq!(text(&heard, "post.id"), text(&first, "reply.post.id"));
    // The next event received is the next change made: the repeated request caused no event.
    let next = reply(&france, &opened.id, "And trained the staff first.").await;
    let heard = replies.event().await;
    assert_eq!(text(&heard, "post.id"), next.id);

    let document =
        "query($id: ID!) { thread(id: $id) { lastNumber posts { edges { node { body } } } } }";
    let thread = kenya.ask(document, json!({ "id": opened.id })).await;
    assert_eq!(number(&thread, "thread.lastNumber"), 3);
    let bodies = texts(&thread, "thread.posts", "body");
    assert_eq!(
        bodies,
        [
            "What helped in our office.",
            "We did this in two phases.",
            "And trained the staff first."
        ]
    );
}

async fn a_thread_opened_twice_with_one_key_is_one_thread(forum: Forum) {
    let kenya = forum.delegate("ke");
    let input = Draft::titled("Sent twice").input(&kenya).await;
    let first = kenya.ask(OPEN_THREAD, json!({ "input": input })).await;
    let again = kenya.ask(OPEN_THREAD, json!({ "input": input })).await;
    assert_eq!(
        text(&first, "openThread.thread.id"),
        text(&again, "openThread.thread.id")
    );
    let list = kenya.ask("{ threads { totalCount } }", json!({})).await;
    assert_eq!(number(&list, "threads.totalCount"), 1);
}

async fn a_key_does_not_carry_another_text(forum: Forum) {
    let kenya = forum.delegate("ke");
    let mut thread = Draft::titled("One").input(&kenya).await;
    let opened = kenya.ask(OPEN_THREAD, json!({ "input": thread })).await;
    thread["body"] = json!("Quite another text.");
    let refused = kenya.refused(OPEN_THREAD, json!({ "input": thread })).await;
    refused.is_invalid("key");

    let id = text(&opened, "openThread.thread.id");
    let mut input = reply_input(&id, "A reply.");
    kenya.ask(REPLY, json!({ "input": input })).await;
    input["body"] = json!("Another reply.");
    let refused = kenya.refused(REPLY, json!({ "input": input })).await;
    refused.is_invalid("key");
}

async fn a_reply_names_the_post_that_it_answers(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let second = reply(&forum.delegate("fr"), &opened.id, "Which version?").await;
    let mut input = reply_input(&opened.id, "The third.");
    input["inReplyToId"] = json!(second.id);
    let data = kenya.ask(REPLY, json!({ "input": input })).await;
    assert_eq!(number(&data, "reply.post.inReplyTo.number"), second.number);

    let other = open(&kenya, Draft::titled("Elsewhere")).await;
    let mut astray = reply_input(&opened.id, "An answer to another thread's post.");
    astray["inReplyToId"] = json!(other.post);
    let refused = kenya.refused(REPLY, json!({ "input": astray })).await;
    refused.is_invalid("inReplyToId");
}

async fn a_thread_carries_what_it_was_opened_with(forum: Forum) {
    let draft = Draft {
        kind: "PROPOSAL",
        language: "FR",
        capacity: "OFFICE",
        ..Draft::titled("Un guide commun")
    };
    let opened = open(&forum.delegate("fr"), draft).await;
    let document = "query($id: ID!) { thread(id: $id) { kind language visibility capacity delegation { slug } author { name } \
         tools { edges { node { slug } } } methods { edges { node { slug } } } regions { edges { node { slug } } } \
         post(number: 1) { number authorTitle language body bodyHtml state revision } } }";
    let data = forum
        .visitor()
        .ask(document, json!({ "id": opened.id }))
        .await;
    let thread = at(&data, "thread");
    assert_eq!(text(thread, "kind"), "PROPOSAL");
    assert_eq!(text(thread, "language"), "FR");
    assert_eq!(text(thread, "visibility"), "PUBLIC");
    assert_eq!(text(thread, "capacity"), "OFFICE");
    assert_eq!(text(thread, "delegation.slug"), "fr");
    assert_eq!(text(thread, "author.name"), "Delegate of France");
    assert_eq!(texts(thread, "tools", "slug"), ["wipo-ipas"]);
    assert_eq!(texts(thread, "methods", "slug"), ["study-visit"]);
    assert_eq!(texts(thread, "regions", "slug"), ["country-ke"]);
    assert_eq!(text(thread, "post.body"), "What helped in our office.");
    assert_eq!(number(thread, "post.revision"), 1);
}

async fn a_capacity_beyond_the_mandate_is_denied(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    // The delegate of Brazil may speak in a personal capacity, the delegate of France also for the office.
    for (country, capacity, allowed) in [
        ("br", "PERSONAL", true),
        ("br", "OFFICE", false),
        ("fr", "OFFICE", true),
        ("fr", "DELEGATION", false),
        ("cn", "DELEGATION", true),
    ] {
        let person = forum.delegate(country);
        let mut input = reply_input(&opened.id, "Speaking.");
        input["capacity"] = json!(capacity);
        if allowed {
            let data = person.ask(REPLY, json!({ "input": input })).await;
            assert_eq!(text(&data, "reply.post.capacity"), capacity);
        } else {
            let refused = person.refused(REPLY, json!({ "input": input })).await;
            refused.is_denied("CAPACITY_EXCEEDS_MANDATE");
        }
    }
}

async fn visitors_read_but_do_not_write(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let viewer = "query($id: ID!) { thread(id: $id) { viewer { canReply replyRefusal } } viewer { canOpenThread openThreadRefusal } }";
    for (visitor, reason) in [
        (forum.visitor(), "SIGN_IN_REQUIRED"),
        (forum.person("visitor"), "ROLE_MAY_NOT"),
    ] {
        let data = visitor.ask(viewer, json!({ "id": opened.id })).await;
        assert_eq!(at(&data, "thread.viewer.canReply"), false);
        assert_eq!(text(&data, "thread.viewer.replyRefusal"), reason);
        assert_eq!(at(&data, "viewer.canOpenThread"), false);
        assert_eq!(text(&data, "viewer.openThreadRefusal"), reason);
        let input = reply_input(&opened.id, "May I?");
        let refused = visitor.refused(REPLY, json!({ "input": input })).await;
        refused.is_denied(reason);
        let input = Draft::default().input(&visitor).await;
        let refused = visitor
            .refused(OPEN_THREAD, json!({ "input": input }))
            .await;
        refused.is_denied(reason);
    }
}

async fn an_observer_replies_but_opens_no_thread(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let observer = forum.person("observer");
    let posted = reply(&observer, &opened.id, "Our programme can help.").await;
    assert_eq!(posted.number, 2);
    let input = Draft::default().input(&observer).await;
    let refused = observer
        .refused(OPEN_THREAD, json!({ "input": input }))
        .await;
    refused.is_denied("OBSERVER_MAY_NOT");
}

async fn too_long_a_title_is_refused_with_its_limit(forum: Forum) {
    let kenya = forum.delegate("ke");
    open(&kenya, Draft::titled("é".repeat(50))).await;
    let input = Draft::titled("é".repeat(51)).input(&kenya).await;
    let refused = kenya.refused(OPEN_THREAD, json!({ "input": input })).await;
    refused.is_invalid("title");
    assert!(refused.message().contains("50"), "{}", refused.message());
}

async fn too_long_a_body_is_refused_with_its_limit(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    reply(&kenya, &opened.id, &"字".repeat(80)).await;
    let input = reply_input(&opened.id, &"字".repeat(81));
    let refused = kenya.refused(REPLY, json!({ "input": input })).await;
    refused.is_invalid("body");
    assert!(refused.message().contains("80"), "{}", refused.message());
}

async fn an_empty_text_is_refused(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let input = reply_input(&opened.id, " \n\t ");
    let refused = kenya.refused(REPLY, json!({ "input": input })).await;
    refused.is_invalid("body");
    let input = Draft::titled("   ").input(&kenya).await;
    let refused = kenya.refused(OPEN_THREAD, json!({ "input": input })).await;
    refused.is_invalid("title");
}

async fn too_many_replies_have_to_wait(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let france = forum.delegate("fr");
    for count in 0..3 {
        reply(&france, &opened.id, &format!("Point {count}.")).await;
    }
    let input = reply_input(&opened.id, "One more.");
    let refused = france.refused(REPLY, json!({ "input": input })).await;
    refused.is("TOO_MANY");
    let seconds = number(&refused.0, "extensions.retryAfter");
    assert!((1..=60).contains(&seconds), "{:#}", refused.0);
    // Others are not slowed down, and the wait ends.
    reply(&forum.delegate("cn"), &opened.id, "From another.").await;
    forum.advance(Duration::from_secs(
        u64::try_from(seconds).expect("seconds") + 1,
    ));
    france.ask(REPLY, json!({ "input": input })).await;
}

async fn too_many_threads_have_to_wait(forum: Forum) {
    let kenya = forum.delegate("ke");
    open(&kenya, Draft::titled("One")).await;
    open(&kenya, Draft::titled("Two")).await;
    let input = Draft::titled("Three").input(&kenya).await;
    let refused = kenya.refused(OPEN_THREAD, json!({ "input": input })).await;
    refused.is("TOO_MANY");
    assert!(number(&refused.0, "extensions.retryAfter") > 0);
    forum.advance(Duration::from_secs(3_601));
    kenya.ask(OPEN_THREAD, json!({ "input": input })).await;
}
