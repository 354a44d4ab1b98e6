//! A forum that has grown: its demonstration with as many posts as are wanted, made in one go.

use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use sea_orm::ConnectOptions;
use sea_orm::ConnectionTrait;
use sea_orm::Database as Connecting;

use crate::support::database::Database;

const SQL: &str = include_str!("grown.sql");
/// Posts in a thread.
pub const IN_A_THREAD: usize = 5;
/// Posts in the one that is long.
pub const LONG: usize = 10_000;

/// Adds so many posts to a demonstration that nobody serves.
pub fn grow(database: &Database, posts: usize) {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a time");
    let sql = SQL
        .replace("{threads}", &(posts / IN_A_THREAD).to_string())
        .replace("{long}", &LONG.to_string())
        .replace("{now}", &now.as_micros().to_string());
    let sql: Vec<&str> = sql.lines().filter(|line| !line.starts_with("--")).collect();
    let sql = with_keys(&sql.join("\n"), database.is_postgres());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let mut options = ConnectOptions::new(database.url());
        options.max_connections(1).sqlx_logging(false);
        let connection = Connecting::connect(options)
            .await
            .expect("a connection to the database");
        let run = async |sql: &str| {
            connection
                .execute_unprepared(sql)
                .await
                .unwrap_or_else(|error| panic!("{sql}: {error}"));
        };
        if !database.is_postgres() {
            run("pragma synchronous = off").await;
            run("pragma cache_size = -200000").await;
        }
        let all = sql + migrations::m0022_thread_headings::FILL;
        for statement in all.split(";\n").filter(|each| !each.trim().is_empty()) {
            run(statement).await;
        }
        if database.is_postgres() {
            // Soon done by the server itself.
            run("vacuum analyze").await;
        }
        connection.close().await.expect("closing");
    });
    // Otherwise the first replies would wait until all that is on the disk.
    if let Some(file) = database.file() {
        let written = std::fs::File::open(file).and_then(|file| file.sync_all());
        written.expect("the database on the disk");
    }
}

/// Writes `id(KIND, NUMBER)` as the database makes a key of it.
fn with_keys(sql: &str, postgres: bool) -> String {
    let mut parts = sql.split(" id(");
    let mut written = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let mut open = 1;
        let end = part.find(|c| {
            open += match c {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            open == 0
        });
        let (inside, rest) = part.split_at(end.expect("a bracket that closes"));
        let (kind, number) = inside.split_once(", ").expect("a kind and a number");
        let kind: u32 = kind.parse().expect("a kind");
        let start = format!("0199aa00000070008{kind:03x}");
        let key = match postgres {
            true => format!("cast('{start}' || lpad(to_hex({number}), 12, '0') as uuid)"),
            false => format!("unhex('{start}' || printf('%012x', {number}))"),
        };
        written.push_str(&format!(" {key}{}", &rest[1..]));
    }
    written
}
