//! The program as an operator starts it: what it refuses, what it prints, and that it reports when it is ready.

use reqwest::Method;
use serde_json::json;

use crate::support::database::Kind;
use crate::support::database::Place;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::process::link_in;
use crate::support::process::run;
use crate::support::template;

for_both_databases!(
    a_newer_database_is_refused_with_a_clear_message,
    demonstration_content_fills_only_an_empty_database,
    it_says_whether_it_lives_and_is_ready,
    an_invitation_from_the_command_line_lets_somebody_in,
    an_address_in_use_leaves_the_database_empty,
);

async fn a_newer_database_is_refused_with_a_clear_message(kind: Kind) {
    let place = template::of(kind).await.copy().await;
    place
        .execute(
            "insert into seaql_migrations (version, applied_at) values ('m9999_of_the_future', 0)",
        )
        .await;
    let refused = run(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--database",
        place.url(),
    ])
    .await;
    assert!(refused.code.is_some_and(|code| code != 0), "{refused:?}");
    assert!(!refused.stdout.contains("Listening on"), "{refused:?}");
    let message = refused.stderr.to_lowercase();
    assert!(message.contains("newer"), "{refused:?}");
    place.remove().await;
}

async fn demonstration_content_fills_only_an_empty_database(kind: Kind) {
    let place = Place::empty(kind).await;
    let migrated = run(&["migrate", "--database", place.url()]).await;
    assert_eq!(migrated.code, Some(0), "{migrated:?}");
    let mut server = Process::serve(place.url(), &["--demo"]).await;
    let visitor = Person::new(server.address, None);
    let list = visitor.ask("{ threads { totalCount } }", json!({})).await;
    assert!(number(&list, "threads.totalCount") > 0);
    server.terminate();
    assert_eq!(server.end().await.code(), Some(0));
    let said = server.said().to_lowercase();
    for role in ["delegate", "focal point", "moderator", "secretariat"] {
        assert!(said.contains(role), "how a {role} signs in: {said}");
    }
    place.remove().await;

    let with_content = template::of(kind).await.copy().await;
    let arguments = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--demo",
        "--database",
        with_content.url(),
    ];
    let refused = run(&arguments).await;
    assert!(refused.code.is_some_and(|code| code != 0), "{refused:?}");
    assert!(!refused.stdout.contains("Listening on"), "{refused:?}");
    assert!(refused.stderr.contains("demo"), "{refused:?}");
    let people = with_content.query("select id from person").await;
    assert_eq!(people.len(), template::PEOPLE.len(), "nothing was added");
    with_content.remove().await;
}

async fn it_says_whether_it_lives_and_is_ready(kind: Kind) {
    let place = template::of(kind).await.copy().await;
    let server = Process::serve(place.url(), &[]).await;
    let visitor = Person::new(server.address, None);
    for path in ["/healthz", "/readyz"] {
        let answer = visitor.request(Method::GET, path).send().await;
        assert_eq!(answer.expect("an answer").status().as_u16(), 200, "{path}");
    }
    drop(server);
    place.remove().await;
}

async fn an_invitation_from_the_command_line_lets_somebody_in(kind: Kind) {
    let place = template::of(kind).await.copy().await;
    let server = Process::serve(place.url(), &[]).await;
    let invited = run(&[
        "invite",
        "--database",
        place.url(),
        "--role",
        "focal-point",
        "--email",
        "focal-br@example.org",
        "--delegation",
        "br",
        "--capacity",
        "delegation",
        "--public-url",
        "http://forum.example.org",
    ])
    .await;
    assert_eq!(invited.code, Some(0), "{invited:?}");
    let link = link_in(&invited.stdout);
    assert!(
        link.starts_with("http://forum.example.org/invitations/"),
        "{link}"
    );
    let visitor = Person::new(server.address, None);
    let token = template::accept(&visitor, &link, "Focal point of Brazil").await;
    let seen = visitor
        .with_token(&token)
        .ask(
            "{ viewer { role email person { delegation { slug } } } }",
            json!({}),
        )
        .await;
    assert_eq!(text(&seen, "viewer.role"), "FOCAL_POINT");
    assert_eq!(text(&seen, "viewer.email"), "focal-br@example.org");
    assert_eq!(text(&seen, "viewer.person.delegation.slug"), "br");

    let mistaken = run(&[
        "invite",
        "--database",
        place.url(),
        "--role",
        "delegate",
        "--email",
        "x@example.org",
        "--delegation",
        "atlantis",
    ])
    .await;
    assert!(mistaken.code.is_some_and(|code| code != 0), "{mistaken:?}");
    assert!(!mistaken.stdout.contains("/invitations/"), "{mistaken:?}");
    for (flag, mistake) in [
        ("--delegation", "xx"),
        ("--role", "king"),
        ("--capacity", "royal"),
        ("--email", "no address"),
        ("--title", " "),
    ] {
        let mut arguments = vec!["invite", "--database", place.url()];
        for (name, value) in [
            ("--role", "delegate"),
            ("--email", "x@example.org"),
            ("--delegation", "ke"),
            ("--capacity", "personal"),
            ("--title", "Adviser"),
        ] {
            let value = if name == flag { mistake } else { value };
            arguments.extend([name, value]);
        }
        let mistaken = run(&arguments).await;
        assert_eq!(mistaken.code, Some(1), "{mistaken:?}");
        let said = format!("partage: {flag}: ");
        assert!(mistaken.stderr.contains(&said), "{mistaken:?}");
    }
    drop(server);
    place.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn help_names_every_command_and_every_flag_has_its_variable() {
    let help = run(&["--help"]).await;
    assert_eq!(help.code, Some(0), "{help:?}");
    for command in [
        "serve", "migrate", "schema", "invite", "ledger", "backup", "restore", "check", "copy",
        "render",
    ] {
        assert!(help.stdout.contains(command), "{command}: {}", help.stdout);
    }
    let mut flags = 0;
    // Flags that remove something (`backup --overwrite`, `restore --replace`, `migrate --accept-loss`) have no variable on purpose.
    for command in ["serve", "invite", "check", "copy", "render"] {
        flags += flags_with_variables(command).await;
    }
    assert!(flags > 20, "the flags were read: {flags}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_embedded_database_is_migrated_at_the_start() {
    let place = Place::empty(Kind::Sqlite).await;
    let mut server = Process::serve(place.url(), &[]).await;
    let visitor = Person::new(server.address, None);
    let seen = visitor
        .ask(
            "{ instance { name } concept(slug: \"africa\") { label } }",
            json!({}),
        )
        .await;
    assert_eq!(text(&seen, "concept.label"), "Africa");
    server.terminate();
    assert_eq!(server.end().await.code(), Some(0));
    place.remove().await;
}

async fn an_address_in_use_leaves_the_database_empty(kind: Kind) {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its number").to_string();
    let place = Place::empty(kind).await;
    let migrated = run(&["migrate", "--database", place.url()]).await;
    assert_eq!(migrated.code, Some(0), "{migrated:?}");
    let flags = ["serve", "--demo", "--listen", &address, "--database"];
    let refused = run(&[&flags[..], &[place.url()]].concat()).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains(&address), "{refused:?}");
    drop(taken);
    // So that the same command works when the address is free.
    drop(Process::serve(place.url(), &["--demo"]).await);
    place.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_public_address_that_no_browser_would_name_is_refused() {
    for wrong in [
        "forum.example.org",
        "https://example.org/forum",
        "ftp://example.org",
        "https://",
    ] {
        let refused = run(&["serve", "--public-url", wrong]).await;
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.stderr.contains("--public-url"), "{refused:?}");
    }
}

/// How many flags a command has, each of which must name its variable.
async fn flags_with_variables(command: &str) -> usize {
    let help = run(&[command, "--help"]).await;
    assert_eq!(help.code, Some(0), "{help:?}");
    let mut flags = 0;
    let mut lines = help.stdout.lines().map(str::trim).peekable();
    let mut text = String::new();
    while let Some(line) = lines.next() {
        text.push_str(line);
        text.push(' ');
        let next_is_flag = lines.peek().is_none_or(|next| next.starts_with('-'));
        if !next_is_flag {
            continue;
        }
        if text.starts_with("--") && !text.contains("--help") {
            flags += 1;
            assert!(text.contains("PARTAGE_"), "no variable: {text}");
        }
        text.clear();
    }
    flags
}
