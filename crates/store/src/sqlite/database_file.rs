//! The file of a SQLite database: persistent, or temporary and deleted with the store.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::check::explained_by_kind;
use crate::Error;

/// The file of a database.
pub(crate) enum DatabaseFile {
    Persistent(PathBuf),
    Temporary(tempfile::TempDir),
}

/// Which file is open: a path may name another one later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
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
                prepare(&path).map_err(|error| explained_by_kind(&path, &error))?;
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

    /// The file that the path names now.
    pub(super) fn identity(&self) -> io::Result<Identity> {
        let found = self.path().metadata()?;
        Ok(Identity { device: found.dev(), inode: found.ino() })
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
