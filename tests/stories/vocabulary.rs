//! The published list of tools, methods and regions, and who maintains it.

use partage::base::clock::Clock;
use partage::forum::vocabulary::whole::Vocabulary;
use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::support::acts::Draft;
use crate::support::acts::concept_id;
use crate::support::acts::open;
use crate::support::acts::titles;
use crate::support::database::Kind;
use crate::support::forum::Forum;
use crate::support::forum::Setup;
use crate::support::forum::config;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::json::texts;
use crate::support::person::Person;

on_both_databases!(
    the_schemes_are_trees,
    labels_are_in_the_six_languages,
    a_region_lies_under_several_others,
    the_secretariat_adds_a_concept,
    the_secretariat_edits_labels_and_definition,
    a_deprecated_concept_is_found_and_shown_as_its_successor,
    an_unfit_successor_is_refused,
    only_the_secretariat_keeps_the_vocabulary,
);

for_both_databases!(
    starting_again_adds_nothing_and_keeps_changes,
    a_change_is_shown_at_once_by_every_process,
    a_view_shows_the_vocabulary_of_its_own_time,
);

const ADD: &str = "mutation($input: AddConceptInput!) { addConcept(input: $input) { concept { id slug state label } } }";
const CHANGE: &str = "mutation($input: ChangeConceptInput!) { changeConcept(input: $input) { concept { id label definition } } }";
const DEPRECATE: &str = "mutation($input: DeprecateConceptInput!) { deprecateConcept(input: $input) { concept { id state successor { slug } } } }";

async fn addition(by: &Person, slug: &str, broader: &str) -> Value {
    json!({ "input": {
        "key": Uuid::new_v4(),
        "scheme": "TOOL",
        "slug": slug,
        "labels": [
            { "language": "EN", "label": "Register checker", "definition": "Checks registers." },
            { "language": "FR", "label": "Vérificateur de registres" },
        ],
        "broaderIds": [concept_id(by, broader).await],
    } })
}

async fn the_schemes_are_trees(forum: Forum) {
    let visitor = forum.visitor();
    let document = "query($scheme: Scheme!) { concepts(scheme: $scheme, top: true, first: 100) { \
         edges { node { slug narrower(first: 100) { edges { node { slug broader { edges { node { slug } } } } } } } } } }";
    for (scheme, top, below) in [
        ("TOOL", "office-systems", "wipo-ipas"),
        ("METHOD", "training-capacity", "webinar"),
        ("REGION", "world", "africa"),
    ] {
        let data = visitor.ask(document, json!({ "scheme": scheme })).await;
        let tops = nodes(&data, "concepts");
        let found = tops
            .iter()
            .find(|node| at(node, "slug") == top)
            .unwrap_or_else(|| panic!("{top} is no top of {scheme}"));
        let narrower = nodes(found, "narrower");
        let child = narrower
            .iter()
            .find(|node| at(node, "slug") == below)
            .unwrap_or_else(|| panic!("{below} is not under {top}"));
        assert_eq!(texts(child, "broader", "slug"), [top]);
        assert!(!tops.iter().any(|node| at(node, "slug") == below));
    }
    let flat = "query($after: String) { concepts(scheme: REGION, first: 100, after: $after) { \
         edges { node { slug } } pageInfo { hasNextPage endCursor } } }";
    let mut slugs = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = visitor.ask(flat, json!({ "after": after })).await;
        slugs.extend(texts(&page, "concepts", "slug"));
        if at(&page, "concepts.pageInfo.hasNextPage") == false {
            break;
        }
        after = at(&page, "concepts.pageInfo.endCursor").clone();
    }
    let place = |slug: &str| slugs.iter().position(|each| each == slug);
    assert!(slugs.len() > 200, "{}", slugs.len());
    assert!(place("world") < place("africa"), "in the order of the tree");
    assert!(place("africa") < place("country-ke"));
}

async fn labels_are_in_the_six_languages(forum: Forum) {
    let document = "{ concept(slug: \"africa\") { ar: label(language: AR) en: label(language: EN) es: label(language: ES) \
         fr: label(language: FR) ru: label(language: RU) zh: label(language: ZH) own: label } }";
    let seen = forum
        .visitor()
        .in_language("fr-CH, en;q=0.5")
        .ask(document, json!({}))
        .await;
    assert_eq!(
        at(&seen, "concept"),
        &json!({
            "ar": "أفريقيا", "en": "Africa", "es": "África", "fr": "Afrique",
            "ru": "Африка", "zh": "非洲", "own": "Afrique",
        })
    );
    let document = "{ concept(slug: \"office-systems\") { definition(language: FR) } }";
    let seen = forum.visitor().ask(document, json!({})).await;
    assert!(text(&seen, "concept.definition").starts_with("Systèmes"));
}

async fn a_region_lies_under_several_others(forum: Forum) {
    let document = "{ concept(slug: \"country-ke\") { broader { edges { node { slug } } } } \
         aripo: concept(slug: \"aripo\") { narrower(first: 100) { edges { node { slug } } } } }";
    let seen = forum.visitor().ask(document, json!({})).await;
    let broader = texts(&seen, "concept.broader", "slug");
    for above in ["eastern-africa", "wipo-africa", "aripo"] {
        assert!(broader.iter().any(|slug| slug == above), "{broader:?}");
    }
    let members = texts(&seen, "aripo.narrower", "slug");
    assert!(
        members.iter().any(|slug| slug == "country-ke"),
        "{members:?}"
    );
}

async fn the_secretariat_adds_a_concept(forum: Forum) {
    let secretariat = forum.secretariat();
    let input = addition(&secretariat, "register-checker", "office-systems").await;
    let first = secretariat.ask(ADD, input.clone()).await;
    let again = secretariat.ask(ADD, input.clone()).await;
    assert_eq!(first, again);
    assert_eq!(text(&first, "addConcept.concept.state"), "CURRENT");

    let draft = Draft {
        tools: &["register-checker"],
        ..Draft::titled("With the new tool")
    };
    open(&forum.delegate("ke"), draft).await;
    let found = titles(&forum.visitor(), json!({ "tools": ["office-systems"] })).await;
    assert_eq!(found, ["With the new tool"]);
    let document = "{ concept(slug: \"register-checker\") { threadCount label(language: FR) fallback: label(language: ZH) } }";
    let seen = forum.visitor().ask(document, json!({})).await;
    assert_eq!(number(&seen, "concept.threadCount"), 1);
    assert_eq!(text(&seen, "concept.label"), "Vérificateur de registres");
    assert_eq!(text(&seen, "concept.fallback"), "Register checker");

    let mut taken = addition(&secretariat, "register-checker", "office-systems").await;
    secretariat
        .refused(ADD, taken.clone())
        .await
        .is_invalid("slug");
    taken["input"]["slug"] = json!("No Word");
    secretariat
        .refused(ADD, taken.clone())
        .await
        .is_invalid("slug");
    taken["input"]["slug"] = json!("under-a-method");
    taken["input"]["broaderIds"] = json!([concept_id(&secretariat, "webinar").await]);
    secretariat
        .refused(ADD, taken)
        .await
        .is_invalid("broaderIds.0");
}

async fn the_secretariat_edits_labels_and_definition(forum: Forum) {
    let secretariat = forum.secretariat();
    let id = concept_id(&secretariat, "tisc").await;
    let labels =
        json!([{ "language": "EN", "label": "Support centres", "definition": "Places of help." }]);
    let input = json!({ "input": { "conceptId": id, "labels": labels } });
    secretariat.ask(CHANGE, input).await;
    let document = "{ concept(slug: \"tisc\") { id label definition fr: label(language: FR) } }";
    let seen = forum.visitor().ask(document, json!({})).await;
    assert_eq!(text(&seen, "concept.id"), id);
    assert_eq!(text(&seen, "concept.label"), "Support centres");
    assert_eq!(text(&seen, "concept.definition"), "Places of help.");
    assert_ne!(text(&seen, "concept.fr"), "Support centres", "others stay");
}

async fn deprecate(by: &Person, concept: &str, successor: &str) -> Value {
    json!({ "input": {
        "conceptId": concept_id(by, concept).await,
        "successorId": concept_id(by, successor).await,
    } })
}

async fn a_deprecated_concept_is_found_and_shown_as_its_successor(forum: Forum) {
    let secretariat = forum.secretariat();
    let opened = open(&forum.delegate("ke"), Draft::titled("Tagged long ago")).await;
    let input = deprecate(&secretariat, "wipo-ipas", "wipo-file").await;
    let data = secretariat.ask(DEPRECATE, input).await;
    assert_eq!(text(&data, "deprecateConcept.concept.state"), "DEPRECATED");

    let visitor = forum.visitor();
    for slug in ["wipo-ipas", "wipo-file", "office-systems"] {
        let found = titles(&visitor, json!({ "tools": [slug] })).await;
        assert_eq!(found, ["Tagged long ago"], "{slug}");
    }
    let document = "query($id: ID!) { thread(id: $id) { tools { edges { node { slug } } } } \
         old: concept(slug: \"wipo-ipas\") { state successor { slug threadCount } } }";
    let seen = visitor.ask(document, json!({ "id": opened.id })).await;
    assert_eq!(texts(&seen, "thread.tools", "slug"), ["wipo-file"]);
    assert_eq!(text(&seen, "old.state"), "DEPRECATED");
    assert_eq!(text(&seen, "old.successor.slug"), "wipo-file");
    assert_eq!(number(&seen, "old.successor.threadCount"), 1);

    let list = "query($all: Boolean!) { concepts(scheme: TOOL, includeDeprecated: $all, first: 100) { edges { node { slug } } } }";
    for (all, listed) in [(false, false), (true, true)] {
        let seen = visitor.ask(list, json!({ "all": all })).await;
        let slugs = texts(&seen, "concepts", "slug");
        assert_eq!(slugs.iter().any(|slug| slug == "wipo-ipas"), listed);
    }
    // A new thread tagged with the old term gets the new one.
    let renewed = open(&forum.delegate("ke"), Draft::titled("Tagged today")).await;
    let seen = visitor.ask(document, json!({ "id": renewed.id })).await;
    assert_eq!(texts(&seen, "thread.tools", "slug"), ["wipo-file"]);
}

async fn an_unfit_successor_is_refused(forum: Forum) {
    let secretariat = forum.secretariat();
    for (concept, successor) in [
        ("wipo-ipas", "webinar"),
        ("wipo-ipas", "wipo-ipas"),
        ("office-systems", "wipo-ipas"),
    ] {
        let input = deprecate(&secretariat, concept, successor).await;
        let refused = secretariat.refused(DEPRECATE, input).await;
        refused.is_invalid("successorId");
    }
}

async fn only_the_secretariat_keeps_the_vocabulary(forum: Forum) {
    for (person, reason) in [
        (forum.delegate("ke"), "ROLE_MAY_NOT"),
        (forum.focal_point("ke"), "ROLE_MAY_NOT"),
        (forum.moderator(), "ROLE_MAY_NOT"),
        (forum.person("visitor"), "ROLE_MAY_NOT"),
        (forum.visitor(), "SIGN_IN_REQUIRED"),
    ] {
        let seen = person
            .ask("{ viewer { canEditVocabulary } }", json!({}))
            .await;
        assert_eq!(at(&seen, "viewer.canEditVocabulary"), false);
        let add = addition(&person, "own-tool", "office-systems").await;
        person.refused(ADD, add).await.is_denied(reason);
        let labels = json!([{ "language": "EN", "label": "Mine" }]);
        let id = concept_id(&person, "tisc").await;
        let change = json!({ "input": { "conceptId": id, "labels": labels } });
        person.refused(CHANGE, change).await.is_denied(reason);
        let retire = deprecate(&person, "wipo-ipas", "wipo-file").await;
        person.refused(DEPRECATE, retire).await.is_denied(reason);
    }
    let secretariat = forum.secretariat();
    let seen = secretariat
        .ask("{ viewer { canEditVocabulary } }", json!({}))
        .await;
    assert_eq!(at(&seen, "viewer.canEditVocabulary"), true);
}

async fn starting_again_adds_nothing_and_keeps_changes(kind: Kind) {
    let (forum, running) = Forum::start(kind, &Setup::default()).await;
    let secretariat = forum.secretariat();
    let labels = json!([{ "language": "EN", "label": "Renamed here" }]);
    let id = concept_id(&secretariat, "tisc").await;
    let input = json!({ "input": { "conceptId": id, "labels": labels } });
    secretariat.ask(CHANGE, input).await;
    let head = forum.store().snapshot().head().await.expect("the head");
    running.stop().await;

    let store =
        partage::store::Store::open(forum.place().url(), partage::base::clock::Clock::default())
            .await
            .expect("the store");
    let again = partage::server::start(config(&[]), store.clone())
        .await
        .expect("a second start");
    let visitor = forum.visitor().at(again.address());
    let seen = visitor
        .ask("{ concept(slug: \"tisc\") { label } }", json!({}))
        .await;
    assert_eq!(text(&seen, "concept.label"), "Renamed here");
    let after = store.snapshot().head().await.expect("the head");
    assert_eq!(after, head, "the second start changed nothing");
    again.stop().await;
    store.close().await;
    forum.remove().await;
}

async fn a_change_is_shown_at_once_by_every_process(kind: Kind) {
    const SEEN: &str = "query($slug: String!) { \
        concept(by: { slug: $slug }) { state label successor { slug } broader { edges { node { slug } } } } \
        concepts(scheme: TOOL, first: 100, search: $slug) { edges { node { slug } } } \
        above: concept(by: { slug: \"office-systems\" }) { narrower(first: 100) { edges { node { slug } } } } }";
    const RESTORE: &str = "mutation($input: RestoreConceptInput!) { restoreConcept(input: $input) { concept { id } } }";

    let (forum, running) = Forum::start(kind, &Setup::default()).await;
    // An embedded database has one process.
    let store = partage::store::Store::open(forum.place().url(), Clock::default());
    let store = store.await.expect("the store");
    let second = match kind {
        Kind::Sqlite => None,
        Kind::Postgres => Some(
            partage::server::start(config(&[]), store.clone())
                .await
                .expect("a second process"),
        ),
    };
    let first = forum.secretariat();
    let other = second
        .as_ref()
        .map_or(first.address(), |second| second.address());
    let other = first.at(other);
    for round in 0..6 {
        // They take turns.
        let (writer, reader) = match round % 2 {
            0 => (&first, &other),
            _ => (&other, &first),
        };
        let slug = format!("checker-{round}");
        let seen = async || reader.ask(SEEN, json!({ "slug": slug })).await;
        let is_below = |seen: &Value| texts(seen, "above.narrower", "slug").contains(&slug);
        assert_eq!(at(&seen().await, "concept"), &Value::Null);

        let add = addition(writer, &slug, "office-systems").await;
        let added = writer.ask(ADD, add).await;
        let id = text(&added, "addConcept.concept.id");
        let shown = seen().await;
        assert_eq!(text(&shown, "concept.label"), "Register checker");
        assert_eq!(texts(&shown, "concept.broader", "slug"), ["office-systems"]);
        assert_eq!(texts(&shown, "concepts", "slug"), [slug.as_str()]);
        assert!(is_below(&shown));
        let page = reader.request(reqwest::Method::GET, "/vocabulary");
        let page = page.send().await.expect("a page").text().await;
        assert!(
            page.expect("a text")
                .contains(&format!("/vocabulary/{slug}\""))
        );

        let labels = json!([{ "language": "EN", "label": "Changed at once" }]);
        let input = json!({ "input": { "conceptId": id, "labels": labels } });
        writer.ask(CHANGE, input).await;
        assert_eq!(text(&seen().await, "concept.label"), "Changed at once");

        let input = deprecate(writer, &slug, "wipo-file").await;
        writer.ask(DEPRECATE, input).await;
        let shown = seen().await;
        assert_eq!(text(&shown, "concept.state"), "DEPRECATED");
        assert_eq!(text(&shown, "concept.successor.slug"), "wipo-file");
        assert!(texts(&shown, "concepts", "slug").is_empty() && !is_below(&shown));

        let input = json!({ "input": { "conceptId": id } });
        writer.ask(RESTORE, input).await;
        let shown = seen().await;
        assert_eq!(text(&shown, "concept.state"), "CURRENT");
        assert!(is_below(&shown));
    }
    if let Some(second) = second {
        second.stop().await;
    }
    store.close().await;
    running.stop().await;
    forum.remove().await;
}

async fn a_view_shows_the_vocabulary_of_its_own_time(kind: Kind) {
    let (forum, running) = Forum::start(kind, &Setup::default()).await;
    let secretariat = forum.secretariat();
    let mut views = Vec::new();
    for round in 0..4 {
        let view = forum.store().snapshot();
        view.head().await.expect("the head");
        views.push(view);
        let slug = format!("checker-{round}");
        let add = addition(&secretariat, &slug, "office-systems").await;
        secretariat.ask(ADD, add).await;
        // What is no change of the vocabulary comes between.
        open(&forum.delegate("ke"), Draft::titled("Between")).await;
        // A view holds one of the few connections.
        if views.len() > 2 {
            views.remove(0);
        }
        for (age, view) in views.iter().rev().enumerate() {
            let shown = view.kept::<Vocabulary>().await.expect("the vocabulary");
            for earlier in 0..=round {
                let slug = format!("checker-{earlier}");
                let is_there = earlier + age < round;
                assert_eq!(shown.find(&slug).is_some(), is_there, "{slug}, {round}");
            }
        }
        let now = forum.store().snapshot();
        let shown = now.kept::<Vocabulary>().await.expect("the vocabulary");
        assert!(shown.find(&slug).is_some(), "{slug}");
    }
    drop(views);
    running.stop().await;
    forum.remove().await;
}
