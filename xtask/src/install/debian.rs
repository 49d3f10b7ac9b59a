//! Debian's packages: refreshed once, installed without a question.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::paths::find;
use crate::process::{command, run_quietly};

/// Another apt on the same machine (unattended upgrades) holds the lock for minutes, not for ever.
const LOCK: &str = "DPkg::Lock::Timeout=600";

/// Installs these packages if the machine lacks what `present` looks for.
pub(crate) fn install_unless(present: impl Fn() -> bool, wanted_by: &str, packages: &[&str]) -> Result<()> {
    if present() {
        return Ok(());
    }
    let names = packages.join(" ");
    ensure!(
        find("apt-get").is_some(),
        "{wanted_by} need {names}, and this machine has no apt-get: please install {names} yourself"
    );
    println!("xtask: {wanted_by} need {names}; installing from Debian's packages");
    run_quietly(&mut apt(&["update"])?)?;
    run_quietly(&mut apt(&install(packages))?).with_context(|| format!("{names} cannot be installed"))?;
    ensure!(present(), "{names} are installed, and what {wanted_by} need is still not there");
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
        ensure!(sudo, "installing packages needs root: run `apt-get {}` as root, then again", args.join(" "));
        command("sudo", &["--non-interactive", "--preserve-env=DEBIAN_FRONTEND", "apt-get"])
    };
    apt.args(["-o", LOCK]).args(args).env("DEBIAN_FRONTEND", "noninteractive");
    Ok(apt)
}

pub(crate) fn is_root() -> Result<bool> {
    let id = command("id", &["-u"]).output().context("`id` does not start")?;
    Ok(id.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_not_installed_again() {
        install_unless(|| true, "nobody", &["no-such-package-in-debian"]).unwrap();
    }
}
