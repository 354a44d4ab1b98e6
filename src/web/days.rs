//! Days that a form gives. A day is that of UTC, for whoever enters or reads it, and "until" a day is through that day.

use crate::base::clock::Moment;

const DAY: i64 = 86_400_000_000;

/// The moment at which a day begins; nothing when it is no day, written as browsers write it.
pub fn begins(day: &str) -> Option<String> {
    start(day).map(Moment::to_rfc3339)
}

/// The first moment after a day; nothing when it is no day.
pub fn ends(day: &str) -> Option<String> {
    let start = start(day)?;
    Some(Moment(start.0.checked_add(DAY)?).to_rfc3339())
}

fn start(day: &str) -> Option<Moment> {
    Moment::from_rfc3339(&format!("{day}T00:00:00Z"))
}

/// A moment within the day through which something holds that ends at that moment; nothing when that is no end of a day.
pub fn last_of(until: Moment) -> Option<Moment> {
    (until.0.rem_euclid(DAY) == 0).then_some(Moment(until.0 - DAY))
}
