//! Builds `ui/` with Vite, only if a source file has changed since the last build.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::process::{command, run_quietly};
use crate::{install, paths};

pub(crate) fn directory() -> PathBuf {
    paths::root().join("ui")
}

/// Brings `ui/dist` up to date.
pub(crate) fn build() -> Result<()> {
    install::node()?;
    install::packages(&directory())?;
    let wanted = fingerprint(&directory())?;
    let stamp = paths::target()?.join("xtask/ui-built");
    let built = directory().join("dist/.vite/manifest.json").is_file();
    if built && std::fs::read_to_string(&stamp).is_ok_and(|stamp| stamp == wanted) {
        return Ok(());
    }
    println!("xtask: building ui");
    run_quietly(command("npm", &["run", "--silent", "build"]).current_dir(directory()))?;
    std::fs::create_dir_all(stamp.parent().expect("the stamp path has a parent directory"))?;
    std::fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

/// A hash of the names and contents of all files below; modification times do not matter.
fn fingerprint(directory: &Path) -> Result<String> {
    let mut files = Vec::new();
    paths::files_below(directory, &mut files)?;
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.strip_prefix(directory).unwrap_or(&file).hash(&mut hasher);
        std::fs::read(&file)?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprint_changes_only_with_file_contents() {
        let directory = paths::scratch("ui-fingerprint");
        std::fs::write(directory.join("main.ts"), "one").unwrap();
        let first = fingerprint(&directory).unwrap();
        assert_eq!(fingerprint(&directory).unwrap(), first);
        std::fs::write(directory.join("main.ts"), "two").unwrap();
        assert_ne!(fingerprint(&directory).unwrap(), first);
    }
}
