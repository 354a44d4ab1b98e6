//! Migrations go forward and back, on both databases, one by one and all at once, and leave nothing behind.

use migrations::Migrator;
use migrations::MigratorTrait;
use partage::base::clock::Clock;
use partage::store::SchemaState;
use partage::store::Store;

use crate::support::database::Kind;
use crate::support::database::Place;
use crate::support::process::run;
use crate::support::template;

for_both_databases!(
    migrations_go_back_and_forth_one_by_one,
    a_full_database_goes_back_to_an_empty_one,
    the_command_migrates_and_goes_back,
);

/// Everything that the database says of its tables, but for the migrations' own.
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
    let back = run(&["migrate", "--database", place.url(), "--back", "1"]).await;
    assert_eq!(back.code, Some(0), "{back:?}");
    assert_ne!(schema(&place).await, full);
    place.remove().await;
}
