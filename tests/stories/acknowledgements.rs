//! Acknowledgements: delegations say of each other's posts that they do the same, or that a post is useful to them.

use serde_json::Value;
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::acts::Draft;
use crate::support::acts::THREAD_EVENTS;
use crate::support::acts::WITHDRAW;
use crate::support::acts::decide;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply;
use crate::support::acts::undo;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::at;
use crate::support::json::text;
use crate::support::moderating::decide_by_two;
use crate::support::moderating::decide_with;
use crate::support::page::Browser;
use crate::support::person::Person;

on_both_databases!(
    a_delegation_says_a_thing_once_and_any_of_its_members_takes_it_back,
    members_who_say_the_same_at_once_say_it_once,
    nobody_acknowledges_without_the_mandate_or_what_their_own_delegation_wrote,
    delegations_stand_in_the_order_of_the_readers_language,
    what_is_not_shown_has_no_acknowledgements_until_it_is_shown_again,
    what_is_said_among_members_is_no_visitors_business,
    whoever_follows_hears_of_acknowledgements,
    the_page_has_a_button_for_each_kind_and_names_the_delegations,
    too_many_in_a_minute_have_to_wait with flags(["--acknowledgements-per-minute", "3"]).with_told_clock(),
);

const ACKNOWLEDGE: &str = "mutation($input: AcknowledgeInput!) { acknowledge(input: $input) { \
     post { id acknowledgements { nodes { id kind at delegation { slug } } } } } }";
const TAKE_BACK: &str = "mutation($input: WithdrawAcknowledgementInput!) { withdrawAcknowledgement(input: $input) { \
     post { id acknowledgements { nodes { id kind at delegation { slug } } } } } }";
const SEEN: &str = "query($id: ID!) { node(id: $id) { ... on Post { acknowledgements { nodes { id kind delegation { slug } } } \
     same: acknowledgementCount(kind: SAME_PRACTICE) useful: acknowledgementCount(kind: USEFUL) } } }";

fn input(post: &str, kind: &str) -> Value {
    json!({ "input": { "postId": post, "kind": kind } })
}

pub async fn acknowledge(person: &Person, post: &str, kind: &str) {
    person.ask(ACKNOWLEDGE, input(post, kind)).await;
}

/// What the post is said to be, and by whom.
async fn seen(person: &Person, post: &str) -> Vec<(String, String)> {
    let data = person.ask(SEEN, json!({ "id": post })).await;
    let all = at(&data, "node.acknowledgements.nodes")
        .as_array()
        .expect("a list");
    let all: Vec<(String, String)> = all
        .iter()
        .map(|each| (text(each, "kind"), text(each, "delegation.slug")))
        .collect();
    for (field, kind) in [("node.same", "SAME_PRACTICE"), ("node.useful", "USEFUL")] {
        let count = all.iter().filter(|(each, _)| each == kind).count();
        assert_eq!(at(&data, field), count);
    }
    all
}

fn said(all: &[(&str, &str)]) -> Vec<(String, String)> {
    let all = all.iter();
    all.map(|(kind, slug)| ((*kind).to_string(), (*slug).to_string()))
        .collect()
}

async fn own_list(person: &Person, post: &str) -> Vec<String> {
    let document = "query($id: ID!) { node(id: $id) { ... on Post { viewer { acknowledged } } } }";
    let data = person.ask(document, json!({ "id": post })).await;
    let all = at(&data, "node.viewer.acknowledged")
        .as_array()
        .expect("a list");
    all.iter()
        .map(|each| each.as_str().expect("a word").to_string())
        .collect()
}

async fn a_delegation_says_a_thing_once_and_any_of_its_members_takes_it_back(forum: Forum) {
    let (kenya, focal) = (forum.delegate("ke"), forum.focal_point("ke"));
    let (china, visitor) = (forum.delegate("cn"), forum.visitor());
    let thread = open(&forum.delegate("br"), Draft::titled("What we do")).await;
    let post = thread.post.as_str();
    acknowledge(&kenya, post, "USEFUL").await;
    acknowledge(&focal, post, "USEFUL").await;
    acknowledge(&china, post, "SAME_PRACTICE").await;
    acknowledge(&china, post, "USEFUL").await;
    let all = said(&[("SAME_PRACTICE", "cn"), ("USEFUL", "cn"), ("USEFUL", "ke")]);
    assert_eq!(seen(&visitor, post).await, all);
    assert_eq!(own_list(&kenya, post).await, ["USEFUL"]);
    assert_eq!(own_list(&focal, post).await, ["USEFUL"]);
    assert_eq!(own_list(&china, post).await, ["SAME_PRACTICE", "USEFUL"]);
    assert!(own_list(&visitor, post).await.is_empty());
    focal.ask(TAKE_BACK, input(post, "USEFUL")).await;
    focal.ask(TAKE_BACK, input(post, "USEFUL")).await;
    assert!(own_list(&kenya, post).await.is_empty());
    let all = said(&[("SAME_PRACTICE", "cn"), ("USEFUL", "cn")]);
    assert_eq!(seen(&visitor, post).await, all);
    // Each can be found by its id.
    let data = visitor.ask(SEEN, json!({ "id": post })).await;
    let id = text(&data, "node.acknowledgements.nodes.0.id");
    let one = "query($id: ID!) { node(id: $id) { ... on Acknowledgement { kind at delegation { slug } } } }";
    let data = visitor.ask(one, json!({ "id": id })).await;
    assert_eq!(text(&data, "node.delegation.slug"), "cn");
}

async fn members_who_say_the_same_at_once_say_it_once(forum: Forum) {
    let thread = open(&forum.delegate("br"), Draft::titled("What we do")).await;
    let mut all = JoinSet::new();
    for step in 0..8 {
        let person = match step % 2 {
            0 => forum.delegate("ke"),
            _ => forum.focal_point("ke"),
        };
        let post = thread.post.clone();
        all.spawn(async move { acknowledge(&person, &post, "USEFUL").await });
    }
    while let Some(done) = all.join_next().await {
        done.expect("nobody is refused");
    }
    assert_eq!(
        seen(&forum.visitor(), &thread.post).await,
        said(&[("USEFUL", "ke")])
    );
}

async fn nobody_acknowledges_without_the_mandate_or_what_their_own_delegation_wrote(forum: Forum) {
    let secretariat = forum.secretariat();
    let (kenya, china, visitor) = (forum.delegate("ke"), forum.delegate("cn"), forum.visitor());
    let thread = open(&kenya, Draft::titled("What we do")).await;
    let post = thread.post.as_str();
    let refused = async |person: &Person, reason: &str| {
        let answer = person.refused(ACKNOWLEDGE, input(post, "USEFUL")).await;
        answer.is_denied(reason);
        let document = "query($id: ID!) { node(id: $id) { ... on Post { viewer { canAcknowledge acknowledgeRefusal } } } }";
        let data = person.ask(document, json!({ "id": post })).await;
        assert_eq!(at(&data, "node.viewer.canAcknowledge"), false);
        assert_eq!(at(&data, "node.viewer.acknowledgeRefusal"), reason);
    };
    refused(&visitor, "SIGN_IN_REQUIRED").await;
    refused(&forum.person("visitor"), "ROLE_MAY_NOT").await;
    refused(&forum.delegate("br"), "CAPACITY_EXCEEDS_MANDATE").await;
    refused(&forum.delegate("fr"), "CAPACITY_EXCEEDS_MANDATE").await;
    refused(&kenya, "OWN_TEXT").await;
    refused(&forum.focal_point("ke"), "OWN_TEXT").await;
    let whom = own_id(&china).await;
    let until = json!({ "until": forum.moment_in(3_600) });
    let muted = decide_with(&secretariat, "MUTE_PERSON", &[&whom], until).await;
    refused(&china, "MUTED").await;
    undo(&secretariat, &muted).await;
    acknowledge(&china, post, "USEFUL").await;
    let unknown = json!({ "input": { "postId": "nothing", "kind": "USEFUL" } });
    china.refused(ACKNOWLEDGE, unknown).await.is("NOT_FOUND");
    // Another delegation has nothing to take back.
    forum
        .delegate("us")
        .ask(TAKE_BACK, input(post, "USEFUL"))
        .await;
    assert_eq!(seen(&visitor, post).await, said(&[("USEFUL", "cn")]));
    visitor
        .refused(TAKE_BACK, input(post, "USEFUL"))
        .await
        .is_denied("SIGN_IN_REQUIRED");
}

async fn delegations_stand_in_the_order_of_the_readers_language(forum: Forum) {
    let thread = open(&forum.delegate("br"), Draft::titled("What we do")).await;
    let post = thread.post.as_str();
    for word in ["us", "ke", "cn"] {
        acknowledge(&forum.delegate(word), post, "USEFUL").await;
    }
    let slugs = async |language: &'static str| {
        let all = seen(&forum.visitor().in_language(language), post).await;
        all.into_iter().map(|(_, slug)| slug).collect::<Vec<_>>()
    };
    assert_eq!(slugs("en").await, ["cn", "ke", "us"]);
    // Chine, États-Unis d’Amérique, Kenya.
    assert_eq!(slugs("fr").await, ["cn", "us", "ke"]);
    let document = "query($id: ID!, $after: String) { node(id: $id) { ... on Post { acknowledgements(first: 2, after: $after, kind: USEFUL) { \
         pageInfo { hasNextPage endCursor } nodes { delegation { slug } } } } } }";
    let visitor = forum.visitor();
    let data = visitor.ask(document, json!({ "id": post })).await;
    assert_eq!(
        at(&data, "node.acknowledgements.pageInfo.hasNextPage"),
        true
    );
    let after = text(&data, "node.acknowledgements.pageInfo.endCursor");
    let data = visitor
        .ask(document, json!({ "id": post, "after": after }))
        .await;
    assert_eq!(
        text(&data, "node.acknowledgements.nodes.0.delegation.slug"),
        "us"
    );
}

async fn what_is_not_shown_has_no_acknowledgements_until_it_is_shown_again(forum: Forum) {
    let secretariat = forum.secretariat();
    let (china, visitor, author) = (forum.delegate("cn"), forum.visitor(), forum.delegate("br"));
    let thread = open(&author, Draft::titled("What we do")).await;
    let post = reply(&author, &thread.id, "And how.").await.id;
    acknowledge(&china, &post, "USEFUL").await;
    let data = visitor.ask(SEEN, json!({ "id": post })).await;
    let id = text(&data, "node.acknowledgements.nodes.0.id");
    let by_id = async |person: &Person| {
        let data = person
            .ask(
                "query($id: ID!) { node(id: $id) { id } }",
                json!({ "id": id }),
            )
            .await;
        at(&data, "node").is_object()
    };
    assert!(by_id(&visitor).await);
    let hidden = decide(&secretariat, "HIDE_POST", &[&post]).await;
    assert!(seen(&visitor, &post).await.is_empty());
    assert!(seen(&author, &post).await.is_empty());
    assert!(!by_id(&visitor).await);
    china
        .refused(ACKNOWLEDGE, input(&post, "SAME_PRACTICE"))
        .await
        .is_denied("POST_HIDDEN");
    undo(&secretariat, &hidden).await;
    assert_eq!(seen(&visitor, &post).await, said(&[("USEFUL", "cn")]));
    // They go where the post goes.
    let more = json!({ "change": { "title": "Split off" } });
    decide_with(&secretariat, "SPLIT_POSTS", &[&post], more).await;
    assert_eq!(seen(&visitor, &post).await, said(&[("USEFUL", "cn")]));
    let another = reply(&author, &thread.id, "And when.").await.id;
    acknowledge(&china, &another, "USEFUL").await;
    author
        .ask(WITHDRAW, json!({ "input": { "postId": another } }))
        .await;
    assert!(seen(&visitor, &another).await.is_empty());
    let change =
        "mutation($input: ChangeRoleInput!) { changeRole(input: $input) { person { id } } }";
    let other = forum.delegate("us");
    let role = json!({ "input": { "personId": own_id(&other).await, "role": "MODERATOR" } });
    secretariat.ask(change, role).await;
    crate::support::acts::give_scope(&secretariat, &other, &["world"]).await;
    decide_by_two(&secretariat, &other, "ERASE_POST", &[&post], json!({})).await;
    assert!(seen(&visitor, &post).await.is_empty());
    let left = forum
        .place()
        .query("select count(*) as n from acknowledgement")
        .await;
    let left: i64 = left[0].try_get("", "n").expect("a count");
    assert_eq!(left, 1, "nothing is kept of an erased post");
}

async fn what_is_said_among_members_is_no_visitors_business(forum: Forum) {
    let (china, visitor) = (forum.delegate("cn"), forum.visitor());
    let thread = open(&forum.delegate("br"), Draft::for_members("What members do")).await;
    acknowledge(&china, &thread.post, "USEFUL").await;
    let data = china.ask(SEEN, json!({ "id": thread.post })).await;
    let id = text(&data, "node.acknowledgements.nodes.0.id");
    let data = visitor
        .ask(
            "query($id: ID!) { node(id: $id) { id } }",
            json!({ "id": id }),
        )
        .await;
    assert_eq!(at(&data, "node"), &Value::Null);
    for document in [ACKNOWLEDGE, TAKE_BACK] {
        visitor
            .refused(document, input(&thread.post, "USEFUL"))
            .await
            .is("NOT_FOUND");
    }
}

async fn whoever_follows_hears_of_acknowledgements(forum: Forum) {
    let (china, visitor) = (forum.delegate("cn"), forum.visitor());
    let thread = open(&forum.delegate("br"), Draft::titled("What we do")).await;
    let document = THREAD_EVENTS.replace(
        "... on ThreadHidden",
        "... on AcknowledgementsChanged { post { number acknowledgements { nodes { delegation { slug } } } } } ... on ThreadHidden",
    );
    let after = json!({ "threadId": thread.id, "after": thread.cursor });
    let mut listener = visitor.subscribe(&document, after).await;
    acknowledge(&china, &thread.post, "USEFUL").await;
    let event = listener.event().await;
    assert_eq!(text(&event, "__typename"), "AcknowledgementsChanged");
    assert_eq!(
        text(&event, "post.acknowledgements.nodes.0.delegation.slug"),
        "cn"
    );
    // What changes nothing is no event.
    acknowledge(&china, &thread.post, "USEFUL").await;
    china
        .ask(TAKE_BACK, input(&thread.post, "SAME_PRACTICE"))
        .await;
    china.ask(TAKE_BACK, input(&thread.post, "USEFUL")).await;
    let event = listener.event().await;
    assert_eq!(at(&event, "post.acknowledgements.nodes"), &json!([]));
}

async fn too_many_in_a_minute_have_to_wait(forum: Forum) {
    let china = forum.delegate("cn");
    let thread = open(&forum.delegate("br"), Draft::titled("What we do")).await;
    for document in [ACKNOWLEDGE, TAKE_BACK, ACKNOWLEDGE] {
        china.ask(document, input(&thread.post, "USEFUL")).await;
    }
    let refused = china
        .refused(TAKE_BACK, input(&thread.post, "USEFUL"))
        .await;
    refused.is("TOO_MANY");
    acknowledge(&forum.delegate("us"), &thread.post, "USEFUL").await;
    forum.advance(std::time::Duration::from_secs(60));
    china.ask(TAKE_BACK, input(&thread.post, "USEFUL")).await;
    let all = said(&[("USEFUL", "us")]);
    assert_eq!(seen(&china, &thread.post).await, all);
}

async fn the_page_has_a_button_for_each_kind_and_names_the_delegations(forum: Forum) {
    let thread = open(&forum.delegate("br"), Draft::titled("What we do")).await;
    let mut china = Browser::signed_in(&forum, "cn");
    let mut visitor = Browser::of(&forum);
    let path = format!("/threads/{}", thread.id);
    let form = format!("{path}/acknowledge");
    let page = visitor.get(&path).await.html;
    assert!(!page.contains("/acknowledge\""), "visitors have no buttons");
    let fields = [
        ("post", thread.post.as_str()),
        ("number", "1"),
        ("kind", "SAME_PRACTICE"),
    ];
    let page = china.post_and_follow(&form, &fields).await.html;
    assert!(page.contains("aria-pressed=\"true\"") && page.contains("aria-pressed=\"false\""));
    let page = visitor.get(&path).await.html;
    assert!(page.contains("We do this too") && page.contains("<bdi>China</bdi>"));
    let mut fields = fields.to_vec();
    fields.push(("withdraw", "true"));
    let page = china.post_and_follow(&form, &fields).await.html;
    assert!(!page.contains("aria-pressed=\"true\""));
    let page = visitor.get(&path).await.html;
    assert!(!page.contains("<bdi>China</bdi>"));
}
