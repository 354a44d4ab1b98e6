//! Reports, cases, decisions and appeals by forms without JavaScript.

use serde_json::json;

use crate::support::acts::DECIDE;
use crate::support::acts::Draft;
use crate::support::acts::REPLY;
use crate::support::acts::decide;
use crate::support::acts::give_scope;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply;
use crate::support::acts::reply_input;
use crate::support::forum::Forum;
use crate::support::json::text;
use crate::support::moderating::decide_with;
use crate::support::moderating::input_with;
use crate::support::moderating::report;
use crate::support::page::Browser;
use crate::support::page::Page;

on_both_databases!(
    a_reporter_learns_by_pages_what_came_of_it,
    a_moderator_takes_and_notes_a_case_and_keeps_what_was_refused,
    several_are_decided_on_at_once_and_several_posts_split_off,
    an_author_appeals_by_form_and_the_secretariat_overturns,
    what_takes_two_is_proposed_and_confirmed_by_form,
    who_decides_on_nothing_is_told_so,
    a_text_that_waits_says_so_to_its_author_and_shows_nothing_to_others,
    the_secretariat_gives_regions_by_form,
);

/// The first address in the main part of a page with this prefix, as a browser reads it.
fn link_to(page: &Page, start: &str) -> String {
    let mark = format!("href=\"{start}");
    let (_, main) = page.html.split_once("<main").expect("the main part");
    let (_, rest) = main
        .split_once(&mark)
        .unwrap_or_else(|| panic!("no link to {start}: {}", page.html));
    let (end, _) = rest.split_once('"').expect("the end of an address");
    format!("{start}{end}")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}

/// Fields of the decision form, besides its key.
fn decision_fields<'a>(
    key: &'a str,
    act: &'a str,
    explanation: &'a str,
) -> Vec<(&'a str, &'a str)> {
    vec![
        ("key", key),
        ("act", act),
        ("reason", "OFF_TOPIC"),
        ("explanation", explanation),
        ("language", "EN"),
    ]
}

async fn a_reporter_learns_by_pages_what_came_of_it(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::titled("Reported by form")).await;
    let posted = reply(&author, &thread.id, "Not kind.").await;
    let page = format!("/threads/{}", thread.id);
    let mut visitor = Browser::of(&forum);
    assert!(!visitor.get(&page).await.html.contains("/report?"));
    let form = format!("/report?target={}", posted.id);
    assert!(visitor.get(&form).await.location().starts_with("/sign-in"));

    let mut reporter = Browser::signed_in(&forum, "fr");
    assert!(reporter.get(&page).await.html.contains(&form));
    let shown = reporter.get(&form).await;
    let key = shown.value_of("key");
    let long = "x".repeat(2_001);
    let fields = |note: &'static str| {
        [
            ("key", key.clone()),
            ("target", posted.id.clone()),
            ("reason", "UNLAWFUL".to_string()),
            ("note", note.to_string()),
            ("language", "EN".to_string()),
        ]
    };
    let too_long: Vec<(&str, &str)> = vec![
        ("key", &key),
        ("target", &posted.id),
        ("reason", "UNLAWFUL"),
        ("note", &long),
        ("language", "EN"),
    ];
    let refused = reporter.post("/report", &too_long).await;
    assert_eq!(refused.status, 422);
    assert!(refused.html.contains(&long), "the text is kept");
    assert!(refused.html.contains("value=\"UNLAWFUL\" selected"));
    let sent = fields("It is not kind.");
    let sent: Vec<(&str, &str)> = sent
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let done = reporter.post_and_follow("/report", &sent).await;
    assert!(
        done.html.contains("Report sent. Thank you."),
        "{}",
        done.html
    );
    assert!(done.html.contains("No decision yet."));
    decide(&forum.secretariat(), "HIDE_POST", &[&posted.id]).await;
    let outcome = reporter.get(&form).await;
    assert!(
        outcome.html.contains("Outcome: Post hidden,"),
        "{}",
        outcome.html
    );
    let notices = reporter.get("/notices").await;
    assert!(notices.html.contains("Outcome of your report."));
}

async fn a_moderator_takes_and_notes_a_case_and_keeps_what_was_refused(forum: Forum) {
    give_scope(&forum.secretariat(), &forum.moderator(), &["africa"]).await;
    let author = forum.delegate("ke");
    let thread = open(&forum.delegate("br"), Draft::titled("A case")).await;
    let posted = reply(&author, &thread.id, "Not kind.").await;
    report(&forum.delegate("fr"), &posted.id, "It is not kind.").await;
    let mut moderator = Browser::signed_in(&forum, "moderator");
    let queue = moderator.get("/moderation").await;
    assert!(queue.html.contains("1 case"), "{}", queue.html);
    let case = link_to(&queue, "/moderation/cases/");
    let shown = moderator.get(&case).await;
    assert!(shown.html.contains("It is not kind."));
    assert!(!shown.html.contains("Delegate of France"), "who reported");
    let claimed = moderator
        .post_and_follow(&format!("{case}/claim"), &[])
        .await;
    assert!(claimed.html.contains("assigned to"));
    let note = [
        ("note_key", "5f7f3c5e-5a1e-4c4e-9d2b-6a1d3b1f7a11"),
        ("note", "I ask the capital."),
    ];
    let noted = moderator
        .post_and_follow(&format!("{case}/note"), &note)
        .await;
    assert!(noted.html.contains("I ask the capital."));
    // The Secretariat sees that it is claimed, and who reported.
    let mut secretariat = Browser::signed_in(&forum, "secretariat");
    let seen = secretariat.get(&case).await;
    assert!(seen.html.contains("Delegate of France"));
    assert!(!seen.html.contains("act=HIDE_POST"), "it is left alone");
    let form = moderator.get(&link_to(&noted, "/decide?")).await;
    let key = form.value_of("key");
    let (target, id) = (posted.id.clone(), form.value_of("case"));
    let mut fields = decision_fields(&key, "HIDE_POST", "I had the same in mind.");
    fields.extend([("target", target.as_str()), ("case", id.as_str())]);
    let refused = secretariat.post("/decide", &fields).await;
    assert_eq!(refused.status, 403);
    assert!(
        refused
            .html
            .contains("Somebody else is working on this case")
    );
    assert!(refused.html.contains("I had the same in mind."));
    let mut fields = decision_fields(&key, "HIDE_POST", " ");
    fields.extend([("target", target.as_str()), ("case", id.as_str())]);
    let refused = moderator.post("/decide", &fields).await;
    assert_eq!(refused.status, 422);
    let mut fields = decision_fields(&key, "HIDE_POST", "Not here.");
    fields.extend([("target", target.as_str()), ("case", id.as_str())]);
    let taken = moderator.post("/decide", &fields).await;
    assert_eq!(taken.location(), "/moderation/next?done=1");
    let next = moderator.get("/moderation/next?done=1").await;
    assert_eq!(next.location(), "/moderation?done=1");
    let resolved = moderator.get("/moderation?state=RESOLVED").await;
    assert!(resolved.html.contains(&case));
}

async fn several_are_decided_on_at_once_and_several_posts_split_off(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::titled("Two subjects")).await;
    let mut ids = Vec::new();
    for count in 2..=5 {
        let posted = reply(&author, &thread.id, &format!("Text {count}.")).await;
        report(&forum.delegate("fr"), &posted.id, "").await;
        ids.push(posted.id);
    }
    let mut secretariat = Browser::signed_in(&forum, "secretariat");
    let bulk = format!(
        "/decide?target={}&target={}&next=/moderation?done=1",
        ids[0], ids[1]
    );
    let chosen = secretariat.get(&bulk).await;
    assert!(
        chosen.html.contains("act=DISMISS_REPORTS"),
        "{}",
        chosen.html
    );
    assert!(!chosen.html.contains("act=LOCK_THREAD"));
    let form = secretariat
        .get(&format!("{bulk}&act=DISMISS_REPORTS"))
        .await;
    let key = form.value_of("key");
    let mut fields = decision_fields(&key, "DISMISS_REPORTS", "Both stay.");
    fields.extend([
        ("target", ids[0].as_str()),
        ("target", ids[1].as_str()),
        ("next", "/moderation?done=1"),
    ]);
    let done = secretariat.post_and_follow("/decide", &fields).await;
    assert!(done.html.contains("2 cases"), "{}", done.html);

    let form = format!(
        "/decide?target={}&target={}&act=SPLIT_POSTS",
        ids[2], ids[3]
    );
    let key = secretariat.get(&form).await.value_of("key");
    let mut fields = decision_fields(&key, "SPLIT_POSTS", "It is another subject.");
    fields.extend([("target", ids[2].as_str()), ("target", ids[3].as_str())]);
    let refused = secretariat.post("/decide", &fields).await;
    assert_eq!(refused.status, 422, "a title is missing");
    assert!(refused.html.contains("It is another subject."));
    fields.push(("title", "The second subject"));
    secretariat.post_and_follow("/decide", &fields).await;
    let mut visitor = Browser::of(&forum);
    let list = visitor.get("/").await;
    assert!(list.html.contains("The second subject"));
    let former = visitor
        .get(&format!("/threads/{}?number=4", thread.id))
        .await;
    assert_eq!(former.status, 303);
    let there = visitor.get(&former.location()).await;
    assert!(there.html.contains("Text 4."));
    // No link leaves the forum.
    let key = uuid::Uuid::new_v4().to_string();
    let mut fields = decision_fields(&key, "HIDE_POST", "Off topic.");
    fields.extend([("target", ids[0].as_str()), ("next", "//example.org/")]);
    let taken = secretariat.post("/decide", &fields).await;
    assert!(
        taken.location().starts_with("/threads/"),
        "{}",
        taken.location()
    );
}

async fn an_author_appeals_by_form_and_the_secretariat_overturns(forum: Forum) {
    give_scope(&forum.secretariat(), &forum.moderator(), &["africa"]).await;
    let author = forum.delegate("ke");
    let thread = open(&forum.delegate("br"), Draft::titled("Appealed by form")).await;
    let posted = reply(&author, &thread.id, "As I see it.").await;
    decide(&forum.moderator(), "HIDE_POST", &[&posted.id]).await;
    let mut browser = Browser::signed_in(&forum, "ke");
    let notices = browser.get("/notices").await;
    assert!(notices.html.contains("within 30 days of the decision"));
    assert!(
        notices
            .html
            .contains("Decided by a moderator, within the regions")
    );
    let form = link_to(&notices, "/decisions/");
    let key = browser.get(&form).await.value_of("key");
    let empty = [("key", key.as_str()), ("body", " "), ("language", "EN")];
    assert_eq!(browser.post(&form, &empty).await.status, 422);
    let fields = [
        ("key", key.as_str()),
        ("body", "It belongs here."),
        ("language", "EN"),
    ];
    let mine = browser.post_and_follow(&form, &fields).await;
    assert!(mine.html.contains("It belongs here."), "{}", mine.html);
    assert_eq!(browser.get(&form).await.status, 403, "once");
    let mut moderator = Browser::signed_in(&forum, "moderator");
    let queue = moderator.get("/moderation").await;
    let case = link_to(&queue, "/moderation/cases/");
    let shown = moderator.get(&case).await;
    assert!(
        shown
            .html
            .contains("Somebody other than the person who decided")
    );
    let next = moderator.get("/moderation/next").await;
    assert_eq!(
        next.location(),
        "/moderation",
        "nothing that they decide on"
    );
    let mut secretariat = Browser::signed_in(&forum, "secretariat");
    let shown = secretariat.get(&case).await;
    assert!(shown.html.contains("It belongs here."));
    let (key, id) = (shown.value_of("key"), shown.value_of("appealId"));
    let fields = [
        ("key", key.as_str()),
        ("appealId", id.as_str()),
        ("overturn", "1"),
        ("reason", "MISTAKEN"),
        ("explanation", "It does belong here."),
        ("language", "EN"),
    ];
    secretariat.post(&format!("{case}/answer"), &fields).await;
    let page = Browser::of(&forum)
        .get(&format!("/threads/{}", thread.id))
        .await;
    assert!(page.html.contains("As I see it."));
    let mine = browser.get("/appeals").await;
    assert!(
        mine.html.contains("On appeal, the decision was undone."),
        "{}",
        mine.html
    );
    let ledger = Browser::of(&forum).get("/ledger").await;
    assert!(ledger.html.contains("Appealed, entry no. 2."));
}

async fn what_takes_two_is_proposed_and_confirmed_by_form(forum: Forum) {
    give_scope(&forum.secretariat(), &forum.moderator(), &["africa"]).await;
    let author = forum.delegate("ke");
    let whom = own_id(&author).await;
    let mut moderator = Browser::signed_in(&forum, "moderator");
    let person = moderator.get(&format!("/people/{whom}")).await;
    assert!(
        person.html.contains("act=SUSPEND_PERSON"),
        "{}",
        person.html
    );
    let form = format!("/decide?target={whom}&act=SUSPEND_PERSON");
    let shown = moderator.get(&form).await;
    assert!(shown.html.contains("This decision needs two people"));
    let key = shown.value_of("key");
    let mut fields = decision_fields(&key, "SUSPEND_PERSON", "After two warnings.");
    fields.extend([
        ("target", whom.as_str()),
        ("propose", "1"),
        ("until", "tomorrow"),
    ]);
    let refused = moderator.post("/decide", &fields).await;
    assert_eq!(refused.status, 422);
    assert!(refused.html.contains("After two warnings."));
    let last = fields.len() - 1;
    fields[last] = ("until", "2099-01-01T12:00");
    moderator.post("/decide", &fields).await;
    let mut secretariat = Browser::signed_in(&forum, "secretariat");
    let queue = secretariat.get("/moderation").await;
    assert!(queue.html.contains("After two warnings."));
    let (_, rest) = queue
        .html
        .split_once("action=\"/moderation/proposals/")
        .expect("a form");
    let (id, _) = rest.split_once('/').expect("an id");
    let confirm = format!("/moderation/proposals/{id}/confirm");
    secretariat.post_and_follow(&confirm, &[]).await;
    let own = Browser::signed_in(&forum, "ke").get("/notices").await;
    assert!(
        own.html.contains("your account is suspended"),
        "{}",
        own.html
    );
    assert!(own.html.contains("1 Jan 2099, 12:00"));
    assert!(own.html.contains("A second person confirmed it"));
}

async fn who_decides_on_nothing_is_told_so(forum: Forum) {
    let mut delegate = Browser::signed_in(&forum, "ke");
    for path in ["/moderation", "/moderation/next", "/people"] {
        assert_eq!(delegate.get(path).await.status, 403, "{path}");
        let visitor = Browser::of(&forum).get(path).await;
        assert!(visitor.location().starts_with("/sign-in"), "{path}");
    }
    assert!(
        !delegate
            .get("/")
            .await
            .html
            .contains("href=\"/moderation\"")
    );
    let thread = open(&forum.delegate("br"), Draft::titled("Not theirs")).await;
    let chosen = delegate.get(&format!("/decide?target={}", thread.id)).await;
    assert!(chosen.html.contains("nothing here for you to decide"));
    let input = input_with("LOCK_THREAD", &[&thread.id], json!({}));
    let refused = forum
        .delegate("ke")
        .refused(DECIDE, json!({ "input": input }))
        .await;
    refused.is_denied("ROLE_MAY_NOT");
}

async fn a_text_that_waits_says_so_to_its_author_and_shows_nothing_to_others(forum: Forum) {
    let secretariat = forum.secretariat();
    let author = forum.delegate("ke");
    let thread = open(&forum.delegate("br"), Draft::titled("Reviewed")).await;
    decide(&secretariat, "REVIEW_THREAD", &[&thread.id]).await;
    decide_with(
        &secretariat,
        "SLOW_THREAD",
        &[&thread.id],
        json!({ "seconds": 600 }),
    )
    .await;
    let path = format!("/threads/{}", thread.id);
    let mut own = Browser::signed_in(&forum, "ke");
    let before = own.get(&path).await;
    assert!(before.html.contains("What you write here needs approval"));
    let input = json!({ "input": reply_input(&thread.id, "Something that waits.") });
    let data = author.ask(REPLY, input).await;
    let own = own.get(&path).await;
    assert!(own.html.contains("Something that waits."));
    assert!(
        own.html.contains("You can reply again from"),
        "{}",
        own.html
    );
    let other = Browser::signed_in(&forum, "fr").get(&path).await;
    assert!(!other.html.contains("Something that waits."));
    assert!(other.html.contains("Others cannot read it yet"));
    let id = text(&data, "reply.post.id");
    let mut staff = Browser::signed_in(&forum, "secretariat");
    let queue = staff.get("/moderation").await;
    let case = link_to(&queue, "/moderation/cases/");
    let shown = staff.get(&case).await;
    assert!(shown.html.contains("Something that waits."));
    let act = link_to(&shown, "/decide?");
    assert!(act.contains("APPROVE_POST") && act.contains(&id), "{act}");
}

async fn the_secretariat_gives_regions_by_form(forum: Forum) {
    let moderator = own_id(&forum.moderator()).await;
    let mut secretariat = Browser::signed_in(&forum, "secretariat");
    let found = secretariat.get("/people?role=MODERATOR").await;
    let path = link_to(&found, "/people/T");
    assert_eq!(path, format!("/people/{moderator}"));
    let fields = [("regions", "africa"), ("regions", "country-fr")];
    let given = secretariat
        .post_and_follow(&format!("{path}/scope"), &fields)
        .await;
    assert!(given.html.contains("/vocabulary/africa"), "{}", given.html);
    let theirs = Browser::signed_in(&forum, "moderator").get(&path).await;
    assert!(theirs.html.contains("/vocabulary/africa"));
    let others = Browser::signed_in(&forum, "fr").get(&path).await;
    assert!(!others.html.contains("/vocabulary/africa"));
}
