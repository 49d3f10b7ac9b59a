//! Node, and what npm puts beside a package.json.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::process::{command, run_quietly};

/// Vite needs this much; Debian 12's own nodejs is 18, so it cannot come from there.
const MINIMUM: (u32, u32) = (20, 19);

const INSTALL_HINT: &str = "install Node 20.19 or newer with npm (https://nodejs.org/en/download), then run this again";

/// Node is there and new enough.
pub(crate) fn node() -> Result<()> {
    let Ok(answer) = command("node", &["--version"]).output() else {
        bail!("Node is missing: {INSTALL_HINT}");
    };
    let output = String::from_utf8_lossy(&answer.stdout);
    let version = version(&output).with_context(|| format!("`node --version` says {output:?}"))?;
    ensure!(version >= MINIMUM, "Node {} is too old: {INSTALL_HINT}", output.trim());
    ensure!(crate::paths::find("npm").is_some(), "Node is here but npm is not: {INSTALL_HINT}");
    Ok(())
}

/// `v20.19.4` is (20, 19).
fn version(output: &str) -> Option<(u32, u32)> {
    let mut parts = output.trim().strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// `npm ci` in this directory, when its lock file is not the one that was installed.
pub(crate) fn packages(directory: &Path) -> Result<()> {
    let lock = directory.join("package-lock.json");
    let wanted = std::fs::read(&lock).with_context(|| format!("{} is missing", lock.display()))?;
    // Inside node_modules, so that deleting the directory also deletes the belief that it is full.
    let stamp = directory.join("node_modules/.installed-lock.json");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("xtask: npm ci in {}", name(directory));
    run_quietly(command("npm", &["ci", "--no-audit", "--no-fund"]).current_dir(directory))?;
    std::fs::write(&stamp, wanted).with_context(|| format!("{} cannot be written", stamp.display()))
}

fn name(directory: &Path) -> String {
    let root = crate::paths::root();
    directory.strip_prefix(&root).unwrap_or(directory).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_node_is_known_for_what_it_is() {
        assert!(version("v18.20.4\n").unwrap() < MINIMUM);
        assert!(version("v20.18.9\n").unwrap() < MINIMUM);
        assert!(version("v20.19.0\n").unwrap() >= MINIMUM);
        assert!(version("v26.1.0\n").unwrap() >= MINIMUM);
        assert_eq!(version("no version at all"), None);
    }
}
