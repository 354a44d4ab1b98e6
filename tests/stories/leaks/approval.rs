//! What waits for approval, or was not approved, is read by its author and by those who decide, and only where the API says so.

use serde_json::Value;
use serde_json::json;

use crate::stories::leaks::Strangers;
use crate::stories::leaks::WIDE;
use crate::stories::leaks::api::Api;
use crate::stories::leaks::doors::Asker;
use crate::stories::leaks::doors::tells;
use crate::stories::leaks::no_leak;
use crate::stories::leaks::scene::SECRET;
use crate::stories::leaks::scene::Scene;
use crate::support::acts::Draft;
use crate::support::acts::OPEN_THREAD;
use crate::support::acts::REPLY;
use crate::support::acts::decide;
use crate::support::acts::give_scope;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply_input;
use crate::support::acts::undo;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::text;

on_both_databases!(
    a_text_that_waits_or_was_rejected_comes_out_only_for_those_who_decide_and_its_author with flags(WIDE),
    a_thread_whose_opening_text_waits_comes_out_for_nobody_else with flags(WIDE),
);

/// The fields under `viewer` that say that they tell such a text.
const FOR_FEW: [&str; 2] = ["hiddenBody", "hiddenTitle"];

/// The answer without what those fields tell.
fn without_few(told: &str) -> String {
    fn cut(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for name in FOR_FEW {
                    fields.remove(name);
                }
                fields.values_mut().for_each(cut);
            }
            Value::Array(list) => list.iter_mut().for_each(cut),
            _ => {}
        }
    }
    let mut value = serde_json::from_str(told).expect("an answer");
    cut(&mut value);
    value.to_string()
}

/// These people read the texts, but by no other field than those few.
async fn read_by_few(
    forum: &Forum,
    api: &Api,
    scene: &Scene,
    words: &[&'static str],
    secrets: &[String],
) {
    for word in words {
        let told = Asker::of(forum, word).answers_and_events(api, scene).await;
        for secret in secrets {
            assert!(tells(&told, secret) > 0, "{word} reads {secret}");
        }
        let other: Vec<String> = told.iter().map(|each| without_few(each)).collect();
        no_leak(word, &other, secrets);
    }
}

async fn a_text_that_waits_or_was_rejected_comes_out_only_for_those_who_decide_and_its_author(
    forum: Forum,
) {
    let (secretariat, author) = (forum.secretariat(), forum.delegate("ke"));
    give_scope(&secretariat, &forum.moderator(), &["asia"]).await;
    let thread = open(&forum.delegate("br"), Draft::titled("Reviewed")).await;
    decide(&secretariat, "REVIEW_THREAD", &[&thread.id]).await;
    let secrets = [format!("This is a {SECRET}")];
    let input = reply_input(&thread.id, &format!("{}.", secrets[0]));
    let data = author.ask(REPLY, json!({ "input": input })).await;
    let post = text(&data, "reply.post.id");
    let mut scene = Scene::of(&thread.id, &post, &thread.cursor);
    let api = Api::of(&author).await;
    let words = ["", "br", "focal-ke", "moderator"];
    let mut strangers = Strangers::of(&forum, &api, &mut scene, &words, &secrets).await;
    strangers
        .are_told_nothing(&forum, &api, &mut scene, &[])
        .await;
    read_by_few(&forum, &api, &scene, &["ke", "secretariat"], &secrets).await;

    let approved = decide(&secretariat, "APPROVE_POST", &[&post]).await;
    scene.go_on(&forum).await;
    let visitor = Asker::of(&forum, "");
    let told = visitor.everything_told(&forum, &api, &scene).await;
    assert!(tells(&told, &secrets[0]) > 5, "it is asked for");
    let document =
        "query($id: ID!) { node(id: $id) { ... on Post { revisions { edges { node { id } } } } } }";
    let data = author.ask(document, json!({ "id": post })).await;
    let revision = text(&data, "node.revisions.edges.0.node.id");
    scene.ids.push(("Revision", revision));
    let mut strangers = Strangers::of(&forum, &api, &mut scene, &words, &secrets).await;
    // It waits again, and then is rejected.
    scene
        .ids
        .push(("Decision", undo(&secretariat, &approved).await));
    let heard = [
        ("threadEvents", "PostReviewed"),
        ("forumEvents", "PostReviewed"),
    ];
    strangers
        .are_told_nothing(&forum, &api, &mut scene, &heard)
        .await;
    scene.ids.pop();
    let rejected = decide(&secretariat, "REJECT_POST", &[&post]).await;
    scene.ids.push(("Decision", rejected));
    strangers
        .are_told_nothing(&forum, &api, &mut scene, &heard)
        .await;
    read_by_few(&forum, &api, &scene, &["ke", "secretariat"], &secrets).await;
}

async fn a_thread_whose_opening_text_waits_comes_out_for_nobody_else(forum: Forum) {
    let (secretariat, author) = (forum.secretariat(), forum.delegate("ke"));
    give_scope(&secretariat, &forum.moderator(), &["asia"]).await;
    let whom = own_id(&author).await;
    decide(&secretariat, "REVIEW_PERSON", &[&whom]).await;
    let draft = Draft {
        body: format!("The opening is no {SECRET}."),
        ..Draft::titled(format!("The title is no {SECRET}"))
    };
    let secrets = [
        format!("The opening is no {SECRET}"),
        format!("The title is no {SECRET}"),
    ];
    let before = open(&forum.delegate("br"), Draft::titled("Before")).await;
    let input = draft.input(&author).await;
    let data = author.ask(OPEN_THREAD, json!({ "input": input })).await;
    let (thread, post) = (
        text(&data, "openThread.thread.id"),
        text(&data, "openThread.thread.post.id"),
    );
    let mut scene = Scene::of(&thread, &post, &before.cursor);
    let api = Api::of(&author).await;
    let words = ["", "br", "focal-ke", "moderator"];
    let mut strangers = Strangers::of(&forum, &api, &mut scene, &words, &secrets).await;
    strangers
        .are_told_nothing(&forum, &api, &mut scene, &[])
        .await;
    read_by_few(&forum, &api, &scene, &["ke", "secretariat"], &secrets).await;

    let approved = decide(&secretariat, "APPROVE_POST", &[&post]).await;
    scene.go_on(&forum).await;
    let visitor = Asker::of(&forum, "");
    let told = visitor.everything_told(&forum, &api, &scene).await;
    for secret in &secrets {
        assert!(tells(&told, secret) > 5, "it is asked for");
    }
    let mut strangers = Strangers::of(&forum, &api, &mut scene, &words, &secrets).await;
    undo(&secretariat, &approved).await;
    let heard = [
        ("threadEvents", "PostReviewed"),
        ("threadEvents", "ThreadChanged"),
        ("forumEvents", "ThreadChanged"),
    ];
    strangers
        .are_told_nothing(&forum, &api, &mut scene, &heard)
        .await;
    decide(&secretariat, "REJECT_POST", &[&post]).await;
    strangers
        .are_told_nothing(
            &forum,
            &api,
            &mut scene,
            &[("threadEvents", "PostReviewed")],
        )
        .await;
    read_by_few(&forum, &api, &scene, &["ke", "secretariat"], &secrets).await;
}
