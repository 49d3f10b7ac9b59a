//! The result of a storm: one line of JSON.

use std::time::Duration;

use serde::Serialize;

use crate::histogram::Histogram;
use crate::process::Usage;
use crate::web::{StepResult, Steps};

/// Steps that change something: each was durable before its response.
const CHANGES: [&str; 4] = ["entry", "opening", "admission", "ticket"];

/// What was measured.
#[derive(Debug, Serialize)]
pub(crate) struct StormResult {
    pub(crate) guests: usize,
    /// From the first guest until the last one waited or had a ticket.
    pub(crate) seconds: f64,
    pub(crate) steps: Vec<StepResult>,
    pub(crate) errors: u64,
    /// The first errors.
    pub(crate) error_texts: Vec<String>,
    /// Guests who neither waited nor had failed at the end.
    pub(crate) unsettled: usize,
    /// Durable changes that the server has answered, for each second.
    pub(crate) changes_per_second: f64,
    /// Commits for each second. On SQLite several changes share one.
    pub(crate) commits_per_second: f64,
    /// Cores that the server used.
    pub(crate) server_cores: f64,
    /// Resident memory in MB (10^6 bytes): before the first guest, and while all wait.
    pub(crate) memory_before: f64,
    pub(crate) memory_waiting: f64,
    /// What a guest added to it, in KB (1,000 bytes).
    pub(crate) memory_per_guest: f64,
    /// Cores that this process used, of one; above 0.7 the times contain its own delay.
    pub(crate) generator_cores: f64,
    /// How late this process let guests come, in milliseconds.
    pub(crate) generator_late_p99: f64,
}

/// What was read during the storm.
pub(super) struct Measured {
    pub(super) guests: usize,
    pub(super) unsettled: usize,
    pub(super) took: Duration,
    /// Of the server: before the first guest, and when all had come.
    pub(super) usage: [Usage; 2],
    /// Of this process.
    pub(super) own: [Usage; 2],
    pub(super) commits: f64,
}

impl Measured {
    /// `waiting`: of the server, while all wait.
    pub(super) fn result(self, steps: &Steps, lateness: &Histogram, waiting: Usage) -> StormResult {
        let seconds = self.took.as_secs_f64();
        let cores = |[before, after]: [Usage; 2]| (after.cpu() - before.cpu()).as_secs_f64() / seconds;
        let megabytes = |usage: Usage| usage.memory as f64 / 1e6;
        let changes: u64 = CHANGES.iter().map(|step| steps.successes(step)).sum();
        let (before, during) = (megabytes(self.usage[0]), megabytes(waiting));
        let results = steps.results();
        StormResult {
            guests: self.guests,
            seconds,
            errors: results.iter().map(|step| step.errors).sum(),
            steps: results,
            error_texts: steps.texts.clone(),
            unsettled: self.unsettled,
            changes_per_second: changes as f64 / seconds,
            commits_per_second: self.commits / seconds,
            server_cores: cores(self.usage),
            memory_before: before,
            memory_waiting: during,
            memory_per_guest: (during - before) * 1e3 / self.guests as f64,
            generator_cores: cores(self.own),
            generator_late_p99: lateness.percentile(0.99) as f64 / 1e6,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_of_the_time_until_all_had_come_and_memory_of_the_wait() {
        let usage = |cpu: u64, memory: u64| Usage { user: Duration::from_secs(cpu), memory, ..Usage::default() };
        let measured = Measured {
            guests: 100,
            unsettled: 1,
            took: Duration::from_secs(10),
            usage: [usage(1, 20_000_000), usage(6, 30_000_000)],
            own: [usage(0, 0), usage(8, 0)],
            commits: 50.0,
        };
        let mut steps = Steps::default();
        for step in ["page", "entry", "entry", "ticket"] {
            steps.record(step, Duration::from_millis(1), Ok(()));
        }
        let result = measured.result(&steps, &Histogram::default(), usage(9, 24_000_000));
        assert_eq!((result.server_cores, result.generator_cores), (0.5, 0.8));
        assert_eq!((result.memory_per_guest, result.memory_waiting), (40.0, 24.0));
        assert_eq!((result.changes_per_second, result.commits_per_second), (0.3, 5.0));
    }
}
