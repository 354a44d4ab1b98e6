//! Harmful requests: each is refused with its code, reveals nothing internal, leaves the server responsive and leaks no memory.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::support::acts::Draft;
use crate::support::acts::open;
use crate::support::database::Kind;
use crate::support::json::text;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::raw::Raw;
use crate::support::socket::Received;
use crate::support::template;
use crate::support::wait::within;

/// Maximum response time after each attack. The best of a few attempts counts: other load on the machine is not the server's fault.
const AT_ONCE: Duration = Duration::from_millis(100);
const TRIES: u32 = 10;
/// In KiB.
const LEFT: u64 = 32 * 1024;
/// What would reveal internals.
const INSIDE: [&str; 9] = [
    "panicked",
    "sqlx",
    "sea_orm",
    "sqlite",
    "src/",
    "tokio",
    "async_graphql",
    "serde",
    "unwrap",
];

struct Target {
    server: Process,
    kenya: Person,
    visitor: Person,
    thread: String,
}

/// A response: its status and its text.
type Answer = (u16, String);

impl Target {
    async fn start() -> (Target, crate::support::database::Place) {
        let template = template::of(Kind::Sqlite).await;
        let place = template.copy().await;
        let server = Process::serve(place.url(), &["--read-seconds", "2"]).await;
        let kenya = Person::new(server.address, Some(template.token("ke")));
        let visitor = Person::new(server.address, None);
        let thread = open(&kenya, Draft::default()).await.id;
        let target = Target {
            server,
            kenya,
            visitor,
            thread,
        };
        (target, place)
    }

    /// Sends a body unchanged.
    async fn post(&self, body: impl Into<reqwest::Body>) -> Answer {
        let request = self
            .kenya
            .request(Method::POST, "/graphql")
            .header(CONTENT_TYPE, "application/json")
            .body(body);
        match within("an answer", request.send()).await {
            Ok(response) => {
                let status = response.status().as_u16();
                (status, response.text().await.unwrap_or_default())
            }
            // The connection was cut during sending.
            Err(_) => (0, String::new()),
        }
    }

    async fn ask(&self, document: &str, variables: Value) -> Answer {
        let body = json!({ "query": document, "variables": variables });
        self.post(body.to_string()).await
    }

    /// What must hold after each attack.
    async fn is_well(&self, what: &str, answer: &Answer) {
        let told = answer.1.to_lowercase();
        for inside in INSIDE {
            assert!(
                !told.contains(inside),
                "{what} was told {inside}: {told:.300}"
            );
        }
        let mut best = Duration::MAX;
        for _ in 0..TRIES {
            let begun = Instant::now();
            let health = self.visitor.request(Method::GET, "/healthz").send();
            assert_eq!(
                within("health", health).await.expect("health").status(),
                200
            );
            best = best.min(begun.elapsed());
            if best <= AT_ONCE {
                return;
            }
        }
        panic!("after {what} the server took {best:?} to answer");
    }

    async fn is_refused(&self, what: &str, answer: Answer, code: &str) {
        self.is_well(what, &answer).await;
        let (status, body) = &answer;
        assert!(
            body.contains(&format!("\"{code}\"")),
            "{what}: {status} {body:.300}"
        );
        assert!(!body.contains("\"data\":{"), "{what}: {body:.300}");
    }
}

fn bomb(levels: usize) -> String {
    let mut document = "{ ...F0 } ".to_string();
    for level in 0..levels {
        let next = level + 1;
        document.push_str(&format!(
            "fragment F{level} on Query {{ ...F{next} ...F{next} }} "
        ));
    }
    document.push_str(&format!(
        "fragment F{levels} on Query {{ viewer {{ role }} }}"
    ));
    document
}

async fn documents(target: &Target) {
    let fields = |count: usize| "viewer { role } ".repeat(count);
    let aliases: String = (0..5_000)
        .map(|n| format!("a{n}: viewer {{ role }} "))
        .collect();
    let nested = format!("{}{}", "{ a".repeat(5_000), "}".repeat(5_000));
    let lists = format!(
        "{{ node(id: {}1{}) {{ id }} }}",
        "[".repeat(5_000),
        "]".repeat(5_000)
    );
    let deep = "{ threads { edges { node { posts { edges { node { thread { posts { edges { node { thread { \
                posts { edges { node { thread { id } } } } } } } } } } } } } } } }";
    let wide = "{ threads(first: 100) { edges { node { posts(first: 100) { edges { node { \
                revisions(first: 100) { edges { node { body } } } } } } } } } }";
    for (what, document) in [
        ("thirty fragments, each spread twice", bomb(30)),
        ("three hundred fragments", bomb(300)),
        (
            "a field ten thousand times",
            format!("{{ {} }}", fields(10_000)),
        ),
        ("five thousand aliases", format!("{{ {aliases} }}")),
        (
            "directives",
            format!(
                "{{ viewer {} {{ role }} }}",
                "@include(if: true) ".repeat(2_000)
            ),
        ),
        ("nested selections", nested),
        ("nested lists", lists),
        ("a deep document", deep.to_string()),
        ("a wide document", wide.to_string()),
    ] {
        let answer = target.ask(&document, json!({})).await;
        target.is_refused(what, answer, "LIMIT_EXCEEDED").await;
    }
    let circle = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }";
    let answer = target.ask(circle, json!({})).await;
    target
        .is_refused("fragments in a circle", answer, "BAD_REQUEST")
        .await;
    for (what, document) in [
        ("no document", "\u{0}\u{1}"),
        ("half a document", "{ viewer { role }"),
        ("a lone surrogate", "{ viewer(\"\\ud800\") { role } }"),
        (
            "a huge number",
            "{ threads(first: 99999999999999999999999999) { totalCount } }",
        ),
    ] {
        let answer = target.ask(document, json!({})).await;
        target.is_refused(what, answer, "BAD_REQUEST").await;
    }
}

async fn bodies(target: &Target) {
    let long = "x".repeat(5_000_000);
    let body = json!({ "query": "{ viewer { role } }", "variables": { "any": long } });
    let answer = target.post(body.to_string()).await;
    target
        .is_refused("a variable of 5 MB", answer, "LIMIT_EXCEEDED")
        .await;
    let answer = target.post(format!("{{\"query\":\"{long}\"}}")).await;
    target
        .is_refused("a document of 5 MB", answer, "LIMIT_EXCEEDED")
        .await;
    let batch = vec![json!({ "query": "{ viewer { role } }" }); 10_000];
    let answer = target.post(json!(batch).to_string()).await;
    target
        .is_refused("a batch of ten thousand", answer, "LIMIT_EXCEEDED")
        .await;
    let batch = vec![json!({ "query": "{ viewer { role } }" }); 1_000];
    let answer = target.post(json!(batch).to_string()).await;
    target
        .is_refused("a batch of a thousand", answer, "LIMIT_EXCEEDED")
        .await;
    for (what, body) in [
        ("brackets", "[".repeat(100_000)),
        ("objects", "{\"a\":".repeat(50_000)),
        ("no JSON", "\u{0}".repeat(100)),
        ("half of JSON", "{\"query\": \"{ viewer".to_string()),
        ("a number for a document", "{\"query\": 1e400}".to_string()),
    ] {
        let answer = target.post(body).await;
        assert!((400..500).contains(&answer.0), "{what}: {}", answer.0);
        target.is_well(what, &answer).await;
    }
    // In chunks, so that no length is announced: it is cut off, whether or not the response still arrives.
    let mut stream = TcpStream::connect(target.server.address)
        .await
        .expect("a connection");
    let head = "POST /graphql HTTP/1.1\r\nHost: forum\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("the head");
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    let mut sent = 0;
    while sent < 64 * 1024 * 1024 && stream.write_all(chunk.as_bytes()).await.is_ok() {
        sent += 0x10000;
    }
    assert!(sent < 64 * 1024 * 1024, "all of it was taken");
    target.is_well("64 MB in chunks", &(0, String::new())).await;
    let input = json!({ "key": uuid::Uuid::new_v4(), "threadId": target.thread, "body": "a\u{0}b", "language": "EN" });
    let reply = "mutation($input: ReplyInput!) { reply(input: $input) { post { id } } }";
    let answer = target.ask(reply, json!({ "input": input })).await;
    assert!(
        answer.0 < 500 && !answer.1.contains("INTERNAL"),
        "{answer:?}"
    );
    target.is_well("a byte of nothing in a text", &answer).await;
}

/// Sends a piece at a time and waits for the end of the connection.
async fn trickle(target: &Target, first: &str, drop: &str) -> String {
    let mut stream = TcpStream::connect(target.server.address)
        .await
        .expect("a connection");
    stream
        .write_all(first.as_bytes())
        .await
        .expect("the first piece");
    let (mut read, mut write) = stream.into_split();
    let drop = drop.to_string();
    let dripping = tokio::spawn(async move {
        while write.write_all(drop.as_bytes()).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    let mut said = Vec::new();
    // A reset connection delivers nothing more.
    drop_error(within("the trickle to be cut off", read.read_to_end(&mut said)).await);
    dripping.abort();
    String::from_utf8_lossy(&said).into_owned()
}

fn drop_error(read: std::io::Result<usize>) {
    drop(read);
}

async fn lines(target: &Target) {
    for (what, first, drop) in [
        ("trickled headers", "GET / HTTP/1.1\r\n", "X-A: b\r\n"),
        (
            "a trickled body",
            "POST /graphql HTTP/1.1\r\nHost: forum\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n\r\n",
            "x",
        ),
        (
            "a trickled form",
            "POST /sign-in HTTP/1.1\r\nHost: forum\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 10000\r\n\r\n",
            "x",
        ),
    ] {
        let said = trickle(target, first, drop).await;
        target.is_well(what, &(0, said)).await;
    }
    for (what, name, value) in [
        (
            "a huge token",
            "authorization",
            format!("Bearer {}", "x".repeat(50_000)),
        ),
        (
            "a huge cookie",
            "cookie",
            format!("partage_session={}", "x".repeat(50_000)),
        ),
        (
            "a token of strange bytes",
            "authorization",
            "Bearer \u{e9}\u{e8}".to_string(),
        ),
        (
            "a range of nonsense",
            "accept",
            "*/*;q=nonsense,,,;".repeat(500),
        ),
        (
            "languages of nonsense",
            "accept-language",
            ";q=,".repeat(5_000),
        ),
    ] {
        let request = target.visitor.request(Method::GET, "/").header(name, value);
        let response = within(what, request.send()).await.expect("an answer");
        let status = response.status().as_u16();
        assert!(status < 500, "{what}: {status}");
        let body = response.text().await.unwrap_or_default();
        // Pages may mention their own sources; what matters is that they are pages.
        target
            .is_well(
                what,
                &(status, if status < 400 { String::new() } else { body }),
            )
            .await;
    }
    for path in [
        "/threads/%FF%FE",
        "/%00",
        "/assets/..%2f..%2fetc/passwd",
        "/?tools=%",
        "/graphql?query=%FF",
    ] {
        let raw = format!("GET {path} HTTP/1.1\r\nHost: forum\r\nConnection: close\r\n\r\n");
        let mut stream = TcpStream::connect(target.server.address)
            .await
            .expect("a connection");
        stream.write_all(raw.as_bytes()).await.expect("the request");
        let mut said = String::new();
        within(path, stream.read_to_string(&mut said))
            .await
            .expect("an answer");
        assert!(!said.starts_with("HTTP/1.1 5"), "{path}: {said:.200}");
        let body = said
            .split_once("\r\n\r\n")
            .map_or("", |(_, body)| body)
            .to_string();
        target
            .is_well(
                path,
                &(
                    0,
                    if body.contains("<main") {
                        String::new()
                    } else {
                        body
                    },
                ),
            )
            .await;
    }
}

async fn sites(target: &Target) {
    let body = r#"{"query":"mutation { signOut { viewer { role } } }"}"#;
    for (media, origin) in [
        ("text/plain", Some("https://elsewhere.example")),
        (
            "application/x-www-form-urlencoded",
            Some("https://elsewhere.example"),
        ),
        (
            "multipart/form-data; boundary=x",
            Some("https://elsewhere.example"),
        ),
        ("application/json", Some("https://elsewhere.example")),
        ("application/json", Some("null")),
        ("text/plain", None),
    ] {
        let mut request = target
            .kenya
            .request(Method::POST, "/graphql")
            .header(CONTENT_TYPE, media)
            .body(body);
        if let Some(origin) = origin {
            request = request
                .header("origin", origin)
                .header("sec-fetch-site", "cross-site");
        }
        let response = within(media, request.send()).await.expect("an answer");
        let status = response.status().as_u16();
        assert!(
            [403, 415].contains(&status),
            "{media} from {origin:?}: {status}"
        );
        let answer = (status, response.text().await.expect("a body"));
        target.is_well(media, &answer).await;
    }
    // None of them signed anybody out.
    let data = target
        .kenya
        .ask("{ viewer { person { id } } }", json!({}))
        .await;
    assert!(!text(&data, "viewer.person.id").is_empty());
}

async fn frames(target: &Target) {
    let address = target.server.address;
    for (what, bytes, code) in [
        (
            "bytes that are no UTF-8",
            vec![0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe],
            1007,
        ),
        ("a frame without a mask", vec![0x81, 0x02, 0x7b, 0x7d], 1002),
        ("reserved bits", vec![0xf1, 0x80, 0, 0, 0, 0], 1002),
        (
            "a control frame in parts",
            vec![0x09, 0x80, 0, 0, 0, 0],
            1002,
        ),
        (
            "a frame that continues nothing",
            vec![0x80, 0x80, 0, 0, 0, 0],
            1002,
        ),
        ("an unknown kind", vec![0x83, 0x80, 0, 0, 0, 0], 1002),
        (
            "a frame of four gigabytes",
            vec![0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
            1009,
        ),
        (
            "a message that is none",
            vec![0x81, 0x82, 0, 0, 0, 0, b'[', b']'],
            4400,
        ),
        ("a frame of bytes", vec![0x82, 0x80, 0, 0, 0, 0], 4400),
    ] {
        let mut raw = Raw::open(address).await;
        raw.send(&bytes).await;
        assert_eq!(within(what, raw.close_code()).await, code, "{what}");
        target.is_well(what, &(0, String::new())).await;
    }
    let mut socket = target.kenya.socket().await;
    socket.subscribe("1", &bomb(30), json!({})).await;
    let Received::Message(refused) = socket.receive().await else {
        panic!("no refusal of a bomb on the socket");
    };
    assert_eq!(
        text(&refused, "payload.0.extensions.code"),
        "LIMIT_EXCEEDED"
    );
    target
        .is_well("a bomb on the socket", &(0, refused.to_string()))
        .await;
}

async fn everything(target: &Target) {
    documents(target).await;
    bodies(target).await;
    lines(target).await;
    sites(target).await;
    frames(target).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_to_do_harm_is_refused_and_leaves_nothing() {
    let (target, place) = Target::start().await;
    // The first run allocates what stays; the second one must not allocate more.
    everything(&target).await;
    let before = target.server.resident();
    everything(&target).await;
    let mut after = target.server.resident();
    for _ in 0..50 {
        if after <= before + LEFT {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        after = target.server.resident();
    }
    assert!(
        after <= before + LEFT,
        "{before} KiB before, {after} KiB after"
    );
    let said = target.server.said();
    assert!(!said.contains("panicked"), "{said}");
    drop(target);
    place.remove().await;
}
