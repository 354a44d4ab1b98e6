//! A client that sends a credential is authenticated by it or refused; none is silently treated as a visitor.

use reqwest::Method;
use reqwest::header::AUTHORIZATION;
use reqwest::header::COOKIE;
use serde_json::Value;
use serde_json::json;

use crate::support::forum::Forum;
use crate::support::json::text;
use crate::support::page::Browser;
use crate::support::socket::PROTOCOL;
use crate::support::socket::Received;
use crate::support::socket::Socket;
use crate::support::socket::kind;

on_both_databases!(
    a_token_is_taken_whatever_the_case_of_its_scheme,
    what_names_nobody_is_unauthenticated,
    a_token_is_not_handed_over_twice_or_elsewhere,
    a_socket_understands_or_refuses_what_connection_init_carries,
    a_stale_cookie_leaves_a_visitor_who_can_sign_in,
);

const WHO: &str = "{ viewer { role } }";

async fn ask(forum: &Forum, headers: &[(&str, &str)], path: &str) -> (u16, Value, String) {
    let mut request = forum
        .visitor()
        .request(Method::POST, path)
        .json(&json!({ "query": WHO }));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.expect("an answer");
    let challenge = answer.headers().get("www-authenticate");
    let challenge = challenge.map_or("", |value| value.to_str().expect("a header"));
    let challenge = challenge.to_string();
    let status = answer.status().as_u16();
    (status, answer.json().await.expect("JSON"), challenge)
}

async fn a_token_is_taken_whatever_the_case_of_its_scheme(forum: Forum) {
    let token = forum.token("ke");
    for value in [
        format!("Bearer {token}"),
        format!("bearer {token}"),
        format!("BEARER   {token}"),
    ] {
        let (_, body, _) = ask(&forum, &[("authorization", &value)], "/graphql").await;
        assert_eq!(text(&body, "data.viewer.role"), "DELEGATE", "{value}");
    }
    // Clients use these to send no credential.
    let (_, body, _) = ask(&forum, &[("authorization", "")], "/graphql").await;
    assert_eq!(text(&body, "data.viewer.role"), "VISITOR");
}

async fn what_names_nobody_is_unauthenticated(forum: Forum) {
    let token = forum.token("ke");
    for value in [
        "Bearer not-a-token-of-this-forum".to_string(),
        "Bearer".to_string(),
        "Bearer undefined".to_string(),
        format!("Bearer {token} {token}"),
        format!("Bearer {token}, Bearer {token}"),
        format!("Bearer \"{token}\""),
        format!("Basic {token}"),
        format!("Token {token}"),
        token.clone(),
    ] {
        let (status, body, challenge) = ask(&forum, &[("authorization", &value)], "/graphql").await;
        assert_eq!(status, 401, "{value}: {body}");
        let code = text(&body, "errors.0.extensions.code");
        assert_eq!(code, "UNAUTHENTICATED", "{value}");
        assert!(body.get("data").is_none(), "{value}: {body}");
        assert!(challenge.starts_with("Bearer"), "{value}: {challenge}");
        let headers = [
            ("sec-websocket-protocol", PROTOCOL),
            ("authorization", value.as_str()),
        ];
        let opened = Socket::try_open(forum.address(), &headers).await;
        assert_eq!(opened.map(drop), Err(401), "{value}");
        let page = forum.visitor().request(Method::GET, "/");
        let page = page.header(AUTHORIZATION, &value).send().await;
        assert_eq!(page.expect("an answer").status().as_u16(), 401, "{value}");
    }
    let french = ("accept-language", "fr");
    let headers = [french, ("authorization", "Basic eDp5")];
    let (_, body, _) = ask(&forum, &headers, "/graphql").await;
    assert!(text(&body, "errors.0.message").contains("jeton"), "{body}");
}

async fn a_token_is_not_handed_over_twice_or_elsewhere(forum: Forum) {
    let token = forum.token("ke");
    let bearer = format!("Bearer {token}");
    let twice = [
        ("authorization", bearer.as_str()),
        ("authorization", bearer.as_str()),
    ];
    let elsewhere = [("x-auth-token", token.as_str())];
    let key = [("x-api-key", token.as_str())];
    for headers in [twice.as_slice(), elsewhere.as_slice(), key.as_slice()] {
        let (status, body, _) = ask(&forum, headers, "/graphql").await;
        assert_eq!(status, 400, "{headers:?}: {body}");
        assert_eq!(text(&body, "errors.0.extensions.code"), "BAD_REQUEST");
    }
    for name in [
        "access_token",
        "token",
        "authToken",
        "Authorization",
        "api_key",
    ] {
        let path = format!("/graphql?{name}={token}");
        let (status, body, _) = ask(&forum, &[], &path).await;
        assert_eq!(status, 400, "{name}: {body}");
        let (status, _, _) = ask(&forum, &[("authorization", &bearer)], &path).await;
        assert_eq!(status, 400, "{name} beside the header");
        let got = forum
            .visitor()
            .get_graphql(&[("query", WHO), (name, &token)]);
        let got = got.send().await.expect("an answer");
        assert_eq!(got.status().as_u16(), 400, "{name} by GET");
    }
    for extensions in [
        json!({ "token": token }),
        json!({ "headers": { "Authorization": bearer } }),
    ] {
        let answer = forum
            .visitor()
            .request(Method::POST, "/graphql")
            .json(&json!({ "query": WHO, "extensions": extensions }))
            .send()
            .await
            .expect("an answer");
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(text(&body, "errors.0.extensions.code"), "BAD_REQUEST");
    }
}

/// The role with which a socket is acknowledged, or its close code.
async fn role_after(forum: &Forum, payload: &Value) -> Result<String, u16> {
    let mut socket = forum.visitor().raw_socket().await;
    socket
        .send(json!({ "type": "connection_init", "payload": payload }))
        .await;
    let received = socket.receive().await;
    if let Received::Closed(code) = received {
        return Err(code);
    }
    assert_eq!(kind(&received), "connection_ack", "{payload}");
    socket.subscribe("1", WHO, json!({})).await;
    let Received::Message(answer) = socket.receive().await else {
        panic!("{payload}: no answer");
    };
    Ok(text(&answer, "payload.data.viewer.role"))
}

async fn a_socket_understands_or_refuses_what_connection_init_carries(forum: Forum) {
    let token = forum.token("ke");
    let bearer = format!("Bearer {token}");
    let other = forum.token("fr");
    for payload in [
        json!({ "authorization": bearer }),
        json!({ "Authorization": bearer.to_lowercase().replace(&token.to_lowercase(), &token) }),
        json!({ "token": token }),
        json!({ "authToken": token }),
        json!({ "authToken": bearer }),
        json!({ "accessToken": token, "authorization": bearer }),
        json!({ "headers": { "Authorization": bearer } }),
    ] {
        let role = role_after(&forum, &payload).await;
        assert_eq!(role.as_deref(), Ok("DELEGATE"), "{payload}");
    }
    for payload in [
        json!({ "authorization": format!("Basic {token}") }),
        json!({ "authorization": token }),
        json!({ "authorization": ["Bearer", token] }),
        json!({ "token": "not-a-token-of-this-forum" }),
        json!({ "token": 5 }),
        json!({ "apiKey": token }),
        json!({ "token": token, "authorization": format!("Bearer {other}") }),
        json!({ "headers": { "authorization": "Basic eDp5" } }),
    ] {
        assert_eq!(role_after(&forum, &payload).await, Err(4403), "{payload}");
    }
    for payload in [
        json!({}),
        json!({ "authorization": "" }),
        json!({ "token": null }),
    ] {
        let role = role_after(&forum, &payload).await;
        assert_eq!(role.as_deref(), Ok("VISITOR"), "{payload}");
    }
}

async fn a_stale_cookie_leaves_a_visitor_who_can_sign_in(forum: Forum) {
    let mut browser = Browser::at(&forum.visitor(), Some("not-a-token-of-this-forum"));
    for path in ["/", "/sign-in"] {
        assert_eq!(browser.get(path).await.status, 200, "{path}");
    }
    let answer = forum
        .visitor()
        .request(Method::POST, "/graphql")
        .header(COOKIE, "partage_session=not-a-token-of-this-forum")
        .json(&json!({ "query": WHO }))
        .send()
        .await
        .expect("an answer");
    let body: Value = answer.json().await.expect("JSON");
    assert_eq!(text(&body, "data.viewer.role"), "VISITOR");
}
