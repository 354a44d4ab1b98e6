//! A client of the GraphQL API over HTTP, with or without an account.

use std::net::SocketAddr;

use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::support::http::Http;

/// The password of the demonstration accounts.
const PASSWORD: &str = "partage-demonstration";

const SIGN_IN: &str = "mutation($input: SignInInput!) { signIn(input: $input) { token } }";
const OPEN: &str =
    "mutation($input: OpenThreadInput!) { openThread(input: $input) { thread { id cursor } } }";
const REPLY: &str = "mutation($input: ReplyInput!) { reply(input: $input) { post { id number } } }";

/// A reply of about the length that delegates write, with some Markdown.
pub const TEXT: &str = "In our office the **examination guidelines** were first translated, then discussed in three \
    workshops with examiners from two neighbouring offices. What helped most:\n\n- a glossary agreed before the first day,\n\
    - real files, made anonymous, instead of slides,\n- a [shared list](https://example.org/list) of open questions.\n\n\
    A year later two thirds of the examiners say that they use them every week.";

/// A person or a visitor, on a persistent connection.
pub struct Member {
    http: Http,
    address: SocketAddr,
    token: Option<String>,
}

/// A thread that has been opened.
#[derive(Clone, Debug)]
pub struct Opened {
    pub id: String,
    /// The cursor to subscribe from.
    pub cursor: String,
}

impl Member {
    /// A person with the session of a token, or a visitor.
    pub fn new(address: SocketAddr, token: Option<&str>) -> Member {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<(&str, &str)> = bearer
            .iter()
            .map(|bearer| ("Authorization", bearer.as_str()))
            .collect();
        Member {
            http: Http::connect(address, &headers).expect("a connection to the forum"),
            address,
            token: token.map(str::to_string),
        }
    }

    /// Signs in with the demonstration account of a role, such as `delegate`.
    pub fn sign_in(address: SocketAddr, role: &str) -> Member {
        let mut visitor = Member::new(address, None);
        let input = json!({ "email": format!("{role}@demo.invalid"), "password": PASSWORD });
        let data = visitor.ask(SIGN_IN, json!({ "input": input }));
        Member::new(address, Some(text(&data, "/signIn/token")))
    }

    /// The same person on a connection of their own.
    pub fn again(&self) -> Member {
        self.at(self.address)
    }

    /// The same person at another process of the forum.
    pub fn at(&self, address: SocketAddr) -> Member {
        Member::new(address, self.token.as_deref())
    }

    /// The token of the session; `None` for a visitor.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Executes a document and returns the data; an error ends the bench.
    pub fn ask(&mut self, document: &str, variables: Value) -> Value {
        let request = json!({ "query": document, "variables": variables }).to_string();
        let answer = self.send(&request);
        let mut body: Value = serde_json::from_slice(&answer).expect("JSON");
        body["data"].take()
    }

    /// Sends a prepared request and returns the response; an error ends the bench.
    pub fn send(&mut self, request: &str) -> Vec<u8> {
        let answer = self.http.post("/graphql", request).expect("an answer");
        let is_data = answer.status == 200 && answer.body.starts_with(b"{\"data\":{");
        assert!(
            is_data,
            "{} {} to {request}",
            answer.status,
            String::from_utf8_lossy(&answer.body)
        );
        answer.body
    }

    /// Opens a public thread.
    pub fn open_thread(&mut self, title: &str) -> Opened {
        let input = json!({
            "key": Uuid::new_v4(),
            "title": title,
            "body": TEXT,
            "kind": "EXPERIENCE",
            "language": "EN",
            "visibility": "PUBLIC",
            "tools": ["wipo-ipas"],
            "methods": ["study-visit"],
            "regions": ["country-ke"],
        });
        let data = self.ask(OPEN, json!({ "input": input }));
        Opened {
            id: text(&data, "/openThread/thread/id").to_string(),
            cursor: text(&data, "/openThread/thread/cursor").to_string(),
        }
    }
}

/// A prepared reply with a new key.
pub fn reply_request(thread: &str) -> String {
    let input =
        json!({ "key": Uuid::new_v4(), "threadId": thread, "body": TEXT, "language": "EN" });
    json!({ "query": REPLY, "variables": { "input": input } }).to_string()
}

/// The text at a path of a response.
pub fn text<'a>(data: &'a Value, place: &str) -> &'a str {
    data.pointer(place)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("no text at {place} of {data}"))
}
