//! GraphQL over HTTP by its specification: media types, status codes, methods.

use reqwest::Method;
use reqwest::Response;
use reqwest::header::ACCEPT;
use reqwest::header::CONNECTION;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::at;
use crate::support::json::text;
use crate::support::socket::Received;
use crate::support::wait::within;

on_both_databases!(
    the_answer_comes_in_the_media_type_that_is_accepted,
    a_document_that_does_not_validate_has_the_status_of_its_media_type,
    a_refusal_by_a_rule_is_a_good_answer_with_errors,
    a_request_without_a_query_is_refused_without_data,
    a_body_that_is_no_json_is_refused,
    a_query_is_answered_by_get,
    a_batch_is_answered_in_its_order with flags(["--batch", "3"]),
    too_large_a_body_is_refused with flags(["--body-bytes", "20000"]),
    who_sends_far_too_much_before_reading_is_told with flags(["--body-bytes", "20000"]),
    the_operation_is_chosen_by_its_name,
    other_methods_are_not_allowed,
    json_wins_a_tie_and_a_subscription_comes_as_events,
    a_key_that_is_given_twice_is_refused_at_any_depth,
    a_digest_without_its_document_is_not_supported,
);

const JSON: &str = "application/json";
const GRAPHQL: &str = "application/graphql-response+json";

async fn post(forum: &Forum, accept: Option<&str>, body: Value) -> Response {
    let mut request = forum
        .visitor()
        .request(Method::POST, "/graphql")
        .json(&body);
    if let Some(accept) = accept {
        request = request.header(ACCEPT, accept);
    }
    request.send().await.expect("an answer")
}

fn media_type(response: &Response) -> String {
    let value = response.headers()[CONTENT_TYPE].to_str().expect("a header");
    value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_string()
}

async fn the_answer_comes_in_the_media_type_that_is_accepted(forum: Forum) {
    let query = json!({ "query": "{ __typename }" });
    for (accept, expected) in [
        (Some(JSON), JSON),
        (Some(GRAPHQL), GRAPHQL),
        (
            Some("application/graphql-response+json, application/json;q=0.9"),
            GRAPHQL,
        ),
        (
            Some("application/json, application/graphql-response+json;q=0.5"),
            JSON,
        ),
        (Some("application/json;q=0, */*"), GRAPHQL),
        (Some("*/*"), ""),
        (Some("application/*"), ""),
        (None, ""),
    ] {
        let answer = post(&forum, accept, query.clone()).await;
        assert_eq!(answer.status().as_u16(), 200, "{accept:?}");
        let kind = media_type(&answer);
        if expected.is_empty() {
            assert!(
                [JSON, GRAPHQL].contains(&kind.as_str()),
                "{accept:?}: {kind}"
            );
        } else {
            assert_eq!(kind, expected, "{accept:?}");
        }
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(body, json!({ "data": { "__typename": "Query" } }));
    }
    for accept in ["text/html", "image/png", "application/xml"] {
        let answer = post(&forum, Some(accept), query.clone()).await;
        assert_eq!(answer.status().as_u16(), 406, "{accept}");
    }
}

async fn a_document_that_does_not_validate_has_the_status_of_its_media_type(forum: Forum) {
    for document in [
        "{ noSuchField }",
        "{ unclosed",
        "query($id: ID!) { node(id: $id) { id } }",
    ] {
        for (accept, status) in [(GRAPHQL, 400), (JSON, 200)] {
            let answer = post(&forum, Some(accept), json!({ "query": document })).await;
            assert_eq!(answer.status().as_u16(), status, "{document} as {accept}");
            assert_eq!(media_type(&answer), accept);
            let body: Value = answer.json().await.expect("JSON");
            assert_eq!(text(&body, "errors.0.extensions.code"), "BAD_REQUEST");
            assert!(at(&body, "errors.0.extensions.requestId").is_string());
            assert!(body.get("data").is_none(), "nothing was executed: {body}");
        }
    }
}

async fn a_refusal_by_a_rule_is_a_good_answer_with_errors(forum: Forum) {
    let query = json!({ "query": "{ viewer { role } persons { pageInfo { endCursor } } }" });
    for accept in [GRAPHQL, JSON] {
        let answer = post(&forum, Some(accept), query.clone()).await;
        assert_eq!(answer.status().as_u16(), 200);
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(text(&body, "errors.0.extensions.code"), "DENIED");
        assert!(body.get("data").is_some(), "it was executed: {body}");
    }
}

async fn a_request_without_a_query_is_refused_without_data(forum: Forum) {
    for body in [
        json!({}),
        json!({ "query": null }),
        json!({ "query": 5 }),
        json!({ "variables": {} }),
        json!("{ __typename }"),
        json!({ "query": "{ __typename }", "variables": "none" }),
    ] {
        for accept in [GRAPHQL, JSON] {
            let answer = post(&forum, Some(accept), body.clone()).await;
            assert_eq!(answer.status().as_u16(), 400, "{body}");
            let answered: Value = answer.json().await.expect("JSON");
            assert!(answered.get("data").is_none(), "{answered}");
            assert_eq!(text(&answered, "errors.0.extensions.code"), "BAD_REQUEST");
        }
    }
}

async fn a_body_that_is_no_json_is_refused(forum: Forum) {
    for body in ["", "{", "query { __typename }", "\u{0}"] {
        let answer = forum
            .visitor()
            .request(Method::POST, "/graphql")
            .header(CONTENT_TYPE, JSON)
            .body(body)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status().as_u16(), 400, "{body:?}");
        let answered: Value = answer.json().await.expect("JSON");
        assert!(answered.get("data").is_none(), "{answered}");
    }
}

async fn a_query_is_answered_by_get(forum: Forum) {
    let variables = json!({ "slug": "africa" }).to_string();
    let document = "query Named($slug: String) { concept(slug: $slug) { label } }";
    let answer = forum
        .visitor()
        .get_graphql(&[
            ("query", document),
            ("variables", &variables),
            ("operationName", "Named"),
        ])
        .header(ACCEPT, GRAPHQL)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status().as_u16(), 200);
    assert_eq!(media_type(&answer), GRAPHQL);
    let body: Value = answer.json().await.expect("JSON");
    assert_eq!(text(&body, "data.concept.label"), "Africa");
    let answer = forum
        .visitor()
        .get_graphql(&[("variables", "{}")])
        .header(ACCEPT, GRAPHQL)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status().as_u16(), 400);
}

async fn a_batch_is_answered_in_its_order(forum: Forum) {
    let one =
        |slug: &str| json!({ "query": format!("{{ concept(slug: \"{slug}\") {{ slug }} }}") });
    let batch = json!([one("africa"), one("asia"), one("europe")]);
    let answer = post(&forum, Some(JSON), batch).await;
    assert_eq!(answer.status().as_u16(), 200);
    let body: Value = answer.json().await.expect("JSON");
    for (place, slug) in ["africa", "asia", "europe"].iter().enumerate() {
        assert_eq!(&text(&body, &format!("{place}.data.concept.slug")), slug);
    }
    let batch = json!([one("africa"), one("asia"), one("europe"), one("oceania")]);
    let answer = post(&forum, Some(JSON), batch).await;
    assert_eq!(answer.status().as_u16(), 400);
    let body: Value = answer.json().await.expect("JSON");
    assert_eq!(text(&body, "errors.0.extensions.code"), "LIMIT_EXCEEDED");
    let answer = post(&forum, Some(JSON), json!([])).await;
    assert_eq!(answer.status().as_u16(), 400, "an empty batch asks nothing");
}

async fn too_large_a_body_is_refused(forum: Forum) {
    let padding = "x".repeat(30_000);
    let body = json!({ "query": "{ __typename }", "variables": { "padding": padding } });
    let answer = post(&forum, Some(JSON), body).await;
    assert_eq!(answer.status().as_u16(), 413);
    assert_eq!(
        answer.headers()[CONNECTION],
        "close",
        "the rest is not read"
    );
    let small = json!({ "query": "{ __typename }", "variables": { "padding": "x" } });
    assert_eq!(post(&forum, Some(JSON), small).await.status().as_u16(), 200);
}

async fn who_sends_far_too_much_before_reading_is_told(forum: Forum) {
    let address = forum.address();
    // More than a connection may have under way.
    let body = "x".repeat(8 * 1024 * 1024);
    for (path, kind) in [
        ("/graphql", "application/json"),
        ("/sign-in", "application/x-www-form-urlencoded"),
    ] {
        let mut line = TcpStream::connect(address).await.expect("a connection");
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        line.write_all(head.as_bytes()).await.expect("the head");
        within("the body to be taken", line.write_all(body.as_bytes()))
            .await
            .expect("the body");
        let mut answer = String::new();
        within("the answer", line.read_to_string(&mut answer))
            .await
            .expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 413 "), "{path}: {answer}");
    }
}

async fn the_operation_is_chosen_by_its_name(forum: Forum) {
    let document = "query A { concept(slug: \"asia\") { slug } } query B { concept(slug: \"africa\") { slug } }";
    let answer = post(
        &forum,
        Some(GRAPHQL),
        json!({ "query": document, "operationName": "B" }),
    )
    .await;
    let body: Value = answer.json().await.expect("JSON");
    assert_eq!(text(&body, "data.concept.slug"), "africa");
    for name in [Value::Null, json!("C")] {
        let request = json!({ "query": document, "operationName": name });
        let answer = post(&forum, Some(GRAPHQL), request).await;
        assert_eq!(answer.status().as_u16(), 400, "{name}");
    }
}

async fn other_methods_are_not_allowed(forum: Forum) {
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let answer = forum
            .visitor()
            .request(method.clone(), "/graphql")
            .json(&json!({ "query": "{ __typename }" }))
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status().as_u16(), 405, "{method}");
    }
}

const EVENTS: &str = "text/event-stream";
const SUBSCRIPTION: &str = "subscription { forumEvents { __typename } }";

async fn json_wins_a_tie_and_a_subscription_comes_as_events(forum: Forum) {
    let query = "{ __typename }";
    for (accept, document, expected) in [
        ("*/*", query, JSON),
        ("application/json, text/event-stream", query, JSON),
        ("text/event-stream, application/json", query, JSON),
        ("text/event-stream, */*", query, JSON),
        (
            "text/event-stream, application/graphql-response+json",
            query,
            GRAPHQL,
        ),
        ("application/json;q=0.5, text/event-stream", query, EVENTS),
        ("text/event-stream", query, EVENTS),
        (
            "application/json;q=0, text/event-stream;q=0.1",
            query,
            EVENTS,
        ),
        ("application/json, text/event-stream", SUBSCRIPTION, EVENTS),
        (
            "application/graphql-response+json, application/json, text/event-stream;q=0.1",
            SUBSCRIPTION,
            EVENTS,
        ),
        (
            "application/json, text/event-stream",
            "subscription { noSuchEvents { id } }",
            EVENTS,
        ),
        (
            "application/json, text/event-stream",
            "{ noSuchField }",
            JSON,
        ),
        ("application/json", SUBSCRIPTION, JSON),
        ("*/*", SUBSCRIPTION, JSON),
    ] {
        let answer = post(&forum, Some(accept), json!({ "query": document })).await;
        assert_eq!(answer.status().as_u16(), 200, "{accept}: {document}");
        assert_eq!(media_type(&answer), expected, "{accept}: {document}");
        let answer = forum
            .visitor()
            .get_graphql(&[("query", document)])
            .header(ACCEPT, accept)
            .send()
            .await
            .expect("an answer");
        assert_eq!(
            media_type(&answer),
            expected,
            "by GET, {accept}: {document}"
        );
    }
}

async fn a_key_that_is_given_twice_is_refused_at_any_depth(forum: Forum) {
    for body in [
        r#"{"query":"{ __typename }","query":"{ __typename }"}"#,
        r#"{"query":"{ __typename }","variables":{"a":1,"a":1}}"#,
        r#"{"query":"{ __typename }","variables":{"a":{"b":[{"c":1,"\u0063":2}]}}}"#,
        r#"{"query":"{ __typename }","extensions":{"x":{"y":null,"y":null}}}"#,
        r#"[{"query":"{ __typename }"},{"query":"{ __typename }","query":"{ __typename }"}]"#,
    ] {
        let answer = forum
            .visitor()
            .request(Method::POST, "/graphql")
            .header(CONTENT_TYPE, JSON)
            .body(body)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status().as_u16(), 400, "{body}");
        let answered: Value = answer.json().await.expect("JSON");
        assert_eq!(text(&answered, "errors.0.extensions.code"), "BAD_REQUEST");
        assert!(answered.get("data").is_none(), "{body}: {answered}");
    }
    for name in ["variables", "extensions"] {
        let answer = forum
            .visitor()
            .get_graphql(&[("query", "{ __typename }"), (name, r#"{"a":1,"a":1}"#)])
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status().as_u16(), 400, "{name}");
    }
    // Once in each of several objects is not a duplicate.
    let body = json!({ "query": "{ __typename }", "variables": { "a": [{ "b": 1 }, { "b": 1 }], "b": 2.5 } });
    assert_eq!(post(&forum, None, body).await.status().as_u16(), 200);
}

async fn a_digest_without_its_document_is_not_supported(forum: Forum) {
    let digest = json!({ "persistedQuery": { "version": 1, "sha256Hash": "0".repeat(64) } });
    let asked = json!({ "extensions": digest });
    let is_not_kept = |error: &Value| {
        assert_eq!(
            text(error, "extensions.code"),
            "PERSISTED_QUERY_NOT_SUPPORTED"
        );
        assert_eq!(text(error, "message"), "PersistedQueryNotSupported");
    };
    for (accept, status) in [(JSON, 200), (GRAPHQL, 400)] {
        let answer = post(&forum, Some(accept), asked.clone()).await;
        assert_eq!(answer.status().as_u16(), status, "{accept}");
        let body: Value = answer.json().await.expect("JSON");
        is_not_kept(at(&body, "errors.0"));
    }
    let answer = post(
        &forum,
        Some(JSON),
        json!([asked, { "query": "{ __typename }" }]),
    )
    .await;
    let body: Value = answer.json().await.expect("JSON");
    is_not_kept(at(&body, "0.errors.0"));
    assert_eq!(text(&body, "1.data.__typename"), "Query");
    let answer = forum
        .visitor()
        .get_graphql(&[("extensions", &digest.to_string())])
        .send()
        .await
        .expect("an answer");
    let body: Value = answer.json().await.expect("JSON");
    is_not_kept(at(&body, "errors.0"));
    let mut socket = forum.visitor().socket().await;
    socket
        .send(json!({ "type": "subscribe", "id": "1", "payload": asked }))
        .await;
    let Received::Message(message) = socket.receive().await else {
        panic!("the socket ended");
    };
    assert_eq!(text(&message, "type"), "error");
    is_not_kept(at(&message, "payload.0"));
    // With its document it is executed.
    let whole = json!({ "query": "{ __typename }", "extensions": digest });
    let body: Value = post(&forum, Some(JSON), whole)
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(text(&body, "data.__typename"), "Query");
}
