//! What the pages of the forum client do by forms alone, and what they show about it.

use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::browser::Chromium;
use crate::support::filter::Filter;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::page::Browser;

on_both_databases!(
    what_is_new_stands_on_the_first_page,
    a_post_is_translated_by_form_and_shown_in_the_readers_language,
    a_thread_that_was_begun_is_gone_on_with,
    an_edit_that_was_begun_is_gone_on_with,
    what_changed_between_revisions_is_marked,
    a_corrected_language_is_told_among_the_revisions,
    a_reply_quotes_and_is_seen_before_it_is_sent,
    a_thread_leads_to_its_first_unread_post,
    settings_hold_at_once_and_are_refused_beside_their_field,
    a_tag_is_found_by_its_name_in_any_language,
    a_search_for_tags_hides_nothing_that_was_chosen,
    a_search_that_finds_no_tag_says_so_and_what_is_chosen_is_named,
    what_belonged_to_a_reply_goes_with_it_and_its_number_is_told,
    what_a_role_may_not_do_and_what_is_not_there_yet_is_named,
    what_is_wrong_with_a_list_is_seen_and_samples_run_as_they_are_typed,
    nobody_is_asked_to_report_what_they_wrote,
    where_sockets_do_not_get_through_events_do,
    where_no_events_get_through_the_page_asks_again,
    the_keyboard_shortcuts_are_shown_and_can_be_turned_off,
);

async fn what_is_new_stands_on_the_first_page(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::titled("About to be followed")).await;
    let mut reader = Browser::signed_in(&forum, "fr");
    // Read once, and nothing new since.
    reader.get(&format!("/threads/{}", thread.id)).await;
    let form = format!("/threads/{}/follow", thread.id);
    let followed = reader.post_and_follow(&form, &[("follow", "true")]).await;
    assert!(followed.html.contains("No longer follow"));
    let home = reader.get("/").await;
    assert!(home.html.contains("Nothing unread."));
    reply(&author, &thread.id, "Something new.").await;
    let home = reader.get("/").await;
    let own = section(&home.html, "own-title");
    assert!(own.contains("About to be followed") && own.contains("1 unread"));
    let unread = format!("/threads/{}?number=2#post-2", thread.id);
    assert!(own.contains(&unread), "it leads to what is unread: {own}");

    let africa = reader
        .post_and_follow("/vocabulary/africa/follow", &[("follow", "true")])
        .await;
    assert!(africa.html.contains("No longer follow"));
    open(&author, Draft::titled("Somewhere in Africa")).await;
    let home = reader.get("/").await;
    assert!(section(&home.html, "under-title").contains("Somewhere in Africa"));
    let kenyan = Browser::signed_in(&forum, "focal-ke").get("/").await;
    assert!(section(&kenyan.html, "delegation-title").contains("Somewhere in Africa"));
    let visitor = Browser::of(&forum).get("/").await;
    assert!(section(&visitor.html, "latest-title").contains("Somewhere in Africa"));
    assert!(!visitor.html.contains("own-title"));
}

/// A section of a page, from the id of its title to its end.
fn section(html: &str, id: &str) -> String {
    let start = html
        .find(&format!("id=\"{id}\""))
        .unwrap_or_else(|| panic!("no {id}"));
    let rest = &html[start..];
    rest[..rest.find("</section>").expect("its end")].to_string()
}

async fn a_post_is_translated_by_form_and_shown_in_the_readers_language(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let path = format!("/threads/{}/posts/1/translate", thread.id);
    let mut writer = Browser::signed_in(&forum, "ke");
    // The language must be chosen if the reader's is that of the original.
    let form = writer.get(&path).await;
    let asks = "<option value=\"\">Choose a language</option>";
    assert!(form.html.contains(asks), "{}", form.html);
    let form = writer.get(&format!("{path}?into=FR")).await;
    assert!(
        form.html.contains("What helped in our office."),
        "the original is beside"
    );
    let key = form.value_of("key");
    let fields = [
        ("key", key.as_str()),
        ("revision", "1"),
        ("language", "FR"),
        ("body", "Ce qui a aidé."),
    ];
    let kept = writer
        .post(&path, &[fields.as_slice(), &[("keep", "true")]].concat())
        .await;
    assert_eq!(kept.status, 303);
    assert!(writer.get("/drafts").await.html.contains("Ce qui a aidé."));
    let form = writer.get(&format!("{path}?into=FR")).await;
    assert!(form.html.contains("Ce qui a aidé.</textarea>"));
    let sent = writer.post_and_follow(&path, &fields).await;
    assert_eq!(sent.status, 200);
    let page = format!("/threads/{}?lang=fr", thread.id);
    let french = Browser::of(&forum).get(&page).await;
    assert!(french.html.contains("Ce qui a aidé."));
    assert!(
        french.html.contains("What helped in our office."),
        "the original is there too"
    );
    assert!(french.html.contains("Delegate of Kenya"), "who translated");
    let english = Browser::of(&forum)
        .get(&format!("/threads/{}?lang=en", thread.id))
        .await;
    assert!(!english.html.contains("Ce qui a aidé."));
    let input = json!({ "postId": thread.post, "revision": 1, "body": "Otherwise." });
    author.ask(EDIT, json!({ "input": input })).await;
    let french = Browser::of(&forum).get(&page).await;
    assert!(
        french
            .html
            .contains("data-slot=\"outdated\">L’original a été modifié depuis.")
    );
    let stranger = Browser::signed_in(&forum, "br").get(&path).await;
    assert_eq!(stranger.status, 403);
}

async fn a_thread_that_was_begun_is_gone_on_with(forum: Forum) {
    let mut telephone = Browser::signed_in(&forum, "ke");
    let kept = telephone
        .post(
            "/threads/new",
            &[
                ("keep", "true"),
                ("title", "Begun"),
                ("body", "Half a sen"),
                ("kind", "QUESTION"),
                ("language", "FR"),
                ("visibility", "MEMBERS"),
                ("capacity", "OFFICE"),
                ("tools", "wipo-ipas"),
                ("regions", "country-ke"),
                ("regions", "africa"),
            ],
        )
        .await;
    assert_eq!(kept.status, 303, "{}", kept.html);
    let page = Browser::signed_in(&forum, "ke").get("/threads/new").await;
    assert!(page.html.contains("Half a sen</textarea>"));
    assert_eq!(page.value_of("title"), "Begun");
    let chosen = |element: &str, mark: &str| -> Vec<String> {
        let all = page.elements(element).into_iter();
        let marked = all.filter(|each| each.contains_key(mark));
        marked.filter_map(|mut each| each.remove("value")).collect()
    };
    let mut tags = chosen("input", "checked");
    tags.sort();
    assert_eq!(tags, ["africa", "country-ke", "wipo-ipas"]);
    assert_eq!(
        chosen("option", "selected"),
        ["QUESTION", "FR", "MEMBERS", "OFFICE"]
    );
}

async fn an_edit_that_was_begun_is_gone_on_with(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let keep = "mutation($input: KeepDraftInput!) { keepDraft(input: $input) { draft { id } } }";
    let place = json!({ "purpose": "EDIT", "subjectId": thread.post, "language": "EN" });
    let input = json!({ "place": place, "body": "Begun elsewhere.", "revision": 0 });
    author.ask(keep, json!({ "input": input })).await;
    let path = format!("/threads/{}/posts/1/edit", thread.id);
    let mut writer = Browser::signed_in(&forum, "ke");
    let form = writer.get(&path).await;
    assert!(form.html.contains("Begun elsewhere.</textarea>"));
    let fields = [("revision", "1"), ("body", "Ended here.")];
    assert_eq!(writer.post(&path, &fields).await.status, 303);
    let form = writer.get(&path).await;
    assert!(
        form.html.contains("Ended here.</textarea>"),
        "the draft is gone"
    );
}

async fn what_changed_between_revisions_is_marked(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let input = json!({ "postId": thread.post, "revision": 1, "body": "What helped in our whole ministry." });
    author.ask(EDIT, json!({ "input": input })).await;
    let path = format!("/threads/{}/posts/1/revisions", thread.id);
    let page = Browser::of(&forum).get(&path).await;
    assert!(page.html.contains("<del>office</del>"), "{}", page.html);
    assert!(page.html.contains("<ins>") && page.html.contains("ministry"));
}

async fn a_corrected_language_is_told_among_the_revisions(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let posted = reply(&author, &thread.id, "Merci beaucoup.").await;
    let path = format!("/threads/{}/posts/2/revisions", thread.id);
    let edit = async |revision: i32, body: &str, language: &str| {
        let input = json!({ "postId": posted.id, "revision": revision, "body": body, "language": language });
        author.ask(EDIT, json!({ "input": input })).await;
    };
    edit(1, "Merci beaucoup.", "FR").await;
    let mut reader = Browser::of(&forum);
    let page = reader.get(&path).await;
    assert!(
        page.html.contains("Language: English → Français"),
        "{}",
        page.html
    );
    assert!(
        page.html
            .contains("lang=\"fr\" dir=\"ltr\"><p dir=\"auto\">Merci"),
        "{}",
        page.html
    );
    // A change of the text alone does not set a language.
    edit(2, "Merci à tous.", "FR").await;
    let page = reader.get(&path).await;
    assert_eq!(page.html.matches("Language:").count(), 1, "{}", page.html);
    let document = "query($id: ID!) { node(id: $id) { ... on Post { revisions { edges { node { language } } } } } }";
    let data = author.ask(document, json!({ "id": posted.id })).await;
    let told = crate::support::json::texts(&data, "node.revisions", "language");
    assert_eq!(told, ["EN", "FR", "FR"]);
}

async fn a_reply_quotes_and_is_seen_before_it_is_sent(forum: Forum) {
    let thread = open(&forum.delegate("ke"), Draft::default()).await;
    let mut reader = Browser::signed_in(&forum, "fr");
    let path = format!("/threads/{}", thread.id);
    let page = reader
        .get(&format!("{path}?quote=1&answer={}", thread.post))
        .await;
    assert!(
        page.html.contains("&#62; What helped in our office.")
            || page.html.contains("&gt; What helped in our office.")
    );
    let fields = [
        ("body", "**Seen** first"),
        ("language", "EN"),
        ("capacity", "PERSONAL"),
        ("preview", "true"),
    ];
    let page = reader.post(&path, &fields).await;
    assert_eq!(page.status, 200);
    assert!(page.html.contains("<strong>Seen</strong> first"));
    assert!(
        page.html.contains("**Seen** first</textarea>"),
        "nothing is lost by looking"
    );
    assert!(
        !reader.get(&path).await.html.contains("id=\"post-2\""),
        "and nothing is sent"
    );
}

async fn a_thread_leads_to_its_first_unread_post(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    for count in 2..=30 {
        reply(&author, &thread.id, &format!("Number {count}.")).await;
    }
    let mut reader = Browser::signed_in(&forum, "fr");
    let path = format!("/threads/{}", thread.id);
    reader.get(&path).await;
    let again = reader.get(&path).await;
    let first = format!(
        "id=\"first-unread\" href=\"/threads/{}?number=26#post-26\"",
        thread.id
    );
    assert!(again.html.contains(&first), "25 were read");
    reader.get(&format!("{path}?number=26")).await;
    let read = reader.get(&path).await;
    assert!(!read.html.contains("id=\"first-unread\""));
}

async fn settings_hold_at_once_and_are_refused_beside_their_field(forum: Forum) {
    let mut person = Browser::signed_in(&forum, "ke");
    let fields = [
        ("name", "Delegate of Kenya"),
        ("language", "RU"),
        ("timeZone", "Mars/Olympus"),
        ("textOnly", "true"),
    ];
    let refused = person.post("/settings", &fields).await;
    assert_eq!(refused.status, 422);
    assert!(refused.html.contains("id=\"timeZone-trouble\""));
    assert_eq!(refused.value_of("timeZone"), "Mars/Olympus");
    let fields = [
        ("name", "Delegate of Kenya"),
        ("language", "RU"),
        ("timeZone", "Africa/Nairobi"),
        ("textOnly", "true"),
    ];
    let saved = person.post_and_follow("/settings", &fields).await;
    assert!(saved.html.contains("<html lang=\"ru\""));
    assert!(!saved.html.contains("<script"), "text only has no scripts");
    let fields = [
        ("name", "Delegate of Kenya"),
        ("language", "EN"),
        ("timeZone", ""),
    ];
    let saved = person.post_and_follow("/settings", &fields).await;
    assert!(saved.html.contains("<script"));
    assert!(saved.html.contains("<html lang=\"en\""));
}

async fn a_tag_is_found_by_its_name_in_any_language(forum: Forum) {
    let window = Chromium::signed_in(&forum, "ke").await;
    window.visit("/threads/new").await;
    window.find("#tags-search:not([hidden])").await;
    window
        .until(
            "the field",
            "return document.getElementById('tags-search').checkVisibility()",
        )
        .await;
    window.click("#tags-search").await;
    window.press("Кения").await;
    window
        .until(
            "Kenya alone",
            "const shown = [...document.querySelectorAll('details.facet[open] .choices label:not([hidden])')]; \
             return shown.length === 1 && shown[0].innerText.includes('Kenya')",
        )
        .await;
    window.close().await;
}

async fn a_search_for_tags_hides_nothing_that_was_chosen(forum: Forum) {
    let window = Chromium::signed_in(&forum, "ke").await;
    window.visit("/threads/new").await;
    window
        .until(
            "the field",
            "return document.getElementById('tags-search').checkVisibility()",
        )
        .await;
    let open = "return [...document.querySelectorAll('details.facet')].map((group) => group.open)";
    window.click("#tools").await;
    window.click("details:has(#tools) .choices label").await;
    window.click("#methods").await;
    // Whether the first method is hidden identifies each search.
    let search = async |text: &str, hides: bool| {
        let typed = format!(
            "const field = document.getElementById('tags-search'); field.value = '{text}'; \
             field.dispatchEvent(new Event('input', {{ bubbles: true }}))"
        );
        window.run(&typed).await;
        let first = "document.querySelector('details:has(#methods) .choices label').hidden";
        window
            .until(text, &format!("return {first} === {hides}"))
            .await;
        window.run(open).await
    };
    assert_eq!(
        search("Кения", true).await,
        json!([true, false, true]),
        "chosen, nothing, found"
    );
    assert_eq!(
        search("", false).await,
        json!([true, true, false]),
        "as they were opened"
    );
    assert_eq!(
        search("nothing is called so", true).await,
        json!([true, false, false]),
        "chosen alone"
    );
    window.close().await;
}

async fn a_search_that_finds_no_tag_says_so_and_what_is_chosen_is_named(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let window = Chromium::signed_in(&forum, "ke").await;
    // Also if nothing but the tags is changed.
    for path in [
        format!("/threads/{}/tags", opened.id),
        "/threads/new".to_string(),
    ] {
        window.visit(&path).await;
        window
            .until(
                "the field",
                "return document.getElementById('tags-search').checkVisibility()",
            )
            .await;
        window.click("#tags-search").await;
        window.press("nothing is called so").await;
        let told = "return document.getElementById('tags-found').textContent";
        window
            .until("no tag found", &format!("{told} === 'No tag found.'"))
            .await;
        let search = "const field = document.getElementById('tags-search'); field.value = ''; \
            field.dispatchEvent(new Event('input', { bubbles: true }))";
        window.run(search).await;
        window
            .until("nothing told", &format!("{told} === ''"))
            .await;
    }
    let heads = "return [...document.querySelectorAll('details.facet summary')].map((head) => head.textContent)";
    let tools = |heads: &serde_json::Value| heads[0].as_str().unwrap_or_default().to_string();
    assert_eq!(tools(&window.run(heads).await), "Tools");
    window.click("#tools").await;
    window
        .click("details:has(#tools) .choices label:nth-child(1)")
        .await;
    window
        .click("details:has(#tools) .choices label:nth-child(2)")
        .await;
    let names = "return [...document.querySelectorAll('details:has(#tools) .choices label')].slice(0, 2)\
        .map((label) => label.textContent.trim()).join(', ')";
    let names = window.run(names).await;
    let expected = format!("Tools (2): {}", names.as_str().unwrap_or_default());
    assert_eq!(tools(&window.run(heads).await), expected);
    window.close().await;
    let page = Browser::of(&forum).get("/threads?regions=country-ke").await;
    let head = page.html.split("id=\"regions\"").nth(1).unwrap_or_default();
    let (head, _) = head.split_once("</summary>").unwrap_or_default();
    assert!(head.contains(" (1): <bdi>Kenya</bdi>"), "{head}");
}

async fn what_belonged_to_a_reply_goes_with_it_and_its_number_is_told(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let window = Chromium::signed_in(&forum, "fr").await;
    window
        .visit(&format!(
            "/threads/{}?answer={}&quote=1#reply",
            opened.id, opened.post
        ))
        .await;
    window.fill("body", "An answer to the first.").await;
    window.click("#reply [name='preview']").await;
    window.find("#reply .preview").await;
    window.click("#reply [type='submit']:not([name])").await;
    window.find("#post-2").await;
    let said = "return document.querySelector('#reply form [role=status]').innerText";
    window
        .until(
            "what was sent",
            &format!("{said} === 'Your reply was sent: No. 2'"),
        )
        .await;
    let way = "return document.querySelector('#reply form [role=status] a').getAttribute('href')";
    let post = format!("/threads/{}?number=2#post-2", opened.id);
    assert_eq!(window.run(way).await, json!(post));
    let left = "return [Boolean(document.querySelector('#reply .preview')), \
        document.querySelector('#reply [name=inReplyToId]').checked, location.search]";
    assert_eq!(window.run(left).await, json!([false, false, ""]));
    window.fill("body", "Another matter.").await;
    window.click("#reply [type='submit']:not([name])").await;
    window.find("#post-3").await;
    window.close().await;
    let document =
        "query($id: ID!) { thread(id: $id) { posts { edges { node { inReplyTo { number } } } } } }";
    let data = forum
        .visitor()
        .ask(document, json!({ "id": opened.id }))
        .await;
    let answers: Vec<_> = nodes(at(&data, "thread"), "posts");
    let answers: Vec<_> = answers.iter().map(|post| &post["inReplyTo"]).collect();
    assert_eq!(
        json!(answers),
        json!([null, { "number": 1 }, null]),
        "the second answers nothing"
    );
}

async fn what_a_role_may_not_do_and_what_is_not_there_yet_is_named(forum: Forum) {
    let mut visitor = Browser::signed_in(&forum, "visitor");
    let home = visitor.get("/").await;
    assert!(section(&home.html, "latest-title").contains("None yet."));
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let page = visitor.get(&format!("/threads/{}", opened.id)).await;
    assert!(page.html.contains("Your role does not allow replying."));
    let home = visitor.get("/").await;
    assert!(!section(&home.html, "latest-title").contains("None yet."));
}

async fn what_is_wrong_with_a_list_is_seen_and_samples_run_as_they_are_typed(forum: Forum) {
    let window = Chromium::signed_in(&forum, "secretariat").await;
    window.visit("/invitations").await;
    window.click("main form [type='submit']").await;
    window.find("select[aria-invalid]").await;
    let border = "return ['select[aria-invalid]', 'input[aria-invalid]'].map((css) => \
        getComputedStyle(document.querySelector(css)).borderTopColor === getComputedStyle(document.querySelector('.beside')).color)";
    assert_eq!(window.run(border).await, json!([true, true]));
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    window
        .visit(&format!("/threads/{}?lang=ar", opened.id))
        .await;
    let samples = "return [...document.querySelectorAll('.samples code')].every((sample) => \
        getComputedStyle(sample).direction === 'rtl' && getComputedStyle(sample).borderTopStyle === 'solid')";
    assert_eq!(window.run(samples).await, json!(true));
    window.close().await;
}

async fn nobody_is_asked_to_report_what_they_wrote(forum: Forum) {
    let thread = open(&forum.delegate("ke"), Draft::default()).await;
    let window = Chromium::signed_in(&forum, "fr").await;
    let path = format!("/threads/{}", thread.id);
    window.visit(&path).await;
    window.fill("body", "My own reply.").await;
    window.click("#reply [type='submit']:not([name])").await;
    window.find("#post-2").await;
    let asked = "return [1, 2].map((number) => Boolean(document.querySelector(`#post-${number} a[href^='/report']`)))";
    assert_eq!(
        window.run(asked).await,
        json!([true, false]),
        "as it is put there"
    );
    window.visit(&path).await;
    window.find("#post-2").await;
    assert_eq!(
        window.run(asked).await,
        json!([true, false]),
        "as it is loaded"
    );
    let of_thread = "return Boolean(document.querySelector(\".rail .acts a[href^='/report']\"))";
    assert_eq!(window.run(of_thread).await, json!(true));
    window.close().await;
    let own = Browser::signed_in(&forum, "ke").get(&path).await;
    assert_eq!(
        own.html.matches("href=\"/report?target=").count(),
        2,
        "of the reply, and of the template: {}",
        own.html
    );
}

async fn appears_through(forum: &Forum, words: &'static [&'static str]) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let filter = Filter::before(forum.address(), words).await;
    let window = Chromium::at(format!("http://{}", filter.address)).await;
    window.visit(&format!("/threads/{}", thread.id)).await;
    window.run("window.mark = 'not reloaded'").await;
    reply(&author, &thread.id, "By whatever way.").await;
    window.find("#post-2").await;
    let same = "return window.mark === 'not reloaded'";
    assert_eq!(window.run(same).await, json!(true));
    window.close().await;
}

async fn where_sockets_do_not_get_through_events_do(forum: Forum) {
    appears_through(&forum, &["upgrade: websocket"]).await;
}

async fn where_no_events_get_through_the_page_asks_again(forum: Forum) {
    appears_through(&forum, &["upgrade: websocket", "text/event-stream"]).await;
}

async fn the_keyboard_shortcuts_are_shown_and_can_be_turned_off(forum: Forum) {
    let thread = open(&forum.delegate("ke"), Draft::default()).await;
    let window = Chromium::open(&forum).await;
    window.visit(&format!("/threads/{}", thread.id)).await;
    window
        .until(
            "the scripts",
            "return !document.getElementById('keys-hint').hidden",
        )
        .await;
    window.press("j").await;
    let first = "return document.activeElement.id === 'post-1'";
    window.until("the first post", first).await;
    window.press("?").await;
    window
        .until("the list", "return document.getElementById('keys').open")
        .await;
    window.click("#keys-off").await;
    window.click("#keys form button").await;
    window.run("document.activeElement.blur()").await;
    window.press("j").await;
    let none =
        "return document.activeElement === document.body && !document.getElementById('keys').open";
    assert_eq!(window.run(none).await, json!(true), "they are off");
    window.close().await;
}
