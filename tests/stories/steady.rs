//! Pages stay still: nothing that a script adds late moves what somebody is about to click, swallows a click, or fails because of a browser
//! setting.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::support::acts::Draft;
use crate::support::acts::decide;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::browser::Chromium;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::page::Browser;

on_both_databases!(
    scripts_move_nothing_of_what_the_forum_sent,
    what_is_told_late_moves_nothing_that_can_be_pressed,
    the_first_press_after_a_quote_is_heard,
    a_press_on_the_toolbar_is_heard_before_the_helps_are_there,
    what_a_button_of_the_toolbar_has_changed_can_be_undone,
    a_zone_that_the_browser_does_not_know_is_told_in_utc,
    a_browser_that_keeps_nothing_writes_all_the_same,
    a_name_is_told_to_the_letter,
    the_place_of_a_key_decides_where_its_letter_is_not_latin,
    a_line_that_carries_nothing_is_noticed_within_ten_seconds,
    what_is_shortened_ends_with_a_whole_sign,
);

/// The position of every control, by its order on the page.
const PLACES: &str = "return [...document.querySelectorAll('header, main, footer')].flatMap((part) => \
    [...part.querySelectorAll('a, button, summary, input, select, textarea, label')]) \
    .filter((each) => each.checkVisibility({ visibilityProperty: true })).map((each) => { \
      const { left, top } = each.getBoundingClientRect(); \
      return [each.outerHTML.slice(0, 60).replace(/ data-helped=\"true\"| aria-[a-z]+=\"[^\"]*\"/g, ''), Math.round(left + scrollX), Math.round(top + scrollY)]; })";

/// Remembers the current positions.
const MARK: &str = "window.marked = new Map([...document.querySelectorAll('a, button, summary, input, select, textarea, label')] \
    .filter((each) => each.checkVisibility({ visibilityProperty: true })).map((each) => { \
      const { left, top } = each.getBoundingClientRect(); return [each, [left, top]]; })); return window.marked.size > 5";

/// What has moved in the window since.
const MOVED: &str = "return [...window.marked].filter(([each, [x, y]]) => { \
    const { left, top } = each.getBoundingClientRect(); \
    return each.isConnected && each.checkVisibility({ visibilityProperty: true }) && Math.abs(left - x) + Math.abs(top - y) > 1; \
  }).map(([each]) => each.outerHTML.slice(0, 90))";

async fn scripts_move_nothing_of_what_the_forum_sent(forum: Forum) {
    let thread = open(&forum.delegate("ke"), Draft::default()).await;
    let window = Chromium::signed_in(&forum, "fr").await;
    let measure = "window.shift = 0; new PerformanceObserver((list) => list.getEntries().forEach(({ value, hadRecentInput }) => { \
        window.shift += hadRecentInput ? 0 : value; })).observe({ type: 'layout-shift', buffered: true });";
    before_each_page(&window, measure).await;
    let page = format!("/threads/{}", thread.id);
    for width in [360, 1280] {
        window.appear(width, "light").await;
        for (path, ready) in [
            (page.as_str(), "!document.getElementById('presence').hidden"),
            (
                "/threads/new",
                "Boolean(document.querySelector('form[data-helped]'))",
            ),
            ("/threads", "!document.getElementById('keys-hint').hidden"),
            ("/", "!document.getElementById('keys-hint').hidden"),
        ] {
            let scripts =
                |urls: Value| window.tell("Network.setBlockedURLs", json!({ "urls": urls }));
            window.tell("Network.enable", json!({})).await;
            scripts(json!(["*.js"])).await;
            window.visit(path).await;
            let sent = window.run(PLACES).await;
            scripts(json!([])).await;
            window.visit(path).await;
            window
                .until("the scripts", &format!("return {ready}"))
                .await;
            if path == page {
                window
                    .run("document.querySelector('#reply textarea').focus({ preventScroll: true })")
                    .await;
                window.find("form[data-helped]").await;
            }
            assert_eq!(window.run(PLACES).await, sent, "{path} at {width}");
            // A row that arrives in two parts is completed where it stands.
            let shift = window.run("return window.shift").await;
            assert!(
                shift.as_f64().is_some_and(|shift| shift < 0.0002),
                "{shift}: {path} at {width}"
            );
        }
    }
    window.close().await;
}

async fn what_is_told_late_moves_nothing_that_can_be_pressed(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let path = format!("/threads/{}", thread.id);
    let window = Chromium::signed_in(&forum, "fr").await;
    let stays = async |what: &str| {
        assert_eq!(window.run(MOVED).await, json!([]), "{what}");
    };
    window.visit("/threads").await;
    window
        .until(
            "the scripts",
            "return !document.getElementById('keys-hint').hidden",
        )
        .await;
    assert_eq!(window.run(MARK).await, json!(true));
    open(&author, Draft::titled("Another")).await;
    window.find("#news button").await;
    stays("news in the list").await;

    window.visit(&path).await;
    window
        .until(
            "the line",
            "return !document.getElementById('presence').hidden",
        )
        .await;
    window.click("#reply textarea").await;
    assert_eq!(window.run(MARK).await, json!(true));
    window.press("Half a thought").await;
    window.until_it_says("Draft saved.").await;
    stays("the state of a draft").await;
    // Another device saves another text in the same place.
    let keep =
        "mutation($input: KeepDraftInput!) { keepDraft(input: $input) { draft { revision } } }";
    let place =
        json!({ "purpose": "REPLY", "subject": { "threadId": thread.id }, "language": "EN" });
    let input = json!({ "place": place, "body": "Another thought", "revision": 1 });
    forum
        .delegate("fr")
        .ask(keep, json!({ "input": input }))
        .await;
    window.press(", and more").await;
    window.find("#kept:not([hidden]) .conflict").await;
    stays("a conflict").await;
    let writer = Chromium::signed_in(&forum, "br").await;
    writer.visit(&path).await;
    writer.click("#reply textarea").await;
    writer.press("I wr").await;
    let writes = "return document.getElementById('presence').innerText.includes('is writing')";
    window.until("who writes", writes).await;
    stays("who writes").await;
    writer.close().await;
    decide(&forum.secretariat(), "LOCK_THREAD", &[&thread.id]).await;
    window
        .until(
            "the lock",
            "return !document.getElementById('locked').hidden",
        )
        .await;
    stays("a lock").await;
    window.tell("Network.enable", json!({})).await;
    let offline =
        json!({ "offline": true, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    window
        .tell("Network.emulateNetworkConditions", offline)
        .await;
    window.until_it_says("You are offline.").await;
    stays("the state of the line").await;
    window.close().await;
}

/// Presses as a hand does: down, and up again a while later.
async fn press_slowly(window: &Chromium, css: &str) {
    let middle = format!(
        "const button = document.querySelector({}); button.scrollIntoView({{ block: 'center', behavior: 'instant' }}); \
         const {{ left, top, width, height }} = button.getBoundingClientRect(); return [left + width / 2, top + height / 2]",
        json!(css)
    );
    let middle = window.run(&middle).await;
    for kind in ["mousePressed", "mouseReleased"] {
        let event = json!({ "type": kind, "x": middle[0], "y": middle[1], "button": "left", "clickCount": 1 });
        window.tell("Input.dispatchMouseEvent", event).await;
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
}

async fn the_first_press_after_a_quote_is_heard(forum: Forum) {
    let thread = open(&forum.delegate("ke"), Draft::default()).await;
    let window = Chromium::signed_in(&forum, "fr").await;
    let quoting = format!("/threads/{}?number=1&quote=1#reply", thread.id);
    for width in [360, 1280] {
        window.appear(width, "light").await;
        window.visit(&quoting).await;
        press_slowly(&window, "#reply button[name=preview]").await;
        window.find(".preview .body").await;
        window.visit(&quoting).await;
        press_slowly(&window, "#reply button[name=keep]").await;
        window.find("#kept-draft").await;
        window.click("#kept-draft button").await;
        window
            .until(
                "the draft to go",
                "return !document.getElementById('kept-draft')",
            )
            .await;
        window.visit(&quoting).await;
        press_slowly(&window, "#reply button[type=submit]:not([name])").await;
        let post = if width == 360 { "#post-2" } else { "#post-3" };
        window.find(post).await;
    }
    window.close().await;
}

async fn a_press_on_the_toolbar_is_heard_before_the_helps_are_there(forum: Forum) {
    let thread = open(&forum.delegate("ke"), Draft::default()).await;
    let window = Chromium::signed_in(&forum, "fr").await;
    window.visit(&format!("/threads/{}", thread.id)).await;
    window.click("#reply [data-mark=bold]").await;
    let bold = "return document.querySelector('#reply textarea').value === '****'";
    window.until("the marks", bold).await;
    window.close().await;
    let page = Chromium::without_scripts(&forum).await;
    page.sign_in(
        &crate::support::template::email("fr"),
        crate::support::template::PASSWORD,
    )
    .await;
    page.visit(&format!("/threads/{}", thread.id)).await;
    let shown = "return document.querySelector('.toolbar').checkVisibility()";
    assert_eq!(
        page.run(shown).await,
        json!(false),
        "it serves nobody without scripts"
    );
    page.close().await;
}

async fn what_a_button_of_the_toolbar_has_changed_can_be_undone(forum: Forum) {
    let thread = open(&forum.delegate("ke"), Draft::default()).await;
    let window = Chromium::signed_in(&forum, "fr").await;
    window.visit(&format!("/threads/{}", thread.id)).await;
    window.click("#reply textarea").await;
    window.press("One two\nthree").await;
    window.find("form[data-helped]").await;
    let value = "return document.querySelector('#reply textarea').value";
    for (mark, expected) in [
        ("bold", "One **two\nthree**"),
        ("quote", "> One two\n> three"),
        ("list", "- One two\n- three"),
        ("link", "One [two\nthree](https://)"),
    ] {
        window
            .run("document.querySelector('#reply textarea').setSelectionRange(4, 13)")
            .await;
        window.click(&format!("#reply [data-mark={mark}]")).await;
        assert_eq!(window.run(value).await, json!(expected), "{mark}");
        let undo = json!({ "type": "keyDown", "key": "z", "code": "KeyZ", "windowsVirtualKeyCode": 90, "modifiers": 2, "commands": ["undo"] });
        window.tell("Input.dispatchKeyEvent", undo).await;
        assert_eq!(
            window.run(value).await,
            json!("One two\nthree"),
            "{mark} undone"
        );
    }
    window.close().await;
}

/// Makes every page run a script before its own.
async fn before_each_page(window: &Chromium, source: &str) {
    let source = json!({ "source": source });
    window
        .tell("Page.addScriptToEvaluateOnNewDocument", source)
        .await;
}

async fn a_zone_that_the_browser_does_not_know_is_told_in_utc(forum: Forum) {
    let (author, reader) = (forum.delegate("ke"), forum.delegate("fr"));
    let thread = open(&author, Draft::default()).await;
    let change =
        "mutation { changeProfile(input: { timeZone: \"Asia/Kathmandu\" }) { person { id } } }";
    reader.ask(change, json!({})).await;
    let window = Chromium::signed_in(&forum, "fr").await;
    let unknown = "const Known = Intl.DateTimeFormat; Intl.DateTimeFormat = function (languages, options) { \
        if (options?.timeZone === 'Asia/Kathmandu') throw new RangeError('Invalid time zone'); return new Known(languages, options); }; \
        delete Intl.DisplayNames;";
    before_each_page(&window, unknown).await;
    window.visit(&format!("/threads/{}", thread.id)).await;
    reply(&author, &thread.id, "In whatever zone.").await;
    window.find("#post-2").await;
    let said = window
        .run("return document.querySelector('#post-2 time').innerText")
        .await;
    assert!(
        said.as_str().is_some_and(|said| said.ends_with(" UTC")),
        "{said}"
    );
    window.close().await;
}

async fn a_browser_that_keeps_nothing_writes_all_the_same(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let window = Chromium::signed_in(&forum, "fr").await;
    let nothing = "for (const name of ['localStorage', 'indexedDB', 'caches']) \
        Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });";
    before_each_page(&window, nothing).await;
    window.visit(&format!("/threads/{}", thread.id)).await;
    window
        .until(
            "the scripts",
            "return !document.getElementById('keys-hint').hidden",
        )
        .await;
    reply(&author, &thread.id, "It lives.").await;
    window.find("#post-2").await;
    window.fill("body", "Kept nowhere here").await;
    window.until_it_says("Draft saved.").await;
    window.click("#reply button[type=submit]:not([name])").await;
    window.find("#post-3").await;
    window.click_in_menu("#sign-out button").await;
    window.find("header a[href^='/sign-in']").await;
    window.close().await;
}

async fn a_name_is_told_to_the_letter(forum: Forum) {
    const NAME: &str = "Ana $& $' $` $$ $1";
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let change =
        "mutation($name: String!) { changeProfile(input: { name: $name }) { person { name } } }";
    let data = author.ask(change, json!({ "name": NAME })).await;
    assert_eq!(text(&data, "changeProfile.person.name"), NAME);
    let window = Chromium::signed_in(&forum, "fr").await;
    window.visit(&format!("/threads/{}", thread.id)).await;
    window
        .until(
            "the line",
            "return !document.getElementById('presence').hidden",
        )
        .await;
    let writing = "mutation($id: ID!) { announceWriting(input: { threadId: $id }) { __typename } }";
    author.ask(writing, json!({ "id": thread.id })).await;
    window.until_it_says(&format!("{NAME} is writing")).await;
    reply(&author, &thread.id, "By that name.").await;
    window.until_it_says(&format!("New reply by {NAME}")).await;
    window.close().await;
}

async fn the_place_of_a_key_decides_where_its_letter_is_not_latin(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    reply(&author, &thread.id, "A second.").await;
    let window = Chromium::signed_in(&forum, "fr").await;
    window.visit(&format!("/threads/{}", thread.id)).await;
    window
        .until(
            "the scripts",
            "return !document.getElementById('keys-hint').hidden",
        )
        .await;
    let press = async |key: &str, code: &str, modifiers: u8| {
        for kind in ["keyDown", "keyUp"] {
            let event = json!({ "type": kind, "key": key, "code": code, "text": if kind == "keyDown" { key } else { "" }, "modifiers": modifiers });
            window.tell("Input.dispatchKeyEvent", event).await;
        }
        text(
            &window
                .run("return { at: document.activeElement.id || document.activeElement.tagName }")
                .await,
            "at",
        )
    };
    // Russian, Greek, Arabic, Thai, where a key may type a diacritic; then a Latin letter in another position.
    for (next, before) in [
        ("о", "л"),
        ("ξ", "κ"),
        ("ت", "ن"),
        ("\u{0e48}", "า"),
        ("j", "k"),
    ] {
        let places = match next {
            "j" => ("KeyC", "KeyV"),
            _ => ("KeyJ", "KeyK"),
        };
        window.run("document.activeElement.blur()").await;
        assert_eq!(press(next, places.0, 0).await, "post-1", "{next}");
        assert_eq!(press(next, places.0, 0).await, "post-2", "{next}");
        assert_eq!(press(before, places.1, 0).await, "post-1", "{before}");
        assert_eq!(press(next, places.0, 2).await, "post-1", "with Ctrl");
    }
    window.run("document.activeElement.blur()").await;
    assert_eq!(
        press("h", "KeyJ", 0).await,
        "BODY",
        "a Latin letter is what it says"
    );
    let composing = "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', code: 'KeyJ', bubbles: true, isComposing: true })); \
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', code: 'KeyJ', bubbles: true, modifierAltGraph: true })); \
        return document.activeElement === document.body";
    assert_eq!(window.run(composing).await, json!(true));
    assert_eq!(press("к", "KeyR", 0).await, "body");
    press("о", "KeyJ", 0).await;
    let value = "return document.querySelector('#reply textarea').value";
    assert_eq!(
        window.run(value).await,
        json!("о"),
        "in a field it is a letter"
    );
    window.run("document.activeElement.blur()").await;
    press("؟", "Slash", 8).await;
    assert_eq!(
        window
            .run("return document.getElementById('keys').open")
            .await,
        json!(true)
    );
    window.close().await;
}

/// A relay to a server that can silently stop forwarding.
struct Way {
    address: SocketAddr,
    carries: Arc<AtomicBool>,
    _lines: JoinSet<()>,
}

impl Way {
    async fn to(server: SocketAddr) -> Way {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let carries = Arc::new(AtomicBool::new(true));
        let does = Arc::clone(&carries);
        let mut lines = JoinSet::new();
        lines.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                let Ok(far) = TcpStream::connect(server).await else {
                    continue;
                };
                let ((near_in, near_out), (far_in, far_out)) =
                    (near.into_split(), far.into_split());
                open.spawn(carry(near_in, far_out, Arc::clone(&does)));
                open.spawn(carry(far_in, near_out, Arc::clone(&does)));
            }
        });
        Way {
            address,
            carries,
            _lines: lines,
        }
    }
}

async fn carry(
    from: tokio::net::tcp::OwnedReadHalf,
    to: tokio::net::tcp::OwnedWriteHalf,
    carries: Arc<AtomicBool>,
) {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        if from.readable().await.is_err() {
            return;
        }
        if !carries.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        }
        let count = match from.try_read(&mut bytes) {
            Ok(0) => return,
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
            Err(_) => return,
        };
        let mut rest = &bytes[..count];
        while !rest.is_empty() {
            if to.writable().await.is_err() {
                return;
            }
            match to.try_write(rest) {
                Ok(count) => rest = &rest[count..],
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
        }
    }
}

async fn a_line_that_carries_nothing_is_noticed_within_ten_seconds(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let way = Way::to(forum.address()).await;
    let window = Chromium::at(format!("http://{}", way.address)).await;
    window.visit(&format!("/threads/{}", thread.id)).await;
    window
        .until(
            "the line",
            "return !document.getElementById('presence').hidden",
        )
        .await;
    way.carries.store(false, Ordering::SeqCst);
    let since = Instant::now();
    window.until_it_says("You are offline.").await;
    assert!(
        since.elapsed() < Duration::from_secs(10),
        "{:?}",
        since.elapsed()
    );
    way.carries.store(true, Ordering::SeqCst);
    reply(&author, &thread.id, "Carried again.").await;
    window.find("#post-2").await;
    window.close().await;
}

async fn what_is_shortened_ends_with_a_whole_sign(forum: Forum) {
    let author = forum.delegate("ke");
    let family = "👨\u{200d}👩\u{200d}👧\u{200d}👦";
    let thread = open(&author, Draft::default()).await;
    let texts = [
        "น้ำ".repeat(60),
        family.repeat(60),
        "e\u{301}".repeat(150),
        "🇰🇪🇫🇷🇧🇷".repeat(40),
    ];
    for body in &texts {
        reply(&author, &thread.id, body).await;
    }
    let document = "query($id: ID!, $length: Int!) { thread(id: $id) { posts { edges { node { bodyText(length: $length) } } } } }";
    for length in [2, 5, 8, 10, 11, 50, 99] {
        let variables = json!({ "id": thread.id, "length": length });
        let data = forum.visitor().ask(document, variables).await;
        for (post, body) in nodes(at(&data, "thread"), "posts")
            .iter()
            .skip(1)
            .zip(&texts)
        {
            let cut = text(post, "bodyText");
            let begun = cut.strip_suffix('…').expect("an ellipsis");
            let ends: Vec<usize> = ends(body);
            assert!(
                begun.is_empty() || ends.contains(&begun.len()),
                "{length}: {cut}"
            );
        }
    }
    // A stored text is shown in full, wherever it is.
    let body = format!("{} The end.", family.repeat(300));
    let keep =
        "mutation($input: KeepDraftInput!) { keepDraft(input: $input) { draft { revision } } }";
    let place =
        json!({ "purpose": "REPLY", "subject": { "threadId": thread.id }, "language": "EN" });
    let input = json!({ "place": place, "body": body, "revision": 0 });
    author.ask(keep, json!({ "input": input })).await;
    let drafts = Browser::signed_in(&forum, "ke").get("/drafts").await;
    assert!(drafts.html.contains(&body));
}

/// Where the characters of a text end that repeats one character.
fn ends(text: &str) -> Vec<usize> {
    use unicode_segmentation::UnicodeSegmentation;
    text.grapheme_indices(true)
        .map(|(at, sign)| at + sign.len())
        .collect()
}
