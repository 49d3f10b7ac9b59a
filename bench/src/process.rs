//! CPU time and memory of a process, from `/proc`.

use std::time::Duration;

use anyhow::{Context, Result};

/// Kernel ticks per second in `/proc/PID/stat`; 100 on every Linux that matters here.
const TICKS: u64 = 100;

/// What a process has used up to now.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// In user space.
    pub(crate) user: Duration,
    /// In the kernel.
    pub(crate) system: Duration,
    /// Resident memory in bytes.
    pub(crate) memory: u64,
    /// The most resident memory that it ever had, in bytes.
    pub(crate) peak: u64,
}

impl Usage {
    pub(crate) fn of(process: u32) -> Result<Self> {
        let read = |file: &str| {
            let path = format!("/proc/{process}/{file}");
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))
        };
        Self::parse(&read("stat")?, &read("status")?).with_context(|| format!("process {process}"))
    }

    fn parse(stat: &str, status: &str) -> Option<Self> {
        // The name, in parentheses, may contain spaces. State is the first field after it.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
        let mut time = || fields.next()?.parse().ok().map(|ticks: u64| Duration::from_millis(ticks * 1_000 / TICKS));
        let (user, system) = (time()?, time()?);
        let bytes = |name: &str| {
            let memory = status.lines().find_map(|line| line.strip_prefix(name))?;
            memory.trim().trim_end_matches(" kB").parse().ok().map(|kilobytes: u64| kilobytes * 1_024)
        };
        Some(Self { user, system, memory: bytes("VmRSS:")?, peak: bytes("VmHWM:")? })
    }

    /// Total CPU time.
    pub(crate) fn cpu(self) -> Duration {
        self.user + self.system
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_memory_are_parsed() {
        let stat = "71 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 150 25 0 0 20 0 8 0 123 456 789";
        let usage = Usage::parse(stat, "VmHWM:\t    3072 kB\nVmRSS:\t    2048 kB\nThreads:\t8\n").unwrap();
        assert_eq!((usage.user, usage.system), (Duration::from_millis(1_500), Duration::from_millis(250)));
        assert_eq!((usage.memory, usage.peak), (2 << 20, 3 << 20));
    }

    #[test]
    fn own_process_has_memory() {
        assert!(Usage::of(std::process::id()).unwrap().memory > 1_000_000);
    }
}
