//! Whatever changes, by every act that takes something away or gives it, no visitor is sent what was made before: every page, every
//! document of the pages and every field of the API is compared with what a server answers that keeps nothing.

mod asks;
mod world;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;

use partage::base::event::Event;
use partage::server::Running;
use partage::store::Store;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use crate::stories::leaks::WIDE;
use crate::stories::still_true::asks::Ask;
use crate::stories::still_true::asks::answer;
use crate::stories::still_true::world::Part;
use crate::stories::still_true::world::World;
use crate::support::acts::Draft;
use crate::support::acts::decide;
use crate::support::acts::open;
use crate::support::acts::reply;
use crate::support::acts::show_to;
use crate::support::chance::Chance;
use crate::support::database::Kind;
use crate::support::forum::Figures;
use crate::support::forum::Forum;
use crate::support::forum::Setup;
use crate::support::forum::config;
use crate::support::forum::flags;
use crate::support::json::text;
use crate::support::person::Person;
use crate::support::process::run;

on_both_databases!(
    after_what_people_write_no_visitor_is_sent_what_was_before with wide().with_told_clock(),
    after_decisions_on_posts_no_visitor_is_sent_what_was_before with wide().with_told_clock(),
    after_decisions_on_threads_no_visitor_is_sent_what_was_before with wide().with_told_clock(),
    after_texts_that_wait_no_visitor_is_sent_what_was_before with wide().with_told_clock(),
    after_changes_of_people_no_visitor_is_sent_what_was_before with wide().with_told_clock(),
    after_changes_of_the_vocabulary_no_visitor_is_sent_what_was_before with wide().with_told_clock(),
    a_thread_is_still_sent_after_a_change_in_another,
    nobody_reads_a_text_after_its_hiding_was_acknowledged,
);

fn wide() -> Setup {
    flags(WIDE)
}

/// Compares what a visitor is sent by a server that keeps answers with what one answers that keeps nothing.
struct Comparison {
    asks: Vec<Ask>,
    visitor: Person,
    fresh: Person,
    /// How many of the answers are compared each time, if not all: those whose turn it is.
    most: Option<usize>,
    next: AtomicUsize,
    patience: Duration,
}

impl Comparison {
    async fn after(&self, what: &str) {
        let changed = Instant::now();
        let count = self.most.unwrap_or(self.asks.len());
        let next = self.next.fetch_add(count, Ordering::SeqCst);
        for at in next..next + count {
            let ask = self.ask(at);
            loop {
                let (kept, fresh) =
                    tokio::join!(answer(&self.visitor, ask), answer(&self.fresh, ask));
                if kept == fresh {
                    break;
                }
                let late = changed.elapsed();
                assert!(
                    late < self.patience,
                    "{ask:?} after {what}, {late:?}:\n{kept}\n{fresh}"
                );
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        if self.most.is_some() {
            // Those whose turn it is next are kept when the next change happens.
            for at in next + count..next + 2 * count {
                for _ in 0..2 {
                    answer(&self.visitor, self.ask(at)).await;
                }
            }
        }
    }

    fn ask(&self, at: usize) -> &Ask {
        &self.asks[at % self.asks.len()]
    }
}

/// Another server on the same database.
async fn beside(forum: &Forum, flags: &[&str]) -> (Person, Running) {
    let clock = forum.store().clock().clone();
    let store = Store::open(forum.place().url(), clock).await;
    let flags: Vec<&str> = WIDE.iter().chain(flags).copied().collect();
    let running = partage::server::start(config(&flags), store.expect("the store")).await;
    let running = running.expect("the server");
    (Person::new(running.address(), None), running)
}

async fn after_what_people_write_no_visitor_is_sent_what_was_before(forum: Forum) {
    compare(forum, Part::Texts).await;
}

async fn after_decisions_on_posts_no_visitor_is_sent_what_was_before(forum: Forum) {
    compare(forum, Part::Posts).await;
}

async fn after_decisions_on_threads_no_visitor_is_sent_what_was_before(forum: Forum) {
    compare(forum, Part::Threads).await;
}

async fn after_texts_that_wait_no_visitor_is_sent_what_was_before(forum: Forum) {
    compare(forum, Part::Waiting).await;
}

async fn after_changes_of_people_no_visitor_is_sent_what_was_before(forum: Forum) {
    compare(forum, Part::People).await;
}

async fn after_changes_of_the_vocabulary_no_visitor_is_sent_what_was_before(forum: Forum) {
    compare(forum, Part::Vocabulary).await;
}

async fn compare(forum: Forum, part: Part) {
    let world = World::of(&forum).await;
    let (fresh, running) = beside(&forum, &["--answer-cache-bytes", "0"]).await;
    let mut seen = Comparison {
        asks: world.asks.clone(),
        visitor: forum.visitor(),
        fresh,
        most: None,
        next: AtomicUsize::new(0),
        patience: Duration::ZERO,
    };
    // A document is kept from the second time on that it is sent.
    for _ in 0..2 {
        seen.after("nothing").await;
    }
    let before = forum.figures().await.get(REUSED);
    seen.after("nothing").await;
    let kept = forum.figures().await.get(REUSED) - before;
    assert!(kept > 100.0, "{kept} of {}", world.asks.len());
    // What is kept does not depend on the kind of database: there, each has its turn only after some changes.
    if forum.place().kind == Kind::Postgres {
        seen.most = Some(world.asks.len() / 8);
    }
    let before = forum.place().newest_event().await;
    world.change(part, &seen).await;
    let kinds = public_kinds(&forum.place().events_after(before).await);
    let declared = part.kinds().iter().map(ToString::to_string);
    assert_eq!(kinds, declared.collect::<BTreeSet<String>>(), "{part:?}");
    running.stop().await;
}

/// The kinds of these events after which a visitor may be shown something else.
fn public_kinds(events: &[Event]) -> BTreeSet<String> {
    let public = events.iter().filter(|event| !event.concerns().private);
    public
        .map(|event| {
            let facts = serde_json::to_value(event).expect("JSON");
            text(&facts, "kind")
        })
        .collect()
}

/// A new kind of event needs a change in these stories.
#[test]
fn every_kind_of_event_after_which_a_visitor_is_shown_something_else_is_among_the_changes() {
    let stored = serde_json::from_str(include_str!("../../guards/events.json"));
    let stored: Vec<Event> = stored.expect("an event of each kind");
    // Before anybody asks; by the command line, as another server is told; and by no change any more, since an appeal has a case.
    let elsewhere = [
        "seed-loaded",
        "person-added",
        "texts-rendered",
        "decision-upheld",
    ];
    let changes = Part::ALL.iter().flat_map(|part| part.kinds());
    let covered = changes.chain(&elsewhere).map(ToString::to_string);
    assert_eq!(public_kinds(&stored), covered.collect::<BTreeSet<String>>());
}

const REUSED: &str = "partage_answers_reused_total";
const MADE: &str = "partage_answers_made_total";

async fn a_thread_is_still_sent_after_a_change_in_another(forum: Forum) {
    let author = forum.delegate("ke");
    let thread = open(&author, Draft::titled("The first thread")).await;
    let other = open(&author, Draft::titled("The second thread")).await;
    let visitor = forum.visitor();
    let document = "query($id: ID!) { thread(id: $id) { title cursor tools { nodes { label } } \
         posts(first: 10) { nodes { body authorName author { name } delegation { name } inReplyTo { number } } } } }";
    let asks = [
        Ask::Page(format!("/threads/{}", thread.id)),
        Ask::Document(document.to_string(), json!({ "id": thread.id })),
        Ask::Document(
            "query($id: ID!) { node(id: $id) { ... on Thread { title } } }".to_string(),
            json!({ "id": thread.id }),
        ),
    ];
    let made = async || {
        let mut shown = Vec::new();
        for ask in &asks {
            shown.push(answer(&visitor, ask).await);
        }
        (shown, forum.figures().await.get(MADE))
    };
    made().await;
    let (shown, before) = made().await;
    reply(&author, &other.id, "Another text.").await;
    show_to(&author, &other.id, "MEMBERS").await;
    assert_eq!(made().await, (shown.clone(), before));
    reply(&author, &thread.id, "A text here.").await;
    let (changed, after) = made().await;
    assert_ne!(changed[..2], shown[..2]);
    assert_eq!(after, before + 3.0);
}

/// Many write and hide while many read: whoever asks after a hiding was acknowledged is not shown the text.
async fn nobody_reads_a_text_after_its_hiding_was_acknowledged(forum: Forum) {
    const THREADS: usize = 4;
    let secretariat = forum.secretariat();
    let mut threads = Vec::new();
    for count in 0..THREADS {
        let draft = Draft::titled(format!("Thread {count}"));
        threads.push(open(&forum.delegate("br"), draft).await.id);
    }
    let threads = Arc::new(threads);
    let hidden: Arc<Mutex<Vec<String>>> = Arc::default();
    let (is_over, asked) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let mut writing = JoinSet::new();
    for writer in 0..20_u64 {
        let (author, secretariat) = (forum.delegate("br"), secretariat.clone());
        let (threads, hidden, is_over) = (threads.clone(), hidden.clone(), is_over.clone());
        writing.spawn(async move {
            let mut chance = Chance::new(writer);
            while !is_over.load(Ordering::SeqCst) {
                let secret = Uuid::new_v4().simple().to_string();
                let thread = &threads[chance.at(THREADS)];
                let post = reply(&author, thread, &format!("The word is {secret}.")).await;
                decide(&secretariat, "HIDE_POST", &[&post.id]).await;
                hidden.lock().expect("the list").push(secret);
            }
        });
    }
    let document =
        "query($id: ID!) { thread(id: $id) { posts(last: 50) { nodes { state body } } } }";
    for reader in 0..180_u64 {
        let visitor = forum.visitor();
        let (threads, hidden, is_over) = (threads.clone(), hidden.clone(), is_over.clone());
        let asked = asked.clone();
        writing.spawn(async move {
            let mut chance = Chance::new(1_000 + reader);
            while !is_over.load(Ordering::SeqCst) {
                let thread = &threads[chance.at(THREADS)];
                let ask = match chance.below(4) {
                    0 => Ask::Page(format!("/threads/{thread}?last")),
                    1 => Ask::Page("/threads".to_string()),
                    _ => Ask::Document(document.to_string(), json!({ "id": thread })),
                };
                let gone = hidden.lock().expect("the list").clone();
                let shown = answer(&visitor, &ask).await;
                asked.fetch_add(1, Ordering::SeqCst);
                let told = gone.iter().find(|secret| shown.contains(secret.as_str()));
                assert!(told.is_none(), "{ask:?} tells {told:?}");
            }
        });
    }
    tokio::time::sleep(Duration::from_secs(4)).await;
    is_over.store(true, Ordering::SeqCst);
    writing.join_all().await;
    assert!(hidden.lock().expect("the list").len() > 10);
    assert!(asked.load(Ordering::SeqCst) > 200);
}

/// Another process on the same database has kept everything: five seconds after a change, it sends nothing from before it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_server_is_at_most_five_seconds_behind() {
    let (forum, running) = Forum::start(Kind::Postgres, &wide()).await;
    let world = World::of(&forum).await;
    let (fresh, keeping_nothing) = beside(&forum, &["--answer-cache-bytes", "0"]).await;
    let (visitor, other) = beside(&forum, &[]).await;
    let seen = Comparison {
        asks: world.asks.clone(),
        visitor: visitor.clone(),
        fresh,
        most: Some(12),
        next: AtomicUsize::new(0),
        patience: Duration::from_secs(6),
    };
    for part in [Part::Posts, Part::Threads, Part::People, Part::Vocabulary] {
        world.change(part, &seen).await;
    }
    let place = forum.place();
    let older = "update post set body_html = '<p>As before.</p>' where body_html <> ''";
    place.execute(older).await;
    seen.after("texts as an older program has rendered them")
        .await;
    let rendered = run(&["render", "--database", place.url()]).await;
    assert_eq!(rendered.code, Some(0), "{rendered:?}");
    seen.after("rendering again").await;
    let figures = Figures::told_to(&visitor).await;
    assert!(figures.get(MADE) > 50.0);
    other.stop().await;
    keeping_nothing.stop().await;
    running.stop().await;
    forum.remove().await;
}
