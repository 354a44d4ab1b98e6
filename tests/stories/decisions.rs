//! Decisions of every kind have their effect, for their duration, and undoing restores the API's response byte for byte.

use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::support::acts::CHANGE_THREAD;
use crate::support::acts::DECIDE;
use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::REPLY;
use crate::support::acts::THREAD_EVENTS;
use crate::support::acts::decide;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply;
use crate::support::acts::reply_input;
use crate::support::acts::titles;
use crate::support::acts::undo;
use crate::support::forum::Forum;
use crate::support::forum::told_clock;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::moderating::CONFIRM;
use crate::support::moderating::PROPOSE;
use crate::support::moderating::decide_by_two;
use crate::support::moderating::decide_with;
use crate::support::moderating::input_with;
use crate::support::person::Person;

on_both_databases!(
    every_decision_is_undone_to_the_byte,
    a_muted_person_reads_and_does_not_write_until_the_time_is_over with told_clock(),
    a_suspended_person_is_out_at_once_and_it_takes_two with told_clock(),
    a_pinned_thread_stands_first_until_its_time_is_over with told_clock(),
    an_archived_thread_is_cited_and_not_listed,
    a_slowed_thread_takes_one_reply_of_each_in_its_time with told_clock(),
    what_a_decision_changed_only_a_decision_changes,
    an_edit_by_decision_is_marked_and_takes_the_former_text_away,
    a_statement_of_a_delegation_is_not_removed_by_one_person_alone,
    a_decision_lacks_nothing_that_its_act_needs,
);

const DAY: Duration = Duration::from_secs(86_400);

/// What the API returns to a person about a thread with its posts, about a person and about lists.
async fn everything(person: &Person, thread: &str, whom: &str) -> String {
    let document = "query($thread: ID!, $person: ID!) { thread(id: $thread) { id title kind language visibility lastNumber \
         lastActivityAt isAnswered acceptedAnswer { id } locked lockedBy { id } pinned pinnedUntil archived archivedBy { id } changedBy { id } slowSeconds \
         reviewed tools { edges { node { slug } } } methods { edges { node { slug } } } regions { edges { node { slug } } } \
         viewer { unread canReply replyRefusal canChange canRetag acts actsToPropose } \
         posts(first: 50) { edges { node { id number state body bodyHtml revision editedAt editedBy { id } hiddenBy { id } \
         reviewedBy { id } isAcceptedAnswer revisions(first: 9) { edges { node { id number body editor { name } } } } \
         viewer { canEdit canWithdraw hiddenBody acts actsToPropose } } } } } \
         node(id: $person) { ... on Person { name role viewer { restriction restrictedUntil isReviewed acts actsToPropose } } } \
         threads(first: 50) { totalCount edges { node { id title } } } \
         pinned: threads(first: 50, filter: { pinned: true }) { edges { node { id } } } \
         archived: threads(first: 50, filter: { archived: true }) { edges { node { id } } } }";
    let variables = json!({ "thread": thread, "person": whom });
    person.ask(document, variables).await.to_string()
}

async fn every_decision_is_undone_to_the_byte(forum: Forum) {
    let secretariat = forum.secretariat();
    let (author, other, visitor) = (forum.delegate("ke"), forum.delegate("br"), forum.visitor());
    let draft = Draft {
        kind: "QUESTION",
        ..Draft::titled("As it was")
    };
    let thread = open(&author, draft).await;
    let posted = reply(&other, &thread.id, "Some *text*.").await;
    let input = json!({ "postId": posted.id, "revision": 1, "body": "Some other text." });
    other.ask(EDIT, json!({ "input": input })).await;
    let whom = own_id(&other).await;
    let until = json!({ "until": forum.moment_in(3_600) });
    let (post, on) = (posted.id.as_str(), thread.id.as_str());
    let change = json!({ "change": { "title": "Another", "kind": "PRACTICE", "visibility": "MEMBERS",
        "tags": { "tools": [], "methods": ["needs-assessment"], "regions": ["country-fr", "asia"] } } });
    let acts: [(&str, &str, Value); 11] = [
        ("ACCEPT_ANSWER", post, json!({})),
        ("HIDE_POST", post, json!({})),
        ("EDIT_POST", post, json!({ "body": "What stands now." })),
        ("LOCK_THREAD", on, json!({})),
        ("PIN_THREAD", on, until.clone()),
        ("ARCHIVE_THREAD", on, json!({})),
        ("CHANGE_THREAD", on, change),
        ("SLOW_THREAD", on, json!({ "seconds": 60 })),
        ("REVIEW_THREAD", on, json!({})),
        ("MUTE_PERSON", &whom, until),
        ("REVIEW_PERSON", &whom, json!({})),
    ];
    let people = [&visitor, &author, &other, &secretariat];
    let answers = async || {
        let mut all = Vec::new();
        for person in people {
            // A person who can no longer see the thread gets another response, and that counts too.
            let seen = "query($id: ID!) { node(id: $id) { id } }";
            let seen = person.ask(seen, json!({ "id": thread.id })).await;
            all.push(if at(&seen, "node").is_null() {
                "nothing".to_string()
            } else {
                everything(person, &thread.id, &whom).await
            });
        }
        all
    };
    for (act, target, more) in acts {
        let before = answers().await;
        let decision = decide_with(&secretariat, act, &[target], more).await;
        let held = answers().await;
        assert_ne!(held, before, "{act}");
        let undone = undo(&secretariat, &decision).await;
        assert_eq!(answers().await, before, "{act} undone");
        let again = undo(&secretariat, &undone).await;
        let redone = answers().await;
        if act != "EDIT_POST" {
            assert_eq!(redone, held, "{act} done again");
        }
        undo(&secretariat, &again).await;
        assert_eq!(answers().await, before, "{act} undone again");
    }
}

async fn a_muted_person_reads_and_does_not_write_until_the_time_is_over(forum: Forum) {
    let secretariat = forum.secretariat();
    let person = forum.delegate("ke");
    let thread = open(&forum.delegate("br"), Draft::for_members("For members")).await;
    let whom = own_id(&person).await;
    let until = json!({ "until": forum.moment_in(86_400) });
    decide_with(&secretariat, "MUTE_PERSON", &[&whom], until).await;
    let input = || json!({ "input": reply_input(&thread.id, "May I?") });
    person.refused(REPLY, input()).await.is_denied("MUTED");
    let data = person
        .ask(
            "query($id: ID!) { thread(id: $id) { title viewer { replyRefusal } } viewer { restriction } }",
            json!({ "id": thread.id }),
        )
        .await;
    assert_eq!(text(&data, "thread.title"), "For members");
    assert_eq!(at(&data, "thread.viewer.replyRefusal"), "MUTED");
    assert_eq!(at(&data, "viewer.restriction"), "MUTED");
    let others = "query($id: ID!) { node(id: $id) { ... on Person { viewer { restriction } } } }";
    for (asks, sees) in [
        (&secretariat, true),
        (&forum.delegate("fr"), false),
        (&forum.visitor(), false),
    ] {
        let data = asks.ask(others, json!({ "id": whom })).await;
        assert_eq!(at(&data, "node.viewer.restriction").is_string(), sees);
    }
    let notices = "{ viewer { notices { edges { node { decision { act until } } } } } }";
    let data = person.ask(notices, json!({})).await;
    let notice = nodes(at(&data, "viewer"), "notices").remove(0);
    assert_eq!(text(&notice, "decision.act"), "MUTE_PERSON");
    assert!(at(&notice, "decision.until").is_string());
    forum.advance(DAY);
    person.ask(REPLY, input()).await;
}

async fn a_suspended_person_is_out_at_once_and_it_takes_two(forum: Forum) {
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    crate::support::acts::give_scope(&secretariat, &moderator, &["africa"]).await;
    let person = forum.delegate("ke");
    let thread = open(&forum.delegate("br"), Draft::for_members("For members")).await;
    let whom = own_id(&person).await;
    let after = json!({ "threadId": thread.id, "after": thread.cursor });
    let mut listener = person.subscribe(THREAD_EVENTS, after).await;
    reply(&forum.delegate("br"), &thread.id, "Heard.").await;
    assert_eq!(text(&listener.event().await, "post.body"), "Heard.");

    let until = json!({ "until": forum.moment_in(86_400) });
    let input = input_with("SUSPEND_PERSON", &[&whom], until.clone());
    let refused = moderator.refused(DECIDE, json!({ "input": input })).await;
    refused.is_denied("SECOND_PERSON_REQUIRED");
    let data = moderator.ask(PROPOSE, json!({ "input": input })).await;
    let proposal = json!({ "input": { "proposalId": text(&data, "proposeDecision.proposal.id") } });
    let refused = moderator.refused(CONFIRM, proposal.clone()).await;
    refused.is_denied("OWN_PROPOSAL");
    let refused = forum
        .delegate("fr")
        .refused(CONFIRM, proposal.clone())
        .await;
    refused.is_denied("ROLE_MAY_NOT");
    secretariat.ask(CONFIRM, proposal).await;

    reply(&forum.delegate("br"), &thread.id, "Not heard.").await;
    let told = format!("{:?}", listener.receive().await);
    assert!(told.contains("NOT_FOUND"), "{told}");
    assert!(!told.contains("Not heard"), "{told}");
    let seen = "query($id: ID!) { node(id: $id) { id } viewer { restriction } }";
    let data = person.ask(seen, json!({ "id": thread.id })).await;
    assert_eq!(at(&data, "node"), &Value::Null);
    assert_eq!(at(&data, "viewer.restriction"), "SUSPENDED");
    // The ledger does not name the person concerned.
    let ledger = "{ decisions(first: 1) { edges { node { entry confirmed explanation viewer { people { edges { node { id } } } } } } } }";
    let data = forum.visitor().ask(ledger, json!({})).await;
    let decision = nodes(&data, "decisions").remove(0);
    assert_eq!(at(&decision, "confirmed"), &json!(true));
    assert_eq!(at(&decision, "explanation"), &Value::Null);
    assert!(!text(&decision, "entry").contains(&whom));
    assert!(nodes(at(&decision, "viewer"), "people").is_empty());
    let data = secretariat.ask(ledger, json!({})).await;
    let decision = nodes(&data, "decisions").remove(0);
    assert_eq!(nodes(at(&decision, "viewer"), "people").len(), 1);
    decide(&moderator, "REINSTATE_PERSON", &[&whom]).await;
    let data = person.ask(seen, json!({ "id": thread.id })).await;
    assert!(at(&data, "node").is_object());
}

async fn a_pinned_thread_stands_first_until_its_time_is_over(forum: Forum) {
    let secretariat = forum.secretariat();
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::titled("Pinned")).await;
    open(&author, Draft::titled("Other")).await;
    let until = json!({ "until": forum.moment_in(86_400) });
    decide_with(&secretariat, "PIN_THREAD", &[&thread.id], until).await;
    let visitor = forum.visitor();
    assert_eq!(
        titles(&visitor, json!({ "pinned": true })).await,
        ["Pinned"]
    );
    assert_eq!(
        titles(&visitor, json!({ "pinned": false })).await,
        ["Other"]
    );
    forum.advance(DAY);
    assert!(titles(&visitor, json!({ "pinned": true })).await.is_empty());
    let document = "query($id: ID!) { thread(id: $id) { pinned viewer { acts } } }";
    let data = secretariat.ask(document, json!({ "id": thread.id })).await;
    assert_eq!(at(&data, "thread.pinned"), &json!(false));
    assert!(
        at(&data, "thread.viewer.acts")
            .to_string()
            .contains("\"PIN_THREAD\"")
    );
}

async fn an_archived_thread_is_cited_and_not_listed(forum: Forum) {
    let secretariat = forum.secretariat();
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::titled("Of last year")).await;
    decide(&secretariat, "ARCHIVE_THREAD", &[&thread.id]).await;
    let visitor = forum.visitor();
    assert!(titles(&visitor, json!({})).await.is_empty());
    assert_eq!(
        titles(&visitor, json!({ "archived": true })).await,
        ["Of last year"]
    );
    let document = "query($id: ID!) { thread(id: $id) { archived post(number: 1) { body } } }";
    let data = visitor.ask(document, json!({ "id": thread.id })).await;
    assert!(at(&data, "thread.post.body").is_string());
    let late = json!({ "input": reply_input(&thread.id, "Late.") });
    author
        .refused(REPLY, late)
        .await
        .is_denied("THREAD_ARCHIVED");
}

async fn a_slowed_thread_takes_one_reply_of_each_in_its_time(forum: Forum) {
    let secretariat = forum.secretariat();
    let (author, other) = (forum.delegate("ke"), forum.delegate("br"));
    let thread = open(&author, Draft::titled("Slowly")).await;
    let slowly = json!({ "seconds": 600 });
    decide_with(&secretariat, "SLOW_THREAD", &[&thread.id], slowly).await;
    reply(&other, &thread.id, "Once.").await;
    let input = || json!({ "input": reply_input(&thread.id, "Twice.") });
    let refused = other.refused(REPLY, input()).await;
    refused.is("TOO_MANY");
    assert_eq!(number(&refused.0, "extensions.retryAfter"), 600);
    let next = "query($id: ID!) { thread(id: $id) { slowSeconds viewer { nextReplyAt } } }";
    let data = other.ask(next, json!({ "id": thread.id })).await;
    assert!(at(&data, "thread.viewer.nextReplyAt").is_string());
    reply(&forum.delegate("fr"), &thread.id, "Others may.").await;
    forum.advance(Duration::from_secs(600));
    other.ask(REPLY, input()).await;
    let lifted = json!({ "seconds": 0 });
    decide_with(&secretariat, "SLOW_THREAD", &[&thread.id], lifted).await;
    reply(&other, &thread.id, "At once.").await;
}

async fn what_a_decision_changed_only_a_decision_changes(forum: Forum) {
    let secretariat = forum.secretariat();
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::titled("A title")).await;
    let more = json!({ "change": { "title": "A better title" } });
    decide_with(&secretariat, "CHANGE_THREAD", &[&thread.id], more).await;
    let input = json!({ "threadId": thread.id, "title": "My title" });
    let refused = author
        .refused(CHANGE_THREAD, json!({ "input": input }))
        .await;
    refused.is_denied("THREAD_DECIDED");
    // Staff need a reason for every change.
    let refused = secretariat
        .refused(CHANGE_THREAD, json!({ "input": input }))
        .await;
    refused.is_denied("NOT_YOURS");
    assert_eq!(
        titles(&forum.visitor(), json!({})).await,
        ["A better title"]
    );
}

async fn an_edit_by_decision_is_marked_and_takes_the_former_text_away(forum: Forum) {
    let secretariat = forum.secretariat();
    let (author, visitor) = (forum.delegate("ke"), forum.visitor());
    let thread = open(&forum.delegate("br"), Draft::titled("Edited")).await;
    let posted = reply(&author, &thread.id, "Call 555 0100.").await;
    let after = json!({ "threadId": thread.id, "after": thread.cursor });
    let mut listener = visitor.subscribe(THREAD_EVENTS, after).await;
    assert_eq!(text(&listener.event().await, "__typename"), "PostCreated");
    let more = json!({ "body": "Call the office." });
    let decision = decide_with(&secretariat, "EDIT_POST", &[&posted.id], more).await;
    let event = listener.event().await;
    assert_eq!(text(&event, "__typename"), "PostEdited");
    assert_eq!(text(&event, "post.body"), "Call the office.");
    let document = "query($id: ID!) { node(id: $id) { ... on Post { body editedBy { id } revisions { edges { node { body editor { \
         name } decision { id } } } } } } }";
    for person in [&visitor, &author] {
        let data = person.ask(document, json!({ "id": posted.id })).await;
        assert_eq!(text(&data, "node.editedBy.id"), decision);
        let revisions = nodes(at(&data, "node"), "revisions");
        assert_eq!(revisions.len(), 1, "the former text is shown to nobody");
        assert_eq!(at(&revisions[0], "editor"), &Value::Null, "by office");
        assert_eq!(text(&revisions[0], "decision.id"), decision);
    }
    let input = json!({ "postId": posted.id, "revision": 2, "body": "Call our office." });
    author.ask(EDIT, json!({ "input": input })).await;
    let data = visitor.ask(document, json!({ "id": posted.id })).await;
    assert_eq!(at(&data, "node.editedBy"), &Value::Null);
    assert!(!data.to_string().contains("555"), "{data}");
}

async fn a_statement_of_a_delegation_is_not_removed_by_one_person_alone(forum: Forum) {
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    crate::support::acts::give_scope(&secretariat, &moderator, &["africa"]).await;
    let author = forum.delegate("ke");
    let thread = open(&forum.delegate("br"), Draft::titled("Statements")).await;
    let mut input = reply_input(&thread.id, "Kenya states.");
    input["capacity"] = json!("DELEGATION");
    let data = author.ask(REPLY, json!({ "input": input })).await;
    let statement = text(&data, "reply.post.id");
    for act in ["HIDE_POST", "EDIT_POST", "ERASE_POST"] {
        let input = input_with(act, &[&statement], json!({ "body": "Kenya does not." }));
        let refused = secretariat.refused(DECIDE, json!({ "input": input })).await;
        refused.is_denied("SECOND_PERSON_REQUIRED");
    }
    let decision = decide_by_two(
        &secretariat,
        &moderator,
        "HIDE_POST",
        &[&statement],
        json!({}),
    )
    .await;
    let document = "query($id: ID!) { node(id: $id) { ... on Decision { confirmed entry viewer { undoRefusal second { name } } } } }";
    let data = secretariat.ask(document, json!({ "id": decision })).await;
    assert_eq!(at(&data, "node.confirmed"), &json!(true));
    assert_eq!(text(&data, "node.viewer.second.name"), "Moderator");
    assert!(text(&data, "node.entry").contains("\"second\":\"moderator\""));
}

async fn a_decision_lacks_nothing_that_its_act_needs(forum: Forum) {
    let secretariat = forum.secretariat();
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::titled("Whole")).await;
    let posted = reply(&author, &thread.id, "A text.").await;
    let whom = own_id(&author).await;
    let past = json!({ "until": "2020-01-01T00:00:00Z" });
    for (act, target, more, field) in [
        ("EDIT_POST", &posted.id, json!({}), "body"),
        ("SLOW_THREAD", &thread.id, json!({}), "seconds"),
        (
            "SLOW_THREAD",
            &thread.id,
            json!({ "seconds": -1 }),
            "seconds",
        ),
        ("CHANGE_THREAD", &thread.id, json!({}), "change.title"),
        ("MUTE_PERSON", &whom, json!({}), "until"),
        ("MUTE_PERSON", &whom, past, "until"),
        ("SPLIT_POSTS", &posted.id, json!({}), "change.title"),
        ("MERGE_THREADS", &thread.id, json!({}), "intoThreadId"),
        (
            "MERGE_THREADS",
            &thread.id,
            json!({ "intoThreadId": thread.id }),
            "intoThreadId",
        ),
        ("HIDE_POST", &thread.id, json!({}), "targetIds.0"),
        (
            "HIDE_POST",
            &posted.id,
            json!({ "explanation": " " }),
            "explanation",
        ),
        ("JOIN_POSTS", &posted.id, json!({}), "act"),
        ("UPHOLD_DECISION", &posted.id, json!({}), "act"),
    ] {
        let input = input_with(act, &[target], more);
        let refused = secretariat.refused(DECIDE, json!({ "input": input })).await;
        assert_eq!(refused.code(), "INVALID", "{act}: {:#}", refused.0);
        assert_eq!(refused.field(), field, "{act}");
    }
    let members = open(&author, Draft::for_members("Inside")).await;
    let more = json!({ "intoThreadId": thread.id });
    let input = input_with("MERGE_THREADS", &[&members.id], more);
    let refused = secretariat.refused(DECIDE, json!({ "input": input })).await;
    refused.is_invalid("intoThreadId");
}
