//! Node and the npm packages of one directory.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::process::{command, run_quietly};

/// Required by Vite. Debian 12 has Node 18, so it cannot be installed with apt.
const MINIMUM: (u32, u32) = (20, 19);

const INSTALL_HINT: &str = "install Node 20.19 or newer with npm (https://nodejs.org/en/download), then run this again";

/// Checks that Node is installed and recent enough.
pub(crate) fn node() -> Result<()> {
    let Ok(result) = command("node", &["--version"]).output() else {
        bail!("Node is not installed: {INSTALL_HINT}");
    };
    let output = String::from_utf8_lossy(&result.stdout);
    let version =
        version(&output).with_context(|| format!("cannot parse the output of `node --version`: {output:?}"))?;
    ensure!(version >= MINIMUM, "Node {} is too old: {INSTALL_HINT}", output.trim());
    ensure!(crate::paths::find("npm").is_some(), "npm is not installed: {INSTALL_HINT}");
    Ok(())
}

/// `v20.19.4` is (20, 19).
fn version(output: &str) -> Option<(u32, u32)> {
    let mut parts = output.trim().strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Runs `npm ci` in this directory if its lock file has changed since the last installation.
pub(crate) fn packages(directory: &Path) -> Result<()> {
    let lock = directory.join("package-lock.json");
    let wanted = std::fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    // Inside node_modules, so that deleting that directory also deletes the stamp.
    let stamp = directory.join("node_modules/.installed-lock.json");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("xtask: npm ci in {}", name(directory));
    run_quietly(command("npm", &["ci", "--no-audit", "--no-fund"]).current_dir(directory))?;
    std::fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

fn name(directory: &Path) -> String {
    let root = crate::paths::root();
    directory.strip_prefix(&root).unwrap_or(directory).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_node_versions_are_rejected() {
        assert!(version("v18.20.4\n").unwrap() < MINIMUM);
        assert!(version("v20.18.9\n").unwrap() < MINIMUM);
        assert!(version("v20.19.0\n").unwrap() >= MINIMUM);
        assert!(version("v26.1.0\n").unwrap() >= MINIMUM);
        assert_eq!(version("no version at all"), None);
    }
}
