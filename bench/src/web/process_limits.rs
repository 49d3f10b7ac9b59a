//! The limit on open files: each stream is a file.

use anyhow::{Context, Result, ensure};
use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Raises the soft limit as far as it is allowed. An error if fewer than `needed` files can be open.
pub(crate) fn raise_open_files(needed: u64) -> Result<()> {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).context("cannot read the limit on open files")?;
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).context("cannot raise the limit on open files")?;
    ensure!(hard >= needed, "this process may open {hard} files and needs {needed}: raise the hard limit, or use less");
    Ok(())
}
