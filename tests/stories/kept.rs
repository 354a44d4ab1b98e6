//! What a browser stores: readable and styled offline, complete, private to its writer, and removed from it when the forum no longer shows
//! it.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::WITHDRAW;
use crate::support::acts::decide;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::show_to;
use crate::support::acts::undo;
use crate::support::browser::Chromium;
use crate::support::database::Kind;
use crate::support::database::Place;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::moderating::decide_with;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::renaming::Renaming;
use crate::support::template;
use crate::support::template::PASSWORD;
use crate::support::template::Template;
use crate::support::template::email;
use crate::support::wait::until;

on_both_databases!(
    two_versions_of_a_draft_stay_until_their_writer_chooses,
    a_draft_whose_thread_was_locked_is_whole_and_can_be_written_on,
    who_signs_out_leaves_nothing_behind_and_loses_nothing,
    whoever_signs_in_next_finds_nothing_of_the_one_before,
);

/// A server that can be stopped for a while, with its database.
struct Scene {
    template: &'static Template,
    place: Place,
    server: Option<Process>,
    address: std::net::SocketAddr,
}

impl Scene {
    async fn new() -> Scene {
        let template = template::of(Kind::Sqlite).await;
        let place = template.copy().await;
        let server = Process::serve(place.url(), &[]).await;
        let address = server.address;
        Scene {
            template,
            place,
            server: Some(server),
            address,
        }
    }

    fn person(&self, word: &str) -> Person {
        Person::new(self.address, Some(self.template.token(word)))
    }

    async fn window(&self) -> Chromium {
        Chromium::at(format!("http://{}", self.address)).await
    }

    fn goes(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill();
        }
    }

    async fn returns(&mut self) {
        let address = self.address.to_string();
        self.server = Some(Process::serve_at(&address, self.place.url(), &[]).await);
    }

    async fn end(mut self, window: Chromium) {
        window.close().await;
        self.goes();
        self.place.remove().await;
    }
}

/// Visits a thread and waits until it is stored.
async fn keep(window: &Chromium, thread: &str) {
    window.visit(&format!("/threads/{thread}")).await;
    let kept = format!("return caches.match('/threads/{thread}').then(Boolean)");
    window.until("the thread to be kept", &kept).await;
}

/// All stored pages, concatenated.
const PAGES: &str = "caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith('pages:')).map((name) => \
    caches.open(name).then((pages) => pages.matchAll()).then((all) => Promise.all(all.map((page) => page.text()))))))\
    .then((texts) => texts.flat().join(''))";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_forum_shows_no_longer_goes_out_of_the_kept_pages() {
    let mut scene = Scene::new().await;
    let (author, secretariat) = (scene.person("ke"), scene.person("secretariat"));
    let thread = open(&author, Draft::titled("Stays")).await;
    let mut ids = Vec::new();
    for body in [
        "Said and withdrawn.",
        "Said and hidden.",
        "Said for good.",
        "Said and hidden in view.",
    ] {
        ids.push(reply(&author, &thread.id, body).await.id);
    }
    let closed = open(&author, Draft::titled("For members soon")).await;
    let window = scene.window().await;
    keep(&window, &closed.id).await;
    keep(&window, &thread.id).await;
    // While the page is open.
    decide(&secretariat, "HIDE_POST", &[&ids[3]]).await;
    let gone = |text: &str| {
        format!(
            "return {PAGES}.then((kept) => kept.includes('Said for good.') && !kept.includes('{text}'))"
        )
    };
    window
        .until("the text to go", &gone("Said and hidden in view."))
        .await;
    // While it is closed, and the browser contacts the forum through another page.
    window.visit("/sign-in").await;
    author
        .ask(WITHDRAW, json!({ "input": { "postId": ids[0] } }))
        .await;
    decide(&secretariat, "HIDE_POST", &[&ids[1]]).await;
    show_to(&author, &closed.id, "MEMBERS").await;
    window.visit("/about").await;
    for text in [
        "Said and withdrawn.",
        "Said and hidden.",
        "For members soon",
    ] {
        window.until(text, &gone(text)).await;
    }
    scene.goes();
    window.visit(&format!("/threads/{}", thread.id)).await;
    window.until_it_says("Said for good.").await;
    let said = "return document.body.innerText.includes('Said and')";
    assert_eq!(window.run(said).await, json!(false));
    window.visit(&format!("/threads/{}", closed.id)).await;
    window.until_it_says("You are offline").await;
    let said = "return document.body.innerHTML.includes('For members soon')";
    assert_eq!(window.run(said).await, json!(false));
    scene.end(window).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_line_every_page_says_so_and_leads_to_what_is_kept_and_what_waits() {
    let mut scene = Scene::new().await;
    let thread = open(&scene.person("ke"), Draft::titled("Lisible <partout>")).await;
    let window = scene.window().await;
    window.sign_in(&email("fr"), PASSWORD).await;
    window.visit("/about?lang=fr").await;
    keep(&window, &thread.id).await;
    keep(&window, &format!("{}?number=1", thread.id)).await;
    let listed = "return caches.match('/offline').then((list) => list?.text()).then((html) => Boolean(html) && html.includes('lang=\"fr\"'))";
    window.until("the list", listed).await;
    scene.goes();
    for path in ["/threads", "/vocabulary", "/threads?regions=africa"] {
        window.visit(path).await;
        window.find("html[lang=fr][data-kept=list]").await;
        let says = "return document.querySelector('h1').innerText === 'Vous êtes hors ligne'";
        assert_eq!(window.run(says).await, json!(true), "{path}");
    }
    let entries = "return document.querySelectorAll('main .lines li').length";
    assert_eq!(window.run(entries).await, json!(1), "one entry per thread");
    let styled = "return getComputedStyle(document.querySelector('.top > div')).display";
    assert_eq!(window.run(styled).await, json!("flex"), "it is styled");
    let strip = "return document.getElementById('strip').innerText.trim()";
    window
        .until(
            "the strip",
            "return document.getElementById('strip').innerText.includes('Hors ligne')",
        )
        .await;
    window.click("main .lines a").await;
    window.find("#post-1").await;
    window.fill("body", "Écrit sans ligne.").await;
    window.click("#reply button[type=submit]:not([name])").await;
    let counts =
        "return document.getElementById('strip').innerText.includes('En attente d’envoi : 1')";
    window.until("what waits", counts).await;
    // Every page shows it and links to it.
    window.visit("/threads").await;
    window.until("what waits", counts).await;
    window.click("#strip a").await;
    let there = "return location.hash === '#kept' && document.querySelector('#outbox .pending').innerText.includes('Écrit sans ligne.')";
    window.until("what waits in view", there).await;
    scene.returns().await;
    // The page that failed to load appears by itself.
    window.find("#threads").await;
    let author = scene.person("ke");
    until("it to be sent", || async {
        let document = "query($id: ID!) { thread(id: $id) { lastNumber } }";
        let data = author.ask(document, json!({ "id": thread.id })).await;
        (at(&data, "thread.lastNumber") == &json!(2)).then_some(())
    })
    .await;
    window
        .until(
            "nothing to wait",
            "return document.getElementById('kept').hidden",
        )
        .await;
    assert_eq!(window.run(strip).await, json!(""));
    scene.end(window).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kept_page_is_styled_after_the_forum_has_changed() {
    let mut scene = Scene::new().await;
    let thread = open(&scene.person("ke"), Draft::titled("From before")).await;
    // The previous version's files have addresses that the next version does not have.
    let page = scene.person("ke").request(reqwest::Method::GET, "/about");
    let html = page
        .send()
        .await
        .expect("a page")
        .text()
        .await
        .expect("its text");
    let version = html.split("/assets/").nth(1).expect("an asset");
    let version = version.split('/').next().expect("its version");
    let way = Renaming::before(scene.address, version, "0123456789ab").await;
    let window = Chromium::at(format!("http://{}", way.address)).await;
    window.sign_in(&email("fr"), PASSWORD).await;
    keep(&window, &thread.id).await;
    way.end();
    let kept = |version: &str| {
        format!(
            "return caches.open('assets').then((files) => files.keys()) \
             .then((all) => all.some(({{ url }}) => url.endsWith('/assets/{version}/outbox.js')))"
        )
    };
    window
        .until("the files of before", &kept("0123456789ab"))
        .await;
    window.visit("/about").await;
    window.until("the files of after", &kept(version)).await;
    window.visit("/threads").await;
    scene.goes();
    window.tell("Network.enable", json!({})).await;
    window.tell("Network.clearBrowserCache", json!({})).await;
    window.visit(&format!("/threads/{}", thread.id)).await;
    window.until_it_says("From before").await;
    let styled = "return getComputedStyle(document.querySelector('.top > div')).display === 'flex'";
    assert_eq!(window.run(styled).await, json!(true));
    window.click("#reply textarea").await;
    window.find("form[data-helped]").await;
    scene.end(window).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_was_not_taken_is_whole_and_can_be_taken_back_anywhere() {
    let mut scene = Scene::new().await;
    let author = scene.person("ke");
    let thread = open(&author, Draft::titled("Locked meanwhile")).await;
    let into = open(&author, Draft::titled("The other")).await;
    let merged = open(&author, Draft::titled("Merged meanwhile")).await;
    let window = scene.window().await;
    window.sign_in(&email("fr"), PASSWORD).await;
    keep(&window, &merged.id).await;
    keep(&window, &thread.id).await;
    let text_of = |word: &str| format!("{word} {} the end of it", "wörd e\u{301} ".repeat(150));
    let (first, second) = (text_of("First"), text_of("Second"));
    let write = async |text: &str| {
        let fill = format!(
            "const area = document.querySelector('#reply textarea'); area.focus(); area.value = {}; area.dispatchEvent(new Event('input', {{ bubbles: true }}))",
            json!(text)
        );
        window.find("#reply textarea").await;
        window.run(&fill).await;
        window.find("form[data-helped]").await;
        window.click("#reply button[type=submit]:not([name])").await;
        window
            .until(
                "it to wait",
                "return Boolean(document.querySelector('#outbox .pending'))",
            )
            .await;
    };
    scene.goes();
    window.visit(&format!("/threads/{}", thread.id)).await;
    write(&first).await;
    window.visit(&format!("/threads/{}", merged.id)).await;
    write(&second).await;
    let mut elsewhere = Process::serve(scene.place.url(), &[]).await;
    let secretariat = Person::new(elsewhere.address, Some(scene.template.token("secretariat")));
    let lock = decide(&secretariat, "LOCK_THREAD", &[&thread.id]).await;
    let more = json!({ "intoThreadId": into.id });
    decide_with(&secretariat, "MERGE_THREADS", &[&merged.id], more).await;
    elsewhere.kill();
    scene.returns().await;

    // On a page of its own, on any other, and where nobody can write any more.
    let bodies = "return [...document.querySelectorAll('#outbox .refused .explanation')].map((text) => text.textContent)";
    for path in ["/about", &format!("/threads/{}", thread.id), "/threads"] {
        window.visit(path).await;
        window
            .until(
                "both",
                "return document.querySelectorAll('#outbox .refused').length === 2",
            )
            .await;
        assert_eq!(window.run(bodies).await, json!([first, second]), "{path}");
    }
    for (at, whole) in [(0, &first), (1, &second)] {
        let take = format!(
            "document.querySelectorAll('#outbox .refused')[{at}].querySelector('button').click()"
        );
        window.run(&take).await;
        let value = format!(
            "return document.querySelectorAll('#outbox .refused')[{at}].querySelector('textarea').value"
        );
        assert_eq!(window.run(&value).await, json!(whole));
    }
    window.click("#outbox .refused textarea").await;
    window.press("!").await;
    undo(&scene.person("secretariat"), &lock).await;
    let again = "document.querySelectorAll('#outbox .refused button').forEach((button, at) => at % 2 === 0 && button.click())";
    window.run(again).await;
    window
        .until(
            "both to be sent",
            "return document.getElementById('outbox').hidden",
        )
        .await;
    let document = "query($id: ID!) { thread(id: $id) { posts { edges { node { body } } } } }";
    let last = async |id: &str| {
        let data = author.ask(document, json!({ "id": id })).await;
        text(
            nodes(at(&data, "thread"), "posts").last().expect("a post"),
            "body",
        )
    };
    assert!(
        last(&thread.id).await.contains(" the end of it") && last(&thread.id).await.contains('!')
    );
    assert_eq!(last(&into.id).await, second);
    scene.end(window).await;
}

async fn two_versions_of_a_draft_stay_until_their_writer_chooses(forum: Forum) {
    let thread = open(&forum.delegate("ke"), Draft::default()).await;
    let path = format!("/threads/{}", thread.id);
    let other = forum.delegate("fr");
    let place =
        json!({ "purpose": "REPLY", "subject": { "threadId": thread.id }, "language": "EN" });
    let kept = async || {
        let document =
            "query($place: DraftPlaceInput!) { viewer { draft(place: $place) { body revision } } }";
        let data = other.ask(document, json!({ "place": place })).await;
        at(&data, "viewer.draft").clone()
    };
    let keep = async |body: &str, revision: i64| {
        let document =
            "mutation($input: KeepDraftInput!) { keepDraft(input: $input) { draft { revision } } }";
        let input = json!({ "place": place, "body": body, "revision": revision });
        other.ask(document, json!({ "input": input })).await;
    };
    let window = Chromium::signed_in(&forum, "fr").await;
    window.visit(&path).await;
    window.click("#reply textarea").await;
    window.press("Written here").await;
    window.until_it_says("Draft kept.").await;
    keep("Written on the telephone", 1).await;
    window.press(", and more").await;
    window.find(".conflict").await;
    // The next letters replace nothing.
    window.press(", and still more").await;
    let whole = "const { innerText } = document.querySelector('.conflict'); \
        return innerText.includes('Written here, and more, and still more') && innerText.includes('Written on the telephone')";
    window.until("both texts", whole).await;
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    assert_eq!(text(&kept().await, "body"), "Written on the telephone");
    window.click("button[data-keep-mine]").await;
    until("the own text to be kept", || async {
        (text(&kept().await, "body") == "Written here, and more, and still more").then_some(())
    })
    .await;
    let revision = at(&kept().await, "revision").as_i64().expect("a number");
    keep("Written on the tablet", revision).await;
    window.press("!").await;
    window.click("button[data-take-theirs]").await;
    let taken = "return document.querySelector('#reply textarea').value === 'Written on the tablet' \
        && document.querySelector('#offers').innerText.includes('and still more!')";
    window
        .until("the other text, and the own beside it", taken)
        .await;
    assert_eq!(text(&kept().await, "body"), "Written on the tablet");
    window.close().await;
}

async fn who_signs_out_leaves_nothing_behind_and_loses_nothing(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::for_members("Among members")).await;
    let locked = open(&author, Draft::titled("Locked")).await;
    let window = Chromium::signed_in(&forum, "fr").await;
    keep(&window, &thread.id).await;
    window.visit(&format!("/threads/{}", locked.id)).await;
    decide(&forum.secretariat(), "LOCK_THREAD", &[&locked.id]).await;
    // It waits in this browser, refused.
    let send = "const form = document.querySelector('#reply form[data-compose]'); form.elements.body.focus(); \
        form.elements.body.value = 'Not taken, not lost.'; form.dispatchEvent(new Event('input')); return true";
    window.run(send).await;
    window.find("form[data-helped]").await;
    window
        .run("document.querySelector('#reply form[data-compose]').requestSubmit()")
        .await;
    window.find("#outbox .refused").await;
    window.click_in_menu("#sign-out button").await;
    window.find("header a[href^='/sign-in']").await;
    let left = "return (async () => { \
        const names = (await caches.keys()).filter((name) => name.startsWith('pages:')); \
        let pages = ''; for (const name of names) for (const page of await (await caches.open(name)).matchAll()) pages += await page.text(); \
        const rows = await new Promise((done) => { const request = indexedDB.open('partage', 1); request.onsuccess = () => { \
          const all = request.result.transaction('outbox').objectStore('outbox').getAll(); all.onsuccess = () => { request.result.close(); done(all.result); }; }; }); \
        return !pages.includes('Among members') && rows.length === 0 && Object.values({ ...localStorage }).join('') === ''; })()";
    window.until("nothing to be left", left).await;
    window.sign_in(&email("br"), PASSWORD).await;
    window.visit(&format!("/threads/{}", locked.id)).await;
    let said = "return document.body.innerText.includes('Not taken, not lost.')";
    assert_eq!(window.run(said).await, json!(false));
    let data = forum
        .delegate("fr")
        .ask(
            "{ viewer { drafts { edges { node { body } } } } }",
            json!({}),
        )
        .await;
    let drafts: Vec<Value> = nodes(at(&data, "viewer"), "drafts");
    assert_eq!(text(&drafts[0], "body"), "Not taken, not lost.");
    window.close().await;
}

async fn whoever_signs_in_next_finds_nothing_of_the_one_before(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::for_members("Among members")).await;
    // With scripts disabled on the next person's pages, the service worker alone handles it.
    let plain = "mutation { changeProfile(input: { textOnly: true }) { person { id } } }";
    forum.delegate("br").ask(plain, json!({})).await;
    let window = Chromium::signed_in(&forum, "fr").await;
    keep(&window, &thread.id).await;
    window.fill("body", "Half a thought").await;
    window.until_it_says("Draft kept.").await;
    let sign_in = |word: &str| {
        format!(
            "const body = new URLSearchParams({{ email: '{}', password: '{PASSWORD}' }}); \
             return fetch('/sign-out', {{ method: 'POST' }}).then(() => fetch('/sign-in', {{ method: 'POST', body }})).then((answer) => answer.ok)",
            email(word)
        )
    };
    for word in ["br", "cn"] {
        assert_eq!(window.run(&sign_in(word)).await, json!(true));
        window.visit("/about").await;
        let pages = format!("return {PAGES}.then((kept) => !kept.includes('Among members'))");
        window.until("the pages to go", &pages).await;
    }
    let texts = "return !Object.values({ ...localStorage }).join('').includes('Half a thought')";
    assert_eq!(window.run(texts).await, json!(true));
    assert_eq!(window.run(&sign_in("fr")).await, json!(true));
    window.visit(&format!("/threads/{}", thread.id)).await;
    let there = "return document.querySelector('#reply textarea').value === 'Half a thought'";
    assert_eq!(
        window.run(there).await,
        json!(true),
        "it is there for its writer"
    );
    window.close().await;
}

async fn a_draft_whose_thread_was_locked_is_whole_and_can_be_written_on(forum: Forum) {
    let thread = open(&forum.delegate("ke"), Draft::default()).await;
    let path = format!("/threads/{}", thread.id);
    let window = Chromium::signed_in(&forum, "fr").await;
    window.visit(&path).await;
    let body = format!("{} and its end", "A long thought, ".repeat(80));
    window.click("#reply textarea").await;
    window.find("form[data-helped]").await;
    let fill = format!(
        "const area = document.querySelector('#reply textarea'); area.value = {}; area.dispatchEvent(new Event('input', {{ bubbles: true }}))",
        json!(body)
    );
    window.run(&fill).await;
    decide(&forum.secretariat(), "LOCK_THREAD", &[&thread.id]).await;
    window.visit(&path).await;
    window.find("#offers .draft").await;
    let shown = "return document.querySelector('#offers .explanation').textContent";
    assert_eq!(window.run(shown).await, json!(body));
    window.click("#offers [data-draft-restore]").await;
    window.press("!").await;
    window.visit(&path).await;
    window.find("#offers .draft").await;
    let shown = window.run(shown).await;
    assert!(
        shown
            .as_str()
            .is_some_and(|shown| shown.len() == body.len() + 1),
        "{shown}"
    );
    window.close().await;
}
