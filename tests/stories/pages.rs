//! The pages, read and used without JavaScript.

use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::WITHDRAW;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::forum::Forum;
use crate::support::page::Browser;

on_both_databases!(
    every_page_speaks_the_language_of_its_reader,
    every_page_answers_with_a_policy_that_forbids_inline_scripts,
    what_is_not_there_is_a_page_too,
    a_page_has_the_language_and_direction_of_its_reader,
    a_withdrawn_post_is_a_tombstone_on_the_page,
    the_list_is_filtered_by_its_form,
    an_address_of_the_former_list_leads_to_what_it_filtered,
);

async fn every_page_answers_with_a_policy_that_forbids_inline_scripts(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let input = json!({ "postId": opened.post, "revision": 1, "body": "Edited." });
    kenya.ask(EDIT, json!({ "input": input })).await;
    let thread = format!("/threads/{}", opened.id);
    let own = ["/threads/new", "/sessions"].map(str::to_string);
    let of_post = ["edit", "withdraw"].map(|page| format!("{thread}/posts/1/{page}"));
    let of_thread = ["tags", "change"].map(|page| format!("{thread}/{page}"));
    let open_to_all = [
        "/".to_string(),
        "/?kind=QUESTION&language=FR&region=africa".to_string(),
        "/sign-in".to_string(),
        "/vocabulary".to_string(),
        "/vocabulary/wipo-ipas".to_string(),
        "/about".to_string(),
        thread.clone(),
        format!("{thread}/posts/1/revisions"),
    ];
    let members = own.iter().chain(&of_post).chain(&of_thread);
    for path in &open_to_all {
        for mut browser in [Browser::of(&forum), Browser::signed_in(&forum, "ke")] {
            let page = browser.get(path).await;
            // The sign-in page may redirect a signed-in user.
            let fine = page.status == 200 || (path == "/sign-in" && page.status == 303);
            assert!(fine, "{path}: {}", page.status);
            page.is_guarded(path);
        }
    }
    for path in members {
        let page = Browser::signed_in(&forum, "ke").get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.html);
        page.is_guarded(path);
    }
    for path in ["/invitations", "/vocabulary/wipo-ipas"] {
        let page = Browser::signed_in(&forum, "secretariat").get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.html);
        page.is_guarded(path);
    }
    let page = Browser::of(&forum).get("/").await;
    let linked = page
        .elements("link")
        .into_iter()
        .filter_map(|mut link| link.remove("href"));
    let scripts = page
        .elements("script")
        .into_iter()
        .filter_map(|mut script| script.remove("src"));
    let assets: Vec<String> = linked.chain(scripts).collect();
    assert!(assets.len() >= 2, "a style and a module: {assets:?}");
    for path in assets {
        let asset = Browser::of(&forum).get(&path).await;
        assert_eq!(asset.status, 200, "{path}");
        assert!(
            asset.header("cache-control").contains("immutable"),
            "{path}"
        );
    }
}

async fn what_is_not_there_is_a_page_too(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    for path in [
        "/no-such-page".to_string(),
        "/threads/never-was".to_string(),
        format!("/threads/{}/posts/99/revisions", opened.id),
        "/vocabulary/never-was".to_string(),
        "/invitations/never-was".to_string(),
        "/assets/0/site.css".to_string(),
        "/threads/..%2f..%2fetc%2fpasswd".to_string(),
    ] {
        let page = Browser::of(&forum).get(&path).await;
        assert_eq!(page.status, 404, "{path}");
        page.is_guarded(&path);
    }
}

async fn a_page_has_the_language_and_direction_of_its_reader(forum: Forum) {
    for (code, direction) in [
        ("ar", "rtl"),
        ("en", "ltr"),
        ("es", "ltr"),
        ("fr", "ltr"),
        ("ru", "ltr"),
        ("zh", "ltr"),
    ] {
        let mut browser = Browser::of(&forum);
        for path in [&format!("/?lang={code}"), "/vocabulary", "/no-such-page"] {
            let page = browser.get(path).await;
            let html = page.elements("html").remove(0);
            assert_eq!(html["lang"], code, "{path}");
            assert_eq!(html["dir"], direction, "{path}");
        }
    }
    let draft = Draft {
        language: "AR",
        ..Draft::titled("تجربة")
    };
    let opened = open(&forum.delegate("ke"), draft).await;
    let page = Browser::of(&forum)
        .get(&format!("/threads/{}", opened.id))
        .await;
    assert!(
        page.html.contains("lang=\"ar\""),
        "a text has its own language"
    );
    assert!(page.html.contains("dir=\"auto\""), "and its own direction");
}

async fn a_withdrawn_post_is_a_tombstone_on_the_page(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let posted = reply(&kenya, &opened.id, "Not cleared yet.").await;
    let path = format!("/threads/{}", opened.id);
    assert!(
        Browser::of(&forum)
            .get(&path)
            .await
            .html
            .contains("Not cleared yet.")
    );
    let input = json!({ "postId": posted.id });
    kenya.ask(WITHDRAW, json!({ "input": input })).await;
    for mut browser in [Browser::of(&forum), Browser::signed_in(&forum, "ke")] {
        let page = browser.get(&path).await;
        assert!(!page.html.contains("Not cleared yet."));
        assert!(page.html.contains("id=\"post-2\""), "its place stays");
    }
}

async fn the_list_is_filtered_by_its_form(forum: Forum) {
    let kenya = forum.delegate("ke");
    open(&kenya, Draft::titled("About Kenya")).await;
    let draft = Draft {
        regions: &["country-br"],
        ..Draft::titled("About Brazil")
    };
    open(&kenya, draft).await;
    let mut browser = Browser::of(&forum);
    let page = browser.get("/threads").await;
    let offered: Vec<String> = page
        .elements("input")
        .into_iter()
        .filter(|input| input.get("name").is_some_and(|name| name == "regions"))
        .filter_map(|mut input| input.remove("value"))
        .collect();
    assert!(offered.contains(&"africa".to_string()), "{offered:?}");
    assert!(
        !offered.contains(&"country-fr".to_string()),
        "nothing is there"
    );
    let filtered = browser.get("/threads?regions=africa").await;
    assert_eq!(filtered.status, 200);
    assert!(filtered.html.contains("About Kenya"));
    assert!(!filtered.html.contains("About Brazil"));
    let tomorrow = &forum.moment_in(86_400)[..10];
    let later = browser.get(&format!("/threads?from={tomorrow}")).await;
    assert!(!later.html.contains("About Kenya"));
    let until = browser.get(&format!("/threads?until={tomorrow}")).await;
    assert!(until.html.contains("About Kenya"));
    let nonsense = browser.get("/threads?from=nonsense").await;
    assert!(nonsense.html.contains("id=\"from-trouble\""));
}

async fn an_address_of_the_former_list_leads_to_what_it_filtered(forum: Forum) {
    let kenya = forum.delegate("ke");
    open(&kenya, Draft::titled("About Kenya")).await;
    let draft = Draft {
        regions: &["country-br"],
        ..Draft::titled("About Brazil")
    };
    open(&kenya, draft).await;
    let page = Browser::of(&forum).get("/?regions=africa").await;
    assert_eq!(page.status, 200);
    assert!(page.html.contains("About Kenya"));
    assert!(!page.html.contains("About Brazil"));
}

async fn every_page_speaks_the_language_of_its_reader(forum: Forum) {
    open(&forum.delegate("ke"), Draft::default()).await;
    let said = [
        ("ar", "الموضوعات"),
        ("en", "Discussions"),
        ("es", "Debates"),
        ("fr", "Discussions"),
        ("ru", "Темы"),
        ("zh", "主题"),
    ];
    for (code, threads) in said {
        let page = Browser::of(&forum)
            .get(&format!("/threads?lang={code}"))
            .await;
        assert!(page.html.contains(&format!("<html lang=\"{code}\"")));
        assert!(page.html.contains(threads), "{code}: {threads}");
        for (_, word) in said {
            let title = format!("<h1>{word}</h1>");
            assert_eq!(
                page.html.contains(&title),
                word == threads,
                "{code}: {word}"
            );
        }
    }
}
