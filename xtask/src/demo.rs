//! The whole thing on this machine: one practice, one appointment, two links to click.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use crate::paths::{self, Profile};
use crate::process::{command, run};
use crate::ui;

/// Builds what is missing and becomes `anteroom demo`.
pub(crate) fn start(args: &[&str]) -> Result<()> {
    ui::build()?;
    build(Profile::Dev)?;
    let program = paths::program(Profile::Dev)?;
    // Becomes the program instead of watching over it: Ctrl-C and signals then reach it directly.
    let error = Command::new(&program).arg("demo").args(args).exec();
    Err(error).with_context(|| format!("{} does not start", program.display()))
}

/// The program in this profile, in cargo's own words as it goes.
pub(crate) fn build(profile: Profile) -> Result<()> {
    run(&mut command("cargo", &["build", "--package", "anteroom", "--profile", profile.name()]))
}
