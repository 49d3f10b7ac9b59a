//! Which layers of a publisher anybody wants: what nobody wants need not be encoded.
//!
//! More is asked for at once, less only after a while: people change their windows back and forth, and
//! an encoder that starts again costs a keyframe.

use std::time::{Duration, Instant};

const LOWER_AFTER: Duration = Duration::from_secs(5);

/// What the publisher of one source was told.
#[derive(Debug, Default)]
pub(crate) struct LayerDemand {
    /// So many layers, counted from the lowest; `None` for all there are.
    advertised: Option<usize>,
    /// Since when fewer would do.
    lower_since: Option<Instant>,
}

impl LayerDemand {
    /// So many of `all` layers are wanted now. Answers what to tell.
    pub(crate) fn update(&mut self, now: Instant, wanted: usize, all: usize) -> Option<usize> {
        let advertised = self.advertised.unwrap_or(all);
        if wanted >= advertised {
            self.lower_since = None;
        } else {
            let since = *self.lower_since.get_or_insert(now);
            if now < since + LOWER_AFTER {
                return None;
            }
            self.lower_since = None;
        }
        let changed = wanted != advertised;
        self.advertised = Some(wanted);
        changed.then_some(wanted)
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.lower_since.map(|since| since + LOWER_AFTER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_is_told_at_once_and_less_after_a_while() {
        let start = crate::tests::origin();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut demand = LayerDemand::default();
        assert_eq!(demand.update(at(0), 3, 3), None, "all flow anyway");
        assert_eq!(demand.update(at(1), 1, 3), None);
        assert_eq!(demand.deadline(), Some(at(6)));
        assert_eq!(demand.update(at(6), 1, 3), Some(1));
        assert_eq!(demand.update(at(7), 2, 3), Some(2), "at once");
    }

    #[test]
    fn whoever_changes_their_mind_in_time_is_not_noticed() {
        let start = crate::tests::origin();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut demand = LayerDemand::default();
        demand.update(at(0), 1, 3);
        assert_eq!(demand.update(at(4), 3, 3), None);
        assert_eq!(demand.update(at(5), 1, 3), None, "the five seconds begin anew");
        assert_eq!(demand.update(at(9), 1, 3), None);
    }
}
