//! Every way by which somebody is told something: answers, events by both transports, pages and the ledger's file.

use serde_json::Value;
use serde_json::json;

use crate::stories::leaks::api::Api;
use crate::stories::leaks::api::Followed;
use crate::stories::leaks::scene::Scene;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::page::Browser;
use crate::support::person::Person;
use crate::support::socket::Socket;
use crate::support::stream::Sent;
use crate::support::stream::Stream;

/// Somebody who asks; a visitor's word is empty.
pub struct Asker {
    pub person: Person,
    pub word: &'static str,
}

impl Asker {
    pub fn of(forum: &Forum, word: &'static str) -> Asker {
        Asker {
            person: match word {
                "" => forum.visitor(),
                word => forum.person(word),
            },
            word,
        }
    }

    /// Everything that they are answered and told, by every door.
    pub async fn everything_told(&self, forum: &Forum, api: &Api, scene: &Scene) -> Vec<String> {
        let mut told = self.answers_and_events(api, scene).await;
        told.extend(self.pages(forum, scene).await);
        told
    }

    /// Everything that the API answers and tells them.
    pub async fn answers_and_events(&self, api: &Api, scene: &Scene) -> Vec<String> {
        let mut told = self.answers(api, scene).await;
        for followed in api.subscriptions() {
            for mut following in self.follow(&followed, scene).await {
                let heard = following.hear(scene).await;
                told.extend(heard.iter().map(Value::to_string));
            }
        }
        told
    }

    async fn answers(&self, api: &Api, scene: &Scene) -> Vec<String> {
        let mut told = Vec::new();
        for document in api.documents() {
            let asked: Vec<Value> = match &document.of {
                None => vec![json!({})],
                Some(kind) => {
                    let ids = scene.ids.iter().filter(|(of, _)| of == kind);
                    ids.map(|(_, id)| json!({ "id": id })).collect()
                }
            };
            for variables in asked {
                let answer = self.person.graphql(&document.text, variables).await;
                if let Some(error) = answer.body.pointer("/errors/0") {
                    let code = at(error, "extensions.code");
                    let fine = ["DENIED", "INVALID", "NOT_FOUND"].map(|code| json!(code));
                    let start: String = document.text.chars().take(200).collect();
                    assert!(fine.contains(code), "{} {start}: {error}", self.word);
                }
                told.push(answer.body.to_string());
            }
        }
        told
    }

    /// Follows by socket and by event stream; neither where it is refused.
    pub async fn follow(&self, followed: &Followed, scene: &Scene) -> Vec<Following> {
        let variables = json!({ "id": scene.thread, "after": scene.after });
        let mut socket = self.person.socket().await;
        let text = &followed.text;
        socket.subscribe("all", text, variables.clone()).await;
        let mut all = vec![Following {
            name: followed.name.clone(),
            line: Line::Socket(socket),
            over: false,
        }];
        let stream = Stream::try_open(&self.person, text, &variables).await;
        all.extend(stream.map(|stream| Following {
            name: followed.name.clone(),
            line: Line::Stream(stream),
            over: false,
        }));
        all
    }

    /// Everything that can be followed, by both transports.
    pub async fn follow_all(&self, api: &Api, scene: &Scene) -> Vec<Following> {
        let mut all = Vec::new();
        for followed in api.subscriptions() {
            all.extend(self.follow(&followed, scene).await);
        }
        all
    }

    async fn pages(&self, forum: &Forum, scene: &Scene) -> Vec<String> {
        let mut browser = match self.word {
            "" => Browser::of(forum),
            word => Browser::signed_in(forum, word),
        };
        let (thread, post) = (&scene.thread, &scene.post);
        let mut paths = vec![
            "/".to_string(),
            format!("/threads/{thread}"),
            format!("/threads/{thread}/posts/2/revisions"),
            format!("/threads/{thread}/posts/2/edit"),
            format!("/threads/{thread}/posts/2/withdraw"),
            format!("/threads/{thread}/change"),
            format!("/decide?target={post}"),
            format!("/decide?target={thread}"),
            format!("/report?target={post}"),
            format!("/report?target={thread}"),
            "/moderation".to_string(),
            "/people".to_string(),
            "/appeals".to_string(),
            "/ledger".to_string(),
            "/ledger.jsonl".to_string(),
            "/notices".to_string(),
            "/vocabulary/country-ke".to_string(),
        ];
        for (kind, id) in &scene.ids {
            match *kind {
                "Case" => paths.push(format!("/moderation/cases/{id}")),
                "Decision" => {
                    paths.push(format!("/decisions/{id}/appeal"));
                    paths.push(format!("/decisions/{id}/undo"));
                }
                "Person" => paths.push(format!("/people/{id}")),
                _ => {}
            }
        }
        paths.extend(scene.pages.iter().cloned());
        let mut told = Vec::new();
        for path in paths {
            let page = browser.get(&path).await;
            assert!(page.status < 500, "{} {path}: {}", self.word, page.status);
            told.push(page.html);
        }
        told
    }
}

/// An open subscription.
pub struct Following {
    pub name: String,
    line: Line,
    /// Refused, or ended.
    over: bool,
}

enum Line {
    Socket(Socket),
    Stream(Stream),
}

impl Following {
    /// What is told until the last thing that happened, or until the end.
    pub async fn hear(&mut self, scene: &Scene) -> Vec<Value> {
        let mut heard = Vec::new();
        while !self.over {
            let Some(event) = self.next().await else {
                self.over = true;
                break;
            };
            let ends = scene.ends_with(&event, &self.name);
            heard.push(event);
            if ends {
                break;
            }
        }
        heard
    }

    async fn next(&mut self) -> Option<Value> {
        match &mut self.line {
            Line::Socket(socket) => socket.next_event("all").await,
            Line::Stream(stream) => match stream.receive().await {
                Sent::Next(body, Some(_)) => body["data"].as_object()?.values().next().cloned(),
                Sent::Next(..) | Sent::Complete | Sent::Cut => None,
            },
        }
    }
}

/// How many of these contain a text.
pub fn tells(told: &[String], secret: &str) -> usize {
    told.iter().filter(|each| each.contains(secret)).count()
}
