//! Another site cannot act in the name of a signed-in user.

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use reqwest::header::COOKIE;
use reqwest::header::ORIGIN;
use reqwest::header::SET_COOKIE;
use serde_json::Value;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::OPEN_THREAD;
use crate::support::acts::open;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::page::Browser;
use crate::support::socket::PROTOCOL;
use crate::support::socket::Socket;
use crate::support::template::PASSWORD;
use crate::support::template::email;

on_both_databases!(
    a_foreign_site_cannot_send_mutations_with_the_cookie,
    a_foreign_site_cannot_send_forms_with_the_cookie,
    a_foreign_site_cannot_open_a_socket_with_the_cookie,
    a_form_or_plain_text_is_no_graphql_request,
    a_get_request_changes_nothing,
    the_session_cookie_is_out_of_reach_of_scripts_and_other_sites,
    the_session_cookie_is_for_tls_only_behind_https with flags(["--public-url", "https://forum.example.org"]),
    another_scheme_is_another_site,
    the_scheme_is_what_the_proxy_says with flags(["--behind-proxy"]),
);

const FOREIGN: &str = "https://elsewhere.example";

async fn threads(forum: &Forum) -> i64 {
    let list = forum
        .secretariat()
        .ask("{ threads { totalCount } }", json!({}))
        .await;
    number(&list, "threads.totalCount")
}

async fn a_foreign_site_cannot_send_mutations_with_the_cookie(forum: Forum) {
    let cookie = format!("partage_session={}", forum.token("ke"));
    for (origin, opened) in [
        (FOREIGN.to_string(), false),
        ("null".to_string(), false),
        (format!("{}.elsewhere.example", forum.url("")), false),
        (forum.url(""), true),
    ] {
        let input = Draft::titled(&origin).input(&forum.visitor()).await;
        let body = json!({ "query": OPEN_THREAD, "variables": { "input": input } });
        let before = threads(&forum).await;
        let answer = forum
            .visitor()
            .request(Method::POST, "/graphql")
            .header(COOKIE, &cookie)
            .header(ORIGIN, &origin)
            .json(&body)
            .send()
            .await
            .expect("an answer");
        let grown = threads(&forum).await - before;
        assert_eq!(grown, i64::from(opened), "{origin}");
        assert_eq!(answer.status().is_success(), opened, "{origin}");
    }
}

async fn a_foreign_site_cannot_send_forms_with_the_cookie(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let path = format!("/threads/{}", opened.id);
    let page = Browser::signed_in(&forum, "fr").get(&path).await;
    let action = page.action_of_form_with("body");
    let key = page.value_of("key");
    let fields = [
        ("key", key.as_str()),
        ("body", "From elsewhere."),
        ("language", "EN"),
        ("capacity", "PERSONAL"),
    ];
    let target = if action.is_empty() { path } else { action };
    let answer = forum
        .visitor()
        .request(Method::POST, &target)
        .header(COOKIE, format!("partage_session={}", forum.token("fr")))
        .header(ORIGIN, FOREIGN)
        .form(&fields)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status().as_u16(), 403);
    let document = "query($id: ID!) { thread(id: $id) { lastNumber } }";
    let seen = forum
        .visitor()
        .ask(document, json!({ "id": opened.id }))
        .await;
    assert_eq!(number(&seen, "thread.lastNumber"), 1);

    // The same form from the forum's own page is accepted.
    let answer = Browser::signed_in(&forum, "fr")
        .post(&target, &fields)
        .await;
    assert_eq!(answer.status, 303);
    let seen = forum
        .visitor()
        .ask(document, json!({ "id": opened.id }))
        .await;
    assert_eq!(number(&seen, "thread.lastNumber"), 2);
}

async fn a_foreign_site_cannot_open_a_socket_with_the_cookie(forum: Forum) {
    let cookie = format!("partage_session={}", forum.token("ke"));
    let own = forum.url("");
    for (origin, expected) in [(FOREIGN, Err(403)), (own.as_str(), Ok(()))] {
        let headers = [
            ("sec-websocket-protocol", PROTOCOL),
            ("cookie", cookie.as_str()),
            ("origin", origin),
        ];
        let opened = Socket::try_open(forum.address(), &headers).await;
        assert_eq!(opened.map(drop), expected, "{origin}");
    }
}

async fn a_form_or_plain_text_is_no_graphql_request(forum: Forum) {
    let kenya = forum.delegate("ke");
    let input = Draft::default().input(&kenya).await;
    let body = json!({ "query": OPEN_THREAD, "variables": { "input": input } }).to_string();
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ] {
        let answer = kenya
            .request(Method::POST, "/graphql")
            .header(CONTENT_TYPE, kind)
            .body(body.clone())
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status().as_u16(), 415, "{kind}");
    }
    assert_eq!(threads(&forum).await, 0);
}

async fn a_get_request_changes_nothing(forum: Forum) {
    let mutation = "mutation { signOut { viewer { role } } }";
    let answer = forum
        .delegate("ke")
        .get_graphql(&[("query", mutation)])
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status().as_u16(), 405);
    let seen = forum
        .delegate("ke")
        .ask("{ viewer { role } }", json!({}))
        .await;
    assert_eq!(seen["viewer"]["role"], "DELEGATE");
}

async fn session_cookie(forum: &Forum) -> String {
    let mut browser = Browser::of(forum);
    let page = browser.get("/sign-in").await;
    let action = page.action_of_form_with("password");
    let address = email("ke");
    let fields = [("email", address.as_str()), ("password", PASSWORD)];
    let origin = forum.url("");
    let answer = forum
        .visitor()
        .request(
            Method::POST,
            if action.is_empty() {
                "/sign-in"
            } else {
                &action
            },
        )
        .header(ORIGIN, origin)
        .form(&fields)
        .send()
        .await
        .expect("an answer");
    answer
        .headers()
        .get_all(SET_COOKIE)
        .iter()
        .map(|cookie| cookie.to_str().expect("a plain cookie").to_string())
        .find(|cookie| cookie.starts_with("partage_session="))
        .unwrap_or_else(|| panic!("no session cookie: {answer:?}"))
}

async fn the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(forum: Forum) {
    let cookie = session_cookie(&forum).await;
    assert!(cookie.contains("; HttpOnly"), "{cookie}");
    assert!(cookie.contains("; SameSite=Lax"), "{cookie}");
    assert!(!cookie.contains("; Secure"), "without TLS it would be lost");
}

async fn the_session_cookie_is_for_tls_only_behind_https(forum: Forum) {
    // Behind a proxy the browser's origin is the public address.
    let address = email("ke");
    let fields = [("email", address.as_str()), ("password", PASSWORD)];
    let answer = forum
        .visitor()
        .request(Method::POST, "/sign-in")
        .header(ORIGIN, "https://forum.example.org")
        .form(&fields)
        .send()
        .await
        .expect("an answer");
    let cookies = answer.headers().get_all(SET_COOKIE).iter();
    let cookies: Vec<&str> = cookies
        .map(|cookie| cookie.to_str().expect("a cookie"))
        .collect();
    for name in ["__Host-partage_session=", "__Host-partage_device="] {
        let cookie = cookies.iter().find(|cookie| cookie.starts_with(name));
        let cookie = cookie.unwrap_or_else(|| panic!("no {name} in {cookies:?}"));
        for part in ["; Secure", "; Path=/;", "; HttpOnly"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    // A neighbour under the same domain can set the cookie with the plain name, but that signs in nobody.
    for (name, role) in [
        ("__Host-partage_session", "DELEGATE"),
        ("partage_session", "VISITOR"),
    ] {
        let answer = forum
            .visitor()
            .request(Method::POST, "/graphql")
            .header(COOKIE, format!("{name}={}", forum.token("ke")))
            .json(&json!({ "query": "{ viewer { role } }" }))
            .send()
            .await
            .expect("an answer");
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(text(&body, "data.viewer.role"), role, "{name}");
    }
}

/// The status of signing out from a page of that origin.
async fn acts_from(forum: &Forum, origin: &str, proto: Option<&str>) -> u16 {
    let mut request = forum
        .visitor()
        .request(Method::POST, "/graphql")
        .header(ORIGIN, origin)
        .json(&json!({ "query": "mutation { signOut { viewer { role } } }" }));
    if let Some(proto) = proto {
        request = request.header("x-forwarded-proto", proto);
    }
    request.send().await.expect("an answer").status().as_u16()
}

async fn another_scheme_is_another_site(forum: Forum) {
    let host = forum.address();
    assert_eq!(
        acts_from(&forum, &format!("http://{host}"), None).await,
        200
    );
    let other = format!("https://{host}");
    assert_eq!(acts_from(&forum, &other, None).await, 403);
    let claimed = acts_from(&forum, &other, Some("https")).await;
    assert_eq!(claimed, 403, "nobody but a proxy that is trusted says so");
}

async fn the_scheme_is_what_the_proxy_says(forum: Forum) {
    let origin = format!("https://{}", forum.address());
    assert_eq!(acts_from(&forum, &origin, Some("https")).await, 200);
    assert_eq!(acts_from(&forum, &origin, Some("http")).await, 403);
}
