//! What is decided on: posts, threads and people of several delegations, in Africa and elsewhere, in every state.

use serde_json::json;

use crate::stories::matrix::people::People;
use crate::stories::matrix::people::Who;
use crate::support::acts::Draft;
use crate::support::acts::OPEN_THREAD;
use crate::support::acts::Opened;
use crate::support::acts::REPLY;
use crate::support::acts::WITHDRAW;
use crate::support::acts::decide;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply_input;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::moderating::CLAIM;
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

/// Where a thread, or a person's delegation, lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Africa,
    Brazil,
    /// In no region: the Secretariat's delegation.
    Nowhere,
}

/// As it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Published,
    Opening,
    Hidden,
    Withdrawn,
    Erased,
    Waiting,
    WaitingOpening,
    Rejected,
    Moved,
    Open,
    Locked,
    Pinned,
    Archived,
    Changed,
    Slowed,
    Merged,
    WaitingThread,
    Free,
    Muted,
    Suspended,
    /// A thread or a person.
    Reviewed,
}

/// One thing to decide on.
#[derive(Clone, Debug)]
pub struct Scene {
    pub on: On,
    /// Whose thread it is, or in whose thread it stands.
    pub opener: Option<Who>,
    /// Who wrote the post, or who the person is.
    pub author: Option<Who>,
    /// The role and delegation of a person who comes for this scene.
    pub newcomer: Option<(&'static str, &'static str)>,
    pub place: Place,
    /// On behalf of a delegation.
    pub statement: bool,
    /// By the moderator who reports.
    pub reported: bool,
    /// The report is worked on by the arbiter.
    pub claimed: bool,
    pub state: State,
}

pub const POST: Scene = Scene {
    on: On::Post,
    opener: Some(Who::Delegate),
    author: Some(Who::FocalPoint),
    newcomer: None,
    place: Place::Africa,
    statement: false,
    reported: false,
    claimed: false,
    state: State::Published,
};

pub const THREAD: Scene = Scene {
    on: On::Thread,
    author: None,
    opener: Some(Who::FocalPoint),
    state: State::Open,
    ..POST
};

/// Posts of everybody, in threads of everybody, in every state.
pub fn post_scenes() -> Vec<Scene> {
    let authors = [
        Who::FocalPoint,
        Who::OtherFocalPoint,
        Who::ModeratorOfAfrica,
        Who::Secretariat,
    ];
    let mut all = Vec::new();
    for state in [
        State::Published,
        State::Hidden,
        State::Withdrawn,
        State::Erased,
        State::Waiting,
        State::Rejected,
        State::Moved,
    ] {
        for place in [Place::Africa, Place::Brazil] {
            for author in authors {
                // What staff write waits for nobody.
                let waits = [State::Waiting, State::Rejected].contains(&state);
                let is_staff = [Who::ModeratorOfAfrica, Who::Secretariat].contains(&author);
                if !(waits && is_staff) {
                    all.push(Scene {
                        author: Some(author),
                        place,
                        state,
                        ..POST
                    });
                }
            }
        }
        all.push(Scene {
            statement: true,
            state,
            ..POST
        });
    }
    for opener in [Who::Colleague, Who::ModeratorOfAfrica, Who::Reporter] {
        all.push(Scene {
            opener: Some(opener),
            author: Some(Who::Delegate),
            ..POST
        });
    }
    for state in [State::Opening, State::WaitingOpening] {
        all.push(Scene {
            opener: Some(Who::FocalPoint),
            state,
            ..POST
        });
    }
    for claimed in [false, true] {
        all.push(Scene {
            reported: true,
            claimed,
            ..POST
        });
    }
    all
}

/// Threads of everybody, in every state.
pub fn thread_scenes() -> Vec<Scene> {
    let mut all = Vec::new();
    for state in [
        State::Open,
        State::Locked,
        State::Pinned,
        State::Archived,
        State::Changed,
        State::Slowed,
        State::Reviewed,
        State::Merged,
        State::WaitingThread,
    ] {
        for place in [Place::Africa, Place::Brazil] {
            for opener in [
                Who::FocalPoint,
                Who::OtherFocalPoint,
                Who::ModeratorOfAfrica,
            ] {
                if !(state == State::WaitingThread && opener == Who::ModeratorOfAfrica) {
                    all.push(Scene {
                        opener: Some(opener),
                        place,
                        state,
                        ..THREAD
                    });
                }
            }
        }
    }
    for claimed in [false, true] {
        all.push(Scene {
            reported: true,
            claimed,
            ..THREAD
        });
    }
    all
}

/// People of several delegations and roles, in every state.
pub fn people_scenes() -> Vec<Scene> {
    let person = Scene {
        on: On::Person,
        opener: None,
        author: None,
        state: State::Free,
        ..POST
    };
    let mut all = Vec::new();
    for state in [State::Free, State::Muted, State::Suspended, State::Reviewed] {
        for (newcomer, place) in [
            (("DELEGATE", "ke"), Place::Africa),
            (("MODERATOR", "br"), Place::Brazil),
            (("VISITOR", "ke"), Place::Africa),
            (("SECRETARIAT", "secretariat"), Place::Nowhere),
        ] {
            // Nobody could be the second to suspend the Secretariat's.
            if !(state == State::Suspended && place == Place::Nowhere) {
                all.push(Scene {
                    newcomer: Some(newcomer),
                    place,
                    state,
                    ..person
                });
            }
        }
    }
    // Those who ask, as they are.
    for (who, place) in [
        (Who::ModeratorFromKenya, Place::Africa),
        (Who::Secretariat, Place::Nowhere),
    ] {
        all.push(Scene {
            author: Some(who),
            place,
            ..person
        });
    }
    all
}

impl Scene {
    /// Makes it; its id.
    pub async fn make(&self, forum: &Forum, people: &People) -> String {
        let target = match self.on {
            On::Post => self.make_post(people).await,
            On::Thread => self.make_thread(people).await,
            On::Person => self.make_person(forum, people).await,
        };
        if self.reported {
            report(people.get(Who::Reporter), &target, "").await;
        }
        if self.claimed {
            let document = "{ viewer { cases(last: 1, filter: { kinds: [REPORT], held: BY_NOBODY }) { edges { node { id } } } } }";
            let data = people.arbiter().ask(document, json!({})).await;
            let case = text(&nodes(at(&data, "viewer"), "cases")[0], "id");
            let input = json!({ "input": { "caseId": case } });
            people.arbiter().ask(CLAIM, input).await;
        }
        target
    }

    fn draft(&self) -> Draft {
        Draft {
            regions: match self.place {
                Place::Africa => &["country-ke"],
                _ => &["country-br"],
            },
            ..Draft::titled("To be decided on")
        }
    }

    async fn open(&self, people: &People) -> Opened {
        let opener = people.get(self.opener.expect("an opener"));
        if ![State::WaitingOpening, State::WaitingThread].contains(&self.state) {
            return open(opener, self.draft()).await;
        }
        people.review(opener, "REVIEW_PERSON").await;
        let input = self.draft().input(opener).await;
        let data = opener.ask(OPEN_THREAD, json!({ "input": input })).await;
        people.review(opener, "TRUST_PERSON").await;
        Opened {
            id: text(&data, "openThread.thread.id"),
            post: text(&data, "openThread.thread.post.id"),
            cursor: text(&data, "openThread.thread.cursor"),
        }
    }

    async fn make_post(&self, people: &People) -> String {
        let arbiter = people.arbiter();
        let thread = self.open(people).await;
        if [State::Opening, State::WaitingOpening].contains(&self.state) {
            return thread.post;
        }
        if [State::Waiting, State::Rejected].contains(&self.state) {
            decide(arbiter, "REVIEW_THREAD", &[&thread.id]).await;
        }
        let author = people.get(self.author.expect("an author"));
        let mut input = reply_input(&thread.id, "A text.");
        if self.statement {
            input["capacity"] = json!("DELEGATION");
        }
        let data = author.ask(REPLY, json!({ "input": input })).await;
        let post = text(&data, "reply.post.id");
        let more = || json!({});
        let removes = match self.state {
            State::Hidden => Some("HIDE_POST"),
            State::Rejected => Some("REJECT_POST"),
            _ => None,
        };
        match (removes, self.state) {
            (Some(act), _) if self.statement => {
                drop(people.decide_by_two(act, &post, more()).await)
            }
            (Some(act), _) => drop(decide(arbiter, act, &[&post]).await),
            (None, State::Erased) => drop(people.decide_by_two("ERASE_POST", &post, more()).await),
            (None, State::Withdrawn) => {
                let input = json!({ "input": { "postId": post } });
                author.ask(WITHDRAW, input).await;
            }
            (None, State::Moved) => {
                let more = json!({ "change": { "title": "Elsewhere" } });
                decide_with(arbiter, "SPLIT_POSTS", &[&post], more).await;
                return mark_in(arbiter, &thread.id).await;
            }
            _ => {}
        }
        post
    }

    async fn make_thread(&self, people: &People) -> String {
        let thread = self.open(people).await.id;
        let (act, more) = match self.state {
            State::Locked => ("LOCK_THREAD", json!({})),
            State::Pinned => ("PIN_THREAD", json!({})),
            State::Archived => ("ARCHIVE_THREAD", json!({})),
            State::Changed => ("CHANGE_THREAD", json!({ "change": { "title": "Else" } })),
            State::Slowed => ("SLOW_THREAD", json!({ "seconds": 30 })),
            State::Reviewed => ("REVIEW_THREAD", json!({})),
            State::Merged => {
                let into = self.open(people).await.id;
                ("MERGE_THREADS", json!({ "intoThreadId": into }))
            }
            _ => return thread,
        };
        decide_with(people.arbiter(), act, &[&thread], more).await;
        thread
    }

    async fn make_person(&self, forum: &Forum, people: &People) -> String {
        let whom = match (self.newcomer, self.author) {
            (Some((role, delegation)), _) => own_id(&people.newcomer(role, delegation).await).await,
            (None, who) => own_id(people.get(who.expect("somebody"))).await,
        };
        let until = json!({ "until": forum.moment_in(36_000) });
        match self.state {
            State::Muted => {
                decide_with(people.arbiter(), "MUTE_PERSON", &[&whom], until).await;
            }
            State::Suspended => {
                people.decide_by_two("SUSPEND_PERSON", &whom, until).await;
            }
            State::Reviewed => drop(decide(people.arbiter(), "REVIEW_PERSON", &[&whom]).await),
            _ => {}
        }
        whom
    }
}

/// What stands in the place of the reply that went.
async fn mark_in(person: &Person, thread: &str) -> String {
    let document =
        "query($id: ID!) { thread(id: $id) { posts(first: 5) { edges { node { id } } } } }";
    let data = person.ask(document, json!({ "id": thread })).await;
    text(&data, "thread.posts.edges.1.node.id")
}
