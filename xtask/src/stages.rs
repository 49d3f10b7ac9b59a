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
    let begun = Instant::now();
    let closing: Vec<Closing> = stages.iter().map(close).collect();
    println!();
    for line in &closing {
        println!("{}", line.text);
    }
    println!("{:>7.1} s  in all", begun.elapsed().as_secs_f64());
    let failed: Vec<&str> = closing.iter().filter(|line| line.failed).map(|line| line.name).collect();
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

struct Closing {
    name: &'static str,
    text: String,
    failed: bool,
}

fn close(stage: &Stage) -> Closing {
    let name = stage.name;
    println!("\n── {name}");
    let begun = Instant::now();
    let verdict = (stage.work)().and_then(|proof| verdict(&proof));
    let seconds = begun.elapsed().as_secs_f64();
    let (word, said) = match &verdict {
        Ok(said) => ("ok", said.clone()),
        Err(error) => ("FAILED", format!("{error:#}")),
    };
    let text = format!("{seconds:>7.1} s  {name:<10} {word}  {said}");
    println!("{text}");
    Closing { name, text, failed: verdict.is_err() }
}

fn verdict(proof: &Proof) -> Result<String> {
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
