//! Python, and what pip puts into an environment of its own: nothing of the machine's own Python is touched.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::debian;
use crate::paths;
use crate::process::{command, run_quietly};

/// An environment below target that holds exactly these requirements, made anew when they change. Answers where it is.
pub(crate) fn environment(name: &str, requirements: &str) -> Result<PathBuf> {
    let directory = paths::reference_dir()?.join(name);
    let stamp = directory.join("installed-requirements.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == requirements) {
        return Ok(directory);
    }
    debian::install_unless(|| python().is_some(), "LiveKit's Python SDKs", &["python3", "python3-venv"])?;
    let python = python().context("python3-venv was installed and python3 still makes no environment")?;
    println!("xtask: pip install of {}", first_word(requirements));
    let place = directory.to_string_lossy().into_owned();
    run_quietly(&mut command(&python.to_string_lossy(), &["-m", "venv", "--clear", &place]))?;
    let list = directory.join("requirements.txt");
    std::fs::write(&list, requirements).with_context(|| format!("{} cannot be written", list.display()))?;
    let pip = directory.join("bin/pip");
    let args = ["install", "--quiet", "--no-deps", "--disable-pip-version-check", "-r", "requirements.txt"];
    run_quietly(command(&pip.to_string_lossy(), &args).current_dir(&directory))?;
    std::fs::write(&stamp, requirements).with_context(|| format!("{} cannot be written", stamp.display()))?;
    Ok(directory)
}

/// A python3 that can make environments. Debian's own may stand behind another one on the PATH.
fn python() -> Option<PathBuf> {
    let candidates = [paths::find("python3"), Some(PathBuf::from("/usr/bin/python3"))];
    candidates.into_iter().flatten().find(|python| has_venv(python))
}

/// Debian's python3 has `venv` and lacks what it works with until python3-venv is there.
fn has_venv(python: &Path) -> bool {
    let asked = command(&python.to_string_lossy(), &["-c", "import venv, ensurepip"]).output();
    asked.is_ok_and(|answer| answer.status.success())
}

fn first_word(requirements: &str) -> &str {
    let mut lines = requirements.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.next().unwrap_or("nothing")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_named_by_what_is_wanted_first_and_not_by_what_is_said_about_it() {
        assert_eq!(first_word("# What it is for.\n\nlivekit==1.2.0\nnumpy==2.4.6\n"), "livekit==1.2.0");
    }
}
