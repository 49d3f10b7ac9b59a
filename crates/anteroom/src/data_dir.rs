//! The data folder: ours alone, and one server's at a time.

use std::fs;
use std::fs::{File, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use anyhow::{Context, Result, bail};

/// The folder is one server's as long as this lives. The system lets go of it even if the server is killed.
pub(crate) struct Lock(#[expect(dead_code, reason = "held, never read")] File);

/// Makes the folder if need be and holds it. A second server on the same folder would take the first one's callers
/// for gone and close rooms that are not its own.
pub(crate) fn lock(data: &Path) -> Result<Lock> {
    let created = fs::DirBuilder::new().recursive(true).mode(0o700).create(data);
    created.with_context(|| format!("{} cannot be made", data.display()))?;
    let path = data.join("lock");
    let file = fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => bail!("another anteroom is running on {}", data.display()),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("{} cannot be locked", path.display())),
    }
}
