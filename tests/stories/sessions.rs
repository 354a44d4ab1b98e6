//! Signing in, sessions, and what the end of a mandate removes.

use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::FORUM_EVENTS;
use crate::support::acts::OPEN_THREAD;
use crate::support::acts::REPLY;
use crate::support::acts::THREAD_EVENTS;
use crate::support::acts::WITHDRAW;
use crate::support::acts::open;
use crate::support::acts::own_id;
use crate::support::acts::reply;
use crate::support::acts::reply_input;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::forum::told_clock;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::page::Browser;
use crate::support::person::Person;
use crate::support::socket::Received;
use crate::support::template::PASSWORD;
use crate::support::template::email;

on_both_databases!(
    an_ended_mandate_reads_but_does_not_write with told_clock(),
    who_signs_in_is_known_by_the_token,
    a_wrong_password_and_an_unknown_address_get_the_same_answer,
    an_account_waits_after_too_many_failures with flags(["--sign-in-failures-per-account", "3"]).with_told_clock(),
    an_address_waits_after_too_many_failures with flags(["--sign-in-failures-per-address", "3"]).with_told_clock(),
    a_revoked_session_stops_at_once_and_its_open_socket_with_it,
    nobody_revokes_the_session_of_another,
    a_session_ends_by_itself with flags(["--session-days", "2"]).with_told_clock(),
    a_changed_password_is_the_only_one_that_works,
    a_session_is_named_in_plain_words,
);

const SIGN_IN: &str = "mutation($input: SignInInput!) { signIn(input: $input) { \
     token expiresAt viewer { email role person { name } } } }";

const SESSIONS: &str =
    "{ viewer { role sessions { edges { node { id current userAgent createdAt expiresAt } } } } }";

fn credentials(email: &str, password: &str) -> Value {
    json!({ "input": { "email": email, "password": password } })
}

async fn sign_in(forum: &Forum, word: &str) -> Person {
    let data = forum
        .visitor()
        .ask(SIGN_IN, credentials(&email(word), PASSWORD))
        .await;
    forum.visitor().with_token(&text(&data, "signIn.token"))
}

/// Asserts that a client whose token is no longer valid is refused, and not treated as a visitor.
async fn is_nobody(person: &Person) {
    let answer = person.graphql("{ viewer { role } }", json!({})).await;
    assert_eq!(answer.status, 401, "{}", answer.body);
    let code = text(&answer.body, "errors.0.extensions.code");
    assert_eq!(code, "UNAUTHENTICATED");
    assert!(answer.body.get("data").is_none(), "{}", answer.body);
}

async fn an_ended_mandate_reads_but_does_not_write(forum: Forum) {
    let delegate = forum.delegate("ke");
    let opened = open(&delegate, Draft::for_members("Before the end")).await;
    let person = own_id(&delegate).await;
    let secretariat = forum.secretariat();
    let document = "query($id: ID!) { node(id: $id) { ... on Person { mandates { edges { node { id current } } } } } }";
    let data = secretariat.ask(document, json!({ "id": person })).await;
    let mandate = text(&nodes(&data, "node.mandates")[0], "id");
    let input = json!({ "mandateId": mandate, "until": forum.moment_in(3_600) });
    let end =
        "mutation($input: EndMandateInput!) { endMandate(input: $input) { mandate { current } } }";
    secretariat.ask(end, json!({ "input": input })).await;

    reply(&delegate, &opened.id, "Still in office.").await;
    forum.advance(Duration::from_secs(3_600));
    let input = reply_input(&opened.id, "Too late.");
    let refused = delegate.refused(REPLY, json!({ "input": input })).await;
    refused.is_denied("NO_CURRENT_MANDATE");
    let input = Draft::default().input(&delegate).await;
    let refused = delegate
        .refused(OPEN_THREAD, json!({ "input": input }))
        .await;
    refused.is_denied("NO_CURRENT_MANDATE");

    let document =
        "query($id: ID!) { thread(id: $id) { title lastNumber viewer { canReply replyRefusal } } }";
    let seen = delegate.ask(document, json!({ "id": opened.id })).await;
    assert_eq!(text(&seen, "thread.title"), "Before the end");
    assert_eq!(number(&seen, "thread.lastNumber"), 2);
    assert_eq!(
        text(&seen, "thread.viewer.replyRefusal"),
        "NO_CURRENT_MANDATE"
    );
    // Own texts can still be withdrawn.
    let input = json!({ "postId": opened.post });
    delegate.ask(WITHDRAW, json!({ "input": input })).await;
}

async fn who_signs_in_is_known_by_the_token(forum: Forum) {
    let data = forum
        .visitor()
        .ask(SIGN_IN, credentials(&email("ke").to_uppercase(), PASSWORD))
        .await;
    assert_eq!(text(&data, "signIn.viewer.role"), "DELEGATE");
    assert_eq!(
        text(&data, "signIn.viewer.person.name"),
        "Delegate of Kenya"
    );
    let token = text(&data, "signIn.token");
    let person = forum.visitor().with_token(&token);
    let seen = person.ask("{ viewer { email } }", json!({})).await;
    assert_eq!(text(&seen, "viewer.email"), email("ke"));
    let unknown = forum.visitor().with_token("not-a-token-of-this-forum");
    is_nobody(&unknown).await;
}

async fn a_wrong_password_and_an_unknown_address_get_the_same_answer(forum: Forum) {
    let visitor = forum.visitor();
    let plain = |answer: &Value| {
        let mut plain = answer.clone();
        plain["extensions"]["requestId"] = Value::Null;
        plain
    };
    let wrong = visitor
        .refused(SIGN_IN, credentials(&email("ke"), "a wrong password"))
        .await;
    wrong.is_invalid("password");
    for address in ["nobody@example.org", "no address", ""] {
        let unknown = visitor
            .refused(SIGN_IN, credentials(address, "a wrong password"))
            .await;
        assert_eq!(plain(&wrong.0), plain(&unknown.0), "{address}");
    }
}

async fn an_account_waits_after_too_many_failures(forum: Forum) {
    let visitor = forum.visitor();
    for address in [email("ke"), "nobody@example.org".to_string()] {
        for _ in 0..3 {
            let refused = visitor
                .refused(SIGN_IN, credentials(&address, "a wrong password"))
                .await;
            refused.is("INVALID");
        }
        let refused = visitor
            .refused(SIGN_IN, credentials(&address, PASSWORD))
            .await;
        refused.is("TOO_MANY");
        let seconds = number(&refused.0, "extensions.retryAfter");
        assert!((1..=900).contains(&seconds), "{:#}", refused.0);
    }
    sign_in(&forum, "fr").await;
    forum.advance(Duration::from_secs(15 * 60));
    sign_in(&forum, "ke").await;
}

async fn an_address_waits_after_too_many_failures(forum: Forum) {
    let visitor = forum.visitor();
    for count in 0..3 {
        let address = format!("nobody-{count}@example.org");
        let refused = visitor
            .refused(SIGN_IN, credentials(&address, "a wrong password"))
            .await;
        refused.is("INVALID");
    }
    let refused = visitor
        .refused(SIGN_IN, credentials(&email("ke"), PASSWORD))
        .await;
    refused.is("TOO_MANY");
    forum.advance(Duration::from_secs(15 * 60));
    sign_in(&forum, "ke").await;
}

const REVOKE: &str =
    "mutation($input: RevokeSessionInput!) { revokeSession(input: $input) { session { id } } }";

async fn a_revoked_session_stops_at_once_and_its_open_socket_with_it(forum: Forum) {
    let desk = forum.delegate("ke");
    let phone = sign_in(&forum, "ke").await;
    let opened = open(&desk, Draft::for_members("Between us")).await;
    let mut thread = phone
        .subscribe(
            THREAD_EVENTS,
            json!({ "threadId": opened.id, "after": opened.cursor }),
        )
        .await;
    let mut forum_wide = phone
        .subscribe(FORUM_EVENTS, json!({ "after": opened.cursor }))
        .await;
    reply(&desk, &opened.id, "Heard.").await;
    assert_eq!(text(&thread.event().await, "post.body"), "Heard.");
    assert_eq!(text(&forum_wide.event().await, "post.body"), "Heard.");

    let seen = desk.ask(SESSIONS, json!({})).await;
    let sessions = nodes(&seen, "viewer.sessions");
    assert_eq!(sessions.len(), 2);
    let other = sessions
        .iter()
        .find(|session| at(session, "current") == false)
        .expect("the phone's session");
    let input = json!({ "sessionId": at(other, "id") });
    desk.ask(REVOKE, json!({ "input": input })).await;

    is_nobody(&phone).await;
    reply(&desk, &opened.id, "Not for the phone.").await;
    for listener in [&mut thread, &mut forum_wide] {
        loop {
            match listener.receive().await {
                Received::Closed(_) | Received::Cut => break,
                Received::Message(message) => {
                    let said = message.to_string();
                    assert!(!said.contains("Not for the phone"), "{said}");
                    if message["type"] == "complete" || message["type"] == "error" {
                        break;
                    }
                }
            }
        }
    }
    let seen = desk.ask(SESSIONS, json!({})).await;
    assert_eq!(nodes(&seen, "viewer.sessions").len(), 1);
}

async fn nobody_revokes_the_session_of_another(forum: Forum) {
    let kenya = forum.delegate("ke");
    let seen = kenya.ask(SESSIONS, json!({})).await;
    let session = text(&nodes(&seen, "viewer.sessions")[0], "id");
    let input = json!({ "input": { "sessionId": session } });
    for other in [forum.delegate("fr"), forum.secretariat()] {
        other.refused(REVOKE, input.clone()).await.is("NOT_FOUND");
    }
    let node = "query($id: ID!) { node(id: $id) { id } }";
    let seen = forum
        .delegate("fr")
        .ask(node, json!({ "id": session }))
        .await;
    assert_eq!(at(&seen, "node"), &Value::Null);
    let seen = kenya.ask(SESSIONS, json!({})).await;
    assert_eq!(text(&seen, "viewer.role"), "DELEGATE");
}

async fn a_session_ends_by_itself(forum: Forum) {
    let person = sign_in(&forum, "ke").await;
    forum.advance(Duration::from_secs(2 * 86_400 - 1));
    let seen = person.ask("{ viewer { role } }", json!({})).await;
    assert_eq!(text(&seen, "viewer.role"), "DELEGATE");
    forum.advance(Duration::from_secs(1));
    is_nobody(&person).await;
}

async fn a_changed_password_is_the_only_one_that_works(forum: Forum) {
    let person = sign_in(&forum, "ke").await;
    let document = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { viewer { role } } }";
    let change = |current: &str, new: &str| json!({ "input": { "currentPassword": current, "newPassword": new } });
    let refused = person
        .refused(document, change("a wrong password", "another long one"))
        .await;
    refused.is_invalid("currentPassword");
    let refused = person.refused(document, change(PASSWORD, "short")).await;
    refused.is_invalid("newPassword");
    // The first fault in the order of the fields; a visitor is told of none.
    let refused = person
        .refused(document, change("a wrong password", "short"))
        .await;
    refused.is_invalid("currentPassword");
    let refused = forum
        .visitor()
        .refused(document, change("a wrong password", "short"))
        .await;
    refused.is_denied("SIGN_IN_REQUIRED");
    person
        .ask(document, change(PASSWORD, "another long one"))
        .await;
    let seen = person.ask("{ viewer { role } }", json!({})).await;
    assert_eq!(text(&seen, "viewer.role"), "DELEGATE");
    let elsewhere = forum.delegate("ke");
    is_nobody(&elsewhere).await;
    let visitor = forum.visitor();
    let refused = visitor
        .refused(SIGN_IN, credentials(&email("ke"), PASSWORD))
        .await;
    refused.is_invalid("password");
    visitor
        .ask(SIGN_IN, credentials(&email("ke"), "another long one"))
        .await;
}

async fn a_session_is_named_in_plain_words(forum: Forum) {
    let tail = "AppleWebKit/537.36 (KHTML, like Gecko)";
    let firefox =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0";
    let chrome = format!(
        "Mozilla/5.0 (Linux; Android 14; Pixel 8) {tail} Chrome/126.0 Mobile Safari/537.36"
    );
    let edge = format!(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) {tail} Chrome/126.0 Safari/537.36 Edg/126.0"
    );
    let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";
    let agents = [
        (firefox, "Firefox on Windows", "Firefox على Windows"),
        (&chrome, "Chrome on Android", "Chrome على Android"),
        (&edge, "Edge on Windows", "Edge على Windows"),
        (safari, "Safari on iPhone", "Safari على iPhone"),
        ("Mozilla/5.0 (unheard of)", "A browser", "متصفح"),
        (
            "Desk of Kenya/2.1 (+https://example.org)",
            "Desk of Kenya",
            "Desk of Kenya",
        ),
    ];
    for (agent, _, _) in &agents {
        let body = json!({ "query": SIGN_IN, "variables": credentials(&email("ke"), PASSWORD) });
        let visitor = forum.visitor();
        let request = visitor.request(reqwest::Method::POST, "/graphql");
        let request = request.header(reqwest::header::USER_AGENT, *agent);
        let answer = request.json(&body).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 200, "{agent}");
    }
    let mut browser = Browser::signed_in(&forum, "ke");
    let page = browser.get("/sessions?lang=en").await;
    let arabic = browser.get("/sessions?lang=ar").await;
    for (agent, english, name) in agents {
        let shown = format!("<bdi dir=\"ltr\">{english}</bdi>");
        assert!(page.html.contains(&shown), "{english}: {}", page.html);
        let arabic = arabic.html.replace(['\u{2068}', '\u{2069}'], "");
        assert!(
            arabic.contains(&format!("<bdi dir=\"rtl\">{name}</bdi>")),
            "{name}: {arabic}"
        );
        // The complete user agent is shown as well.
        let whole = format!("<code dir=\"ltr\">{agent}</code>");
        assert!(page.html.contains(&whole), "{agent}: {}", page.html);
    }
}
