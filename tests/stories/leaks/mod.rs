//! What was hidden, erased, waits or is for members only comes out by no door. Every field that the schema has is asked for,
//! so that a new one is covered without being named here.

pub mod api;
mod scene;

use serde_json::json;

use crate::stories::leaks::api::Api;
use crate::stories::leaks::scene::Ears;
use crate::stories::leaks::scene::SECRET;
use crate::stories::leaks::scene::Scene;
use crate::stories::leaks::scene::everything_told;
use crate::stories::leaks::scene::tells;
use crate::stories::leaks::scene::tells_nothing;
use crate::support::acts::DECIDE;
use crate::support::acts::Draft;
use crate::support::acts::WITHDRAW;
use crate::support::acts::decide;
use crate::support::acts::give_scope;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply;
use crate::support::acts::show_to;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::moderating::appeal;
use crate::support::moderating::decide_by_two;
use crate::support::moderating::decide_with;
use crate::support::moderating::input_with;
use crate::support::moderating::report;
use crate::support::person::Person;

on_both_databases!(
    a_hidden_text_comes_out_by_no_field_page_or_event with flags(WIDE),
    a_withdrawn_text_comes_out_by_no_field_page_or_event with flags(WIDE),
    a_thread_for_members_comes_out_by_no_field_page_or_event with flags(WIDE),
    an_erased_text_comes_out_by_no_field_page_or_event_for_anybody with flags(WIDE),
    a_text_that_waits_comes_out_by_no_field_page_or_event with flags(WIDE),
    a_thread_that_waits_comes_out_by_no_field_page_or_event with flags(WIDE),
    a_text_before_an_edit_by_decision_comes_out_by_no_field_page_or_event with flags(WIDE),
    a_post_that_went_to_members_comes_out_by_no_field_page_or_event with flags(WIDE),
    what_is_said_among_those_who_decide_comes_out_by_no_field_page_or_event with flags(WIDE),
);

/// Documents that ask for everything are larger than any client's.
pub const WIDE: [&str; 12] = [
    "--query-complexity",
    "100000000",
    "--query-depth",
    "40",
    "--query-fields",
    "100000",
    "--query-aliases",
    "1000",
    "--document-bytes",
    "1000000",
    "--body-bytes",
    "2000000",
];

/// Those who are neither the author nor decide on it.
fn others(forum: &Forum) -> [(Person, &'static str); 4] {
    [
        (forum.visitor(), ""),
        (forum.delegate("br"), "br"),
        (forum.focal_point("ke"), "focal-ke"),
        (forum.moderator(), "moderator"),
    ]
}

fn secrets() -> [String; 2] {
    [format!("This is a {SECRET}"), format!("Still a {SECRET}")]
}

async fn a_hidden_text_comes_out_by_no_field_page_or_event(forum: Forum) {
    let secretariat = forum.secretariat();
    let mut scene = Scene::of(&forum).await;
    give_scope(&secretariat, &forum.moderator(), &["asia"]).await;
    let api = Api::of(&forum.visitor()).await;
    let [first, second] = secrets();
    scene.go_on(&forum).await;
    let before = everything_told(&forum, &api, &forum.visitor(), "", &scene).await;
    assert!(tells(&before, &first) > 3, "the first text is asked for");
    assert!(tells(&before, &second) > 5, "the second text is asked for");
    let mut ears = Ears::of(&forum.visitor(), &scene).await;
    decide(&secretariat, "HIDE_POST", &[scene.post()]).await;
    for told in ears.until("PostHidden").await {
        let last = told.last().expect("the retraction").to_string();
        tells_nothing(&[last], SECRET, "a follower");
    }
    scene.go_on(&forum).await;
    for (person, word) in others(&forum) {
        let told = everything_told(&forum, &api, &person, word, &scene).await;
        for secret in secrets() {
            tells_nothing(&told, &secret, word);
        }
    }
    let told = everything_told(&forum, &api, &forum.delegate("ke"), "ke", &scene).await;
    assert!(tells(&told, &second) > 0, "the author reads it");
    tells_nothing(&told, &first, "the author, by revisions,");
}

async fn a_withdrawn_text_comes_out_by_no_field_page_or_event(forum: Forum) {
    let mut scene = Scene::of(&forum).await;
    let author = forum.delegate("ke");
    let mut ears = Ears::of(&forum.visitor(), &scene).await;
    let input = json!({ "input": { "postId": scene.post() } });
    author.ask(WITHDRAW, input).await;
    ears.until("PostWithdrawn").await;
    scene.go_on(&forum).await;
    let api = Api::of(&author).await;
    for (person, word) in [
        (forum.visitor(), ""),
        (author, "ke"),
        (forum.secretariat(), "secretariat"),
    ] {
        let told = everything_told(&forum, &api, &person, word, &scene).await;
        for secret in secrets() {
            tells_nothing(&told, &secret, word);
        }
    }
}

async fn a_thread_for_members_comes_out_by_no_field_page_or_event(forum: Forum) {
    let mut scene = Scene::of(&forum).await;
    let secretariat = forum.secretariat();
    decide(&secretariat, "LOCK_THREAD", &[scene.thread()]).await;
    decide(&secretariat, "UNLOCK_THREAD", &[scene.thread()]).await;
    let counts = "{ threads { totalCount } concept(slug: \"country-ke\") { threadCount } }";
    let count = async |person: &Person| {
        let data = person.ask(counts, json!({})).await;
        (
            number(&data, "threads.totalCount"),
            number(&data, "concept.threadCount"),
        )
    };
    assert_eq!(count(&forum.visitor()).await, (1, 1));
    let mut ears = Ears::of(&forum.visitor(), &scene).await;
    show_to(&forum.delegate("ke"), scene.thread(), "MEMBERS").await;
    for told in ears.until("ThreadHidden").await {
        let last = told.last().expect("the retraction").to_string();
        tells_nothing(&[last], SECRET, "a follower");
    }
    assert_eq!(count(&forum.visitor()).await, (0, 0));
    assert_eq!(count(&forum.delegate("br")).await, (1, 1));
    scene.go_on(&forum).await;
    let api = Api::of(&forum.visitor()).await;
    let told = everything_told(&forum, &api, &forum.delegate("br"), "br", &scene).await;
    assert!(tells(&told, SECRET) > 5, "members are told");
    for (person, word) in [(forum.visitor(), ""), (forum.person("visitor"), "visitor")] {
        let told = everything_told(&forum, &api, &person, word, &scene).await;
        tells_nothing(&told, SECRET, word);
    }
}

async fn an_erased_text_comes_out_by_no_field_page_or_event_for_anybody(forum: Forum) {
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    give_scope(&secretariat, &moderator, &["africa"]).await;
    let mut scene = Scene::of(&forum).await;
    let mut ears = Ears::of(&forum.visitor(), &scene).await;
    let post = scene.post().to_string();
    decide_by_two(&moderator, &secretariat, "ERASE_POST", &[&post], json!({})).await;
    for told in ears.until("PostErased").await {
        let last = told.last().expect("the retraction").to_string();
        tells_nothing(&[last], SECRET, "a follower");
    }
    scene.go_on(&forum).await;
    let api = Api::of(&forum.visitor()).await;
    for (person, word) in [
        (forum.visitor(), ""),
        (forum.delegate("ke"), "ke"),
        (moderator, "moderator"),
        (secretariat, "secretariat"),
    ] {
        let told = everything_told(&forum, &api, &person, word, &scene).await;
        for secret in secrets() {
            tells_nothing(&told, &secret, word);
        }
    }
}

async fn a_text_that_waits_comes_out_by_no_field_page_or_event(forum: Forum) {
    let secretariat = forum.secretariat();
    give_scope(&secretariat, &forum.moderator(), &["asia"]).await;
    let mut scene = Scene::of(&forum).await;
    let mut ears = Ears::of(&forum.visitor(), &scene).await;
    decide(&secretariat, "REVIEW_THREAD", &[scene.thread()]).await;
    let waiting = format!("It waits, this {SECRET}");
    let posted = reply(&forum.delegate("ke"), scene.thread(), &waiting).await;
    scene.ids.push(("Post", posted.id.clone()));
    let cases = "{ viewer { cases { edges { node { id } } } } }";
    let data = secretariat.ask(cases, json!({})).await;
    let case = text(&nodes(at(&data, "viewer"), "cases")[0], "id");
    scene.ids.push(("Case", case));
    decide(&secretariat, "TRUST_THREAD", &[scene.thread()]).await;
    scene.go_on(&forum).await;
    for told in ears.until("PostCreated").await {
        let told: Vec<String> = told.iter().map(ToString::to_string).collect();
        tells_nothing(&told, &waiting, "a follower");
    }
    let api = Api::of(&forum.visitor()).await;
    for (person, word) in others(&forum) {
        let told = everything_told(&forum, &api, &person, word, &scene).await;
        tells_nothing(&told, &waiting, word);
    }
    for (person, word) in [
        (forum.delegate("ke"), "ke"),
        (forum.secretariat(), "secretariat"),
    ] {
        let told = everything_told(&forum, &api, &person, word, &scene).await;
        assert!(tells(&told, &waiting) > 0, "{word} reads it");
    }
    // Whoever hears nothing for as long as all that took is cut off.
    let mut ears = Ears::of(&forum.visitor(), &scene).await;
    decide(&secretariat, "REJECT_POST", &[&posted.id]).await;
    for told in ears.until("PostReviewed").await {
        let told: Vec<String> = told.iter().map(ToString::to_string).collect();
        tells_nothing(&told, &waiting, "a follower");
    }
    scene.go_on(&forum).await;
    for (person, word) in others(&forum) {
        let told = everything_told(&forum, &api, &person, word, &scene).await;
        tells_nothing(&told, &waiting, word);
    }
}

async fn a_thread_that_waits_comes_out_by_no_field_page_or_event(forum: Forum) {
    let secretariat = forum.secretariat();
    give_scope(&secretariat, &forum.moderator(), &["asia"]).await;
    let author = forum.delegate("ke");
    let whom = own_id(&author).await;
    // Nobody can go on in a thread that waits: another is what is followed to its end.
    let elsewhere = open(&forum.delegate("fr"), Draft::titled("Elsewhere")).await;
    decide(&secretariat, "REVIEW_PERSON", &[&whom]).await;
    let draft = Draft {
        body: format!("The opening is a {SECRET}."),
        ..Draft::titled(format!("The title is a {SECRET}"))
    };
    let thread = open(&author, draft).await;
    let api = Api::of(&forum.visitor()).await;
    let mut scene = Scene::of_thread(elsewhere.id, elsewhere.post, elsewhere.cursor);
    scene.ids.push(("Thread", thread.id));
    scene.ids.push(("Post", thread.post));
    scene.ids.push(("Person", whom));
    scene.go_on(&forum).await;
    for (person, word) in others(&forum) {
        let told = everything_told(&forum, &api, &person, word, &scene).await;
        tells_nothing(&told, SECRET, word);
    }
    for (person, word) in [(author, "ke"), (forum.secretariat(), "secretariat")] {
        let told = everything_told(&forum, &api, &person, word, &scene).await;
        assert!(tells(&told, SECRET) > 0, "{word} reads it");
    }
}

async fn a_text_before_an_edit_by_decision_comes_out_by_no_field_page_or_event(forum: Forum) {
    let secretariat = forum.secretariat();
    let mut scene = Scene::of(&forum).await;
    let mut ears = Ears::of(&forum.visitor(), &scene).await;
    let more = json!({ "body": "What stands now." });
    decide_with(&secretariat, "EDIT_POST", &[scene.post()], more).await;
    for told in ears.until("PostEdited").await {
        assert!(!told.is_empty());
    }
    scene.go_on(&forum).await;
    let api = Api::of(&forum.visitor()).await;
    for (person, word) in others(&forum)
        .into_iter()
        .chain([(forum.delegate("ke"), "ke")])
    {
        let told = everything_told(&forum, &api, &person, word, &scene).await;
        assert!(tells(&told, "What stands now.") > 0, "{word}");
        for secret in secrets() {
            tells_nothing(&told, &secret, word);
        }
    }
}

async fn a_post_that_went_to_members_comes_out_by_no_field_page_or_event(forum: Forum) {
    let secretariat = forum.secretariat();
    let mut scene = Scene::of(&forum).await;
    let mut ears = Ears::of(&forum.visitor(), &scene).await;
    let title = format!("For members, a {SECRET}");
    let more = json!({ "change": { "title": title } });
    let decision = decide_with(&secretariat, "SPLIT_POSTS", &[scene.post()], more).await;
    ears.until("PostsMoved").await;
    let document = "query($id: ID!) { node(id: $id) { ... on Decision { into { id } } } }";
    let data = secretariat.ask(document, json!({ "id": decision })).await;
    let new = text(&data, "node.into.id");
    let more = json!({ "change": { "visibility": "MEMBERS" } });
    decide_with(&secretariat, "CHANGE_THREAD", &[&new], more).await;
    scene.ids.push(("Thread", new));
    scene.ids.push(("Decision", decision));
    scene.go_on(&forum).await;
    let api = Api::of(&forum.visitor()).await;
    let told = everything_told(&forum, &api, &forum.delegate("br"), "br", &scene).await;
    assert!(tells(&told, &title) > 0, "members are told");
    for (person, word) in [(forum.visitor(), ""), (forum.person("visitor"), "visitor")] {
        let told = everything_told(&forum, &api, &person, word, &scene).await;
        for secret in secrets().iter().chain([&title]) {
            tells_nothing(&told, secret, word);
        }
    }
}

/// Words that only some are to read, and who those are.
struct Word {
    text: &'static str,
    readers: &'static [&'static str],
}

async fn what_is_said_among_those_who_decide_comes_out_by_no_field_page_or_event(forum: Forum) {
    let (secretariat, moderator) = (forum.secretariat(), forum.moderator());
    give_scope(&secretariat, &moderator, &["africa"]).await;
    let mut scene = Scene::of(&forum).await;
    let post = scene.post().to_string();
    let reported = report(&forum.delegate("fr"), &post, "The words of a report.").await;
    let cases = "{ viewer { cases { edges { node { id } } } } }";
    let data = moderator.ask(cases, json!({})).await;
    let case = text(&nodes(at(&data, "viewer"), "cases")[0], "id");
    let note = "mutation($input: NoteCaseInput!) { noteCase(input: $input) { note { id } } }";
    let input =
        json!({ "key": uuid::Uuid::new_v4(), "caseId": case, "body": "The words of a note." });
    let data = moderator.ask(note, json!({ "input": input })).await;
    let noted = text(&data, "noteCase.note.id");
    let more =
        json!({ "explanation": "The words of an explanation.", "withholdExplanation": true });
    let input = input_with("HIDE_POST", &[&post], more);
    let data = moderator.ask(DECIDE, json!({ "input": input })).await;
    let decision = text(&data, "decide.decision.id");
    let appealed = appeal(&forum.delegate("ke"), &decision, "The words of an appeal.").await;
    let until = json!({ "until": forum.moment_in(3_600), "explanation": "The words to a person." });
    let whom = own_id(&forum.delegate("ke")).await;
    let warned = decide_with(&moderator, "MUTE_PERSON", &[&whom], until).await;
    scene.ids.extend([
        ("Report", reported),
        ("Case", case),
        ("CaseNote", noted),
        ("Decision", decision),
        ("Appeal", appealed),
        ("Decision", warned),
        ("Person", whom),
    ]);
    scene.go_on(&forum).await;
    let api = Api::of(&forum.visitor()).await;
    for (kind, _) in &scene.ids {
        assert!(api.kinds.iter().any(|each| each == kind), "{kind}");
    }
    let words = [
        Word {
            text: "The words of a report.",
            readers: &["fr", "moderator", "secretariat"],
        },
        Word {
            text: "The words of a note.",
            readers: &["moderator", "secretariat"],
        },
        Word {
            text: "The words of an explanation.",
            readers: &["ke", "fr", "moderator", "secretariat"],
        },
        Word {
            text: "The words of an appeal.",
            readers: &["ke", "moderator", "secretariat"],
        },
        Word {
            text: "The words to a person.",
            readers: &["ke", "moderator", "secretariat"],
        },
    ];
    for who in [
        "",
        "visitor",
        "br",
        "fr",
        "ke",
        "focal-fr",
        "moderator",
        "secretariat",
    ] {
        let person = match who {
            "" => forum.visitor(),
            who => forum.person(who),
        };
        let told = everything_told(&forum, &api, &person, who, &scene).await;
        for word in &words {
            if word.readers.contains(&who) {
                assert!(tells(&told, word.text) > 0, "{who} reads {}", word.text);
            } else {
                tells_nothing(&told, word.text, who);
            }
        }
    }
}
