//! Python packages in a virtual environment; the system's Python packages are not changed.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::debian;
use crate::paths;
use crate::process::{command, run_quietly};

/// A virtual environment below the target directory with exactly these requirements, recreated when they change.
/// Returns its path.
pub(crate) fn environment(name: &str, requirements: &str) -> Result<PathBuf> {
    let directory = paths::reference_dir()?.join(name);
    let stamp = directory.join("installed-requirements.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == requirements) {
        return Ok(directory);
    }
    debian::install_unless(|| python().is_some(), "LiveKit's Python SDKs", &["python3", "python3-venv"])?;
    let python = python().context("python3-venv was installed but python3 cannot create a virtual environment")?;
    println!("xtask: installing {} with pip", first_requirement(requirements));
    let path = directory.to_string_lossy().into_owned();
    run_quietly(&mut command(&python.to_string_lossy(), &["-m", "venv", "--clear", &path]))?;
    let list = directory.join("requirements.txt");
    std::fs::write(&list, requirements).with_context(|| format!("cannot write {}", list.display()))?;
    let pip = directory.join("bin/pip");
    let args = ["install", "--quiet", "--no-deps", "--disable-pip-version-check", "-r", "requirements.txt"];
    run_quietly(command(&pip.to_string_lossy(), &args).current_dir(&directory))?;
    std::fs::write(&stamp, requirements).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(directory)
}

/// The source distribution of a package in the version of these requirements, which contains its tests.
pub(crate) fn source(environment: &Path, package: &str, requirements: &str) -> Result<PathBuf> {
    let pinned = requirements.lines().find_map(|line| line.strip_prefix(package)?.strip_prefix("=="));
    let version = pinned.with_context(|| format!("{package} has no version"))?;
    let directory = environment.join(format!("{package}-{version}"));
    if !directory.is_dir() {
        let pip = environment.join("bin/pip").to_string_lossy().into_owned();
        let args = ["download", "--quiet", "--no-deps", "--no-binary", ":all:", "--disable-pip-version-check"];
        let download = format!("{package}=={version}");
        run_quietly(command(&pip, &args).arg(download).current_dir(environment))?;
        let archive = format!("{package}-{version}.tar.gz");
        run_quietly(command("tar", &["-xzf", &archive]).current_dir(environment))?;
    }
    Ok(directory)
}

/// A python3 that can create virtual environments. Debian's own may be shadowed by another one on the PATH.
fn python() -> Option<PathBuf> {
    let candidates = [paths::find("python3"), Some(PathBuf::from("/usr/bin/python3"))];
    candidates.into_iter().flatten().find(|python| has_venv(python))
}

/// Debian's python3 has `venv` but not `ensurepip` until python3-venv is installed.
fn has_venv(python: &Path) -> bool {
    let result = command(&python.to_string_lossy(), &["-c", "import venv, ensurepip"]).output();
    result.is_ok_and(|output| output.status.success())
}

fn first_requirement(requirements: &str) -> &str {
    let mut lines = requirements.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.next().unwrap_or("nothing")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_skipped_when_naming_the_first_requirement() {
        assert_eq!(first_requirement("# What it is for.\n\nlivekit==1.2.0\nnumpy==2.4.6\n"), "livekit==1.2.0");
    }
}
