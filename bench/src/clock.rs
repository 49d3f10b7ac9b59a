//! The clocks of this process, read once per turn.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Both clocks at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    /// The clock of the connections.
    pub(crate) instant: Instant,
    /// Nanoseconds since 1970: the clock of stamps and of the kernel's receive times.
    pub(crate) unix: u64,
}

impl Now {
    #[expect(clippy::disallowed_methods, reason = "the source of this process's time")]
    pub(crate) fn read() -> Self {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { instant: Instant::now(), unix: unix.as_nanos() as u64 }
    }

    /// The instant at which the system clock showed this, if it was recently.
    pub(crate) fn instant_at(self, unix: u64) -> Instant {
        let ago = Duration::from_nanos(self.unix.saturating_sub(unix));
        self.instant.checked_sub(ago).unwrap_or(self.instant)
    }
}
