//! The list of stages. `ci` is `test` with the cheap checks before it; the build server runs nothing else.

use anyhow::{Result, bail, ensure};

use crate::process::{command, run_captured};
use crate::stages::{PartsFailed, Proof, Stage};
use crate::test_counts::{Counts, count_cargo, count_node};
use crate::{clients, install, livekit_suite, paths, sdk, stages, test_build, tidy, ui};

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

/// The whole workspace; then the program with only the features that it asks for itself, as the demo and a release
/// are built.
fn lints() -> Result<Proof> {
    install::toolchain("clippy")?;
    install::make()?;
    run_captured(&mut command("cargo", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    run_captured(&mut command("cargo", &["check", "--package", "anteroom"]))?;
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
    install::postgres()?;
    let binaries = test_build::build()?;
    let (mut counts, mut failed) = (Counts::default(), Vec::new());
    for package in ["testkit", "app", "jobs", "web"] {
        let mut of_package = binaries.iter().filter(|binary| binary.package == package).peekable();
        ensure!(of_package.peek().is_some(), "no tests of {package}");
        for binary in of_package {
            match test_build::run(binary, &[("ANTEROOM_TEST_DATABASE", "postgres")]) {
                Ok(ran) => counts.add(ran),
                Err(error) => failed.push((package, error)),
            }
        }
    }
    if !failed.is_empty() {
        bail!(PartsFailed(failed));
    }
    Ok(Proof::Tests(counts))
}

fn stories() -> Result<Proof> {
    let e2e = paths::root().join("e2e");
    install::packages(&e2e)?;
    let chromium = install::chromium()?;
    install::firefox()?;
    let program = test_build::program()?;
    run_captured(command("npm", &["run", "--silent", "check"]).current_dir(&e2e))?;
    let output = run_captured(
        command("npm", &["run", "--silent", "test"])
            .current_dir(&e2e)
            .env("ANTEROOM_PROGRAM", program)
            .env("ANTEROOM_CHROMIUM", chromium),
    )?;
    Ok(Proof::Tests(count_node(&output)))
}
