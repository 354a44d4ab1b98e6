//! Help: every page is there in all six languages, leads on, is found where it is needed, and names what the interface shows.

use std::collections::BTreeMap;
use std::fs;

use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::delegation_id;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::forum::Forum;
use crate::support::json::text;
use crate::support::page::Browser;
use crate::support::page::Page;

on_both_databases!(
    every_page_of_help_is_there_in_all_languages_with_the_same_parts,
    every_link_of_a_page_of_help_leads_somewhere,
    help_is_linked_from_where_it_is_needed,
    what_a_page_of_help_names_is_what_the_interface_shows,
);

const LANGUAGES: [(&str, &str); 6] = [
    ("ar", "rtl"),
    ("en", "ltr"),
    ("es", "ltr"),
    ("fr", "ltr"),
    ("ru", "ltr"),
    ("zh", "ltr"),
];

/// The part of a page that is its own.
fn main_part(page: &Page) -> &str {
    let (_, rest) = page.html.split_once("<main").expect("the main part");
    rest.split_once("</main>").expect("its end").0
}

/// The addresses in the main part of a page, in their order and without repetition.
fn addresses(page: &Page) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for part in main_part(page).split("href=\"").skip(1) {
        let (address, _) = part.split_once('"').expect("the end of an address");
        if !found.iter().any(|each| each == address) {
            found.push(address.to_string());
        }
    }
    found
}

/// A part of a page without its samples of code.
fn without_code(part: &str) -> String {
    let mut parts = part.split("<code");
    let first = parts.next().unwrap_or_default().to_string();
    let rest = parts.filter_map(|part| part.split_once("</code>"));
    rest.fold(first, |all, (_, rest)| all + rest)
}

/// The addresses of all pages of help, as their list gives them.
async fn pages(reader: &mut Browser) -> Vec<String> {
    let list = reader.get("/help?lang=en").await;
    assert_eq!(list.status, 200);
    let found = addresses(&list);
    let found = found.into_iter().filter(|path| path.starts_with("/help/"));
    let found: Vec<String> = found.collect();
    assert_eq!(found.len(), 9, "{found:?}");
    found
}

async fn every_page_of_help_is_there_in_all_languages_with_the_same_parts(forum: Forum) {
    let mut reader = Browser::of(&forum);
    let mut paths = pages(&mut reader).await;
    paths.push("/help".to_string());
    for path in paths {
        let mut headings: BTreeMap<usize, &str> = BTreeMap::new();
        let mut titles: Vec<String> = Vec::new();
        for (code, direction) in LANGUAGES {
            let page = reader.get(&format!("{path}?lang={code}")).await;
            assert_eq!(page.status, 200, "{path} {code}");
            page.is_guarded(&path);
            let root = format!("<html lang=\"{code}\" dir=\"{direction}\"");
            assert!(page.html.contains(&root), "{path} {code}");
            let main = main_part(&page);
            headings.insert(main.matches("<h2").count(), code);
            let prose = without_code(main);
            for mark in [
                "{{",
                "}}",
                "**",
                "Unknown localization",
                "<pre dir=\"auto\">",
            ] {
                assert!(!prose.contains(mark), "{path} {code}: {mark}");
            }
            let (_, title) = main.split_once("<h1>").expect("a title");
            let (title, _) = title.split_once("</h1>").expect("its end");
            assert!(!titles.iter().any(|each| each == title), "{path}: {title}");
            titles.push(title.to_string());
            for (other, _) in LANGUAGES {
                let link = format!("hreflang=\"{other}\" href=\"http");
                assert!(page.html.contains(&link), "{path} {code}: {other}");
            }
        }
        assert_eq!(headings.len(), 1, "{path}: {headings:?}");
    }
    assert_eq!(reader.get("/help/nothing").await.status, 404);
}

async fn every_link_of_a_page_of_help_leads_somewhere(forum: Forum) {
    let mut reader = Browser::of(&forum);
    for path in pages(&mut reader).await {
        for (code, _) in LANGUAGES {
            let page = reader.get(&format!("{path}?lang={code}")).await;
            let found = addresses(&page);
            let parts = found.iter().filter(|each| each.starts_with('#')).count();
            assert!(parts >= 5, "{path} {code}: {found:?}");
            assert!(found.contains(&"/help".to_string()), "{path}: {found:?}");
            for address in found {
                if let Some(part) = address.strip_prefix('#') {
                    let id = format!("id=\"{part}\"");
                    assert!(page.html.contains(&id), "{path} {code}: {address}");
                } else if code == "en" && address.starts_with('/') {
                    let there = reader.get(&address).await;
                    assert_eq!(there.status, 200, "{path}: {address}");
                    if let Some((_, part)) = address.split_once('#') {
                        let id = format!("id=\"{part}\"");
                        assert!(there.html.contains(&id), "{path}: {address}");
                    }
                }
            }
        }
    }
}

async fn help_is_linked_from_where_it_is_needed(forum: Forum) {
    let thread = open(&forum.delegate("br"), Draft::default()).await;
    let posted = reply(&forum.delegate("br"), &thread.id, "To be looked at.").await;
    let mut visitor = Browser::of(&forum);
    let links = |page: &Page, name: &str| page.html.contains(&format!("href=\"{name}\""));
    let home = visitor.get("/").await;
    assert!(links(&home, "/help"), "the footer");
    let mut member = Browser::signed_in(&forum, "ke");
    let home = member.get("/").await;
    let (_, menu) = home.html.split_once("drop account").expect("the menu");
    let (menu, _) = menu.split_once("</details>").expect("its end");
    assert!(menu.contains("href=\"/help\""), "{menu}");
    let own = [
        (format!("/threads/{}", thread.id), "/help/write"),
        ("/threads/new".to_string(), "/help/write"),
        (format!("/report?target={}", posted.id), "/help/report"),
        ("/notices".to_string(), "/help/report"),
        ("/settings".to_string(), "/help/access"),
    ];
    for (path, help) in own {
        let page = member.get(&path).await;
        assert!(links(&page, help), "{path}: {}", page.html);
    }
    let mut secretariat = Browser::signed_in(&forum, "secretariat");
    let path = format!("/threads/{}/posts/1/translate", thread.id);
    for (path, help) in [
        ("/moderation", "/help/moderators"),
        ("/invitations", "/help/secretariat"),
        (path.as_str(), "/help/translate"),
    ] {
        let page = secretariat.get(path).await;
        assert!(links(&page, help), "{path}: {}", page.html);
    }
    let invitation = invited(&forum).await;
    let page = visitor.get(&invitation).await;
    assert!(links(&page, "/help/join"), "{}", page.html);
}

/// The address of a new invitation.
async fn invited(forum: &Forum) -> String {
    let input = json!({ "key": "5f7f3c5e-5a1e-4c4e-9d2b-6a1d3b1f7a13", "email": "helped@example.org", "role": "DELEGATE",
        "delegationId": delegation_id(&forum.secretariat(), "ke").await, "title": "Delegate", "capacity": "PERSONAL" });
    let invite = "mutation($input: InviteInput!) { invite(input: $input) { link } }";
    let made = forum
        .secretariat()
        .ask(invite, json!({ "input": input }))
        .await;
    let link = text(&made, "invite.link");
    let at = link.find("/invitations/").expect("a path");
    link[at..].to_string()
}

/// The word of the interface with this key, in a language.
fn word(code: &str, key: &str) -> String {
    let path = format!("src/web/locales/{code}/pages.ftl");
    let texts = fs::read_to_string(path).expect("the texts");
    let begin = format!("{key} = ");
    let mut lines = texts.lines();
    let found = lines.find_map(|line| line.strip_prefix(&begin));
    found.expect(key).to_string()
}

async fn what_a_page_of_help_names_is_what_the_interface_shows(forum: Forum) {
    let thread = open(&forum.delegate("br"), Draft::default()).await;
    let mut member = Browser::signed_in(&forum, "ke");
    for (code, _) in LANGUAGES {
        let page = member
            .get(&format!("/threads/{}?lang={code}", thread.id))
            .await;
        let help = member.get(&format!("/help/write?lang={code}")).await;
        for key in ["reply-send", "draft-keep", "preview"] {
            let said = word(code, key);
            let button = format!(">{said}</button>");
            assert!(page.html.contains(&button), "{code}: {said}");
            let named = format!("<strong>{said}</strong>");
            assert!(help.html.contains(&named), "{code}: {said}");
        }
    }
}
