//! What pages show is complete, rendered, in its own direction, and joined by the rules of the reader's language.

use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::decide;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply;
use crate::support::acts::undo;
use crate::support::browser::Chromium;
use crate::support::forum::Forum;
use crate::support::json::text;
use crate::support::moderating::decide_with;
use crate::support::moderating::report;
use crate::support::page::Browser;

on_both_databases!(
    what_stands_side_by_side_is_joined_as_the_language_writes_it,
    what_runs_from_left_to_right_does_so_on_an_arabic_page,
    a_text_that_others_do_not_see_is_rendered_and_marked_for_those_who_do,
    a_long_text_in_the_queue_is_opened_whole_and_a_draft_is_shown_whole,
    who_undoes_a_decision_sees_what_it_was_taken_on,
    what_is_cut_opens_and_rows_of_buttons_stand_apart_on_a_phone,
);

const RENDERED: &str = "<strong>Not</strong> kind.";

async fn what_stands_side_by_side_is_joined_as_the_language_writes_it(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::titled("Joined")).await;
    let posted = reply(&author, &thread.id, "Not kind.").await;
    let mut reader = Browser::signed_in(&forum, "secretariat");
    let decide = format!("/decide?target={}", posted.id);
    for (language, colon, comma) in [
        ("ar", ": ", "، "),
        ("en", ": ", ", "),
        ("es", ": ", ", "),
        ("fr", "\u{a0}: ", ", "),
        ("ru", ": ", ", "),
        ("zh", "：", "，"),
    ] {
        let page = reader.get(&format!("/settings?lang={language}")).await;
        let address = format!("{colon}<bdi>secretariat@");
        assert!(page.html.contains(&address), "{language}: {}", page.html);
        let page = reader.get(&format!("{decide}&lang={language}")).await;
        let number = format!("Joined</span>{comma}");
        assert!(page.html.contains(&number), "{language}: {}", page.html);
        // Each name is isolated, so that neither changes the direction of the other.
        let (_, meta) = page.html.split_once("<p class=\"meta\">").expect("a line");
        let (meta, _) = meta.split_once("</p>").expect("its end");
        assert_eq!(meta.matches("<bdi>").count(), 2, "{language}: {meta}");
        assert!(meta.contains(&format!("</bdi>{comma}<bdi>")), "{meta}");
    }
}

async fn what_runs_from_left_to_right_does_so_on_an_arabic_page(forum: Forum) {
    let thread = open(&forum.delegate("ke"), Draft::default()).await;
    let mut reader = Browser::signed_in(&forum, "secretariat");
    let person = own_id(&forum.delegate("ke")).await;
    let page = reader.get(&format!("/threads/{}?lang=ar", thread.id)).await;
    // Each sample of the hint is isolated, in the direction in which it is typed.
    for sample in ["[رابط](https://example.org)", "**غامق**", "&gt; اقتباس"] {
        let code = format!("<code dir=\"auto\">{sample}</code>");
        assert!(page.html.contains(&code), "{sample}: {}", page.html);
    }
    let about = reader.get("/about").await;
    let path = "<code dir=\"ltr\">/schema.graphql</code>";
    assert!(about.html.contains(path), "{}", about.html);
    assert!(
        !about.html.contains("independent operator"),
        "{}",
        about.html
    );
    let ledger = reader.get("/ledger").await;
    let command = "\u{2066}partage ledger verify\u{2069}";
    assert!(ledger.html.contains(command), "{}", ledger.html);
    let fields = [("key", "5f7f3c5e-5a1e-4c4e-9d2b-6a1d3b1f7a12")];
    let made = reader
        .post(&format!("/people/{person}/password"), &fields)
        .await;
    let link = "<code dir=\"ltr\">http";
    assert!(made.html.contains(link), "{}", made.html);
    let mut visitor = Browser::of(&forum);
    let form = visitor.get("/sign-in?lang=ar").await;
    let email = form.elements("input").into_iter();
    let mut email = email.filter(|input| input.get("type").is_some_and(|kind| kind == "email"));
    assert!(email.all(|input| input.get("dir").is_some_and(|dir| dir == "ltr")));
    // A number inserted into a text is isolated from it.
    let list = visitor.get(&format!("/threads/{}", thread.id)).await;
    assert!(list.html.contains("رقم \u{2068}1\u{2069}"), "{}", list.html);
}

async fn a_text_that_others_do_not_see_is_rendered_and_marked_for_those_who_do(forum: Forum) {
    let (secretariat, author) = (forum.secretariat(), forum.delegate("ke"));
    let thread = open(&forum.delegate("br"), Draft::default()).await;
    let hidden = reply(&author, &thread.id, "**Not** kind.").await;
    let withdrawn = reply(&author, &thread.id, "**Not** kind.").await;
    report(&forum.delegate("fr"), &withdrawn.id, "Look at this.").await;
    let withdraw =
        "mutation($input: WithdrawPostInput!) { withdrawPost(input: $input) { post { id } } }";
    let input = json!({ "postId": withdrawn.id });
    author.ask(withdraw, json!({ "input": input })).await;
    decide(&secretariat, "HIDE_POST", &[&hidden.id]).await;
    let document = "{ viewer { cases(first: 5) { nodes { id } } } }";
    let data = secretariat.ask(document, json!({})).await;
    let case = text(&data, "viewer.cases.nodes.0.id");
    let mut reader = Browser::signed_in(&forum, "secretariat");
    for (address, mark) in [
        (format!("/threads/{}", thread.id), "The hidden text"),
        (format!("/threads/{}", thread.id), "The withdrawn text"),
        (
            format!("/decide?target={}", hidden.id),
            "Hidden by a decision.",
        ),
        ("/moderation".to_string(), "Withdrawn by its author."),
        (
            format!("/moderation/cases/{case}"),
            "Withdrawn by its author.",
        ),
    ] {
        let page = reader.get(&address).await;
        assert!(page.html.contains(mark), "{address}: {}", page.html);
        assert!(page.html.contains(RENDERED), "{address}: {}", page.html);
        assert!(!page.html.contains("**Not**"), "{address}: {}", page.html);
    }
    let path = format!("/threads/{}", thread.id);
    let page = Browser::of(&forum).get(&path).await;
    assert!(!page.html.contains("kind."));
    let document =
        "query($id: ID!) { node(id: $id) { ... on Post { viewer { hiddenBodyHtml } } } }";
    for id in [&hidden.id, &withdrawn.id] {
        let told = secretariat.ask(document, json!({ "id": id })).await;
        assert!(text(&told, "node.viewer.hiddenBodyHtml").contains(RENDERED));
        let told = forum.visitor().ask(document, json!({ "id": id })).await;
        assert!(told["node"]["viewer"]["hiddenBodyHtml"].is_null());
    }
}

async fn a_long_text_in_the_queue_is_opened_whole_and_a_draft_is_shown_whole(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let long = format!("{}The very end.", "Many words. ".repeat(200));
    let posted = reply(&author, &thread.id, &long).await;
    report(&forum.delegate("fr"), &posted.id, "Look at this.").await;
    let mut reader = Browser::signed_in(&forum, "secretariat");
    let page = reader.get("/moderation").await;
    assert!(page.html.contains("The very end."), "{}", page.html);
    assert!(page.html.contains("Show the full text"), "{}", page.html);
    decide(&forum.secretariat(), "DISMISS_REPORTS", &[&posted.id]).await;
    let short = reply(&author, &thread.id, "A few words.").await;
    report(&forum.delegate("fr"), &short.id, "Look at this.").await;
    let page = reader.get("/moderation").await;
    assert!(page.html.contains("A few words."), "{}", page.html);
    assert!(!page.html.contains("Show the full text"), "{}", page.html);
    let fields = [
        ("body", long.as_str()),
        ("language", "EN"),
        ("capacity", "PERSONAL"),
        ("keep", "true"),
    ];
    let path = format!("/threads/{}", thread.id);
    reader.post(&path, &fields).await;
    let page = reader.get("/drafts").await;
    assert!(page.html.contains("The very end.</p>"), "{}", page.html);
    assert!(!page.html.contains("excerpt"), "{}", page.html);
}

async fn who_undoes_a_decision_sees_what_it_was_taken_on(forum: Forum) {
    let (secretariat, author) = (forum.secretariat(), forum.delegate("ke"));
    let thread = open(&author, Draft::titled("Decided on")).await;
    let posted = reply(&author, &thread.id, "**Not** kind.").await;
    let hidden = decide(&secretariat, "HIDE_POST", &[&posted.id]).await;
    let mut reader = Browser::signed_in(&forum, "secretariat");
    let page = reader.get(&format!("/decisions/{hidden}/undo")).await;
    assert!(page.html.contains(RENDERED), "{}", page.html);
    assert!(page.html.contains("<p>Post hidden, <a"), "{}", page.html);
    // Also when it is an undoing that is undone.
    let undone = undo(&secretariat, &hidden).await;
    let page = reader.get(&format!("/decisions/{undone}/undo")).await;
    let told = "<p>Decision no. 1 (Post hidden) undone, <a";
    assert!(page.html.contains(told), "{}", page.html);
    let hidden = decide(&secretariat, "HIDE_POST", &[&posted.id]).await;
    let locked = decide(&secretariat, "LOCK_THREAD", &[&thread.id]).await;
    let page = reader.get(&format!("/decisions/{locked}/undo")).await;
    let link = format!("/threads/{}\"", thread.id);
    assert!(page.html.contains(&link), "{}", page.html);
    let whom = own_id(&author).await;
    let until = json!({ "until": forum.moment_in(86_400) });
    let muted = decide_with(&secretariat, "MUTE_PERSON", &[&whom], until).await;
    let page = reader.get(&format!("/decisions/{muted}/undo")).await;
    let link = format!("/people/{whom}\"");
    assert!(page.html.contains(&link), "{}", page.html);
    // Also when the form is shown again.
    let key = page.value_of("key");
    let fields = [("key", key.as_str()), ("explanation", "")];
    let page = reader
        .post(&format!("/decisions/{hidden}/undo"), &fields)
        .await;
    assert_eq!(page.status, 422);
    assert!(page.html.contains(RENDERED), "{}", page.html);
}

/// The smallest distance between buttons on top of each other in a line of a form.
const APART: &str = "return Math.min(...[...document.querySelectorAll('main form p')].flatMap((line) => { \
     const all = [...line.querySelectorAll(':scope > button')].map((each) => each.getBoundingClientRect()); \
     return all.flatMap((one) => all.filter((other) => other.top >= one.bottom).map((other) => other.top - one.bottom)); }))";

/// Whether part of the text in the queue is cut off.
const IS_CUT: &str = "const text = document.querySelector('.case blockquote'); return text.scrollHeight > text.clientHeight + 1";

async fn what_is_cut_opens_and_rows_of_buttons_stand_apart_on_a_phone(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let posted = reply(&author, &thread.id, &"Many words. ".repeat(200)).await;
    report(&forum.delegate("fr"), &posted.id, "Look at this.").await;
    let window = Chromium::signed_in(&forum, "secretariat").await;
    window.appear(360, "light").await;
    window.visit("/moderation").await;
    assert_eq!(
        window.run(IS_CUT).await,
        json!(true),
        "a beginning is shown"
    );
    window.click(".excerpt summary").await;
    assert_eq!(window.run(IS_CUT).await, json!(false), "the whole is shown");
    for language in ["ar", "fr"] {
        window.visit(&format!("/threads/new?lang={language}")).await;
        let apart = window.run(APART).await;
        let apart = apart.as_f64().expect("buttons in several rows");
        assert!((4.0..40.0).contains(&apart), "{language}: {apart}");
    }
    window.close().await;
}
