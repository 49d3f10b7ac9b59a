//! `cargo xtask fuzz`: runs one target of `fuzz/` under libFuzzer (coverage-guided) for a limited time.
//!
//! Crashing inputs are written to `fuzz/crashes`, where the tests replay them. New corpus entries stay in the target
//! directory.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::process::{command, run};
use crate::{install, paths};

const DEFAULT_SECONDS: &str = "60";

pub(crate) fn target(name: &str, seconds: Option<&str>) -> Result<()> {
    let seconds = seconds.unwrap_or(DEFAULT_SECONDS);
    seconds.parse::<u32>().context("SECONDS must be a whole number")?;
    let fuzz = paths::root().join("fuzz");
    let seeds = fuzz.join("corpus").join(name);
    ensure!(seeds.is_dir(), "unknown fuzz target `{name}`; known targets: {}", targets(&fuzz)?.join(", "));
    install::fuzzer()?;
    let crashes = fuzz.join("crashes").join(name);
    let built = paths::target()?.join("libfuzzer");
    let learned = built.join("learnt").join(name);
    for directory in [&crashes, &learned] {
        std::fs::create_dir_all(directory).with_context(|| format!("cannot create {}", directory.display()))?;
    }
    // No sanitizer: the workspace forbids `unsafe`, and the fuzzer runs twice as fast without one.
    let mut fuzzing = command("cargo", &["+nightly", "fuzz", "run", "--sanitizer", "none", "--fuzz-dir"]);
    fuzzing.arg(fuzz.join("libfuzzer")).arg("--target-dir").arg(built).arg(name);
    fuzzing.args([&learned, &seeds, &crashes]).arg("--");
    fuzzing.args(["-timeout=20", "-rss_limit_mb=4096", "-len_control=10", &format!("-max_total_time={seconds}")]);
    run(fuzzing.arg(format!("-artifact_prefix={}/", crashes.display())))
}

fn targets(fuzz: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(fuzz.join("corpus")).context("cannot read fuzz/corpus")? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_target_error_lists_the_known_targets() {
        let error = target("everything", None).unwrap_err().to_string();
        assert!(error.contains("signalling"), "{error}");
        assert!(target("demux", Some("long")).is_err());
    }

    #[test]
    fn every_target_has_a_libfuzzer_binary() {
        let fuzz = paths::root().join("fuzz");
        let manifest = std::fs::read_to_string(fuzz.join("libfuzzer/Cargo.toml")).unwrap();
        for name in targets(&fuzz).unwrap() {
            assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
        }
    }
}
