//! Where things are: the repository, what cargo builds, what stands on the PATH.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// The repository's top, wherever the command was typed.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lives one level below the top").to_path_buf()
}

/// Everything cargo knows of our own crates.
pub(crate) fn metadata() -> Result<Value> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(root())
        .output()
        .context("cargo does not start")?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).context("cargo metadata is not JSON")
}

/// Where cargo puts what it builds; it can be moved by the environment.
pub(crate) fn target() -> Result<PathBuf> {
    let metadata = metadata()?;
    let target = metadata["target_directory"].as_str();
    Ok(PathBuf::from(target.context("cargo metadata names no target directory")?))
}

/// The program itself, as built in this profile.
pub(crate) fn program(profile: Profile) -> Result<PathBuf> {
    Ok(built(profile)?.join("anteroom"))
}

/// Where cargo puts what it builds in this profile.
pub(crate) fn built(profile: Profile) -> Result<PathBuf> {
    Ok(target()?.join(profile.directory()))
}

/// Where programs of others lie that tests need: kept between runs, gone with `cargo clean`.
pub(crate) fn reference_dir() -> Result<PathBuf> {
    let directory = target()?.join("peers");
    std::fs::create_dir_all(&directory).with_context(|| format!("{} cannot be made", directory.display()))?;
    Ok(directory)
}

#[derive(Clone, Copy)]
pub(crate) enum Profile {
    Dev,
    Release,
}

impl Profile {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }

    fn directory(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }
}

/// A program on the PATH.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|directory| directory.join(name)).find(|candidate| candidate.is_file())
}

/// Every file somebody wrote below this directory: no builds, no packages of others, no hidden directories.
pub(crate) fn files_below(directory: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let entries = std::fs::read_dir(directory).with_context(|| format!("{} cannot be read", directory.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let kind = entry.file_type()?;
        if kind.is_file() {
            found.push(entry.path());
        } else if kind.is_dir() && !is_generated_directory(&name.to_string_lossy()) {
            files_below(&entry.path(), found)?;
        }
    }
    Ok(())
}

fn is_generated_directory(directory: &str) -> bool {
    matches!(directory, "target" | "node_modules" | "dist" | "out") || directory.starts_with('.')
}

/// An empty directory of this name for one test.
#[cfg(test)]
pub(crate) fn scratch(name: &str) -> PathBuf {
    let directory = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(&directory).unwrap();
    directory
}
