//! What was hidden, erased, not approved or is for members only comes out by no door, and whoever follows is told to take it
//! away. Every field that the schema has is asked for, so that a new one is covered without being named here.

mod api;
mod approval;
mod counts;
mod doors;
mod moved;
mod offices;
mod scene;

use serde_json::Value;
use serde_json::json;

use crate::stories::leaks::api::Api;
use crate::stories::leaks::doors::Asker;
use crate::stories::leaks::doors::Following;
use crate::stories::leaks::doors::tells;
use crate::stories::leaks::scene::SECRET;
use crate::stories::leaks::scene::Scene;
use crate::support::acts::WITHDRAW;
use crate::support::acts::decide;
use crate::support::acts::give_scope;
use crate::support::acts::show_to;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::text;
use crate::support::moderating::decide_by_two;
use crate::support::moderating::decide_with;

on_both_databases!(
    a_hidden_text_comes_out_by_no_field_page_or_event with flags(WIDE),
    a_withdrawn_text_comes_out_by_no_field_page_or_event with flags(WIDE),
    an_erased_text_comes_out_for_nobody_at_all with flags(WIDE),
    what_stood_before_an_edit_by_decision_comes_out_for_nobody with flags(WIDE),
    a_thread_for_members_comes_out_by_no_field_page_or_event with flags(WIDE),
);

/// Documents that ask for everything are larger than any client's.
pub const WIDE: [&str; 14] = [
    "--query-complexity",
    "1000000000",
    "--query-depth",
    "40",
    "--query-fields",
    "1000000",
    "--query-aliases",
    "1000",
    "--document-bytes",
    "16000000",
    "--body-bytes",
    "16000000",
    "--socket-message-bytes",
    "16000000",
];

/// People who must not be told some texts, following from before these are taken away.
pub struct Strangers {
    askers: Vec<(Asker, Vec<Following>)>,
    secrets: Vec<String>,
}

impl Strangers {
    /// They follow everything that they can, and have heard all that happened so far.
    pub async fn of(
        forum: &Forum,
        api: &Api,
        scene: &mut Scene,
        words: &[&'static str],
        secrets: &[String],
    ) -> Strangers {
        let mut askers = Vec::new();
        for word in words {
            let asker = Asker::of(forum, word);
            let following = asker.follow_all(api, scene).await;
            askers.push((asker, following));
        }
        scene.go_on(forum).await;
        for (_, following) in &mut askers {
            for each in following {
                each.hear(scene).await;
            }
        }
        Strangers {
            askers,
            secrets: secrets.to_vec(),
        }
    }

    /// Whoever followed was told of it by both transports, and nobody is told any of the texts by any door.
    pub async fn are_told_nothing(
        &mut self,
        forum: &Forum,
        api: &Api,
        scene: &mut Scene,
        taken_away: &[(&str, &str)],
    ) {
        scene.go_on(forum).await;
        for (asker, following) in &mut self.askers {
            let word = asker.word;
            let mut kinds = Vec::new();
            for each in following {
                let heard = each.hear(scene).await;
                kinds.extend(
                    heard
                        .iter()
                        .map(|event| (each.name.clone(), text(event, "__typename"))),
                );
                let told: Vec<String> = heard.iter().map(Value::to_string).collect();
                no_leak(word, &told, &self.secrets);
            }
            for (name, kind) in taken_away {
                let times = kinds.iter().filter(|(of, each)| of == name && each == kind);
                let transports = times.count();
                assert!(transports >= 2, "{word} hears {kind} by {name}: {kinds:?}");
            }
            let told = asker.everything_told(forum, api, scene).await;
            no_leak(word, &told, &self.secrets);
        }
    }
}

/// No secret is in anything that was told.
#[track_caller]
pub fn no_leak(word: &str, told: &[String], secrets: &[String]) {
    for secret in secrets {
        let leak = told.iter().find(|each| each.contains(secret.as_str()));
        if let Some(leak) = leak {
            let at = leak.find(secret.as_str()).unwrap_or(0);
            let from = leak.floor_char_boundary(at.saturating_sub(400));
            let to = leak.ceil_char_boundary((at + 100).min(leak.len()));
            panic!("{word:?} is told {secret:?}: … {} …", &leak[from..to]);
        }
    }
}

/// The texts that the reply of an edited scene has had.
fn texts_of_reply() -> [String; 2] {
    [format!("This is a {SECRET}"), format!("Still a {SECRET}")]
}

async fn a_hidden_text_comes_out_by_no_field_page_or_event(forum: Forum) {
    let secretariat = forum.secretariat();
    let mut scene = Scene::edited(&forum).await;
    give_scope(&secretariat, &forum.moderator(), &["asia"]).await;
    let api = Api::of(&forum.visitor()).await;
    let secrets = texts_of_reply();
    scene.go_on(&forum).await;
    let visitor = Asker::of(&forum, "");
    let before = visitor.everything_told(&forum, &api, &scene).await;
    assert!(tells(&before, &secrets[0]) > 3, "the first is asked for");
    assert!(tells(&before, &secrets[1]) > 5, "the second is asked for");
    let words = ["", "br", "focal-ke", "moderator"];
    let mut strangers = Strangers::of(&forum, &api, &mut scene, &words, &secrets).await;
    let decision = decide(&secretariat, "HIDE_POST", &[&scene.post]).await;
    scene.ids.push(("Decision", decision));
    let heard = [
        ("threadEvents", "PostHidden"),
        ("forumEvents", "PostHidden"),
    ];
    strangers
        .are_told_nothing(&forum, &api, &mut scene, &heard)
        .await;
}

async fn a_withdrawn_text_comes_out_by_no_field_page_or_event(forum: Forum) {
    let mut scene = Scene::edited(&forum).await;
    let author = forum.delegate("ke");
    let api = Api::of(&author).await;
    let words = ["", "ke", "secretariat"];
    let secrets = texts_of_reply();
    let mut strangers = Strangers::of(&forum, &api, &mut scene, &words, &secrets).await;
    let input = json!({ "input": { "postId": scene.post } });
    author.ask(WITHDRAW, input).await;
    let heard = [
        ("threadEvents", "PostWithdrawn"),
        ("forumEvents", "PostWithdrawn"),
    ];
    strangers
        .are_told_nothing(&forum, &api, &mut scene, &heard)
        .await;
}

async fn an_erased_text_comes_out_for_nobody_at_all(forum: Forum) {
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    let mut scene = Scene::edited(&forum).await;
    give_scope(&secretariat, &moderator, &["africa"]).await;
    let api = Api::of(&forum.visitor()).await;
    let words = ["", "br", "ke", "focal-ke", "moderator", "secretariat"];
    let secrets = texts_of_reply();
    let hidden = decide(&moderator, "HIDE_POST", &[&scene.post]).await;
    scene.ids.push(("Decision", hidden));
    let author = Asker::of(&forum, "ke");
    let before = author.everything_told(&forum, &api, &scene).await;
    assert!(tells(&before, &secrets[1]) > 1, "its author reads it");
    let mut strangers = Strangers::of(&forum, &api, &mut scene, &words, &secrets).await;
    let (act, post) = ("ERASE_POST", [scene.post.as_str()]);
    let erased = decide_by_two(&secretariat, &moderator, act, &post, json!({})).await;
    scene.ids.push(("Decision", erased));
    let heard = [
        ("threadEvents", "PostErased"),
        ("forumEvents", "PostErased"),
    ];
    strangers
        .are_told_nothing(&forum, &api, &mut scene, &heard)
        .await;
}

async fn what_stood_before_an_edit_by_decision_comes_out_for_nobody(forum: Forum) {
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    let mut scene = Scene::edited(&forum).await;
    give_scope(&secretariat, &moderator, &["africa"]).await;
    let api = Api::of(&forum.visitor()).await;
    let words = ["", "br", "ke", "focal-ke", "moderator", "secretariat"];
    let secrets = texts_of_reply();
    let mut strangers = Strangers::of(&forum, &api, &mut scene, &words, &secrets).await;
    let more = json!({ "body": "What stands now." });
    let edited = decide_with(&moderator, "EDIT_POST", &[&scene.post], more).await;
    scene.ids.push(("Decision", edited));
    let heard = [
        ("threadEvents", "PostEdited"),
        ("forumEvents", "PostEdited"),
    ];
    strangers
        .are_told_nothing(&forum, &api, &mut scene, &heard)
        .await;
    let visitor = Asker::of(&forum, "");
    let told = visitor.everything_told(&forum, &api, &scene).await;
    assert!(tells(&told, "What stands now.") > 5, "the new text is told");
}

async fn a_thread_for_members_comes_out_by_no_field_page_or_event(forum: Forum) {
    let mut scene = Scene::edited(&forum).await;
    let secretariat = forum.secretariat();
    let locked = decide(&secretariat, "LOCK_THREAD", &[&scene.thread]).await;
    scene.ids.push(("Decision", locked));
    decide(&secretariat, "UNLOCK_THREAD", &[&scene.thread]).await;
    let api = Api::of(&forum.visitor()).await;
    let words = ["", "visitor"];
    let secrets = [SECRET.to_string()];
    let mut strangers = Strangers::of(&forum, &api, &mut scene, &words, &secrets).await;
    show_to(&forum.delegate("ke"), &scene.thread, "MEMBERS").await;
    let heard = [
        ("threadEvents", "ThreadHidden"),
        ("forumEvents", "ThreadHidden"),
    ];
    strangers
        .are_told_nothing(&forum, &api, &mut scene, &heard)
        .await;
    let member = Asker::of(&forum, "br");
    let told = member.everything_told(&forum, &api, &scene).await;
    assert!(tells(&told, SECRET) > 5, "members are told");
}
