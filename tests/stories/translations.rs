//! Translations of posts: who writes them, when they are outdated, and that they are withheld with their source everywhere.

use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

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
use crate::support::json::number;
use crate::support::json::text;
use crate::support::moderating::decide_by_two;
use crate::support::moderating::decide_with;
use crate::support::page::Browser;
use crate::support::person::Person;

on_both_databases!(
    a_translation_is_by_the_author_the_own_delegation_or_the_secretariat,
    a_translation_is_outdated_at_once_when_its_post_is_edited,
    a_translation_falls_with_its_source_everywhere,
    a_translation_of_a_text_that_a_decision_took_away_is_not_shown,
    a_thread_says_how_many_posts_lack_a_language,
    a_translation_sent_twice_is_one,
    what_cannot_be_translated_is_refused,
);

const TRANSLATE: &str = "mutation($input: TranslatePostInput!) { translatePost(input: $input) { \
     post { id translations { edges { node { id language body revision outdated } } } } } }";
const TAKE_BACK: &str = "mutation($id: ID!) { withdrawTranslation(input: { translationId: $id }) { \
     post { translations { edges { node { id } } } } } }";
const READ: &str = "query($id: ID!) { node(id: $id) { ... on Post { state \
     translation(language: AR) { id body bodyHtml revision outdated translatorTitle translator { name } \
         delegation { slug } viewer { canWithdraw } } \
     translations { edges { node { id language body } } } viewer { canTranslate translateRefusal } } } }";
const EVENTS: &str = "subscription($id: ID!, $after: String) { threadEvents(threadId: $id, after: $after) { __typename cursor \
     ... on PostCreated { post { ...T } } ... on PostEdited { post { ...T } } ... on PostWithdrawn { post { ...T } } \
     ... on PostHidden { post { ...T } } ... on PostRestored { post { ...T } } ... on PostTranslated { post { ...T } } \
     ... on TranslationWithdrawn { post { ...T } } } } \
     fragment T on Post { translations { edges { node { language body outdated } } } }";

/// A sentence that only the translation contains.
const ARABIC: &str = "نص لا يظهر في مكان آخر";

fn input(post: &str, language: &str, body: &str) -> Value {
    json!({ "input": { "key": Uuid::new_v4(), "postId": post, "revision": 1, "language": language, "body": body } })
}

async fn translate(person: &Person, post: &str, language: &str, body: &str) -> String {
    let data = person.ask(TRANSLATE, input(post, language, body)).await;
    let all = nodes(at(&data, "translatePost.post"), "translations");
    let made = all
        .iter()
        .find(|node| text(node, "language") == language)
        .expect("the translation");
    assert_eq!(text(made, "body"), body);
    text(made, "id")
}

async fn read(person: &Person, post: &str) -> Value {
    let data = person.ask(READ, json!({ "id": post })).await;
    at(&data, "node").clone()
}

async fn edit(person: &Person, post: &str, revision: i64, body: &str) {
    let input = json!({ "postId": post, "revision": revision, "body": body });
    person.ask(EDIT, json!({ "input": input })).await;
}

async fn a_translation_is_by_the_author_the_own_delegation_or_the_secretariat(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    for person in [&author, &forum.focal_point("ke"), &forum.secretariat()] {
        let id = translate(person, &thread.post, "AR", ARABIC).await;
        let seen = read(&forum.visitor(), &thread.post).await;
        assert_eq!(text(&seen, "translation.id"), id);
        assert!(text(&seen, "translation.bodyHtml").contains(ARABIC));
        assert_eq!(nodes(&seen, "translations").len(), 1, "the last one stands");
        let own = read(person, &thread.post).await;
        assert_eq!(at(&own, "viewer.canTranslate"), &json!(true));
        assert_eq!(at(&own, "translation.viewer.canWithdraw"), &json!(true));
    }
    let other = forum.delegate("br");
    let seen = read(&other, &thread.post).await;
    assert_eq!(text(&seen, "viewer.translateRefusal"), "OTHER_DELEGATION");
    let refused = other
        .refused(TRANSLATE, input(&thread.post, "AR", "Mine."))
        .await;
    refused.is_denied("OTHER_DELEGATION");
    let id = json!({ "id": text(&seen, "translation.id") });
    let refused = other.refused(TAKE_BACK, id.clone()).await;
    refused.is_denied("NOT_YOURS");
    let visitor = forum.visitor();
    let refused = visitor
        .refused(TRANSLATE, input(&thread.post, "AR", "Mine."))
        .await;
    refused.is_denied("SIGN_IN_REQUIRED");

    author.ask(TAKE_BACK, id.clone()).await;
    let seen = read(&visitor, &thread.post).await;
    assert_eq!(
        at(&seen, "translation"),
        &Value::Null,
        "no earlier one comes back"
    );
    author.refused(TAKE_BACK, id).await.is("NOT_FOUND");
}

async fn a_translation_is_outdated_at_once_when_its_post_is_edited(forum: Forum) {
    let (author, visitor) = (forum.delegate("ke"), forum.visitor());
    let thread = open(&author, Draft::default()).await;
    let after = json!({ "id": thread.id, "after": thread.cursor });
    let mut socket = visitor.subscribe(EVENTS, after).await;
    translate(&author, &thread.post, "AR", ARABIC).await;
    let event = socket.event().await;
    assert_eq!(text(&event, "__typename"), "PostTranslated");
    let told = nodes(at(&event, "post"), "translations");
    assert_eq!(text(&told[0], "body"), ARABIC);
    assert_eq!(at(&told[0], "outdated"), &json!(false));

    edit(&author, &thread.post, 1, "Another text.").await;
    let event = socket.event().await;
    assert_eq!(text(&event, "__typename"), "PostEdited");
    let told = nodes(at(&event, "post"), "translations");
    assert_eq!(at(&told[0], "outdated"), &json!(true));
    let seen = read(&visitor, &thread.post).await;
    assert_eq!(at(&seen, "translation.outdated"), &json!(true));
    assert_eq!(number(&seen, "translation.revision"), 1);

    let mut anew = input(&thread.post, "AR", "Anew.");
    anew["input"]["revision"] = json!(2);
    author.ask(TRANSLATE, anew).await;
    let seen = read(&visitor, &thread.post).await;
    assert_eq!(at(&seen, "translation.outdated"), &json!(false));
}

async fn a_translation_falls_with_its_source_everywhere(forum: Forum) {
    let (author, visitor, secretariat) =
        (forum.delegate("ke"), forum.visitor(), forum.secretariat());
    let moderator = forum.moderator();
    give_scope(&secretariat, &moderator, &["africa"]).await;
    let thread = open(&forum.delegate("br"), Draft::default()).await;
    let posted = reply(&author, &thread.id, "The original.").await;
    let translation = translate(&author, &posted.id, "AR", ARABIC).await;
    let path = format!("/threads/{}?lang=ar", thread.id);
    let page = Browser::of(&forum).get(&path).await;
    assert!(page.html.contains(ARABIC), "the reader's language is shown");
    let data = visitor
        .ask(
            "query($id: ID!) { thread(id: $id) { cursor } }",
            json!({ "id": thread.id }),
        )
        .await;
    let after = json!({ "id": thread.id, "after": text(&data, "thread.cursor") });
    let mut socket = visitor.subscribe(EVENTS, after).await;

    let decision = decide(&secretariat, "HIDE_POST", &[&posted.id]).await;
    let event = socket.event().await;
    assert_eq!(text(&event, "__typename"), "PostHidden");
    assert!(nodes(at(&event, "post"), "translations").is_empty());
    is_nowhere(&forum, &thread.id, &posted.id, &translation).await;
    undo(&secretariat, &decision).await;
    let event = socket.event().await;
    assert_eq!(text(&event, "__typename"), "PostRestored");
    assert_eq!(nodes(at(&event, "post"), "translations").len(), 1);

    author
        .ask(WITHDRAW, json!({ "input": { "postId": posted.id } }))
        .await;
    let event = socket.event().await;
    assert_eq!(text(&event, "__typename"), "PostWithdrawn");
    assert!(nodes(at(&event, "post"), "translations").is_empty());
    is_nowhere(&forum, &thread.id, &posted.id, &translation).await;

    let other = reply(&author, &thread.id, "Another original.").await;
    let translation = translate(&author, &other.id, "AR", ARABIC).await;
    decide_by_two(
        &secretariat,
        &moderator,
        "ERASE_POST",
        &[&other.id],
        json!({}),
    )
    .await;
    is_nowhere(&forum, &thread.id, &other.id, &translation).await;
}

async fn is_nowhere(forum: &Forum, thread: &str, post: &str, translation: &str) {
    for person in [
        &forum.visitor(),
        &forum.delegate("fr"),
        &forum.secretariat(),
    ] {
        let seen = read(person, post).await;
        assert_eq!(at(&seen, "translation"), &Value::Null);
        assert!(nodes(&seen, "translations").is_empty());
        let document = "query($id: ID!) { node(id: $id) { id } }";
        let data = person.ask(document, json!({ "id": translation })).await;
        assert_eq!(at(&data, "node"), &Value::Null);
        let events = "subscription($id: ID!) { threadEvents(threadId: $id, after: \"bG9nIDA\") { __typename cursor \
             ... on PostTranslated { post { translations { edges { node { body } } } } } } }";
        let mut replayed = person.subscribe(events, json!({ "id": thread })).await;
        let mut last = String::new();
        while last != "PostTranslated" {
            let event = replayed.event().await;
            last = text(&event, "__typename");
            assert!(!event.to_string().contains(ARABIC), "{event}");
        }
    }
    let page = Browser::of(forum)
        .get(&format!("/threads/{thread}?lang=ar"))
        .await;
    assert!(!page.html.contains(ARABIC), "the page still has it");
}

async fn a_translation_of_a_text_that_a_decision_took_away_is_not_shown(forum: Forum) {
    let (author, secretariat) = (forum.delegate("ke"), forum.secretariat());
    let thread = open(&author, Draft::default()).await;
    let translation = translate(&author, &thread.post, "AR", ARABIC).await;
    let body = json!({ "body": "What is left." });
    decide_with(&secretariat, "EDIT_POST", &[&thread.post], body).await;
    for person in [&forum.visitor(), &author, &secretariat] {
        let seen = read(person, &thread.post).await;
        assert_eq!(at(&seen, "translation"), &Value::Null);
        let document = "query($id: ID!) { node(id: $id) { id } }";
        let data = person.ask(document, json!({ "id": translation })).await;
        assert_eq!(at(&data, "node"), &Value::Null);
    }
}

async fn a_thread_says_how_many_posts_lack_a_language(forum: Forum) {
    let (author, visitor) = (forum.delegate("ke"), forum.visitor());
    let thread = open(&author, Draft::default()).await;
    let second = reply(&author, &thread.id, "Two.").await;
    reply(&author, &thread.id, "Three.").await;
    let lacking = async |language: &str| {
        let document = format!(
            "query($id: ID!) {{ thread(id: $id) {{ untranslated(language: {language}) }} }}"
        );
        let data = visitor.ask(&document, json!({ "id": thread.id })).await;
        number(&data, "thread.untranslated")
    };
    assert_eq!(lacking("EN").await, 0);
    assert_eq!(lacking("AR").await, 3);
    let id = translate(&author, &second.id, "AR", ARABIC).await;
    assert_eq!(lacking("AR").await, 2);
    author.ask(TAKE_BACK, json!({ "id": id })).await;
    assert_eq!(lacking("AR").await, 3);
    author
        .ask(WITHDRAW, json!({ "input": { "postId": second.id } }))
        .await;
    assert_eq!(lacking("AR").await, 2);
}

async fn a_translation_sent_twice_is_one(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let sent = input(&thread.post, "FR", "Le texte.");
    let first = author.ask(TRANSLATE, sent.clone()).await;
    let second = author.ask(TRANSLATE, sent.clone()).await;
    assert_eq!(first, second);
    let mut other = sent;
    other["input"]["body"] = json!("Un autre.");
    author.refused(TRANSLATE, other).await.is_invalid("key");
}

async fn what_cannot_be_translated_is_refused(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let refused = author
        .refused(TRANSLATE, input(&thread.post, "EN", "The same."))
        .await;
    refused.is_invalid("language");
    let mut ahead = input(&thread.post, "AR", ARABIC);
    ahead["input"]["revision"] = json!(2);
    author
        .refused(TRANSLATE, ahead)
        .await
        .is_invalid("revision");
    author
        .refused(TRANSLATE, input(&thread.post, "AR", " "))
        .await
        .is_invalid("body");
    let hidden = open(&author, Draft::for_members("For members")).await;
    let refused = forum
        .visitor()
        .refused(TRANSLATE, input(&hidden.post, "AR", ARABIC))
        .await;
    refused.is("NOT_FOUND");
    author
        .ask(WITHDRAW, json!({ "input": { "postId": thread.post } }))
        .await;
    let refused = author
        .refused(TRANSLATE, input(&thread.post, "AR", ARABIC))
        .await;
    refused.is_denied("POST_WITHDRAWN");
}
