//! Invitations are the one way in: a link for one person, once, for a while.

use std::time::Duration;

use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::support::acts::delegation_id;
use crate::support::forum::Forum;
use crate::support::forum::told_clock;
use crate::support::json::at;
use crate::support::json::text;
use crate::support::json::texts;
use crate::support::person::Person;
use crate::support::person::Refused;
use crate::support::template::PASSWORD;
use crate::support::template::email;

on_both_databases!(
    an_invitation_lets_one_person_in_once,
    an_expired_invitation_is_not_found with told_clock(),
    a_revoked_invitation_is_not_found,
    an_unknown_token_is_not_found,
    an_invitation_sent_twice_is_one_link,
    a_focal_point_invites_into_the_own_delegation_only,
    a_focal_point_makes_no_staff,
    others_do_not_invite,
    the_secretariat_lists_all_invitations_and_a_focal_point_its_own,
    a_short_password_is_refused_and_the_link_still_works,
);

const INVITE: &str = "mutation($input: InviteInput!) { invite(input: $input) { link invitation { id state email } } }";
const ACCEPT: &str = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { \
     token viewer { role person { name delegation { slug } } } } }";
const REVOKE: &str = "mutation($input: RevokeInvitationInput!) { revokeInvitation(input: $input) { invitation { state } } }";
const LOOK: &str =
    "query($token: String!) { invitation(token: $token) { state email role delegation { slug } } }";

/// An invitation as the mutation takes it.
async fn input(by: &Person, email: &str, role: &str, delegation: &str) -> Value {
    json!({ "input": {
        "key": Uuid::new_v4(),
        "email": email,
        "role": role,
        "delegationId": delegation_id(by, delegation).await,
        "capacity": "PERSONAL",
        "title": "Second Secretary",
    } })
}

async fn invite(by: &Person, email: &str, role: &str, delegation: &str) -> (String, String) {
    let data = by
        .ask(INVITE, input(by, email, role, delegation).await)
        .await;
    let link = text(&data, "invite.link");
    let (_, token) = link.rsplit_once("/invitations/").expect("a link");
    (token.to_string(), text(&data, "invite.invitation.id"))
}

fn acceptance(token: &str) -> Value {
    json!({ "input": {
        "token": token,
        "name": "Second delegate of Kenya",
        "password": PASSWORD,
        "language": "FR",
    } })
}

async fn not_found(forum: &Forum, token: &str) {
    let visitor = forum.visitor();
    let refused: Refused = visitor.refused(ACCEPT, acceptance(token)).await;
    refused.is("NOT_FOUND");
    let answer = visitor.graphql(LOOK, json!({ "token": token })).await;
    assert_eq!(at(&answer.body, "data.invitation"), &Value::Null);
}

async fn an_invitation_lets_one_person_in_once(forum: Forum) {
    let focal_point = forum.focal_point("ke");
    let (token, _) = invite(&focal_point, "second@example.org", "DELEGATE", "ke").await;
    let visitor = forum.visitor();
    let seen = visitor.ask(LOOK, json!({ "token": token })).await;
    assert_eq!(text(&seen, "invitation.state"), "OPEN");
    assert_eq!(text(&seen, "invitation.delegation.slug"), "ke");

    let data = visitor.ask(ACCEPT, acceptance(&token)).await;
    assert_eq!(text(&data, "acceptInvitation.viewer.role"), "DELEGATE");
    assert_eq!(
        text(&data, "acceptInvitation.viewer.person.delegation.slug"),
        "ke"
    );
    let person = visitor.with_token(&text(&data, "acceptInvitation.token"));
    let seen = person
        .ask("{ viewer { email language canOpenThread } }", json!({}))
        .await;
    assert_eq!(text(&seen, "viewer.email"), "second@example.org");
    assert_eq!(text(&seen, "viewer.language"), "FR");
    assert_eq!(at(&seen, "viewer.canOpenThread"), true);
    not_found(&forum, &token).await;
}

async fn an_expired_invitation_is_not_found(forum: Forum) {
    let (token, _) = invite(&forum.secretariat(), "late@example.org", "DELEGATE", "ke").await;
    forum.advance(Duration::from_secs(14 * 86_400 - 1));
    forum.visitor().ask(LOOK, json!({ "token": token })).await;
    forum.advance(Duration::from_secs(1));
    not_found(&forum, &token).await;
}

async fn a_revoked_invitation_is_not_found(forum: Forum) {
    let secretariat = forum.secretariat();
    let (token, id) = invite(&secretariat, "taken-back@example.org", "DELEGATE", "ke").await;
    let revoke = json!({ "input": { "invitationId": id } });
    forum
        .focal_point("fr")
        .refused(REVOKE, revoke.clone())
        .await
        .is("NOT_FOUND");
    let data = secretariat.ask(REVOKE, revoke).await;
    assert_eq!(text(&data, "revokeInvitation.invitation.state"), "REVOKED");
    not_found(&forum, &token).await;
}

async fn an_unknown_token_is_not_found(forum: Forum) {
    not_found(&forum, "a-token-that-nobody-made").await;
}

async fn an_invitation_sent_twice_is_one_link(forum: Forum) {
    let secretariat = forum.secretariat();
    let input = input(&secretariat, "once@example.org", "DELEGATE", "ke").await;
    let first = secretariat.ask(INVITE, input.clone()).await;
    let again = secretariat.ask(INVITE, input.clone()).await;
    assert_eq!(first, again);
    let mut other = input;
    other["input"]["email"] = json!("other@example.org");
    secretariat.refused(INVITE, other).await.is_invalid("key");
}

async fn a_focal_point_invites_into_the_own_delegation_only(forum: Forum) {
    let focal_point = forum.focal_point("ke");
    invite(&focal_point, "own@example.org", "DELEGATE", "ke").await;
    invite(&focal_point, "successor@example.org", "FOCAL_POINT", "ke").await;
    let abroad = input(&focal_point, "abroad@example.org", "DELEGATE", "fr").await;
    let refused = focal_point.refused(INVITE, abroad).await;
    refused.is_denied("OTHER_DELEGATION");
}

async fn a_focal_point_makes_no_staff(forum: Forum) {
    let focal_point = forum.focal_point("ke");
    for role in ["MODERATOR", "SECRETARIAT"] {
        let input = input(&focal_point, "staff@example.org", role, "ke").await;
        let refused = focal_point.refused(INVITE, input).await;
        refused.is_denied("ROLE_MAY_NOT");
    }
}

async fn others_do_not_invite(forum: Forum) {
    for (person, reason) in [
        (forum.delegate("ke"), "ROLE_MAY_NOT"),
        (forum.moderator(), "ROLE_MAY_NOT"),
        (forum.person("visitor"), "ROLE_MAY_NOT"),
        (forum.visitor(), "SIGN_IN_REQUIRED"),
    ] {
        let seen = person.ask("{ viewer { canInvite } }", json!({})).await;
        assert_eq!(at(&seen, "viewer.canInvite"), false);
        let input = input(&person, "friend@example.org", "DELEGATE", "ke").await;
        person.refused(INVITE, input).await.is_denied(reason);
    }
    let secretariat = forum.secretariat();
    let known = input(&secretariat, &email("ke"), "DELEGATE", "ke").await;
    secretariat.refused(INVITE, known).await.is_invalid("email");
}

async fn the_secretariat_lists_all_invitations_and_a_focal_point_its_own(forum: Forum) {
    let secretariat = forum.secretariat();
    invite(&secretariat, "to-france@example.org", "DELEGATE", "fr").await;
    invite(
        &forum.focal_point("ke"),
        "to-kenya@example.org",
        "DELEGATE",
        "ke",
    )
    .await;
    let document = "{ viewer { invitations(first: 100) { edges { node { email state } } } } }";
    let listed = async |person: &Person| {
        let data = person.ask(document, json!({})).await;
        texts(&data, "viewer.invitations", "email")
    };
    let all = listed(&secretariat).await;
    let kenya = listed(&forum.focal_point("ke")).await;
    for (address, secretariat_sees, kenya_sees) in [
        ("to-france@example.org", true, false),
        ("to-kenya@example.org", true, true),
    ] {
        assert_eq!(all.iter().any(|email| email == address), secretariat_sees);
        assert_eq!(kenya.iter().any(|email| email == address), kenya_sees);
    }
    assert!(listed(&forum.delegate("ke")).await.is_empty());
    assert!(listed(&forum.visitor()).await.is_empty());
}

async fn a_short_password_is_refused_and_the_link_still_works(forum: Forum) {
    let (token, _) = invite(&forum.secretariat(), "new@example.org", "DELEGATE", "ke").await;
    let mut short = acceptance(&token);
    short["input"]["password"] = json!("short");
    let visitor = forum.visitor();
    visitor.refused(ACCEPT, short).await.is_invalid("password");
    visitor.ask(ACCEPT, acceptance(&token)).await;
}
