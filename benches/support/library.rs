//! The bare reference for reading: an axum handler with one prepared statement and serde_json, over the rows that a forum
//! has written. It runs as a process of its own.

use std::io::Write;
use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::Path;
use axum::extract::State;
use axum::routing::get;
use sea_orm::sqlx;
use serde::Serialize;
use sqlx::PgPool;
use sqlx::SqlitePool;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::sqlite::SqlitePoolOptions;
use uuid::Uuid;

use crate::support::child::Child;
use crate::support::child::end_with_owner;

/// The argument that starts this program as the library.
pub const PART: &str = "bare-library";

/// As many as the forum has.
const SQLITE_READERS: u32 = 4;
const POSTGRES_READERS: u32 = 10;

const LONG_THREADS: &str =
    "select id from thread where title like 'Long thread %' order by created_at";
const LIST: &str = "select t.id, t.title, t.kind, t.language, t.capacity, cast(t.last_number as bigint), \
    t.last_activity_at, p.name, d.name, c.scheme, c.id, l.label \
    from (select * from thread where visibility = 'public' order by last_activity_at desc, id desc limit 20) t \
    join person p on p.id = t.author_id \
    left join delegation_name d on d.delegation_id = t.delegation_id and d.language = 'en' \
    left join thread_concept tc on tc.thread_id = t.id \
    left join concept c on c.id = tc.concept_id \
    left join concept_label l on l.concept_id = c.id and l.language = 'en' \
    order by t.last_activity_at desc, t.id desc, c.scheme, c.rank";
const PAGE: &str = "with t as materialized (select t.id, t.title, t.kind, t.last_number, \
        (select string_agg(l.label, ', ') from thread_concept tc join concept_label l on l.concept_id = tc.concept_id \
            and l.language = 'en' where tc.thread_id = t.id) as tags \
        from thread t where t.id = $1 and t.visibility = 'public') \
    select t.title, t.kind, cast(t.last_number as bigint), t.tags, \
    o.id, cast(o.number as bigint), o.language, o.capacity, o.state, o.created_at, o.author_title, \
    cast(o.revision as bigint), o.body_html, p.name, d.name \
    from t join post o on o.thread_id = t.id join person p on p.id = o.author_id \
    left join delegation_name d on d.delegation_id = o.delegation_id and d.language = 'en' \
    order by o.number limit 25";

type ListRow = (
    Uuid,
    String,
    String,
    String,
    String,
    i64,
    i64,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);
type PageRow = (
    String,
    String,
    i64,
    Option<String>,
    Uuid,
    i64,
    String,
    String,
    String,
    i64,
    String,
    i64,
    String,
    String,
    Option<String>,
);

#[derive(Serialize)]
struct ListedThread {
    id: Uuid,
    title: String,
    kind: String,
    language: String,
    capacity: String,
    last_number: i64,
    last_activity_at: i64,
    author: String,
    delegation: Option<String>,
    tags: Vec<Tag>,
}

#[derive(Serialize)]
struct Tag {
    scheme: String,
    slug: String,
    label: String,
}

#[derive(Serialize)]
struct ThreadPage {
    title: String,
    kind: String,
    last_number: i64,
    tags: Option<String>,
    posts: Vec<PostOnPage>,
}

#[derive(Serialize)]
struct PostOnPage {
    id: Uuid,
    number: i64,
    language: String,
    capacity: String,
    state: String,
    created_at: i64,
    author_title: String,
    revision: i64,
    body_html: String,
    author: String,
    delegation: Option<String>,
}

/// A running library.
pub struct Library {
    pub child: Child,
    pub address: SocketAddr,
}

impl Library {
    /// Starts one over a forum's database.
    pub fn start(database: &str) -> Library {
        let mut child = Child::again(&[PART, database]);
        let line = child.line().expect("the library to listen");
        Library {
            child,
            address: line.parse().expect("an address"),
        }
    }
}

#[derive(Clone)]
struct Rows {
    pool: Pool,
    threads: Arc<[Uuid]>,
}

#[derive(Clone)]
enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// All rows of a statement, prepared once on each connection.
macro_rules! rows {
    ($pool:expr, $row:ty, $sql:expr $(, $bind:expr)?) => {
        match $pool {
            Pool::Sqlite(pool) => sqlx::query_as::<_, $row>($sql)$(.bind($bind))?.fetch_all(pool).await,
            Pool::Postgres(pool) => sqlx::query_as::<_, $row>($sql)$(.bind($bind))?.fetch_all(pool).await,
        }
        .expect("rows")
    };
}

/// The main function of the library, until the owner exits.
pub fn run(database: &str) {
    end_with_owner();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let pool = open(database).await;
        let threads: Vec<(Uuid,)> = rows!(&pool, (Uuid,), LONG_THREADS);
        let threads = threads.into_iter().map(|(id,)| id).collect();
        let router = Router::new()
            .route("/threads", get(list))
            .route("/threads/{number}", get(page))
            .with_state(Rows { pool, threads });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        writeln!(std::io::stdout(), "{address}").expect("the owner");
        axum::serve(listener, router).await.expect("the server");
    });
}

async fn open(database: &str) -> Pool {
    if database.starts_with("sqlite:") {
        let options = SqliteConnectOptions::from_str(database).expect("the address of a database");
        let pool = SqlitePoolOptions::new()
            .max_connections(SQLITE_READERS)
            .connect_with(options.pragma("query_only", "on"));
        return Pool::Sqlite(pool.await.expect("the database"));
    }
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_READERS)
        .connect(database);
    Pool::Postgres(pool.await.expect("the database"))
}

async fn list(State(rows): State<Rows>) -> Json<Vec<ListedThread>> {
    let mut threads: Vec<ListedThread> = Vec::with_capacity(20);
    for row in rows!(&rows.pool, ListRow, LIST) {
        let (id, title, kind, language, capacity, last_number, last_activity_at, author, ..) = row;
        if threads.last().is_none_or(|last| last.id != id) {
            threads.push(ListedThread {
                id,
                title,
                kind,
                language,
                capacity,
                last_number,
                last_activity_at,
                author,
                delegation: row.8,
                tags: Vec::new(),
            });
        }
        if let (Some(scheme), Some(slug), Some(label)) = (row.9, row.10, row.11)
            && let Some(thread) = threads.last_mut()
        {
            thread.tags.push(Tag {
                scheme,
                slug,
                label,
            });
        }
    }
    Json(threads)
}

async fn page(State(rows): State<Rows>, Path(number): Path<usize>) -> Json<Option<ThreadPage>> {
    let id = rows.threads[number % rows.threads.len()];
    let mut page: Option<ThreadPage> = None;
    for row in rows!(&rows.pool, PageRow, PAGE, id) {
        let (title, kind, last_number, tags, id, number, language, capacity, state, ..) = row;
        let page = page.get_or_insert_with(|| ThreadPage {
            title,
            kind,
            last_number,
            tags,
            posts: Vec::with_capacity(25),
        });
        page.posts.push(PostOnPage {
            id,
            number,
            language,
            capacity,
            state,
            created_at: row.9,
            author_title: row.10,
            revision: row.11,
            body_html: row.12,
            author: row.13,
            delegation: row.14,
        });
    }
    Json(page)
}
