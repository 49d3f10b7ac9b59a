//! Benchmarks. Each prints a table; it fails only if nothing was measured.

use anyhow::{Result, ensure};

use crate::paths::{self, Profile};
use crate::process::{command, run, run_captured};
use crate::{demo, install, ui};

/// Time from the click on Join to the first decoded remote video frame: two pages, release build, loopback.
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

/// CPU cost of the media server alone: no sockets, virtual time, real str0m peers as clients.
pub(crate) fn media() -> Result<()> {
    let args = ["test", "--release", "-p", "anteroom-media", "--lib", "tests::cost", "--", "--nocapture"];
    let output = run_captured(&mut command("cargo", &args))?;
    ensure!(output.contains("per forwarded packet"), "nothing was measured");
    Ok(())
}
