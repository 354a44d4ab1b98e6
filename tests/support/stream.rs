//! A client of server-sent events.

use reqwest::Method;
use reqwest::RequestBuilder;
use reqwest::Response;
use reqwest::header::ACCEPT;
use serde_json::Value;
use serde_json::json;

use crate::support::person::Person;
use crate::support::wait::within;

/// An open event stream.
pub struct Stream {
    response: Response,
    read: String,
}

/// What arrives on an event stream.
#[derive(Clone, Debug, PartialEq)]
pub enum Sent {
    /// A response, and the id to resume from.
    Next(Value, Option<String>),
    Complete,
    /// The stream ended without a completion event.
    Cut,
}

impl Stream {
    /// Requests a stream by POST, resuming after an event; returns the response.
    pub async fn ask(
        person: &Person,
        document: &str,
        variables: &Value,
        last_event_id: Option<&str>,
    ) -> Response {
        let mut request = Stream::asking(person, document, variables);
        if let Some(id) = last_event_id {
            request = request.header("Last-Event-ID", id);
        }
        within("an event stream", request.send())
            .await
            .expect("an answer")
    }

    /// Opens a stream that must not be refused.
    pub async fn open(person: &Person, document: &str, variables: Value) -> Stream {
        Stream::of(Stream::ask(person, document, &variables, None).await).await
    }

    /// Opens a stream; `None` if the connection is cut or refused.
    pub async fn try_open(person: &Person, document: &str, variables: &Value) -> Option<Stream> {
        let asked = Stream::asking(person, document, variables).send();
        let response = within("an event stream", asked).await.ok()?;
        (response.status() == 200).then(|| Stream {
            response,
            read: String::new(),
        })
    }

    fn asking(person: &Person, document: &str, variables: &Value) -> RequestBuilder {
        let body = json!({ "query": document, "variables": variables });
        person
            .request(Method::POST, "/graphql")
            .header(ACCEPT, "text/event-stream")
            .json(&body)
    }

    /// Reads a response as a stream.
    pub async fn of(response: Response) -> Stream {
        let status = response.status();
        if status != 200 {
            panic!("refused with {status}: {:?}", response.text().await);
        }
        let media = response.headers()["content-type"].to_str();
        assert_eq!(media.ok(), Some("text/event-stream; charset=utf-8"));
        Stream {
            response,
            read: String::new(),
        }
    }

    /// The next event; comments are skipped.
    pub async fn receive(&mut self) -> Sent {
        loop {
            if let Some((block, rest)) = self.read.split_once("\n\n") {
                let (block, rest) = (block.to_string(), rest.to_string());
                self.read = rest;
                match event(&block) {
                    Some(sent) => return sent,
                    None => continue,
                }
            }
            let chunk = within("an event", self.response.chunk()).await;
            match chunk {
                Ok(Some(bytes)) => self
                    .read
                    .push_str(std::str::from_utf8(&bytes).expect("whole events")),
                Ok(None) | Err(_) => return Sent::Cut,
            }
        }
    }

    /// The single field of the next response, and the id to resume from.
    pub async fn event(&mut self) -> (Value, String) {
        match self.receive().await {
            Sent::Next(body, Some(id)) => {
                let data = body["data"].as_object().expect("data");
                let event = data.values().next().expect("a field").clone();
                (event, id)
            }
            other => panic!("not an event: {other:?}"),
        }
    }
}

fn event(block: &str) -> Option<Sent> {
    let field = |name: &str| {
        block.lines().find_map(|line| {
            let (each, value) = line.split_once(':')?;
            (each == name).then(|| value.trim_start().to_string())
        })
    };
    match field("event")?.as_str() {
        "next" => {
            let data = field("data").expect("data of an event");
            let body = serde_json::from_str(&data).expect("JSON in an event");
            Some(Sent::Next(body, field("id")))
        }
        "complete" => Some(Sent::Complete),
        other => panic!("an event named {other}"),
    }
}
