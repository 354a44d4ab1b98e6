//! The ledger has one entry for each decision; nobody can change it unnoticed, and anybody can verify a copy.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;
use sha2::Digest;
use sha2::Sha256;

use crate::support::acts::DECIDE;
use crate::support::acts::Draft;
use crate::support::acts::decide;
use crate::support::acts::decision_input;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::show_to;
use crate::support::acts::undo;
use crate::support::chance::Chance;
use crate::support::database::Kind;
use crate::support::database::Place;
use crate::support::forum::Forum;
use crate::support::json::nodes;
use crate::support::json::text;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::process::run;
use crate::support::template;

on_both_databases!(
    the_published_ledger_holds_and_any_change_of_it_is_named,
    the_database_refuses_to_change_the_ledger,
    the_file_does_not_tell_why_where_it_does_not_show_what,
);

for_both_databases!(
    a_killed_server_leaves_as_many_entries_as_decisions,
    whoever_rewrites_the_tables_is_found_out,
);

async fn published(person: &Person) -> String {
    let request = person.request(reqwest::Method::GET, "/ledger.jsonl");
    let answer = request.send().await.expect("the ledger");
    assert_eq!(answer.status().as_u16(), 200);
    answer.text().await.expect("its lines")
}

/// The command's verdict on a copy, and its output.
async fn verify(copy: &str) -> (bool, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ledger.jsonl");
    std::fs::write(&file, copy).expect("a copy");
    let path = file.to_str().expect("a path");
    let finished = run(&["ledger", "verify", path]).await;
    let words = format!("{}{}", finished.stdout, finished.stderr);
    (finished.code == Some(0), words)
}

async fn the_published_ledger_holds_and_any_change_of_it_is_named(forum: Forum) {
    let (secretariat, author) = (forum.secretariat(), forum.delegate("ke"));
    let thread = open(&author, Draft::titled("Kept")).await;
    for _ in 0..3 {
        let decision = decide(&secretariat, "LOCK_THREAD", &[&thread.id]).await;
        undo(&secretariat, &decision).await;
    }
    let whole = published(&forum.visitor()).await;
    let lines: Vec<&str> = whole.lines().collect();
    assert_eq!(lines.len(), 6);
    let (holds, words) = verify(&whole).await;
    assert!(holds && words.contains("All 6 entries hold"), "{words}");
    let address = format!("http://{}/ledger.jsonl", forum.address());
    let fetched = run(&["ledger", "verify", &address]).await;
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);

    let mut chance = Chance::new(Chance::seed());
    for _ in 0..12 {
        let at = chance.at(lines.len());
        let mut line = lines[at].as_bytes().to_vec();
        let place = chance.at(line.len());
        line[place] = if line[place] == b'7' { b'8' } else { b'7' };
        let changed = String::from_utf8(line).expect("text");
        let mut copy: Vec<&str> = lines.clone();
        copy[at] = &changed;
        let (holds, words) = verify(&copy.join("\n")).await;
        let named = format!("entry {} does not hold", at + 1);
        assert!(!holds && words.contains(&named), "{changed}: {words}");
    }
    let mut dropped = lines.clone();
    dropped.remove(2);
    let mut swapped = lines.clone();
    swapped.swap(2, 3);
    for copy in [dropped, swapped] {
        let (holds, words) = verify(&copy.join("\n")).await;
        assert!(!holds && words.contains("entry 3 does not hold"), "{words}");
    }
}

async fn the_database_refuses_to_change_the_ledger(forum: Forum) {
    let secretariat = forum.secretariat();
    let thread = open(&forum.delegate("ke"), Draft::titled("For good")).await;
    decide(&secretariat, "LOCK_THREAD", &[&thread.id]).await;
    let before = published(&forum.visitor()).await;
    let attempts = [
        "update ledger set hash = 'other'",
        "update ledger set entry = entry",
        "delete from ledger",
    ];
    let by_kind: &[&str] = match forum.place().kind {
        Kind::Sqlite => {
            &["insert or replace into ledger (position, entry, hash) values (1, 'x', 'y')"]
        }
        Kind::Postgres => &["truncate ledger cascade", "truncate ledger_checkpoint"],
    };
    for attempt in attempts.iter().chain(by_kind) {
        let refused = forum.place().try_execute(attempt).await;
        let error = refused.expect_err(attempt);
        assert!(error.contains("append-only"), "{attempt}: {error}");
    }
    assert_eq!(published(&forum.visitor()).await, before);
}

async fn the_file_does_not_tell_why_where_it_does_not_show_what(forum: Forum) {
    let (secretariat, author) = (forum.secretariat(), forum.delegate("ke"));
    let thread = open(&author, Draft::titled("Shown for now")).await;
    let posted = reply(&author, &thread.id, "A text.").await;
    decide(&secretariat, "HIDE_POST", &[&posted.id]).await;
    let mut input = decision_input("LOCK_THREAD", &[&thread.id]);
    input["explanation"] = json!("Because of what stands in it.");
    input["withholdExplanation"] = json!(true);
    secretariat.ask(DECIDE, json!({ "input": input })).await;
    let explained = |file: &str| {
        let lines = file
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        lines
            .map(|line| line.get("explanation").is_some())
            .collect::<Vec<bool>>()
    };
    let file = published(&forum.visitor()).await;
    assert_eq!(explained(&file), [true, false]);
    assert!(!file.contains("Because of what"), "{file}");
    show_to(&author, &thread.id, "MEMBERS").await;
    let file = published(&forum.visitor()).await;
    assert_eq!(explained(&file), [false, false]);
    assert!(verify(&file).await.0, "what is withheld breaks nothing");
    let ledger = "{ decisions(first: 9) { edges { node { explanation threads(first: 9) { edges { node { id } } } } } } }";
    for (person, seen) in [(forum.visitor(), 0), (forum.delegate("fr"), 1)] {
        let data = person.ask(ledger, json!({})).await;
        let first = nodes(&data, "decisions").remove(1);
        assert_eq!(nodes(&first, "threads").len(), seen);
        assert_eq!(first["explanation"].is_string(), seen == 1);
    }
}

/// The verdict on a copy, checked against more than itself.
async fn verify_against(copy: &str, more: &[&str]) -> (bool, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ledger.jsonl");
    std::fs::write(&file, copy).expect("a copy");
    let path = file.to_str().expect("a path");
    let all: Vec<&str> = ["ledger", "verify", path]
        .iter()
        .chain(more)
        .copied()
        .collect();
    let finished = run(&all).await;
    let words = format!("{}{}", finished.stdout, finished.stderr);
    (finished.code == Some(0), words)
}

/// The triggers that refuse changes of the ledger, removed by somebody with full rights on the database.
fn unguard(kind: Kind) -> [&'static str; 2] {
    match kind {
        Kind::Sqlite => [
            "drop trigger ledger_no_update",
            "drop trigger ledger_checkpoint_no_delete",
        ],
        Kind::Postgres => [
            "drop trigger ledger_append_only on ledger",
            "drop trigger ledger_checkpoint_append_only on ledger_checkpoint",
        ],
    }
}

async fn whoever_rewrites_the_tables_is_found_out(kind: Kind) {
    let template = template::of(kind).await;
    let place = template.copy().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ledger.key");
    let path = file.to_str().expect("a path");
    let made = run(&["ledger", "key", path]).await;
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let key = made.stdout.trim().to_string();
    assert_eq!(key.len(), 64);
    let again = run(&["ledger", "key", path]).await;
    assert_ne!(again.code, Some(0), "a key is not written over");
    let process = Process::serve(place.url(), &["--ledger-key-file", path]).await;
    let person = |word: &str| Person::new(process.address, Some(template.token(word)));
    let (author, secretariat) = (person("ke"), person("secretariat"));
    let visitor = Person::new(process.address, None);
    let data = visitor.ask("{ instance { ledgerKey } }", json!({})).await;
    assert_eq!(text(&data, "instance.ledgerKey"), key);
    let thread = open(&author, Draft::titled("Signed")).await;
    for _ in 0..2 {
        let decision = decide(&secretariat, "LOCK_THREAD", &[&thread.id]).await;
        undo(&secretariat, &decision).await;
    }
    let whole = published(&visitor).await;
    let with_key = ["--key", key.as_str()];
    let (holds, words) = verify_against(&whole, &with_key).await;
    assert!(holds && words.contains("4 of them signed"), "{words}");
    let private = std::fs::read_to_string(&file).expect("the key");
    assert!(
        !process.said().contains(private.trim()),
        "the key is in no log"
    );
    let other = run(&["ledger", "key", &format!("{path}.other")]).await;
    let (holds, words) = verify_against(&whole, &["--key", other.stdout.trim()]).await;
    assert!(!holds && words.contains("entry 1"), "{words}");
    // A copy that was truncated at the end verifies by itself, but does not continue an earlier one.
    let kept = format!("{path}.kept");
    std::fs::write(&kept, &whole).expect("a kept copy");
    let cut: String = whole.split_inclusive('\n').take(3).collect();
    assert!(verify(&cut).await.0);
    let (holds, words) = verify_against(&cut, &["--since", &kept]).await;
    assert!(!holds && words.contains("entry 4"), "{words}");

    for attempt in [
        "update ledger_checkpoint set signature = signature",
        "delete from ledger_checkpoint",
    ] {
        let refused = place.try_execute(attempt).await.expect_err(attempt);
        assert!(refused.contains("append-only"), "{attempt}: {refused}");
    }
    let [ledger, checkpoints] = unguard(kind);
    place.execute(ledger).await;
    // One byte of the second entry.
    let changed =
        "update ledger set entry = replace(entry, 'mistaken', 'mistakem') where position = 2";
    place.execute(changed).await;
    let (holds, words) = verify(&published(&visitor).await).await;
    assert!(!holds && words.contains("entry 2 does not hold"), "{words}");
    // Recomputing all hashes does not produce a valid signature.
    reseal(&place).await;
    let resealed = published(&visitor).await;
    let (holds, words) = verify(&resealed).await;
    assert!(!holds && words.contains("entry 2 does not hold"), "{words}");
    assert!(words.contains("signature"), "{words}");
    place.execute(checkpoints).await;
    place.execute("delete from ledger_checkpoint").await;
    let unsigned = published(&visitor).await;
    assert!(verify(&unsigned).await.0, "nothing in it tells any more");
    for more in [&with_key[..], &["--since", &kept]] {
        let (holds, words) = verify_against(&unsigned, more).await;
        assert!(!holds, "{words}");
    }
    drop(process);
    place.remove().await;
}

/// Recomputes the hashes of every entry, as somebody would who wants to hide a change.
async fn reseal(place: &Place) {
    let rows = place
        .query("select position, entry, hash from ledger order by position")
        .await;
    let (mut sealed, mut real) = ("0".repeat(64), "0".repeat(64));
    for row in rows {
        let position: i64 = row.try_get_by_index(0).expect("a position");
        let entry: String = row.try_get_by_index(1).expect("an entry");
        let before: String = row.try_get_by_index(2).expect("a hash");
        let entry = entry.replace(&sealed, &real);
        real = Sha256::digest(entry.as_bytes())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        sealed = before;
        let text = entry.replace('\'', "''");
        let change = format!(
            "update ledger set entry = '{text}', hash = '{real}' where position = {position}"
        );
        place.execute(&change).await;
    }
}

const KILLS: u64 = 8;

async fn a_killed_server_leaves_as_many_entries_as_decisions(kind: Kind) {
    let template = template::of(kind).await;
    let place = template.copy().await;
    let mut chance = Chance::new(Chance::seed());
    let mut process = Process::serve(place.url(), &[]).await;
    let mut acknowledged = BTreeSet::new();
    for _ in 0..KILLS {
        let person = |word: &str| Person::new(process.address, Some(template.token(word)));
        let (author, secretariat) = (person("ke"), person("secretariat"));
        let thread = open(&author, Draft::titled("Under way")).await;
        let mut posts = Vec::new();
        for _ in 0..10 {
            posts.push(reply(&author, &thread.id, "A text.").await.id);
        }
        let deciding = tokio::spawn(async move {
            let mut done = Vec::new();
            for post in posts {
                let input = decision_input("HIDE_POST", &[&post]);
                let answer = secretariat
                    .try_graphql(DECIDE, &json!({ "input": input }))
                    .await;
                if answer.is_ok_and(|answer| answer.body.get("errors").is_none()) {
                    done.push(post);
                }
            }
            done
        });
        tokio::time::sleep(Duration::from_micros(chance.below(120_000))).await;
        process.kill();
        acknowledged.extend(deciding.await.expect("the one who decides"));
        process = Process::serve(place.url(), &[]).await;
    }
    let visitor = Person::new(process.address, None);
    let file = published(&visitor).await;
    let (holds, words) = verify(&file).await;
    // An empty ledger does not verify.
    assert_eq!(holds, !file.is_empty(), "{words}");
    let sealed: BTreeSet<String> = file
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .map(|line| text(&line, "entry.targets.0.post"))
        .collect();
    assert_eq!(sealed.len(), file.lines().count(), "each post once");
    let data = visitor
        .ask(
            "{ threads(first: 50) { edges { node { posts(first: 50) { edges { node { id state } } } } } } }",
            json!({}),
        )
        .await;
    let hidden: BTreeSet<String> = nodes(&data, "threads")
        .iter()
        .flat_map(|thread| nodes(thread, "posts"))
        .filter(|post| text(post, "state") == "HIDDEN")
        .map(|post| text(&post, "id"))
        .collect();
    assert_eq!(hidden, sealed);
    assert!(acknowledged.is_subset(&hidden));
    assert!(!hidden.is_empty(), "something was decided");
    drop(process);
    place.remove().await;
}
