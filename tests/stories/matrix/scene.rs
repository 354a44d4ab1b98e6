//! The targets of decisions: posts, threads and people of several delegations, in Africa and elsewhere, in every state.

use serde_json::json;

use crate::stories::answers::accept;
use crate::stories::matrix::World;
use crate::support::acts::Draft;
use crate::support::acts::OPEN_THREAD;
use crate::support::acts::REPLY;
use crate::support::acts::WITHDRAW;
use crate::support::acts::decide;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply_input;
use crate::support::json::text;
use crate::support::moderating::decide_by_two;
use crate::support::moderating::decide_with;
use crate::support::moderating::report;
use crate::support::person::Person;

/// What kind of thing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Post,
    Thread,
    Person,
}

/// A target.
#[derive(Clone, Debug)]
pub struct Scene {
    pub on: On,
    /// Who opened the thread.
    pub opened_by: Option<&'static str>,
    /// The author of the post, or the person.
    pub written_by: Option<&'static str>,
    pub in_africa: bool,
    /// On behalf of a delegation.
    pub statement: bool,
    /// By the moderator of China.
    pub reported: bool,
    pub state: &'static str,
}

const POST: Scene = Scene {
    on: On::Post,
    opened_by: Some("us"),
    written_by: Some("br"),
    in_africa: true,
    statement: false,
    reported: false,
    state: "published",
};

/// Posts by every author, in every state.
pub fn post_scenes() -> Vec<Scene> {
    let mut all = Vec::new();
    for written_by in ["br", "focal-fr", "fr", "moderator"] {
        for in_africa in [true, false] {
            all.push(Scene {
                written_by: Some(written_by),
                in_africa,
                ..POST
            });
        }
    }
    for opened_by in ["focal-fr", "fr", "secretariat"] {
        all.push(Scene {
            opened_by: Some(opened_by),
            ..POST
        });
    }
    for state in [
        "hidden",
        "withdrawn",
        "erased",
        "waiting",
        "rejected",
        "moved",
        "the answer",
        "in a practice",
    ] {
        all.push(Scene { state, ..POST });
    }
    for state in ["published", "waiting"] {
        all.push(Scene {
            written_by: Some("ke"),
            statement: true,
            state,
            ..POST
        });
    }
    all.push(Scene {
        reported: true,
        ..POST
    });
    all.push(Scene {
        written_by: Some("us"),
        state: "opening",
        ..POST
    });
    all
}

const THREAD: Scene = Scene {
    on: On::Thread,
    written_by: None,
    state: "open",
    ..POST
};

/// Threads by every author, in every state.
pub fn thread_scenes() -> Vec<Scene> {
    let mut all = Vec::new();
    for opened_by in ["us", "focal-fr", "fr", "moderator"] {
        for in_africa in [true, false] {
            all.push(Scene {
                opened_by: Some(opened_by),
                in_africa,
                ..THREAD
            });
        }
    }
    for state in [
        "locked", "pinned", "archived", "slowed", "reviewed", "merged", "waiting",
    ] {
        all.push(Scene { state, ..THREAD });
    }
    all.push(Scene {
        reported: true,
        ..THREAD
    });
    all
}

/// People of several delegations, in every state.
pub fn people_scenes() -> Vec<Scene> {
    let person = |word, in_africa, state| Scene {
        on: On::Person,
        opened_by: None,
        written_by: Some(word),
        in_africa,
        state,
        ..POST
    };
    let mut all = vec![
        person("br", false, "free"),
        person("focal-fr", false, "free"),
        person("fr", false, "free"),
        person("moderator", false, "free"),
    ];
    for state in ["free", "muted", "reviewed", "suspended"] {
        all.push(person("ke", true, state));
    }
    all
}

impl Scene {
    /// Creates it; returns its id.
    pub async fn make(&self, world: &World) -> String {
        match self.on {
            On::Post => self.make_post(world).await,
            On::Thread => self.make_thread(world).await,
            On::Person => self.make_person(world).await,
        }
    }

    fn draft(&self) -> Draft {
        Draft {
            regions: if self.in_africa {
                &["country-ke"]
            } else {
                &["country-br"]
            },
            kind: match (self.on, self.state) {
                (On::Post, "in a practice") => "PRACTICE",
                (On::Post, _) => "QUESTION",
                (On::Thread | On::Person, _) => "EXPERIENCE",
            },
            ..Draft::titled("To be decided on")
        }
    }

    async fn make_post(&self, world: &World) -> String {
        let forum = &world.forum;
        let secretariat = forum.secretariat();
        let opener = forum.person(self.opened_by.expect("an opener"));
        let thread = open(&opener, self.draft()).await;
        if self.state == "opening" {
            return thread.post;
        }
        if ["waiting", "rejected"].contains(&self.state) {
            decide(&secretariat, "REVIEW_THREAD", &[&thread.id]).await;
        }
        let author = forum.person(self.written_by.expect("an author"));
        let mut input = reply_input(&thread.id, "A text.");
        if self.statement {
            input["capacity"] = json!("DELEGATION");
        }
        let data = author.ask(REPLY, json!({ "input": input })).await;
        let post = text(&data, "reply.post.id");
        if self.reported {
            report(&forum.person("cn"), &post, "").await;
        }
        let none = || json!({});
        match self.state {
            "published" | "waiting" | "in a practice" => {}
            "the answer" => accept(&opener, &post).await,
            "hidden" => drop(decide(&secretariat, "HIDE_POST", &[&post]).await),
            "rejected" => drop(decide(&secretariat, "REJECT_POST", &[&post]).await),
            "withdrawn" => {
                let input = json!({ "input": { "postId": post } });
                author.ask(WITHDRAW, input).await;
            }
            "erased" => {
                let other = forum.person("cn");
                decide_by_two(&secretariat, &other, "ERASE_POST", &[&post], none()).await;
            }
            "moved" => {
                let more = json!({ "change": { "title": "Elsewhere" } });
                decide_with(&secretariat, "SPLIT_POSTS", &[&post], more).await;
                return mark_of(&secretariat, &thread.id).await;
            }
            other => panic!("no post is {other}"),
        }
        post
    }

    async fn make_thread(&self, world: &World) -> String {
        let forum = &world.forum;
        let secretariat = forum.secretariat();
        let word = self.opened_by.expect("an opener");
        let opener = forum.person(word);
        if self.state == "waiting" {
            let whom = own_id(&opener).await;
            let decision = decide(&secretariat, "REVIEW_PERSON", &[&whom]).await;
            let input = self.draft().input(&opener).await;
            let data = opener.ask(OPEN_THREAD, json!({ "input": input })).await;
            crate::support::acts::undo(&secretariat, &decision).await;
            return text(&data, "openThread.thread.id");
        }
        let thread = open(&opener, self.draft()).await.id;
        if self.reported {
            report(&forum.person("cn"), &thread, "").await;
        }
        let (act, more) = match self.state {
            "open" => return thread,
            "locked" => ("LOCK_THREAD", json!({})),
            "pinned" => ("PIN_THREAD", json!({})),
            "archived" => ("ARCHIVE_THREAD", json!({})),
            "slowed" => ("SLOW_THREAD", json!({ "seconds": 30 })),
            "reviewed" => ("REVIEW_THREAD", json!({})),
            "merged" => {
                let into = open(&opener, self.draft()).await.id;
                ("MERGE_THREADS", json!({ "intoThreadId": into }))
            }
            other => panic!("no thread is {other}"),
        };
        decide_with(&secretariat, act, &[&thread], more).await;
        thread
    }

    async fn make_person(&self, world: &World) -> String {
        let forum = &world.forum;
        let secretariat = forum.secretariat();
        let whom = own_id(&forum.person(self.written_by.expect("a person"))).await;
        let until = json!({ "until": forum.moment_in(36_000) });
        match self.state {
            "free" => {}
            "muted" => drop(decide_with(&secretariat, "MUTE_PERSON", &[&whom], until).await),
            // The previous person is muted: lift that first.
            "reviewed" => {
                decide(&secretariat, "REINSTATE_PERSON", &[&whom]).await;
                decide(&secretariat, "REVIEW_PERSON", &[&whom]).await;
            }
            "suspended" => {
                decide(&secretariat, "TRUST_PERSON", &[&whom]).await;
                let other = forum.person("cn");
                decide_by_two(&secretariat, &other, "SUSPEND_PERSON", &[&whom], until).await;
            }
            other => panic!("nobody is {other}"),
        }
        whom
    }
}

/// The notice that is shown instead of a moved post.
async fn mark_of(person: &Person, thread: &str) -> String {
    let document =
        "query($id: ID!) { thread(id: $id) { posts(first: 5) { edges { node { id state } } } } }";
    let data = person.ask(document, json!({ "id": thread })).await;
    text(&data, "thread.posts.edges.1.node.id")
}
