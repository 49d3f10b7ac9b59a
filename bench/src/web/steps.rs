//! Response times and errors of each step of a load.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::histogram::Histogram;

/// Errors that are kept as text; all are counted.
const MAX_TEXTS: usize = 10;

/// What was measured, by step, in the order in which the steps began.
#[derive(Default)]
pub(crate) struct Steps {
    names: Vec<&'static str>,
    steps: BTreeMap<&'static str, Step>,
    /// The first errors.
    pub(crate) texts: Vec<String>,
}

#[derive(Default)]
struct Step {
    times: Histogram,
    count: u64,
    errors: u64,
}

/// The times of one step, in milliseconds.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct StepResult {
    pub(crate) step: &'static str,
    /// With errors.
    pub(crate) count: u64,
    pub(crate) errors: u64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
}

impl Steps {
    /// Records an outcome and passes its value on. Only successes have a time: an error may be fast.
    pub(crate) fn record<T>(&mut self, step: &'static str, took: Duration, outcome: anyhow::Result<T>) -> Option<T> {
        if !self.steps.contains_key(step) {
            self.names.push(step);
        }
        let entry = self.steps.entry(step).or_default();
        entry.count += 1;
        match outcome {
            Ok(value) => {
                entry.times.record(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
                Some(value)
            }
            Err(error) => {
                entry.errors += 1;
                if self.texts.len() < MAX_TEXTS {
                    self.texts.push(format!("{step}: {error:#}"));
                }
                None
            }
        }
    }

    /// How often a step succeeded.
    pub(crate) fn successes(&self, step: &str) -> u64 {
        self.steps.get(step).map_or(0, |step| step.count - step.errors)
    }

    pub(crate) fn results(&self) -> Vec<StepResult> {
        let milliseconds = |nanoseconds: u64| nanoseconds as f64 / 1e6;
        let result = |step: &'static str| {
            let Step { times, count, errors } = &self.steps[step];
            StepResult {
                step,
                count: *count,
                errors: *errors,
                p50: milliseconds(times.percentile(0.5)),
                p99: milliseconds(times.percentile(0.99)),
                max: milliseconds(times.longest()),
            }
        };
        self.names.iter().map(|step| result(step)).collect()
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn errors_are_counted_and_have_no_time() {
        let mut steps = Steps::default();
        assert_eq!(steps.record("page", Duration::from_millis(2), Ok(7)), Some(7));
        assert_eq!(steps.record("entry", Duration::from_millis(4), Ok(())), Some(()));
        for _ in 0..100 {
            assert_eq!(steps.record::<()>("page", Duration::from_secs(9), Err(anyhow!("refused"))), None);
        }
        let [page, entry] = &steps.results()[..] else { panic!("two steps") };
        assert_eq!((page.step, page.count, page.errors, page.max), ("page", 101, 100, 2.0));
        assert_eq!((entry.step, entry.count, entry.errors), ("entry", 1, 0));
        assert_eq!((steps.successes("page"), steps.successes("unknown")), (1, 0));
        assert_eq!((steps.texts.len(), steps.texts[0].as_str()), (MAX_TEXTS, "page: refused"));
    }
}
