//! The security headers of every response, the hosts that are accepted, and who may read the metrics.

use std::net::SocketAddr;

use reqwest::Method;
use reqwest::Response;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::database::Kind;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::process::run;
use crate::support::template;
use crate::support::wait::within;

on_both_databases!(
    a_request_names_one_host,
    every_answer_is_guarded,
    tls_is_kept_to_where_there_is_tls with flags(["--public-url", "https://forum.example.org"]),
    robots_are_told_what_is_not_for_them,
    without_a_contact_there_is_no_security_txt,
    weaknesses_are_reported_to_the_contact with flags(["--security-contact", "security@example.org"]),
    figures_are_for_this_machine_alone,
    figures_are_not_passed_on_by_a_proxy with flags(["--behind-proxy"]),
    figures_are_read_with_their_token with flags(["--metrics-token", "a-token-of-figures"]),
);

async fn get(forum: &Forum, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = forum.visitor().request(Method::GET, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("an answer")
}

/// The status line of the response to a request head that is sent unchanged.
async fn status(address: SocketAddr, head: &str) -> String {
    let mut line = TcpStream::connect(address).await.expect("a connection");
    line.write_all(head.as_bytes()).await.expect("asking");
    let mut answer = String::new();
    within("an answer", line.read_to_string(&mut answer))
        .await
        .expect("an answer");
    answer.lines().next().unwrap_or_default().to_string()
}

async fn a_request_names_one_host(forum: Forum) {
    let address = forum.address();
    for path in ["/", "/graphql?query=%7B__typename%7D", "/healthz"] {
        for (hosts, version, expected) in [
            ("Host: forum\r\n", "1.1", "200"),
            ("", "1.1", "400"),
            ("Host: forum\r\nHost: forum\r\n", "1.1", "400"),
            ("Host: forum\r\nHost: elsewhere\r\n", "1.1", "400"),
            ("Host: \r\n", "1.1", "400"),
            ("Host: a b\r\n", "1.1", "400"),
            ("Host: somebody@forum\r\n", "1.1", "400"),
            ("", "1.0", "200"),
        ] {
            let head = format!("GET {path} HTTP/{version}\r\n{hosts}Connection: close\r\n\r\n");
            let status = status(address, &head).await;
            assert!(status.contains(expected), "{head}: {status}");
        }
    }
}

fn header(response: &Response, name: &str) -> String {
    let value = response.headers().get(name);
    value.map_or_else(String::new, |value| {
        value.to_str().expect("a plain header").to_string()
    })
}

async fn every_answer_is_guarded(forum: Forum) {
    for path in ["/", "/sign-in", "/nowhere", "/healthz", "/ledger.jsonl"] {
        let answer = get(&forum, path, &[]).await;
        let policy = header(&answer, "permissions-policy");
        for feature in ["camera=()", "geolocation=()", "microphone=()"] {
            assert!(policy.contains(feature), "{path}: {policy}");
        }
        let opener = header(&answer, "cross-origin-opener-policy");
        assert_eq!(opener, "same-origin", "{path}");
        let strict = header(&answer, "strict-transport-security");
        assert_eq!(strict, "", "{path}: nothing is promised without TLS");
    }
}

async fn tls_is_kept_to_where_there_is_tls(forum: Forum) {
    for path in ["/", "/nowhere", "/healthz"] {
        let answer = get(&forum, path, &[]).await;
        let strict = header(&answer, "strict-transport-security");
        let age = strict.strip_prefix("max-age=").unwrap_or_default();
        assert!(
            age.parse::<u64>().is_ok_and(|age| age >= 31_536_000),
            "{strict}"
        );
    }
}

async fn robots_are_told_what_is_not_for_them(forum: Forum) {
    let answer = get(&forum, "/robots.txt", &[]).await;
    assert_eq!(answer.status().as_u16(), 200);
    assert!(header(&answer, "content-type").starts_with("text/plain"));
    let text = answer.text().await.expect("a text");
    assert!(text.starts_with("User-agent: *\n"), "{text}");
    assert!(text.contains("\nDisallow: /graphql\n"), "{text}");
}

const SECURITY: &str = "/.well-known/security.txt";

async fn without_a_contact_there_is_no_security_txt(forum: Forum) {
    assert_eq!(get(&forum, SECURITY, &[]).await.status().as_u16(), 404);
}

async fn weaknesses_are_reported_to_the_contact(forum: Forum) {
    let answer = get(&forum, SECURITY, &[]).await;
    assert_eq!(answer.status().as_u16(), 200);
    assert!(header(&answer, "content-type").starts_with("text/plain"));
    let text = answer.text().await.expect("a text");
    assert!(
        text.contains("Contact: mailto:security@example.org\n"),
        "{text}"
    );
    let expires = text.lines().find_map(|line| line.strip_prefix("Expires: "));
    let year = 366 * 86_400;
    let expires = expires.expect("when it expires");
    assert!(expires > forum.moment_in(86_400).as_str(), "{text}");
    assert!(expires < forum.moment_in(year).as_str(), "{text}");
}

async fn figures_are_for_this_machine_alone(forum: Forum) {
    assert_eq!(get(&forum, "/metrics", &[]).await.status().as_u16(), 200);
    for name in ["x-forwarded-for", "forwarded", "via", "x-real-ip"] {
        let answer = get(&forum, "/metrics", &[(name, "203.0.113.7")]).await;
        assert_eq!(answer.status().as_u16(), 404, "{name}");
    }
}

async fn figures_are_not_passed_on_by_a_proxy(forum: Forum) {
    let near = get(&forum, "/metrics", &[("x-forwarded-for", "127.0.0.1")]).await;
    assert_eq!(near.status().as_u16(), 404);
}

async fn figures_are_read_with_their_token(forum: Forum) {
    for (value, expected) in [
        ("Bearer a-token-of-figures", 200),
        ("bearer a-token-of-figures", 200),
        ("Bearer a-token-of-figure", 401),
        ("Basic a-token-of-figures", 401),
        ("", 401),
    ] {
        let headers = [("authorization", value), ("x-forwarded-for", "203.0.113.7")];
        let answer = get(&forum, "/metrics", &headers).await;
        assert_eq!(answer.status().as_u16(), expected, "{value}");
    }
    let answer = get(&forum, "/metrics", &[]).await;
    assert_eq!(answer.status().as_u16(), 401);
    assert_eq!(header(&answer, "www-authenticate"), "Bearer");
    // It is not valid as any other token.
    let headers = [("authorization", "Bearer a-token-of-figures")];
    assert_eq!(get(&forum, "/", &headers).await.status().as_u16(), 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_have_an_address_of_their_own() {
    let place = template::of(Kind::Sqlite).await.copy().await;
    let flags = ["--metrics-listen", "127.0.0.1:0"];
    let server = Process::serve(place.url(), &flags).await;
    let said = server.said();
    let address = said
        .split_once("Figures on http://")
        .and_then(|(_, rest)| rest.split_once("/metrics"))
        .and_then(|(address, _)| address.parse::<SocketAddr>().ok())
        .unwrap_or_else(|| panic!("no address of figures in {said}"));
    let asked = async |address, path| {
        let visitor = Person::new(address, None);
        let answer = visitor.request(Method::GET, path).send().await;
        answer.expect("an answer")
    };
    let figures = asked(address, "/metrics").await;
    assert_eq!(figures.status().as_u16(), 200);
    let text = figures.text().await.expect("the figures");
    assert!(text.contains("partage_events_total"), "{text}");
    assert_eq!(asked(address, "/").await.status().as_u16(), 404);
    let beside = asked(server.address, "/metrics").await;
    assert_eq!(beside.status().as_u16(), 404);
    drop(server);
    place.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_contact_that_is_none_is_refused_at_start() {
    for contact in ["", "nobody", "http://example.org/", "two words@example.org"] {
        let flag = format!("--security-contact={contact}");
        let ended = run(&["serve", "--database", "sqlite::memory:", &flag]).await;
        assert_eq!(ended.code, Some(2), "{contact}: {ended:?}");
    }
}
