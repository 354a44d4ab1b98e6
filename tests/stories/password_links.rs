//! A person who forgot their password gets a link from somebody who may invite them: valid once, for a while, and listed for that person.

use std::time::Duration;

use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::support::acts::delegation_id;
use crate::support::acts::own_id;
use crate::support::database::Kind;
use crate::support::forum::Forum;
use crate::support::forum::told_clock;
use crate::support::json::at;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::moderating::decide_with;
use crate::support::page::Browser;
use crate::support::person::Person;
use crate::support::process;
use crate::support::template;
use crate::support::template::PASSWORD;
use crate::support::template::email;

on_both_databases!(
    a_link_gives_a_new_password_once_and_ends_all_sessions,
    a_link_is_made_by_who_may_invite_its_person,
    a_link_sent_twice_is_one_and_a_newer_one_takes_its_place,
    a_link_works_for_a_while with told_clock(),
    a_short_password_leaves_the_link_open,
    its_person_sees_who_made_a_link_and_when with told_clock(),
    a_password_is_chosen_by_form,
);
for_both_databases!(the_operator_makes_a_link_from_the_command_line);

const MAKE: &str = "mutation($input: MakePasswordLinkInput!) { makePasswordLink(input: $input) { link passwordLink { id state } } }";
const CHOOSE: &str = "mutation($input: ChoosePasswordInput!) { choosePassword(input: $input) { token deviceToken viewer { email } } }";
const SIGN_IN: &str = "mutation($input: SignInInput!) { signIn(input: $input) { token } }";
const LOOK: &str =
    "query($token: String!) { passwordLink(token: $token) { state email madeBy { name } } }";
const NEW: &str = "another password of mine";

async fn input(person: &Person) -> Value {
    json!({ "input": { "key": Uuid::new_v4(), "personId": own_id(person).await } })
}

async fn make(by: &Person, person: &Person) -> String {
    let link = text(
        &by.ask(MAKE, input(person).await).await,
        "makePasswordLink.link",
    );
    let (_, token) = link.rsplit_once("/password/").expect("a link");
    token.to_string()
}

fn choice(token: &str, password: &str) -> Value {
    json!({ "input": { "token": token, "password": password } })
}

async fn signs_in(forum: &Forum, word: &str, password: &str) -> bool {
    let input = json!({ "input": { "email": email(word), "password": password } });
    let answer = forum.visitor().graphql(SIGN_IN, input).await;
    answer.body.get("errors").is_none()
}

async fn state(forum: &Forum, token: &str) -> String {
    let seen = forum.visitor().ask(LOOK, json!({ "token": token })).await;
    text(&seen, "passwordLink.state")
}

async fn a_link_gives_a_new_password_once_and_ends_all_sessions(forum: Forum) {
    let kenya = forum.delegate("ke");
    let token = make(&forum.focal_point("ke"), &kenya).await;
    let visitor = forum.visitor();
    let seen = visitor.ask(LOOK, json!({ "token": token })).await;
    assert_eq!(text(&seen, "passwordLink.state"), "OPEN");
    assert_eq!(text(&seen, "passwordLink.email"), email("ke"));
    // Until it is used, nothing has changed.
    assert!(signs_in(&forum, "ke", PASSWORD).await);

    let chosen = visitor.ask(CHOOSE, choice(&token, NEW)).await;
    assert_eq!(text(&chosen, "choosePassword.viewer.email"), email("ke"));
    let answer = kenya.graphql("{ viewer { email } }", json!({})).await;
    assert_eq!(answer.status, 401, "the old session has ended");
    let person = visitor.with_token(&text(&chosen, "choosePassword.token"));
    let seen = person
        .ask(
            "{ viewer { email sessions { nodes { current } } } }",
            json!({}),
        )
        .await;
    assert_eq!(
        at(&seen, "viewer.sessions.nodes").as_array().map(Vec::len),
        Some(1)
    );
    assert!(signs_in(&forum, "ke", NEW).await);
    assert!(!signs_in(&forum, "ke", PASSWORD).await);

    visitor
        .refused(CHOOSE, choice(&token, "yet another password"))
        .await
        .is("NOT_FOUND");
    let seen = visitor.ask(LOOK, json!({ "token": token })).await;
    assert_eq!(text(&seen, "passwordLink.state"), "USED");
    assert_eq!(at(&seen, "passwordLink.email"), &Value::Null);
    let unknown = visitor
        .ask(LOOK, json!({ "token": "nobody-made-this" }))
        .await;
    assert_eq!(at(&unknown, "passwordLink"), &Value::Null);
    visitor
        .refused(CHOOSE, choice("nobody-made-this", NEW))
        .await
        .is("NOT_FOUND");
}

async fn a_link_is_made_by_who_may_invite_its_person(forum: Forum) {
    let secretariat = forum.secretariat();
    let can = async |by: &Person, person: &Person| {
        let document = "query($id: ID!) { node(id: $id) { ... on Person { viewer { canMakePasswordLink } } } }";
        let seen = by
            .ask(document, json!({ "id": own_id(person).await }))
            .await;
        at(&seen, "node.viewer.canMakePasswordLink") == true
    };
    for (by, whom, refusal) in [
        ("secretariat", "ke", None),
        ("secretariat", "moderator", None),
        ("focal-ke", "ke", None),
        ("focal-ke", "fr", Some("OTHER_DELEGATION")),
        ("focal-fr", "fr", None),
        ("focal-ke", "moderator", Some("ROLE_MAY_NOT")),
        ("focal-ke", "secretariat", Some("ROLE_MAY_NOT")),
        ("focal-ke", "focal-ke", Some("ROLE_MAY_NOT")),
        ("secretariat", "secretariat", Some("ROLE_MAY_NOT")),
        ("ke", "ke", Some("ROLE_MAY_NOT")),
        ("moderator", "ke", Some("ROLE_MAY_NOT")),
    ] {
        let (by, whom) = (forum.person(by), forum.person(whom));
        assert_eq!(can(&by, &whom).await, refusal.is_none(), "{refusal:?}");
        match refusal {
            None => drop(make(&by, &whom).await),
            Some(reason) => by.refused(MAKE, input(&whom).await).await.is_denied(reason),
        }
    }
    let visitor = forum.visitor();
    let refused = visitor
        .refused(MAKE, input(&forum.delegate("ke")).await)
        .await;
    refused.is_denied("SIGN_IN_REQUIRED");

    // An account that also represents another delegation, or has a capacity beyond the focal point's, cannot be taken over.
    let grant =
        "mutation($input: GrantMandateInput!) { grantMandate(input: $input) { mandate { id } } }";
    for (whom, delegation, capacity, by, reason) in [
        ("ke", "fr", "PERSONAL", "focal-ke", "OTHER_DELEGATION"),
        (
            "fr",
            "fr",
            "DELEGATION",
            "focal-fr",
            "CAPACITY_EXCEEDS_MANDATE",
        ),
    ] {
        let granted = json!({ "input": {
            "key": Uuid::new_v4(), "personId": own_id(&forum.person(whom)).await, "capacity": capacity,
            "delegationId": delegation_id(&secretariat, delegation).await, "title": "Adviser",
        } });
        secretariat.ask(grant, granted).await;
        let refused = forum
            .person(by)
            .refused(MAKE, input(&forum.person(whom)).await)
            .await;
        refused.is_denied(reason);
    }
    let muted = own_id(&forum.focal_point("ke")).await;
    let until = json!({ "until": forum.moment_in(86_400) });
    decide_with(&secretariat, "MUTE_PERSON", &[&muted], until).await;
    let refused = forum
        .focal_point("ke")
        .refused(MAKE, input(&forum.delegate("ke")).await)
        .await;
    refused.is_denied("MUTED");
}

async fn a_link_sent_twice_is_one_and_a_newer_one_takes_its_place(forum: Forum) {
    let (secretariat, kenya) = (forum.secretariat(), forum.delegate("ke"));
    let wanted = input(&kenya).await;
    let first = secretariat.ask(MAKE, wanted.clone()).await;
    assert_eq!(secretariat.ask(MAKE, wanted.clone()).await, first);
    let mut other = wanted;
    other["input"]["personId"] = json!(own_id(&forum.delegate("fr")).await);
    secretariat.refused(MAKE, other).await.is_invalid("key");
    let link = text(&first, "makePasswordLink.link");
    let (_, old) = link.rsplit_once('/').expect("a link");
    let new = make(&secretariat, &kenya).await;
    assert_eq!(state(&forum, old).await, "REVOKED");
    let refused = forum.visitor().refused(CHOOSE, choice(old, NEW)).await;
    refused.is("NOT_FOUND");
    forum.visitor().ask(CHOOSE, choice(&new, NEW)).await;
    let nobody = json!({ "input": { "key": Uuid::new_v4(), "personId": "nobody" } });
    secretariat
        .refused(MAKE, nobody)
        .await
        .is_invalid("personId");
}

async fn a_link_works_for_a_while(forum: Forum) {
    let token = make(&forum.secretariat(), &forum.delegate("ke")).await;
    forum.advance(Duration::from_secs(24 * 3_600 - 1));
    assert_eq!(state(&forum, &token).await, "OPEN");
    forum.advance(Duration::from_secs(1));
    assert_eq!(state(&forum, &token).await, "EXPIRED");
    let refused = forum.visitor().refused(CHOOSE, choice(&token, NEW)).await;
    refused.is("NOT_FOUND");
    assert!(signs_in(&forum, "ke", PASSWORD).await);
}

async fn a_short_password_leaves_the_link_open(forum: Forum) {
    let token = make(&forum.secretariat(), &forum.delegate("ke")).await;
    let visitor = forum.visitor();
    visitor
        .refused(CHOOSE, choice(&token, "short"))
        .await
        .is_invalid("password");
    assert!(signs_in(&forum, "ke", PASSWORD).await);
    visitor.ask(CHOOSE, choice(&token, NEW)).await;
}

async fn its_person_sees_who_made_a_link_and_when(forum: Forum) {
    let kenya = forum.delegate("ke");
    let made = forum.moment_in(0);
    let token = make(&forum.focal_point("ke"), &kenya).await;
    let document = "{ viewer { passwordLinks { nodes { state createdAt usedAt madeBy { name } } edges { node { id } } } } }";
    let seen = kenya.ask(document, json!({})).await;
    let path = "viewer.passwordLinks.nodes.0";
    assert_eq!(text(&seen, &format!("{path}.state")), "OPEN");
    assert_eq!(text(&seen, &format!("{path}.createdAt")), made);
    assert_eq!(
        text(&seen, &format!("{path}.madeBy.name")),
        "Focal point of Kenya"
    );
    for other in [
        forum.delegate("fr"),
        forum.focal_point("ke"),
        forum.visitor(),
    ] {
        let seen = other.ask(document, json!({})).await;
        assert!(nodes(&seen, "viewer.passwordLinks").is_empty());
    }
    let mut browser = Browser::signed_in(&forum, "ke");
    let page = browser.get("/sessions").await.html;
    assert!(page.contains("<bdi>Focal point of Kenya</bdi>"), "{page}");
    assert!(page.contains(&format!("datetime=\"{made}\"")), "{page}");

    forum.advance(Duration::from_secs(60));
    let used = forum.moment_in(0);
    let chosen = forum.visitor().ask(CHOOSE, choice(&token, NEW)).await;
    let person = forum
        .visitor()
        .with_token(&text(&chosen, "choosePassword.token"));
    let seen = person.ask(document, json!({})).await;
    assert_eq!(text(&seen, &format!("{path}.usedAt")), used);
    assert_eq!(text(&seen, &format!("{path}.state")), "USED");
}

async fn a_password_is_chosen_by_form(forum: Forum) {
    let kenya = own_id(&forum.delegate("ke")).await;
    let mut visitor = Browser::of(&forum);
    let page = visitor.get("/sign-in").await.html;
    assert!(page.contains("Forgotten your password"), "{page}");

    let mut focal_point = Browser::signed_in(&forum, "focal-ke");
    let profile = focal_point.get(&format!("/people/{kenya}")).await;
    let path = format!("/people/{kenya}/password");
    assert_eq!(profile.action_of_form_with("key"), path);
    let key = profile.value_of("key");
    let made = focal_point.post(&path, &[("key", &key)]).await;
    let (_, rest) = made.html.split_once("/password/").expect("a link");
    let (token, _) = rest.split_once('<').expect("its end");
    let link = format!("/password/{token}");
    for word in ["fr", "ke"] {
        let other = Browser::signed_in(&forum, word)
            .get(&format!("/people/{kenya}"))
            .await;
        assert!(!other.html.contains("/password\""), "{}", other.html);
    }

    let form = visitor.get(&link).await;
    assert_eq!(form.status, 200);
    form.is_guarded(&link);
    assert_eq!(form.value_of("username"), email("ke"));
    let refused = visitor.post(&link, &[("password", "short")]).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.html.contains("id=\"password-trouble\""),
        "{}",
        refused.html
    );
    let entered = visitor.post_and_follow(&link, &[("password", NEW)]).await;
    assert_eq!(entered.status, 200);
    assert!(entered.html.contains(&email("ke")), "{}", entered.html);
    assert!(visitor.has_cookie("partage_session"));

    let again = Browser::of(&forum).get(&link).await;
    assert_eq!(again.status, 410);
    for said in [
        "already been chosen with this link",
        "focal point",
        "href=\"/sign-in\"",
    ] {
        assert!(again.html.contains(said), "{}", again.html);
    }
    let sent = Browser::of(&forum).post(&link, &[("password", NEW)]).await;
    assert_eq!(sent.status, 410);
    let unknown = Browser::of(&forum).get("/password/never-was").await;
    assert_eq!(unknown.status, 404);
    assert!(unknown.html.contains("Secretariat"), "{}", unknown.html);
    let refused = Browser::signed_in(&forum, "fr")
        .post(&path, &[("key", &key)])
        .await;
    assert_eq!(refused.status, 403);
}

async fn the_operator_makes_a_link_from_the_command_line(kind: Kind) {
    let place = template::of(kind).await.copy().await;
    let arguments = |address: &str| -> Vec<String> {
        let given = [
            "password-link",
            "--database",
            place.url(),
            "--email",
            address,
        ];
        given.iter().map(ToString::to_string).collect()
    };
    let run = async |address: &str| {
        let arguments = arguments(address);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        process::run(&arguments).await
    };
    let made = run("SECRETARIAT@example.org").await;
    assert_eq!(made.code, Some(0), "{made:?}");
    assert!(made.stdout.contains("/password/"), "{made:?}");
    let unknown = run("nobody@example.org").await;
    assert_ne!(unknown.code, Some(0), "{unknown:?}");
    assert!(!unknown.stdout.contains("/password/"), "{unknown:?}");
    place.remove().await;
}
