//! A stored draft is removed by nobody but its writer, is complete, and is available wherever its thread or post has moved; and nothing
//! happens without the user.

use serde_json::Value;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::decide;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::forum::Forum;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::moderating::decide_with;
use crate::support::page::Browser;
use crate::support::page::Page;
use crate::support::person::Person;

on_both_databases!(
    a_draft_is_let_go_only_as_it_is_meant,
    no_number_of_a_draft_comes_twice_in_its_place,
    a_page_does_not_keep_over_what_another_has_kept,
    what_another_device_kept_outlives_the_reply_that_was_sent,
    a_page_lets_go_only_of_the_draft_that_it_showed,
    a_draft_that_went_on_is_shown_beside_what_was_to_be_let_go,
    a_draft_for_a_merged_thread_is_whole_and_sent_to_where_that_went,
    a_draft_whose_place_is_closed_is_whole_and_taken_back,
    what_is_fetched_ahead_is_not_read,
    a_time_zone_that_nobody_lives_in_is_refused,
    a_reply_whose_thread_or_answered_post_has_gone_is_sent_from_its_form,
);

const KEEP: &str =
    "mutation($input: KeepDraftInput!) { keepDraft(input: $input) { draft { id revision } } }";
const DISCARD: &str =
    "mutation($input: DiscardDraftInput!) { discardDraft(input: $input) { viewer { id } } }";

fn place(thread: &str) -> Value {
    json!({ "purpose": "REPLY", "subject": { "threadId": thread }, "language": "EN" })
}

async fn keep(person: &Person, thread: &str, body: &str, revision: i64) -> (String, i64) {
    let input = json!({ "place": place(thread), "body": body, "revision": revision });
    let data = person.ask(KEEP, json!({ "input": input })).await;
    (
        text(&data, "keepDraft.draft.id"),
        number(&data, "keepDraft.draft.revision"),
    )
}

async fn bodies(person: &Person) -> Vec<String> {
    let data = person
        .ask(
            "{ viewer { drafts(first: 50) { edges { node { body } } } } }",
            json!({}),
        )
        .await;
    let drafts = nodes(at(&data, "viewer"), "drafts");
    drafts.iter().map(|draft| text(draft, "body")).collect()
}

async fn a_draft_is_let_go_only_as_it_is_meant(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let (id, first) = keep(&author, &thread.id, "On the telephone", 0).await;
    let (_, second) = keep(&author, &thread.id, "On the telephone, further", first).await;
    let by_place = json!({ "input": { "place": place(&thread.id), "revision": first } });
    let by_id = json!({ "input": { "draftId": id, "revision": first } });
    for stale in [by_place, by_id] {
        let refused = author.refused(DISCARD, stale).await;
        refused.is("CONFLICT");
        let current = text(&refused.0, "extensions.current.body");
        assert_eq!(current, "On the telephone, further");
    }
    assert_eq!(bodies(&author).await, ["On the telephone, further"]);
    for (input, person) in [
        (json!({ "revision": second }), &author),
        (
            json!({ "place": place(&thread.id), "draftId": id, "revision": second }),
            &author,
        ),
    ] {
        person
            .refused(DISCARD, json!({ "input": input }))
            .await
            .is_invalid("place");
    }
    // Nobody discards what they have not seen.
    let unseen = json!({ "input": { "draftId": id } });
    author.refused(DISCARD, unseen).await.is("BAD_REQUEST");
    assert_eq!(bodies(&author).await.len(), 1);
    // Another person's draft cannot be found.
    let theirs = json!({ "input": { "draftId": id, "revision": second } });
    forum.delegate("br").ask(DISCARD, theirs.clone()).await;
    assert_eq!(bodies(&author).await.len(), 1);
    author.ask(DISCARD, theirs.clone()).await;
    author.ask(DISCARD, theirs).await;
    assert!(bodies(&author).await.is_empty());
}

async fn no_number_of_a_draft_comes_twice_in_its_place(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let (_, held) = keep(&author, &thread.id, "Held by the telephone", 0).await;
    let gone = json!({ "input": { "place": place(&thread.id), "revision": held } });
    author.ask(DISCARD, gone).await;
    keep(&author, &thread.id, "Begun anew at the desk", 0).await;
    let input =
        json!({ "place": place(&thread.id), "body": "From the telephone", "revision": held });
    author
        .refused(KEEP, json!({ "input": input }))
        .await
        .is("CONFLICT");
    let stale = json!({ "input": { "place": place(&thread.id), "revision": held } });
    author.refused(DISCARD, stale).await.is("CONFLICT");
    assert_eq!(bodies(&author).await, ["Begun anew at the desk"]);
}

/// The fields of a reply form, with the draft that the page resumed.
fn fields<'a>(body: &'a str, revision: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("body", body),
        ("language", "EN"),
        ("capacity", "PERSONAL"),
        ("draftRevision", revision),
    ]
}

async fn a_page_does_not_keep_over_what_another_has_kept(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let address = format!("/threads/{}", thread.id);
    let mut browser = Browser::signed_in(&forum, "ke");
    let taken_up = browser.get(&address).await.value_of("draftRevision");
    let (_, theirs) = keep(&author, &thread.id, "Kept by the telephone", 0).await;
    let mut sent = fields("Written on the page", &taken_up);
    sent.push(("keep", "true"));
    let page = browser.post(&address, &sent).await;
    assert_eq!(page.status, 409);
    for both in ["Kept by the telephone", "Written on the page"] {
        assert!(page.html.contains(both), "{both}: {}", page.html);
    }
    assert_eq!(bodies(&author).await, ["Kept by the telephone"]);
    // Loading it in between does not change the form.
    let mut look = fields("Written on the page", &taken_up);
    look.push(("preview", "true"));
    let looked = browser
        .post(&address, &look)
        .await
        .value_of("draftRevision");
    assert_eq!(looked, taken_up);
    // Only a user who has seen both can choose.
    let chosen = page.value_of("draftRevision");
    assert_eq!(chosen, theirs.to_string());
    let mut sent = fields("Written on the page", &chosen);
    sent.push(("keep", "true"));
    assert_eq!(browser.post(&address, &sent).await.status, 303);
    assert_eq!(bodies(&author).await, ["Written on the page"]);
}

async fn what_another_device_kept_outlives_the_reply_that_was_sent(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let address = format!("/threads/{}", thread.id);
    let (_, first) = keep(&author, &thread.id, "As far as it came", 0).await;
    let mut browser = Browser::signed_in(&forum, "ke");
    let taken_up = browser.get(&address).await.value_of("draftRevision");
    assert_eq!(taken_up, first.to_string());
    let (_, second) = keep(&author, &thread.id, "Further, on the telephone", first).await;
    let sent = browser
        .post(&address, &fields("As far as it came, sent", &taken_up))
        .await;
    assert_eq!(sent.status, 303);
    assert_eq!(bodies(&author).await, ["Further, on the telephone"]);
    // A draft that was resumed unchanged is discarded with the sent text.
    let sent = browser
        .post(&address, &fields("Further, and sent", &second.to_string()))
        .await;
    assert_eq!(sent.status, 303);
    assert!(bodies(&author).await.is_empty());
}

async fn a_page_lets_go_only_of_the_draft_that_it_showed(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let (id, first) = keep(&author, &thread.id, "As it was shown", 0).await;
    let mut browser = Browser::signed_in(&forum, "ke");
    for address in ["/drafts".to_string(), format!("/threads/{}", thread.id)] {
        let page = browser.get(&address).await;
        assert_eq!(page.value_of("revision"), first.to_string(), "{address}");
    }
    keep(&author, &thread.id, "Further, on the telephone", first).await;
    let stale = first.to_string();
    let by_id = [("draftId", id.as_str()), ("revision", stale.as_str())];
    let by_place = [
        ("purpose", "REPLY"),
        ("subjectId", thread.id.as_str()),
        ("revision", stale.as_str()),
    ];
    assert_ne!(browser.post("/drafts/discard", &by_id).await.status, 303);
    assert_ne!(browser.post("/drafts/discard", &by_place).await.status, 303);
    assert_eq!(bodies(&author).await, ["Further, on the telephone"]);
}

async fn a_draft_that_went_on_is_shown_beside_what_was_to_be_let_go(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::default()).await;
    let address = format!("/threads/{}?lang=en", thread.id);
    let (shown, later) = (format!("Shown & {}", long()), format!("Later & {}", long()));
    let mut browser = Browser::signed_in(&forum, "ke");
    for path in ["/drafts?lang=en", address.as_str()] {
        let (_, first) = keep(&author, &thread.id, &shown, 0).await;
        let page = browser.get(path).await;
        let form = page
            .html
            .split("action=\"/drafts/discard\"")
            .nth(1)
            .expect("the form");
        let form = Page {
            status: page.status,
            headers: page.headers.clone(),
            html: form.split("</form").next().unwrap_or_default().to_string(),
        };
        let sent: Vec<(String, String)> = form
            .elements("input")
            .into_iter()
            .map(|mut input| {
                (
                    input.remove("name").unwrap_or_default(),
                    unescaped(&input.remove("value").unwrap_or_default()),
                )
            })
            .collect();
        let sent: Vec<(&str, &str)> = sent
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let (_, second) = keep(&author, &thread.id, &later, first).await;
        let both = browser.post("/drafts/discard", &sent).await;
        assert_eq!(both.status, 409, "{path}");
        for text in [&shown, &later] {
            let text = text.replace('&', "&#38;");
            assert!(both.html.contains(&text), "{path}: {text} in {}", both.html);
        }
        assert_eq!(bodies(&author).await, [later.as_str()], "{path}");
        // The text that the page showed is saved again.
        let again = [
            ("purpose", "REPLY"),
            ("subjectId", thread.id.as_str()),
            ("language", "EN"),
            ("body", shown.as_str()),
            ("draftRevision", &second.to_string()),
            ("keep", "true"),
        ];
        assert_eq!(both.action_of_form_with("draftRevision"), "/drafts/keep");
        for (name, value) in again
            .iter()
            .filter(|(name, _)| !["body", "keep"].contains(name))
        {
            assert_eq!(both.value_of(name), *value, "{path}");
        }
        assert_eq!(
            browser.post("/drafts/keep", &again).await.status,
            303,
            "{path}"
        );
        assert_eq!(bodies(&author).await, [shown.as_str()], "{path}");
        // Or both are discarded, now that they were seen.
        let third = (second + 1).to_string();
        let both = [("draftId", both.value_of("draftId")), ("revision", third)];
        let both: Vec<(&str, &str)> = both
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        assert_eq!(
            browser.post("/drafts/discard", &both).await.status,
            303,
            "{path}"
        );
        assert!(bodies(&author).await.is_empty(), "{path}");
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&#38;", "&")
}

/// A text longer than any list would show, with a distinct end.
fn long() -> String {
    format!("{} THE END", "A sentence of some length. ".repeat(40))
}

async fn a_draft_for_a_merged_thread_is_whole_and_sent_to_where_that_went(forum: Forum) {
    let (author, secretariat) = (forum.delegate("ke"), forum.secretariat());
    let gone = open(&forum.delegate("br"), Draft::titled("The one that goes")).await;
    let next = open(&forum.delegate("br"), Draft::titled("The next one")).await;
    let into = open(&forum.delegate("br"), Draft::titled("The one that stays")).await;
    keep(&author, &gone.id, &long(), 0).await;
    keep(&author, &into.id, "Another, for the one that stays", 0).await;
    for (thread, into) in [(&gone, &next), (&next, &into)] {
        let more = json!({ "intoThreadId": into.id });
        decide_with(&secretariat, "MERGE_THREADS", &[&thread.id], more).await;
    }
    let mut browser = Browser::signed_in(&forum, "ke");
    let drafts = browser.get("/drafts").await;
    assert!(drafts.html.contains("THE END"), "{}", drafts.html);
    let start = format!("href=\"/threads/{}?last", into.id);
    let links = drafts.html.split(&start).skip(1);
    let ends = links.map(|rest| rest.split('"').next().unwrap_or_default());
    let end = ends
        .into_iter()
        .find(|end| end.contains("draft="))
        .expect("a link to where it went");
    let address = format!(
        "/threads/{}?last{}",
        into.id,
        end.replace("&#38;", "&").replace("&amp;", "&")
    );
    let address = address.split('#').next().unwrap_or_default().to_string();
    let form = browser.get(&address).await;
    assert!(form.html.contains("THE END"), "{}", form.html);
    let (of, revision) = (form.value_of("draftOf"), form.value_of("draftRevision"));
    let body = long();
    let mut sent = fields(&body, &revision);
    sent.push(("draftOf", &of));
    let done = browser.post(&format!("/threads/{}", into.id), &sent).await;
    assert_eq!(done.status, 303, "{}", done.html);
    let document = "query($id: ID!) { thread(id: $id) { lastPost { body } } }";
    let data = author.ask(document, json!({ "id": into.id })).await;
    assert!(text(&data, "thread.lastPost.body").ends_with("THE END"));
    assert_eq!(bodies(&author).await, ["Another, for the one that stays"]);
}

async fn a_draft_whose_place_is_closed_is_whole_and_taken_back(forum: Forum) {
    let (author, secretariat) = (forum.delegate("ke"), forum.secretariat());
    let thread = open(&forum.delegate("br"), Draft::default()).await;
    let posted = reply(&author, &thread.id, "Mine.").await;
    keep(&author, &thread.id, &long(), 0).await;
    let edit = json!({ "place": { "purpose": "EDIT", "subject": { "postId": posted.id }, "language": "EN" },
        "body": format!("{} OF AN EDIT", long()), "revision": 0 });
    author.ask(KEEP, json!({ "input": edit })).await;
    decide(&secretariat, "LOCK_THREAD", &[&thread.id]).await;
    decide(&secretariat, "HIDE_POST", &[&posted.id]).await;
    let mut browser = Browser::signed_in(&forum, "ke");
    let page = browser.get("/drafts").await;
    for end in ["THE END", "THE END OF AN EDIT"] {
        assert!(page.html.contains(end), "{end}: {}", page.html);
    }
    let discards = page.html.matches("name=\"draftId\"").count();
    assert_eq!(discards, 2);
    let fields = [
        ("draftId", page.value_of("draftId")),
        ("revision", page.value_of("revision")),
    ];
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    assert_eq!(browser.post("/drafts/discard", &fields).await.status, 303);
    assert_eq!(bodies(&author).await.len(), 1);
}

async fn what_is_fetched_ahead_is_not_read(forum: Forum) {
    let reader = forum.delegate("fr");
    let thread = open(&forum.delegate("ke"), Draft::default()).await;
    reply(&forum.delegate("br"), &thread.id, "To be read.").await;
    let path = format!("/threads/{}", thread.id);
    let read = async || {
        let document = "query($id: ID!) { thread(id: $id) { viewer { lastReadNumber } } }";
        let data = reader.ask(document, json!({ "id": thread.id })).await;
        number(&data, "thread.viewer.lastReadNumber")
    };
    let cookie = format!("partage_session={}", forum.token("fr"));
    let get = async |method: reqwest::Method, header: Option<(&str, &str)>| {
        let mut request = forum
            .visitor()
            .request(method, &path)
            .header("cookie", &cookie);
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        request.send().await.expect("an answer").status().as_u16()
    };
    for header in [
        ("sec-purpose", "prefetch"),
        ("sec-purpose", "prefetch;prerender"),
        ("sec-purpose", "prefetch;anonymous-client-ip"),
        ("purpose", "prefetch"),
        ("x-moz", "prefetch"),
        ("x-purpose", "preview"),
    ] {
        assert_eq!(get(reqwest::Method::GET, Some(header)).await, 200);
        assert_eq!(read().await, 0, "{header:?}");
    }
    assert_eq!(get(reqwest::Method::HEAD, None).await, 200);
    assert_eq!(read().await, 0, "HEAD");
    assert_eq!(get(reqwest::Method::GET, None).await, 200);
    assert_eq!(read().await, 2);
}

async fn a_time_zone_that_nobody_lives_in_is_refused(forum: Forum) {
    let person = forum.delegate("ke");
    let change =
        "mutation($input: ChangeProfileInput!) { changeProfile(input: $input) { person { id } } }";
    for zone in [
        "Etc/Unknown",
        "etc/unknown",
        "Factory",
        "Mars/Olympus",
        "posixrules",
        "right/UTC",
        "localtime",
        "../UTC",
        "Unknown",
    ] {
        let input = json!({ "input": { "timeZone": zone } });
        person.refused(change, input).await.is_invalid("timeZone");
    }
    let document = "{ viewer { timeZone } }";
    for (zone, stored) in [
        ("Africa/Nairobi", "Africa/Nairobi"),
        ("europe/paris", "Europe/Paris"),
        ("UTC", "UTC"),
        ("Etc/GMT+3", "Etc/GMT+3"),
    ] {
        person
            .ask(change, json!({ "input": { "timeZone": zone } }))
            .await;
        let data = person.ask(document, json!({})).await;
        assert_eq!(text(&data, "viewer.timeZone"), stored);
    }
    let page = Browser::signed_in(&forum, "ke").get("/settings").await;
    assert!(!page.html.contains("Etc/Unknown"));
    // One that was saved before shows UTC.
    forum
        .place()
        .execute("update person set time_zone = 'Etc/Unknown' where name = 'Delegate of Kenya'")
        .await;
    let data = person.ask(document, json!({})).await;
    assert!(at(&data, "viewer.timeZone").is_null());
    open(&person, Draft::titled("Read in UTC")).await;
    let page = Browser::signed_in(&forum, "ke").get("/threads").await;
    assert!(page.html.contains("UTC"), "{}", page.html);
    assert!(!page.html.contains("Etc/Unknown"), "{}", page.html);
}

async fn a_reply_whose_thread_or_answered_post_has_gone_is_sent_from_its_form(forum: Forum) {
    let (author, secretariat) = (forum.delegate("br"), forum.secretariat());
    let gone = open(&author, Draft::titled("The one that goes")).await;
    let into = open(&author, Draft::titled("The one that stays")).await;
    let answered = reply(&author, &gone.id, "To be answered.").await;
    let mut browser = Browser::signed_in(&forum, "ke");
    let body = long();
    let mut sent = fields(&body, "0");
    sent.push(("inReplyToId", &answered.id));
    let path = format!("/threads/{}", gone.id);
    let more = json!({ "change": { "title": "Apart" } });
    decide_with(&secretariat, "SPLIT_POSTS", &[&answered.id], more).await;
    let page = browser.post(&path, &sent).await;
    assert_eq!(page.status, 422);
    assert!(page.html.contains("THE END"), "nothing is lost");
    assert!(
        !page.html.contains("name=\"inReplyToId\""),
        "it stands for itself"
    );
    let merge = json!({ "intoThreadId": into.id });
    decide_with(&secretariat, "MERGE_THREADS", &[&gone.id], merge).await;
    let page = browser.post(&path, &fields(&body, "0")).await;
    assert_eq!(page.status, 409);
    assert!(page.html.contains("THE END"), "nothing is lost");
    let next = page.action_of_form_with("draftRevision");
    let next = next.split('#').next().unwrap_or_default().to_string();
    assert_eq!(next, format!("/threads/{}", into.id));
    assert_eq!(browser.post(&next, &fields(&body, "0")).await.status, 303);
    let document = "query($id: ID!) { thread(id: $id) { lastPost { body } } }";
    let data = author.ask(document, json!({ "id": into.id })).await;
    assert!(text(&data, "thread.lastPost.body").ends_with("THE END"));
}
