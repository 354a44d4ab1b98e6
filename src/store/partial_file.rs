//! A file that is written under a temporary name, and gets its final name only when it is complete and on the disk.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::path::PathBuf;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::store::private;

/// An incomplete file, private to its owner. If it is dropped before [`PartialFile::publish`], it is removed.
pub(crate) struct PartialFile {
    path: PathBuf,
    target: PathBuf,
    file: File,
}

impl PartialFile {
    /// Creates an empty file next to the target.
    ///
    /// # Errors
    /// Those of the folder.
    pub fn create(target: &Path) -> Result<PartialFile> {
        // Absolute, so that SQLite cannot mistake a name for one of its own URIs.
        let target = std::path::absolute(target).map_err(Error::internal)?;
        let mut name = target.as_os_str().to_owned();
        name.push(format!(".{}.part", id::random().simple()));
        let path = PathBuf::from(name);
        let file = private::create_new(&path).map_err(|error| named(&path, &error))?;
        Ok(PartialFile { path, target, file })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Flushes the content to the disk and renames the file. An existing file is overwritten only if `replace` is set.
    ///
    /// # Errors
    /// If a file with this name exists, and errors of the disk.
    pub fn publish(self, replace: bool) -> Result<()> {
        let failed = |error: std::io::Error| named(&self.target, &error);
        self.file.sync_all().map_err(failed)?;
        if replace {
            std::fs::rename(&self.path, &self.target).map_err(failed)?;
        } else {
            // Unlike a rename, a link never replaces another file.
            std::fs::hard_link(&self.path, &self.target).map_err(|error| {
                match error.kind() == ErrorKind::AlreadyExists {
                    true => exists(&self.target),
                    false => failed(error),
                }
            })?;
            std::fs::remove_file(&self.path).map_err(failed)?;
        }
        let folder = self.target.parent().unwrap_or(Path::new("/"));
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(failed)
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        // If it was published, it no longer exists under this name.
        drop(std::fs::remove_file(&self.path));
    }
}

pub(crate) fn exists(path: &Path) -> Error {
    Error::Internal(format!(
        "{} exists already and was not changed",
        path.display()
    ))
}

pub(crate) fn named(path: &Path, error: &std::io::Error) -> Error {
    Error::Internal(format!("{}: {error}", path.display()))
}
