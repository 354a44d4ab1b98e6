//! An embedded database belongs to one server; commands that only read, or invite somebody, work beside it. A read-only database is
//! reported as such.

use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::REPLY;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::reply_input;
use crate::support::database::Kind;
use crate::support::database::Place;
use crate::support::forum::Figures;
use crate::support::json::number;
use crate::support::person::Person;
use crate::support::process::Finished;
use crate::support::process::Process;
use crate::support::process::link_in;
use crate::support::process::run;
use crate::support::template;
use crate::support::wait::until;

for_both_databases!(
    a_migration_never_happens_under_a_running_server,
    a_database_that_can_only_be_read_is_named_at_the_start,
);

async fn serve_once(url: &str) -> Finished {
    run(&["serve", "--listen", "127.0.0.1:0", "--database", url]).await
}

#[track_caller]
fn refused(finished: &Finished, why: &str) {
    assert_eq!(finished.code, Some(1), "{finished:?}");
    // In one line, whatever else is logged.
    let mut said = finished.stderr.lines();
    let is_said = said.any(|line| line.starts_with("partage: ") && line.contains(why));
    assert!(is_said, "{finished:?}");
    assert!(!finished.stdout.contains("Listening on"), "{finished:?}");
}

fn invite(url: &str) -> [&str; 9] {
    [
        "invite",
        "--database",
        url,
        "--role",
        "delegate",
        "--email",
        "somebody@example.org",
        "--delegation",
        "br",
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_server_on_one_file_is_refused_by_whatever_name() {
    let template = template::of(Kind::Sqlite).await;
    let place = template.copy().await;
    let mut server = Process::serve(place.url(), &[]).await;
    let kenya = Person::new(server.address, Some(template.token("ke")));
    let thread = open(&kenya, Draft::default()).await;
    let link = place.folder().join("link.db");
    std::os::unix::fs::symlink(place.folder().join("forum.db"), &link).expect("a link");
    let by_link = format!("sqlite://{}?mode=rwc", link.display());
    for url in [place.url(), &by_link] {
        let second = serve_once(url).await;
        refused(&second, "another process uses it");
    }
    reply(&kenya, &thread.id, "The first one goes on.").await;

    // Commands that only read may run beside it, and so may an invitation.
    let file = place.folder().join("forum.backup");
    let file = file.to_str().expect("a name");
    let copy = format!(
        "sqlite://{}?mode=rwc",
        place.folder().join("copy.db").display()
    );
    let beside: [&[&str]; 4] = [
        &["backup", file, "--database", place.url()],
        &["check", "--database", place.url()],
        &["copy", "--from", place.url(), "--to", &copy],
        &invite(place.url()),
    ];
    for command in beside {
        let done = run(command).await;
        assert_eq!(done.code, Some(0), "{command:?}: {done:?}");
    }
    // Commands that would replace it may not.
    let replace = ["restore", file, "--replace", "--database", place.url()];
    refused(&run(&replace).await, "another process uses it");

    // However the first one ends, the next one starts at once.
    server.kill();
    assert!(place.folder().join("forum.db.lock").exists());
    let mut server = Process::serve(place.url(), &[]).await;
    server.terminate();
    server.end().await;
    drop(Process::serve(place.url(), &[]).await);
    place.remove().await;
}

async fn a_migration_never_happens_under_a_running_server(kind: Kind) {
    let place = template::of(kind).await.copy().await;
    let mut server = Process::serve(place.url(), &[]).await;
    // As if this program were newer than the server, by a migration that can run twice.
    place
        .execute("delete from seaql_migrations where version = 'm0009_bounded_texts'")
        .await;
    for more in [&[][..], &["--back", "1", "--accept-loss"]] {
        let command = [&["migrate", "--database", place.url()], more].concat();
        refused(&run(&command).await, "cannot be migrated");
    }
    refused(&run(&invite(place.url())).await, "stop its servers");
    server.terminate();
    server.end().await;
    let migrated = run(&["migrate", "--database", place.url()]).await;
    assert_eq!(migrated.code, Some(0), "{migrated:?}");
    let invited = run(&invite(place.url())).await;
    assert_eq!(invited.code, Some(0), "{invited:?}");
    link_in(&invited.stdout);
    place.remove().await;
}

/// Makes a database read-only for every new connection.
async fn make_read_only(place: &Place, is_read_only: bool) {
    let name = place.name().expect("a name");
    let word = if is_read_only { "on" } else { "off" };
    place
        .execute(&format!(
            "begin read write; alter database {name} set default_transaction_read_only = {word}; commit"
        ))
        .await;
}

async fn a_database_that_can_only_be_read_is_named_at_the_start(kind: Kind) {
    let place = template::of(kind).await.copy().await;
    let url = match kind {
        Kind::Sqlite => place.url().replace("mode=rwc", "mode=ro"),
        Kind::Postgres => {
            make_read_only(&place, true).await;
            place.url().to_string()
        }
    };
    refused(&serve_once(&url).await, "is read-only");
    place.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_becomes_read_only_is_told_as_such_until_it_is_not() {
    let template = template::of(Kind::Postgres).await;
    let place = template.copy().await;
    let server = Process::serve(place.url(), &[]).await;
    let kenya = Person::new(server.address, Some(template.token("ke")));
    let thread = open(&kenya, Draft::default()).await;
    let end = "select pg_terminate_backend(pid) from pg_stat_activity \
         where datname = current_database() and application_name = 'partage'";
    make_read_only(&place, true).await;
    place.query(end).await;
    let input = reply_input(&thread.id, "Written while nothing can be.");
    let refused = until("the refusal to say why", || async {
        let refused = kenya.refused(REPLY, json!({ "input": input })).await;
        refused.is("UNAVAILABLE");
        refused.message().contains("read-only").then_some(refused)
    })
    .await;
    assert!(refused.0["extensions"]["retryAfter"].is_u64());
    let ready = async || {
        let asked = kenya.request(reqwest::Method::GET, "/readyz").send();
        asked.await.expect("an answer").status().as_u16()
    };
    assert_eq!(ready().await, 503);
    let counted = Figures::told_to(&kenya).await;
    assert!(counted.get("partage_failed_changes{trouble=\"read-only\"}") >= 1.0);
    let seen = kenya.ask("{ threads { totalCount } }", json!({})).await;
    assert!(number(&seen, "threads.totalCount") > 0, "reading goes on");

    make_read_only(&place, false).await;
    place.query(end).await;
    until("the forum to write again", || async {
        let answer = kenya.try_graphql(REPLY, &json!({ "input": input })).await;
        let answer = answer.expect("an answer");
        answer.body.get("errors").is_none().then_some(())
    })
    .await;
    until("it to say that it is ready", || async {
        (ready().await == 200).then_some(())
    })
    .await;
    drop(server);
    place.remove().await;
}
