//! Measurements. Each prints its table and fails only when there was nothing to measure.

use anyhow::{Result, ensure};

use crate::paths::{self, Profile};
use crate::process::{command, run, run_captured};
use crate::{demo, install, ui};

/// From the tap on Join to the first decoded frame of the other person: two pages, the release program, loopback.
pub(crate) fn join(args: &[&str]) -> Result<()> {
    let e2e = paths::root().join("e2e");
    ui::build()?;
    install::packages(&e2e)?;
    let chromium = install::chromium()?;
    demo::build(Profile::Release)?;
    run(command("node", &["bench/join.mjs"])
        .args(args)
        .current_dir(&e2e)
        .env("ANTEROOM_PROGRAM", paths::program(Profile::Release)?)
        .env("ANTEROOM_CHROMIUM", chromium))
}

/// CPU of the media server alone: no sockets, virtual time, real peers on the other side.
pub(crate) fn media() -> Result<()> {
    let words = ["test", "--release", "-p", "anteroom-media", "--lib", "tests::cost", "--", "--nocapture"];
    let output = run_captured(&mut command("cargo", &words))?;
    ensure!(output.contains("per forwarded packet"), "nothing was measured");
    Ok(())
}
