//! The data directory: private to its owner, used by one server at a time.

use std::fs;
use std::fs::{File, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use anyhow::{Context, Result, bail};

/// Locks the data directory until dropped. The operating system releases it even if the server is killed.
pub(crate) struct Lock(#[expect(dead_code, reason = "held, never read")] File);

/// Creates the directory if necessary and locks it. A second server on the same directory would treat the first one's
/// participants as disconnected and close its rooms.
pub(crate) fn lock(data: &Path) -> Result<Lock> {
    let created = fs::DirBuilder::new().recursive(true).mode(0o700).create(data);
    created.with_context(|| format!("cannot create {}", data.display()))?;
    let path = data.join("lock");
    let file = fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => bail!("another anteroom is running on data directory {}", data.display()),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
    }
}
