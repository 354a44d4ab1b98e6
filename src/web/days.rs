//! Days that a form gives. A day is a UTC day, for every author and reader, and "until" a day includes that day. A text
//! that is not a day is malformed; one beyond the supported calendar is too late.

use crate::base::clock::Moment;
use crate::base::error::Fault;

const DAY: i64 = 86_400_000_000;

/// The time at which a day begins.
///
/// # Errors
/// What is wrong with it.
pub fn begins(day: &str) -> Result<String, Fault> {
    written(start(day)?)
}

/// The first time after a day.
///
/// # Errors
/// What is wrong with it.
pub fn ends(day: &str) -> Result<String, Fault> {
    let start = start(day)?;
    written(Moment(start.0.saturating_add(DAY)))
}

/// The end that a form gives: through a day, or to a time on it, in UTC.
///
/// # Errors
/// What is wrong with it.
pub fn until(text: &str) -> Result<String, Fault> {
    if is_like(text, "0000-00-00T00:00") || is_like(text, "0000-00-00 00:00") {
        let moment = format!("{}:00Z", text.replace(' ', "T"));
        return match Moment::from_rfc3339(&moment) {
            Some(_) => Ok(moment),
            None => Err(Fault::Malformed),
        };
    }
    ends(text)
}

fn start(day: &str) -> Result<Moment, Fault> {
    // Browsers also write years with more than four digits.
    if is_like(day, "00000-00-00") || is_like(day, "000000-00-00") {
        return Err(Fault::TooLate);
    }
    let start = is_like(day, "0000-00-00")
        .then(|| Moment::from_rfc3339(&format!("{day}T00:00:00Z")))
        .flatten();
    start.ok_or(Fault::Malformed)
}

fn is_like(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text
            .bytes()
            .zip(pattern.bytes())
            .all(|(given, wanted)| given == wanted || (wanted == b'0' && given.is_ascii_digit()))
}

/// Formats a time for sending; times after the year 9999 have no such form.
fn written(moment: Moment) -> Result<String, Fault> {
    let text = moment.to_rfc3339();
    match text.is_empty() {
        true => Err(Fault::TooLate),
        false => Ok(text),
    }
}

/// A time within the last day before an end; `None` if that end is not the end of a day.
pub fn last_of(until: Moment) -> Option<Moment> {
    (until.0.rem_euclid(DAY) == 0).then_some(Moment(until.0 - DAY))
}
