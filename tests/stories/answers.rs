//! The answer to a question: who marks it, what becomes of the mark, and that every list and count follows it at once.

use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::support::acts::CHANGE_THREAD;
use crate::support::acts::Draft;
use crate::support::acts::FORUM_EVENTS;
use crate::support::acts::THREAD_EVENTS;
use crate::support::acts::WITHDRAW;
use crate::support::acts::decide;
use crate::support::acts::give_scope;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::titles;
use crate::support::acts::undo;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::moderating::decide_by_two;
use crate::support::moderating::decide_with;
use crate::support::moderating::report;
use crate::support::page::Browser;
use crate::support::person::Person;

on_both_databases!(
    the_person_who_asked_marks_one_answer_replaces_it_and_takes_it_back,
    only_a_shown_reply_to_a_question_is_its_answer,
    a_moderator_marks_by_a_decision_that_is_in_the_ledger_and_can_be_undone,
    an_answer_that_is_not_shown_leaves_its_question_unanswered_until_it_is_shown_again,
    an_answer_that_is_moved_or_whose_thread_is_no_question_counts_when_it_is_back,
    whoever_follows_hears_of_the_answer,
    the_answer_among_members_is_no_visitors_business,
    the_page_of_a_question_marks_its_answer_by_a_form,
);

const ACCEPT: &str = "mutation($input: AcceptAnswerInput!) { acceptAnswer(input: $input) { \
     post { id isAcceptedAnswer thread { isAnswered acceptedAnswer { id } } } } }";
const TAKE_BACK: &str = "mutation($input: WithdrawAnswerInput!) { withdrawAnswer(input: $input) { \
     post { id isAcceptedAnswer thread { isAnswered acceptedAnswer { id } } } } }";

pub fn question(title: &str) -> Draft {
    Draft {
        kind: "QUESTION",
        ..Draft::titled(title)
    }
}

fn input(post: &str) -> Value {
    json!({ "input": { "postId": post } })
}

pub async fn accept(person: &Person, post: &str) {
    let data = person.ask(ACCEPT, input(post)).await;
    let found = at(&data, "acceptAnswer.post");
    assert_eq!(text(found, "id"), post);
    assert_eq!(at(found, "isAcceptedAnswer"), true);
    assert_eq!(at(found, "thread.isAnswered"), true);
    assert_eq!(text(found, "thread.acceptedAnswer.id"), post);
}

async fn take_back(person: &Person, post: &str) {
    let data = person.ask(TAKE_BACK, input(post)).await;
    assert_eq!(at(&data, "withdrawAnswer.post.isAcceptedAnswer"), false);
}

/// The answer as the thread, its posts, the list and its filters show it, which all say the same.
async fn answer(person: &Person, title: &str, thread: &str) -> Option<String> {
    let document = "query($id: ID!) { thread(id: $id) { isAnswered acceptedAnswer { id isAcceptedAnswer } \
         posts(first: 50) { nodes { id isAcceptedAnswer } } } }";
    let data = person.ask(document, json!({ "id": thread })).await;
    let found = at(&data, "thread.acceptedAnswer");
    let found = found.is_object().then(|| text(found, "id"));
    assert_eq!(at(&data, "thread.isAnswered"), found.is_some());
    let posts = at(&data, "thread.posts.nodes").as_array().expect("posts");
    let marked = posts.iter().filter(|post| post["isAcceptedAnswer"] == true);
    let marked: Vec<String> = marked.map(|post| text(post, "id")).collect();
    assert_eq!(marked, Vec::from_iter(found.clone()));
    for answered in [true, false] {
        let listed = titles(person, json!({ "answered": answered })).await;
        let is_listed = listed.iter().any(|each| each == title);
        assert_eq!(is_listed, answered == found.is_some(), "{answered}");
    }
    found
}

/// Where a question stands that is listed under neither heading.
async fn is_listed_at_all(person: &Person, title: &str) -> bool {
    let mut all = titles(person, json!({ "answered": true })).await;
    all.extend(titles(person, json!({ "answered": false })).await);
    all.iter().any(|each| each == title)
}

async fn the_person_who_asked_marks_one_answer_replaces_it_and_takes_it_back(forum: Forum) {
    let (asker, other, visitor) = (forum.delegate("ke"), forum.delegate("br"), forum.visitor());
    let thread = open(&asker, question("Who helps?")).await;
    open(&asker, Draft::titled("No question")).await;
    let first = reply(&other, &thread.id, "We do.").await.id;
    let second = reply(&forum.delegate("fr"), &thread.id, "So do we.")
        .await
        .id;
    assert!(!is_listed_at_all(&visitor, "No question").await);
    assert_eq!(answer(&visitor, "Who helps?", &thread.id).await, None);
    accept(&asker, &first).await;
    assert_eq!(
        answer(&visitor, "Who helps?", &thread.id).await,
        Some(first.clone())
    );
    let may = "query($id: ID!) { node(id: $id) { ... on Post { viewer { canAcceptAnswer canWithdrawAnswer } } } }";
    for (person, post, accepts, withdraws) in [
        (&asker, &first, false, true),
        (&asker, &second, true, false),
        (&asker, &thread.post, false, false),
        (&other, &first, false, false),
        (&other, &second, false, false),
        (&visitor, &second, false, false),
    ] {
        let data = person.ask(may, json!({ "id": post })).await;
        assert_eq!(at(&data, "node.viewer.canAcceptAnswer"), accepts);
        assert_eq!(at(&data, "node.viewer.canWithdrawAnswer"), withdraws);
    }
    let count = async || {
        let data = visitor.ask(
            "query($id: ID!) { thread(id: $id) { cursor updatedAt } }",
            json!({ "id": thread.id }),
        );
        at(&data.await, "thread").to_string()
    };
    let before = count().await;
    accept(&asker, &first).await;
    assert_eq!(count().await, before, "marked again, nothing happens");
    accept(&asker, &second).await;
    assert_ne!(count().await, before);
    assert_eq!(
        answer(&visitor, "Who helps?", &thread.id).await,
        Some(second.clone())
    );
    for (person, reason) in [(&other, "NOT_YOURS"), (&visitor, "SIGN_IN_REQUIRED")] {
        person
            .refused(ACCEPT, input(&first))
            .await
            .is_denied(reason);
        person
            .refused(TAKE_BACK, input(&second))
            .await
            .is_denied(reason);
    }
    let before = count().await;
    take_back(&asker, &first).await;
    assert_eq!(count().await, before, "another post has the mark");
    take_back(&asker, &second).await;
    assert_eq!(answer(&visitor, "Who helps?", &thread.id).await, None);
}

async fn only_a_shown_reply_to_a_question_is_its_answer(forum: Forum) {
    let (asker, other, secretariat) = (
        forum.delegate("ke"),
        forum.delegate("br"),
        forum.secretariat(),
    );
    let thread = open(&asker, question("Who helps?")).await;
    let experience = open(&asker, Draft::titled("No question")).await;
    let refused = async |post: &str, reason: &str| {
        asker.refused(ACCEPT, input(post)).await.is_denied(reason);
    };
    refused(&thread.post, "OPENING_TEXT").await;
    let elsewhere = reply(&other, &experience.id, "A reply.").await.id;
    refused(&elsewhere, "NOT_A_QUESTION").await;
    let hidden = reply(&other, &thread.id, "Hidden.").await.id;
    decide(&secretariat, "HIDE_POST", &[&hidden]).await;
    refused(&hidden, "POST_HIDDEN").await;
    let withdrawn = reply(&other, &thread.id, "Withdrawn.").await.id;
    other.ask(WITHDRAW, input(&withdrawn)).await;
    refused(&withdrawn, "POST_WITHDRAWN").await;
    decide(&secretariat, "REVIEW_THREAD", &[&thread.id]).await;
    let waits = reply(&other, &thread.id, "Waits.").await.id;
    refused(&waits, "AWAITS_APPROVAL").await;
    asker
        .refused(ACCEPT, input("nothing"))
        .await
        .is("NOT_FOUND");
    assert_eq!(
        answer(&forum.visitor(), "Who helps?", &thread.id).await,
        None
    );
}

async fn a_moderator_marks_by_a_decision_that_is_in_the_ledger_and_can_be_undone(forum: Forum) {
    let (asker, other, visitor) = (forum.delegate("ke"), forum.delegate("br"), forum.visitor());
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    let thread = open(&asker, question("Who helps?")).await;
    let first = reply(&other, &thread.id, "We do.").await.id;
    let second = reply(&forum.delegate("fr"), &thread.id, "So do we.")
        .await
        .id;
    let refused = moderator.refused(ACCEPT, input(&first)).await;
    refused.is_denied("OUT_OF_SCOPE");
    give_scope(&secretariat, &moderator, &["africa"]).await;
    // Marking answers no report.
    report(&forum.delegate("cn"), &first, "Is that so?").await;
    accept(&asker, &second).await;
    let key = Uuid::new_v4();
    let marked = json!({ "input": { "postId": first, "key": key, "explanation": "It is complete.", "language": "EN" } });
    moderator.ask(ACCEPT, marked.clone()).await;
    moderator.ask(ACCEPT, marked).await;
    assert_eq!(
        answer(&visitor, "Who helps?", &thread.id).await,
        Some(first.clone())
    );
    let refused = moderator.refused(ACCEPT, input(&first)).await;
    refused.is_denied("ALREADY_DECIDED");
    let ledger = "{ decisions(first: 10) { nodes { id act office reason explanation entry } } }";
    let data = visitor.ask(ledger, json!({})).await;
    let decisions = at(&data, "decisions.nodes").as_array().expect("decisions");
    assert_eq!(decisions.len(), 1, "the key is taken once: {decisions:#?}");
    assert_eq!(text(&decisions[0], "act"), "ACCEPT_ANSWER");
    assert_eq!(text(&decisions[0], "explanation"), "It is complete.");
    assert!(text(&decisions[0], "entry").contains("the answer"));
    let decision = text(&decisions[0], "id");
    let notices = "{ viewer { notices { edges { node { decision { id } } } } } }";
    for person in [&asker, &other] {
        let data = person.ask(notices, json!({})).await;
        let notice = nodes(at(&data, "viewer"), "notices").remove(0);
        assert_eq!(text(&notice, "decision.id"), decision);
    }
    let cases = "{ viewer { cases { totalCount } } }";
    let data = secretariat.ask(cases, json!({})).await;
    assert_eq!(
        at(&data, "viewer.cases.totalCount"),
        1,
        "the report still waits"
    );
    undo(&secretariat, &decision).await;
    assert_eq!(
        answer(&visitor, "Who helps?", &thread.id).await,
        Some(second.clone())
    );
    // Without an explanation a standard one is given.
    let french = json!({ "input": { "postId": second, "language": "FR" } });
    moderator.ask(TAKE_BACK, french).await;
    assert_eq!(answer(&visitor, "Who helps?", &thread.id).await, None);
    let data = visitor.ask(ledger, json!({})).await;
    assert_eq!(text(&data, "decisions.nodes.0.act"), "WITHDRAW_ANSWER");
    let said = text(&data, "decisions.nodes.0.explanation");
    assert_eq!(said, "Ce message ne répond pas à la question.");
    // The person who asked has the last word, and then nothing of the decision is left to undo.
    accept(&asker, &first).await;
    assert_eq!(
        answer(&visitor, "Who helps?", &thread.id).await,
        Some(first)
    );
}

async fn an_answer_that_is_not_shown_leaves_its_question_unanswered_until_it_is_shown_again(
    forum: Forum,
) {
    let (asker, other, visitor) = (forum.delegate("ke"), forum.delegate("br"), forum.visitor());
    let secretariat = forum.secretariat();
    let thread = open(&asker, question("Who helps?")).await;
    let first = reply(&other, &thread.id, "We do.").await.id;
    let second = reply(&other, &thread.id, "We still do.").await.id;
    let third = reply(&other, &thread.id, "Always.").await.id;
    let now = async || answer(&visitor, "Who helps?", &thread.id).await;
    accept(&asker, &first).await;
    let hidden = decide(&secretariat, "HIDE_POST", &[&first]).await;
    assert_eq!(now().await, None);
    undo(&secretariat, &hidden).await;
    assert_eq!(now().await, Some(first.clone()));
    decide_by_two(
        &secretariat,
        &second_person(&forum).await,
        "ERASE_POST",
        &[&first],
        json!({}),
    )
    .await;
    assert_eq!(now().await, None);
    accept(&asker, &second).await;
    let input = json!({ "input": { "postId": second } });
    other.ask(WITHDRAW, input).await;
    assert_eq!(now().await, None);
    accept(&asker, &third).await;
    decide(&secretariat, "ARCHIVE_THREAD", &[&thread.id]).await;
    assert!(!is_listed_at_all(&visitor, "Who helps?").await);
    let archived = json!({ "archived": true, "answered": true });
    assert_eq!(titles(&visitor, archived).await, ["Who helps?"]);
}

/// A second person who decides everywhere.
async fn second_person(forum: &Forum) -> Person {
    let person = forum.delegate("cn");
    let secretariat = forum.secretariat();
    let id = crate::support::acts::own_id(&person).await;
    let change =
        "mutation($input: ChangeRoleInput!) { changeRole(input: $input) { person { id } } }";
    let input = json!({ "input": { "personId": id, "role": "MODERATOR" } });
    secretariat.ask(change, input).await;
    give_scope(&secretariat, &person, &["world"]).await;
    person
}

async fn an_answer_that_is_moved_or_whose_thread_is_no_question_counts_when_it_is_back(
    forum: Forum,
) {
    let (asker, other, visitor) = (forum.delegate("ke"), forum.delegate("br"), forum.visitor());
    let secretariat = forum.secretariat();
    let thread = open(&asker, question("Who helps?")).await;
    let into = open(&other, question("Who else helps?")).await;
    let first = reply(&other, &thread.id, "We do.").await.id;
    accept(&asker, &first).await;
    let now = async || answer(&visitor, "Who helps?", &thread.id).await;
    let more = json!({ "change": { "title": "Split off" } });
    let split = decide_with(&secretariat, "SPLIT_POSTS", &[&first], more).await;
    assert_eq!(now().await, None);
    let unanswered = titles(&visitor, json!({ "answered": false })).await;
    assert!(
        unanswered.contains(&"Split off".to_string()),
        "{unanswered:?}"
    );
    undo(&secretariat, &split).await;
    assert_eq!(now().await, Some(first.clone()));
    let more = json!({ "intoThreadId": into.id });
    let merged = decide_with(&secretariat, "MERGE_THREADS", &[&thread.id], more).await;
    assert!(!is_listed_at_all(&visitor, "Who helps?").await);
    assert_eq!(
        answer(&visitor, "Who else helps?", &into.id).await,
        None,
        "it answered another question"
    );
    undo(&secretariat, &merged).await;
    assert_eq!(now().await, Some(first.clone()));
    for (kind, found) in [("PRACTICE", false), ("QUESTION", true)] {
        let input = json!({ "threadId": thread.id, "kind": kind });
        asker.ask(CHANGE_THREAD, json!({ "input": input })).await;
        assert_eq!(is_listed_at_all(&visitor, "Who helps?").await, found);
    }
    assert_eq!(now().await, Some(first));
}

async fn whoever_follows_hears_of_the_answer(forum: Forum) {
    let (asker, other, visitor) = (forum.delegate("ke"), forum.delegate("br"), forum.visitor());
    let secretariat = forum.secretariat();
    let thread = open(&asker, question("Who helps?")).await;
    let post = reply(&other, &thread.id, "We do.").await.id;
    let document = THREAD_EVENTS.replace(
        "... on ThreadHidden",
        "... on AnswerChanged { thread { isAnswered acceptedAnswer { id } } } ... on ThreadHidden",
    );
    let after = json!({ "threadId": thread.id, "after": thread.cursor });
    let mut listener = visitor.subscribe(&document, after).await;
    assert_eq!(text(&listener.event().await, "__typename"), "PostCreated");
    // Of a list of unanswered questions, too: it leaves that list.
    let document = FORUM_EVENTS.replace(
        "... on ThreadHidden",
        "... on AnswerChanged { thread { id isAnswered } } ... on ThreadHidden",
    );
    let unanswered = json!({ "filter": { "answered": false }, "after": thread.cursor });
    let mut list = visitor.subscribe(&document, unanswered).await;
    assert_eq!(text(&list.event().await, "__typename"), "PostCreated");
    accept(&asker, &post).await;
    let event = listener.event().await;
    assert_eq!(text(&event, "__typename"), "AnswerChanged");
    assert_eq!(text(&event, "thread.acceptedAnswer.id"), post);
    assert_eq!(at(&list.event().await, "thread.isAnswered"), true);
    take_back(&asker, &post).await;
    assert_eq!(at(&listener.event().await, "thread.isAnswered"), false);
    assert_eq!(at(&list.event().await, "thread.isAnswered"), false);
    decide(&secretariat, "ACCEPT_ANSWER", &[&post]).await;
    assert_eq!(at(&listener.event().await, "thread.isAnswered"), true);
    assert_eq!(at(&list.event().await, "thread.isAnswered"), true);
    decide(&secretariat, "HIDE_POST", &[&post]).await;
    assert_eq!(text(&listener.event().await, "__typename"), "PostHidden");
}

async fn the_answer_among_members_is_no_visitors_business(forum: Forum) {
    let (asker, other, visitor) = (forum.delegate("ke"), forum.delegate("br"), forum.visitor());
    let draft = Draft {
        visibility: "MEMBERS",
        ..question("Who helps members?")
    };
    let thread = open(&asker, draft).await;
    let post = reply(&other, &thread.id, "We do.").await.id;
    accept(&asker, &post).await;
    assert!(!is_listed_at_all(&visitor, "Who helps members?").await);
    let data = visitor
        .ask("query($id: ID!) { node(id: $id) { id } threads(filter: { answered: true }) { totalCount } }", json!({ "id": post }))
        .await;
    assert_eq!(at(&data, "node"), &Value::Null);
    assert_eq!(at(&data, "threads.totalCount"), 0);
    visitor.refused(ACCEPT, input(&post)).await.is("NOT_FOUND");
    assert_eq!(
        answer(&other, "Who helps members?", &thread.id).await,
        Some(post)
    );
}

async fn the_page_of_a_question_marks_its_answer_by_a_form(forum: Forum) {
    let (asker, other) = (forum.delegate("ke"), forum.delegate("br"));
    let thread = open(&asker, question("Who helps?")).await;
    let post = reply(&other, &thread.id, "We do.").await.id;
    let mut page = Browser::signed_in(&forum, "ke");
    let mut visitor = Browser::of(&forum);
    let path = format!("/threads/{}", thread.id);
    let form = format!("{path}/answer");
    let unmarked = page.get(&path).await.html;
    assert!(unmarked.contains("Mark as the answer") && unmarked.contains("Not answered yet"));
    let list = visitor.get("/threads?answered=false").await.html;
    assert!(list.contains("Who helps?"));
    let fields = [("post", post.as_str()), ("number", "2")];
    let marked = page.post_and_follow(&form, &fields).await.html;
    assert!(marked.contains("Remove the mark"), "{marked}");
    for path in [path.as_str(), "/threads?answered=true"] {
        let seen = visitor.get(path).await.html;
        assert!(seen.contains("Who helps?") && seen.contains("Answered"));
        assert!(!seen.contains("Mark as the answer"));
    }
    let list = visitor.get("/threads?answered=false").await.html;
    assert!(!list.contains("Who helps?"));
    let fields = [
        ("post", post.as_str()),
        ("number", "2"),
        ("withdraw", "true"),
    ];
    let unmarked = page.post_and_follow(&form, &fields).await.html;
    assert!(unmarked.contains("Mark as the answer"));
}
