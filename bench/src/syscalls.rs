//! Number of system calls of a process, by `perf stat`. Counting costs the process some time, so a run that counts
//! measures no CPU time.

use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

const EVENT: &str = "raw_syscalls:sys_enter";

/// A count that runs.
pub(crate) struct SyscallCount(Child);

impl SyscallCount {
    /// Counts for so many seconds from now on.
    pub(crate) fn start(process: u32, seconds: f64) -> Result<Self> {
        let mut perf = Command::new("perf");
        perf.args(["stat", "-x,", "-e", EVENT, "-p", &process.to_string(), "sleep", &seconds.to_string()]);
        let perf = perf.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        Ok(Self(perf.context("cannot start perf, which counts the system calls")?))
    }

    /// Waits until the time is over.
    pub(crate) fn finish(self) -> Result<u64> {
        let output = self.0.wait_with_output()?;
        let text = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "perf: {text}");
        count(&text).with_context(|| format!("perf counted nothing: {text}"))
    }
}

/// The first field of the event's line.
fn count(text: &str) -> Option<u64> {
    text.lines().find(|line| line.contains(EVENT))?.split(',').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn count_is_the_first_field() {
        assert_eq!(count("4711,,raw_syscalls:sys_enter,2003157,100.00,,\n"), Some(4_711));
        assert_eq!(count("<not counted>,,raw_syscalls:sys_enter,0,100.00,,\n"), None);
        assert_eq!(count(""), None);
    }
}
