//! Files that only their owner can read and write (mode 0600), whatever the umask: the embedded database with the files beside it,
//! backups and keys.

use std::fs::File;
use std::fs::OpenOptions;
use std::fs::Permissions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;

use crate::base::error::Error;
use crate::base::error::Result;

/// Readable and writable by the owner only.
pub(crate) const OWNER_ONLY: u32 = 0o600;
/// The bits for the group and for everyone else.
const OTHERS: u32 = 0o077;
/// Suffixes that SQLite adds to the name of a database for the files beside it.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Creates a new file that only its owner can read. Fails if the file exists.
pub fn create_new(path: &Path) -> std::io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(OWNER_ONLY)
        .open(path)
}

/// Makes an embedded database private before it is opened: a missing file is created with mode 0600 if `create` is set,
/// and an existing one that others can read is restricted, with a warning. SQLite gives `-wal` and `-shm` the mode of
/// the database; those left by an earlier process are restricted too.
///
/// # Errors
/// If the file cannot be created. For a file of another user, there is only a warning.
pub fn database(path: &Path, create: bool) -> Result<()> {
    if create {
        match create_new(path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(named(path, &error)),
            Ok(_) => return Ok(()),
        }
    }
    restrict(path);
    for name in beside(path) {
        restrict(&name);
    }
    Ok(())
}

/// Returns the names of the files that SQLite keeps beside a database while it is open, and after a crash.
pub fn beside(path: &Path) -> [PathBuf; 3] {
    BESIDE.map(|suffix| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    })
}

/// Warns if anyone except the owner can read a file. Its mode is not changed, because the file may be shared on purpose.
pub fn warn_if_shared(path: &Path) {
    if let Some(mode) = shared(path) {
        tracing::warn!(
            file = %path.display(),
            mode = %format!("{mode:04o}"),
            "users other than its owner can access this file: chmod 600 makes it private"
        );
    }
}

fn restrict(path: &Path) {
    let Some(mode) = shared(path) else {
        return;
    };
    let restricted = std::fs::set_permissions(path, Permissions::from_mode(mode & !OTHERS));
    match restricted {
        Ok(()) => tracing::warn!(
            file = %path.display(),
            mode = %format!("{mode:04o}"),
            "users other than its owner could access this file: it is private now"
        ),
        Err(error) => tracing::warn!(
            file = %path.display(),
            mode = %format!("{mode:04o}"),
            %error,
            "users other than its owner can access this file, and it cannot be made private"
        ),
    }
}

/// Returns the mode of a regular file that its group or others may use.
fn shared(path: &Path) -> Option<u32> {
    let found = std::fs::metadata(path)
        .ok()
        .filter(|found| found.is_file())?;
    let mode = found.permissions().mode() & 0o7777;
    (mode & OTHERS != 0).then_some(mode)
}

fn named(path: &Path, error: &std::io::Error) -> Error {
    Error::Internal(format!("{}: {error}", path.display()))
}
