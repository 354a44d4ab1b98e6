//! A change that the database aborts at a statement or at its commit leaves no trace: acknowledged changes exist exactly once, and the
//! server recovers by itself.

use std::collections::BTreeSet;

use serde_json::Value;
use serde_json::json;

use crate::stories::durability::posts;
use crate::support::acts::Draft;
use crate::support::acts::REPLY;
use crate::support::acts::open;
use crate::support::acts::reply_input;
use crate::support::chance::Chance;
use crate::support::database::Kind;
use crate::support::database::Place;
use crate::support::json::text;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::template;

for_both_databases!(
    a_change_that_fails_at_a_statement_never_was,
    a_change_that_fails_at_its_commit_never_was,
);

const ROUNDS: u32 = 50;
const WRITERS: usize = 3;
/// The table that every reply writes.
const TABLES: [&str; 4] = ["post", "post_revision", "thread", "event"];

/// SQLite: `rollback` ends the transaction unknown to the program, as a full disk does.
const AT_STATEMENT_ON_SQLITE: &str = "select raise(rollback, 'on purpose')";
/// A row whose parent is missing fails at the commit.
const AT_COMMIT_ON_SQLITE: &str = "insert into orphan (parent) values (1)";
const PREPARE_ON_SQLITE: &str = "create table parent (id integer primary key); \
     create table orphan (parent integer references parent (id) deferrable initially deferred)";
/// PostgreSQL: the connection is closed, or only the change fails.
const PREPARE_ON_POSTGRES: &str = "create function ends() returns trigger language plpgsql as \
     $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$; \
     create function refuses() returns trigger language plpgsql as \
     $$ begin raise exception 'on purpose'; end $$";

/// Makes every change fail that writes to a table.
async fn arm(place: &Place, table: &str, at_commit: bool, ends: bool) {
    let sql = match place.kind {
        Kind::Sqlite => {
            let act = match at_commit {
                true => AT_COMMIT_ON_SQLITE,
                false => AT_STATEMENT_ON_SQLITE,
            };
            format!(
                "create trigger armed_insert after insert on {table} begin {act}; end; \
                 create trigger armed_update after update on {table} begin {act}; end"
            )
        }
        Kind::Postgres => {
            let (constraint, deferred) = match at_commit {
                true => ("constraint", "deferrable initially deferred"),
                false => ("", ""),
            };
            let function = if ends { "ends" } else { "refuses" };
            format!(
                "create {constraint} trigger armed after insert or update on {table} {deferred} \
                 for each row execute function {function}()"
            )
        }
    };
    place.execute(&sql).await;
}

async fn disarm(place: &Place, table: &str) {
    let sql = match place.kind {
        Kind::Sqlite => "drop trigger armed_insert; drop trigger armed_update".to_string(),
        Kind::Postgres => format!("drop trigger armed on {table}"),
    };
    place.execute(&sql).await;
}

/// The id of the reply, if it is acknowledged.
async fn reply(writer: &Person, input: &Value) -> Option<String> {
    let variables = json!({ "input": input });
    let answer = writer.try_graphql(REPLY, &variables).await;
    let answer = answer.expect("an answer, also while the database fails");
    if answer.body.get("errors").is_none() {
        return Some(text(&answer.body, "data.reply.post.id"));
    }
    let code = text(&answer.body, "errors.0.extensions.code");
    assert!(
        ["UNAVAILABLE", "INTERNAL"].contains(&code.as_str()),
        "{:#}",
        answer.body
    );
    None
}

async fn fails(kind: Kind, at_commit: bool) {
    let template = template::of(kind).await;
    let place = template.copy().await;
    let mut process = Process::serve(place.url(), &[]).await;
    let words = ["ke", "fr", "br"];
    let writers = words.map(|word| Person::new(process.address, Some(template.token(word))));
    let thread = open(&writers[0], Draft::titled("Given up in the middle")).await;
    let mut expected = BTreeSet::from([thread.post.clone()]);
    place
        .execute(match kind {
            Kind::Sqlite => PREPARE_ON_SQLITE,
            Kind::Postgres => PREPARE_ON_POSTGRES,
        })
        .await;
    let mut chance = Chance::new(Chance::seed());
    for round in 0..ROUNDS {
        let table = TABLES[chance.at(TABLES.len())];
        let inputs: [Value; WRITERS] = std::array::from_fn(|number| {
            reply_input(&thread.id, &format!("Round {round}, number {number}."))
        });
        let all = || {
            let each = writers.iter().zip(&inputs);
            futures_util::future::join_all(each.map(|(writer, input)| reply(writer, input)))
        };
        arm(&place, table, at_commit, chance.below(2) == 0).await;
        let acknowledged = all().await;
        assert!(
            acknowledged.iter().all(Option::is_none),
            "while every change of {table} failed: {acknowledged:?}"
        );
        disarm(&place, table).await;
        // A closed connection is noticed at its next use.
        let mut again = all().await;
        if again.iter().any(Option::is_none) {
            again = all().await;
        }
        for id in again {
            expected.insert(id.expect("the same sent again is acknowledged"));
        }
    }
    assert_eq!(posts(&writers[0], &thread.id).await, expected);
    process.terminate();
    process.end().await;
    let process = Process::serve(place.url(), &[]).await;
    let visitor = Person::new(process.address, None);
    let seen = posts(&visitor, &thread.id).await;
    assert_eq!(seen, expected, "and after a stop");
    drop(process);
    place.remove().await;
}

async fn a_change_that_fails_at_a_statement_never_was(kind: Kind) {
    fails(kind, false).await;
}

async fn a_change_that_fails_at_its_commit_never_was(kind: Kind) {
    fails(kind, true).await;
}
