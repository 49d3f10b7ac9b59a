//! Runs stages, prints a result line with the duration for each, and fails with the list of failed stages.
//!
//! What failed is printed once more at the end: a build server shows the last lines only.

use std::fmt;
use std::time::Instant;

use anyhow::{Error, Result, bail, ensure};

use crate::failures::{self, Part};
use crate::test_counts::Counts;

/// One step of `cargo xtask test` or `ci`.
#[derive(Clone, Copy)]
pub(crate) struct Stage {
    pub(crate) name: &'static str,
    pub(crate) work: fn() -> Result<Proof>,
}

/// The result of a stage that did not fail.
pub(crate) enum Proof {
    Checked,
    Tests(Counts),
}

/// Parts of one stage that failed, each with its error.
#[derive(Debug)]
pub(crate) struct PartsFailed(pub(crate) Vec<(&'static str, Error)>);

impl std::error::Error for PartsFailed {}

impl fmt::Display for PartsFailed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|(name, _)| *name).collect();
        formatter.write_str(&names.join("; "))
    }
}

/// Runs all stages, also after a failed one, so that one run reports every failure.
pub(crate) fn run(stages: &[Stage]) -> Result<()> {
    let started = Instant::now();
    let results: Vec<StageResult> = stages.iter().map(run_stage).collect();
    println!();
    failures::summary(&failed_parts(&results)).iter().for_each(|line| println!("{line}"));
    for result in &results {
        println!("{}", result.text);
    }
    println!("{:>7.1} s  total", started.elapsed().as_secs_f64());
    let failed: Vec<&str> = results.iter().filter(|result| result.error.is_some()).map(|result| result.name).collect();
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

struct StageResult {
    name: &'static str,
    text: String,
    error: Option<Error>,
}

/// The failed parts of all stages; a stage without parts is one.
fn failed_parts(results: &[StageResult]) -> Vec<Part> {
    let mut failed = Vec::new();
    for result in results {
        match result.error.as_ref().map(|error| (error, error.downcast_ref::<PartsFailed>())) {
            Some((_, Some(parts))) => {
                failed.extend(parts.0.iter().map(|(part, error)| Part::new(format!("{}, {part}", result.name), error)))
            }
            Some((error, None)) => failed.push(Part::new(result.name.to_owned(), error)),
            None => {}
        }
    }
    failed
}

fn run_stage(stage: &Stage) -> StageResult {
    let name = stage.name;
    println!("\n── {name}");
    let started = Instant::now();
    let summary = (stage.work)().and_then(|proof| summary(&proof));
    let seconds = started.elapsed().as_secs_f64();
    let (word, detail, error) = match summary {
        Ok(detail) => ("ok", detail, None),
        Err(error) => ("FAILED", failures::cut(&format!("{error:#}")), Some(error)),
    };
    let text = format!("{seconds:>7.1} s  {name:<13} {word}  {detail}");
    println!("{text}");
    StageResult { name, text, error }
}

fn summary(proof: &Proof) -> Result<String> {
    match proof {
        Proof::Checked => Ok(String::new()),
        Proof::Tests(counts) => {
            ensure!(counts.ran > 0, "no test ran");
            ensure!(counts.skipped == 0, "{} tests were skipped", counts.skipped);
            Ok(format!("{} tests", counts.ran))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tests(ran: u64, skipped: u64) -> Result<Proof> {
        Ok(Proof::Tests(Counts { ran, skipped }))
    }

    #[test]
    fn stage_without_tests_fails() {
        let error = run(&[Stage { name: "empty", work: || tests(0, 0) }]).unwrap_err();
        assert_eq!(error.to_string(), "failed: empty");
    }

    #[test]
    fn stage_with_skipped_tests_fails() {
        assert!(run(&[Stage { name: "lenient", work: || tests(12, 1) }]).is_err());
    }

    #[test]
    fn all_failed_stages_are_listed() {
        let stages = [
            Stage { name: "first", work: || bail!("broken") },
            Stage { name: "second", work: || tests(3, 0) },
            Stage { name: "third", work: || bail!("broken too") },
        ];
        assert_eq!(run(&stages).unwrap_err().to_string(), "failed: first, third");
    }

    #[test]
    fn stages_with_tests_or_checks_pass() {
        run(&[Stage { name: "tests", work: || tests(1, 0) }, Stage { name: "checks", work: || Ok(Proof::Checked) }])
            .unwrap();
    }
}
