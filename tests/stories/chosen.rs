//! Values that become part of a record are chosen by a person: nothing is preset or chosen for them, and a refused form keeps the rest.

use serde_json::json;
use uuid::Uuid;

use crate::support::acts::DECIDE;
use crate::support::acts::Draft;
use crate::support::acts::UNDO;
use crate::support::acts::decide;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::moderating::DECIDE_APPEAL;
use crate::support::moderating::answer_input;
use crate::support::moderating::appeal;
use crate::support::moderating::input_with;
use crate::support::page::Browser;
use crate::support::page::Page;
use crate::support::person::Person;

on_both_databases!(
    no_form_chooses_a_reason_or_an_outcome_for_anybody,
    a_form_without_its_choice_comes_back_filled_and_nothing_is_done,
    nothing_that_is_no_choice_is_taken_for_one,
    a_reason_is_one_that_the_act_can_have,
    a_new_thread_has_the_kind_that_its_author_chose,
    a_successor_is_named_by_a_person,
);

/// The values of a select, in order, and the selected ones.
#[track_caller]
fn options(page: &Page, name: &str) -> (Vec<String>, Vec<String>) {
    let mark = format!("<select id=\"{name}\" name=\"{name}\"");
    let (_, rest) = page
        .html
        .split_once(&mark)
        .unwrap_or_else(|| panic!("no select {name}: {}", page.html));
    let (inside, _) = rest.split_once("</select>").expect("the end of a select");
    let (mut all, mut selected) = (Vec::new(), Vec::new());
    for option in inside.split("<option value=\"").skip(1) {
        let (value, rest) = option.split_once('"').expect("the end of a value");
        all.push(value.to_string());
        if rest.starts_with(" selected") {
            selected.push(value.to_string());
        }
    }
    (all, selected)
}

#[track_caller]
fn nothing_is_preset(page: &Page, name: &str) -> Vec<String> {
    let (mut all, selected) = options(page, name);
    assert!(selected.is_empty(), "{name}: {selected:?}");
    assert_eq!(all.remove(0), "", "{name} begins with nothing");
    all
}

struct Scene {
    thread: String,
    post: String,
    decision: String,
    /// The address of the case of an appeal.
    case: String,
    appeal: String,
}

/// The fields of a form.
type Sent = Vec<(String, String)>;

async fn scene(forum: &Forum) -> Scene {
    let (author, secretariat) = (forum.delegate("ke"), forum.secretariat());
    let thread = open(&author, Draft::titled("Something to decide on")).await;
    let posted = reply(&forum.delegate("br"), &thread.id, "As it is.").await;
    let hidden = reply(&author, &thread.id, "Hidden and appealed.").await;
    let moderator = forum.moderator();
    crate::support::acts::give_scope(&secretariat, &moderator, &["africa"]).await;
    let decision = decide(&moderator, "HIDE_POST", &[&hidden.id]).await;
    let made = appeal(&author, &decision, "It belongs here.").await;
    let document = "{ viewer { cases(first: 5) { edges { node { id } } } } }";
    let data = secretariat.ask(document, json!({})).await;
    let case = text(&data, "viewer.cases.edges.0.node.id");
    Scene {
        thread: thread.id,
        post: posted.id,
        decision,
        case: format!("/moderation/cases/{case}"),
        appeal: made,
    }
}

async fn decisions(person: &Person) -> usize {
    let data = person
        .ask("{ decisions(first: 100) { nodes { id } } }", json!({}))
        .await;
    at(&data, "decisions.nodes").as_array().map_or(0, Vec::len)
}

async fn no_form_chooses_a_reason_or_an_outcome_for_anybody(forum: Forum) {
    let scene = scene(&forum).await;
    let mut secretariat = Browser::signed_in(&forum, "secretariat");
    for act in ["LOCK_THREAD", "PIN_THREAD", "CHANGE_THREAD"] {
        let address = format!("/decide?target={}&act={act}", scene.thread);
        nothing_is_preset(&secretariat.get(&address).await, "reason");
    }
    let address = format!("/decisions/{}/undo", scene.decision);
    nothing_is_preset(&secretariat.get(&address).await, "reason");
    let case = secretariat.get(&scene.case).await;
    nothing_is_preset(&case, "reason");
    let radios = case.elements("input");
    let radios: Vec<_> = radios
        .iter()
        .filter(|input| input.get("name").is_some_and(|name| name == "overturn"))
        .collect();
    assert_eq!(radios.len(), 2);
    assert!(radios.iter().all(|radio| !radio.contains_key("checked")));
    let mut reader = Browser::signed_in(&forum, "fr");
    let report = reader.get(&format!("/report?target={}", scene.post)).await;
    nothing_is_preset(&report, "reason");
}

async fn a_form_without_its_choice_comes_back_filled_and_nothing_is_done(forum: Forum) {
    let scene = scene(&forum).await;
    let person = forum.secretariat();
    let before = decisions(&person).await;
    let mut secretariat = Browser::signed_in(&forum, "secretariat");
    let key = || Uuid::new_v4().to_string();
    let words = "An explanation that is not lost.";
    let undo = format!("/decisions/{}/undo", scene.decision);
    let answer = format!("{}/answer", scene.case);
    let (first, second, third, fourth) = (key(), key(), key(), key());
    let common = [("explanation", words), ("language", "EN")];
    let with = |more: &[(&'static str, &str)]| -> Vec<(String, String)> {
        let pairs = common.iter().copied().chain(more.iter().copied());
        pairs
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect()
    };
    let forms: Vec<(&str, &str, Sent)> = vec![
        (
            "/decide",
            "reason",
            with(&[
                ("key", &first),
                ("act", "LOCK_THREAD"),
                ("target", &scene.thread),
            ]),
        ),
        (
            "/decide",
            "reason",
            with(&[
                ("key", &first),
                ("act", "LOCK_THREAD"),
                ("target", &scene.thread),
                ("reason", "BECAUSE"),
            ]),
        ),
        (&undo, "reason", with(&[("key", &second), ("reason", "")])),
        (
            &answer,
            "overturn",
            with(&[
                ("key", &third),
                ("appealId", &scene.appeal),
                ("reason", "OTHER"),
            ]),
        ),
        (
            &answer,
            "reason",
            with(&[
                ("key", &fourth),
                ("appealId", &scene.appeal),
                ("overturn", "0"),
            ]),
        ),
    ];
    for (address, field, fields) in &forms {
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let page = secretariat.post(address, &fields).await;
        assert_eq!(page.status, 422, "{address} {field}");
        assert!(page.html.contains(words), "{address} {field}");
        let named = format!("href=\"#{field}\"");
        assert!(page.html.contains(&named), "{address}: {}", page.html);
    }
    assert_eq!(decisions(&person).await, before);
    // The selected outcome stays selected when the reason is missing.
    let mut reader = Browser::signed_in(&forum, "fr");
    let report_key = key();
    let fields = [
        ("key", report_key.as_str()),
        ("target", scene.post.as_str()),
        ("note", words),
        ("language", "EN"),
    ];
    let page = reader.post("/report", &fields).await;
    assert_eq!(page.status, 422);
    assert!(page.html.contains(words) && page.html.contains("href=\"#reason\""));
    let document = "query($id: ID!) { node(id: $id) { ... on Post { viewer { report { id } } } } }";
    let data = forum
        .delegate("fr")
        .ask(document, json!({ "id": scene.post }))
        .await;
    assert!(at(&data, "node.viewer.report").is_null());
}

/// A form with a missing, empty or unknown choice leaves everything unchanged.
async fn nothing_that_is_no_choice_is_taken_for_one(forum: Forum) {
    let scene = scene(&forum).await;
    let author = forum.delegate("br");
    let second = decide(&forum.secretariat(), "LOCK_THREAD", &[&scene.thread]).await;
    let open_thread = open(&author, Draft::titled("Open to replies")).await;
    let words = "Words that are not lost.";
    let (thread, edit) = (
        format!("/threads/{}", open_thread.id),
        format!("/threads/{}/posts/1/edit", open_thread.id),
    );
    let undo = format!("/decisions/{second}/undo");
    let answer = format!("{}/answer", scene.case);
    let appeal = format!("/decisions/{second}/appeal");
    type Form<'a> = (&'a str, &'a str, Vec<(&'a str, &'a str)>, Vec<&'a str>);
    let why = [
        ("reason", "OTHER"),
        ("explanation", words),
        ("language", "EN"),
    ];
    let with = |more: &[(&'static str, &'static str)]| [&why, more].concat();
    let mut decided = with(&[("act", "LOCK_THREAD")]);
    decided.push(("target", &open_thread.id));
    let mut answered = with(&[("overturn", "0")]);
    answered.push(("appealId", &scene.appeal));
    let forms: Vec<Form<'_>> = vec![
        (
            "secretariat",
            "/vocabulary/webinar/change",
            vec![("label", words), ("language", "EN")],
            vec!["language"],
        ),
        (
            "br",
            "/threads/new",
            vec![
                ("title", words),
                ("body", words),
                ("kind", "QUESTION"),
                ("language", "EN"),
                ("visibility", "MEMBERS"),
                ("capacity", "OFFICE"),
                ("tools", "wipo-ipas"),
                ("regions", "country-ke"),
            ],
            vec!["kind", "language", "visibility", "capacity"],
        ),
        (
            "secretariat",
            "/invitations",
            vec![
                ("email", "new@example.org"),
                ("role", "FOCAL_POINT"),
                ("delegationId", "ke"),
                ("title", words),
                ("capacity", "OFFICE"),
            ],
            vec!["role", "capacity"],
        ),
        (
            "br",
            &thread,
            vec![("body", words), ("language", "EN"), ("capacity", "OFFICE")],
            vec!["language", "capacity"],
        ),
        (
            "fr",
            "/report",
            vec![
                ("target", &open_thread.post),
                ("reason", "OTHER"),
                ("note", words),
                ("language", "EN"),
            ],
            vec!["reason", "language"],
        ),
        (
            "ke",
            &appeal,
            vec![("body", words), ("language", "EN")],
            vec!["language"],
        ),
        (
            "secretariat",
            "/decide",
            decided,
            vec!["reason", "language"],
        ),
        (
            "secretariat",
            &undo,
            why.to_vec(),
            vec!["reason", "language"],
        ),
        (
            "secretariat",
            &answer,
            answered,
            vec!["overturn", "reason", "language"],
        ),
        (
            "br",
            &edit,
            vec![("body", words), ("revision", "1"), ("language", "EN")],
            vec!["language"],
        ),
    ];
    let secretariat = forum.secretariat();
    let all = async || {
        let document = "{ threads(first: 100) { nodes { title locked lastNumber firstPost { body } } } \
            decisions(first: 100) { nodes { id } } concept(slug: \"webinar\") { label(language: EN) } \
            viewer { invitations(first: 100) { nodes { id } } cases(first: 100) { nodes { id } } } }";
        secretariat.ask(document, json!({})).await
    };
    let before = all().await;
    for (word, path, fields, choices) in &forms {
        let mut browser = Browser::signed_in(&forum, word);
        for choice in choices {
            for given in [None, Some(""), Some("XX")] {
                // An edit without a language leaves it unchanged.
                if path == &edit && given.is_none() {
                    continue;
                }
                let mut sent = fields.clone();
                sent.retain(|(name, _)| name != choice);
                sent.extend(given.map(|given| (*choice, given)));
                let page = browser.post(path, &sent).await;
                let what = format!("{path} {choice} {given:?}");
                assert_eq!(page.status, 422, "{what}: {}", page.html);
                assert!(page.html.contains(words), "{what}: {}", page.html);
                let link = format!("href=\"#{choice}\"");
                assert!(page.html.contains(&link), "{what}: {}", page.html);
                let beside = format!("id=\"{choice}-trouble\"");
                assert!(page.html.contains(&beside), "{what}: {}", page.html);
                assert!(!page.html.contains("name=\"languageIsRight\""), "{what}");
            }
        }
    }
    assert_eq!(all().await, before);
}

async fn a_reason_is_one_that_the_act_can_have(forum: Forum) {
    let scene = scene(&forum).await;
    let secretariat = forum.secretariat();
    let all = [
        "OFF_TOPIC",
        "DISRESPECTFUL",
        "CONFIDENTIAL",
        "PERSONAL_DATA",
        "UNLAWFUL",
        "ADVERTISING",
        "DUPLICATE",
        "SETTLED",
        "MISTAKEN",
        "OTHER",
    ];
    let mut browser = Browser::signed_in(&forum, "secretariat");
    for (act, target) in [("PIN_THREAD", &scene.thread), ("HIDE_POST", &scene.post)] {
        let address = format!("/decide?target={target}&act={act}");
        let offered = nothing_is_preset(&browser.get(&address).await, "reason");
        assert!(
            offered.len() > 1 && offered.len() < all.len(),
            "{act}: {offered:?}"
        );
        let document = "query($act: Act!) { instance { decisionReasons(act: $act) } }";
        let data = secretariat.ask(document, json!({ "act": act })).await;
        assert_eq!(at(&data, "instance.decisionReasons"), &json!(offered));
        for reason in all
            .iter()
            .filter(|reason| !offered.contains(&reason.to_string()))
        {
            let input = input_with(act, &[target], json!({ "reason": reason }));
            let refused = secretariat.refused(DECIDE, json!({ "input": input })).await;
            refused.is_invalid("reason");
        }
    }
    let address = format!("/decisions/{}/undo", scene.decision);
    let offered = nothing_is_preset(&browser.get(&address).await, "reason");
    for reason in ["OFF_TOPIC", "ADVERTISING", "UNLAWFUL", "DUPLICATE"] {
        assert!(!offered.contains(&reason.to_string()), "{offered:?}");
        let input = json!({ "key": Uuid::new_v4(), "decisionId": scene.decision, "reason": reason,
            "explanation": "It was mistaken.", "language": "EN" });
        let refused = secretariat.refused(UNDO, json!({ "input": input })).await;
        refused.is_invalid("reason");
        let mut input = answer_input(&scene.appeal, true);
        input["reason"] = json!(reason);
        let refused = secretariat
            .refused(DECIDE_APPEAL, json!({ "input": input }))
            .await;
        refused.is_invalid("reason");
        // The form reports it together with all other errors.
        let fields = [
            ("appealId", scene.appeal.as_str()),
            ("overturn", "1"),
            ("reason", reason),
            ("explanation", " "),
            ("language", "EN"),
        ];
        let page = browser
            .post(&format!("{}/answer", scene.case), &fields)
            .await;
        assert_eq!(page.status, 422);
        for field in ["reason", "explanation"] {
            let link = format!("href=\"#{field}\"");
            assert!(page.html.contains(&link), "{field}: {}", page.html);
        }
    }
    // A decision may be upheld for the reason for which it was taken.
    let mut input = answer_input(&scene.appeal, false);
    input["reason"] = json!("OFF_TOPIC");
    secretariat
        .ask(DECIDE_APPEAL, json!({ "input": input }))
        .await;
}

async fn a_new_thread_has_the_kind_that_its_author_chose(forum: Forum) {
    let author = forum.delegate("ke");
    let mut browser = Browser::signed_in(&forum, "ke");
    let page = browser.get("/threads/new").await;
    assert_eq!(nothing_is_preset(&page, "kind").len(), 4);
    let key = page.value_of("key");
    let mut fields = vec![
        ("key", key.as_str()),
        ("title", "A title that is not lost"),
        ("body", "A text that is not lost."),
        ("language", "EN"),
        ("visibility", "PUBLIC"),
        ("capacity", "PERSONAL"),
        ("tools", "wipo-ipas"),
        ("regions", "country-ke"),
    ];
    let refused = browser.post("/threads/new", &fields).await;
    assert_eq!(refused.status, 422);
    for kept in [
        "A title that is not lost",
        "A text that is not lost.",
        "href=\"#kind\"",
    ] {
        assert!(refused.html.contains(kept), "{kept}: {}", refused.html);
    }
    fields.push(("kind", "QUESTION"));
    let done = browser.post("/threads/new", &fields).await;
    assert_eq!(done.status, 303, "{}", done.html);
    let document = "{ threads(first: 1) { totalCount edges { node { kind } } } }";
    let data = author.ask(document, json!({})).await;
    assert_eq!(number(&data, "threads.totalCount"), 1);
    assert_eq!(text(&data, "threads.edges.0.node.kind"), "QUESTION");
}

async fn a_successor_is_named_by_a_person(forum: Forum) {
    let mut browser = Browser::signed_in(&forum, "secretariat");
    let page = browser.get("/vocabulary/wipo-ipas").await;
    nothing_is_preset(&page, "successorId");
    for fields in [
        vec![],
        vec![("successorId", "")],
        vec![("successorId", ""), ("confirm", "1")],
    ] {
        let refused = browser
            .post("/vocabulary/wipo-ipas/deprecate", &fields)
            .await;
        assert_eq!(refused.status, 422);
        assert!(
            refused.html.contains("href=\"#successorId\""),
            "{}",
            refused.html
        );
    }
    let secretariat = forum.secretariat();
    let document = "mutation($input: DeprecateConceptInput!) { deprecateConcept(input: $input) { concept { id } } }";
    let input = json!({ "conceptId": "wipo-ipas", "successorId": "" });
    let refused = secretariat
        .refused(document, json!({ "input": input }))
        .await;
    refused.is_invalid("successorId");
}
