//! The list of stages. `ci` is `test` with the cheap checks before it; the build server runs nothing else.

use anyhow::{Result, bail};

use crate::paths::{self, Profile};
use crate::process::{command, run_captured};
use crate::stages::{Proof, Stage};
use crate::test_counts::{count_cargo, count_node};
use crate::{clients, demo, install, livekit_suite, sdk, stages, tidy, ui};

/// Fast checks that run before the tests.
const CHECKS: &[Stage] = &[
    Stage { name: "format", work: format },
    Stage { name: "tidy", work: run_tidy },
    Stage { name: "lints", work: lints },
];

/// All tests.
const TESTS: &[Stage] = &[
    Stage { name: "ui", work: ui_tests },
    Stage { name: "rust", work: rust_tests },
    Stage { name: "postgres", work: postgres_tests },
    Stage { name: "stories", work: stories },
    Stage { name: "clients", work: clients::stage },
    Stage { name: "sdk", work: sdk::stage },
    Stage { name: "livekit-suite", work: livekit_suite::stage },
];

pub(crate) fn ci() -> Result<()> {
    stages::run(&[CHECKS, TESTS].concat())
}

/// All tests, or those of the named stages.
pub(crate) fn test(names: &[&str]) -> Result<()> {
    if let Some(unknown) = names.iter().find(|name| TESTS.iter().all(|stage| stage.name != **name)) {
        bail!("unknown stage `{unknown}`; known stages: ui, rust, postgres, stories, clients, sdk, livekit-suite");
    }
    let chosen = |stage: &&Stage| names.is_empty() || names.contains(&stage.name);
    stages::run(&TESTS.iter().filter(chosen).copied().collect::<Vec<_>>())
}

fn format() -> Result<Proof> {
    install::toolchain("rustfmt")?;
    run_captured(&mut command("cargo", &["fmt", "--all", "--check"]))?;
    Ok(Proof::Checked)
}

fn run_tidy() -> Result<Proof> {
    tidy::check_repository()?;
    Ok(Proof::Checked)
}

fn lints() -> Result<Proof> {
    install::toolchain("clippy")?;
    install::make()?;
    run_captured(&mut command("cargo", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    Ok(Proof::Checked)
}

fn ui_tests() -> Result<Proof> {
    ui::build()?;
    run_captured(command("npm", &["run", "--silent", "check"]).current_dir(ui::directory()))?;
    let output = run_captured(command("npm", &["run", "--silent", "test"]).current_dir(ui::directory()))?;
    Ok(Proof::Tests(count_node(&output)))
}

fn rust_tests() -> Result<Proof> {
    install::make()?;
    ui::build()?;
    install::postgres()?;
    let output = run_captured(&mut command("cargo", &["test", "--workspace", "--no-fail-fast"]))?;
    Ok(Proof::Tests(count_cargo(&output)))
}

/// The use cases, workers and pages on PostgreSQL; the stage `rust` runs them on SQLite, where transactions are serial.
fn postgres_tests() -> Result<Proof> {
    install::make()?;
    ui::build()?;
    install::postgres()?;
    let crates = ["-p", "anteroom-testkit", "-p", "anteroom-app", "-p", "anteroom-jobs", "-p", "anteroom-web"];
    let mut tests = command("cargo", &[&["test", "--no-fail-fast"], crates.as_slice()].concat());
    let output = run_captured(tests.env("ANTEROOM_TEST_DATABASE", "postgres"))?;
    Ok(Proof::Tests(count_cargo(&output)))
}

fn stories() -> Result<Proof> {
    let e2e = paths::root().join("e2e");
    ui::build()?;
    install::packages(&e2e)?;
    let chromium = install::chromium()?;
    install::firefox()?;
    demo::build(Profile::Dev)?;
    run_captured(command("npm", &["run", "--silent", "check"]).current_dir(&e2e))?;
    let output = run_captured(
        command("npm", &["run", "--silent", "test"])
            .current_dir(&e2e)
            .env("ANTEROOM_PROGRAM", paths::program(Profile::Dev)?)
            .env("ANTEROOM_CHROMIUM", chromium),
    )?;
    Ok(Proof::Tests(count_node(&output)))
}
