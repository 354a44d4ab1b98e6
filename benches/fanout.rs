//! Replies to a thread that many follow, beside a bare broadcaster that sends the same bytes to as many sockets.
//!
//! `cargo bench --bench fanout -- [--sockets 100,1000,5000,10000] [--replies 20] [--distinct] [--postgres]`

mod support;

use std::process::ExitCode;
use std::time::Duration;
use std::time::Instant;

use clap::Parser;
use serde_json::json;

use support::bare;
use support::bare::Bare;
use support::figures::percentile;
use support::figures::table;
use support::figures::usage;
use support::forum::Forum;
use support::subscribers::Subscribers;

const DOCUMENT: &str = "subscription($id: ID!, $after: String) { threadEvents(threadId: $id, after: $after) { \
    __typename cursor at ... on PostCreated { post { id number bodyHtml language capacity authorTitle createdAt \
    author { id name } delegation { id slug name } } } } }";
const BODY: &str = "We had the same question last year, and found that **training of trainers** helped most: \
    five examiners went first, then each taught four others. The [report](https://example.org) has the figures.";
/// Replies that are under way at the same time in saturation.
const IN_FLIGHT: usize = 4;

/// Measures fan-out.
#[derive(Parser)]
struct Options {
    /// How many subscribers, one run for each
    #[arg(long, value_delimiter = ',', default_values_t = [100, 1_000, 5_000, 10_000])]
    sockets: Vec<usize>,
    /// Replies in each run; more for few sockets, so that processor time can be read
    #[arg(long, default_value_t = 20)]
    replies: usize,
    /// Give each subscriber a document of its own
    #[arg(long)]
    distinct: bool,
    /// On the empty PostgreSQL database that PARTAGE_BENCH_POSTGRES names
    #[arg(long)]
    postgres: bool,
    #[arg(long, hide = true)]
    bare_server: bool,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

/// What one run showed.
struct Run {
    name: &'static str,
    sockets: usize,
    /// From sending a reply to its arrival, sorted.
    latency: Vec<Duration>,
    /// From sending a reply to its arrival at the last.
    last: Vec<Duration>,
    cpu: Duration,
    deliveries: usize,
    memory: u64,
    saturated: f64,
    wrong: usize,
    missing: usize,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        if options.bare_server {
            bare::serve().await;
            return ExitCode::SUCCESS;
        }
        measure(&options).await
    })
}

async fn measure(options: &Options) -> ExitCode {
    let mut whole = true;
    for &sockets in &options.sockets {
        let replies = options.replies.max(20_000 / sockets);
        let (ours, sample, idle) = forum(options, sockets, replies).await;
        let bare = broadcaster(sockets, replies, &sample).await;
        whole &= ours.wrong + ours.missing + bare.wrong + bare.missing == 0;
        show(&ours, &bare, idle);
    }
    if whole {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The forum's run, a message as it sent it, and the processor time of the replies without any subscriber.
async fn forum(options: &Options, sockets: usize, replies: usize) -> (Run, String, Duration) {
    let forum = Forum::start(options.postgres).await;
    let unheard = forum.open_thread("Without subscribers").await;
    for _ in 0..replies {
        forum.reply(&unheard.id, BODY).await;
    }
    let before = usage(forum.process());
    for _ in 0..replies {
        forum.reply(&unheard.id, BODY).await;
    }
    let idle = usage(forum.process()).cpu - before.cpu;

    let thread = forum.open_thread("With subscribers").await;
    let before = usage(forum.process());
    let variables = json!({ "id": thread.id, "after": thread.cursor });
    let document = |number: usize| match options.distinct {
        true => DOCUMENT.replace("threadEvents", &format!("a{number}: threadEvents")),
        false => DOCUMENT.to_string(),
    };
    let subscribers = Subscribers::open(forum.address, sockets, document, &variables).await;
    forum.until("partage_subscribers", sockets as f64).await;
    let memory = usage(forum.process()).memory.saturating_sub(before.memory);

    // The first message makes every buffer as large as it will be.
    forum.reply(&thread.id, BODY).await;
    subscribers.hear(sockets).await;
    let before = usage(forum.process());
    let executions = forum.figure("partage_executions_total").await;
    let mut sent = Vec::new();
    for round in 0..replies {
        sent.push(forum.reply(&thread.id, BODY).await.0);
        subscribers.hear((round + 2) * sockets).await;
    }
    let cpu = usage(forum.process()).cpu - before.cpu;
    let executed = forum.figure("partage_executions_total").await - executions;
    note(&format!(
        "{replies} replies to {sockets} subscribers: {executed} executions"
    ));
    let (latency, last) = arrivals(&subscribers, &sent, 3);

    let saturated = {
        let begun = Instant::now();
        let already = subscribers.count();
        let mut asked = 0;
        let mut under_way = tokio::task::JoinSet::new();
        let shared = std::sync::Arc::new(forum);
        while asked < replies {
            while asked < replies && (subscribers.count() - already) / sockets + IN_FLIGHT > asked {
                let (forum, id) = (shared.clone(), thread.id.clone());
                under_way.spawn(async move { forum.reply(&id, BODY).await });
                asked += 1;
            }
            subscribers
                .hear(already + (asked + 1).saturating_sub(IN_FLIGHT).max(1) * sockets)
                .await;
        }
        subscribers.hear(already + replies * sockets).await;
        while under_way.join_next().await.is_some() {}
        (subscribers.count() - already) as f64 / begun.elapsed().as_secs_f64()
    };
    let expected = (2 * replies + 1) * sockets;
    let run = Run {
        name: "forum",
        sockets,
        latency,
        last,
        cpu,
        deliveries: replies * sockets,
        memory,
        saturated,
        wrong: subscribers.wrong(),
        missing: expected.saturating_sub(subscribers.count()),
    };
    let sample = subscribers.sample();
    subscribers.close().await;
    (run, sample, idle)
}

async fn broadcaster(sockets: usize, replies: usize, sample: &str) -> Run {
    let mut bare = Bare::start();
    let before = usage(bare.process());
    let nothing = |_| String::from("nothing");
    let subscribers = Subscribers::open(bare.address, sockets, nothing, &json!({})).await;
    // What was sent last is read when this is answered by silence: the sockets are all open.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let memory = usage(bare.process()).memory.saturating_sub(before.memory);
    let message =
        |number: usize| sample.replacen("\"number\":2", &format!("\"number\":{number}"), 1);
    bare.send(&message(2));
    subscribers.hear(sockets).await;
    let before = usage(bare.process());
    let mut sent = Vec::new();
    for round in 0..replies {
        sent.push(Instant::now());
        bare.send(&message(round + 3));
        subscribers.hear((round + 2) * sockets).await;
    }
    let cpu = usage(bare.process()).cpu - before.cpu;
    let (latency, last) = arrivals(&subscribers, &sent, 3);
    let begun = Instant::now();
    let already = subscribers.count();
    let mut asked = 0;
    while asked < replies {
        while asked < replies && (subscribers.count() - already) / sockets + IN_FLIGHT > asked {
            bare.send(&message(replies + 3 + asked));
            asked += 1;
        }
        subscribers
            .hear(already + (asked + 1).saturating_sub(IN_FLIGHT).max(1) * sockets)
            .await;
    }
    subscribers.hear(already + replies * sockets).await;
    let saturated = (subscribers.count() - already) as f64 / begun.elapsed().as_secs_f64();
    let expected = (2 * replies + 1) * sockets;
    let run = Run {
        name: "bare",
        sockets,
        latency,
        last,
        cpu,
        deliveries: replies * sockets,
        memory,
        saturated,
        wrong: subscribers.wrong(),
        missing: expected.saturating_sub(subscribers.count()),
    };
    subscribers.close().await;
    run
}

/// How long each arrival took, and the last of each reply.
fn arrivals(
    subscribers: &Subscribers,
    sent: &[Instant],
    first: usize,
) -> (Vec<Duration>, Vec<Duration>) {
    let (mut all, mut last) = (Vec::new(), Vec::new());
    for (at, sent) in sent.iter().enumerate() {
        let took = subscribers.arrivals(at + first);
        let took = took.iter().map(|arrived| arrived.duration_since(*sent));
        let took: Vec<Duration> = took.collect();
        last.extend(took.iter().max());
        all.extend(took);
    }
    all.sort();
    last.sort();
    (all, last)
}

#[expect(clippy::print_stdout, reason = "the bench's result")]
fn note(text: &str) {
    println!("{text}");
}

fn show(ours: &Run, bare: &Run, idle: Duration) {
    let per = |run: &Run, cpu: Duration| cpu.as_secs_f64() * 1e6 / run.deliveries as f64;
    let without = ours.cpu.saturating_sub(idle);
    let row = |run: &Run, cpu: Duration| {
        vec![
            run.name.to_string(),
            format!("{:.2}", percentile(&run.latency, 0.5)),
            format!("{:.2}", percentile(&run.latency, 0.99)),
            format!("{:.2}", percentile(&run.last, 0.5)),
            format!("{:.2}", per(run, cpu)),
            format!("{:.0}", run.deliveries as f64 / cpu.as_secs_f64()),
            format!("{:.0}", run.saturated),
            format!("{:.1}", run.memory as f64 / 1024.0 / run.sockets as f64),
            run.missing.to_string(),
            run.wrong.to_string(),
        ]
    };
    let ratio = |a: f64, b: f64| format!("{:.2}", a / b);
    let head = [
        "",
        "p50 ms",
        "p99 ms",
        "last ms",
        "µs/delivery",
        "deliveries/CPU s",
        "saturated/s",
        "KiB/socket",
        "lost",
        "out of order",
    ];
    let ratios = vec![
        "ratio".to_string(),
        ratio(
            percentile(&ours.latency, 0.5),
            percentile(&bare.latency, 0.5),
        ),
        ratio(
            percentile(&ours.latency, 0.99),
            percentile(&bare.latency, 0.99),
        ),
        ratio(percentile(&ours.last, 0.5), percentile(&bare.last, 0.5)),
        ratio(per(ours, ours.cpu), per(bare, bare.cpu)),
        ratio(1.0 / per(ours, ours.cpu), 1.0 / per(bare, bare.cpu)),
        ratio(ours.saturated, bare.saturated),
        ratio(ours.memory as f64, bare.memory as f64),
        String::new(),
        String::new(),
    ];
    let mut less = row(ours, without);
    less[0] = "forum less replies".to_string();
    table(
        &format!("{} subscribers", ours.sockets),
        &[
            head.map(str::to_string).to_vec(),
            row(ours, ours.cpu),
            less,
            row(bare, bare.cpu),
            ratios,
        ],
    );
}
