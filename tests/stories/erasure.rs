//! An erased text is gone from every table and file, from the API, and from memory; the ledger still verifies.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::DECIDE;
use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::THREAD_EVENTS;
use crate::support::acts::decide;
use crate::support::acts::give_scope;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::undo;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::moderating::decide_by_two;
use crate::support::moderating::decide_with;
use crate::support::moderating::input_with;
use crate::support::moderating::report;
use crate::support::process::run;

on_both_databases!(
    no_sentence_of_an_erased_text_is_left_anywhere,
    what_was_erased_does_not_come_back,
);

/// Sentences that the text contains at one time or another.
const SENTENCES: [&str; 4] = [
    "Zephyrine lives at the blue house.",
    "Her number is seven seven seven.",
    "Quillfeather wrote the annex.",
    "Vexillum is the word of the day.",
];

async fn no_sentence_of_an_erased_text_is_left_anywhere(forum: Forum) {
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    give_scope(&secretariat, &moderator, &["africa"]).await;
    let (author, visitor) = (forum.delegate("ke"), forum.visitor());
    let thread = open(&forum.delegate("br"), Draft::titled("With a person's data")).await;
    let posted = reply(&author, &thread.id, SENTENCES[0]).await;
    let after = json!({ "threadId": thread.id, "after": thread.cursor });
    let mut follower = visitor.subscribe(THREAD_EVENTS, after.clone()).await;
    assert_eq!(text(&follower.event().await, "post.body"), SENTENCES[0]);
    for (revision, sentence) in (1..).zip(&SENTENCES[1..3]) {
        let input = json!({ "postId": posted.id, "revision": revision, "body": sentence });
        author.ask(EDIT, json!({ "input": input })).await;
        follower.event().await;
    }
    report(
        &forum.delegate("fr"),
        &posted.id,
        &format!("It says: {}", SENTENCES[1]),
    )
    .await;
    let cases = "{ viewer { cases { edges { node { id } } } } }";
    let data = moderator.ask(cases, json!({})).await;
    let case = text(&nodes(at(&data, "viewer"), "cases")[0], "id");
    let note = "mutation($input: NoteCaseInput!) { noteCase(input: $input) { note { id } } }";
    let input = json!({ "key": uuid::Uuid::new_v4(), "caseId": case, "body": SENTENCES[2] });
    moderator.ask(note, json!({ "input": input })).await;
    // A moderator edited it, undid that, and hid it.
    let more = json!({ "body": SENTENCES[3] });
    let edited = decide_with(&moderator, "EDIT_POST", &[&posted.id], more).await;
    undo(&secretariat, &edited).await;
    decide(&moderator, "HIDE_POST", &[&posted.id]).await;
    let contains = async |sentence: &str| {
        let contents = forum.place().contents().await;
        let mut windows = contents.windows(sentence.len());
        windows.any(|window| window == sentence.as_bytes())
    };
    for sentence in &SENTENCES[..3] {
        assert!(
            contains(sentence).await,
            "it is there to be erased: {sentence}"
        );
    }
    let input = input_with("ERASE_POST", &[&posted.id], json!({}));
    let refused = secretariat.refused(DECIDE, json!({ "input": input })).await;
    refused.is_denied("SECOND_PERSON_REQUIRED");

    decide_by_two(
        &secretariat,
        &moderator,
        "ERASE_POST",
        &[&posted.id],
        json!({}),
    )
    .await;

    for sentence in SENTENCES {
        let left = contains(sentence).await;
        assert!(!left, "it is left in the database: {sentence}");
    }
    let document = "query($id: ID!) { node(id: $id) { ... on Post { state body bodyHtml erasedBy { act } revisions { edges { node { body } } } \
         viewer { hiddenBody acts } } } }";
    for person in [&visitor, &author, &moderator, &secretariat] {
        let data = person.ask(document, json!({ "id": posted.id })).await;
        assert_eq!(text(&data, "node.state"), "ERASED");
        assert_eq!(text(&data, "node.erasedBy.act"), "ERASE_POST");
        let answer = data.to_string();
        let told = SENTENCES.iter().find(|each| answer.contains(**each));
        assert_eq!(told, None, "{answer}");
    }
    // A client that replays the past now does not receive it.
    let mut late = visitor.subscribe(THREAD_EVENTS, after).await;
    loop {
        let event = late.event().await;
        let told = event.to_string();
        let left = SENTENCES.iter().find(|each| told.contains(**each));
        assert_eq!(left, None, "{told}");
        if text(&event, "__typename") == "PostErased" {
            break;
        }
    }
    let file = visitor.request(reqwest::Method::GET, "/ledger.jsonl");
    let file = file.send().await.expect("the ledger");
    let lines = file.text().await.expect("its lines");
    let last: Value = serde_json::from_str(lines.lines().last().expect("a line")).expect("JSON");
    assert_eq!(text(&last, "entry.targets.0.erased").len(), 64);
    let address = format!("http://{}/ledger.jsonl", forum.address());
    let verified = run(&["ledger", "verify", &address]).await;
    assert_eq!(verified.code, Some(0), "{}", verified.stderr);
}

async fn what_was_erased_does_not_come_back(forum: Forum) {
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    give_scope(&secretariat, &moderator, &["africa"]).await;
    let author = forum.delegate("ke");
    let thread = open(&forum.delegate("br"), Draft::titled("For good")).await;
    let posted = reply(&author, &thread.id, SENTENCES[0]).await;
    let hidden = decide(&moderator, "HIDE_POST", &[&posted.id]).await;
    let erased = decide_by_two(
        &moderator,
        &secretariat,
        "ERASE_POST",
        &[&posted.id],
        json!({}),
    )
    .await;
    let document =
        "query($id: ID!) { node(id: $id) { ... on Decision { viewer { undoRefusal } } } }";
    for (decision, refusal) in [(&hidden, "POST_ERASED"), (&erased, "CANNOT_BE_UNDONE")] {
        let data = secretariat.ask(document, json!({ "id": decision })).await;
        assert_eq!(at(&data, "node.viewer.undoRefusal"), refusal);
    }
    let input = json!({ "postId": posted.id, "revision": 1, "body": "Again." });
    let refused = author.refused(EDIT, json!({ "input": input })).await;
    refused.is_denied("POST_ERASED");
    for act in ["RESTORE_POST", "HIDE_POST", "ERASE_POST"] {
        let input = input_with(act, &[&posted.id], json!({}));
        let refused = secretariat.refused(DECIDE, json!({ "input": input })).await;
        assert_eq!(refused.code(), "DENIED", "{act}");
    }
}
