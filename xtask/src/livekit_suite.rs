//! The `livekit-suite` stage: the server tests of LiveKit's own repository against our media server.
//!
//! The package `test` of livekit-server is compiled unmodified. Two files of the package that it starts servers with are
//! replaced (e2e/sdk/suite/), so that a test starts our server as a child process. See e2e/sdk/README.md.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::process::run_captured;
use crate::stages::Proof;
use crate::test_counts::count_go;
use crate::{install, media_server, paths};

/// Tests that cannot pass, with the reason. They run, too: one that passes fails the stage, so the list cannot become outdated.
const EXCLUDED: &[(&str, &str)] = &[
    ("TestAgents", "agents"),
    ("TestAgentNamespaces", "agents"),
    ("TestAgentMultiNode", "agents"),
    ("TestConnectionStats", "reads the Go objects of the server"),
    ("TestSinglePublisherDataTrack", "data tracks"),
    ("TestSingleNodeUpdateSubscriptionPermissions", "data tracks"),
    ("TestMultinodeDataPublishing/scenarioDataTracksPublishingUponJoining", "data tracks"),
    ("TestSingleNodeDataBlob", "data blobs"),
    ("TestMultiNodeDataBlob", "data blobs"),
    ("TestDataPublishSlowSubscriber", "a sender waits for a slow reader only after 1.5 MiB"),
    ("TestTurnRelay", "TURN"),
    ("TestTurnAuthFailure", "TURN"),
];

/// A stuck test ends with this, in Go's notation.
const TIMEOUT: &str = "420s";

pub(crate) fn stage() -> Result<Proof> {
    let server = media_server::build()?;
    let tests = build()?;
    let names = names(&tests)?;
    for (name, _) in EXCLUDED {
        let test = name.split('/').next().unwrap_or(name);
        ensure!(names.contains(test), "no test is called {test}: remove it from the list");
    }
    let output =
        run_captured(&mut suite(&server, &tests, &["-test.timeout", TIMEOUT, "-test.skip", &all_excluded()])?)?;
    let missing: Vec<_> = names.iter().filter(|name| !is_excluded(name) && !has_passed(&output, name)).collect();
    ensure!(missing.is_empty(), "did not pass: {missing:?}");
    let passing = passing_exclusions(&server, &tests)?;
    ensure!(passing.is_empty(), "these tests pass now, remove them from the list: {passing:?}");
    Ok(Proof::Tests(count_go(&output)))
}

/// Compiles the tests; Go's cache makes it quick when nothing has changed.
fn build() -> Result<PathBuf> {
    let source = install::livekit_source()?;
    let ours = paths::root().join("e2e/sdk/suite");
    let directory = paths::reference_dir()?;
    let (overlay, tests) = (directory.join("suite-overlay.json"), directory.join("livekit-suite.test"));
    let replaced = json!({ "Replace": {
        source.join("pkg/service/server.go").to_string_lossy(): ours.join("server.go"),
        source.join("pkg/service/wire_gen.go").to_string_lossy(): ours.join("rooms.go"),
    } });
    std::fs::write(&overlay, replaced.to_string()).with_context(|| format!("cannot write {}", overlay.display()))?;
    let (overlay, program) = (overlay.to_string_lossy(), tests.to_string_lossy());
    run_captured(install::go(&["test", "-c", "-overlay", &overlay, "-o", &program, "./test"])?.current_dir(source))?;
    Ok(tests)
}

/// All tests of the program.
fn names(tests: &Path) -> Result<BTreeSet<String>> {
    let output = Command::new(tests).args(["-test.list", "."]).output().context("cannot list the tests")?;
    ensure!(output.status.success(), "the test program lists no tests");
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).filter(|line| !line.is_empty()).collect())
}

/// The tests use fixed ports, so they run in a network namespace.
fn suite(server: &Path, tests: &Path, flags: &[&str]) -> Result<Command> {
    let mut suite = install::in_own_network(&["sh", "suite.sh"])?;
    suite.arg(tests).args(flags).current_dir(paths::root().join("e2e/sdk/suite"));
    suite.env("SUITE_SERVER", server).env("SUITE_KIND", "plain");
    Ok(suite)
}

/// The server wrote this (e2e/sdk/suite/server.go): a test that fails without a server says nothing about its exclusion.
const ENDED_BY_ITSELF: &str = "the server ended by itself";

/// The excluded tests that pass. Each runs in a process and a network of its own, all at the same time.
fn passing_exclusions(server: &Path, tests: &Path) -> Result<Vec<&'static str>> {
    let directory = paths::reference_dir()?;
    let start = |(name, _): &(&'static str, _)| {
        let path = directory.join(format!("suite-excluded-{}.log", name.replace('/', "-")));
        let log = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        let flags = ["-test.timeout", "60s", "-test.failfast", "-test.run", &pattern(name)];
        let mut run = suite(server, tests, &flags)?;
        let run = run.stdout(log.try_clone()?).stderr(log).spawn().context("cannot start the tests")?;
        Ok((*name, path, run))
    };
    let running: Vec<_> = EXCLUDED.iter().map(start).collect::<Result<_>>()?;
    let mut passing = Vec::new();
    for (name, log, mut run) in running {
        if run.wait()?.success() {
            passing.push(name);
        }
        let output = std::fs::read_to_string(&log).unwrap_or_default();
        ensure!(!output.contains(ENDED_BY_ITSELF), "{name} fails because there is no server: {}", log.display());
    }
    Ok(passing)
}

fn is_excluded(name: &str) -> bool {
    EXCLUDED.iter().any(|(excluded, _)| *excluded == name)
}

/// Go matches each part of `TestName/subtest` with a regular expression.
fn pattern(name: &str) -> String {
    name.split('/').map(|part| format!("^{part}$")).collect::<Vec<_>>().join("/")
}

fn all_excluded() -> String {
    EXCLUDED.iter().map(|(name, _)| pattern(name)).collect::<Vec<_>>().join("|")
}

/// `--- PASS: TestName (0.57s)`, not indented as a subtest is.
fn has_passed(output: &str, name: &str) -> bool {
    let start = format!("--- PASS: {name} (");
    output.lines().any(|line| line.starts_with(&start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_a_name_is_a_pattern() {
        assert_eq!(pattern("TestBoth/one way"), "^TestBoth$/^one way$");
        assert!(is_excluded("TestAgents") && !is_excluded("TestMultinodeDataPublishing"), "only a part of it is");
    }

    #[test]
    fn only_a_passed_test_of_this_name_counts() {
        let output = "--- PASS: TestBoth (1.00s)\n    --- PASS: TestInner (0.50s)\n--- FAIL: TestOther (0.10s)\n";
        assert!(has_passed(output, "TestBoth"));
        for name in ["TestInner", "TestOther", "TestBot", "TestMissing"] {
            assert!(!has_passed(output, name), "{name}");
        }
    }
}
