//! A clock moved by tests.

use std::sync::{Mutex, PoisonError};

use anteroom_app::Clock;
use jiff::{SignedDuration, Timestamp};

/// A clock that moves only on request, in either direction.
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// A clock set to this instant.
    pub const fn at(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves the clock by a duration.
    pub fn advance(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.saturating_add(by).expect("tests stay within the range of Timestamp");
    }

    /// Sets the clock.
    pub fn set(&self, to: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = to;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `n` seconds.
pub const fn seconds(n: i64) -> SignedDuration {
    SignedDuration::from_secs(n)
}

/// `n` minutes.
pub const fn minutes(n: i64) -> SignedDuration {
    SignedDuration::from_mins(n)
}

/// `n` hours.
pub const fn hours(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n)
}
