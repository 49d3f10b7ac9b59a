//! One sink's sequence numbers and timestamps: a single unbroken timeline, whatever feeds it.
//!
//! A receiver knows one track. When its source changes underneath, the numbers must go on as if
//! nothing had happened, and gaps of the network must stay gaps, so that the receiver asks for what is
//! missing and for nothing else.

use std::time::{Duration, Instant};

/// The first number a sink sees. Not zero, so that a packet may precede it; far below 65,536, because
/// the receiver of an SRTP stream starts counting its roll-overs at none (RFC 3711 section 3.3.1).
const FIRST_SEQ: u64 = 100;

/// Packets of years; what seems further ahead is behind.
const MAX_AHEAD: u64 = 1 << 48;

/// Where a packet goes in the sink's own numbering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rewritten {
    pub(crate) seq: u64,
    pub(crate) time: u32,
}

#[derive(Debug, Default)]
pub(crate) struct RtpTimeline {
    /// How the current stretch of one source maps.
    segment: Option<Segment>,
    /// The furthest we have come.
    newest: Option<Newest>,
}

#[derive(Debug)]
struct Segment {
    from_seq: u64,
    to_seq: u64,
    from_time: u64,
    to_time: u64,
}

#[derive(Debug)]
struct Newest {
    seq: u64,
    time: u64,
    at: Instant,
}

impl RtpTimeline {
    /// A new stretch begins with the source's packet `seq` of time `time`: right after the newest packet,
    /// later by the time that has passed. `clock` is the codec's ticks per second.
    pub(crate) fn start(&mut self, now: Instant, seq: u64, time: u64, clock: u32) {
        let (to_seq, to_time) = match &self.newest {
            None => (FIRST_SEQ, time),
            Some(newest) => {
                let passed = now.saturating_duration_since(newest.at);
                (newest.seq + 1, newest.time.wrapping_add(ticks(passed, clock).max(1)))
            }
        };
        self.segment = Some(Segment { from_seq: seq, to_seq, from_time: time, to_time });
    }

    /// Where this packet goes; `None` if it belongs before the stretch.
    pub(crate) fn rewrite(&mut self, now: Instant, seq: u64, time: u64) -> Option<Rewritten> {
        let segment = self.segment.as_ref()?;
        // str0m counts a packet from before the first one below zero, which is far above all others. Taken for ahead,
        // one such packet of a hostile sender would spoil the numbers of everybody who watches them.
        let ahead = Some(seq.wrapping_sub(segment.from_seq)).filter(|ahead| *ahead <= MAX_AHEAD)?;
        let seq = segment.to_seq + ahead;
        // Wrapping: a sender may lie about its times, and must not make us panic with it.
        let time = segment.to_time.wrapping_add(time.wrapping_sub(segment.from_time));
        if self.newest.as_ref().is_none_or(|newest| seq > newest.seq) {
            self.newest = Some(Newest { seq, time, at: now });
        }
        Some(Rewritten { seq, time: time as u32 })
    }
}

fn ticks(passed: Duration, clock: u32) -> u64 {
    let ticks = passed.as_micros().saturating_mul(u128::from(clock)) / 1_000_000;
    u64::try_from(ticks).unwrap_or(u64::MAX >> 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_new_source_goes_on_where_the_old_one_stopped() {
        let start = crate::tests::origin();
        let mut timeline = RtpTimeline::default();
        timeline.start(start, 70_000, 9_000, 90_000);
        assert_eq!(timeline.rewrite(start, 70_000, 9_000), Some(Rewritten { seq: 100, time: 9_000 }));
        assert_eq!(timeline.rewrite(start, 70_002, 12_000), Some(Rewritten { seq: 102, time: 12_000 }));

        let later = start + Duration::from_millis(100);
        timeline.start(later, 5, 1_000_000, 90_000);
        assert_eq!(timeline.rewrite(later, 5, 1_000_000), Some(Rewritten { seq: 103, time: 21_000 }));
        assert_eq!(timeline.rewrite(later, 4, 999_000), None, "before the segment");
    }

    #[test]
    fn what_a_source_counts_below_zero_is_before_its_beginning() {
        let now = crate::tests::origin();
        let mut timeline = RtpTimeline::default();
        timeline.start(now, 30_000, 0, 90_000);
        assert_eq!(timeline.rewrite(now, 30_000, 0), Some(Rewritten { seq: 100, time: 0 }));
        assert_eq!(timeline.rewrite(now, u64::MAX - 5, 0), None);
        timeline.start(now, u64::MAX, 0, 90_000);
        assert_eq!(
            timeline.rewrite(now, 1, 0).map(|rewritten| rewritten.seq),
            Some(103),
            "two after the one before zero"
        );
    }

    proptest! {
        #[test]
        fn the_order_of_a_source_is_kept_and_no_number_comes_twice(
            segments in proptest::collection::vec(
                (0u64..1 << 40, 0u64..1 << 40, proptest::collection::btree_set(0u64..500, 1..40)), 1..6),
        ) {
            let mut now = crate::tests::origin();
            let mut timeline = RtpTimeline::default();
            let mut last: Option<Rewritten> = None;
            for (seq, time, steps) in segments {
                now += Duration::from_millis(20);
                timeline.start(now, seq, time, 90_000);
                for step in steps {
                    now += Duration::from_millis(1);
                    let rewritten = timeline.rewrite(now, seq + step, time + step * 90).expect("in the segment");
                    if let Some(last) = last {
                        prop_assert!(rewritten.seq > last.seq);
                    } else {
                        prop_assert!(rewritten.seq < 65_536);
                    }
                    last = Some(rewritten);
                }
            }
        }
    }
}
