//! The forum as an operator runs it, with an account that may post.

use std::io::BufRead;
use std::io::BufReader;
use std::net::SocketAddr;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

/// A running forum with demonstration content.
pub struct Forum {
    child: Child,
    pub address: SocketAddr,
    http: reqwest::Client,
    token: String,
    // Removed when the forum is dropped.
    _folder: TempDir,
}

/// A thread to reply to.
#[derive(Clone, Debug)]
pub struct Thread {
    pub id: String,
    /// From where to subscribe.
    pub cursor: String,
}

/// Limits that would stand in the way of a bench.
const UNLIMITED: [&str; 10] = [
    "--posts-per-minute",
    "100000000",
    "--threads-per-hour",
    "100000000",
    "--sockets-per-address",
    "20000",
    "--log",
    "warn",
    "--socket-ping-seconds",
    "600",
];

impl Forum {
    /// Starts one: on a file of its own, or on the empty PostgreSQL database that `PARTAGE_BENCH_POSTGRES` names.
    pub async fn start(postgres: bool) -> Forum {
        let folder = tempfile::tempdir().expect("a folder");
        let database = if postgres {
            std::env::var("PARTAGE_BENCH_POSTGRES").expect(
                "PARTAGE_BENCH_POSTGRES names an empty database; `sh benches/run` makes one",
            )
        } else {
            format!("sqlite://{}/partage.db?mode=rwc", folder.path().display())
        };
        let migrated = Command::new(env!("CARGO_BIN_EXE_partage"))
            .args(["migrate", "--database", &database])
            .status();
        assert!(migrated.expect("the program").success(), "the migrations");
        let mut child = Command::new(env!("CARGO_BIN_EXE_partage"))
            .args(["serve", "--listen", "127.0.0.1:0", "--demo", "--database"])
            .arg(&database)
            .args(UNLIMITED)
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the program");
        let stdout = child.stdout.take().expect("its output");
        let address = BufReader::new(stdout)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("Listening on http://")?.parse().ok())
            .expect("where it listens");
        let http = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client");
        let mut forum = Forum {
            child,
            address,

            http,
            token: String::new(),
            _folder: folder,
        };
        let sign_in = "mutation($input: SignInInput!) { signIn(input: $input) { token } }";
        let input =
            json!({ "email": "delegate@demo.invalid", "password": "partage-demonstration" });
        let data = forum.ask(sign_in, json!({ "input": input })).await;
        forum.token = data["signIn"]["token"]
            .as_str()
            .expect("a token")
            .to_string();
        forum
    }

    /// The id of its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// The data that a document gives.
    pub async fn ask(&self, document: &str, variables: Value) -> Value {
        let request = self
            .http
            .post(format!("http://{}/graphql", self.address))
            .json(&json!({ "query": document, "variables": variables }));
        let request = if self.token.is_empty() {
            request
        } else {
            request.bearer_auth(&self.token)
        };
        let answer: Value = request
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        assert!(answer.get("errors").is_none(), "{answer}");
        answer["data"].clone()
    }

    /// Opens a public thread.
    pub async fn open_thread(&self, title: &str) -> Thread {
        let ids = "{ tool: concept(slug: \"wipo-ipas\") { id } region: concept(slug: \"country-ke\") { id } }";
        let ids = self.ask(ids, json!({})).await;
        let input = json!({
            "key": uuid::Uuid::new_v4(), "title": title, "body": "A thread to measure.",
            "kind": "EXPERIENCE", "language": "EN", "visibility": "PUBLIC", "capacity": "PERSONAL",
            "tools": [ids["tool"]["id"]], "methods": [], "regions": [ids["region"]["id"]],
        });
        let document = "mutation($input: OpenThreadInput!) { openThread(input: $input) { thread { id cursor } } }";
        let data = self.ask(document, json!({ "input": input })).await;
        let thread = &data["openThread"]["thread"];
        let text = |field: &str| thread[field].as_str().expect("a text").to_string();
        Thread {
            id: text("id"),
            cursor: text("cursor"),
        }
    }

    /// Replies to a thread; when it was sent, and when it was acknowledged.
    pub async fn reply(&self, thread: &str, body: &str) -> (Instant, Instant) {
        let document =
            "mutation($input: ReplyInput!) { reply(input: $input) { post { id number } } }";
        let input = json!({
            "key": uuid::Uuid::new_v4(), "threadId": thread, "body": body, "language": "EN",
        });
        let sent = Instant::now();
        self.ask(document, json!({ "input": input })).await;
        (sent, Instant::now())
    }

    /// What it counts under a name.
    pub async fn figure(&self, name: &str) -> f64 {
        let text = self
            .http
            .get(format!("http://{}/metrics", self.address))
            .send()
            .await
            .expect("figures")
            .text()
            .await
            .expect("figures");
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map_or(0.0, |value| value.parse().expect("a number"))
    }

    /// Waits until a figure has a value.
    pub async fn until(&self, name: &str, value: f64) {
        let begun = Instant::now();
        while self.figure(name).await != value {
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "{name} is not {value}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Forum {
    fn drop(&mut self) {
        // It has ended already, or ends now.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
