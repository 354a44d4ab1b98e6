//! The pages of invitations: they offer what may be granted, a refusal leaves the form open, and a link that no longer works says why.

use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use crate::support::acts::delegation_id;
use crate::support::acts::own_id;
use crate::support::browser::Chromium;
use crate::support::forum::Forum;
use crate::support::forum::told_clock;
use crate::support::json::text;
use crate::support::moderating::decide_with;
use crate::support::page::Browser;
use crate::support::page::Page;
use crate::support::template::PASSWORD;
use crate::support::template::email;

on_both_databases!(
    a_focal_point_is_offered_what_may_be_given,
    an_invitation_asks_in_which_capacity_the_invited_person_writes,
    the_secretariat_chooses_the_delegation,
    a_link_that_is_shown_only_once_is_copied_with_a_button,
    a_refused_invitation_stays_open_to_change,
    a_refused_acceptance_stays_open_to_change,
    settings_that_are_refused_stay_open_to_change,
    an_acceptance_sent_twice_at_once_leads_in_twice,
    an_invitation_opened_afterwards_leads_to_the_account_or_to_sign_in,
    a_link_that_works_no_more_says_why_and_whom_to_ask with told_clock(),
);

/// The options of a select, by its name.
fn offered(page: &Page, name: &str) -> Vec<String> {
    let start = format!("<select id=\"{name}\"");
    let Some((_, rest)) = page.html.split_once(&start) else {
        return Vec::new();
    };
    let (list, _) = rest.split_once("</select>").expect("its end");
    list.split("value=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_string)
        .collect()
}

fn chosen(page: &Page, name: &str) -> Option<String> {
    let (_, rest) = page.html.split_once(&format!("<select id=\"{name}\""))?;
    let (list, _) = rest.split_once("</select>")?;
    let mut options = list.split("<option value=\"");
    let selected = options.find(|option| {
        let tag = option.split('>').next();
        tag.is_some_and(|tag| tag.ends_with(" selected"))
    })?;
    selected.split('"').next().map(str::to_string)
}

async fn a_focal_point_is_offered_what_may_be_given(forum: Forum) {
    for (word, delegation, name, capacities) in [
        (
            "focal-ke",
            "ke",
            "Kenya",
            &["PERSONAL", "OFFICE", "DELEGATION"][..],
        ),
        ("focal-fr", "fr", "France", &["PERSONAL", "OFFICE"]),
    ] {
        let mut browser = Browser::signed_in(&forum, word);
        let page = browser.get("/invitations").await;
        assert_eq!(offered(&page, "role"), ["DELEGATE", "FOCAL_POINT"]);
        assert_eq!(offered(&page, "capacity"), capacities);
        assert!(
            offered(&page, "delegationId").is_empty(),
            "nothing to choose"
        );
        assert_eq!(page.value_of("delegationId"), delegation);
        assert!(
            page.html.contains(&format!("<bdi>{name}</bdi>")),
            "{}",
            page.html
        );
        // It works without changes.
        let (key, address) = (page.value_of("key"), format!("new-{word}@example.org"));
        let fields = [
            ("key", key.as_str()),
            ("email", address.as_str()),
            ("role", "DELEGATE"),
            ("delegationId", delegation),
            ("title", "Adviser"),
            ("capacity", "PERSONAL"),
            ("mandateUntil", ""),
        ];
        let made = browser.post("/invitations", &fields).await;
        assert_eq!(made.status, 200, "{}", made.html);
        assert!(made.html.contains("/invitations/"), "{}", made.html);
        // Only an open invitation has a day, and its meaning is shown.
        assert!(
            made.html.contains("open · valid until <time"),
            "{}",
            made.html
        );
        let id = made.value_of("invitationId");
        let fields = [("invitationId", id.as_str())];
        let list = browser
            .post_and_follow("/invitations/revoke", &fields)
            .await;
        let (_, revoked) = list.html.split_once("· cancelled").expect("it is revoked");
        let (revoked, _) = revoked.split_once("</li>").expect("its end");
        assert!(!revoked.contains("<time"), "{revoked}");
    }
}

async fn an_invitation_asks_in_which_capacity_the_invited_person_writes(forum: Forum) {
    let list = Browser::signed_in(&forum, "focal-ke")
        .get("/invitations?lang=fr")
        .await
        .html;
    assert!(list.contains("<label for=\"capacity\">Peut écrire, au plus</label>"));
}

async fn a_link_that_is_shown_only_once_is_copied_with_a_button(forum: Forum) {
    let window = Chromium::signed_in(&forum, "secretariat").await;
    let kenya = own_id(&forum.delegate("ke")).await;
    for (path, form, link) in [
        ("/invitations".to_string(), "/invitations", "/invitations/"),
        (
            format!("/people/{kenya}"),
            &format!("/people/{kenya}/password"),
            "/password/",
        ),
    ] {
        window.visit(&path).await;
        if form == "/invitations" {
            window.fill("email", "copied@example.org").await;
            window.fill("title", "Adviser").await;
            window
                .run("document.getElementById('delegationId').value = 'br'")
                .await;
        }
        window
            .click(&format!("form[action='{form}'] button[type=submit]"))
            .await;
        window.find("[data-copy]").await;
        window
            .run("window.copied = []; navigator.clipboard.writeText = async (text) => copied.push(text)")
            .await;
        // The script may come after the page.
        window
            .until(
                "the link to be copied",
                "document.querySelector('[data-copy]').click(); return copied.length > 0",
            )
            .await;
        window.until_it_says("Copied.").await;
        let is_link = format!(
            "return copied[0] === document.getElementById('link').textContent && copied[0].includes('{link}')"
        );
        assert_eq!(window.run(&is_link).await, json!(true), "{path}");
    }
    window.close().await;
}

async fn the_secretariat_chooses_the_delegation(forum: Forum) {
    let mut browser = Browser::signed_in(&forum, "secretariat");
    let page = browser.get("/invitations").await;
    let roles = [
        "VISITOR",
        "DELEGATE",
        "FOCAL_POINT",
        "MODERATOR",
        "SECRETARIAT",
    ];
    assert_eq!(offered(&page, "role"), roles);
    let delegations = offered(&page, "delegationId");
    assert_eq!(delegations[0], "", "nothing is chosen beforehand");
    assert!(delegations.len() > 200);
    assert_eq!(chosen(&page, "delegationId"), None);
    let key = page.value_of("key");
    let fields = [
        ("key", key.as_str()),
        ("email", "new@example.org"),
        ("role", "MODERATOR"),
        ("delegationId", ""),
        ("title", "Adviser"),
        ("capacity", "OFFICE"),
    ];
    let refused = browser.post("/invitations", &fields).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.html.contains("href=\"#delegationId\""),
        "{}",
        refused.html
    );
    assert_eq!(chosen(&refused, "role").as_deref(), Some("MODERATOR"));
    assert_eq!(chosen(&refused, "capacity").as_deref(), Some("OFFICE"));
}

async fn a_refused_invitation_stays_open_to_change(forum: Forum) {
    let mut browser = Browser::signed_in(&forum, "focal-fr");
    let taken = email("fr");
    for (field, wrong, status) in [
        ("role", "SECRETARIAT", 403),
        ("delegationId", "ke", 403),
        ("capacity", "DELEGATION", 403),
        ("email", taken.as_str(), 422),
        ("email", "no address", 422),
        ("title", "\u{200b}", 422),
        ("mandateUntil", "2001-01-01", 422),
    ] {
        let key = browser.get("/invitations").await.value_of("key");
        let mut fields = vec![
            ("key", key.as_str()),
            ("email", "new@example.org"),
            ("role", "FOCAL_POINT"),
            ("delegationId", "fr"),
            ("title", "Successor"),
            ("capacity", "OFFICE"),
            ("mandateUntil", "2031-12-31"),
        ];
        for each in &mut fields {
            if each.0 == field {
                each.1 = wrong;
            }
        }
        let refused = browser.post("/invitations", &fields).await;
        assert_eq!(refused.status, status, "{field}: {}", refused.html);
        assert!(refused.html.contains("class=\"trouble\""), "{field}");
        let typed = |name: &str| {
            let mut sent = fields.iter().filter(|each| each.0 == name);
            sent.next().expect("a field").1.to_string()
        };
        for name in ["email", "title", "mandateUntil"] {
            assert_eq!(refused.value_of(name), typed(name), "{field}");
        }
        if field != "role" {
            assert_eq!(chosen(&refused, "role"), Some(typed("role")), "{field}");
        }
        if field != "capacity" {
            assert_eq!(
                chosen(&refused, "capacity"),
                Some(typed("capacity")),
                "{field}"
            );
        }
        // The error is corrected, and the same form succeeds with the key that it contains.
        let key = refused.value_of("key");
        let address = format!("{}-{field}@example.org", wrong.len());
        let fields = [
            ("key", key.as_str()),
            ("email", address.as_str()),
            ("role", "FOCAL_POINT"),
            ("delegationId", "fr"),
            ("title", "Successor"),
            ("capacity", "OFFICE"),
            ("mandateUntil", "2031-12-31"),
        ];
        let made = browser.post("/invitations", &fields).await;
        assert_eq!(made.status, 200, "{field}: {}", made.html);
    }
}

/// The path of an invitation of a delegate of Kenya.
async fn invited(forum: &Forum, address: &str) -> (String, String) {
    let secretariat = forum.secretariat();
    let document =
        "mutation($input: InviteInput!) { invite(input: $input) { link invitation { id } } }";
    let input = json!({ "input": {
        "key": Uuid::new_v4(), "email": address, "role": "DELEGATE", "capacity": "PERSONAL", "title": "Adviser",
        "delegationId": delegation_id(&secretariat, "ke").await,
    } });
    let made = secretariat.ask(document, input).await;
    let link = text(&made, "invite.link");
    let at = link.find("/invitations/").expect("a path");
    (link[at..].to_string(), text(&made, "invite.invitation.id"))
}

fn acceptance<'a>(name: &'a str, username: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("username", username),
        ("name", name),
        ("password", PASSWORD),
        ("language", "FR"),
    ]
}

async fn a_refused_acceptance_stays_open_to_change(forum: Forum) {
    let (path, _) = invited(&forum, "new@example.org").await;
    let mut browser = Browser::of(&forum);
    assert_eq!(
        browser.get(&path).await.value_of("username"),
        "new@example.org"
    );
    for (name, password) in [
        ("Secretariat", PASSWORD),
        ("Delegate of Kenya", PASSWORD),
        ("A fine name", "short"),
        ("\u{3164}", PASSWORD),
    ] {
        let mut fields = acceptance(name, "new@example.org");
        fields[2].1 = password;
        let refused = browser.post(&path, &fields).await;
        assert_eq!(refused.status, 422, "{name}: {}", refused.html);
        assert_eq!(refused.value_of("name"), name);
        assert_eq!(chosen(&refused, "language").as_deref(), Some("FR"));
        assert!(!refused.html.contains(PASSWORD));
    }
    // All errors at once.
    let mut fields = acceptance("Secretariat", "new@example.org");
    (fields[2].1, fields[3].1) = ("short", "XX");
    let refused = browser.post(&path, &fields).await;
    assert_eq!(refused.status, 422, "{}", refused.html);
    for field in ["name", "password", "language"] {
        let link = format!("href=\"#{field}\"");
        assert!(refused.html.contains(&link), "{field}: {}", refused.html);
    }
    let entered = browser
        .post(&path, &acceptance("A fine name", "new@example.org"))
        .await;
    assert_eq!((entered.status, entered.location().as_str()), (303, "/"));
}

async fn settings_that_are_refused_stay_open_to_change(forum: Forum) {
    let mut browser = Browser::signed_in(&forum, "ke");
    let secretariat = forum.secretariat();
    let target = own_id(&forum.delegate("ke")).await;
    let until = json!({ "until": forum.moment_in(86_400) });
    for (name, status) in [("Secretariat", 422), ("Another name", 403)] {
        if status == 403 {
            let until = until.clone();
            decide_with(&secretariat, "MUTE_PERSON", &[&target], until).await;
        }
        let fields = [
            ("name", name),
            ("language", "ES"),
            ("timeZone", "Africa/Nairobi"),
            ("textOnly", "true"),
        ];
        let refused = browser.post("/settings", &fields).await;
        assert_eq!(refused.status, status, "{}", refused.html);
        assert_eq!(refused.value_of("name"), name);
        assert_eq!(refused.value_of("timeZone"), "Africa/Nairobi");
        assert_eq!(chosen(&refused, "language").as_deref(), Some("ES"));
        assert!(
            refused
                .html
                .contains("name=\"textOnly\" value=\"true\" checked")
        );
    }
}

async fn an_acceptance_sent_twice_at_once_leads_in_twice(forum: Forum) {
    let (path, _) = invited(&forum, "twice@example.org").await;
    let fields = acceptance("Pressed twice", "twice@example.org");
    let send = async || {
        let mut browser = Browser::of(&forum);
        let sent = browser.post(&path, &fields).await;
        (browser, sent)
    };
    let both = futures_util::future::join(send(), send()).await;
    for (mut browser, sent) in [both.0, both.1, send().await] {
        assert_eq!(
            (sent.status, sent.location().as_str()),
            (303, "/"),
            "{}",
            sent.html
        );
        assert!(browser.has_cookie("partage_session"));
        let page = browser.get("/sessions").await;
        assert!(page.html.contains("twice@example.org"), "{}", page.html);
    }
    // With another password it is somebody else, or the same person with a typo: they have to sign in.
    let mut browser = Browser::of(&forum);
    let mut fields = acceptance("Pressed twice", "twice@example.org");
    fields[2].1 = "not the password at all";
    let led = browser.post_and_follow(&path, &fields).await;
    assert_eq!(led.status, 200);
    assert!(led.html.contains("already been accepted"), "{}", led.html);
    assert!(led.html.contains("action=\"/sign-in\""), "{}", led.html);
    assert!(!browser.has_cookie("partage_session"));
}

async fn an_invitation_opened_afterwards_leads_to_the_account_or_to_sign_in(forum: Forum) {
    let (path, _) = invited(&forum, "back@example.org").await;
    let mut browser = Browser::of(&forum);
    browser
        .post(&path, &acceptance("Goes back", "back@example.org"))
        .await;
    let back = browser.get(&path).await;
    assert_eq!((back.status, back.location().as_str()), (303, "/"));
    let elsewhere = Browser::of(&forum).get(&path).await;
    assert_eq!(elsewhere.status, 410);
    assert!(
        elsewhere.html.contains("href=\"/sign-in\""),
        "{}",
        elsewhere.html
    );
    assert!(
        !elsewhere.html.contains("back@example.org"),
        "{}",
        elsewhere.html
    );
}

async fn a_link_that_works_no_more_says_why_and_whom_to_ask(forum: Forum) {
    let (used, _) = invited(&forum, "used@example.org").await;
    let (revoked, id) = invited(&forum, "revoked@example.org").await;
    let (expired, _) = invited(&forum, "expired@example.org").await;
    Browser::of(&forum)
        .post(&used, &acceptance("Came in", "used@example.org"))
        .await;
    let revoke = "mutation($id: ID!) { revokeInvitation(input: { invitationId: $id }) { invitation { state } } }";
    forum.secretariat().ask(revoke, json!({ "id": id })).await;
    let state = async |path: &str| {
        let (_, token) = path.rsplit_once('/').expect("a token");
        let document = "query($token: String!) { invitationState(token: $token) }";
        let seen = forum
            .visitor()
            .ask(document, json!({ "token": token }))
            .await;
        seen["invitationState"].as_str().map(str::to_string)
    };
    assert_eq!(state(&expired).await.as_deref(), Some("OPEN"));
    forum.advance(Duration::from_secs(15 * 86_400));
    for (path, status, said, name) in [
        (used.as_str(), 410, "already been used", Some("ACCEPTED")),
        (&revoked, 410, "has been cancelled", Some("REVOKED")),
        (&expired, 410, "has expired", Some("EXPIRED")),
        (
            "/invitations/never-was",
            404,
            "only part of it was copied",
            None,
        ),
    ] {
        assert_eq!(state(path).await.as_deref(), name);
        let page = Browser::of(&forum).get(path).await;
        assert_eq!(page.status, status, "{path}");
        for said in [
            said,
            "focal point of your delegation",
            "the person who invited you",
        ] {
            assert!(page.html.contains(said), "{path}: {}", page.html);
        }
        page.is_guarded(path);
        let sent = Browser::of(&forum)
            .post(path, &acceptance("Late", "late@example.org"))
            .await;
        match status == 410 && name == Some("ACCEPTED") {
            true => assert_eq!(sent.location(), "/sign-in?accepted=true"),
            false => assert_eq!(sent.status, status, "{path}"),
        }
    }
}
