//! A clock that goes only when it is told to.

use std::sync::{Mutex, PoisonError};

use anteroom_app::Clock;
use jiff::{SignedDuration, Timestamp};

/// A clock that stands still until somebody moves it, in either direction.
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// A clock that shows this instant.
    pub const fn at(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    /// Time passes.
    pub fn advance(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.saturating_add(by).expect("a test does not wait until the end of time");
    }

    /// The clock is set.
    pub fn set(&self, to: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = to;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// So many seconds.
pub const fn seconds(n: i64) -> SignedDuration {
    SignedDuration::from_secs(n)
}

/// So many minutes.
pub const fn minutes(n: i64) -> SignedDuration {
    SignedDuration::from_mins(n)
}

/// So many hours.
pub const fn hours(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n)
}
