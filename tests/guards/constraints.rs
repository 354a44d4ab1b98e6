//! Every unique constraint has the same name on both databases, and its violation is recognised by that name.

use partage::base::actor::Actor;
use partage::base::clock::Clock;
use partage::forum::accounts::invitation;
use partage::forum::discussion::draft;
use partage::forum::discussion::start;
use partage::store::Store;
use partage::store::constraint::Unique;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;

use crate::support::database::Kind;
use crate::support::database::Place;

/// Every constraint that the program names.
const NAMED: [Unique; 4] = [
    invitation::EMAIL,
    start::THREAD_KEY,
    start::POST_KEY,
    draft::PERSON_AND_PLACE,
];
const SAMPLE: &str = "create table sample (id bigint primary key, a bigint, b bigint, c bigint unique, unique (a, b)); \
    insert into sample (id, a, b, c) values (1, 1, 1, 1)";

for_both_databases!(
    every_named_constraint_is_in_the_schema,
    a_violation_is_told_by_its_constraint,
);

async fn opened(kind: Kind) -> (Place, Store) {
    let place = Place::empty(kind).await;
    let store = Store::open(place.url(), Clock::default()).await;
    let store = store.expect("the store");
    store.migrate().await.expect("forward");
    (place, store)
}

async fn every_named_constraint_is_in_the_schema(kind: Kind) {
    let (place, store) = opened(kind).await;
    let sql = match kind {
        Kind::Sqlite => {
            "select t.name || '_' || group_concat(i.name, '_') || '_key' as name from sqlite_master t, \
             pragma_index_list(t.name) l, pragma_index_info(l.name) i where l.\"unique\" and l.origin = 'u' \
             group by t.name, l.name"
        }
        Kind::Postgres => "select conname::text as name from pg_constraint where contype = 'u'",
    };
    let rows = place.query(sql).await;
    let names = rows.iter().map(|row| row.try_get::<String>("", "name"));
    let names: Vec<String> = names.map(|name| name.expect("a name")).collect();
    for unique in NAMED {
        assert!(names.contains(&unique.name()), "{unique:?} of {names:?}");
    }
    store.close().await;
}

async fn a_violation_is_told_by_its_constraint(kind: Kind) {
    let (_place, store) = opened(kind).await;
    let refused = async |sql: &str| -> DbErr {
        let tx = store.begin(&Actor::System).await.expect("a change");
        let rows = tx.rows();
        rows.execute_unprepared(SAMPLE).await.expect("the table");
        let inserted = rows.execute_unprepared(sql).await;
        inserted.expect_err("a row too many")
    };
    let both = Unique::new("sample", &["a", "b"]);
    let one = Unique::new("sample", &["c"]);
    let of_both = refused("insert into sample (id, a, b, c) values (2, 1, 1, 2)").await;
    assert!(both.is_violated_by(&of_both) && !one.is_violated_by(&of_both));
    let of_one = refused("insert into sample (id, a, b, c) values (2, 2, 2, 1)").await;
    assert!(one.is_violated_by(&of_one) && !both.is_violated_by(&of_one));
    let of_id = refused("insert into sample (id, a, b, c) values (1, 2, 2, 2)").await;
    assert!(!one.is_violated_by(&of_id) && !both.is_violated_by(&of_id));
    let of_none = refused("insert into sample (id, nowhere) values (1, 2)").await;
    assert!(!one.is_violated_by(&of_none) && !both.is_violated_by(&of_none));
    store.close().await;
}
