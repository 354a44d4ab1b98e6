//! Migrations run forward and back, on both databases, one by one and all at once, and leave nothing behind.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use migrations::Migrator;
use migrations::MigratorTrait;
use partage::base::clock::Clock;
use partage::store::SchemaState;
use partage::store::Store;

use crate::support::acts::Draft;
use crate::support::acts::decide;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::undo;
use crate::support::database::Kind;
use crate::support::database::Place;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::process::run;
use crate::support::template;

for_both_databases!(
    migrations_go_back_and_forth_one_by_one,
    a_full_database_goes_back_to_an_empty_one,
    the_command_migrates_and_goes_back,
    going_back_says_what_is_lost_and_asks_first,
);

/// The database's own description of its tables, except the migrations' own.
async fn schema(place: &Place) -> Vec<String> {
    let sql = match place.kind {
        Kind::Sqlite => {
            "select type || ' ' || name || ' ' || coalesce(sql, '') as line from sqlite_master \
             where name not like 'seaql_%' and tbl_name not like 'seaql_%' and name not like 'sqlite_%' order by line"
        }
        Kind::Postgres => {
            "select line from ( \
             select concat_ws(' ', 'column', table_name, column_name, data_type, is_nullable, column_default) as line \
             from information_schema.columns where table_schema = 'public' \
             union all select concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid)) \
             from pg_constraint where connamespace = 'public'::regnamespace \
             union all select indexdef from pg_indexes where schemaname = 'public') lines \
             where line not like '%seaql_%' order by line"
        }
    };
    place
        .query(sql)
        .await
        .iter()
        .map(|row| row.try_get::<String>("", "line").expect("a line"))
        .collect()
}

fn count() -> u32 {
    u32::try_from(Migrator::migrations().len()).expect("a count")
}

async fn migrations_go_back_and_forth_one_by_one(kind: Kind) {
    let place = Place::empty(kind).await;
    let store = Store::open(place.url(), Clock::default())
        .await
        .expect("the store");
    let state = async || store.schema_state().await.expect("the state");
    let all = usize::try_from(count()).expect("a count");
    assert_eq!(state().await, SchemaState::Older(all));
    store.migrate().await.expect("forward");
    assert_eq!(state().await, SchemaState::Current);
    let full = schema(&place).await;
    assert!(full.len() > 20, "{full:?}");
    for steps in 1..=count() {
        store.migrate_back(steps).await.expect("back");
        let left = usize::try_from(steps).expect("a count");
        assert_eq!(state().await, SchemaState::Older(left));
        store.migrate().await.expect("forward again");
        assert_eq!(schema(&place).await, full, "after {steps} back and forth");
    }
    store.close().await;
    place.remove().await;
}

async fn a_full_database_goes_back_to_an_empty_one(kind: Kind) {
    let place = template::of(kind).await.copy().await;
    let store = Store::open(place.url(), Clock::default())
        .await
        .expect("the store");
    assert!(!schema(&place).await.is_empty());
    store.migrate_back(count()).await.expect("back");
    assert_eq!(
        schema(&place).await,
        Vec::<String>::new(),
        "nothing is left"
    );
    store.migrate().await.expect("forward");
    store.close().await;
    place.remove().await;
}

async fn the_command_migrates_and_goes_back(kind: Kind) {
    let place = Place::empty(kind).await;
    let forward = run(&["migrate", "--database", place.url()]).await;
    assert_eq!(forward.code, Some(0), "{forward:?}");
    let full = schema(&place).await;
    let again = run(&["migrate", "--database", place.url()]).await;
    assert_eq!(again.code, Some(0), "{again:?}");
    assert_eq!(schema(&place).await, full);
    // The last one changes rows only.
    let back = run(&["migrate", "--database", place.url(), "--back", "2"]).await;
    assert_eq!(back.code, Some(0), "{back:?}");
    assert_ne!(schema(&place).await, full);
    place.remove().await;
}

/// The migration since which there are more kinds of decisions than an older program knows.
const CASES: &str = "m0006_cases";

async fn going_back_says_what_is_lost_and_asks_first(kind: Kind) {
    let template = template::of(kind).await;
    let place = template.copy().await;
    let mut server = Process::serve(place.url(), &[]).await;
    let person = |word| Person::new(server.address, Some(template.token(word)));
    let (secretariat, kenya) = (person("secretariat"), person("ke"));
    let thread = open(&kenya, Draft::default()).await;
    let hidden = reply(&kenya, &thread.id, "Hidden.").await;
    decide(&secretariat, "HIDE_POST", &[&hidden.id]).await;
    let pinned = decide(&secretariat, "PIN_THREAD", &[&thread.id]).await;
    undo(&secretariat, &pinned).await;
    decide(&secretariat, "ARCHIVE_THREAD", &[&thread.id]).await;
    server.terminate();
    server.end().await;
    let acts = async || {
        let rows = place.query("select act from decision order by act").await;
        rows.iter()
            .map(|row| row.try_get::<String>("", "act").expect("an act"))
            .collect::<Vec<_>>()
    };
    let before = acts().await;
    assert_eq!(before.len(), 4, "{before:?}");
    let entries = place.query("select entry from ledger").await.len();
    let (full, names) = (schema(&place).await, Migrator::migrations());
    let place_of = names.iter().position(|each| each.name() == CASES);
    let steps = (names.len() - place_of.expect("the migration")).to_string();

    let command = ["migrate", "--database", place.url(), "--back", &steps];
    let refused = run(&command).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(
        refused.stdout.contains("3  decisions of kinds"),
        "{refused:?}"
    );
    assert!(refused.stdout.contains("would lose"), "{refused:?}");
    assert!(refused.stderr.contains("--accept-loss"), "{refused:?}");
    assert_eq!((schema(&place).await, acts().await), (full.clone(), before));

    let accepted = run(&[&command[..], &["--accept-loss"]].concat()).await;
    assert_eq!(accepted.code, Some(0), "{accepted:?}");
    assert!(
        accepted.stdout.contains("3  decisions of kinds"),
        "{accepted:?}"
    );
    assert_eq!(acts().await, ["hide-post"], "none became another");
    let kept = place.query("select entry from ledger").await.len();
    assert_eq!(kept, entries, "the ledger keeps all");
    let forward = run(&["migrate", "--database", place.url()]).await;
    assert_eq!(forward.code, Some(0), "{forward:?}");
    assert_eq!(schema(&place).await, full);
    drop(Process::serve(place.url(), &[]).await);
    place.remove().await;
}

#[test]
fn whatever_a_migration_drops_is_counted_before() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/src");
    let mut drops = 0;
    for entry in fs::read_dir(folder).expect("the migrations") {
        let path = entry.expect("an entry").path();
        let source = fs::read_to_string(&path).expect("a migration");
        let Some((_, down)) = source.split_once("const DOWN: &str") else {
            continue;
        };
        let (down, losses) = down.split_once("const LOSSES").expect("what it loses");
        let words: BTreeSet<&str> = losses
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .collect();
        for line in down
            .split(';')
            .map(|line| line.trim_matches(|c| " \n\"".contains(c)))
        {
            let dropped = match line.split(' ').collect::<Vec<_>>()[..] {
                ["drop", "table", name] | [.., "drop", "column", name] => name,
                _ => continue,
            };
            // What was renamed exists under its new name.
            if !["act"].contains(&dropped) {
                assert!(words.contains(dropped), "{path:?} does not count {dropped}");
            }
            drops += 1;
        }
    }
    assert!(drops > 60, "{drops}");
}
