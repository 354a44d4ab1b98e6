//! What went to another thread is told where that is seen, and not through the place that it left.

use serde_json::json;

use crate::stories::leaks::Strangers;
use crate::stories::leaks::WIDE;
use crate::stories::leaks::api::Api;
use crate::stories::leaks::doors::Asker;
use crate::stories::leaks::doors::tells;
use crate::stories::leaks::scene::SECRET;
use crate::stories::leaks::scene::Scene;
use crate::stories::leaks::texts_of_reply;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::moderating::decide_with;

on_both_databases!(
    a_post_that_went_to_a_thread_for_members_comes_out_by_its_former_place_no_more with flags(WIDE),
);

async fn a_post_that_went_to_a_thread_for_members_comes_out_by_its_former_place_no_more(
    forum: Forum,
) {
    let secretariat = forum.secretariat();
    let mut scene = Scene::edited(&forum).await;
    let api = Api::of(&forum.visitor()).await;
    let mut secrets = texts_of_reply().to_vec();
    secrets.push(format!("Elsewhere is a {SECRET}"));
    let words = ["", "visitor"];
    let mut strangers = Strangers::of(&forum, &api, &mut scene, &words, &secrets).await;
    let more = json!({ "change": { "title": secrets[2] } });
    let split = decide_with(&secretariat, "SPLIT_POSTS", &[&scene.post], more).await;
    let document = "query($split: ID!, $from: ID!) { node(id: $split) { ... on Decision { into { id } } } \
         thread(id: $from) { posts(first: 9) { edges { node { id } } } } }";
    let variables = json!({ "split": split, "from": scene.thread });
    let data = secretariat.ask(document, variables).await;
    let into = text(&data, "node.into.id");
    let mark = text(&nodes(&data["thread"], "posts")[1], "id");
    scene.ids.push(("Thread", into.clone()));
    scene.ids.push(("Post", mark));
    scene.ids.push(("Decision", split));
    scene.pages.push(format!("/threads/{into}"));
    scene
        .pages
        .push(format!("/threads/{into}/posts/1/revisions"));
    let place = format!("/threads/{}?number=2", scene.thread);
    scene.pages.push(place);
    // While its new thread is public, the former place leads to it.
    scene.go_on(&forum).await;
    for (asker, following) in &mut strangers.askers {
        let told = asker.everything_told(&forum, &api, &scene).await;
        for secret in &secrets {
            assert!(tells(&told, secret) > 2, "{} is told {secret}", asker.word);
        }
        for each in following {
            let heard = each.hear(&scene).await;
            let moved = heard
                .iter()
                .any(|event| event["__typename"] == "PostsMoved");
            assert_eq!(moved, each.name != "caseEvents", "{}", each.name);
        }
    }
    let more = json!({ "change": { "visibility": "MEMBERS" } });
    let changed = decide_with(&secretariat, "CHANGE_THREAD", &[&into], more).await;
    scene.ids.push(("Decision", changed));
    strangers
        .are_told_nothing(&forum, &api, &mut scene, &[("forumEvents", "ThreadHidden")])
        .await;
    let member = Asker::of(&forum, "br");
    let told = member.everything_told(&forum, &api, &scene).await;
    for secret in &secrets {
        assert!(tells(&told, secret) > 2, "members are told {secret}");
    }
}
