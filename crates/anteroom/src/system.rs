//! The system clock and random bytes, as implementations of the ports of `app`. `rtc` also reads the monotonic clock
//! and the receive times of packets.

use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering::Relaxed;

use anteroom_app::{Clock, Rng};
use jiff::{SignedDuration, Timestamp};
use rand::TryRng;

/// The system clock; the demo can set it forward.
#[derive(Default)]
pub(crate) struct SystemClock {
    ahead_seconds: AtomicI64,
}

impl SystemClock {
    /// Sets the clock forward, for `POST /demo/clock`.
    pub(crate) fn advance(&self, seconds: i64) {
        self.ahead_seconds.fetch_add(seconds, Relaxed);
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the implementation of the Clock port")]
    fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.ahead_seconds.load(Relaxed));
        Timestamp::now().saturating_add(ahead).unwrap_or(Timestamp::MAX)
    }
}

/// Random bytes from the operating system.
pub(crate) struct SystemRng;

impl Rng for SystemRng {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rngs::SysRng.try_fill_bytes(bytes).expect("the operating system provides random bytes once booted");
    }
}
