//! One server with its sockets: one message after another, then several at once.

use std::net::TcpStream;
use std::time::Duration;
use std::time::Instant;

use crate::support::live::origin::Origin;
use crate::support::live::receiver::Receiver;
use crate::support::live::receiver::Tally;
use crate::support::times::Times;
use crate::support::times::milliseconds;
use crate::support::usage::Memory;
use crate::support::usage::Usage;

/// Messages before anything is measured.
const WARMING: u32 = 3;
/// Between two messages that go out one after another.
const PAUSE: Duration = Duration::from_millis(20);

/// The amount of messages.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Messages one after another.
    pub replies: u32,
    /// Concurrent messages.
    pub in_flight: u32,
    /// Total number of concurrent messages.
    pub saturating: u32,
}

impl Plan {
    /// Enough messages to so many sockets to keep a server busy for a second or more.
    pub fn saturating(sockets: usize) -> u32 {
        let messages = 400_000 / sockets.max(1);
        u32::try_from(messages).unwrap_or(400).clamp(40, 400)
    }
}

/// The results of one server.
pub struct Measured {
    pub paced: Paced,
    pub saturated: Saturated,
    /// Resident memory before the sockets, with them idle, and after all messages.
    pub before: Memory,
    pub idle: Memory,
    pub after: Memory,
    pub tally: Tally,
}

/// Messages one after another; times in milliseconds.
#[derive(Default)]
pub struct Paced {
    /// From sending a message to its acknowledgement.
    pub acknowledged: Times,
    /// From sending it to its first delivery, to each, and to the last.
    pub first: Times,
    pub each: Times,
    pub last: Times,
    /// From its acknowledgement to each delivery, and to the last.
    pub each_after: Times,
    pub last_after: Times,
    /// Processor time of the server.
    pub processor: Duration,
}

/// Concurrent messages.
#[derive(Default)]
pub struct Saturated {
    pub deliveries_per_second: f64,
    /// Processor time of the server.
    pub processor: Duration,
}

/// Measures a server: opens the sockets, then sends what the plan says. The first message has that number.
pub fn measure(
    usage: Usage,
    origin: &mut dyn Origin,
    plan: Plan,
    open: impl FnOnce() -> Vec<TcpStream>,
    first: u32,
) -> Measured {
    let before = usage.memory();
    let streams = open();
    let sockets = streams.len();
    let idle = settled(usage);
    let receiver = Receiver::start(streams, first);
    for _ in 0..WARMING {
        origin.say();
        receiver.next();
    }
    let paced = paced(usage, origin, plan.replies, Some(&receiver));
    let saturated = saturated(usage, origin, plan, &receiver, sockets);
    let after = settled(usage);
    let tally = receiver.finish(first + messages(plan));
    Measured {
        paced,
        saturated,
        before,
        idle,
        after,
        tally,
    }
}

/// How many messages a plan sends.
pub fn messages(plan: Plan) -> u32 {
    WARMING + plan.replies + plan.saturating
}

/// Sends messages one after another, each when the previous one has reached all.
pub fn paced(
    usage: Usage,
    origin: &mut dyn Origin,
    messages: u32,
    receiver: Option<&Receiver>,
) -> Paced {
    let mut paced = Paced::default();
    std::thread::sleep(PAUSE);
    let begin = usage.processor();
    for _ in 0..messages {
        let said = origin.say();
        paced
            .acknowledged
            .add(milliseconds(said.acknowledged - said.sent));
        if let Some(receiver) = receiver {
            let Some(delivered) = receiver.next() else {
                break;
            };
            let (mut after, mut from_ack) = (Times::default(), Times::default());
            for at in delivered.at {
                after.add(between(said.sent, at));
                from_ack.add(between(said.acknowledged, at));
            }
            paced.first.add(after.quantile(0.0));
            paced.last.add(after.quantile(1.0));
            paced.last_after.add(from_ack.quantile(1.0));
            paced.each.extend(after);
            paced.each_after.extend(from_ack);
        }
        std::thread::sleep(PAUSE);
    }
    paced.processor = usage.processor() - begin;
    paced
}

/// Keeps several messages under way: one more is sent when one has reached all.
fn saturated(
    usage: Usage,
    origin: &mut dyn Origin,
    plan: Plan,
    receiver: &Receiver,
    sockets: usize,
) -> Saturated {
    let processor = usage.processor();
    let begin = Instant::now();
    let mut sent = 0;
    let mut delivered = 0;
    while delivered < plan.saturating {
        while sent < plan.saturating && sent < delivered + plan.in_flight {
            origin.fire();
            sent += 1;
        }
        if receiver.next().is_none() {
            break;
        }
        delivered += 1;
    }
    let seconds = begin.elapsed().as_secs_f64();
    std::thread::sleep(PAUSE);
    Saturated {
        deliveries_per_second: count(sockets) * f64::from(delivered) / seconds,
        processor: usage.processor() - processor,
    }
}

/// The memory once it no longer changes.
fn settled(usage: Usage) -> Memory {
    let mut last = usage.memory();
    for _ in 0..20 {
        std::thread::sleep(Duration::from_millis(500));
        let now = usage.memory();
        if (now.resident - last.resident).abs() <= last.resident * 0.002 {
            return now;
        }
        last = now;
    }
    last
}

fn between(begin: Instant, end: Instant) -> f64 {
    if end >= begin {
        milliseconds(end - begin)
    } else {
        -milliseconds(begin - end)
    }
}

/// A count as a floating-point number.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts here are far below 2 to the 52nd"
)]
pub fn count(of: usize) -> f64 {
    of as f64
}
