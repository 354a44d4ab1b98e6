//! Pages of a list: keyset cursors, so that a page stays in place while the list moves.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;

/// Entries on a page when the caller names no number.
pub const DEFAULT_SIZE: u32 = 25;
/// Entries on a page, at most.
pub const MAX_SIZE: u32 = 100;

/// Which part of a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Between 0 and [`MAX_SIZE`].
    pub size: u32,
    /// Only what follows this key.
    pub after: Option<String>,
    /// Only what precedes this key.
    pub before: Option<String>,
    /// Counted from the end of the list.
    pub from_end: bool,
}

impl Window {
    /// Reads the four arguments of a Relay connection. Refused: a negative or too large number, `first` with `last`,
    /// a cursor that is none.
    pub fn read(
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Window> {
        if first.is_some() && last.is_some() {
            return Err(Error::invalid("last", Fault::Malformed));
        }
        let size = match (first, last) {
            (Some(count), _) => bounded("first", count)?,
            (None, Some(count)) => bounded("last", count)?,
            (None, None) => DEFAULT_SIZE,
        };
        Ok(Window {
            size,
            after: after.map(|cursor| decode("after", &cursor)).transpose()?,
            before: before.map(|cursor| decode("before", &cursor)).transpose()?,
            from_end: last.is_some(),
        })
    }

    /// The first `size` entries of a list.
    pub fn first(size: u32) -> Window {
        Window {
            size,
            after: None,
            before: None,
            from_end: false,
        }
    }
}

fn bounded(field: &'static str, count: i32) -> Result<u32> {
    match u32::try_from(count) {
        Ok(count) if count <= MAX_SIZE => Ok(count),
        Ok(_) => Err(Error::invalid(
            field,
            Fault::TooMany {
                most: usize::try_from(MAX_SIZE).unwrap_or(usize::MAX),
            },
        )),
        Err(_) => Err(Error::invalid(field, Fault::Malformed)),
    }
}

/// The opaque form of a key.
pub fn encode(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

fn decode(field: &'static str, cursor: &str) -> Result<String> {
    URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .filter(|bytes| bytes.len() <= 1_000)
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| Error::invalid(field, Fault::Malformed))
}

/// One page of a list, in the list's order.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// Each entry with the key that its cursor carries.
    pub entries: Vec<(String, T)>,
    pub has_next: bool,
    pub has_previous: bool,
}

impl<T> Page<T> {
    /// A page of rows that were read with one row more than asked for, in reading order.
    pub fn of_rows(mut entries: Vec<(String, T)>, window: &Window) -> Page<T> {
        let size = usize::try_from(window.size).unwrap_or(usize::MAX);
        let more = entries.len() > size;
        entries.truncate(size);
        if window.from_end {
            entries.reverse();
        }
        Page {
            entries,
            has_next: if window.from_end {
                window.before.is_some()
            } else {
                more
            },
            has_previous: if window.from_end {
                more
            } else {
                window.after.is_some()
            },
        }
    }

    /// A page of a list that is short enough to be held whole. A cursor whose entry is gone starts from the list's edge.
    pub fn of_whole(list: Vec<(String, T)>, window: &Window) -> Page<T> {
        let position = |key: &String| list.iter().position(|(each, _)| each == key);
        let start = window
            .after
            .as_ref()
            .and_then(position)
            .map_or(0, |at| at + 1);
        let end = window
            .before
            .as_ref()
            .and_then(position)
            .unwrap_or(list.len())
            .max(start);
        let size = usize::try_from(window.size).unwrap_or(usize::MAX);
        let (low, high) = if window.from_end {
            (end.saturating_sub(size).max(start), end)
        } else {
            (start, end.min(start.saturating_add(size)))
        };
        let length = list.len();
        Page {
            entries: list.into_iter().take(high).skip(low).collect(),
            has_next: high < length,
            has_previous: low > 0,
        }
    }

    /// The same page of something made from each entry.
    pub fn map<U>(self, make: impl Fn(T) -> U) -> Page<U> {
        Page {
            entries: self
                .entries
                .into_iter()
                .map(|(key, entry)| (key, make(entry)))
                .collect(),
            has_next: self.has_next,
            has_previous: self.has_previous,
        }
    }
}
