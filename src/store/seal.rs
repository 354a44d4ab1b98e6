//! The seal of a backup: a few lines of text after its last byte, with the SHA-256 of everything before the digest. SQLite and
//! `pg_restore` do not read beyond the end of their own data, so their own tools can still read the backup. A change of any byte in
//! the file, including the seal, is detected.

use std::fs::File;
use std::io::Read;
use std::io::Seek;
use std::io::SeekFrom;
use std::io::Write;
use std::path::Path;

use sha2::Digest;
use sha2::Sha256;

use crate::base::error::Error;
use crate::base::error::Result;

const FIRST_LINE: &str = "\npartage backup 1\n";
/// Maximum size of a seal, in bytes.
const MAX_SEAL_BYTES: u64 = 4_096;
const CHUNK: usize = 1 << 20;

/// The description of a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// `sqlite`: the file is a database; `postgres`: it is an archive of `pg_dump` (custom format).
    pub kind: String,
    /// The last migration that has run.
    pub schema: String,
    /// The newest position of the log. `None` if it is unknown.
    pub position: Option<i64>,
    /// When the backup was started, in RFC 3339.
    pub made_at: String,
    /// Number of bytes before the seal.
    pub bytes: u64,
}

impl Seal {
    fn text(&self) -> String {
        let position = self.position.map_or("-".to_string(), |at| at.to_string());
        format!(
            "{FIRST_LINE}kind {}\nschema {}\nposition {position}\nmade-at {}\nbytes {}\nsha256 ",
            self.kind, self.schema, self.made_at, self.bytes
        )
    }

    fn read(text: &str) -> Option<Seal> {
        let mut lines = text.strip_prefix(FIRST_LINE)?.lines();
        let mut field = |name: &str| {
            let (found, value) = lines.next()?.split_once(' ')?;
            (found == name).then(|| value.to_string())
        };
        Some(Seal {
            kind: field("kind")?,
            schema: field("schema")?,
            position: field("position")?.parse().ok(),
            made_at: field("made-at")?,
            bytes: field("bytes")?.parse().ok()?,
        })
    }
}

/// Appends the seal to a complete file, and sets `seal.bytes` to the file's size. The caller flushes the file to the disk.
///
/// # Errors
/// Those of the file.
pub(crate) fn add(file: &mut File, seal: &mut Seal) -> std::io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    let mut digest = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            break;
        }
        digest.update(chunk.get(..read).unwrap_or_default());
        bytes += u64::try_from(read).unwrap_or(0);
    }
    seal.bytes = bytes;
    let text = seal.text();
    digest.update(text.as_bytes());
    write!(file, "{text}{}", line(digest))
}

/// Reads a backup to its end, passes everything before the seal to `keep`, and checks the seal. The data is verified only after
/// this returns.
///
/// # Errors
/// If the file cannot be read, has no seal at its end, or was changed since it was sealed, and errors of `keep`.
pub fn check(path: &Path, mut keep: impl FnMut(&[u8]) -> std::io::Result<()>) -> Result<Seal> {
    let failed = |cause: std::io::Error| Error::Internal(format!("{}: {cause}", path.display()));
    let changed = || {
        Error::Internal(format!(
            "{} is damaged: it was changed or truncated after it was made",
            path.display()
        ))
    };
    let mut file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    let seal = find(&mut file, size).map_err(failed)?.ok_or_else(|| {
        Error::Internal(format!(
            "{} has no complete seal at its end: it was not made by `partage backup`, or it was changed or truncated since. \
             (A database in use is checked with --database)",
            path.display()
        ))
    })?;
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    let text = seal.text();
    let mut digest = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    let mut left = seal.bytes;
    while left > 0 {
        let want = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        let part = chunk.get_mut(..want).unwrap_or_default();
        file.read_exact(part).map_err(failed)?;
        digest.update(&part);
        keep(part).map_err(failed)?;
        left -= u64::try_from(want).unwrap_or(left);
    }
    digest.update(text.as_bytes());
    // Compared byte by byte: an equivalent seal that is written differently is not the original.
    let mut end = Vec::new();
    file.take(MAX_SEAL_BYTES)
        .read_to_end(&mut end)
        .map_err(failed)?;
    if end != format!("{text}{}", line(digest)).into_bytes() {
        return Err(changed());
    }
    Ok(seal)
}

/// Returns the unverified seal at the end of a file. `None` if there is none.
fn find(file: &mut File, size: u64) -> std::io::Result<Option<Seal>> {
    file.seek(SeekFrom::Start(size.saturating_sub(MAX_SEAL_BYTES)))?;
    let mut end = Vec::new();
    file.take(MAX_SEAL_BYTES).read_to_end(&mut end)?;
    let first = FIRST_LINE.as_bytes();
    let Some(at) = end.windows(first.len()).rposition(|part| part == first) else {
        return Ok(None);
    };
    let text = end.get(at..).unwrap_or_default();
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    let seal = std::str::from_utf8(text).ok().and_then(Seal::read);
    Ok(seal.filter(|seal| seal.bytes.checked_add(length) == Some(size)))
}

fn line(digest: Sha256) -> String {
    let mut text: String = digest
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    text.push('\n');
    text
}
