//! Forms without JavaScript: signing in, writing, and what happens to a refused text.

use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::concept_id;
use crate::support::acts::open;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::page::Browser;
use crate::support::page::Page;
use crate::support::template::PASSWORD;
use crate::support::template::email;

on_both_databases!(
    somebody_signs_in_and_out_by_form,
    a_wrong_password_keeps_the_address,
    a_reply_is_written_by_form,
    a_refused_text_is_kept_in_the_form with flags(["--body-length", "60"]),
    a_thread_is_opened_by_form,
    an_edit_conflict_shows_both_versions_and_can_be_solved,
    an_invitation_is_accepted_by_form,
    a_visitor_is_sent_to_sign_in_and_back,
    a_text_outlives_the_session_of_its_writer,
    a_text_outlives_the_mandate_of_its_writer,
    a_text_that_was_changed_after_it_arrived_can_be_sent_again,
    a_filter_by_a_retired_concept_shows_what_its_successor_has,
    an_address_of_nothing_is_a_page_that_says_so,
    who_signs_in_is_led_to_the_form_and_not_to_where_it_is_sent,
    what_was_typed_in_a_refused_form_stands_in_it_again,
    too_large_a_form_is_refused_as_configured with flags(["--body-bytes", "2000"]),
);

async fn sign_in(forum: &Forum, word: &str) -> Browser {
    let mut browser = Browser::of(forum);
    let address = email(word);
    let page = browser
        .post_and_follow("/sign-in", &[("email", &address), ("password", PASSWORD)])
        .await;
    assert_eq!(page.status, 200);
    browser
}

async fn somebody_signs_in_and_out_by_form(forum: Forum) {
    let mut browser = sign_in(&forum, "ke").await;
    assert!(browser.has_cookie("partage_session"));
    assert_eq!(browser.get("/sessions").await.status, 200);
    browser.post_and_follow("/sign-out", &[]).await;
    assert!(!browser.has_cookie("partage_session"));
    assert_ne!(browser.get("/sessions").await.status, 200);
}

async fn a_wrong_password_keeps_the_address(forum: Forum) {
    let address = email("ke");
    let fields = [
        ("email", address.as_str()),
        ("password", "a wrong password"),
    ];
    let page = Browser::of(&forum).post("/sign-in", &fields).await;
    assert_eq!(page.status, 422);
    page.is_guarded("/sign-in");
    assert_eq!(page.value_of("email"), address);
    assert!(!page.html.contains("a wrong password"));
}

async fn a_reply_is_written_by_form(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let path = format!("/threads/{}", opened.id);
    let mut browser = sign_in(&forum, "fr").await;
    let page = browser.get(&path).await;
    let action = or(page.action_of_form_with("body"), &path);
    let key = page.value_of("key");
    let fields = [
        ("key", key.as_str()),
        ("body", "Without any script."),
        ("language", "EN"),
        ("capacity", "OFFICE"),
    ];
    let answered = browser.post_and_follow(&action, &fields).await;
    assert_eq!(answered.status, 200);
    assert!(answered.html.contains("Without any script."));
    // Sent again, as by going back in the browser, it is still one reply.
    let again = browser.post_and_follow(&action, &fields).await;
    assert_eq!(again.html.matches("Without any script.").count(), 1);
}

fn or(action: String, path: &str) -> String {
    if action.is_empty() {
        path.to_string()
    } else {
        action
    }
}

async fn new_thread(forum: &Forum, browser: &mut Browser, title: &str) -> Page {
    let visitor = forum.visitor();
    let tool = concept_id(&visitor, "wipo-ipas").await;
    let method = concept_id(&visitor, "webinar").await;
    let region = concept_id(&visitor, "country-ke").await;
    let page = browser.get("/threads/new").await;
    let action = or(page.action_of_form_with("title"), "/threads/new");
    let key = page.value_of("key");
    // A page may give concepts by id or by slug; the form shows which.
    let named = |id: &str, word: &str| {
        let known = page.html.contains(&format!("value=\"{id}\""));
        if known {
            id.to_string()
        } else {
            word.to_string()
        }
    };
    let fields = [
        ("key", key.as_str()),
        ("title", title),
        ("body", "By form."),
        ("kind", "QUESTION"),
        ("language", "EN"),
        ("visibility", "PUBLIC"),
        ("capacity", "PERSONAL"),
        ("tools", &named(&tool, "wipo-ipas")),
        ("methods", &named(&method, "webinar")),
        ("regions", &named(&region, "country-ke")),
    ];
    browser.post(&action, &fields).await
}

async fn a_refused_text_is_kept_in_the_form(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let path = format!("/threads/{}", opened.id);
    let mut browser = Browser::signed_in(&forum, "fr");
    let page = browser.get(&path).await;
    let action = or(page.action_of_form_with("body"), &path);
    let key = page.value_of("key");
    let long = "A text that took an hour to write and is too long by a little.";
    let fields = [
        ("key", key.as_str()),
        ("body", long),
        ("language", "FR"),
        ("capacity", "OFFICE"),
    ];
    let refused = browser.post(&action, &fields).await;
    assert_eq!(refused.status, 422);
    assert!(refused.html.contains(long));
    assert_eq!(
        refused.value_of("key"),
        key,
        "the key stays, so that it is not sent twice"
    );
    assert!(refused.html.contains("60"), "the limit is named");
    assert!(
        refused.html.contains("aria-invalid=\"true\""),
        "{}",
        refused.html
    );
}

async fn a_thread_is_opened_by_form(forum: Forum) {
    let mut browser = Browser::signed_in(&forum, "ke");
    let answer = new_thread(&forum, &mut browser, "Who has done this before?").await;
    assert_eq!(answer.status, 303, "{}", answer.html);
    let page = browser.get(&answer.location()).await;
    assert!(page.html.contains("Who has done this before?"));
    let document = "{ threads(filter: { tools: [\"wipo-ipas\"], methods: [\"webinar\"], regions: [\"africa\"] }) { totalCount } }";
    let seen = forum.visitor().ask(document, json!({})).await;
    assert_eq!(number(&seen, "threads.totalCount"), 1);

    let refused = new_thread(&forum, &mut browser, "  ").await;
    assert_eq!(refused.status, 422);
    assert!(refused.html.contains("By form."), "the text is kept");
}

async fn an_edit_conflict_shows_both_versions_and_can_be_solved(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let path = format!("/threads/{}/posts/1/edit", opened.id);
    let mut browser = Browser::signed_in(&forum, "ke");
    let page = browser.get(&path).await;
    let action = or(page.action_of_form_with("body"), &path);
    let revision = page.value_of("revision");
    assert_eq!(revision, "1");
    let input = json!({ "postId": opened.post, "revision": 1, "body": "From the phone." });
    kenya.ask(EDIT, json!({ "input": input })).await;

    let fields = [("revision", revision.as_str()), ("body", "From the desk.")];
    let conflict = browser.post(&action, &fields).await;
    assert!((400..500).contains(&conflict.status), "{}", conflict.status);
    assert!(conflict.html.contains("From the phone."));
    assert!(conflict.html.contains("From the desk."));
    let revision = conflict.value_of("revision");
    assert_eq!(revision, "2");
    let fields = [("revision", revision.as_str()), ("body", "From both.")];
    let solved = browser.post_and_follow(&action, &fields).await;
    assert!(solved.html.contains("From both."));
}

async fn an_invitation_is_accepted_by_form(forum: Forum) {
    let secretariat = forum.secretariat();
    let input = json!({
        "key": uuid::Uuid::new_v4(),
        "email": "by-form@example.org",
        "role": "DELEGATE",
        "delegationId": crate::support::acts::delegation_id(&secretariat, "br").await,
        "capacity": "OFFICE",
        "title": "Attaché",
    });
    let document = "mutation($input: InviteInput!) { invite(input: $input) { link } }";
    let data = secretariat.ask(document, json!({ "input": input })).await;
    let link = text(&data, "invite.link");
    let path = link
        .strip_prefix(&forum.url(""))
        .expect("a link to this forum");

    let mut browser = Browser::of(&forum);
    let page = browser.get(path).await;
    assert_eq!(page.status, 200);
    page.is_guarded(path);
    let action = or(page.action_of_form_with("password"), path);
    let short = [
        ("name", "Delegate by form"),
        ("password", "short"),
        ("language", "FR"),
    ];
    let refused = browser.post(&action, &short).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.value_of("name"), "Delegate by form");
    let fields = [
        ("name", "Delegate by form"),
        ("password", PASSWORD),
        ("language", "FR"),
    ];
    let page = browser.post_and_follow(&action, &fields).await;
    assert_eq!(page.status, 200);
    assert_eq!(browser.get("/sessions").await.status, 200);
    assert_eq!(
        Browser::of(&forum).get(path).await.status,
        410,
        "it works once"
    );
}

async fn a_visitor_is_sent_to_sign_in_and_back(forum: Forum) {
    let mut browser = Browser::of(&forum);
    let sent = browser.get("/threads/new").await;
    assert_eq!(sent.status, 303);
    let location = sent.location();
    assert!(location.starts_with("/sign-in?next="), "{location}");
    let page = browser.get(&location).await;
    let action = or(page.action_of_form_with("password"), &location);
    let next = page.value_of("next");
    let address = email("ke");
    let fields = [
        ("email", address.as_str()),
        ("password", PASSWORD),
        ("next", next.as_str()),
    ];
    let back = browser.post(&action, &fields).await;
    assert_eq!(back.location(), "/threads/new");
    for elsewhere in [
        "https://elsewhere.example",
        "//elsewhere.example",
        "/\\elsewhere.example",
    ] {
        let fields = [
            ("email", address.as_str()),
            ("password", PASSWORD),
            ("next", elsewhere),
        ];
        let answer = Browser::of(&forum).post("/sign-in", &fields).await;
        assert_eq!(answer.status, 303);
        assert!(
            !answer.location().contains("elsewhere"),
            "{}",
            answer.location()
        );
    }
}

/// The fields of a reply in its form.
fn written<'a>(key: &'a str, body: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("key", key),
        ("body", body),
        ("language", "EN"),
        ("capacity", "OFFICE"),
    ]
}

async fn a_text_outlives_the_session_of_its_writer(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let path = format!("/threads/{}", opened.id);
    let mut browser = sign_in(&forum, "fr").await;
    let key = browser.get(&path).await.value_of("key");
    let mut elsewhere = Browser::signed_in(&forum, "fr");
    // Signed out in another window while the text was being written in this one.
    let out = browser.post("/sign-out", &[]).await;
    assert_eq!(out.status, 303);
    let refused = browser
        .post(&path, &written(&key, "Ten minutes of work."))
        .await;
    assert_eq!(refused.status, 401);
    refused.is_guarded(&path);
    assert!(refused.html.contains("Ten minutes of work."));
    assert_eq!(refused.value_of("key"), key);
    assert_eq!(refused.value_of("capacity"), "OFFICE");
    assert_eq!(or(refused.action_of_form_with("body"), ""), path);
    // Signed in again, the same form is sent again, and counts once.
    for _ in 0..2 {
        let sent = elsewhere
            .post_and_follow(&path, &written(&key, "Ten minutes of work."))
            .await;
        assert_eq!(sent.html.matches("Ten minutes of work.").count(), 1);
    }
}

async fn a_text_outlives_the_mandate_of_its_writer(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let path = format!("/threads/{}", opened.id);
    let mut browser = sign_in(&forum, "fr").await;
    let key = browser.get(&path).await.value_of("key");
    let france = forum.delegate("fr");
    let document = "{ viewer { person { mandates { edges { node { id } } } } } }";
    let data = france.ask(document, json!({})).await;
    let id = data["viewer"]["person"]["mandates"]["edges"][0]["node"]["id"].clone();
    let end =
        "mutation($input: EndMandateInput!) { endMandate(input: $input) { mandate { current } } }";
    let input = json!({ "input": { "mandateId": id } });
    forum.secretariat().ask(end, input).await;
    let refused = browser.post(&path, &written(&key, "A day too late.")).await;
    assert_eq!(refused.status, 403);
    assert!(refused.html.contains("A day too late."));
    assert!(refused.html.contains("role=\"alert\""));
}

async fn too_large_a_form_is_refused_as_configured(forum: Forum) {
    let mut browser = sign_in(&forum, "fr").await;
    let long = "x".repeat(3_000);
    let refused = browser.post("/threads/any", &written("", &long)).await;
    assert_eq!(refused.status, 413);
}

async fn a_text_that_was_changed_after_it_arrived_can_be_sent_again(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let path = format!("/threads/{}", opened.id);
    let mut browser = sign_in(&forum, "fr").await;
    let key = browser.get(&path).await.value_of("key");
    // It arrived, but its response did not; the writer continues the text and sends it once more.
    browser.post(&path, &written(&key, "As first sent.")).await;
    let refused = browser
        .post(&path, &written(&key, "As then changed."))
        .await;
    assert_eq!(refused.status, 422);
    assert!(refused.html.contains("As then changed."));
    assert!(refused.html.contains("An earlier version"));
    assert!(!refused.html.contains("href=\"#key\""));
    let fresh = refused.value_of("key");
    assert_ne!(fresh, key);
    let sent = browser
        .post_and_follow(&path, &written(&fresh, "As then changed."))
        .await;
    assert!(sent.html.contains("As first sent.") && sent.html.contains("As then changed."));
}

async fn a_filter_by_a_retired_concept_shows_what_its_successor_has(forum: Forum) {
    let kenya = forum.delegate("ke");
    let file = Draft {
        title: "Filing by computer".to_string(),
        tools: &["wipo-file"],
        ..Draft::default()
    };
    let other = Draft {
        title: "Something else".to_string(),
        tools: &["wipo-publish"],
        ..Draft::default()
    };
    open(&kenya, file).await;
    open(&kenya, other).await;
    let secretariat = forum.secretariat();
    let deprecate = "mutation($input: DeprecateConceptInput!) { deprecateConcept(input: $input) { concept { id } } }";
    let input = json!({
        "conceptId": concept_id(&secretariat, "wipo-ipas").await,
        "successorId": concept_id(&secretariat, "wipo-file").await,
    });
    secretariat.ask(deprecate, json!({ "input": input })).await;
    let mut browser = Browser::of(&forum);
    let page = browser.get("/?tools=wipo-ipas").await;
    assert_eq!(page.status, 200);
    assert!(page.html.contains("Filing by computer"));
    assert!(!page.html.contains("Something else"));
    assert!(page.html.contains("value=\"wipo-file\" checked"));
    let unknown = browser.get("/?tools=no-such-tool").await;
    assert_eq!(unknown.status, 422);
    assert!(!unknown.html.contains("Something else"));
}

async fn an_address_of_nothing_is_a_page_that_says_so(forum: Forum) {
    let mut browser = Browser::of(&forum);
    for path in [
        "/threads/x/posts/abc/edit",
        "/threads/x/posts/1/revisions",
        "/threads/x/posts/99999999999999999999/withdraw",
        "/nowhere",
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 404, "{path}");
        page.is_guarded(path);
        assert!(page.html.contains("<main"), "{path}");
    }
}

async fn who_signs_in_is_led_to_the_form_and_not_to_where_it_is_sent(forum: Forum) {
    for (path, form) in [
        ("/sessions/password", "/sessions"),
        ("/vocabulary/wipo-file/change", "/vocabulary/wipo-file"),
        ("/threads/new", "/threads/new"),
    ] {
        let sent = Browser::of(&forum)
            .post(path, &[("label", "Any thing")])
            .await;
        assert_eq!(sent.status, 303, "{path}");
        assert_eq!(sent.location(), format!("/sign-in?next={form}"));
    }
    // A user without access to the form is told that, and not what is missing in it.
    let refused = Browser::signed_in(&forum, "ke")
        .post("/vocabulary/wipo-file/change", &[("label", "Any thing")])
        .await;
    assert_eq!(refused.status, 403, "{}", refused.html);
    let out = Browser::of(&forum).post("/sign-out", &[]).await;
    assert_eq!((out.status, out.location().as_str()), (303, "/"));
}

async fn what_was_typed_in_a_refused_form_stands_in_it_again(forum: Forum) {
    let mut browser = sign_in(&forum, "secretariat").await;
    let fields = [
        ("slug", "Not A Slug"),
        ("label", "A new tool of ours"),
        ("definition", "What it is good for."),
    ];
    let refused = browser.post("/vocabulary/wipo-file/add", &fields).await;
    assert_eq!(refused.status, 422);
    for (_, typed) in fields {
        assert!(refused.html.contains(typed), "{typed}");
    }
    let key = browser.get("/invitations").await.value_of("key");
    let fields = [
        ("key", key.as_str()),
        ("email", "new@example.org"),
        ("role", "DELEGATE"),
        ("delegationId", "ke"),
        ("title", "Examiner"),
        ("capacity", "OFFICE"),
        ("mandateUntil", "31/12/2027"),
    ];
    let refused = browser.post("/invitations", &fields).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.value_of("mandateUntil"), "31/12/2027");
    assert_eq!(refused.value_of("email"), "new@example.org");
    assert!(refused.html.contains("id=\"mandateUntil-trouble\""));
}
