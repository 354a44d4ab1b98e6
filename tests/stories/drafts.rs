//! Drafts stored by the server: available on every device, to their author alone, and never overwritten unseen.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::open;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::person::Person;

on_both_databases!(
    a_draft_is_there_on_every_device_of_its_author_and_for_nobody_else,
    two_devices_do_not_overwrite_each_other,
    of_two_devices_that_keep_at_once_one_is_told,
    what_is_chosen_beside_a_text_is_kept_with_it,
    a_draft_belongs_to_something_that_its_author_sees,
    settings_are_changed_and_refused_by_field,
);

const KEEP: &str = "mutation($input: KeepDraftInput!) { keepDraft(input: $input) { draft { id revision body title purpose } } }";
const DISCARD: &str = "mutation($place: DraftPlaceInput!, $revision: Int!) { discardDraft(input: { place: $place, revision: $revision }) { viewer { id } } }";
const AT: &str = "query($place: DraftPlaceInput!) { viewer { draft(place: $place) { id body revision thread { id } } \
     drafts { edges { node { id body } } } } }";

fn place(thread: &str) -> Value {
    json!({ "purpose": "REPLY", "subjectId": thread, "language": "EN" })
}

fn input(thread: &str, body: &str, revision: i64) -> Value {
    json!({ "input": { "place": place(thread), "body": body, "revision": revision } })
}

async fn drafts(person: &Person, thread: &str) -> Value {
    let data = person.ask(AT, json!({ "place": place(thread) })).await;
    at(&data, "viewer").clone()
}

async fn a_draft_is_there_on_every_device_of_its_author_and_for_nobody_else(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let data = author.ask(KEEP, input(&thread.id, "Half a sen", 0)).await;
    let id = text(&data, "keepDraft.draft.id");
    assert_eq!(number(&data, "keepDraft.draft.revision"), 1);
    author
        .ask(KEEP, input(&thread.id, "Half a sentence", 1))
        .await;
    let seen = drafts(&author, &thread.id).await;
    assert_eq!(text(&seen, "draft.body"), "Half a sentence");
    assert_eq!(text(&seen, "draft.thread.id"), thread.id);
    assert_eq!(nodes(&seen, "drafts").len(), 1);
    for other in [
        forum.visitor(),
        forum.focal_point("ke"),
        forum.secretariat(),
    ] {
        let seen = drafts(&other, &thread.id).await;
        assert_eq!(at(&seen, "draft"), &Value::Null);
        assert!(nodes(&seen, "drafts").is_empty());
        let document = "query($id: ID!) { node(id: $id) { id } }";
        let data = other.ask(document, json!({ "id": id })).await;
        assert_eq!(at(&data, "node"), &Value::Null);
    }
    let revision = at(&drafts(&author, &thread.id).await, "draft.revision").clone();
    let gone = json!({ "place": place(&thread.id), "revision": revision });
    author.ask(DISCARD, gone.clone()).await;
    author.ask(DISCARD, gone.clone()).await;
    assert!(nodes(&drafts(&author, &thread.id).await, "drafts").is_empty());
}

async fn two_devices_do_not_overwrite_each_other(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    author
        .ask(KEEP, input(&thread.id, "On the telephone", 0))
        .await;
    author
        .ask(KEEP, input(&thread.id, "On the telephone, further", 1))
        .await;
    let refused = author
        .refused(KEEP, input(&thread.id, "At the desk", 1))
        .await;
    refused.is("CONFLICT");
    assert_eq!(
        text(&refused.0, "extensions.current.body"),
        "On the telephone, further"
    );
    assert_eq!(text(&refused.0, "extensions.yours.body"), "At the desk");
    author
        .ask(KEEP, input(&thread.id, "On the telephone, further", 1))
        .await;
    author.ask(KEEP, input(&thread.id, "At the desk", 2)).await;
}

async fn of_two_devices_that_keep_at_once_one_is_told(forum: Forum) {
    let author = forum.delegate("ke");
    for round in 0..10 {
        let thread = open(&author, Draft::default()).await;
        for revision in 0..3 {
            let text = |device: &str| format!("{device}, {round}, {revision}");
            let (one, other) = tokio::join!(
                author.graphql(KEEP, input(&thread.id, &text("One"), revision)),
                author.graphql(KEEP, input(&thread.id, &text("Other"), revision)),
            );
            let codes: Vec<&str> = [&one, &other]
                .iter()
                .map(|answer| {
                    answer.body["errors"][0]["extensions"]["code"]
                        .as_str()
                        .unwrap_or("kept")
                })
                .collect();
            assert!(
                codes.contains(&"kept") && codes.contains(&"CONFLICT"),
                "{codes:?}"
            );
        }
    }
}

async fn what_is_chosen_beside_a_text_is_kept_with_it(forum: Forum) {
    let author = forum.delegate("ke");
    let place = json!({ "purpose": "THREAD", "language": "EN" });
    let keep = async |choices: Value, revision: i64| {
        let input = json!({ "place": place, "title": "T", "body": "Half a sen", "choices": choices, "revision": revision });
        author.ask(KEEP, json!({ "input": input })).await
    };
    let choices = json!({ "kind": "QUESTION", "visibility": "MEMBERS", "capacity": "OFFICE",
        "tools": ["wipo-ipas"], "methods": [], "regions": ["country-ke", "africa"] });
    keep(choices.clone(), 0).await;
    let same = keep(choices, 1).await;
    assert_eq!(number(&same, "keepDraft.draft.revision"), 1);
    let changed = json!({ "kind": "QUESTION", "visibility": "MEMBERS", "capacity": "OFFICE",
        "tools": ["wipo-ipas", "no-such-tool"], "regions": ["country-ke"] });
    let changed = keep(changed, 1).await;
    assert_eq!(number(&changed, "keepDraft.draft.revision"), 2);
    let document = "query($place: DraftPlaceInput!) { viewer { draft(place: $place) { choices { kind visibility capacity mandateId \
         tools { edges { node { slug } } } methods { edges { node { slug } } } regions { edges { node { slug } } } } } } }";
    let data = author.ask(document, json!({ "place": place })).await;
    let kept = at(&data, "viewer.draft.choices");
    assert_eq!(text(kept, "kind"), "QUESTION");
    assert_eq!(text(kept, "visibility"), "MEMBERS");
    assert_eq!(text(kept, "capacity"), "OFFICE");
    assert_eq!(at(kept, "mandateId"), &Value::Null);
    let slugs = |facet: &str| -> Vec<String> {
        let found = nodes(kept, facet);
        found.iter().map(|node| text(node, "slug")).collect()
    };
    assert_eq!(slugs("tools"), ["wipo-ipas"]);
    assert!(slugs("methods").is_empty());
    assert_eq!(slugs("regions"), ["country-ke"]);
    let many: Vec<String> = (0..101).map(|count| format!("tool-{count}")).collect();
    for (field, tags, path) in [
        ("tools", many, "choices.tools"),
        ("regions", vec!["no word".to_string()], "choices.regions.0"),
    ] {
        let mut choices = json!({});
        choices[field] = json!(tags);
        let input = json!({ "place": place, "body": "Half", "choices": choices, "revision": 2 });
        let refused = author.refused(KEEP, json!({ "input": input })).await;
        refused.is_invalid(path);
    }
}

async fn a_draft_belongs_to_something_that_its_author_sees(forum: Forum) {
    let author = forum.delegate("ke");
    let hidden = open(&author, Draft::for_members("For members")).await;
    let reader = forum.person("visitor");
    reader
        .refused(KEEP, input(&hidden.id, "Me too", 0))
        .await
        .is("NOT_FOUND");
    reader
        .refused(KEEP, input("nothing", "Me too", 0))
        .await
        .is_invalid("place.subjectId");
    let visitor = forum.visitor();
    visitor
        .refused(KEEP, input(&hidden.id, "Me too", 0))
        .await
        .is_denied("SIGN_IN_REQUIRED");
    let long = "x".repeat(20_001);
    author
        .refused(KEEP, input(&hidden.id, &long, 0))
        .await
        .is_invalid("body");
}

async fn settings_are_changed_and_refused_by_field(forum: Forum) {
    let person = forum.delegate("ke");
    let change =
        "mutation($input: ChangeProfileInput!) { changeProfile(input: $input) { person { id } } }";
    let settings = "{ viewer { timeZone textOnly announces } }";
    let input = json!({ "timeZone": "Africa/Nairobi", "textOnly": true, "announces": false });
    person.ask(change, json!({ "input": input })).await;
    let data = person.ask(settings, json!({})).await;
    assert_eq!(at(&data, "viewer"), &input);
    let refused = person
        .refused(change, json!({ "input": { "timeZone": "Mars/Olympus" } }))
        .await;
    refused.is_invalid("timeZone");
    person
        .ask(change, json!({ "input": { "timeZone": "" } }))
        .await;
    let data = person.ask(settings, json!({})).await;
    assert_eq!(at(&data, "viewer.timeZone"), &Value::Null);
    let data = forum.visitor().ask(settings, json!({})).await;
    assert_eq!(
        at(&data, "viewer"),
        &json!({ "timeZone": null, "textOnly": false, "announces": true })
    );
}
