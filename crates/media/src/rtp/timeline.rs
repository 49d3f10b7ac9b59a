//! Sequence numbers and timestamps of one subscription: one continuous timeline, whatever publication or layer feeds
//! it.
//!
//! A receiver knows one track. When its publication or layer changes, the numbers continue without a gap, and packets
//! that are left out on purpose leave none; packets lost by the network stay gaps, so that the receiver sends a NACK for
//! what is missing and for nothing else.

use std::time::{Duration, Instant};

use super::numbering::Numbering;

/// The first sequence number of a subscription. Not zero, so that a packet may precede it; far below 65,536, because
/// an SRTP receiver starts with a roll-over counter of zero (RFC 3711 section 3.3.1).
const FIRST_SEQ: u64 = 100;

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
    numbers: Numbering,
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
        self.segment = Some(Segment { numbers: Numbering::new(seq, to_seq), from_time: time, to_time });
    }

    /// The packet's numbers at the subscriber; `None` if it precedes the segment or was left out.
    pub(crate) fn rewrite(&mut self, now: Instant, seq: u64, time: u64) -> Option<Rewritten> {
        let segment = self.segment.as_mut()?;
        let number = segment.numbers.send(seq)?;
        // Wrapping: a hostile timestamp must not cause a panic.
        let time = segment.to_time.wrapping_add(time.wrapping_sub(segment.from_time));
        if self.newest.as_ref().is_none_or(|newest| number > newest.seq) {
            self.newest = Some(Newest { seq: number, time, at: now });
        }
        Some(Rewritten { seq: number, time: time as u32 })
    }

    /// No later packet of the segment has arrived.
    pub(crate) fn is_newest(&self, seq: u64) -> bool {
        self.segment.as_ref().is_some_and(|segment| segment.numbers.is_newest(seq))
    }

    /// Leaves a packet out: those after it move up. A late one has a number already, because its followers were sent
    /// before it was known to be left out: returns it, to be sent empty.
    pub(crate) fn leave_out(&mut self, now: Instant, seq: u64, time: u64) -> Option<Rewritten> {
        let left_out = self.segment.as_mut()?.numbers.leave_out(seq);
        if left_out { None } else { self.rewrite(now, seq, time) }
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

    #[test]
    fn late_packet_keeps_its_place_among_packets_left_out() {
        let now = crate::tests::origin();
        let mut timeline = RtpTimeline::default();
        timeline.start(now, 10, 0, 90_000);
        let mut seq = |left_out: bool, seq| {
            let placed = if left_out { timeline.leave_out(now, seq, 0) } else { timeline.rewrite(now, seq, 0) };
            placed.map(|rewritten| rewritten.seq)
        };
        assert_eq!(seq(false, 10), Some(100));
        assert_eq!(seq(true, 11), None);
        assert_eq!(seq(true, 12), None);
        assert_eq!(seq(false, 15), Some(103), "13 and 14 may still come");
        assert_eq!(seq(false, 13), Some(101));
        assert_eq!(seq(true, 14), Some(102), "sent empty");
        assert_eq!(seq(false, 12), None, "left out before");
        assert_eq!(seq(false, 16), Some(104));
    }

    proptest! {
        /// Each packet of the stream is forwarded or left out, and arrives late, twice or not at all.
        #[test]
        fn only_lost_packets_leave_gaps(
            packets in proptest::collection::vec((any::<bool>(), 0u64..12, prop::bool::weighted(0.05)), 1..300),
        ) {
            let now = crate::tests::origin();
            let mut timeline = RtpTimeline::default();
            let mut arrivals: Vec<(u64, u64)> = packets.iter().enumerate()
                .filter(|(seq, (_, _, lost))| *seq == 0 || !lost)
                .map(|(seq, (_, delay, _))| (if seq == 0 { 0 } else { seq as u64 + delay }, seq as u64)).collect();
            arrivals.sort_unstable();
            timeline.start(now, 0, 0, 90_000);
            let mut sent = std::collections::BTreeMap::new();
            let packet = |seq: u64| usize::try_from(seq).ok().and_then(|at| packets.get(at).copied()).expect("a packet");
            for (_, seq) in &arrivals {
                let kept = *seq == 0 || packet(*seq).0;
                let number = if kept {
                    Some(timeline.rewrite(now, *seq, *seq).expect("it was not left out"))
                } else {
                    timeline.leave_out(now, *seq, *seq)
                };
                if let Some(number) = number {
                    prop_assert!(sent.insert(number.seq, *seq).is_none(), "number {} is sent twice", number.seq);
                    prop_assert_eq!(number.time, *seq as u32);
                }
                prop_assert_eq!(timeline.rewrite(now, *seq, *seq), number, "a duplicate has the same number");
            }
            let order: Vec<u64> = sent.values().copied().collect();
            prop_assert!(order.is_sorted(), "order is kept");
            // A gap has a place for each packet that was lost on the way here, and for no other.
            let newest = arrivals.iter().map(|(_, seq)| *seq).max().unwrap();
            let lost = (0..newest).filter(|seq| *seq > 0 && packet(*seq).2).count();
            let (first, last) = (*sent.keys().next().unwrap(), *sent.keys().next_back().unwrap());
            let gaps = usize::try_from(last - first + 1).unwrap() - sent.len();
            prop_assert!(gaps <= lost, "{} gaps for {} lost packets", gaps, lost);
        }
    }
}
