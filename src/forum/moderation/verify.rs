//! Verifying a copy of the ledger line by line. Memory is bounded whatever the source contains: one line at a time,
//! each of bounded length, and a bounded total number of bytes.

use std::io::BufRead;
use std::io::Error as IoError;
use std::io::Read;
use std::io::Result as IoResult;

use serde::Deserialize;

use crate::forum::moderation::ledger::GENESIS_HASH;
use crate::forum::moderation::ledger::Line;
use crate::forum::moderation::ledger::commitment;
use crate::forum::moderation::ledger::hash;

/// Maximum number of bytes in a line: an entry on 500 targets with a long explanation needs less than a tenth of it.
pub const MAX_LINE_BYTES: usize = 4 << 20;
/// Maximum number of bytes in a copy: more than a million decisions.
pub const MAX_COPY_BYTES: u64 = 1 << 30;

/// The result of verifying a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verified {
    /// Every entry is valid: the number of entries, the hash of the last one, and the number of signed entries.
    Holds {
        entries: i64,
        last: String,
        signed: i64,
    },
    /// There are no entries, so nothing could be verified.
    Empty,
    /// The first invalid entry, counted from 1, and why it is invalid.
    Broken { entry: i64, why: &'static str },
}

/// What the following entries must agree with.
#[derive(Deserialize)]
struct SealedEntry {
    position: i64,
    explanation: String,
    withheld: bool,
    previous: String,
}

type Verdict<T> = std::result::Result<T, &'static str>;

/// The non-empty lines of a source.
struct Lines<R> {
    source: R,
    left: u64,
    line: Vec<u8>,
}

/// The next item of [`Lines`].
enum NextLine<'a> {
    Line(&'a [u8]),
    TooLong,
    End,
}

impl<R: BufRead> Lines<R> {
    fn new(source: R) -> Lines<R> {
        Lines {
            source,
            left: MAX_COPY_BYTES,
            line: Vec::new(),
        }
    }

    fn next(&mut self) -> IoResult<NextLine<'_>> {
        loop {
            self.line.clear();
            let max = u64::try_from(MAX_LINE_BYTES + 1).unwrap_or(u64::MAX);
            let read = self
                .source
                .by_ref()
                .take(max)
                .read_until(b'\n', &mut self.line)?;
            if read == 0 {
                return Ok(NextLine::End);
            }
            let read = u64::try_from(read).unwrap_or(u64::MAX);
            let Some(left) = self.left.checked_sub(read) else {
                let words = format!("it has more than {} MiB", MAX_COPY_BYTES >> 20);
                return Err(IoError::other(words));
            };
            self.left = left;
            if self.line.len() > MAX_LINE_BYTES {
                return Ok(NextLine::TooLong);
            }
            if !self.line.trim_ascii().is_empty() {
                return Ok(NextLine::Line(self.line.trim_ascii()));
            }
        }
    }
}

/// Verifies a published file: that entries follow each other without gaps, that each refers to the hash of the one
/// before and has the right hash itself, that every explanation is the one that was sealed, and that every signature is
/// valid. With a `key` (64 hexadecimal digits), it must have signed, up to the last entry. With an `earlier` copy, this
/// one must continue it.
///
/// # Errors
/// When a source cannot be read or has more than [`MAX_COPY_BYTES`] bytes.
pub fn verify<R: BufRead, E: BufRead>(
    copy: R,
    key: Option<&str>,
    earlier: Option<E>,
) -> IoResult<Verified> {
    let (mut lines, mut earlier) = (Lines::new(copy), earlier.map(Lines::new));
    let (mut entries, mut last) = (0, GENESIS_HASH.to_string());
    let (mut signed, mut last_signed) = (0, 0);
    loop {
        let entry = entries + 1;
        let line = match lines.next()? {
            NextLine::Line(line) => line,
            NextLine::TooLong => return Ok(broken(entry, "its line is longer than 4 MiB")),
            NextLine::End => break,
        };
        let is_signed = match check(line, entry, &last, key) {
            Ok((hash, is_signed)) => {
                last = hash;
                is_signed
            }
            Err(why) => return Ok(broken(entry, why)),
        };
        if is_signed {
            signed += 1;
            last_signed = entry;
        }
        if let Some(earlier) = &mut earlier
            && !agrees(earlier, Some(&last))?
        {
            return Ok(broken(entry, OTHER));
        }
        entries = entry;
    }
    if let Some(earlier) = &mut earlier
        && !agrees(earlier, None)?
    {
        return Ok(broken(entries + 1, OTHER));
    }
    if entries == 0 {
        return Ok(Verified::Empty);
    }
    if key.is_some() && last_signed < entries {
        let why = "nothing from here on is signed with the key";
        return Ok(broken(last_signed + 1, why));
    }
    Ok(Verified::Holds {
        entries,
        last,
        signed,
    })
}

const OTHER: &str = "it differs from the entry in the earlier copy";

fn broken(entry: i64, why: &'static str) -> Verified {
    Verified::Broken { entry, why }
}

/// Whether the next line of the earlier copy, if it has one, is the entry with that hash.
fn agrees<E: BufRead>(earlier: &mut Lines<E>, hash: Option<&str>) -> IoResult<bool> {
    Ok(match earlier.next()? {
        NextLine::End => true,
        NextLine::TooLong => false,
        NextLine::Line(line) => serde_json::from_slice::<Line>(line)
            .is_ok_and(|line| hash.is_some_and(|hash| line.hash == hash)),
    })
}

fn check(line: &[u8], entry: i64, previous: &str, key: Option<&str>) -> Verdict<(String, bool)> {
    let line: Line = serde_json::from_slice(line).map_err(|_| "it is not a line of a ledger")?;
    check_entry(line.entry.get(), &line.hash, entry, previous)?;
    let sealed: SealedEntry = read(line.entry.get())?;
    if let Some(checkpoint) = &line.checkpoint {
        checkpoint.check(entry, &line.hash, key)?;
    }
    match &line.explanation {
        Some(_) if sealed.withheld => Err("it shows an explanation that was withheld"),
        Some(given)
            if commitment(&given.salt, &given.language, &given.text) != sealed.explanation =>
        {
            Err("its explanation is not the one that was sealed")
        }
        Some(_) | None => Ok((line.hash, line.checkpoint.is_some())),
    }
}

/// Verifies that an entry's text has that hash, and that its position follows the entry before.
pub(crate) fn check_entry(text: &str, sealed: &str, entry: i64, previous: &str) -> Verdict<()> {
    if hash(text) != sealed {
        return Err("its text is not the one that was sealed");
    }
    let sealed = read(text)?;
    if sealed.position != entry {
        return Err("its position does not follow the one before");
    }
    if sealed.previous != previous {
        return Err("it does not follow the entry before");
    }
    Ok(())
}

fn read(text: &str) -> Verdict<SealedEntry> {
    serde_json::from_str(text).map_err(|_| "it is not an entry of a ledger")
}
