//! Folders for databases of benchmarks.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};

/// Where data is. Not in the folder for temporary files, which may be in memory: there commits cost nothing.
pub(super) const PARENT: &str = "/var/tmp";

/// A new folder for data.
pub(super) fn new_folder(name: &str) -> Result<PathBuf> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder = Path::new(PARENT).join(format!("anteroom-{name}-{}-{number}", std::process::id()));
    std::fs::create_dir(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(folder)
}
