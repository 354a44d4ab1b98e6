//! Over many rounds of random interruptions (a dropped connection, a reader that stops reading, the server killed, PostgreSQL restarted),
//! every reader who resumes from the last cursor ends up with exactly the log, in order, once. `PARTAGE_TEST_SEED` repeats a run.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::support::acts::Draft;
use crate::support::acts::EDIT;
use crate::support::acts::REPLY;
use crate::support::acts::WITHDRAW;
use crate::support::acts::open;
use crate::support::chance::Chance;
use crate::support::cluster::Cluster;
use crate::support::database::Kind;
use crate::support::json::nodes;
use crate::support::json::number;
use crate::support::json::text;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::stream::Sent;
use crate::support::stream::Stream;
use crate::support::template;
use crate::support::wait::until;
use crate::support::wait::within;

/// Interruptions of all readers together; two runs, one on each database, make a thousand.
const ROUNDS: u64 = 500;
const READERS: u64 = 4;
/// Maximum number of changes until a reader is interrupted.
const HEARD: u64 = 6;
/// How often the server is killed.
const KILLS: u64 = 12;
const RESTARTS: u64 = 3;
/// How long the reader who stops reading pauses.
const SILENCE: Duration = Duration::from_secs(30);
/// No limit but the machine's.
const UNLIMITED: [&str; 4] = [
    "--posts-per-minute",
    "1000000",
    "--edits-per-minute",
    "1000000",
];

/// One event as it was received.
#[derive(Clone, Debug)]
struct Heard {
    cursor: String,
    kind: String,
    number: i64,
    /// The post as the event contained it.
    post: Value,
}

impl Heard {
    fn of(event: &Value) -> Heard {
        Heard {
            cursor: text(event, "cursor"),
            kind: text(event, "__typename"),
            number: number(event, "post.number"),
            post: event["post"].clone(),
        }
    }
}

const EVENTS: &str = "subscription($threadId: ID!, $after: String) { threadEvents(threadId: $threadId, after: $after) { \
     __typename cursor \
     ... on PostCreated { post { number body revision state } } \
     ... on PostEdited { post { number body revision state } } \
     ... on PostWithdrawn { post { number body revision state } } } }";
const POSTS: &str = "query($id: ID!, $after: String) { thread(id: $id) { lastNumber \
     posts(first: 100, after: $after) { edges { node { number body revision state } } pageInfo { hasNextPage endCursor } } } }";

/// The state that all participants share.
struct Round {
    person: Person,
    thread: String,
    start: String,
    cuts: AtomicU64,
    over: AtomicBool,
    /// The cursor at which everybody finishes, once nothing more is written.
    end: Mutex<Option<String>>,
}

impl Round {
    fn end(&self) -> Option<String> {
        self.end
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Writes, edits and withdraws until the interruptions are over; unanswered requests are repeated with the same key.
async fn write(round: Arc<Round>, mut chance: Chance) {
    let mut posts: Vec<(String, i64)> = Vec::new();
    while !round.over.load(Ordering::Acquire) {
        tokio::time::sleep(Duration::from_millis(chance.below(12))).await;
        let what = chance.below(10);
        let (document, input) = match (what, posts.is_empty()) {
            (0, false) => {
                let at = chance.at(posts.len());
                let (id, _) = posts.swap_remove(at);
                (WITHDRAW, json!({ "postId": id }))
            }
            (1 | 2, false) => {
                let at = chance.at(posts.len());
                let (id, revision) = &mut posts[at];
                let body = format!("Said again {}.", chance.next());
                let input = json!({ "postId": id, "revision": *revision, "body": body });
                *revision += 1;
                (EDIT, input)
            }
            _ => {
                let body = format!("Said {}.", chance.next());
                let input = json!({ "key": Uuid::new_v4(), "threadId": round.thread, "body": body, "language": "EN" });
                (REPLY, input)
            }
        };
        let variables = json!({ "input": input });
        let answer = until("an answer to what is written", || async {
            let answer = round.person.try_graphql(document, &variables).await.ok()?;
            // An edit or withdrawal that took effect before its response was lost is refused now.
            (answer.status == 200 && !is_malfunction(&answer.body)).then_some(answer)
        })
        .await;
        if let Some(id) = answer.body["data"]["reply"]["post"]["id"].as_str() {
            posts.push((id.to_string(), 1));
        }
    }
}

fn is_malfunction(body: &Value) -> bool {
    body["errors"][0]["extensions"]["code"] == "INTERNAL"
}

/// Subscribes by either transport, is interrupted repeatedly, and resumes from the last cursor; returns everything received.
async fn read(round: Arc<Round>, mut chance: Chance, silent: bool) -> Vec<Heard> {
    let mut heard: Vec<Heard> = Vec::new();
    let mut silence = silent;
    loop {
        let cursor = heard.last().map_or(&round.start, |heard| &heard.cursor);
        if Some(cursor) == round.end().as_ref() {
            return heard;
        }
        let variables = json!({ "threadId": round.thread, "after": cursor });
        let most = match round.over.load(Ordering::Acquire) {
            true => u64::MAX,
            false => 1 + chance.below(HEARD),
        };
        let before = heard.len();
        if chance.below(3) == 0 {
            by_stream(&round, &variables, most, &mut heard).await;
        } else {
            let pause = std::mem::take(&mut silence).then_some(SILENCE);
            let goodbye = chance.below(2) == 0;
            by_socket(&round, variables, most, pause, goodbye, &mut heard).await;
        }
        if heard.len() > before {
            round.cuts.fetch_add(1, Ordering::AcqRel);
        } else {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn is_end(round: &Round, heard: &[Heard]) -> bool {
    round.end().is_some() && heard.last().map(|heard| heard.cursor.clone()) == round.end()
}

async fn by_socket(
    round: &Round,
    variables: Value,
    most: u64,
    pause: Option<Duration>,
    goodbye: bool,
    heard: &mut Vec<Heard>,
) {
    let Some(mut socket) = round.person.try_socket().await else {
        return;
    };
    if !socket.try_subscribe("1", EVENTS, &variables).await {
        return;
    }
    if let Some(pause) = pause {
        tokio::time::sleep(pause).await;
    }
    for _ in 0..most {
        if is_end(round, heard) {
            break;
        }
        let next = tokio::time::timeout(Duration::from_secs(2), socket.next_event("1"));
        match next.await {
            Ok(Some(event)) => heard.push(Heard::of(&event)),
            Ok(None) | Err(_) => break,
        }
    }
    if goodbye {
        socket.close().await;
    }
}

async fn by_stream(round: &Round, variables: &Value, most: u64, heard: &mut Vec<Heard>) {
    let Some(mut stream) = Stream::try_open(&round.person, EVENTS, variables).await else {
        return;
    };
    for _ in 0..most {
        if is_end(round, heard) {
            return;
        }
        let next = tokio::time::timeout(Duration::from_secs(2), stream.receive());
        let Ok(Sent::Next(answer, _)) = next.await else {
            return;
        };
        heard.push(Heard::of(&answer["data"]["threadEvents"]));
    }
}

/// Kills the server now and then, and restarts PostgreSQL if used, until the readers have been interrupted often enough.
async fn disturb(
    round: &Round,
    server: &mut Process,
    address: SocketAddr,
    url: &str,
    cluster: Option<&Cluster>,
) {
    let mut kills = 0;
    let mut restarts = 0;
    until_long(
        "the readers to be cut often enough",
        || {
            let cuts = round.cuts.load(Ordering::Acquire);
            (cuts >= ROUNDS).then_some(())
        },
        async || {
            let cuts = round.cuts.load(Ordering::Acquire);
            if cuts > (kills + 1) * ROUNDS / (KILLS + 1) {
                kills += 1;
                server.kill();
                *server = Process::serve_at(&address.to_string(), url, &UNLIMITED).await;
            }
            if let Some(cluster) = cluster
                && cuts > (restarts + 1) * ROUNDS / (RESTARTS + 1)
            {
                restarts += 1;
                tokio::task::block_in_place(|| cluster.restart());
            }
        },
    )
    .await;
}

async fn until_long(what: &str, done: impl Fn() -> Option<()>, mut meanwhile: impl AsyncFnMut()) {
    let begun = tokio::time::Instant::now();
    while done().is_none() {
        assert!(
            begun.elapsed() < Duration::from_secs(240),
            "waited in vain for {what}"
        );
        meanwhile().await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Everything after a cursor in one subscription, up to the last.
async fn in_one_go(round: &Round, last: &str) -> Vec<Heard> {
    let variables = json!({ "threadId": round.thread, "after": round.start });
    let mut line = round.person.subscribe(EVENTS, variables).await;
    let mut all = Vec::new();
    loop {
        let event = line.event().await;
        all.push(Heard::of(&event));
        if all.last().is_some_and(|heard| heard.cursor == last) {
            return all;
        }
    }
}

/// The posts after the first, as they are now.
async fn posts_now(round: &Round) -> BTreeMap<i64, Value> {
    let mut posts = BTreeMap::new();
    let mut after = Value::Null;
    loop {
        let variables = json!({ "id": round.thread, "after": after });
        let data = round.person.ask(POSTS, variables).await;
        let page = &data["thread"]["posts"];
        for post in nodes(&data, "thread.posts") {
            posts.insert(number(&post, "number"), post);
        }
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            posts.remove(&1);
            let last = number(&data, "thread.lastNumber");
            assert_eq!(posts.len(), usize::try_from(last - 1).expect("a count"));
            return posts;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// What a reader received leads to the current posts: each is created before any other event about it.
fn leads_to(heard: &[Heard], posts: &BTreeMap<i64, Value>) {
    let mut known = BTreeMap::new();
    for each in heard {
        let before = known.insert(each.number, each.post.clone());
        assert_eq!(before.is_none(), each.kind == "PostCreated", "{each:?}");
    }
    assert_eq!(&known, posts);
}

async fn play(kind: Kind) {
    let seed = Chance::seed();
    let template = template::of(kind).await;
    let place = template.copy().await;
    let cluster = (kind == Kind::Postgres).then(Cluster::start);
    let url = cluster
        .as_ref()
        .map_or_else(|| place.url().to_string(), |cluster| cluster.copy(&place));
    let mut server = Process::serve(&url, &UNLIMITED).await;
    let address = server.address;
    let person = Person::new(address, Some(template.token("ke")));
    let opened = open(&person, Draft::default()).await;
    let round = Arc::new(Round {
        person: person.clone(),
        thread: opened.id,
        start: opened.cursor,
        cuts: AtomicU64::new(0),
        over: AtomicBool::new(false),
        end: Mutex::default(),
    });
    let writer = tokio::spawn(write(Arc::clone(&round), Chance::new(seed)));
    let readers: Vec<JoinHandle<Vec<Heard>>> = (1..=READERS)
        .map(|reader| {
            tokio::spawn(read(
                Arc::clone(&round),
                Chance::new(seed + reader),
                reader == 1,
            ))
        })
        .collect();
    disturb(&round, &mut server, address, &url, cluster.as_ref()).await;
    round.over.store(true, Ordering::Release);
    writer.await.expect("the writer");
    // One more, to mark the end.
    let last = crate::support::acts::reply(&person, &round.thread, "The end.").await;
    let data = person
        .ask(
            "query($id: ID!) { thread(id: $id) { cursor } }",
            json!({ "id": round.thread }),
        )
        .await;
    let cursor = text(&data, "thread.cursor");
    *round.end.lock().unwrap_or_else(PoisonError::into_inner) = Some(cursor.clone());
    let all = in_one_go(&round, &cursor).await;
    assert_eq!(all.last().map(|heard| heard.number), Some(last.number));
    let posts = posts_now(&round).await;
    leads_to(&all, &posts);
    let places = |heard: &[Heard]| -> Vec<(String, String, i64)> {
        heard
            .iter()
            .map(|each| (each.cursor.clone(), each.kind.clone(), each.number))
            .collect()
    };
    for reader in readers {
        let heard = within("a reader to reach the end", reader)
            .await
            .expect("a reader");
        assert_eq!(places(&heard), places(&all));
        leads_to(&heard, &posts);
    }
    drop(server);
    drop(cluster);
    place.remove().await;
}

for_both_databases!(whatever_is_cut_every_reader_ends_with_what_the_log_says);

async fn whatever_is_cut_every_reader_ends_with_what_the_log_says(kind: Kind) {
    play(kind).await;
}
