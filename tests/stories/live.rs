//! Subscriptions replay from a cursor, then go live, without loss or duplicates, and show only what may be seen.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::CHANGE_THREAD;
use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::FORUM_EVENTS;
use crate::support::acts::RETAG;
use crate::support::acts::THREAD_EVENTS;
use crate::support::acts::WITHDRAW;
use crate::support::acts::concept_ids;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::show_to;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::socket::Received;
use crate::support::socket::kind;
use crate::support::wait::until;

on_both_databases!(
    a_subscription_replays_from_its_cursor_then_goes_live,
    a_reply_posted_while_the_socket_was_down_arrives_once,
    each_kind_of_change_is_told,
    a_filter_hears_only_its_threads,
    a_thread_that_is_hidden_says_so_and_then_nothing,
    a_cursor_that_is_none_is_refused,
    a_cursor_ahead_of_the_log_is_told_of_a_gap,
    a_cursor_beyond_what_the_log_keeps_is_told_of_one_gap,
    what_one_reads_is_heard_by_nobody,
);

fn from(thread: &str, after: &str) -> Value {
    json!({ "threadId": thread, "after": after })
}

async fn cursor(person: &Person) -> String {
    text(
        &person.ask("{ threads { cursor } }", json!({})).await,
        "threads.cursor",
    )
}

async fn a_subscription_replays_from_its_cursor_then_goes_live(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    for count in 2..=6 {
        reply(&kenya, &opened.id, &format!("Before {count}.")).await;
    }
    let mut listener = forum
        .visitor()
        .subscribe(THREAD_EVENTS, from(&opened.id, &opened.cursor))
        .await;
    for count in 2..=4 {
        assert_eq!(number(&listener.event().await, "post.number"), count);
    }
    for count in 7..=9 {
        reply(&kenya, &opened.id, &format!("During {count}.")).await;
    }
    for count in 5..=9 {
        let event = listener.event().await;
        assert_eq!(number(&event, "post.number"), count);
        assert!(text(&event, "at").ends_with('Z'));
    }
}

async fn a_reply_posted_while_the_socket_was_down_arrives_once(forum: Forum) {
    let kenya = forum.delegate("ke");
    let france = forum.delegate("fr");
    let opened = open(&kenya, Draft::default()).await;
    let mut after = opened.cursor.clone();
    let mut heard = Vec::new();
    for round in 0..4 {
        let mut listener = kenya
            .subscribe(THREAD_EVENTS, from(&opened.id, &after))
            .await;
        reply(&france, &opened.id, "While listening.").await;
        // After the first round, what was written while the socket was down is received first.
        let due = if round == 0 { 1 } else { 2 };
        for _ in 0..due {
            let event = listener.event().await;
            heard.push(number(&event, "post.number"));
            after = text(&event, "cursor");
        }
        drop(listener);
        reply(&france, &opened.id, "While nobody listened.").await;
    }
    let expected: Vec<i64> = (2..=8).collect();
    assert_eq!(heard, expected);
}

async fn each_kind_of_change_is_told(forum: Forum) {
    let kenya = forum.delegate("ke");
    let after = cursor(&kenya).await;
    let mut listener = forum
        .visitor()
        .subscribe(FORUM_EVENTS, json!({ "after": after }))
        .await;
    let opened = open(&kenya, Draft::default()).await;
    let posted = reply(&kenya, &opened.id, "A reply.").await;
    let input = json!({ "postId": posted.id, "revision": 1, "body": "A better reply." });
    kenya.ask(EDIT, json!({ "input": input })).await;
    let input = json!({ "threadId": opened.id, "title": "A better title" });
    kenya.ask(CHANGE_THREAD, json!({ "input": input })).await;
    let input = json!({
        "threadId": opened.id,
        "tools": [],
        "methods": concept_ids(&kenya, &["webinar"]).await,
        "regions": concept_ids(&kenya, &["africa"]).await,
    });
    kenya.ask(RETAG, json!({ "input": input })).await;
    let input = json!({ "postId": posted.id });
    kenya.ask(WITHDRAW, json!({ "input": input })).await;

    let mut cursors = Vec::new();
    for (name, subject, id) in [
        ("ThreadOpened", "thread.id", &opened.id),
        ("PostCreated", "post.id", &posted.id),
        ("PostEdited", "post.id", &posted.id),
        ("ThreadChanged", "thread.id", &opened.id),
        ("ThreadRetagged", "thread.id", &opened.id),
        ("PostWithdrawn", "post.id", &posted.id),
    ] {
        let event = listener.event().await;
        assert_eq!(text(&event, "__typename"), name);
        assert_eq!(&text(&event, subject), id);
        let cursor = text(&event, "cursor");
        assert!(!cursors.contains(&cursor), "each event has its cursor");
        cursors.push(cursor);
    }
    // From any cursor the rest is received again, unchanged.
    let mut again = forum
        .visitor()
        .subscribe(FORUM_EVENTS, json!({ "after": cursors[2] }))
        .await;
    for expected in &cursors[3..] {
        assert_eq!(&text(&again.event().await, "cursor"), expected);
    }
}

async fn a_filter_hears_only_its_threads(forum: Forum) {
    let kenya = forum.delegate("ke");
    let after = cursor(&kenya).await;
    let filter = json!({ "regions": ["africa"], "methods": ["webinar"] });
    let mut listener = forum
        .visitor()
        .subscribe(FORUM_EVENTS, json!({ "after": after, "filter": filter }))
        .await;
    let draft = |title: &str, methods, regions| Draft {
        methods,
        regions,
        ..Draft::titled(title)
    };
    let other = open(&kenya, draft("Elsewhere", &["webinar"], &["country-br"])).await;
    open(
        &kenya,
        draft("Otherwise", &["study-visit"], &["country-ke"]),
    )
    .await;
    let wanted = open(&kenya, draft("Here", &["webinar"], &["country-ke"])).await;
    reply(&kenya, &other.id, "Unheard.").await;
    let posted = reply(&kenya, &wanted.id, "Heard.").await;
    assert_eq!(text(&listener.event().await, "thread.id"), wanted.id);
    assert_eq!(text(&listener.event().await, "post.id"), posted.id);
}

async fn a_thread_that_is_hidden_says_so_and_then_nothing(forum: Forum) {
    let author = forum.delegate("ke");
    let opened = open(&author, Draft::titled("Open for now")).await;
    let visitor = forum.visitor();
    let mut of_thread = visitor
        .subscribe(THREAD_EVENTS, from(&opened.id, &opened.cursor))
        .await;
    let mut of_forum = visitor
        .subscribe(FORUM_EVENTS, json!({ "after": opened.cursor }))
        .await;
    let mut member = forum
        .delegate("fr")
        .subscribe(THREAD_EVENTS, from(&opened.id, &opened.cursor))
        .await;
    let first = reply(&author, &opened.id, "For all.").await;
    for listener in [&mut of_thread, &mut of_forum, &mut member] {
        assert_eq!(text(&listener.event().await, "post.id"), first.id);
    }

    show_to(&author, &opened.id, "MEMBERS").await;
    let secret = reply(&author, &opened.id, "For members.").await;
    let public = open(&author, Draft::titled("Another, for all")).await;
    for listener in [&mut of_thread, &mut of_forum] {
        let event = listener.event().await;
        assert_eq!(text(&event, "__typename"), "ThreadHidden");
        assert_eq!(text(&event, "threadId"), opened.id);
    }
    assert_eq!(text(&of_forum.event().await, "thread.id"), public.id);
    assert_eq!(text(&member.event().await, "__typename"), "ThreadChanged");
    assert_eq!(text(&member.event().await, "post.id"), secret.id);

    // Once shown again, the thread sends events again; the events in between were not sent.
    show_to(&author, &opened.id, "PUBLIC").await;
    let last = reply(&author, &opened.id, "For all again.").await;
    let mut heard = Vec::new();
    loop {
        let event = of_forum.event().await;
        assert_ne!(event.pointer("/post/id"), Some(&json!(secret.id)));
        let done = event.pointer("/post/id") == Some(&json!(last.id));
        heard.push(event);
        if done {
            break;
        }
    }
    assert!(heard.len() <= 2, "{heard:?}");
}

async fn a_cursor_that_is_none_is_refused(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    for (document, variables) in [
        (THREAD_EVENTS, from(&opened.id, "not a cursor")),
        (FORUM_EVENTS, json!({ "after": "not a cursor" })),
        (FORUM_EVENTS, json!({ "after": "" })),
    ] {
        let mut listener = forum.visitor().subscribe(document, variables).await;
        let received = listener.receive().await;
        let Received::Message(message) = &received else {
            panic!("not refused: {received:?}");
        };
        let errors = match kind(&received) {
            "error" => at(message, "payload"),
            _ => at(message, "payload.errors"),
        };
        assert_eq!(text(errors, "0.extensions.code"), "INVALID", "{message:#}");
        assert_eq!(text(errors, "0.extensions.field"), "after", "{message:#}");
    }
}

async fn a_cursor_ahead_of_the_log_is_told_of_a_gap(forum: Forum) {
    // A database restored from an earlier copy: the cursors of later events are unknown to it.
    let kenya = forum.delegate("ke");
    let before = cursor(&kenya).await;
    let opened = open(&kenya, Draft::default()).await;
    let later = reply(&kenya, &opened.id, "Lost with the disk.").await;
    let mut listener = kenya
        .subscribe(THREAD_EVENTS, from(&opened.id, &opened.cursor))
        .await;
    let event = listener.event().await;
    assert_eq!(text(&event, "post.id"), later.id);
    let ahead = text(&event, "cursor");
    assert_ne!(ahead, before);
    let latest = "(select max(position) from event)";
    forum
        .place()
        .execute(&format!("delete from event where position = {latest}"))
        .await;
    // A server that starts now does not know it.
    let restored = Process::serve(forum.place().url(), &[]).await;
    let mut listener = kenya
        .at(restored.address)
        .subscribe(FORUM_EVENTS, json!({ "after": ahead }))
        .await;
    assert_eq!(text(&listener.event().await, "__typename"), "Gap");
    let next = reply(&kenya, &opened.id, "Written after that.").await;
    assert_eq!(text(&listener.event().await, "post.id"), next.id);
}

async fn what_one_reads_is_heard_by_nobody(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let mut listener = kenya
        .subscribe(THREAD_EVENTS, from(&opened.id, &opened.cursor))
        .await;
    let input = json!({ "threadId": opened.id, "number": 1 });
    let france = forum.delegate("fr");
    france
        .ask(crate::support::acts::MARK_READ, json!({ "input": input }))
        .await;
    let posted = reply(&kenya, &opened.id, "Next.").await;
    let event = listener.event().await;
    assert_eq!(text(&event, "post.id"), posted.id);
}

async fn a_cursor_beyond_what_the_log_keeps_is_told_of_one_gap(forum: Forum) {
    let kenya = forum.delegate("ke");
    let old = cursor(&kenya).await;
    let opened = open(&kenya, Draft::default()).await;
    for at in 0..20 {
        reply(&kenya, &opened.id, &format!("Number {at}.")).await;
    }
    // The next server retains five; its clients resume with what they have.
    let shorter = Process::serve(forum.place().url(), &["--log-events", "5"]).await;
    let kenya = kenya.at(shorter.address);
    until("the log to be shortened", || async {
        let kept = forum.place().query("select position from event").await;
        (kept.len() == 5).then_some(())
    })
    .await;
    for variables in [json!({ "after": old }), json!({ "after": opened.cursor })] {
        let mut listener = kenya.subscribe(FORUM_EVENTS, variables).await;
        let gap = listener.event().await;
        assert_eq!(text(&gap, "__typename"), "Gap");
        assert_eq!(text(&gap, "cursor"), cursor(&kenya).await);
        let next = reply(&kenya, &opened.id, "After the gap.").await;
        assert_eq!(text(&listener.event().await, "post.id"), next.id);
    }
}
