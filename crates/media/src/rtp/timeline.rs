//! Sequence numbers and timestamps of one subscription: one continuous timeline, whatever publication or layer feeds
//! it.
//!
//! A receiver knows one track. When its publication or layer changes, the numbers continue without a gap; packets
//! lost by the network stay gaps, so that the receiver sends a NACK for what is missing and for nothing else.

use std::time::{Duration, Instant};

/// The first sequence number of a subscription. Not zero, so that a packet may precede it; far below 65,536, because
/// an SRTP receiver starts with a roll-over counter of zero (RFC 3711 section 3.3.1).
const FIRST_SEQ: u64 = 100;

/// Years of packets; what seems further ahead is behind.
const MAX_AHEAD: u64 = 1 << 48;

/// A packet's sequence number and timestamp at the subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rewritten {
    pub(crate) seq: u64,
    pub(crate) time: u32,
}

#[derive(Debug, Default)]
pub(crate) struct RtpTimeline {
    /// The mapping of the stream that is being sent.
    segment: Option<Segment>,
    /// The packet with the highest sequence number so far.
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
    /// Starts a segment with the stream's packet `seq` and timestamp `time`: right after the newest packet, later
    /// by the time that has passed. `clock` is the codec's clock rate in Hz.
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

    /// The packet's numbers at the subscriber; `None` if it precedes the segment.
    pub(crate) fn rewrite(&mut self, now: Instant, seq: u64, time: u64) -> Option<Rewritten> {
        let segment = self.segment.as_ref()?;
        // str0m numbers a packet that precedes the first one below zero, which wraps to a very high number.
        // Taken for ahead, one such packet of a hostile publisher would spoil the numbers of all its
        // subscribers.
        let ahead = Some(seq.wrapping_sub(segment.from_seq)).filter(|ahead| *ahead <= MAX_AHEAD)?;
        let seq = segment.to_seq + ahead;
        // Wrapping: a hostile timestamp must not cause a panic.
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
    fn next_segment_continues_where_the_last_one_stopped() {
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
    fn packet_numbered_below_zero_precedes_the_segment() {
        let now = crate::tests::origin();
        let mut timeline = RtpTimeline::default();
        timeline.start(now, 30_000, 0, 90_000);
        assert_eq!(timeline.rewrite(now, 30_000, 0), Some(Rewritten { seq: 100, time: 0 }));
        assert_eq!(timeline.rewrite(now, u64::MAX - 5, 0), None);
        timeline.start(now, u64::MAX, 0, 90_000);
        assert_eq!(
            timeline.rewrite(now, 1, 0).map(|rewritten| rewritten.seq),
            Some(103),
            "two after the packet below zero"
        );
    }

    proptest! {
        #[test]
        fn order_is_kept_and_no_sequence_number_repeats(
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
