//! Installs the programs that tests and builds need: on Debian with apt, and with npm, pip, rustup or cargo.
//!
//! No test is skipped because a program is missing: it is installed, or the command fails with an instruction.

mod debian;
mod go;
mod node;
mod python;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

pub(crate) use self::go::{go, livekit_server, livekit_source};
pub(crate) use self::node::{node, packages};
pub(crate) use self::python::{environment as python_environment, source as python_source};
use crate::process::{command, run_quietly};

/// Chromium, for the browser tests and the join benchmark.
pub(crate) fn chromium() -> Result<PathBuf> {
    debian::install_unless(|| crate::paths::find("chromium").is_some(), "the stories", &["chromium"])?;
    crate::paths::find("chromium").context("chromium was installed but is not on the PATH")
}

/// Firefox, for the browser tests. They start it themselves from the path where Debian installs it.
pub(crate) fn firefox() -> Result<()> {
    debian::install_unless(|| crate::paths::find("firefox-esr").is_some(), "the stories", &["firefox-esr"])
}

/// A command in a network namespace of its own, where every address and port is free.
pub(crate) fn in_own_network(args: &[&str]) -> Result<Command> {
    debian::install_unless(|| crate::paths::find("ip").is_some(), "tests with a fixed server address", &["iproute2"])?;
    let rights: &[&str] = if debian::is_root()? { &["--net"] } else { &["--user", "--map-root-user", "--net"] };
    Ok(command("unshare", &[rights, args].concat()))
}

/// make, for the build of the memory allocator (jemalloc). Before every cargo command that compiles the server.
pub(crate) fn make() -> Result<()> {
    debian::install_unless(|| crate::paths::find("make").is_some(), "builds of the server", &["make"])
}

/// Janus, for the comparison of media servers.
pub(crate) fn janus() -> Result<PathBuf> {
    debian::install_unless(|| crate::paths::find("janus").is_some(), "the benchmark", &["janus"])?;
    crate::paths::find("janus").context("janus was installed but is not on the PATH")
}

/// PostgreSQL programs; the tests start their own server on a private socket.
pub(crate) fn postgres() -> Result<()> {
    debian::install_unless(anteroom_cluster::is_installed, "the PostgreSQL tests", &["postgresql"])
}

/// cargo-fuzz and the nightly compiler it needs.
pub(crate) fn fuzzer() -> Result<()> {
    let succeeds = |args: &[&str]| command("cargo", args).output().is_ok_and(|output| output.status.success());
    if !succeeds(&["+nightly", "--version"]) {
        println!("xtask: installing the nightly Rust toolchain for the fuzzer");
        let installed =
            run_quietly(&mut command("rustup", &["toolchain", "install", "nightly", "--profile", "minimal"]));
        installed.context("install the nightly toolchain with `rustup toolchain install nightly`")?;
    }
    if !succeeds(&["fuzz", "--version"]) {
        println!("xtask: installing cargo-fuzz");
        run_quietly(&mut command("cargo", &["install", "--locked", "cargo-fuzz"]))
            .context("install cargo-fuzz with `cargo install cargo-fuzz`")?;
    }
    Ok(())
}

/// A component of the Rust toolchain; minimal installations lack some.
pub(crate) fn toolchain(component: &str) -> Result<()> {
    let program = if component == "clippy" { "cargo-clippy" } else { component };
    let is_installed = || command(program, &["--version"]).output().is_ok_and(|output| output.status.success());
    if is_installed() {
        return Ok(());
    }
    println!("xtask: installing the Rust component {component}");
    let installed = run_quietly(&mut command("rustup", &["component", "add", component]));
    installed.with_context(|| format!("install {component} with `rustup component add {component}`"))
}
