//! `cargo xtask demo`: builds and starts the server with one practice, one appointment and two join links.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use crate::paths::{self, Profile};
use crate::process::{command, run};
use crate::{install, ui};

/// Builds the UI and the server, then replaces this process with `anteroom demo`.
pub(crate) fn start(args: &[&str]) -> Result<()> {
    ui::build()?;
    build(Profile::Dev)?;
    let program = paths::program(Profile::Dev)?;
    // `exec` instead of a child process: Ctrl-C and signals reach the server directly.
    let error = Command::new(&program).arg("demo").args(args).exec();
    Err(error).with_context(|| format!("cannot start {}", program.display()))
}

/// Builds the server in this profile and shows cargo's output.
pub(crate) fn build(profile: Profile) -> Result<()> {
    install::make()?;
    run(&mut command("cargo", &["build", "--package", "anteroom", "--profile", profile.name()]))
}
