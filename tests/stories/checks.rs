//! `partage check` passes on everything that the forum writes, and reports each kind of damage.

use crate::support::acts::Draft;
use crate::support::acts::decide;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::database::Kind;
use crate::support::database::Place;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::process::run;
use crate::support::template;

for_both_databases!(a_check_holds_and_names_each_kind_of_damage);

/// Damage done directly to the database, and a word of the line that reports it.
const DAMAGE: [(&str, &str); 13] = [
    (
        "delete from event where position = (select max(position) - 2 from event)",
        "WRONG  log",
    ),
    (
        "update event set facts = '{}' where position = 3",
        "WRONG  log",
    ),
    (
        "update thread set last_number = last_number + 1",
        "WRONG  last numbers",
    ),
    (
        "update post set number = number + 30 where number = 2",
        "WRONG  numbers without holes",
    ),
    (
        "update thread set last_activity_at = last_activity_at - 1",
        "WRONG  latest activity",
    ),
    (
        "update thread set last_activity_at = last_activity_at + 1",
        "WRONG  latest activity",
    ),
    (
        "update post set revision = revision + 1 where number = 3",
        "WRONG  revisions of posts",
    ),
    (
        "update read_state set last_number = 99",
        "WRONG  how far people have read",
    ),
    (
        "delete from concept_closure where broader_id = 'africa'",
        "WRONG  vocabulary",
    ),
    (
        "delete from thread_heading where heading = 'world'",
        "WRONG  threads under headings",
    ),
    (
        "update heading_tally set threads = threads + 1",
        "WRONG  numbers of threads",
    ),
    ("update thread set locked_by = id", "WRONG  decisions named"),
    (
        "update decision set explanation = 'Another reason.'",
        "WRONG  ledger: ",
    ),
];

/// Damage that the database refuses until its constraints are removed.
fn rewritten(kind: Kind) -> [String; 2] {
    let drop = match kind {
        Kind::Sqlite => [
            "drop trigger ledger_no_update",
            "drop trigger ledger_no_delete",
        ],
        Kind::Postgres => ["drop trigger ledger_append_only on ledger", "select 1"],
    };
    let drop = drop.join("; ");
    [
        format!(
            "{drop}; update ledger set entry = replace(entry, 'hide-post', 'lock-thread') where position = 1"
        ),
        format!("{drop}; delete from ledger where position = 1"),
    ]
}

async fn a_check_holds_and_names_each_kind_of_damage(kind: Kind) {
    let template = template::of(kind).await;
    let place = template.copy().await;
    let mut server = Process::serve(place.url(), &[]).await;
    let person = |word: &str| Person::new(server.address, Some(template.token(word)));
    let thread = open(&person("ke"), Draft::default()).await;
    let mut posts = Vec::new();
    for count in 0..4 {
        let body = format!("Reply {count}.");
        posts.push(reply(&person("fr"), &thread.id, &body).await.id);
    }
    let secretariat = person("secretariat");
    decide(&secretariat, "HIDE_POST", &[&posts[0]]).await;
    decide(&secretariat, "LOCK_THREAD", &[&thread.id]).await;
    let checked = run(&["check", "--database", place.url()]).await;
    assert_eq!(checked.code, Some(0), "while it runs: {checked:?}");
    server.terminate();
    server.end().await;
    place.rest().await;

    let bytes = (kind == Kind::Sqlite).then(|| place.bytes());
    let copy = || Place::copy(kind, bytes.as_deref(), place.name());
    let told = DAMAGE.map(|(damage, words)| (damage.to_string(), words));
    let rewritten = rewritten(kind).map(|damage| (damage, "WRONG  ledger: "));
    for (damage, words) in told.into_iter().chain(rewritten) {
        let broken = copy().await;
        broken.execute(&damage).await;
        let checked = run(&["check", "--database", broken.url()]).await;
        assert_eq!(checked.code, Some(1), "{damage}: {checked:?}");
        assert!(checked.stdout.contains(words), "{damage}: {checked:?}");
        broken.remove().await;
    }
    if let Some(bytes) = &bytes {
        // Bytes after the first page, as a failing disk changes them.
        let mut changed = bytes.clone();
        for at in (5_000..changed.len()).step_by(4_096) {
            changed[at] ^= 0xff;
        }
        let broken = Place::copy(kind, Some(&changed), None).await;
        let checked = run(&["check", "--database", broken.url()]).await;
        assert_eq!(checked.code, Some(1), "{checked:?}");
        broken.remove().await;
    }
    place.remove().await;
}
