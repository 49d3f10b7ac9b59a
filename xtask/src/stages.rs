//! Stages: each runs, each gets a closing line with its seconds, and the last word is the list of those that failed.

use std::time::Instant;

use anyhow::{Result, bail, ensure};

use crate::test_counts::Counts;

/// One thing to prove, and the work that proves it.
#[derive(Clone, Copy)]
pub(crate) struct Stage {
    pub(crate) name: &'static str,
    pub(crate) work: fn() -> Result<Proof>,
}

/// What a stage has to show for itself.
pub(crate) enum Proof {
    Checked,
    Tests(Counts),
}

/// Runs them all, the later ones also when an earlier one failed: one run tells everything that is wrong.
pub(crate) fn run(stages: &[Stage]) -> Result<()> {
    let started = Instant::now();
    let results: Vec<StageResult> = stages.iter().map(run_stage).collect();
    println!();
    for line in &results {
        println!("{}", line.text);
    }
    println!("{:>7.1} s  in all", started.elapsed().as_secs_f64());
    let failed: Vec<&str> = results.iter().filter(|line| line.failed).map(|line| line.name).collect();
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

struct StageResult {
    name: &'static str,
    text: String,
    failed: bool,
}

fn run_stage(stage: &Stage) -> StageResult {
    let name = stage.name;
    println!("\n── {name}");
    let started = Instant::now();
    let summary = (stage.work)().and_then(|proof| summary(&proof));
    let seconds = started.elapsed().as_secs_f64();
    let (word, detail) = match &summary {
        Ok(detail) => ("ok", detail.clone()),
        Err(error) => ("FAILED", format!("{error:#}")),
    };
    let text = format!("{seconds:>7.1} s  {name:<10} {word}  {detail}");
    println!("{text}");
    StageResult { name, text, failed: summary.is_err() }
}

fn summary(proof: &Proof) -> Result<String> {
    match proof {
        Proof::Checked => Ok(String::new()),
        Proof::Tests(counts) => {
            ensure!(counts.ran > 0, "no test ran");
            ensure!(counts.skipped == 0, "{} tests were left out", counts.skipped);
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
    fn a_stage_that_ran_no_test_fails() {
        let error = run(&[Stage { name: "empty", work: || tests(0, 0) }]).unwrap_err();
        assert_eq!(error.to_string(), "failed: empty");
    }

    #[test]
    fn a_stage_that_left_tests_out_fails() {
        assert!(run(&[Stage { name: "lenient", work: || tests(12, 1) }]).is_err());
    }

    #[test]
    fn one_failure_hides_no_other() {
        let stages = [
            Stage { name: "first", work: || bail!("broken") },
            Stage { name: "second", work: || tests(3, 0) },
            Stage { name: "third", work: || bail!("broken too") },
        ];
        assert_eq!(run(&stages).unwrap_err().to_string(), "failed: first, third");
    }

    #[test]
    fn stages_that_prove_something_pass() {
        run(&[Stage { name: "tests", work: || tests(1, 0) }, Stage { name: "checks", work: || Ok(Proof::Checked) }])
            .unwrap();
    }
}
