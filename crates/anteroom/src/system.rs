//! The real clock and real chance. The one place that reads either.

use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering::Relaxed;

use anteroom_app::{Clock, Rng};
use jiff::{SignedDuration, Timestamp};
use rand::TryRng;

/// The machine's clock, which the demo can set forward.
#[derive(Default)]
pub(crate) struct SystemClock {
    ahead_seconds: AtomicI64,
}

impl SystemClock {
    /// Sets the clock forward, for the demo's stories about tomorrow.
    pub(crate) fn advance(&self, seconds: i64) {
        self.ahead_seconds.fetch_add(seconds, Relaxed);
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock for everybody else")]
    fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.ahead_seconds.load(Relaxed));
        Timestamp::now().saturating_add(ahead).unwrap_or(Timestamp::MAX)
    }
}

/// Chance from the operating system.
pub(crate) struct SystemRng;

impl Rng for SystemRng {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rngs::SysRng.try_fill_bytes(bytes).expect("the operating system always has chance once it has started");
    }
}
