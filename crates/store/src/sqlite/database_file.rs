//! Where a SQLite database lies: in a file that stays, or in one that goes with the store.

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
    /// The place a URL's tail names: a path, or `:memory:` for a database that goes with the store.
    pub(crate) fn parse(tail: &str) -> Result<Self, Error> {
        // `sqlite://data/a.db` and `sqlite:data/a.db` are both written in the wild.
        let path = tail.strip_prefix("//").unwrap_or(tail);
        match path {
            "" => Err(Error::Address("sqlite: needs a path, such as sqlite:data/anteroom.db".into())),
            // A file all the same: SQLite's own memory databases have no log, so their readers stop their writer.
            ":memory:" => tempfile::Builder::new()
                .prefix("anteroom-")
                .tempdir()
                .map(Self::Temporary)
                .map_err(|error| Error::Address(format!("no room for a throw-away database: {error}"))),
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

/// Makes the folder and the file readable for their owner alone; SQLite's log inherits the file's mode. Left to the
/// umask, everybody on the machine could read who sees which doctor.
fn prepare(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new().append(true).create(true).mode(0o600).open(path).map(drop)
}
