//! The table of a server beside the bare broadcaster.

use crate::support::live::measure::Measured;
use crate::support::live::measure::Paced;
use crate::support::live::measure::Plan;
use crate::support::live::measure::count;
use crate::support::table::Table;
use crate::support::table::number;
use crate::support::table::ratio;

/// The forum beside the bare broadcaster, with the same number of sockets and the same bytes.
pub struct Beside {
    pub sockets: usize,
    pub plan: Plan,
    pub forum: Measured,
    /// The same replies before anybody subscribed.
    pub alone: Paced,
    /// How often the forum executed a subscription for a reply, if it reports that.
    pub executions: Option<f64>,
    pub bare: Measured,
}

/// The values that are compared; for all but the last, less is better.
struct Essence {
    /// Processor time per delivery, in microseconds, without that of the replies themselves.
    processor: f64,
    /// From sending to the last delivery, in milliseconds, without the time of a reply that nobody follows.
    last: f64,
    saturation: f64,
}

impl Beside {
    /// Whether anything was lost, duplicated or closed.
    pub fn is_broken(&self) -> bool {
        [&self.forum, &self.bare].iter().any(|side| {
            let tally = &side.tally;
            tally.lost + tally.doubled + tally.cut > 0 || tally.odd.is_some()
        })
    }

    /// The heading of the table.
    pub fn title(&self) -> String {
        let bytes = self.forum.tally.payloads.values().next_back();
        let bytes = number(count(bytes.map_or(0, Vec::len)));
        let sockets = number(count(self.sockets));
        let (replies, more) = (self.plan.replies, self.plan.saturating);
        format!(
            "{sockets} subscribers, {replies} replies one by one and {more} more, {bytes} bytes a message"
        )
    }

    fn deliveries(&self) -> f64 {
        count(self.sockets) * f64::from(self.plan.replies)
    }

    fn essence(&self, side: &Measured, own: Option<&Paced>) -> Essence {
        let (own_time, own_wait) = own.map_or((0.0, 0.0), |own| {
            (own.processor.as_secs_f64(), own.acknowledged.median())
        });
        Essence {
            processor: (side.paced.processor.as_secs_f64() - own_time) * 1e6 / self.deliveries(),
            last: side.paced.last.median() - own_wait,
            saturation: side.saturated.deliveries_per_second,
        }
    }

    /// All values.
    pub fn table(&self) -> Table {
        let mut table = Table::new(&["", "forum", "bare", "ratio"]);
        let (forum, bare) = (&self.forum, &self.bare);
        let (ours, theirs) = (
            self.essence(forum, Some(&self.alone)),
            self.essence(bare, None),
        );
        let (f, b) = (&forum.paced, &bare.paced);
        table.compare(
            "first delivery after sending, ms",
            f.first.median(),
            b.first.median(),
        );
        table.compare("p50 after sending, ms", f.each.median(), b.each.median());
        table.compare(
            "p99 after sending, ms",
            f.each.quantile(0.99),
            b.each.quantile(0.99),
        );
        table.compare("last after sending, ms", f.last.median(), b.last.median());
        table.alone(
            "a reply that nobody follows, ms",
            self.alone.acknowledged.median(),
        );
        table.compare("last, less such a reply, ms", ours.last, theirs.last);
        table.compare(
            "p50 after acknowledgement, ms",
            f.each_after.median(),
            b.each_after.median(),
        );
        table.compare(
            "p99 after acknowledgement, ms",
            f.each_after.quantile(0.99),
            b.each_after.quantile(0.99),
        );
        table.compare(
            "last after acknowledgement, ms",
            f.last_after.median(),
            b.last_after.median(),
        );
        self.processor(&mut table, &ours, &theirs);
        if let Some(executions) = self.executions {
            table.alone("executions of a subscription per reply", executions);
        }
        let (f, b) = (&forum.saturated, &bare.saturated);
        table.compare(
            &format!("{} in flight: deliveries/s", self.plan.in_flight),
            f.deliveries_per_second,
            b.deliveries_per_second,
        );
        let each = count(self.sockets) * f64::from(self.plan.saturating);
        table.compare(
            &format!("{} in flight: CPU per delivery, us", self.plan.in_flight),
            f.processor.as_secs_f64() * 1e6 / each,
            b.processor.as_secs_f64() * 1e6 / each,
        );
        self.memory(&mut table);
        table
    }

    fn processor(&self, table: &mut Table, ours: &Essence, theirs: &Essence) {
        let all = |side: &Measured| side.paced.processor.as_secs_f64() * 1e6 / self.deliveries();
        let (forum, bare) = (all(&self.forum), all(&self.bare));
        let own = self.alone.processor.as_secs_f64() * 1e6 / f64::from(self.plan.replies);
        table.compare("CPU per delivery, us", forum, bare);
        table.alone("CPU of a reply that nobody follows, us", own);
        table.compare(
            "CPU per delivery, less the replies', us",
            ours.processor,
            theirs.processor,
        );
        table.compare("deliveries per CPU second", 1e6 / forum, 1e6 / bare);
        table.compare(
            "deliveries per CPU second, less the replies'",
            1e6 / ours.processor,
            1e6 / theirs.processor,
        );
    }

    fn memory(&self, table: &mut Table) {
        let per = |kib: f64| kib / count(self.sockets);
        let (f, b) = (&self.forum, &self.bare);
        table.compare(
            "resident per idle socket, KiB",
            per(f.idle.resident - f.before.resident),
            per(b.idle.resident - b.before.resident),
        );
        table.compare(
            "  of it the process' own",
            per(f.idle.own - f.before.own),
            per(b.idle.own - b.before.own),
        );
        table.compare(
            "resident per socket after all replies, KiB",
            per(f.after.resident - f.before.resident),
            per(b.after.resident - b.before.resident),
        );
        table.compare(
            "resident without sockets, KiB",
            f.before.resident,
            b.before.resident,
        );
        for (name, of) in [
            ("lost", [f.tally.lost, b.tally.lost]),
            ("doubled", [f.tally.doubled, b.tally.doubled]),
            ("sockets cut", [f.tally.cut, b.tally.cut]),
        ] {
            let [forum, bare] = of;
            table.row([name.to_string(), forum.to_string(), bare.to_string()]);
        }
        for (name, side) in [("forum", f), ("bare", b)] {
            if let Some(odd) = &side.tally.odd {
                table.row([format!("unexpected from {name}: {odd}")]);
            }
        }
    }
}

/// The ratios alone, a line for each number of sockets.
pub fn summary(all: &[Beside]) -> Table {
    let mut table = Table::new(&[
        "sockets",
        "CPU per delivery",
        "last delivery",
        "saturation",
        "KiB per idle socket",
        "lost",
        "doubled",
    ]);
    for beside in all {
        let forum = &beside.forum;
        let ours = beside.essence(forum, Some(&beside.alone));
        let theirs = beside.essence(&beside.bare, None);
        let kib = (forum.idle.resident - forum.before.resident) / count(beside.sockets);
        table.row([
            beside.sockets.to_string(),
            ratio(ours.processor, theirs.processor),
            ratio(ours.last, theirs.last),
            ratio(ours.saturation, theirs.saturation),
            number(kib),
            forum.tally.lost.to_string(),
            forum.tally.doubled.to_string(),
        ]);
    }
    table
}
