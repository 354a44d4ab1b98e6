//! Guessing a password elsewhere does not lock out a device that has signed in before.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use serde_json::json;

use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::page::Browser;
use crate::support::person::Person;
use crate::support::template::PASSWORD;
use crate::support::template::email;

on_both_databases!(
    a_known_device_signs_in_while_others_guess with three_failures(),
    a_known_device_has_its_own_count with three_failures(),
    a_browser_that_signed_in_before_is_known with three_failures(),
    the_mark_of_another_account_counts_as_none with three_failures(),
    a_revoked_session_takes_its_mark_along with three_failures(),
    a_changed_password_forgets_other_devices with three_failures(),
    a_mark_expires with flags(["--sign-in-failures-per-account", "3", "--device-days", "2"]).with_told_clock(),
    an_address_is_a_line_of_ipv6_or_one_of_ipv4 with
        flags(["--behind-proxy", "--sign-in-failures-per-address", "3"]),
    when_to_come_again_stands_in_the_header_too with three_failures(),
    who_guesses_slows_an_address_down_but_shuts_nobody_behind_it_out with
        flags(["--sign-in-failures-per-address", "3"]).with_told_clock(),
);

const SIGN_IN: &str =
    "mutation($input: SignInInput!) { signIn(input: $input) { token deviceToken } }";
const WRONG: &str = "a wrong password";

fn three_failures() -> crate::support::forum::Setup {
    flags(["--sign-in-failures-per-account", "3"]).with_told_clock()
}

fn input(word: &str, password: &str, device: Option<&str>) -> Value {
    json!({ "input": { "email": email(word), "password": password, "deviceToken": device } })
}

/// Signs in; returns the session and the device's token.
async fn sign_in(forum: &Forum, word: &str, device: Option<&str>) -> (Person, String) {
    let visitor = forum.visitor();
    let data = visitor.ask(SIGN_IN, input(word, PASSWORD, device)).await;
    let person = visitor.with_token(&text(&data, "signIn.token"));
    (person, text(&data, "signIn.deviceToken"))
}

async fn code(forum: &Forum, word: &str, password: &str, device: Option<&str>) -> String {
    let visitor = forum.visitor();
    let refused = visitor.refused(SIGN_IN, input(word, password, device));
    refused.await.code()
}

/// Others guess until the account is locked for a while.
async fn guess(forum: &Forum, word: &str) {
    for _ in 0..3 {
        assert_eq!(code(forum, word, WRONG, None).await, "INVALID");
    }
    assert_eq!(code(forum, word, PASSWORD, None).await, "TOO_MANY");
}

async fn a_known_device_signs_in_while_others_guess(forum: Forum) {
    let (_, mark) = sign_in(&forum, "ke", None).await;
    guess(&forum, "ke").await;
    let (person, again) = sign_in(&forum, "ke", Some(&mark)).await;
    assert_eq!(again, mark, "a device keeps its mark");
    let seen = person.ask("{ viewer { role } }", json!({})).await;
    assert_eq!(text(&seen, "viewer.role"), "DELEGATE");
    assert_eq!(code(&forum, "ke", PASSWORD, None).await, "TOO_MANY");
    let unknown = code(&forum, "ke", PASSWORD, Some("never given")).await;
    assert_eq!(unknown, "TOO_MANY");
}

async fn a_known_device_has_its_own_count(forum: Forum) {
    let (_, mark) = sign_in(&forum, "ke", None).await;
    for _ in 0..3 {
        assert_eq!(code(&forum, "ke", WRONG, Some(&mark)).await, "INVALID");
    }
    let waits = code(&forum, "ke", PASSWORD, Some(&mark)).await;
    assert_eq!(waits, "TOO_MANY", "a stolen mark is no way to guess");
    // The owner's own mistakes lock out nobody else.
    sign_in(&forum, "ke", None).await;
    forum.advance(Duration::from_secs(15 * 60));
    sign_in(&forum, "ke", Some(&mark)).await;
}

async fn a_browser_that_signed_in_before_is_known(forum: Forum) {
    let mut browser = Browser::of(&forum);
    let address = email("ke");
    let fields = [("email", address.as_str()), ("password", PASSWORD)];
    assert_eq!(browser.post("/sign-in", &fields).await.status, 303);
    assert!(browser.has_cookie("partage_device"));
    assert_eq!(browser.post("/sign-out", &[]).await.status, 303);
    assert!(!browser.has_cookie("partage_session"));
    guess(&forum, "ke").await;
    let stranger = Browser::of(&forum).post("/sign-in", &fields).await;
    assert_eq!(stranger.status, 429);
    let seconds = stranger.header("retry-after").parse::<u32>();
    assert!(seconds.is_ok_and(|seconds| (1..=900).contains(&seconds)));
    assert_eq!(browser.post("/sign-in", &fields).await.status, 303);
}

async fn the_mark_of_another_account_counts_as_none(forum: Forum) {
    let (_, of_france) = sign_in(&forum, "fr", None).await;
    guess(&forum, "ke").await;
    assert_eq!(
        code(&forum, "ke", PASSWORD, Some(&of_france)).await,
        "TOO_MANY"
    );
}

async fn a_revoked_session_takes_its_mark_along(forum: Forum) {
    let (phone, mark) = sign_in(&forum, "ke", None).await;
    let current = "{ viewer { sessions { edges { node { id current } } } } }";
    let seen = phone.ask(current, json!({})).await;
    let sessions = nodes(&seen, "viewer.sessions");
    let own = sessions.iter().find(|session| session["current"] == true);
    let session = at(own.expect("the session"), "id").clone();
    let document =
        "mutation($input: RevokeSessionInput!) { revokeSession(input: $input) { session { id } } }";
    let revoked = json!({ "input": { "sessionId": session } });
    forum.delegate("ke").ask(document, revoked).await;
    guess(&forum, "ke").await;
    assert_eq!(code(&forum, "ke", PASSWORD, Some(&mark)).await, "TOO_MANY");
}

async fn a_changed_password_forgets_other_devices(forum: Forum) {
    let (_, elsewhere) = sign_in(&forum, "ke", None).await;
    let (desk, own) = sign_in(&forum, "ke", None).await;
    let new = "another long one";
    let document = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { viewer { role } } }";
    let change = json!({ "input": { "currentPassword": PASSWORD, "newPassword": new } });
    desk.ask(document, change).await;
    for _ in 0..3 {
        assert_eq!(code(&forum, "ke", WRONG, None).await, "INVALID");
    }
    assert_eq!(code(&forum, "ke", new, Some(&elsewhere)).await, "TOO_MANY");
    forum
        .visitor()
        .ask(SIGN_IN, input("ke", new, Some(&own)))
        .await;
}

async fn a_mark_expires(forum: Forum) {
    let (_, mark) = sign_in(&forum, "ke", None).await;
    forum.advance(Duration::from_secs(86_400));
    let (_, again) = sign_in(&forum, "ke", Some(&mark)).await;
    assert_eq!(again, mark);
    // Each use extends its lifetime.
    forum.advance(Duration::from_secs(86_400 + 3_600));
    guess(&forum, "ke").await;
    sign_in(&forum, "ke", Some(&mark)).await;
    forum.advance(Duration::from_secs(2 * 86_400));
    guess(&forum, "ke").await;
    assert_eq!(code(&forum, "ke", PASSWORD, Some(&mark)).await, "TOO_MANY");
}

async fn an_address_is_a_line_of_ipv6_or_one_of_ipv4(forum: Forum) {
    let try_from = async |address: &str, account: &str| {
        let email = format!("{account}@example.org");
        let variables = json!({ "input": { "email": email, "password": WRONG } });
        let answer = forum
            .visitor()
            .request(Method::POST, "/graphql")
            .header("x-forwarded-for", address)
            .json(&json!({ "query": SIGN_IN, "variables": variables }))
            .send()
            .await
            .expect("an answer");
        let body: Value = answer.json().await.expect("JSON");
        text(&body, "errors.0.extensions.code")
    };
    for (line, others, another) in [
        (
            [
                "2001:db8:1:2::1",
                "2001:db8:1:2:ffff::2",
                "[2001:db8:1:2::3]:443",
            ],
            "2001:db8:1:2:a:b:c:d",
            "2001:db8:1:3::1",
        ),
        (
            ["203.0.113.7", "::ffff:203.0.113.7", "203.0.113.7:9000"],
            "::ffff:203.0.113.7",
            "::ffff:203.0.113.8",
        ),
    ] {
        for (count, address) in line.iter().enumerate() {
            let account = format!("nobody-{count}");
            assert_eq!(try_from(address, &account).await, "INVALID", "{address}");
        }
        assert_eq!(try_from(others, "nobody").await, "TOO_MANY", "{others}");
        assert_eq!(try_from(another, "nobody").await, "INVALID", "{another}");
    }
}

async fn who_guesses_slows_an_address_down_but_shuts_nobody_behind_it_out(forum: Forum) {
    for account in ["nobody-1", "nobody-2", "nobody-3"] {
        assert_eq!(code(&forum, account, WRONG, None).await, "INVALID");
    }
    // One guess per five seconds from now on, for any account.
    for account in ["nobody-4", "nobody-5"] {
        let visitor = forum.visitor();
        let refused = visitor.refused(SIGN_IN, input("ke", PASSWORD, None)).await;
        refused.is("TOO_MANY");
        assert_eq!(number(&refused.0, "extensions.retryAfter"), 5);
        forum.advance(Duration::from_secs(5));
        // Colleagues sign in one after the other, with correct passwords on new devices.
        for word in ["ke", "fr", "br"] {
            sign_in(&forum, word, None).await;
        }
        assert_eq!(code(&forum, account, WRONG, None).await, "INVALID");
    }
    assert_eq!(code(&forum, "nobody-6", WRONG, None).await, "TOO_MANY");
}

async fn when_to_come_again_stands_in_the_header_too(forum: Forum) {
    guess(&forum, "ke").await;
    let refused = json!({ "query": SIGN_IN, "variables": input("ke", PASSWORD, None) });
    let fine = json!({ "query": "{ __typename }" });
    for body in [refused.clone(), json!([fine, refused, fine])] {
        let asked = forum
            .visitor()
            .request(Method::POST, "/graphql")
            .json(&body);
        let answer = asked.send().await.expect("an answer");
        let header = answer.headers()["retry-after"].to_str().expect("a header");
        let header: i64 = header.parse().expect("seconds");
        let told: Value = answer.json().await.expect("JSON");
        let path = "errors.0.extensions.retryAfter";
        let place = if body.is_array() { "1." } else { "" };
        assert_eq!(header, number(&told, &format!("{place}{path}")));
    }
    let asked = forum
        .visitor()
        .request(Method::POST, "/graphql")
        .json(&fine);
    let answer = asked.send().await.expect("an answer");
    assert!(!answer.headers().contains_key("retry-after"));
}
