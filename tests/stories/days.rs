//! "Until" a day includes that day, also today, and shows as the same day in every time zone.

use std::time::Duration;

use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::support::acts::Draft;
use crate::support::acts::REPLY;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply_input;
use crate::support::acts::titles;
use crate::support::forum::Forum;
use crate::support::forum::told_clock;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::page::Browser;
use crate::support::page::Page;
use crate::support::person::Person;

on_both_databases!(
    a_mandate_until_today_holds_through_today_and_reads_so_in_every_zone with told_clock(),
    who_is_muted_until_a_day_is_muted_through_it with told_clock(),
    a_pin_until_today_holds_through_today with told_clock(),
    a_day_that_is_over_is_refused_by_its_field with told_clock(),
    a_day_or_a_number_is_read_in_the_digits_of_any_script with told_clock(),
);

/// The day of the forum's clock plus so many days, and the seconds until the next day.
fn day(forum: &Forum, later: u64) -> String {
    forum.moment_in(later * 86_400)[..10].to_string()
}

fn seconds_left(forum: &Forum) -> u64 {
    let now = forum.moment_in(0);
    let part = |range: std::ops::Range<usize>| now[range].parse::<u64>().expect("a number");
    86_400 - part(11..13) * 3_600 - part(14..16) * 60 - part(17..19)
}

/// A day as an English page shows it: `27 November 2026`, in parts that any order contains.
fn is_shown(page: &Page, day: &str) -> bool {
    let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let number = |range: std::ops::Range<usize>| day[range].parse::<usize>().expect("a number");
    let (year, month, of_month) = (
        &day[..4],
        months[number(5..7) - 1],
        number(8..10).to_string(),
    );
    page.html.split("<time").any(|element| {
        let shown = element.split("</time").next().unwrap_or_default();
        let shown = shown
            .rsplit('>')
            .find(|part| part.contains(month))
            .unwrap_or_default();
        let words: Vec<&str> = shown.split(|c: char| !c.is_alphanumeric()).collect();
        words.contains(&year) && words.contains(&of_month.as_str())
    })
}

async fn in_zone(person: &Person, zone: &str) {
    let change =
        "mutation($input: ChangeProfileInput!) { changeProfile(input: $input) { person { id } } }";
    person
        .ask(change, json!({ "input": { "timeZone": zone } }))
        .await;
}

async fn a_mandate_until_today_holds_through_today_and_reads_so_in_every_zone(forum: Forum) {
    let today = day(&forum, 0);
    let mut secretariat = Browser::signed_in(&forum, "secretariat");
    let key = secretariat.get("/invitations").await.value_of("key");
    let secretary = forum.secretariat();
    let delegations = "{ delegations(search: \"Japan\", first: 1) { nodes { id slug } } }";
    let data = secretary.ask(delegations, json!({})).await;
    let delegation = text(&data, "delegations.nodes.0.id");
    let fields = [
        ("key", key.as_str()),
        ("email", "today@example.org"),
        ("role", "DELEGATE"),
        ("delegationId", delegation.as_str()),
        ("capacity", "PERSONAL"),
        ("title", "For a day"),
        ("mandateUntil", today.as_str()),
    ];
    let page = secretariat.post("/invitations", &fields).await;
    assert_eq!(page.status, 200, "{}", page.html);
    let links = page.html.split("/invitations/").skip(1);
    let ends = links.map(|rest| rest.split(['"', '<', '?', ' ']).next().unwrap_or_default());
    let token = ends
        .max_by_key(|end| end.len())
        .expect("a link")
        .to_string();
    let accept =
        "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { token } }";
    let input = json!({ "token": token, "name": "Somebody for today", "password": "a long enough password", "language": "EN" });
    let data = forum.visitor().ask(accept, json!({ "input": input })).await;
    let person = forum
        .visitor()
        .with_token(&text(&data, "acceptInvitation.token"));
    let whom = own_id(&person).await;
    let holds = async || {
        let data = person
            .ask(
                "{ viewer { mandates { edges { node { until } } } } }",
                json!({}),
            )
            .await;
        nodes(at(&data, "viewer"), "mandates").len() == 1
    };
    for (reader, zone) in [
        ("ke", "Pacific/Kiritimati"),
        ("fr", "Pacific/Pago_Pago"),
        ("br", ""),
    ] {
        in_zone(&forum.delegate(reader), zone).await;
        let page = Browser::signed_in(&forum, reader)
            .get(&format!("/people/{whom}"))
            .await;
        assert!(is_shown(&page, &today), "{zone}: {}", page.html);
        assert!(!is_shown(&page, &day(&forum, 1)), "{zone}: {}", page.html);
    }
    assert!(holds().await);
    forum.advance(Duration::from_secs(seconds_left(&forum) - 2));
    assert!(holds().await, "until its last second");
    forum.advance(Duration::from_secs(3));
    assert!(!holds().await);
}

async fn decide(browser: &mut Browser, act: &str, target: &str, until: &str) -> Page {
    let key = Uuid::new_v4().to_string();
    let fields = [
        ("key", key.as_str()),
        ("act", act),
        ("target", target),
        ("reason", "OTHER"),
        ("explanation", "As was agreed."),
        ("language", "EN"),
        ("until", until),
    ];
    browser.post("/decide", &fields).await
}

async fn who_is_muted_until_a_day_is_muted_through_it(forum: Forum) {
    let person = forum.delegate("ke");
    let whom = own_id(&person).await;
    let thread = open(&forum.delegate("br"), Draft::default()).await;
    let mut secretariat = Browser::signed_in(&forum, "secretariat");
    let tomorrow = day(&forum, 1);
    let form = secretariat
        .get(&format!("/decide?target={whom}&act=MUTE_PERSON"))
        .await;
    assert!(
        form.html.contains("type=\"date\" id=\"until\""),
        "{}",
        form.html
    );
    let done = decide(&mut secretariat, "MUTE_PERSON", &whom, &tomorrow).await;
    assert_eq!(done.status, 303, "{}", done.html);
    in_zone(&person, "Pacific/Kiritimati").await;
    let mut browser = Browser::signed_in(&forum, "ke");
    assert!(is_shown(&browser.get("/notices").await, &tomorrow));
    in_zone(&person, "Pacific/Pago_Pago").await;
    let page = browser.get("/notices").await;
    assert!(is_shown(&page, &tomorrow), "{}", page.html);
    let page = Browser::of(&forum).get("/ledger").await;
    assert!(is_shown(&page, &tomorrow), "{}", page.html);
    let input = || json!({ "input": reply_input(&thread.id, "May I?") });
    forum.advance(Duration::from_secs(seconds_left(&forum) + 86_400 - 2));
    person.refused(REPLY, input()).await.is_denied("MUTED");
    forum.advance(Duration::from_secs(3));
    person.ask(REPLY, input()).await;
}

async fn a_pin_until_today_holds_through_today(forum: Forum) {
    let thread = open(&forum.delegate("br"), Draft::titled("Pinned")).await;
    let mut secretariat = Browser::signed_in(&forum, "secretariat");
    let today = day(&forum, 0);
    let done = decide(&mut secretariat, "PIN_THREAD", &thread.id, &today).await;
    assert_eq!(done.status, 303, "{}", done.html);
    let pinned = async || titles(&forum.visitor(), json!({ "pinned": true })).await;
    forum.advance(Duration::from_secs(seconds_left(&forum) - 2));
    assert_eq!(pinned().await, ["Pinned"]);
    forum.advance(Duration::from_secs(3));
    assert!(pinned().await.is_empty());
}

async fn a_day_that_is_over_is_refused_by_its_field(forum: Forum) {
    let thread = open(&forum.delegate("br"), Draft::titled("Not pinned")).await;
    let mut secretariat = Browser::signed_in(&forum, "secretariat");
    let today = day(&forum, 0);
    forum.advance(Duration::from_secs(seconds_left(&forum) + 1));
    for until in [today.as_str(), "2027-02-30", "31/12/2027", "tomorrow"] {
        let refused = decide(&mut secretariat, "PIN_THREAD", &thread.id, until).await;
        assert_eq!(refused.status, 422, "{until}");
        assert!(refused.html.contains("href=\"#until\""), "{until}");
        assert!(refused.html.contains("As was agreed."), "{until}");
    }
    let data = forum
        .visitor()
        .ask(
            "query($id: ID!) { thread(id: $id) { pinned } }",
            json!({ "id": thread.id }),
        )
        .await;
    assert_eq!(at(&data, "thread.pinned"), &Value::Bool(false));
}

/// The same digits in another script, given by its zero.
fn in_digits(text: &str, zero: char) -> String {
    let digit = |c: char| match c.to_digit(10) {
        Some(value) => char::from_u32(u32::from(zero) + value).expect("a digit"),
        None => c,
    };
    text.chars().map(digit).collect()
}

async fn a_day_or_a_number_is_read_in_the_digits_of_any_script(forum: Forum) {
    let author = forum.delegate("br");
    let mut secretariat = Browser::signed_in(&forum, "secretariat");
    let (today, tomorrow) = (day(&forum, 0), day(&forum, 1));
    let ends = format!("{}T00:00:00Z", day(&forum, 2));
    // Arabic, Persian, Hindi, fullwidth, mathematical; and with invisible characters around them.
    for typed in [
        in_digits(&tomorrow, '\u{0660}'),
        in_digits(&tomorrow, '\u{06f0}'),
        in_digits(&tomorrow, '\u{0966}'),
        in_digits(&tomorrow, '\u{ff10}').replace('-', "\u{ff0d}"),
        in_digits(&tomorrow, '\u{1d7d8}'),
        format!(" \u{2066}{tomorrow}\u{2069}\u{3000}"),
    ] {
        let thread = open(&author, Draft::titled("Pinned")).await;
        let done = decide(&mut secretariat, "PIN_THREAD", &thread.id, &typed).await;
        assert_eq!(done.status, 303, "{typed}: {}", done.html);
        let data = forum
            .visitor()
            .ask("{ decisions(first: 1) { nodes { until } } }", json!({}))
            .await;
        assert_eq!(text(&data, "decisions.nodes.0.until"), ends, "{typed}");
    }
    let thread = open(&author, Draft::titled("Slow")).await;
    let key = Uuid::new_v4().to_string();
    let fields = [
        ("key", key.as_str()),
        ("act", "SLOW_THREAD"),
        ("target", &thread.id),
        ("reason", "OTHER"),
        ("explanation", "As was agreed."),
        ("language", "EN"),
        ("seconds", " \u{0663}\u{0660}\u{0661} "),
    ];
    let done = secretariat.post("/decide", &fields).await;
    assert_eq!(done.status, 303, "{}", done.html);
    let document = "query($id: ID!) { thread(id: $id) { slowSeconds } }";
    let data = author.ask(document, json!({ "id": thread.id })).await;
    assert_eq!(at(&data, "thread.slowSeconds"), &json!(301));
    let mut visitor = Browser::of(&forum);
    let typed = in_digits(&tomorrow, '\u{ff10}');
    let later = visitor.get(&format!("/threads?from={typed}")).await;
    assert_eq!(later.value_of("from"), tomorrow);
    assert!(!later.html.contains(&thread.id), "{}", later.html);
    let typed = in_digits(&today, '\u{0660}');
    let page = visitor.get(&format!("/threads?from={typed}")).await;
    assert!(page.html.contains(&thread.id), "{}", page.html);
}
