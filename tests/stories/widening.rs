//! What was written for members becomes public only as all its authors expect: never by one person's decision alone, and not without
//! notice.

use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::support::acts::CHANGE_THREAD;
use crate::support::acts::DECIDE;
use crate::support::acts::Draft;
use crate::support::acts::UNDO;
use crate::support::acts::WITHDRAW;
use crate::support::acts::decide;
use crate::support::acts::give_scope;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::show_to;
use crate::support::acts::undo;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::moderating::DECIDE_APPEAL;
use crate::support::moderating::PROPOSE;
use crate::support::moderating::answer_input;
use crate::support::moderating::appeal;
use crate::support::moderating::decide_with;
use crate::support::moderating::input_with;
use crate::support::page::Browser;
use crate::support::person::Person;

on_both_databases!(
    an_opener_makes_public_what_they_alone_have_written,
    an_opener_does_not_make_public_what_others_wrote_for_members,
    the_form_of_a_thread_in_which_others_wrote_does_not_offer_the_public,
    a_moderator_makes_nothing_public_and_the_secretariat_tells_all_who_wrote,
    a_moderator_does_not_open_again_what_was_closed_to_members,
    posts_do_not_come_back_into_the_public_unasked,
    a_place_that_a_post_left_tells_the_public_nothing_of_it,
    a_translation_is_words_of_its_translator,
);

fn public(thread: &str) -> Value {
    json!({ "input": { "threadId": thread, "visibility": "PUBLIC" } })
}

async fn sees(person: &Person, thread: &str) -> bool {
    let document = "query($id: ID!) { node(id: $id) { id } }";
    let data = person.ask(document, json!({ "id": thread })).await;
    !at(&data, "node").is_null()
}

async fn publish_refusal(person: &Person, thread: &str) -> Value {
    let document = "query($id: ID!) { thread(id: $id) { viewer { publishRefusal } } }";
    let data = person.ask(document, json!({ "id": thread })).await;
    at(&data, "thread.viewer.publishRefusal").clone()
}

/// The decisions of which a person was given notice.
async fn told(person: &Person) -> Vec<String> {
    let document = "{ viewer { notices(first: 50) { edges { node { decision { id } } } } } }";
    let data = person.ask(document, json!({})).await;
    let notices = nodes(at(&data, "viewer"), "notices");
    notices
        .iter()
        .map(|each| text(each, "decision.id"))
        .collect()
}

fn change_to(visibility: &str) -> Value {
    json!({ "change": { "visibility": visibility } })
}

fn undoing(decision: &str) -> Value {
    json!({ "input": {
        "key": Uuid::new_v4(), "decisionId": decision, "reason": "MISTAKEN",
        "explanation": "It was mistaken.", "language": "EN",
    } })
}

async fn an_opener_makes_public_what_they_alone_have_written(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::for_members("Mine alone")).await;
    reply(&author, &thread.id, "An afterthought of mine.").await;
    assert_eq!(publish_refusal(&author, &thread.id).await, Value::Null);
    show_to(&author, &thread.id, "PUBLIC").await;
    assert!(sees(&forum.visitor(), &thread.id).await);
}

async fn an_opener_does_not_make_public_what_others_wrote_for_members(forum: Forum) {
    let (author, other) = (forum.delegate("ke"), forum.delegate("br"));
    let thread = open(&author, Draft::for_members("Among ourselves")).await;
    let written = reply(&other, &thread.id, "What I say to members only.").await;
    let foretold = publish_refusal(&author, &thread.id).await;
    assert_eq!(foretold, "OTHERS_HAVE_WRITTEN");
    let refused = author.refused(CHANGE_THREAD, public(&thread.id)).await;
    refused.is_denied("OTHERS_HAVE_WRITTEN");
    // Together with another title neither is changed; the title alone is.
    let mut both = public(&thread.id);
    both["input"]["title"] = json!("Another title");
    let refused = author.refused(CHANGE_THREAD, both).await;
    refused.is_denied("OTHERS_HAVE_WRITTEN");
    let input = json!({ "threadId": thread.id, "title": "Another title", "visibility": "MEMBERS" });
    author.ask(CHANGE_THREAD, json!({ "input": input })).await;
    // An author who withdrew their text counts as well.
    let input = json!({ "postId": written.id });
    other.ask(WITHDRAW, json!({ "input": input })).await;
    let refused = author.refused(CHANGE_THREAD, public(&thread.id)).await;
    refused.is_denied("OTHERS_HAVE_WRITTEN");
    assert!(!sees(&forum.visitor(), &thread.id).await);

    // A public thread that its opener restricts to members stays so, once others have written there.
    let thread = open(&author, Draft::titled("Open, then closed")).await;
    reply(&other, &thread.id, "Said in public.").await;
    show_to(&author, &thread.id, "MEMBERS").await;
    reply(&other, &thread.id, "Said to members.").await;
    let refused = author.refused(CHANGE_THREAD, public(&thread.id)).await;
    refused.is_denied("OTHERS_HAVE_WRITTEN");
}

async fn the_form_of_a_thread_in_which_others_wrote_does_not_offer_the_public(forum: Forum) {
    let (author, other) = (forum.delegate("ke"), forum.delegate("br"));
    let thread = open(&author, Draft::for_members("Among ourselves")).await;
    let mut browser = Browser::signed_in(&forum, "ke");
    let address = format!("/threads/{}/change", thread.id);
    let offered = browser.get(&address).await;
    assert!(
        offered.html.contains("value=\"PUBLIC\""),
        "{}",
        offered.html
    );
    reply(&other, &thread.id, "What I say to members only.").await;
    let page = browser.get(&address).await;
    assert!(!page.html.contains("value=\"PUBLIC\""), "{}", page.html);
    // The form that was opened before the reply is refused, with its contents.
    let fields = [
        ("title", "Among all of us"),
        ("kind", "EXPERIENCE"),
        ("visibility", "PUBLIC"),
    ];
    let refused = browser.post(&address, &fields).await;
    assert_eq!(refused.status, 403);
    assert!(refused.html.contains("Among all of us"), "{}", refused.html);
    assert!(!sees(&forum.visitor(), &thread.id).await);
}

async fn a_moderator_makes_nothing_public_and_the_secretariat_tells_all_who_wrote(forum: Forum) {
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    give_scope(&secretariat, &moderator, &["africa"]).await;
    let (author, other) = (forum.delegate("ke"), forum.delegate("br"));
    let third = forum.delegate("fr");
    let thread = open(&author, Draft::for_members("Among ourselves")).await;
    reply(&other, &thread.id, "What I say to members only.").await;
    let withdrawn = reply(&third, &thread.id, "What I take back.").await;
    let input = json!({ "postId": withdrawn.id });
    third.ask(WITHDRAW, json!({ "input": input })).await;
    let wanted = input_with("CHANGE_THREAD", &[&thread.id], change_to("PUBLIC"));
    let refused = moderator.refused(DECIDE, json!({ "input": wanted })).await;
    refused.is_denied("OTHERS_HAVE_WRITTEN");
    // It is no proposal either: one person with the right office can take it.
    let refused = moderator.refused(PROPOSE, json!({ "input": wanted })).await;
    refused.is_invalid("act");
    assert!(!sees(&forum.visitor(), &thread.id).await);

    let change = change_to("PUBLIC");
    let decision = decide_with(&secretariat, "CHANGE_THREAD", &[&thread.id], change).await;
    assert!(sees(&forum.visitor(), &thread.id).await);
    for person in [&author, &other, &third] {
        assert_eq!(told(person).await, [decision.as_str()]);
    }
    assert!(told(&forum.delegate("us")).await.is_empty());
    // A person who was notified can appeal, and that restricts it again.
    let made = appeal(&other, &decision, "I wrote for members.").await;
    let answer = json!({ "input": answer_input(&made, true) });
    moderator.ask(DECIDE_APPEAL, answer).await;
    assert!(!sees(&forum.visitor(), &thread.id).await);
}

async fn a_moderator_does_not_open_again_what_was_closed_to_members(forum: Forum) {
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    give_scope(&secretariat, &moderator, &["africa"]).await;
    let (author, other) = (forum.delegate("ke"), forum.delegate("br"));
    let thread = open(&author, Draft::titled("Closed for a while")).await;
    let change = change_to("MEMBERS");
    let closed = decide_with(&moderator, "CHANGE_THREAD", &[&thread.id], change).await;
    reply(&other, &thread.id, "Now that it is for members.").await;
    let document =
        "query($id: ID!) { node(id: $id) { ... on Decision { viewer { canUndo undoRefusal } } } }";
    let data = moderator.ask(document, json!({ "id": closed })).await;
    let foretold = at(&data, "node.viewer.undoRefusal");
    assert_eq!(foretold, "OTHERS_HAVE_WRITTEN");
    let refused = moderator.refused(UNDO, undoing(&closed)).await;
    refused.is_denied("OTHERS_HAVE_WRITTEN");
    assert!(!sees(&forum.visitor(), &thread.id).await);
    let opened = undo(&secretariat, &closed).await;
    assert!(sees(&forum.visitor(), &thread.id).await);
    assert_eq!(told(&other).await, [opened]);
    // Nor in answer to an appeal, which undoes in the same way.
    let closed = decide_with(
        &secretariat,
        "CHANGE_THREAD",
        &[&thread.id],
        change_to("MEMBERS"),
    )
    .await;
    let made = appeal(&author, &closed, "It was public.").await;
    let answer = json!({ "input": answer_input(&made, true) });
    let refused = moderator.refused(DECIDE_APPEAL, answer).await;
    refused.is_denied("OTHERS_HAVE_WRITTEN");
    assert!(!sees(&forum.visitor(), &thread.id).await);
}

async fn posts_do_not_come_back_into_the_public_unasked(forum: Forum) {
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    give_scope(&secretariat, &moderator, &["africa"]).await;
    let (author, other) = (forum.delegate("ke"), forum.delegate("br"));
    // Split off for members, while the thread from which they came is made public.
    let thread = open(&author, Draft::for_members("Two subjects")).await;
    let written = reply(&other, &thread.id, "The second, for members.").await;
    let more = json!({ "change": { "title": "The second subject" } });
    let split = decide_with(&moderator, "SPLIT_POSTS", &[&written.id], more).await;
    show_to(&author, &thread.id, "PUBLIC").await;
    assert!(!sees(&forum.visitor(), &written.id).await);
    let refused = moderator.refused(UNDO, undoing(&split)).await;
    refused.is_denied("OTHERS_HAVE_WRITTEN");
    assert!(!sees(&forum.visitor(), &written.id).await);
    let back = undo(&secretariat, &split).await;
    assert!(sees(&forum.visitor(), &written.id).await);
    assert!(told(&other).await.contains(&back));

    // Merged in public, restricted to members and written in, and then to be separated.
    let into = open(&author, Draft::titled("The one that stays")).await;
    let gone = open(&other, Draft::titled("The one that goes")).await;
    let more = json!({ "intoThreadId": into.id });
    let merged = decide_with(&moderator, "MERGE_THREADS", &[&gone.id], more).await;
    let closed = change_to("MEMBERS");
    decide_with(&moderator, "CHANGE_THREAD", &[&into.id], closed).await;
    let refused = moderator.refused(UNDO, undoing(&merged)).await;
    refused.is_denied("OTHERS_HAVE_WRITTEN");
    assert!(!sees(&forum.visitor(), &gone.post).await);
    decide(&moderator, "LOCK_THREAD", &[&into.id]).await;
    let parted = undo(&secretariat, &merged).await;
    assert!(sees(&forum.visitor(), &gone.post).await);
    assert!(told(&other).await.contains(&parted));
}

async fn a_place_that_a_post_left_tells_the_public_nothing_of_it(forum: Forum) {
    let (secretariat, visitor) = (forum.secretariat(), forum.visitor());
    let (author, other) = (forum.delegate("ke"), forum.delegate("br"));
    let thread = open(&author, Draft::for_members("Two subjects")).await;
    let written = reply(&other, &thread.id, "The second, for members.").await;
    let more = json!({ "change": { "title": "The second subject" } });
    decide_with(&secretariat, "SPLIT_POSTS", &[&written.id], more).await;
    reply(&author, &thread.id, "Of the first.").await;
    show_to(&author, &thread.id, "PUBLIC").await;
    let document = "query($id: ID!) { thread(id: $id) { posts(first: 9) { nodes { id number author { name } } } } }";
    let posts = async |person: &Person| {
        let data = person.ask(document, json!({ "id": thread.id })).await;
        let posts = at(&data, "thread.posts.nodes").as_array();
        posts.expect("posts").clone()
    };
    let numbers = |posts: &[Value]| -> Vec<i64> {
        let numbers = posts.iter().map(|post| post["number"].as_i64());
        numbers.map(|number| number.expect("a number")).collect()
    };
    let by_member = posts(&other).await;
    assert_eq!(numbers(&by_member), [1, 2, 3]);
    let mark = text(&by_member[1], "id");
    assert_eq!(numbers(&posts(&visitor).await), [1, 3]);
    assert!(!sees(&visitor, &mark).await, "by its id");
    let address = format!("/threads/{}", thread.id);
    let page = Browser::of(&forum).get(&address).await;
    assert!(page.html.contains("Of the first."), "{}", page.html);
    let name = text(&by_member[1], "author.name");
    assert!(!page.html.contains(&name), "{name}: {}", page.html);
    // A client that follows the cursors of each page reaches the end all the same.
    let document = "query($id: ID!, $after: String) { thread(id: $id) { posts(first: 1, after: $after) { \
         nodes { number } pageInfo { endCursor hasNextPage } } } }";
    let (mut after, mut read) = (Value::Null, Vec::new());
    for _ in 0..3 {
        let asked = json!({ "id": thread.id, "after": after });
        let data = visitor.ask(document, asked).await;
        let page = at(&data, "thread.posts");
        read.extend(numbers(page["nodes"].as_array().expect("posts")));
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(read, [1, 3]);
    // If the public sees it in its new thread, the former position leads there.
    let apart = "query($id: ID!) { node(id: $id) { ... on Post { movedTo { thread { id } } } } }";
    let data = other.ask(apart, json!({ "id": mark })).await;
    let apart = text(&data, "node.movedTo.thread.id");
    let change = change_to("PUBLIC");
    decide_with(&secretariat, "CHANGE_THREAD", &[&apart], change).await;
    assert_eq!(numbers(&posts(&visitor).await), [1, 2, 3]);
}

async fn a_translation_is_words_of_its_translator(forum: Forum) {
    let secretariat = forum.secretariat();
    let (author, other) = (forum.delegate("ke"), forum.delegate("fr"));
    let thread = open(&author, Draft::for_members("Mine alone, but translated")).await;
    let translate = "mutation($input: TranslatePostInput!) { translatePost(input: $input) { post { translations { nodes { id language } } } } }";
    let input = json!({ "input": {
        "key": Uuid::new_v4(), "postId": thread.post, "revision": 1, "language": "FR", "body": "Traduit pour les membres.",
    } });
    let data = secretariat.ask(translate, input).await;
    let translation = text(&data, "translatePost.post.translations.nodes.0.id");
    let refused = author.refused(CHANGE_THREAD, public(&thread.id)).await;
    refused.is_denied("OTHERS_HAVE_WRITTEN");
    let foretold = publish_refusal(&author, &thread.id).await;
    assert_eq!(foretold, "OTHERS_HAVE_WRITTEN");
    // The member who published it is notified like every author.
    let written = reply(&other, &thread.id, "Another subject.").await;
    let input = json!({ "input": {
        "key": Uuid::new_v4(), "postId": written.id, "revision": 1, "language": "ES", "body": "Traducido para los miembros.",
    } });
    let focal = forum.focal_point("fr");
    focal.ask(translate, input).await;
    let change = change_to("PUBLIC");
    let decision = decide_with(&secretariat, "CHANGE_THREAD", &[&thread.id], change).await;
    for person in [&author, &other, &focal] {
        assert!(told(person).await.contains(&decision));
    }
    // A withdrawn text binds nobody.
    let mine = open(&author, Draft::for_members("Mine again")).await;
    let input = json!({ "input": {
        "key": Uuid::new_v4(), "postId": mine.post, "revision": 1, "language": "FR", "body": "Traduit.",
    } });
    let data = secretariat.ask(translate, input).await;
    let again = text(&data, "translatePost.post.translations.nodes.0.id");
    assert_ne!(again, translation);
    let take_back = "mutation($input: WithdrawTranslationInput!) { withdrawTranslation(input: $input) { post { id } } }";
    let input = json!({ "input": { "translationId": again } });
    secretariat.ask(take_back, input).await;
    author.ask(CHANGE_THREAD, public(&mine.id)).await;
    assert!(sees(&forum.visitor(), &mine.id).await);
}
