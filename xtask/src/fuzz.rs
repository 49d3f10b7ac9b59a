//! One target of `fuzz/` under a fuzzer that watches which lines run, for as long as wanted.
//!
//! What breaks it is put where the tests find it: `fuzz/crashes`. What it learns stays in the target directory.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::install;
use crate::paths;
use crate::process::{command, run};

const DEFAULT_SECONDS: &str = "60";

pub(crate) fn target(name: &str, seconds: Option<&str>) -> Result<()> {
    let seconds = seconds.unwrap_or(DEFAULT_SECONDS);
    seconds.parse::<u32>().context("for so many seconds?")?;
    let fuzz = paths::root().join("fuzz");
    let seeds = fuzz.join("corpus").join(name);
    ensure!(seeds.is_dir(), "there is no target `{name}`; there are: {}", targets(&fuzz)?.join(", "));
    install::fuzzer()?;
    let crashes = fuzz.join("crashes").join(name);
    let built = paths::target()?.join("libfuzzer");
    let learned = built.join("learnt").join(name);
    for directory in [&crashes, &learned] {
        std::fs::create_dir_all(directory).with_context(|| format!("{} cannot be made", directory.display()))?;
    }
    // Without a sanitizer: no line of ours is `unsafe`, and it runs twice as fast.
    let mut fuzzing = command("cargo", &["+nightly", "fuzz", "run", "--sanitizer", "none", "--fuzz-dir"]);
    fuzzing.arg(fuzz.join("libfuzzer")).arg("--target-dir").arg(built).arg(name);
    fuzzing.args([&learned, &seeds, &crashes]).arg("--");
    fuzzing.args(["-timeout=20", "-rss_limit_mb=4096", "-len_control=10", &format!("-max_total_time={seconds}")]);
    run(fuzzing.arg(format!("-artifact_prefix={}/", crashes.display())))
}

fn targets(fuzz: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(fuzz.join("corpus")).context("there are no seeds")? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_that_is_not_there_is_answered_with_those_that_are() {
        let error = target("everything", None).unwrap_err().to_string();
        assert!(error.contains("signalling"), "{error}");
        assert!(target("demux", Some("long")).is_err());
    }

    #[test]
    fn every_target_has_its_program() {
        let fuzz = paths::root().join("fuzz");
        let manifest = std::fs::read_to_string(fuzz.join("libfuzzer/Cargo.toml")).unwrap();
        for name in targets(&fuzz).unwrap() {
            assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
        }
    }
}
