//! Concurrent workers, each doing one thing after another for a while.

use std::sync::Barrier;
use std::time::Duration;
use std::time::Instant;

use crate::support::live::measure::count;
use crate::support::times::Times;
use crate::support::times::milliseconds;
use crate::support::usage::Usage;

/// Warm-up before measuring.
const WARMING: Duration = Duration::from_millis(300);
/// Alternating rounds of the forum and its reference, so that a temporary disturbance of the machine affects both.
const TURNS: u32 = 5;

/// A task to repeat.
pub type Work<'a> = Box<dyn FnMut() + 'a>;

/// The workers: `make` returns the task of the worker with that number.
pub struct Workers<'a> {
    pub count: usize,
    /// The process whose processor time they use.
    pub watched: Option<Usage>,
    pub make: &'a (dyn Fn(usize) -> Work<'a> + Sync),
}

/// The results of the workers.
#[derive(Default)]
pub struct Load {
    seconds: f64,
    processor: Duration,
    /// How long each took, in milliseconds.
    pub times: Times,
}

impl Load {
    /// How many were done per second.
    pub fn per_second(&self) -> f64 {
        count(self.times.count()) / self.seconds
    }

    /// Processor time of that process per task, in microseconds.
    pub fn processor(&self) -> f64 {
        self.processor.as_secs_f64() * 1e6 / count(self.times.count())
    }
}

/// Runs the forum's workers for so long in total, alternating with those of its reference.
pub fn by_turns(time: Duration, forum: &Workers<'_>, bare: &Workers<'_>) -> [Load; 2] {
    let [mut ours, mut theirs] = [Load::default(), Load::default()];
    for _ in 0..TURNS {
        work(forum, time / TURNS, &mut ours);
        work(bare, time / TURNS, &mut theirs);
    }
    [ours, theirs]
}

fn work(workers: &Workers<'_>, time: Duration, load: &mut Load) {
    let Workers {
        count,
        watched,
        make,
    } = workers;
    let ready = Barrier::new(count + 1);
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..*count)
            .map(|number| {
                let ready = &ready;
                scope.spawn(move || {
                    let mut work = make(number);
                    ready.wait();
                    repeat(&mut work, WARMING);
                    ready.wait();
                    repeat(&mut work, time)
                })
            })
            .collect();
        ready.wait();
        ready.wait();
        let (begin, used) = (Instant::now(), watched.map(Usage::processor));
        for worker in all {
            load.times.extend(worker.join().expect("a worker"));
        }
        load.seconds += begin.elapsed().as_secs_f64();
        if let (Some(watched), Some(used)) = (watched, used) {
            load.processor += watched.processor() - used;
        }
    });
}

fn repeat(work: &mut Work<'_>, time: Duration) -> Times {
    let mut times = Times::default();
    let begin = Instant::now();
    let mut last = begin;
    while last - begin < time {
        work();
        let now = Instant::now();
        times.add(milliseconds(now - last));
        last = now;
    }
    times
}
