//! Everything that tests run, built by one command: cargo compiles a third of all crates anew for other packages of the
//! workspace, because they ask for other features.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::paths::{self, Profile};
use crate::process::{command, run_captured};
use crate::test_counts::{Counts, count_cargo};
use crate::{install, ui};

/// One program of unit or integration tests.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TestBinary {
    pub(crate) package: String,
    executable: PathBuf,
    /// Where cargo would start it.
    directory: PathBuf,
}

/// Builds all tests, and the programs that they start. Quick when nothing has changed.
pub(crate) fn build() -> Result<Vec<TestBinary>> {
    install::make()?;
    ui::build()?;
    let json = "--message-format=json-render-diagnostics";
    let mut cargo = command("cargo", &["test", "--workspace", "--no-run", "--quiet", json]);
    let output = cargo.output().context("cannot start cargo")?;
    if !output.status.success() {
        // Once more, so that the summary shows the errors.
        run_captured(&mut command("cargo", &["test", "--workspace", "--no-run", "--quiet"]))?;
    }
    programs_of_tests(&String::from_utf8_lossy(&output.stdout))
}

/// The server, with tests or without.
pub(crate) fn program() -> Result<PathBuf> {
    build()?;
    paths::program(Profile::Dev)
}

/// This example of a crate.
pub(crate) fn example(name: &str) -> Result<PathBuf> {
    build()?;
    Ok(paths::built(Profile::Dev)?.join("examples").join(name))
}

fn programs_of_tests(messages: &str) -> Result<Vec<TestBinary>> {
    let mut binaries = Vec::new();
    for line in messages.lines() {
        let message: Value = serde_json::from_str(line).context("a message of cargo is no JSON")?;
        if message["reason"] != "compiler-artifact" || message["profile"]["test"] != true {
            continue;
        }
        let path = |name: &str| message[name].as_str().map(PathBuf::from).with_context(|| format!("no {name}: {line}"));
        let (executable, manifest) = (path("executable")?, path("manifest_path")?);
        let directory = manifest.parent().context("a manifest without a directory")?.to_owned();
        let package = directory.file_name().context("a package without a directory")?.to_string_lossy().into_owned();
        binaries.push(TestBinary { package, executable, directory });
    }
    ensure!(!binaries.is_empty(), "cargo named no test program");
    Ok(binaries)
}

/// Runs the tests of this program with these variables, also after a failed one.
pub(crate) fn run(binary: &TestBinary, variables: &[(&str, &str)]) -> Result<Counts> {
    let mut tests = command(&binary.executable.to_string_lossy(), &[]);
    tests.current_dir(&binary.directory).envs(variables.iter().copied());
    Ok(count_cargo(&run_captured(&mut tests)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_of_tests_are_distinguished_from_other_artifacts() {
        let line = |manifest: &str, executable: &str, test: bool| {
            format!(
                r#"{{"reason":"compiler-artifact","manifest_path":"/a/{manifest}/Cargo.toml","executable":{executable},"profile":{{"test":{test}}},"fresh":true}}"#
            )
        };
        let messages = [
            line("app", "\"/t/app-1\"", true),
            line("app", "null", false),
            line("anteroom", "\"/t/anteroom\"", false),
            r#"{"reason":"build-finished","success":true}"#.to_owned(),
        ];
        let app = TestBinary { package: "app".to_owned(), executable: "/t/app-1".into(), directory: "/a/app".into() };
        assert_eq!(programs_of_tests(&messages.join("\n")).unwrap(), [app]);
    }

    #[test]
    fn an_artifact_of_another_shape_is_an_error() {
        let unknown = r#"{"reason":"compiler-artifact","profile":{"test":true},"program":"/t/app-1"}"#;
        assert!(programs_of_tests(unknown).is_err());
        assert!(programs_of_tests(r#"{"reason":"build-finished"}"#).is_err(), "none at all");
    }
}
