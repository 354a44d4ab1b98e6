//! All that is wrong with a form is told at once, each by its name, and goes when it is put right.

use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::open;
use crate::support::browser::Chromium;
use crate::support::forum::Forum;
use crate::support::page::Browser;

on_both_databases!(
    all_that_is_wrong_is_told_at_once_by_name,
    what_is_too_long_is_told_with_what_is_missing_and_nothing_is_lost,
    what_is_put_right_is_no_longer_told,
);

async fn all_that_is_wrong_is_told_at_once_by_name(forum: Forum) {
    let mut writer = Browser::signed_in(&forum, "ke");
    for (language, told) in [
        (
            "en",
            [
                "Enter a title.",
                "Enter your text.",
                "Choose the kind of thread.",
                "Choose at least one tool or method.",
                "Choose at least one region.",
            ],
        ),
        (
            "fr",
            [
                "Saisissez un titre.",
                "Saisissez votre texte.",
                "Choisissez la nature du fil.",
                "Choisissez au moins un outil ou une méthode.",
                "Choisissez au moins une région.",
            ],
        ),
    ] {
        let fields = [("language", "EN"), ("title", " "), ("kind", "")];
        let path = format!("/threads/new?lang={language}");
        let page = writer.post(&path, &fields).await;
        assert_eq!(page.status, 422);
        let links: Vec<String> = page
            .elements("a")
            .into_iter()
            .filter_map(|link| link.get("href")?.strip_prefix('#').map(str::to_string))
            .collect();
        for (field, message) in ["title", "body", "kind", "tools", "regions"]
            .iter()
            .zip(told)
        {
            assert!(links.iter().any(|link| link == field), "{field} is led to");
            assert!(page.html.contains(&format!("id=\"{field}\"")), "{field}");
            let times = page.html.matches(message).count();
            assert_eq!(times, 2, "{message} in the summary and beside the field");
        }
    }
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let fields = [("language", "EN"), ("body", "\n \n")];
    let path = format!("/threads/{}?lang=en", opened.id);
    let page = writer.post(&path, &fields).await;
    assert!(page.html.contains("Enter your text."));
}

async fn what_is_too_long_is_told_with_what_is_missing_and_nothing_is_lost(forum: Forum) {
    let mut writer = Browser::signed_in(&forum, "ke");
    let title = "Long ".repeat(60);
    let fields = [
        ("language", "EN"),
        ("kind", "QUESTION"),
        ("title", title.as_str()),
        ("regions", "africa"),
        ("visibility", "MEMBERS"),
    ];
    let page = writer.post("/threads/new", &fields).await;
    assert_eq!(page.status, 422);
    assert!(page.html.contains("Title: This is too long"), "by its name");
    assert!(page.html.contains("Enter your text."));
    assert!(page.html.contains("Choose at least one tool or method."));
    assert!(page.html.contains(title.trim()), "nothing is lost");
    for chosen in [
        "value=\"QUESTION\" selected",
        "value=\"MEMBERS\" selected",
        "value=\"africa\" checked",
    ] {
        assert!(page.html.contains(chosen), "{chosen}");
    }
}

async fn what_is_put_right_is_no_longer_told(forum: Forum) {
    let window = Chromium::signed_in(&forum, "ke").await;
    window.visit("/threads/new").await;
    // Without the scripts' help, as on a slow line.
    window
        .run("document.querySelector('main form:has([name=title])').submit()")
        .await;
    window.find(".trouble li").await;
    window
        .until(
            "the script",
            "return document.querySelector('.trouble').dataset.watched === 'true'",
        )
        .await;
    let told = "return [...document.querySelectorAll('.trouble li:not([hidden])')].length";
    let before = window.run(told).await.as_i64().expect("a number");
    window.fill("title", "A title").await;
    assert_eq!(window.run(told).await, json!(before - 1));
    let beside = "return document.getElementById('title-trouble').hidden";
    assert_eq!(window.run(beside).await, json!(true));
    let marked = "return document.querySelector('[name=title]').hasAttribute('aria-invalid')";
    assert_eq!(window.run(marked).await, json!(false));
    window.close().await;
}
