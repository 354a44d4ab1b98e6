//! What a person considers the same is the same: one password and one email address, however they were typed.

use argon2::Algorithm;
use argon2::Argon2;
use argon2::Params;
use argon2::Version;
use argon2::password_hash::PasswordHasher;
use serde_json::json;
use uuid::Uuid;

use crate::support::acts::delegation_id;
use crate::support::forum::Forum;
use crate::support::json::text;
use crate::support::template::PASSWORD;
use crate::support::template::email;

on_both_databases!(
    a_password_is_the_same_however_its_characters_are_typed,
    spaces_and_length_of_a_password_count_as_typed,
    a_password_from_before_goes_on_working_and_is_then_the_same_in_all_forms,
    an_address_is_the_same_however_it_is_typed,
);

const SIGN_IN: &str =
    "mutation($input: SignInInput!) { signIn(input: $input) { token viewer { email } } }";
const CHANGE: &str =
    "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { viewer { id } } }";

async fn change(forum: &Forum, word: &str, current: &str, new: &str) {
    let input = json!({ "input": { "currentPassword": current, "newPassword": new } });
    forum.person(word).ask(CHANGE, input).await;
}

async fn signs_in(forum: &Forum, address: &str, password: &str) -> bool {
    let input = json!({ "input": { "email": address, "password": password } });
    let answer = forum.visitor().graphql(SIGN_IN, input).await;
    answer.body.get("errors").is_none()
}

async fn a_password_is_the_same_however_its_characters_are_typed(forum: Forum) {
    let same = [
        "Café crème №12 가나",
        "Cafe\u{301} cre\u{300}me №12 가나",
        "Café crème №１２ 가나",
        "Café\u{a0}crème\u{3000}№12 \u{1100}\u{1161}\u{1102}\u{1161}",
        "Ｃａｆé\u{1680}crème №12 가나",
    ];
    for new in same {
        let before = if new == same[0] { PASSWORD } else { same[1] };
        change(&forum, "ke", before, new).await;
        for typed in same {
            assert!(
                signs_in(&forum, &email("ke"), typed).await,
                "{new:?} as {typed:?}"
            );
        }
    }
    for other in ["cafe creme №12 가나", "CAFÉ crème №12 가나"] {
        assert!(!signs_in(&forum, &email("ke"), other).await, "{other}");
    }
}

async fn spaces_and_length_of_a_password_count_as_typed(forum: Forum) {
    let spaced = "  two  spaces each  ";
    change(&forum, "ke", PASSWORD, spaced).await;
    assert!(signs_in(&forum, &email("ke"), spaced).await);
    for other in [
        "two  spaces each",
        "  two spaces each  ",
        " two  spaces each ",
    ] {
        assert!(!signs_in(&forum, &email("ke"), other).await, "{other:?}");
    }
    let kenya = forum.person("ke");
    let input = |new: &str| json!({ "input": { "currentPassword": spaced, "newPassword": new } });
    // Ten characters as typed, five when composed; and nine.
    kenya
        .refused(CHANGE, input("123456789"))
        .await
        .is_invalid("newPassword");
    kenya.ask(CHANGE, input(&"e\u{301}".repeat(5))).await;
    assert!(signs_in(&forum, &email("ke"), "ééééé").await);
}

async fn a_password_from_before_goes_on_working_and_is_then_the_same_in_all_forms(forum: Forum) {
    let (decomposed, composed) = ("le cafe\u{301} du coin", "le café du coin");
    let params = Params::new(19_456, 2, 1, None).expect("parameters");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2.hash_password(decomposed.as_bytes()).expect("a hash");
    let address = email("fr");
    let change = format!("update person set password_hash = '{hash}' where email = '{address}'");
    forum.place().execute(&change).await;
    assert!(!signs_in(&forum, &address, composed).await);
    assert!(signs_in(&forum, &address, decomposed).await);
    assert!(signs_in(&forum, &address, composed).await);
    assert!(signs_in(&forum, &address, decomposed).await);
    assert!(!signs_in(&forum, &address, "le cafe du coin").await);
}

async fn an_address_is_the_same_however_it_is_typed(forum: Forum) {
    let secretariat = forum.secretariat();
    let invite = "mutation($input: InviteInput!) { invite(input: $input) { link } }";
    let accept = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { viewer { email } } }";
    let delegation = delegation_id(&secretariat, "ke").await;
    let input = |address: &str| {
        json!({ "input": {
            "key": Uuid::new_v4(), "email": address, "role": "DELEGATE", "delegationId": delegation,
            "capacity": "PERSONAL", "title": "Adviser",
        } })
    };
    let link = secretariat.ask(invite, input("rené@exämple.org")).await;
    let link = text(&link, "invite.link");
    let (_, token) = link.rsplit_once('/').expect("a link");
    let acceptance = json!({ "input": { "token": token, "name": "René", "password": PASSWORD, "language": "FR" } });
    let seen = forum.visitor().ask(accept, acceptance).await;
    assert_eq!(
        text(&seen, "acceptInvitation.viewer.email"),
        "rené@exämple.org"
    );
    for typed in [
        "rené@exämple.org",
        "RENÉ@EXÄMPLE.ORG",
        "rene\u{301}@exa\u{308}mple.org",
        "ｒｅｎé＠ｅｘämple.org",
        "rené@xn--exmple-cua.org",
        "rené@exämple.org.",
        " rené@\u{200b}exämple。org\u{feff}",
    ] {
        assert!(signs_in(&forum, typed, PASSWORD).await, "{typed:?}");
        let again = secretariat.refused(invite, input(typed)).await;
        again.is_invalid("email");
    }
    // An account from before addresses were normalised keeps the one that it was created with.
    forum
        .place()
        .execute(
            "update person set email = 'zoe\u{308}@example.org' where email = 'br@example.org'",
        )
        .await;
    assert!(signs_in(&forum, "Zoe\u{308}@example.org", PASSWORD).await);
}
