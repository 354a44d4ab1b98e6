//! Pages with interrupted connections: what is written is sent once, later, and what happened in the meantime is there afterwards.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::WITHDRAW;
use crate::support::acts::decide;
use crate::support::acts::open;
use crate::support::acts::reply;
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
use crate::support::wait::until;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_written_without_a_line_is_sent_once_when_it_returns() {
    let template = template::of(Kind::Sqlite).await;
    let place = template.copy().await;
    let mut server = Process::serve(place.url(), &[]).await;
    let address = server.address;
    let kenya = Person::new(address, Some(template.token("ke")));
    let going = open(&kenya, Draft::titled("Goes on")).await;
    let locked = open(&kenya, Draft::titled("Locked meanwhile")).await;
    let window = Chromium::at(format!("http://{address}")).await;
    window.sign_in(&email("fr"), PASSWORD).await;
    for thread in [&locked.id, &going.id] {
        window.visit(&format!("/threads/{thread}")).await;
        let kept = format!(
            "return caches.match('/threads/{thread}').then((kept) => Boolean(kept)) \
             .then((page) => page && caches.keys()).then((all) => all && caches.open('assets')) \
             .then((files) => files && files.keys()).then((files) => Boolean(files) && files.some(({{ url }}) => url.endsWith('outbox.js')))"
        );
        window.until("the thread to be kept", &kept).await;
    }
    server.kill();

    // Reloaded offline: a visited page can be read and written in.
    window.visit(&format!("/threads/{}", going.id)).await;
    window.until_it_says("Goes on").await;
    for thought in ["First thought.", "Second thought."] {
        window.fill("body", thought).await;
        window.click(SEND).await;
        let waits =
            format!("return document.getElementById('outbox').innerText.includes('{thought}')");
        window.until("it to wait", &waits).await;
    }
    window.visit(&format!("/threads/{}", locked.id)).await;
    window.fill("body", "Too late, perhaps.").await;
    window.click(SEND).await;
    window
        .until(
            "it to wait",
            "return document.getElementById('outbox').innerText.includes('Too late')",
        )
        .await;

    // Other pages of the forum continue to work.
    let mut elsewhere = Process::serve(place.url(), &[]).await;
    let secretariat = Person::new(elsewhere.address, Some(template.token("secretariat")));
    decide(&secretariat, "LOCK_THREAD", &[&locked.id]).await;
    elsewhere.kill();
    let server = Process::serve_at(&address.to_string(), place.url(), &[]).await;
    window
        .until(
            "the refusal with the text",
            "const box = document.querySelector('#outbox .refused'); \
             return Boolean(box) && box.innerText.includes('locked') && box.innerText.includes('Too late, perhaps.')",
        )
        .await;
    window.visit(&format!("/threads/{}", going.id)).await;
    window.find("#post-3").await;
    let document = "query($id: ID!) { thread(id: $id) { posts { edges { node { body } } } } }";
    let reader = Person::new(address, None);
    let data = reader.ask(document, json!({ "id": going.id })).await;
    let posts = nodes(at(&data, "thread"), "posts");
    let bodies: Vec<String> = posts
        .iter()
        .skip(1)
        .map(|post| text(post, "body"))
        .collect();
    assert_eq!(bodies, ["First thought.", "Second thought."]);
    let data = reader.ask(document, json!({ "id": locked.id })).await;
    assert_eq!(nodes(at(&data, "thread"), "posts").len(), 1);
    window.close().await;
    drop(server);
    place.remove().await;
}

on_both_databases!(
    a_page_of_one_person_does_nothing_in_the_name_of_another,
    a_text_is_sent_by_whatever_button_once_its_draft_has_arrived,
);

async fn a_text_is_sent_by_whatever_button_once_its_draft_has_arrived(forum: Forum) {
    let thread = open(&forum.delegate("ke"), Draft::default()).await;
    let path = format!("/threads/{}", thread.id);
    let window = Chromium::signed_in(&forum, "fr").await;
    // Saving takes longer than the timeout; what was recorded first counts.
    let slowly = "sessionStorage.clear(); const ask = window.fetch; \
        window.note = (what) => sessionStorage.setItem('order', (sessionStorage.getItem('order') ?? '') + what + ' '); \
        addEventListener('pagehide', () => note('left')); \
        window.fetch = async (...given) => { \
            const { body = '' } = given[1] ?? {}; \
            if (body.includes('keepDraft(')) { \
                note('keeping'); await new Promise((done) => setTimeout(done, 5000)); \
                const answer = await ask(...given); note('kept'); return answer; \
            } \
            if (body.includes('reply(')) note('sent'); \
            return ask(...given); \
        }";
    let order = "return (sessionStorage.getItem('order') ?? '').trim()";
    for (button, body, end) in [
        ("#reply [name=keep]", "Kept by hand", "keeping kept left"),
        (SEND, "Sent by script", "keeping kept sent"),
    ] {
        window.visit(&path).await;
        window.run(slowly).await;
        window.fill("body", body).await;
        let begun = format!("{order} === 'keeping'");
        window.until("a draft on its way", &begun).await;
        window.click(button).await;
        let done = format!("{order} === '{end}'");
        window.until(end, &done).await;
    }
    window.find("#post-2").await;
    let document = "{ viewer { drafts { edges { node { body } } } } }";
    until("no draft of what was sent", || async {
        let data = forum.delegate("fr").ask(document, json!({})).await;
        nodes(at(&data, "viewer"), "drafts")
            .is_empty()
            .then_some(())
    })
    .await;
    window.close().await;
}

async fn a_page_of_one_person_does_nothing_in_the_name_of_another(forum: Forum) {
    let thread = open(&forum.delegate("ke"), Draft::default()).await;
    let window = Chromium::signed_in(&forum, "fr").await;
    window.visit(&format!("/threads/{}", thread.id)).await;
    window.fill("body", "Written by one").await;
    window.until_it_says("Draft saved.").await;
    // In another tab somebody else signs in.
    let sign_in = format!(
        "const body = new URLSearchParams({{ email: '{}', password: '{PASSWORD}' }}); \
         return fetch('/sign-out', {{ method: 'POST' }}).then(() => fetch('/sign-in', {{ method: 'POST', body }})) \
         .then((answer) => answer.ok)",
        email("br")
    );
    assert_eq!(window.run(&sign_in).await, json!(true));
    window.fill("body", "Written by one, ended by one").await;
    window.click(SEND).await;
    window.until("it to wait", WAITS).await;
    let document = "query($id: ID!) { thread(id: $id) { lastNumber } viewer { drafts { edges { node { body } } } } }";
    let other = forum.delegate("br");
    let data = other.ask(document, json!({ "id": thread.id })).await;
    assert_eq!(at(&data, "thread.lastNumber"), &json!(1));
    assert!(nodes(at(&data, "viewer"), "drafts").is_empty(), "{data:#}");
    // The other person's pages show nothing of it, and send nothing.
    window.visit(&format!("/threads/{}", thread.id)).await;
    window
        .until(
            "the page of the other",
            "return !document.getElementById('presence').hidden",
        )
        .await;
    let shown = "return document.body.innerText.includes('Written by one')";
    assert_eq!(window.run(shown).await, json!(false));
    // The first person returns, and it is sent.
    window.click_in_menu("#sign-out button").await;
    window.find("header a[href^='/sign-in']").await;
    window.sign_in(&email("fr"), PASSWORD).await;
    window.visit(&format!("/threads/{}", thread.id)).await;
    window.find("#post-2").await;
    window.until_it_says("Written by one, ended by one").await;
    let data = other.ask(document, json!({ "id": thread.id })).await;
    assert_eq!(at(&data, "thread.lastNumber"), &json!(2));
    window.close().await;
}

/// Submits a form that has other buttons as well.
const SEND: &str = "main form[data-compose] button[type=submit]:not([name])";

/// What a thread's page shows: number, state and text of each post.
const SHOWN: &str = "return [...document.querySelectorAll('#thread > article')].map((post) => [Number(post.dataset.number), \
    post.querySelector('[data-slot=body]').innerText.trim()])";

/// The connection is cut while more happens than a page shows; a log that retains less than that reports a gap instead.
async fn a_cut_leaves_nothing_missing_and_nothing_doubled(kept: &'static str) {
    let template = template::of(Kind::Sqlite).await;
    let place = template.copy().await;
    let mut server = Process::serve(place.url(), &[]).await;
    let address = server.address;
    let kenya = Person::new(address, Some(template.token("ke")));
    let thread = open(&kenya, Draft::default()).await;
    let mut ids = vec![thread.post.clone()];
    for count in 2..=8 {
        ids.push(
            reply(&kenya, &thread.id, &format!("Number {count}."))
                .await
                .id,
        );
    }
    let window = Chromium::at(format!("http://{address}")).await;
    window.visit(&format!("/threads/{}", thread.id)).await;
    window.run("window.mark = 'not reloaded'").await;
    window
        .until(
            "the line",
            "return !document.getElementById('presence').hidden",
        )
        .await;
    server.kill();

    let mut elsewhere = Process::serve(place.url(), &["--log-events", kept]).await;
    let there = kenya.at(elsewhere.address);
    for count in 9..=130 {
        reply(&there, &thread.id, &format!("Number {count}.")).await;
    }
    let input = json!({ "postId": ids[2], "revision": 1, "body": "Number 3, edited." });
    there.ask(EDIT, json!({ "input": input })).await;
    let input = json!({ "postId": ids[3] });
    there.ask(WITHDRAW, json!({ "input": input })).await;
    let most: usize = kept.parse().expect("a number");
    until("the log to be shortened", || async {
        let rows = place.query("select position from event").await;
        (rows.len() <= most).then_some(())
    })
    .await;
    elsewhere.kill();
    let server = Process::serve_at(&address.to_string(), place.url(), &[]).await;
    let last = "return Boolean(document.querySelector('#post-130')) \
        && document.getElementById('thread').innerText.includes('Number 3, edited.')";
    window.until("what happened meanwhile", last).await;
    reply(&kenya, &thread.id, "Number 131.").await;
    window.find("#post-131").await;
    let expected: Vec<Value> = (1..=131)
        .map(|count| match count {
            1 => json!([1, Draft::default().body]),
            3 => json!([3, "Number 3, edited."]),
            4 => json!([4, ""]),
            _ => json!([count, format!("Number {count}.")]),
        })
        .collect();
    assert_eq!(window.run(SHOWN).await, Value::Array(expected));
    let same = "return window.mark === 'not reloaded'";
    assert_eq!(window.run(same).await, json!(true));
    window.close().await;
    drop(server);
    place.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_cut_leaves_nothing_missing_and_nothing_doubled() {
    a_cut_leaves_nothing_missing_and_nothing_doubled("100000").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_longer_than_the_log_leaves_nothing_missing_and_nothing_doubled() {
    a_cut_leaves_nothing_missing_and_nothing_doubled("5").await;
}

const WAITS: &str = "const box = document.querySelector('#outbox .pending:not(.refused)'); \
    return Boolean(box) && /online/i.test(box.innerText)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thread_and_an_edit_written_without_a_line_are_sent_when_it_returns() {
    let template = template::of(Kind::Sqlite).await;
    let place = template.copy().await;
    let mut server = Process::serve(place.url(), &[]).await;
    let address = server.address;
    let france = Person::new(address, Some(template.token("fr")));
    let own = open(&france, Draft::titled("My own")).await;
    let window = Chromium::at(format!("http://{address}")).await;
    window.sign_in(&email("fr"), PASSWORD).await;

    // Without a tag, which only the forum knows to be required.
    window.visit("/threads/new").await;
    window.click("#kind option[value=QUESTION]").await;
    window.fill("title", "Written in the air").await;
    window.fill("body", "Between two airports.").await;
    window.click("summary#tools").await;
    window.click("input[name=tools][value=wipo-ipas]").await;
    server.kill();
    window.click(SEND).await;
    window.until("it to wait", WAITS).await;
    let mut server = Process::serve_at(&address.to_string(), place.url(), &[]).await;
    let refused = "const box = document.querySelector('#outbox .refused'); \
        return Boolean(box) && box.innerText.includes('Between two airports.')";
    window.until("the refusal with the text", refused).await;

    // Another page links to it; taken back, it is unchanged.
    window.visit("/about").await;
    window.click("#outbox .refused a").await;
    window.click("#outbox .refused button").await;
    let restored = "const { title, body } = document.querySelector('main form[data-compose]').elements; \
        return title.value === 'Written in the air' && body.value === 'Between two airports.' \
        && document.querySelector('input[name=tools][value=wipo-ipas]').checked && document.getElementById('outbox').hidden";
    window.until("the text in its form", restored).await;
    window.click("summary#regions").await;
    window.click("input[name=regions][value=country-ke]").await;
    server.kill();
    window.click(SEND).await;
    window.until("it to wait", WAITS).await;
    let mut server = Process::serve_at(&address.to_string(), place.url(), &[]).await;
    window.find("#post-1").await;
    window.until_it_says("Between two airports.").await;

    window
        .visit(&format!("/threads/{}/posts/1/edit", own.id))
        .await;
    window.fill("body", "Changed in the air.").await;
    server.kill();
    window.click(SEND).await;
    window.until("it to wait", WAITS).await;
    let mut server = Process::serve_at(&address.to_string(), place.url(), &[]).await;
    window.find("#post-1").await;
    window.until_it_says("Changed in the air.").await;

    // An edit that had arrived, when only its response was lost, does not conflict with itself.
    window
        .visit(&format!("/threads/{}/posts/1/edit", own.id))
        .await;
    window.fill("body", "Changed twice.").await;
    server.kill();
    window.click(SEND).await;
    window.until("it to wait", WAITS).await;
    let mut elsewhere = Process::serve(place.url(), &[]).await;
    let input = json!({ "postId": own.post, "revision": 2, "body": "Changed twice." });
    let there = france.at(elsewhere.address);
    there.ask(EDIT, json!({ "input": input })).await;
    elsewhere.kill();
    let server = Process::serve_at(&address.to_string(), place.url(), &[]).await;
    window.find("#post-1").await;
    window.until_it_says("Changed twice.").await;
    let none = "return document.getElementById('outbox').hidden";
    window.until("nothing to wait", none).await;

    let document = "{ threads { totalCount edges { node { title posts { edges { node { body revision } } } } } } \
        viewer { drafts { edges { node { id } } } } }";
    let data = france.ask(document, json!({})).await;
    let threads = nodes(&data, "threads");
    let titled = |title: &str| -> Vec<&Value> {
        let all = threads.iter();
        all.filter(|thread| text(thread, "title") == title)
            .collect()
    };
    assert_eq!(titled("Written in the air").len(), 1);
    let post = nodes(titled("My own")[0], "posts").remove(0);
    assert_eq!(text(&post, "body"), "Changed twice.");
    assert_eq!(at(&post, "revision"), &json!(3));
    assert!(nodes(at(&data, "viewer"), "drafts").is_empty(), "{data:#}");
    window.close().await;
    drop(server);
    place.remove().await;
}
