//! The error model: stable codes, the caller's language, the request's id, and no internals.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::OPEN_THREAD;
use crate::support::acts::REPLY;
use crate::support::acts::open;
use crate::support::acts::reply_input;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::text;

on_both_databases!(
    a_change_after_a_reading_in_one_document_waits_for_nobody,
    words_that_no_row_can_have_find_nothing,
    messages_come_in_the_language_of_the_caller,
    every_error_names_its_request,
    inputs_of_the_wrong_type_are_bad_requests,
    a_malfunction_tells_nothing_from_inside,
    ids_of_another_kind_name_nothing,
    the_instance_says_whose_it_is,
    people_show_their_address_only_to_who_needs_it,
);

async fn messages_come_in_the_language_of_the_caller(forum: Forum) {
    let nowhere = json!({ "input": reply_input("nowhere", "Where to?") });
    let visitor = forum.visitor();
    let french = visitor.in_language("fr");
    let refused = french.refused(REPLY, nowhere.clone()).await;
    refused.is("NOT_FOUND");
    assert!(
        refused.message().starts_with("Cet élément"),
        "{}",
        refused.message()
    );
    let refused = visitor.refused(REPLY, nowhere).await;
    assert!(refused.message().starts_with("This does not exist"));

    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let input = reply_input(&opened.id, " ");
    let french = "mutation { changeProfile(input: { language: FR }) { person { name } } }";
    let _: Value = kenya.ask(french, json!({})).await;
    let refused = kenya.refused(REPLY, json!({ "input": input })).await;
    refused.is_invalid("body");
    assert_eq!(refused.message(), "Veuillez remplir ce champ.");
}

async fn every_error_names_its_request(forum: Forum) {
    let mut ids = Vec::new();
    for document in [
        "{ persons { pageInfo { endCursor } } }",
        "{ noSuchField }",
        "{ unclosed",
        "{ threads(first: 1000) { totalCount } }",
    ] {
        let refused = forum.visitor().refused(document, json!({})).await;
        let id = text(&refused.0, "extensions.requestId");
        assert!(!id.is_empty());
        assert!(!ids.contains(&id), "each request has its own");
        ids.push(id);
    }
    let answer = forum
        .visitor()
        .request(reqwest::Method::GET, "/healthz")
        .send()
        .await
        .expect("an answer");
    assert!(answer.headers().contains_key("x-request-id"));
}

async fn inputs_of_the_wrong_type_are_bad_requests(forum: Forum) {
    let kenya = forum.delegate("ke");
    let good = Draft::default().input(&kenya).await;
    for (field, wrong, code) in [
        ("key", json!("not a UUID"), "INVALID"),
        ("kind", json!("GOSSIP"), "INVALID"),
        ("language", json!("XX"), "INVALID"),
        ("title", Value::Null, "BAD_REQUEST"),
        ("regions", json!([null]), "BAD_REQUEST"),
    ] {
        let mut input = good.clone();
        input[field] = wrong;
        let refused = kenya.refused(OPEN_THREAD, json!({ "input": input })).await;
        assert_eq!(refused.code(), code, "{field}: {:#}", refused.0);
        if code == "INVALID" {
            assert_eq!(text(&refused.0, "extensions.field"), field);
        }
        assert!(at(&refused.0, "extensions.requestId").is_string());
    }
    let mut input = good;
    input["unheardOf"] = json!(1);
    let refused = kenya.refused(OPEN_THREAD, json!({ "input": input })).await;
    refused.is("BAD_REQUEST");
}

async fn a_malfunction_tells_nothing_from_inside(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    forum.place().execute("drop table post_revision").await;
    let document = "query($id: ID!) { node(id: $id) { ... on Post { body } } }";
    let answer = forum
        .visitor()
        .graphql(document, json!({ "id": opened.post }))
        .await;
    assert_eq!(answer.status, 200);
    let error = at(&answer.body, "errors.0");
    assert_eq!(text(error, "extensions.code"), "INTERNAL");
    assert!(at(error, "extensions.requestId").is_string());
    let mut said = answer.body.clone();
    said["errors"][0]["extensions"]["requestId"] = Value::Null;
    let said = said.to_string();
    for inside in [
        "post_revision",
        "sql",
        "SQL",
        "no such table",
        "relation",
        "sea_orm",
        ".rs",
    ] {
        assert!(!said.contains(inside), "{inside}: {said}");
    }
}

async fn ids_of_another_kind_name_nothing(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    for id in [
        opened.post.as_str(),
        "",
        "nonsense",
        "🦀",
        &"A".repeat(5_000),
    ] {
        let thread = "query($id: ID!) { thread(id: $id) { id } }";
        let seen = kenya.ask(thread, json!({ "id": id })).await;
        assert_eq!(at(&seen, "thread"), &Value::Null);
        let input = reply_input(id, "Where to?");
        kenya
            .refused(REPLY, json!({ "input": input }))
            .await
            .is("NOT_FOUND");
    }
    let node = "query($id: ID!) { node(id: $id) { id } }";
    let seen = kenya.ask(node, json!({ "id": "nonsense" })).await;
    assert_eq!(at(&seen, "node"), &Value::Null);
}

async fn the_instance_says_whose_it_is(forum: Forum) {
    let document = "{ instance { id name operator licenceName licenceUrl } }";
    let seen = forum.visitor().ask(document, json!({})).await;
    assert_eq!(text(&seen, "instance.name"), "Partage");
    assert_eq!(text(&seen, "instance.licenceName"), "CC BY 3.0 IGO");
    let id = text(&seen, "instance.id");
    let node = "query($id: ID!) { node(id: $id) { __typename } }";
    forum.visitor().graphql(node, json!({ "id": id })).await;
}

async fn people_show_their_address_only_to_who_needs_it(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let document = "query($id: ID!) { thread(id: $id) { author { name viewer { email } } } }";
    for (person, sees) in [
        (kenya, true),
        (forum.secretariat(), true),
        (forum.focal_point("ke"), true),
        (forum.focal_point("fr"), false),
        (forum.delegate("fr"), false),
        (forum.moderator(), false),
        (forum.visitor(), false),
    ] {
        let seen = person.ask(document, json!({ "id": opened.id })).await;
        let email = at(&seen, "thread.author.viewer.email");
        assert_eq!(email.is_string(), sees, "{person:?}");
    }
}

async fn a_change_after_a_reading_in_one_document_waits_for_nobody(forum: Forum) {
    // The first payload reads, and therefore holds a connection; the second change needs one too.
    let document = "mutation { a: signOut { viewer { sessions(first: 1) { pageInfo { hasNextPage } } } } \
         b: signIn(input: { email: \"nobody@example.org\", password: \"wrong\" }) { token } }";
    let visitor = forum.visitor();
    let many = (0..30).map(|_| visitor.graphql(document, json!({})));
    let begun = std::time::Instant::now();
    for answer in futures_util::future::join_all(many).await {
        let code = text(&answer.body, "errors.0.extensions.code");
        assert!(["INVALID", "TOO_MANY"].contains(&code.as_str()), "{code}");
    }
    // Not a speed measurement: waiting for a connection that is never returned takes half a minute.
    assert!(begun.elapsed().as_secs() < 25);
}

async fn words_that_no_row_can_have_find_nothing(forum: Forum) {
    let visitor = forum.visitor();
    for word in ["\0", "nul\0", "Großbuchstaben", "", "%"] {
        let variables = json!({ "word": word });
        let data = visitor
            .ask(
                "query($word: String) { concept(slug: $word) { id } }",
                variables.clone(),
            )
            .await;
        assert_eq!(data, json!({ "concept": null }), "{word:?}");
        let list = "query($word: ID!) { threads(filter: { tools: [$word] }) { totalCount } }";
        let refused = visitor.refused(list, variables).await;
        refused.is_invalid("filter.tools.0");
    }
}
