//! Pages of configured origins use the API with a token, never with a cookie; pages of other origins cannot use it.

use reqwest::Method;
use reqwest::Response;
use reqwest::header::COOKIE;
use reqwest::header::HeaderMap;
use reqwest::header::ORIGIN;
use serde_json::Value;
use serde_json::json;

use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::text;
use crate::support::process::run;
use crate::support::socket::PROTOCOL;
use crate::support::socket::Received;
use crate::support::socket::Socket;
use crate::support::socket::kind;

on_both_databases!(
    an_allowed_page_asks_by_token with flags(["--cors-origin", ALLOWED, "--cors-origin", SECOND]),
    a_cookie_counts_for_nothing_from_elsewhere with flags(["--cors-origin", ALLOWED]),
    an_allowed_page_asks_before_it_sends with flags(["--cors-origin", ALLOWED]),
    any_other_page_is_refused_and_reads_nothing with flags(["--cors-origin", ALLOWED]),
    an_allowed_page_opens_a_socket_by_token with flags(["--cors-origin", ALLOWED]),
    pages_are_not_open_to_other_origins with flags(["--cors-origin", ALLOWED]),
    without_a_configured_origin_nothing_is_said_of_any,
);

const ALLOWED: &str = "https://client.example.org";
const SECOND: &str = "http://localhost:5173";
const OTHER: &str = "https://elsewhere.example";
const WHO: &str = "{ viewer { role } }";

fn told(headers: &HeaderMap, name: &str) -> String {
    let values = headers.get_all(name).iter();
    let values: Vec<&str> = values
        .map(|value| value.to_str().expect("a plain header"))
        .collect();
    values.join(", ").to_ascii_lowercase()
}

/// No response ever lets a browser send or read cookies.
fn allows(headers: &HeaderMap) -> String {
    assert_eq!(told(headers, "access-control-allow-credentials"), "");
    told(headers, "access-control-allow-origin")
}

async fn ask(forum: &Forum, origin: &str, document: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = forum
        .visitor()
        .request(Method::POST, "/graphql")
        .header(ORIGIN, origin)
        .header("sec-fetch-site", "cross-site")
        .json(&json!({ "query": document }));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("an answer")
}

async fn an_allowed_page_asks_by_token(forum: Forum) {
    let bearer = format!("Bearer {}", forum.token("ke"));
    for origin in [ALLOWED, SECOND] {
        let answer = ask(&forum, origin, WHO, &[("authorization", &bearer)]).await;
        assert_eq!(answer.status().as_u16(), 200);
        assert_eq!(allows(answer.headers()), origin);
        assert!(told(answer.headers(), "vary").contains("origin"));
        let exposed = told(answer.headers(), "access-control-expose-headers");
        for name in ["retry-after", "etag", "www-authenticate", "x-request-id"] {
            assert!(exposed.contains(name), "{exposed}");
        }
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(text(&body, "data.viewer.role"), "DELEGATE");
    }
    // A refusal can be read too.
    let answer = ask(&forum, ALLOWED, WHO, &[("authorization", "Bearer nobody")]).await;
    assert_eq!(answer.status().as_u16(), 401);
    assert_eq!(allows(answer.headers()), ALLOWED);
    let got = forum.visitor().get_graphql(&[("query", "{ __typename }")]);
    let got = got.header(ORIGIN, ALLOWED).send().await.expect("an answer");
    assert_eq!(allows(got.headers()), ALLOWED);
    assert!(told(got.headers(), "vary").contains("origin"));
    let ledger = forum.visitor().request(Method::GET, "/ledger.jsonl");
    let ledger = ledger.header(ORIGIN, ALLOWED).send().await.expect("a file");
    assert_eq!(allows(ledger.headers()), ALLOWED);
}

async fn a_cookie_counts_for_nothing_from_elsewhere(forum: Forum) {
    let cookie = format!("partage_session={}", forum.token("ke"));
    for origin in [ALLOWED, OTHER] {
        let got = forum
            .visitor()
            .get_graphql(&[("query", WHO)])
            .header(ORIGIN, origin)
            .header(COOKIE, &cookie)
            .send()
            .await
            .expect("an answer");
        let body: Value = got.json().await.expect("JSON");
        assert_eq!(text(&body, "data.viewer.role"), "VISITOR", "{origin}");
    }
    let answer = ask(&forum, ALLOWED, WHO, &[("cookie", &cookie)]).await;
    let body: Value = answer.json().await.expect("JSON");
    assert_eq!(text(&body, "data.viewer.role"), "VISITOR");
}

async fn preflight(forum: &Forum, origin: &str, path: &str) -> Response {
    forum
        .visitor()
        .request(Method::OPTIONS, path)
        .header(ORIGIN, origin)
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization,content-type",
        )
        .send()
        .await
        .expect("an answer")
}

async fn an_allowed_page_asks_before_it_sends(forum: Forum) {
    let answer = preflight(&forum, ALLOWED, "/graphql").await;
    assert_eq!(answer.status().as_u16(), 204);
    let headers = answer.headers();
    assert_eq!(allows(headers), ALLOWED);
    assert!(told(headers, "access-control-allow-methods").contains("post"));
    let taken = told(headers, "access-control-allow-headers");
    for name in [
        "accept",
        "authorization",
        "content-type",
        "if-none-match",
        "last-event-id",
        "partage-person",
    ] {
        assert!(taken.contains(name), "{taken}");
    }
    let age = told(headers, "access-control-max-age");
    assert!(age.parse::<u32>().is_ok_and(|age| age > 0), "{age}");
    assert!(told(headers, "vary").contains("origin"));
}

async fn any_other_page_is_refused_and_reads_nothing(forum: Forum) {
    let bearer = format!("Bearer {}", forum.token("ke"));
    for origin in [
        OTHER,
        "null",
        "http://client.example.org",
        "https://client.example.org:8443",
        "https://client.example.org.elsewhere.example",
    ] {
        let answer = preflight(&forum, origin, "/graphql").await;
        assert!(answer.status().is_client_error(), "{origin}");
        assert_eq!(allows(answer.headers()), "", "{origin}");
        let answer = ask(&forum, origin, WHO, &[("authorization", &bearer)]).await;
        assert_eq!(answer.status().as_u16(), 403, "{origin}");
        assert_eq!(allows(answer.headers()), "", "{origin}");
        // Its cached response is separate from another origin's.
        assert!(
            told(answer.headers(), "vary").contains("origin"),
            "{origin}"
        );
    }
}

async fn an_allowed_page_opens_a_socket_by_token(forum: Forum) {
    let cookie = format!("partage_session={}", forum.token("fr"));
    let headers = |origin| {
        [
            ("sec-websocket-protocol", PROTOCOL),
            ("origin", origin),
            ("cookie", cookie.as_str()),
        ]
    };
    let refused = Socket::try_open(forum.address(), &headers(OTHER)).await;
    assert_eq!(refused.map(drop), Err(403));
    for (payload, role) in [
        (json!({}), "VISITOR"),
        (json!({ "token": forum.token("ke") }), "DELEGATE"),
    ] {
        let opened = Socket::try_open(forum.address(), &headers(ALLOWED)).await;
        let mut socket = opened.expect("an upgrade");
        socket
            .send(json!({ "type": "connection_init", "payload": payload }))
            .await;
        assert_eq!(kind(&socket.receive().await), "connection_ack");
        socket.subscribe("1", WHO, json!({})).await;
        let Received::Message(answer) = socket.receive().await else {
            panic!("no answer");
        };
        assert_eq!(text(&answer, "payload.data.viewer.role"), role);
    }
}

async fn pages_are_not_open_to_other_origins(forum: Forum) {
    let form = forum
        .visitor()
        .request(Method::POST, "/sign-out")
        .header(ORIGIN, ALLOWED)
        .form(&[("a", "b")])
        .send()
        .await
        .expect("an answer");
    assert_eq!(form.status().as_u16(), 403);
    assert_eq!(allows(form.headers()), "");
    let page = forum.visitor().request(Method::GET, "/");
    let page = page.header(ORIGIN, ALLOWED).send().await.expect("a page");
    assert_eq!(allows(page.headers()), "");
}

async fn without_a_configured_origin_nothing_is_said_of_any(forum: Forum) {
    let answer = preflight(&forum, ALLOWED, "/graphql").await;
    assert_eq!(answer.status().as_u16(), 405);
    assert_eq!(allows(answer.headers()), "");
    let answer = ask(&forum, ALLOWED, WHO, &[]).await;
    assert_eq!(answer.status().as_u16(), 403);
    assert!(!told(answer.headers(), "vary").contains("origin"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_origin_that_is_none_is_refused_at_start() {
    for origin in [
        "*",
        "https://*.example.org",
        "null",
        "client.example.org",
        "ftp://client.example.org",
        "https://client.example.org/",
        "https://client.example.org/app",
        "https://user@client.example.org",
        "https://client.example.org:port",
        "https://",
    ] {
        let ended = run(&[
            "serve",
            "--database",
            "sqlite::memory:",
            "--cors-origin",
            origin,
        ])
        .await;
        assert_eq!(ended.code, Some(2), "{origin}: {ended:?}");
        assert!(
            ended.stderr.contains("--cors-origin"),
            "{origin}: {ended:?}"
        );
    }
}
