//! People, delegations and concepts are found as a reader would type their names, on both databases alike, and are sorted by the rules of
//! the reader's language.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::own_id;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::at;
use crate::support::json::text;
use crate::support::json::texts;
use crate::support::page::Browser;
use crate::support::person::Person;

on_both_databases!(
    people_are_found_in_every_case_and_script with flags(["--name-changes", "50"]),
    delegations_and_concepts_are_found_in_every_case_and_script,
    people_stand_in_the_order_of_the_readers_language,
    a_place_in_the_list_of_people_outlives_a_renaming,
    an_address_finds_its_delegation_and_concept_in_any_case,
);

const RENAME: &str =
    "mutation($input: ChangeProfileInput!) { changeProfile(input: $input) { person { name } } }";
const PERSONS: &str = "query($search: String, $first: Int, $after: String) { \
     persons(search: $search, first: $first, after: $after) { nodes { name } edges { node { name } } pageInfo { endCursor } } }";

async fn rename(person: &Person, name: &str) {
    person
        .ask(RENAME, json!({ "input": { "name": name } }))
        .await;
}

async fn found(by: &Person, search: &str) -> Vec<String> {
    let data = by.ask(PERSONS, json!({ "search": search })).await;
    texts(&data, "persons", "name")
}

async fn people_are_found_in_every_case_and_script(forum: Forum) {
    let secretariat = forum.secretariat();
    for (name, searches) in [
        (
            "Élodie Łukasz-Ñandú",
            &[
                "élodie",
                "ELODIE",
                "lukasz",
                "NANDU",
                "E\u{301}lodie",
                "ÉLODIE Ł",
            ][..],
        ),
        (
            "Фёдор Достоевский",
            &["фёдор", "ФЕДОР", "достоевский", "ДОСТОЕВСКИИ"],
        ),
        (
            "Γιώργος Παπαδόπουλος",
            &["γιωργοσ", "ΓΙΏΡΓΟΣ", "παπαδοπουλος", "ΠΑΠΑΔΟΠΟΥΛΟΣ"],
        ),
        (
            "أَحْمَد الإدريسيّ",
            &["احمد", "أحمد", "الادريسي", "أَحْمَد", "احـمد"],
        ),
        ("İnci Işık", &["inci", "INCI", "isik", "ışık", "IŞIK"]),
        ("Straße Søren", &["STRASSE", "strasse", "soren", "SØREN"]),
        ("山田 ＴＡＲＯ", &["山田 taro", "taro", "ＴＡＲＯ"]),
        ("Ｗａｎｇ 王伟", &["wang", "WANG", "王伟"]),
        (
            "D’Angelo Ko‑Vac",
            &[
                "d'angelo",
                "D’ANGELO",
                "ko-vac",
                "dangelo",
                "ko vac",
                "kovac",
                "Ko-Vac, D'Angelo",
            ],
        ),
        (
            "Jean-Pierre O'Brien",
            &[
                "jean pierre",
                "JEANPIERRE",
                "OBrien",
                "o’brien jean",
                "o brien",
            ],
        ),
        ("李 國強", &["李国强", "李國強", "国强 李", "强"]),
        (
            "Jürgen Müller",
            &[
                "Müller",
                "muller",
                "mueller",
                "MUELLER",
                "Juergen",
                "jurgen m",
                "Juergen Müller",
                "jurgen mueller",
            ],
        ),
        (
            "Joerg Schroeder-Boehm",
            &["Jörg", "schröder", "BÖHM", "Schroeder", "Böhm, Jörg"],
        ),
        (
            "Åse Bjørnsøn",
            &["aase", "ase", "bjoernsoen", "bjornson", "ÅSE BJØRN"],
        ),
        ("J.R. Okello", &["J.R.", "jr okello", "Okello J.R.", "o j"]),
    ] {
        rename(&forum.delegate("fr"), name).await;
        for search in searches {
            assert_eq!(found(&secretariat, search).await, [name], "{search}");
        }
    }
    for search in ["%", "_", "\\", "nobody at all", "pierre xavier", "z z z z"] {
        assert!(found(&secretariat, search).await.is_empty(), "{search}");
    }
    rename(&forum.delegate("fr"), "Élodie Ñandú").await;
    let mut browser = Browser::signed_in(&forum, "secretariat");
    let page = browser.get("/people?search=elodie%20NANDU").await;
    assert!(page.html.contains("Élodie Ñandú"), "{}", page.html);
}

async fn delegations_and_concepts_are_found_in_every_case_and_script(forum: Forum) {
    let visitor = forum.visitor();
    let document = "query($search: String) { delegations(search: $search) { nodes { slug } } }";
    for (search, slug) in [
        ("cote d'ivoire", "ci"),
        ("CÔTE D’IVOIRE", "ci"),
        ("turkiye", "tr"),
        ("российская", "ru"),
        ("РОССИЙСКАЯ", "ru"),
        ("الاردن", "jo"),
        ("الأُرْدُن", "jo"),
        ("ＫＥＮＹＡ", "ke"),
        ("cote divoire", "ci"),
        ("COTEDIVOIRE", "ci"),
        ("ETATS UNIS", "us"),
        ("vietnam", "vn"),
        ("guinea bissau", "gw"),
        ("guineebissau", "gw"),
        ("肯尼亞", "ke"),
        ("俄羅斯", "ru"),
    ] {
        let seen = visitor.ask(document, json!({ "search": search })).await;
        let found: Vec<&str> = slugs(at(&seen, "delegations.nodes"));
        assert!(found.contains(&slug), "{search}: {found:?}");
    }
    let document = "query($search: String, $scheme: Scheme!) { concepts(scheme: $scheme, search: $search) { nodes { slug } } }";
    for (search, scheme, slug) in [
        ("COTE D'IVOIRE", "REGION", "country-ci"),
        ("ｗｉｐｏ ｉｐａｓ", "TOOL", "wipo-ipas"),
        ("WIPO-IPAS", "TOOL", "wipo-ipas"),
    ] {
        let seen = visitor
            .ask(document, json!({ "search": search, "scheme": scheme }))
            .await;
        let found = slugs(at(&seen, "concepts.nodes"));
        assert!(found.contains(&slug), "{search}: {found:?}");
    }
}

fn slugs(nodes: &Value) -> Vec<&str> {
    let nodes = nodes.as_array().expect("nodes").iter();
    nodes.filter_map(|node| node["slug"].as_str()).collect()
}

async fn people_stand_in_the_order_of_the_readers_language(forum: Forum) {
    let words = ["ke", "fr", "br", "cn", "us", "observer"];
    let names = [
        "Zoltán Zé",
        "Étienne Zé",
        "Ñusta Zé",
        "nadia Zé",
        "Яна Zé",
        "Ёлка Zé",
    ];
    for (word, name) in words.into_iter().zip(names) {
        rename(&forum.person(word), name).await;
    }
    let secretariat = forum.secretariat();
    for (language, order) in [
        // One alphabet after the other, with Ñ as a separate letter in Spanish; Russian sorts Cyrillic first.
        (
            "en",
            [
                "Étienne Zé",
                "nadia Zé",
                "Ñusta Zé",
                "Zoltán Zé",
                "Ёлка Zé",
                "Яна Zé",
            ],
        ),
        (
            "es",
            [
                "Étienne Zé",
                "nadia Zé",
                "Ñusta Zé",
                "Zoltán Zé",
                "Ёлка Zé",
                "Яна Zé",
            ],
        ),
        (
            "ru",
            [
                "Ёлка Zé",
                "Яна Zé",
                "Étienne Zé",
                "nadia Zé",
                "Ñusta Zé",
                "Zoltán Zé",
            ],
        ),
    ] {
        let reader = secretariat.clone();
        let chosen = json!({ "input": { "language": language.to_uppercase() } });
        reader.ask(RENAME, chosen).await;
        assert_eq!(found(&reader, "ze").await, order, "{language}");
        // The same page by page.
        let (mut paged, mut after) = (Vec::new(), Value::Null);
        for _ in 0..3 {
            let variables = json!({ "search": "ze", "first": 2, "after": after });
            let data = reader.ask(PERSONS, variables).await;
            paged.extend(texts(&data, "persons", "name"));
            after = at(&data, "persons.pageInfo.endCursor").clone();
        }
        assert_eq!(paged, order, "{language}");
    }
}

async fn a_place_in_the_list_of_people_outlives_a_renaming(forum: Forum) {
    let secretariat = forum.secretariat();
    rename(&forum.delegate("ke"), "Aalto Zé").await;
    rename(&forum.delegate("fr"), "Béatrice Zé").await;
    let first = secretariat
        .ask(PERSONS, json!({ "search": "zé", "first": 1 }))
        .await;
    assert_eq!(texts(&first, "persons", "name"), ["Aalto Zé"]);
    let after = text(&first, "persons.pageInfo.endCursor");
    rename(&forum.delegate("ke"), "Somebody else").await;
    let second = secretariat
        .ask(
            PERSONS,
            json!({ "search": "zé", "first": 1, "after": after }),
        )
        .await;
    assert_eq!(texts(&second, "persons", "name"), ["Béatrice Zé"]);
    assert!(!own_id(&forum.delegate("ke")).await.is_empty());
}

async fn an_address_finds_its_delegation_and_concept_in_any_case(forum: Forum) {
    let visitor = forum.visitor();
    let document =
        "{ delegation(id: \"KE\") { slug } concept(by: { slug: \"WIPO-IPAS\" }) { slug } }";
    let seen = visitor.ask(document, json!({})).await;
    assert_eq!(text(&seen, "delegation.slug"), "ke");
    assert_eq!(text(&seen, "concept.slug"), "wipo-ipas");
    let mut browser = Browser::of(&forum);
    for path in ["/delegations/KE", "/vocabulary/WIPO-IPAS"] {
        assert_eq!(browser.get(path).await.status, 200, "{path}");
    }
}
