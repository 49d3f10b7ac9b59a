//! Benchmarks. Each prints a table; it fails only if nothing was measured.

mod data_folder;
mod filled_server;
mod hostile;
mod janus;
mod mail;
mod mail_sink;
mod measure;
mod media;
mod options;
mod pages;
mod ramp;
mod server;
mod storm;
mod table;
#[cfg(test)]
mod tests;

use anyhow::{Result, bail, ensure};

use crate::paths::{self, Profile};
use crate::process::{command, run, run_captured};
use crate::{demo, install, ui};

/// `cargo xtask bench …`
pub(crate) fn run_one(args: &[&str]) -> Result<()> {
    match args {
        ["join", rest @ ..] => join(rest),
        ["mail", rest @ ..] => mail::mail(rest),
        ["media", "ramp", rest @ ..] => ramp::ramp(rest),
        ["media", rest @ ..] => media::compare(rest),
        ["hostile", rest @ ..] => hostile::attack(rest),
        ["packets"] => packets(),
        ["pages", rest @ ..] => pages::pages(rest),
        ["storm", rest @ ..] => storm::storm(rest),
        _ => bail!("unknown benchmark `{}`; known: hostile, join, mail, media, packets, pages, storm", args.join(" ")),
    }
}

/// Time from the click on Join to the first decoded remote video frame: two pages, release build, loopback.
fn join(args: &[&str]) -> Result<()> {
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
fn packets() -> Result<()> {
    let args = ["test", "--release", "-p", "anteroom-media", "--lib", "tests::cost", "--", "--nocapture"];
    let output = run_captured(&mut command("cargo", &args))?;
    ensure!(output.contains("per forwarded packet"), "nothing was measured");
    Ok(())
}
