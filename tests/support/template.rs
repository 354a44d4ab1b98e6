//! The forum with which most tests begin: migrated, seeded, with one account per role and delegation. It is made once per run and kind of
//! database, through the front door, and copied for each test.

use std::collections::HashMap;

use partage::base::clock::Clock;
use partage::store::Store;
use serde_json::json;
use tokio::sync::OnceCell;

use crate::support::database::Kind;
use crate::support::database::Place;
use crate::support::forum;
use crate::support::json::text;
use crate::support::person::Person;
use crate::support::process;

/// Every account of the template has this password.
pub const PASSWORD: &str = "one password for the tests";

/// The accounts: (name, role, delegation, capacity, display name).
pub const PEOPLE: [(&str, &str, &str, &str, &str); 11] = [
    (
        "secretariat",
        "SECRETARIAT",
        "secretariat",
        "DELEGATION",
        "Secretariat",
    ),
    (
        "moderator",
        "MODERATOR",
        "secretariat",
        "OFFICE",
        "Moderator",
    ),
    ("ke", "DELEGATE", "ke", "DELEGATION", "Delegate of Kenya"),
    ("fr", "DELEGATE", "fr", "OFFICE", "Delegate of France"),
    ("br", "DELEGATE", "br", "PERSONAL", "Delegate of Brazil"),
    ("cn", "DELEGATE", "cn", "DELEGATION", "Delegate of China"),
    (
        "us",
        "DELEGATE",
        "us",
        "DELEGATION",
        "Delegate of the United States",
    ),
    (
        "focal-ke",
        "FOCAL_POINT",
        "ke",
        "DELEGATION",
        "Focal point of Kenya",
    ),
    (
        "focal-fr",
        "FOCAL_POINT",
        "fr",
        "OFFICE",
        "Focal point of France",
    ),
    (
        "observer",
        "DELEGATE",
        "unesco",
        "OFFICE",
        "Observer for UNESCO",
    ),
    (
        "visitor",
        "VISITOR",
        "ke",
        "PERSONAL",
        "Visitor with an account",
    ),
];

/// A forum to be copied.
pub struct Template {
    kind: Kind,
    bytes: Option<Vec<u8>>,
    /// Held for the rest of the run, and with it the database that is copied on PostgreSQL.
    place: Place,
    tokens: HashMap<&'static str, String>,
}

static SQLITE: OnceCell<Template> = OnceCell::const_new();
static POSTGRES: OnceCell<Template> = OnceCell::const_new();

/// The template of that kind, made on first use.
pub async fn of(kind: Kind) -> &'static Template {
    let cell = match kind {
        Kind::Sqlite => &SQLITE,
        Kind::Postgres => &POSTGRES,
    };
    cell.get_or_init(|| make(kind)).await
}

/// The email address of an account of the template.
pub fn email(word: &str) -> String {
    format!("{word}@example.org")
}

impl Template {
    /// An independent copy.
    pub async fn copy(&self) -> Place {
        Place::copy(self.kind, self.bytes.as_deref(), self.place.name()).await
    }

    /// The token of an account's session.
    pub fn token(&self, word: &str) -> &str {
        self.tokens
            .get(word)
            .unwrap_or_else(|| panic!("nobody is called {word}"))
    }
}

async fn make(kind: Kind) -> Template {
    let place = Place::empty(kind).await;
    let store = Store::open(place.url(), Clock::default())
        .await
        .expect("the store");
    store.migrate().await.expect("the migrations");
    let running = partage::server::start(forum::config(&[]), store.clone())
        .await
        .expect("the server");
    let visitor = Person::new(running.address(), None);

    let mut tokens = HashMap::new();
    let mut secretariat = visitor.clone();
    for (word, role, delegation, capacity, name) in PEOPLE {
        let link = if word == "secretariat" {
            first_link(place.url()).await
        } else {
            invite(&secretariat, word, role, delegation, capacity).await
        };
        let session = accept(&visitor, &link, name).await;
        if word == "secretariat" {
            secretariat = visitor.with_token(&session);
        }
        tokens.insert(word, session);
    }

    running.stop().await;
    store.close().await;
    place.rest().await;
    let bytes = match kind {
        Kind::Sqlite => Some(place.bytes()),
        Kind::Postgres => None,
    };
    Template {
        kind,
        bytes,
        place,
        tokens,
    }
}

async fn first_link(database: &str) -> String {
    let invited = process::run(&[
        "invite",
        "--database",
        database,
        "--role",
        "secretariat",
        "--email",
        &email("secretariat"),
        "--delegation",
        "secretariat",
        "--capacity",
        "delegation",
        "--title",
        "Secretariat",
    ])
    .await;
    assert_eq!(invited.code, Some(0), "{invited:?}");
    process::link_in(&invited.stdout)
}

async fn invite(by: &Person, word: &str, role: &str, delegation: &str, capacity: &str) -> String {
    let delegation = crate::support::acts::delegation_id(by, delegation).await;
    let input = json!({
        "key": uuid::Uuid::new_v4(),
        "email": email(word),
        "role": role,
        "delegationId": delegation,
        "capacity": capacity,
        "title": "Adviser",
    });
    let answer = by
        .ask(
            "mutation($input: InviteInput!) { invite(input: $input) { link } }",
            json!({ "input": input }),
        )
        .await;
    text(&answer, "invite.link")
}

/// Accepts an invitation by its link; returns the session's token.
pub async fn accept(visitor: &Person, link: &str, name: &str) -> String {
    let (_, token) = link.rsplit_once('/').expect("a link with a token");
    let input = json!({
        "token": token,
        "name": name,
        "password": PASSWORD,
        "language": "EN",
    });
    let answer = visitor
        .ask(
            "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { token } }",
            json!({ "input": input }),
        )
        .await;
    text(&answer, "acceptInvitation.token")
}
