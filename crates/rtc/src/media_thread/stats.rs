//! What a media thread reports about itself: whether it turns, and how long its turns and its queue of commands are.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::{Duration, Instant};

use super::Histogram;

/// A thread whose last turn began longer ago than this is stuck: an idle one turns once a second.
const STUCK: Duration = Duration::from_secs(5);

pub(crate) struct ThreadStats {
    /// Time of each turn, without the wait before it.
    pub(crate) turns: Histogram,
    /// From sending a command to the turn that runs it.
    pub(crate) queue_age: Histogram,
    queued: AtomicU64,
    started: Instant,
    /// When the last turn began, in milliseconds since the start.
    turned_ms: AtomicU64,
    ended: AtomicBool,
}

/// Why a media thread does not work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unhealthy {
    #[error("a media thread has ended")]
    Ended,
    #[error("a media thread is stuck: its last turn began {} s ago", .0.as_secs())]
    Stuck(Duration),
}

impl ThreadStats {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            turns: Histogram::default(),
            queue_age: Histogram::default(),
            queued: AtomicU64::default(),
            started: now,
            turned_ms: AtomicU64::default(),
            ended: AtomicBool::default(),
        }
    }

    /// Whether the thread works.
    pub(crate) fn check(&self, now: Instant) -> Result<(), Unhealthy> {
        if self.ended.load(Relaxed) {
            return Err(Unhealthy::Ended);
        }
        let turned = self.started + Duration::from_millis(self.turned_ms.load(Relaxed));
        match now.saturating_duration_since(turned) {
            late if late > STUCK => Err(Unhealthy::Stuck(late)),
            _ => Ok(()),
        }
    }

    /// Commands that are sent and not run.
    pub(crate) fn queued(&self) -> u64 {
        self.queued.load(Relaxed)
    }

    /// A turn begins.
    pub(super) fn beat(&self, now: Instant) {
        self.turned_ms.store(now.saturating_duration_since(self.started).as_millis() as u64, Relaxed);
    }

    pub(super) fn end(&self) {
        self.ended.store(true, Relaxed);
    }

    pub(super) fn command_sent(&self) {
        self.queued.fetch_add(1, Relaxed);
    }

    pub(super) fn command_run(&self) {
        self.queued.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media_thread::clock;

    #[test]
    fn thread_is_stuck_five_seconds_after_its_last_turn() {
        let start = clock();
        let stats = ThreadStats::new(start);
        let at = |ms| start + Duration::from_millis(ms);
        stats.beat(at(60_000));
        assert_eq!(stats.check(at(65_000)), Ok(()));
        assert_eq!(stats.check(at(65_001)), Err(Unhealthy::Stuck(Duration::from_millis(5_001))));
        stats.beat(at(65_002));
        assert_eq!(stats.check(at(65_003)), Ok(()));
        stats.end();
        assert_eq!(stats.check(at(65_003)), Err(Unhealthy::Ended));
    }
}
