//! A thread with something in it that is not for everybody, and all that somebody is told of it by every door.

use serde_json::Value;
use serde_json::json;

use crate::stories::acknowledgements::acknowledge;
use crate::stories::leaks::api::Api;
use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::THREAD_EVENTS;
use crate::support::acts::delegation_id;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::page::Browser;
use crate::support::person::Person;
use crate::support::socket::Received;
use crate::support::socket::Subscription;
use crate::support::stream::Sent;
use crate::support::stream::Stream;

pub const SECRET: &str = "sentence that is not for everybody";

/// A thread with a reply that was edited.
pub struct Scene {
    /// What it can be asked for by: the kind of a thing, and its id. The thread and the reply come first.
    pub ids: Vec<(&'static str, String)>,
    /// From where it is followed.
    pub after: String,
    /// The number of the last post.
    last: i64,
}

impl Scene {
    /// Opened by a delegate of Kenya, who also wrote the reply.
    pub async fn of(forum: &Forum) -> Scene {
        let author = forum.delegate("ke");
        let draft = Draft {
            body: format!("The opening is no {SECRET}."),
            ..Draft::titled(format!("The title is no {SECRET}"))
        };
        let thread = open(&author, draft).await;
        let posted = reply(&author, &thread.id, &format!("This is a {SECRET}.")).await;
        let body = format!("Still a {SECRET}.");
        let input = json!({ "postId": posted.id, "revision": 1, "body": body });
        author.ask(EDIT, json!({ "input": input })).await;
        let document = "query($id: ID!) { node(id: $id) { ... on Post { revisions { edges { node { id } } } } } }";
        let data = author.ask(document, json!({ "id": posted.id })).await;
        let revision = text(&data, "node.revisions.edges.0.node.id");
        let other = forum.delegate("cn");
        acknowledge(&other, &posted.id, "USEFUL").await;
        Scene {
            ids: vec![
                ("Thread", thread.id),
                ("Post", posted.id),
                ("Revision", revision),
                ("Post", thread.post),
                ("Person", own_id(&author).await),
                ("Delegation", delegation_id(&author, "ke").await),
            ],
            after: thread.cursor,
            last: 2,
        }
    }

    /// The same, but nothing in it was edited: a thread that was opened, and its opening text.
    pub fn of_thread(thread: String, post: String, after: String) -> Scene {
        Scene {
            ids: vec![("Thread", thread), ("Post", post)],
            after,
            last: 1,
        }
    }

    pub fn thread(&self) -> &str {
        &self.ids[0].1
    }

    pub fn post(&self) -> &str {
        &self.ids[1].1
    }

    /// Something more happens in it and beside it, by which a follower knows to have heard everything before.
    pub async fn go_on(&mut self, forum: &Forum) {
        let other = forum.delegate("fr");
        self.last = reply(&other, self.thread(), "To go on.").await.number;
        open(&other, Draft::titled(self.end())).await;
    }

    fn end(&self) -> String {
        format!("After number {}", self.last)
    }

    fn ends_with(&self, event: &Value, document: &str) -> bool {
        if document.contains("threadEvents") {
            event.pointer("/post/number") == Some(&json!(self.last))
        } else {
            event.pointer("/thread/title") == Some(&json!(self.end()))
        }
    }
}

/// Somebody who follows the thread by the socket and by the event stream, from before anything is decided.
pub struct Ears {
    socket: Subscription,
    stream: Stream,
}

impl Ears {
    pub async fn of(person: &Person, scene: &Scene) -> Ears {
        let variables = json!({ "threadId": scene.thread(), "after": scene.after });
        let mut ears = Ears {
            socket: person.subscribe(THREAD_EVENTS, variables.clone()).await,
            stream: Stream::open(person, THREAD_EVENTS, variables).await,
        };
        // Both are open once they have told of the reply.
        ears.until("PostCreated").await;
        ears
    }

    /// Hears both ways until an event of that kind comes; the events of each way. Who is moved to another execution in the
    /// moment in which a thread is hidden is refused instead, which takes it away as well.
    pub async fn until(&mut self, kind: &str) -> [Vec<Value>; 2] {
        let mut told = [Vec::new(), Vec::new()];
        let is_over = |event: &Value| {
            let is_refused = kind == "ThreadHidden" && event.to_string().contains("NOT_FOUND");
            is_refused || event["__typename"] == kind
        };
        loop {
            let event = match self.socket.receive().await {
                Received::Message(message) if message["type"] == "next" => {
                    let data = message["payload"]["data"].as_object();
                    data.and_then(|data| data.values().next()).cloned()
                }
                Received::Message(message) => Some(message),
                other => panic!("not an event: {other:?}"),
            };
            let event = event.expect("a field");
            let over = is_over(&event);
            told[0].push(event);
            if over {
                break;
            }
        }
        loop {
            let event = match self.stream.receive().await {
                Sent::Next(body, _) => match body["data"].as_object() {
                    Some(data) => data.values().next().cloned().expect("a field"),
                    None => body,
                },
                other => panic!("not an event: {other:?}"),
            };
            let over = is_over(&event);
            told[1].push(event);
            if over {
                return told;
            }
        }
    }
}

/// Everything that somebody is answered and told, by every door.
pub async fn everything_told(
    forum: &Forum,
    api: &Api,
    person: &Person,
    word: &str,
    scene: &Scene,
) -> Vec<String> {
    let mut told = Vec::new();
    for question in &api.questions {
        let ids = scene.ids.iter();
        let asked: Vec<&str> = match &question.of {
            None => vec![""],
            Some(of) => ids
                .filter(|(kind, _)| kind == of)
                .map(|(_, id)| id.as_str())
                .collect(),
        };
        for id in asked {
            let variables = match id {
                "" => json!({}),
                id => json!({ "id": id }),
            };
            let document = &question.document;
            let answer = person.graphql(document, variables).await;
            if let Some(error) = answer.body.pointer("/errors/0") {
                let code = at(error, "extensions.code");
                let fine = ["DENIED", "INVALID", "NOT_FOUND"].map(|code| json!(code));
                assert!(fine.contains(code), "{word} {document}: {error}");
            }
            told.push(answer.body.to_string());
        }
    }
    told.extend(events_told(api, person, scene).await);
    told.extend(pages_told(forum, word, scene).await);
    told
}

/// How many cases somebody sees; each has changed at least once.
async fn cases_seen(person: &Person) -> i64 {
    let document = "{ viewer { open: cases { totalCount } resolved: cases(filter: { state: RESOLVED }) { totalCount } } }";
    let data = person.ask(document, json!({})).await;
    number(&data, "viewer.open.totalCount") + number(&data, "viewer.resolved.totalCount")
}

async fn events_told(api: &Api, person: &Person, scene: &Scene) -> Vec<String> {
    let mut told = Vec::new();
    let cases = cases_seen(person).await;
    for document in &api.subscriptions {
        let variables = json!({ "id": scene.thread(), "after": scene.after });
        let is_of_cases = document.contains("caseEvents");
        // Cases go on for ever: as many changes as there are cases are heard.
        if is_of_cases && cases == 0 {
            continue;
        }
        let mut listener = person.socket().await;
        listener.subscribe("all", document, variables.clone()).await;
        let mut most = if is_of_cases { cases } else { i64::MAX };
        while most > 0
            && let Some(event) = listener.next_event("all").await
        {
            most -= 1;
            told.push(event.to_string());
            if !is_of_cases && scene.ends_with(&event, document) {
                break;
            }
        }
        let Some(mut stream) = Stream::try_open(person, document, &variables).await else {
            continue;
        };
        let mut most = if is_of_cases { cases } else { i64::MAX };
        while most > 0
            && let Sent::Next(body, Some(_)) = stream.receive().await
        {
            most -= 1;
            told.push(body.to_string());
            let event = body["data"]
                .as_object()
                .and_then(|data| data.values().next());
            let is_end = |event| !is_of_cases && scene.ends_with(event, document);
            if event.is_none_or(is_end) {
                break;
            }
        }
    }
    told
}

async fn pages_told(forum: &Forum, word: &str, scene: &Scene) -> Vec<String> {
    let mut browser = match word {
        "" => Browser::of(forum),
        word => Browser::signed_in(forum, word),
    };
    let (thread, post) = (scene.thread(), scene.post());
    let mut paths = vec![
        "/".to_string(),
        "/?archived=true".to_string(),
        format!("/threads/{thread}"),
        format!("/threads/{thread}?number=2"),
        format!("/threads/{thread}/posts/2/revisions"),
        format!("/threads/{thread}/posts/2/edit"),
        format!("/threads/{thread}/posts/2/withdraw"),
        format!("/decide?target={post}"),
        format!("/decide?target={post}&act=EDIT_POST"),
        format!("/report?target={post}"),
        "/moderation".to_string(),
        "/moderation?state=RESOLVED".to_string(),
        "/ledger".to_string(),
        "/ledger.jsonl".to_string(),
        "/notices".to_string(),
        "/appeals".to_string(),
        "/vocabulary/country-ke".to_string(),
    ];
    for (kind, id) in &scene.ids {
        match *kind {
            "Case" => paths.push(format!("/moderation/cases/{id}")),
            "Person" => paths.push(format!("/people/{id}")),
            _ => {}
        }
    }
    let mut told = Vec::new();
    for path in paths {
        told.push(browser.get(&path).await.html);
    }
    told
}

/// How many of these tell a secret.
pub fn tells(told: &[String], secret: &str) -> usize {
    told.iter().filter(|each| each.contains(secret)).count()
}

/// Panics with what told a secret.
#[track_caller]
pub fn tells_nothing(told: &[String], secret: &str, who: &str) {
    let leak = told.iter().find(|each| each.contains(secret));
    assert_eq!(leak, None, "{who} is told {secret}");
}
