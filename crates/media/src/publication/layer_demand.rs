//! Dynacast demand: how many layers of a publication are subscribed to, and what was last reported to its publisher.
//!
//! A rise is reported at once, a fall only after a delay: windows are resized back and forth, and restarting an
//! encoder costs a keyframe.

use std::time::{Duration, Instant};

const LOWER_AFTER: Duration = Duration::from_secs(5);

/// The demand last reported to the publisher of one publication.
#[derive(Debug, Default)]
pub(crate) struct LayerDemand {
    /// Number of layers counted from the lowest; `None` for all.
    advertised: Option<usize>,
    /// Since when fewer layers suffice.
    lower_since: Option<Instant>,
}

impl LayerDemand {
    /// `wanted` of `all` layers are subscribed to now. Returns the number to report, if it changed.
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

    /// What was reported last, if anything was.
    pub(crate) const fn advertised(&self) -> Option<usize> {
        self.advertised
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.lower_since.map(|since| since + LOWER_AFTER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rise_is_reported_at_once_fall_after_delay() {
        let start = crate::tests::origin();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut demand = LayerDemand::default();
        assert_eq!(demand.update(at(0), 3, 3), None, "all layers are active anyway");
        assert_eq!(demand.update(at(1), 1, 3), None);
        assert_eq!(demand.deadline(), Some(at(6)));
        assert_eq!(demand.update(at(6), 1, 3), Some(1));
        assert_eq!(demand.update(at(7), 2, 3), Some(2), "at once");
    }

    #[test]
    fn short_fall_is_not_reported() {
        let start = crate::tests::origin();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut demand = LayerDemand::default();
        demand.update(at(0), 1, 3);
        assert_eq!(demand.update(at(4), 3, 3), None);
        assert_eq!(demand.update(at(5), 1, 3), None, "the delay starts again");
        assert_eq!(demand.update(at(9), 1, 3), None);
    }
}
