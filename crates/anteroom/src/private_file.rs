//! Files with keys: readable only by their owner, and never half written.

use std::fs;
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result};

/// Reads a file. `None`: it does not exist, or is empty because a full disk kept an earlier version from writing it.
pub(crate) fn read(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok((!text.trim().is_empty()).then_some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}: may this user read it?", path.display())),
    }
}

/// Writes a file whole or not at all: under another name first, which replaces the file once its content is on disk.
pub(crate) fn write(path: &Path, text: &str) -> Result<()> {
    let unfinished = path.with_extension("toml.new");
    let written = write_to(&unfinished, text).and_then(|()| fs::rename(&unfinished, path)).and_then(|()| sync(path));
    written.with_context(|| {
        format!("cannot write {}: is there space, and may this user write into its directory?", path.display())
    })
}

fn write_to(path: &Path, text: &str) -> std::io::Result<()> {
    // One that a killed start has left may have other permissions.
    let _ = fs::remove_file(path);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Makes the new name durable.
fn sync(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(directory) => File::open(directory)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn file_is_private_and_replaced_as_a_whole() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys.toml");
        assert_eq!(read(&path).unwrap(), None);
        write(&path, "a = 1").unwrap();
        // An unfinished file of a start that was killed.
        fs::write(directory.path().join("keys.toml.new"), "something longer than the next content").unwrap();
        write(&path, "b = 2").unwrap();
        assert_eq!(read(&path).unwrap().as_deref(), Some("b = 2"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "an unfinished file remains");
    }

    #[test]
    fn failed_write_names_the_file_and_keeps_the_old_content() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys.toml");
        write(&path, "a = 1").unwrap();
        fs::create_dir(directory.path().join("keys.toml.new")).unwrap();
        let error = write(&path, "b = 2").unwrap_err().to_string();
        assert!(error.contains(path.to_str().unwrap()) && error.contains("space"), "{error}");
        assert_eq!(read(&path).unwrap().as_deref(), Some("a = 1"));
    }

    #[test]
    fn empty_file_counts_as_missing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys.toml");
        fs::write(&path, "\n").unwrap();
        assert_eq!(read(&path).unwrap(), None);
    }
}
