//! Where PostgreSQL's programs are.

use std::fs;
use std::path::{Path, PathBuf};

/// Debian keeps the programs of each version in a folder of its own, outside PATH.
const VERSIONS: &str = "/usr/lib/postgresql";

pub(crate) const NOT_INSTALLED: &str =
    "PostgreSQL is not installed (no initdb in /usr/lib/postgresql or PATH): apt-get install postgresql";

/// Whether the programs of a PostgreSQL server are installed.
#[must_use]
pub fn is_installed() -> bool {
    folder().is_some()
}

/// The folder with `initdb`: of the newest version of Debian's, else in PATH.
pub(crate) fn folder() -> Option<PathBuf> {
    let in_path = std::env::var_os("PATH").unwrap_or_default();
    let installed = of_newest_version().into_iter().chain(std::env::split_paths(&in_path));
    installed.into_iter().find(|folder| folder.join("initdb").exists())
}

fn of_newest_version() -> Option<PathBuf> {
    let version = |folder: &Path| folder.file_name()?.to_str()?.parse::<u32>().ok();
    let folders = fs::read_dir(VERSIONS).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let servers = folders.filter(|folder| folder.join("bin/initdb").exists());
    servers.max_by_key(|folder| version(folder)).map(|folder| folder.join("bin"))
}
