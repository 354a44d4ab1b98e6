//! What there is to be told: a thread with a reply that was edited, the ids by which it can be asked for, and where it ends.

use std::collections::HashMap;

use serde_json::Value;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::forum::Forum;
use crate::support::json::text;
use crate::support::moderating::decide_with;
use crate::support::moderating::report;

/// What is in every text that somebody must not be told.
pub const SECRET: &str = "sentence that is not for everybody";

/// A thread in which something happens.
pub struct Scene {
    pub thread: String,
    /// The post on which it is decided.
    pub post: String,
    /// Kinds and ids of what can be asked for.
    pub ids: Vec<(&'static str, String)>,
    /// Pages that are asked for besides the usual ones.
    pub pages: Vec<String>,
    /// From where it is followed.
    pub after: String,
    mark: i64,
    /// The last thing that happened, by its place in the log, for each subscription.
    ends: HashMap<&'static str, String>,
}

impl Scene {
    /// A thread that this secret is in, with its opening text.
    pub fn of(thread: &str, post: &str, after: &str) -> Scene {
        Scene {
            thread: thread.to_string(),
            post: post.to_string(),
            ids: vec![("Thread", thread.to_string()), ("Post", post.to_string())],
            pages: Vec::new(),
            after: after.to_string(),
            mark: 0,
            ends: HashMap::new(),
        }
    }

    /// A thread with a reply that was edited: the secret is in the title and in every text.
    pub async fn edited(forum: &Forum) -> Scene {
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
        let mut scene = Scene::of(&thread.id, &posted.id, &thread.cursor);
        scene.ids.push(("Post", thread.post));
        let document = "query($id: ID!) { node(id: $id) { ... on Post { revisions { edges { node { id } } } } } }";
        let data = author.ask(document, json!({ "id": posted.id })).await;
        for place in ["0", "1"] {
            let id = text(&data, &format!("node.revisions.edges.{place}.node.id"));
            scene.ids.push(("Revision", id));
        }
        scene
    }

    /// Something more happens in it and beside it, by which a follower knows to have heard everything before.
    pub async fn go_on(&mut self, forum: &Forum) {
        self.mark += 1;
        let more = json!({ "seconds": self.mark });
        let secretariat = forum.secretariat();
        let now = secretariat.ask("{ threads(first: 0) { cursor } }", json!({}));
        let before = text(&now.await, "threads.cursor");
        decide_with(&secretariat, "SLOW_THREAD", &[&self.thread], more).await;
        let draft = Draft {
            regions: &["country-ke", "country-cn"],
            ..Draft::titled(self.end())
        };
        let beside = open(&forum.delegate("us"), draft).await;
        report(&forum.delegate("us"), &beside.id, "").await;
        for (name, given, last) in [
            (
                "threadEvents",
                "threadId: $id, after: $after",
                "ThreadChanged",
            ),
            ("forumEvents", "after: $after", "ThreadOpened"),
            ("caseEvents", "after: $after", "CaseChanged"),
        ] {
            let variables = match name {
                "threadEvents" => "($id: ID!, $after: String)",
                _ => "($after: String)",
            };
            let document =
                format!("subscription{variables} {{ {name}({given}) {{ __typename cursor }} }}");
            let given = json!({ "id": self.thread, "after": before });
            let mut listener = secretariat.subscribe(&document, given).await;
            loop {
                let event = listener.event().await;
                if text(&event, "__typename") == last {
                    self.ends.insert(name, text(&event, "cursor"));
                    break;
                }
            }
        }
    }

    fn end(&self) -> String {
        format!("After number {}", self.mark)
    }

    /// Whether an event of a subscription is the last one that happened.
    pub fn ends_with(&self, event: &Value, followed: &str) -> bool {
        let end = self.ends.get(followed);
        end.is_some_and(|end| event["cursor"] == end.as_str())
    }
}
