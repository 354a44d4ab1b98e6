//! A reported text can be read by those who decide on it until they have decided, even if its author has withdrawn it; by nobody else.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::CHANGE_THREAD;
use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::WITHDRAW;
use crate::support::acts::decide;
use crate::support::acts::give_scope;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::undo;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::moderating::REPORT;
use crate::support::moderating::appeal;
use crate::support::moderating::report;
use crate::support::moderating::report_input;
use crate::support::page::Browser;
use crate::support::person::Person;

on_both_databases!(
    those_who_decide_read_what_was_withdrawn_until_the_case_is_closed,
    what_was_reported_is_read_as_it_was_then,
    a_reported_thread_is_read_under_its_title_of_then_until_the_case_is_closed,
    a_withdrawn_post_is_reported_as_long_as_a_report_of_it_waits,
    what_nobody_reported_is_read_by_nobody_once_it_is_withdrawn,
    what_was_hidden_and_withdrawn_is_read_by_those_who_decide_on_the_appeal,
);

const READ: &str = "query($id: ID!) { node(id: $id) { ... on Post { state body bodyHtml viewer { hiddenBody } } } }";

async fn hidden_body(person: &Person, post: &str) -> Value {
    let data = person.ask(READ, json!({ "id": post })).await;
    assert!(at(&data, "node.body").is_null(), "shown to nobody");
    at(&data, "node.viewer.hiddenBody").clone()
}

async fn withdraw(person: &Person, post: &str) {
    let input = json!({ "postId": post });
    person.ask(WITHDRAW, json!({ "input": input })).await;
}

async fn case_of(person: &Person) -> String {
    let document = "{ viewer { cases(first: 5) { nodes { id } } } }";
    let data = person.ask(document, json!({})).await;
    text(&data, "viewer.cases.nodes.0.id")
}

const WORDS: &str = "Words that were reported.";

async fn those_who_decide_read_what_was_withdrawn_until_the_case_is_closed(forum: Forum) {
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    give_scope(&secretariat, &moderator, &["africa"]).await;
    let author = forum.delegate("ke");
    let thread = open(&forum.delegate("br"), Draft::default()).await;
    let posted = reply(&author, &thread.id, WORDS).await;
    let elsewhere = Draft {
        regions: &["country-fr"],
        ..Draft::titled("Elsewhere")
    };
    let outside = open(&forum.delegate("br"), elsewhere).await;
    let other = reply(&author, &outside.id, WORDS).await;
    report(&forum.delegate("fr"), &posted.id, "Look at this.").await;
    report(&forum.delegate("cn"), &other.id, "Look at that.").await;
    withdraw(&author, &posted.id).await;
    withdraw(&author, &other.id).await;
    for (reader, reads) in [
        (&moderator, true),
        (&secretariat, true),
        (&author, false),
        (&forum.delegate("fr"), false),
        (&forum.visitor(), false),
    ] {
        assert_eq!(hidden_body(reader, &posted.id).await == WORDS, reads);
    }
    assert!(
        hidden_body(&moderator, &other.id).await.is_null(),
        "out of scope"
    );
    let address = format!("/moderation/cases/{}", case_of(&moderator).await);
    let page = Browser::signed_in(&forum, "moderator").get(&address).await;
    assert!(page.html.contains(WORDS), "{}", page.html);
    assert!(
        page.html.contains("Withdrawn by its author."),
        "{}",
        page.html
    );
    let page = Browser::of(&forum)
        .get(&format!("/threads/{}", thread.id))
        .await;
    assert!(!page.html.contains(WORDS));
    let dismissed = decide(&moderator, "DISMISS_REPORTS", &[&posted.id]).await;
    assert!(hidden_body(&moderator, &posted.id).await.is_null());
    let page = Browser::signed_in(&forum, "moderator").get(&address).await;
    assert!(!page.html.contains(WORDS), "{}", page.html);
    undo(&moderator, &dismissed).await;
    assert_eq!(hidden_body(&moderator, &posted.id).await, WORDS);
}

async fn what_was_reported_is_read_as_it_was_then(forum: Forum) {
    let secretariat = forum.secretariat();
    let author = forum.delegate("ke");
    let thread = open(&forum.delegate("br"), Draft::default()).await;
    let posted = reply(&author, &thread.id, WORDS).await;
    report(&forum.delegate("fr"), &posted.id, "Look at this.").await;
    let input = json!({ "postId": posted.id, "revision": 1, "body": "Nothing to see." });
    author.ask(EDIT, json!({ "input": input })).await;
    withdraw(&author, &posted.id).await;
    assert_eq!(
        hidden_body(&secretariat, &posted.id).await,
        "Nothing to see."
    );
    let document = "query($id: ID!) { node(id: $id) { ... on Case { reports { edges { node { viewer { reportedBody } } } } } } }";
    let data = secretariat
        .ask(document, json!({ "id": case_of(&secretariat).await }))
        .await;
    let reports = nodes(at(&data, "node"), "reports");
    assert_eq!(text(&reports[0], "viewer.reportedBody"), WORDS);
    let own = "query($id: ID!) { node(id: $id) { ... on Post { viewer { report { viewer { reportedBody } } } } } }";
    let data = forum
        .delegate("fr")
        .ask(own, json!({ "id": posted.id }))
        .await;
    assert!(at(&data, "node.viewer.report.viewer.reportedBody").is_null());
    let address = format!("/moderation/cases/{}", case_of(&secretariat).await);
    let page = Browser::signed_in(&forum, "secretariat")
        .get(&address)
        .await;
    assert!(page.html.contains(WORDS), "{}", page.html);
    assert!(page.html.contains("Nothing to see."), "{}", page.html);
}

async fn a_reported_thread_is_read_under_its_title_of_then_until_the_case_is_closed(forum: Forum) {
    const TITLE: &str = "A title that was reported";
    let (secretariat, author) = (forum.secretariat(), forum.delegate("ke"));
    let thread = open(&author, Draft::titled(TITLE)).await;
    report(&forum.delegate("fr"), &thread.id, "Look at the title.").await;
    let input = json!({ "threadId": thread.id, "title": "Nothing to see" });
    author.ask(CHANGE_THREAD, json!({ "input": input })).await;
    let input = json!({ "postId": thread.post, "revision": 1, "body": "Nothing here either." });
    author.ask(EDIT, json!({ "input": input })).await;
    let document = "query($id: ID!) { node(id: $id) { ... on Case { reports { nodes { viewer { reportedTitle reportedBody } } } } } }";
    let case = case_of(&secretariat).await;
    let read = async |person: &Person| {
        let data = person.ask(document, json!({ "id": case })).await;
        at(&data, "node.reports.nodes.0.viewer").clone()
    };
    let reported = read(&secretariat).await;
    assert_eq!(reported["reportedTitle"], TITLE);
    let body = reported["reportedBody"].as_str().expect("a text");
    assert!(!body.contains("Nothing here"), "{body}");
    let own = "query($id: ID!) { thread(id: $id) { viewer { report { viewer { reportedTitle reportedBody } } } } }";
    let fr = forum.delegate("fr");
    let data = fr.ask(own, json!({ "id": thread.id })).await;
    let reported = at(&data, "thread.viewer.report.viewer");
    assert!(reported["reportedTitle"].is_null() && reported["reportedBody"].is_null());
    let address = format!("/moderation/cases/{case}");
    let mut browser = Browser::signed_in(&forum, "secretariat");
    let page = browser.get(&address).await;
    assert!(page.html.contains(TITLE), "{}", page.html);
    let history = "Earlier decisions on this discussion and its author";
    assert!(page.html.contains(history), "{}", page.html);
    decide(&secretariat, "DISMISS_REPORTS", &[&thread.id]).await;
    assert!(read(&secretariat).await["reportedTitle"].is_null());
    let page = browser.get(&address).await;
    assert!(!page.html.contains(TITLE), "{}", page.html);
}

async fn a_withdrawn_post_is_reported_as_long_as_a_report_of_it_waits(forum: Forum) {
    let secretariat = forum.secretariat();
    let author = forum.delegate("ke");
    let thread = open(&forum.delegate("br"), Draft::default()).await;
    let posted = reply(&author, &thread.id, WORDS).await;
    report(&forum.delegate("fr"), &posted.id, "Look at this.").await;
    withdraw(&author, &posted.id).await;
    let foretold = "query($id: ID!) { node(id: $id) { ... on Post { viewer { canReport } } } }";
    let data = forum
        .delegate("cn")
        .ask(foretold, json!({ "id": posted.id }))
        .await;
    assert_eq!(at(&data, "node.viewer.canReport"), &json!(true));
    report(&forum.delegate("cn"), &posted.id, "I saw it too.").await;
    let document =
        "query($id: ID!) { node(id: $id) { ... on Case { reports { edges { node { note } } } } } }";
    let data = secretariat
        .ask(document, json!({ "id": case_of(&secretariat).await }))
        .await;
    assert_eq!(nodes(at(&data, "node"), "reports").len(), 2);
    decide(&secretariat, "DISMISS_REPORTS", &[&posted.id]).await;
    let late = json!({ "input": report_input(&posted.id, "And I.") });
    forum
        .delegate("us")
        .refused(REPORT, late)
        .await
        .is_denied("POST_WITHDRAWN");
}

async fn what_nobody_reported_is_read_by_nobody_once_it_is_withdrawn(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&forum.delegate("br"), Draft::default()).await;
    let posted = reply(&author, &thread.id, WORDS).await;
    let reported = reply(&author, &thread.id, "Other words.").await;
    report(&forum.delegate("fr"), &reported.id, "Look at this.").await;
    withdraw(&author, &posted.id).await;
    for reader in [forum.secretariat(), forum.delegate("ke"), forum.visitor()] {
        assert!(hidden_body(&reader, &posted.id).await.is_null());
    }
    let late = json!({ "input": report_input(&posted.id, "Too late.") });
    forum
        .delegate("fr")
        .refused(REPORT, late)
        .await
        .is_denied("POST_WITHDRAWN");
    // Nor by the person who reported it, whatever their office.
    let by_staff = reply(&author, &thread.id, "Words of a third kind.").await;
    report(&forum.secretariat(), &by_staff.id, "I report it myself.").await;
    withdraw(&author, &by_staff.id).await;
    assert!(
        hidden_body(&forum.secretariat(), &by_staff.id)
            .await
            .is_null()
    );
}

async fn what_was_hidden_and_withdrawn_is_read_by_those_who_decide_on_the_appeal(forum: Forum) {
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    give_scope(&secretariat, &moderator, &["africa"]).await;
    let author = forum.delegate("ke");
    let thread = open(&forum.delegate("br"), Draft::default()).await;
    let posted = reply(&author, &thread.id, WORDS).await;
    let hidden = decide(&moderator, "HIDE_POST", &[&posted.id]).await;
    appeal(&author, &hidden, "It belongs here.").await;
    withdraw(&author, &posted.id).await;
    assert_eq!(hidden_body(&secretariat, &posted.id).await, WORDS);
    assert!(
        hidden_body(&forum.delegate("fr"), &posted.id)
            .await
            .is_null()
    );
}
