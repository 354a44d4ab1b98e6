//! Backups are consistent while people write, fail verification when a byte changes, and never overwrite existing files.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use serde_json::json;

use crate::support::acts::Draft;
use crate::support::acts::REPLY;
use crate::support::acts::open;
use crate::support::acts::reply_input;
use crate::support::chance::Chance;
use crate::support::database::Kind;
use crate::support::database::Place;
use crate::support::json::number;
use crate::support::person::Person;
use crate::support::process::Finished;
use crate::support::process::Process;
use crate::support::process::run;
use crate::support::template;
use crate::support::wait::until;

for_both_databases!(
    a_backup_under_eight_writers_has_every_post_acknowledged_before_it,
    a_changed_byte_of_a_backup_is_noticed,
    neither_backup_nor_restore_takes_anything_away_unasked,
);

const WORDS: [&str; 8] = [
    "ke",
    "fr",
    "br",
    "cn",
    "us",
    "focal-ke",
    "focal-fr",
    "moderator",
];

/// Numbers and texts that were acknowledged.
type Told = Arc<Mutex<Vec<(i64, String)>>>;

async fn write_until(
    stop: Arc<AtomicBool>,
    person: Person,
    name: String,
    told: Told,
    thread: String,
) {
    let mut count = 0;
    while !stop.load(Ordering::Relaxed) {
        count += 1;
        let body = format!("{name} writes {count}.");
        let input = json!({ "input": reply_input(&thread, &body) });
        let data = person.ask(REPLY, input).await;
        let number = number(&data, "reply.post.number");
        told.lock().expect("the list").push((number, body));
    }
}

fn file_in(folder: &tempfile::TempDir, name: &str) -> String {
    let path = folder.path().join(name);
    path.to_str().expect("a path").to_string()
}

fn refused(finished: &Finished, words: &str) {
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stderr.contains(words), "{words}: {finished:?}");
}

fn succeeded(finished: &Finished) {
    assert_eq!(finished.code, Some(0), "{finished:?}");
}

async fn a_backup_under_eight_writers_has_every_post_acknowledged_before_it(kind: Kind) {
    let template = template::of(kind).await;
    let place = template.copy().await;
    let flags = ["--posts-per-minute", "1000000"];
    let mut server = Process::serve(place.url(), &flags).await;
    let person = |word: &str| Person::new(server.address, Some(template.token(word)));
    let thread = open(&person("ke"), Draft::default()).await.id;
    let (told, stop) = (Told::default(), Arc::<AtomicBool>::default());
    let mut writers = Vec::new();
    for word in WORDS {
        let (told, stop) = (Arc::clone(&told), Arc::clone(&stop));
        let writing = write_until(stop, person(word), word.to_string(), told, thread.clone());
        writers.push(tokio::spawn(writing));
    }
    let count = || told.lock().expect("the list").len();
    let more_than = |least: usize| {
        let told = Arc::clone(&told);
        until("the writers to go on", move || {
            let is_more = told.lock().expect("the list").len() > least;
            async move { is_more.then_some(()) }
        })
    };
    more_than(100).await;

    let folder = tempfile::tempdir().expect("a folder");
    for round in 0..2 {
        let file = file_in(&folder, &format!("forum-{round}.backup"));
        let before = told.lock().expect("the list").clone();
        succeeded(&run(&["backup", &file, "--database", place.url()]).await);
        let after = count();
        more_than(after).await;

        let restored = Place::empty(kind).await;
        succeeded(&run(&["check", &file]).await);
        succeeded(&run(&["restore", &file, "--database", restored.url()]).await);
        let checked = run(&["check", "--database", restored.url()]).await;
        succeeded(&checked);
        assert!(checked.stdout.contains("Everything holds."), "{checked:?}");
        // A database in use is checked as well as one that is not.
        succeeded(&run(&["check", "--database", place.url()]).await);
        let rows = restored
            .query(
                "select post.number as number, post_revision.body as body from post \
                 join post_revision on post_revision.post_id = post.id order by post.number",
            )
            .await;
        for (number, body) in before {
            let row = &rows[usize::try_from(number - 1).expect("a place")];
            let found: String = row.try_get("", "body").expect("a body");
            assert_eq!(found, body, "acknowledged as number {number}");
        }
        if round == 1 {
            let again = Process::serve(restored.url(), &[]).await;
            let reader = person("fr").at(again.address);
            let asked = reader.ask(
                "query($id: ID!) { node(id: $id) { ... on Thread { lastNumber } } }",
                json!({ "id": thread }),
            );
            let last = number(&asked.await, "node.lastNumber");
            assert_eq!(usize::try_from(last).expect("a count"), rows.len());
            drop(again);
        }
        restored.remove().await;
    }
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.expect("a writer");
    }
    server.terminate();
    server.end().await;
    place.remove().await;
}

async fn a_changed_byte_of_a_backup_is_noticed(kind: Kind) {
    let place = template::of(kind).await.copy().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = file_in(&folder, "forum.backup");
    succeeded(&run(&["backup", &file, "--database", place.url()]).await);
    let whole = std::fs::read(&file).expect("the backup");
    let mut chance = Chance::new(Chance::seed());
    // The first and the last byte, the checksum, and others.
    let mut places = vec![0, whole.len() - 1, whole.len() - 2, whole.len() - 70];
    places.extend((0..4).map(|_| whole.len() - 1 - chance.at(200)));
    places.extend((0..6).map(|_| chance.at(whole.len())));
    let mut copies: Vec<Vec<u8>> = Vec::new();
    for at in places {
        let mut copy = whole.clone();
        copy[at] ^= 1 << chance.below(8);
        copies.push(copy);
    }
    copies.push(whole[..whole.len() - 1].to_vec());
    copies.push(whole[..whole.len() / 2].to_vec());
    copies.push([&whole[..], b"\n"].concat());
    copies.push(Vec::new());
    let changed = file_in(&folder, "changed.backup");
    let target = Place::empty(kind).await;
    for copy in copies {
        std::fs::write(&changed, copy).expect("a changed backup");
        refused(&run(&["check", &changed]).await, "changed");
        let restored = run(&["restore", &changed, "--database", target.url()]).await;
        refused(&restored, "changed");
    }
    // Nothing was left in the target: the whole backup goes into it.
    succeeded(&run(&["restore", &file, "--database", target.url()]).await);
    target.remove().await;
    place.remove().await;
}

async fn neither_backup_nor_restore_takes_anything_away_unasked(kind: Kind) {
    let template = template::of(kind).await;
    let place = template.copy().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = file_in(&folder, "forum.backup");
    std::fs::write(&file, "something else").expect("a file");
    let backup = ["backup", &file, "--database", place.url()];
    refused(&run(&backup).await, "exists already");
    assert_eq!(std::fs::read(&file).expect("the file"), b"something else");
    succeeded(&run(&[&backup[..], &["--overwrite"]].concat()).await);
    let names: Vec<_> = std::fs::read_dir(&folder).expect("the folder").collect();
    assert_eq!(names.len(), 1, "nothing else is left: {names:?}");

    place
        .execute("update person set name = 'Somebody since'")
        .await;
    let named = "select 1 as one from person where name = 'Somebody since'";
    let restore = ["restore", &file, "--database", place.url()];
    refused(&run(&restore).await, "has content");
    let replace = [&restore[..], &["--replace"]].concat();
    let mut server = Process::serve(place.url(), &[]).await;
    refused(&run(&replace).await, "replaced");
    assert!(!place.query(named).await.is_empty(), "it is as it was");
    server.terminate();
    server.end().await;
    succeeded(&run(&replace).await);
    assert!(place.query(named).await.is_empty(), "it was replaced");
    succeeded(&run(&["check", "--database", place.url()]).await);
    place.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_ahead_log_of_another_database_is_not_played_back() {
    let place = template::of(Kind::Sqlite).await.copy().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = file_in(&folder, "forum.backup");
    succeeded(&run(&["backup", &file, "--database", place.url()]).await);
    std::fs::write(folder.path().join("new.db-wal"), "left").expect("a file");
    let url = format!("sqlite://{}?mode=rwc", file_in(&folder, "new.db"));
    refused(
        &run(&["restore", &file, "--database", &url]).await,
        "new.db-wal",
    );
    place.remove().await;
}
