//! A delegate with a real browser signs in, opens a thread, and sees another person's reply arrive without reloading.

use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::show_to;
use crate::support::browser::Chromium;
use crate::support::database::Kind;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::template;
use crate::support::template::PASSWORD;
use crate::support::template::email;

on_both_databases!(
    a_delegate_opens_a_thread_and_sees_the_reply_arrive,
    the_list_tells_of_new_threads_without_moving,
    an_unsent_text_is_offered_again,
    a_text_typed_beside_an_offered_one_takes_nothing_away,
    a_sign_out_takes_unsent_texts_along,
    a_draft_that_was_let_go_of_is_not_offered_again,
    a_sign_out_asks_about_a_text_that_only_this_browser_has,
    a_reply_beyond_the_page_is_led_to_and_not_put_after_another,
    a_thread_that_is_hidden_says_so_to_its_reader,
    a_page_from_right_to_left_shows_its_content_at_once,
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
    window.click("#kind option[value=QUESTION]").await;
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

    // A marker that a reload would remove.
    window.run("window.mark = 'not reloaded'").await;
    let id = text(&thread, "id");
    reply(
        &forum.delegate("fr"),
        &id,
        "We counted **everything** first.",
    )
    .await;
    window.find("#post-2").await;
    window
        .until_it_says("New reply by Delegate of France")
        .await;
    reply(&forum.delegate("br"), &id, "We hired two examiners.").await;
    window.find("#post-3").await;
    window.until_it_says("We counted everything first.").await;
    window
        .until("the same page", "return window.mark === 'not reloaded'")
        .await;
    window
        .until(
            "each post once",
            "return document.querySelectorAll('#thread > article').length === 3",
        )
        .await;
    window.close().await;
}

/// Selects a concept by its label, in a list or among check boxes, which may be in closed groups.
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
    // One event has arrived, so the page is known to be subscribed.
    reply(&author, &opened.id, "Still open.").await;
    window.find("#post-2").await;
    show_to(&author, &opened.id, "MEMBERS").await;
    window
        .until(
            "the notice",
            "const status = document.querySelector('[role=\"status\"]'); \
             return status.innerText.includes('can no longer be read') && !document.querySelector('#thread > article')",
        )
        .await;
    window.close().await;
}

/// The unsent texts stored in the browser.
const KEPT: &str = "Object.values({...localStorage}).join('')";

async fn a_page_from_right_to_left_shows_its_content_at_once(forum: Forum) {
    open(&forum.delegate("ke"), Draft::titled("Seen from the right")).await;
    let window = Chromium::open(&forum).await;
    for page in ["/", "/vocabulary", "/sign-in"] {
        window.visit(&format!("{page}?lang=ar")).await;
        window.find("html[dir='rtl']").await;
        let beside = "const page = document.documentElement; \
            const box = document.querySelector('main').getBoundingClientRect(); \
            return page.scrollWidth > page.clientWidth || box.left < 0 || box.right > innerWidth";
        assert_eq!(window.run(beside).await, json!(false), "{page}");
    }
    window.close().await;
}

async fn a_text_typed_beside_an_offered_one_takes_nothing_away(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let path = format!("/threads/{}", opened.id);
    let window = Chromium::signed_in(&forum, "fr").await;
    for thought in ["A first thought", "A second thought"] {
        window.visit(&path).await;
        // Beside the forum's draft, which is already in the form.
        window.click("main textarea[name='body']").await;
        window.press(thought).await;
        let kept = format!("return {KEPT}.includes('{thought}')");
        window.until("the draft to be kept", &kept).await;
        window.visit("/about").await;
    }
    window.visit(&path).await;
    // What the form does not already contain is offered beside it.
    let said = "const form = document.querySelector('main textarea[name=\"body\"]').value; \
        const offered = [...document.querySelectorAll('.draft')].map((box) => box.innerText).join(); \
        return ['A first thought', 'A second thought'].every((thought) => (form + offered).includes(thought))";
    window.until("both to be there", said).await;
    window.close().await;
}

async fn a_sign_out_takes_unsent_texts_along(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let window = Chromium::signed_in(&forum, "fr").await;
    window.visit(&format!("/threads/{}", opened.id)).await;
    window.fill("body", "For nobody else to read").await;
    let kept = format!("return {KEPT}.includes('For nobody else')");
    window.until("the draft to be kept", &kept).await;
    window.click_in_menu("#sign-out button").await;
    window
        .until(
            "the sign-out",
            "return !document.querySelector('#sign-out')",
        )
        .await;
    window
        .until("nothing to be kept", &format!("return {KEPT} === ''"))
        .await;
    window.close().await;
}

/// Types a reply and waits until the forum has stored it as a draft.
async fn keep_draft(window: &Chromium, thread: &str, text: &str) {
    window.visit(&format!("/threads/{thread}")).await;
    window.fill("body", text).await;
    window.until_it_says("Draft kept.").await;
}

async fn a_draft_that_was_let_go_of_is_not_offered_again(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let window = Chromium::signed_in(&forum, "fr").await;
    keep_draft(&window, &opened.id, "Half a thought").await;
    window.visit("/drafts").await;
    window.click("form[action='/drafts/discard'] button").await;
    window.until_it_says("You have no drafts").await;
    assert_eq!(window.run(&format!("return {KEPT}")).await, json!(""));
    window.visit(&format!("/threads/{}", opened.id)).await;
    window.click("#reply textarea").await;
    window.find("form[data-helped]").await;
    let offered = "return document.querySelectorAll('.draft').length";
    assert_eq!(window.run(offered).await, json!(0));
    window.close().await;
}

async fn a_sign_out_asks_about_a_text_that_only_this_browser_has(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let window = Chromium::signed_in(&forum, "fr").await;
    keep_draft(&window, &opened.id, "Half a thought").await;
    window.visit("/about").await;
    // Another device has replaced it since.
    let writer = forum.delegate("fr");
    let place =
        json!({ "purpose": "REPLY", "subject": { "threadId": opened.id }, "language": "EN" });
    let draft = "query($place: DraftPlaceInput!) { viewer { draft(place: $place) { revision } } }";
    let data = writer.ask(draft, json!({ "place": place })).await;
    let keep =
        "mutation($input: KeepDraftInput!) { keepDraft(input: $input) { draft { revision } } }";
    let input = json!({ "place": place, "title": "", "body": "Another thought", "revision": at(&data, "viewer.draft.revision") });
    writer.ask(keep, json!({ "input": input })).await;
    window
        .run("window.confirm = (text) => { window.asked = text; return false; }")
        .await;
    window.click_in_menu("#sign-out button").await;
    window
        .until(
            "the question",
            "return Boolean(window.asked?.includes('not kept as drafts: 1'))",
        )
        .await;
    let there = format!("return {KEPT}.includes('Half a thought')");
    assert_eq!(window.run(&there).await, json!(true));
    window.close().await;
}

async fn a_reply_beyond_the_page_is_led_to_and_not_put_after_another(forum: Forum) {
    let author = forum.delegate("ke");
    let opened = open(&author, Draft::default()).await;
    for number in 2..=30 {
        reply(&author, &opened.id, &format!("Number {number}.")).await;
    }
    let window = Chromium::open(&forum).await;
    window.visit(&format!("/threads/{}", opened.id)).await;
    window.find("#post-25").await;
    reply(&author, &opened.id, "The latest of all.").await;
    window.until_it_says("1 new reply").await;
    window.click("[role='status'] a").await;
    window
        .until(
            "the page of the new reply",
            "return location.search === '?number=31' && !!document.querySelector('#post-31') \
             && !document.querySelector('#post-25')",
        )
        .await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_goes_on_by_itself_when_the_server_comes_back() {
    let template = template::of(Kind::Sqlite).await;
    let place = template.copy().await;
    let mut server = Process::serve(place.url(), &[]).await;
    let address = server.address;
    let kenya = Person::new(address, Some(template.token("ke")));
    let opened = open(&kenya, Draft::default()).await;
    let window = Chromium::at(format!("http://{address}")).await;
    window.visit(&format!("/threads/{}", opened.id)).await;
    reply(&kenya, &opened.id, "Before.").await;
    window.find("#post-2").await;
    server.kill();
    let server = Process::serve_at(&address.to_string(), place.url(), &[]).await;
    reply(&kenya, &opened.id, "While nobody listened, perhaps.").await;
    window.find("#post-3").await;
    window.close().await;
    drop(server);
    place.remove().await;
}
