//! The log is in the order in which changes become visible: a follower misses nothing and sees nothing twice, however the transactions of
//! several processes overlap.

use std::time::Duration;

use partage::base::actor::Actor;
use partage::base::clock::Clock;
use partage::base::event::Event;
use partage::store::Store;
use partage::store::log;
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::strategy::Strategy;
use proptest::test_runner::Config;
use proptest::test_runner::TestRunner;
use sea_orm::ConnectionTrait;
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::database::Kind;
use crate::support::database::Place;
use crate::support::wait::within;

for_both_databases!(a_follower_of_the_log_misses_nothing_and_sees_nothing_twice);

/// Each is a separate store, as in separate processes.
const STORES: usize = 3;

/// One transaction: its store, its start, how long it stays open, and whether it is rolled back.
#[derive(Clone, Copy, Debug)]
struct Change {
    store: usize,
    begins_after: u64,
    stays_open: u64,
    taken_back: bool,
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let one = (0..STORES, 0..12_u64, 0..12_u64, any::<[bool; 3]>());
    let change = one.prop_map(|(store, begins_after, stays_open, coins)| Change {
        store,
        begins_after,
        stays_open,
        taken_back: coins.iter().all(|coin| *coin),
    });
    vec(change, 20..50)
}

async fn a_follower_of_the_log_misses_nothing_and_sees_nothing_twice(kind: Kind) {
    let place = Place::empty(kind).await;
    let mut stores = Vec::new();
    for _ in 0..STORES {
        let store = Store::open(place.url(), Clock::default()).await;
        stores.push(store.expect("the store"));
    }
    stores[0].migrate().await.expect("the migrations");
    let settings = Config {
        cases: match kind {
            Kind::Sqlite => 4,
            Kind::Postgres => 16,
        },
        failure_persistence: None,
        // A smaller plan overlaps less and would not reproduce the failure.
        max_shrink_iters: 0,
        ..Config::default()
    };
    let mut runner = TestRunner::new(settings);
    let runtime = Handle::current();
    let run = tokio::task::block_in_place(|| {
        runner.run(&changes(), |plan| {
            runtime.block_on(overlap(&place, &stores, plan));
            Ok(())
        })
    });
    run.unwrap_or_else(|failure| panic!("{failure}"));
    for store in stores {
        store.close().await;
    }
    place.remove().await;
}

/// Runs all transactions of a plan at once, while followers read.
async fn overlap(place: &Place, stores: &[Store], plan: Vec<Change>) {
    let committed = plan.iter().filter(|change| !change.taken_back).count();
    let start = stores[0].snapshot().head().await.expect("the head");
    let mut followers = JoinSet::new();
    for (store, batch) in stores.iter().zip([1, 3, 100]) {
        followers.spawn(follow(store.clone(), start, batch, committed));
    }
    let mut writers = JoinSet::new();
    for each in plan {
        writers.spawn(change(stores[each.store].clone(), each));
    }
    let mut made: Vec<Uuid> = within("the transactions", writers.join_all())
        .await
        .into_iter()
        .flatten()
        .collect();
    let all = within("the followers", followers.join_all()).await;

    let snapshot = stores[0].snapshot();
    let rows = snapshot.rows().await.expect("the rows");
    let log = log::read_after(rows, start, 1_000).await.expect("the log");
    let expected: Vec<(i64, Uuid)> = log
        .iter()
        .map(|logged| (logged.position, subject(&logged.event)))
        .collect();
    for followed in all {
        assert_eq!(
            followed, expected,
            "what a follower saw is what the log holds"
        );
    }
    let mut told: Vec<Uuid> = expected.iter().map(|(_, id)| *id).collect();
    told.sort();
    made.sort();
    assert_eq!(
        told, made,
        "one event for each change, no event without one"
    );
    let sql = "select id from delegation where acronym = 'made by a change'";
    assert!(place.query(sql).await.len() >= made.len());
}

/// A transaction that stays open for a while; returns what it wrote, if it was committed.
async fn change(store: Store, plan: Change) -> Option<Uuid> {
    tokio::time::sleep(Duration::from_millis(plan.begins_after)).await;
    let tx = store.begin(&Actor::System).await.expect("a transaction");
    let id = Uuid::new_v4();
    let insert = format!(
        "insert into delegation (id, kind, acronym) values ('{id}', 'observer', 'made by a change')"
    );
    tx.rows().execute_unprepared(&insert).await.expect("a row");
    tokio::time::sleep(Duration::from_millis(plan.stays_open)).await;
    if plan.taken_back {
        return None;
    }
    let event = Event::PersonAdded { person: id.into() };
    tx.commit(event).await.expect("the commit");
    Some(id)
}

/// Reads from its cursor, as often as it can, until it has seen so many events.
async fn follow(store: Store, start: i64, batch: u64, expected: usize) -> Vec<(i64, Uuid)> {
    let mut cursor = start;
    let mut seen = Vec::new();
    while seen.len() < expected {
        let snapshot = store.snapshot();
        let rows = snapshot.rows().await.expect("the rows");
        let found = log::read_after(rows, cursor, batch).await.expect("the log");
        drop(snapshot);
        for logged in found {
            assert!(logged.position > cursor, "positions ascend");
            cursor = logged.position;
            seen.push((logged.position, subject(&logged.event)));
        }
        tokio::task::yield_now().await;
    }
    seen
}

fn subject(event: &Event) -> Uuid {
    match event {
        Event::PersonAdded { person } => person.0,
        other => panic!("an event of another kind: {other:?}"),
    }
}
