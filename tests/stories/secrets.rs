//! Passwords and tokens are stored nowhere in plain text: not in the database, not in the program's output.

use reqwest::Method;
use reqwest::header::COOKIE;
use serde_json::json;
use uuid::Uuid;

use crate::support::acts::Draft;
use crate::support::acts::delegation_id;
use crate::support::acts::open;
use crate::support::database::Kind;
use crate::support::database::Place;
use crate::support::json::text;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::process::link_in;
use crate::support::process::run;
use crate::support::template;

for_both_databases!(
    passwords_and_tokens_lie_nowhere_in_clear,
    the_first_link_works_once_and_is_not_shown_again,
);

const PASSWORD: &str = "horse battery staple correct";

async fn passwords_and_tokens_lie_nowhere_in_clear(kind: Kind) {
    let place = template::of(kind).await.copy().await;
    let mut server = Process::serve(place.url(), &[]).await;
    let visitor = Person::new(server.address, None);
    let secretariat = visitor.with_token(template::of(kind).await.token("secretariat"));
    let document = "mutation($input: InviteInput!) { invite(input: $input) { link } }";
    let input = json!({
        "key": Uuid::new_v4(),
        "email": "new@example.org",
        "role": "DELEGATE",
        "delegationId": delegation_id(&secretariat, "ke").await,
        "capacity": "PERSONAL",
        "title": "Adviser",
    });
    let key = text(&input, "key");
    let data = secretariat.ask(document, json!({ "input": input })).await;
    let link = text(&data, "invite.link");
    let (_, invitation) = link.rsplit_once('/').expect("a token");
    let document =
        "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { token } }";
    let input = json!({ "token": invitation, "name": "New delegate of Kenya", "password": PASSWORD, "language": "EN" });
    let data = visitor.ask(document, json!({ "input": input })).await;
    let session = text(&data, "acceptInvitation.token");

    // Everything that might be logged: pages by cookie, the link, a wrong password, an invalid document.
    let person = visitor.with_token(&session);
    open(&person, Draft::titled("Written by the newcomer")).await;
    let sign_in = "mutation($input: SignInInput!) { signIn(input: $input) { token } }";
    for password in [PASSWORD, "a wrong password of mine"] {
        let input = json!({ "email": "new@example.org", "password": password });
        visitor.graphql(sign_in, json!({ "input": input })).await;
    }
    visitor
        .graphql("{ nonsense }", json!({ "password": PASSWORD }))
        .await;
    for path in ["/", "/sessions", &format!("/invitations/{invitation}")] {
        let request = visitor.request(Method::GET, path);
        let request = request.header(COOKIE, format!("partage_session={session}"));
        request.send().await.expect("a page");
    }
    let stored = place.contents().await;
    server.terminate();
    server.end().await;
    let said = server.said();

    // First, that it would be found if it were there.
    assert!(contains(&stored, "New delegate of Kenya"));
    assert!(said.contains("Listening on"));
    let secrets = [
        PASSWORD,
        "a wrong password of mine",
        &session,
        invitation,
        &key,
        template::PASSWORD,
        template::of(kind).await.token("secretariat"),
    ];
    for secret in secrets {
        assert!(!contains(&stored, secret), "{secret} lies in the database");
        assert!(!said.contains(secret), "{secret} was written out: {said}");
    }
    place.remove().await;
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}

async fn the_first_link_works_once_and_is_not_shown_again(kind: Kind) {
    let place = Place::empty(kind).await;
    let migrated = run(&["migrate", "--database", place.url()]).await;
    assert_eq!(migrated.code, Some(0), "{migrated:?}");
    let mut server = Process::serve(place.url(), &[]).await;
    let link = crate::support::wait::until("the first link", || {
        let said = server.said();
        async move { said.contains("/invitations/").then(|| link_in(&said)) }
    })
    .await;
    let visitor = Person::new(server.address, None);
    let token = template::accept(&visitor, &link, "Secretariat").await;
    let seen = visitor
        .with_token(&token)
        .ask("{ viewer { role canInvite } }", json!({}))
        .await;
    assert_eq!(text(&seen, "viewer.role"), "SECRETARIAT");
    server.terminate();
    server.end().await;

    let mut again = Process::serve(place.url(), &[]).await;
    let answer = Person::new(again.address, None)
        .request(Method::GET, "/readyz")
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status().as_u16(), 200);
    again.terminate();
    again.end().await;
    assert!(!again.said().contains("/invitations/"), "{}", again.said());
    place.remove().await;
}
