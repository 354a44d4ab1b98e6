//! A delegate at a real browser: signs in, opens a thread, and sees the reply of another arrive without reloading.

use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::show_to;
use crate::support::browser::Chromium;
use crate::support::forum::Forum;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::template::PASSWORD;
use crate::support::template::email;

on_both_databases!(
    a_delegate_opens_a_thread_and_sees_the_reply_arrive,
    the_list_tells_of_new_threads_without_moving,
    an_unsent_text_is_offered_again,
    a_thread_that_is_hidden_says_so_to_its_reader,
);

async fn a_delegate_opens_a_thread_and_sees_the_reply_arrive(forum: Forum) {
    let window = Chromium::open(&forum).await;
    window.visit("/sign-in").await;
    window.fill("email", &email("ke")).await;
    window.fill("password", PASSWORD).await;
    window.click("main form [type='submit']").await;
    window
        .until("the sign-in", "return location.pathname !== '/sign-in'")
        .await;

    window.visit("/threads/new").await;
    window.fill("title", "Clearing a backlog").await;
    window.fill("body", "What did you do *first*?").await;
    for (facet, label) in [
        ("tools", "WIPO IPAS"),
        ("methods", "Webinar"),
        ("regions", "Kenya"),
    ] {
        choose(&window, facet, label).await;
    }
    window
        .click("main form:has([name='title']) [type='submit']")
        .await;
    window.find("#post-1").await;
    let path = window.path().await;
    let list = forum
        .visitor()
        .ask(
            "{ threads { edges { node { id title tools { edges { node { slug } } } } } } }",
            json!({}),
        )
        .await;
    let thread = nodes(&list, "threads").remove(0);
    assert_eq!(text(&thread, "title"), "Clearing a backlog");
    assert_eq!(path, format!("/threads/{}", text(&thread, "id")));

    // A mark that a reload would wipe away.
    window.run("window.mark = 'not reloaded'").await;
    let id = text(&thread, "id");
    reply(
        &forum.delegate("fr"),
        &id,
        "We counted **everything** first.",
    )
    .await;
    window.until_it_says("1 new reply").await;
    window
        .until(
            "it to wait for the reader",
            "return !document.querySelector('#post-2')",
        )
        .await;
    reply(&forum.delegate("br"), &id, "We hired two examiners.").await;
    window.until_it_says("2 new replies").await;
    window
        .click("[role='status'] button, button[role='status']")
        .await;
    window.find("#post-2").await;
    window.find("#post-3").await;
    window.until_it_says("We counted everything first.").await;
    window
        .until("the same page", "return window.mark === 'not reloaded'")
        .await;
    window
        .until(
            "each post once",
            "return document.querySelectorAll('[id^=\"post-\"]').length === 3",
        )
        .await;
    window.close().await;
}

/// Chooses a concept by its label, in a list of choices or among check boxes, which may lie in closed groups.
async fn choose(window: &Chromium, facet: &str, label: &str) {
    let script = format!(
        "const controls = [...document.querySelectorAll('[name=\"{facet}\"]')]; \
         for (const control of controls) {{ \
           if (control.tagName === 'SELECT') {{ \
             const option = [...control.options].find((each) => each.text.includes('{label}')); \
             if (option) {{ option.selected = true; return true; }} \
           }} else {{ \
             const said = control.closest('label') ?? document.querySelector(`label[for=\"${{control.id}}\"]`); \
             if (said && said.textContent.includes('{label}')) {{ control.checked = true; return true; }} \
           }} \
         }} \
         return false"
    );
    window
        .until(&format!("{label} among the {facet}"), &script)
        .await;
}

async fn the_list_tells_of_new_threads_without_moving(forum: Forum) {
    open(&forum.delegate("ke"), Draft::titled("Already here")).await;
    let window = Chromium::signed_in(&forum, "fr").await;
    window.visit("/").await;
    window.until_it_says("Already here").await;
    open(&forum.delegate("cn"), Draft::titled("Just arrived")).await;
    window
        .until(
            "the notice",
            "const status = document.querySelector('[role=\"status\"]'); return !!status && /\\d/.test(status.innerText)",
        )
        .await;
    window
        .until(
            "the list to stay",
            "return !document.body.innerText.includes('Just arrived')",
        )
        .await;
    window
        .click("[role='status'] button, [role='status'] a, button[role='status']")
        .await;
    window.until_it_says("Just arrived").await;
    window.close().await;
}

async fn an_unsent_text_is_offered_again(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let path = format!("/threads/{}", opened.id);
    let window = Chromium::signed_in(&forum, "fr").await;
    window.visit(&path).await;
    window.fill("body", "Half a thought").await;
    window
        .until(
            "the draft to be kept",
            "return Object.values({...localStorage}).some((text) => text.includes('Half a thought'))",
        )
        .await;
    window.visit("/about").await;
    window.visit(&path).await;
    window
        .until(
            "the draft",
            "if (document.querySelector('main textarea[name=\"body\"]').value === 'Half a thought') return true; \
             const offer = document.querySelector('[data-draft-restore]'); if (offer) offer.click(); return false",
        )
        .await;
    window
        .click("main form:has(textarea[name='body']) [type='submit']")
        .await;
    window.find("#post-2").await;
    window
        .until(
            "the draft to be forgotten",
            "return !Object.values({...localStorage}).some((text) => text.includes('Half a thought'))",
        )
        .await;
    window.close().await;
}

async fn a_thread_that_is_hidden_says_so_to_its_reader(forum: Forum) {
    let author = forum.delegate("ke");
    let opened = open(&author, Draft::titled("For now")).await;
    let window = Chromium::open(&forum).await;
    window.visit(&format!("/threads/{}", opened.id)).await;
    window.until_it_says("For now").await;
    // Heard once, so that the page is known to listen.
    reply(&author, &opened.id, "Still open.").await;
    window.until_it_says("1 new reply").await;
    show_to(&author, &opened.id, "MEMBERS").await;
    window
        .until(
            "the notice",
            "const status = document.querySelector('[role=\"status\"]'); \
             return !!status && status.innerText.length > 0 && !status.innerText.includes('1 new reply')",
        )
        .await;
    window.close().await;
}
