//! Readers who disconnect before the response: nobody else is shown an older state because of them, and what is written stays.

use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;

use crate::support::acts::Draft;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::chance::Chance;
use crate::support::forum::Forum;
use crate::support::forum::flags;
use crate::support::json::number;
use crate::support::person::Person;

on_both_databases!(
    readers_who_leave_before_the_answer_show_nobody_the_past with flags(["--posts-per-minute", "1000"]),
);

const ROUNDS: usize = 20;
/// How many disconnect in a round; more than there are connections to the database.
const LEAVING: usize = 24;
const STAYING: usize = 24;
/// The longest wait before one disconnects, in microseconds.
const PATIENCE: u64 = 8_000;

const NEWEST: &str = "query($id: ID!) { thread(id: $id) { lastNumber } }";

async fn readers_who_leave_before_the_answer_show_nobody_the_past(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::titled("Read in passing")).await;
    let reader = forum.visitor();
    let mut chance = Chance::new(Chance::seed());
    for _ in 0..ROUNDS {
        leave(&reader, &thread.id, &mut chance).await;
        // The server checks its log after each of them.
        let mut last = 0;
        for _ in 0..3 {
            last = reply(&author, &thread.id, "Something new.").await.number;
        }
        let mut staying = JoinSet::new();
        for _ in 0..STAYING {
            let (reader, id) = (reader.clone(), thread.id.clone());
            staying.spawn(async move { reader.ask(NEWEST, json!({ "id": id })).await });
        }
        for seen in staying.join_all().await {
            assert_eq!(number(&seen, "thread.lastNumber"), last);
        }
    }
}

async fn leave(reader: &Person, thread: &str, chance: &mut Chance) {
    let mut leaving = JoinSet::new();
    for _ in 0..LEAVING {
        let (reader, id) = (reader.clone(), thread.to_string());
        let patience = Duration::from_micros(chance.below(PATIENCE));
        leaving.spawn(async move {
            let variables = json!({ "id": id });
            let asking = reader.try_graphql(NEWEST, &variables);
            drop(tokio::time::timeout(patience, asking).await);
        });
    }
    leaving.join_all().await;
}
