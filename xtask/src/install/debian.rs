//! Debian packages: refreshes the lists, then installs without prompts.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::paths::find;
use crate::process::{command, run_quietly};

/// Another apt process (unattended upgrades) may hold the lock for some minutes.
const LOCK: &str = "DPkg::Lock::Timeout=600";

/// Installs these packages unless `present` returns true.
pub(crate) fn install_unless(present: impl Fn() -> bool, wanted_by: &str, packages: &[&str]) -> Result<()> {
    if present() {
        return Ok(());
    }
    let names = packages.join(" ");
    ensure!(
        find("apt-get").is_some(),
        "{wanted_by} need {names} and apt-get is not available: install {names} and run this again"
    );
    println!("xtask: installing Debian packages for {wanted_by}: {names}");
    run_quietly(&mut apt(&["update"])?)?;
    run_quietly(&mut apt(&install(packages))?).with_context(|| format!("cannot install {names}"))?;
    ensure!(present(), "{names} are installed, but {wanted_by} still lack a program");
    Ok(())
}

fn install<'a>(packages: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec!["install", "--yes", "--no-install-recommends"];
    args.extend(packages);
    args
}

fn apt(args: &[&str]) -> Result<Command> {
    let mut apt = if is_root()? {
        command("apt-get", &[])
    } else {
        let sudo = find("sudo").is_some();
        ensure!(
            sudo,
            "installing packages needs root: run `apt-get {}` as root, then repeat this command",
            args.join(" ")
        );
        command("sudo", &["--non-interactive", "--preserve-env=DEBIAN_FRONTEND", "apt-get"])
    };
    apt.args(["-o", LOCK]).args(args).env("DEBIAN_FRONTEND", "noninteractive");
    Ok(apt)
}

pub(crate) fn is_root() -> Result<bool> {
    let id = command("id", &["-u"]).output().context("cannot start `id`")?;
    Ok(id.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn present_programs_are_not_installed_again() {
        install_unless(|| true, "the tests", &["no-such-package-in-debian"]).unwrap();
    }
}
