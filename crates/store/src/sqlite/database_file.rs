//! The file of a SQLite database: persistent, or temporary and deleted with the store.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::Error;

/// The file of a database.
pub(crate) enum DatabaseFile {
    Persistent(PathBuf),
    Temporary(tempfile::TempDir),
}

impl DatabaseFile {
    /// Parses the URL after `sqlite:`: a path, or `:memory:` for a temporary database.
    pub(crate) fn parse(tail: &str) -> Result<Self, Error> {
        // `sqlite://data/a.db` and `sqlite:data/a.db` are both common.
        let path = tail.strip_prefix("//").unwrap_or(tail);
        match path {
            "" => Err(Error::Address("sqlite: needs a path, such as sqlite:data/anteroom.db".into())),
            // Still a file: SQLite's memory databases have no write-ahead log, so their readers block the writer.
            ":memory:" => tempfile::Builder::new()
                .prefix("anteroom-")
                .tempdir()
                .map(Self::Temporary)
                .map_err(|error| Error::Address(format!("could not create a temporary database: {error}"))),
            path => {
                let path = PathBuf::from(path);
                prepare(&path).map_err(|error| Error::Address(format!("{}: {error}", path.display())))?;
                Ok(Self::Persistent(path))
            }
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        match self {
            Self::Persistent(path) => path.clone(),
            Self::Temporary(folder) => folder.path().join("anteroom.db"),
        }
    }

    pub(crate) const fn is_persistent(&self) -> bool {
        matches!(self, Self::Persistent(_))
    }
}

/// Creates directory and file with access for the owner only; SQLite's log inherits the file's mode. With the default
/// umask every user of the machine could read the appointments.
fn prepare(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new().append(true).create(true).mode(0o600).open(path).map(drop)
}
