//! Nothing that a stranger sends causes an internal error: no line of level ERROR is logged, and no response is one.

use reqwest::Method;
use reqwest::header::ACCEPT;
use reqwest::header::CONTENT_TYPE;
use reqwest::header::COOKIE;
use serde_json::Value;
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::acts::Draft;
use crate::support::acts::open;
use crate::support::database::Kind;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::raw::Raw;
use crate::support::template;

for_both_databases!(nothing_that_is_sent_is_a_malfunction);

/// Texts that are invalid somewhere.
fn odd_texts() -> Vec<String> {
    let key = |text: &str| base64_url(text);
    vec![
        String::new(),
        "\0".to_string(),
        "nul\0within".to_string(),
        "\u{feff}\u{202e}\u{ffff}\u{10ffff}".to_string(),
        "%_\\".to_string(),
        "' or 1=1 --".to_string(),
        "x".repeat(5_000),
        "-1".to_string(),
        "99999999999999999999".to_string(),
        key("\0"),
        key("log 99999999999999999999"),
        key("log -9223372036854775808"),
        key("9223372036854775807 ffffffff-ffff-ffff-ffff-ffffffffffff"),
        key("-9223372036854775808 00000000-0000-0000-0000-000000000000"),
        key("ffffffff-ffff-ffff-ffff-ffffffffffff a\0b"),
        key("2147483647"),
        key("-2147483648"),
        key("T"),
        key("D\0"),
        key("Cnowhere"),
        key("Tffffffffffffffff"),
        key("Vffffffffffffffff"),
        key("Effffffff"),
        key("Offffffffffffffff"),
    ]
}

fn base64_url(text: &str) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut encoded = String::new();
    for three in text.as_bytes().chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        for at in 0..=three.len() {
            let letter = (bits >> (18 - 6 * at)) & 63;
            encoded.push(char::from(LETTERS[usize::try_from(letter).expect("small")]));
        }
    }
    encoded
}

const FIELDS: &str = "{ __schema { queryType { fields { ...F } } subscriptionType { fields { ...F } } } } \
     fragment F on __Field { name args { name type { ...T } } type { ...T } } \
     fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// The named type inside lists and non-null types.
fn named(ty: &Value) -> (&str, &str) {
    match &ty["ofType"] {
        Value::Null => (
            ty["kind"].as_str().unwrap_or_default(),
            ty["name"].as_str().unwrap_or_default(),
        ),
        inner => named(inner),
    }
}

/// For each argument that is a text, a document that passes it as a variable.
async fn documents(visitor: &Person) -> Vec<String> {
    let schema = visitor.ask(FIELDS, json!({})).await;
    let mut documents = Vec::new();
    for (root, operation) in [("queryType", "query"), ("subscriptionType", "subscription")] {
        let fields = schema["__schema"][root]["fields"].as_array();
        for field in fields.expect("fields") {
            let all = field["args"].as_array().expect("arguments");
            let is_text = |argument: &Value| ["ID", "String"].contains(&named(&argument["type"]).1);
            let needs = |argument: &Value| argument["type"]["kind"] == "NON_NULL";
            let selection = match named(&field["type"]).0 {
                "SCALAR" | "ENUM" => "",
                _ => "{ __typename }",
            };
            for asked in all.iter().filter(|argument| is_text(argument)) {
                let given = all.iter().filter(|each| is_text(each));
                let given = given.filter(|each| needs(each) || each["name"] == asked["name"]);
                let given: Vec<String> = given
                    .map(|each| format!("{}: $text", each["name"].as_str().unwrap_or_default()))
                    .collect();
                let ty = named(&asked["type"]).1;
                let field = field["name"].as_str().unwrap_or_default();
                documents.push(format!(
                    "{operation}($text: {ty}!) {{ {field}({}) {selection} }}",
                    given.join(", ")
                ));
            }
        }
    }
    assert!(documents.len() > 20, "{documents:?}");
    documents
}

async fn is_no_malfunction(person: &Person, document: &str, text: &str) {
    if document.starts_with("subscription") {
        let body = json!({ "query": document, "variables": { "text": text } });
        let request = person.request(Method::POST, "/graphql").json(&body);
        let request = request.header(ACCEPT, "text/event-stream");
        // A subscription that is accepted never ends.
        let status = request.send().await.expect("a stream").status().as_u16();
        assert!(status < 500, "{document} with {text:?}: {status}");
        return;
    }
    let answer = person.graphql(document, json!({ "text": text })).await;
    let said = answer.body.to_string();
    assert!(
        !said.contains("\"INTERNAL\""),
        "{document} with {text:?}: {said}"
    );
    assert!(
        answer.status < 500,
        "{document} with {text:?}: {}",
        answer.status
    );
}

async fn lookups(people: &[&Person], thread: &str) {
    let within_thread = "query($text: String!) { thread(id: \"THREAD\") { \
         posts(after: $text) { edges { node { id } } } } }";
    let within_person = "query($text: String!) { viewer { drafts(after: $text) { edges { node { id } } } \
         sessions(before: $text) { edges { node { id } } } invitations(after: $text) { edges { node { id } } } \
         notices(before: $text) { edges { node { id } } } cases(after: $text) { edges { node { id } } } } }";
    let mut all = documents(people[0]).await;
    all.push(within_thread.replace("THREAD", thread));
    all.push(within_person.to_string());
    for person in people {
        for document in &all {
            for text in odd_texts() {
                is_no_malfunction(person, document, &text).await;
            }
        }
    }
}

async fn acts(person: &Person) {
    for document in [
        "mutation($text: String!) { signIn(input: { email: $text, password: $text, deviceToken: $text }) { token } }",
        "mutation($text: String!) { acceptInvitation(input: { token: $text, name: $text, password: $text, \
         language: EN, email: $text }) { token } }",
        "mutation($text: ID!) { announceWriting(input: { threadId: $text }) { __typename } }",
        "mutation($text: ID!) { revokeSession(input: { sessionId: $text }) { __typename } }",
        "mutation($text: String!) { changeProfile(input: { name: $text, timeZone: $text }) { __typename } }",
    ] {
        for text in odd_texts() {
            is_no_malfunction(person, document, &text).await;
        }
    }
}

async fn pages(visitor: &Person, thread: &str) {
    for path in [
        "/threads/%00".to_string(),
        "/threads/%FF%FE".to_string(),
        format!("/threads/{thread}?after=%00&before=AA&number=99999999999999999999"),
        format!("/threads/{thread}/posts/99999999999999999999/edit"),
        format!("/threads/{thread}/posts/-1/revisions"),
        "/?after=%00&tools=%00&search=%00&language=%FF".to_string(),
        "/?lang=%00&first=-1".to_string(),
        "/vocabulary/%00".to_string(),
        "/vocabulary/nowhere?after=AA".to_string(),
        "/delegations/%00".to_string(),
        "/people/%00".to_string(),
        "/people?search=%00&after=%FF".to_string(),
        "/invitations/%00".to_string(),
        "/moderation/cases/%00".to_string(),
        "/moderation?after=AAAA".to_string(),
        "/assets/%00/%00".to_string(),
        "/graphql?query=%00&variables=%7B&extensions=%5B".to_string(),
    ] {
        let response = visitor.request(Method::GET, &path).send().await;
        let status = response.expect("an answer").status().as_u16();
        assert!(status < 500, "{path}: {status}");
    }
    for path in [
        "/sign-in",
        "/sign-out",
        "/sessions",
        "/sessions/password",
        "/settings",
    ] {
        for body in [
            "",
            "%00=%00&email=%00&password=%00",
            "%FF=%FE",
            "key=x&body=%00",
        ] {
            let request = visitor.request(Method::POST, path).body(body);
            let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            let status = request.send().await.expect("an answer").status().as_u16();
            assert!(status < 500, "{path} with {body}: {status}");
        }
    }
    for cookie in [
        "partage_session=%00; partage_language=xx",
        "partage_session=; ;;=; partage_device=\u{e9}",
        "partage_session",
    ] {
        let request = visitor.request(Method::GET, "/").header(COOKIE, cookie);
        let status = request.send().await.expect("an answer").status().as_u16();
        assert_eq!(status, 200, "{cookie}");
    }
}

async fn lines(visitor: &Person) {
    for bytes in [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc".as_slice(),
        b"GET / HTTP/1.1\r\nHost: forum\r\nX: \xff\xfe\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /graphql HTTP/1.1\r\nHost: forum\r\nContent-Length: 500\r\n\
          Content-Type: application/json\r\n\r\n{\"query\":",
        b"POST /graphql HTTP/1.1\r\nHost: forum\r\nTransfer-Encoding: chunked\r\n\
          Content-Type: application/json\r\n\r\nZZ\r\n",
        b"POST /sign-in HTTP/1.1\r\nHost: forum\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"\0\0\0\0",
    ] {
        let mut line = TcpStream::connect(visitor.address()).await.expect("a line");
        line.write_all(bytes).await.expect("sending");
        line.shutdown().await.expect("the end of what is sent");
        let mut said = Vec::new();
        // Cut or answered, as the server chooses.
        let _ = line.read_to_end(&mut said).await;
        assert!(!said.starts_with(b"HTTP/1.1 5"), "{bytes:?}: {said:?}");
    }
    for body in [
        "\"\\ud800\"",
        "[[[[",
        "{\"query\":\"{ __typename }\",\"variables\":{\"a\":1e999}}",
        "\u{feff}{}",
    ] {
        let request = visitor.request(Method::POST, "/graphql").body(body);
        let request = request.header(CONTENT_TYPE, "application/json");
        let status = request.send().await.expect("an answer").status().as_u16();
        assert!(status < 500, "{body}: {status}");
    }
    for (first, payload) in [
        (0x81, b"\xff\xfe".as_slice()),
        (0x81, b"{\"type\":\"connection_init\",\"payload\":[]}"),
        (0x81, b"{\"type\":\"subscribe\",\"id\":\"\",\"payload\":{}}"),
        (0xf1, b""),
        (0x83, b""),
        (0x88, b"\x00"),
        (0x88, b"\x03\xe7"),
    ] {
        let mut raw = Raw::open(visitor.address()).await;
        raw.send_frame(first, payload).await;
        drop(raw);
    }
}

async fn nothing_that_is_sent_is_a_malfunction(kind: Kind) {
    let template = template::of(kind).await;
    let place = template.copy().await;
    let flags = [
        "--sign-in-failures-per-address",
        "1000000",
        "--read-seconds",
        "2",
    ];
    let mut server = Process::serve(place.url(), &flags).await;
    let visitor = Person::new(server.address, None);
    let kenya = visitor.with_token(template.token("ke"));
    let secretariat = visitor.with_token(template.token("secretariat"));
    let thread = open(&kenya, Draft::default()).await.id;
    lookups(&[&visitor, &secretariat], &thread).await;
    acts(&visitor).await;
    acts(&kenya).await;
    pages(&visitor, &thread).await;
    lines(&visitor).await;
    let alive = visitor.ask("{ __typename }", json!({})).await;
    assert_eq!(alive["__typename"], "Query");
    server.terminate();
    server.end().await;
    let said = server.said();
    let errors: Vec<&str> = said.lines().filter(|line| line.contains("ERROR")).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert!(said.contains("answered"), "the log is written: {said:.500}");
    place.remove().await;
}
