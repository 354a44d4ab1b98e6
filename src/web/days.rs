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

/// Until when a form says: through a day, or to a moment of it, in UTC; nothing when it is neither.
pub fn until(text: &str) -> Option<String> {
    let is_like = |pattern: &str| {
        text.len() == pattern.len()
            && text.bytes().zip(pattern.bytes()).all(|(given, wanted)| {
                given == wanted || (wanted == b'0' && given.is_ascii_digit())
            })
    };
    if is_like("0000-00-00T00:00") || is_like("0000-00-00 00:00") {
        let moment = format!("{}:00Z", text.replace(' ', "T"));
        return Moment::from_rfc3339(&moment).map(|_| moment);
    }
    ends(text).filter(|_| is_like("0000-00-00"))
}

fn start(day: &str) -> Option<Moment> {
    Moment::from_rfc3339(&format!("{day}T00:00:00Z"))
}

/// A moment within the day through which something holds that ends at that moment; nothing when that is no end of a day.
pub fn last_of(until: Moment) -> Option<Moment> {
    (until.0.rem_euclid(DAY) == 0).then_some(Moment(until.0 - DAY))
}
