//! Pages of a list, with keyset cursors, so that a page keeps its position while the list changes.

use std::cmp::Ordering;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;

/// Number of entries on a page if the caller gives none.
pub const DEFAULT_SIZE: u32 = 25;
/// Maximum number of entries on a page.
pub const MAX_SIZE: u32 = 100;

/// The requested part of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// Between 0 and [`MAX_SIZE`].
    pub size: u32,
    /// Only entries after this key.
    pub after: Option<String>,
    /// Only entries before this key.
    pub before: Option<String>,
    /// Whether entries are counted from the end of the list.
    pub from_end: bool,
}

impl Window {
    /// Parses the four arguments of a Relay connection. Refuses a negative or too large number, `first` together with
    /// `last`, and an invalid cursor.
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

    /// Returns a window on the first `size` entries of a list.
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
                max: usize::try_from(MAX_SIZE).unwrap_or(usize::MAX),
            },
        )),
        Err(_) => Err(Error::invalid(field, Fault::Malformed)),
    }
}

/// The first and last number that a window shows, out of entries numbered from 1 to `count` without holes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Numbers {
    pub from: i32,
    pub to: i32,
}

impl Window {
    /// Returns the numbers that this window shows of `count` entries whose cursors are their numbers; an empty range if
    /// there are none.
    ///
    /// # Errors
    /// INVALID for a cursor of another list.
    pub fn numbers(&self, count: i32) -> Result<Numbers> {
        self.numbers_from(1, count)
    }

    /// Same, for entries numbered from `first` to `count`.
    ///
    /// # Errors
    /// As [`Self::numbers`].
    pub fn numbers_from(&self, first: i32, count: i32) -> Result<Numbers> {
        let read = |field, key: &Option<String>| {
            let Some(key) = key else {
                return Ok(None);
            };
            let number = key.parse::<i32>().ok().filter(|number| *number >= 0);
            number
                .map(Some)
                .ok_or_else(|| Error::invalid(field, Fault::Malformed))
        };
        let low = read("after", &self.after)?.map_or(1, |number| number.saturating_add(1));
        let low = low.max(first);
        let high = read("before", &self.before)?.map_or(count, |number| (number - 1).min(count));
        let size = i32::try_from(self.size).unwrap_or(i32::MAX);
        Ok(if self.from_end {
            let from = high.saturating_sub(size).saturating_add(1).max(low);
            Numbers { from, to: high }
        } else {
            let to = low.saturating_add(size).saturating_sub(1).min(high);
            Numbers { from: low, to }
        })
    }
}

/// Returns the opaque form of a key.
pub fn encode(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

fn decode(field: &'static str, cursor: &str) -> Result<String> {
    URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .filter(|bytes| bytes.len() <= 1_000)
        .and_then(|bytes| String::from_utf8(bytes).ok())
        // No key contains control characters, and not every database accepts them in a query.
        .filter(|key| !key.contains(char::is_control))
        .ok_or_else(|| Error::invalid(field, Fault::Malformed))
}

/// One page of a list, in the list's order.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// Each entry with the key that its cursor carries.
    pub entries: Vec<(String, T)>,
    pub has_next: bool,
    pub has_previous: bool,
    /// The keys at the page's ends, if it may be empty although more entries follow.
    pub bounds: Option<(String, String)>,
}

impl<T> Page<T> {
    /// Creates a page from rows in reading order, with one row more than requested.
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
            bounds: None,
        }
    }

    /// Creates a page from numbered entries, in order, out of `count` in total.
    pub fn of_numbers(
        entries: Vec<(i32, T)>,
        numbers: Numbers,
        count: i32,
        window: &Window,
    ) -> Page<T> {
        let (has_next, has_previous) = if window.from_end {
            (window.before.is_some(), numbers.from > 1)
        } else {
            (numbers.to < count, window.after.is_some())
        };
        let entries = entries.into_iter();
        Page {
            entries: entries
                .map(|(number, entry)| (number.to_string(), entry))
                .collect(),
            has_next,
            has_previous,
            bounds: (numbers.from <= numbers.to)
                .then(|| (numbers.from.to_string(), numbers.to.to_string())),
        }
    }

    /// Creates a page from a list that is short enough to be held as a whole.
    ///
    /// # Errors
    /// INVALID for a cursor of another list.
    pub fn of_whole(list: Vec<(String, T)>, window: &Window) -> Result<Page<T>> {
        let position = |field, key: &Option<String>| {
            let Some(key) = key else {
                return Ok(None);
            };
            let found = list.iter().position(|(each, _)| each == key);
            found
                .map(Some)
                .ok_or_else(|| Error::invalid(field, Fault::Malformed))
        };
        let start = position("after", &window.after)?.map_or(0, |at| at + 1);
        let end = position("before", &window.before)?.unwrap_or(list.len());
        Ok(Page::between(list, start, end, window))
    }

    /// Creates a page from a list that is held as a whole, in the order of its keys. A key keeps its position even if
    /// its entry is gone.
    pub fn of_ordered<K>(
        list: Vec<(K, T)>,
        window: &Window,
        bounds: (Option<K>, Option<K>),
        order: impl Fn(&K, &K) -> Ordering,
        write: impl Fn(&K) -> String,
    ) -> Page<T> {
        let (after, before) = bounds;
        let up_to = |key: &K, ends: Ordering| {
            list.partition_point(|(each, _)| {
                let ordering = order(each, key);
                ordering == Ordering::Less || ordering == ends
            })
        };
        let start = after.map_or(0, |key| up_to(&key, Ordering::Equal));
        let end = before.map_or(list.len(), |key| up_to(&key, Ordering::Less));
        let list = list.into_iter().map(|(key, entry)| (write(&key), entry));
        Page::between(list.collect(), start, end, window)
    }

    /// Returns the entries between `start` and `end` that a window shows.
    fn between(list: Vec<(String, T)>, start: usize, end: usize, window: &Window) -> Page<T> {
        let end = end.max(start);
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
            bounds: None,
        }
    }

    /// Returns the same page with each entry converted.
    pub fn map<U>(self, make: impl Fn(T) -> U) -> Page<U> {
        Page {
            entries: self
                .entries
                .into_iter()
                .map(|(key, entry)| (key, make(entry)))
                .collect(),
            has_next: self.has_next,
            has_previous: self.has_previous,
            bounds: self.bounds,
        }
    }
}
