//! The limit on open files of this process. Each connection is a file, and so is each page that shows live updates.

use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::time::Instant;

use crate::http::ConnectionLimits;
use crate::log::PerMinute;

/// Where even an unlimited process stops: the kernel's own default limit. Above it, raising fails.
const MAX_FILES: u64 = 1 << 20;
/// More connections than one server can serve anyway.
const MAX_CONNECTIONS: u64 = 50_000;
/// A clinic behind one address: pages of some hundred people, with their live updates and calls.
const MAX_PER_CLIENT: u64 = 1_024;

/// Raises the soft limit to the hard one and returns it: most systems start programs with 1,024.
pub(crate) fn raise() -> Result<u64> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).context("cannot read the limit on open files")?;
    let wanted = hard.min(MAX_FILES).max(soft);
    let raised = setrlimit(Resource::RLIMIT_NOFILE, wanted, hard);
    let limit = if raised.is_ok() { wanted } else { soft };
    tracing::info!(limit, before = soft, hard, "open files");
    Ok(limit)
}

/// How many HTTP connections fit: a quarter of the files is left for media over TCP, the database and mail.
pub(crate) fn connection_limits(files: u64) -> ConnectionLimits {
    let total = (files / 4 * 3).min(MAX_CONNECTIONS);
    let count = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    ConnectionLimits { total: count(total), per_client: count((total / 3).min(MAX_PER_CLIENT)) }
}

/// Warns when few files are left.
pub(crate) struct OpenFiles {
    limit: u64,
    log: Mutex<PerMinute>,
}

impl OpenFiles {
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, log: Mutex::default() }
    }

    /// Reports a descriptor that was just opened. It has the lowest free number, so it counts those in use.
    pub(crate) fn opened(&self, descriptor: i32) {
        let (open, limit) = (u64::try_from(descriptor).unwrap_or_default() + 1, self.limit);
        if !is_nearly_used(open, limit) {
            return;
        }
        if self.log.lock().unwrap_or_else(PoisonError::into_inner).count(Instant::now()).is_some() {
            tracing::warn!(
                open,
                limit,
                "few open files are left; when none is, new connections wait. Raise the limit (LimitNOFILE of systemd)"
            );
        }
    }

    /// In the text format of Prometheus.
    pub(crate) fn metrics(&self) -> String {
        // The folder itself is open while it is read.
        let open = std::fs::read_dir("/dev/fd").map_or(0, |files| files.count().saturating_sub(1));
        format!(
            "# HELP anteroom_open_files Open files of the process, sockets included.\n\
             # TYPE anteroom_open_files gauge\n\
             anteroom_open_files {open}\n\
             # HELP anteroom_open_files_limit The limit on open files.\n\
             # TYPE anteroom_open_files_limit gauge\n\
             anteroom_open_files_limit {}\n",
            self.limit
        )
    }
}

fn is_nearly_used(open: u64, limit: u64) -> bool {
    open >= limit - limit / 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn soft_limit_is_raised_to_the_hard_one() {
        let limit = raise().unwrap();
        let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
        assert_eq!((limit, soft), (hard.min(MAX_FILES).max(soft), limit));
    }

    #[test]
    fn connections_leave_files_for_the_rest_of_the_server() {
        for (files, total, per_client) in [(1_024, 768, 256), (4_096, 3_072, 1_024), (1 << 20, 50_000, 1_024)] {
            let limits = connection_limits(files);
            assert_eq!((limits.total, limits.per_client), (total, per_client), "{files}");
        }
    }

    #[test]
    fn warning_comes_at_four_fifths() {
        assert!(!is_nearly_used(799, 1_000) && is_nearly_used(800, 1_000) && is_nearly_used(1_000, 1_000));
    }

    #[test]
    fn metrics_have_the_number_and_the_limit() {
        let files = OpenFiles::new(1_000);
        let _one_more = std::fs::File::open("/dev/null").unwrap();
        let metrics = files.metrics();
        assert!(metrics.contains("\nanteroom_open_files_limit 1000\n"), "{metrics}");
        let open = metrics.lines().find_map(|line| line.strip_prefix("anteroom_open_files ")).unwrap();
        assert!(open.parse::<u64>().unwrap() >= 4, "{metrics}");
    }
}
