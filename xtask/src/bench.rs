//! Measurements. Each prints its table and fails only when there was nothing to measure.

use anyhow::Result;

use crate::place::{self, Profile};
use crate::run::{command, run};
use crate::{demo, needs, ui};

/// From the tap on Join to the first decoded frame of the other person: two pages, the release program, loopback.
pub(crate) fn join(args: &[&str]) -> Result<()> {
    let e2e = place::root().join("e2e");
    ui::build()?;
    needs::packages(&e2e)?;
    let chromium = needs::chromium()?;
    demo::build(Profile::Release)?;
    run(command("node", &["bench/join.mjs"])
        .args(args)
        .current_dir(&e2e)
        .env("ANTEROOM_PROGRAM", place::program(Profile::Release)?)
        .env("ANTEROOM_CHROMIUM", chromium))
}
