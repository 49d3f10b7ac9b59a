//! Keyframe requests (PLI) of one subscriber: a keyframe costs every subscriber of the layer bandwidth, so one with a bad
//! connection may not request them all the time. One that does is sent a lower layer.

use std::time::{Duration, Instant};

/// Requests that are passed on at once, as after joining or a burst of loss.
const BURST: u32 = 3;
/// Then one is passed on per interval.
const INTERVAL: Duration = Duration::from_secs(2);
/// Requests within this time are the same one: decoders repeat it until the keyframe arrives.
const REPEATS_WITHIN: Duration = Duration::from_millis(500);
/// So many refused requests in a row lower the layer,
const LOWER_AFTER: u32 = 3;
/// for so long.
const LOWERED_FOR: Duration = Duration::from_secs(15);

/// What happens to a keyframe request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum KeyframeRequest {
    /// It is passed on.
    Granted,
    /// It is ignored.
    Refused,
    /// It is ignored, and the subscriber is to be sent a lower layer until then.
    LowerUntil(Instant),
}

#[derive(Debug, Default)]
pub(crate) struct KeyframeBudget {
    /// Granted requests that the interval has not made up for yet.
    spent: u32,
    /// The interval that is running began then.
    since: Option<Instant>,
    requested_at: Option<Instant>,
    refused: u32,
}

impl KeyframeBudget {
    pub(crate) fn request(&mut self, now: Instant) -> KeyframeRequest {
        self.refill(now);
        if self.requested_at.is_some_and(|at| now < at + REPEATS_WITHIN) {
            return KeyframeRequest::Refused;
        }
        self.requested_at = Some(now);
        if self.spent < BURST {
            self.spent += 1;
            self.since.get_or_insert(now);
            return KeyframeRequest::Granted;
        }
        self.refused += 1;
        if self.refused < LOWER_AFTER {
            return KeyframeRequest::Refused;
        }
        self.refused = 0;
        KeyframeRequest::LowerUntil(now + LOWERED_FOR)
    }

    fn refill(&mut self, now: Instant) {
        while let Some(since) = self.since.filter(|since| now >= *since + INTERVAL) {
            self.spent = self.spent.saturating_sub(1);
            self.since = (self.spent > 0).then_some(since + INTERVAL);
        }
        if self.spent == 0 {
            self.refused = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Requests every `interval` milliseconds for 20 seconds: granted ones and the first that lowers the layer.
    fn requests(interval: u64) -> (usize, Option<u64>) {
        let start = crate::tests::origin();
        let mut budget = KeyframeBudget::default();
        let (mut granted, mut lowered) = (0, None);
        for at in (0..20_000).step_by(usize::try_from(interval).unwrap()) {
            match budget.request(start + Duration::from_millis(at)) {
                KeyframeRequest::Granted => granted += 1,
                KeyframeRequest::Refused => {}
                KeyframeRequest::LowerUntil(_) => lowered = lowered.or(Some(at)),
            }
        }
        (granted, lowered)
    }

    #[test]
    fn keyframe_requests_are_granted_in_a_burst_and_then_at_intervals() {
        assert_eq!(requests(100), (12, Some(3_000)));
        assert_eq!(requests(600).0, 12);
        assert_eq!(requests(2_500), (8, None), "now and then");
    }

    #[test]
    fn repeated_request_is_the_same_one() {
        let start = crate::tests::origin();
        let mut budget = KeyframeBudget::default();
        assert_eq!(budget.request(start), KeyframeRequest::Granted);
        for repeat in 1..5 {
            assert_eq!(budget.request(start + Duration::from_millis(100 * repeat)), KeyframeRequest::Refused);
        }
        assert_eq!(budget.request(start + Duration::from_millis(500)), KeyframeRequest::Granted);
    }
}
