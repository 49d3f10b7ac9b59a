//! The last bandwidth estimate of persons whose peer has left. A client that reconnects is on the same line most of the
//! time, and three seconds of too much video are three seconds of late video.

use std::time::{Duration, Instant};

use crate::config::INITIAL_ESTIMATE;
use crate::ids::PersonId;

/// An older estimate is of another line, or of another hour.
const MAX_AGE: Duration = Duration::from_secs(120);
/// The oldest is forgotten if there are more.
const MAX_PERSONS: usize = 64;
/// Bits per second. A line that was dying has a lower estimate: with this much a low layer starts at once.
const LOWEST_START: u64 = 300_000;

#[derive(Debug, Default)]
pub(crate) struct LastEstimates {
    /// Oldest first.
    estimates: Vec<(Instant, PersonId, u64)>,
}

impl LastEstimates {
    pub(crate) fn keep(&mut self, now: Instant, person: PersonId, estimate: u64) {
        self.estimates.retain(|(at, known, _)| *known != person && now < *at + MAX_AGE);
        if self.estimates.len() >= MAX_PERSONS {
            self.estimates.remove(0);
        }
        self.estimates.push((now, person, estimate));
    }

    pub(crate) fn of(&self, now: Instant, person: PersonId) -> Option<u64> {
        let known = self.estimates.iter().find(|(at, known, _)| *known == person && now < *at + MAX_AGE);
        known.map(|(_, _, estimate)| *estimate)
    }
}

/// What a peer starts at whose person had this estimate: never more than a peer of which nothing is known.
pub(crate) fn start(known: u64) -> u64 {
    known.clamp(LOWEST_START, INITIAL_ESTIMATE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_are_bounded_by_age_and_number() {
        let (now, mut last) = (crate::tests::origin(), LastEstimates::default());
        for person in 0..100 {
            last.keep(now, PersonId(person), person);
        }
        assert_eq!((last.of(now, PersonId(35)), last.of(now, PersonId(36))), (None, Some(36)));
        last.keep(now, PersonId(99), 5);
        assert_eq!((last.of(now, PersonId(99)), last.estimates.len()), (Some(5), 64));
        assert_eq!(last.of(now + MAX_AGE, PersonId(99)), None);
        last.keep(now + MAX_AGE, PersonId(1), 1);
        assert_eq!(last.estimates.len(), 1, "the others are too old");
        assert_eq!([10, 1_000_000, 90_000_000].map(start), [LOWEST_START, 1_000_000, INITIAL_ESTIMATE]);
    }
}
