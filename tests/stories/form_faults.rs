//! All errors of a form are shown at once, each with its field's name, and disappear when they are corrected.

use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply;
use crate::support::browser::Chromium;
use crate::support::forum::Forum;
use crate::support::page::Browser;
use crate::support::page::Page;
use crate::support::template::PASSWORD;

on_both_databases!(
    all_that_is_wrong_is_told_at_once_by_name,
    what_is_too_long_is_told_with_what_is_missing_and_nothing_is_lost,
    what_is_put_right_is_no_longer_told,
    every_form_tells_all_that_is_wrong_with_it_at_once,
    a_decision_is_told_all_that_is_wrong_with_it_at_once,
    a_reason_that_nobody_sees_is_none,
    the_question_about_a_language_goes_with_the_language,
    a_text_that_is_asked_about_is_offered_once,
    a_text_that_goes_on_after_it_arrived_unseen_is_sent_as_another,
    a_text_of_any_form_is_offered_whole_and_taken,
);

async fn all_that_is_wrong_is_told_at_once_by_name(forum: Forum) {
    let mut writer = Browser::signed_in(&forum, "ke");
    for (language, told) in [
        (
            "en",
            [
                "Enter a title.",
                "Enter your text.",
                "Choose the kind of discussion.",
                "Choose at least one tool or method.",
                "Choose at least one region.",
            ],
        ),
        (
            "fr",
            [
                "Saisissez un titre.",
                "Saisissez votre texte.",
                "Choisissez le type de discussion.",
                "Choisissez au moins un outil ou une méthode.",
                "Choisissez au moins une région.",
            ],
        ),
    ] {
        let fields = [("language", "EN"), ("title", " "), ("kind", "")];
        let path = format!("/threads/new?lang={language}");
        let page = writer.post(&path, &fields).await;
        assert_eq!(page.status, 422);
        let links: Vec<String> = page
            .elements("a")
            .into_iter()
            .filter_map(|link| link.get("href")?.strip_prefix('#').map(str::to_string))
            .collect();
        for (field, message) in ["title", "body", "kind", "tools", "regions"]
            .iter()
            .zip(told)
        {
            assert!(links.iter().any(|link| link == field), "{field} is led to");
            assert!(page.html.contains(&format!("id=\"{field}\"")), "{field}");
            let times = page.html.matches(message).count();
            assert_eq!(times, 2, "{message} in the summary and beside the field");
        }
    }
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let fields = [("language", "EN"), ("body", "\n \n")];
    let path = format!("/threads/{}?lang=en", opened.id);
    let page = writer.post(&path, &fields).await;
    assert!(page.html.contains("Enter your text."));
}

async fn what_is_too_long_is_told_with_what_is_missing_and_nothing_is_lost(forum: Forum) {
    let mut writer = Browser::signed_in(&forum, "ke");
    let title = "Long ".repeat(60);
    let fields = [
        ("language", "EN"),
        ("kind", "QUESTION"),
        ("title", title.as_str()),
        ("regions", "africa"),
        ("visibility", "MEMBERS"),
    ];
    let page = writer.post("/threads/new", &fields).await;
    assert_eq!(page.status, 422);
    assert!(page.html.contains("Title: This is too long"), "by its name");
    assert!(page.html.contains("Enter your text."));
    assert!(page.html.contains("Choose at least one tool or method."));
    assert!(page.html.contains(title.trim()), "nothing is lost");
    for chosen in [
        "value=\"QUESTION\" selected",
        "value=\"MEMBERS\" selected",
        "value=\"africa\" checked",
    ] {
        assert!(page.html.contains(chosen), "{chosen}");
    }
}

async fn what_is_put_right_is_no_longer_told(forum: Forum) {
    let window = Chromium::signed_in(&forum, "ke").await;
    window.visit("/threads/new").await;
    // Without scripts, as on a slow connection.
    window
        .run("document.querySelector('main form:has([name=title])').submit()")
        .await;
    window.find(".trouble li").await;
    window
        .until(
            "the script",
            "return document.querySelector('.trouble').dataset.watched === 'true'",
        )
        .await;
    let told = "return [...document.querySelectorAll('.trouble li:not([hidden])')].length";
    let before = window.run(told).await.as_i64().expect("a number");
    window.fill("title", "A title").await;
    assert_eq!(window.run(told).await, json!(before - 1));
    let beside = "return document.getElementById('title-trouble').hidden";
    assert_eq!(window.run(beside).await, json!(true));
    let marked = "return document.querySelector('[name=title]').hasAttribute('aria-invalid')";
    assert_eq!(window.run(marked).await, json!(false));
    window.close().await;
}

/// The summary links to each of these fields with this text, and to no others; and each error is shown beside its field.
#[track_caller]
fn tells(page: &Page, form: &str, faults: &[(&str, &str)]) {
    assert_eq!(page.status, 422, "{form}");
    for (field, words) in faults {
        let link = format!("<a href=\"#{field}\">{words}");
        assert!(page.html.contains(&link), "{form}: {link} in {}", page.html);
        assert!(
            page.html.contains(&format!("id=\"{field}\"")),
            "{form}: {field} is there"
        );
        assert!(
            page.html.contains(&format!("id=\"{field}-trouble\"")),
            "{form}: {field}"
        );
    }
    let summary = page
        .html
        .split("class=\"trouble\"")
        .nth(1)
        .unwrap_or_default();
    let summary = summary.split("</div>").next().unwrap_or_default();
    assert_eq!(
        summary.matches("<li>").count(),
        faults.len(),
        "{form}: {summary}"
    );
}

async fn every_form_tells_all_that_is_wrong_with_it_at_once(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let (thread, post) = (format!("/threads/{}", opened.id), opened.post.clone());
    let (edit, withdraw) = (
        format!("{thread}/posts/1/edit"),
        format!("{thread}/posts/1/withdraw"),
    );
    let (tags, change) = (format!("{thread}/tags"), format!("{thread}/change"));
    let (line, note) = ("Long ".repeat(101), "Long ".repeat(401));
    let definition = "Long ".repeat(401);
    type Form<'a> = (
        &'a str,
        &'a str,
        Vec<(&'a str, &'a str)>,
        Vec<(&'a str, &'a str)>,
    );
    let forms: Vec<Form<'_>> = vec![
        (
            "ke",
            "/settings",
            vec![
                ("name", " "),
                ("timeZone", "Africa/Nairobbi"),
                ("language", "EN"),
            ],
            vec![
                ("name", "Enter a name."),
                (
                    "timeZone",
                    "Time zone: Choose one from the list, for example Africa/Nairobi",
                ),
            ],
        ),
        (
            "ke",
            "/settings",
            vec![
                ("name", "The forum's administrator"),
                ("timeZone", "Nairobi"),
                ("language", "EN"),
            ],
            vec![
                ("name", "Name: This name could be taken for an office"),
                ("timeZone", "Time zone: Choose"),
            ],
        ),
        (
            "ke",
            "/sessions/password",
            vec![
                ("currentPassword", "not the current one"),
                ("newPassword", "short"),
            ],
            vec![
                ("currentPassword", "Current password: The e-mail address or"),
                ("newPassword", "New password: This is too short"),
            ],
        ),
        (
            "ke",
            "/sessions/password",
            vec![("currentPassword", PASSWORD), ("newPassword", "")],
            vec![("newPassword", "Enter a")],
        ),
        (
            "secretariat",
            "/invitations",
            vec![
                ("email", "no address"),
                ("role", "DELEGATE"),
                ("capacity", "PERSONAL"),
                ("delegationId", ""),
                ("title", ""),
                ("mandateUntil", "2001-01-01"),
            ],
            vec![
                ("email", "E-mail address: The format is not right"),
                ("delegationId", "Choose a delegation."),
                ("title", "Enter a job title."),
                (
                    "mandateUntil",
                    "Last day of the mandate (optional): This date is too early.",
                ),
            ],
        ),
        (
            "secretariat",
            "/invitations",
            vec![
                ("email", "no address"),
                ("role", "KING"),
                ("capacity", ""),
                ("delegationId", "ke"),
                ("title", "Adviser"),
                ("mandateUntil", "soon"),
            ],
            vec![
                ("email", "E-mail address: The format is not right"),
                ("role", "Role: This does not exist"),
                ("capacity", "Choose a capacity."),
                (
                    "mandateUntil",
                    "Last day of the mandate (optional): Enter the date",
                ),
            ],
        ),
        (
            "secretariat",
            "/invitations",
            vec![
                ("email", "new@example.org"),
                ("role", ""),
                ("capacity", "X"),
                ("delegationId", "ke"),
                ("title", "Adviser"),
                ("mandateUntil", "9999-12-31"),
            ],
            vec![
                ("role", "Choose a role."),
                ("capacity", "Writing as: This does not exist"),
                (
                    "mandateUntil",
                    "Last day of the mandate (optional): This date is too late.",
                ),
            ],
        ),
        (
            "ke",
            "/threads/new",
            vec![
                ("kind", "SONG"),
                ("title", ""),
                ("body", "A text."),
                ("language", "XX"),
                ("tools", "wipo-file"),
                ("regions", "africa"),
                ("visibility", "ALL"),
                ("capacity", "KING"),
            ],
            vec![
                ("kind", "Kind of discussion: This does not exist"),
                ("title", "Enter a title."),
                ("language", "Language of the text: This does not exist"),
                ("visibility", "Who can read it: This does not exist"),
                ("capacity", "Writing as: This does not exist"),
            ],
        ),
        (
            "ke",
            &change,
            vec![("title", " "), ("kind", "SONG"), ("visibility", "ALL")],
            vec![
                ("title", "Enter a title."),
                ("kind", "Kind of discussion: This does not exist"),
                ("visibility", "Who can read it: This does not exist"),
            ],
        ),
        (
            "ke",
            &edit,
            vec![("body", ""), ("reason", &line), ("revision", "1")],
            vec![
                ("body", "Enter your text."),
                ("reason", "Reason: This is too long"),
            ],
        ),
        (
            "ke",
            &withdraw,
            vec![("reason", &line)],
            vec![("reason", "Reason: This is too long")],
        ),
        (
            "ke",
            &tags,
            vec![],
            vec![
                ("tools", "Choose at least one tool or method."),
                ("regions", "Choose at least one region."),
            ],
        ),
        (
            "ke",
            &change,
            vec![("title", &line)],
            vec![("title", "Title: This is too long")],
        ),
        (
            "fr",
            "/report",
            vec![
                ("target", &post),
                ("reason", ""),
                ("note", &note),
                ("language", "EN"),
            ],
            vec![
                ("reason", "Choose a reason."),
                ("note", "What is wrong (optional): This is too long"),
            ],
        ),
        (
            "secretariat",
            "/vocabulary/wipo-file/add",
            vec![
                ("slug", "Not A Slug"),
                ("label", ""),
                ("definition", &definition),
            ],
            vec![
                (
                    "slug",
                    "Short name for the address (small letters, digits, hyphens): The format is not right",
                ),
                ("label", "Enter a label."),
                ("definition", "Definition: This is too long"),
            ],
        ),
        (
            "secretariat",
            "/vocabulary/wipo-file/change",
            vec![
                ("language", "EN"),
                ("label", ""),
                ("definition", &definition),
            ],
            vec![
                ("label", "Enter a label."),
                ("definition", "Definition: This is too long"),
            ],
        ),
    ];
    for (word, path, fields, faults) in &forms {
        let mut browser = Browser::signed_in(&forum, word);
        browser.get("/?lang=en").await;
        let page = browser.post(path, fields).await;
        tells(&page, path, faults);
        for (name, typed) in fields.iter().filter(|(_, typed)| typed.len() > 100) {
            assert!(
                page.html.contains(typed.trim_end()),
                "{path}: {name} is lost"
            );
        }
    }
    let mut visitor = Browser::of(&forum);
    let page = visitor.get("/threads?lang=en&from=soon&until=later").await;
    for (field, words) in [
        ("from", "Started on or after: Enter the date"),
        ("until", "Started on or before: Enter the date"),
    ] {
        assert!(
            page.html.contains(&format!("<a href=\"#{field}\">{words}")),
            "{field}"
        );
    }
    for (days, words) in [
        (
            "from=2026-03-02&until=2026-03-01",
            "This date is before the first one.",
        ),
        ("until=9999-12-31", "This date is too late."),
        ("until=12026-01-01", "This date is too late."),
    ] {
        let page = visitor.get(&format!("/threads?lang=en&{days}")).await;
        assert_eq!(page.status, 200, "{days}");
        let link = format!("<a href=\"#until\">Started on or before: {words}");
        assert!(page.html.contains(&link), "{days}: {}", page.html);
        assert_eq!(page.html.matches(words).count(), 2, "{days}");
    }
    let page = visitor
        .get("/threads?lang=en&from=2026-03-02&until=2026-03-02")
        .await;
    assert!(!page.html.contains("class=\"trouble\""), "one day");
    let mut secretariat = Browser::signed_in(&forum, "secretariat");
    secretariat.get("/?lang=en").await;
    for typed in ["soon", "-1", "3651", "1.5"] {
        let page = secretariat.get(&format!("/moderation?days={typed}")).await;
        assert_eq!(page.status, 200, "{typed}");
        let words = "Enter a whole number of days, at most 3,650.";
        let link = format!("<a href=\"#days\">Opened at least this many days ago: {words}");
        assert!(page.html.contains(&link), "{typed}: {}", page.html);
        assert_eq!(page.html.matches(words).count(), 2, "{typed}");
        assert_eq!(page.value_of("days"), typed, "it is kept");
    }
    for typed in ["7", "%D9%A7", "3650"] {
        let page = secretariat.get(&format!("/moderation?days={typed}")).await;
        assert!(!page.html.contains("class=\"trouble\""), "{typed}");
    }
}

async fn a_decision_is_told_all_that_is_wrong_with_it_at_once(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    let person = own_id(&kenya).await;
    let mut secretariat = Browser::signed_in(&forum, "secretariat");
    secretariat.get("/?lang=en").await;
    let day = "Until the end of this day (UTC): ";
    let (early, malformed) = (
        format!("{day}This date is too early."),
        format!("{day}Enter the date"),
    );
    let late = format!("{day}This date is too late.");
    let seconds = "Seconds between two replies of one person (0: no pause): Enter a whole number";
    let into = "Address of the other discussion: This does not exist";
    for (act, target, field, given, words) in [
        (
            "MUTE_PERSON",
            &person,
            "until",
            "2001-01-01",
            early.as_str(),
        ),
        (
            "MUTE_PERSON",
            &person,
            "until",
            "2001-01-01T12:30",
            early.as_str(),
        ),
        (
            "MUTE_PERSON",
            &person,
            "until",
            "tomorrow",
            malformed.as_str(),
        ),
        (
            "PIN_THREAD",
            &opened.id,
            "until",
            "2001-01-01",
            early.as_str(),
        ),
        ("SLOW_THREAD", &opened.id, "seconds", "soon", seconds),
        ("SLOW_THREAD", &opened.id, "seconds", "604801", seconds),
        ("MERGE_THREADS", &opened.id, "into", "nowhere", into),
        ("MERGE_THREADS", &opened.id, "into", &opened.post, into),
        ("CHANGE_THREAD", &opened.id, "title", " ", "Enter a title."),
        ("CHANGE_THREAD", &opened.id, "title", "", "Enter a title."),
        (
            "CHANGE_THREAD",
            &opened.id,
            "visibility",
            "ALL",
            "Who can read it: This does not exist",
        ),
        ("MUTE_PERSON", &person, "until", "9999-12-31", late.as_str()),
    ] {
        let fields = [
            ("key", "5b0e2f3c-6f0e-4a41-9d5e-0d4f0a3e6f11"),
            ("act", act),
            ("target", target),
            (field, given),
            ("reason", ""),
            ("explanation", ""),
            ("language", "EN"),
        ];
        let page = secretariat.post("/decide", &fields).await;
        let faults = [
            (field, words),
            ("reason", "Choose a reason."),
            ("explanation", "Enter an explanation."),
        ];
        tells(&page, &format!("{act} {given}"), &faults);
        assert!(
            field == "visibility" || page.html.contains(&format!("value=\"{given}\"")),
            "{act}: {given} is lost"
        );
    }
    let fields = [
        ("key", "5b0e2f3c-6f0e-4a41-9d5e-0d4f0a3e6f12"),
        ("act", "CHANGE_THREAD"),
        ("target", &opened.id),
        ("title", "Another title"),
        ("tools", "wipo-file"),
        ("reason", ""),
        ("explanation", "As it is."),
        ("language", "EN"),
    ];
    let page = secretariat.post("/decide", &fields).await;
    let faults = [
        ("regions", "Choose at least one region."),
        ("reason", "Choose a reason."),
    ];
    tells(&page, "tags without a region", &faults);
}

async fn a_reason_that_nobody_sees_is_none(forum: Forum) {
    let kenya = forum.delegate("ke");
    let opened = open(&kenya, Draft::default()).await;
    reply(&kenya, &opened.id, "To be taken back.").await;
    let mut author = Browser::signed_in(&forum, "ke");
    let thread = format!("/threads/{}", opened.id);
    let sent = [("reason", "\u{200b}")];
    let done = author
        .post_and_follow(&format!("{thread}/posts/2/withdraw"), &sent)
        .await;
    assert!(
        done.html.contains("Withdrawn by its author."),
        "{}",
        done.html
    );
    assert!(!done.html.contains("<q "), "no reason is told");
    let sent = [
        ("body", "Another text."),
        ("reason", "\u{200b} \u{2060}"),
        ("revision", "1"),
    ];
    let done = author.post(&format!("{thread}/posts/1/edit"), &sent).await;
    assert_eq!(done.status, 303);
    let document = "query($id: ID!) { node(id: $id) { ... on Post { revisions { edges { node { reason } } } } } }";
    let data = kenya.ask(document, json!({ "id": opened.post })).await;
    assert!(!data.to_string().contains('\u{200b}'), "{data}");
}

const THANKS: &str = "Спасибо за этот опыт, он нам очень помог";

/// Sends a reply in another language than declared, so that confirmation is requested.
async fn asked_about(forum: &Forum) -> Chromium {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let window = Chromium::signed_in(forum, "fr").await;
    let (thread, post) = (opened.id, opened.post);
    window
        .visit(&format!("/threads/{thread}?number=1&answer={post}#reply"))
        .await;
    window.fill("body", THANKS).await;
    // The answer must be independent.
    window.click("#reply [name='inReplyToId']").await;
    window.click("#reply [type='submit']:not([name])").await;
    window.find("#reply [name='languageIsRight']").await;
    window
        .until(
            "the script",
            "return document.querySelector('.trouble').dataset.watched === 'true'",
        )
        .await;
    window
}

async fn the_question_about_a_language_goes_with_the_language(forum: Forum) {
    let window = asked_about(&forum).await;
    window.click("#reply [name='languageIsRight']").await;
    let choose = async |language: &str| {
        window
            .click(&format!("#language option[value={language}]"))
            .await;
        let shown = "const box = document.querySelector('[name=languageIsRight]'); return [box.checkVisibility(), box.checked]";
        window.run(shown).await
    };
    assert_eq!(
        choose("AR").await,
        json!([false, false]),
        "no answer for another language"
    );
    assert_eq!(
        choose("EN").await,
        json!([true, false]),
        "the question is there again"
    );
    window.click("#reply [name='languageIsRight']").await;
    choose("AR").await;
    // Neither text nor answer is in that language.
    window.run("window.isBefore = true").await;
    window.click("#reply [type='submit']:not([name])").await;
    window.until("the question again", "return !window.isBefore && Boolean(document.querySelector('[name=languageIsRight][value=AR]'))").await;
    window.click("#language option[value=RU]").await;
    window.click("#reply [type='submit']:not([name])").await;
    window.find("#post-2").await;
    window.close().await;
}

async fn a_text_that_is_asked_about_is_offered_once(forum: Forum) {
    let window = asked_about(&forum).await;
    let offered = "const helped = document.querySelector('#reply form[data-helped]'); \
        return helped ? [helped.elements.body.value, document.querySelectorAll('#offers .draft').length] : null";
    window.click("#reply textarea").await;
    window
        .until(
            "the helps",
            "return Boolean(document.querySelector('#reply form[data-helped]'))",
        )
        .await;
    assert_eq!(window.run(offered).await, json!([THANKS, 0]), "asked about");
    window.click("#language option[value=RU]").await;
    window.click("#reply [type='submit']:not([name])").await;
    window.find("#post-2").await;
    assert_eq!(window.run(offered).await, json!(["", 0]), "sent");
    let asked = "return [...document.querySelectorAll('.trouble, .beside, [name=languageIsRight]')] \
        .filter((each) => each.checkVisibility({ visibilityProperty: true })).length";
    window
        .until(
            "nothing to be wrong",
            &format!("return (() => {{ {asked} }})() === 0"),
        )
        .await;
    window.close().await;
}

async fn a_text_that_goes_on_after_it_arrived_unseen_is_sent_as_another(forum: Forum) {
    let window = Chromium::signed_in(&forum, "ke").await;
    window.visit("/threads/new").await;
    window.find("form[data-helped]").await;
    let form = "const form = document.querySelector('form[data-compose]'); const { elements: all } = form; \
        const typed = () => form.dispatchEvent(new Event('input', { bubbles: true }));";
    // It arrives, but the browser does not receive the response.
    let arrives = "all.title.value = 'How it is done'; all.body.value = 'How is it done elsewhere?'; all.kind.value = 'QUESTION'; \
        all.language.value = 'EN'; for (const name of ['tools', 'regions']) form.querySelector(`[name=${name}]`).checked = true; typed(); \
        return fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) }) \
            .then(({ ok }) => { document.cookie = 'partage_sent=; Max-Age=0; Path=/'; return ok; })";
    assert_eq!(window.run(&format!("{form} {arrives}")).await, json!(true));
    let goes_on = "all.body.value += ' We have tried it.'; typed()";
    window.run(&format!("{form} {goes_on}")).await;
    let send = "main form[data-compose] [type=submit]:not([name])";
    window.click(send).await;
    window.find(".trouble").await;
    window.find("form[data-helped]").await;
    window.click(send).await;
    window
        .until(
            "the other thread",
            "return !location.pathname.endsWith('/new')",
        )
        .await;
    window.until_it_says("We have tried it.").await;
    window.close().await;
}

async fn a_text_of_any_form_is_offered_whole_and_taken(forum: Forum) {
    let opened = open(&forum.delegate("ke"), Draft::default()).await;
    let window = Chromium::signed_in(&forum, "fr").await;
    let path = format!("/report?target={}", opened.post);
    let note = "Somebody is named here who did not agree to it.";
    window.visit(&path).await;
    window.fill("note", note).await;
    let kept =
        format!("return Object.values(localStorage).some((kept) => kept.includes('{note}'))");
    window.until("the note to be kept", &kept).await;
    window.visit(&path).await;
    window.find("[data-draft-restore]").await;
    let whole = "return document.querySelector('#offers .explanation').innerText";
    assert_eq!(window.run(whole).await, json!(note));
    window.click("[data-draft-restore]").await;
    let taken = "return [document.querySelector('[name=note]').value, document.activeElement.name, document.getElementById('kept').hidden]";
    assert_eq!(window.run(taken).await, json!([note, "note", true]));
    window.close().await;
}
