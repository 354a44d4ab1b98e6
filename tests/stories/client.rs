//! The forum client in a real browser: live without layout shifts, with texts saved offline, light, and usable without scripts in Arabic as
//! by keyboard alone in English.

use serde_json::Value;
use std::collections::BTreeSet;

use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::WITHDRAW;
use crate::support::acts::decide;
use crate::support::acts::delegation_id;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::browser::Chromium;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::page::Browser;
use crate::support::template::PASSWORD;
use crate::support::template::email;

on_both_databases!(
    what_others_do_in_a_thread_appears_without_moving_the_reader,
    a_translation_on_a_page_is_marked_outdated_at_once_and_goes_with_its_post,
    a_thread_says_who_else_is_there_and_who_writes,
    a_cold_thread_of_25_posts_is_light,
    no_cookie_is_set_before_somebody_signs_in_but_the_language,
    the_whole_round_is_made_without_scripts_in_arabic,
    the_whole_round_is_made_by_keyboard_alone,
    a_text_written_on_one_device_goes_on_on_another,
    everything_that_is_kept_about_a_person_is_theirs_to_take,
    countries_are_in_the_order_of_each_language,
    moments_are_in_the_zone_and_manner_of_their_reader,
    what_is_asked_again_unchanged_is_not_sent_again,
);

/// Text long enough that a page of it scrolls.
fn long(count: usize) -> String {
    format!("Number {count}. {}", "It goes on and on. ".repeat(40))
}

async fn what_others_do_in_a_thread_appears_without_moving_the_reader(forum: Forum) {
    let (author, secretariat) = (forum.delegate("ke"), forum.secretariat());
    let thread = open(&author, Draft::default()).await;
    let mut ids = vec![thread.post.clone()];
    for count in 2..=12 {
        ids.push(reply(&author, &thread.id, &long(count)).await.id);
    }
    let window = Chromium::signed_in(&forum, "fr").await;
    window.visit(&format!("/threads/{}", thread.id)).await;
    let focus = "window.mark = 'not reloaded'; \
        const link = document.querySelector('#post-6 [data-slot=answer]'); link.scrollIntoView({ block: 'center' }); \
        link.focus(); window.before = link.getBoundingClientRect().top; return true";
    window.run(focus).await;
    let stays = async |what: &str| {
        let still = "const link = document.activeElement; return window.mark === 'not reloaded' \
            && link.matches('#post-6 [data-slot=answer]') && Math.abs(link.getBoundingClientRect().top - window.before) < 2";
        assert_eq!(
            window.run(still).await,
            json!(true),
            "{what} moved the reader"
        );
    };
    reply(&author, &thread.id, "The latest.").await;
    window.find("#post-13").await;
    stays("a reply").await;
    // Above the viewport, and taller than before.
    let input = json!({ "postId": ids[2], "revision": 1, "body": long(300).repeat(3) });
    author.ask(EDIT, json!({ "input": input })).await;
    window.until_it_says("Number 300.").await;
    stays("an edit above").await;
    author
        .ask(WITHDRAW, json!({ "input": { "postId": ids[3] } }))
        .await;
    window
        .until(
            "the withdrawal",
            "const stone = document.querySelector('#post-4 .tombstone'); \
             return !stone.hidden && !document.querySelector('#post-4 .body')?.innerText",
        )
        .await;
    stays("a withdrawal above").await;
    let input = json!({ "postId": ids[5], "revision": 1, "body": "The very post with the focus." });
    author.ask(EDIT, json!({ "input": input })).await;
    window.until_it_says("The very post with the focus.").await;
    let focused = "return document.activeElement.matches('#post-6 [data-slot=answer]')";
    assert_eq!(window.run(focused).await, json!(true), "the focus was lost");
    decide(&secretariat, "LOCK_THREAD", &[&thread.id]).await;
    window
        .until(
            "the lock",
            "return !document.getElementById('locked').hidden \
             && document.querySelector('#reply button[type=submit]').disabled",
        )
        .await;
    assert_eq!(window.run(focused).await, json!(true), "the focus was lost");
    let once = "const all = [...document.querySelectorAll('#thread > article')].map((post) => post.dataset.number); \
        return JSON.stringify(all) === JSON.stringify([...Array(13).keys()].map((at) => String(at + 1)))";
    assert_eq!(
        window.run(once).await,
        json!(true),
        "each post once, in order"
    );
    window.close().await;
}

async fn a_translation_on_a_page_is_marked_outdated_at_once_and_goes_with_its_post(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let posted = reply(&author, &thread.id, "The original.").await;
    let translate = async |revision: i64, body: &str| {
        let input = json!({ "key": uuid::Uuid::new_v4(), "postId": posted.id, "revision": revision, "language": "AR", "body": body });
        let document = "mutation($input: TranslatePostInput!) { translatePost(input: $input) { post { id } } }";
        author.ask(document, json!({ "input": input })).await;
    };
    let window = Chromium::open(&forum).await;
    window
        .visit(&format!("/threads/{}?lang=ar", thread.id))
        .await;
    window.until_it_says("The original.").await;
    window.run("window.mark = 'not reloaded'").await;
    translate(1, "ترجمة أولى").await;
    window.until_it_says("ترجمة أولى").await;
    let outdated = "const mark = document.querySelector('#post-2 [data-slot=outdated]'); return Boolean(mark) && !mark.hidden";
    assert_eq!(window.run(outdated).await, json!(false));
    let input = json!({ "postId": posted.id, "revision": 1, "body": "Another original." });
    author.ask(EDIT, json!({ "input": input })).await;
    window.until("the mark", outdated).await;
    translate(2, "ترجمة ثانية").await;
    window.until_it_says("ترجمة ثانية").await;
    assert_eq!(window.run(outdated).await, json!(false));
    author
        .ask(WITHDRAW, json!({ "input": { "postId": posted.id } }))
        .await;
    let gone = "const { textContent } = document.getElementById('thread'); \
        return !textContent.includes('ترجمة') && !textContent.includes('Another original.') && window.mark === 'not reloaded'";
    window.until("the texts to go", gone).await;
    window.close().await;
}

async fn a_thread_says_who_else_is_there_and_who_writes(forum: Forum) {
    let thread = open(&forum.delegate("ke"), Draft::default()).await;
    let path = format!("/threads/{}", thread.id);
    let (reader, writer) = tokio::join!(
        Chromium::signed_in(&forum, "fr"),
        Chromium::signed_in(&forum, "br")
    );
    reader.visit(&path).await;
    writer.visit(&path).await;
    let says = |text: &str| {
        format!("return document.getElementById('presence').innerText.includes('{text}')")
    };
    reader.until("two readers", &says("2 readers")).await;
    writer.fill("body", "I begin to wr").await;
    let writes = says("Delegate of Brazil is writing");
    reader.until("who writes", &writes).await;
    assert_eq!(
        writer.run(&writes).await,
        json!(false),
        "nobody is told of themselves"
    );
    writer
        .click("#reply form[data-compose] button[type=submit]:not([name])")
        .await;
    reader.find("#post-2").await;
    let done = format!("{}; ", says("is writing").replace("return ", "return !"));
    reader.until("the writing to end", &done).await;
    writer.visit("/about").await;
    reader.until("one reader", &says("1 reader")).await;
    reader.close().await;
    writer.close().await;
}

async fn a_cold_thread_of_25_posts_is_light(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    for count in 2..=25 {
        let body = format!(
            "{count}: what we did in the {count}th month, with **whom**, and what came of it for the office."
        );
        reply(&author, &thread.id, &body).await;
    }
    let fetch = async |path: &str| {
        let request = forum.visitor().request(reqwest::Method::GET, path);
        let answer = request
            .header("accept-encoding", "gzip, br, zstd")
            .send()
            .await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        assert!(answer.headers().contains_key("content-encoding"), "{path}");
        answer.bytes().await.expect("a body").len()
    };
    let path = format!("/threads/{}", thread.id);
    let page = Browser::of(&forum).get(&path).await;
    assert!(page.html.contains("what we did in the 25th month"));
    let attribute = |element: &str, name: &str| -> Vec<String> {
        let found = page.elements(element).into_iter();
        found.filter_map(|mut each| each.remove(name)).collect()
    };
    let (styles, mut scripts) = (attribute("link", "href"), attribute("script", "src"));
    scripts.push("/worker.js".to_string());
    let preloaded: Vec<String> = styles
        .iter()
        .filter(|path| path.ends_with(".js"))
        .cloned()
        .collect();
    scripts.extend(preloaded);
    let styles = styles.iter().filter(|path| path.ends_with(".css"));
    let (mut script_bytes, mut all) = (0, fetch(&path).await);
    for path in &scripts {
        script_bytes += fetch(path).await;
    }
    let icons = attribute("use", "href");
    let icons = icons.iter().filter_map(|icon| icon.split('#').next());
    let icons: BTreeSet<&str> = icons.collect();
    assert_eq!(icons.len(), 1, "one file of icons: {icons:?}");
    let mut requests = 1 + scripts.len();
    for path in styles.map(String::as_str).chain(icons) {
        all += fetch(path).await;
        requests += 1;
    }
    all += script_bytes;
    assert!(requests <= 6, "{requests} requests");
    assert!(script_bytes <= 12_000, "{script_bytes} bytes of script");
    assert!(all <= 40_000, "{all} bytes in all");
}

async fn no_cookie_is_set_before_somebody_signs_in_but_the_language(forum: Forum) {
    let thread = open(&forum.delegate("ke"), Draft::default()).await;
    let paths = [
        "/",
        "/threads",
        "/vocabulary",
        "/delegations",
        "/about",
        "/sign-in",
        "/ledger",
        "/worker.js",
    ];
    let path = format!("/threads/{}", thread.id);
    for path in paths.into_iter().chain([path.as_str()]) {
        let page = Browser::of(&forum).get(path).await;
        assert!(!page.headers.contains_key("set-cookie"), "{path}");
        let chosen = Browser::of(&forum).get(&format!("{path}?lang=fr")).await;
        for cookie in chosen.headers.get_all("set-cookie") {
            assert!(
                cookie
                    .to_str()
                    .is_ok_and(|cookie| cookie.starts_with("partage_language="))
            );
        }
    }
}

/// An invitation of a delegate of Kenya; its link's path.
async fn invited(forum: &Forum, address: &str) -> String {
    let secretariat = forum.secretariat();
    let delegation = delegation_id(&secretariat, "ke").await;
    let input = json!({ "key": uuid::Uuid::new_v4(), "email": address, "delegationId": delegation, "role": "DELEGATE",
        "title": "Delegate", "capacity": "PERSONAL" });
    let document = "mutation($input: InviteInput!) { invite(input: $input) { link } }";
    let data = secretariat.ask(document, json!({ "input": input })).await;
    let link = text(&data, "invite.link");
    let at = link.find("/invitations/").expect("a path");
    link[at..].to_string()
}

async fn the_whole_round_is_made_without_scripts_in_arabic(forum: Forum) {
    let thread = open(&forum.delegate("fr"), Draft::titled("In Kenya")).await;
    let link = invited(&forum, "new@example.org").await;
    let window = Chromium::without_scripts(&forum).await;
    window.visit(&format!("{link}?lang=ar")).await;
    window.find("html[dir=rtl][lang=ar]").await;
    window.fill("name", "مندوبة جديدة").await;
    window.fill("password", PASSWORD).await;
    window.click("main form [type=submit]").await;
    window.find("#sign-out").await;
    window.click_in_menu("#sign-out button").await;
    window.click_in_menu("header a[href^='/sign-in']").await;
    window.fill("email", "new@example.org").await;
    window.fill("password", PASSWORD).await;
    window.click("main form [type=submit]").await;
    window.find("#sign-out").await;

    window.click_in_menu("header a[href='/threads']").await;
    window.click("details.filters > summary").await;
    window.click("summary#regions").await;
    window.click("input[name=regions][value=country-ke]").await;
    window.click("details.filters button[type=submit]").await;
    window
        .until(
            "the list",
            "return location.search.includes('regions=country-ke')",
        )
        .await;
    window
        .click(&format!("article.row a[href*='{}']", thread.id))
        .await;
    window.fill("body", "رد من نيروبي").await;
    window
        .click("#reply select[name=language] option[value=AR]")
        .await;
    window.click("#reply button[name=preview]").await;
    window.find(".preview .body").await;
    window
        .click("#reply form[data-compose] button[type=submit]:not([name])")
        .await;
    window.find("#post-2").await;
    window.until_it_says("رد من نيروبي").await;
    window.click("#post-2 a[href$='/edit']").await;
    window.fill("body", "رد معدّل من نيروبي").await;
    window.click("main form [type=submit]:not([name])").await;
    window.find("#post-2").await;
    window.until_it_says("رد معدّل من نيروبي").await;
    window.visit(&format!("/threads/{}", thread.id)).await;
    window.click("#post-1 details.more > summary").await;
    window.click("#post-1 a[href^='/report']").await;
    window.click("#reason option[value=OTHER]").await;
    window.fill("note", "بلاغ").await;
    window.click("main form [type=submit]").await;
    window.find("main [role=status]").await;
    window.find("html[dir=rtl]").await;
    window.click_in_menu("#sign-out button").await;
    window.find("header a[href^='/sign-in']").await;
    window.close().await;
    let data = forum
        .visitor()
        .ask(
            "query($id: ID!) { thread(id: $id) { posts { edges { node { body revision } } } } }",
            json!({ "id": thread.id }),
        )
        .await;
    let posts = nodes(at(&data, "thread"), "posts");
    assert_eq!(text(&posts[1], "body"), "رد معدّل من نيروبي");
}

async fn the_whole_round_is_made_by_keyboard_alone(forum: Forum) {
    let thread = open(&forum.delegate("fr"), Draft::titled("In Kenya")).await;
    let link = invited(&forum, "new@example.org").await;
    let window = Chromium::open(&forum).await;
    window.visit(&format!("{link}?lang=en")).await;
    window.tab_to("main [name=name]").await;
    window.press("New delegate").await;
    window.tab_to("main [name=password]").await;
    window.press(PASSWORD).await;
    window.tab_to("main [name=language]").await;
    // Typing a letter selects in a list: “English”.
    window.press("E").await;
    window.tab_to("main form [type=submit]").await;
    window.enter().await;
    window.find("#sign-out").await;
    window.tab_to_in_menu("#sign-out button").await;
    window.enter().await;
    window.find("header a[href^='/sign-in']").await;
    window.tab_to_in_menu("header a[href^='/sign-in']").await;
    window.enter().await;
    window.find("main [name=email]").await;
    window.tab_to("main [name=email]").await;
    window.press("new@example.org").await;
    window.tab_to("main [name=password]").await;
    window.press(PASSWORD).await;
    window.enter().await;
    window.find("#sign-out").await;

    window.visit("/threads").await;
    window.tab_to("details.filters > summary").await;
    window.enter().await;
    window.tab_to("summary#regions").await;
    window.enter().await;
    window.tab_to("input[name=regions][value=country-ke]").await;
    window.press(" ").await;
    window.tab_to("details.filters button[type=submit]").await;
    window.enter().await;
    window
        .until(
            "the list",
            "return location.search.includes('regions=country-ke')",
        )
        .await;
    let row = format!("article.row a[href*='{}']", thread.id);
    window.tab_to(&row).await;
    window.enter().await;
    window.find("#post-1").await;
    window.tab_to("#reply textarea").await;
    window.press("A reply by keyboard").await;
    window
        .tab_to("#reply form[data-compose] button[type=submit]:not([name])")
        .await;
    window.enter().await;
    window.find("#post-2 [data-slot=edit]").await;
    window.visit(&window.path().await).await;
    window.tab_to("#post-2 [data-slot=edit]").await;
    window.enter().await;
    window.find("main textarea[name=body]").await;
    window.tab_to("main textarea[name=body]").await;
    window.press("Edited: ").await;
    window.tab_to("main form [type=submit]:not([name])").await;
    window.enter().await;
    window.until_it_says("Edited: ").await;
    window.visit(&format!("/threads/{}", thread.id)).await;
    window.tab_to("#post-1 details.more > summary").await;
    window.enter().await;
    window.tab_to("#post-1 a[href^='/report']").await;
    window.enter().await;
    window.find("main [name=note]").await;
    window.tab_to("main [name=reason]").await;
    // Nothing is preselected; typing a letter selects: “Off topic”.
    window.press("O").await;
    window.tab_to("main [name=note]").await;
    window.press("Please look at it.").await;
    window.tab_to("main form [type=submit]").await;
    window.enter().await;
    window.find("main [role=status]").await;
    window.tab_to_in_menu("#sign-out button").await;
    window.enter().await;
    window.find("header a[href^='/sign-in']").await;
    window.close().await;
}

async fn a_text_written_on_one_device_goes_on_on_another(forum: Forum) {
    let thread = open(&forum.delegate("ke"), Draft::default()).await;
    let path = format!("/threads/{}", thread.id);
    let window = Chromium::signed_in(&forum, "fr").await;
    window.visit(&path).await;
    window.fill("body", "Begun on the telephone").await;
    window.until_it_says("Draft kept.").await;
    window.close().await;
    let mut other = Browser::signed_in(&forum, "fr");
    let page = other.get(&path).await;
    assert!(page.html.contains("Begun on the telephone</textarea>"));
    let drafts = other.get("/drafts").await;
    assert!(drafts.html.contains("Begun on the telephone"));
    let key = page.value_of("key");
    let fields = [
        ("key", key.as_str()),
        ("body", "Ended at the desk"),
        ("language", "EN"),
        ("capacity", "PERSONAL"),
    ];
    let sent = other.post(&path, &fields).await;
    assert_eq!(sent.status, 303);
    let drafts = other.get("/drafts").await;
    assert!(
        !drafts.html.contains("Begun on the telephone"),
        "what was sent is no draft"
    );
    let stranger = Browser::signed_in(&forum, "br").get(&path).await;
    assert!(!stranger.html.contains("Begun on the telephone"));
}

async fn everything_that_is_kept_about_a_person_is_theirs_to_take(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::titled("Mine to take")).await;
    let posted = reply(&author, &thread.id, "As first written.").await;
    let input = json!({ "postId": posted.id, "revision": 1, "body": "As it stands." });
    author.ask(EDIT, json!({ "input": input })).await;
    reply(&forum.delegate("fr"), &thread.id, "Not theirs.").await;
    let file = Browser::signed_in(&forum, "ke")
        .get("/settings/export")
        .await;
    assert!(file.header("content-disposition").contains("attachment"));
    let all: Value = serde_json::from_str(&file.html).expect("JSON");
    assert_eq!(text(&all, "account.email"), email("ke"));
    for said in ["Mine to take", "As first written.", "As it stands."] {
        assert!(file.html.contains(said), "{said}");
    }
    assert!(!file.html.contains("Not theirs."));
    let refused = Browser::of(&forum).get("/settings/export").await;
    assert_eq!(refused.status, 303, "{}", refused.html);
}

async fn countries_are_in_the_order_of_each_language(forum: Forum) {
    // Pairs that sort differently by code point.
    let pairs = [
        ("en", "Côte d’Ivoire", "Croatia"),
        ("fr", "Égypte", "Émirats arabes unis"),
        ("fr", "Équateur", "Érythrée"),
        ("fr", "Érythrée", "Espagne"),
        ("es", "Brasil", "Brunei Darussalam"),
        ("es", "Níger", "Nigeria"),
        ("ru", "Египет", "Замбия"),
    ];
    for (language, first, second) in pairs {
        let page = Browser::of(&forum)
            .get(&format!("/delegations?lang={language}"))
            .await;
        let place = |name: &str| {
            let found = page.html.find(&format!(">{name}"));
            found.unwrap_or_else(|| panic!("{language}: no {name}"))
        };
        assert!(
            place(first) < place(second),
            "{language}: {first} before {second}"
        );
    }
}

async fn moments_are_in_the_zone_and_manner_of_their_reader(forum: Forum) {
    let person = forum.delegate("ke");
    let thread = open(&person, Draft::default()).await;
    let document = "query($id: ID!) { thread(id: $id) { createdAt } }";
    let data = person.ask(document, json!({ "id": thread.id })).await;
    let day = &text(&data, "thread.createdAt")[..10];
    let (year, month, date) = (
        &day[..4],
        day[5..7].trim_start_matches('0'),
        day[8..].trim_start_matches('0'),
    );
    let path = format!("/threads/{}", thread.id);
    for (language, expected) in [
        ("zh", format!("{year}年{month}月{date}日")),
        ("ru", format!("{date} ")),
        ("en", " UTC".to_string()),
    ] {
        let page = Browser::of(&forum)
            .get(&format!("{path}?lang={language}"))
            .await;
        assert!(page.html.contains(&expected), "{language}: {expected}");
    }
    let change =
        "mutation { changeProfile(input: { timeZone: \"Asia/Kathmandu\" }) { person { id } } }";
    person.ask(change, json!({})).await;
    let page = Browser::signed_in(&forum, "ke").get(&path).await;
    assert!(
        page.html.contains("UTC+5:45"),
        "half hours and quarters too"
    );
}

async fn what_is_asked_again_unchanged_is_not_sent_again(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let query = format!("{{ thread(id: \"{}\") {{ title lastNumber }} }}", thread.id);
    let visitor = forum.visitor();
    let get = async |tag: Option<&str>| {
        let mut request = visitor.get_graphql(&[("query", &query)]);
        if let Some(tag) = tag {
            request = request.header("if-none-match", tag);
        }
        request.send().await.expect("an answer")
    };
    let first = get(None).await;
    let tag = first.headers()["etag"].to_str().expect("a tag").to_string();
    let again = get(Some(&tag)).await;
    assert_eq!(again.status().as_u16(), 304);
    assert!(again.bytes().await.expect("no body").is_empty());
    reply(&author, &thread.id, "Changed.").await;
    assert_eq!(get(Some(&tag)).await.status().as_u16(), 200);
    let personal = format!(
        "{{ thread(id: \"{}\") {{ viewer {{ unread }} }} }}",
        thread.id
    );
    let answer = visitor
        .get_graphql(&[("query", &personal)])
        .send()
        .await
        .expect("an answer");
    assert!(!answer.headers().contains_key("etag"));
}
