//! Two threads, and every change of what a visitor is shown.

use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::stories::acknowledgements::acknowledge;
use crate::stories::answers::accept;
use crate::stories::still_true::Comparison;
use crate::stories::still_true::asks::Ask;
use crate::stories::still_true::asks::documents_of_pages;
use crate::stories::still_true::asks::pages;
use crate::stories::still_true::asks::questions;
use crate::support::acts::CHANGE_THREAD;
use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::REPLY;
use crate::support::acts::RETAG;
use crate::support::acts::WITHDRAW;
use crate::support::acts::concept_ids;
use crate::support::acts::decide;
use crate::support::acts::delegation_id;
use crate::support::acts::give_scope;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply;
use crate::support::acts::reply_input;
use crate::support::acts::undo;
use crate::support::forum::Forum;
use crate::support::json::text;
use crate::support::moderating::DECIDE_APPEAL;
use crate::support::moderating::PROPOSE;
use crate::support::moderating::answer_input;
use crate::support::moderating::appeal;
use crate::support::moderating::decide_by_two;
use crate::support::moderating::decide_with;
use crate::support::moderating::input_with;
use crate::support::moderating::report;
use crate::support::person::Person;
use crate::support::template::PASSWORD;

const TRANSLATE: &str = "mutation($input: TranslatePostInput!) { translatePost(input: $input) { post { translation(language: FR) { id } } } }";
const UNTRANSLATE: &str = "mutation($input: WithdrawTranslationInput!) { withdrawTranslation(input: $input) { post { id } } }";
const RENAME: &str =
    "mutation($input: ChangeProfileInput!) { changeProfile(input: $input) { person { id } } }";
const GRANT: &str =
    "mutation($input: GrantMandateInput!) { grantMandate(input: $input) { mandate { id } } }";
const INVITE: &str = "mutation($input: InviteInput!) { invite(input: $input) { link } }";
const ACCEPT: &str =
    "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { token } }";
const DECLINE: &str =
    "mutation($input: ProposalInput!) { declineProposal(input: $input) { proposal { id } } }";
const END: &str =
    "mutation($input: EndMandateInput!) { endMandate(input: $input) { mandate { id } } }";
const CHANGE_ROLE: &str =
    "mutation($input: ChangeRoleInput!) { changeRole(input: $input) { person { id } } }";
const ADD_CONCEPT: &str =
    "mutation($input: AddConceptInput!) { addConcept(input: $input) { concept { id } } }";
const CHANGE_CONCEPT: &str =
    "mutation($input: ChangeConceptInput!) { changeConcept(input: $input) { concept { id } } }";
const DEPRECATE: &str = "mutation($input: DeprecateConceptInput!) { deprecateConcept(input: $input) { concept { id } } }";
const RESTORE: &str =
    "mutation($input: RestoreConceptInput!) { restoreConcept(input: $input) { concept { id } } }";

/// What changes.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    Texts,
    Posts,
    Threads,
    Waiting,
    People,
    Vocabulary,
}

/// Two threads, and what can be asked about them.
pub struct World {
    forum: Forum,
    thread: String,
    other: String,
    /// To be merged into the first.
    third: String,
    /// Posts of the first thread by its author, who is Kenya's, and one of Brazil's that replies to the first.
    posts: Vec<String>,
    reply: String,
    translation: String,
    pub asks: Vec<Ask>,
}

impl Part {
    pub const ALL: [Part; 6] = [
        Part::Texts,
        Part::Posts,
        Part::Threads,
        Part::Waiting,
        Part::People,
        Part::Vocabulary,
    ];

    /// The kinds of events in the log after its changes, of those after which a visitor may be shown something else.
    pub fn kinds(self) -> &'static [&'static str] {
        match self {
            Part::Texts => &[
                "acknowledgement-given",
                "acknowledgement-withdrawn",
                "post-created",
                "post-edited",
                "post-translated",
                "post-withdrawn",
                "thread-changed",
                "thread-opened",
                "thread-retagged",
                "translation-withdrawn",
            ],
            Part::Posts => &[
                "answer-accepted",
                "answer-withdrawn",
                "case-changed",
                "decision-proposed",
                "post-edited",
                "post-erased",
                "post-hidden",
                "post-restored",
                "posts-moved",
                "proposal-settled",
                "thread-changed",
                "thread-opened",
            ],
            Part::Threads => &[
                "posts-moved",
                "thread-changed",
                "thread-decided",
                "thread-locked",
                "thread-unlocked",
            ],
            Part::Waiting => &[
                "case-changed",
                "post-created",
                "post-reviewed",
                "thread-decided",
            ],
            Part::People => &[
                "decision-proposed",
                "invitation-accepted",
                "mandate-ended",
                "mandate-granted",
                "person-decided",
                "profile-changed",
                "proposal-settled",
                "role-changed",
                "scope-changed",
            ],
            Part::Vocabulary => &[
                "concept-added",
                "concept-changed",
                "concept-deprecated",
                "concept-restored",
            ],
        }
    }
}

impl World {
    pub async fn of(forum: &Forum) -> World {
        let (author, other) = (forum.delegate("ke"), forum.delegate("br"));
        let secretariat = forum.secretariat();
        give_scope(&secretariat, &forum.moderator(), &["africa", "country-br"]).await;
        let question = Draft {
            kind: "QUESTION",
            ..Draft::titled("The first thread")
        };
        let thread = open(&author, question).await;
        let second = open(&forum.delegate("fr"), Draft::titled("The second thread")).await;
        let third = open(&other, Draft::titled("The third thread")).await;
        let mut posts = Vec::new();
        for count in 2..=5 {
            let body = format!("Text number {count}.");
            posts.push(reply(&author, &thread.id, &body).await.id);
        }
        let mut input = reply_input(&thread.id, "An answer to the first of these.");
        input["inReplyToId"] = json!(posts[0]);
        let data = other.ask(REPLY, json!({ "input": input })).await;
        let answer = text(&data, "reply.post.id");
        let translation = translate(&author, &posts[0]).await;
        let locked = decide(&secretariat, "LOCK_THREAD", &[&thread.id]).await;
        decide(&secretariat, "UNLOCK_THREAD", &[&thread.id]).await;
        let document =
            "query($id: ID!) { node(id: $id) { ... on Post { revisions { nodes { id } } } } }";
        let data = author.ask(document, json!({ "id": posts[0] })).await;
        let revision = text(&data, "node.revisions.nodes.0.id");
        let ids = [
            ("Thread", thread.id.clone()),
            ("Post", posts[0].clone()),
            ("Post", answer.clone()),
            ("Revision", revision),
            ("Person", own_id(&author).await),
            ("Delegation", delegation_id(&author, "ke").await),
            (
                "Concept",
                concept_ids(&author, &["country-ke"]).await.remove(0),
            ),
            ("Decision", locked),
            ("Translation", translation.clone()),
        ];
        let mut asks: Vec<Ask> = pages(&thread.id, &second.id, &ids[4].1);
        asks.extend(documents_of_pages(&thread.id));
        asks.extend(questions(&forum.visitor(), &ids).await);
        World {
            forum: forum.clone(),
            thread: thread.id,
            other: second.id,
            third: third.id,
            posts,
            reply: answer,
            translation,
            asks,
        }
    }

    /// Changes everything of that kind that can be changed, and compares after each change.
    pub async fn change(&self, part: Part, seen: &Comparison) {
        match part {
            Part::Texts => self.write(seen).await,
            Part::Posts => self.decide_on_posts(seen).await,
            Part::Threads => self.decide_on_threads(seen).await,
            Part::Waiting => self.review(seen).await,
            Part::People => self.decide_on_people(seen).await,
            Part::Vocabulary => self.change_vocabulary(seen).await,
        }
    }

    async fn write(&self, seen: &Comparison) {
        let (author, other) = (self.forum.delegate("ke"), self.forum.delegate("br"));
        reply(&author, &self.thread, "One more text.").await;
        seen.after("a reply").await;
        reply(&author, &self.other, "One more text elsewhere.").await;
        seen.after("a reply in another thread").await;
        let input = json!({ "postId": self.posts[0], "body": "Another text.", "revision": 1 });
        author.ask(EDIT, json!({ "input": input })).await;
        seen.after("an edit").await;
        let input = json!({ "translationId": self.translation });
        author.ask(UNTRANSLATE, json!({ "input": input })).await;
        seen.after("withdrawing a translation").await;
        translate(&author, &self.posts[0]).await;
        seen.after("a translation").await;
        acknowledge(&self.forum.delegate("cn"), &self.posts[0], "USEFUL").await;
        seen.after("an acknowledgement").await;
        let withdraw = "mutation($input: WithdrawAcknowledgementInput!) { withdrawAcknowledgement(input: $input) { post { id } } }";
        let input = json!({ "postId": self.posts[0], "kind": "USEFUL" });
        let china = self.forum.delegate("cn");
        china.ask(withdraw, json!({ "input": input })).await;
        seen.after("withdrawing an acknowledgement").await;
        acknowledge(&china, &self.posts[0], "USEFUL").await;
        let input = json!({
            "threadId": self.thread, "methods": [],
            "tools": concept_ids(&author, &["wipo-publish"]).await,
            "regions": concept_ids(&author, &["country-br", "country-ke"]).await,
        });
        author.ask(RETAG, json!({ "input": input })).await;
        seen.after("other tags").await;
        let input = json!({ "threadId": self.thread, "title": "The first thread, renamed" });
        author.ask(CHANGE_THREAD, json!({ "input": input })).await;
        seen.after("another title").await;
        for visibility in ["MEMBERS", "PUBLIC"] {
            let more = json!({ "change": { "visibility": visibility } });
            let secretariat = self.forum.secretariat();
            decide_with(&secretariat, "CHANGE_THREAD", &[&self.thread], more).await;
            seen.after(visibility).await;
        }
        let input = json!({ "input": { "postId": self.posts[3] } });
        author.ask(WITHDRAW, input).await;
        seen.after("withdrawing").await;
        open(&other, Draft::titled("A new thread")).await;
        seen.after("a new thread").await;
    }

    async fn decide_on_posts(&self, seen: &Comparison) {
        let (secretariat, moderator) = (self.forum.secretariat(), self.forum.moderator());
        accept(&self.forum.delegate("ke"), &self.reply).await;
        seen.after("marking the answer").await;
        let hidden = decide(&secretariat, "HIDE_POST", &[&self.reply]).await;
        seen.after("hiding").await;
        undo(&secretariat, &hidden).await;
        seen.after("showing again").await;
        let more = json!({ "body": "What was decided." });
        decide_with(&secretariat, "EDIT_POST", &[&self.posts[0]], more).await;
        seen.after("an edit by decision").await;
        let more = json!({ "change": { "title": "What was split off" } });
        let split = decide_with(&secretariat, "SPLIT_POSTS", &[&self.reply], more).await;
        seen.after("splitting").await;
        let document = "query($id: ID!) { node(id: $id) { ... on Decision { into { id } } } }";
        let data = secretariat.ask(document, json!({ "id": split })).await;
        let into = text(&data, "node.into.id");
        for visibility in ["MEMBERS", "PUBLIC"] {
            let more = json!({ "change": { "visibility": visibility } });
            decide_with(&secretariat, "CHANGE_THREAD", &[&into], more).await;
            seen.after("who sees the thread that was split off").await;
        }
        decide(&secretariat, "HIDE_POST", &[&self.reply]).await;
        seen.after("hiding what was split off").await;
        decide(&secretariat, "RESTORE_POST", &[&self.reply]).await;
        undo(&secretariat, &split).await;
        seen.after("joining").await;
        decide(&secretariat, "WITHDRAW_ANSWER", &[&self.reply]).await;
        seen.after("removing the mark of the answer").await;
        let post = self.posts[2].as_str();
        decide_by_two(&moderator, &secretariat, "ERASE_POST", &[post], json!({})).await;
        seen.after("erasing").await;
        report(&self.forum.delegate("cn"), &self.posts[1], "It is wrong.").await;
        seen.after("a report").await;
        let dismissed = decide(&secretariat, "DISMISS_REPORTS", &[&self.posts[1]]).await;
        seen.after("dismissing").await;
        undo(&secretariat, &dismissed).await;
        seen.after("opening the report again").await;
        let hidden = decide(&moderator, "HIDE_POST", &[&self.posts[1]]).await;
        let appeal = appeal(&self.forum.delegate("ke"), &hidden, "It was right.").await;
        seen.after("an appeal").await;
        let input = json!({ "input": answer_input(&appeal, true) });
        secretariat.ask(DECIDE_APPEAL, input).await;
        seen.after("an overturned decision").await;
        let input = input_with("ERASE_POST", &[&self.posts[1]], json!({}));
        let data = secretariat.ask(PROPOSE, json!({ "input": input })).await;
        seen.after("a proposal").await;
        let input = json!({ "proposalId": text(&data, "proposeDecision.proposal.id") });
        moderator.ask(DECLINE, json!({ "input": input })).await;
        seen.after("a declined proposal").await;
        self.uphold(seen).await;
    }

    /// A decision is appealed against, and stands.
    async fn uphold(&self, seen: &Comparison) {
        let hidden = decide(&self.forum.moderator(), "HIDE_POST", &[&self.posts[3]]).await;
        let appeal = appeal(&self.forum.delegate("ke"), &hidden, "It was right.").await;
        let input = json!({ "input": answer_input(&appeal, false) });
        self.forum.secretariat().ask(DECIDE_APPEAL, input).await;
        seen.after("an upheld decision").await;
    }

    async fn decide_on_threads(&self, seen: &Comparison) {
        let secretariat = self.forum.secretariat();
        for act in [
            "LOCK_THREAD",
            "UNLOCK_THREAD",
            "PIN_THREAD",
            "UNPIN_THREAD",
            "ARCHIVE_THREAD",
            "UNARCHIVE_THREAD",
        ] {
            decide(&secretariat, act, &[&self.thread]).await;
            seen.after(act).await;
        }
        let more = json!({ "seconds": 60 });
        decide_with(&secretariat, "SLOW_THREAD", &[&self.thread], more).await;
        seen.after("slowing").await;
        let more = json!({ "seconds": 0 });
        decide_with(&secretariat, "SLOW_THREAD", &[&self.thread], more).await;
        seen.after("no slowing").await;
        for visibility in ["MEMBERS", "PUBLIC"] {
            let more = json!({ "change": { "visibility": visibility, "title": visibility } });
            decide_with(&secretariat, "CHANGE_THREAD", &[&self.thread], more).await;
            seen.after("a change by decision").await;
        }
        let more = json!({ "intoThreadId": self.thread });
        let merged = decide_with(&secretariat, "MERGE_THREADS", &[&self.third], more).await;
        seen.after("merging").await;
        undo(&secretariat, &merged).await;
        seen.after("parting").await;
    }

    async fn review(&self, seen: &Comparison) {
        let (secretariat, author) = (self.forum.secretariat(), self.forum.delegate("ke"));
        decide(&secretariat, "REVIEW_THREAD", &[&self.thread]).await;
        seen.after("reviewing").await;
        for act in ["APPROVE_POST", "REJECT_POST"] {
            let waiting = reply(&author, &self.thread, &format!("May this {act}?")).await;
            seen.after("a text that waits").await;
            decide(&secretariat, act, &[&waiting.id]).await;
            seen.after(act).await;
        }
        decide(&secretariat, "TRUST_THREAD", &[&self.thread]).await;
        seen.after("trusting").await;
    }

    async fn decide_on_people(&self, seen: &Comparison) {
        let (secretariat, moderator) = (self.forum.secretariat(), self.forum.moderator());
        let author = self.forum.delegate("ke");
        let person = own_id(&author).await;
        for act in ["WARN_PERSON", "REVIEW_PERSON", "TRUST_PERSON"] {
            decide(&secretariat, act, &[&person]).await;
            seen.after(act).await;
        }
        let until = json!({ "until": self.forum.moment_in(3_600) });
        decide_with(&secretariat, "MUTE_PERSON", &[&person], until.clone()).await;
        seen.after("muting").await;
        decide(&secretariat, "REINSTATE_PERSON", &[&person]).await;
        seen.after("reinstating").await;
        decide_by_two(
            &moderator,
            &secretariat,
            "SUSPEND_PERSON",
            &[&person],
            until,
        )
        .await;
        seen.after("suspending").await;
        decide(&secretariat, "REINSTATE_PERSON", &[&person]).await;
        seen.after("reinstating again").await;
        let input = json!({ "name": "Wanjiku Kamau" });
        author.ask(RENAME, json!({ "input": input })).await;
        seen.after("another name").await;
        let input = json!({
            "key": Uuid::new_v4(), "personId": person, "delegationId": "unesco",
            "capacity": "OFFICE", "title": "Adviser",
        });
        let data = secretariat.ask(GRANT, json!({ "input": input })).await;
        seen.after("a mandate").await;
        let input = json!({ "mandateId": text(&data, "grantMandate.mandate.id") });
        secretariat.ask(END, json!({ "input": input })).await;
        seen.after("the end of a mandate").await;
        for role in ["FOCAL_POINT", "VISITOR", "DELEGATE"] {
            let input = json!({ "personId": person, "role": role });
            secretariat
                .ask(CHANGE_ROLE, json!({ "input": input }))
                .await;
            seen.after(role).await;
        }
        give_scope(&secretariat, &moderator, &["country-ke"]).await;
        seen.after("another scope").await;
        self.invite(seen).await;
    }

    /// A person comes.
    async fn invite(&self, seen: &Comparison) {
        let focal_point = self.forum.focal_point("ke");
        let input = json!({
            "key": Uuid::new_v4(), "email": "second@example.org", "role": "DELEGATE", "capacity": "PERSONAL",
            "delegationId": delegation_id(&focal_point, "ke").await, "title": "Second Secretary",
        });
        let data = focal_point.ask(INVITE, json!({ "input": input })).await;
        seen.after("an invitation").await;
        let link = text(&data, "invite.link");
        let (_, token) = link.rsplit_once("/invitations/").expect("a link");
        let input = json!({
            "token": token, "name": "Second delegate of Kenya", "password": PASSWORD, "language": "FR",
        });
        self.forum
            .visitor()
            .ask(ACCEPT, json!({ "input": input }))
            .await;
        seen.after("a new person").await;
    }

    async fn change_vocabulary(&self, seen: &Comparison) {
        let secretariat = self.forum.secretariat();
        let ask = async |document: &str, input: Value| {
            secretariat.ask(document, json!({ "input": input })).await;
        };
        let labels = json!([{ "language": "EN", "label": "Another label" }]);
        for concept in ["country-ke", "wipo-publish"] {
            ask(
                CHANGE_CONCEPT,
                json!({ "conceptId": concept, "labels": labels }),
            )
            .await;
            seen.after("another label").await;
        }
        let labels = json!([{ "language": "EN", "label": "A new tool" }]);
        let new = json!({
            "key": Uuid::new_v4(), "scheme": "TOOL", "slug": "a-new-tool", "labels": labels, "broaderIds": [],
        });
        ask(ADD_CONCEPT, new).await;
        seen.after("a new concept").await;
        ask(
            DEPRECATE,
            json!({ "conceptId": "wipo-publish", "successorId": "a-new-tool" }),
        )
        .await;
        seen.after("deprecating").await;
        ask(RESTORE, json!({ "conceptId": "wipo-publish" })).await;
        seen.after("restoring").await;
    }
}

async fn translate(author: &Person, post: &str) -> String {
    let document = "query($id: ID!) { node(id: $id) { ... on Post { revision } } }";
    let data = author.ask(document, json!({ "id": post })).await;
    let input = json!({
        "key": Uuid::new_v4(), "postId": post, "revision": data["node"]["revision"],
        "language": "FR", "body": "Un texte.",
    });
    let data = author.ask(TRANSLATE, json!({ "input": input })).await;
    text(&data, "translatePost.post.translation.id")
}
