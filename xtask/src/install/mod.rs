//! What the machine must have. A bare Debian gets what it lacks from its own packages, and is told so in one line.
//!
//! Nothing is skipped for want of a program: either it is there afterwards, or the command ends by saying what to do.

mod debian;
mod go;
mod node;
mod python;

pub(crate) use go::{go, livekit_server};
pub(crate) use node::{node, packages};
pub(crate) use python::environment as python_environment;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{command, run_quietly};

/// The browser of the stories and of the measurements.
pub(crate) fn chromium() -> Result<PathBuf> {
    debian::install_unless(|| crate::paths::find("chromium").is_some(), "the stories", &["chromium"])?;
    crate::paths::find("chromium").context("chromium was installed and is still not on the PATH")
}

/// The other browser. The stories drive it themselves and look for it where Debian puts it.
pub(crate) fn firefox() -> Result<()> {
    debian::install_unless(|| crate::paths::find("firefox-esr").is_some(), "the stories", &["firefox-esr"])
}

/// A command that runs in a network of its own, in which every address is free.
pub(crate) fn in_own_network(args: &[&str]) -> Result<Command> {
    debian::install_unless(|| crate::paths::find("ip").is_some(), "tests that know one address only", &["iproute2"])?;
    let rights: &[&str] = if debian::is_root()? { &["--net"] } else { &["--user", "--map-root-user", "--net"] };
    Ok(command("unshare", &[rights, args].concat()))
}

/// The second database engine; the tests start their own server on a private socket.
pub(crate) fn postgres() -> Result<()> {
    debian::install_unless(has_postgres, "the tests of the second database", &["postgresql"])
}

fn has_postgres() -> bool {
    crate::paths::find("initdb").is_some() || any_initdb(Path::new("/usr/lib/postgresql"))
}

fn any_initdb(versions: &Path) -> bool {
    let Ok(versions) = std::fs::read_dir(versions) else {
        return false;
    };
    versions.flatten().any(|version| version.path().join("bin/initdb").is_file())
}

/// The fuzzer and the compiler it needs.
pub(crate) fn fuzzer() -> Result<()> {
    let answers = |args: &[&str]| command("cargo", args).output().is_ok_and(|answer| answer.status.success());
    if !answers(&["+nightly", "--version"]) {
        println!("xtask: the fuzzer needs a nightly Rust; adding it");
        let added = run_quietly(&mut command("rustup", &["toolchain", "install", "nightly", "--profile", "minimal"]));
        added.context("please add the nightly toolchain")?;
    }
    if !answers(&["fuzz", "--version"]) {
        println!("xtask: cargo-fuzz is not there; installing it");
        run_quietly(&mut command("cargo", &["install", "--locked", "cargo-fuzz"]))
            .context("please install cargo-fuzz")?;
    }
    Ok(())
}

/// A part of the Rust toolchain; a minimal installation lacks some.
pub(crate) fn toolchain(component: &str) -> Result<()> {
    let program = if component == "clippy" { "cargo-clippy" } else { component };
    let there = || command(program, &["--version"]).output().is_ok_and(|answer| answer.status.success());
    if there() {
        return Ok(());
    }
    println!("xtask: the Rust toolchain lacks {component}; adding it");
    let added = run_quietly(&mut command("rustup", &["component", "add", component]));
    added.with_context(|| format!("please add {component} to the Rust toolchain"))
}
